//! Money on cards: holds, raises, captures, voids, charges and refunds.
//!
//! **Its one job:** speak with whoever moves the money, so that what was asked twice happens once and an
//! unclear answer can be cleared up.
//!
//! **The way in:** [`PaymentProcessor`]; [`StripeProcessor`] for real money, [`SimulatedProcessor`] without.
//! [`scrub()`] and [`ScrubWriter`] keep card numbers out of logs.
//!
//! **What it never does:** see a card number, know a trip's lines, decide what is charged.

pub mod acquirer;
mod card;
mod processor;
mod scrub;
mod secret;
pub mod stripe;

pub use acquirer::SimulatedProcessor;
pub use card::{Card, CardError, CardToken, Fingerprint, LastFour};
pub use processor::{
    Captured, Held, IdempotencyKey, PaymentError, PaymentId, PaymentProcessor, PaymentStatus, Reference,
    RefundId, Refunded,
};
pub use scrub::{SCRUBBED, ScrubWriter, has_card_number, scrub};
pub use secret::Secret;
pub use stripe::StripeProcessor;
