//! The sensors look at what happens, each at its own times.

use std::collections::BTreeMap;

use glam::DVec3;
use model::{Credential, Passage, Record, SensorId, Store, Time, Truth};

use crate::plan::plan;
use crate::plates::Scale;
use crate::tracker::{Tracker, Walker};
use crate::world::{Crossing, shaking};
use crate::{Rng, Script, ScriptError};

/// What a store's devices said and what was true.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// All records in the order of their capture.
    pub records: Vec<Record>,
    /// What really happened; for measuring only.
    pub truth: Truth,
}

/// Plays a script to its end.
///
/// # Errors
/// [`ScriptError`] where the script and the store do not fit.
pub fn play(store: &Store, script: &Script, seed: u64) -> Result<Played, ScriptError> {
    let mut simulation = Simulation::new(store, script, seed)?;
    let records = simulation.by_ref().collect();
    Ok(Played { records, truth: simulation.into_truth() })
}

/// A script being played: an iterator over the records in the order of their capture. What happens is
/// decided at once; what the sensors say of it is made record by record, and never kept.
#[derive(Debug)]
pub struct Simulation {
    start: Time,
    end_nanos: i64,
    walkers: Vec<Walker>,
    gate: Gate,
    tracker: Tracker,
    scales: Vec<(DVec3, Scale)>,
    truth: Truth,
}

/// The gate with what will happen at it.
#[derive(Debug)]
struct Gate {
    sensor: SensorId,
    crossings: std::iter::Peekable<std::vec::IntoIter<(f64, usize, Crossing)>>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Gate,
    Tracker,
    Scale(usize),
}

impl Simulation {
    /// Decides all that will happen; nothing is sensed yet.
    ///
    /// # Errors
    /// [`ScriptError`] where the script and the store do not fit.
    pub fn new(store: &Store, script: &Script, seed: u64) -> Result<Self, ScriptError> {
        let world = plan(store, script, seed)?;
        let middles = gondola_middles(store);
        let scales = Scale::all(store, world.loads, seed).into_iter().map(|scale| {
            let middle = middles.get(&scale.gondola()).copied().unwrap_or_default();
            (middle, scale)
        });
        Ok(Self {
            start: script.start,
            end_nanos: nanos(world.end_s),
            gate: Gate { sensor: world.gate, crossings: world.crossings.into_iter().peekable() },
            tracker: Tracker::new(script.tracker.clone(), world.walkers.len(), Rng::new(seed, "tracker")),
            scales: scales.collect(),
            walkers: world.walkers,
            truth: world.truth,
        })
    }

    /// What really happens, from the first second to the last.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// What really happened.
    pub fn into_truth(self) -> Truth {
        self.truth
    }

    /// The sensor that speaks next, and the nanosecond of its capture.
    fn next_turn(&mut self) -> Option<(i64, Turn)> {
        let gate = self.gate.crossings.peek().map(|(time_s, ..)| (nanos(*time_s), Turn::Gate));
        let tracker = (nanos(self.tracker.time_s()), Turn::Tracker);
        let scales = self.scales.iter().enumerate();
        gate.into_iter()
            .chain([tracker])
            .chain(scales.map(|(index, (_, scale))| (scale.stamp_nanos(), Turn::Scale(index))))
            .min_by_key(|(nanos, _)| *nanos)
            .filter(|(nanos, _)| *nanos <= self.end_nanos)
    }

    fn take_turn(&mut self, turn: Turn) -> Option<Record> {
        match turn {
            Turn::Gate => {
                let (time_s, walker, crossing) = self.gate.crossings.next()?;
                let (gate, time) = (self.gate.sensor.clone(), self.start.plus_seconds(time_s));
                Some(match crossing {
                    Crossing::Shows(kind, token) => {
                        Record::Credential(Credential { gate, time, kind, token })
                    }
                    Crossing::Passes(direction) => {
                        let track = self.walkers[walker].track(time_s);
                        Record::Passage(Passage { gate, time, direction, track })
                    }
                })
            }
            Turn::Tracker => Some(Record::People(self.tracker.see(self.start, &self.walkers))),
            Turn::Scale(index) => {
                let (place, scale) = &mut self.scales[index];
                let shaking = shaking(&self.walkers, *place, scale.first_s());
                scale.weigh(self.start, shaking).ok().map(Record::Plates)
            }
        }
    }
}

impl Iterator for Simulation {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let (_, turn) = self.next_turn()?;
        self.take_turn(turn)
    }
}

fn nanos(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

/// The middle of each gondola's plates on the floor.
fn gondola_middles(store: &Store) -> BTreeMap<u16, DVec3> {
    let mut sums: BTreeMap<u16, (DVec3, f64)> = BTreeMap::new();
    for plate in store.plates() {
        let (sum, count) = sums.entry(plate.id.gondola).or_default();
        *sum += plate.centre();
        *count += 1.0;
    }
    sums.into_iter().map(|(gondola, (sum, count))| (gondola, (sum / count).with_z(0.0))).collect()
}
