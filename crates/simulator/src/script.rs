//! What is to happen in a simulated store.

use model::{CredentialKind, PlateId, ProductId, Time};
use thiserror::Error;

use crate::TrackerOptions;

/// 2026-01-05T08:00:00Z, a Monday morning.
const START: Time = Time::from_nanos(1_767_600_000_000_000_000);

/// No step lies beyond a week (in seconds), and nobody leans with more than this many grams.
pub(crate) const NUMBER_MAX: f64 = 604_800.0;

/// What is to happen, and when.
///
/// A step's time is when the hand does its work: when the unit leaves the plate or touches it. A shopper
/// sets out early enough, or is late if the step before does not let them; the truth tells the real time.
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
    /// The steps, in any order.
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
    /// What.
    pub action: Action,
}

/// What can happen. Shoppers are called by any name that is theirs alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A shopper comes in through the first gate.
    Enter {
        /// Who.
        shopper: String,
        /// On what.
        entry: Entry,
    },
    /// A shopper takes units from a plate, all at once.
    Take {
        /// Who.
        shopper: String,
        /// What.
        product: ProductId,
        /// How many; with 0 they reach and think better of it.
        quantity: u32,
        /// Where.
        plate: PlateId,
    },
    /// A shopper puts the last unit of a product that they took on any plate.
    PutBack {
        /// Who.
        shopper: String,
        /// What.
        product: ProductId,
        /// Where.
        plate: PlateId,
    },
    /// A shopper leans on a plate with a hand.
    Lean {
        /// Who.
        shopper: String,
        /// Where.
        plate: PlateId,
        /// How hard.
        grams: f64,
        /// How long.
        seconds: f64,
    },
    /// Something knocks against a plate.
    Bump {
        /// Where.
        plate: PlateId,
    },
    /// Somebody puts new units on a plate, one by one, out of a box.
    Restock {
        /// Who.
        shopper: String,
        /// What.
        product: ProductId,
        /// How many.
        quantity: u32,
        /// Where.
        plate: PlateId,
    },
    /// A shopper goes out through the first gate.
    Leave {
        /// Who.
        shopper: String,
    },
}

/// On what somebody comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// On a credential, shown at the gate: its kind and its token.
    Shows(CredentialKind, String),
    /// On the credential that this shopper has shown: the two are a party.
    With(String),
}

impl Default for Script {
    fn default() -> Self {
        Self {
            start: START,
            tail_s: 5.0,
            stock: Vec::new(),
            tracker: TrackerOptions::default(),
            steps: Vec::new(),
        }
    }
}

/// One function an action, so that scripts read as a story.
impl Script {
    /// Adds any action.
    #[must_use]
    pub fn step(mut self, at_s: f64, action: Action) -> Self {
        self.steps.push(Step { at_s, action });
        self
    }

    /// A shopper enters with a card.
    #[must_use]
    pub fn enter(self, at_s: f64, shopper: &str, card: &str) -> Self {
        let entry = Entry::Shows(CredentialKind::Card, card.to_owned());
        self.step(at_s, Action::Enter { shopper: shopper.to_owned(), entry })
    }

    /// A shopper enters on the credential of another one.
    #[must_use]
    pub fn enter_with(self, at_s: f64, shopper: &str, other: &str) -> Self {
        let entry = Entry::With(other.to_owned());
        self.step(at_s, Action::Enter { shopper: shopper.to_owned(), entry })
    }

    /// Somebody of the staff enters with a badge.
    #[must_use]
    pub fn enter_staff(self, at_s: f64, shopper: &str, badge: &str) -> Self {
        let entry = Entry::Shows(CredentialKind::Staff, badge.to_owned());
        self.step(at_s, Action::Enter { shopper: shopper.to_owned(), entry })
    }

    /// A shopper takes units.
    #[must_use]
    pub fn take(self, at_s: f64, shopper: &str, product: &str, quantity: u32, plate: PlateId) -> Self {
        let (shopper, product) = (shopper.to_owned(), product.into());
        self.step(at_s, Action::Take { shopper, product, quantity, plate })
    }

    /// A shopper puts a unit back.
    #[must_use]
    pub fn put_back(self, at_s: f64, shopper: &str, product: &str, plate: PlateId) -> Self {
        let (shopper, product) = (shopper.to_owned(), product.into());
        self.step(at_s, Action::PutBack { shopper, product, plate })
    }

