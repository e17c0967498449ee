//! A store that is told what to do while it goes on.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must fail")]

use std::sync::Arc;

use model::{CredentialKind, Direction, PlateId, ProductId, Record, SensorId, Store, Time};
use simulator::faults::PlateFault;
use simulator::{Action, Age, Entry, Live, ScriptError, Work, stores};

fn open(seed: u64) -> Live {
    let store = Store::new(stores::nanostore_like()).unwrap();
    Live::open(Arc::new(store), Time::from_nanos(1_800_000_000_000_000_000), seed).unwrap()
}

fn come_in(live: &mut Live, name: &str) {
    let entry = Entry::Shows(CredentialKind::Card, format!("card of {name}"));
    live.enter(name, entry, Age::Adult).unwrap();
}

/// The first plate with so many units, and its product.
fn shelf(live: &Live, units: u32) -> (PlateId, ProductId) {
    let plates = live.store().plates().iter().map(|plate| plate.id);
    let stocked = plates.filter_map(|plate| Some((plate, live.stock(plate).into_iter().next()?)));
    let (plate, (product, _)) = stocked.into_iter().find(|(_, (_, count))| *count >= units).unwrap();
    (plate, product)
}

fn take(plate: PlateId, product: &ProductId, units: u32) -> Action {
    Action::Handle { works: vec![Work::take(plate, product.clone(), units)] }
}

fn put(plate: PlateId, product: &ProductId) -> Action {
    Action::Handle { works: vec![Work::put(plate, product.clone())] }
}

/// A visit told bit by bit.
fn visit(live: &mut Live) -> Vec<Record> {
    let mut records = Vec::new();
    let (plate, product) = shelf(live, 3);
    come_in(live, "ann");
    live.go_on_until(8.0, &mut records);
    live.tell("ann", take(plate, &product, 2)).unwrap();
    live.go_on_until(20.0, &mut records);
    live.tell("ann", put(plate, &product)).unwrap();
    live.tell("ann", Action::Leave).unwrap();
    live.go_on_until(45.0, &mut records);
    records
}

#[test]
fn a_shopper_does_what_they_are_told() {
    let mut live = open(1);
    let (plate, product) = shelf(&live, 3);
    let before = live.stock(plate)[0].1;
    let records = visit(&mut live);
    assert_eq!((live.people(), live.stock(plate)[0].1), (vec![], before - 1));
    let truth = live.truth();
    let [trip] = truth.trips.as_slice() else { panic!("{} trips", truth.trips.len()) };
    assert_eq!(trip.token.as_deref(), Some("card of ann"));
    assert_eq!(trip.acts.iter().map(|act| act.quantity).collect::<Vec<_>>(), [-2, 1]);
    assert_eq!(trip.kept, [(product, 1)].into());
    assert_eq!(trip.tracks.len(), 1);
    let passages = records.iter().filter_map(|record| match record {
        Record::Passage(passage) => Some(passage.direction),
        _ => None,
    });
    assert_eq!(passages.collect::<Vec<_>>(), [Direction::In, Direction::Out]);
    let last = records.last().unwrap().time();
    assert!((0.0..0.5).contains(&live.now().seconds_since(last)), "the sensors go on when nobody is there");
}

#[test]
fn the_same_commands_give_the_same_records() {
    assert_eq!(visit(&mut open(1)), visit(&mut open(1)));
    // However the time is cut into pieces.
    let (mut whole, mut pieces) = (Vec::new(), Vec::new());
    let (mut one, mut other) = (open(2), open(2));
    for live in [&mut one, &mut other] {
        come_in(live, "ann");
    }
    one.go_on_until(5.0, &mut whole);
    (1..=50).for_each(|tenth| other.go_on_until(f64::from(tenth) / 10.0, &mut pieces));
    assert_eq!(whole, pieces);
}

#[test]
fn who_is_not_there_is_told_nothing() {
    let mut live = open(1);
    let (plate, product) = shelf(&live, 1);
    let not_inside = |told: Result<(), ScriptError>| matches!(told, Err(ScriptError::NotInside { .. }));
    assert!(not_inside(live.tell("ann", Action::Leave)));
    assert!(not_inside(live.enter("ben", Entry::With("ann".to_owned()), Age::Adult)));
    come_in(&mut live, "ann");
    let twice = live.enter("ann", Entry::With("ann".to_owned()), Age::Adult);
    assert!(matches!(twice, Err(ScriptError::EnteredTwice { .. })));
    assert!(live.tell("ann", take(PlateId::new(99, 1, 1), &product, 1)).is_err());
    live.tell("ann", Action::Leave).unwrap();
    assert!(not_inside(live.tell("ann", take(plate, &product, 1))), "who leaves");
    live.go_on_until(40.0, &mut Vec::new());
    assert!(live.people().is_empty());
    come_in(&mut live, "ann");
}

