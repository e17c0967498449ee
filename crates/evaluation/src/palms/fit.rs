//! Weights for the cues of living hands, by logistic regression.

use palm::liveness::{Cue, Cues, Kind, Margin};
use simulator::palms::Attack;

use super::liveness::Presentation;

const CUES: usize = Cue::ALL.len();
/// Steps of the descent, how long they are, and how much weights are drawn to nought.
const STEPS: usize = 4000;
const STEP: f64 = 0.3;
const RIDGE: f64 = 2e-3;

/// Margins against each kind, and the mean cues of living hands.
pub fn fit(presentations: &[Presentation]) -> ([Margin; Kind::ALL.len()], [f64; CUES]) {
    let of = |is_of: &dyn Fn(Option<Attack>) -> bool| -> Vec<Cues> {
        let those = presentations.iter().filter(|presentation| is_of(presentation.attack));
        those.filter_map(|presentation| presentation.cues).collect()
    };
    let living = of(&|attack| attack.is_none());
    let margins = Kind::ALL.map(|kind| margin(&living, &of(&|attack| attack.map(kind_of) == Some(kind))));
    (margins, mean(&living))
}

fn kind_of(attack: Attack) -> Kind {
    match attack {
        Attack::Sheet | Attack::Glossy | Attack::Bent | Attack::CutOut => Kind::Paper,
        Attack::StillOnScreen | Attack::FilmOnScreen => Kind::Screen,
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
