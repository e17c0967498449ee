//! People seen by many calibrated cameras → one track each in three dimensions, with hands, over time.
//!
//! **Its one job:** to say who is where. A [`Camera`] turns pixels into rays.
//!
//! **What it never does:** I/O, reading a clock, knowing a product or a plate.

mod camera;

pub use camera::{CalibrationError, Camera, Seen};
