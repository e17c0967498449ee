//! What tells a living hand, as numbers: the higher, the more alive.

use super::bands;
use super::change::{Change, pads};
use super::ground;
use super::lamp::{self, Lamp};

/// Something that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// A hand never rests.
    Stir,
    /// Its pads grow lighter and darker as it tilts, which way says Lambert's law.
    Relief,
    /// They do so at all. Paper has no pads: what is printed of them keeps its light however it is turned.
    Pads,
    /// Nothing else on it grows lighter and darker: no glare, no bands, no grain.
    Even,
    /// Its skin gives, and its hollow shifts against its rim. Paper is flat or bent one way, so all of it follows one homography.
    Give,
    /// The room behind it does not go along with it.
    Room,
    /// The room behind it does not tremble: the kiosk's camera stands still, and who holds out a sheet or a screen doesn't.
    Backdrop,
    /// Light on it changes no more than a lamp's on skin does: nothing glares.
    Light,
    /// No bands run over it.
    Bands,
    /// It grows bright and dim with the kiosk's own light. What shines by itself, or was filmed before, does not.
    Lamp,
    /// Its pads do so more or less than the rest of it, as they lean.
    Round,
}

impl Cue {
    /// All of them, in order.
    pub const ALL: [Cue; 11] = [
        Cue::Stir,
        Cue::Relief,
        Cue::Pads,
        Cue::Even,
        Cue::Give,
        Cue::Room,
        Cue::Backdrop,
        Cue::Light,
        Cue::Bands,
        Cue::Lamp,
        Cue::Round,
    ];

    /// What to tell support where it spoke against a living hand.
    pub const fn against(self) -> &'static str {
        match self {
            Cue::Stir => "it kept stiller than a hand can",
            Cue::Relief => "its light did not change as a hand's does when it tilts",
            Cue::Pads => "the light on its pads did not change",
            Cue::Even => "its light changed in spots, as no hand's does",
            Cue::Give => "it moved as one stiff, flat piece",
            Cue::Room => "what is behind it moved along with it",
            Cue::Backdrop => "what is behind it trembled",
            Cue::Light => "it glared, or light on it changed as on no skin",
            Cue::Bands => "bands ran over it, as over a screen",
            Cue::Lamp => "its light did not follow the kiosk's",
            Cue::Round => "the kiosk's light fell on it as on something flat",
        }
    }
}

/// Squared leans times tilts below which a slope says little: noise of both.
const SLOPE_NOISE: f64 = 3e-3;

/// A value for each [`Cue`]: logarithms of sizes and ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cues {
    values: [f64; Cue::ALL.len()],
    is_lit: bool,
}

impl Cues {
    /// What looks say. `None` if the kiosk lit them, but its light changed too seldom.
    pub(super) fn of(changes: &[&Change]) -> Option<Self> {
        let (leans, shades, tilts) = (leans(), shades(changes), tilts(changes));
        let is_lit = changes.iter().all(|look| look.lamp.is_some());
        let [lamp, round] = if is_lit { [lamp::follows(changes)?, round(&leans, changes)] } else { [0.0; 2] };
        let waves: Vec<&[bands::Wave]> = changes.iter().map(|look| look.bands.as_slice()).collect();
        let (pads, rest) = shading(&leans, &shades);
        // What is added to each is about what the camera's noise makes of nothing, so that no nought speaks louder than it.
        let values = [
            libm::log(stir(changes) + 0.03).min(0.5),
            libm::log(relief(&leans, &shades, &tilts).max(0.0) + 0.01),
            libm::log(pads + 1e-4),
            -libm::log(rest + 1e-4),
            libm::log(give(changes) + 0.02),
            room(changes),
            -libm::log(backdrop(changes) + 0.01),
            -libm::log(glare(changes) + 5e-4),
            -libm::log(bands::clearest(&waves, &tilts).max(0.02)),
            lamp,
            round,
        ];
        Some(Self { values, is_lit })
    }

    /// Whether the kiosk lit what it saw; else [`Cue::Lamp`] and [`Cue::Round`] are nought and say nothing.
    pub fn is_lit(&self) -> bool {
        self.is_lit
    }

    /// The values, in the order of [`Cue::ALL`].
    pub fn values(&self) -> [f64; Cue::ALL.len()] {
        self.values
    }
}

/// The deviation of numbers from their mean, squared.
fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count
}

/// How far the palm's corners move, root mean square, mm.
fn stir(changes: &[&Change]) -> f64 {
    let parts = (0..8).map(|part| variance(changes.iter().map(|look| look.corners[part / 2][part % 2])));
    (parts.sum::<f64>() / 4.0).sqrt()
}

/// The mean of what was measured of the looks that were lit so.
fn mean(changes: &[&Change], lamp: Option<Lamp>, measured: impl Fn(&Change) -> &[f64]) -> Vec<f64> {
    let lit = || changes.iter().filter(|look| look.lamp == lamp);
    let count = lit().count() as f64;
    let mut mean = vec![0.0; changes.first().map_or(0, |look| measured(look).len())];
    for look in lit() {
        mean.iter_mut().zip(measured(look)).for_each(|(sum, value)| *sum += value / count);
    }
    mean
}

