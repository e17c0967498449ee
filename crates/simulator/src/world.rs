//! What really happens, moment by moment, before any sensor looks at it.
//!
//! The world goes on in steps of [`TICK_S`]. In each, everybody attends to their present step of the script (modules
//! `doorway`, `errand`, `shelfwork` and `together`, one for each kind) and moves a little.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use glam::DVec3;
use model::{
    CredentialKind, Direction, PlateId, PlateIndex, ProductId, ProductIndex, SensorId, Store, Time, TruthAct,
    TruthTrip,
};

use crate::floor::Floor;
use crate::handling::Handling;
use crate::layout::Layout;
use crate::person::{Person, Phase, Presence};
use crate::script::Step;
use crate::stock::{Counts, Placed, Stock, Unit};
use crate::walk::{BODY_M, Other};
use crate::{Action, Age, Rng, ScriptError, What};

/// How far the world goes on at a time, seconds.
pub(crate) const TICK_S: f64 = 1.0 / 30.0;
/// People mind others who are nearer than this, metres, and of those no more than this many.
const NEAR_M: f64 = 2.0;
const MINDED: usize = 8;
/// Who is nearer than this to a place that they make for will soon be there, metres.
const SOON_M: f64 = 2.5;
/// The arms of who works at a shelf are this far before the body, metres.
const ARMS_M: f64 = 0.3;
/// A hand this near to a gondola in the plane reaches into it, metres.
const OVER_SHELF_M: f64 = 0.08;
/// Who can't do a step for this long gives it up, seconds.
const PATIENCE_S: f64 = 120.0;

/// Nobody walks: the floor shakes this much of what one walking person makes. Chosen so that quiet plates
/// spread as recorded, where the median plate has 0.57 g above 3 Hz, white noise and hum included.
const SHAKING_AT_REST: f64 = 0.12;
/// The speed at which one person near makes a shaking of 1: the recorded shopper's.
const SHAKING_SPEED_M_S: f64 = 0.7;
/// Where the shaking is down to a half. Recorded: walking shakes a gondola hardly less at 2.5 m than at 1 m.
const SHAKING_RANGE_M: f64 = 4.0;

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) store: Arc<Store>,
    pub(crate) layout: Layout,
    pub(crate) floor: Floor,
    pub(crate) stock: Stock,
    pub(crate) handling: Handling,
    pub(crate) people: Vec<Person>,
    /// The visits, by numbers that rise.
    pub(crate) trips: BTreeMap<usize, TruthTrip>,
    /// What gates have to say.
    pub(crate) crossings: VecDeque<Crossing>,
    /// Units on their way from a hand to a plate: when they touch it, where, and how they stand.
    pub(crate) falling: Vec<(f64, PlateIndex, Placed)>,
    /// How many people have come to each meeting.
    pub(crate) meetings: BTreeMap<u32, u32>,
    /// The present moment.
    pub(crate) now_s: f64,
    /// Chance that is nobody's own.
    pub(crate) rng: Rng,
    /// What could not be done, the first of it.
    pub(crate) problem: Option<ScriptError>,
    start: Time,
    seed: u64,
    ticks: u64,
    /// How many people have come or are still to come.
    casts: usize,
    lenient: bool,
    pub(crate) names: BTreeMap<String, usize>,
    /// Places among the people of those who were forgotten.
    vacant: Vec<usize>,
    /// Those who are in the store, before it, or still to come.
    present: Vec<usize>,
    /// What nobody does, in order of time.
    bumps: VecDeque<(f64, PlateIndex)>,
}

/// What happened at a gate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crossing {
    /// When, seconds.
    pub(crate) time_s: f64,
    /// Where.
    pub(crate) gate: SensorId,
    /// Place among the people.
    pub(crate) who: usize,
    /// What.
    pub(crate) what: Crossed,
}

/// What a shopper does at a gate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Crossed {
    /// Shows a credential.
    Shows(CredentialKind, String),
    /// Goes through.
    Passes(Direction),
}

/// Whether a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The next one can begin.
    Done,
    /// Somebody is still at it.
    Busy,
}

