//! What is to happen in a simulated store.

use model::{CredentialKind, PlateId, ProductId, SensorId, Store, Time};

use crate::script_error::NUMBER_MAX;
use crate::tracker::SENSOR;
use crate::{CameraOptions, ScaleOptions, ScriptError, TrackerOptions};

/// 2026-01-05T08:00:00Z, a Monday morning.
const START: Time = Time::from_nanos(1_767_600_000_000_000_000);

/// What is to happen, and when.
///
/// A shopper takes their steps one after the other. A step's time is when the hand does its work, at the earliest:
/// when the unit leaves the plate or touches it. A shopper sets out early enough, and is late if the step before, or
/// other people in the way, do not let them be in time; the truth tells the real time.
#[derive(Clone, Debug)]
pub struct Script {
    /// The moment of second 0.
    pub start: Time,
    /// Seconds that the sensors go on after the last thing happened.
    pub tail_s: f64,
    /// Units on plates, on the planogram or off it; a few are drawn for facings that are not named.
    pub stock: Vec<Stocked>,
    /// How well the tracker sees.
    pub tracker: TrackerOptions,
    /// How the single cameras of the store look. If given, they are in place of the tracker, which says nothing then.
    pub cameras: Option<CameraOptions>,
    /// What ails the load cells beyond their noise.
    pub scales: ScaleOptions,
    /// Whether a hand that finds nothing to take comes back empty; if not, the script can't be played.
    pub lenient: bool,
    /// The steps, in any order; those of a shopper at the same time in the order given.
    pub steps: Vec<Step>,
}

/// Units of a product on a plate at the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stocked {
    /// Where.
    pub plate: PlateId,
    /// What.
    pub product: ProductId,
    /// How many.
    pub units: u32,
}

/// One thing that is to happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When, seconds from the start.
    pub at_s: f64,
    /// Who does it: any name that is theirs alone, or nobody.
    pub shopper: Option<String>,
    /// What.
    pub action: Action,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Comes in through an entry.
    Enter {
        /// On what.
        entry: Entry,
        /// With what body.
        age: Age,
    },
    /// Walks up to a shelf and stands before a plate.
    Approach {
        /// The plate.
        plate: PlateId,
        /// How far to the right of the plate's middle, metres; if not given, where it is handy and there is room.
        aside_m: Option<f64>,
    },
    /// Works with the hands at a shelf, after walking up to it where that is needed.
    Handle {
        /// What the hands do.
        works: Vec<Work>,
    },
    /// Stands about.
    Wait {
        /// How long.
        seconds: f64,
    },
    /// Waits until this many people wait at the same number.
    Meet {
        /// The number.
        number: u32,
        /// How many people.
        people: u32,
    },
    /// Gives a unit from the own goods to somebody who is ready to receive it.
    Give {
        /// To whom.
        to: String,
        /// What.
        product: ProductId,
    },
    /// Goes to a place with room and takes from somebody's hand what they give.
    Receive {
        /// From whom.
        from: String,
    },
    /// Something knocks against a plate.
    Bump {
        /// Where.
        plate: PlateId,
    },
    /// Goes out through an exit.
    Leave,
}

/// On what somebody comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// On a credential, shown at the gate: its kind and its token.
    Shows(CredentialKind, String),
    /// On the credential that this shopper has shown: the two are a party.
    With(String),
}

/// What body somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// 1.5 to 1.95 m tall.
    Adult,
    /// 1.0 to 1.3 m tall.
    Child,
}

/// What one hand does at a plate.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Whether it is the hand that the shopper would rather not use.
    pub other_hand: bool,
    /// When, seconds after the moment of the step, at the earliest. What one hand does within 0.3 s is one grab.
    pub after_s: f64,
    /// How long the hand hovers before it does its work, seconds.
    pub hesitate_s: f64,
    /// Where.
    pub plate: PlateId,
    /// What.
    pub what: What,
}

