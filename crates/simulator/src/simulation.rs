//! The sensors look at what happens, each at its own times, and their records arrive.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::Arc;

use glam::DVec3;
use model::{Credential, Passage, PlateIndex, Record, Store, Time, TrackId, Truth, TruthTrip};

use crate::bodies::{Bodies, TrueBody};
use crate::eyes::Eyes;
use crate::person::Person;
use crate::scale::Scale;
use crate::script::Step;
use crate::stock::Counts;
use crate::world::{Crossed, Crossing, World};
use crate::{Script, ScriptError};

/// Where everybody was is told every this many steps of the world: 15 times a second.
const BODIES_TICKS: u64 = 2;

/// What a store's devices said and what was true.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// All records in the order of their arrival.
    pub records: Vec<Record>,
    /// What really happened; for measuring only.
    pub truth: Truth,
    /// Where everybody really was, 15 times a second where cameras look, else never; for measuring only.
    pub bodies: Vec<Bodies>,
}

/// Plays a script to its end.
///
/// # Errors
/// [`ScriptError`] where the script and the store do not fit.
pub fn play(store: &Store, script: &Script, seed: u64) -> Result<Played, ScriptError> {
    let mut simulation = Simulation::new(Arc::new(store.clone()), script, seed)?;
    let (records, bodies) = simulation.play_out();
    Ok(Played { records, truth: simulation.finish()?, bodies })
}

/// A script being played: an iterator over the records in the order of their arrival, none of which is kept.
#[derive(Debug)]
pub struct Simulation {
    start: Time,
    tail_s: f64,
    pub(crate) world: World,
    pub(crate) eyes: Eyes,
    scales: Scales,
    arrivals: BinaryHeap<Arrival>,
    arrived: u64,
    /// When nobody was left, seconds.
    over_s: Option<f64>,
}

/// A record on its way.
#[derive(Debug)]
struct Arrival {
    nanos: i64,
    /// Of two that arrive at once, the first made comes first.
    number: u64,
    record: Record,
}

/// All scale controllers, and where each plate is.
#[derive(Debug)]
struct Scales {
    scales: Vec<Scale>,
    middles: Vec<DVec3>,
    columns: Vec<(usize, usize)>,
}

impl Simulation {
    /// Casts the people of a script; nothing has happened yet.
    ///
    /// # Errors
    /// [`ScriptError`] where the script and the store do not fit.
    pub fn new(store: Arc<Store>, script: &Script, seed: u64) -> Result<Self, ScriptError> {
        script.check_numbers()?;
        let counts = counts(&store, script)?;
        let mut world = World::new(store, &counts, script.start, script.lenient, seed);
        if world.layout.entry(0).is_none() && !script.steps.is_empty() {
            return Err(ScriptError::NoGate);
        }
        cast(&mut world, script)?;
        Ok(Self {
            start: script.start,
            tail_s: script.tail_s,
            eyes: Eyes::new(script, &world, seed)?,
            scales: Scales::new(&world, script, seed),
            world,
            arrivals: BinaryHeap::new(),
            arrived: 0,
            over_s: None,
        })
    }

    /// The same, which never ends by itself: it goes on while nobody has anything left to do.
    pub(crate) fn endless(self) -> Self {
        Self { tail_s: f64::INFINITY, ..self }
    }

    /// All tracks that the tracker gave somebody.
    pub(crate) fn tracks(&self, who: usize) -> &[TrackId] {
        self.eyes.tracks(who)
    }

    /// Forgets somebody who has gone; their visit keeps what is known of them.
    pub(crate) fn forget(&mut self, who: usize) {
        let trip = self.world.people.get(who).and_then(|person| person.trip);
        if let Some(trip) = trip.and_then(|trip| self.world.trips.get_mut(&trip)) {
            trip.tracks.extend_from_slice(self.eyes.tracks(who));
        }
        self.eyes.forget(who);
        self.world.forget(who);
    }

    /// Adds somebody while the world goes on.
    pub(crate) fn cast(&mut self, name: &str, steps: VecDeque<Step>) -> Result<(), ScriptError> {
        self.over_s = None;
        self.world.cast(name, steps)
    }

