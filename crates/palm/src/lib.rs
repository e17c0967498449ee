//! Palms as keys: protected templates, search among a million of them, encryption at rest, proof of deletion.
//!
//! **Its one job:** to say whose palm this is, or that it is nobody's, from numbers that can be revoked and that
//! are provably destroyed when somebody wants them gone.
//!
//! **The way in:** [`Reader::look`] finds the palm in a [`Picture`] and makes an [`Embedding`] of it, or says why not; [`Protection::protect`] turns it into a
//! [`Template`] that only this store's secret relates to the palm; [`Gallery::search`] finds the likest enrolled
//! ones; [`fuse::decide`] says who it is. At rest, [`DataKey::seal`] encrypts a template under a key of its
//! person's own, and [`DeletionReceipt`] says, signed, that the key and what it opened are gone.
//!
//! **What it never does:** know a payment, keep a picture, read a clock, write a file. The only thing it reads is
//! a file with a key ([`SecretKey::open`]).
//!
//! # How a palm is looked for
//! Enrolment: embedding → `protect` → template → `seal` (kept) and `Gallery::insert` (in memory). Entry: embedding
//! → `protect` under the same secret and epoch → `search` in the gallery of its side → `fuse`. Left and right
//! palms are strangers to one another: each side has its own gallery and its own protection.

mod deletion;
mod enrol;
pub mod fuse;
mod hand;
mod homography;
mod id;
mod keys;
pub mod liveness;
mod network;
pub mod patch;
pub mod picture;
mod plane;
mod protect;
mod quality;
mod reader;
mod refusal;
mod seal;
pub mod search;
mod template;

pub use deletion::{ChainError, DeletionReceipt, Destroyed, Hash, Reason, ReceiptError, verify_chain};
pub use homography::Homography;
pub use id::{PalmId, PersonId, Side};
pub use keys::{KeyError, KeyId, SecretKey};
pub use network::NetworkError;
pub use picture::Picture;
pub use protect::Protection;
pub use quality::Quality;
pub use reader::{Look, Reader};
pub use refusal::{Aside, ReadError, Refusal};
pub use seal::{DataKey, KeyKeeper, Owner, SealError, Sealed, WrappedKey};
pub use search::{Candidate, Gallery};
pub use template::{DIMENSIONS, Embedding, Template, TemplateError};
