//! Who comes in on which credential when people crowd at a gate.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::Engine;
use model::{
    Credential, CredentialKind, DVec3, Direction, EventKind, Joint, Keypoint, Passage, People, Person,
    Record, Store, Time, TrackId,
};

/// The place of the gate in `shop.toml`.
const GATE: DVec3 = DVec3::new(-2.0, -2.0, 0.0);
const NECK_M: f64 = 1.5;

fn at(seconds: f64) -> Time {
    Time::default().plus_seconds(seconds)
}

/// Where somebody is, metres from the gate: straight from place to place, each at its second.
fn on_the_way(way: &[(f64, f64, f64)], now_s: f64) -> DVec3 {
    let place = |(_, x, y): (f64, f64, f64)| DVec3::new(x, y, NECK_M);
    let next = way.iter().position(|(then_s, ..)| *then_s > now_s);
    match next {
        None | Some(0) => place(way[if next.is_none() { way.len() - 1 } else { 0 }]),
        Some(next) => {
            let (from, to) = (way[next - 1], way[next]);
            place(from).lerp(place(to), (now_s - from.0) / (to.0 - from.0))
        }
    }
}

/// Ten looks a second, for ten seconds, at two people who go their ways.
fn looks(ways: [&[(f64, f64, f64)]; 2]) -> Vec<Record> {
    let person = |number: usize, now_s: f64| {
        let position = GATE + on_the_way(ways[number], now_s);
        let neck = Keypoint { joint: Joint::Neck, position, score: 0.9 };
        Person { track: TrackId(number as u64 + 1), keypoints: vec![neck], holding: [None; 2] }
    };
    let look = |tick: u32| {
        let now_s = f64::from(tick) * 0.1;
        let people = vec![person(0, now_s), person(1, now_s)];
        Record::People(People { sensor: "tracker".into(), time: at(now_s), people })
    };
    (0..100).map(look).collect()
}

fn shows(token: &str, seconds: f64) -> Record {
    let (gate, kind, token) = ("door".into(), CredentialKind::Card, token.to_owned());
    Record::Credential(Credential { gate, time: at(seconds), kind, token })
}

fn passes(seconds: f64) -> Record {
    let (gate, direction) = ("door".into(), Direction::In);
    Record::Passage(Passage { gate, time: at(seconds), direction, track: None })
}

/// Who came in on each credential.
fn came_in(mut records: Vec<Record>) -> BTreeMap<String, Vec<u64>> {
    let store = Store::from_toml(include_str!("shop.toml")).unwrap();
    let (mut engine, mut events) = (Engine::new(Arc::new(store)), Vec::new());
    records.sort_by_key(Record::time);
    records.into_iter().for_each(|record| engine.push(record, &mut events));
    engine.finish(&mut events);
    let of_receipt = |kind: &EventKind| match kind {
        EventKind::Settled(receipt) => {
            let (_, token) = receipt.credential.clone().unwrap();
            Some((token, receipt.tracks.iter().map(|track| track.0).collect()))
        }
        _ => None,
    };
    events.iter().filter_map(|event| of_receipt(&event.kind)).collect()
}

fn each_on_their_own() -> BTreeMap<String, Vec<u64>> {
    [("ann".to_owned(), vec![1]), ("ben".to_owned(), vec![2])].into()
}

#[test]
fn who_passes_at_the_side_does_not_lend_their_turn_to_the_next_one_in_the_middle() {
    let ann = [(0.0, 0.0, 1.5), (1.0, 0.0, 0.55), (2.0, 0.0, 0.55), (3.0, 0.66, -0.03), (5.0, 1.2, -1.5)];
    let ben = [(1.0, 0.0, 1.6), (2.1, 0.0, 1.6), (3.1, 0.0, 0.55), (4.2, 0.0, 0.55), (5.5, 0.1, -0.8)];
    let mut records = looks([&ann, &ben]);
    records.extend([shows("ann", 1.1), passes(3.0), shows("ben", 3.2), passes(4.8)]);
    assert_eq!(came_in(records), each_on_their_own());
}

#[test]
fn the_next_card_is_that_of_the_next_one_even_if_who_showed_the_last_has_not_passed() {
    let ann = [(1.0, 0.0, 0.55), (2.1, 0.0, 0.55), (3.5, -0.53, 0.05), (4.1, -0.74, 0.0), (6.0, -1.2, -1.5)];
    let ben = [(1.0, 0.0, 1.6), (2.3, 0.0, 1.6), (3.4, 0.0, 0.57), (4.5, 0.0, 0.55), (5.5, 0.0, -0.5)];
    let mut records = looks([&ann, &ben]);
    records.extend([shows("ann", 1.1), shows("ben", 3.5), passes(4.1), passes(5.0)]);
    assert_eq!(came_in(records), each_on_their_own());
}
