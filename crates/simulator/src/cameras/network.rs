//! What a network makes of a picture: keypoints with errors, some missing, some wrong, and people who are none.

use std::collections::BTreeMap;

use glam::DVec2;
use model::{SensorId, ViewKeypoint, ViewPerson};
use tracking::COCO;

use super::sight::{Figure, Hidden};
use crate::Rng;
use crate::grasp::{BY_ONE, Grasp};

// All numbers are assumed, but for the size of the noise: 2 to 6 pixels in a picture of 1920 × 1080 is what was asked
// for. Networks err alike from picture to picture, so that most of what goes wrong lasts for a few.

/// Error of a keypoint in each direction, pixels of a picture with 1080 lines: of people this tall in it, and at least
/// and at most.
const NOISE_PER_SIZE: f64 = 0.01;
const NOISE_PX: (f64, f64) = (2.0, 6.0);
/// How much more or less each of [`COCO`] errs: heads are found best, hands and feet worst.
const NOISE_FACTORS: [f64; COCO.len()] =
    [0.8, 0.8, 0.8, 0.9, 0.9, 0.9, 0.9, 1.1, 1.1, 1.3, 1.3, 1.0, 1.0, 1.0, 1.0, 1.2, 1.2];
/// This much of the error stays from picture to picture in its slow part, which is as strong as the fast one.
const DRIFT_KEEP: f64 = 0.8;
const USUAL_LINES: f64 = 1080.0;

/// How often a visible keypoint goes missing, for so many pictures.
const MISSING_RATIO: f64 = 0.004;
const MISSING_FRAMES: (u32, u32) = (1, 3);
/// How often a hidden one is guessed instead of left out: behind others, and behind the own body.
const GUESS_RATIO: f64 = 0.05;
const GUESS_OWN_RATIO: f64 = 0.15;
const GUESS_FRAMES: (u32, u32) = (2, 6);
/// Error of a guess in each direction, as a part of the person's size in the picture; half of that behind the own body.
const GUESS_SIZE_RATIO: f64 = 0.08;
const GUESS_KEEP: f64 = 0.85;

/// Scores of keypoints that are seen (small people have lower ones), that are guessed, and that are none.
const SCORES: (f64, f64) = (0.75, 0.97);
const SMALL_PX: f64 = 150.0;
const SMALL_SCORE: f64 = 0.75;
const GUESS_SCORES: (f64, f64) = (0.1, 0.45);
const FALSE_SCORES: (f64, f64) = (0.15, 0.55);

/// Nobody is found by fewer visible keypoints than the first number; by fewer than the second, and of people smaller
/// than this, they are missed this often, for so many pictures; and anybody now and then.
const FOUND_BY: (usize, usize) = (4, 7);
const TINY_PX: f64 = 90.0;
const MISS_HARD_RATIO: f64 = 0.15;
const MISS_RATIO: f64 = 0.002;
const MISS_FRAMES: (u32, u32) = (1, 5);

/// How often left is taken for right where somebody faces the camera less than this (cosine).
const FLIP_RATIO: f64 = 0.008;
const FLIP_BELOW: f64 = 0.3;
const FLIP_FRAMES: (u32, u32) = (1, 4);

/// How often a limb is taken for a limb of somebody else whose hand or foot is this near in the picture, as a part of
/// the size.
const BORROW_RATIO: f64 = 0.03;
const BORROW_SIZE_RATIO: f64 = 0.12;
const BORROW_FRAMES: (u32, u32) = (1, 3);
/// The limbs by the places in [`COCO`] of their joints, the outer one last: arms, then legs.
const LIMBS: [[usize; 2]; 4] = [[7, 9], [8, 10], [13, 15], [14, 16]];

/// The places in [`COCO`] of the wrists.
const WRISTS: [usize; 2] = [9, 10];

