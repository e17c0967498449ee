//! The palm's own ground: which places of the mean right hand are skin, in cells, and smooth surfaces over it.

use crate::patch::{SIDE, place_mm};

/// Pixels along a side of a cell of the patch: 6.6 mm, wider than creases and narrower than the palm's pads.
pub(super) const CELL_PX: usize = 8;
/// Cells along a side of the patch.
pub(super) const CELLS: usize = SIDE / CELL_PX;
/// Millimetres that places are divided by, so that they lie between -1 and 1.
pub(super) const UNIT_MM: f32 = 50.0;

/// Whether a place of the mean right hand, mm, is palm on every hand.
pub(super) fn is_palm([x, y]: [f32; 2]) -> bool {
    let half = if y < -20.0 { 36.0 + 0.35 * (y + 20.0) } else { 36.0 };
    (-46.0..=38.0).contains(&y) && x.abs() <= half
}

/// The middle of a patch's pixel, in units.
pub(super) fn place(column: usize, row: usize) -> [f32; 2] {
    place_mm(column as f32 + 0.5, row as f32 + 0.5).map(|part| part / UNIT_MM)
}

/// Whether a patch's pixel is palm.
pub(super) fn is_palm_pixel(column: usize, row: usize) -> bool {
    is_palm(place_mm(column as f32 + 0.5, row as f32 + 0.5))
}

/// The cells that are palm: column, row and middle in units.
pub(super) fn cells() -> Vec<(usize, usize, [f32; 2])> {
    let all = (0..CELLS * CELLS).map(|cell| (cell % CELLS, cell / CELLS));
    all.map(|(column, row)| {
        let middle = |index: usize| (index as f32 + 0.5) * CELL_PX as f32;
        let mm = place_mm(middle(column), middle(row));
        (column, row, mm)
    })
    .filter(|(_, _, mm)| is_palm(*mm))
    .map(|(column, row, mm)| (column, row, mm.map(|part| part / UNIT_MM)))
    .collect()
}

/// Terms of a smooth surface: what falling light and a bent sheet look like.
pub(super) fn smooth([u, v]: [f32; 2]) -> [f64; 6] {
    let (u, v) = (f64::from(u), f64::from(v));
    [1.0, u, v, u * u, u * v, v * v]
}

/// The terms that come nearest to values at places, by least squares. Noughts where the places don't say.
pub(super) fn fit(places: &[[f32; 2]], values: &[f64]) -> [f64; 6] {
    let (mut matrix, mut right) = ([[0.0; 6]; 6], [0.0; 6]);
    for (place, value) in places.iter().zip(values) {
        let terms = smooth(*place);
        for row in 0..6 {
            right[row] += terms[row] * value;
            for column in 0..6 {
                matrix[row][column] += terms[row] * terms[column];
            }
        }
    }
    solve(matrix, right).unwrap_or([0.0; 6])
}

/// The value of a smooth surface.
pub(super) fn value(terms: &[f64; 6], place: [f32; 2]) -> f64 {
    smooth(place).iter().zip(terms).map(|(a, b)| a * b).sum()
}

/// Solves a symmetric, positive system by Gauss's elimination. `None` if it is singular.
pub(super) fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let lead = matrix[column];
        if lead[column].is_nan() || lead[column] <= 1e-12 {
            return None;
        }
        for row in 0..N {
            if row != column {
                let factor = matrix[row][column] / lead[column];
                for (cell, part) in matrix[row].iter_mut().zip(lead) {
                    *cell -= factor * part;
                }
                right[row] -= factor * right[column];
            }
        }
    }
    let mut answer = right;
    answer.iter_mut().enumerate().for_each(|(index, part)| *part /= matrix[index][index]);
    Some(answer)
}
