//! Whole visits, from the gate to the money, against a bank that is looked at afterwards.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

/// Which database these run on.
#[allow(dead_code, reason = "the other database's run has its own")]
const POSTGRES: bool = false;

use common::{Shop, cart, doubtful_cart, gate, item};
use model::Time;
use office::{Actor, Dispute, DisputeKind, Entry, Refusal, Shown, TripState, Verdict};
use pricing::Quantity;

fn ann() -> Actor {
    Actor::Staff("ann".to_owned())
}

#[test]
fn a_visit_is_held_captured_and_paid() {
    let shop = Shop::new();
    let trip = shop.come_in("tok_visa_ok");
    let trip = shop.leave(trip, cart(vec![item("coffee", 1, 499), item("water", 2, 89)]));
    assert_eq!(trip.state(), TripState::Paid);
    assert_eq!(trip.receipt.unwrap().0, "000001");
    assert_eq!(shop.deeds(), ["held 1000", "captured 677"]);
    shop.audit();
}

#[test]
fn nothing_taken_gives_the_hold_back() {
    let shop = Shop::new();
    let trip = shop.come_in("tok_visa_ok");
    assert_eq!(shop.leave(trip, cart(Vec::new())).state(), TripState::Empty);
    assert_eq!(shop.deeds(), ["held 1000", "voided"]);
    shop.audit();
}

#[test]
fn more_than_the_hold_raises_it() {
    let shop = Shop::new();
    let trip = shop.come_in("tok_visa_ok");
    assert_eq!(shop.leave(trip, cart(vec![item("wine", 1, 2599)])).state(), TripState::Paid);
    assert_eq!(shop.deeds(), ["held 1000", "raised 2599", "captured 2599"]);
    shop.audit();
}

#[test]
fn a_refused_raise_captures_the_hold_and_charges_the_rest() {
    let shop = Shop::new();
    let trip = shop.come_in("tok_no_raise");
    assert_eq!(shop.leave(trip, cart(vec![item("wine", 1, 2599)])).state(), TripState::Paid);
    assert_eq!(shop.deeds(), ["held 1000", "captured 1000", "charged 1599"]);
    shop.audit();
}

#[test]
fn a_hold_that_lapsed_is_charged_anew() {
    let shop = Shop::new();
    let trip = shop.come_in("tok_expired_hold");
    assert_eq!(shop.leave(trip, cart(vec![item("coffee", 1, 499)])).state(), TripState::Paid);
    assert_eq!(shop.deeds().last().unwrap(), "charged 499");
    shop.audit();
}

#[test]
fn what_can_not_be_taken_is_owed_bars_the_door_and_is_tried_again() {
    let shop = Shop::new();
    let key = shop.come_in("tok_debt");
    let trip = shop.leave(key, cart(vec![item("wine", 1, 2599)]));
    assert_eq!((trip.state(), trip.owed_minor), (TripState::Owed, 1599));
    let Entry::Refused(_, Refusal::Debt { owed }) = shop.tap("tok_debt") else {
        panic!("let in with a debt")
    };
    assert_eq!(owed.to_string(), "15.99 EUR");
    for _ in 0..3 {
        shop.wait(24 * 3600);
    }
    assert_eq!(shop.office.trip(key).unwrap().state(), TripState::Paid, "{:?}", shop.deeds());
    assert!(matches!(shop.tap("tok_debt"), Entry::Admitted(_)));
    shop.audit();
}

#[test]
fn a_debt_is_not_tried_for_ever() {
    let shop = Shop::with(|policy| policy.debt.tries = 1);
    let key = shop.come_in("tok_debt");
    shop.leave(key, cart(vec![item("wine", 1, 2599)]));
    for _ in 0..10 {
        shop.wait(24 * 3600);
    }
    let trip = shop.office.trip(key).unwrap();
    assert_eq!((trip.state(), trip.charges_declined), (TripState::Owed, 2));
    shop.audit();
}