impl World {
    /// A store with full shelves and nobody in it.
    pub(crate) fn new(store: Arc<Store>, counts: &Counts, start: Time, lenient: bool, seed: u64) -> Self {
        let layout = Layout::new(&store);
        let stock = Stock::fill(&store, counts, &mut Rng::new(seed, "stock"));
        let handling = Handling::new(&layout, store.plates().len(), Rng::new(seed, "handling"));
        Self {
            floor: Floor::new(&store),
            store,
            layout,
            stock,
            handling,
            people: Vec::new(),
            trips: BTreeMap::new(),
            crossings: VecDeque::new(),
            falling: Vec::new(),
            meetings: BTreeMap::new(),
            now_s: 0.0,
            rng: Rng::new(seed, "world"),
            problem: None,
            start,
            seed,
            ticks: 0,
            casts: 0,
            lenient,
            names: BTreeMap::new(),
            vacant: Vec::new(),
            present: Vec::new(),
            bumps: VecDeque::new(),
        }
    }

    /// Adds somebody with their steps in order of time.
    pub(crate) fn cast(&mut self, name: &str, steps: VecDeque<Step>) -> Result<(), ScriptError> {
        let mut age = Age::Adult;
        for step in &steps {
            self.check(step)?;
            if let Action::Enter { age: this, .. } = step.action {
                age = this;
            }
        }
        let person = Person { number: self.casts, ..Person::new(name, age, steps, self.seed) };
        self.casts += 1;
        let who = if let Some(who) = self.vacant.pop() {
            self.people[who] = person;
            who
        } else {
            self.people.push(person);
            self.people.len() - 1
        };
        self.names.insert(name.to_owned(), who);
        self.present.push(who);
        Ok(())
    }

    /// Forgets somebody who has gone: their visit keeps what they carry, their place is free for somebody else.
    pub(crate) fn forget(&mut self, who: usize) {
        let Some(person) = self.people.get_mut(who).filter(|person| person.presence == Presence::Gone) else {
            return;
        };
        self.names.remove(&person.name);
        self.vacant.push(who);
        let (trip, carried) = (person.trip.take(), std::mem::take(&mut person.carried));
        let trip = trip.filter(|_| !person.is_staff).and_then(|trip| self.trips.get_mut(&trip));
        if let Some(trip) = trip {
            keep(&self.store, trip, &carried);
        }
    }

    /// Forgets the oldest visits that are over, but for so many of all visits.
    pub(crate) fn forget_trips(&mut self, all_but: usize) {
        while self.trips.len() > all_but {
            let is_over = |number: &&usize| self.people.iter().all(|person| person.trip != Some(**number));
            let Some(oldest) = self.trips.keys().find(is_over).copied() else { return };
            self.trips.remove(&oldest);
        }
    }

    /// Lets something knock against a plate at a moment that is no earlier than those added before.
    pub(crate) fn bump(&mut self, at_s: f64, plate: PlateId) -> Result<(), ScriptError> {
        self.bumps.push_back((at_s, self.plate(plate)?));
        Ok(())
    }

    /// Refuses names of what is not there.
    pub(crate) fn check(&self, step: &Step) -> Result<(), ScriptError> {
        match &step.action {
            Action::Approach { plate, .. } | Action::Bump { plate } => self.plate(*plate).map(|_| ()),
            Action::Give { product, .. } => self.product(product).map(|_| ()),
            Action::Handle { works } => works.iter().try_for_each(|work| {
                self.plate(work.plate)?;
                match &work.what {
                    What::Take { product, .. } | What::Put { product } | What::Fill { product, .. } => {
                        self.product(product).map(|_| ())
                    }
                    _ => Ok(()),
                }
            }),
            _ => Ok(()),
        }
    }

    /// Whether nobody has anything left to do.
    pub(crate) fn is_over(&self) -> bool {
        let idle = self.present.iter().all(|who| self.people[*who].steps.is_empty());
        idle && self.bumps.is_empty() || self.problem.is_some()
    }

    /// How many are in the store or before it, or still to come.
    pub(crate) fn present(&self) -> usize {
        self.present.len()
    }

    /// Those who can be seen, by their place among all people.
    pub(crate) fn visible(&self) -> impl Iterator<Item = (usize, &Person)> {
        let people = self.present.iter().map(|who| (*who, &self.people[*who]));
        people.filter(|(_, person)| person.presence == Presence::Here)
    }

