//! The steady sway of a plate with its shelf: foretold and taken out, so that small changes show.

use std::f64::consts::TAU;

use crate::feed::BLOCK_S;

/// Shelves sway at a steady 1.4–1.7 Hz (nanostore recording): where the search for it begins,
/// hertz, and how far off it goes (assumed).
const HZ: f64 = 1.55;
const LEAST_HZ: f64 = 1.0;
const MOST_HZ: f64 = 2.5;
/// Weight of the newest block in the sway: as if so many blocks were known before the first one, and never less than
/// the least, which remembers about 12 blocks. With these, a tone of 6 g at 1.4 to 1.7 Hz is foretold within 0.2 g
/// (standard deviation, with 0.3 g of noise) after 5 s; with 0.05 within 1 g.
const KNOWN_BLOCKS: f64 = 8.0;
const LEAST_RATE: f64 = 0.08;
/// How much of what the sway is off is taken for a wrong frequency, in squares of that weight: a phase-locked loop of
/// second order with a damping of one half.
const FREQUENCY_RATIO: f64 = 2.0;
/// Sways of about this and less say nothing of the frequency, grams: the noise of a block mean is as much.
const FAINT_G: f64 = 0.3;

/// What a plate sways by, block after block: a tone of slowly changing size, phase and frequency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sway {
    /// Turn from one block to the next, radians.
    angle: f64,
    /// What it sways by now, and a quarter of a turn from now, grams.
    now: [f64; 2],
    /// Weight of the newest block.
    rate: f64,
}

impl Default for Sway {
    fn default() -> Self {
        Self { angle: TAU * HZ * BLOCK_S, now: [0.0; 2], rate: 1.0 / KNOWN_BLOCKS }
    }
}

impl Sway {
    /// Goes on by so many blocks, and foretells by how many grams the plate sways then.
    pub(crate) fn advance(&mut self, blocks: f64) -> f64 {
        let (sin, cos) = libm::sincos(self.angle * blocks);
        let [real, imaginary] = self.now;
        self.now = [cos * real - sin * imaginary, sin * real + cos * imaginary];
        self.now[0]
    }

    /// Learns from a block that lay so many grams off what was foretold, while nothing else moved the plate.
    pub(crate) fn learn(&mut self, off: f64) {
        let [real, imaginary] = self.now;
        let square = real * real + imaginary * imaginary + FAINT_G * FAINT_G;
        let turn = FREQUENCY_RATIO * self.rate * self.rate * off * imaginary / square;
        self.angle = (self.angle - turn).clamp(TAU * LEAST_HZ * BLOCK_S, TAU * MOST_HZ * BLOCK_S);
        self.now[0] += 2.0 * self.rate * off;
        self.rate = (self.rate / (1.0 + self.rate)).max(LEAST_RATE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_sway_is_foretold_within_five_seconds() {
        for hz in [1.4, 1.5, 1.7] {
            let mut sway = Sway::default();
            let at = |block: u32| 6.0 * libm::cos(TAU * hz * BLOCK_S * f64::from(block) + 1.0);
            let off = (0..80).map(|block| {
                let off = at(block) - sway.advance(1.0);
                sway.learn(off);
                off.abs()
            });
            let worst = off.skip(50).fold(0.0, f64::max);
            assert!(worst < 0.6, "{hz} Hz: off by {worst} g");
        }
    }

    #[test]
    fn a_gap_leaves_the_phase() {
        let mut sway = Sway { now: [3.0, 1.0], ..Sway::default() };
        let mut block_by_block = sway;
        for _ in 0..7 {
            block_by_block.advance(1.0);
        }
        assert!((sway.advance(7.0) - block_by_block.now[0]).abs() < 1e-9);
    }
}
