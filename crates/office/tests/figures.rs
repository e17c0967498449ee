//! What staff look up across trips: lists, what waits for them, and how the store does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

/// Which database these run on.
#[allow(dead_code, reason = "the other database's run has its own")]
const POSTGRES: bool = false;

use common::{Shop, cart, doubtful_cart, item};
use model::Time;
use office::{Actor, Dispute, DisputeKind, TripState, Verdict};
use pricing::Quantity;

fn ann() -> Actor {
    Actor::Staff("ann".to_owned())
}

#[test]
fn trips_are_listed_newest_first_and_found_by_receipt() {
    let shop = Shop::new();
    let one = shop.come_in("tok_visa_ok");
    shop.leave(one, cart(vec![item("coffee", 1, 499)]));
    shop.wait(60);
    let other = shop.come_in("tok_amex_ok");
    let keys = |state, before, limit| -> Vec<_> {
        let rows = shop.office.trips_newest(state, before, limit).unwrap();
        rows.into_iter().map(|row| row.trip).collect()
    };
    assert_eq!(keys(None, None, 10), [other, one]);
    assert_eq!(keys(None, Some(other), 10), [one]);
    assert_eq!(keys(None, None, 1), [other]);
    assert_eq!(keys(Some(TripState::Paid), None, 10), [one]);
    for number in ["000001", "1", "main-street-000001"] {
        assert_eq!(shop.office.trip_of_receipt(number).unwrap(), Some(one), "{number}");
    }
    for number in ["000002", "side-street-000001", "", "x"] {
        assert_eq!(shop.office.trip_of_receipt(number).unwrap(), None, "{number}");
    }
    let since = |time| shop.office.states_since(time).unwrap();
    assert_eq!(since(Time::MIN), [("entered".to_owned(), 1), ("paid".to_owned(), 1)]);
    assert_eq!(since(shop.now()), [("entered".to_owned(), 1)]);
}

#[test]
fn what_waits_is_told_by_its_deadline_and_goes_when_it_is_decided() {
    let shop = Shop::with(|policy| policy.refund.at_once_minor = 0);
    let doubtful = shop.come_in("tok_visa_ok");
    shop.leave(doubtful, doubtful_cart(vec![item("coffee", 1, 499)], vec![item("wine", 2, 750)]));
    let waiting = shop.office.reviews_waiting().unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].0.seconds_since(shop.now()), waiting[0].1.key), (4.0 * 3600.0, doubtful));
    shop.office.review(doubtful, 0, Verdict::Drop, ann(), shop.now()).unwrap();
    shop.run();
    assert!(shop.office.reviews_waiting().unwrap().is_empty());

    shop.wait(60);
    let not_taken = || Dispute { lines: vec![(0, Quantity::Units(1))], kind: DisputeKind::NotTaken };
    let raised = shop.now();
    shop.office.dispute(doubtful, not_taken(), raised).unwrap();
    shop.wait(60);
    let waiting = shop.office.disputes_waiting(shop.now()).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].trip.key, waiting[0].dispute, waiting[0].since), (doubtful, 0, raised));
    let decided =
        shop.office.decide_dispute(doubtful, 0, Vec::new(), "It was seen.".into(), ann(), shop.now());
    decided.unwrap();
    assert!(shop.office.disputes_waiting(shop.now()).unwrap().is_empty());
}

#[test]
fn a_tally_counts_what_happened_since() {
    let shop = Shop::with(|policy| policy.refund.at_once_minor = 0);
    let begin = shop.now();
    let sure = shop.come_in("tok_visa_ok");
    shop.leave(sure, cart(vec![item("coffee", 1, 499), item("water", 2, 89)]));
    let doubtful = shop.come_in("tok_amex_ok");
    shop.leave(doubtful, doubtful_cart(Vec::new(), vec![item("wine", 2, 750), item("beer", 1, 120)]));
    let charge = Verdict::Charge(Quantity::Units(1));
    shop.office.review(doubtful, 0, charge, ann(), shop.now()).unwrap();
    shop.wait(5 * 3600);
    let back = vec![(0, Quantity::Units(1))];
    shop.office.refund(sure, back, "Cold.".into(), ann(), shop.now()).unwrap();
    shop.run();

    let tally = shop.office.tally(begin).unwrap();
    assert_eq!((tally.visits, tally.sure, tally.doubtful), (2, 2, 2));
    assert_eq!((tally.charged, tally.dropped, tally.lapsed), (1, 0, 1));
    assert_eq!((tally.taken_minor, tally.refunded_minor), (499 + 178 + 750, 499));
    assert_eq!(tally.days["2027-01-15"].minor, 499 + 178 + 750);
    let wine = &tally.products[&"wine".into()];
    assert_eq!((wine.units, wine.minor, wine.lines, wine.doubtful), (1, 750, 1, 1));
    assert_eq!(tally.products[&"coffee".into()].refunded, 1);
    assert_eq!(tally.to_receipt_s.len(), 2);
    assert!(tally.to_receipt_within(0.5).unwrap() <= tally.to_receipt_within(0.95).unwrap());
    assert_eq!(shop.office.tally(shop.now().plus_nanos(1)).unwrap(), office::Tally::default());
    assert_eq!(office::Tally::default().to_receipt_within(0.5), None);
}
