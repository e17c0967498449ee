//! Whether a probability is what it says it is.

use std::collections::BTreeMap;

use model::{Line, ProductId, Receipt, TruthTrip};
use serde::Serialize;

/// Upper ends of the bins; a probability lies in the first one whose end is above it, 1 in the last one.
const ENDS: [f64; 8] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

/// Lines by the probability that they were given, and how many of them were right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// From the least probable lines to the most probable ones, without gaps.
    pub bins: Vec<CalibrationBin>,
}

/// Lines whose probability lies between two numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// The least probability.
    pub from: f64,
    /// The first probability that belongs to the next bin, or 1.
    pub to: f64,
    /// How many lines.
    pub lines: u64,
    /// How many of them were right.
    pub right: u64,
    /// Sum of their probabilities: so many should be right.
    pub expected: f64,
}

impl CalibrationBin {
    /// The share of lines that were right; none without lines.
    pub fn share_right(&self) -> Option<f64> {
        (self.lines > 0).then(|| self.right as f64 / self.lines as f64)
    }

    /// The mean probability of its lines; none without lines.
    pub fn mean_probability(&self) -> Option<f64> {
        (self.lines > 0).then(|| self.expected / self.lines as f64)
    }
}

impl Default for Calibration {
    fn default() -> Self {
        let froms = [0.0].into_iter().chain(ENDS);
        let bin = |(from, to)| CalibrationBin { from, to, ..CalibrationBin::default() };
        Self { bins: froms.zip(ENDS).map(bin).collect() }
    }
}

impl Calibration {
    /// Counts one line.
    pub fn add(&mut self, probability: f64, right: bool) {
        let place = ENDS.iter().position(|end| probability < *end).unwrap_or(ENDS.len() - 1);
        let bin = &mut self.bins[place];
        bin.lines += 1;
        bin.right += u64::from(right);
        bin.expected += probability;
    }

    /// Counts the lines of a receipt, charged and in review, against what was kept; `None` for a receipt
    /// whose visit never was.
    ///
    /// The probability of a line is that the party kept at least its units and those of the lines of the
    /// same product before it (see [`Line::probability`]), so that is what makes it right.
    pub fn add_receipt(&mut self, receipt: &Receipt, truth: Option<&TruthTrip>) {
        let mut units: BTreeMap<&ProductId, u32> = BTreeMap::new();
        for Line { product, quantity, probability, .. } in receipt.lines.iter().chain(&receipt.review) {
            let at_least = units.entry(product).or_default();
            *at_least += quantity;
            let kept = truth.and_then(|trip| trip.kept.get(product)).copied().unwrap_or(0);
            self.add(*probability, kept >= *at_least);
        }
    }

    /// Takes over all that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.lines += more.lines;
            bin.right += more.right;
            bin.expected += more.expected;
        }
    }

    /// The bin that begins at this probability.
    pub fn bin_from(&self, from: f64) -> Option<&CalibrationBin> {
        self.bins.iter().find(|bin| bin.from == from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_at_an_end_lie_in_the_bin_above() {
        let mut calibration = Calibration::default();
        for (probability, right) in [(0.9, true), (0.92, false), (0.9499, true), (0.95, true), (1.0, true)] {
            calibration.add(probability, right);
        }
        let bin = calibration.bin_from(0.9).unwrap();
        assert_eq!((bin.lines, bin.right, bin.to), (3, 2, 0.95));
        assert!((bin.mean_probability().unwrap() - 0.92330).abs() < 1e-4);
        assert_eq!(calibration.bin_from(0.99).unwrap().share_right(), Some(1.0));
        assert_eq!(calibration.bin_from(0.5).unwrap().share_right(), None);
    }

    #[test]
    fn a_line_is_right_if_its_units_and_those_before_it_were_kept() {
        let line = |quantity, probability| Line {
            product: "tea".into(),
            name: "Tea".into(),
            quantity,
            unit_price: None,
            amount: None,
            probability,
            review: None,
            evidence: Vec::new(),
        };
        let currency = model::Currency::EUR;
        // Two are charged; whether it was three is in review.
        let receipt = Receipt {
            trip: model::TripId(1),
            tracks: Vec::new(),
            credential: None,
            entered: model::Time::MIN,
            left: model::Time::MIN,
            departure: model::Departure::Gate,
            lines: vec![line(2, 0.97)],
            review: vec![line(1, 0.4)],
            total: model::Money::new(0, currency),
            currency,
        };
        let right = |kept: u32| {
            let mut calibration = Calibration::default();
            let trip = TruthTrip { kept: [("tea".into(), kept)].into(), ..TruthTrip::default() };
            calibration.add_receipt(&receipt, Some(&trip));
            [0.95, 0.0].map(|from| calibration.bin_from(from).unwrap().right)
        };
        assert_eq!(right(3), [1, 1]);
        assert_eq!(right(2), [1, 0]);
        assert_eq!(right(1), [0, 0]);
    }

    #[test]
    fn merging_adds_up() {
        let mut one = Calibration::default();
        one.add(0.7, true);
        let mut other = one.clone();
        other.merge(&one);
        assert_eq!((other.bins[3].lines, other.bins[3].right, other.bins[3].expected), (2, 2, 1.4));
    }
}