    /// A shopper leans on a plate.
    #[must_use]
    pub fn lean(self, at_s: f64, shopper: &str, plate: PlateId, grams: f64, seconds: f64) -> Self {
        self.step(at_s, Action::Lean { shopper: shopper.to_owned(), plate, grams, seconds })
    }

    /// Something knocks against a plate.
    #[must_use]
    pub fn bump(self, at_s: f64, plate: PlateId) -> Self {
        self.step(at_s, Action::Bump { plate })
    }

    /// Somebody fills up a plate.
    #[must_use]
    pub fn restock(self, at_s: f64, shopper: &str, product: &str, quantity: u32, plate: PlateId) -> Self {
        let (shopper, product) = (shopper.to_owned(), product.into());
        self.step(at_s, Action::Restock { shopper, product, quantity, plate })
    }

    /// A shopper leaves.
    #[must_use]
    pub fn leave(self, at_s: f64, shopper: &str) -> Self {
        self.step(at_s, Action::Leave { shopper: shopper.to_owned() })
    }

    /// Says how many units stand on a plate at the beginning.
    #[must_use]
    pub fn stock(mut self, plate: PlateId, product: &str, units: u32) -> Self {
        self.stock.push(Stocked { plate, product: product.into(), units });
        self
    }
}

impl Script {
    /// Refuses numbers that no store can follow.
    pub(crate) fn check_numbers(&self) -> Result<(), ScriptError> {
        let check = |at_s: f64, what: &'static str, number: f64| {
            let fits = (0.0..=NUMBER_MAX).contains(&number);
            if fits { Ok(()) } else { Err(ScriptError::Number { at_s, what }) }
        };
        check(0.0, "tail_s", self.tail_s)?;
        check(0.0, "tracker.jitter_m", self.tracker.jitter_m)?;
        for step in &self.steps {
            check(step.at_s, "the time", step.at_s)?;
            if let Action::Lean { grams, seconds, .. } = &step.action {
                check(step.at_s, "grams", *grams)?;
                check(step.at_s, "seconds", *seconds)?;
            }
        }
        Ok(())
    }
}

impl Action {
    /// Who does it, if somebody does.
    pub(crate) fn shopper(&self) -> Option<&str> {
        match self {
            Self::Enter { shopper, .. }
            | Self::Take { shopper, .. }
            | Self::PutBack { shopper, .. }
            | Self::Lean { shopper, .. }
            | Self::Restock { shopper, .. }
            | Self::Leave { shopper } => Some(shopper),
            Self::Bump { .. } => None,
        }
    }
}

/// A script that can't be played in this store.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ScriptError {
    /// No gate to come in by.
    #[error("the store has no gate with a place: give the store file a [[gate]] with position_m")]
    NoGate,
    /// A number that no store can follow.
    #[error("second {at_s}: {what} must be a number from 0 to {NUMBER_MAX}")]
    Number {
        /// The step's time.
        at_s: f64,
        /// Which number.
        what: &'static str,
    },
    /// The plate is not there.
    #[error("plate {plate} is not in the store file: name one of its plates")]
    UnknownPlate {
        /// The plate.
        plate: PlateId,
    },
    /// The product is not there, or its mass is unknown.
    #[error("product \"{product}\" is not in the catalogue with a mass: add it with mass_g")]
    UnknownProduct {
        /// The product.
        product: ProductId,
    },
    /// The tracker is to lose or confuse somebody who never comes.
    #[error("the tracker's options name {shopper}, who never enters: correct the name")]
    UnknownShopper {
        /// Who.
        shopper: String,
    },
    /// The shopper is not in the store.
    #[error("second {at_s}: {shopper} is not in the store: let them enter before, and leave after")]
    NotInside {
        /// The step's time.
        at_s: f64,
        /// Who.
        shopper: String,
    },
    /// The shopper came in already.
    #[error("second {at_s}: {shopper} has entered before: give every visit a shopper of its own name")]
    EnteredTwice {
        /// The step's time.
        at_s: f64,
        /// Who.
        shopper: String,
    },
    /// Too few units on the plate.
    #[error("second {at_s}: plate {plate} holds {units} of \"{product}\", too few: put more into `stock`")]
    OutOfStock {
        /// The step's time.
        at_s: f64,
        /// Where.
        plate: PlateId,
        /// What.
        product: ProductId,
        /// How many are there.
        units: usize,
    },
    /// The shopper has no such unit.
    #[error("second {at_s}: {shopper} has no \"{product}\" to put back: let them take it before")]
    NotCarried {
        /// The step's time.
        at_s: f64,
        /// Who.
        shopper: String,
        /// What.
        product: ProductId,
    },
}
