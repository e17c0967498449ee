//! Bundle adjustment: cameras and what they saw, moved until both agree best.
//!
//! Levenberg–Marquardt steps on doubted residuals. What was seen is eliminated first (Schur complement), so that a step
//! solves for the cameras only (Triggs, McLauchlan, Hartley, Fitzgibbon, "Bundle adjustment: a modern synthesis", 2000).

use model::{DMat3, DVec2, DVec3};

use super::dense;
use super::normal::Normal;
use super::turn::turn;
use crate::camera::Camera;
use crate::doubt::{cost, trust};

/// Unknowns of a camera: rotation, position, clock.
pub(super) const POSE: usize = 7;
/// Unknowns of what was seen, at most: position, rotation.
pub(super) const BODY: usize = 6;
/// Points nearer to a camera's plane than this are not seen by it, metres.
const NEAR_M: f64 = 0.05;
/// A camera that went further from its home than this many standard deviations was moved, and holds nothing any more.
pub(super) const HOME_SD: f64 = 3.0;
/// Steps at most.
const STEPS: usize = 60;
/// A step that gains less than this share of the cost is the last one.
const GAIN_MIN: f64 = 1e-9;
/// How much steps are held back at first, at least and at most.
const DAMPING: (f64, f64, f64) = (1e-4, 1e-12, 1e8);

/// How far a camera may be from its home: standard deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slack {
    pub(super) turn_rad: f64,
    pub(super) shift_m: f64,
    pub(super) clock_s: f64,
}

/// A camera that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Pose {
    /// Store to camera.
    pub(super) rotation: DMat3,
    pub(super) position: DVec3,
    /// Its pictures were taken this much later than they say, seconds.
    pub(super) clock_s: f64,
    home: (DMat3, DVec3),
    pub(super) slack: Slack,
}

impl Pose {
    /// A camera whose home is where `home` is, and which is first looked for where `start` is.
    pub(super) fn new(home: &Camera, start: &Camera, clock_s: f64, slack: Slack) -> Self {
        let home = (home.rotation(), home.position());
        Self { rotation: start.rotation(), position: start.position(), clock_s, home, slack }
    }

    fn moved(&self, step: &[f64]) -> Self {
        Self {
            rotation: turn(DVec3::from_slice(step)) * self.rotation,
            position: self.position + DVec3::from_slice(&step[3..]),
            clock_s: self.clock_s + step[6],
            ..self.clone()
        }
    }

    /// How far from home, in standard deviations, by unknown; the clock's home is zero.
    pub(super) fn off(&self) -> [f64; POSE] {
        let back = self.rotation * self.home.0.transpose();
        // Twice the sine of the angle along the axis: the rotation vector, as long as it is short.
        let turned = DVec3::new(
            back.y_axis.z - back.z_axis.y,
            back.z_axis.x - back.x_axis.z,
            back.x_axis.y - back.y_axis.x,
        ) * (0.5 / self.slack.turn_rad);
        let shifted = (self.position - self.home.1) / self.slack.shift_m;
        let clock = self.clock_s / self.slack.clock_s;
        [turned.x, turned.y, turned.z, shifted.x, shifted.y, shifted.z, clock]
    }
}

/// What may move of what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freedom {
    /// Nothing: it lies where it is known to lie.
    Fixed,
    /// Its place: a joint.
    Place,
    /// Its place and its rotation: a board.
    Rigid,
}

impl Freedom {
    pub(super) const fn unknowns(self) -> usize {
        match self {
            Self::Fixed => 0,
            Self::Place => 3,
            Self::Rigid => BODY,
        }
    }
}

/// A point of a body in a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ray {
    /// Which camera.
    pub(super) camera: usize,
    /// Where in its ideal picture.
    pub(super) at: DVec2,
    /// Standard deviation of `at`.
    pub(super) spread: f64,
    /// Which point of the body, in its own frame.
    pub(super) point: DVec3,
    /// How much later than the body's time the picture was taken by its own clock, seconds.
    pub(super) later_s: f64,
}

/// Something that several cameras saw.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) place: DVec3,
    /// Of its own frame into the store.
    pub(super) rotation: DMat3,
    pub(super) velocity: DVec3,
    pub(super) freedom: Freedom,
    pub(super) rays: Vec<Ray>,
}

