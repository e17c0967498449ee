//! Laws that hold for every trip, whatever is taken, doubted, declined, lost and disputed.

use model::{CredentialKind, Currency, Money, SensorId, Time};
use payments::{Captured, Held, PaymentId, RefundId};
use pricing::{Item, PriceBasis, PricePolicy, Quantity, Rounding, TaxPer, TaxRate};
use proptest::prelude::*;

use super::decide::{
    Answer, answered, close_cart, collect, decide_dispute, dispute, hold, pay_debt, review, review_lapsed,
};
use super::event::{Actor, Cart, Dispute, DisputeKind, Doubtful, Payer, TripEvent, Verdict, Wish};
use super::flag::flag;
use super::state::{Trip, TripState};
use super::undo::{cancel, refund};
use crate::ids::{InstrumentKey, TripKey};
use crate::ledger::{Account, transfers};
use crate::policy::{DAY_S, Policy, later};

/// What may happen next; numbers choose among what is possible.
#[derive(Clone, Debug)]
enum News {
    /// The processor answers an open wish: yes, or no.
    Answer { which: usize, yes: bool },
    /// Somebody looks at a doubtful line.
    Review { line: usize, charge: Option<u32> },
    /// Time passes, for a payer of whom so many contested lines were dropped before.
    Wait { hours: i64, dropped_before: u32 },
    /// The saved card is tried again.
    Collect,
    /// Somebody pays what is owed with another card.
    PayDebt,
    /// The shopper disputes.
    Dispute { line: usize, units: u32, kind: DisputeKind },
    /// Somebody decides.
    Decide { dispute: usize, grant: bool },
    /// The store gives money back by itself.
    Refund { line: usize, units: u32 },
    /// The store calls the visit off.
    Cancel,
}

