//! The stages of a change: hands that move several things one right after the other.

use model::{Curve, Time};

use crate::feed::BLOCK_S;
use crate::step::Step;

/// A change pauses where two neighbouring blocks differ by less than this part of it …
const PAUSE_RATIO: f64 = 0.12;
/// … while it is at least this far from either end.
const MIDST_RATIO: f64 = 0.15;

/// Blocks after a step has settled that still belong to it.
const SETTLED_BLOCKS: usize = 4;

/// A part of a change that came at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// When it came.
    pub moment: Time,
    /// Its part of the change.
    pub share: f64,
}

/// The stages of a step; none if it came at once.
pub(crate) fn stages(curve: &Curve, step: &Step) -> Vec<Stage> {
    let block = |time: Time| (time.seconds_since(curve.start) / BLOCK_S).round().max(0.0) as usize;
    let (first, last) = (block(step.start), block(step.end) + SETTLED_BLOCKS);
    let part_done = |mean: &f32| (f64::from(*mean) - step.from.grams) / step.grams();
    let done: Vec<f64> = curve.grams.iter().take(last).map(part_done).collect();
    let pauses = pauses(&done, first);
    if pauses.is_empty() {
        return Vec::new();
    }
    let levels: Vec<f64> =
        [0.0].into_iter().chain(pauses.iter().map(|(_, level)| *level)).chain([1.0]).collect();
    let ends = pauses.iter().map(|(end, _)| *end).chain([done.len()]);
    let stage = |(pair, end): (&[f64], usize)| {
        let half = (pair[0] + pair[1]) / 2.0;
        let after = done[..end].iter().rposition(|done| *done < half).map_or(first, |place| place + 1);
        let moment = curve.start.plus_seconds(BLOCK_S * (after as f64 - 1.0));
        Stage { moment, share: pair[1] - pair[0] }
    };
    levels.windows(2).zip(ends).map(stage).collect()
}

/// Where a change pauses in its midst: the block after each pause, and how much of the change is done then.
fn pauses(done: &[f64], first: usize) -> Vec<(usize, f64)> {
    let is_midst = |done: f64| (MIDST_RATIO..1.0 - MIDST_RATIO).contains(&done);
    let mut pauses: Vec<(usize, f64)> = Vec::new();
    for block in first.max(1)..done.len() {
        let (one, next) = (done[block - 1], done[block]);
        if !(is_midst(one) && is_midst(next) && (next - one).abs() < PAUSE_RATIO) {
            continue;
        }
        match pauses.last_mut() {
            Some((end, level)) if *end == block || (next - *level).abs() < MIDST_RATIO => {
                (*end, *level) = (block + 1, (*level + next) / 2.0);
            }
            Some((_, level)) if next < *level => {}
            _ => pauses.push((block + 1, (one + next) / 2.0)),
        }
    }
    pauses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::Rest;

    /// The stages of the change from 900 g to 100 g that a curve shows from its third value on.
    fn of(grams: &[f32]) -> Vec<Stage> {
        let at = |seconds| Time::default().plus_seconds(seconds);
        let rest = |grams| Rest { grams, sd: 0.5 };
        let curve = Curve { start: at(0.0), step_s: BLOCK_S, grams: grams.to_vec() };
        let end = at(BLOCK_S * grams.len() as f64);
        stages(&curve, &Step { start: at(0.2), moment: at(0.3), end, from: rest(900.0), to: rest(100.0) })
    }

    #[test]
    fn one_lift_has_no_stages() {
        assert_eq!(of(&[900.0, 900.0, 920.0, 500.0, 100.0, 101.0, 100.0, 100.0]), []);
    }

    #[test]
    fn two_lifts_half_a_second_apart_are_two_stages() {
        let stages = of(&[900.0, 900.0, 910.0, 600.0, 503.0, 498.0, 515.0, 200.0, 100.0, 101.0, 100.0]);
        let moments: Vec<f64> =
            stages.iter().map(|stage| stage.moment.seconds_since(Time::default())).collect();
        assert!(stages.iter().all(|stage| (stage.share - 0.5).abs() < 0.05), "{stages:?}");
        assert!((moments[0] - 0.2).abs() < 0.11 && (moments[1] - 0.6).abs() < 0.11, "{moments:?}");
    }
}
