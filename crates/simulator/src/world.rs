//! What really happens, over all of the time, before any sensor looks at it.

use glam::DVec3;
use model::{CredentialKind, Direction, SensorId, Truth};

use crate::handling::Load;
use crate::tracker::Walker;

/// Nobody walks: the floor shakes this much of what one walking person makes. Chosen so that quiet plates
/// spread as recorded, where the median plate has 0.57 g above 3 Hz, white noise and hum included.
const SHAKING_AT_REST: f64 = 0.12;
/// The speed at which one person near makes a shaking of 1: the recorded shopper's.
const SHAKING_SPEED_M_S: f64 = 0.7;
/// Where the shaking is down to a half. Recorded: walking shakes a gondola hardly less at 2.5 m than at 1 m.
const SHAKING_RANGE_M: f64 = 4.0;

/// All that happens.
#[derive(Debug)]
pub(crate) struct World {
    /// The loads of all plates, in the order of the store's plates.
    pub(crate) loads: Vec<Load>,
    /// All people.
    pub(crate) walkers: Vec<Walker>,
    /// The gate that all use.
    pub(crate) gate: SensorId,
    /// What happens there, in order of time: seconds, the place among `walkers`, and what.
    pub(crate) crossings: Vec<(f64, usize, Crossing)>,
    /// What a perfect observer would note down.
    pub(crate) truth: Truth,
    /// When the last thing has happened, seconds.
    pub(crate) end_s: f64,
}

/// What a shopper does at a gate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Crossing {
    /// Shows a credential.
    Shows(CredentialKind, String),
    /// Goes through.
    Passes(Direction),
}

/// How much the floor shakes at a place: 1 where one person walks near.
pub(crate) fn shaking(walkers: &[Walker], place: DVec3, time_s: f64) -> f64 {
    let power: f64 = walkers
        .iter()
        .filter(|walker| walker.motion.is_there(time_s))
        .map(|walker| {
            let (at, speed_m_s) = walker.motion.place(time_s);
            let far = at.distance(place) / SHAKING_RANGE_M;
            let shaking = speed_m_s / SHAKING_SPEED_M_S / (1.0 + far * far);
            shaking * shaking
        })
        .sum();
    (SHAKING_AT_REST * SHAKING_AT_REST + power).sqrt()
}