    /// How often it has gone on.
    pub(crate) fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Goes on by [`TICK_S`].
    pub(crate) fn tick(&mut self) {
        self.ticks += 1;
        self.now_s = self.ticks as f64 * TICK_S;
        while let Some((_, plate)) = self.bumps.pop_front_if(|(at_s, _)| *at_s <= self.now_s) {
            self.handling.bump(&self.layout, plate, self.now_s);
        }
        let (now_s, stock) = (self.now_s, &mut self.stock);
        self.falling.retain(|(at_s, plate, placed)| {
            let falls = *at_s > now_s;
            if !falls {
                stock.put(*plate, *placed);
            }
            falls
        });
        for place in 0..self.present.len() {
            let who = self.present[place];
            self.attend(who);
            self.move_body(who);
        }
        let people = &self.people;
        self.present.retain(|who| people[*who].presence != Presence::Gone);
    }

    /// Lets somebody attend to their steps.
    fn attend(&mut self, who: usize) {
        while let Some(step) = self.people[who].steps.pop_front() {
            let progress = self.attempt(who, &step).unwrap_or_else(|problem| self.give_up(problem));
            let person = &mut self.people[who];
            let waits = matches!(person.phase, Phase::Fresh) && self.now_s < step.at_s;
            let in_vain = !waits && self.now_s - person.since_s.max(step.at_s) > PATIENCE_S;
            if progress == Progress::Busy && !in_vain {
                person.steps.push_front(step);
                return;
            }
            (person.phase, person.since_s) = (Phase::Fresh, self.now_s);
            if in_vain {
                let (at_s, shopper) = (self.now_s.round(), person.name.clone());
                self.give_up(ScriptError::InVain { at_s, shopper });
            }
        }
        // Who has nothing left to do and never came stays away.
        if self.people[who].presence == Presence::Away {
            self.people[who].presence = Presence::Gone;
        }
    }

    fn attempt(&mut self, who: usize, step: &Step) -> Result<Progress, ScriptError> {
        let person = &self.people[who];
        let is_entry = matches!(step.action, Action::Enter { .. });
        if (person.trip.is_none() || person.presence == Presence::Gone) && !is_entry {
            return Err(ScriptError::NotInside { at_s: step.at_s, shopper: person.name.clone() });
        }
        match &step.action {
            Action::Enter { entry, .. } => self.enter(who, entry, step.at_s),
            Action::Leave => self.leave(who, step.at_s),
            Action::Approach { plate, aside_m } => self.approach(who, *plate, *aside_m, step.at_s),
            Action::Handle { works } => self.handle(who, works, step.at_s),
            Action::Wait { seconds } => Ok(self.wait(who, *seconds, step.at_s)),
            Action::Meet { number, people } => Ok(self.meet(who, *number, *people)),
            Action::Give { to, product } => self.give(who, to, product, step.at_s),
            Action::Receive { from } => self.receive(who, from, step.at_s),
            Action::Bump { .. } => Ok(Progress::Done),
        }
    }

    /// Notes what can't be done; the step is left out.
    pub(crate) fn give_up(&mut self, problem: ScriptError) -> Progress {
        if !self.lenient && self.problem.is_none() {
            self.problem = Some(problem);
        }
        Progress::Done
    }

    fn move_body(&mut self, who: usize) {
        if self.people[who].presence != Presence::Here {
            return;
        }
        let at = self.people[who].stance.at;
        let mut others = Vec::new();
        for (other, person) in self.visible() {
            let stance = &person.stance;
            if other == who || stance.at.distance_squared(at) > NEAR_M * NEAR_M {
                continue;
            }
            others.push(Other { at: stance.at, velocity: stance.velocity });
            // Nobody walks between a shelf and who works at it.
            if matches!(person.phase, Phase::Working(_)) {
                others.push(Other { at: stance.at + stance.facing * ARMS_M, velocity: DVec3::ZERO });
            }
        }
        if others.len() > MINDED {
            let far = |other: &Other| other.at.distance_squared(at);
            others.select_nth_unstable_by(MINDED, |one, other| far(one).total_cmp(&far(other)));
            others.truncate(MINDED);
        }
        self.people[who].move_on(&others, &self.floor, TICK_S);
    }

