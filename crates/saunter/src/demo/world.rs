//! The simulated store and the engine that watches it, moment by moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use engine::Engine;
use model::{Event, PlateId, ProductId, Record, Store, Time};
use simulator::faults::PlateFault;
use simulator::{Action, Entry, Live, ScriptError, Work};

use super::Refused;
use super::clerk::{Admission, Word};
use super::door::{Arrival, Door};
use web::Command;

/// The world looks up this often, seconds.
const STEP_S: f64 = 0.1;
/// How many things a shopper stops for who comes by themselves, and how long the next one takes to come, seconds.
const STOPS: (u32, u32) = (2, 8);
const NEXT_S: f64 = 4.0;
/// Staff look after the shelves this often, seconds, and fill so many plates at a time.
const FILLING_EVERY_S: f64 = 120.0;
const FILLED_PLATES: usize = 8;
const STAFF: &str = "staff";
/// How late the scales' clocks are where they are late, seconds.
const LATE_S: f64 = 0.3;

/// What has just happened.
pub(crate) struct Moment<'a> {
    /// What the sensors said.
    pub(crate) records: &'a [Record],
    /// What the engine concluded.
    pub(crate) events: &'a [Event],
    /// How it really is: to compare with only.
    pub(crate) truth: &'a Live,
    /// How many shoppers who come by themselves are to be there.
    pub(crate) wanted: usize,
}

