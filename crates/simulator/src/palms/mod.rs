//! Palms made of numbers: hands with creases, skin and a pose, as a camera over a kiosk or a gate sees them.
//!
//! The recipe is that of BézierPalm (Zhao et al., CVPR 2022): principal lines, wrinkles and texture are random curves, and a
//! network trained on enough of them knows real palms better than one trained on the few real pictures there are. Here the curves
//! lie on a whole hand of its own proportions, whose skin, light, stretch, pose, distance, blur and noise change from picture to
//! picture.
//!
//! A [`Hand`] is what stays with a person, a [`Capture`] what differs between two pictures, and [`render`] makes the picture.
//! [`live`] makes a burst of pictures of a hovering hand, [`attack`] one of a picture of it held out instead.

mod attack;
mod burst;
mod capture;
mod cover;
mod creases;
mod display;
mod face;
mod frame;
mod hand;
mod lamp;
mod paper;
mod photo;
mod render;
mod room;
mod scene;
mod sensor;

pub use attack::{Attack, attack};
pub use burst::{FRAMES, Moment, live, live_at};
pub use capture::{Capture, Conditions};
pub use frame::{Camera, Frame, Plane};
pub use hand::{Hand, MEAN_LANDMARKS_MM, Tone};
pub use lamp::Lamp;
pub use render::render;
pub use scene::{Scene, scene};
