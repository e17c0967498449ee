//! A store that goes on for as long as one likes, and is told what to do while it goes on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use model::{
    PlateBatch, PlateId, PlateIndex, ProductId, ProductIndex, Record, SensorId, Store, Time, TrackId, Truth,
};

use crate::faults::{PlateFault, break_batch, skewed};
use crate::person::{Person, Phase, Presence};
use crate::scale;
use crate::scenarios::Draft;
use crate::world::TICK_S;
use crate::{
    Action, Age, Bodies, CameraOptions, Entry, Rng, Script, ScriptError, Simulation, Step, What, Work,
};

/// So many visits are remembered, those of who is still inside among them.
const TRIPS: usize = 100;
/// Who has nothing to do looks this often whether somebody wants to get by, seconds.
const LOOK_ROUND_S: f64 = 0.5;
/// A hand that found nothing to put down is back after this time, seconds. Assumed.
const BACK_S: f64 = 1.0;
/// What a hand did is forgotten so long after, seconds: no sensor asks for it any more.
const PAST_S: f64 = 1.0;
/// Staff fill a plate up once it has less than this part of what stood on it at first, so many units at most, one
/// every so many seconds.
const LOW_RATIO: f64 = 0.4;
const FILLED_UNITS: u32 = 8;
const FILLING_S: f64 = 1.0;

/// A store that goes on for as long as one likes. Whoever can't do what they are told leaves it out. The same commands
/// at the same moments give the same records, bit for bit; nothing piles up over days.
#[derive(Debug)]
pub struct Live {
    simulation: Simulation,
    draft: Draft,
    start: Time,
    /// Who has been told to leave.
    leaving: BTreeSet<String>,
    looks_round_s: f64,
    /// How many units of its products stood on each plate at first.
    full: Vec<(PlateIndex, ProductIndex, u32)>,
    is_camera_on: bool,
    broken: BTreeMap<PlateId, Broken>,
    skews_s: BTreeMap<SensorId, f64>,
}

/// A plate that fails.
#[derive(Clone, Copy, Debug)]
struct Broken {
    fault: PlateFault,
    /// What it said last before, grams; unknown until it is heard again.
    last: Option<f32>,
}

/// Somebody in the store or before it, as they really are.
#[derive(Clone, Debug, PartialEq)]
pub struct LivePerson {
    /// Their name.
    pub name: String,
    /// Where they are on the floor, metres.
    pub place_m: (f64, f64),
    /// Whether they can be seen: they have come.
    pub is_here: bool,
    /// Whether they have come in.
    pub is_inside: bool,
    /// How many things they still have to do, the present one among them: with none they stand about.
    pub to_do: usize,
    /// What they carry, by product.
    pub carries: Vec<(ProductId, u32)>,
    /// The tracks that the tracker gave them, the present one last.
    pub tracks: Vec<TrackId>,
}

impl Live {
    /// A store with full shelves and nobody inside; `start` is the moment of second 0.
    ///
    /// # Errors
    /// [`ScriptError::NoGate`] for a store that nobody can come into.
    pub fn open(store: Arc<Store>, start: Time, seed: u64) -> Result<Self, ScriptError> {
        Self::open_with(store, start, seed, None)
    }

    /// The same, in which the single cameras of the store look, in place of a tracker.
    ///
    /// # Errors
    /// [`ScriptError::NoGate`] for a store that nobody can come into; what is wrong with its cameras.
    pub fn open_with_cameras(
        store: Arc<Store>,
        start: Time,
        seed: u64,
        cameras: CameraOptions,
    ) -> Result<Self, ScriptError> {
        Self::open_with(store, start, seed, Some(cameras))
    }

