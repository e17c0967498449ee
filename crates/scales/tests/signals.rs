//! What the scales say of weights that are known.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop, and needs no equal bits"
)]

use std::sync::Arc;

use model::{NoticeKind, Notices, PlateBatch, PlateId, SensorId, Store, Time};
use proptest::prelude::*;
use scales::{Disturbance, DisturbanceKind, MassChange, ScaleEvent, Scales};

const INTERVAL_NANOS: i64 = 16_666_667;
const HZ: f64 = 60.0;

/// One shelf of four plates, 10 cm each.
fn store() -> Arc<Store> {
    let plates: Vec<String> = (1..=4)
        .map(|id| {
            format!("{{ id = {id}, origin_m = [{}, 0.0], size_m = [0.1, 0.4] }}", 0.1 * f64::from(id - 1))
        })
        .collect();
    let text = format!(
        "schema = \"saunter-store/1\"\nname = \"Test\"\ncurrency = \"EUR\"\n[[gondola]]\nid = 1\n\
         origin_m = [0.0, 0.0, 0.0]\n[[gondola.shelf]]\nid = 1\norigin_m = [0.0, 0.0, 1.0]\n\
         size_m = [0.4, 0.4, 0.3]\nplates = [{}]\n",
        plates.join(", ")
    );
    Arc::new(Store::from_toml(&text).unwrap())
}

/// Weights of four plates over time: `weight(plate, seconds)` plus noise of `noise_g` from a fixed seed.
fn signal(seconds: f64, noise_g: f64, weight: impl Fn(usize, f64) -> f64) -> Vec<[f32; 4]> {
    let mut state = 1_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    // The sum of twelve uniform numbers is normal enough here.
    let mut noise = move || noise_g * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0);
    (0..(seconds * HZ) as usize)
        .map(|sample| std::array::from_fn(|plate| (weight(plate, sample as f64 / HZ) + noise()) as f32))
        .collect()
}

fn batch(first: usize, rows: &[[f32; 4]]) -> PlateBatch {
    PlateBatch::new(
        SensorId::from("gondola-1"),
        Time::from_nanos(first as i64 * INTERVAL_NANOS),
        INTERVAL_NANOS,
        (1..=4).map(|plate| PlateId::new(1, 1, plate)).collect(),
        rows.as_flattened().to_vec(),
    )
    .unwrap()
}

struct Said {
    changes: Vec<MassChange>,
    disturbances: Vec<Disturbance>,
    notices: Notices,
}

fn listen(batches: &[PlateBatch]) -> Said {
    let (mut scales, mut events) = (Scales::new(store()), Vec::new());
    let mut said = Said { changes: Vec::new(), disturbances: Vec::new(), notices: Notices::default() };
    for batch in batches {
        scales.push(batch, &mut said.notices, &mut events);
    }
    scales.finish(&mut said.notices);
    for event in events {
        match event {
            ScaleEvent::Change(change) => said.changes.push(change),
            ScaleEvent::Disturbance(disturbance) => said.disturbances.push(disturbance),
        }
    }
    said
}

fn weigh(seconds: f64, noise_g: f64, weight: impl Fn(usize, f64) -> f64) -> Said {
    let rows = signal(seconds, noise_g, weight);
    let batches: Vec<_> = rows.chunks(12).enumerate().map(|(i, rows)| batch(i * 12, rows)).collect();
    listen(&batches)
}

fn seconds(time: Time) -> f64 {
    time.seconds_since(Time::default())
}

/// Asserts that exactly these changes were found: moment in seconds and grams.
#[track_caller]
fn assert_changes(said: &Said, expected: &[(f64, f64)]) {
    let found: Vec<_> = said.changes.iter().map(|change| (seconds(change.moment), change.grams)).collect();
    let near = |(&(moment, grams), change): (&(f64, f64), &MassChange)| {
        (seconds(change.moment) - moment).abs() < 0.2
            && (change.grams - grams).abs() < 4.0 * change.grams_sd.max(0.3)
    };
    assert!(
        found.len() == expected.len() && expected.iter().zip(&said.changes).all(near),
        "expected {expected:?}, found {found:?}"
    );
}

#[test]
fn a_take_is_found_with_its_grams_its_time_and_its_place() {
    let said = weigh(10.0, 2.0, |plate, t| if plate == 2 && t > 5.0 { 880.0 } else { 1500.0 });
    assert_changes(&said, &[(5.0, -620.0)]);
    let change = &said.changes[0];
    assert!(seconds(change.end) < 5.3, "settles at once: {}", seconds(change.end));
    assert!(change.grams_sd < 2.0, "{}", change.grams_sd);
    assert!((change.place.x - 0.25).abs() < 1e-9, "{}", change.place);
    assert!(change.curve.grams.len() > 50);
}

