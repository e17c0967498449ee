//! Weights for the cues of living hands, by logistic regression.

use palm::liveness::{Cue, Cues, Kind, Margin, is_doubtful, score_with};
use simulator::palms::Attack;

use super::liveness::{Presentation, balanced};

const CUES: usize = Cue::ALL.len();
/// Steps of the descent, how long they are, and how much weights are drawn to nought.
const STEPS: usize = 4000;
const STEP: f64 = 0.3;
const RIDGE: f64 = 2e-3;

/// Parts that hands are shared out to, each of which is judged by weights that were fitted to the others.
const FOLDS: u64 = 5;
/// Rounds after which the threshold no longer moves.
const ROUNDS: usize = 4;

/// What a verdict stands on.
pub struct Fitted {
    /// Margins against each kind.
    pub margins: [Margin; Kind::ALL.len()],
    /// The mean cues of living hands.
    pub living: [f64; CUES],
    /// The score from which on a hand is living.
    pub threshold: f64,
}

/// Fits weights, and sets the scores to those of weights that were fitted to other hands. `is_calm` tells of the presentations that the
/// threshold is for.
pub fn fit(presentations: &mut [Presentation], is_calm: impl Fn(usize) -> bool) -> Fitted {
    let folds: Vec<_> = (0..FOLDS)
        .map(|fold| margins(presentations.iter().filter(|shown| shown.hand % FOLDS != fold)))
        .collect();
    let mut threshold = 0.0;
    // What is doubtful depends on the threshold, and that on what is doubtful.
    for _ in 0..ROUNDS {
        for shown in &mut *presentations {
            shown.score = score_of(&shown.cues, &folds[(shown.hand % FOLDS) as usize], threshold);
        }
        let calm = presentations.iter().enumerate().filter(|(number, _)| is_calm(*number));
        threshold = balanced(calm.map(|(_, shown)| shown));
    }
    let living = presentations.iter().filter(|shown| shown.attack.is_none());
    let living: Vec<Cues> = living.flat_map(|shown| shown.cues.clone()).collect();
    Fitted { margins: margins(presentations.iter()), living: mean(&living), threshold }
}

fn margins<'a>(presentations: impl Iterator<Item = &'a Presentation> + Clone) -> [Margin; Kind::ALL.len()] {
    let of = |kind: Option<Kind>| -> Vec<Cues> {
        let those = presentations.clone().filter(|shown| shown.attack.map(kind_of) == kind);
        those.flat_map(|shown| shown.cues.clone()).collect()
    };
    let living = of(None);
    Kind::ALL.map(|kind| margin(&living, &of(Some(kind))))
}

/// The score that a verdict would stand on: of the first cues that leave no doubt about a threshold, or the last.
fn score_of(cues: &[Cues], margins: &[Margin; Kind::ALL.len()], threshold: f64) -> Option<f64> {
    let mut scores = cues.iter().map(|cues| score_with(margins, cues));
    let clear = scores.clone().find(|score| !is_doubtful(*score, threshold));
    clear.or_else(|| scores.next_back())
}

fn kind_of(attack: Attack) -> Kind {
    match attack {
        Attack::Sheet | Attack::Glossy => Kind::Sheet,
        Attack::Bent => Kind::Bent,
        Attack::CutOut => Kind::CutOut,
        Attack::StillOnScreen => Kind::Photo,
        Attack::FilmOnScreen => Kind::Film,
        Attack::Injected => Kind::Fed,
    }
}

fn mean(all: &[Cues]) -> [f64; CUES] {
    let mut sums = [0.0; CUES];
    all.iter().for_each(|cues| sums.iter_mut().zip(cues.values()).for_each(|(sum, value)| *sum += value));
    sums.map(|sum| sum / all.len().max(1) as f64)
}

/// Gradient descent on the mean loss, living hands and attacks counting alike; weights below nought are set to nought, so that no cue
/// counts against itself. Cues are brought to a deviation of one for it.
fn margin(living: &[Cues], attacks: &[Cues]) -> Margin {
    let all: Vec<Cues> = living.iter().chain(attacks).copied().collect();
    let middle = mean(&all);
    let mut spread = [0.0; CUES];
    for cues in &all {
        for (index, value) in cues.values().into_iter().enumerate() {
            spread[index] += (value - middle[index]) * (value - middle[index]) / all.len() as f64;
        }
    }
    let spread = spread.map(|square| square.sqrt().max(1e-6));
    let scaled = |cues: &Cues| {
        let values = cues.values();
        let parts: [f64; CUES] = std::array::from_fn(|index| (values[index] - middle[index]) / spread[index]);
        parts
    };
    let rows: Vec<([f64; CUES], f64, f64)> = living
        .iter()
        .map(|cues| (scaled(cues), 1.0, 0.5 / living.len() as f64))
        .chain(attacks.iter().map(|cues| (scaled(cues), 0.0, 0.5 / attacks.len() as f64)))
        .collect();
    let (mut bias, mut weights) = (0.0, [0.0; CUES]);
    for _ in 0..STEPS {
        let (mut down, mut downs) = (0.0, weights.map(|weight| RIDGE * weight));
        for (values, is_living, share) in &rows {
            let margin = bias + weights.iter().zip(values).map(|(weight, value)| weight * value).sum::<f64>();
            let slope = share * (1.0 / (1.0 + libm::exp(-margin)) - is_living);
            down += slope;
            downs.iter_mut().zip(values).for_each(|(sum, value)| *sum += slope * value);
        }
        bias -= STEP * down;
        weights.iter_mut().zip(downs).for_each(|(weight, down)| *weight = (*weight - STEP * down).max(0.0));
    }
    for index in 0..CUES {
        weights[index] /= spread[index];
        bias -= weights[index] * middle[index];
    }
    Margin { bias, weights }
}
