//! A beat between the pixels of a screen and those of the camera: one wave among the many of skin and noise.

use std::f64::consts::TAU;

use crate::picture::Picture;

/// Pixels along a side of the square that is looked at.
pub(super) const SIDE: usize = 96;
/// Waves that are told of a square.
pub(super) const LEN: usize = SIDE * SIDE / 2;
/// Waves around a peak that are its own (the window's width), and those that it must stand out of.
const PEAK: isize = 2;
const REACH: isize = 4;
const AROUND: usize = 56;
/// The longest wave that is looked for: so many to the square. Longer ones are creases.
const WAVES_MIN: f64 = 12.0;

/// The power of each wave in the picture's square around a place: rows of waves down (from minus half the side), columns across.
pub(super) fn power(picture: &Picture, middle: [f32; 2]) -> Vec<f64> {
    let corner = middle.map(|part| part - SIDE as f32 / 2.0);
    let pixels =
        picture.cut(SIDE, 1, |[x, y]| [(corner[0] + x).floor() + 0.5, (corner[1] + y).floor() + 0.5]);
    let window: Vec<f64> =
        (0..SIDE).map(|index| 0.5 - 0.5 * libm::cos(TAU * (index as f64 + 0.5) / SIDE as f64)).collect();
    let turn: Vec<(f64, f64)> = (0..SIDE)
        .map(|index| TAU * index as f64 / SIDE as f64)
        .map(|angle| (libm::cos(angle), libm::sin(angle)))
        .collect();
    let mut rows = vec![(0.0, 0.0); SIDE * (SIDE / 2)];
    for row in 0..SIDE {
        for wave in 0..SIDE / 2 {
            let (mut real, mut imaginary) = (0.0, 0.0);
            for column in 0..SIDE {
                let [_, green, _] = pixels[row * SIDE + column];
                let value = f64::from(green) * window[column] * window[row];
                let (cos, sin) = turn[wave * column % SIDE];
                real += value * cos;
                imaginary -= value * sin;
            }
            rows[row * (SIDE / 2) + wave] = (real, imaginary);
        }
    }
    let mut power = vec![0.0; SIDE * (SIDE / 2)];
    for down in 0..SIDE {
        for wave in 0..SIDE / 2 {
            let (mut real, mut imaginary) = (0.0, 0.0);
            for row in 0..SIDE {
                let (a, b) = rows[row * (SIDE / 2) + wave];
                let (cos, sin) = turn[down * row % SIDE];
                real += a * cos + b * sin;
                imaginary += b * cos - a * sin;
            }
            power[down * (SIDE / 2) + wave] = real * real + imaginary * imaginary;
        }
    }
    power
}

/// How far the strongest wave stands out of those around it: creases and noise fill many waves side by side, a grid fills one.
pub(super) fn peak(power: &[f64]) -> f64 {
    let half = SIDE as isize / 2;
    // Waves and their negatives are the same.
    let at = |down: isize, across: isize| {
        let (down, across) = if across < 0 { (-down, -across) } else { (down, across) };
        let across = across.min(half - 1);
        power[down.rem_euclid(SIDE as isize) as usize * (SIDE / 2) + across as usize]
    };
    let mut most: f64 = 0.0;
    for down in -half..half {
        for across in 0..half {
            let waves = ((down * down + across * across) as f64).sqrt();
            if !(WAVES_MIN..half as f64).contains(&waves) {
                continue;
            }
            let mut around = Vec::with_capacity(AROUND);
            for y in -REACH..=REACH {
                for x in -REACH..=REACH {
                    if x.abs().max(y.abs()) > PEAK {
                        around.push(at(down + y, across + x));
                    }
                }
            }
            around.sort_by(f64::total_cmp);
            most = most.max(at(down, across) / (around[around.len() / 2] + 1.0));
        }
    }
    most
}
