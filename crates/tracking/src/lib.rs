//! People seen by many calibrated cameras → one track each in three dimensions, with hands, over time.
//!
//! **Its one job:** to say who is where. A [`Camera`] turns pixels into rays.
//!
//! **What it never does:** I/O, reading a clock, knowing a product or a plate.

mod asleep;
mod associate;
mod birth;
mod camera;
mod gather;
mod health;
mod joint;
mod look;
mod parts;
mod people;
mod shelf;
mod sight;
mod skeleton;
mod track;
mod tracker;

pub use camera::{CalibrationError, Camera, Seen};
pub use parts::{Limb, Parts};
pub use shelf::{ShelfError, shelf_cameras, shelf_views};
pub use tracker::Tracker;
