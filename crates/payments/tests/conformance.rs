//! Every processor does the same: the simulated one in process, and Stripe's client before its HTTP server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use model::{Currency, Money};
use payments::acquirer::{AcquirerServer, Deed, ServerOptions};
use payments::{
    Captured, Held, PaymentError, PaymentId, PaymentProcessor, PaymentStatus, Refunded, Secret,
    SimulatedProcessor,
};
use support::{TestClock, card, dollars, key, reference};

/// A processor, the acquirer behind it and the clock of both.
struct Bench<'a> {
    processor: &'a dyn PaymentProcessor,
    behind: &'a SimulatedProcessor,
    clock: &'a TestClock,
}

/// Runs the check before each processor, each with an acquirer of its own.
fn each(check: fn(&Bench<'_>)) {
    let clock = TestClock::new();
    let simulated = clock.processor();
    check(&Bench { processor: &simulated, behind: &simulated, clock: &clock });

    let clock = TestClock::new();
    let secret = Secret::new("sk_test_conformance");
    let server =
        AcquirerServer::start("127.0.0.1:0", secret, clock.processor(), ServerOptions::default()).unwrap();
    let stripe = server.client().unwrap();
    check(&Bench { processor: &stripe, behind: server.processor(), clock: &clock });
}

impl Bench<'_> {
    fn hold(&self, name: &str, token: &str, minor: i64) -> Result<Held, PaymentError> {
        self.processor.hold(&key(&format!("hold {name}")), &reference(name), &card(token), dollars(minor))
    }

    fn charge(&self, name: &str, token: &str, minor: i64) -> Result<Captured, PaymentError> {
        self.processor.charge(&key(&format!("charge {name}")), &reference(name), &card(token), dollars(minor))
    }

    fn deeds(&self, wanted: fn(&Deed) -> bool) -> usize {
        self.behind.acquirer().journal().iter().filter(|entry| wanted(&entry.deed)).count()
    }
}

fn code(error: PaymentError) -> String {
    match error {
        PaymentError::Declined { code } => format!("declined {code}"),
        PaymentError::Refused { code, .. } => format!("refused {code}"),
        PaymentError::Expired { .. } => "expired".to_owned(),
        PaymentError::Unclear { .. } => "unclear".to_owned(),
        PaymentError::Unavailable { .. } => "unavailable".to_owned(),
    }
}

#[test]
fn a_hold_is_raised_captured_in_part_and_refunded_in_parts() {
    each(|bench| {
        let p = bench.processor;
        let held = bench.hold("trip 1", "tok_visa_ok", 2000).unwrap();
        let five_days = 5 * 24 * 3600;
        assert_eq!(held.capture_before, bench.clock.now().plus_seconds(f64::from(five_days)));
        let raised = p.raise(&key("r"), &held.payment, dollars(3000)).unwrap();
        assert_eq!(raised, Held { amount: dollars(3000), ..held.clone() });
        assert_eq!(p.find(&reference("trip 1")).unwrap(), Some(PaymentStatus::Held(raised)));
        let captured = p.capture(&key("c"), &held.payment, dollars(2750)).unwrap();
        assert_eq!(captured, Captured { payment: held.payment.clone(), amount: dollars(2750) });
        for (name, minor) in [("a", 750), ("b", 1000)] {
            let Refunded { amount, .. } = p.refund(&key(name), &held.payment, dollars(minor)).unwrap();
            assert_eq!(amount, dollars(minor));
        }
        let error = p.refund(&key("d"), &held.payment, dollars(1001)).unwrap_err();
        assert_eq!(code(error), "refused refund_too_large");
        p.refund(&key("e"), &held.payment, dollars(1000)).unwrap();
        let error = p.refund(&key("f"), &held.payment, dollars(1)).unwrap_err();
        assert_eq!(code(error), "refused charge_already_refunded");
        assert_eq!(
            p.find(&reference("trip 1")).unwrap(),
            Some(PaymentStatus::Captured { captured, refunded_minor: 2750 })
        );
        assert_eq!(
            payments::acquirer::journal::net_minor(bench.behind.acquirer().journal(), Currency::USD),
            0
        );
    });
}

