//! A beat between the pixels of a screen and those of the camera: one wave among the many of skin and noise.

use std::f64::consts::TAU;

use crate::picture::Picture;

/// Pixels along a side of the square that is looked at.
const SIDE: usize = 64;
/// Waves that are told of a square.
pub(super) const LEN: usize = SIDE * SIDE / 2;
/// The longest wave that is looked for: so many to the square. Longer ones are creases.
const WAVES_MIN: f64 = 13.0;

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

/// How far the strongest wave stands out from those as long as it.
pub(super) fn peak(power: &[f64]) -> f64 {
    let radius = |index: usize| {
        let (down, across) = (index / (SIDE / 2), (index % (SIDE / 2)) as f64);
        let down = if down >= SIDE / 2 { down as f64 - SIDE as f64 } else { down as f64 };
        (down * down + across * across).sqrt()
    };
    let mut rings: Vec<Vec<f64>> = vec![Vec::new(); SIDE];
    (0..power.len()).for_each(|index| rings[radius(index) as usize].push(power[index]));
    let middles: Vec<f64> = rings
        .iter_mut()
        .map(|ring| {
            ring.sort_by(f64::total_cmp);
            ring.get(ring.len() / 2).copied().unwrap_or(0.0) + 1.0
        })
        .collect();
    let told = power.iter().enumerate().map(|(index, power)| (radius(index), power));
    told.filter(|(radius, _)| (WAVES_MIN..SIDE as f64 / 2.0).contains(radius))
        .map(|(radius, power)| power / middles[radius as usize])
        .fold(0.0, f64::max)
}
