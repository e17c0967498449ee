//! The simulated store as those who use it see it.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must fail")]

use std::collections::BTreeMap;

use model::{Direction, Joint, PlateBatch, PlateId, Record, Store, TrackId};
use simulator::{Loss, Played, Script, Swap, play};

const CORNER: &str = include_str!("../../../examples/stores/corner.toml");
const YOGHURT: PlateId = PlateId::new(2, 3, 2);

fn corner() -> Store {
    Store::from_toml(CORNER).unwrap()
}

/// Ann takes a yoghurt at second 12 and puts it back at second 20.
fn second_thoughts() -> Script {
    Script::default()
        .enter(2.0, "ann", "card-0001")
        .take(12.0, "ann", "natural-yoghurt", 1, YOGHURT)
        .put_back(20.0, "ann", "natural-yoghurt", YOGHURT)
        .leave(30.0, "ann")
}

/// All samples of a plate: seconds and grams.
fn samples(scenario: &Played, script: &Script, plate: PlateId) -> Vec<(f64, f64)> {
    let mut samples = Vec::new();
    for batch in batches(scenario) {
        let Some(column) = batch.plates().iter().position(|id| *id == plate) else { continue };
        let rows = batch.grams().chunks(batch.plates().len());
        for (place, row) in (0..).zip(rows) {
            let time = batch.first_sample().plus_nanos(place * batch.sample_interval_nanos());
            samples.push((time.seconds_since(script.start), f64::from(row[column])));
        }
    }
    samples
}

fn batches(scenario: &Played) -> impl Iterator<Item = &PlateBatch> {
    scenario.records.iter().filter_map(|record| match record {
        Record::Plates(batch) => Some(batch),
        _ => None,
    })
}

/// Mean of a plate from one second to another.
fn mean_g(samples: &[(f64, f64)], from_s: f64, to_s: f64) -> f64 {
    let grams = samples.iter().filter(|(time_s, _)| (from_s..to_s).contains(time_s)).map(|(_, grams)| grams);
    let (count, sum) = grams.fold((0.0, 0.0), |(count, sum), grams| (count + 1.0, sum + grams));
    sum / count
}

