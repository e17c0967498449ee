//! What a visitor can tell the demo to do.

use model::{CredentialKind, PlateId, ProductId};
use office::TripKey;
use simulator::ScriptError;
use thiserror::Error;

/// Something a visitor wants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Somebody comes in whom a gate has let in on this trip, or with somebody who has not passed the gate yet.
    Enter {
        /// A name that is theirs alone while they are there.
        name: String,
        /// What the office calls the visit.
        trip: TripKey,
        /// What they showed.
        kind: CredentialKind,
        /// Whom they come in with, on that one's credential; they show none then.
        with: Option<String>,
    },
    /// Takes a unit.
    Take {
        /// Who.
        name: String,
        /// Where.
        plate: PlateId,
        /// What.
        product: ProductId,
    },
    /// Puts a unit down, where it belongs or anywhere else.
    PutBack {
        /// Who.
        name: String,
        /// Where.
        plate: PlateId,
        /// What.
        product: ProductId,
    },
    /// Hands a unit to somebody.
    Give {
        /// Who.
        from: String,
        /// To whom.
        to: String,
        /// What.
        product: ProductId,
    },
    /// Walks out.
    Leave {
        /// Who.
        name: String,
    },
    /// So many shoppers who come by themselves are inside from now on.
    Crowd {
        /// How many.
        people: usize,
    },
    /// Turns the cameras on or off.
    Camera {
        /// Whether they are on.
        on: bool,
    },
    /// Breaks a plate or mends it.
    Plate {
        /// Which.
        plate: PlateId,
        /// Whether it gives no number any more.
        dead: bool,
    },
    /// Sets the clocks of all scales late, or right.
    Clock {
        /// Whether they are late.
        late: bool,
    },
}

/// Why it is not done, for the visitor.
#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum Refused {
    /// Nobody of that name.
    #[error("{0} is not in the store, or on the way out: come in first")]
    NotHere(String),
    /// Somebody of that name is there.
    #[error("somebody is called {0} already: take another name")]
    NameTaken(String),
    /// Whom they want to come in with has passed the gate.
    #[error("{0} has gone through the gate: come in together, or on a card of your own")]
    TooLate(String),
    /// Nothing of it on that plate.
    #[error("plate {plate} has no \"{product}\" left: take something else")]
    NothingThere {
        /// Where.
        plate: PlateId,
        /// What.
        product: ProductId,
    },
    /// It can't be done in this store.
    #[error(transparent)]
    Impossible(#[from] ScriptError),
    /// The demo has ended.
    #[error("the store has closed: start the demo again")]
    Closed,
}
