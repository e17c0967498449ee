//! How cameras look, and what goes wrong with them.

use model::{SensorId, Store};

use crate::ScriptError;
use crate::script_error::NUMBER_MAX;

/// Frames a second of the recorded nanostore's cameras, as its tracker has them.
const FRAME_RATE_HZ: f64 = 15.0;
/// Faster cameras are not made for stores.
const FRAME_RATE_MAX_HZ: f64 = 60.0;

/// How the cameras of a store look, each for itself, where they are in place of a tracker.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraOptions {
    /// Pictures a second of each camera.
    pub frame_rate_hz: f64,
    /// The most that a picture comes late, seconds; 3 % come later than 50 ms. Zero: all records come at once.
    pub late_s: f64,
    /// Times when nothing comes from any camera, seconds.
    pub blackouts: Vec<(f64, f64)>,
    /// Times when nothing comes from a camera.
    pub silences: Vec<Silence>,
    /// Cameras that are knocked askew.
    pub shifts: Vec<Shift>,
    /// Cameras whose pictures all come later than those of the others.
    pub delays: Vec<Delay>,
}

/// Nothing comes from a camera for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// Which one.
    pub camera: SensorId,
    /// From when, seconds.
    pub from_s: f64,
    /// Until when, seconds.
    pub to_s: f64,
}

/// A camera is knocked askew and looks elsewhere from then on; the store still has its old calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Which one.
    pub camera: SensorId,
    /// When, seconds.
    pub at_s: f64,
    /// How far it turns to a side that chance picks, degrees.
    pub degrees: f64,
}

/// All pictures of a camera come later.
#[derive(Clone, Debug, PartialEq)]
pub struct Delay {
    /// Which one.
    pub camera: SensorId,
    /// By how much, seconds.
    pub seconds: f64,
}

impl Default for CameraOptions {
    fn default() -> Self {
        Self {
            frame_rate_hz: FRAME_RATE_HZ,
            late_s: 0.0,
            blackouts: Vec::new(),
            silences: Vec::new(),
            shifts: Vec::new(),
            delays: Vec::new(),
        }
    }
}

impl CameraOptions {
    /// Refuses names of cameras that the store does not have, and numbers that no camera can follow.
    pub(crate) fn check(&self, store: &Store) -> Result<(), ScriptError> {
        if store.cameras().is_empty() {
            return Err(ScriptError::NoCamera);
        }
        let silent = self.silences.iter().map(|silence| &silence.camera);
        let shifted = self.shifts.iter().map(|shift| &shift.camera);
        let delayed = self.delays.iter().map(|delay| &delay.camera);
        let is_there = |id: &&SensorId| store.cameras().iter().any(|camera| camera.id == **id);
        if let Some(camera) = silent.chain(shifted).chain(delayed).find(|id| !is_there(id)) {
            return Err(ScriptError::UnknownCamera { camera: camera.clone() });
        }
        let delays = self.delays.iter().map(|delay| ("cameras.delays", delay.seconds));
        let shifts = self.shifts.iter().map(|shift| ("cameras.shifts", shift.degrees.abs()));
        let least = 1.0 / NUMBER_MAX;
        if !(least..=FRAME_RATE_MAX_HZ).contains(&self.frame_rate_hz) {
            return Err(ScriptError::Number { at_s: 0.0, what: "cameras.frame_rate_hz (at most 60)" });
        }
        let numbers = delays.chain(shifts).chain([("cameras.late_s", self.late_s)]);
        let wrong = numbers.into_iter().find(|(_, number)| !(0.0..=NUMBER_MAX).contains(number));
        wrong.map_or(Ok(()), |(what, _)| Err(ScriptError::Number { at_s: 0.0, what }))
    }

    /// Whether nothing comes from a camera at a moment.
    pub(crate) fn is_silent(&self, camera: &SensorId, time_s: f64) -> bool {
        let is_off = |from_s: f64, to_s: f64| (from_s..to_s).contains(&time_s);
        self.blackouts.iter().any(|(from_s, to_s)| is_off(*from_s, *to_s))
            || self.silences.iter().any(|one| one.camera == *camera && is_off(one.from_s, one.to_s))
    }
}
