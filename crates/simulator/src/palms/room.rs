//! What is behind a hand.

use super::sensor::Exposure;
use crate::rng::Rng;

/// What is behind the hand: a wall or ceiling in a gradient, with lamps and dark things before it.
pub(super) struct Room {
    base: [f32; 3],
    slope: [f32; 2],
    things: Vec<Thing>,
}

struct Thing {
    middle: [f32; 2],
    half: [f32; 2],
    is_round: bool,
    colour: [f32; 3],
}

impl Room {
    pub(super) fn new(rng: &mut Rng, (width, height): (usize, usize)) -> Self {
        let (width, height) = (width as f32, height as f32);
        let brightness = rng.skewed(2) as f32 * 0.8;
        let mut colour = |brightness: f32| [0; 3].map(|_: i32| brightness * rng.uniform(0.7, 1.0) as f32);
        let base = colour(brightness);
        let slope = [0; 2].map(|_: i32| rng.uniform(-0.6, 0.6) as f32 * brightness / width);
        let things = (0..rng.whole(0, 6))
            .map(|_| {
                let brightness = if rng.chance(0.3) { 1.3 } else { rng.skewed(2) as f32 * 0.9 };
                Thing {
                    middle: [width * rng.uniform(0.0, 1.0) as f32, height * rng.uniform(0.0, 1.0) as f32],
                    half: [0; 2].map(|_: i32| width * rng.uniform(0.02, 0.25) as f32),
                    is_round: rng.chance(0.5),
                    colour: [0; 3].map(|_: i32| brightness * rng.uniform(0.5, 1.0) as f32),
                }
            })
            .collect();
        Self { base, slope, things }
    }

    /// The light of an empty room.
    pub(super) fn expose(&self, (width, height): (usize, usize)) -> Exposure {
        let mut light = Vec::with_capacity(width * height);
        for row in 0..height {
            light.extend((0..width).map(|column| self.at(column as f32 + 0.5, row as f32 + 0.5)));
        }
        Exposure { width, height, light }
    }

    fn at(&self, x: f32, y: f32) -> [f32; 3] {
        for thing in &self.things {
            let (u, v) = ((x - thing.middle[0]) / thing.half[0], (y - thing.middle[1]) / thing.half[1]);
            let is_in = if thing.is_round { u * u + v * v < 1.0 } else { u.abs() < 1.0 && v.abs() < 1.0 };
            if is_in {
                return thing.colour;
            }
        }
        let lift = self.slope[0] * x + self.slope[1] * y;
        self.base.map(|part| (part + lift).max(0.0))
    }
}
