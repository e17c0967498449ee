//! Trips: what happened to them, how they stand, and what follows.
//!
//! Nothing here reads a clock or a table: events go in, events come out.

mod decide;
mod event;
mod flag;
#[cfg(test)]
mod laws;
mod state;
mod undo;

pub use decide::{Answer, DecideError};
pub(crate) use decide::{
    answered, close_cart, collect, decide_dispute, dispute, hold, pay_debt, review, review_lapsed,
};
pub use event::{
    Actor, Cart, Dispute, DisputeKind, Doubtful, Paper, Payer, Refund, RefundPart, Refusal, TripEvent,
    Verdict, Wish,
};
pub(crate) use flag::flag;
pub use state::{How, NoBeginning, Taken, Trip, TripState};
pub(crate) use undo::{cancel, refund};