#[test]
fn a_debt_can_be_paid_with_another_card() {
    let shop = Shop::new();
    let key = shop.come_in("tok_debt");
    shop.leave(key, cart(vec![item("wine", 1, 2599)]));
    shop.office.pay_debt(key, shop.card("tok_insufficient_funds"), shop.now()).unwrap();
    shop.run();
    assert_eq!(shop.office.trip(key).unwrap().state(), TripState::Owed, "another card that is declined");
    shop.office.pay_debt(key, shop.card("tok_visa_ok"), shop.now()).unwrap();
    shop.run();
    let trip = shop.office.trip(key).unwrap();
    assert_eq!((trip.state(), trip.owed_minor), (TripState::Paid, 0));
    assert!(
        shop.office.pay_debt(key, shop.card("tok_visa_ok"), shop.now()).is_err(),
        "nothing is owed any more"
    );
    shop.audit();
}

#[test]
fn a_declined_card_stays_outside_and_is_told_why() {
    let shop = Shop::new();
    let Entry::Refused(trip, reason) = shop.tap("tok_insufficient_funds") else { panic!("let in") };
    assert_eq!(reason.to_string(), "Your bank declined this card. Please try another one.");
    assert_eq!(shop.office.trip(trip).unwrap().state(), TripState::Declined);
    shop.audit();
}

#[test]
fn a_hold_whose_answer_got_lost_is_given_back() {
    let shop = Shop::new();
    let Entry::Refused(trip, reason) = shop.tap("tok_timeout_after_on_hold") else {
        panic!("let in unheard")
    };
    assert_eq!(reason, Refusal::NoAnswer);
    shop.wait(60);
    assert_eq!(shop.deeds(), ["held 1000", "voided"]);
    assert!(shop.office.trip(trip).unwrap().held.is_none());
    shop.audit();
}

#[test]
fn a_lost_answer_to_a_capture_takes_money_once() {
    for token in
        ["tok_timeout_after_on_capture", "tok_timeout_before_on_capture", "tok_unavailable_once_on_capture"]
    {
        let shop = Shop::new();
        let key = shop.come_in(token);
        shop.leave(key, cart(vec![item("coffee", 1, 499)]));
        shop.wait(60);
        assert_eq!(shop.office.trip(key).unwrap().state(), TripState::Paid, "{token}");
        assert_eq!(shop.deeds(), ["held 1000", "captured 499"], "{token}");
        shop.audit();
    }
}

#[test]
fn a_lost_answer_to_a_charge_takes_money_once() {
    let shop = Shop::new();
    let key = shop.come_in("tok_timeout_after_on_charge");
    // A hold that lapsed meanwhile can't be captured: the saved card is charged.
    shop.wait(30 * 24 * 3600);
    shop.leave(key, cart(vec![item("coffee", 1, 499)]));
    shop.wait(60);
    assert_eq!(shop.office.trip(key).unwrap().state(), TripState::Paid);
    let charged = shop.deeds().iter().filter(|deed| deed.starts_with("charged")).count();
    assert_eq!(charged, 1, "{:?}", shop.deeds());
    shop.audit();
}

#[test]
fn a_party_comes_in_on_one_hold() {
    let shop = Shop::new();
    let first = shop.come_in("tok_visa_ok");
    assert_eq!(shop.tap("tok_visa_ok"), Entry::Joined(first));
    assert_eq!(shop.deeds(), ["held 1000"]);
    shop.wait(60);
    let later = shop.come_in("tok_visa_ok");
    assert_ne!(first, later, "a minute later it is another visit");
    shop.audit();
}

#[test]
fn a_full_store_lets_nobody_in_until_somebody_leaves() {
    let shop = Shop::with(|policy| policy.entry.trips_inside = Some(1));
    let first = shop.come_in("tok_visa_ok/ann");
    assert!(matches!(shop.tap("tok_visa_ok/bob"), Entry::Refused(_, Refusal::StoreFull)));
    shop.leave(first, cart(Vec::new()));
    assert!(matches!(shop.tap("tok_visa_ok/bob"), Entry::Admitted(_)));
}