/// A camera has up to so many things in its picture that look like somebody now and then.
const FALSE_PLACES: u32 = 2;
const FALSE_RATIO: f64 = 0.002;
const FALSE_FRAMES: (u32, u32) = (3, 15);
/// How tall they look, as a part of the picture's height, and how much they tremble, as a part of their size.
const FALSE_SIZE: (f64, f64) = (0.15, 0.4);
const FALSE_TREMBLE: f64 = 0.01;
/// Where the keypoints of something upright are: to the right of its axis and down from its top, as parts of its size.
const UPRIGHT: [[f64; 2]; COCO.len()] = [
    [0.0, 0.07],
    [0.02, 0.06],
    [-0.02, 0.06],
    [0.04, 0.07],
    [-0.04, 0.07],
    [0.11, 0.18],
    [-0.11, 0.18],
    [0.14, 0.35],
    [-0.14, 0.35],
    [0.15, 0.5],
    [-0.15, 0.5],
    [0.07, 0.5],
    [-0.07, 0.5],
    [0.07, 0.73],
    [-0.07, 0.73],
    [0.07, 0.96],
    [-0.07, 0.96],
];

/// Pixels are told in tenths, scores in hundredths.
const STEPS_PER_PX: f64 = 10.0;
const STEPS_OF_SCORE: f64 = 100.0;

/// The network of one camera.
#[derive(Debug)]
pub(crate) struct Network {
    picture_px: DVec2,
    rng: Rng,
    /// Chance of what is seen in hands.
    grasps: Rng,
    known: BTreeMap<usize, Known>,
    falsehoods: Vec<Falsehood>,
}

/// What is wrong at the moment with how somebody is seen.
#[derive(Clone, Debug, Default)]
struct Known {
    missed_frames: u32,
    flipped_frames: u32,
    /// Of each limb, and whose limb it is taken for.
    borrowed_frames: [u32; LIMBS.len()],
    lender: [(usize, usize); LIMBS.len()],
    grasps: [Grasp; 2],
    keypoints: [Wrong; COCO.len()],
}

/// What is wrong with a keypoint.
#[derive(Clone, Copy, Debug, Default)]
struct Wrong {
    /// The slow part of the error and that of a guess, both of deviation 1.
    drift: DVec2,
    stray: DVec2,
    missing_frames: u32,
    guessed_frames: u32,
}

/// Something that looks like somebody.
#[derive(Clone, Debug)]
struct Falsehood {
    top_px: DVec2,
    size_px: f64,
    frames: u32,
}