impl Body {
    /// Where a ray's point was when a camera of this clock took its picture.
    pub(super) fn point(&self, ray: &Ray, clock_s: f64) -> DVec3 {
        self.place + self.rotation * ray.point + self.velocity * (ray.later_s + clock_s)
    }

    fn moved(&self, step: &[f64; BODY]) -> Self {
        let mut moved = self.clone();
        moved.shift(step);
        moved
    }

    fn shift(&mut self, step: &[f64; BODY]) {
        self.place += DVec3::from_slice(step);
        if self.freedom == Freedom::Rigid {
            self.rotation = turn(DVec3::from_slice(&step[3..])) * self.rotation;
        }
    }
}

/// Cameras and what they saw.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    pub(super) poses: Vec<Pose>,
    pub(super) bodies: Vec<Body>,
    /// How many rays say as much as one whose error is its own.
    pub(super) alike: f64,
}

impl Bundle {
    /// Moves all until nothing is gained. What is off by more than `doubt_sd` standard deviations is doubted, by the
    /// weights of Geman and McClure (1985).
    pub(super) fn settle(&mut self, doubt_sd: f64) {
        let doubt = doubt_sd * doubt_sd;
        let mut cost = self.cost(doubt);
        let mut damping = DAMPING.0;
        for _ in 0..STEPS {
            let normal = self.normal(doubt);
            let Some((next, next_cost)) = self.step(&normal, &mut damping, cost, doubt) else { return };
            let gain = cost - next_cost;
            (*self, cost) = (next, next_cost);
            if gain <= GAIN_MIN * cost {
                return;
            }
        }
    }

    /// The next step that gains something, if there is one.
    fn step(&self, normal: &Normal, damping: &mut f64, cost: f64, doubt: f64) -> Option<(Self, f64)> {
        while *damping < DAMPING.2 {
            if let Some(next) = self.moved(normal, *damping) {
                let next_cost = next.cost(doubt);
                if next_cost < cost {
                    *damping = (*damping * 0.1).max(DAMPING.1);
                    return Some((next, next_cost));
                }
            }
            *damping *= 10.0;
        }
        None
    }

    fn cost(&self, doubt: f64) -> f64 {
        let seen = self.bodies.iter().flat_map(|body| body.rays.iter().map(move |ray| (body, ray)));
        let seen: f64 = seen.map(|(body, ray)| cost(self.off(body, ray), doubt)).sum();
        let home = |pose: &Pose| {
            let off = pose.off();
            self.alike * (cost(squares(&off[..6]), HOME_SD * HOME_SD) + off[6] * off[6])
        };
        seen + self.poses.iter().map(home).sum::<f64>()
    }

    /// How far off a ray is, squared standard deviations.
    fn off(&self, body: &Body, ray: &Ray) -> f64 {
        let pose = &self.poses[ray.camera];
        let local = pose.rotation * (body.point(ray, pose.clock_s) - pose.position);
        if local.z <= NEAR_M {
            return f64::INFINITY;
        }
        (local.truncate() / local.z - ray.at).length_squared() / (ray.spread * ray.spread)
    }

    fn normal(&self, doubt: f64) -> Normal {
        let mut normal = Normal::new(self.poses.len(), &self.bodies);
        for (number, pose) in self.poses.iter().enumerate() {
            normal.hold(number, pose, self.alike);
        }
        for (number, body) in self.bodies.iter().enumerate() {
            for ray in &body.rays {
                let off = self.off(body, ray);
                if off.is_finite() {
                    normal.add(number, body, ray, &self.poses[ray.camera], trust(off, doubt));
                }
            }
        }
        normal
    }

    /// Everything after a step; nothing if the equations are singular.
    fn moved(&self, normal: &Normal, damping: f64) -> Option<Self> {
        let (mut matrix, mut right) = (normal.matrix.clone(), normal.right.clone());
        for place in 0..normal.size {
            matrix[place * normal.size + place] *= 1.0 + damping;
        }
        let factors: Vec<[f64; BODY * BODY]> = (self.bodies.iter().zip(&normal.parts))
            .map(|(body, part)| part.eliminate(body.freedom.unknowns(), damping, &mut matrix, &mut right))
            .collect::<Option<_>>()?;
        let step = dense::solve(matrix, right)?;
        let poses = self.poses.iter().zip(step.chunks(POSE)).map(|(pose, step)| pose.moved(step)).collect();
        let bodies = (self.bodies.iter().zip(&normal.parts).zip(&factors))
            .map(|((body, part), factor)| body.moved(&part.back(body.freedom.unknowns(), factor, &step)))
            .collect();
        Some(Self { poses, bodies, alike: self.alike })
    }
}

