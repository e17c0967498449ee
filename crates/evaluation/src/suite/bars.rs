//! What is asked of the suites, and whether it is met.

use std::fmt;

use serde::Serialize;

use super::Measured;
use crate::words::{high_percent, low_percent, seconds};

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// What is measured.
    pub what: &'static str,
    /// What is asked of it.
    pub asked: Asked,
    /// What was measured; none where nothing could be.
    pub measured: Option<f64>,
    /// Whether it is met; none where nothing could be measured.
    pub met: Option<bool>,
}

/// What is asked of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A share of at least this.
    ShareAtLeast(f64),
    /// A share of at most this.
    ShareAtMost(f64),
    /// A share from the one to the other.
    ShareWithin(f64, f64),
    /// At most so many seconds.
    SecondsAtMost(f64),
}

impl Asked {
    fn is_met_by(self, measured: f64) -> bool {
        match self {
            Self::ShareAtLeast(least) => measured >= least,
            Self::ShareAtMost(most) | Self::SecondsAtMost(most) => measured <= most,
            Self::ShareWithin(least, most) => (least..=most).contains(&measured),
        }
    }
}

/// `≥ 99.8 %`.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A product such as 0.998 × 100 has more digits than were meant.
        let percent = |share: f64| (share * 1e6).round() / 1e4;
        f.pad(&match self {
            Self::ShareAtLeast(least) => format!("≥ {} %", percent(*least)),
            Self::ShareAtMost(most) => format!("≤ {} %", percent(*most)),
            Self::ShareWithin(least, most) => format!("{}–{} %", percent(*least), percent(*most)),
            Self::SecondsAtMost(most) => format!("≤ {most:.1} s"),
        })
    }
}

impl Bar {
    fn new(what: &'static str, asked: Asked, measured: Option<f64>) -> Self {
        Self { what, asked, measured, met: measured.map(|measured| asked.is_met_by(measured)) }
    }

    /// What was measured, in words: `99.85 %`, `0.84 s`, or `–`.
    pub fn measured_words(&self) -> String {
        let (number, unit) = match self.asked {
            Asked::ShareAtLeast(_) | Asked::ShareWithin(..) => (high_percent(self.measured), "%"),
            Asked::ShareAtMost(_) => (low_percent(self.measured), "%"),
            Asked::SecondsAtMost(_) => (seconds(self.measured), "s"),
        };
        if self.measured.is_some() { format!("{number} {unit}") } else { number }
    }
}

/// All that is asked of the suites, as far as `measured` goes.
pub(super) fn bars(measured: &Measured) -> Vec<Bar> {
    use Asked::{SecondsAtMost, ShareAtLeast, ShareAtMost, ShareWithin};
    let solo = measured.sum(|scenario| scenario.name == "solo").ours;
    let sound = measured.sum(|scenario| !scenario.faulty).ours;
    let faulty = measured.sum(|scenario| scenario.faulty).ours;
    let all = measured.sum(|_| true);
    let nine_in_ten = all.calibration.bin_from(0.9).and_then(|bin| bin.share_right());
    let (ours, takes, settling) = (&all.ours, &all.takes, &all.settling);
    vec![
        Bar::new("Exact receipts, solo", ShareAtLeast(0.998), solo.share_exact()),
        Bar::new("Exact receipts, without faults", ShareAtLeast(0.985), sound.share_exact()),
        Bar::new("Exact receipts, with faults", ShareAtLeast(0.95), faulty.share_exact()),
        Bar::new("Lines charged wrongly", ShareAtMost(0.001), ours.share_charged_wrongly()),
        Bar::new("Visits in review, without faults", ShareAtMost(0.02), sound.share_reviewed()),
        Bar::new("Exact among visits not in review", ShareAtLeast(0.997), ours.share_unreviewed_exact()),
        Bar::new("Right among lines given 90–95 %", ShareWithin(0.88, 0.97), nine_in_ten),
        Bar::new("From shelf to cart, median", SecondsAtMost(1.0), takes.quantile_s(0.5)),
        Bar::new("From shelf to cart, 99 of 100", SecondsAtMost(2.0), takes.quantile_s(0.99)),
        Bar::new("From exit to receipt, 99 of 100", SecondsAtMost(5.0), settling.quantile_s(0.99)),
    ]
}
