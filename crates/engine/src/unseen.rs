//! People whose hands were not seen when something changed: how likely it is that they stood there.

use model::{DVec2, DVec3, Time};

use crate::tracks::{DRIFT_M_PER_S, Track, WALK_M_PER_S};

/// A person whose hands are not seen counts as this much less likely than one whose hand is at the plate …
const UNSEEN_HAND: f64 = -3.0;
/// … if the body is within this of the plate, metres.
const ARM_M: f64 = 0.9;
const ARM_SD_M: f64 = 0.3;

/// Where a body may have been while it was out of sight: normal in the plane, metres.
struct Whereabouts {
    mean: DVec2,
    variance: f64,
}

/// How well it fits that somebody whose hands nobody saw made a change here; `None` if their body was never seen. The
/// less is known of where they were, the less likely it is that they were at this place of all.
pub(crate) fn log_likelihood(track: &Track, place: DVec3, moment: Time) -> Option<f64> {
    let place = place.truncate();
    let seen: Vec<(DVec2, f64)> = track
        .bodies_around(moment)
        .into_iter()
        .flatten()
        .map(|(body, time)| (body.truncate(), time.seconds_since(moment).abs()))
        .collect();
    let Whereabouts { mean, variance } = whereabouts(&seen)?;
    let spread = ARM_SD_M * ARM_SD_M + variance;
    let off_m = (mean.distance(place) - ARM_M).max(0.0);
    let out_of_reach = seen
        .iter()
        .map(|(body, away_s)| (body.distance(place) - ARM_M - WALK_M_PER_S * away_s).max(0.0) / ARM_SD_M)
        .fold(0.0, f64::max);
    // Shoppers go along the shelves: what is not known is how far.
    let less_known = 0.5 * libm::log(spread / (ARM_SD_M * ARM_SD_M));
    Some(UNSEEN_HAND - less_known - 0.5 * (off_m * off_m / spread + out_of_reach * out_of_reach))
}

/// Where a body was, by where it was seen and how many seconds before or after that was.
fn whereabouts(seen: &[(DVec2, f64)]) -> Option<Whereabouts> {
    let variance = |away_s: f64| DRIFT_M_PER_S * DRIFT_M_PER_S * away_s * away_s;
    match *seen {
        [(body, away_s)] => Some(Whereabouts { mean: body, variance: variance(away_s) }),
        [(one, one_s), (other, other_s)] => {
            let (one_var, other_var) = (variance(one_s), variance(other_s));
            let sum = one_var + other_var;
            let share = if sum > 0.0 { other_var / sum } else { 1.0 };
            Some(Whereabouts { mean: one * share + other * (1.0 - share), variance: one_var * share })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_seen_shortly_before_and_after_is_known_best() {
        let (one, other) = (DVec2::ZERO, DVec2::new(2.0, 0.0));
        let known = |seen: &[(DVec2, f64)]| whereabouts(seen).unwrap();
        assert!(whereabouts(&[]).is_none());
        let early = known(&[(one, 1.0), (other, 3.0)]);
        assert!(early.mean.distance(one) < early.mean.distance(other));
        assert!(early.variance < known(&[(one, 1.0)]).variance);
        assert_eq!(known(&[(one, 0.0), (other, 3.0)]).variance, 0.0);
    }
}
