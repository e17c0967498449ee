//! Whose hand was at the shelf: the likelihood of a person's hands for a change.

use model::{DVec3, HandSeen, Plate, Time, TrackId};
use scales::MassChange;

use crate::tracks::Track;

/// Where the wrist is while the fingers hold something above a plate, in the plate's frame, metres: beside
/// it by at most this, in front of it by at most this (in the nanostore recording, the wrist stays 0.11 to
/// 0.13 m before the plate whose bottle is taken), below its surface by at most this …
const BESIDE_M: f64 = 0.01;
const BEFORE_M: f64 = 0.16;
const BELOW_M: f64 = 0.08;
/// … and the spread beyond that, along the shelf, from it, and up and down: the error of a tracked wrist,
/// and that arms come from the front.
const SPREAD_M: DVec3 = DVec3::new(0.045, 0.09, 0.08);
/// Within that, the middle of the plate is likelier than its rim: spread, in half widths.
const MIDDLE_SD: f64 = 1.0;
/// A hand may be there this long before or after the moment, seconds: cameras and scales keep their own
/// clocks.
const AT_MOMENT_S: f64 = 0.1;
/// Beyond that, the spread of the time between hand and scale, seconds.
const TIME_SD_S: f64 = 0.2;
/// Seconds around the change in which hands are looked for.
const LOOK_S: f64 = 1.5;
/// A person whose hands are not seen counts as this much less likely than one whose hand is at the plate …
const UNSEEN_HAND: f64 = -3.0;
/// … if the body is within this of the plate, metres.
const ARM_M: f64 = 0.9;
const ARM_SD_M: f64 = 0.3;
/// No person is less likely than this while they are near: trackers lose and swap arms.
const LEAST: f64 = -12.0;
/// Farther away than this, metres, nobody is considered.
const NEAR_M: f64 = 2.0;

/// How well the hands of a track fit a change, or `None` for somebody who was nowhere near.
pub(crate) fn hand_seen(
    id: TrackId,
    track: &Track,
    plates: &[&Plate],
    change: &MassChange,
) -> Option<HandSeen> {
    let (from, until) = (change.start.plus_seconds(-LOOK_S), change.end.plus_seconds(LOOK_S));
    let sights = || track.sights.iter().filter(|sight| (from..=until).contains(&sight.time));
    let body = sights().filter_map(|sight| sight.body).map(|body| flat_distance(body, change.place));
    let nearest_body = body.fold(f64::INFINITY, f64::min);
    if nearest_body > NEAR_M {
        return None;
    }
    let best = sights()
        .flat_map(|sight| sight.wrists.iter().flatten().map(|wrist| (sight.time, *wrist)))
        .flat_map(|(time, wrist)| plates.iter().map(move |plate| (time, wrist, *plate)))
        .map(|(time, wrist, plate)| {
            let log_likelihood = log_at_plate(plate, wrist) + log_at_moment(time, change.moment);
            (plate.distance_m(wrist), time, log_likelihood)
        })
        .max_by(|(a_m, _, a), (b_m, _, b)| a.total_cmp(b).then(b_m.total_cmp(a_m)));
    let beyond = (nearest_body - ARM_M).max(0.0) / ARM_SD_M;
    let unseen = UNSEEN_HAND - 0.5 * beyond * beyond;
    let (distance_m, time, log_likelihood) = best.unwrap_or((nearest_body, change.moment, unseen));
    Some(HandSeen {
        track: id,
        trip: track.trip,
        distance_m,
        time,
        log_likelihood: log_likelihood.max(LEAST),
    })
}

fn flat_distance(one: DVec3, other: DVec3) -> f64 {
    one.truncate().distance(other.truncate())
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

/// How well the time of a sight fits the moment of a change.
fn log_at_moment(time: Time, moment: Time) -> f64 {
    let off = (time.seconds_since(moment).abs() - AT_MOMENT_S).max(0.0) / TIME_SD_S;
    -0.5 * off * off
}
