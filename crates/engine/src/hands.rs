//! Whose hand was at the shelf: the likelihood of a person's hands for a change.

use model::{DVec3, HandSeen, Plate, Side, Time, TrackId};
use scales::MassChange;

use crate::grasps::{Deed, Grasps};
use crate::tracks::{Sight, Track, Wrist, flat_distance};
use crate::unseen;

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
const OTHER_TIME: f64 = -4.5;
/// … with this spread, seconds.
const TIME_SD_S: f64 = 0.25;
/// A hand has come, or gone, when it is this far from where it was at the moment, metres: more than it trembles.
const STIR_M: f64 = 0.08;
/// … and than the tracker errs, standard deviations.
const STIR_SD: f64 = 2.0;
/// In the nanostore recording the hand comes 0.55 s before the lift and sets out 0.35 s after it; it is away by that
/// much about 0.2 s earlier and later.
const CAME: Stay = Stay { median_s: 0.75, spread: 0.6, rare: -2.0 };
const LEAVES: Stay = Stay { median_s: 0.6, spread: 0.35, rare: -3.0 };
/// Few hands come for nothing, and few move two things in one stay: a hand that may have come for another change did
/// not come for this one (natural logarithm). It may have if it was so near to the other plates.
const FOR_ANOTHER: f64 = -1.7;
const AT_OTHER: f64 = -1.0;
/// Seconds before and after the moment in which hands are looked for.
const LOOK_S: f64 = 1.0;
/// Seconds before and after the moment in which a hand is followed that comes, stays and leaves.
const STAY_S: f64 = 3.0;
/// What a hand holds is hidden by the shelf, or not settled, so long before and after the moment, seconds; it is looked for so
/// long before and after that.
const AT_SHELF_S: f64 = 0.3;
const HELD_S: f64 = 1.3;
/// Whatever it holds, that is believed no more than this (natural logarithm).
const HELD_MOST: f64 = 1.5;
/// No person is less likely than this while they are near: trackers lose and swap arms.
const LEAST: f64 = -12.0;
/// Whose body is farther away than this, metres, is not considered.
pub(crate) const FAR_M: f64 = 2.0;

/// Another change near in time, which a hand may have come for.
#[derive(Clone, Debug)]
pub(crate) struct OtherChange<'a> {
    pub(crate) moment: Time,
    pub(crate) plates: Vec<&'a Plate>,
}

/// How well the hands of a track fit a change, or `None` for somebody who was nowhere near. `others` are the changes
/// that hands may have come for instead; `None` for a change whose moment is not known that well.
pub(crate) fn hand_seen(
    id: TrackId,
    track: &Track,
    plates: &[&Plate],
    change: &MassChange,
    others: Option<&[OtherChange<'_>]>,
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
    let around = || track.around(change.moment, STAY_S);
    let timed = looked.map(|(side, seen)| {
        let Some(others) = others else { return (side, seen) };
        let hand = side as usize;
        let came_for = |other: &OtherChange<'_>| {
            at_moment(track.around(other.moment, MOMENT_S), hand, &other.plates, other.moment)
                .is_some_and(|seen| seen > AT_OTHER)
        };
        let for_another = if others.iter().any(came_for) { FOR_ANOTHER } else { 0.0 };
        let held = held(track, hand, change);
        (side, seen + stay(around(), hand, change.moment) + for_another + held)
    });
    let best = timed.max_by(|(_, a), (_, b)| a.total_cmp(b));
    let seen = best.map_or(f64::NEG_INFINITY, |(_, seen)| seen);
    let other_time = sights()
        .flat_map(|sight| sight.wrists.iter().flatten().map(move |wrist| (off_s(sight), wrist.place)))
        .map(|(off_s, wrist)| {
            let off = off_s / TIME_SD_S;
            OTHER_TIME - 0.5 * off * off + log_at_plates(plates, wrist)
        })
        .fold(f64::NEG_INFINITY, f64::max);
    let (body, body_time) = track.body_at(change.moment)?;
    let log_likelihood = if seen.is_finite() {
        seen.max(other_time).max(LEAST)
    } else {
        other_time.max(unseen::log_likelihood(track, change.place, change.moment).unwrap_or(LEAST))
    };
    let (distance_m, time) = nearest.unwrap_or_else(|| (flat_distance(body, change.place), body_time));
    (log_likelihood >= LEAST).then_some(HandSeen {
        track: id,
        trip: track.trip,
        side: best.map(|(side, _)| side),
        distance_m,
        time,
        wrists: wrists_at(track, change.moment),
        log_likelihood,
    })
}

