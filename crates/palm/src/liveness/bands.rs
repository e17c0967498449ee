//! The beat of a screen's refresh against a camera that reads row by row: bands along the picture's rows, which drift from picture to
//! picture. Shadows and creases differ from place to place along a row; bands don't.

use std::f64::consts::TAU;

use super::align::{Place, Warp};
use super::change::DARK;
use super::ground;
use crate::patch::{SIDE, place_mm};
use crate::picture::Picture;

/// Strips that the palm is parted into, side by side.
const STRIPS: usize = 4;
/// Bands to a picture's height: the fewest, the step, and how many steps.
const FEWEST: f64 = 1.5;
const STEP: f64 = 0.25;
const STEPS: usize = 92;
/// The power of bands that noise alone may have (relative brightness, squared).
const FLOOR: f64 = 1e-9;

/// Power of bands at each step: what strips have in common, and what each has for itself. `brightness` is the palm's now and in the
/// first look, `light` the smooth change between them.
pub(super) fn powers(
    picture: &Picture,
    place: &Place,
    warp: &Warp,
    (now, first): (&[f32], &[f32]),
    light: &[f64; 6],
    width_px: f32,
) -> Vec<[f64; 2]> {
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
        told.map(|(row, sums)| (row as f64 / height, sums[strip].0 / sums[strip].1)).collect()
    });
    (0..STEPS).map(|step| common(&strips, FEWEST + STEP * step as f64)).collect()
}

/// The power of a wave of so many turns to a picture's height, in values at heights.
fn common(strips: &[Vec<(f64, f64)>; STRIPS], turns: f64) -> [f64; 2] {
    let (mut sums, mut own, mut count) = ([0.0; 2], 0.0, 0.0);
    for strip in strips.iter().filter(|strip| strip.len() >= 16) {
        let mut wave = [0.0; 2];
        for (height, value) in strip {
            let angle = TAU * turns * height;
            wave[0] += value * libm::sin(angle) / strip.len() as f64;
            wave[1] += value * libm::cos(angle) / strip.len() as f64;
        }
        sums = [sums[0] + wave[0], sums[1] + wave[1]];
        own += wave[0] * wave[0] + wave[1] * wave[1];
        count += 1.0;
    }
    if count < 2.0 {
        return [0.0; 2];
    }
    let together = (sums[0] * sums[0] + sums[1] * sums[1] - own) / (count * (count - 1.0));
    [together, own / count - together]
}

/// How many times as strong as what is the strips' own the clearest bands are, over all looks.
pub(super) fn clearest<'a>(looks: impl Iterator<Item = &'a [[f64; 2]]>) -> f64 {
    let mut sums = [[0.0; 2]; STEPS];
    for powers in looks {
        for (sum, power) in sums.iter_mut().zip(powers) {
            *sum = [sum[0] + power[0], sum[1] + power[1]];
        }
    }
    sums.iter().map(|[together, own]| together / (own + FLOOR)).fold(0.0, f64::max)
}
