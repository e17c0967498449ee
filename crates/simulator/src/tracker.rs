//! What a multi-camera tracker says of the people in the store.

use std::collections::{BTreeMap, BTreeSet};

use glam::DVec3;
use model::{Joint, Keypoint, People, Person as Seen, Record, SensorId, Time, TrackId};

use crate::body::{JOINTS, Pose};
use crate::grasp::{BY_SEVERAL, Grasp};
use crate::hand::Held;
use crate::person::Person;
use crate::world::World;
use crate::{Rng, ScriptError};

/// Its name in its records.
pub(crate) const SENSOR: &str = "tracker";

/// Frames come in pairs, one of each half of the cameras: recorded, a cycle takes 99.3 ms, its second frame comes
/// 7.7 ms after the first (now and then anywhere between), and of 196 cycles 55 % have both frames, 39 % one and 6 %
/// none. That makes 14.9 a second.
const CYCLE_S: f64 = 0.0993;
const SECOND_S: f64 = 0.0077;
const FRAME_SD_S: f64 = 0.0006;
const BOTH_RATIO: f64 = 0.55;
const ONE_RATIO: f64 = 0.39;
const IRREGULAR_RATIO: f64 = 0.06;

/// Error of a joint from frame to frame, metres: 1–3 mm of a person who stands still in the recorded
/// nanostore (median second difference, 1 < t < 4.5 s), 4–10 mm of one who reaches.
const FRAME_JITTER_M: f64 = 0.003;
/// How much of the slow part of the error stays from frame to frame: it is another after 0.4 s. Assumed.
const WANDER_KEEP: f64 = 0.85;
/// Joints are told in whole millimetres, scores in hundredths. Assumed: a third of the jitter at most, and what would
/// lie below is noise that fills recordings.
const STEPS_PER_M: f64 = 1000.0;
const STEPS_OF_SCORE: f64 = 100.0;
/// A joint goes missing this often a frame, for 2 to 5 frames: of the recorded nanostore's 276 frames with a
/// person, each joint lacks in 0–2 %, in one or two runs of 2 or 5 frames.
const MISSING_START_RATIO: f64 = 0.003;
const MISSING_FRAMES: (u32, u32) = (2, 5);
/// Scores of joints: recorded 10 % to 90 % quantiles 0.81–0.99.
const SCORES: (f64, f64) = (0.82, 0.99);
/// A wrist over a shelf, or of somebody who stands close to somebody else, is hidden this many times as often.
/// Assumed: the recording has one reach, seen without a gap.
const HIDDEN_FACTOR: f64 = 6.0;
/// A hidden wrist is taken for something else this often a frame, for 1 to 3 frames: for a point further up its own
/// arm, or for a wrist of the other one. Assumed.
const MISTAKEN_START_RATIO: f64 = 0.006;
const MISTAKEN_FRAMES: (u32, u32) = (1, 3);
const MISTAKEN_SCORES: (f64, f64) = (0.4, 0.85);
/// Two people stand close if their spines are nearer than this, metres; they have parted beyond the second.
const CLOSE_M: f64 = 0.7;
const PARTED_M: f64 = 1.1;
/// How long one of two stays hidden behind the other, seconds. Assumed.
const BEHIND_S: (f64, f64) = (0.5, 3.0);

/// How well the tracker sees.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackerOptions {
    /// Slow error of a joint in each direction, metres. The recorded shopper's joints wander by 2–3 cm
    /// (standard deviation over 3.5 s) while they stand, their own sway included.
    pub jitter_m: f64,
    /// The most that a frame comes late, seconds; 3 % come later than 50 ms. Zero: all records come at once.
    pub late_s: f64,
    /// Times when nothing comes from the tracker, seconds.
    pub blackouts: Vec<(f64, f64)>,
    /// How often one of two who come close to each other is lost behind the other for a while.
    pub hidden_ratio: f64,
    /// How often the tracks of two who come close to each other are mistaken: swapped, or one taken for somebody new.
    pub mistaken_ratio: f64,
    /// Times when a shopper is not seen.
    pub losses: Vec<Loss>,
    /// Times when two shoppers' tracks are mistaken for each other, from then on.
    pub swaps: Vec<Swap>,
}

impl Default for TrackerOptions {
    fn default() -> Self {
        Self {
            jitter_m: 0.012,
            late_s: 0.0,
            blackouts: Vec::new(),
            hidden_ratio: 0.0,
            mistaken_ratio: 0.0,
            losses: Vec::new(),
            swaps: Vec::new(),
        }
    }
}

