//! What a multi-camera tracker says of the people in the store.

use glam::DVec3;
use model::{Keypoint, People, Person, SensorId, Time, TrackId};

use crate::shopper::{JOINTS, Motion, Pose};
use crate::{Rng, ScriptError};

/// Frames a second: about 15 in the recorded nanostore.
pub(crate) const FRAME_RATE_HZ: f64 = 15.0;
const SENSOR: &str = "tracker";

/// Error of a joint from frame to frame, metres: 1–3 mm of a person who stands still in the recorded
/// nanostore (median second difference, 1 < t < 4.5 s), 4–10 mm of one who reaches.
const FRAME_JITTER_M: f64 = 0.003;
/// Seconds after which the slow part of the error is another. Assumed.
const WANDER_S: f64 = 0.4;
/// A joint goes missing this often a frame, for 2 to 5 frames: of the recorded nanostore's 276 frames with a
/// person, each joint lacks in 0–2 %, in one or two runs of 2 or 5 frames.
const MISSING_START_RATIO: f64 = 0.003;
const MISSING_FRAMES: (u32, u32) = (2, 5);
/// Scores of joints: recorded 10 % to 90 % quantiles 0.81–0.99.
const SCORES: (f64, f64) = (0.82, 0.99);

/// How well the tracker sees.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackerOptions {
    /// Slow error of a joint in each direction, metres. The recorded shopper's joints wander by 2–3 cm
    /// (standard deviation over 3.5 s) while they stand, their own sway included.
    pub jitter_m: f64,
    /// Times when a shopper is not seen.
    pub losses: Vec<Loss>,
    /// Times when two shoppers' tracks are mistaken for each other, from then on.
    pub swaps: Vec<Swap>,
}

impl Default for TrackerOptions {
    fn default() -> Self {
        Self { jitter_m: 0.012, losses: Vec::new(), swaps: Vec::new() }
    }
}

impl TrackerOptions {
    /// Refuses names of people who never come.
    pub(crate) fn check_names(&self, walkers: &[Walker]) -> Result<(), ScriptError> {
        let lost = self.losses.iter().map(|loss| &loss.shopper);
        let swapped = self.swaps.iter().flat_map(|swap| &swap.shoppers);
        let unknown = lost.chain(swapped).find(|name| walkers.iter().all(|walker| walker.name != **name));
        unknown.map_or(Ok(()), |shopper| Err(ScriptError::UnknownShopper { shopper: shopper.clone() }))
    }
}

/// A shopper is not seen for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// Who.
    pub shopper: String,
    /// From when, seconds.
    pub from_s: f64,
    /// Until when, seconds.
    pub to_s: f64,
    /// Whether the tracker takes them for somebody new afterwards.
    pub reborn: bool,
}

/// Two shoppers' tracks are mistaken for each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Swap {
    /// When, seconds.
    pub at_s: f64,
    /// Who.
    pub shoppers: [String; 2],
}

/// A shopper as the sensors meet them.
#[derive(Clone, Debug)]
pub(crate) struct Walker {
    /// Their name in the script.
    pub(crate) name: String,
    /// What the body does.
    pub(crate) motion: Motion,
    /// The tracks that the tracker gives them, each from a moment on.
    pub(crate) tracks: Vec<(f64, TrackId)>,
}

impl Walker {
    /// The track at a moment.
    pub(crate) fn track(&self, time_s: f64) -> Option<TrackId> {
        self.tracks.iter().rev().find(|(from_s, _)| *from_s <= time_s).map(|(_, track)| *track)
    }
}