/// How what was measured of each look differs from its mean over the looks that were lit likewise: what the kiosk's light changes is no
/// movement.
fn differences(changes: &[&Change], measured: impl Fn(&Change) -> &[f64]) -> Vec<Vec<f64>> {
    let difference = |look: &&Change| {
        let mean = mean(changes, look.lamp, &measured);
        measured(look).iter().zip(mean).map(|(value, mean)| value - mean).collect()
    };
    changes.iter().map(difference).collect()
}

/// How each look's tilt differs.
fn tilts(changes: &[&Change]) -> Vec<[f64; 2]> {
    differences(changes, |look| &look.tilt).iter().map(|tilt| [tilt[0], tilt[1]]).collect()
}

/// How the mean hand's pads lean beyond a smooth surface, along x and y, by cell.
fn leans() -> [Vec<f64>; 2] {
    let places: Vec<[f32; 2]> = ground::cells().iter().map(|(_, _, place)| *place).collect();
    [0, 1].map(|axis: usize| {
        let lean: Vec<f64> = places.iter().map(|place| pads(*place)[axis]).collect();
        let smooth = ground::fit(&places, &lean);
        lean.iter().zip(&places).map(|(lean, place)| lean - ground::value(&smooth, *place)).collect()
    })
}

/// How each cell's shade differs.
fn shades(changes: &[&Change]) -> Vec<Vec<f64>> {
    differences(changes, |look| &look.shade)
}

/// How strongly shading differs between the kiosk's lights as pads lean (logarithm): nothing that is flat, or bent one way, has pads.
fn round(leans: &[Vec<f64>; 2], changes: &[&Change]) -> f64 {
    let [bright, dim] = [Lamp::Bright, Lamp::Dim].map(|lamp| mean(changes, Some(lamp), |look| &look.shade));
    let difference = bright.iter().zip(dim).map(|(bright, dim)| bright - dim).collect();
    let (pads, _) = shading(leans, &[difference]);
    libm::log(pads + 1e-4)
}

/// How strongly shading changes as pads lean, and how strongly otherwise, root mean square: whichever way the palm tilted.
fn shading(leans: &[Vec<f64>; 2], shades: &[Vec<f64>]) -> (f64, f64) {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let matrix = [0, 1].map(|row: usize| [0, 1].map(|column: usize| product(&leans[row], &leans[column])));
    let (mut told, mut total) = (0.0, 0.0);
    for shade in shades {
        let right = [0, 1].map(|axis: usize| product(&leans[axis], shade));
        let slopes = ground::solve(matrix, right).unwrap_or_default();
        told += slopes[0] * right[0] + slopes[1] * right[1];
        total += product(shade, shade);
    }
    let count = (shades.len() * leans[0].len()) as f64;
    ((told / count).max(0.0).sqrt(), ((total - told) / count).max(0.0).sqrt())
}

/// How strongly shading follows the lean of a hand's pads as the palm tilts. Lambert's law: a tilt by `t` changes the light on what
/// leans by `l` by `l * t` of the lamp's part, wherever the lamp is; 0.2 or so on a living hand, nought on paper. Little where little
/// tilt was to be seen.
fn relief(leans: &[Vec<f64>; 2], shades: &[Vec<f64>], tilts: &[[f64; 2]]) -> f64 {
    let (mut product, mut square) = (0.0, SLOPE_NOISE);
    for (shade, tilt) in shades.iter().zip(tilts) {
        for (cell, shade) in shade.iter().enumerate() {
            let awaited = leans[0][cell] * tilt[0] + leans[1][cell] * tilt[1];
            product += shade * awaited;
            square += awaited * awaited;
        }
    }
    product / square
}

/// How far blocks of creases shift against one another, root mean square, mm.
fn give(changes: &[&Change]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for block in 0..changes.first().map_or(0, |look| look.shifts.len()) {
        let shifts: Option<Vec<[f64; 2]>> = changes.iter().map(|look| look.shifts[block]).collect();
        if let Some(shifts) = shifts {
            sum +=
                variance(shifts.iter().map(|shift| shift[0])) + variance(shifts.iter().map(|shift| shift[1]));
            count += 1.0;
        }
    }
    if count == 0.0 { 0.0 } else { (sum / count).sqrt() }
}

/// Whether the background stayed (above nought) or went along.
fn room(changes: &[&Change]) -> f64 {
    let sums = changes
        .iter()
        .skip(1)
        .fold([0.0; 2], |sums, look| [sums[0] + look.background[0], sums[1] + look.background[1]]);
    if sums[1] > 0.0 { libm::log(sums[0] / sums[1]).clamp(-2.0, 2.0) } else { 0.0 }
}

/// How far what is beside the hand moves, root mean square, mm or so.
fn backdrop(changes: &[&Change]) -> f64 {
    let along = |axis: usize| variance(changes.iter().map(move |look| look.backdrop[axis]));
    (along(0) + along(1)).sqrt()
}

/// How much smooth light changes its slope and bend over the palm, relative.
fn glare(changes: &[&Change]) -> f64 {
    let lights = differences(changes, |look| &look.light);
    let squares = lights.iter().flat_map(|light| &light[1..]).map(|term| term * term).sum::<f64>();
    (squares / changes.len() as f64).sqrt()
}
