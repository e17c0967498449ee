//! White noise for thousands of plates.
//!
//! Drawing a number for every sample of every plate would be most of the work of the whole simulation. So a table of
//! normal draws is made once, and each row of samples (all plates of a gondola at one moment) is a stretch of it that
//! begins at a place drawn anew. Neighbouring plates and successive samples stay independent; a plate meets the
//! same number again once in 65,536 samples on average, at moments that nobody can foretell.

use std::sync::LazyLock;

use crate::Rng;

const LENGTH: usize = 1 << 16;
/// Rows are filled in pieces of at most this many plates.
const PIECE: usize = 256;

/// The first piece stands again at the end, so that a stretch may begin anywhere.
static TABLE: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let mut rng = Rng::new(0, "noise table");
    let mut table: Vec<f32> = (0..LENGTH).map(|_| rng.gaussian() as f32).collect();
    table.extend_from_within(..PIECE);
    table
});

/// Fills a row with independent draws from the standard normal distribution.
pub(crate) fn fill(row: &mut [f32], rng: &mut Rng) {
    for piece in row.chunks_mut(PIECE) {
        let first = rng.whole(0, LENGTH as u32 - 1) as usize;
        piece.copy_from_slice(&TABLE[first..first + piece.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_white_over_time_and_over_plates() {
        let mut rng = Rng::new(1, "test");
        let rows: Vec<Vec<f32>> = (0..20_000)
            .map(|_| {
                let mut row = vec![0.0; 12];
                fill(&mut row, &mut rng);
                row
            })
            .collect();
        let mean =
            |pair: fn(&[Vec<f32>]) -> f64| rows.windows(2).map(pair).sum::<f64>() / (rows.len() - 1) as f64;
        let close = [
            (mean(|rows| rows[0][3].into()), 0.0),
            (mean(|rows| (rows[0][3] * rows[0][3]).into()), 1.0),
            (mean(|rows| (rows[0][3] * rows[1][3]).into()), 0.0),
            (mean(|rows| (rows[0][3] * rows[0][4]).into()), 0.0),
        ];
        for (found, expected) in close {
            assert!((found - expected).abs() < 0.03, "{found}, not {expected}");
        }
    }
}