#[test]
fn the_same_key_gets_the_same_answer_even_after_the_payment_moved_on() {
    each(|bench| {
        let p = bench.processor;
        let held = bench.hold("t", "tok_visa_ok", 2000).unwrap();
        let captured = p.capture(&key("c"), &held.payment, dollars(500)).unwrap();
        let refunded = p.refund(&key("r"), &held.payment, dollars(500)).unwrap();
        assert_eq!(bench.hold("t", "tok_visa_ok", 2000).unwrap(), held);
        assert_eq!(p.capture(&key("c"), &held.payment, dollars(500)).unwrap(), captured);
        assert_eq!(p.refund(&key("r"), &held.payment, dollars(500)).unwrap(), refunded);
        let declined = bench.charge("d", "tok_insufficient_funds", 100).unwrap_err();
        assert_eq!(code(declined.clone()), "declined insufficient_funds");
        assert_eq!(bench.charge("d", "tok_insufficient_funds", 100).unwrap_err(), declined);
        assert_eq!(bench.deeds(|_| true), 4, "{:?}", bench.behind.acquirer().journal());
    });
}

#[test]
fn a_used_key_is_refused_for_another_wish_and_free_again_after_a_day() {
    each(|bench| {
        bench.hold("t", "tok_visa_ok", 2000).unwrap();
        let error = bench.hold("t", "tok_visa_ok", 2001).unwrap_err();
        assert_eq!(code(error), "refused idempotency_error");
        bench.clock.turn(24 * 3600);
        assert_eq!(bench.hold("t", "tok_visa_ok", 2001).unwrap().amount, dollars(2001));
    });
}

#[test]
fn a_hold_is_captured_once_and_never_for_more_than_is_held() {
    each(|bench| {
        let p = bench.processor;
        let held = bench.hold("t", "tok_visa_ok", 2000).unwrap();
        let error = p.capture(&key("a"), &held.payment, dollars(2001)).unwrap_err();
        assert_eq!(code(error), "refused amount_too_large");
        p.capture(&key("b"), &held.payment, dollars(1)).unwrap();
        let error = p.capture(&key("c"), &held.payment, dollars(1)).unwrap_err();
        assert_eq!(code(error), "refused payment_intent_unexpected_state");
        let error = p.void(&key("d"), &held.payment).unwrap_err();
        assert_eq!(code(error), "refused payment_intent_unexpected_state");
    });
}

#[test]
fn a_voided_and_a_lapsed_hold_are_expired_to_whoever_comes_later() {
    each(|bench| {
        let p = bench.processor;
        let voided = bench.hold("void", "tok_visa_ok", 2000).unwrap().payment;
        p.void(&key("v"), &voided).unwrap();
        p.void(&key("v"), &voided).unwrap();
        let lapsed = bench.hold("lapse", "tok_visa_ok", 2000).unwrap().payment;
        let short = bench.hold("short", "tok_short_hold", 2000).unwrap();
        assert_eq!(short.capture_before.seconds_since(bench.clock.now()), 3600.0);
        let dropped = bench.hold("dropped", "tok_expired_hold", 2000).unwrap();
        assert!(dropped.capture_before > short.capture_before);
        bench.clock.turn(5 * 24 * 3600);
        for (name, payment) in
            [("void", voided), ("lapse", lapsed), ("short", short.payment), ("dropped", dropped.payment)]
        {
            let expired = PaymentError::Expired { payment: payment.clone() };
            let capture = p.capture(&key(&format!("capture {name}")), &payment, dollars(1));
            assert_eq!(capture.unwrap_err(), expired, "{name}");
            assert_eq!(
                p.raise(&key(&format!("raise {name}")), &payment, dollars(9999)).unwrap_err(),
                expired
            );
            assert_eq!(p.void(&key(&format!("again {name}")), &payment).unwrap_err(), expired);
            assert_eq!(p.find(&reference(name)).unwrap(), Some(PaymentStatus::Released { payment }));
        }
    });
}

