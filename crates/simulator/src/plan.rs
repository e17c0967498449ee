//! From a script to what really happens: who walks when, what hands do, what the truth is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use glam::DVec3;
use model::{
    Direction, GateFile, PlateId, PlateIndex, ProductId, ProductIndex, Store, Truth, TruthAct, TruthTrip,
};

use crate::actor::Actor;
use crate::handling::Handling;
use crate::layout::Layout;
use crate::shopper::Leg;
use crate::stock::{Counts, Placed, Stock, Unit, make};
use crate::tracker::{Walker, give_tracks};
use crate::world::{Crossing, World};
use crate::{Action, Entry, Rng, Script, ScriptError, Step};

/// From showing a credential to going through. Assumed.
const READ_S: f64 = 1.0;
/// How far outside a gate people appear and vanish.
const OUTSIDE_M: f64 = 1.5;

/// Plays a script through.
pub(crate) fn plan(store: &Store, script: &Script, seed: u64) -> Result<World, ScriptError> {
    script.check_numbers()?;
    let layout = Layout::new(store);
    let counts = counts(store, script)?;
    let stock = Stock::fill(store, &counts, &mut Rng::new(seed, "stock"));
    let handling = Handling::new(store, &layout, &stock.loads_g(), Rng::new(seed, "handling"));
    let mut director = Director {
        store,
        layout: &layout,
        script,
        gate: gate(store, &layout)?,
        stock,
        handling,
        actors: Vec::new(),
        trips: Vec::new(),
        crossings: Vec::new(),
        end_s: 0.0,
        rng: Rng::new(seed, "new units"),
    };
    director.direct(seed)?;
    director.into_world()
}

/// Makes the script happen.
struct Director<'a> {
    store: &'a Store,
    layout: &'a Layout,
    script: &'a Script,
    gate: (&'a GateFile, DVec3, DVec3),
    stock: Stock,
    handling: Handling<'a>,
    actors: Vec<Actor>,
    trips: Vec<TruthTrip>,
    crossings: Vec<(f64, usize, Crossing)>,
    end_s: f64,
    rng: Rng,
}

impl<'a> Director<'a> {
    /// Takes all steps, each shopper's one after the other, all shoppers' in the order in which they
    /// really happen.
    fn direct(&mut self, seed: u64) -> Result<(), ScriptError> {
        let mut queues = self.cast(seed);
        // Whole nanoseconds have an order; the number of the queue settles ties.
        let nanos = |seconds: f64| (seconds * 1e9) as i64;
        let mut due = BTreeSet::new();
        for (number, queue) in queues.iter().enumerate() {
            if let Some(step) = queue.front() {
                due.insert((nanos(self.moment_s(number, step)?), number));
            }
        }
        while let Some((_, number)) = due.pop_first() {
            let Some(step) = queues[number].pop_front() else { continue };
            let moment_s = self.moment_s(number, step)?;
            self.act(number, step, moment_s)?;
            self.end_s = self.end_s.max(moment_s);
            if let Some(next) = queues[number].front() {
                due.insert((nanos(self.moment_s(number, next)?), number));
            }
        }
        Ok(())
    }