impl TrackerOptions {
    /// Refuses names of people who never come.
    pub(crate) fn check_names(&self, world: &World) -> Result<(), ScriptError> {
        let lost = self.losses.iter().map(|loss| &loss.shopper);
        let swapped = self.swaps.iter().flat_map(|swap| &swap.shoppers);
        let unknown = lost.chain(swapped).find(|name| world.find(name).is_none());
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

/// The tracker.
#[derive(Debug)]
pub(crate) struct Tracker {
    sensor: SensorId,
    options: TrackerOptions,
    rng: Rng,
    /// Chance of what is seen in hands.
    grasps: Rng,
    cycle: u64,
    /// The frames of the present cycle that are still to come, the next one last, seconds.
    frames_s: Vec<f64>,
    next_track: u64,
    /// What it knows of people, by their place in the world.
    known: BTreeMap<usize, Known>,
    /// Who is close to whom.
    close: BTreeSet<(usize, usize)>,
    /// Swaps that are still to come, in order of time.
    swaps: Vec<Swap>,
}

/// What the tracker knows of somebody, and what is wrong at the moment with how they are seen.
#[derive(Clone, Debug, Default)]
struct Known {
    /// All tracks that it gave them; the last one holds.
    tracks: Vec<TrackId>,
    hidden_until_s: f64,
    /// Whether they get a new track when they are seen again.
    is_forgotten: bool,
    wander: Pose,
    missing_frames: [u32; JOINTS.len()],
    mistaken_frames: [u32; JOINTS.len()],
    grasps: [Grasp; 2],
}

/// What is around somebody who is looked at.
struct Around<'a> {
    person: &'a Person,
    pose: Pose,
    /// The nearest wrists of somebody close.
    others: Vec<DVec3>,
    /// Which joints are over a shelf.
    over_shelf: [bool; JOINTS.len()],
    held: [Held; 2],
}

impl Tracker {
    /// A tracker that has seen nobody yet.
    pub(crate) fn new(options: TrackerOptions, seed: u64) -> Self {
        let mut swaps = options.swaps.clone();
        swaps.sort_by(|one, other| other.at_s.total_cmp(&one.at_s));
        let mut tracker = Self {
            sensor: SENSOR.into(),
            options,
            rng: Rng::new(seed, "tracker"),
            grasps: Rng::new(seed, "grasps"),
            cycle: 0,
            frames_s: Vec::new(),
            next_track: 1,
            known: BTreeMap::new(),
            close: BTreeSet::new(),
            swaps,
        };
        tracker.next_frames();
        tracker
    }

    /// When the next frame is taken, seconds.
    fn time_s(&self) -> f64 {
        self.frames_s.last().copied().unwrap_or(f64::MAX)
    }

    /// Takes all frames that are due in a world that has gone on so far: each with when it arrives, seconds.
    pub(crate) fn look(&mut self, start: Time, world: &World) -> Vec<(f64, Record)> {
        let mut arrivals = Vec::new();
        while self.time_s() <= world.now_s {
            let captured_s = self.time_s();
            let seen = self.see(start, world);
            let arrives_s = captured_s + self.delay_s();
            arrivals.extend(seen.map(|people| (arrives_s, Record::People(people))));
        }
        arrivals
    }

    /// How long after its capture the next frame arrives, seconds.
    fn delay_s(&mut self) -> f64 {
        let late_s = self.options.late_s;
        if late_s <= 0.0 {
            return 0.0;
        }
        let usual_s = self.rng.uniform(0.02, 0.05);
        if self.rng.chance(0.03) { self.rng.uniform(0.05, late_s.max(0.05)) } else { usual_s }.min(late_s)
    }

    /// All tracks that somebody was given.
    pub(crate) fn tracks(&self, who: usize) -> &[TrackId] {
        self.known.get(&who).map_or(&[], |known| &known.tracks)
    }

    /// Forgets somebody who has gone for good.
    pub(crate) fn forget(&mut self, who: usize) {
        self.known.remove(&who);
        self.close.retain(|(one, other)| *one != who && *other != who);
    }

    /// How many people it remembers.
    #[cfg(test)]
    pub(crate) fn known_count(&self) -> usize {
        self.known.len()
    }

    /// Takes the next frame of a world that has gone on to that moment or a little beyond; none while it is blind.
    fn see(&mut self, start: Time, world: &World) -> Option<People> {
        let time_s = self.frames_s.pop()?;
        self.next_frames();
        self.meet(world, time_s);
        self.swap(world, time_s);
        let visible: Vec<(usize, &Person)> = world.visible().collect();
        let mut people = Vec::with_capacity(visible.len());
        for (who, person) in &visible {
            if self.is_hidden(*who, person, time_s) {
                continue;
            }
            let around = around(world, *who, person, &visible, time_s);
            people.extend(self.person(*who, &around));
        }
        let is_blind = self.options.blackouts.iter().any(|(from_s, to_s)| (*from_s..*to_s).contains(&time_s));
        let seen = People { sensor: self.sensor.clone(), time: start.plus_seconds(time_s), people };
        (!is_blind).then_some(seen)
    }

