//! What holds at the acquirer whatever is asked, how often, and in which order.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use model::Currency;
use payments::acquirer::{Acquirer, Answer, Deed, Request, State, journal::net_minor};
use payments::{IdempotencyKey, PaymentError, PaymentId};
use proptest::prelude::*;
use support::{START, card, dollars, key, reference};

/// The first one's holds fall at the next wish, whichever it is, so asking again moves that moment.
const TOKENS: [&str; 10] = [
    "tok_expired_hold",
    "tok_visa_ok",
    "tok_no_raise",
    "tok_short_hold",
    "tok_debt",
    "tok_timeout_before",
    "tok_timeout_after",
    "tok_timeout_after_on_capture",
    "tok_timeout_after_on_refund",
    "tok_unavailable_once_on_charge",
];

fn request(tokens: &'static [&'static str]) -> impl Strategy<Value = Request> {
    let payment = || (1..12_u64).prop_map(|id| PaymentId(format!("pi_sim_{id}")));
    let amount = || (1..50_i64).prop_map(dollars);
    let token = || prop::sample::select(tokens).prop_map(card);
    let name = || (0..4_u8).prop_map(|name| reference(&name.to_string()));
    prop_oneof![
        3 => (name(), token(), amount()).prop_map(|(reference, card, amount)| Request::Hold { reference, card, amount }),
        2 => (payment(), amount()).prop_map(|(payment, amount)| Request::Raise { payment, amount }),
        3 => (payment(), amount()).prop_map(|(payment, amount)| Request::Capture { payment, amount }),
        1 => payment().prop_map(|payment| Request::Void { payment }),
        2 => (name(), token(), amount()).prop_map(|(reference, card, amount)| Request::Charge { reference, card, amount }),
        3 => (payment(), amount()).prop_map(|(payment, amount)| Request::Refund { payment, amount }),
    ]
}

/// Wishes, each with how many seconds pass before it; less than a day in all, so that no key is forgotten.
fn wishes(tokens: &'static [&'static str]) -> impl Strategy<Value = Vec<(i64, Request)>> {
    prop::collection::vec((prop_oneof![4 => Just(0_i64), 1 => 0..1000_i64], request(tokens)), 1..60)
}

/// What was taken, by the payments themselves.
fn net_of_payments(acquirer: &Acquirer) -> i64 {
    let net = |state: &State| match state {
        State::Captured { minor, refunds } => minor - refunds.iter().map(|(_, minor)| minor).sum::<i64>(),
        _ => 0,
    };
    acquirer.payments().map(|payment| net(&payment.state)).sum()
}

/// What a payment went through obeys the rules of money.
fn check_journal(acquirer: &Acquirer) {
    for payment in acquirer.payments() {
        let deeds = acquirer.journal().iter().filter(|entry| entry.payment == payment.id);
        let (mut held, mut taken, mut back, mut captures, mut raises) = (0, 0, 0, 0, 0);
        for entry in deeds {
            match &entry.deed {
                Deed::Held { amount } => held = amount.minor,
                Deed::Raised { amount } => {
                    assert!(amount.minor > held && captures == 0);
                    (held, raises) = (amount.minor, raises + 1);
                }
                Deed::RaiseDeclined { .. } => raises += 1,
                Deed::Captured { amount } => {
                    assert!(amount.minor <= held, "captured more than was held");
                    (taken, captures, held) = (amount.minor, captures + 1, 0);
                }
                Deed::Charged { amount } => (taken, captures) = (amount.minor, captures + 1),
                Deed::Refunded { amount, .. } => back += amount.minor,
                Deed::Voided | Deed::Lapsed => held = 0,
                Deed::Declined { .. } | Deed::MoveDeclined { .. } => {}
            }
            assert!(captures <= 1 && raises <= 10 && back <= taken);
        }
    }
}

/// Asks until there is a clear answer, as whoever pays has to.
fn ask(
    acquirer: &mut Acquirer,
    now: model::Time,
    key: &IdempotencyKey,
    request: &Request,
) -> Result<Answer, PaymentError> {
    for _ in 0..3 {
        match acquirer.handle(now, key, request) {
            Err(PaymentError::Unclear { .. } | PaymentError::Unavailable { .. }) => {}
            clear => return clear,
        }
    }
    unreachable!("only the first try gets lost")
}

proptest! {
    #[test]
    fn money_is_never_made_and_the_journal_adds_up(wishes in wishes(&TOKENS)) {
        let mut acquirer = Acquirer::new();
        let mut now = START;
        for (number, (seconds, request)) in wishes.iter().enumerate() {
            now = now.plus_seconds(*seconds as f64);
            let _ = acquirer.handle(now, &key(&number.to_string()), request);
            prop_assert!(net_minor(acquirer.journal(), Currency::USD) >= 0);
        }
        prop_assert_eq!(net_minor(acquirer.journal(), Currency::USD), net_of_payments(&acquirer));
        check_journal(&acquirer);
    }

    #[test]
    fn asking_again_at_any_time_changes_nothing(
        wishes in wishes(&TOKENS[1..]),
        again in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..80),
    ) {
        let run = |repeats: &[(usize, usize)]| {
            let mut acquirer = Acquirer::new();
            let mut now = START;
            let mut answers = Vec::new();
            for (number, (seconds, request)) in wishes.iter().enumerate() {
                now = now.plus_seconds(*seconds as f64);
                answers.push(ask(&mut acquirer, now, &key(&number.to_string()), request));
                for (_, earlier) in repeats.iter().filter(|(after, _)| *after == number) {
                    let repeated = ask(&mut acquirer, now, &key(&earlier.to_string()), &wishes[*earlier].1);
                    assert_eq!(repeated, answers[*earlier]);
                }
            }
            (answers, acquirer.snapshot().unwrap())
        };
        let repeats: Vec<(usize, usize)> = again
            .iter()
            .map(|(after, earlier)| {
                let after = after.index(wishes.len());
                (after, earlier.index(after + 1))
            })
            .collect();
        prop_assert_eq!(run(&repeats), run(&[]));
    }

    #[test]
    fn a_restored_acquirer_goes_on_as_if_nothing_had_been(wishes in wishes(&TOKENS), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(wishes.len());
        let mut acquirer = Acquirer::new();
        let mut other = Acquirer::new();
        for (number, (seconds, request)) in wishes.iter().enumerate() {
            if number == cut {
                other = Acquirer::restore(&acquirer.snapshot().unwrap()).unwrap();
            }
            let now = START.plus_seconds(*seconds as f64 + number as f64);
            let answer = acquirer.handle(now, &key(&number.to_string()), request);
            if number >= cut {
                prop_assert_eq!(other.handle(now, &key(&number.to_string()), request), answer);
            }
        }
        prop_assert_eq!(acquirer.snapshot().unwrap(), other.snapshot().unwrap());
    }
}