    fn open_with(
        store: Arc<Store>,
        start: Time,
        seed: u64,
        cameras: Option<CameraOptions>,
    ) -> Result<Self, ScriptError> {
        let draft = Draft::in_store(Store::clone(&store), Rng::new(seed, "live"));
        let script = Script { start, cameras, ..draft.script.clone() };
        let simulation = Simulation::new(store, &script, seed)?.endless();
        let world = &simulation.world;
        if world.layout.entry(0).is_none() {
            return Err(ScriptError::NoGate);
        }
        let mut full = Vec::new();
        for facing in world.store.facings() {
            let count = |plate| u32::try_from(world.stock.count(plate, facing.product)).unwrap_or(u32::MAX);
            full.extend(facing.plates.iter().map(|plate| (*plate, facing.product, count(*plate))));
        }
        Ok(Self {
            simulation,
            draft,
            start,
            leaving: BTreeSet::new(),
            looks_round_s: 0.0,
            full,
            is_camera_on: true,
            broken: BTreeMap::new(),
            skews_s: BTreeMap::new(),
        })
    }

    /// The store, as it really is.
    pub fn store(&self) -> &Arc<Store> {
        &self.simulation.world.store
    }

    /// The present moment, seconds from the opening.
    pub fn now_s(&self) -> f64 {
        self.simulation.now_s()
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.start.plus_seconds(self.now_s())
    }

    /// Goes on to that second, and appends what the sensors said, in the order of arrival.
    pub fn go_on_until(&mut self, until_s: f64, records: &mut Vec<Record>) {
        while self.now_s() + TICK_S <= until_s {
            self.simulation.go_on();
            self.tidy();
            while let Some(record) = self.simulation.next_arrived() {
                records.extend(self.spoiled(record));
            }
        }
    }

    /// Somebody comes to a gate and in. Their name is theirs alone while they are there.
    ///
    /// # Errors
    /// [`ScriptError::EnteredTwice`] for a name that somebody has who is there; [`ScriptError::NotInside`] if they
    /// come with somebody who is not.
    pub fn enter(&mut self, name: &str, entry: Entry, age: Age) -> Result<(), ScriptError> {
        let (at_s, world) = (self.now_s(), &mut self.simulation.world);
        if world.find(name).is_some() {
            return Err(ScriptError::EnteredTwice { at_s, shopper: name.to_owned() });
        }
        if let Entry::With(payer) = &entry
            && (world.find(payer).is_none() || self.leaving.contains(payer))
        {
            return Err(ScriptError::NotInside { at_s, shopper: payer.clone() });
        }
        let step = Step { at_s, shopper: Some(name.to_owned()), action: Action::Enter { entry, age } };
        world.cast(name, VecDeque::from([step]))
    }

    /// Tells somebody one more thing to do, after those that they still have to do.
    ///
    /// # Errors
    /// [`ScriptError::NotInside`] if nobody of that name is there, or they were told to leave; what is wrong with the
    /// action itself.
    pub fn tell(&mut self, name: &str, action: Action) -> Result<(), ScriptError> {
        let (at_s, world) = (self.now_s(), &mut self.simulation.world);
        let who = world.find(name).filter(|_| !self.leaving.contains(name));
        let who = who.ok_or_else(|| ScriptError::NotInside { at_s, shopper: name.to_owned() })?;
        action.check_numbers(at_s)?;
        if action == Action::Leave {
            self.leaving.insert(name.to_owned());
        }
        let step = Step { at_s, shopper: Some(name.to_owned()), action };
        world.check(&step)?;
        world.people[who].steps.push_back(step);
        Ok(())
    }

    /// Thinks up a shopper with the habits of the scenario `solo`, who stops at so many shelves, least and most: a
    /// name that nobody has, and what they do once they are in. They are still to be let in.
    pub fn draft(&mut self, stops: (u32, u32)) -> (String, Vec<Action>) {
        loop {
            let name = self.draft.visit(0.0, stops.0, stops.1).name;
            let actions = self.draft.script.steps.drain(..).map(|step| step.action);
            let actions = actions.filter(|action| !matches!(action, Action::Enter { .. })).collect();
            if self.simulation.world.find(&name).is_none() {
                return (name, actions);
            }
        }
    }

