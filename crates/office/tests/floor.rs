//! From the sensors to the money: simulated visits go through the engine, what it concludes goes to the office, and
//! what the bank took in the end is what the receipts say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

/// Which database these run on.
const POSTGRES: bool = false;

use std::sync::Arc;

use common::{Shop, gate};
use engine::Engine;
use model::{Event, EventKind, Record, Time};
use office::{Entry, Floor, Heard, Shown, Trip, TripState};
use pricing::TaxRate;
use simulator::scenarios::scene;

/// Plays a scene of the simulator into the shop; its trips as the office has them.
fn play(shop: &Shop, name: &str, visit: u64) -> Vec<Trip> {
    let scene = scene(name, 1, visit).unwrap();
    shop.office.upload_store("planogram", &scene.store, TaxRate(70_000), Time::from_nanos(0)).unwrap();
    let prices = shop.office.price_book().unwrap();
    let mut engine = Engine::new(Arc::clone(&scene.store));
    let (mut floor, mut events, mut closed) = (Floor::default(), Vec::new(), Vec::new());
    let mut hear = |events: &mut Vec<Event>| {
        for event in events.drain(..) {
            if let Heard::Closed { trip, unpriced } =
                floor.hear(&shop.office, &prices, &event, event.time).unwrap()
            {
                assert!(unpriced.is_empty());
                check(&event, &trip);
                closed.push(trip.key);
            }
        }
    };
    for record in scene.records {
        engine.push(admitted(shop, record), &mut events);
        hear(&mut events);
    }
    engine.finish(&mut events);
    hear(&mut events);
    shop.run();
    closed.into_iter().map(|key| shop.office.trip(key).unwrap()).collect()
}

/// What the gate makes of a record: whoever shows a credential is let in on the office's own name of the trip.
fn admitted(shop: &Shop, record: Record) -> Record {
    let Record::Credential(mut credential) = record else { return record };
    let card = shop.card(&format!("tok_visa_ok/{}", credential.token));
    let shown = Shown::Card(card);
    let (Entry::Admitted(trip) | Entry::Joined(trip)) =
        shop.office.enter(gate(), shown, credential.time).unwrap()
    else {
        panic!("refused")
    };
    credential.token = trip.to_string();
    Record::Credential(credential)
}

/// The office has of a visit what the engine said of it.
fn check(event: &Event, trip: &Trip) {
    let EventKind::Settled(receipt) = &event.kind else { panic!("closed by something else") };
    let (_, cart) = trip.cart.as_ref().unwrap();
    assert_eq!((cart.sure.len(), cart.doubtful.len()), (receipt.lines.len(), receipt.review.len()));
    if let Some((_, priced)) = &trip.receipt {
        assert_eq!(priced.total, receipt.total.minor);
    }
}

#[test]
fn what_the_store_saw_is_what_is_paid() {
    for (name, visit) in [("solo", 1), ("party", 2), ("two-reach", 3), ("crowd", 4)] {
        let shop = Shop::new();
        let trips = play(&shop, name, visit);
        assert!(!trips.is_empty(), "{name}: nobody left");
        let ended = [TripState::Paid, TripState::Empty, TripState::InReview];
        assert!(trips.iter().all(|trip| ended.contains(&trip.state())), "{name}");
        let receipts: i64 =
            trips.iter().filter_map(|trip| trip.receipt.as_ref()).map(|(_, priced)| priced.total).sum();
        let taken: i64 = trips.iter().map(Trip::taken_minor).sum();
        assert_eq!(receipts, taken, "{name}: the bank took what the receipts say");
        let reviews = trips.iter().filter(|trip| trip.state() == TripState::InReview);
        assert!(
            reviews.clone().all(|trip| !shop.office.evidence(trip.key).unwrap().is_empty()),
            "{name}: evidence"
        );
        shop.audit();
    }
}

#[test]
fn nobody_is_charged_for_a_stranger() {
    let shop = Shop::new();
    let scene = scene("solo", 1, 1).unwrap();
    let prices = shop.office.price_book().unwrap();
    let mut engine = Engine::new(Arc::clone(&scene.store));
    let (mut floor, mut events) = (Floor::default(), Vec::new());
    scene.records.into_iter().for_each(|record| engine.push(record, &mut events));
    engine.finish(&mut events);
    let strangers = events.iter().filter(|event| {
        matches!(floor.hear(&shop.office, &prices, event, event.time).unwrap(), Heard::Stranger(_))
    });
    assert!(strangers.count() >= 2, "at the entry and at the exit");
    assert!(shop.deeds().is_empty());
}