    /// How many people are in the store or before it, or still to come.
    pub(crate) fn present(&self) -> usize {
        self.world.present()
    }

    /// The present moment, seconds from the start.
    pub fn now_s(&self) -> f64 {
        self.world.now_s
    }

    /// How near the two people are who are nearest to each other, metres.
    #[cfg(test)]
    pub(crate) fn least_distance_m(&self) -> f64 {
        let places: Vec<DVec3> = self.world.visible().map(|(_, person)| person.stance.at).collect();
        let pairs = places
            .iter()
            .enumerate()
            .flat_map(|(place, one)| places[place + 1..].iter().map(|other| one.distance(*other)));
        pairs.fold(f64::MAX, f64::min)
    }

    /// What has really happened so far.
    pub fn truth(&self) -> Truth {
        let mut trips = self.world.trips();
        for (who, person) in self.world.people.iter().enumerate() {
            if let Some(trip) = person.trip.and_then(|trip| trips.get_mut(&trip)) {
                trip.tracks.extend_from_slice(self.eyes.tracks(who));
            }
        }
        trips.values_mut().for_each(|trip: &mut TruthTrip| trip.acts.sort_by_key(|act| act.time));
        Truth { trips: trips.into_values().collect() }
    }

    /// Where everybody really is at the present moment.
    pub fn bodies(&self) -> Bodies {
        let now_s = self.world.now_s;
        let body = |(_, person): (usize, &Person)| TrueBody {
            person: person.number,
            joints: person.skeleton(now_s, 0.0),
        };
        let people = self.world.visible().map(body).collect();
        Bodies { time: self.start.plus_seconds(now_s), people }
    }

    /// Goes on to the end, and tells all records and where everybody was, where cameras look.
    pub(crate) fn play_out(&mut self) -> (Vec<Record>, Vec<Bodies>) {
        let (mut records, mut bodies) = (Vec::new(), Vec::new());
        loop {
            while let Some(record) = self.next_arrived() {
                records.push(record);
            }
            if self.is_finished() {
                return (records, bodies);
            }
            self.go_on();
            if matches!(self.eyes, Eyes::Cameras(_)) && self.world.ticks().is_multiple_of(BODIES_TICKS) {
                bodies.push(self.bodies());
            }
        }
    }

    /// How many trips there were of shoppers, not of staff.
    pub(crate) fn shopping_trips(&self) -> usize {
        self.world.shopping_trips()
    }

    /// What really happened.
    ///
    /// # Errors
    /// The first step of the script that could not be taken.
    pub fn finish(self) -> Result<Truth, ScriptError> {
        self.world.problem.clone().map_or_else(|| Ok(self.truth()), Err)
    }

    /// Lets the world go on by a moment, and the sensors say what they have to say of it.
    pub(crate) fn go_on(&mut self) {
        self.world.tick();
        self.scales.act(&mut self.world);
        while let Some(crossing) = self.world.crossings.pop_front() {
            let (time_s, record) = (crossing.time_s, self.at_gate(crossing));
            self.send(time_s, record);
        }
        for (arrives_s, record) in self.eyes.look(self.start, &self.world) {
            self.send(arrives_s, record);
        }
        for place in 0..self.scales.scales.len() {
            while self.scales.scales[place].last_nanos() <= nanos(self.world.now_s) {
                let shaking = self.world.shaking(self.scales.middles[place]);
                let scale = &mut self.scales.scales[place];
                let stamp_s = scale.stamp_nanos() as f64 * 1e-9;
                if let Ok(batch) = scale.weigh(self.start, shaking) {
                    self.send(stamp_s, Record::Plates(batch));
                }
            }
        }
        if self.world.is_over() && self.over_s.is_none() {
            self.over_s = Some(self.world.now_s);
        }
    }

