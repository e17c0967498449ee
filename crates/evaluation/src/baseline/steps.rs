//! Steps in the weight of one plate, found by comparing averages.

use model::Time;

// The three limits are those that gave the most exact receipts, of nine tried on all scenarios with a seed for
// tuning: the naive system shall be as good as it can be.

/// Averages are taken over half a second: 30 samples of noise even out.
const AVERAGE_NANOS: i64 = 500_000_000;
/// The weight is at rest when two averages in a row differ by less than this, grams.
const REST_G: f64 = 2.0;
/// A change between rests of at least this, grams, is a step; a smaller one is drift.
const STEP_G: f64 = 4.0;

/// A change of a plate's weight from one rest to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// When the weight left its rest.
    pub(super) start: Time,
    /// The change, grams; negative for a take.
    pub(super) grams: f64,
}

/// Follows the weight of one plate.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    sum: f64,
    samples: u32,
    /// When the average that is being summed up began.
    since: Option<Time>,
    last_average: Option<f64>,
    rest: Option<f64>,
    /// When the weight left its rest, if it did.
    left_rest: Option<Time>,
}

impl Steps {
    /// Takes a sample, grams; tells a step once the weight has come to rest after it.
    pub(super) fn push(&mut self, time: Time, grams: f32) -> Option<Step> {
        if !grams.is_finite() {
            return None;
        }
        let since = *self.since.get_or_insert(time);
        self.sum += f64::from(grams);
        self.samples += 1;
        if time.nanos_since(since) < AVERAGE_NANOS {
            return None;
        }
        let average = self.sum / f64::from(self.samples);
        (self.sum, self.samples, self.since) = (0.0, 0, None);
        self.compare(since, average)
    }

    /// Compares an average that began at `since` with the one before and with the last rest.
    fn compare(&mut self, since: Time, average: f64) -> Option<Step> {
        let before = self.last_average.replace(average)?;
        let Some(rest) = self.rest else {
            self.rest = Some(average);
            return None;
        };
        if self.left_rest.is_none() && (average - rest).abs() >= REST_G {
            self.left_rest = Some(since);
        }
        if (average - before).abs() >= REST_G {
            return None;
        }
        let grams = average - rest;
        self.rest = Some(average);
        let start = self.left_rest.take().unwrap_or(since);
        (grams.abs() >= STEP_G).then_some(Step { start, grams })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps in weights, one a sixtieth of a second, in seconds from the start and grams.
    fn steps(grams: impl Iterator<Item = f32>) -> Vec<(f64, f64)> {
        let mut steps = Steps::default();
        let at = |sample: i64| Time::from_nanos(sample * 1_000_000_000 / 60);
        let found = grams.zip(0..).filter_map(|(grams, sample)| steps.push(at(sample), grams));
        found.map(|step| (step.start.seconds_since(at(0)), step.grams.round())).collect()
    }

    fn rest(grams: f32, seconds: usize) -> impl Iterator<Item = f32> {
        // Noise that is no noise: as far up as down.
        (0..60 * seconds).map(move |sample| grams + [1.5, -1.5][sample % 2])
    }

    #[test]
    fn a_take_and_a_put_back_are_steps_at_their_times() {
        let found = steps(rest(900.0, 2).chain(rest(600.0, 2)).chain(rest(900.0, 2)));
        assert_eq!(found.iter().map(|(_, grams)| *grams).collect::<Vec<_>>(), [-300.0, 300.0]);
        assert!((found[0].0 - 2.0).abs() < 0.6 && (found[1].0 - 4.0).abs() < 0.6, "{found:?}");
    }

    #[test]
    fn drift_gaps_and_what_comes_back_at_once_are_no_steps() {
        let drift = (0..600).map(|sample| 500.0 + sample as f32 / 100.0);
        assert_eq!(steps(drift), []);
        assert_eq!(steps(rest(500.0, 1).chain([f32::NAN; 60]).chain(rest(500.0, 1))), []);
    }
}