#[test]
fn things_go_from_hand_to_hand_and_nobody_waits_in_vain() {
    let mut live = open(1);
    let (plate, product) = shelf(&live, 3);
    let mut records = Vec::new();
    come_in(&mut live, "ann");
    live.enter("ben", Entry::With("ann".to_owned()), Age::Adult).unwrap();
    live.tell("ann", take(plate, &product, 1)).unwrap();
    for _ in 0..2 {
        live.tell("ann", Action::Give { to: "ben".to_owned(), product: product.clone() }).unwrap();
        live.tell("ben", Action::Receive { from: "ann".to_owned() }).unwrap();
    }
    live.go_on_until(60.0, &mut records);
    let people = live.people();
    let carries: Vec<_> = people.iter().map(|person| (person.to_do, person.carries.clone())).collect();
    assert_eq!(carries, [(0, vec![]), (0, vec![(product, 1)])]);
}

#[test]
fn faults_show_in_the_records() {
    let mut live = open(1);
    let (plate, _) = shelf(&live, 1);
    let mut records = Vec::new();
    let mut next = |live: &mut Live| {
        records.clear();
        live.go_on_until(live.now_s() + 2.0, &mut records);
        let people = records.iter().filter(|record| matches!(record, Record::People(_))).count();
        let mut values = Vec::new();
        for record in &records {
            if let Record::Plates(batch) = record
                && let Some(column) = batch.plates().iter().position(|id| *id == plate)
            {
                values.extend(batch.grams().iter().skip(column).step_by(batch.plates().len()).copied());
            }
        }
        let late = |sensor: &SensorId| {
            let last = records.iter().rfind(|record| record.sensor() == sensor).unwrap();
            live.now().seconds_since(last.time())
        };
        (people, values, late(&live.scales()[0]))
    };
    let (people, values, usual_s) = next(&mut live);
    assert!(people > 20 && values.iter().all(|grams| grams.is_finite()) && usual_s < 0.4);
    live.set_camera(false);
    live.set_plate(plate, Some(PlateFault::NotANumber)).unwrap();
    live.scales().iter().for_each(|scale| live.set_clock(scale, -0.5));
    let (people, values, late_s) = next(&mut live);
    assert!(people == 0 && values.iter().all(|grams| grams.is_nan()) && late_s > 0.5);
    live.set_camera(true);
    live.set_plate(plate, Some(PlateFault::Stuck)).unwrap();
    live.scales().iter().for_each(|scale| live.set_clock(scale, 0.0));
    let (people, values, late_s) = next(&mut live);
    assert!(people > 20 && values.iter().all(|grams| *grams == values[0]) && late_s < 0.4);
    live.set_plate(plate, None).unwrap();
    let (_, values, _) = next(&mut live);
    assert!(values.iter().any(|grams| *grams != values[0]));
}

#[test]
fn staff_fill_up_what_is_low() {
    let mut live = open(1);
    let (plate, product) = shelf(&live, 3);
    assert_eq!(live.draft_filling(5), None);
    let units = live.stock(plate)[0].1;
    let mut records = Vec::new();
    come_in(&mut live, "ann");
    live.tell("ann", take(plate, &product, units)).unwrap();
    live.tell("ann", Action::Leave).unwrap();
    live.go_on_until(45.0, &mut records);
    assert_eq!(live.stock(plate), []);
    live.enter("sam", Entry::Shows(CredentialKind::Staff, "badge".to_owned()), Age::Adult).unwrap();
    for action in live.draft_filling(5).unwrap() {
        live.tell("sam", action).unwrap();
    }
    live.go_on_until(100.0, &mut records);
    assert_eq!(live.stock(plate), [(product, units.min(8))]);
    assert!(live.people().is_empty());
    let kept: Vec<u32> = live.truth().trips.iter().map(|trip| trip.kept.values().sum()).collect();
    assert_eq!(kept, [units, 0]);
}