/// Numbers all walkers in the order in which they appear, then applies births and mix-ups.
pub(crate) fn give_tracks(walkers: &mut [Walker], options: &TrackerOptions) {
    let start_s = |walker: &Walker| walker.motion.span_s().map_or(f64::MAX, |(start_s, _)| start_s);
    let mut order: Vec<usize> = (0..walkers.len()).collect();
    order.sort_by(|one, other| start_s(&walkers[*one]).total_cmp(&start_s(&walkers[*other])));
    let mut numbers = (1..).map(TrackId);
    for index in order {
        walkers[index].tracks = vec![f64::NEG_INFINITY].into_iter().zip(&mut numbers).collect();
    }
    enum Change<'a> {
        Reborn(&'a str),
        Swapped(&'a [String; 2]),
    }
    let reborn = options.losses.iter().filter(|loss| loss.reborn);
    let mut changes: Vec<(f64, Change<'_>)> = reborn
        .map(|loss| (loss.to_s, Change::Reborn(&loss.shopper)))
        .chain(options.swaps.iter().map(|swap| (swap.at_s, Change::Swapped(&swap.shoppers))))
        .collect();
    changes.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (time_s, change) in changes {
        let find = |name: &str| walkers.iter().position(|walker| walker.name == name);
        match change {
            Change::Reborn(name) => {
                if let (Some(index), Some(track)) = (find(name), numbers.next()) {
                    walkers[index].tracks.push((time_s, track));
                }
            }
            Change::Swapped([one, other]) => {
                let (Some(one), Some(other)) = (find(one), find(other)) else { continue };
                let (before, after) = (walkers[one].track(time_s), walkers[other].track(time_s));
                walkers[one].tracks.extend(after.map(|track| (time_s, track)));
                walkers[other].tracks.extend(before.map(|track| (time_s, track)));
            }
        }
    }
}

/// The tracker.
#[derive(Debug)]
pub(crate) struct Tracker {
    sensor: SensorId,
    options: TrackerOptions,
    rng: Rng,
    frame: u64,
    errors: Vec<Errors>,
}

/// What is wrong at the moment with how a person is seen.
#[derive(Clone, Debug, Default)]
struct Errors {
    wander: Pose,
    missing_frames: [u32; JOINTS.len()],
}

impl Tracker {
    /// A tracker of this many walkers.
    pub(crate) fn new(options: TrackerOptions, walkers: usize, rng: Rng) -> Self {
        Self { sensor: SENSOR.into(), options, rng, frame: 0, errors: vec![Errors::default(); walkers] }
    }

    /// When the next frame is taken, seconds.
    pub(crate) fn time_s(&self) -> f64 {
        self.frame as f64 / FRAME_RATE_HZ
    }

    /// Takes the next frame.
    pub(crate) fn see(&mut self, start: Time, walkers: &[Walker]) -> People {
        let time_s = self.time_s();
        self.frame += 1;
        let people =
            walkers.iter().enumerate().filter_map(|(index, walker)| self.person(index, walker, time_s));
        let people = people.collect();
        People { sensor: self.sensor.clone(), time: start.plus_seconds(time_s), people }
    }

    fn person(&mut self, index: usize, walker: &Walker, time_s: f64) -> Option<Person> {
        let lost = |loss: &Loss| loss.shopper == walker.name && (loss.from_s..loss.to_s).contains(&time_s);
        if !walker.motion.is_there(time_s) || self.options.losses.iter().any(lost) {
            return None;
        }
        let pose = walker.motion.pose(time_s);
        let keypoints =
            (0..JOINTS.len()).filter_map(|joint| self.keypoint(index, joint, pose[joint])).collect();
        Some(Person { track: walker.track(time_s)?, keypoints })
    }

    fn keypoint(&mut self, person: usize, joint: usize, truth: DVec3) -> Option<Keypoint> {
        let rng = &mut self.rng;
        let errors = &mut self.errors[person];
        let keep = libm::exp(-1.0 / (WANDER_S * FRAME_RATE_HZ));
        let fresh_m = self.options.jitter_m * (1.0 - keep * keep).sqrt();
        let wander = errors.wander[joint] * keep + gaussian_point(rng) * fresh_m;
        errors.wander[joint] = wander;
        let missing = &mut errors.missing_frames[joint];
        if *missing == 0 && rng.chance(MISSING_START_RATIO) {
            *missing = rng.whole(MISSING_FRAMES.0, MISSING_FRAMES.1);
        }
        let position = truth + wander + gaussian_point(rng) * FRAME_JITTER_M;
        let score = rng.uniform(SCORES.0, SCORES.1) as f32;
        if *missing > 0 {
            *missing -= 1;
            return None;
        }
        Some(Keypoint { joint: JOINTS[joint], position, score })
    }
}

fn gaussian_point(rng: &mut Rng) -> DVec3 {
    DVec3::new(rng.gaussian(), rng.gaussian(), rng.gaussian())
}