#[test]
fn staff_are_charged_nothing() {
    let shop = Shop::new();
    let badge = Shown::Badge("badge-1".to_owned());
    shop.office.add_badge("badge-1", "ann", ann(), shop.now()).unwrap();
    let Entry::Admitted(key) = shop.office.enter(gate(), badge, shop.now()).unwrap() else { panic!() };
    let trip = shop.leave(key, cart(vec![item("coffee", 1, 499)]));
    assert_eq!(trip.state(), TripState::Settled);
    assert!(shop.deeds().is_empty());
    shop.audit();
}

#[test]
fn doubt_waits_for_somebody_and_is_paid_with_the_rest() {
    let shop = Shop::new();
    let key = shop.come_in("tok_visa_ok");
    let trip = shop.leave(key, doubtful_cart(vec![item("coffee", 1, 499)], vec![item("tea", 2, 300)]));
    assert_eq!(trip.state(), TripState::InReview);
    assert_eq!(shop.deeds(), ["held 1000"]);
    assert!(shop.office.review(key, 1, Verdict::Drop, ann(), shop.now()).is_err());
    assert!(shop.office.review(key, 0, Verdict::Charge(Quantity::Units(3)), ann(), shop.now()).is_err());
    shop.office.review(key, 0, Verdict::Charge(Quantity::Units(1)), ann(), shop.now()).unwrap();
    shop.run();
    assert_eq!(shop.deeds(), ["held 1000", "captured 799"]);
    shop.audit();
}

#[test]
fn doubt_that_nobody_looks_at_ends_in_the_shoppers_favour() {
    let shop = Shop::new();
    let key = shop.come_in("tok_visa_ok");
    shop.leave(key, doubtful_cart(vec![item("coffee", 1, 499)], vec![item("tea", 2, 300)]));
    shop.wait(5 * 3600);
    assert_eq!(shop.office.trip(key).unwrap().state(), TripState::Paid);
    assert_eq!(shop.deeds(), ["held 1000", "captured 499"]);
    shop.audit();
}

#[test]
fn a_disputed_line_is_refunded_at_once_within_the_stores_rules() {
    let shop = Shop::new();
    let key = shop.come_in("tok_visa_ok");
    shop.leave(key, cart(vec![item("coffee", 1, 499), item("water", 3, 89)]));
    let wrong = |units| Dispute { lines: vec![(1, Quantity::Units(units))], kind: DisputeKind::NotTaken };
    assert!(shop.office.dispute(key, wrong(4), shop.now()).is_err(), "more than the line has");
    assert!(shop.office.dispute(key, wrong(0), shop.now()).is_err(), "nothing");
    shop.office.dispute(key, wrong(1), shop.now()).unwrap();
    shop.run();
    assert_eq!(shop.deeds(), ["held 1000", "captured 766", "refunded 89"]);
    shop.audit();
}

#[test]
fn who_disputes_often_is_looked_at() {
    let shop = Shop::with(|policy| policy.refund.at_once_per_90_days = 1);
    for visit in 0..2 {
        let key = shop.come_in("tok_visa_ok");
        shop.leave(key, cart(vec![item("coffee", 1, 499)]));
        let wrong = Dispute { lines: vec![(0, Quantity::Units(1))], kind: DisputeKind::NotTaken };
        let trip = shop.office.dispute(key, wrong, shop.now()).unwrap();
        assert_eq!(trip.disputes[0].1.is_some(), visit == 0);
        shop.wait(60);
        if visit == 1 {
            let reason = "The scale shows that the cup left with you.".to_owned();
            shop.office.decide_dispute(key, 0, Vec::new(), reason, ann(), shop.now()).unwrap();
            shop.run();
        }
    }
    assert_eq!(shop.deeds().iter().filter(|deed| deed.starts_with("refunded")).count(), 1);
    shop.audit();
}

