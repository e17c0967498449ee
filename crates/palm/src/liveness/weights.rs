//! From cues to a verdict: a margin for each kind of attack, all of which a living hand must keep.

use super::cues::{Cue, Cues};

/// What a hand is told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Prints.
    Paper,
    /// Screens.
    Screen,
    /// What is fed in the camera's place.
    Fed,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Kind; 3] = [Kind::Paper, Kind::Screen, Kind::Fed];
}

/// The odds (logarithm) for a living hand against one kind of attack: a sum of cues, none of which counts against itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    /// What the sum starts from.
    pub bias: f64,
    /// The weight of each cue, at least nought, in the order of [`Cue::ALL`].
    pub weights: [f64; Cue::ALL.len()],
}

/// Fitted by logistic regression on bursts of hands that are measured on nowhere else, half of them held calmly and half under strong
/// changes: `cargo run --release -p evaluation --example liveness -- fit 100 7001`.
const MARGINS: [Margin; Kind::ALL.len()] = [
    Margin { bias: 16.16, weights: [1.21, 1.44, 3.43, 0.82, 3.54, 0.06, 1.00, 2.72, 0.14] },
    Margin { bias: -6.24, weights: [1.70, 0.53, 0.90, 0.43, 0.13, 0.58, 2.33, 1.16, 1.21] },
    Margin { bias: 15.06, weights: [1.47, 1.25, 2.05, 0.86, 1.28, 1.13, 1.04, 0.00, 0.00] },
];

/// The cues of the mean living hand, of the same fit: what others fall short of.
const LIVING: [f64; Cue::ALL.len()] = [0.37, -1.96, -6.86, 6.41, -2.48, 0.77, 3.52, 5.35, 0.17];

/// The score from which on a hand is living, of the same fit: the least error at its worst, of living hands and of each kind of attack.
pub const THRESHOLD: f64 = 0.13;

pub(super) fn score(cues: &Cues) -> f64 {
    score_with(&MARGINS, cues)
}

/// The score of cues by margins: the odds against all kinds together, `-ln(sum(exp(-margin)))`.
pub fn score_with(margins: &[Margin; Kind::ALL.len()], cues: &Cues) -> f64 {
    -libm::log(margins.iter().map(|margin| libm::exp(-margin.of(cues))).sum::<f64>())
}

/// The cue that fell furthest short of a living hand's, by the weights of the kind that it looked most like.
pub(super) fn decisive(cues: &Cues) -> Cue {
    let mut least = MARGINS[0];
    for margin in MARGINS {
        if margin.of(cues) < least.of(cues) {
            least = margin;
        }
    }
    let lack = |cue: Cue| least.weights[cue as usize] * (LIVING[cue as usize] - cues.values()[cue as usize]);
    Cue::ALL.into_iter().fold(Cue::Stir, |most, cue| if lack(cue) > lack(most) { cue } else { most })
}

impl Margin {
    /// The margin of cues.
    pub fn of(&self, cues: &Cues) -> f64 {
        self.bias + self.weights.iter().zip(cues.values()).map(|(weight, value)| weight * value).sum::<f64>()
    }
}
