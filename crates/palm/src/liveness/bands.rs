//! The beat of a screen's refresh against a camera that reads row by row: bands along the picture's rows, which drift from picture to
//! picture. Shadows and creases differ from place to place along a row; bands don't.

use std::f64::consts::TAU;

use super::align::{Place, Warp};
use super::change::DARK;
use super::ground;
use crate::patch::{SIDE, place_mm};
use crate::picture::Picture;

/// Strips that the palm is parted into, side by side.
pub(super) const STRIPS: usize = 4;
/// Rows of a strip that a wave can be told from, at least.
const ROWS_MIN: usize = 16;
/// Bands to a picture's height: the fewest, the step, and how many steps.
const FEWEST: f64 = 1.5;
const STEP: f64 = 0.25;
const STEPS: usize = 92;
/// The power of bands that noise alone may have (relative brightness, squared).
const FLOOR: f64 = 1e-9;

/// A wave in each strip: its sine's and its cosine's part.
pub(super) type Wave = [[f64; 2]; STRIPS];

/// Waves at each step. Of the palm's brightness now and in the first look, and of `light`, the smooth change between them.
pub(super) fn waves(
    picture: &Picture,
    place: &Place,
    warp: &Warp,
    (now, first): (&[f32], &[f32]),
    light: &[f64; 6],
    width_px: f32,
) -> Vec<Wave> {
    let mut rows = vec![[(0.0_f64, 0.0_f64); STRIPS]; picture.height()];
    let left = place.pixel([0.0, 0.0], warp)[0] - width_px / 2.0;
    for row in 0..SIDE {
        for column in (0..SIDE).filter(|column| ground::is_palm_pixel(*column, row)) {
            let pixel = place.pixel(place_mm(column as f32 + 0.5, row as f32 + 0.5), warp);
            if !picture.is_within(pixel) {
                continue;
            }
            let at = row * SIDE + column;
            let ratio = libm::log(f64::from((now[at] + DARK) / (first[at] + DARK)));
            let beyond = ratio - ground::value(light, ground::place(column, row));
            let strip = (pixel[0] - left) / width_px * STRIPS as f32;
            let sum = &mut rows[pixel[1] as usize][strip.clamp(0.0, STRIPS as f32 - 1.0) as usize];
            *sum = (sum.0 + beyond, sum.1 + 1.0);
        }
    }
    let height = picture.height() as f64;
    let strips: [Vec<(f64, f64)>; STRIPS] = std::array::from_fn(|strip| {
        let told = rows.iter().enumerate().filter(|(_, sums)| sums[strip].1 >= 4.0);
        level(told.map(|(row, sums)| (row as f64 / height, sums[strip].0 / sums[strip].1)).collect())
    });
    (0..STEPS).map(|step| strips.each_ref().map(|strip| wave(strip, FEWEST + STEP * step as f64))).collect()
}

/// Values at heights without their mean and slope, which every wave would have a part of.
fn level(mut values: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let count = values.len().max(1) as f64;
    let middle = values.iter().map(|(height, _)| height).sum::<f64>() / count;
    let mean = values.iter().map(|(_, value)| value).sum::<f64>() / count;
    let (mut product, mut square) = (0.0, 1e-12);
    for (height, value) in &values {
        product += (height - middle) * (value - mean);
        square += (height - middle) * (height - middle);
    }
    for (height, value) in &mut values {
        *value -= mean + product / square * (*height - middle);
    }
    values
}

/// The wave of so many turns to a picture's height in values at heights; none in too few.
fn wave(values: &[(f64, f64)], turns: f64) -> [f64; 2] {
    let mut wave = [0.0; 2];
    if values.len() >= ROWS_MIN {
        for (height, value) in values {
            let angle = TAU * turns * height;
            wave[0] += value * libm::sin(angle) / values.len() as f64;
            wave[1] += value * libm::cos(angle) / values.len() as f64;
        }
    }
    wave
}

/// How many times as strong as what is the strips' own the clearest bands are, over all looks. Light on pads may run across strips too,
/// but it follows the tilt: what does is taken out first.
pub(super) fn clearest(looks: &[&[Wave]], tilts: &[[f64; 2]]) -> f64 {
    let strength = |step: usize| {
        let (mut together, mut own) = (0.0, 0.0);
        for part in 0..2 {
            let strips: [Vec<f64>; STRIPS] = std::array::from_fn(|strip| {
                let values: Vec<f64> = looks.iter().map(|look| look[step][strip][part]).collect();
                beyond_tilt(&values, tilts)
            });
            for look in 0..looks.len() {
                let sum: f64 = strips.iter().map(|strip| strip[look]).sum();
                let squares: f64 = strips.iter().map(|strip| strip[look] * strip[look]).sum();
                let shared = (sum * sum - squares) / (STRIPS * (STRIPS - 1)) as f64;
                together += shared;
                own += squares / STRIPS as f64 - shared;
            }
        }
        together / (own + FLOOR)
    };
    (0..STEPS).map(strength).fold(0.0, f64::max)
}

/// Values without their mean and without what follows the tilt (which has no mean).
fn beyond_tilt(values: &[f64], tilts: &[[f64; 2]]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (mut matrix, mut right) = ([[0.0; 2]; 2], [0.0; 2]);
    for (value, tilt) in values.iter().zip(tilts) {
        for row in 0..2 {
            right[row] += tilt[row] * (value - mean);
            matrix[row][0] += tilt[row] * tilt[0];
            matrix[row][1] += tilt[row] * tilt[1];
        }
    }
    let [a, b] = ground::solve(matrix, right).unwrap_or_default();
    values.iter().zip(tilts).map(|(value, tilt)| value - mean - a * tilt[0] - b * tilt[1]).collect()
}