fn news() -> impl Strategy<Value = News> {
    let kind =
        prop_oneof![Just(DisputeKind::NotTaken), Just(DisputeKind::Returned), Just(DisputeKind::Damaged)];
    prop_oneof![
        4 => (0..4_usize, prop::bool::weighted(0.7)).prop_map(|(which, yes)| News::Answer { which, yes }),
        2 => (0..4_usize, prop::option::of(1..5_u32)).prop_map(|(line, charge)| News::Review { line, charge }),
        1 => (0..100_i64, 0..5_u32).prop_map(|(hours, dropped_before)| News::Wait { hours, dropped_before }),
        1 => Just(News::Collect),
        1 => Just(News::PayDebt),
        2 => (0..5_usize, 1..5_u32, kind).prop_map(|(line, units, kind)| News::Dispute { line, units, kind }),
        2 => (0..3_usize, any::<bool>()).prop_map(|(dispute, grant)| News::Decide { dispute, grant }),
        1 => (0..5_usize, 1..5_u32).prop_map(|(line, units)| News::Refund { line, units }),
        1 => Just(News::Cancel),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    (1..4_u32, 0..700_i64, prop_oneof![Just(0), Just(70_000), Just(190_000)], 0..30_i64).prop_map(
        |(units, unit_price, tax, deposit)| Item {
            product: format!("p{unit_price}").as_str().into(),
            name: "Thing".to_owned(),
            quantity: Quantity::Units(units),
            taken: Time::from_nanos(0),
            unit_price,
            tax: TaxRate(tax),
            deposit,
        },
    )
}

fn cart() -> impl Strategy<Value = Cart> {
    let doubtful = (item(), any::<bool>()).prop_map(|(item, contested)| {
        let probability = if contested { 1.0 } else { 0.7 };
        Doubtful { item, probability, contested }
    });
    (prop::collection::vec(item(), 0..4), prop::collection::vec(doubtful, 0..3)).prop_map(
        |(sure, doubtful)| Cart {
            entered: Time::from_nanos(0),
            left: Time::from_nanos(60_000_000_000),
            people: 1,
            sure,
            doubtful,
        },
    )
}

fn policy(tax_per: TaxPer) -> Policy {
    let price = PricePolicy {
        currency: Currency::EUR,
        basis: PriceBasis::TaxIncluded,
        tax_per,
        rounding: Rounding::HalfUp,
    };
    Policy::example("main-street", price)
}

/// A trip, all of its events, and a bank that remembers what it did.
struct World {
    policy: Policy,
    trip: Trip,
    events: Vec<(Time, TripEvent)>,
    now: Time,
    /// What the bank took less what it gave back, minor units.
    bank: i64,
    payments: usize,
}

impl World {
    fn new(policy: Policy) -> Self {
        let now = Time::from_nanos(1_000_000_000);
        let key = TripKey::new(now);
        let opened = TripEvent::Opened {
            gate: SensorId::from("gate"),
            credential: CredentialKind::Card,
            payer: Payer::Instrument(InstrumentKey::new(now)),
            account: None,
        };
        let events = vec![(now, opened)];
        let trip = Trip::from_events(key, &events).unwrap();
        Self { policy, trip, events, now, bank: 0, payments: 0 }
    }

    fn write(&mut self, events: Vec<TripEvent>) {
        for event in events {
            self.trip.apply(self.now, &event);
            self.events.push((self.now, event));
        }
    }

    /// What the bank does with a wish.
    fn bank_answers(&mut self, wish: &Wish, yes: bool) -> Answer {
        if !yes {
            return Answer::Declined { code: "insufficient_funds".to_owned() };
        }
        match wish {
            Wish::Hold { amount, .. } => Answer::Held(self.held(PaymentId("hold".to_owned()), *amount)),
            Wish::Raise { payment, amount, .. } => Answer::Held(self.held(payment.clone(), *amount)),
            Wish::Capture { payment, amount, .. } => {
                self.bank += amount.minor;
                Answer::Captured(Captured { payment: payment.clone(), amount: *amount })
            }
            Wish::Charge { amount, .. } => {
                self.bank += amount.minor;
                self.payments += 1;
                let payment = PaymentId(format!("charge-{}", self.payments));
                Answer::Captured(Captured { payment, amount: *amount })
            }
            Wish::Void { .. } => Answer::Voided,
            Wish::Refund { amount, .. } => {
                self.bank -= amount.minor;
                Answer::Refunded { refund: RefundId("refund".to_owned()) }
            }
        }
    }

    fn held(&self, payment: PaymentId, amount: Money) -> Held {
        Held { payment, amount, capture_before: later(self.now, 5 * DAY_S) }
    }

    fn hear(&mut self, news: &News) {
        let (trip, now) = (self.trip.clone(), self.now);
        let events = match news {
            News::Answer { which, yes } => {
                let Some(wish) = trip.open_wishes.get(which % trip.open_wishes.len().max(1)).cloned() else {
                    return;
                };
                let answer = self.bank_answers(&wish, *yes);
                answered(&trip, &wish, answer, now, &self.policy)
            }
            News::Review { line, charge } => {
                let verdict = charge.map_or(Verdict::Drop, |units| Verdict::Charge(Quantity::Units(units)));
                review(&trip, *line, verdict, Actor::Staff("ann".to_owned()), "000001", now, &self.policy)
                    .unwrap_or_default()
            }
            News::Wait { hours, dropped_before } => {
                self.now = later(now, hours * 3600);
                review_lapsed(&trip, *dropped_before, "000001", self.now, &self.policy).unwrap()
            }
            News::Collect => collect(&trip, now, &self.policy),
            News::PayDebt => pay_debt(&trip, InstrumentKey::new(now), now, &self.policy).unwrap_or_default(),
            News::Dispute { line, units, kind } => {
                let wrong = Dispute { lines: vec![(*line, Quantity::Units(*units))], kind: *kind };
                dispute(&trip, wrong, 0, now, &self.policy).unwrap_or_default()
            }
            News::Decide { dispute, grant } => {
                let lines =
                    trip.disputes.get(*dispute).filter(|_| *grant).map(|(wrong, _)| wrong.lines.clone());
                let by = Actor::Staff("ann".to_owned());
                decide_dispute(
                    &trip,
                    *dispute,
                    &lines.unwrap_or_default(),
                    "looked".to_owned(),
                    by,
                    now,
                    &self.policy,
                )
                .unwrap_or_default()
            }
            News::Refund { line, units } => {
                let (lines, why) = ([(*line, Quantity::Units(*units))], "broken".to_owned());
                refund(&trip, &lines, why, Actor::Staff("ann".to_owned()), now, &self.policy)
                    .unwrap_or_default()
            }
            News::Cancel => {
                let (why, by) = ("fire alarm".to_owned(), Actor::System("pos".to_owned()));
                cancel(&trip, why, by, "000001", now, &self.policy).unwrap_or_default()
            }
        };
        self.write(events);
    }

    /// The balance of an account by the trip's events.
    fn balance(&self, account: Account) -> i64 {
        let moved = self.events.iter().flat_map(|(_, event)| transfers(&self.trip, event));
        moved
            .map(|transfer| {
                i64::from(transfer.debit == account) * transfer.minor
                    - i64::from(transfer.credit == account) * transfer.minor
            })
            .sum()
    }

    fn holds_its_laws(&self) {
        let again = Trip::from_events(self.trip.key, &self.events).unwrap();
        assert_eq!(again, self.trip, "the events alone tell how the trip stands");
        let mut keys: Vec<_> = self.events.iter().filter_map(|(_, event)| wish_key(event)).collect();
        let wishes = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), wishes, "no key is used for two wishes");
        assert_eq!(self.balance(Account::Processor), self.bank, "the books agree with the bank");
        let total = self.trip.receipt.as_ref().map_or(0, |(_, receipt)| receipt.total);
        let decided = self.trip.refund_decided_minor();
        assert!(self.trip.taken_minor() <= total, "more was taken than the receipt says");
        assert!(decided <= total && self.bank >= 0 && self.trip.owed_minor >= 0);
        let refunding = self.trip.open_wishes.iter().any(|wish| matches!(wish, Wish::Refund { .. }));
        assert_eq!(
            self.trip.taken_minor() - self.trip.refunded_minor,
            self.bank,
            "the trip agrees with the bank"
        );
        if matches!(self.trip.state(), TripState::Paid | TripState::Refunded | TripState::Owed) && !refunding
        {
            let given_up = self.balance(Account::Shopper) - self.trip.owed_minor;
            assert!(given_up <= 0, "nobody owes what is not asked for");
            assert!(
                self.trip.money_is_coming() || given_up == -self.refunds_declined(),
                "captures less refunds are receipts"
            );
        }
    }

    /// Refunds that the bank refused: still owed to the shopper, minor units.
    fn refunds_declined(&self) -> i64 {
        let wanted = self.events.iter().filter_map(|(_, event)| match event {
            TripEvent::Wanted(Wish::Refund { amount, .. }) => Some(amount.minor),
            TripEvent::Refunded { amount, .. } => Some(-amount.minor),
            _ => None,
        });
        wanted.sum()
    }
}