    /// Thinks up what somebody of the staff does who fills up the emptiest plates, so many at most, and leaves; nothing
    /// while all plates have enough.
    pub fn draft_filling(&self, plates: usize) -> Option<Vec<Action>> {
        let world = &self.simulation.world;
        let missing = self.full.iter().filter_map(|(plate, product, full)| {
            let there = u32::try_from(world.stock.count(*plate, *product)).unwrap_or(u32::MAX);
            let is_low = f64::from(there) < LOW_RATIO * f64::from(*full);
            is_low.then(|| (f64::from(there) / f64::from(*full), *plate, *product, full - there))
        });
        let mut missing: Vec<_> = missing.collect();
        missing.sort_by(|one, other| one.0.total_cmp(&other.0));
        missing.truncate(plates);
        // One way through the store.
        missing.sort_by_key(|(_, plate, ..)| *plate);
        let fill = |(_, plate, product, units): (f64, PlateIndex, ProductIndex, u32)| {
            let what = What::Fill { product: world.store.product(product).id.clone(), units: 1 };
            let plate = world.store.plate(plate).id;
            let work = |count| Work::new(plate, what.clone()).after(f64::from(count) * FILLING_S);
            Action::Handle { works: (0..units.min(FILLED_UNITS)).map(work).collect() }
        };
        let mut actions: Vec<Action> = missing.into_iter().map(fill).collect();
        (!actions.is_empty()).then(|| {
            actions.push(Action::Leave);
            actions
        })
    }

    /// Something knocks against a plate.
    ///
    /// # Errors
    /// [`ScriptError::UnknownPlate`].
    pub fn bump(&mut self, plate: PlateId) -> Result<(), ScriptError> {
        let now_s = self.now_s();
        self.simulation.world.bump(now_s, plate)
    }

    /// Whether somebody of that name is in the store, before it, or about to come.
    pub fn is_there(&self, name: &str) -> bool {
        self.simulation.world.find(name).is_some()
    }

    /// Everybody in the store or before it, by name, as they really are: to compare with only.
    pub fn people(&self) -> Vec<LivePerson> {
        let world = &self.simulation.world;
        let people = world.names.values().map(|who| (*who, &world.people[*who]));
        people
            .filter(|(_, person)| person.presence != Presence::Gone)
            .map(|(who, person)| self.person(who, person))
            .collect()
    }

    /// What really happened, of the last hundred visits: to compare with only.
    pub fn truth(&self) -> Truth {
        self.simulation.truth()
    }

    /// What really stands on a plate, and how many of it.
    pub fn stock(&self, plate: PlateId) -> Vec<(ProductId, u32)> {
        let world = &self.simulation.world;
        let Some(index) = world.store.plate_index(plate) else { return Vec::new() };
        self.counted(world.stock.products(index))
    }

    /// Where everybody really is at the present moment: to compare with only.
    pub fn bodies(&self) -> Bodies {
        self.simulation.bodies()
    }

    /// Whether the tracker, or any camera, sees anybody.
    pub fn is_camera_on(&self) -> bool {
        self.is_camera_on
    }

    /// Whether the clock of any scale is wrong.
    pub fn is_clock_wrong(&self) -> bool {
        self.skews_s.values().any(|seconds| *seconds != 0.0)
    }

    /// The plates that fail.
    pub fn broken_plates(&self) -> Vec<PlateId> {
        self.broken.keys().copied().collect()
    }

    /// Turns the tracker, or all cameras, on or off: while off, nothing comes from them.
    pub fn set_camera(&mut self, on: bool) {
        self.is_camera_on = on;
    }

    /// Breaks a plate, or mends it.
    ///
    /// # Errors
    /// [`ScriptError::UnknownPlate`].
    pub fn set_plate(&mut self, plate: PlateId, fault: Option<PlateFault>) -> Result<(), ScriptError> {
        self.simulation.world.plate(plate)?;
        match fault {
            Some(fault) => self.broken.insert(plate, Broken { fault, last: None }),
            None => self.broken.remove(&plate),
        };
        Ok(())
    }

    /// The scale controllers, one a gondola.
    pub fn scales(&self) -> Vec<SensorId> {
        let mut sensors: Vec<SensorId> =
            self.store().plates().iter().map(|plate| scale::sensor(plate.id.gondola)).collect();
        sensors.dedup();
        sensors
    }

    /// Sets a sensor's clock fast by this many seconds (slow, if negative; right, if zero); nothing arrives at another
    /// time.
    pub fn set_clock(&mut self, sensor: &SensorId, seconds: f64) {
        if seconds == 0.0 {
            self.skews_s.remove(sensor);
        } else {
            self.skews_s.insert(sensor.clone(), seconds);
        }
    }