/// Where each wrist of a track was in the look nearest to a moment, among those that say something of it.
pub(crate) fn wrists_at(track: &Track, moment: Time) -> [Option<DVec3>; 2] {
    let off_s = |sight: &Sight| sight.time.seconds_since(moment).abs();
    [Side::Left, Side::Right].map(|side| {
        let looks = track.around(moment, MOMENT_S).filter(|sight| sight.wrists[side as usize].is_some());
        let nearest = looks.min_by(|a, b| off_s(a).total_cmp(&off_s(b)));
        Some(nearest?.wrists[side as usize]?.place)
    })
}

/// The look in which a wrist was nearest to the plates: how near, metres, and when.
fn nearest_wrist<'a>(sights: impl Iterator<Item = &'a Sight>, plates: &[&Plate]) -> Option<(f64, Time)> {
    sights
        .flat_map(|sight| sight.wrists.iter().flatten().map(|wrist| (wrist.place, sight.time)))
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
            let weight = weight_off_moment(off_s) * wrist.score;
            sum += weight * log_at_plates(plates, wrist.place).max(LEAST);
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// How much a look so many seconds from the moment says of it.
fn weight_off_moment(off_s: f64) -> f64 {
    let off = off_s / MOMENT_SD_S;
    libm::exp(-0.5 * off * off)
}

/// How well the stay of one hand where it was at the moment fits that it moved something just then: hands get hold,
/// lift, and go.
fn stay<'a>(sights: impl Iterator<Item = &'a Sight> + Clone, hand: usize, moment: Time) -> f64 {
    let looks = sights.filter_map(|sight| Some((sight.time.seconds_since(moment), sight.wrists[hand]?)));
    let (mut place, mut weights) = (DVec3::ZERO, 0.0);
    for (off_s, wrist) in looks.clone().filter(|(off_s, _)| off_s.abs() <= MOMENT_S) {
        let weight = weight_off_moment(off_s) * wrist.score;
        place += wrist.place * weight;
        weights += weight;
    }
    if weights == 0.0 {
        return 0.0;
    }
    let place = place / weights;
    // One look alone may have taken something else for the wrist.
    let is_away = |wrist: Wrist| wrist.place.distance(place) > STIR_M + STIR_SD * wrist.spread_m();
    let pairs = || looks.clone().zip(looks.clone().skip(1));
    let both_away = pairs().filter(|((_, one), (_, next))| is_away(*one) && is_away(*next));
    let left_s = both_away.clone().find(|((off_s, _), _)| *off_s >= 0.0).map(|((off_s, _), _)| off_s);
    let came_s = both_away.filter(|(_, (off_s, _))| *off_s < 0.0).last().map(|(_, (off_s, _))| -off_s);
    let seen_s = looks.map(|(off_s, _)| off_s).last().unwrap_or(0.0);
    let left = left_s.map_or_else(|| LEAVES.log_later(seen_s), |left_s| LEAVES.log_at(left_s));
    let came = came_s.map_or(0.0, |came_s| CAME.log_at(came_s).min(0.0));
    left + came
}

/// How much likelier what was seen in a hand is if it made a change than if it did nothing (logarithm).
fn held(track: &Track, hand: usize, change: &MassChange) -> f64 {
    let at_shelf = [-AT_SHELF_S, AT_SHELF_S].map(|seconds| change.moment.plus_seconds(seconds));
    let deed = if change.grams < 0.0 { Deed::Takes } else { Deed::Gives };
    Grasps::of(track, hand, at_shelf, HELD_S).log_ratio(deed).clamp(-HELD_MOST, HELD_MOST)
}

/// How long a hand that moves something was there before, or stays afterwards: log-normal, with a part that is
/// anything.
struct Stay {
    median_s: f64,
    /// Spread of the logarithm.
    spread: f64,
    /// Logarithm of how rare the other stays are, against the commonest.
    rare: f64,
}

impl Stay {
    /// Logarithm of the density, against the median's.
    fn log_at(&self, seconds: f64) -> f64 {
        let off = libm::log(seconds.max(0.02) / self.median_s) / self.spread;
        (-0.5 * off * off).max(self.rare)
    }

    /// The same, for a stay that is only known to be longer.
    fn log_later(&self, seconds: f64) -> f64 {
        if seconds <= self.median_s { 0.0 } else { self.log_at(seconds) }
    }
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
