//! What differs between two pictures of one hand.

use std::f64::consts::TAU;

use super::cover::Cover;
use super::frame::{Camera, Plane};
use crate::rng::Rng;

/// How far pictures of one hand may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Standard deviation of the tilt to each side, degrees; three of them at most.
    pub tilt_deg: f64,
    /// Standard deviation of the turn in the picture, degrees.
    pub roll_deg: f64,
    /// Distance from the lens to the palm, millimetres, nearest and farthest.
    pub distance_mm: [f64; 2],
    /// Standard deviation of the palm's place beside the middle of the view, mm.
    pub offset_mm: f64,
    /// How much light changes, from 0 (the kiosk's own, even) to 1 (windows, lamps and shadows).
    pub light: f64,
    /// How much skin stretches and bends: standard deviation of the parts of the warp, relative.
    pub stretch: f64,
    /// Largest defocus (standard deviation) and movement blur, pixels of a picture 480 wide.
    pub blur_px: [f64; 2],
    /// Largest noise of a pixel, relative to white.
    pub noise: f64,
}

impl Conditions {
    /// A hand held as the kiosk asks for it.
    pub const CALM: Self = Self {
        tilt_deg: 4.0,
        roll_deg: 6.0,
        distance_mm: [180.0, 240.0],
        offset_mm: 8.0,
        light: 0.3,
        stretch: 0.008,
        blur_px: [0.5, 1.0],
        noise: 0.012,
    };

    /// Strong changes of pose and light: tilts to 30 degrees, turns to 60, lamps from the side and shadows across the palm.
    pub const STRONG: Self = Self {
        tilt_deg: 10.0,
        roll_deg: 20.0,
        distance_mm: [165.0, 300.0],
        offset_mm: 16.0,
        light: 1.0,
        stretch: 0.016,
        blur_px: [1.0, 3.0],
        noise: 0.03,
    };
}

/// Where light comes from and what it does, in the camera's frame (x right, y down, z away).
#[derive(Debug, Clone)]
pub(super) struct Light {
    /// Towards the lamp, a unit vector.
    pub towards: [f32; 3],
    /// Parts of light from everywhere and from the lamp.
    pub ambient: f32,
    pub lamp: f32,
    /// Colour, linear RGB.
    pub tint: [f32; 3],
    /// How the lamp's light falls off over the palm, a part per mm.
    pub falloff: [f32; 2],
    /// A shadow's edge over the palm, if one falls on it.
    pub shadow: Option<Shadow>,
    /// Gloss of the skin.
    pub gloss: f32,
    /// What the kiosk's own light adds, straight from the camera.
    pub kiosk: f32,
    /// The camera's exposure.
    pub exposure: f32,
}

/// A half plane in shadow: where `x * along[0] + y * along[1] > edge` (mm on the palm).
#[derive(Debug, Clone)]
pub(super) struct Shadow {
    pub along: [f32; 2],
    pub edge: f32,
    pub softness: f32,
    pub strength: f32,
}

impl Light {
    /// What the lamp adds at a place of the palm, mm, that leans so far towards it (the cosine).
    pub(super) fn lamp_on(&self, lambert: f32, x: f32, y: f32) -> f32 {
        let fall = (1.0 + self.falloff[0] * x + self.falloff[1] * y).clamp(0.3, 1.7);
        lambert * fall * self.lamp * self.unshadowed(x, y)
    }

    fn unshadowed(&self, x: f32, y: f32) -> f32 {
        match &self.shadow {
            None => 1.0,
            Some(shadow) => {
                let beyond = (x * shadow.along[0] + y * shadow.along[1] - shadow.edge) / shadow.softness;
                1.0 - shadow.strength * (0.5 + 0.5 * beyond).clamp(0.0, 1.0)
            }
        }
    }
}

/// How a hand is held in space.
#[derive(Debug, Clone)]
pub(super) struct Pose {
    /// The palm's x and y axis and its normal (towards the camera) in the camera's frame.
    pub axes: [[f32; 3]; 3],
    /// The palm's middle in the camera's frame, mm.
    pub place: [f32; 3],
}

/// Everything that differs between two pictures of one hand.
#[derive(Debug, Clone)]
pub struct Capture {
    pub(super) pose: Pose,
    pub(super) light: Light,
    /// Change of each finger's angle, radians.
    pub(super) fan: [f32; 5],
    /// How the skin is stretched: coefficients of 1, x, y, x², xy, y² (x and y over 50 mm) for the shift along x and y, mm.
    pub(super) warp: [[f32; 6]; 2],
    /// How deep creases are, relative: a cupped hand's are deeper, a spread one's flatter.
    pub(super) crease: f32,
    /// Where a sleeve begins, mm along the hand's axis, and its colour.
    pub(super) sleeve: (f32, [f32; 3]),
    /// What hides the skin, if anything does.
    pub(super) cover: Option<Cover>,
    pub(super) blur: f32,
    pub(super) movement: [f32; 2],
    pub(super) noise: f32,
    pub(super) seed: u64,
}

