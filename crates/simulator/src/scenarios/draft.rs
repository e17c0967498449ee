//! A scene in the making: the store, the script, and shoppers with habits.

use model::{CredentialKind, PlateId, ProductId, Store, StoreError, StoreFile};

use crate::faults::PlateFault;
use crate::floor::Floor;
use crate::layout::{Layout, floor};
use crate::{Action, Age, CameraOptions, Entry, Rng, Script, Step, TrackerOptions, What, Work, stores};

/// Nobody takes more than this in one hand, grams.
const HANDFUL_G: f64 = 1200.0;
/// How many units are taken at once: one, two, or else three. Assumed, like all habits below.
const ONE_RATIO: f64 = 0.72;
const TWO_RATIO: f64 = 0.2;
/// A stop is a look without a take, or a take that is put back at once, this often.
const LOOK_RATIO: f64 = 0.15;
const RETURN_RATIO: f64 = 0.15;
/// Who takes something puts one unit back later this often.
const PUT_BACK_LATER_RATIO: f64 = 0.25;
/// The next stop is at the gondola of the one before this often.
const SAME_GONDOLA_RATIO: f64 = 0.5;
/// A hand hovers before it takes this often, and for how long, seconds.
const HESITATE_RATIO: f64 = 0.2;
const HESITATE_S: (f64, f64) = (0.3, 1.5);
/// How long people stand about between stops, seconds.
const BROWSE_S: (f64, f64) = (0.2, 2.5);

/// How far from the plates an adult stands, metres.
const STANDING_M: f64 = 0.55;

/// Frames come late by up to this, seconds. Assumed.
const LATE_S: f64 = 0.2;

const NAMES: [&str; 16] = [
    "ann", "ben", "cal", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "lea", "max", "ned", "oda",
    "pia",
];

/// A product on a plate of its own facing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pick {
    pub(crate) plate: PlateId,
    pub(crate) product: ProductId,
    pub(crate) grams: f64,
}

/// A scene in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Chance.
    pub(crate) rng: Rng,
    /// The store as it really is.
    pub(crate) store: Store,
    /// What the engine is told of it, if that is not the truth.
    pub(crate) told: Option<StoreFile>,
    /// What happens.
    pub(crate) script: Script,
    /// How fast the tracker's clock is, seconds.
    pub(crate) skew_s: f64,
    /// Plates that fail, from when on, seconds, and how.
    pub(crate) broken: Vec<(PlateId, f64, PlateFault)>,
    /// Gondolas whose scales' messages are lost, from when on and until when, seconds.
    pub(crate) lost: Vec<(u16, f64, f64)>,
    layout: Layout,
    floor: Floor,
    cast: usize,
}

/// A shopper in a draft.
#[derive(Clone, Debug)]
pub(crate) struct Shopper {
    /// Their name in the script.
    pub(crate) name: String,
    /// When they come in, seconds; their steps follow as they can.
    pub(crate) enter_s: f64,
    /// What they have taken and not put back.
    pub(crate) cart: Vec<Pick>,
    /// Where they were last.
    last: Option<PlateId>,
}

impl Draft {
    /// A scene in this store.
    pub(crate) fn new(file: StoreFile, rng: Rng) -> Result<Self, StoreError> {
        Ok(Self::in_store(Store::new(file)?, rng))
    }

    /// A scene in a store that has been checked.
    pub(crate) fn in_store(store: Store, rng: Rng) -> Self {
        let mut script = Script { lenient: true, ..Script::default() };
        script.tracker.late_s = LATE_S;
        let (layout, floor) = (Layout::new(&store), Floor::new(&store));
        Self {
            rng,
            store,
            told: None,
            script,
            skew_s: 0.0,
            broken: Vec::new(),
            lost: Vec::new(),
            layout,
            floor,
            cast: 0,
        }
    }

    /// Lets cameras look in place of the tracker, with what goes wrong with it as far as it can with them.
    pub(crate) fn hang_cameras(&mut self) -> Result<(), StoreError> {
        let mut file = self.store.file().clone();
        stores::hang_few_cameras(&mut file);
        if let Some(told) = &mut self.told {
            told.cameras.clone_from(&file.cameras);
        }
        self.store = Store::new(file)?;
        let TrackerOptions { late_s, blackouts, .. } = self.script.tracker.clone();
        self.script.cameras = Some(CameraOptions { late_s, blackouts, ..CameraOptions::default() });
        Ok(())
    }