/// Sees all that happens. It is called on the world's thread, and must not make it wait.
pub(crate) type Observer = Box<dyn FnMut(&Moment<'_>) + Send>;

/// The store and its engine.
pub(super) struct World {
    live: Live,
    engine: Engine,
    door: Door,
    /// How many shoppers who come by themselves are to be there.
    wanted: usize,
    /// Those who have come by themselves and are there.
    guests: BTreeSet<String>,
    /// What those will do who wait for the gate's word.
    asked: BTreeMap<String, Vec<Action>>,
    next_guest_s: f64,
    next_filling_s: f64,
    clerk: Sender<Word>,
    observer: Observer,
    records: Vec<Record>,
    events: Vec<Event>,
}

impl World {
    /// Opens the store at a moment, which is the world's second 0.
    pub(super) fn open(
        store: Arc<Store>,
        start: Time,
        seed: u64,
        shoppers: usize,
        clerk: Sender<Word>,
        observer: Observer,
    ) -> Result<Self, ScriptError> {
        Ok(Self {
            engine: Engine::new(Arc::clone(&store)),
            live: Live::open(store, start, seed)?,
            door: Door::default(),
            wanted: shoppers,
            guests: BTreeSet::new(),
            asked: BTreeMap::new(),
            next_guest_s: 1.0,
            next_filling_s: FILLING_EVERY_S,
            clerk,
            observer,
            records: Vec::new(),
            events: Vec::new(),
        })
    }

    /// The present moment, seconds from the opening.
    pub(super) fn now_s(&self) -> f64 {
        self.live.now_s()
    }

    /// How it really is.
    #[cfg(test)]
    pub(super) fn live(&self) -> &Live {
        &self.live
    }

    /// Goes on to that second: what the sensors say goes to the engine, what it concludes to the clerk.
    pub(super) fn go_on_until(&mut self, until_s: f64) {
        loop {
            self.invite();
            self.door.let_in(&mut self.live);
            let before_s = self.now_s();
            self.live.go_on_until(until_s.min(before_s + STEP_S), &mut self.records);
            for record in &self.records {
                self.engine.push(record.clone(), &mut self.events);
            }
            if self.now_s() == before_s {
                return;
            }
            let (records, events, truth) = (&self.records, &self.events, &self.live);
            let moment = Moment { records, events, truth, wanted: self.wanted };
            (self.observer)(&moment);
            self.records.clear();
            for event in self.events.drain(..) {
                // Where the clerk has gone home, the demo ends.
                let _ = self.clerk.send(Word::Event(Box::new(event)));
            }
        }
    }

    /// Does what a visitor wants, or says why not.
    pub(super) fn obey(&mut self, command: Command) -> Result<(), Refused> {
        match command {
            Command::Enter { name, trip, kind, with } => {
                let entry = match with {
                    Some(payer) if !self.is_inside(&payer) => Entry::With(payer),
                    // Whoever comes after the payer shows the same credential once more.
                    _ => Entry::Shows(kind, trip.to_string()),
                };
                self.come(name, entry)
            }
            Command::Take { name, plate, product } => {
                if !self.live.stock(plate).iter().any(|(there, _)| *there == product) {
                    return Err(Refused::NothingThere { plate, product });
                }
                self.handle(&name, Work::take(plate, product, 1))
            }
            Command::PutBack { name, plate, product } => {
                self.check(plate, &product)?;
                self.handle(&name, Work::put(plate, product))
            }
            Command::Give { from, to, product } => {
                self.check_here(&from)?;
                // Who waits for what does not come soon goes on; who wants to give would wait long.
                self.tell(&to, Action::Receive { from: from.clone() })?;
                self.tell(&from, Action::Give { to, product })
            }
            Command::Leave { name } => self.tell(&name, Action::Leave),
            Command::Crowd { people } => {
                self.wanted = people;
                Ok(())
            }
            Command::Camera { on } => {
                self.live.set_camera(on);
                Ok(())
            }
            Command::Plate { plate, dead } => {
                Ok(self.live.set_plate(plate, dead.then_some(PlateFault::NotANumber))?)
            }
            Command::Clock { late } => {
                let seconds = if late { -LATE_S } else { 0.0 };
                self.live.scales().iter().for_each(|scale| self.live.set_clock(scale, seconds));
                Ok(())
            }
        }
    }

    /// The gate has spoken to somebody who came by themselves.
    pub(super) fn admit(&mut self, Admission { name, trip }: Admission) {
        let Some(actions) = self.asked.remove(&name) else { return };
        if let Some((kind, trip)) = trip {
            self.door.join(Arrival { name, entry: Entry::Shows(kind, trip.to_string()), actions });
        }
    }

    /// Somebody comes whom a gate has let in.
    fn come(&mut self, name: String, entry: Entry) -> Result<(), Refused> {
        if self.is_known(&name) {
            return Err(Refused::NameTaken(name));
        }
        if let Entry::With(payer) = &entry {
            self.check_here(payer)?;
        }
        self.door.join(Arrival { name, entry, actions: Vec::new() });
        Ok(())
    }

    /// Keeps as many shoppers inside as are wanted, and the shelves full.
    fn invite(&mut self) {
        let now_s = self.now_s();
        let (live, door, asked) = (&self.live, &self.door, &self.asked);
        self.guests.retain(|name| live.is_there(name) || door.holds(name) || asked.contains_key(name));
        if self.guests.len() < self.wanted && now_s >= self.next_guest_s {
            let (name, actions) = self.live.draft(STOPS);
            if !self.is_known(&name) {
                self.guests.insert(name.clone());
                self.ask(name, actions, false);
            }
            self.next_guest_s = now_s + NEXT_S;
        }
        if now_s >= self.next_filling_s {
            if !self.is_known(STAFF)
                && let Some(actions) = self.live.draft_filling(FILLED_PLATES)
            {
                self.ask(STAFF.to_owned(), actions, true);
            }
            self.next_filling_s = now_s + FILLING_EVERY_S;
        }
    }

    /// Asks the gate for somebody.
    fn ask(&mut self, name: String, actions: Vec<Action>, is_staff: bool) {
        self.asked.insert(name.clone(), actions);
        // Where the clerk has gone home, the demo ends.
        let _ = self.clerk.send(Word::Comes { name, is_staff });
    }

    fn handle(&mut self, name: &str, work: Work) -> Result<(), Refused> {
        self.tell(name, Action::Handle { works: vec![work] })
    }

    /// Tells somebody what to do, even if they are not through the gate yet.
    fn tell(&mut self, name: &str, action: Action) -> Result<(), Refused> {
        if self.door.tell(name, &action) {
            return Ok(());
        }
        self.live.tell(name, action).map_err(|error| match error {
            ScriptError::NotInside { shopper, .. } => Refused::NotHere(shopper),
            other => Refused::Impossible(other),
        })
    }

    fn is_inside(&self, name: &str) -> bool {
        self.live.people().iter().any(|person| person.name == name && person.is_inside)
    }

    fn is_known(&self, name: &str) -> bool {
        self.live.is_there(name) || self.door.holds(name) || self.asked.contains_key(name)
    }

    fn check_here(&self, name: &str) -> Result<(), Refused> {
        let is_here = self.live.is_there(name) || self.door.holds(name);
        if is_here { Ok(()) } else { Err(Refused::NotHere(name.to_owned())) }
    }

    /// Refuses names of what is not in the store.
    fn check(&self, plate: PlateId, product: &ProductId) -> Result<(), Refused> {
        let store = self.live.store();
        store.plate_index(plate).ok_or(ScriptError::UnknownPlate { plate })?;
        let unknown = || ScriptError::UnknownProduct { product: product.clone() };
        store.product_index(product).ok_or_else(unknown)?;
        Ok(())
    }
}
