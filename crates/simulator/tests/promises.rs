//! Every scenario holds what its name promises.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must fail")]

use std::collections::BTreeSet;

use model::{Joint, PlateId, Record, TruthAct};
use simulator::scenarios::{Fault, Scene, scene, scene_with};

fn scenes(name: &'static str) -> impl Iterator<Item = Scene> {
    (0..12).map(move |visit| scene(name, 5, visit).unwrap())
}

/// In how many of twelve scenes something holds.
fn count(name: &'static str, holds: impl Fn(&Scene) -> bool) -> usize {
    scenes(name).filter(|scene| holds(scene)).count()
}

fn acts(scene: &Scene) -> impl Iterator<Item = &TruthAct> {
    scene.truth.trips.iter().flat_map(|trip| &trip.acts)
}

/// Acts of two trips at one gondola with at most this many seconds between them.
fn meet_within(scene: &Scene, seconds: f64) -> bool {
    let [one, other, ..] = scene.truth.trips.as_slice() else { return false };
    one.acts.iter().any(|one| {
        other.acts.iter().any(|other| {
            let apart_s = one.time.seconds_since(other.time).abs();
            one.plate.gondola == other.plate.gondola && apart_s <= seconds
        })
    })
}

/// Whether a product lies on a plate by the planogram that the engine is told.
fn is_planned(scene: &Scene, act: &TruthAct) -> bool {
    let (store, plate) = (&scene.store, scene.store.plate_index(act.plate).unwrap());
    store.product_index(&act.product).is_some_and(|product| store.plate(plate).products.contains(&product))
}

fn mass_g(scene: &Scene, act: &TruthAct) -> f64 {
    let product = scene.store.product_index(&act.product).unwrap();
    scene.store.product(product).mass_g.unwrap().0
}

fn height_m(scene: &Scene, plate: PlateId) -> f64 {
    scene.store.plate(scene.store.plate_index(plate).unwrap()).centre().z
}

/// All values of a plate, in order of time.
fn values(scene: &Scene, plate: PlateId) -> Vec<f32> {
    let mut values = Vec::new();
    for record in &scene.records {
        if let Record::Plates(batch) = record
            && let Some(column) = batch.plates().iter().position(|id| *id == plate)
        {
            values.extend(batch.grams().iter().skip(column).step_by(batch.plates().len()));
        }
    }
    values
}

#[test]
fn two_reach_within_a_second() {
    assert!(count("two-reach", |scene| meet_within(scene, 1.5)) >= 8);
    assert!(count("swap-places", |scene| meet_within(scene, 3.0)) >= 9);
}

#[test]
fn two_things_are_taken_at_once() {
    let at_once = |scene: &Scene| {
        let acts: Vec<&TruthAct> = acts(scene).collect();
        let together = |pair: &[&TruthAct]| pair[1].time.seconds_since(pair[0].time) < 0.6;
        acts.windows(2).any(together) || acts.iter().any(|act| act.quantity <= -2)
    };
    assert_eq!(count("two-at-once", at_once), 12);
}

#[test]
fn things_are_put_back_elsewhere_and_taken_from_there_by_another() {
    let misplaced = |scene: &Scene| acts(scene).any(|act| act.quantity > 0 && !is_planned(scene, act));
    assert_eq!(count("put-back-elsewhere", misplaced), 12);
    let by_another = |scene: &Scene| {
        let [one, other, ..] = scene.truth.trips.as_slice() else { return false };
        let left: BTreeSet<_> =
            one.acts.iter().filter(|act| act.quantity > 0).map(|act| (act.plate, &act.product)).collect();
        other.acts.iter().any(|act| act.quantity < 0 && left.contains(&(act.plate, &act.product)))
    };
    assert!(count("put-back-by-another", by_another) >= 11);
}

#[test]
fn goods_are_as_promised() {
    let light = scenes("light-items")
        .flat_map(|scene| acts(&scene).map(|act| mass_g(&scene, act)).collect::<Vec<_>>());
    let light: Vec<bool> = light.map(|grams| (5.0..=20.0).contains(&grams)).collect();
    assert!(light.iter().filter(|light| **light).count() * 3 > light.len() * 2);
    for scene in scenes("multi-facing") {
        assert!(scene.store.facings().iter().all(|facing| (2..=5).contains(&facing.plates.len())));
    }
    for scene in scenes("same-weight-neighbours") {
        let masses: Vec<f64> = scene
            .store
            .facings()
            .iter()
            .filter_map(|facing| scene.store.product(facing.product).mass_g.map(|(mean, _)| mean))
            .collect();
        let same =
            masses.chunks(2).filter(|pair| pair.len() == 2 && (pair[0] - pair[1]).abs() <= 2.0).count();
        assert!(same * 5 > masses.len() * 2, "{same} pairs of {} facings", masses.len());
    }
}

#[test]
fn leaning_hands_weigh_and_change_nothing() {
    let rests = |scene: &Scene| {
        scene.store.plates().iter().any(|plate| {
            let values = values(scene, plate.id);
            let (first, last) = (values[0], values[values.len() - 1]);
            // Some plate bears far more for a while than before and after.
            values.iter().any(|grams| grams - first.max(last) > 100.0)
        })
    };
    assert!(count("lean", rests) >= 11);
}

#[test]
fn staff_fill_up_and_shoppers_do_not_pay_for_it() {
    for scene in scenes("restock") {
        let staff =
            scene.truth.trips.iter().find(|trip| trip.token.as_deref() == Some("badge-0001")).unwrap();
        assert!(staff.kept.is_empty() && !staff.acts.is_empty());
        assert_eq!(scene.visits + 1, scene.truth.trips.len());
    }
}

