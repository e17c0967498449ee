//! Calibration: where cameras hang and look, from people who walk or from a printed board, how good it is, and since
//! when it is no longer what it was.
//!
//! What is seen says how cameras lie to each other; where the store is, how it is turned and how large a metre is, the
//! cameras themselves say: those that did not move stay, at the mean, where their calibration has them.

mod board;
mod bundle;
mod dense;
mod jump;
mod normal;
mod observe;
mod quality;
mod turn;

use model::{SensorId, Time, View};
use thiserror::Error;

use crate::camera::Camera;
use bundle::{Body, Bundle, Pose, Slack};
use observe::{CAMERAS_MIN, Sighting, observe};
use turn::{angle, square};

pub use board::{Board, BoardShot, Corner, Lies, calibrate_by_board};
pub use jump::Moved;
pub use quality::Residuals;

/// A camera that sees less is left as it is: six numbers need more than a few joints, all over the picture.
const JOINTS_MIN: usize = 100;
/// Where calibrations that nobody doubts are at most, and clocks that are set by the network.
const HOME: Slack = Slack { turn_rad: 0.005, shift_m: 0.02, clock_s: 0.02 };
/// Where cameras that were moved are.
const ELSEWHERE: Slack = Slack { turn_rad: 0.2, shift_m: 1.0, clock_s: 0.02 };
/// Held cameras don't move.
const HELD: Slack = Slack { turn_rad: 1e-6, shift_m: 1e-6, clock_s: 1e-6 };
/// Joints of one body at one time, and of the next moment, are wrong alike: as many say as much as one.
const ALIKE: f64 = 10.0;
/// As many bodies are enough …
const BODIES_MAX: usize = 6000;
/// … unless a camera saw fewer joints than this.
const JOINTS_ENOUGH: usize = 2000;
/// What is off by more standard deviations than this is doubted: first little, so that cameras that are far off are
/// drawn in. After each round people are followed anew.
const DOUBTS_SD: [f64; 2] = [30.0, 8.0];
const LAST_DOUBT_SD: f64 = 3.0;

/// What can't be calibrated.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CalibrateError {
    /// There is nothing to calibrate by.
    #[error("no camera of the store saw anything: record the cameras' views while people walk about")]
    NoViews,
    /// Cameras can only be held against each other.
    #[error(
        "the store has {cameras} usable cameras: people calibrate three or more that see the same places"
    )]
    TooFewCameras {
        /// How many it has.
        cameras: usize,
    },
    /// Too few joints were seen by enough cameras, whatever the camera.
    #[error(
        "no camera saw {needed} joints that two others saw too (the best one saw {joints}): record longer, with people \
         who walk where several cameras look; if most cameras are off, use a board"
    )]
    TooFewJoints {
        /// How many the camera with the most saw.
        joints: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A camera is named that the store does not have.
    #[error("camera {camera} is not in the store: give the name of one that is")]
    UnknownCamera {
        /// The name.
        camera: SensorId,
    },
    /// A board's numbers are no board.
    #[error("shot {shot}: {what}")]
    Board {
        /// Which shot, counted from 1; 0 is the board itself.
        shot: usize,
        /// What is wrong and how to mend it.
        what: String,
    },
}

/// Calibrated cameras.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The cameras, in the order given.
    pub cameras: Vec<CalibratedCamera>,
    /// How many places were seen by several cameras.
    pub places: usize,
    /// When the first and the last of them was seen; nothing if a board was.
    pub span: Option<(Time, Time)>,
}

/// One camera, how good it is and how far it was off.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibratedCamera {
    /// The camera where it really is; where it was, if `state` is not [`CameraState::Calibrated`].
    pub camera: Camera,
    /// What was done with it.
    pub state: CameraState,
    /// How many joints or corners it was calibrated by.
    pub joints: usize,
    /// How far they are off by the old calibration; nothing if there are none.
    pub before: Option<Residuals>,
    /// How far they are off by the new one.
    pub after: Option<Residuals>,
    /// How far it turned, radians.
    pub turned_rad: f64,
    /// How far it went, metres.
    pub shifted_m: f64,
    /// Its pictures were taken this much later than they say, seconds.
    pub clock_s: f64,
    /// Whether it was moved, and when.
    pub moved: Moved,
}

