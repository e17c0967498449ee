//! What hides the skin of a hand.

use crate::rng::Rng;

/// A glove or a bandage.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    colour: [f32; 3],
    /// Threads to the millimetre, radians, and how deep they look.
    weave: (f32, f32),
    /// Which strip of the palm is covered, mm from its middle along a direction; all of the hand if there is none.
    strip: Option<([f32; 2], [f32; 2])>,
}

impl Cover {
    /// A glove, of cloth or rubber.
    pub(super) fn glove(rng: &mut Rng) -> Self {
        let bright = rng.uniform(0.03, 0.9);
        let colour = [0; 3].map(|_: i32| (bright * rng.uniform(0.5, 1.0)) as f32);
        let weave = if rng.chance(0.5) {
            (rng.uniform(1.0, 3.0) as f32, rng.uniform(0.1, 0.6) as f32)
        } else {
            (1.0, 0.0)
        };
        Self { colour, weave, strip: None }
    }

    /// A bandage or a plaster across the palm.
    pub(super) fn bandage(rng: &mut Rng) -> Self {
        let bright = rng.uniform(0.55, 0.95) as f32;
        let colour = [bright, bright * rng.uniform(0.75, 1.0) as f32, bright * rng.uniform(0.55, 1.0) as f32];
        let angle = rng.uniform(0.0, std::f64::consts::PI);
        let half = rng.uniform(12.0, 32.0);
        let middle = rng.uniform(-18.0, 18.0);
        let along = [libm::cos(angle) as f32, libm::sin(angle) as f32];
        let weave = (rng.uniform(1.0, 3.0) as f32, rng.uniform(0.0, 0.3) as f32);
        Self { colour, weave, strip: Some((along, [(middle - half) as f32, (middle + half) as f32])) }
    }

    /// The colour and depth of cloth at a place of the hand, `None` where skin shows.
    pub(super) fn at(&self, x: f32, y: f32) -> Option<([f32; 3], f32)> {
        if let Some((along, [from, to])) = self.strip {
            let across = x * along[0] + y * along[1];
            if across < from || across > to || y < -60.0 {
                return None;
            }
        }
        let (threads, depth) = self.weave;
        let weave = libm::sinf(x * threads) * libm::sinf(y * threads);
        Some((self.colour, depth * weave))
    }
}