#[test]
fn hands_meet_where_something_is_handed_over() {
    let meet = |scene: &Scene| {
        scene.records.iter().any(|record| {
            let Record::People(people) = record else { return false };
            let wrists = |person: &model::Person| {
                [Joint::LeftWrist, Joint::RightWrist]
                    .map(|joint| person.joint(joint))
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
            };
            let [one, other, ..] = people.people.as_slice() else { return false };
            wrists(one).iter().any(|one| wrists(other).iter().any(|other| one.distance(*other) < 0.12))
        })
    };
    assert!(count("hand-over", meet) >= 11);
    let strangers = count("hand-over", |scene| scene.visits == 2);
    assert!((3..=9).contains(&strangers), "{strangers} of 12 with a stranger");
}

#[test]
fn parties_are_one_trip_and_children_are_small() {
    for scene in scenes("party") {
        assert_eq!(scene.visits, 1);
        assert!((2..=4).contains(&scene.truth.trips[0].tracks.len()));
    }
    for scene in scenes("child") {
        let heads: Vec<f64> = scene
            .records
            .iter()
            .filter_map(|record| match record {
                Record::People(people) if people.people.len() == 2 => {
                    people.people[1].joint(Joint::Head).map(|head| head.z)
                }
                _ => None,
            })
            .collect();
        let tallest = heads.iter().copied().fold(0.0, f64::max);
        assert!((0.85..1.4).contains(&tallest), "{tallest} m");
    }
    let low = |scene: &Scene| acts(scene).any(|act| height_m(scene, act.plate) < 0.95);
    assert!(count("child", low) >= 8);
}

#[test]
fn a_crowd_is_ten_to_fifteen_at_three_or_four_gondolas() {
    for scene in scenes("crowd") {
        assert!((10..=15).contains(&scene.visits));
        assert!(scene.store.file().gondolas.len() >= 3);
    }
}

#[test]
fn cameras_are_lost_for_four_to_ten_seconds() {
    for scene in scenes("camera-loss") {
        let times: Vec<_> = scene
            .records
            .iter()
            .filter_map(|record| match record {
                Record::People(people) => Some(people.time),
                _ => None,
            })
            .collect();
        let gap_s = times.windows(2).map(|pair| pair[1].seconds_since(pair[0])).fold(0.0, f64::max);
        assert!((3.9..10.3).contains(&gap_s), "{gap_s} s");
    }
}

#[test]
fn plates_die_drift_and_clocks_go_wrong() {
    let is_dead = |values: &[f32]| {
        let end = &values[values.len() - 120..];
        end.iter().all(|grams| grams.is_nan()) || end.iter().all(|grams| *grams == end[0])
    };
    let dead = |scene: &Scene| {
        let dead = scene.store.plates().iter().filter(|plate| is_dead(&values(scene, plate.id))).count();
        (1..=2).contains(&dead)
    };
    assert_eq!(count("dead-plate", dead), 12);
    assert_eq!(count("solo", dead), 0);

    let moved = |scene: &Scene| {
        let moved = |plate: &model::Plate| {
            let values = values(scene, plate.id);
            let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
            (mean(&values[..60]) - mean(&values[values.len() - 60..])).abs() > 1.0
        };
        let moved = scene.store.plates().iter().filter(|plate| moved(plate)).count();
        moved * 2 > scene.store.plates().len()
    };
    assert!(count("drift", moved) >= 10);
    assert_eq!(count("solo", moved), 0);

    let lag_s = |scene: &Scene| {
        let first = |is: fn(&Record) -> bool| scene.records.iter().find(|record| is(record)).unwrap().time();
        let people = first(|record| matches!(record, Record::People(_)));
        people.seconds_since(first(|record| matches!(record, Record::Plates(_))))
    };
    let early = count("clock-skew", |scene| lag_s(scene) < -0.19);
    let late = count("clock-skew", |scene| lag_s(scene) > 0.0);
    assert!(early > 1 && late > 1, "{early} slow, {late} fast");
}

#[test]
fn the_planogram_lies_about_what_shoppers_take() {
    let lies = |scene: &Scene| acts(scene).any(|act| act.quantity < 0 && !is_planned(scene, act));
    assert!(count("wrong-planogram", lies) >= 8);
    assert_eq!(count("solo", lies), 0);
}

#[test]
fn ids_are_switched() {
    let switched = |scene: &Scene| scene.truth.trips.iter().map(|trip| trip.tracks.len()).sum::<usize>() > 2;
    assert!(count("id-switch", switched) >= 10);
    assert_eq!(count("two-reach", switched), 0);
}

#[test]
fn a_fault_on_request_spoils_what_is_seen_and_not_what_is_done() {
    for fault in Fault::ALL {
        assert_eq!(Fault::named(fault.name()), Some(fault));
        for visit in 0..4 {
            let (sound, spoilt) =
                (scene("solo", 5, visit).unwrap(), scene_with("solo", 5, visit, &[fault]).unwrap());
            assert_eq!(sound.truth.trips[0].acts, spoilt.truth.trips[0].acts, "{fault:?} {visit}");
            assert!(sound != spoilt, "{fault:?} {visit}");
        }
    }
}

#[test]
fn a_burst_of_lost_messages_is_one_scales_for_up_to_three_seconds() {
    let sound = scene("solo", 5, 1).unwrap().records;
    let left = scene_with("solo", 5, 1, &[Fault::LostMessages]).unwrap().records;
    let lost: Vec<&Record> = sound.iter().filter(|record| !left.contains(record)).collect();
    assert_eq!(lost.len() + left.len(), sound.len());
    assert!((2..=15).contains(&lost.len()), "{}", lost.len());
    assert!(lost.iter().all(|record| matches!(record, Record::Plates(_))));
    assert!(lost.windows(2).all(|pair| pair[0].sensor() == pair[1].sensor()));
}