#[test]
fn a_five_gram_sachet_is_found_on_a_quiet_plate() {
    let said = weigh(10.0, 0.8, |plate, t| if plate == 0 && t > 5.0 { 295.0 } else { 300.0 });
    assert_changes(&said, &[(5.0, -5.0)]);
}

/// The sway of the shelf in the nanostore recording that sways most: 4.2 g at 1.4 to 1.7 Hz, of any phase.
fn sway(plate: usize, t: f64) -> f64 {
    4.2 * (t * 1.62 * std::f64::consts::TAU + 2.0 * plate as f64).sin()
}

#[test]
fn a_six_gram_sachet_is_found_on_a_swaying_plate_and_its_put_back_too() {
    let said = weigh(20.0, 0.5, |plate, t| {
        300.0 - if plate == 0 && (8.0..13.0).contains(&t) { 6.0 } else { 0.0 } + sway(plate, t)
    });
    assert_changes(&said, &[(8.0, -6.0), (13.0, 6.0)]);
    assert!(said.changes.iter().all(|change| change.grams_sd < 1.0), "{:?}", said.changes);
}

#[test]
fn a_sway_is_no_change_before_or_after_a_gap() {
    let rows = signal(30.0, 0.5, |plate, t| 300.0 + sway(plate, t));
    let batches: Vec<_> = rows
        .chunks(12)
        .enumerate()
        .filter(|(i, _)| !(60..70).contains(i))
        .map(|(i, rows)| batch(i * 12, rows))
        .collect();
    assert_changes(&listen(&batches), &[]);
}

#[test]
fn a_step_below_the_noise_of_one_block_is_found_and_does_not_pass_for_noise() {
    // Block means spread by 1.6 g: as plates do under the steps of a crowd.
    let said = weigh(20.0, 4.0, |plate, t| if plate == 2 && t > 10.0 { 292.0 } else { 300.0 });
    assert_eq!(said.changes.len(), 1, "{:?}", said.changes);
    let change = &said.changes[0];
    assert!((change.grams + 8.0).abs() < 3.0 * change.grams_sd, "{change:?}");
    assert!((seconds(change.moment) - 10.0).abs() < 0.5, "{change:?}");
}

#[test]
fn an_item_across_two_plates_is_one_change_between_them() {
    let said = weigh(10.0, 1.0, |plate, t| match plate {
        1 if t > 5.0 => 700.0,
        2 if t > 5.05 => 680.0,
        _ => 1000.0,
    });
    assert_changes(&said, &[(5.0, -620.0)]);
    assert!((said.changes[0].place.x - 0.2).abs() < 0.01, "{}", said.changes[0].place);
}

#[test]
fn a_light_item_is_whole_though_its_part_on_the_next_plate_is_too_small_to_be_told() {
    let said = weigh(12.0, 0.6, |plate, t| match plate {
        1 if t > 6.0 => 292.0,
        2 if t > 6.0 => 298.3,
        _ => 300.0,
    });
    assert_changes(&said, &[(6.0, -9.7)]);
    assert_eq!(said.changes[0].counted().count(), 2);
}

#[test]
fn a_knock_on_counts_for_nothing() {
    let said = weigh(10.0, 0.5, |plate, t| match plate {
        1 if t > 5.0 => 380.0,
        2 if t > 5.0 => 992.0,
        3 if t > 5.0 => 1006.0,
        _ => 1000.0,
    });
    assert_changes(&said, &[(5.0, -620.0)]);
}

#[test]
fn two_takes_from_one_plate_are_two_if_it_came_to_rest_between_and_else_their_sum() {
    let apart = |gap: f64| {
        weigh(10.0, 1.0, move |plate, t| {
            let taken = f64::from(u8::from(t > 5.0)) + f64::from(u8::from(t > 5.0 + gap));
            if plate == 1 { 2000.0 - 500.0 * taken } else { 800.0 }
        })
    };
    assert_changes(&apart(0.8), &[(5.0, -500.0), (5.8, -500.0)]);
    let sum = apart(0.2);
    assert_eq!(sum.changes.len(), 1);
    assert!((sum.changes[0].grams + 1000.0).abs() < 4.0);
}