impl Network {
    /// A network that has seen nothing yet.
    pub(crate) fn new(picture_px: DVec2, camera: &SensorId, seed: u64) -> Self {
        let mut rng = Rng::new(seed, &format!("network {camera}"));
        let mut place = || Falsehood {
            top_px: DVec2::new(rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.6)) * picture_px,
            size_px: rng.uniform(FALSE_SIZE.0, FALSE_SIZE.1) * picture_px.y,
            frames: 0,
        };
        let mut falsehoods: Vec<Falsehood> = (0..FALSE_PLACES).map(|_| place()).collect();
        falsehoods.truncate(rng.whole(0, FALSE_PLACES) as usize);
        let grasps = Rng::new(seed, &format!("grasps {camera}"));
        Self { picture_px, rng, grasps, known: BTreeMap::new(), falsehoods }
    }

    /// Forgets somebody.
    pub(crate) fn forget(&mut self, who: usize) {
        self.known.remove(&who);
    }

    /// How many people it remembers.
    #[cfg(test)]
    pub(crate) fn known_count(&self) -> usize {
        self.known.len()
    }

    /// Finds people in a picture, the surest first.
    pub(crate) fn find(&mut self, figures: &[Figure]) -> Vec<ViewPerson> {
        let mut people = Vec::with_capacity(figures.len());
        for figure in figures {
            let mut known = self.known.remove(&figure.who).unwrap_or_default();
            people.extend(self.person(&mut known, figure, figures));
            self.known.insert(figure.who, known);
        }
        for place in 0..self.falsehoods.len() {
            people.extend(self.falsehood(place));
        }
        let sureness =
            |person: &ViewPerson| person.keypoints.iter().map(|keypoint| keypoint.score).sum::<f32>();
        people.sort_by(|one, other| sureness(other).total_cmp(&sureness(one)));
        people
    }

    fn person(&mut self, known: &mut Known, figure: &Figure, all: &[Figure]) -> Option<ViewPerson> {
        let is_flipped = self.is_flipped(known, figure);
        self.borrow(known, figure, all);
        let is_missed = self.is_missed(known, figure);
        let mut keypoints = Vec::with_capacity(COCO.len());
        for place in 0..COCO.len() {
            let lender = borrowed(known, place, all);
            let (pixel, hidden) = lender.unwrap_or((figure.pixels[place], figure.hidden[place]));
            let wrong = &mut known.keypoints[place];
            let found = self.keypoint(wrong, place, figure.size_px, hidden);
            let place = if is_flipped { mirrored(place) } else { place };
            if let (Some((off_px, score)), Some(pixel)) = (found, pixel) {
                keypoints.extend(self.told(place, pixel + off_px, score));
            }
        }
        known.borrowed_frames = known.borrowed_frames.map(|frames| frames.saturating_sub(1));
        if is_flipped {
            keypoints.sort_by_key(|keypoint| COCO.iter().position(|joint| *joint == keypoint.joint));
        }
        let mut holding = [0, 1].map(|side| self.holding(known, figure, side));
        if is_flipped {
            holding.reverse();
        }
        (!is_missed && keypoints.len() >= FOUND_BY.0).then_some(ViewPerson { keypoints, holding })
    }

    /// What is seen of a hand: of one that is hidden, or taken for somebody else's, nothing is said.
    fn holding(&mut self, known: &mut Known, figure: &Figure, side: usize) -> Option<f32> {
        let wrist = WRISTS[side];
        let seen = known.grasps[side].look(figure.held[side]?, false, BY_ONE, &mut self.grasps);
        seen.filter(|_| figure.hidden[wrist] == Hidden::No && known.borrowed_frames[side] == 0)
    }

    /// The error of a keypoint, pixels, and its score; nothing if it is not found.
    fn keypoint(
        &mut self,
        wrong: &mut Wrong,
        place: usize,
        size_px: f64,
        hidden: Hidden,
    ) -> Option<(DVec2, f64)> {
        let rng = &mut self.rng;
        wander(&mut wrong.drift, DRIFT_KEEP, rng);
        wander(&mut wrong.stray, GUESS_KEEP, rng);
        let fast = DVec2::new(rng.noise(), rng.noise());
        let (guess_ratio, astray) = match hidden {
            Hidden::No => (0.0, 0.0),
            Hidden::ByItself => (GUESS_OWN_RATIO, 0.5 * GUESS_SIZE_RATIO),
            Hidden::ByOthers => (GUESS_RATIO, GUESS_SIZE_RATIO),
        };
        let is_missing = run(&mut wrong.missing_frames, MISSING_RATIO, MISSING_FRAMES, rng);
        let is_guessed = run(&mut wrong.guessed_frames, guess_ratio, GUESS_FRAMES, rng);
        let (least_px, most_px) = NOISE_PX;
        let lines = self.picture_px.y / USUAL_LINES;
        let noise_px = (NOISE_PER_SIZE * size_px).clamp(least_px * lines, most_px * lines);
        let error_px = (wrong.drift + fast) * (noise_px * NOISE_FACTORS[place] * 0.5_f64.sqrt());
        if hidden != Hidden::No {
            let score = rng.uniform(GUESS_SCORES.0, GUESS_SCORES.1);
            return is_guessed.then_some((error_px + wrong.stray * (astray * size_px), score));
        }
        let size_score = if size_px < SMALL_PX * lines { SMALL_SCORE } else { 1.0 };
        let score = rng.uniform(SCORES.0, SCORES.1) * size_score;
        (!is_missing).then_some((error_px, score))
    }

    /// A keypoint as it is told; nothing outside of the picture.
    fn told(&self, place: usize, pixel: DVec2, score: f64) -> Option<ViewKeypoint> {
        let told = (pixel * STEPS_PER_PX).round() / STEPS_PER_PX;
        let is_inside = told.cmpge(DVec2::ZERO).all() && told.cmple(self.picture_px).all();
        let score = ((score * STEPS_OF_SCORE).round() / STEPS_OF_SCORE) as f32;
        // A zero below zero is zero.
        let [x_px, y_px] = [told.x + 0.0, told.y + 0.0].map(|px| px as f32);
        is_inside.then_some(ViewKeypoint { joint: COCO[place], x_px, y_px, score })
    }

    fn is_flipped(&mut self, known: &mut Known, figure: &Figure) -> bool {
        let ratio = if figure.facing < FLIP_BELOW { FLIP_RATIO } else { 0.0 };
        run(&mut known.flipped_frames, ratio, FLIP_FRAMES, &mut self.rng)
    }

    fn is_missed(&mut self, known: &mut Known, figure: &Figure) -> bool {
        let is_seen = |place: &usize| {
            let pixel = figure.pixels[*place].filter(|_| figure.hidden[*place] == Hidden::No);
            pixel.is_some_and(|pixel| pixel.cmpge(DVec2::ZERO).all() && pixel.cmple(self.picture_px).all())
        };
        let seen = (0..COCO.len()).filter(is_seen).count();
        let is_tiny = figure.size_px < TINY_PX * self.picture_px.y / USUAL_LINES;
        let ratio = if seen < FOUND_BY.1 || is_tiny { MISS_HARD_RATIO } else { MISS_RATIO };
        run(&mut known.missed_frames, ratio, MISS_FRAMES, &mut self.rng) || seen < FOUND_BY.0
    }

    /// Takes a limb for that of somebody else now and then whose hand or foot is near to it.
    fn borrow(&mut self, known: &mut Known, figure: &Figure, all: &[Figure]) {
        for (limb, [_, outer]) in LIMBS.iter().enumerate() {
            let Some(end) = figure.pixels[*outer] else { continue };
            let near_px = BORROW_SIZE_RATIO * figure.size_px;
            // An arm may be taken for either arm.
            let kin = [limb & 2, limb | 1];
            let near = all.iter().filter(|other| other.who != figure.who).find_map(|other| {
                let is_near = |kin: &usize| {
                    let end_place = LIMBS[*kin][1];
                    other.hidden[end_place] == Hidden::No
                        && other.pixels[end_place].is_some_and(|pixel| pixel.distance(end) < near_px)
                };
                kin.into_iter().find(is_near).map(|kin| (other.who, kin))
            });
            let Some(near) = near else { continue };
            let frames = &mut known.borrowed_frames[limb];
            if *frames == 0 && self.rng.chance(BORROW_RATIO) {
                *frames = self.rng.whole(BORROW_FRAMES.0, BORROW_FRAMES.1);
                known.lender[limb] = near;
            }
        }
    }

    /// Something that looks like somebody, if it does at the moment.
    fn falsehood(&mut self, place: usize) -> Option<ViewPerson> {
        let Falsehood { top_px, size_px, mut frames } = self.falsehoods[place];
        let is_there = run(&mut frames, FALSE_RATIO, FALSE_FRAMES, &mut self.rng);
        self.falsehoods[place].frames = frames;
        let mut keypoints = Vec::new();
        for place in (0..COCO.len()).filter(|_| is_there) {
            let tremble = DVec2::new(self.rng.noise(), self.rng.noise()) * FALSE_TREMBLE;
            let pixel = top_px + (DVec2::from(UPRIGHT[place]) + tremble) * size_px;
            let score = self.rng.uniform(FALSE_SCORES.0, FALSE_SCORES.1);
            keypoints.extend(self.told(place, pixel, score));
        }
        (keypoints.len() >= FOUND_BY.0).then_some(ViewPerson { keypoints, holding: [None; 2] })
    }
}

