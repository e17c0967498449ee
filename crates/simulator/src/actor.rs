//! A shopper in the making: where they are, what they carry, how they get to the next thing.

use glam::DVec3;

use crate::Rng;
use crate::layout::{Front, floor};
use crate::shopper::{Body, Leg, Motion, Reach};
use crate::stock::Unit;

/// How far from the plates a shopper stands: recorded, the neck is 0.65 m before the shelf's edge while the
/// arm is stretched towards it.
const STAND_M: f64 = 0.55;
/// How far the wrist stays before the plate, and above it: recorded 0.11–0.13 m and 0.10–0.14 m.
const WRIST_BEFORE_M: (f64, f64) = (0.10, 0.15);
const WRIST_ABOVE_M: (f64, f64) = (0.09, 0.15);
const WRIST_ASIDE_SD_M: f64 = 0.02;
/// The recorded hand sets out at t 11.1 s, is there at 12.0 s, has the unit off the plate at 12.55 s, sets
/// out on its way back at 12.9 s and hangs again at 13.8 s.
const REACH_S: f64 = 0.9;
const GRASP_S: f64 = 0.5;
const HOLD_S: f64 = 0.35;

/// A shopper in the making.
#[derive(Debug)]
pub(crate) struct Actor {
    /// Their name in the script.
    pub(crate) name: String,
    /// What they have done so far.
    pub(crate) motion: Motion,
    /// Where they stand on the floor.
    pub(crate) at: DVec3,
    /// From when on they can do something else, seconds.
    pub(crate) free_s: f64,
    /// Place of their trip in the truth, once they have entered.
    pub(crate) trip: Option<usize>,
    /// Whether they have entered and not left.
    pub(crate) inside: bool,
    /// What they have in hand and bag.
    pub(crate) carried: Vec<Unit>,
    rng: Rng,
}

impl Actor {
    /// Somebody with a body of their own, who is not there yet.
    pub(crate) fn new(name: &str, seed: u64) -> Self {
        let mut rng = Rng::new(seed, &format!("shopper {name}"));
        let motion = Motion::new(Body::draw(&mut rng));
        let (at, carried) = (DVec3::ZERO, Vec::new());
        Self { name: name.to_owned(), motion, at, free_s: 0.0, trip: None, inside: false, carried, rng }
    }

    /// From arriving before a shelf to the moment when the hand does its work, seconds.
    pub(crate) fn lead_s(&self) -> f64 {
        (REACH_S + GRASP_S) * self.motion.body.tempo
    }

    /// From that moment until the hand leaves the shelf, seconds.
    pub(crate) fn hold_s(&self) -> f64 {
        HOLD_S * self.motion.body.tempo
    }

    /// From one such moment to the next at the same shelf, seconds.
    pub(crate) fn cycle_s(&self) -> f64 {
        (2.0 * REACH_S + GRASP_S + HOLD_S) * self.motion.body.tempo
    }

    /// Where they stand so that the shoulder of the taking hand is before the plate.
    pub(crate) fn stand(&self, front: Front) -> DVec3 {
        let right = DVec3::Z.cross(front.outward);
        floor(front.edge + front.outward * STAND_M - right * self.motion.body.shoulder_offset_m())
    }

    /// The walk from where they are.
    pub(crate) fn walk_to(&self, place: DVec3) -> Leg {
        Leg::new(self.free_s, self.at, place, self.motion.body.speed_m_s, DVec3::Y)
    }

    /// Walks somewhere and turns to `facing`.
    pub(crate) fn walk(&mut self, start_s: f64, to: DVec3, facing: DVec3) {
        let leg = Leg::new(start_s, self.at, to, self.motion.body.speed_m_s, facing);
        self.at = to;
        self.free_s = leg.end_s();
        self.motion.walk(leg);
    }

    /// Walks to a plate, reaches for it so that the hand does its work at `moment_s`, stays on for
    /// `hold_s` and takes the hand back.
    pub(crate) fn reach(&mut self, front: Front, moment_s: f64, hold_s: f64) {
        let stand = self.stand(front);
        let walk_s = self.walk_to(stand).duration_s();
        let start_s = moment_s - self.lead_s();
        if walk_s > 0.0 {
            self.walk(start_s - walk_s, stand, -front.outward);
        }
        let aside_m = WRIST_ASIDE_SD_M * self.rng.gaussian();
        let target = front.edge
            + front.outward * self.rng.uniform(WRIST_BEFORE_M.0, WRIST_BEFORE_M.1)
            + DVec3::Z * self.rng.uniform(WRIST_ABOVE_M.0, WRIST_ABOVE_M.1)
            + front.outward.cross(DVec3::Z) * aside_m;
        let reach_s = REACH_S * self.motion.body.tempo;
        let (arrive_s, leave_s) = (start_s + reach_s, moment_s + hold_s);
        let end_s = leave_s + reach_s;
        self.motion.reach(Reach { start_s, arrive_s, leave_s, end_s, target });
        self.free_s = end_s;
    }
}