    /// Whether nobody else has a place nearer than `room_m`, or makes for one and will soon be there.
    pub(crate) fn has_room(&self, who: usize, place: DVec3, room_m: f64) -> bool {
        self.visible().all(|(other, person)| {
            let is_clear = person.claim().distance(place) >= room_beside(person, room_m);
            other == who || is_clear || person.way_m() > SOON_M
        })
    }

    /// Whether somebody else is there, or will be first, where somebody makes for.
    pub(crate) fn is_forestalled(&self, who: usize, room_m: f64) -> bool {
        let (place, way_m) = (self.people[who].claim(), self.people[who].way_m());
        way_m < SOON_M
            && self.visible().any(|(other, person)| {
                let is_near = person.claim().distance(place) < room_beside(person, room_m);
                other != who && is_near && person.way_m() < way_m
            })
    }

    /// Notes in the truth what somebody did at a shelf, once the hand has left it.
    pub(crate) fn note(
        &mut self,
        who: usize,
        plate: PlateIndex,
        product: ProductIndex,
        units: i32,
        at_s: f64,
    ) {
        let trip = self.people[who].trip.filter(|_| units != 0);
        let Some(trip) = trip.and_then(|trip| self.trips.get_mut(&trip)) else { return };
        let time = self.start.plus_seconds(at_s);
        let (plate, product) = (self.store.plate(plate).id, self.store.product(product).id.clone());
        trip.acts.push(TruthAct { time, plate, product, quantity: units });
    }

    /// The visits so far. What somebody carries is what they keep; what staff take away is not.
    pub(crate) fn trips(&self) -> BTreeMap<usize, TruthTrip> {
        let mut trips = self.trips.clone();
        for person in self.people.iter().filter(|person| !person.is_staff) {
            if let Some(trip) = person.trip.and_then(|trip| trips.get_mut(&trip)) {
                keep(&self.store, trip, &person.carried);
            }
        }
        trips
    }

    /// How many of the visits are not those of staff.
    pub(crate) fn shopping_trips(&self) -> usize {
        let staff = self.people.iter().filter(|person| person.is_staff && person.trip.is_some());
        self.trips.len() - staff.count()
    }

    /// The person of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    pub(crate) fn plate(&self, id: PlateId) -> Result<PlateIndex, ScriptError> {
        self.store.plate_index(id).ok_or(ScriptError::UnknownPlate { plate: id })
    }

    pub(crate) fn product(&self, id: &ProductId) -> Result<ProductIndex, ScriptError> {
        let known = self.store.product_index(id);
        known
            .filter(|product| self.store.product(*product).mass_g.is_some())
            .ok_or_else(|| ScriptError::UnknownProduct { product: id.clone() })
    }

    /// Whether a hand at a place reaches into a shelf.
    pub(crate) fn is_over_shelf(&self, hand: DVec3) -> bool {
        self.floor.distance_m(hand.with_z(0.0)) < OVER_SHELF_M
    }

    /// How much the floor shakes at a place: 1 where one person walks near.
    pub(crate) fn shaking(&self, place: DVec3) -> f64 {
        let power: f64 = self
            .visible()
            .map(|(_, person)| {
                let far = person.stance.at.distance(place) / SHAKING_RANGE_M;
                let shaking = person.stance.velocity.length() / SHAKING_SPEED_M_S / (1.0 + far * far);
                shaking * shaking
            })
            .sum();
        (SHAKING_AT_REST * SHAKING_AT_REST + power).sqrt()
    }
}

/// A visit keeps what somebody carries.
fn keep(store: &Store, trip: &mut TruthTrip, carried: &[Unit]) {
    for unit in carried {
        *trip.kept.entry(store.product(unit.product).id.clone()).or_default() += 1;
    }
}

/// How much room people leave to somebody: no more than the body takes if that one only stands about.
fn room_beside(person: &Person, room_m: f64) -> f64 {
    let is_idle = matches!(person.phase, Phase::Fresh | Phase::Until(_) | Phase::Ready);
    if is_idle { room_m.min(BODY_M + 0.01) } else { room_m }
}
