//! A store made of numbers: shoppers with bodies and hands, plates with noise, a tracker and gates.
//!
//! **Its one job:** to turn a [`Script`] of what is to happen in a [`model::Store`] into the records that the
//! store's devices would have made of it, and into the [`model::Truth`] beside them. The same store, script
//! and seed give the same records, bit for bit, on every machine.
//!
//! **The way in:** [`play`] for a whole [`Played`] at once, [`Simulation`] for one record after the other;
//! [`faults`] spoils records as real networks and devices do.
//!
//! **What it never does:** decide anything about a shopper, or be known by the engine. The noise of its scales
//! and the moves of its shoppers are measured on the recorded nanostore; what is assumed says so.

mod actor;
pub mod faults;
mod force;
mod handling;
mod layout;
mod plan;
mod plates;
mod rng;
pub mod scenarios;
mod script;
mod shopper;
mod simulation;
mod stock;
mod tracker;
mod world;

pub use rng::Rng;
pub use script::{Action, Entry, Script, ScriptError, Step, Stocked};
pub use simulation::{Played, Simulation, play};
pub use tracker::{Loss, Swap, TrackerOptions};