    /// Goes on to the next cycle that has a frame, unless one is still to come in this one.
    fn next_frames(&mut self) {
        while self.frames_s.is_empty() {
            self.next_cycle();
        }
    }

    fn next_cycle(&mut self) {
        let rng = &mut self.rng;
        let mut jittered = |time_s: f64| time_s + FRAME_SD_S * rng.noise();
        let first_s = jittered(self.cycle as f64 * CYCLE_S + 0.005);
        let second_s = jittered(first_s + SECOND_S);
        let second_s = if rng.chance(IRREGULAR_RATIO / BOTH_RATIO) {
            first_s + rng.uniform(0.02, 0.08)
        } else {
            second_s
        };
        let draw = rng.uniform(0.0, 1.0);
        self.frames_s = match draw {
            _ if draw < BOTH_RATIO => vec![second_s, first_s],
            _ if draw < BOTH_RATIO + ONE_RATIO / 2.0 => vec![first_s],
            _ if draw < BOTH_RATIO + ONE_RATIO => vec![second_s],
            _ => Vec::new(),
        };
        self.cycle += 1;
    }

    /// Notices who has come close to whom, and mixes them up if that is its way.
    fn meet(&mut self, world: &World, time_s: f64) {
        if self.options.hidden_ratio == 0.0 && self.options.mistaken_ratio == 0.0 {
            return;
        }
        let visible: Vec<(usize, DVec3)> =
            world.visible().map(|(who, person)| (who, person.stance.at)).collect();
        for (place, (one, at)) in visible.iter().enumerate() {
            for (other, to) in &visible[place + 1..] {
                let far_m = at.distance(*to);
                if far_m > PARTED_M {
                    self.close.remove(&(*one, *other));
                } else if far_m < CLOSE_M && self.close.insert((*one, *other)) {
                    self.mix_up(*one, *other, time_s);
                }
            }
        }
    }

    fn mix_up(&mut self, one: usize, other: usize, time_s: f64) {
        if self.rng.chance(self.options.hidden_ratio) {
            let hidden = if self.rng.chance(0.5) { one } else { other };
            let known = self.known.entry(hidden).or_default();
            known.hidden_until_s = time_s + self.rng.uniform(BEHIND_S.0, BEHIND_S.1);
        }
        if self.rng.chance(self.options.mistaken_ratio) {
            if self.rng.chance(0.6) {
                self.exchange(one, other);
            } else {
                self.known.entry(one).or_default().is_forgotten = true;
            }
        }
    }

    /// Gives each of two the track of the other.
    fn exchange(&mut self, one: usize, other: usize) {
        let track = |tracker: &Self, who| tracker.tracks(who).last().copied();
        if let (Some(ones), Some(others)) = (track(self, one), track(self, other)) {
            self.known.entry(one).or_default().tracks.push(others);
            self.known.entry(other).or_default().tracks.push(ones);
        }
    }

    fn swap(&mut self, world: &World, time_s: f64) {
        while let Some(swap) = self.swaps.pop_if(|swap| swap.at_s <= time_s) {
            let [one, other] = &swap.shoppers;
            if let (Some(one), Some(other)) = (world.find(one), world.find(other)) {
                self.exchange(one, other);
            }
        }
    }

    fn is_hidden(&mut self, who: usize, person: &Person, time_s: f64) -> bool {
        let known = self.known.entry(who).or_default();
        for loss in self.options.losses.iter().filter(|loss| loss.shopper == person.name) {
            if (loss.from_s..loss.to_s).contains(&time_s) {
                known.hidden_until_s = known.hidden_until_s.max(loss.to_s);
                known.is_forgotten |= loss.reborn;
            }
        }
        time_s < known.hidden_until_s
    }