    /// An actor for every name in the script and the queue of their steps; the last queue holds what
    /// nobody does.
    fn cast(&mut self, seed: u64) -> Vec<VecDeque<&'a Step>> {
        let mut steps: Vec<&Step> = self.script.steps.iter().collect();
        steps.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
        let mut numbers = BTreeMap::new();
        let mut queues: Vec<VecDeque<&Step>> = Vec::new();
        let mut nobodys = VecDeque::new();
        for step in steps {
            let Some(name) = step.action.shopper() else {
                nobodys.push_back(step);
                continue;
            };
            let number = *numbers.entry(name).or_insert_with(|| {
                self.actors.push(Actor::new(name, seed));
                queues.push(VecDeque::new());
                queues.len() - 1
            });
            queues[number].push_back(step);
        }
        queues.push(nobodys);
        queues
    }

    /// When a step really happens, given what the shopper has done so far.
    fn moment_s(&self, number: usize, step: &Step) -> Result<f64, ScriptError> {
        let Some(actor) = self.actors.get(number) else { return Ok(step.at_s) };
        Ok(match &step.action {
            Action::Enter { .. } | Action::Bump { .. } => step.at_s,
            Action::Leave { .. } => {
                let walk = actor.walk_to(self.gate.1);
                step.at_s.max(actor.free_s + walk.duration_s())
            }
            Action::Take { plate, .. }
            | Action::PutBack { plate, .. }
            | Action::Lean { plate, .. }
            | Action::Restock { plate, .. } => {
                let walk = actor.walk_to(actor.stand(self.layout.front(self.plate(*plate)?)));
                step.at_s.max(actor.free_s + walk.duration_s() + actor.lead_s())
            }
        })
    }

    fn act(&mut self, number: usize, step: &Step, moment_s: f64) -> Result<(), ScriptError> {
        if let Some(actor) = self.actors.get(number)
            && !actor.inside
            && !matches!(step.action, Action::Enter { .. })
        {
            return Err(ScriptError::NotInside { at_s: step.at_s, shopper: actor.name.clone() });
        }
        match &step.action {
            Action::Enter { entry, .. } => self.enter(number, entry, step.at_s)?,
            Action::Leave { .. } => self.leave(number, moment_s),
            Action::Take { product, quantity, plate, .. } => {
                let (plate, product) = (self.plate(*plate)?, self.product(product)?);
                self.take(number, plate, product, *quantity, step.at_s, moment_s)?;
            }
            Action::PutBack { product, plate, .. } => {
                let (plate, product) = (self.plate(*plate)?, self.product(product)?);
                self.put_back(number, plate, product, step.at_s, moment_s)?;
            }
            Action::Restock { product, quantity, plate, .. } => {
                let (plate, product) = (self.plate(*plate)?, self.product(product)?);
                self.restock(number, plate, product, *quantity, moment_s);
            }
            Action::Lean { plate, grams, seconds, .. } => {
                let plate = self.plate(*plate)?;
                self.reach(number, plate, moment_s, *seconds + self.actors[number].hold_s());
                self.handling.lean(plate, *grams, moment_s, *seconds);
            }
            Action::Bump { plate } => self.handling.bump(self.plate(*plate)?, moment_s),
        }
        Ok(())
    }

    fn enter(&mut self, number: usize, entry: &Entry, at_s: f64) -> Result<(), ScriptError> {
        if self.actors[number].trip.is_some() {
            return Err(ScriptError::EnteredTwice { at_s, shopper: self.actors[number].name.clone() });
        }
        let trip = match entry {
            Entry::Shows(kind, token) => {
                self.crossings.push((at_s - READ_S, number, Crossing::Shows(*kind, token.clone())));
                self.trips.push(TruthTrip { token: Some(token.clone()), ..TruthTrip::default() });
                self.trips.len() - 1
            }
            Entry::With(other) => self
                .actors
                .iter()
                .find(|actor| actor.name == *other)
                .and_then(|actor| actor.trip)
                .ok_or_else(|| ScriptError::NotInside { at_s, shopper: other.clone() })?,
        };
        let (_, gate, out) = self.gate;
        self.crossings.push((at_s, number, Crossing::Passes(Direction::In)));
        let actor = &mut self.actors[number];
        actor.at = gate + out * OUTSIDE_M;
        let duration_s = Leg::new(0.0, actor.at, gate, actor.motion.body.speed_m_s, -out).duration_s();
        actor.walk(at_s - READ_S - duration_s, gate, -out);
        (actor.free_s, actor.trip, actor.inside) = (at_s, Some(trip), true);
        Ok(())
    }

    fn leave(&mut self, number: usize, moment_s: f64) {
        let (_, gate, out) = self.gate;
        self.crossings.push((moment_s, number, Crossing::Passes(Direction::Out)));
        let actor = &mut self.actors[number];
        let start_s = moment_s - actor.walk_to(gate).duration_s();
        actor.walk(start_s, gate, out);
        actor.walk(moment_s, gate + out * OUTSIDE_M, out);
        actor.inside = false;
    }

    fn take(
        &mut self,
        number: usize,
        plate: PlateIndex,
        product: ProductIndex,
        quantity: u32,
        at_s: f64,
        moment_s: f64,
    ) -> Result<(), ScriptError> {
        let units = self.stock.count(plate, product);
        if units < quantity as usize {
            let (plate, product) = self.names(plate, product);
            return Err(ScriptError::OutOfStock { at_s, plate, product, units });
        }
        self.reach(number, plate, moment_s, self.actors[number].hold_s());
        let taken: Vec<Placed> = (0..quantity).filter_map(|_| self.stock.take(plate, product)).collect();
        let masses: Vec<(PlateIndex, f64)> = taken.iter().flat_map(|placed| placed.masses(plate)).collect();
        self.handling.lift(&sum_by_plate(&masses), moment_s);
        self.actors[number].carried.extend(taken.iter().map(|placed| placed.unit));
        self.note(number, plate, product, -(quantity as i32), moment_s);
        Ok(())
    }

    fn put_back(
        &mut self,
        number: usize,
        plate: PlateIndex,
        product: ProductIndex,
        at_s: f64,
        moment_s: f64,
    ) -> Result<(), ScriptError> {
        let carried = &mut self.actors[number].carried;
        let Some(place) = carried.iter().rposition(|unit| unit.product == product) else {
            let (shopper, product) = (self.actors[number].name.clone(), self.names(plate, product).1);
            return Err(ScriptError::NotCarried { at_s, shopper, product });
        };
        let unit = carried.remove(place);
        self.put(number, plate, unit, moment_s);
        Ok(())
    }

    fn restock(
        &mut self,
        number: usize,
        plate: PlateIndex,
        product: ProductIndex,
        quantity: u32,
        first_s: f64,
    ) {
        let cycle_s = self.actors[number].cycle_s();
        for count in 0..quantity {
            if let Some(unit) = make(self.store, product, &mut self.rng) {
                self.put(number, plate, unit, first_s + f64::from(count) * cycle_s);
            }
        }
    }

    fn put(&mut self, number: usize, plate: PlateIndex, unit: Unit, moment_s: f64) {
        self.reach(number, plate, moment_s, self.actors[number].hold_s());
        self.stock.put(plate, Placed { unit, straddles: None });
        self.handling.put_down(plate, unit.grams, moment_s);
        self.note(number, plate, unit.product, 1, moment_s);
    }

    /// A shopper's hand does its work at a plate and stays on for `hold_s`.
    fn reach(&mut self, number: usize, plate: PlateIndex, moment_s: f64, hold_s: f64) {
        let actor = &mut self.actors[number];
        actor.reach(self.layout.front(plate), moment_s, hold_s);
        self.end_s = self.end_s.max(actor.free_s);
    }

    fn note(
        &mut self,
        number: usize,
        plate: PlateIndex,
        product: ProductIndex,
        quantity: i32,
        moment_s: f64,
    ) {
        let actor = &self.actors[number];
        let time = self.script.start.plus_seconds(moment_s + actor.hold_s());
        let Some(trip) = actor.trip.filter(|_| quantity != 0) else { return };
        let (plate, product) = self.names(plate, product);
        self.trips[trip].acts.push(TruthAct { time, plate, product, quantity });
    }

    fn plate(&self, id: PlateId) -> Result<PlateIndex, ScriptError> {
        self.store.plate_index(id).ok_or(ScriptError::UnknownPlate { plate: id })
    }

    fn product(&self, id: &ProductId) -> Result<ProductIndex, ScriptError> {
        known_product(self.store, id)
    }

    fn names(&self, plate: PlateIndex, product: ProductIndex) -> (PlateId, ProductId) {
        (self.store.plate(plate).id, self.store.product(product).id.clone())
    }

    /// Closes the books.
    fn into_world(mut self) -> Result<World, ScriptError> {
        let mut walkers = Vec::new();
        for actor in &self.actors {
            walkers.push(Walker {
                name: actor.name.clone(),
                motion: actor.motion.clone(),
                tracks: Vec::new(),
            });
        }
        self.script.tracker.check_names(&walkers)?;
        give_tracks(&mut walkers, &self.script.tracker);
        for (actor, walker) in self.actors.iter().zip(&walkers) {
            let Some(trip) = actor.trip.and_then(|trip| self.trips.get_mut(trip)) else { continue };
            trip.tracks.extend(walker.tracks.iter().map(|(_, track)| *track));
            for unit in &actor.carried {
                *trip.kept.entry(self.store.product(unit.product).id.clone()).or_default() += 1;
            }
            self.end_s = actor.motion.span_s().map_or(self.end_s, |(_, end_s)| self.end_s.max(end_s));
        }
        for trip in &mut self.trips {
            trip.acts.sort_by_key(|act| act.time);
        }
        self.crossings.sort_by(|one, other| one.0.total_cmp(&other.0));
        Ok(World {
            loads: self.handling.into_loads(),
            walkers,
            gate: self.gate.0.id.clone(),
            crossings: self.crossings,
            truth: Truth { trips: self.trips },
            end_s: self.end_s + self.script.tail_s,
        })
    }
}

