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
        let common = rng.noise() * capture.noise;
        for value in light {
            let noisy = value * capture.light.exposure + common + 0.5 * capture.noise * rng.noise();
            rgb.push(curve(noisy));
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
        pass(exposure, side, true);
        pass(exposure, side, false);
    }
}

/// One round in one direction: each neighbour gives `side`.
fn pass(exposure: &mut Exposure, side: f32, is_row: bool) {
    let (width, height) = (exposure.width, exposure.height);
    let (lines, length, step, stride) =
        if is_row { (height, width, 1, width) } else { (width, height, width, 1) };
    for line in 0..lines {
        let start = line * stride;
        let mut before = exposure.light[start];
        for index in 0..length {
            let cell = start + index * step;
            let here = exposure.light[cell];
            let after = if index + 1 < length { exposure.light[cell + step] } else { here };
            for channel in 0..3 {
                exposure.light[cell][channel] =
                    here[channel] * (1.0 - 2.0 * side) + side * (before[channel] + after[channel]);
            }
            before = here;
        }
    }
}

/// Noise fast enough for every pixel (xorshift, Marsaglia 2003): the sum of four bytes, deviation 1.
struct Fast(u64);

impl Fast {
    fn noise(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let bytes = self.0.to_be_bytes();
        let sum = u32::from(bytes[0]) + u32::from(bytes[1]) + u32::from(bytes[2]) + u32::from(bytes[3]);
        // Four even draws over 0 to 255 have the mean 510 and the deviation 147.8.
        (sum as f32 - 510.0) / 147.8
    }
}

/// Bits for a scene's own stream.
pub(super) fn stream(capture: &Capture, name: &str) -> Rng {
    Rng::new(capture.seed, name)
}
