//! Somebody else's hand, as a picture: what is held before the camera instead of a living one.
//!
//! Words are those of ISO/IEC 30107: each kind is a species of presentation attack instrument. All begin with a good photograph
//! of the right hand, taken calmly by a telephone with several times the kiosk's pixels; what is done with it runs from
//! hasty to as good as the means allow.

use super::burst::{FRAMES, Moment, Walk, hover, refresh, scale, seconds, times};
use super::capture::{Capture, Conditions};
use super::display::Display;
use super::frame::{Camera, Plane};
use super::hand::Hand;
use super::lamp::Lamp;
use super::paper::{Kind, Paper};
use super::photo::{self, Photo};
use super::room::Room;
use super::sensor::{Exposure, develop, stream};
use crate::rng::Rng;

/// How many pixels of a telephone's photograph, and of its film, a pixel of the kiosk's camera is, each way.
const FINENESS: f32 = 1.6;
const FINENESS_FILM: f32 = 1.25;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attack {
    /// A print on a sheet of plain paper.
    Sheet,
    /// A print on a sheet of glossy paper.
    Glossy,
    /// A print bent as a palm is, and flexed while it is shown, to look alive.
    Bent,
    /// A print, cut out along the hand.
    CutOut,
    /// A photograph on a screen.
    StillOnScreen,
    /// A film of the living, hovering hand on a screen.
    FilmOnScreen,
    /// A photograph fed in the camera's place: again and again, with noise laid over it, or moved by software.
    Injected,
}

impl Attack {
    /// All of them.
    pub const ALL: [Attack; 7] = [
        Attack::Sheet,
        Attack::Glossy,
        Attack::Bent,
        Attack::CutOut,
        Attack::StillOnScreen,
        Attack::FilmOnScreen,
        Attack::Injected,
    ];
}

/// What a camera sees of an attack with a picture of `hand`, held as a hand would be under these conditions, a picture at a time. `lamp` is
/// the kiosk's own light, which nobody who made the picture knew.
pub fn attack<'a>(
    what: Attack,
    hand: &'a Hand,
    rng: &mut Rng,
    conditions: &Conditions,
    camera: &'a Camera,
    lamp: &Lamp,
) -> Box<dyn Iterator<Item = Moment> + 'a> {
    let taken = Capture::draw(rng, &Conditions::CALM);
    match what {
        Attack::Sheet => on_paper(Kind::Matte, &taken, hand, rng, (conditions, lamp), camera),
        Attack::Glossy => on_paper(Kind::Glossy, &taken, hand, rng, (conditions, lamp), camera),
        Attack::Bent => on_paper(Kind::Bent, &taken, hand, rng, (conditions, lamp), camera),
        Attack::CutOut => on_paper(Kind::CutOut, &taken, hand, rng, (conditions, lamp), camera),
        Attack::StillOnScreen => {
            let display = Display::draw(rng);
            let photo = display.emit(telephone(hand, &taken, &taken, FINENESS));
            let stage = Stage::set(rng, conditions, camera, display.size).lit(lamp);
            Box::new(stage.play(move |exposure, plane, shot| {
                let held = display.held(&photo, &shot.capture, shot.seconds(), camera.height);
                cover(exposure, plane, |place, pixel| held.at(place, pixel));
            }))
        }
        Attack::FilmOnScreen => {
            let display = Display::draw(rng);
            let stage = Stage::set(rng, conditions, camera, display.size).lit(lamp);
            let times = stage.shots.each_ref().map(|shot| shot.after_ns);
            let film = hover(rng, &taken, hand.is_left(), &Conditions::CALM, &times);
            Box::new(stage.play(move |exposure, plane, shot| {
                let photo = display.emit(telephone(hand, &film[shot.index], &taken, FINENESS_FILM));
                let held = display.held(&photo, &shot.capture, shot.seconds(), camera.height);
                cover(exposure, plane, |place, pixel| held.at(place, pixel));
            }))
        }
        Attack::Injected => {
            let photo = telephone(hand, &taken, &taken, FINENESS);
            Box::new(Stage::within(rng, conditions, camera).play(move |exposure, plane, _| {
                cover(exposure, plane, |place, _| photo.at(place).map(|(light, _)| light));
            }))
        }
    }
}

/// The photograph `shot` in the room of `taken`.
fn telephone(hand: &Hand, shot: &Capture, taken: &Capture, fineness: f32) -> Photo {
    Photo::take(hand, shot, fineness, &mut photo::room(taken))
}

fn on_paper<'a>(
    kind: Kind,
    taken: &Capture,
    hand: &Hand,
    rng: &mut Rng,
    (conditions, lamp): (&Conditions, &Lamp),
    camera: &'a Camera,
) -> Box<dyn Iterator<Item = Moment> + 'a> {
    let paper = Paper::print(rng, telephone(hand, taken, taken, FINENESS), kind);
    let stage = Stage::set(rng, conditions, camera, 1.0).lit(lamp);
    Box::new(stage.play(move |exposure, plane, shot| {
        let held = paper.held(&shot.capture, shot.seconds(), camera.focal_px);
        cover(exposure, plane, |place, _| held.at(place));
    }))
}