fn gate<'a>(store: &'a Store, layout: &Layout) -> Result<(&'a GateFile, DVec3, DVec3), ScriptError> {
    store
        .gates()
        .iter()
        .find_map(|gate| layout.gate(gate).map(|(place, out)| (gate, place, out)))
        .ok_or(ScriptError::NoGate)
}

fn known_product(store: &Store, id: &ProductId) -> Result<ProductIndex, ScriptError> {
    store
        .product_index(id)
        .filter(|product| store.product(*product).mass_g.is_some())
        .ok_or_else(|| ScriptError::UnknownProduct { product: id.clone() })
}

/// How many units the script puts where.
fn counts(store: &Store, script: &Script) -> Result<Counts, ScriptError> {
    let mut counts = Counts::new();
    for stocked in &script.stock {
        let plate =
            store.plate_index(stocked.plate).ok_or(ScriptError::UnknownPlate { plate: stocked.plate })?;
        counts.insert((plate, known_product(store, &stocked.product)?), stocked.units);
    }
    Ok(counts)
}

/// Two units on the same plate are lifted as one mass.
fn sum_by_plate(masses: &[(PlateIndex, f64)]) -> Vec<(PlateIndex, f64)> {
    let mut sums: BTreeMap<PlateIndex, f64> = BTreeMap::new();
    for (plate, grams) in masses {
        *sums.entry(*plate).or_default() += grams;
    }
    sums.into_iter().collect()
}