#[test]
fn drift_is_followed_in_silence() {
    let said = weigh(120.0, 1.0, |_, t| 1000.0 + 0.25 * t);
    assert_changes(&said, &[]);
    assert!(said.disturbances.is_empty(), "{:?}", said.disturbances);
}

#[test]
fn a_leaning_hand_that_comes_and_goes_is_a_lean() {
    // A resting hand trembles by a percent of its weight at about 4 Hz, and sways slowly.
    let hand = |t: f64| 1400.0 + 25.0 * (t * 25.0).sin() + 20.0 * (t * 6.0).sin();
    let said = weigh(12.0, 1.0, |plate, t| {
        1000.0 + if plate == 1 && (5.0..7.5).contains(&t) { hand(t) } else { 0.0 }
    });
    assert_changes(&said, &[]);
    let lean =
        said.disturbances.iter().find(|disturbance| disturbance.kind == DisturbanceKind::Lean).unwrap();
    assert!(lean.peak_grams > 1300.0 && (seconds(lean.end) - 7.5).abs() < 0.2, "{lean:?}");
}

#[test]
fn a_hand_that_rests_steadily_on_goods_and_goes_is_a_lean() {
    let said =
        weigh(12.0, 1.0, |plate, t| if plate == 1 && (5.0..6.2).contains(&t) { 1040.0 } else { 1000.0 });
    assert_changes(&said, &[]);
    let kinds: Vec<_> = said.disturbances.iter().map(|disturbance| disturbance.kind).collect();
    assert_eq!(kinds, [DisturbanceKind::Lean]);
}

#[test]
fn how_far_a_hand_that_rests_on_goods_wavers_is_told() {
    let said = weigh(15.0, 0.8, |plate, t| match (plate, t) {
        (1, 5.0..12.0) => 700.0 - 0.5 * (t - 5.0),
        _ => 300.0,
    });
    let [pressed, released] = said.changes.as_slice() else { panic!("{:?}", said.changes) };
    let whole = pressed.grams + released.grams;
    assert!(whole > 1.5, "what crept is in neither change: {whole}");
    let rest = whole + released.crept_g(released.parts[0].0);
    assert!(rest.abs() < 1.0, "with what crept, nothing is left: {rest}");
}

#[test]
fn what_is_pressed_while_it_is_put_down_is_one_change() {
    let said = weigh(12.0, 1.0, |plate, t| match plate {
        1 if (5.0..5.6).contains(&t) => 1350.0,
        1 if t > 5.6 => 1325.0,
        _ => 1000.0,
    });
    assert_changes(&said, &[(5.0, 325.0)]);
    assert!(said.changes[0].counted().all(|(plate, _)| plate.0 == 1));
}

#[test]
fn a_take_does_not_wait_for_the_press_before_it() {
    let said = weigh(7.0, 1.0, |plate, t| match plate {
        1 if (5.0..5.8).contains(&t) => 1030.0,
        1 if t > 5.8 => 500.0,
        _ => 1000.0,
    });
    assert_changes(&said, &[(5.0, 30.0), (5.8, -530.0)]);
}

#[test]
fn echoes_on_two_plates_are_no_change() {
    let said = weigh(12.0, 0.3, |plate, t| match plate {
        0 if t > 5.0 => 400.0,
        2 if t > 5.0 => 993.0,
        3 if t > 5.0 => 996.0,
        _ => 1000.0,
    });
    assert_changes(&said, &[(5.0, -600.0)]);
}

#[test]
fn a_bump_is_a_bump_on_every_plate_of_the_shelf() {
    let said = weigh(10.0, 1.0, |plate, t| {
        let since = (t - 5.0).max(0.0);
        let swing = 80.0 * (-since * 3.0).exp() * (since * 14.0).sin() * f64::from(u8::from(since > 0.0));
        1000.0 + swing / (plate + 1) as f64
    });
    assert_changes(&said, &[]);
    assert!(said.disturbances.iter().any(|bump| bump.kind == DisturbanceKind::Bump));
}

#[test]
fn a_take_from_a_ringing_shelf_is_found_once() {
    // The ringing of gondola 1 in the nanostore recording while a person handles it: 10 to 30 g at 3 to 8 Hz.
    let ringing = |plate: usize, t: f64| {
        if t < 3.0 {
            return 0.0;
        }
        let phase = plate as f64;
        14.0 * (t * 22.0 + phase).sin() + 11.0 * (t * 37.0 + 2.0 * phase).sin() + 6.0 * (t * 51.0).sin()
    };
    let said = weigh(14.0, 2.0, |plate, t| {
        1500.0 - if plate == 1 && t > 6.0 { 330.0 } else { 0.0 } + ringing(plate, t)
    });
    assert_eq!(said.changes.len(), 1, "{:?}", said.changes);
    let change = &said.changes[0];
    assert!((change.grams + 330.0).abs() < 4.0 * change.grams_sd + 3.0, "{change:?}");
    assert!((seconds(change.moment) - 6.0).abs() < 0.25, "{change:?}");
}