/// Lays a surface over what the camera sees: `light` says what a place of it (mm) sends to a pixel, `None` beyond its edge.
fn cover(exposure: &mut Exposure, plane: &Plane, light: impl Fn([f32; 2], [f32; 2]) -> Option<[f32; 3]>) {
    for row in 0..exposure.height {
        for column in 0..exposure.width {
            let pixel = [column as f32 + 0.5, row as f32 + 0.5];
            if let Some(light) = light(plane.lift(pixel[0], pixel[1]), pixel) {
                exposure.light[row * exposure.width + column] = light;
            }
        }
    }
}

/// One picture of an attack.
struct Shot {
    index: usize,
    after_ns: i64,
    capture: Capture,
}

/// Where an attack is played: the room, the camera and how the thing is held.
struct Stage<'a> {
    camera: &'a Camera,
    room: Room,
    shots: [Shot; FRAMES],
}

impl<'a> Stage<'a> {
    /// Held in a hand, or steadied on something; `size` is how large the hand is shown, and so how near.
    fn set(rng: &mut Rng, conditions: &Conditions, camera: &'a Camera, size: f32) -> Self {
        let mut first = Capture::draw(rng, conditions);
        first.pose.place = first.pose.place.map(|part| part * size);
        let steadiness = if rng.chance(0.2) { 0.15 } else { rng.uniform(0.5, 1.2) };
        let walk = Walk::draw(rng, steadiness);
        let room = Room::new(&mut stream(&first, "palms: room"), (camera.width, camera.height));
        let shots = Shot::all(rng, |rng, seconds| {
            let mut capture = first.clone();
            capture.pose = walk.moved(rng, &first.pose, seconds);
            refresh(rng, &mut capture, conditions);
            capture
        });
        Self { camera, room, shots }
    }

    /// With the kiosk's own light on it.
    fn lit(mut self, lamp: &Lamp) -> Self {
        for shot in &mut self.shots {
            shot.capture.light = lamp.light(&shot.capture.light, shot.index);
        }
        self
    }

    /// Fed past the camera: no light falls on it and no lens blurs it. A quarter each is the same picture again and again, that with
    /// noise of a camera, moved in its plane, and moved as a flat thing would be.
    fn within(rng: &mut Rng, conditions: &Conditions, camera: &'a Camera) -> Self {
        let kind = rng.whole(0, 3);
        let mut first = Capture::draw(rng, conditions);
        first.pose.axes = [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]];
        first.light.exposure = 1.0;
        (first.blur, first.movement) = (0.0, [0.0; 2]);
        let walk = Walk::draw(rng, 1.0);
        let room = Room::new(&mut stream(&first, "palms: room"), (camera.width, camera.height));
        let shots = Shot::all(rng, |rng, seconds| {
            let mut capture = first.clone();
            match kind {
                0 => capture.noise = 0.0,
                1 => {}
                2 => capture.pose.place = walk.moved(rng, &first.pose, seconds).place,
                _ => capture.pose = walk.moved(rng, &first.pose, seconds),
            }
            capture.seed = rng.draw();
            capture
        });
        Self { camera, room, shots }
    }

    /// The pictures, each painted over the room.
    fn play(self, paint: impl Fn(&mut Exposure, &Plane, &Shot) + 'a) -> impl Iterator<Item = Moment> + 'a {
        let Self { camera, room, shots } = self;
        shots.into_iter().map(move |shot| {
            let mut exposure = room.expose((camera.width, camera.height));
            paint(&mut exposure, &shot.capture.plane(camera), &shot);
            let frame = develop(exposure, &shot.capture, scale(camera));
            Moment { after_ns: shot.after_ns, frame }
        })
    }
}

impl Shot {
    fn all(rng: &mut Rng, mut capture: impl FnMut(&mut Rng, f32) -> Capture) -> [Self; FRAMES] {
        let times = times(rng);
        std::array::from_fn(|index| {
            let after_ns = times[index];
            Shot { index, after_ns, capture: capture(rng, seconds(after_ns)) }
        })
    }

    fn seconds(&self) -> f32 {
        seconds(self.after_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: Camera = Camera { width: 160, height: 160, focal_px: 0.83 * 213.0 };

    #[test]
    fn every_attack_is_the_same_every_time_and_shows_something_bright() {
        for what in Attack::ALL {
            let hand = Hand::new(1, 3);
            let shown = || -> Vec<Moment> {
                attack(what, &hand, &mut Rng::new(2, "tests"), &Conditions::CALM, &CAMERA, &Lamp::off())
                    .collect()
            };
            let moments = shown();
            assert_eq!(moments, shown(), "{what:?}");
            assert_eq!(moments.len(), FRAMES);
            let middle = 3 * (90 * 160 + 80);
            assert!(moments.iter().all(|moment| moment.frame.rgb[middle] > 40), "{what:?}");
        }
    }
}