    fn person(&mut self, who: usize, around: &Around<'_>) -> Option<Seen> {
        let known = self.known.entry(who).or_default();
        if known.tracks.is_empty() || known.is_forgotten {
            known.tracks.push(TrackId(self.next_track));
            known.is_forgotten = false;
            self.next_track += 1;
        }
        let track = *known.tracks.last()?;
        let (rng, jitter_m) = (&mut self.rng, self.options.jitter_m);
        let keypoints = (0..JOINTS.len()).filter_map(|joint| keypoint(known, rng, jitter_m, around, joint));
        let keypoints = keypoints.collect();
        let is_close = !around.others.is_empty();
        let holding = [0, 1].map(|side| {
            let held = known.grasps[side].look(around.held[side], is_close, BY_SEVERAL, &mut self.grasps);
            let wrist = 6 + side;
            let is_hidden = known.missing_frames[wrist] > 0 || known.mistaken_frames[wrist] > 0;
            held.filter(|_| !is_hidden && !around.over_shelf[wrist])
        });
        Some(Seen { track, keypoints, holding })
    }
}

fn around<'a>(
    world: &World,
    who: usize,
    person: &'a Person,
    visible: &[(usize, &Person)],
    time_s: f64,
) -> Around<'a> {
    let later_s = time_s - world.now_s;
    let pose = person.pose(world.now_s, later_s);
    let mut others = Vec::new();
    for (other, beside) in visible {
        if *other != who && beside.stance.at.distance(person.stance.at) < CLOSE_M {
            others.extend_from_slice(&beside.pose(world.now_s, later_s)[6..]);
        }
    }
    let mut over_shelf = [false; JOINTS.len()];
    for joint in [6, 7] {
        over_shelf[joint] = world.is_over_shelf(pose[joint]);
    }
    let held = [0, 1].map(|side: usize| person.hands[side].held(time_s));
    Around { person, pose, others, over_shelf, held }
}

fn keypoint(
    known: &mut Known,
    rng: &mut Rng,
    jitter_m: f64,
    around: &Around<'_>,
    joint: usize,
) -> Option<Keypoint> {
    let fresh_m = jitter_m * (1.0 - WANDER_KEEP * WANDER_KEEP).sqrt();
    known.wander[joint] = known.wander[joint] * WANDER_KEEP + noise_point(rng) * fresh_m;
    let is_wrist = matches!(JOINTS[joint], Joint::LeftWrist | Joint::RightWrist);
    let is_hidden = is_wrist && (around.over_shelf[joint] || !around.others.is_empty());
    let missing_ratio = MISSING_START_RATIO * if is_hidden { HIDDEN_FACTOR } else { 1.0 };
    begin(&mut known.missing_frames[joint], missing_ratio, MISSING_FRAMES, rng);
    if is_hidden {
        begin(&mut known.mistaken_frames[joint], MISTAKEN_START_RATIO, MISTAKEN_FRAMES, rng);
    }
    let is_mistaken = known.mistaken_frames[joint] > 0;
    known.mistaken_frames[joint] = known.mistaken_frames[joint].saturating_sub(1);
    let truth = if is_mistaken { mistaken(around, joint, rng) } else { around.pose[joint] };
    let position = truth + known.wander[joint] + noise_point(rng) * FRAME_JITTER_M;
    let scores = if is_mistaken { MISTAKEN_SCORES } else { SCORES };
    let score = rounded(rng.uniform(scores.0, scores.1), STEPS_OF_SCORE) as f32;
    let is_missing = known.missing_frames[joint] > 0;
    known.missing_frames[joint] = known.missing_frames[joint].saturating_sub(1);
    let position = position.to_array().map(|metres| rounded(metres, STEPS_PER_M)).into();
    (!is_missing).then_some(Keypoint { joint: JOINTS[joint], position, score })
}

/// The nearest value that is a whole number of steps; a zero below zero, which protocol buffers don't know, is zero.
fn rounded(value: f64, steps_per_unit: f64) -> f64 {
    (value * steps_per_unit).round() / steps_per_unit + 0.0
}

/// Begins a run of bad frames now and then.
fn begin(frames: &mut u32, ratio: f64, span: (u32, u32), rng: &mut Rng) {
    if *frames == 0 && rng.chance(ratio) {
        *frames = rng.whole(span.0, span.1);
    }
}

/// What a wrist is taken for: a wrist of somebody close, or a point further up its own arm.
fn mistaken(around: &Around<'_>, joint: usize, rng: &mut Rng) -> DVec3 {
    let wrist = around.pose[joint];
    let near = |one: &&DVec3, other: &&DVec3| one.distance(wrist).total_cmp(&other.distance(wrist));
    match around.others.iter().min_by(near) {
        Some(other) if other.distance(wrist) < around.person.body.height_m * 0.5 && rng.chance(0.5) => *other,
        _ => wrist.lerp(around.pose[joint - 2], rng.uniform(0.3, 0.9)),
    }
}

fn noise_point(rng: &mut Rng) -> DVec3 {
    DVec3::new(rng.noise(), rng.noise(), rng.noise())
}
