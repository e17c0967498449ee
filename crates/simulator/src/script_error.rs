//! Why a script can't be played.

use model::{PlateId, ProductId, SensorId};
use thiserror::Error;
use tracking::CalibrationError;

/// No step lies beyond a week (in seconds), and nobody leans with more than this many grams.
pub(crate) const NUMBER_MAX: f64 = 604_800.0;

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
    /// No camera to look with.
    #[error("the store has no camera: give the store file a [[camera]], or let the tracker look")]
    NoCamera,
    /// A camera that the store does not have is to fail.
    #[error("camera {camera} is not in the store file: name one of its cameras")]
    UnknownCamera {
        /// Which one.
        camera: SensorId,
    },
    /// A camera of the store that is none.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
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
    /// Somebody waits for somebody else who never comes, or for a place that never becomes free.
    #[error("second {at_s}: {shopper} waits in vain: let the others come, and leave them room")]
    InVain {
        /// When they gave up.
        at_s: f64,
        /// Who.
        shopper: String,
    },
}
