//! One palm laid over another, to a fraction of a pixel.
//!
//! Landmarks are told to a pixel or two; what tells skin from paper is finer. So the creases themselves are laid over one another
//! (Lucas and Kanade, by the inverse composition of Baker and Matthews, "Lucas-Kanade 20 Years On", 2004), by a homography.

use zeroize::Zeroize;

use super::ground::{self, UNIT_MM};
use crate::homography::product;
use crate::id::Side;
use crate::patch::{Patch, SIDE, place_mm};
use crate::picture::{Picture, brightness};
use crate::plane::Plane;

/// From coarse to fine: pixels to each side that a blur of the creases takes in, and rounds. A coarse look finds creases that landmarks
/// missed by several pixels, and moves them without perspective, which it couldn't tell.
const SCALES: [(usize, usize); 3] = [(5, 4), (2, 4), (0, 3)];
/// The least correlation of creases with those that they were laid over: below it they have not been found again.
const LIKE_MIN: f64 = 0.15;
/// The most that a hand's landmarks may be off, in units: beyond it the creases have not been found again.
const SHIFT_MAX: f64 = 0.25;
/// Blocks along a side of the patch, whose own shifts are told.
const BLOCKS: usize = 5;
/// How much brightness must change over a block for its shift to be told: the sum of squares, each way.
const BLOCK_MIN: f64 = 0.4;

/// Where a hand lies in a picture: from the mean right hand to pixels.
pub(super) struct Place(Plane);

impl Place {
    pub(super) fn new(landmarks: &[[f32; 2]; 8], side: Side) -> Option<Self> {
        Plane::of_all(side, landmarks).map(Self)
    }

    /// The pixel of a place in millimetres.
    pub(super) fn pixel(&self, place: [f32; 2], warp: &Warp) -> [f32; 2] {
        self.0.place(warp.apply(place))
    }
}

/// A homography of the mean hand's plane near to none: eight numbers, in units.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Warp([f64; 8]);

impl Warp {
    /// Where it takes a place, mm.
    pub(super) fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (u, v) = (f64::from(x / UNIT_MM), f64::from(y / UNIT_MM));
        let p = &self.0;
        let depth = 1.0 + p[6] * u + p[7] * v;
        let (a, b) = ((1.0 + p[0]) * u + p[1] * v + p[2], p[3] * u + (1.0 + p[4]) * v + p[5]);
        [(a / depth) as f32 * UNIT_MM, (b / depth) as f32 * UNIT_MM]
    }

    /// This one after a small `step` was undone.
    fn without(&self, step: &[f64; 8]) -> Self {
        let matrix = |p: &[f64; 8], sign: f64| {
            let s = |index: usize| sign * p[index];
            [[1.0 + s(0), s(1), s(2)], [s(3), 1.0 + s(4), s(5)], [s(6), s(7), 1.0]]
        };
        let (a, b) = (matrix(&self.0, 1.0), matrix(step, -1.0));
        let product = product(&a, &b);
        let last = product[2][2];
        let at = |row: usize, column: usize| product[row][column] / last;
        Self([at(0, 0) - 1.0, at(0, 1), at(0, 2), at(1, 0), at(1, 1) - 1.0, at(1, 2), at(2, 0), at(2, 1)])
    }
}

/// A palm cut out of a picture: colours, brightness and evened creases.
pub(super) struct Cut {
    pub brightness: Vec<f32>,
    creases: Vec<f32>,
}

impl Cut {
    /// Cuts a palm out; `looks` as in [`Picture::cut`].
    pub(super) fn new(picture: &Picture, place: &Place, warp: &Warp, looks: usize) -> Self {
        let colours = picture.cut(SIDE, looks, |[column, row]| place.pixel(place_mm(column, row), warp));
        let brightness: Vec<f32> = colours.into_iter().map(brightness).collect();
        let creases = Patch::even(&brightness).pixels().to_vec();
        Self { brightness, creases }
    }
}

impl Drop for Cut {
    fn drop(&mut self) {
        self.brightness.zeroize();
        self.creases.zeroize();
    }
}

/// What others are laid over: a palm's creases, how they change from pixel to pixel, and what that says of a shift.
pub(super) struct Template {
    scales: [Scale; SCALES.len()],
}

struct Scale {
    creases: Vec<f32>,
    /// Change per unit along x and y, at each pixel; nought outside of the palm.
    slopes: Vec<[f32; 2]>,
    hessian: [[f64; 8]; 8],
}

impl Scale {
    fn new(creases: Vec<f32>) -> Self {
        let unit = UNIT_MM / (place_mm(1.0, 0.0)[0] - place_mm(0.0, 0.0)[0]);
        let mut slopes = vec![[0.0; 2]; SIDE * SIDE];
        let mut hessian = [[0.0; 8]; 8];
        for row in 1..SIDE - 1 {
            for column in 1..SIDE - 1 {
                if !ground::is_palm_pixel(column, row) {
                    continue;
                }
                let at = row * SIDE + column;
                let across = (creases[at + 1] - creases[at - 1]) / 2.0 * unit;
                // Rows run down, y runs up.
                let up = (creases[at - SIDE] - creases[at + SIDE]) / 2.0 * unit;
                slopes[at] = [across, up];
                let descent = descent([across, up], ground::place(column, row));
                for (cells, a) in hessian.iter_mut().zip(descent) {
                    cells.iter_mut().zip(descent).for_each(|(cell, b)| *cell += a * b);
                }
            }
        }
        Self { creases, slopes, hessian }
    }