#[test]
fn a_plate_without_numbers_is_dead_and_its_change_is_found_when_it_is_back() {
    let said = weigh(15.0, 1.0, |plate, t| match plate {
        1 if (5.0..8.0).contains(&t) => f64::NAN,
        1 if t > 6.0 => 700.0,
        _ => 1000.0,
    });
    assert_eq!(said.notices.count(NoticeKind::DeadPlate), 1);
    assert_eq!(said.notices.count(NoticeKind::NotANumber), 180);
    assert_changes(&said, &[(8.0, -300.0)]);
}

#[test]
fn a_plate_that_never_moves_is_stuck_and_one_beyond_its_range_is_overloaded() {
    let said = weigh(70.0, 0.0, |plate, t| match plate {
        0 => 500.0,
        3 if t > 40.0 => 400.0,
        1 if t > 30.0 => 30_000.0 + 0.3 * (t * 40.0).sin(),
        _ => 400.0 + 0.3 * (t * 40.0).sin(),
    });
    let of = |kind| {
        said.notices
            .iter()
            .filter(|notice| notice.kind == kind)
            .map(|notice| notice.subject)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(NoticeKind::StuckPlate), ["1/1/1", "1/1/4"]);
    assert_eq!(of(NoticeKind::Overload), ["1/1/2"]);
}

#[test]
fn a_number_that_stays_in_the_middle_of_a_take_is_no_change() {
    let said = weigh(10.0, 0.0, |plate, t| match plate {
        2 if t > 5.0 => 1400.0,
        _ => 1500.0 + 0.3 * (t * 40.0).sin(),
    });
    assert_changes(&said, &[]);
    assert_eq!(said.notices.count(NoticeKind::StuckPlate), 1);
}

#[test]
fn a_take_during_a_gap_is_found_and_the_gap_is_counted() {
    let rows = signal(12.0, 1.0, |plate, t| if plate == 3 && t > 5.0 { 700.0 } else { 1000.0 });
    let batches: Vec<_> = rows
        .chunks(12)
        .enumerate()
        .filter(|(i, _)| !(22..30).contains(i))
        .map(|(i, rows)| batch(i * 12, rows))
        .collect();
    let said = listen(&batches);
    assert_eq!(said.notices.count(NoticeKind::MissingSamples), 96);
    assert_eq!(said.changes.len(), 1);
    assert!((said.changes[0].grams + 300.0).abs() < 3.0);
}

#[test]
fn samples_that_come_again_are_left_out() {
    let rows = signal(10.0, 1.0, |plate, t| if plate == 3 && t > 5.0 { 700.0 } else { 1000.0 });
    let batches: Vec<_> = rows
        .chunks(12)
        .enumerate()
        .flat_map(|(i, rows)| [batch(i * 12, rows), batch(i * 12, rows)])
        .collect();
    let said = listen(&batches);
    assert_changes(&said, &[(5.0, -300.0)]);
    assert_eq!(said.notices.count(NoticeKind::Late), 600);
}

proptest! {
    #[test]
    fn how_samples_are_batched_changes_nothing(sizes in prop::collection::vec(1_usize..40, 1..20)) {
        let rows = signal(9.0, 1.5, |plate, t| if plate == 1 && t > 5.0 { 740.0 } else { 1000.0 });
        let mut batches = Vec::new();
        let mut from = 0;
        for size in sizes.iter().cycle() {
            if from >= rows.len() { break; }
            let until = (from + size).min(rows.len());
            batches.push(batch(from, &rows[from..until]));
            from = until;
        }
        let whole = listen(&[batch(0, &rows)]);
        let said = listen(&batches);
        prop_assert_eq!(whole.changes, said.changes);
        prop_assert_eq!(whole.disturbances, said.disturbances);
    }

    #[test]
    fn no_input_panics(grams in prop::collection::vec(prop::num::f32::ANY, 4..400)) {
        let rows: Vec<[f32; 4]> = grams.chunks_exact(4).map(|row| [row[0], row[1], row[2], row[3]]).collect();
        listen(&[batch(0, &rows)]);
    }
}