#[test]
fn a_bank_that_lets_go_at_once_is_noticed_by_the_next_wish() {
    each(|bench| {
        let held = bench.hold("t", "tok_expired_hold", 2000).unwrap();
        let error = bench.processor.capture(&key("c"), &held.payment, dollars(1)).unwrap_err();
        assert_eq!(code(error), "expired");
    });
}

#[test]
fn raises_end_after_ten_tries_and_where_the_card_allows_none() {
    each(|bench| {
        let p = bench.processor;
        let held = bench.hold("ten", "tok_visa_ok", 100).unwrap();
        for raise in 1..=10 {
            p.raise(&key(&format!("raise {raise}")), &held.payment, dollars(100 + raise)).unwrap();
        }
        let error = p.raise(&key("eleven"), &held.payment, dollars(200)).unwrap_err();
        assert_eq!(code(error), "refused too_many_raises");
        let none = bench.hold("none", "tok_no_raise", 100).unwrap();
        let error = p.raise(&key("none"), &none.payment, dollars(200)).unwrap_err();
        assert_eq!(code(error), "refused raise_not_supported");
        let no = bench.hold("no", "tok_declined_on_raise", 100).unwrap();
        let error = p.raise(&key("no"), &no.payment, dollars(200)).unwrap_err();
        assert_eq!(code(error), "declined generic_decline");
        let captured = p.capture(&key("still"), &no.payment, dollars(100)).unwrap();
        assert_eq!(captured.amount, dollars(100));
    });
}

#[test]
fn a_lost_answer_is_cleared_up_by_asking_again_or_by_finding_it() {
    each(|bench| {
        let p = bench.processor;
        assert_eq!(code(bench.charge("after", "tok_timeout_after", 700).unwrap_err()), "unclear");
        let Some(PaymentStatus::Captured { captured, .. }) = p.find(&reference("after")).unwrap() else {
            panic!("it was done")
        };
        assert_eq!(bench.charge("after", "tok_timeout_after", 700).unwrap(), captured);

        assert_eq!(code(bench.charge("before", "tok_timeout_before", 700).unwrap_err()), "unclear");
        assert_eq!(p.find(&reference("before")).unwrap(), None);
        bench.charge("before", "tok_timeout_before", 700).unwrap();
        assert_eq!(bench.deeds(|deed| matches!(deed, Deed::Charged { .. })), 2);

        let held = bench.hold("hold", "tok_timeout_after_on_capture", 700).unwrap();
        let capture = || p.capture(&key("c"), &held.payment, dollars(600));
        assert_eq!(code(capture().unwrap_err()), "unclear");
        assert_eq!(capture().unwrap().amount, dollars(600));
        assert_eq!(bench.deeds(|deed| matches!(deed, Deed::Captured { .. })), 1);
    });
}

#[test]
fn an_acquirer_out_of_reach_did_nothing() {
    each(|bench| {
        let p = bench.processor;
        assert_eq!(code(bench.hold("a", "tok_unavailable", 100).unwrap_err()), "unavailable");
        assert_eq!(code(bench.hold("a", "tok_unavailable", 100).unwrap_err()), "unavailable");
        assert_eq!(code(bench.hold("b", "tok_unavailable_once", 100).unwrap_err()), "unavailable");
        bench.hold("b", "tok_unavailable_once", 100).unwrap();
        bench.behind.acquirer().set_down(true);
        assert_eq!(code(bench.hold("c", "tok_visa_ok", 100).unwrap_err()), "unavailable");
        assert_eq!(code(p.find(&reference("b")).unwrap_err()), "unavailable");
        bench.behind.acquirer().set_down(false);
        bench.hold("c", "tok_visa_ok", 100).unwrap();
        assert_eq!(bench.deeds(|_| true), 2);
    });
}

