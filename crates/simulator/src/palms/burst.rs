//! A living hand held before the camera for a moment: a few pictures in a row.

use std::f64::consts::TAU;

use super::capture::{Capture, Conditions, Pose};
use super::frame::{Camera, Frame};
use super::hand::Hand;
use super::lamp::Lamp;
use super::render::paint;
use super::room::Room;
use super::sensor::{develop, stream};
use crate::rng::Rng;

/// Pictures of a burst: some more than a reader looks at, for those that it refuses.
pub const FRAMES: usize = 18;
/// Milliseconds from one picture to the next, least and most: kiosks' browsers keep no better time.
const STEP_MS: [u32; 2] = [95, 140];

/// A picture of a burst.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds after the first picture.
    pub after_ns: i64,
    /// What the camera saw.
    pub frame: Frame,
}

/// How fast a drift turns back, radians a second.
const DRIFT_RATE: f64 = 0.9;

/// How far from flat an open palm is: how deep its hollow lies below its rim, mm, least and most.
const HOLLOW_MM: [f64; 2] = [3.0, 8.0];

/// A living hand over the camera for as long as a burst takes, a picture at a time. Light and room stay; the hand hovers: it trembles,
/// sways and drifts, tilts by a few degrees, its fingers and its skin give a little, and the palm's hollow moves against its rim as
/// the view of it turns. `lamp` is the kiosk's own light.
pub fn live<'a>(
    hand: &'a Hand,
    rng: &mut Rng,
    conditions: &Conditions,
    camera: &'a Camera,
    lamp: &Lamp,
) -> impl Iterator<Item = Moment> + use<'a> {
    let times = times(rng);
    live_at(hand, rng, conditions, camera, times.to_vec(), lamp)
}

/// The same, for as long as it takes: `times` are nanoseconds after the first picture.
pub fn live_at<'a>(
    hand: &'a Hand,
    rng: &mut Rng,
    conditions: &Conditions,
    camera: &'a Camera,
    times: Vec<i64>,
    lamp: &Lamp,
) -> impl Iterator<Item = Moment> + use<'a> {
    let first = Capture::draw(rng, conditions);
    let size = (camera.width, camera.height);
    let room = Room::new(&mut stream(&first, "palms: room"), size);
    let mut captures = hover(rng, &first, hand.is_left(), conditions, &times);
    for (index, capture) in captures.iter_mut().enumerate() {
        capture.light = lamp.light(&capture.light, index);
    }
    times.into_iter().zip(captures).map(move |(after_ns, capture)| {
        let mut exposure = room.expose(size);
        paint(&mut exposure, hand, &capture, &capture.plane(camera));
        Moment { after_ns, frame: develop(exposure, &capture, scale(camera)) }
    })
}

/// When the pictures of a burst are taken, nanoseconds after the first.
pub(super) fn times(rng: &mut Rng) -> [i64; FRAMES] {
    let mut next = 0;
    [0; FRAMES].map(|_: i64| {
        let now = next;
        next += i64::from(rng.whole(STEP_MS[0], STEP_MS[1])) * 1_000_000;
        now
    })
}

/// Seconds of a time in a burst.
pub(super) fn seconds(after_ns: i64) -> f32 {
    after_ns as f32 / 1e9
}

/// How many of a camera's pixels a pixel of a kiosk's camera 480 wide is.
pub(super) fn scale(camera: &Camera) -> f32 {
    camera.focal_px / Camera::kiosk(480, 480).focal_px
}

/// The captures of a hovering hand, from a first one on.
pub(super) fn hover(
    rng: &mut Rng,
    first: &Capture,
    is_left: bool,
    conditions: &Conditions,
    times: &[i64],
) -> Vec<Capture> {
    let walk = Walk::draw(rng, 1.0);
    let hollow = rng.uniform(HOLLOW_MM[0], HOLLOW_MM[1]) as f32;
    let give = rng.log_normal(1.0, 0.4);
    // Per second: millimetres of the warp's terms, and radians of a finger.
    let stretch = [[0; 6]; 2].map(|row| row.map(|_: i32| (0.25 * give * rng.gaussian()) as f32));
    let spread = [0; 5].map(|_: i32| (0.02 * give * rng.gaussian()) as f32);
    let mut captures = Vec::with_capacity(times.len());
    for &after_ns in times {
        let seconds = seconds(after_ns);
        let mut next = first.clone();
        next.pose = walk.moved(rng, &first.pose, seconds);
        for (angle, rate) in next.fan.iter_mut().zip(spread) {
            *angle += rate * seconds;
        }
        for (row, rates) in next.warp.iter_mut().zip(stretch) {
            row.iter_mut().zip(rates).for_each(|(term, rate)| *term += rate * seconds);
        }
        sink(&mut next, hollow, is_left);
        refresh(rng, &mut next, conditions);
        captures.push(next);
    }
    captures
}

/// What is new in every picture of a burst: movement while the shutter is open, and noise.
pub(super) fn refresh(rng: &mut Rng, capture: &mut Capture, conditions: &Conditions) {
    let (movement, angle) = (conditions.blur_px[1] * rng.skewed(2), rng.uniform(0.0, TAU));
    capture.movement = [(movement * libm::cos(angle)) as f32, (movement * libm::sin(angle)) as f32];
    capture.seed = rng.draw();
}