/// What was done with a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraState {
    /// It was calibrated.
    Calibrated,
    /// It was held where it is, as asked.
    Held,
    /// It saw too few joints, and stays where it was.
    TooFewJoints,
}

/// Calibrates cameras by people whom they see. Views may come in any order; cameras named in `hold` stay where they
/// are. `progress` is told what share of the work is done, 0 to 1.
///
/// # Errors
/// [`CalibrateError`] if there is nothing to calibrate by.
pub fn calibrate_by_people(
    cameras: &[Camera],
    views: &[View],
    hold: &[SensorId],
    mut progress: impl FnMut(f64),
) -> Result<Calibration, CalibrateError> {
    if cameras.len() < CAMERAS_MIN {
        return Err(CalibrateError::TooFewCameras { cameras: cameras.len() });
    }
    check_names(cameras, hold)?;
    let known = |view: &&View| cameras.iter().any(|camera| *camera.id() == view.camera);
    let mut views: Vec<&View> = views.iter().filter(known).collect();
    views.sort_by(|one, other| (one.time, &one.camera).cmp(&(other.time, &other.camera)));
    if views.is_empty() {
        return Err(CalibrateError::NoViews);
    }
    let total = views.len();
    let mut share = |round: usize, done: usize| {
        progress((round as f64 + done as f64 / total as f64) / (DOUBTS_SD.len() + 1) as f64);
    };
    let mut sightings = observe(cameras, &views, |done| share(0, done));
    let moved = jump::find_moves(cameras, &sightings);
    views.retain(|view| {
        let camera = cameras.iter().position(|camera| *camera.id() == view.camera);
        camera.is_some_and(|camera| is_since(moved[camera], view.time))
    });
    let mut work = Work { old: cameras, found: cameras.to_vec(), clocks_s: vec![0.0; cameras.len()], hold };
    for (doubt_sd, round) in DOUBTS_SD.into_iter().zip(1..) {
        let (states, bodies) = work.usable(sightings, &moved)?;
        work.settle(&states, &moved, bodies, doubt_sd);
        sightings = observe(&work.found, &views, |done| share(round, done));
    }
    let span = sightings.first().zip(sightings.last()).map(|(first, last)| (first.time, last.time));
    let (states, bodies) = work.usable(sightings, &moved)?;
    let bundle = work.settle(&states, &moved, bodies, LAST_DOUBT_SD);
    Ok(tell(cameras, &bundle, &states, &moved, span))
}

fn check_names(cameras: &[Camera], names: &[SensorId]) -> Result<(), CalibrateError> {
    match names.iter().find(|name| cameras.iter().all(|camera| camera.id() != *name)) {
        Some(name) => Err(CalibrateError::UnknownCamera { camera: name.clone() }),
        None => Ok(()),
    }
}

/// Whether a camera has been where it is since then.
fn is_since(moved: Moved, time: Time) -> bool {
    !matches!(moved, Moved::Between { to, .. } if time < to)
}

/// Calibration under way.
struct Work<'a> {
    old: &'a [Camera],
    found: Vec<Camera>,
    clocks_s: Vec<f64>,
    hold: &'a [SensorId],
}

