//! People who come in with their palms.
//!
//! Consent comes first: [`Office::consent_to_palms`] writes it down and gives a [`PalmConsent`], without which
//! [`Office::enrol_palms`] can't be called. A palm then stands for the card that was shown. Templates are protected and
//! encrypted by crate `palm`; while the office runs they stand in memory to be searched ([`PalmRoom`]). Deleting
//! destroys the person's key and gives a receipt for it.

mod age;
mod consent;
mod delete;
mod enrol;
mod keys;
mod room;
mod rows;

pub use consent::PalmConsent;
pub(crate) use delete::{delete_idle, delete_of};
pub use enrol::{Enrolled, Hand};
pub use keys::PalmKeys;
pub(crate) use room::PalmRoom;
pub use rows::{AgeCheck, PalmPerson};
pub(crate) use rows::{holder, of};
