//! What hands held before and after something may have been moved, as far as it was seen.

use model::Time;

use crate::logs::probability;
use crate::tracks::Track;

/// Of the error of a look, this share stays in the looks of the next second: many looks are worth less than twice as much
/// as one. Assumed: networks mistake one view of a hand again and again.
const LASTING: f64 = 0.55;
/// A hand that neither gives nor takes holds afterwards what it held before, but for this share.
const CHANGES: f64 = 0.05;
/// A hand that takes something holds something already in this share, and one that gave or put something holds more of it.
const FULL: f64 = 0.1;
/// Whatever was seen, this share of it was something else.
const MISTAKEN: f64 = 0.04;

/// Of the things that were taken last and then given away, this share stays in the hand all the time; what was seen is
/// believed no more than this (logarithm). Assumed.
const KEPT: f64 = 0.5;
const KEPT_MOST: f64 = 4.0;

/// What was seen of a hand, before and after: the logarithms of how much likelier looks were of a hand that holds something.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Grasps {
    pub(crate) before: f64,
    pub(crate) after: f64,
}

/// What a hand did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It got something.
    Takes,
    /// It got rid of something.
    Gives,
}

impl Grasps {
    /// What was seen of a hand of a track in the seconds before `from` and after `until`.
    pub(crate) fn of(track: &Track, hand: usize, [from, until]: [Time; 2], seconds: f64) -> Self {
        Self {
            before: log_odds(track, hand, from.plus_seconds(-seconds), from),
            after: log_odds(track, hand, until, until.plus_seconds(seconds)),
        }
    }

    /// How likely what was seen is if the hand did something, against knowing nothing.
    pub(crate) fn likelihood(&self, deed: Deed) -> f64 {
        let [before, after] = [self.before, self.after].map(probability);
        let [empty_before, empty_after] = [1.0 - before, 1.0 - after];
        let clear = match deed {
            Deed::Takes => ((1.0 - FULL) * empty_before + FULL * before) * after,
            Deed::Gives => before * ((1.0 - FULL) * empty_after + FULL * after),
        };
        MISTAKEN + (1.0 - MISTAKEN) * 4.0 * clear
    }

    /// The same if the hand neither took nor gave anything.
    pub(crate) fn idle(&self) -> f64 {
        let [before, after] = [self.before, self.after].map(probability);
        let same = before * after + (1.0 - before) * (1.0 - after);
        MISTAKEN + (1.0 - MISTAKEN) * 2.0 * ((1.0 - CHANGES) * same + CHANGES * (1.0 - same))
    }

    /// The logarithm of how much likelier it is that the hand did something than that it did nothing.
    pub(crate) fn log_ratio(&self, deed: Deed) -> f64 {
        libm::log(self.likelihood(deed) / self.idle())
    }
}

/// What was seen of a hand second by second: from when on, and the logarithm of how much likelier that is if it holds
/// something.
pub(crate) type Seconds = Vec<(Time, f64)>;

/// What was seen of a hand of a track in each of the seconds before a time, the last one first.
pub(crate) fn seconds(track: &Track, hand: usize, until: Time, count: u32) -> Seconds {
    let second = |number: u32| {
        let [from, until] = [number + 1, number].map(|back| until.plus_seconds(-f64::from(back)));
        (from, log_odds(track, hand, from, until))
    };
    (0..count).map(second).collect()
}

/// How much likelier the seconds since a time are if what a hand got then was in it all the time, or may have been put
/// away, than if it was put away.
pub(crate) fn kept(seconds: &Seconds, since: Time) -> f64 {
    let log_odds: f64 = seconds.iter().take_while(|(from, _)| *from >= since).map(|(_, odds)| odds).sum();
    KEPT * libm::exp(log_odds.clamp(-KEPT_MOST, KEPT_MOST)) + 1.0 - KEPT
}

/// The logarithm of how much likelier the looks at a hand between two times are if it holds something.
fn log_odds(track: &Track, hand: usize, from: Time, until: Time) -> f64 {
    let looks = track.since(from).take_while(|sight| sight.time <= until);
    let (mut sum, mut count) = (0.0, 0.0);
    for log_odds in looks.filter_map(|sight| sight.holding[hand]) {
        sum += log_odds;
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { sum / count / (LASTING + (1.0 - LASTING) / count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_that_was_seen_empty_and_then_full_took_something() {
        let seen = Grasps { before: -2.0, after: 2.0 };
        assert!(seen.log_ratio(Deed::Takes) > 1.0 && seen.log_ratio(Deed::Gives) < -1.0);
        let kept = Grasps { before: 2.0, after: 2.0 };
        assert!(kept.log_ratio(Deed::Takes) < -0.5 && kept.log_ratio(Deed::Gives) < -0.5);
    }

    #[test]
    fn a_hand_that_was_not_seen_says_nothing() {
        for deed in [Deed::Takes, Deed::Gives] {
            assert!(Grasps::default().log_ratio(deed).abs() < 1e-9);
        }
        // What it holds without having been seen before may have been there.
        let full = Grasps { before: 0.0, after: 2.0 };
        assert!((0.0..1.0).contains(&full.log_ratio(Deed::Takes)) && full.log_ratio(Deed::Gives) < -0.5);
    }
}