impl Capture {
    /// A picture's circumstances.
    pub fn draw(rng: &mut Rng, conditions: &Conditions) -> Self {
        let pose = pose(rng, conditions);
        let light = light(rng, conditions.light);
        let spread = rng.gaussian();
        let fan = [-2.0, -1.0, 0.0, 1.0, 2.0]
            .map(|place: f64| (-0.05 * place * spread + 0.025 * rng.gaussian()) as f32);
        let mut part = |scale: f64| (50.0 * conditions.stretch * scale * rng.gaussian()) as f32;
        let mut warp = [[0.0; 6]; 2];
        for row in &mut warp {
            *row = [part(0.3), part(0.8), part(0.8), part(0.7), part(0.7), part(0.7)];
        }
        let crease = (1.0 + 0.15 * spread.clamp(-2.0, 2.0) + 0.1 * rng.gaussian()).max(0.5) as f32;
        let sleeve = (rng.uniform(-150.0, -75.0) as f32, [0; 3].map(|_: i32| rng.uniform(0.02, 0.7) as f32));
        let angle = rng.uniform(0.0, TAU);
        let movement = conditions.blur_px[1] * rng.skewed(2);
        Self {
            pose,
            light,
            fan,
            warp,
            crease,
            sleeve,
            cover: None,
            blur: (conditions.blur_px[0] * rng.skewed(1)) as f32,
            movement: [(movement * libm::cos(angle)) as f32, (movement * libm::sin(angle)) as f32],
            noise: (conditions.noise * rng.uniform(0.2, 1.0)) as f32,
            seed: rng.draw(),
        }
    }

    /// How far the palm's middle is from the lens, mm.
    pub fn distance_mm(&self) -> f32 {
        self.pose.place[2]
    }

    /// From pixels of a camera to millimetres on the palm's plane.
    pub fn plane(&self, camera: &Camera) -> Plane {
        Plane::of_pose(&self.pose.axes, self.pose.place, camera)
    }
}

fn pose(rng: &mut Rng, conditions: &Conditions) -> Pose {
    let mut turn = |deg: f64| deg.to_radians() * rng.gaussian().clamp(-3.0, 3.0);
    let (pitch, yaw, roll) =
        (turn(conditions.tilt_deg), turn(conditions.tilt_deg), turn(conditions.roll_deg));
    let (sp, cp) = (libm::sin(pitch), libm::cos(pitch));
    let (sy, cy) = (libm::sin(yaw), libm::cos(yaw));
    let (sr, cr) = (libm::sin(roll), libm::cos(roll));
    // Roll in the picture first, then pitch about x, then yaw about y.
    let rotate = |[x, y, z]: [f64; 3]| {
        let (x, y) = (x * cr - y * sr, x * sr + y * cr);
        let (y, z) = (y * cp - z * sp, y * sp + z * cp);
        let (x, z) = (x * cy + z * sy, z * cy - x * sy);
        [x as f32, y as f32, z as f32]
    };
    let axes = [rotate([1.0, 0.0, 0.0]), rotate([0.0, -1.0, 0.0]), rotate([0.0, 0.0, -1.0])];
    let [near, far] = conditions.distance_mm;
    let place = [
        (conditions.offset_mm * rng.gaussian().clamp(-2.5, 2.5)) as f32,
        // Fingers need room above: the palm's middle lies below the picture's.
        (18.0 + conditions.offset_mm * rng.gaussian().clamp(-2.5, 2.5)) as f32,
        rng.uniform(near, far) as f32,
    ];
    Pose { axes, place }
}

fn light(rng: &mut Rng, change: f64) -> Light {
    let side = change * 1.2 * rng.uniform(0.0, 1.0);
    let angle = rng.uniform(0.0, TAU);
    let (across, depth) = (libm::sin(side), libm::cos(side));
    let towards = [(across * libm::cos(angle)) as f32, (across * libm::sin(angle)) as f32, -depth as f32];
    let ambient = rng.uniform(0.25, 0.6) as f32;
    let warmth = change * rng.gaussian() * 0.12;
    let fall = 0.004 * change * rng.gaussian();
    let fall_to = rng.uniform(0.0, TAU);
    let shadow = rng.chance(0.35 * change).then(|| {
        let along = rng.uniform(0.0, TAU);
        Shadow {
            along: [libm::cos(along) as f32, libm::sin(along) as f32],
            edge: rng.uniform(-45.0, 45.0) as f32,
            softness: rng.uniform(1.0, 15.0) as f32,
            strength: rng.uniform(0.2, 0.7) as f32,
        }
    });
    Light {
        towards,
        ambient,
        lamp: 1.0 - ambient,
        tint: [(1.0 + warmth) as f32, 1.0, (1.0 - warmth) as f32],
        falloff: [(fall * libm::cos(fall_to)) as f32, (fall * libm::sin(fall_to)) as f32],
        shadow,
        gloss: (0.35 * rng.skewed(2)) as f32,
        kiosk: 0.0,
        exposure: rng.log_normal(1.0, 0.1 + 0.25 * change) as f32,
    }
}