fn wish_key(event: &TripEvent) -> Option<String> {
    if let TripEvent::Wanted(wish) = event { Some(wish.key().to_string()) } else { None }
}

proptest! {
    #[test]
    fn captures_less_refunds_are_what_the_receipt_says(
        cart in cart(),
        per_line in any::<bool>(),
        news in prop::collection::vec(news(), 0..40),
    ) {
        let mut world = World::new(policy(if per_line { TaxPer::Line } else { TaxPer::Receipt }));
        world.write(hold(&world.trip, world.now, &world.policy));
        world.hear(&News::Answer { which: 0, yes: true });
        world.write(close_cart(&world.trip, cart, "000001", world.now, &world.policy).unwrap());
        for news in news {
            world.hear(&news);
            world.holds_its_laws();
        }
    }

    #[test]
    fn what_is_flagged_waits_for_a_look_and_nothing_is_lost(
        cart in cart(),
        flags in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..6),
        news in prop::collection::vec(news(), 0..40),
    ) {
        let mut world = World::new(policy(TaxPer::Line));
        world.write(hold(&world.trip, world.now, &world.policy));
        world.hear(&News::Answer { which: 0, yes: true });
        for (which, theirs) in flags {
            if !cart.sure.is_empty() {
                world.write(flag(&world.trip, which.get(&cart.sure).product.clone(), theirs).unwrap());
            }
        }
        let flagged = world.trip.flagged.clone();
        world.write(close_cart(&world.trip, cart.clone(), "000001", world.now, &world.policy).unwrap());
        let (_, kept) = world.trip.cart.clone().unwrap();
        prop_assert!(kept.sure.iter().all(|item| !flagged.contains(&item.product)));
        prop_assert_eq!(kept.sure.len() + kept.doubtful.len(), cart.sure.len() + cart.doubtful.len());
        prop_assert_eq!(world.trip.receipt.is_some(), kept.doubtful.is_empty());
        for news in news {
            world.hear(&news);
            world.holds_its_laws();
        }
    }

    #[test]
    fn what_nobody_looked_at_is_dropped_but_of_what_is_contested_only_so_much(
        cart in cart(),
        flagged in any::<bool>(),
        dropped_before in 0..5_u32,
    ) {
        let mut world = World::new(policy(TaxPer::Line));
        world.write(hold(&world.trip, world.now, &world.policy));
        world.hear(&News::Answer { which: 0, yes: true });
        for item in cart.sure.iter().filter(|_| flagged) {
            world.write(flag(&world.trip, item.product.clone(), false).unwrap());
        }
        world.write(close_cart(&world.trip, cart, "000001", world.now, &world.policy).unwrap());
        world.hear(&News::Wait { hours: 5, dropped_before });
        world.holds_its_laws();
        let (_, kept) = world.trip.cart.clone().unwrap();
        let (mut contested, mut dropped) = (0, 0);
        for (line, doubtful) in kept.doubtful.iter().enumerate() {
            let is_dropped = world.trip.verdicts[&line] == Verdict::Drop;
            prop_assert!(is_dropped || doubtful.contested, "what the store is not sure of is not charged");
            contested += u32::from(doubtful.contested);
            dropped += u32::from(doubtful.contested && is_dropped);
        }
        let left = world.policy.review.contested_dropped_per_30_days.saturating_sub(dropped_before);
        prop_assert_eq!(dropped, contested.min(left));
    }

    #[test]
    fn a_visit_that_is_called_off_costs_nothing(cart in cart(), closed in any::<bool>()) {
        let mut world = World::new(policy(TaxPer::Line));
        world.write(hold(&world.trip, world.now, &world.policy));
        world.hear(&News::Answer { which: 0, yes: true });
        if closed {
            world.write(close_cart(&world.trip, cart.clone(), "000001", world.now, &world.policy).unwrap());
        }
        let settled = world.trip.receipt.clone();
        world.hear(&News::Cancel);
        world.hear(&News::Cancel);
        if let Some(settled) = settled {
            prop_assert_eq!(world.trip.receipt, Some(settled), "what is final stays");
            return Ok(());
        }
        prop_assert_eq!(world.trip.state(), TripState::Empty);
        prop_assert!(close_cart(&world.trip, cart, "000002", world.now, &world.policy).is_err());
        world.hear(&News::Wait { hours: 5, dropped_before: 0 });
        world.hear(&News::Answer { which: 0, yes: true });
        prop_assert!(world.trip.open_wishes.is_empty() && world.trip.held.is_none());
        prop_assert_eq!((world.bank, world.balance(Account::Shopper)), (0, 0));
    }

    #[test]
    fn a_trip_comes_to_an_end_when_the_bank_says_yes(cart in cart()) {
        let mut world = World::new(policy(TaxPer::Line));
        world.write(hold(&world.trip, world.now, &world.policy));
        world.hear(&News::Answer { which: 0, yes: true });
        let empty = cart.sure.is_empty();
        world.write(close_cart(&world.trip, cart, "000001", world.now, &world.policy).unwrap());
        world.hear(&News::Wait { hours: 5, dropped_before: 0 });
        for _ in 0..4 {
            world.hear(&News::Answer { which: 0, yes: true });
        }
        let end = if empty { TripState::Empty } else { TripState::Paid };
        prop_assert_eq!(world.trip.state(), end);
        prop_assert!(world.trip.open_wishes.is_empty());
        prop_assert_eq!(world.balance(Account::Shopper), 0);
    }
}
