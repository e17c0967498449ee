//! What tells a living hand, as numbers: the higher, the more alive.

use super::bands;
use super::change::{Change, pads};
use super::grid;
use super::ground;

/// Something that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// A hand never rests.
    Stir,
    /// Its pads grow lighter and darker as it tilts.
    Relief,
    /// Its skin gives, and its hollow shifts against its rim.
    Give,
    /// The room behind it does not go along with it.
    Room,
    /// Light on it changes no more than a lamp's on skin does: nothing glares.
    Light,
    /// No bands run over it.
    Bands,
    /// No pixels beat against the camera's.
    Grid,
}

impl Cue {
    /// All of them, in order.
    pub const ALL: [Cue; 7] =
        [Cue::Stir, Cue::Relief, Cue::Give, Cue::Room, Cue::Light, Cue::Bands, Cue::Grid];

    /// What to tell support where it spoke against a living hand.
    pub const fn against(self) -> &'static str {
        match self {
            Cue::Stir => "it kept stiller than a hand can",
            Cue::Relief => "its light did not change as a hand's does when it tilts",
            Cue::Give => "it moved as one stiff, flat piece",
            Cue::Room => "what is behind it moved along with it",
            Cue::Light => "it glared, or light on it changed as on no skin",
            Cue::Bands => "bands ran over it, as over a screen",
            Cue::Grid => "it has a grid, as a screen has",
        }
    }
}

/// How strongly shading follows the tilt on the mean living hand: the lamp's part of the light, halved by the camera's curve.
const LIVING_SLOPE: f64 = 0.3;
/// How sure of it one can be at most, in deviations of the noise to a slope of one: hands differ, and the model is a model.
const SURE_MOST: f64 = 20.0;

/// A value for each [`Cue`]: logarithms of ratios, and of the odds for relief.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cues([f64; Cue::ALL.len()]);

impl Cues {
    pub(super) fn of(changes: &[&Change]) -> Self {
        let looks = changes.iter();
        let mut grid_power = vec![0.0; grid::LEN];
        looks
            .clone()
            .for_each(|look| grid_power.iter_mut().zip(&look.grid).for_each(|(sum, part)| *sum += part));
        let clearest =
            bands::clearest(&looks.map(|look| look.bands.as_slice()).collect::<Vec<_>>(), &tilts(changes));
        Self([
            libm::log(stir(changes) + 0.03).min(0.5),
            relief(changes),
            libm::log(give(changes) + 0.02),
            room(changes),
            -libm::log(glare(changes) + 5e-4),
            -libm::log(clearest.max(0.3)),
            -libm::log(grid::peak(&grid_power).max(1.0)),
        ])
    }

    /// The values, in the order of [`Cue::ALL`].
    pub fn values(&self) -> [f64; Cue::ALL.len()] {
        self.0
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

/// Tilts from their mean.
fn tilts(changes: &[&Change]) -> Vec<[f64; 2]> {
    let mean = [0, 1]
        .map(|axis: usize| changes.iter().map(|look| look.tilt[axis]).sum::<f64>() / changes.len() as f64);
    changes.iter().map(|look| [look.tilt[0] - mean[0], look.tilt[1] - mean[1]]).collect()
}

/// How strongly shading follows the lean of a hand's pads as the palm tilts. Lambert's law: a tilt by `t` changes the light on what
/// leans by `l` by `l * t` of the lamp's part, wherever the lamp is. Told as the odds (logarithm) that the
/// slope found is a living hand's and not nought: little where little was to be seen.
fn relief(changes: &[&Change]) -> f64 {
    let places: Vec<[f32; 2]> = ground::cells().iter().map(|(_, _, place)| *place).collect();
    let leans = [0, 1].map(|axis: usize| {
        let lean: Vec<f64> = places.iter().map(|place| pads(*place)[axis]).collect();
        let smooth = ground::fit(&places, &lean);
        lean.iter()
            .zip(&places)
            .map(|(lean, place)| lean - ground::value(&smooth, *place))
            .collect::<Vec<_>>()
    });
    let tilts = tilts(changes);
    let (mut product, mut square, mut total) = (0.0, 0.0, 0.0);
    for (cell, lean) in leans[0].iter().zip(&leans[1]).enumerate() {
        let mean = changes.iter().map(|look| look.shade[cell]).sum::<f64>() / changes.len() as f64;
        for (look, tilt) in changes.iter().zip(&tilts) {
            let (shade, awaited) = (look.shade[cell] - mean, lean.0 * tilt[0] + lean.1 * tilt[1]);
            product += shade * awaited;
            square += awaited * awaited;
            total += shade * shade;
        }
    }
    if square < 1e-12 {
        return 0.0;
    }
    let slope = product / square;
    let freedom = ((changes.len() - 1) * places.len()) as f64;
    let noise = ((total - slope * product) / freedom).max(1e-9);
    let sureness = (square / noise).min(SURE_MOST * SURE_MOST);
    (LIVING_SLOPE * sureness * (slope - LIVING_SLOPE / 2.0)).clamp(-6.0, 6.0)
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

/// How much smooth light changes its slope and bend over the palm, relative.
fn glare(changes: &[&Change]) -> f64 {
    (1..6).map(|term| variance(changes.iter().map(|look| look.light[term]))).sum::<f64>().sqrt()
}
