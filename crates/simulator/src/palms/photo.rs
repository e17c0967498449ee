//! A photograph of a hand in an attacker's possession.

use super::burst::scale;
use super::capture::Capture;
use super::frame::{Camera, Frame};
use super::hand::Hand;
use super::render::{mix, paint};
use super::room::Room;
use super::sensor::{Exposure, develop, stream};
use crate::rng::Rng;

/// Light that no camera sees: marks what is not hand.
const NOWHERE: [f32; 3] = [-1000.0; 3];

/// A photograph as light (linear RGB), its palm's middle at nought, millimetres of the hand: x to the right, y up.
#[derive(Clone)]
pub(super) struct Photo {
    width: usize,
    height: usize,
    light: Vec<[f32; 3]>,
    is_hand: Vec<bool>,
    middle: [f32; 2],
    px_per_mm: f32,
}

impl Photo {
    /// What a telephone takes of a hand: `fineness` of its pixels to one of the kiosk's camera, a wider view, less noise.
    pub(super) fn take(hand: &Hand, capture: &Capture, fineness: f32, room: &mut Rng) -> Self {
        let (width, height) = ((440.0 * fineness) as usize, (540.0 * fineness) as usize);
        let camera = Camera { width, height, focal_px: Camera::kiosk(480, 480).focal_px * fineness };
        let plane = capture.plane(&camera);
        let mut cut = Exposure { width, height, light: vec![NOWHERE; width * height] };
        paint(&mut cut, hand, capture, &plane);
        let is_hand: Vec<bool> = cut.light.iter().map(|light| light[0] >= 0.0).collect();
        let mut exposure = Room::new(room, (width, height)).expose((width, height));
        for (pixel, (light, is_hand)) in exposure.light.iter_mut().zip(cut.light.iter().zip(&is_hand)) {
            if *is_hand {
                *pixel = *light;
            }
        }
        let calm = Capture { noise: capture.noise * 0.3, blur: capture.blur * 0.4, ..capture.clone() };
        let frame = develop(exposure, &calm, scale(&camera));
        let middle = plane.project(0.0, 0.0);
        Self::of_frame(&frame, is_hand, middle, camera.focal_px / capture.distance_mm())
    }

    fn of_frame(frame: &Frame, is_hand: Vec<bool>, middle: [f32; 2], px_per_mm: f32) -> Self {
        let linear = |byte: u8| f32::from(byte) * f32::from(byte) / (255.0 * 255.0);
        let light =
            frame.rgb.chunks_exact(3).map(|rgb| [linear(rgb[0]), linear(rgb[1]), linear(rgb[2])]).collect();
        Self { width: frame.width, height: frame.height, light, is_hand, middle, px_per_mm }
    }

    /// The photograph with each pixel's light changed.
    pub(super) fn changed(mut self, mut change: impl FnMut([f32; 3]) -> [f32; 3]) -> Self {
        self.light.iter_mut().for_each(|light| *light = change(*light));
        self
    }

    /// The light of a place, and whether it is of the hand; `None` beyond the photograph.
    pub(super) fn at(&self, [x, y]: [f32; 2]) -> Option<([f32; 3], bool)> {
        let column = self.middle[0] + x * self.px_per_mm - 0.5;
        let row = self.middle[1] - y * self.px_per_mm - 0.5;
        if !(column >= 0.0
            && row >= 0.0
            && column < (self.width - 1) as f32
            && row < (self.height - 1) as f32)
        {
            return None;
        }
        let (left, top) = (column as usize, row as usize);
        let (u, v) = (column - left as f32, row - top as f32);
        let cell = top * self.width + left;
        let upper = mix(self.light[cell], self.light[cell + 1], u);
        let lower = mix(self.light[cell + self.width], self.light[cell + self.width + 1], u);
        Some((mix(upper, lower, v), self.is_hand[cell]))
    }
}

/// A curve of tone: light to the power `gamma`, from a table as fine as a photograph's own steps.
pub(super) fn tone(gamma: f64) -> impl Fn(f32) -> f32 {
    let steps: Vec<f32> =
        (0..=255).map(|byte| libm::pow(f64::from(byte * byte) / (255.0 * 255.0), gamma) as f32).collect();
    move |light| steps[(light.clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as usize]
}

/// The stream of a photograph's room.
pub(super) fn room(capture: &Capture) -> Rng {
    stream(capture, "palms: photo")
}