    /// Somebody comes in with a card of their own.
    pub(crate) fn enter(&mut self, enter_s: f64) -> Shopper {
        let token = format!("card-{:04}", self.cast + 1);
        self.come(enter_s, Entry::Shows(CredentialKind::Card, token), Age::Adult)
    }

    /// Somebody of the staff comes in.
    pub(crate) fn enter_staff(&mut self, enter_s: f64) -> Shopper {
        self.come(enter_s, Entry::Shows(CredentialKind::Staff, "badge-0001".to_owned()), Age::Adult)
    }

    /// Somebody comes in on the card of another one.
    pub(crate) fn enter_with(&mut self, payer: &Shopper, age: Age) -> Shopper {
        let enter_s = payer.enter_s + self.rng.uniform(1.0, 2.5);
        self.come(enter_s, Entry::With(payer.name.clone()), age)
    }

    fn come(&mut self, enter_s: f64, entry: Entry, age: Age) -> Shopper {
        let name = NAMES
            .get(self.cast)
            .map_or_else(|| format!("shopper-{}", self.cast + 1), |name| (*name).to_owned());
        self.cast += 1;
        let shopper = Shopper { name, enter_s, cart: Vec::new(), last: None };
        self.step(&shopper, Action::Enter { entry, age });
        shopper
    }

    /// A shopper does something after what they did before.
    pub(crate) fn step(&mut self, shopper: &Shopper, action: Action) {
        let (at_s, shopper) = (shopper.enter_s, Some(shopper.name.clone()));
        self.script.steps.push(Step { at_s, shopper, action });
    }

    /// A shopper works with the hands.
    pub(crate) fn handle(&mut self, shopper: &mut Shopper, works: Vec<Work>) {
        shopper.last = works.first().map(|work| work.plate).or(shopper.last);
        self.step(shopper, Action::Handle { works });
    }

    /// A shopper takes units and keeps them for now.
    pub(crate) fn take(&mut self, shopper: &mut Shopper, pick: &Pick, units: u32) {
        let work = self.taking(pick, units);
        self.handle(shopper, vec![work]);
        shopper.cart.extend((0..units).map(|_| pick.clone()));
    }

    /// A hand that takes, now and then after some thought.
    pub(crate) fn taking(&mut self, pick: &Pick, units: u32) -> Work {
        let thought_s =
            if self.rng.chance(HESITATE_RATIO) { self.rng.uniform(HESITATE_S.0, HESITATE_S.1) } else { 0.0 };
        Work::take(pick.plate, pick.product.clone(), units).hesitating(thought_s)
    }

    /// A shopper stands about.
    pub(crate) fn wait(&mut self, shopper: &Shopper, low_s: f64, high_s: f64) {
        let seconds = self.rng.uniform(low_s, high_s);
        self.step(shopper, Action::Wait { seconds });
    }

    /// A shopper waits for others.
    pub(crate) fn meet(&mut self, shopper: &Shopper, number: u32, people: u32) {
        self.step(shopper, Action::Meet { number, people });
    }

    /// A shopper goes home.
    pub(crate) fn leave(&mut self, shopper: &Shopper) {
        self.step(shopper, Action::Leave);
    }

    /// How many units somebody takes at once.
    pub(crate) fn units(&mut self, pick: &Pick) -> u32 {
        let draw = self.rng.uniform(0.0, 1.0);
        let wish = if draw < ONE_RATIO {
            1
        } else if draw < ONE_RATIO + TWO_RATIO {
            2
        } else {
            3
        };
        wish.min((HANDFUL_G / pick.grams) as u32).max(1)
    }

    /// Any product on a plate of its facing.
    pub(crate) fn pick(&mut self) -> Pick {
        self.pick_where(|_, _| true)
    }

    /// Any product on a plate of its facing that fits; any at all if none does in many tries.
    pub(crate) fn pick_where(&mut self, fits: impl Fn(&Store, &Pick) -> bool) -> Pick {
        let mut pick = self.any();
        for _ in 0..300 {
            if fits(&self.store, &pick) {
                break;
            }
            pick = self.any();
        }
        pick
    }