/// Sinks the palm's middle below its rim: seen aside, it lies elsewhere behind the plane (`depth * (1 - u² - v²)` along the ray).
fn sink(capture: &mut Capture, depth: f32, is_left: bool) {
    let Pose { axes, place } = &capture.pose;
    let along = |axis: &[f32; 3]| place[0] * axis[0] + place[1] * axis[1] + place[2] * axis[2];
    let inward = -along(&axes[2]);
    let mirror = if is_left { -1.0 } else { 1.0 };
    let slopes = [mirror * along(&axes[0]) / inward, along(&axes[1]) / inward];
    for (row, slope) in capture.warp.iter_mut().zip(slopes) {
        row[0] += depth * slope;
        row[3] -= depth * slope;
        row[5] -= depth * slope;
    }
}

/// How something held in a hand, or the hand itself, moves: drift, sway (0.7 to 2 Hz) and tremor (8 to 12 Hz, faster than a burst's
/// pictures, so fresh in each), of place (mm) and of tilt (radians). Sizes are those of hands held out freely: some tenths of a
/// millimetre of tremor, a few millimetres and degrees of sway and drift in a second.
pub(super) struct Walk {
    drift: [f64; 6],
    sway: [f64; 6],
    phase: [f64; 6],
    rate: f64,
    tremor: [f64; 2],
}

impl Walk {
    /// A walk; `size` is 1 for a free hand, less for what is steadied.
    pub(super) fn draw(rng: &mut Rng, size: f64) -> Self {
        let size = size * rng.log_normal(1.0, 0.3);
        let parts = |rng: &mut Rng, mm: f64, degrees: f64| {
            [mm, mm, 1.5 * mm, degrees, degrees, degrees]
                .map(|spread| size * spread * rng.gaussian())
                .map(|part| part.clamp(-3.0 * size * mm.max(degrees), 3.0 * size * mm.max(degrees)))
        };
        Self {
            drift: parts(rng, 4.0, 4.0),
            sway: parts(rng, 1.0, 1.0),
            phase: [0; 6].map(|_: i32| rng.uniform(0.0, TAU)),
            rate: TAU * rng.uniform(0.7, 2.0),
            tremor: [0.3 * size, 0.25 * size],
        }
    }

    /// Where the walk is after `seconds`, from `start`.
    pub(super) fn moved(&self, rng: &mut Rng, start: &Pose, seconds: f32) -> Pose {
        let seconds = f64::from(seconds);
        let mut parts = [0.0; 6];
        for (index, part) in parts.iter_mut().enumerate() {
            let swing = libm::sin(self.phase[index] + self.rate * seconds) - libm::sin(self.phase[index]);
            let tremor = self.tremor[index / 3] * rng.gaussian();
            // Nobody drifts away: what began to drift comes back after some seconds.
            let drift = self.drift[index] * libm::sin(DRIFT_RATE * seconds) / DRIFT_RATE;
            *part = drift + self.sway[index] * swing + tremor;
        }
        let turn = [parts[3], parts[4], parts[5]].map(|degrees| degrees.to_radians() as f32);
        let place = [0, 1, 2].map(|axis| start.place[axis] + parts[axis] as f32);
        Pose { axes: start.axes.map(|axis| turned(axis, turn)), place }
    }
}

/// A vector turned by a rotation vector (Rodrigues).
fn turned(v: [f32; 3], turn: [f32; 3]) -> [f32; 3] {
    let angle = (turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2]).sqrt();
    if angle < 1e-9 {
        return v;
    }
    let k = turn.map(|part| part / angle);
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    let dot = k[0] * v[0] + k[1] * v[1] + k[2] * v[2];
    let cross = [k[1] * v[2] - k[2] * v[1], k[2] * v[0] - k[0] * v[2], k[0] * v[1] - k[1] * v[0]];
    [0, 1, 2].map(|axis| v[axis] * cos + cross[axis] * sin + k[axis] * dot * (1.0 - cos))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: Camera = Camera { width: 160, height: 160, focal_px: 0.83 * 213.0 };

    #[test]
    fn a_burst_is_the_same_every_time_and_no_two_pictures_of_it_are() {
        let hand = Hand::new(1, 3);
        let burst = || -> Vec<Moment> {
            live(&hand, &mut Rng::new(2, "tests"), &Conditions::CALM, &CAMERA, &Lamp::off()).collect()
        };
        assert_eq!(burst(), burst());
        let frames: Vec<Frame> = burst().into_iter().map(|moment| moment.frame).collect();
        assert_eq!(frames.len(), FRAMES);
        assert!(frames.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_hovering_hand_moves_by_millimetres_and_its_axes_stay_upright() {
        let mut rng = Rng::new(5, "tests");
        let first = Capture::draw(&mut rng, &Conditions::CALM);
        let times = times(&mut rng);
        for capture in hover(&mut rng, &first, false, &Conditions::CALM, &times) {
            let (now, start) = (capture.pose, &first.pose);
            let away: f32 = now.place.iter().zip(start.place).map(|(a, b)| (a - b) * (a - b)).sum();
            assert!(away.sqrt() < 30.0);
            for axis in now.axes {
                let length: f32 = axis.iter().map(|part| part * part).sum();
                assert!((length - 1.0).abs() < 1e-3);
            }
        }
    }
}