    /// The next record that has arrived by now.
    pub(crate) fn next_arrived(&mut self) -> Option<Record> {
        // What is stamped a little ahead of its capture may be overtaken by what comes in the next moment.
        let due = nanos(self.world.now_s - 0.005);
        self.arrivals.peek().filter(|arrival| arrival.nanos <= due || self.is_finished())?;
        self.arrivals.pop().map(|arrival| arrival.record)
    }

    fn is_finished(&self) -> bool {
        let is_over = self.over_s.is_some_and(|over_s| self.world.now_s >= over_s + self.tail_s);
        is_over || self.world.problem.is_some()
    }

    fn send(&mut self, arrives_s: f64, record: Record) {
        self.arrived += 1;
        self.arrivals.push(Arrival { nanos: nanos(arrives_s), number: self.arrived, record });
    }

    fn at_gate(&self, crossing: Crossing) -> Record {
        let (gate, time) = (crossing.gate, self.start.plus_seconds(crossing.time_s));
        match crossing.what {
            Crossed::Shows(kind, token) => Record::Credential(Credential { gate, time, kind, token }),
            // A light barrier knows that somebody passes, not who.
            Crossed::Passes(direction) => Record::Passage(Passage { gate, time, direction, track: None }),
        }
    }
}

impl Iterator for Simulation {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.next_arrived() {
                return Some(record);
            }
            if self.is_finished() {
                return None;
            }
            self.go_on();
        }
    }
}

impl Scales {
    fn new(world: &World, script: &Script, seed: u64) -> Self {
        let store = &world.store;
        let scales = Scale::all(store, &world.stock.loads_g(), &script.scales, seed);
        let mut plates = store.plates().iter();
        let mut columns = Vec::with_capacity(store.plates().len());
        let mut middles = Vec::with_capacity(scales.len());
        for (place, scale) in scales.iter().enumerate() {
            columns.extend((0..scale.len()).map(|column| (place, column)));
            let sum: DVec3 = plates.by_ref().take(scale.len()).map(model::Plate::centre).sum();
            middles.push((sum / scale.len().max(1) as f64).with_z(0.0));
        }
        Self { scales, middles, columns }
    }

    /// Lets the scales feel what hands have begun to do.
    fn act(&mut self, world: &mut World) {
        for (PlateIndex(plate), force) in world.handling.drain() {
            let (scale, column) = self.columns[plate as usize];
            self.scales[scale].act(column, force);
        }
    }
}

fn nanos(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

/// Gives everybody their steps, in order of time, and nobody theirs.
fn cast(world: &mut World, script: &Script) -> Result<(), ScriptError> {
    let mut steps: Vec<&Step> = script.steps.iter().collect();
    steps.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut queues: Vec<(&str, VecDeque<Step>)> = Vec::new();
    for step in steps {
        match (&step.shopper, &step.action) {
            (Some(name), _) => {
                let number = *numbers.entry(name).or_insert_with(|| {
                    queues.push((name, VecDeque::new()));
                    queues.len() - 1
                });
                queues[number].1.push_back(step.clone());
            }
            (None, crate::Action::Bump { plate }) => world.bump(step.at_s, *plate)?,
            (None, _) => {}
        }
    }
    queues.into_iter().try_for_each(|(name, queue)| world.cast(name, queue))
}

/// How many units the script puts where.
fn counts(store: &Store, script: &Script) -> Result<Counts, ScriptError> {
    let mut counts = Counts::new();
    for stocked in &script.stock {
        let unknown = ScriptError::UnknownPlate { plate: stocked.plate };
        let plate = store.plate_index(stocked.plate).ok_or(unknown)?;
        let product = store.product_index(&stocked.product);
        let product = product
            .filter(|product| store.product(*product).mass_g.is_some())
            .ok_or_else(|| ScriptError::UnknownProduct { product: stocked.product.clone() })?;
        counts.insert((plate, product), stocked.units);
    }
    Ok(counts)
}

impl Ord for Arrival {
    /// The first to arrive is the greatest, which a heap gives first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.nanos, other.number).cmp(&(self.nanos, self.number))
    }
}

impl PartialOrd for Arrival {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Arrival {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Arrival {}
