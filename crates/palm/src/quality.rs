//! Whether a hand is held so that its palm can be told.

use crate::hand::Found;
use crate::picture::Picture;
use crate::plane::Plane;
use crate::refusal::{Aside, Refusal};

/// The least width of a palm in the picture, pixels: its creases are as fine as three of them.
const WIDTH_MIN_PX: f32 = 70.0;
/// The most of the picture's shorter side that the palm may take.
const WIDTH_MAX_PART: f32 = 0.8;
/// How far a landmark may lie beyond the picture's edge, of the palm's width: the patch is smaller than the palm.
const BEYOND_PART: f32 = 0.04;
/// The least part of its length that a palm's shorter axis may be seen of: a tilt of 40 degrees.
const SQUASH_MIN: f32 = 0.72;
/// Mean brightness (of 255) between which palms are told.
const DARK: f32 = 30.0;
/// The most of a palm that may be white with light.
const WHITE_PART_MAX: f32 = 0.12;
/// The most that landmarks may lie beside those of any hand, mm: most looks near nobody whose landmarks were wrong have more, one other
/// look in a hundred (150 people of the seed 77001).
const MISFIT_MAX_MM: f32 = 2.1;
/// The most doubt in all landmarks together, and the most that a palm may lie beside where the first look at the picture saw it, mm. Of
/// palms taken from more than 5 mm beside their place 26 of 32 have more of one, and all six of those more than 7 mm beside it; of other
/// looks 3.8 of a hundred (13,000 looks of the seed 77001).
const DOUBT_MAX: f32 = 0.12;
const MOVED_MAX_MM: f32 = 5.0;
/// The most noise, relative to brightness: of the five looks least like the others of their palm, landmarks right, four have more, and 1.6
/// of a hundred others (the same looks).
const NOISE_MAX: f32 = 0.034;
/// … and of a palm that is this wide in the picture, pixels. Of narrower ones it must be less, by the width to the power 1.5: their creases
/// are fewer pixels wide, and fainter behind the lens. Of the ten looks least like the others of their palm, landmarks right, seven have
/// more, and 4.7 of a hundred others (the same looks; powers of 1 and 2 tell them no better).
const NOISE_AT_WIDTH: (f32, f32) = (0.0235, 150.0);
/// The least of what creases do to brightness, relative to it.
const SHARP_MIN: f32 = 0.006;

/// How well a palm was seen. Each is told so that the best of several looks can be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// How far the landmarks lie beside where those of any hand do, root mean square, mm: what hands differ by, and errors.
    pub misfit_mm: f32,
    /// The palm's width in the picture, pixels.
    pub width_px: f32,
    /// How flat it was to the camera: 1 for flat, 0.7 for a tilt of 45 degrees.
    pub flatness: f32,
    /// Mean brightness, 0 to 255.
    pub brightness: f32,
    /// How strongly creases show, relative to the brightness.
    pub sharpness: f32,
    /// How much of what shows is noise, relative to the brightness.
    pub noise: f32,
}

/// How a palm is held, as in [`Quality`].
pub(crate) struct Pose {
    pub misfit_mm: f32,
    pub width_px: f32,
    pub flatness: f32,
}

/// What was seen of the light on a palm, as in [`Quality`].
pub(crate) struct Light {
    pub brightness: f32,
    pub sharpness: f32,
    pub noise: f32,
}

/// What of a found hand can be said before its palm is cut out.
pub(crate) fn pose(found: &Found, picture: &Picture) -> Result<Pose, Refusal> {
    let plane = &found.plane;
    let marks = plane.landmarks();
    let width = distance(marks[0], marks[4]);
    let (columns, rows) = (picture.width() as f32, picture.height() as f32);
    if !width.is_finite() || width > WIDTH_MAX_PART * columns.min(rows) {
        return Err(Refusal::TooNear);
    }
    let beyond = BEYOND_PART * width;
    let lowest = |axis: usize| marks.iter().map(|mark| mark[axis]).fold(f32::MAX, f32::min);
    let highest = |axis: usize| marks.iter().map(|mark| mark[axis]).fold(f32::MIN, f32::max);
    for (is_out, aside) in [
        (lowest(0) < -beyond, Aside::Right),
        (highest(0) > columns + beyond, Aside::Left),
        (lowest(1) < -beyond, Aside::Lower),
        (highest(1) > rows + beyond, Aside::Higher),
    ] {
        if is_out {
            return Err(Refusal::Partial(aside));
        }
    }
    let misfit_mm = plane.misfit_mm(&found.landmarks);
    let is_doubtful = found.landmarks.doubt() > DOUBT_MAX || found.moved_mm > MOVED_MAX_MM;
    if misfit_mm > MISFIT_MAX_MM || is_doubtful {
        return Err(Refusal::Unclear);
    }
    if width < WIDTH_MIN_PX {
        return Err(Refusal::TooFar);
    }
    let flatness = flatness(plane);
    if flatness < SQUASH_MIN {
        return Err(Refusal::Tilted);
    }
    Ok(Pose { misfit_mm, width_px: width, flatness })
}

