//! Every scene is a piece of a possible world.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must fail")]

use std::collections::BTreeMap;

use model::{CredentialKind, DVec3, Direction, Joint, ProductId, Record, Truth};
use simulator::scenarios::{SCENARIOS, Scene, scene};

const SEED: u64 = 7;
const VISITS: u64 = 10;

fn scenes() -> impl Iterator<Item = (&'static str, u64, Scene)> {
    SCENARIOS.iter().flat_map(|scenario| {
        (0..VISITS).map(|visit| (scenario.name, visit, scene(scenario.name, SEED, visit).unwrap()))
    })
}

#[test]
fn the_same_scene_is_the_same_and_another_visit_is_another() {
    for scenario in SCENARIOS {
        let one = scene(scenario.name, SEED, 3).unwrap();
        assert!(one == scene(scenario.name, SEED, 3).unwrap(), "{}", scenario.name);
        assert!(one.records != scene(scenario.name, SEED, 4).unwrap().records, "{}", scenario.name);
    }
    assert!(scene("no-such", 1, 1).unwrap_err().to_string().contains("name one of solo, two-reach"));
}

#[test]
fn what_left_the_shelves_is_what_was_kept() {
    for (name, visit, scene) in scenes() {
        let kept = sum(scene
            .truth
            .trips
            .iter()
            .flat_map(|trip| trip.kept.iter().map(|(product, units)| (product, i64::from(*units)))));
        let staff = |token: &str| token.starts_with("badge");
        let shoppers = scene.truth.trips.iter().filter(|trip| !trip.token.as_deref().is_some_and(staff));
        let acts =
            shoppers.flat_map(|trip| trip.acts.iter().map(|act| (&act.product, -i64::from(act.quantity))));
        assert_eq!(kept, sum(acts), "{name} {visit}");
    }
}

fn sum<'a>(parts: impl Iterator<Item = (&'a ProductId, i64)>) -> BTreeMap<ProductId, i64> {
    let mut sums = BTreeMap::new();
    for (product, units) in parts {
        *sums.entry(product.clone()).or_default() += units;
    }
    sums.retain(|_, units| *units != 0);
    sums
}

#[test]
fn everybody_comes_and_leaves_in_good_time() {
    for (name, visit, scene) in scenes() {
        let passages = |direction| {
            let passes = |record: &&Record| matches!(record, Record::Passage(passage) if passage.direction == direction);
            scene.records.iter().filter(passes).count()
        };
        assert_eq!(passages(Direction::In), passages(Direction::Out), "{name} {visit}");
        let credentials = scene.records.iter().filter_map(|record| match record {
            Record::Credential(credential) => Some(credential.kind),
            _ => None,
        });
        let (staff, shoppers): (Vec<_>, Vec<_>) =
            credentials.partition(|kind| *kind == CredentialKind::Staff);
        assert_eq!((scene.visits, scene.truth.trips.len()), (shoppers.len(), shoppers.len() + staff.len()));
        let times = || scene.records.iter().map(Record::time);
        let seconds = times().max().unwrap().seconds_since(times().min().unwrap());
        let most_s = if name == "crowd" { 240.0 } else { 130.0 };
        assert!((15.0..most_s).contains(&seconds), "{name} {visit}: {seconds} s");
    }
}

#[test]
fn nobody_walks_through_anybody_or_jumps() {
    for (name, visit, scene) in scenes() {
        let mut before: BTreeMap<u64, (f64, DVec3)> = BTreeMap::new();
        let start = scene.records[0].time();
        for record in &scene.records {
            let Record::People(people) = record else { continue };
            let time_s = people.time.seconds_since(start);
            let spines: Vec<(u64, DVec3)> = people
                .people
                .iter()
                .filter_map(|person| {
                    let shoulders =
                        [Joint::LeftShoulder, Joint::RightShoulder].map(|joint| person.joint(joint));
                    Some((person.track.0, ((shoulders[0]? + shoulders[1]?) / 2.0).with_z(0.0)))
                })
                .collect();
            for (place, (track, at)) in spines.iter().enumerate() {
                // Who reaches across another one bends towards them: shoulders come nearer than feet.
                for (other, to) in &spines[place + 1..] {
                    let far_m = at.distance(*to);
                    assert!(
                        far_m > 0.1,
                        "{name} {visit}: {track} and {other} are {far_m} m apart at {time_s}"
                    );
                }
                let moved = before.insert(*track, (time_s, *at));
                if let Some((then_s, from)) =
                    moved.filter(|(then_s, _)| time_s - then_s < 0.2 && time_s > *then_s)
                {
                    let far_m = at.distance(from);
                    let most_m = 0.12 + 2.0 * (time_s - then_s);
                    let swaps = name == "id-switch";
                    assert!(swaps || far_m < most_m, "{name} {visit}: {track} jumps {far_m} m at {time_s}");
                }
            }
        }
    }
}

#[test]
fn records_arrive_in_nearly_the_order_of_their_capture() {
    for (name, visit, scene) in scenes().filter(|(name, ..)| *name != "clock-skew") {
        let mut latest = scene.records[0].time();
        for record in &scene.records {
            latest = latest.max(record.time());
            let late_s = latest.seconds_since(record.time());
            assert!(late_s < 0.25, "{name} {visit}: {} s late", late_s);
        }
    }
}

#[test]
fn something_happens_in_nearly_every_scene() {
    for scenario in SCENARIOS {
        let acts = |truth: &Truth| truth.trips.iter().map(|trip| trip.acts.len()).sum::<usize>();
        let busy =
            (0..VISITS).filter(|visit| acts(&scene(scenario.name, SEED, *visit).unwrap().truth) > 0).count();
        assert!(busy as u64 * 4 > VISITS * 3, "{}: {busy} of {VISITS}", scenario.name);
    }
}
