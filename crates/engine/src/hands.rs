//! Whose hand was at the shelf: the likelihood of a person's hands for a change.

use model::{DVec3, HandSeen, Plate, Side, Time, TrackId};
use scales::MassChange;

use crate::tracks::{Sight, Track};

/// Where the wrist is while the fingers hold something above a plate, in the plate's frame, metres: beside
/// it by at most this, in front of it by at most this (in the nanostore recording, the wrist stays 0.11 to
/// 0.13 m before the plate whose bottle is taken), below its surface by at most this …
const BESIDE_M: f64 = 0.01;
const BEFORE_M: f64 = 0.16;
const BELOW_M: f64 = 0.08;
/// … and the spread beyond that, along the shelf, from it, and up and down: the error of a tracked wrist,
/// and that arms come from the front.
const SPREAD_M: DVec3 = DVec3::new(0.04, 0.08, 0.08);
/// Within that, the middle of the plate is likelier than its rim: spread, in half widths.
const MIDDLE_SD: f64 = 1.0;
/// The hand is looked at around the moment with this spread, seconds: a lift takes about so long.
const MOMENT_SD_S: f64 = 0.12;
/// Beyond this from the moment, seconds, a look says nothing about it.
const MOMENT_S: f64 = 0.35;
/// A hand that was there at another time counts this much less: cameras and scales keep their own clocks …
const OTHER_TIME: f64 = -2.0;
/// … with this spread, seconds.
const TIME_SD_S: f64 = 0.25;
/// Seconds before and after the moment in which hands are looked for.
const LOOK_S: f64 = 1.0;
/// A person whose hands are not seen counts as this much less likely than one whose hand is at the plate …
const UNSEEN_HAND: f64 = -3.0;
/// … if the body is within this of the plate, metres.
const ARM_M: f64 = 0.9;
const ARM_SD_M: f64 = 0.3;
/// No person is less likely than this while they are near: trackers lose and swap arms.
const LEAST: f64 = -12.0;
/// Whose body is farther away than this, metres, is not considered.
pub(crate) const FAR_M: f64 = 2.0;
/// People who were not seen may have walked this fast meanwhile, metres a second.
const WALK_M_PER_S: f64 = 1.2;

/// How well the hands of a track fit a change, or `None` for somebody who was nowhere near.
pub(crate) fn hand_seen(
    id: TrackId,
    track: &Track,
    plates: &[&Plate],
    change: &MassChange,
) -> Option<HandSeen> {
    let off_s = |sight: &Sight| sight.time.seconds_since(change.moment);
    let sights = || track.around(change.moment, LOOK_S);
    if track.gone && sights().next().is_none() {
        return None;
    }
    let nearest = nearest_wrist(sights(), plates);
    let looked = [Side::Left, Side::Right]
        .into_iter()
        .filter_map(|side| Some((side, at_moment(sights(), side as usize, plates, change.moment)?)));
    let best = looked.max_by(|(_, a), (_, b)| a.total_cmp(b));
    let seen = best.map_or(f64::NEG_INFINITY, |(_, seen)| seen);
    let other_time = sights()
        .flat_map(|sight| sight.wrists.iter().flatten().map(move |wrist| (off_s(sight), *wrist)))
        .map(|(off_s, wrist)| {
            let off = off_s / TIME_SD_S;
            OTHER_TIME - 0.5 * off * off + log_at_plates(plates, wrist)
        })
        .fold(f64::NEG_INFINITY, f64::max);
    let (body_m, body_time) = nearest_body(track, change)?;
    let walked_m = WALK_M_PER_S * body_time.seconds_since(change.moment).abs();
    let far = FAR_M + walked_m;
    let log_likelihood = if seen.is_finite() {
        seen.max(other_time).max(LEAST)
    } else {
        let beyond = (body_m - ARM_M - walked_m).max(0.0) / ARM_SD_M;
        other_time.max(UNSEEN_HAND - 0.5 * beyond * beyond)
    };
    let (distance_m, time) = nearest.unwrap_or((body_m, body_time));
    (log_likelihood >= LEAST && body_m <= far).then_some(HandSeen {
        track: id,
        trip: track.trip,
        side: best.map(|(side, _)| side),
        distance_m,
        time,
        log_likelihood,
    })
}

/// The look in which a wrist was nearest to the plates: how near, metres, and when.
fn nearest_wrist<'a>(sights: impl Iterator<Item = &'a Sight>, plates: &[&Plate]) -> Option<(f64, Time)> {
    sights
        .flat_map(|sight| sight.wrists.iter().flatten().map(|wrist| (*wrist, sight.time)))
        .flat_map(|(wrist, time)| plates.iter().map(move |plate| (plate.distance_m(wrist), time)))
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
}

/// How well one hand fits, over the looks at it around the moment; `None` if there were none.
fn at_moment<'a>(
    sights: impl Iterator<Item = &'a Sight>,
    hand: usize,
    plates: &[&Plate],
    moment: Time,
) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for sight in sights {
        let off_s = sight.time.seconds_since(moment);
        if let Some(wrist) = sight.wrists[hand]
            && off_s.abs() <= MOMENT_S
        {
            let off = off_s / MOMENT_SD_S;
            let weight = libm::exp(-0.5 * off * off);
            sum += weight * log_at_plates(plates, wrist).max(LEAST);
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// The look at the body nearest in time to the change: its distance in the plane, metres, and when.
fn nearest_body(track: &Track, change: &MassChange) -> Option<(f64, Time)> {
    track
        .sights
        .iter()
        .filter_map(|sight| Some((flat_distance(sight.body?, change.place), sight.time)))
        .min_by_key(|(_, time)| time.nanos_since(change.moment).abs())
}

fn flat_distance(one: DVec3, other: DVec3) -> f64 {
    one.truncate().distance(other.truncate())
}

fn log_at_plates(plates: &[&Plate], wrist: DVec3) -> f64 {
    plates.iter().map(|plate| log_at_plate(plate, wrist)).fold(f64::NEG_INFINITY, f64::max)
}

/// How well a wrist's place fits a hand at work above a plate, against the best place.
fn log_at_plate(plate: &Plate, wrist: DVec3) -> f64 {
    let at = plate.local(wrist);
    let size = plate.size_m;
    let outside = |value: f64, from: f64, to: f64| (from - value).max(value - to).max(0.0);
    let off = DVec3::new(
        outside(at.x, -BESIDE_M, size.x + BESIDE_M),
        outside(at.y, -BEFORE_M, size.y),
        outside(at.z, -BELOW_M, size.z),
    ) / SPREAD_M;
    let half = size.x / 2.0;
    let from_middle = ((at.x - half).abs() / half).min(1.0) / MIDDLE_SD;
    -0.5 * (off.length_squared() + from_middle * from_middle)
}