pub(super) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

pub(super) fn squares(values: &[f64]) -> f64 {
    dot(values, values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calibrate::turn::angle;

    const HOME: Slack = Slack { turn_rad: 0.005, shift_m: 0.02, clock_s: 0.02 };
    const ELSEWHERE: Slack = Slack { turn_rad: 0.2, shift_m: 1.0, clock_s: 0.02 };

    /// A camera at the rim of a circle, looking inwards.
    fn camera(number: usize) -> Camera {
        let around = 1.2 * number as f64;
        let position = DVec3::new(4.0 * libm::cos(around), 4.0 * libm::sin(around), 2.5 + 0.1 * around);
        let forward = (DVec3::new(0.0, 0.0, 1.0) - position).normalize();
        let right = forward.cross(DVec3::Z).normalize();
        let rotation = DMat3::from_cols(right, forward.cross(right), forward).transpose();
        let file = model::CameraFile {
            id: "any".into(),
            intrinsics: [0.5, 0.9, 0.5, 0.5],
            rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            position_m: [0.0; 3],
            distortion: [0.0; 5],
            picture_px: [1920, 1080],
        };
        Camera::new(&file).unwrap().moved(rotation, position)
    }

    /// Points that move, seen exactly by all cameras at times of their own.
    fn bodies(cameras: &[Camera], clocks_s: &[f64]) -> Vec<Body> {
        let body = |number: u32| {
            let number = f64::from(number);
            let place = DVec3::new(
                1.5 * libm::sin(1.1 * number),
                1.5 * libm::cos(0.7 * number),
                1.0 + libm::sin(2.3 * number),
            );
            let velocity = DVec3::new(libm::cos(number), libm::sin(1.9 * number), 0.0);
            let ray = |(camera, eye): (usize, &Camera)| {
                let later_s = 0.01 * camera as f64;
                let at = eye.see(place + velocity * (later_s + clocks_s[camera])).unwrap().at;
                Ray { camera, at, spread: 0.003, point: DVec3::ZERO, later_s }
            };
            let rays = cameras.iter().enumerate().map(ray).collect();
            let place = place + DVec3::new(0.05, -0.03, 0.02);
            Body { place, rotation: DMat3::IDENTITY, velocity, freedom: Freedom::Place, rays }
        };
        (0..80).map(body).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_seen_exactly_gives_cameras_exactly(
            turned in prop::array::uniform3(-0.07..0.07),
            shifted in prop::array::uniform3(-0.2..0.2),
            clock_s in -0.03..0.03,
        ) {
            let truth: Vec<Camera> = (0..5).map(camera).collect();
            let clocks_s = [0.0, 0.0, clock_s, 0.0, 0.0];
            let rotation = turn(DVec3::from_array(turned)) * truth[2].rotation();
            let knocked = truth[2].moved(rotation, truth[2].position() + DVec3::from_array(shifted));
            let pose = |number: usize| match number {
                2 => Pose::new(&knocked, &knocked, 0.0, Slack { clock_s: 1.0, ..ELSEWHERE }),
                _ => Pose::new(&truth[number], &truth[number], 0.0, Slack { clock_s: 1e-4, ..HOME }),
            };
            let mut bundle = Bundle {
                poses: (0..5).map(pose).collect(),
                bodies: bodies(&truth, &clocks_s),
                alike: 1.0,
            };
            bundle.settle(30.0);
            bundle.settle(3.0);
            let found = &bundle.poses[2];
            prop_assert!(angle(found.rotation, truth[2].rotation()) < 1e-4);
            prop_assert!(found.position.distance(truth[2].position()) < 1e-3);
            prop_assert!((found.clock_s - clock_s).abs() < 1e-3);
        }
    }
}