    fn person(&self, who: usize, person: &Person) -> LivePerson {
        LivePerson {
            name: person.name.clone(),
            place_m: (person.stance.at.x, person.stance.at.y),
            is_here: person.presence == Presence::Here,
            is_inside: person.trip.is_some(),
            to_do: person.steps.len(),
            carries: self.counted(person.carried.iter().map(|unit| unit.product)),
            tracks: self.simulation.tracks(who).to_vec(),
        }
    }

    fn counted(&self, products: impl Iterator<Item = ProductIndex>) -> Vec<(ProductId, u32)> {
        let mut counts: BTreeMap<ProductIndex, u32> = BTreeMap::new();
        products.for_each(|product| *counts.entry(product).or_default() += 1);
        let named = |(product, count)| (self.simulation.world.store.product(product).id.clone(), count);
        counts.into_iter().map(named).collect()
    }

    /// What the store's network makes of a record; nothing if it is lost.
    fn spoiled(&mut self, record: Record) -> Option<Record> {
        let record = match record {
            Record::People(_) | Record::View(_) if !self.is_camera_on => return None,
            Record::Plates(batch) => Record::Plates(self.broken(batch)),
            other => other,
        };
        Some(match self.skews_s.get(record.sensor()) {
            Some(seconds) => skewed(record, *seconds),
            None => record,
        })
    }

    fn broken(&mut self, mut batch: PlateBatch) -> PlateBatch {
        for (plate, broken) in &mut self.broken {
            let Some(column) = batch.plates().iter().position(|id| id == plate) else { continue };
            let mut last = *broken.last.get_or_insert(batch.grams()[column]);
            batch = break_batch(batch, *plate, Time::MIN, broken.fault, &mut last);
        }
        batch
    }

    /// Sees to those who have gone, who are stuck, and who stand in the way.
    fn tidy(&mut self) {
        let now_s = self.now_s();
        let looks_round = now_s >= self.looks_round_s;
        if looks_round {
            self.looks_round_s = now_s + LOOK_ROUND_S;
        }
        let everybody: Vec<usize> = self.simulation.world.names.values().copied().collect();
        for who in everybody {
            if self.simulation.world.people[who].presence == Presence::Gone {
                self.leaving.remove(&self.simulation.world.people[who].name);
                self.simulation.forget(who);
                continue;
            }
            self.end_vain_waiting(who);
            let person = &mut self.simulation.world.people[who];
            for side in [0, 1] {
                if person.phase == Phase::Fresh && person.hands[side].is_left_behind(now_s) {
                    person.hands[side].go(now_s, now_s + BACK_S, person.body.rest[side]);
                }
                person.hands[side].forget_before(now_s - PAST_S);
            }
            if looks_round && person.presence == Presence::Here && person.steps.is_empty() {
                self.look_round(who);
            }
        }
        self.simulation.world.forget_trips(TRIPS);
    }

    /// Who is ready to receive what nobody will give any more goes on with the next thing.
    fn end_vain_waiting(&mut self, who: usize) {
        let world = &mut self.simulation.world;
        let person = &world.people[who];
        let Some(Action::Receive { from }) = person.steps.front().map(|step| &step.action) else { return };
        let gives = |step: &Step| matches!(&step.action, Action::Give { to, .. } if *to == person.name);
        let giver = world.find(from).map(|giver| &world.people[giver]);
        if person.phase == Phase::Ready && !giver.is_some_and(|giver| giver.steps.iter().any(gives)) {
            let person = &mut world.people[who];
            person.steps.pop_front();
            (person.phase, person.since_s) = (Phase::Fresh, world.now_s);
        }
    }

    /// Somebody here has nothing to do.
    fn look_round(&mut self, who: usize) {
        let world = &mut self.simulation.world;
        let person = &mut world.people[who];
        if person.trip.is_none() {
            // They did not get in, and go where they came from.
            person.presence = Presence::Gone;
        } else if self.leaving.contains(&person.name) {
            // They did not get out.
            let (at_s, shopper) = (world.now_s, Some(person.name.clone()));
            person.steps.push_back(Step { at_s, shopper, action: Action::Leave });
        } else {
            world.make_way(who);
        }
    }
}

