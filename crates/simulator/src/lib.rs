//! A store made of numbers: shoppers with bodies and hands, plates with noise, a tracker or cameras, and gates.
//!
//! **Its one job:** to turn a [`Script`] of what is to happen in a [`model::Store`] into the records that the
//! store's devices would have made of it, and into the [`model::Truth`] beside them. The same store, script
//! and seed give the same records, bit for bit, on every machine.
//!
//! **The way in:** [`play`] for a whole script at once, [`Simulation`] for one record after the other;
//! [`Live`] for a store that is told what to do while it goes on;
//! [`scenarios::scene`] for scenes that are named after what happens in them; [`busy()`] for a whole day; [`stores`]
//! for stores to play in, [`stores::hang_cameras`] for cameras in them; [`faults`] spoils records as real networks and devices do.
//!
//! People are seen on one of two levels: a ready-made tracker says who is where, or each camera of the store says what
//! is in its picture ([`Script::cameras`], [`scenarios::Level`]); where everybody really was comes beside
//! ([`Bodies`]).
//!
//! **What it never does:** decide anything about a shopper, or be known by the engine. The noise of its scales
//! and the moves of its shoppers are measured on the recorded nanostore; what is assumed says so.

mod bodies;
mod body;
mod busy;
mod cameras;
mod doorway;
mod errand;
mod eyes;
pub mod faults;
mod floor;
mod force;
mod grasp;
mod hand;
mod handling;
mod layout;
mod live;
mod noise;
pub mod palms;
mod person;
mod rng;
mod scale;
pub mod scenarios;
mod script;
mod script_error;
mod shelfwork;
mod simulation;
mod skeleton;
mod stock;
pub mod stores;
mod swing;
mod together;
mod tracker;
mod walk;
mod world;

pub use bodies::{Bodies, TrueBody};
pub use busy::{Busy, Flow, busy, busy_with_cameras};
pub use cameras::{CameraOptions, Delay, Shift, Silence};
pub use live::{Live, LivePerson};
pub use rng::Rng;
pub use scale::{STEP_G, ScaleOptions, Warming};
pub use script::{Action, Age, Entry, Script, Step, Stocked, What, Work};
pub use script_error::ScriptError;
pub use simulation::{Played, Simulation, play};
pub use tracker::{Loss, Swap, TrackerOptions};