/// Standard deviation of a plate from one second to another.
fn sd_g(samples: &[(f64, f64)], from_s: f64, to_s: f64) -> f64 {
    let mean = mean_g(samples, from_s, to_s);
    let squares: Vec<_> =
        samples.iter().map(|(time_s, grams)| (*time_s, (grams - mean) * (grams - mean))).collect();
    mean_g(&squares, from_s, to_s).sqrt()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn the_same_seed_gives_the_same_records_and_another_one_others() {
    let store = corner();
    let (one, again) =
        (play(&store, &second_thoughts(), 3).unwrap(), play(&store, &second_thoughts(), 3).unwrap());
    assert_eq!(one, again);
    assert_ne!(one.records, play(&store, &second_thoughts(), 4).unwrap().records);
}

#[test]
fn records_come_in_the_order_of_capture_as_the_real_devices_send_them() {
    let scenario = play(&corner(), &second_thoughts(), 1).unwrap();
    assert!(scenario.records.is_sorted_by_key(Record::time));
    for gondola in ["gondola-1", "gondola-2"] {
        let batches: Vec<_> = batches(&scenario).filter(|batch| batch.sensor().as_str() == gondola).collect();
        assert!(batches.iter().all(|batch| batch.sample_count() == 12 && batch.plates().len() == 18));
        for pair in batches.windows(2) {
            let gap_s = pair[1].first_sample().seconds_since(pair[0].time());
            assert!((gap_s - 1.0 / 60.0).abs() < 0.009, "{gap_s}");
        }
    }
    let frames = scenario.records.iter().filter(|record| matches!(record, Record::People(_))).count();
    assert!((frames as f64 / (batches(&scenario).count() as f64 / 2.0 * 0.2) - 14.9).abs() < 1.0);
}

#[test]
fn a_take_lowers_the_plate_by_the_unit_and_a_put_back_restores_just_that() {
    for seed in 0..10 {
        let script = second_thoughts();
        let scenario = play(&corner(), &script, seed).unwrap();
        let samples = samples(&scenario, &script, YOGHURT);
        let (before, without, after) =
            (mean_g(&samples, 0.0, 4.0), mean_g(&samples, 14.0, 18.0), mean_g(&samples, 22.0, 26.0));
        assert!((before - without - 529.0).abs() < 3.0 * 3.0 + 1.5, "seed {seed}: {}", before - without);
        assert!((after - before).abs() < 1.5, "seed {seed}: {}", after - before);
        let pressed = samples.iter().filter(|(time_s, _)| (11.6..12.0).contains(time_s));
        let most = pressed.map(|(_, grams)| grams - before).fold(f64::MIN, f64::max);
        assert!(most > 10.0, "seed {seed}: the hand presses before it lifts: {most}");
    }
}

#[test]
fn what_leaves_the_shelves_is_what_is_carried_out() {
    let store = corner();
    let plate = PlateId::new;
    let script = Script::default()
        .enter(4.0, "ann", "card-0001")
        .enter_with(5.0, "bea", "ann")
        .enter_staff(6.0, "sam", "badge-0001")
        .take(12.0, "ann", "milk", 2, plate(2, 2, 1))
        .take(12.0, "bea", "olive-oil", 1, plate(1, 2, 6))
        .restock(12.0, "sam", "flour", 3, plate(1, 1, 5))
        .take(18.0, "ann", "gouda", 1, plate(2, 2, 4))
        .take(18.0, "bea", "coffee", 2, plate(1, 3, 3))
        .put_back(24.0, "bea", "coffee", plate(2, 1, 6))
        .leave(30.0, "ann")
        .leave(30.0, "bea")
        .leave(30.0, "sam");
    for seed in 0..5 {
        let scenario = play(&store, &script, seed).unwrap();
        let truth = &scenario.truth.trips;
        assert_eq!(truth.len(), 2, "a party is one trip");
        assert_eq!(truth[0].tracks, [TrackId(1), TrackId(2)]);
        let kept: BTreeMap<&str, u32> =
            truth[0].kept.iter().map(|(id, units)| (id.as_str(), *units)).collect();
        assert_eq!(kept, BTreeMap::from([("coffee", 1), ("gouda", 1), ("milk", 2), ("olive-oil", 1)]));
        assert!(truth[1].kept.is_empty());
        for trip in truth {
            assert!(trip.acts.is_sorted_by_key(|act| act.time));
        }
        let acts = truth.iter().flat_map(|trip| &trip.acts);
        let expected_g: f64 = acts
            .map(|act| {
                let product = store.product(store.product_index(&act.product).unwrap());
                f64::from(act.quantity) * product.mass_g.unwrap().0
            })
            .sum();
        let change_g: f64 = store
            .plates()
            .iter()
            .map(|plate| {
                let samples = samples(&scenario, &script, plate.id);
                let end_s = samples.last().unwrap().0;
                mean_g(&samples, end_s - 2.0, end_s) - mean_g(&samples, 0.0, 2.0)
            })
            .sum();
        // Units spread by 3 g each, and neighbours show up to 2 % of the 8.5 kg that move.
        assert!((change_g - expected_g).abs() < 120.0, "seed {seed}: {change_g} g, not {expected_g} g");
    }
}

#[test]
fn a_wrist_is_at_the_shelf_when_a_unit_is_taken_and_only_one_hand_reaches() {
    let store = corner();
    let plate = store.plate(store.plate_index(YOGHURT).unwrap());
    for seed in 0..10 {
        let scenario = play(&store, &second_thoughts(), seed).unwrap();
        let taken = scenario.truth.trips[0].acts[0].time;
        let frames = scenario.records.iter().filter_map(|record| match record {
            Record::People(people) if (-0.4..-0.1).contains(&people.time.seconds_since(taken)) => {
                Some(people)
            }
            _ => None,
        });
        for person in frames.flat_map(|frame| &frame.people) {
            let far = |joint| person.joint(joint).map(|wrist| plate.distance_m(wrist));
            let wrists = [Joint::LeftWrist, Joint::RightWrist].map(far);
            let [Some(left), Some(right)] = wrists else { continue };
            let (near, idle) = (left.min(right), left.max(right));
            assert!((0.0..0.20).contains(&near), "seed {seed}: {near} m before the plate");
            assert!(idle > 0.35, "seed {seed}: the other hand is {idle} m away");
        }
    }
}

#[test]
fn noise_is_as_recorded_in_the_nanostore() {
    // One to three units a plate bring most plates to 0.2–1.6 kg; the recording's median is 1.1 kg.
    let store = corner();
    let mut script = second_thoughts();
    for facing in store.facings() {
        for plate in &facing.plates {
            let product = store.product(facing.product);
            let units = (1000.0 / product.mass_g.unwrap().0).clamp(1.0, 6.0) as u32;
            script = script.stock(store.plate(*plate).id, product.id.as_str(), units);
        }
    }
    let (mut quiet, mut step, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..12 {
        let scenario = play(&store, &script, seed).unwrap();
        for plate in store.plates().iter().filter(|plate| plate.id != YOGHURT) {
            let samples = samples(&scenario, &script, plate.id);
            quiet.push(sd_g(&samples, 14.0, 18.0));
            let steps = samples.windows(2).map(|pair| (pair[1].1 - pair[0].1).abs());
            step.push(median(steps.skip(14 * 60).take(4 * 60).collect()));
            ratio.push(sd_g(&samples, 25.0, 27.0) / sd_g(&samples, 14.0, 18.0));
        }
    }
    let (quiet, step, ratio) = (median(quiet), median(step), median(ratio));
    assert!((0.5..1.0).contains(&quiet), "recorded 0.71 g, simulated {quiet} g");
    assert!((0.24..0.75).contains(&step), "recorded 0.48 g, simulated {step} g");
    assert!((1.5..4.5).contains(&ratio), "walking: recorded 2.0 times quiet, simulated {ratio}");
}

#[test]
fn goods_may_lie_where_the_planogram_has_none_and_a_hand_may_come_back_empty() {
    let script = Script::default()
        .stock(YOGHURT, "coffee", 1)
        .enter(2.0, "ann", "card-0001")
        .take(12.0, "ann", "natural-yoghurt", 0, YOGHURT)
        .take(18.0, "ann", "coffee", 1, YOGHURT)
        .leave(25.0, "ann");
    let scenario = play(&corner(), &script, 1).unwrap();
    let samples = samples(&scenario, &script, YOGHURT);
    assert!((mean_g(&samples, 14.0, 16.0) - mean_g(&samples, 0.0, 2.0)).abs() < 2.0);
    assert!((mean_g(&samples, 14.0, 16.0) - mean_g(&samples, 20.0, 22.0) - 517.0).abs() < 12.0);
    assert_eq!(scenario.truth.trips[0].acts.len(), 1);
}

#[test]
fn a_lean_weighs_while_it_lasts_and_a_bump_passes() {
    let script = Script::default()
        .enter(2.0, "ann", "card-0001")
        .lean(12.0, "ann", PlateId::new(2, 2, 4), 800.0, 2.0)
        .bump(18.0, YOGHURT)
        .leave(25.0, "ann");
    let scenario = play(&corner(), &script, 1).unwrap();
    let leaned = samples(&scenario, &script, PlateId::new(2, 2, 4));
    let before = mean_g(&leaned, 0.0, 4.0);
    let during = mean_g(&leaned, 12.5, 13.8) - before;
    assert!((450.0..850.0).contains(&during), "{during}");
    assert!((mean_g(&leaned, 15.0, 18.0) - before).abs() < 2.0);
    let bumped = samples(&scenario, &script, YOGHURT);
    let most = bumped.iter().filter(|(time_s, _)| (18.0..18.3).contains(time_s)).map(|(_, grams)| *grams);
    assert!(most.fold(f64::MIN, f64::max) - mean_g(&bumped, 14.0, 17.9) > 80.0);
    assert!((mean_g(&bumped, 19.0, 22.0) - mean_g(&bumped, 14.0, 17.9)).abs() < 2.0);
    assert!(scenario.truth.trips[0].acts.is_empty() && scenario.truth.trips[0].kept.is_empty());
}

#[test]
fn a_shopper_does_one_thing_after_the_other_however_tight_the_script() {
    let plate = PlateId::new;
    let script = Script::default()
        .enter(4.0, "ann", "card-0001")
        .take(5.0, "ann", "milk", 1, plate(2, 2, 1))
        .take(5.0, "ann", "coffee", 1, plate(1, 3, 2))
        .leave(5.0, "ann");
    let scenario = play(&corner(), &script, 1).unwrap();
    let acts = &scenario.truth.trips[0].acts;
    assert!(acts[0].time.seconds_since(script.start) > 7.0, "the milk is four metres from the gate");
    assert!(acts[1].time.seconds_since(acts[0].time) > 3.0, "the coffee is two metres from the milk");
    let out = scenario.records.iter().find_map(|record| match record {
        Record::Passage(passage) if passage.direction == Direction::Out => Some(passage.time),
        _ => None,
    });
    assert!(out.unwrap().seconds_since(acts[1].time) > 3.0);
}

#[test]
fn a_tracker_that_loses_and_confuses_people_is_told_in_the_truth() {
    let mut script = second_thoughts().enter(8.0, "ben", "card-0002").leave(28.0, "ben");
    script.tracker.losses.push(Loss { shopper: "ann".to_owned(), from_s: 14.0, to_s: 16.0, reborn: true });
    script.tracker.swaps.push(Swap { at_s: 18.0, shoppers: ["ann".to_owned(), "ben".to_owned()] });
    let scenario = play(&corner(), &script, 1).unwrap();
    let tracks_at = |second: f64| -> Vec<u64> {
        let frame = scenario.records.iter().find_map(|record| match record {
            Record::People(people) if people.time.seconds_since(script.start) >= second => Some(people),
            _ => None,
        });
        frame.unwrap().people.iter().map(|person| person.track.0).collect()
    };
    assert_eq!(tracks_at(13.0), [1, 2]);
    assert_eq!(tracks_at(15.0), [2]);
    assert_eq!(tracks_at(17.0), [3, 2]);
    assert_eq!(tracks_at(19.0), [2, 3]);
    let told: Vec<_> = scenario.truth.trips.iter().map(|trip| trip.tracks.clone()).collect();
    assert_eq!(told, [vec![TrackId(1), TrackId(3), TrackId(2)], vec![TrackId(2), TrackId(3)]]);
}

#[test]
fn a_script_that_cannot_be_played_tells_where_and_how_to_mend() {
    let store = corner();
    let ann = || Script::default().enter(2.0, "ann", "card-0001");
    let cases = [
        (ann().take(9.0, "ann", "tea", 1, YOGHURT), "product \"tea\" is not in the catalogue"),
        (ann().take(9.0, "ann", "milk", 1, PlateId::new(9, 1, 1)), "plate 9/1/1 is not in the store file"),
        (ann().take(9.0, "ann", "milk", 1, YOGHURT), "second 9: plate 2/3/2 holds 0 of \"milk\""),
        (ann().take(9.0, "ben", "natural-yoghurt", 1, YOGHURT), "second 9: ben is not in the store"),
        (ann().leave(5.0, "ann").bump(7.0, YOGHURT).leave(9.0, "ann"), "second 9: ann is not in the store"),
        (ann().put_back(9.0, "ann", "milk", YOGHURT), "second 9: ann has no \"milk\" to put back"),
        (ann().enter(9.0, "ann", "card-0002"), "second 9: ann has entered before"),
        (ann().enter_with(9.0, "ben", "cal"), "second 9: cal is not in the store"),
        (ann().lean(9.0, "ann", YOGHURT, f64::NAN, 1.0), "second 9: grams must be a number"),
        (ann().leave(f64::INFINITY, "ann"), "the time must be a number"),
        (ann().stock(YOGHURT, "tea", 1), "product \"tea\" is not in the catalogue"),
    ];
    for (script, expected) in cases {
        let message = play(&store, &script, 1).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let no_gate = CORNER.replace("position_m = [0.5, 0.0, 0.0]", "");
    let message = play(&Store::from_toml(&no_gate).unwrap(), &ann(), 1).unwrap_err().to_string();
    assert!(message.contains("[[gate]] with position_m"), "{message}");
}