#[cfg(test)]
mod tests {
    use model::CredentialKind;

    use super::*;
    use crate::stores;

    fn shows(token: &str) -> Entry {
        Entry::Shows(CredentialKind::Card, token.to_owned())
    }

    fn small() -> Live {
        let mut file = stores::stadium();
        file.gondolas.truncate(2);
        file.facings.retain(|facing| facing.plates.iter().all(|plate| plate.gondola <= 2));
        Live::open(Arc::new(Store::new(file).unwrap()), Time::from_nanos(0), 1).unwrap()
    }

    #[test]
    fn nothing_piles_up() {
        let (mut live, mut came, mut records) = (small(), 0, Vec::new());
        let (mut heaped, mut most) = (0, 0);
        while came < 200 {
            if live.people().len() < 5 {
                let (name, actions) = live.draft((0, 2));
                live.enter(&name, shows(&name), Age::Adult).unwrap();
                actions.into_iter().for_each(|action| live.tell(&name, action).unwrap());
                came += 1;
            }
            records.clear();
            live.go_on_until(live.now_s() + 1.0, &mut records);
            most = most.max(live.simulation.world.people.len());
            let hands = live.simulation.world.people.iter().flat_map(|person| &person.hands);
            heaped = heaped.max(hands.map(|hand| format!("{hand:?}").len()).max().unwrap_or(0));
        }
        let world = &live.simulation.world;
        assert!(most <= 6 && world.names.len() <= 5, "{most} people, {} names", world.names.len());
        assert_eq!(world.trips.len(), TRIPS);
        assert!(live.simulation.eyes.known_count() <= 6 && live.leaving.len() <= 5);
        assert!(heaped < 4000, "a hand remembers {heaped} bytes");
    }

    #[test]
    fn who_stands_about_blocks_nobody() {
        let mut live = small();
        let facing = *live.full.iter().find(|(.., units)| *units >= 6).unwrap();
        let mut records = Vec::new();
        let world = &live.simulation.world;
        let (plate, product) = (world.store.plate(facing.0).id, world.store.product(facing.1).id.clone());
        let take = Action::Handle { works: vec![Work::take(plate, product.clone(), 1)] };
        for name in ["ann", "ben", "cal", "dan", "eve", "fay"] {
            live.enter(name, shows(name), Age::Adult).unwrap();
            live.tell(name, take.clone()).unwrap();
            live.go_on_until(live.now_s() + 30.0, &mut records);
            let people = live.people();
            let person = people.iter().find(|person| person.name == name).unwrap();
            assert_eq!((person.to_do, person.carries.clone()), (0, vec![(product.clone(), 1)]), "{name}");
        }
        // They stand in the hall, too, when they have done nothing yet.
        for name in ["gus", "hal", "ida", "jon", "kim", "lea"] {
            live.enter(name, shows(name), Age::Adult).unwrap();
            live.go_on_until(live.now_s() + 10.0, &mut records);
        }
        assert!(live.people().iter().all(|person| person.is_inside && person.to_do == 0));
        live.people().iter().for_each(|person| live.tell(&person.name, Action::Leave).unwrap());
        live.go_on_until(live.now_s() + 90.0, &mut records);
        assert_eq!(live.people(), []);
    }

    #[test]
    fn a_hand_that_has_nothing_to_put_down_comes_back() {
        let mut live = small();
        let (facing, mut records) = (live.full[0], Vec::new());
        let world = &live.simulation.world;
        let (plate, product) = (world.store.plate(facing.0).id, world.store.product(facing.1).id.clone());
        live.enter("ann", shows("ann"), Age::Adult).unwrap();
        live.tell("ann", Action::Handle { works: vec![Work::put(plate, product)] }).unwrap();
        live.go_on_until(30.0, &mut records);
        let world = &live.simulation.world;
        let person = &world.people[world.find("ann").unwrap()];
        assert!(person.steps.is_empty());
        for (side, hand) in person.hands.iter().enumerate() {
            assert_eq!(hand.at(world.now_s), (person.body.rest[side], person.body.rest[side], 0.0));
        }
    }
}
