//! Money on cards: holds, raises, captures, voids, charges and refunds.
//!
//! **Its one job:** speak with whoever moves the money, so that what was asked twice happens once and an
//! unclear answer can be cleared up.
//!
//! **The way in:** [`PaymentProcessor`].
//!
//! **What it never does:** see a card number, know a trip's lines, decide what is charged.

mod card;
mod luhn;
mod processor;

pub use card::{Card, CardError, CardToken, Fingerprint, LastFour};
pub use processor::{
    Captured, Held, IdempotencyKey, PaymentError, PaymentId, PaymentProcessor, PaymentStatus, Reference,
    RefundId, Refunded,
};
