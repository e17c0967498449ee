//! From light to bytes: blur, noise and the camera's curve.

use super::capture::Capture;
use super::frame::Frame;
use crate::rng::Rng;

/// Light on the sensor, linear RGB.
pub(super) struct Exposure {
    pub width: usize,
    pub height: usize,
    pub light: Vec<[f32; 3]>,
}

/// The picture a camera makes of the light, with the capture's blur and noise; `scale` is pixels to a pixel of a picture 480 wide.
pub(super) fn develop(mut exposure: Exposure, capture: &Capture, scale: f32) -> Frame {
    let [along, down] = capture.movement.map(|part| part * scale);
    smear(&mut exposure, along, down);
    let deviation = capture.blur * scale;
    if deviation > 0.2 {
        soften(&mut exposure, deviation);
    }
    let mut rng = Fast(capture.seed | 1);
    let mut rgb = Vec::with_capacity(exposure.light.len() * 3);
    for light in &exposure.light {
        // Noise of the three colours has much in common after a camera's own colour correction.
        let [common, green] = rng.noise();
        let [red, blue] = rng.noise();
        for (value, own) in light.iter().zip([red, green, blue]) {
            rgb.push(curve(value * capture.light.exposure + capture.noise * (common + 0.5 * own)));
        }
    }
    Frame { width: exposure.width, height: exposure.height, rgb }
}

/// The camera's curve: near enough to a gamma of 2.
fn curve(light: f32) -> u8 {
    (light.clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as u8
}

/// Movement while the shutter is open: the mean of five looks along the way.
fn smear(exposure: &mut Exposure, along: f32, down: f32) {
    if along.abs().max(down.abs()) < 0.7 {
        return;
    }
    let (width, height) = (exposure.width as i32, exposure.height as i32);
    let source = exposure.light.clone();
    let shifts = [-0.5_f32, -0.25, 0.0, 0.25, 0.5]
        .map(|part| ((part * along).round() as i32, (part * down).round() as i32));
    for row in 0..height {
        for column in 0..width {
            let mut sum = [0.0; 3];
            for (dx, dy) in shifts {
                let x = (column + dx).clamp(0, width - 1);
                let y = (row + dy).clamp(0, height - 1);
                let light = source[(y * width + x) as usize];
                for (sum, part) in sum.iter_mut().zip(light) {
                    *sum += 0.2 * part;
                }
            }
            exposure.light[(row * width + column) as usize] = sum;
        }
    }
}

/// Defocus: a binomial blur of three taps, mixed to the deviation asked for, in as many rounds as it takes.
fn soften(exposure: &mut Exposure, deviation: f32) {
    let rounds = (deviation * deviation / 0.5).ceil().max(1.0);
    let side = deviation * deviation / rounds / 2.0;
    for _ in 0..rounds as usize {
        along_rows(exposure, side);
        along_columns(exposure, side);
    }
}

/// One round along the rows: each neighbour gives `side`.
fn along_rows(exposure: &mut Exposure, side: f32) {
    for row in exposure.light.chunks_exact_mut(exposure.width) {
        let mut before = row[0];
        for column in 0..row.len() {
            let here = row[column];
            let after = row.get(column + 1).copied().unwrap_or(here);
            row[column] = spread(before, here, after, side);
            before = here;
        }
    }
}

/// One round along the columns, all of a row's at a time: memory is read in its order.
fn along_columns(exposure: &mut Exposure, side: f32) {
    let width = exposure.width;
    let mut before = exposure.light[..width].to_vec();
    for row in 0..exposure.height {
        for (column, before) in before.iter_mut().enumerate() {
            let cell = row * width + column;
            let here = exposure.light[cell];
            let after = exposure.light.get(cell + width).copied().unwrap_or(here);
            exposure.light[cell] = spread(*before, here, after, side);
            *before = here;
        }
    }
}

fn spread(before: [f32; 3], here: [f32; 3], after: [f32; 3], side: f32) -> [f32; 3] {
    [0, 1, 2].map(|channel| here[channel] * (1.0 - 2.0 * side) + side * (before[channel] + after[channel]))
}

/// Noise fast enough for every pixel (xorshift, Marsaglia 2003): sums of four bytes, deviation 1, two at a time.
struct Fast(u64);

impl Fast {
    fn noise(&mut self) -> [f32; 2] {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let bytes = self.0.to_be_bytes();
        // Four even draws over 0 to 255 have the mean 510 and the deviation 147.8.
        [0, 4].map(|first| {
            let sum: u32 = bytes[first..first + 4].iter().map(|byte| u32::from(*byte)).sum();
            (sum as f32 - 510.0) / 147.8
        })
    }
}

/// Bits for a scene's own stream.
pub(super) fn stream(capture: &Capture, name: &str) -> Rng {
    Rng::new(capture.seed, name)
}
