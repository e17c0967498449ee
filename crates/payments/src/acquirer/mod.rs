//! A simulated acquirer: a strict, deterministic state machine without I/O, clock or chance.
//!
//! It does what a card network does to a shop, the unpleasant parts above all: holds lapse, raises are
//! declined, answers get lost after the deed was done. What happens to a card is written in its token
//! ([`tokens`]); what was really done stands in the [`journal`], so that a test can count.

pub mod journal;
mod machine;
mod payment;
mod processor;
pub mod server;
pub mod tokens;

pub use journal::{Deed, Entry};
pub use machine::{Acquirer, Answer, Request};
pub use payment::{Payment, State};
pub use processor::{Clock, SimulatedProcessor};
pub use server::{AcquirerServer, Delivery, ServerOptions, WebhookTarget};