/// What a hand does.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Takes units, all at once.
    Take {
        /// What.
        product: ProductId,
        /// How many; with 0 it reaches and thinks better of it.
        units: u32,
    },
    /// Puts down the last unit of a product that was taken on any plate or given by anybody.
    Put {
        /// What.
        product: ProductId,
    },
    /// Puts down new units, all at once.
    Fill {
        /// What.
        product: ProductId,
        /// How many.
        units: u32,
    },
    /// Touches the goods and takes nothing.
    Touch {
        /// How hard.
        grams: f64,
        /// How long.
        seconds: f64,
    },
    /// Rests on the plate.
    Rest {
        /// How hard.
        grams: f64,
        /// How long.
        seconds: f64,
    },
    /// Shakes the shelf.
    Shake {
        /// How often it pushes.
        times: u32,
    },
}

/// What a hand does, said briefly.
impl Work {
    /// The usual hand does something at once.
    pub fn new(plate: PlateId, what: What) -> Self {
        Self { other_hand: false, after_s: 0.0, hesitate_s: 0.0, plate, what }
    }

    /// Takes units.
    pub fn take(plate: PlateId, product: ProductId, units: u32) -> Self {
        Self::new(plate, What::Take { product, units })
    }

    /// Puts a unit down.
    pub fn put(plate: PlateId, product: ProductId) -> Self {
        Self::new(plate, What::Put { product })
    }

    /// Rests on a plate.
    pub fn rest(plate: PlateId, grams: f64, seconds: f64) -> Self {
        Self::new(plate, What::Rest { grams, seconds })
    }

    /// The same, later.
    #[must_use]
    pub fn after(mut self, seconds: f64) -> Self {
        self.after_s = seconds;
        self
    }

    /// The same, by the other hand.
    #[must_use]
    pub fn by_other_hand(mut self) -> Self {
        self.other_hand = true;
        self
    }

    /// The same, after some thought.
    #[must_use]
    pub fn hesitating(mut self, seconds: f64) -> Self {
        self.hesitate_s = seconds;
        self
    }
}

impl Default for Script {
    fn default() -> Self {
        Self {
            start: START,
            tail_s: 5.0,
            stock: Vec::new(),
            tracker: TrackerOptions::default(),
            cameras: None,
            scales: ScaleOptions::default(),
            lenient: false,
            steps: Vec::new(),
        }
    }
}

/// One function an action, so that scripts read as a story.
impl Script {
    /// A shopper does anything.
    #[must_use]
    pub fn step(mut self, at_s: f64, shopper: &str, action: Action) -> Self {
        self.steps.push(Step { at_s, shopper: Some(shopper.to_owned()), action });
        self
    }

    /// A shopper enters with a card.
    #[must_use]
    pub fn enter(self, at_s: f64, shopper: &str, card: &str) -> Self {
        let entry = Entry::Shows(CredentialKind::Card, card.to_owned());
        self.step(at_s, shopper, Action::Enter { entry, age: Age::Adult })
    }

    /// A shopper enters on the credential of another one.
    #[must_use]
    pub fn enter_with(self, at_s: f64, shopper: &str, other: &str) -> Self {
        let entry = Entry::With(other.to_owned());
        self.step(at_s, shopper, Action::Enter { entry, age: Age::Adult })
    }

    /// A child enters on the credential of another shopper.
    #[must_use]
    pub fn enter_child(self, at_s: f64, shopper: &str, other: &str) -> Self {
        let entry = Entry::With(other.to_owned());
        self.step(at_s, shopper, Action::Enter { entry, age: Age::Child })
    }

    /// Somebody of the staff enters with a badge.
    #[must_use]
    pub fn enter_staff(self, at_s: f64, shopper: &str, badge: &str) -> Self {
        let entry = Entry::Shows(CredentialKind::Staff, badge.to_owned());
        self.step(at_s, shopper, Action::Enter { entry, age: Age::Adult })
    }