    /// Whether somebody can stand this far to the right of a plate.
    pub(crate) fn can_stand(&self, pick: &Pick, aside_m: f64) -> bool {
        self.store.plate_index(pick.plate).is_some_and(|plate| {
            let front = self.layout.front(plate);
            self.floor.is_free(floor(front.edge + front.outward * STANDING_M + front.right() * aside_m))
        })
    }

    fn any(&mut self) -> Pick {
        let facings = self.store.facings();
        let facing = &facings[self.rng.whole(0, facings.len() as u32 - 1) as usize];
        let plate = facing.plates[self.rng.whole(0, facing.plates.len() as u32 - 1) as usize];
        let product = self.store.product(facing.product);
        let grams = product.mass_g.map_or(0.0, |(mean, _)| mean);
        Pick { plate: self.store.plate(plate).id, product: product.id.clone(), grams }
    }

    /// The next product for a shopper, often from the gondola that they are at.
    fn next_pick(&mut self, shopper: &Shopper) -> Pick {
        match shopper.last.filter(|_| self.rng.chance(SAME_GONDOLA_RATIO)) {
            Some(last) => self.pick_where(|_, pick| pick.plate.gondola == last.gondola),
            None => self.pick(),
        }
    }

    /// A shopper makes a few stops as people do: takes, looks, takes and puts back at once.
    pub(crate) fn stops(&mut self, shopper: &mut Shopper, count: u32) {
        for _ in 0..count {
            let pick = self.next_pick(shopper);
            self.stop(shopper, &pick);
        }
    }

    /// One stop at a product.
    pub(crate) fn stop(&mut self, shopper: &mut Shopper, pick: &Pick) {
        let draw = self.rng.uniform(0.0, 1.0);
        if draw < LOOK_RATIO {
            let work = self.look(pick);
            self.handle(shopper, vec![work]);
        } else if draw < LOOK_RATIO + RETURN_RATIO {
            let back = Work::put(pick.plate, pick.product.clone()).after(self.rng.uniform(2.0, 4.5));
            let works = vec![self.taking(pick, 1), back];
            self.handle(shopper, works);
        } else {
            let units = self.units(pick);
            self.take(shopper, pick, units);
        }
        self.wait(shopper, BROWSE_S.0, BROWSE_S.1);
    }

    /// A hand that reaches, touches perhaps, and takes nothing.
    fn look(&mut self, pick: &Pick) -> Work {
        let grams = if self.rng.chance(0.5) { self.rng.uniform(5.0, 40.0) } else { 0.0 };
        let seconds = self.rng.uniform(0.2, 1.5);
        Work::new(pick.plate, What::Touch { grams, seconds })
    }

    /// A shopper thinks better of one thing now and then and puts it back where it was, then leaves.
    pub(crate) fn finish(&mut self, shopper: &mut Shopper) {
        if !shopper.cart.is_empty() && self.rng.chance(PUT_BACK_LATER_RATIO) {
            let place = self.rng.whole(0, shopper.cart.len() as u32 - 1) as usize;
            let pick = shopper.cart.remove(place);
            self.handle(shopper, vec![Work::put(pick.plate, pick.product)]);
        }
        self.leave(shopper);
    }

    /// A whole visit: in, a few stops, out.
    pub(crate) fn visit(&mut self, enter_s: f64, low: u32, high: u32) -> Shopper {
        let mut shopper = self.enter(enter_s);
        let stops = self.rng.whole(low, high);
        self.stops(&mut shopper, stops);
        self.finish(&mut shopper);
        shopper
    }
}

/// How far a product lies to the right of another one on the same gondola, metres.
pub(crate) fn aside_m(store: &Store, one: &Pick, other: &Pick) -> Option<f64> {
    let plate = |pick: &Pick| store.plate_index(pick.plate).map(|plate| store.plate(plate));
    let (from, to) = (plate(one)?, plate(other)?);
    (one.plate.gondola == other.plate.gondola).then(|| from.local(to.centre()).x - from.size_m.x / 2.0)
}