    /// The step that a palm laid over this one is off by; an affine one has no perspective.
    fn step(&self, over: &[f32], is_affine: bool) -> Option<[f64; 8]> {
        let mut right = [0.0; 8];
        for row in 1..SIDE - 1 {
            for column in 1..SIDE - 1 {
                let at = row * SIDE + column;
                if self.slopes[at] == [0.0; 2] {
                    continue;
                }
                let error = f64::from(over[at] - self.creases[at]);
                let descent = descent(self.slopes[at], ground::place(column, row));
                right.iter_mut().zip(descent).for_each(|(sum, part)| *sum += part * error);
            }
        }
        if !is_affine {
            return ground::solve(self.hessian, right);
        }
        let [a, b, c, d, e, f, ..] = self.hessian.map(|[a, b, c, d, e, f, ..]| [a, b, c, d, e, f]);
        let [g, h, i, j, k, l, ..] = right;
        let [a, b, c, d, e, f] = ground::solve([a, b, c, d, e, f], [g, h, i, j, k, l])?;
        Some([a, b, c, d, e, f, 0.0, 0.0])
    }
}

/// How a pixel's brightness changes with each of a warp's numbers.
fn descent([across, up]: [f32; 2], [u, v]: [f32; 2]) -> [f64; 8] {
    let (a, b, u, v) = (f64::from(across), f64::from(up), f64::from(u), f64::from(v));
    let inward = -(a * u + b * v);
    [a * u, a * v, a, b * u, b * v, b, inward * u, inward * v]
}

impl Template {
    pub(super) fn new(cut: &Cut) -> Self {
        Self { scales: SCALES.map(|(reach, _)| Scale::new(blur(&cut.creases, reach))) }
    }

    /// Lays a picture's palm over this one. `None` where its creases are not found again.
    pub(super) fn align(&self, picture: &Picture, place: &Place, looks: usize) -> Option<(Warp, Cut)> {
        let mut warp = Warp::default();
        for ((index, scale), (reach, rounds)) in self.scales.iter().enumerate().zip(SCALES) {
            for _ in 0..rounds {
                let cut = Cut::new(picture, place, &warp, if reach == 0 { looks } else { 1 });
                warp = warp.without(&scale.step(&blur(&cut.creases, reach), index == 0)?);
            }
        }
        let cut = Cut::new(picture, place, &warp, looks);
        let is_found = warp.0.iter().all(|part| part.abs() < SHIFT_MAX) && self.likeness(&cut) > LIKE_MIN;
        is_found.then_some((warp, cut))
    }

    fn sharp(&self) -> &Scale {
        &self.scales[SCALES.len() - 1]
    }

    /// The correlation of creases, over the palm.
    fn likeness(&self, over: &Cut) -> f64 {
        let first = self.sharp();
        let (mut product, mut squares) = (0.0, [0.0; 2]);
        for at in (0..SIDE * SIDE).filter(|at| ground::is_palm_pixel(at % SIDE, at / SIDE)) {
            let (a, b) = (f64::from(first.creases[at]), f64::from(over.creases[at]));
            product += a * b;
            squares = [squares[0] + a * a, squares[1] + b * b];
        }
        product / (squares[0] * squares[1]).sqrt().max(1e-9)
    }

    /// How far each block of a palm laid over this one is still off, mm; `None` where nothing can be told.
    pub(super) fn shifts(&self, over: &Cut) -> Vec<Option<[f64; 2]>> {
        let scale = self.sharp();
        let mut sums = vec![[0.0; 5]; BLOCKS * BLOCKS];
        for row in 1..SIDE - 1 {
            for column in 1..SIDE - 1 {
                let at = row * SIDE + column;
                let [across, up] = scale.slopes[at].map(f64::from);
                let error = f64::from(over.creases[at] - scale.creases[at]);
                let sum = &mut sums[row * BLOCKS / SIDE * BLOCKS + column * BLOCKS / SIDE];
                let parts = [across * across, across * up, up * up, across * error, up * error];
                sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
        }
        sums.iter()
            .map(|&[a, b, c, x, y]| {
                let unit = f64::from(UNIT_MM);
                let determinant = a * c - b * b;
                let least = determinant / (a + c).max(1e-12);
                // Enough change each way for the shift to be told: in pixels of the patch, not units.
                (least > BLOCK_MIN * 3600.0)
                    .then(|| [(c * x - b * y) / determinant * unit, (a * y - b * x) / determinant * unit])
            })
            .collect()
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        for scale in &mut self.scales {
            scale.creases.zeroize();
            scale.slopes.iter_mut().for_each(|slope| slope.zeroize());
        }
    }
}

/// The mean over pixels up to `reach` away, cut off at the edges.
fn blur(values: &[f32], reach: usize) -> Vec<f32> {
    let pass = |values: &[f32], line: usize, step: usize| {
        let mut means = vec![0.0; SIDE * SIDE];
        for start in (0..SIDE).map(|index| index * line) {
            for index in 0..SIDE {
                let (from, to) = (index.saturating_sub(reach), (index + reach + 1).min(SIDE));
                let sum: f32 = (from..to).map(|near| values[start + near * step]).sum();
                means[start + index * step] = sum / (to - from) as f32;
            }
        }
        means
    };
    pass(&pass(values, SIDE, 1), 1, SIDE)
}