/// What can be said of the light on a palm `width_px` wide in the picture, `side * side` values from 0 to 255.
pub(crate) fn light(brightness: &[f32], side: usize, width_px: f32) -> Result<Light, Refusal> {
    // The middle of the patch is palm on every hand; its corners may not be.
    let (from, to) = (side / 5, side - side / 5);
    let middle: Vec<f32> =
        (from..to).flat_map(|row| brightness[row * side + from..row * side + to].iter().copied()).collect();
    let count = middle.len() as f32;
    let mean = middle.iter().sum::<f32>() / count;
    let white = middle.iter().filter(|value| **value > 250.0).count() as f32 / count;
    if mean < DARK {
        return Err(Refusal::TooDark);
    }
    if white > WHITE_PART_MAX {
        return Err(Refusal::TooBright);
    }
    let noise = noise(&middle, to - from) / mean;
    if noise > NOISE_MAX {
        return Err(Refusal::TooDark);
    }
    let (most, width) = NOISE_AT_WIDTH;
    if noise > most * (width_px / width).powf(1.5) {
        return Err(Refusal::TooFar);
    }
    let sharpness = sharpness(&middle, to - from) / mean;
    if sharpness < SHARP_MIN {
        return Err(Refusal::Blurred);
    }
    Ok(Light { brightness: mean, sharpness, noise })
}

/// Deviation of the noise: the median strength of what neither slopes nor edges leave in a mask of three by three pixels, which creases
/// are too rare to move (the mask is Immerkær's, Fast Noise Variance Estimation, 1996).
fn noise(values: &[f32], side: usize) -> f32 {
    let mut strengths: Vec<f32> = (1..side - 1)
        .flat_map(|row| (1..side - 1).map(move |column| row * side + column))
        .map(|cell| {
            let along = |cell: usize| values[cell - 1] - 2.0 * values[cell] + values[cell + 1];
            (along(cell - side) - 2.0 * along(cell) + along(cell + side)).abs()
        })
        .collect();
    let middle = strengths.len() / 2;
    // White noise of deviation 1 gives the mask a deviation of 6, and its strength a median of 0.6745 of that.
    *strengths.select_nth_unstable_by(middle, f32::total_cmp).1 / (6.0 * 0.6745)
}

/// Deviation of what is as wide as a crease: the difference of means over 2 and over 6 pixels, which noise hardly moves.
fn sharpness(values: &[f32], side: usize) -> f32 {
    let mean = |row: usize, column: usize, size: usize| {
        let mut sum = 0.0;
        for y in row..row + size {
            sum += values[y * side + column..y * side + column + size].iter().sum::<f32>();
        }
        sum / (size * size) as f32
    };
    let (mut squares, mut count) = (0.0, 0.0);
    for row in (0..side - 6).step_by(2) {
        for column in (0..side - 6).step_by(2) {
            let difference = mean(row + 2, column + 2, 2) - mean(row, column, 6);
            squares += difference * difference;
            count += 1.0;
        }
    }
    (squares / count).sqrt()
}

/// The ratio of the shorter to the longer axis of what a circle around the palm's middle becomes in the picture.
fn flatness(plane: &Plane) -> f32 {
    let middle = plane.place([0.0, 0.0]);
    let (right, up) = (plane.place([1.0, 0.0]), plane.place([0.0, 1.0]));
    let (a, b) = (right[0] - middle[0], up[0] - middle[0]);
    let (c, d) = (right[1] - middle[1], up[1] - middle[1]);
    // Singular values of a two by two matrix.
    let (sum, difference) = (a * a + b * b + c * c + d * d, (a * d - b * c).abs());
    let root = (sum * sum - 4.0 * difference * difference).max(0.0).sqrt();
    ((sum - root) / (sum + root).max(f32::MIN_POSITIVE)).sqrt()
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    let (dx, dy) = (a[0] - b[0], a[1] - b[1]);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lit slope with noise of a deviation and, if asked for, a crease across it.
    fn skin(deviation: f32, has_crease: bool) -> Vec<f32> {
        let mut state = 1_u32;
        (0..64_usize * 64)
            .map(|cell| {
                let noise: f32 = (0..12)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        (state >> 8) as f32 / 16_777_216.0 - 0.5
                    })
                    .sum();
                let (row, column) = (cell / 64, cell % 64);
                let crease = if has_crease && row.abs_diff(column) < 3 { -40.0 } else { 0.0 };
                120.0 + 0.5 * row as f32 + crease + deviation * noise
            })
            .collect()
    }

    #[test]
    fn noise_is_told_from_creases_and_slopes() {
        for has_crease in [false, true] {
            assert!(noise(&skin(0.0, has_crease), 64) < 0.3);
            let found = noise(&skin(6.0, has_crease), 64);
            assert!((4.5..7.5).contains(&found), "{found}");
        }
    }

    #[test]
    fn a_narrow_palm_with_some_noise_is_asked_closer_and_a_wide_one_is_not() {
        let palm = skin(2.5, true);
        assert!(light(&palm, 64, 200.0).is_ok());
        assert!(matches!(light(&palm, 64, 110.0), Err(Refusal::TooFar)));
        assert!(matches!(light(&skin(8.0, true), 64, 200.0), Err(Refusal::TooDark)));
        assert!(light(&skin(1.0, true), 64, 110.0).is_ok());
    }
}
