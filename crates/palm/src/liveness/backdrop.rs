//! What is beside the hand: a kiosk's camera stands still, so the room that it sees stands still, to a fraction of a pixel. A sheet's
//! edge, a screen's frame and the room that was photographed with a hand tremble along with whoever holds them out.

use zeroize::Zeroize;

use super::align::{Place, Warp};
use super::change::CORNERS_MM;
use super::ground;
use crate::homography::Homography;
use crate::picture::Picture;

/// Cells to a palm's width: a cell is a millimetre or so, at the hand's distance.
const CELLS_TO_WIDTH: f32 = 84.0;
/// Squared slopes (of 255, a cell) that noise alone adds up to: what keeps an even wall from seeming to move.
const NOISE: f64 = 600.0;

/// A picture's brightness in cells, nought on the hand, and which of them are beside it.
pub(super) struct Backdrop {
    cell_px: usize,
    columns: usize,
    rows: usize,
    grey: Vec<f32>,
    is_beside: Vec<bool>,
}

impl Backdrop {
    /// The backdrop of a picture; `cell_px` as [`cell_px`] says for the first of a burst.
    pub(super) fn new(picture: &Picture, place: &Place, warp: &Warp, cell_px: usize) -> Option<Self> {
        let (columns, rows) = (picture.width() / cell_px, picture.height() / cell_px);
        let back = back(place, warp)?;
        let (mut grey, mut is_beside) =
            (Vec::with_capacity(columns * rows), Vec::with_capacity(columns * rows));
        for row in 0..rows {
            for column in 0..columns {
                let middle = [column, row].map(|index| (index as f32 + 0.5) * cell_px as f32);
                let is_here = is_beside_hand(back.apply(middle));
                let bright =
                    |column: usize, row: usize| picture.grey(column * cell_px, row * cell_px, cell_px);
                grey.push(if is_here { bright(column, row) } else { 0.0 });
                is_beside.push(is_here);
            }
        }
        Some(Self { cell_px, columns, rows, grey, is_beside })
    }

    /// How far a later one has moved, in cells (Lucas and Kanade, one step): towards nought where there is little to be seen. Light that
    /// grows or fades evenly is no movement.
    pub(super) fn shift(&self, later: &Self) -> [f64; 2] {
        let (mut matrix, mut right) = ([[0.0; 4]; 4], [0.0; 4]);
        for row in 1..self.rows - 1 {
            for column in 1..self.columns - 1 {
                let at = row * self.columns + column;
                let near = [at, at - 1, at + 1, at - self.columns, at + self.columns];
                if !near.iter().all(|at| self.is_beside[*at] && later.is_beside[*at]) {
                    continue;
                }
                let both = |at: usize| f64::from(self.grey[at] + later.grey[at]) / 2.0;
                let across = (both(at + 1) - both(at - 1)) / 2.0;
                let down = (both(at + self.columns) - both(at - self.columns)) / 2.0;
                let terms = [across, down, both(at) / 64.0, 1.0];
                let change = f64::from(self.grey[at] - later.grey[at]);
                for (cells, term) in matrix.iter_mut().zip(terms) {
                    cells.iter_mut().zip(terms).for_each(|(cell, other)| *cell += term * other);
                }
                right.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term * change);
            }
        }
        for (index, cells) in matrix.iter_mut().enumerate() {
            cells[index] += if index < 2 { NOISE } else { 1e-3 };
        }
        ground::solve(matrix, right).map_or([0.0; 2], |[x, y, ..]| [x, y])
    }

    /// Pixels along a side of its cells.
    pub(super) fn cell_px(&self) -> usize {
        self.cell_px
    }
}

impl Drop for Backdrop {
    fn drop(&mut self) {
        self.grey.zeroize();
    }
}

/// Pixels along a side of a cell, for a palm so wide.
pub(super) fn cell_px(width_px: f32) -> usize {
    (width_px / CELLS_TO_WIDTH).round().clamp(1.0, 16.0) as usize
}

/// From a picture's pixels to the mean right hand, mm.
fn back(place: &Place, warp: &Warp) -> Option<Homography> {
    Homography::fit(&CORNERS_MM.map(|mm| place.pixel(mm, warp)), &CORNERS_MM)
}

/// Whether a place of the mean right hand, mm, shows no hand, however it is spread: beside the little finger and the forearm, below the
/// thumb.
fn is_beside_hand([x, y]: [f32; 2]) -> bool {
    if y < -70.0 {
        x.abs() > 62.0
    } else if x < 0.0 {
        -x > 58.0 + 0.35 * (y - 20.0).max(0.0)
    } else {
        (y < -20.0 && x > 62.0) || x > 118.0
    }
}
