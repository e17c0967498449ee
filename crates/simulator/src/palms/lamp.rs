//! The kiosk's own light: its screen, beside the camera, which can grow bright and dim.

use super::capture::Light;

/// How far from the screen a palm is where its light is as strong as said, mm.
const DISTANCE_MM: f32 = 210.0;

/// The light of a kiosk's screen, picture by picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Lamp {
    light: f32,
    is_bright: Vec<bool>,
}

impl Lamp {
    /// A kiosk that does not light what is before it.
    pub fn off() -> Self {
        Self { light: 0.0, is_bright: Vec::new() }
    }

    /// One that adds `light` to a palm that is held out (1 is what the room gives) in the pictures that are `bright`, and nothing in
    /// the others.
    pub fn new(light: f32, is_bright: Vec<bool>) -> Self {
        Self { light, is_bright }
    }

    /// The light of picture `index`, with the camera's exposure set to its mean.
    pub(super) fn light(&self, room: &Light, index: usize) -> Light {
        let kiosk = if self.is_bright.get(index).is_some_and(|bright| *bright) { self.light } else { 0.0 };
        let exposure = room.exposure / (1.0 + self.light / 2.0);
        Light { kiosk, exposure, ..room.clone() }
    }
}

impl Light {
    /// What the kiosk adds at a distance, mm, on what faces it so far (the cosine).
    pub(super) fn kiosk_on(&self, facing: f32, distance_mm: f32) -> f32 {
        let near = DISTANCE_MM / distance_mm;
        self.kiosk * facing.max(0.0) * near * near
    }
}