#[test]
fn a_debt_is_declined_three_times_and_then_paid() {
    each(|bench| {
        let p = bench.processor;
        let held = bench.hold("hold", "tok_debt/anna", 100).unwrap();
        let error = p.raise(&key("raise"), &held.payment, dollars(500)).unwrap_err();
        assert_eq!(code(error), "declined insufficient_funds");
        for attempt in 0..3 {
            let error = bench.charge(&format!("debt {attempt}"), "tok_debt/anna", 400).unwrap_err();
            assert_eq!(code(error), "declined insufficient_funds");
        }
        assert_eq!(
            p.find(&reference("debt 2")).unwrap(),
            Some(PaymentStatus::Declined { code: "insufficient_funds".to_owned() })
        );
        bench.charge("debt 3", "tok_debt/anna", 400).unwrap();
        bench.charge("other card", "tok_debt/bert", 400).unwrap_err();
    });
}

#[test]
fn a_wrong_wish_is_refused() {
    each(|bench| {
        let p = bench.processor;
        let held = bench.hold("t", "tok_visa_ok", 1000).unwrap().payment;
        let unknown = PaymentId("pi_sim_999".to_owned());
        let refused = |error: PaymentError, expected: &str| assert_eq!(code(error), expected);
        refused(p.void(&key("1"), &unknown).unwrap_err(), "refused resource_missing");
        refused(p.refund(&key("2"), &unknown, dollars(1)).unwrap_err(), "refused resource_missing");
        refused(p.refund(&key("3"), &held, dollars(1)).unwrap_err(), "refused payment_not_captured");
        refused(p.capture(&key("4"), &held, dollars(0)).unwrap_err(), "refused amount_too_small");
        refused(p.raise(&key("5"), &held, dollars(1000)).unwrap_err(), "refused amount_too_small");
        refused(bench.hold("u", "tok_nonsense", 1000).unwrap_err(), "refused resource_missing");
        refused(bench.hold("v", "tok_visa_ok", -5).unwrap_err(), "refused amount_too_small");
        refused(bench.charge("w", "tok_visa_ok", 100_000_000).unwrap_err(), "refused amount_too_large");
        refused(p.void(&key(&"k".repeat(256)), &held).unwrap_err(), "refused parameter_invalid");
        assert_eq!(p.find(&reference("never")).unwrap(), None);
        assert_eq!(bench.deeds(|_| true), 1);
    });
}

#[test]
fn a_payment_is_found_among_many_and_by_odd_names() {
    each(|bench| {
        let odd = "it's \\ odd & 100% = ü";
        let first = bench.charge(odd, "tok_visa_ok", 111).unwrap();
        for number in 0..150 {
            bench.clock.turn(1);
            bench.charge(&format!("trip {number}"), "tok_visa_ok", 100).unwrap();
        }
        let p = bench.processor;
        let found = |name: &str| match p.find(&reference(name)).unwrap() {
            Some(PaymentStatus::Captured { captured, .. }) => Some(captured),
            _ => None,
        };
        assert_eq!(found(odd), Some(first.clone()));
        // So long after, lists end before it and search must find it.
        bench.clock.turn(24 * 3600);
        for number in 150..300 {
            bench.charge(&format!("trip {number}"), "tok_visa_ok", 100).unwrap();
        }
        assert_eq!(found(odd), Some(first));
        assert_eq!(p.find(&reference("trip 300")).unwrap(), None);
    });
}

#[test]
fn currencies_keep_their_minor_units_on_the_way() {
    each(|bench| {
        for (currency, minor) in
            [(Currency::JPY, 500), (Currency::ISK, 500), (Currency::KWD, 5120), (Currency::EUR, 199)]
        {
            let name = currency.code();
            let amount = Money::new(minor, currency);
            let p = bench.processor;
            let charged = p.charge(&key(name), &reference(name), &card("tok_visa_ok"), amount).unwrap();
            assert_eq!(charged.amount, amount);
            let refund = p.refund(&key(&format!("{name} back")), &charged.payment, amount).unwrap();
            assert_eq!(refund.amount, amount);
        }
    });
}

#[test]
fn one_wish_asked_by_many_at_once_is_done_once() {
    each(|bench| {
        let charge = || bench.charge("t", "tok_visa_ok", 900).unwrap();
        let answers: Vec<Captured> = std::thread::scope(|scope| {
            let asking: Vec<_> = (0..8).map(|_| scope.spawn(charge)).collect();
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(bench.deeds(|_| true), 1);
    });
}
