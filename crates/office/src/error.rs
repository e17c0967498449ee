//! What can go wrong in the office.

use palm::KeyError;
use payments::CardError;
use pricing::BookError;
use receipts::{MailError, PrintError};

use crate::ids::TripKey;
use crate::people::PeopleError;
use crate::staff::StaffError;
use crate::storage::StorageError;
use crate::trip::{DecideError, NoBeginning};

/// Why the office could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The tables.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A trip's journal makes no sense.
    #[error(transparent)]
    Journal(#[from] NoBeginning),
    /// It is not possible as the trip stands.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// Nobody knows the trip.
    #[error("there is no trip {0} in this store")]
    NoTrip(TripKey),
    /// What should tell of a card does not.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The price list makes no sense.
    #[error(transparent)]
    Prices(#[from] BookError),
    /// An upload's id is none.
    #[error("the id of an upload has 1 to {most} bytes")]
    UploadId {
        /// How many it may have.
        most: usize,
    },
    /// An upload's id stands for something else.
    #[error("the upload id {0:?} was used for another catalogue: give each upload an id of its own")]
    UploadIdReused(String),
    /// A receipt's parts contradict one another.
    #[error("the receipt can't be printed: {0}")]
    Print(#[from] PrintError),
    /// A mail can't be written.
    #[error("the mail can't be written: {0}")]
    Mail(#[from] MailError),
    /// A secret key of the store.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It can't be done with what is known of people.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// It can't be done with those who work here.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// A palm's template or key does not open.
    #[error("a palm can't be sealed or opened: {0}")]
    PalmSeal(#[from] palm::SealError),
    /// The receipt of a palm's deletion can't be signed.
    #[error(transparent)]
    PalmReceipt(#[from] palm::ReceiptError),
    /// The configuration makes no sense.
    #[error("the store's configuration: {0}")]
    Policy(String),
}
