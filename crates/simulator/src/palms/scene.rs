//! What may be before a palm reader's camera, hand or not.

use super::capture::{Capture, Conditions};
use super::cover::Cover;
use super::face;
use super::frame::{Frame, Plane};
use super::hand::Hand;
use super::render::{paint, render};
use super::room::Room;
use super::sensor::{develop, stream};
use crate::rng::Rng;

/// What the camera sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Nobody.
    Empty,
    /// Somebody's face.
    Face,
    /// A bare hand.
    Hand,
    /// Two hands.
    TwoHands,
    /// A hand in a glove.
    Glove,
    /// A hand with a bandage across the palm.
    Bandage,
}

impl Scene {
    /// All of them.
    pub const ALL: [Scene; 6] =
        [Scene::Empty, Scene::Face, Scene::Hand, Scene::TwoHands, Scene::Glove, Scene::Bandage];
}

/// The picture of a scene. `hand` is the (first) hand, held as `capture` says; `plane` and `size` say what the camera sees of it,
/// and `scale` how many of its pixels a pixel of a camera 480 wide is.
pub fn scene(
    what: Scene,
    (hand, capture): (&Hand, &Capture),
    plane: &Plane,
    size: (usize, usize),
    scale: f32,
) -> Frame {
    let mut rng = stream(capture, "palms: scene");
    let covered = |cover: Cover| Capture { cover: Some(cover), ..capture.clone() };
    match what {
        Scene::Hand => render(hand, capture, plane, size, scale),
        Scene::Glove => render(hand, &covered(Cover::glove(&mut rng)), plane, size, scale),
        Scene::Bandage => render(hand, &covered(Cover::bandage(&mut rng)), plane, size, scale),
        Scene::Empty => develop(Room::new(&mut rng, size).expose(size), capture, scale),
        Scene::Face => {
            let mut exposure = Room::new(&mut rng, size).expose(size);
            face::paint(&mut exposure, &mut rng);
            develop(exposure, capture, scale)
        }
        Scene::TwoHands => {
            let mut exposure = Room::new(&mut rng, size).expose(size);
            let other = Hand::new(rng.draw(), rng.draw() >> 1);
            let beside = Capture::draw(&mut rng, &Conditions::STRONG);
            paint(&mut exposure, &other, &beside, &shifted(&mut rng, plane));
            paint(&mut exposure, hand, capture, plane);
            develop(exposure, capture, scale)
        }
    }
}

/// The same plane seen beside where it is: a second hand at about the same distance.
fn shifted(rng: &mut Rng, plane: &Plane) -> Plane {
    let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
    let turn = rng.uniform(-0.6, 0.6);
    let (sin, cos) = (libm::sin(turn) as f32, libm::cos(turn) as f32);
    let away = [side * rng.uniform(70.0, 120.0) as f32, rng.uniform(-50.0, 50.0) as f32];
    let move_hand = [cos, -sin, away[0], sin, cos, away[1], 0.0, 0.0, 1.0];
    plane.after(&move_hand).unwrap_or(*plane)
}