#[test]
fn goods_that_come_back_are_seen_first_and_late_disputes_are_refused() {
    let shop = Shop::new();
    let key = shop.come_in("tok_visa_ok");
    shop.leave(key, cart(vec![item("coffee", 1, 499), item("water", 1, 89)]));
    let back = |line| Dispute { lines: vec![(line, Quantity::Units(1))], kind: DisputeKind::Returned };
    let trip = shop.office.dispute(key, back(0), shop.now()).unwrap();
    assert!(trip.disputes[0].1.is_none());
    let lines = vec![(0, Quantity::Units(1))];
    shop.office.decide_dispute(key, 0, lines, "Unopened.".to_owned(), ann(), shop.now()).unwrap();
    shop.run();
    assert_eq!(shop.office.trip(key).unwrap().refunded_minor, 499);
    shop.wait(31 * 24 * 3600);
    let late = shop.office.dispute(key, back(1), shop.now()).unwrap_err();
    assert_eq!(late.to_string(), "this was possible until 30 days after the visit");
    shop.audit();
}

#[test]
fn all_given_back_is_refunded() {
    let shop = Shop::new();
    let key = shop.come_in("tok_visa_ok");
    shop.leave(key, cart(vec![item("coffee", 2, 499)]));
    let wrong = Dispute { lines: vec![(0, Quantity::Units(2))], kind: DisputeKind::NotTaken };
    shop.office.dispute(key, wrong, shop.now()).unwrap();
    shop.run();
    assert_eq!(shop.office.trip(key).unwrap().state(), TripState::Refunded);
    shop.audit();
}

#[test]
fn news_that_come_twice_count_once() {
    let shop = Shop::new();
    let key = shop.come_in("tok_visa_ok");
    for _ in 0..2 {
        shop.leave(key, cart(vec![item("coffee", 1, 499)]));
    }
    assert_eq!(shop.deeds(), ["held 1000", "captured 499"]);
    shop.audit();
}

#[test]
fn a_changed_entry_shows() {
    let shop = Shop::new();
    if !shop.folder.path().join("office.db").exists() {
        return; // no file to forge
    }
    let key = shop.come_in("tok_visa_ok");
    shop.leave(key, cart(vec![item("coffee", 1, 499)]));
    let thief = rusqlite::Connection::open(shop.folder.path().join("office.db")).unwrap();
    let forge = |from: &str, to: &str| {
        let sql = "UPDATE journal SET event = replace(event, ?1, ?2) WHERE event LIKE '%captured%'";
        thief.execute(sql, [from, to]).unwrap();
    };
    forge("499", "399");
    let broken = shop.office.audit().unwrap().unwrap_err();
    assert!(broken.to_string().contains("was changed after it was written"), "{broken}");
    forge("399", "499");
    shop.audit();
    thief.execute("DELETE FROM journal WHERE sequence = 3", []).unwrap();
    assert!(shop.office.audit().unwrap().unwrap_err().to_string().contains("missing"));
}

#[test]
fn partners_are_told_what_was_sold_and_what_came_back() {
    let shop = Shop::new();
    let list = r#"[{"sku":"coffee","name":"Coffee","barcodes":[{"type":"ean13","code":"4006381333931"}],
        "prices":[{"price":"4.99","tax_percent":"7"}]}]"#;
    shop.office.upload_catalogue("monday", exchange::Form::Json, list.as_bytes(), shop.now()).unwrap();
    let key = shop.come_in("tok_visa_ok");
    shop.leave(key, cart(vec![item("coffee", 2, 499), item("loose sweets", 1, 89)]));
    let back = Dispute { lines: vec![(0, Quantity::Units(1))], kind: DisputeKind::Returned };
    shop.wait(120);
    shop.office.dispute(key, back, shop.now()).unwrap();
    let lines = vec![(0, Quantity::Units(1))];
    shop.office.decide_dispute(key, 0, lines, "Unopened.".to_owned(), ann(), shop.now()).unwrap();
    shop.run();
    let gln = "4012345000009".to_owned().try_into().unwrap();
    let site = exchange::epcis::Site { gln, read_point: None, names: exchange::epcis::Names::default() };
    let told = shop.office.epcis(&site, Time::from_nanos(0), Time::MAX, shop.now()).unwrap();
    let events = told.document["epcisBody"]["eventList"].as_array().unwrap();
    let steps: Vec<_> = events.iter().map(|event| event["bizStep"].as_str().unwrap()).collect();
    assert_eq!(steps, ["retail_selling", "receiving"]);
    assert_eq!(told.untold.without_gtin, 1, "loose sweets have no number that others know");
}
