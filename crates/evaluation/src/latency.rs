//! How long something took, counted in steps of ten milliseconds.

use std::collections::BTreeMap;

use serde::Serialize;

/// Steps in a second: waiting times are told to ten milliseconds.
const STEPS_PER_SECOND: f64 = 100.0;

/// Waiting times, counted in steps of ten milliseconds, so that any number of them fits into the memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Latencies {
    /// How many took so many hundredths of a second, each rounded up.
    pub counts: BTreeMap<u32, u64>,
    /// How many never came, or only because the records ended.
    pub unmeasured: u64,
}

impl Latencies {
    /// Counts a waiting time; what came before its time counts as no wait.
    pub fn add(&mut self, seconds: f64) {
        let step = (seconds.max(0.0) * STEPS_PER_SECOND).ceil() as u32;
        *self.counts.entry(step).or_default() += 1;
    }

    /// Takes over all that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        for (step, count) in &other.counts {
            *self.counts.entry(*step).or_default() += count;
        }
        self.unmeasured += other.unmeasured;
    }

    /// How many were measured.
    pub fn measured(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The least time, seconds, within which at least this share of the measured ones came; `share` from
    /// 0 to 1. `None` where nothing was measured.
    pub fn quantile_s(&self, share: f64) -> Option<f64> {
        let wanted = ((self.measured() as f64 * share).ceil() as u64).max(1);
        let mut so_far = 0;
        self.counts.iter().find_map(|(step, count)| {
            so_far += count;
            (so_far >= wanted).then(|| f64::from(*step) / STEPS_PER_SECOND)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_within_which_so_many_came() {
        let mut latencies = Latencies::default();
        (1..=99).for_each(|hundredth| latencies.add(f64::from(hundredth) / 100.0));
        latencies.add(-0.2);
        assert_eq!(latencies.quantile_s(0.5), Some(0.49));
        assert_eq!(latencies.quantile_s(0.99), Some(0.98));
        assert_eq!(latencies.quantile_s(1.0), Some(0.99));
        assert_eq!(latencies.quantile_s(0.0), Some(0.0));
        assert_eq!(Latencies::default().quantile_s(0.5), None);
    }

    #[test]
    fn what_is_merged_counts_as_if_it_had_been_counted_here() {
        let (mut one, mut other, mut both) =
            (Latencies::default(), Latencies::default(), Latencies::default());
        for (number, seconds) in [0.5, 0.7, 0.5, 3.0].into_iter().enumerate() {
            if number % 2 == 0 {
                one.add(seconds)
            } else {
                other.add(seconds)
            }
            both.add(seconds);
        }
        one.merge(&other);
        assert_eq!(one, both);
    }
}
