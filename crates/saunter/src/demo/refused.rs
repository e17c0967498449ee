//! Why the demo does not do what a visitor wants.

use model::{PlateId, ProductId};
use simulator::ScriptError;
use thiserror::Error;

/// Why it is not done, for the visitor.
#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum Refused {
    /// Nobody of that name.
    #[error("this shopper is not in the store any more, or on the way out: come in again")]
    NotHere(String),
    /// Somebody of that name is there.
    #[error("somebody of this name is there already: take another name")]
    NameTaken(String),
    /// Nothing of it on that plate.
    #[error("nothing of it is left on this plate: take something else")]
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
