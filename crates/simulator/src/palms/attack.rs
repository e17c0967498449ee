//! Somebody else's hand, as a picture: what is held before the camera instead of a living one.
//!
//! Words are those of ISO/IEC 30107: each kind is a species of presentation attack instrument. All begin with a good photograph
//! of the right hand, taken calmly by a telephone with several times the kiosk's pixels; what is done with it runs from
//! hasty to as good as the means allow.

use super::burst::{FRAMES, Moment, STEP_NS, Walk, hover, refresh, scale};
use super::capture::{Capture, Conditions};
use super::display::Display;
use super::frame::{Camera, Plane};
use super::hand::Hand;
use super::paper::Paper;
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
    /// A print on a sheet.
    Sheet,
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
    pub const ALL: [Attack; 5] =
        [Attack::Sheet, Attack::CutOut, Attack::StillOnScreen, Attack::FilmOnScreen, Attack::Injected];
}

/// What a camera sees of an attack with a picture of `hand`, held as a hand would be under these conditions.
pub fn attack(
    what: Attack,
    hand: &Hand,
    rng: &mut Rng,
    conditions: &Conditions,
    camera: &Camera,
) -> Vec<Moment> {
    let taken = Capture::draw(rng, &Conditions::CALM);
    let telephone = |shot: &Capture, fineness| Photo::take(hand, shot, fineness, &mut photo::room(&taken));
    match what {
        Attack::Sheet | Attack::CutOut => {
            let paper = Paper::print(rng, telephone(&taken, FINENESS), what == Attack::CutOut);
            let stage = Stage::set(rng, conditions, camera, 1.0);
            stage.play(|exposure, plane, shot| {
                let held = paper.held(&shot.capture, shot.seconds, camera.focal_px);
                cover(exposure, plane, |place, _| held.at(place));
            })
        }
        Attack::StillOnScreen | Attack::FilmOnScreen => {
            let display = Display::draw(rng);
            let film: Vec<Photo> = if what == Attack::StillOnScreen {
                vec![display.emit(telephone(&taken, FINENESS))]
            } else {
                let shots = hover(rng, &taken, hand.is_left(), &Conditions::CALM);
                shots.iter().map(|shot| display.emit(telephone(shot, FINENESS_FILM))).collect()
            };
            let stage = Stage::set(rng, conditions, camera, display.size);
            stage.play(|exposure, plane, shot| {
                let photo = &film[shot.index % film.len()];
                let held = display.held(photo, &shot.capture, shot.seconds, camera.height);
                cover(exposure, plane, |place, pixel| held.at(place, pixel));
            })
        }
        Attack::Injected => {
            let photo = telephone(&taken, FINENESS);
            Stage::within(rng, conditions, camera).play(|exposure, plane, _| {
                cover(exposure, plane, |place, _| photo.at(place).map(|(light, _)| light));
            })
        }
    }
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
    seconds: f32,
    capture: Capture,
}

/// Where an attack is played: the room, the camera and how the thing is held.
struct Stage<'a> {
    camera: &'a Camera,
    room: Room,
    shots: Vec<Shot>,
}

impl<'a> Stage<'a> {
    /// Held in a hand, or steadied on something; `size` is how large the hand is shown, and so how near.
    fn set(rng: &mut Rng, conditions: &Conditions, camera: &'a Camera, size: f32) -> Self {
        let mut first = Capture::draw(rng, conditions);
        first.pose.place = first.pose.place.map(|part| part * size);
        let steadiness = if rng.chance(0.2) { 0.15 } else { rng.uniform(0.5, 1.2) };
        let walk = Walk::draw(rng, steadiness);
        let room = Room::new(&mut stream(&first, "palms: room"), (camera.width, camera.height));
        let shots = Shot::all(|seconds| {
            let mut capture = first.clone();
            capture.pose = walk.moved(rng, &first.pose, seconds);
            refresh(rng, &mut capture, conditions);
            capture
        });
        Self { camera, room, shots }
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
        let shots = Shot::all(|seconds| {
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
    fn play(&self, paint: impl Fn(&mut Exposure, &Plane, &Shot)) -> Vec<Moment> {
        let pictures = self.shots.iter().map(|shot| {
            let mut exposure = self.room.expose((self.camera.width, self.camera.height));
            paint(&mut exposure, &shot.capture.plane(self.camera), shot);
            let frame = develop(exposure, &shot.capture, scale(self.camera));
            Moment { after_ns: shot.index as i64 * STEP_NS, frame }
        });
        pictures.collect()
    }
}

impl Shot {
    fn all(mut capture: impl FnMut(f32) -> Capture) -> Vec<Self> {
        let shots = (0..FRAMES).map(|index| {
            let seconds = (index as i64 * STEP_NS) as f32 / 1e9;
            Shot { index, seconds, capture: capture(seconds) }
        });
        shots.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: Camera = Camera { width: 160, height: 160, focal_px: 0.83 * 213.0 };

    #[test]
    fn every_attack_is_the_same_every_time_and_shows_something_bright() {
        for what in Attack::ALL {
            let shown =
                || attack(what, &Hand::new(1, 3), &mut Rng::new(2, "tests"), &Conditions::CALM, &CAMERA);
            let moments = shown();
            assert_eq!(moments, shown(), "{what:?}");
            assert_eq!(moments.len(), FRAMES);
            let middle = 3 * (90 * 160 + 80);
            assert!(moments.iter().all(|moment| moment.frame.rgb[middle] > 40), "{what:?}");
        }
    }
}
