//! Why the demo does not do what a visitor wants.

use model::{PlateId, ProductId};
use simulator::ScriptError;
use thiserror::Error;

/// Why it is not done, for the visitor.
#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum Refused {
    /// Nobody of that name.
    #[error("{0} is not in the store, or on the way out: come in first")]
    NotHere(String),
    /// Somebody of that name is there.
    #[error("somebody is called {0} already: take another name")]
    NameTaken(String),
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
