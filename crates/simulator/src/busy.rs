//! A busy store for as long as one likes: for measuring how fast records can be taken in.

use std::collections::VecDeque;
use std::sync::Arc;

use model::{Record, Store, Truth};

use crate::scenarios::Draft;
use crate::script::Step;
use crate::{Bodies, CameraOptions, Rng, ScriptError, Simulation};

/// How many things a shopper stops for where some number of people is kept inside, and where people just come by.
const LONG_STOPS: (u32, u32) = (6, 20);
const SHORT_STOPS: (u32, u32) = (1, 4);
/// The first one comes after this time, seconds.
const FIRST_S: f64 = 3.0;

/// How many people are in a busy store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// As many as this at any time, once the gates have let them in: about one in three seconds for each entry.
    Inside(usize),
    /// This many come, evenly over the time.
    Coming(usize),
}

/// A busy store: an iterator over the records in the order of their arrival, none of which is kept.
#[derive(Debug)]
pub struct Busy {
    simulation: Simulation,
    draft: Draft,
    flow: Flow,
    end_s: f64,
    came: usize,
}

/// Opens a store for some time, in which shoppers with the habits of the `solo` scenario come and go.
///
/// # Errors
/// [`ScriptError::NoGate`] for a store that nobody can come into.
pub fn busy(store: Arc<Store>, flow: Flow, seconds: f64, seed: u64) -> Result<Busy, ScriptError> {
    open(store, flow, seconds, seed, None)
}

/// The same, in which the single cameras of the store look, in place of a tracker.
///
/// # Errors
/// [`ScriptError::NoGate`] for a store that nobody can come into; what is wrong with its cameras.
pub fn busy_with_cameras(
    store: Arc<Store>,
    flow: Flow,
    seconds: f64,
    seed: u64,
    cameras: CameraOptions,
) -> Result<Busy, ScriptError> {
    open(store, flow, seconds, seed, Some(cameras))
}

fn open(
    store: Arc<Store>,
    flow: Flow,
    seconds: f64,
    seed: u64,
    cameras: Option<CameraOptions>,
) -> Result<Busy, ScriptError> {
    let mut draft = Draft::in_store(Store::clone(&store), Rng::new(seed, "busy"));
    draft.script.cameras = cameras;
    let simulation = Simulation::new(store, &draft.script, seed)?;
    Ok(Busy { simulation, draft, flow, end_s: seconds, came: 0 })
}

impl Busy {
    /// The present moment, seconds from the opening.
    pub fn now_s(&self) -> f64 {
        self.simulation.now_s()
    }

    /// How many people are in the store or about to come in.
    pub fn present(&self) -> usize {
        self.simulation.present()
    }

    /// What has really happened so far; who is still inside keeps what they carry.
    pub fn truth(&self) -> Truth {
        self.simulation.truth()
    }

    /// Where everybody really is at the present moment: to measure against.
    pub fn bodies(&self) -> Bodies {
        self.simulation.bodies()
    }

    /// Lets the next one come if it is time.
    fn admit(&mut self) -> Result<(), ScriptError> {
        let now_s = self.simulation.now_s();
        let (is_time, stops) = match self.flow {
            Flow::Inside(people) => (self.simulation.present() < people, LONG_STOPS),
            Flow::Coming(people) => {
                let due = (now_s / self.end_s * people as f64) as usize;
                (self.came < due.min(people), SHORT_STOPS)
            }
        };
        if now_s < FIRST_S || !is_time {
            return Ok(());
        }
        self.came += 1;
        let shopper = self.draft.visit(now_s, stops.0, stops.1);
        let steps: VecDeque<Step> = self.draft.script.steps.drain(..).collect();
        self.simulation.cast(&shopper.name, steps)
    }
}

impl Iterator for Busy {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.simulation.next_arrived() {
                return Some(record);
            }
            if self.simulation.now_s() >= self.end_s {
                return None;
            }
            // All that a shopper is told to do is in the store, so they can always be cast.
            self.admit().ok()?;
            self.simulation.go_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores;

    #[test]
    fn a_stand_lets_its_shoppers_in_and_out() {
        let store = Arc::new(Store::new(stores::stadium()).unwrap());
        let mut busy = busy(store, Flow::Coming(30), 150.0, 1).unwrap();
        let passages = busy.by_ref().filter(|record| matches!(record, Record::Passage(_))).count();
        assert!(passages > 45, "{passages} passages");
        assert!(busy.truth().trips.len() >= 25, "{} trips", busy.truth().trips.len());
        assert!((150.0..150.1).contains(&busy.now_s()) && busy.present() < 15, "{}", busy.present());
    }
}