/// Where a keypoint is taken to be that belongs to a borrowed limb, and what is before it there.
fn borrowed(known: &Known, place: usize, all: &[Figure]) -> Option<(Option<DVec2>, Hidden)> {
    let limb = LIMBS.iter().position(|joints| joints.contains(&place))?;
    let (who, kin) = known.lender[limb];
    let other = all.iter().find(|other| other.who == who).filter(|_| known.borrowed_frames[limb] > 0)?;
    let joint = LIMBS[limb].iter().position(|joint| *joint == place)?;
    let place = LIMBS[kin][joint];
    Some((other.pixels[place], other.hidden[place]))
}

/// The same joint of the other side.
fn mirrored(place: usize) -> usize {
    if place == 0 { 0 } else { ((place - 1) ^ 1) + 1 }
}

/// Wanders around zero with deviation 1.
fn wander(at: &mut DVec2, keep: f64, rng: &mut Rng) {
    *at = *at * keep + DVec2::new(rng.noise(), rng.noise()) * (1.0 - keep * keep).sqrt();
}

/// Whether a run of bad pictures goes on, or begins, which happens now and then.
fn run(frames: &mut u32, ratio: f64, span: (u32, u32), rng: &mut Rng) -> bool {
    if *frames == 0 && rng.chance(ratio) {
        *frames = rng.whole(span.0, span.1);
    }
    let is_bad = *frames > 0;
    *frames = frames.saturating_sub(1);
    is_bad
}