    /// A shopper works with the hands at a shelf.
    #[must_use]
    pub fn handle(self, at_s: f64, shopper: &str, works: Vec<Work>) -> Self {
        self.step(at_s, shopper, Action::Handle { works })
    }

    /// A shopper takes units.
    #[must_use]
    pub fn take(self, at_s: f64, shopper: &str, product: &str, units: u32, plate: PlateId) -> Self {
        self.handle(at_s, shopper, vec![Work::take(plate, product.into(), units)])
    }

    /// A shopper puts a unit back.
    #[must_use]
    pub fn put_back(self, at_s: f64, shopper: &str, product: &str, plate: PlateId) -> Self {
        self.handle(at_s, shopper, vec![Work::put(plate, product.into())])
    }

    /// A shopper leans on a plate.
    #[must_use]
    pub fn lean(self, at_s: f64, shopper: &str, plate: PlateId, grams: f64, seconds: f64) -> Self {
        self.handle(at_s, shopper, vec![Work::rest(plate, grams, seconds)])
    }

    /// Something knocks against a plate.
    #[must_use]
    pub fn bump(mut self, at_s: f64, plate: PlateId) -> Self {
        self.steps.push(Step { at_s, shopper: None, action: Action::Bump { plate } });
        self
    }

    /// Somebody fills up a plate, unit by unit.
    #[must_use]
    pub fn restock(self, at_s: f64, shopper: &str, product: &str, units: u32, plate: PlateId) -> Self {
        let fill = What::Fill { product: product.into(), units: 1 };
        // Each waits for the hand that is at the one before: further apart than one grab.
        let works = (0..units).map(|count| Work::new(plate, fill.clone()).after(f64::from(count)));
        self.handle(at_s, shopper, works.collect())
    }

    /// A shopper leaves.
    #[must_use]
    pub fn leave(self, at_s: f64, shopper: &str) -> Self {
        self.step(at_s, shopper, Action::Leave)
    }

    /// Says how many units stand on a plate at the beginning.
    #[must_use]
    pub fn stock(mut self, plate: PlateId, product: &str, units: u32) -> Self {
        self.stock.push(Stocked { plate, product: product.into(), units });
        self
    }
}

impl Script {
    /// The sensors that see people.
    pub(crate) fn seeing(&self, store: &Store) -> Vec<SensorId> {
        match self.cameras {
            Some(_) => store.cameras().iter().map(|camera| camera.id.clone()).collect(),
            None => vec![SENSOR.into()],
        }
    }

    /// Refuses numbers that no store can follow.
    pub(crate) fn check_numbers(&self) -> Result<(), ScriptError> {
        check(0.0, "tail_s", self.tail_s)?;
        check(0.0, "tracker.jitter_m", self.tracker.jitter_m)?;
        for Step { at_s, action, .. } in &self.steps {
            check(*at_s, "the time", *at_s)?;
            action.check_numbers(*at_s)?;
        }
        Ok(())
    }
}

impl Action {
    /// Refuses numbers that no store can follow.
    pub(crate) fn check_numbers(&self, at_s: f64) -> Result<(), ScriptError> {
        match self {
            Self::Wait { seconds } => check(at_s, "seconds", *seconds),
            Self::Approach { aside_m: Some(aside_m), .. } => check(at_s, "aside_m", aside_m.abs()),
            Self::Handle { works } => works.iter().try_for_each(|work| {
                check(at_s, "after_s", work.after_s)?;
                check(at_s, "hesitate_s", work.hesitate_s)?;
                if let What::Rest { grams, seconds } | What::Touch { grams, seconds } = work.what {
                    check(at_s, "grams", grams)?;
                    check(at_s, "seconds", seconds)?;
                }
                Ok(())
            }),
            _ => Ok(()),
        }
    }
}

fn check(at_s: f64, what: &'static str, number: f64) -> Result<(), ScriptError> {
    let fits = (0.0..=NUMBER_MAX).contains(&number);
    if fits { Ok(()) } else { Err(ScriptError::Number { at_s, what }) }
}