impl Work<'_> {
    /// What was seen by cameras where they are now, and what can be done with each of them.
    fn usable(
        &self,
        sightings: Vec<Sighting>,
        moved: &[Moved],
    ) -> Result<(Vec<CameraState>, Vec<Body>), CalibrateError> {
        let mut bodies: Vec<Body> = sightings
            .into_iter()
            .map(|Sighting { time, mut body }| {
                body.rays.retain(|ray| is_since(moved[ray.camera], time));
                body
            })
            .collect();
        bodies.retain(|body| body.rays.len() >= CAMERAS_MIN);
        let joints = joints(self.old.len(), &bodies);
        let most = joints.iter().copied().max().unwrap_or(0);
        if most < JOINTS_MIN {
            return Err(CalibrateError::TooFewJoints { joints: most, needed: JOINTS_MIN });
        }
        thin(&mut bodies, &joints);
        let state = |(camera, joints): (&Camera, &usize)| match () {
            () if self.hold.contains(camera.id()) => CameraState::Held,
            () if *joints < JOINTS_MIN => CameraState::TooFewJoints,
            () => CameraState::Calibrated,
        };
        let states: Vec<CameraState> = self.old.iter().zip(&joints).map(state).collect();
        for body in &mut bodies {
            body.rays.retain(|ray| states[ray.camera] != CameraState::TooFewJoints);
        }
        bodies.retain(|body| body.rays.len() >= CAMERAS_MIN);
        Ok((states, bodies))
    }

    fn settle(
        &mut self,
        states: &[CameraState],
        moved: &[Moved],
        bodies: Vec<Body>,
        doubt_sd: f64,
    ) -> Bundle {
        let pose = |camera: usize| {
            let slack = match (states[camera], moved[camera]) {
                (CameraState::Held | CameraState::TooFewJoints, _) => HELD,
                (CameraState::Calibrated, Moved::No) => HOME,
                (CameraState::Calibrated, Moved::Before | Moved::Between { .. }) => ELSEWHERE,
            };
            Pose::new(&self.old[camera], &self.found[camera], self.clocks_s[camera], slack)
        };
        let mut bundle = Bundle { poses: (0..self.old.len()).map(pose).collect(), bodies, alike: ALIKE };
        bundle.settle(doubt_sd);
        self.found = found(self.old, &bundle.poses);
        self.clocks_s = bundle.poses.iter().map(|pose| pose.clock_s).collect();
        bundle
    }
}

/// Leaves bodies out where more than enough were seen.
fn thin(bodies: &mut Vec<Body>, joints: &[usize]) {
    let step = bodies.len().div_ceil(BODIES_MAX).max(1);
    let mut number = 0;
    bodies.retain(|body| {
        number += 1;
        number % step == 0 || body.rays.iter().any(|ray| joints[ray.camera] < JOINTS_ENOUGH)
    });
}

fn found(old: &[Camera], poses: &[Pose]) -> Vec<Camera> {
    let found = |(camera, pose): (&Camera, &Pose)| camera.moved(square(pose.rotation), pose.position);
    old.iter().zip(poses).map(found).collect()
}

/// By camera: how many joints it saw.
fn joints(cameras: usize, bodies: &[Body]) -> Vec<usize> {
    let mut joints = vec![0; cameras];
    bodies.iter().flat_map(|body| &body.rays).for_each(|ray| joints[ray.camera] += 1);
    joints
}

/// What came out.
fn tell(
    old: &[Camera],
    bundle: &Bundle,
    states: &[CameraState],
    moved: &[Moved],
    span: Option<(Time, Time)>,
) -> Calibration {
    let joints = joints(old.len(), &bundle.bodies);
    let camera = |(number, new): (usize, Camera)| {
        let state = states[number];
        let was = &old[number];
        let camera = if state == CameraState::Calibrated { new } else { was.clone() };
        CalibratedCamera {
            state,
            joints: joints[number],
            before: Residuals::of(was, number, 0.0, &bundle.bodies),
            after: Residuals::of(&camera, number, bundle.poses[number].clock_s, &bundle.bodies),
            turned_rad: angle(camera.rotation(), was.rotation()),
            shifted_m: camera.position().distance(was.position()),
            clock_s: bundle.poses[number].clock_s,
            moved: moved[number],
            camera,
        }
    };
    let cameras = found(old, &bundle.poses).into_iter().enumerate().map(camera).collect();
    Calibration { cameras, places: bundle.bodies.len(), span }
}
