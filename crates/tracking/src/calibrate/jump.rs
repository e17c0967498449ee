//! When a camera moved: what it saw is held against where the others have it, before and after each moment.

use model::{DVec2, DVec3, Time};

use super::bundle::Ray;
use super::dense;
use super::observe::Sighting;
use super::turn::turn;
use crate::camera::Camera;
use crate::doubt::trust;
use crate::sight::{Sight, fit};

/// Unknowns of a movement: a small turn, and a small shift in the camera's frame.
const MOVE: usize = 6;
/// A camera that has everything off by more than this at the mean was moved, radians: half a degree, 3.5 cm at 4 m.
/// Less is what people who turn, and calibrations that are a little off, look like.
const MOVED_RAD: f64 = 0.009;
/// A camera that is far off has not all off alike; this share of how far it is counts as a movement of its own.
const ANEW: f64 = 1.0 / 3.0;
/// As many joints must say so, before and after: those of one person for five seconds.
const JOINTS_MIN: f64 = 300.0;
/// No camera is turned and shifted by more than about this (standard deviations): it keeps equations solvable.
const LOOSE: [f64; MOVE] = [0.1, 0.1, 0.1, 0.5, 0.5, 0.5];
/// The others must know by this much where a joint is, metres (standard deviation).
const SURE_M: f64 = 0.05;
/// A joint that is off otherwise than most of its moment is doubted beyond this, radians.
const DOUBT_RAD: f64 = 0.03;

/// Whether a camera was moved, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is where its calibration says.
    No,
    /// It was elsewhere already when the recording began.
    Before,
    /// It moved between these times: the last one when it saw somebody from where it was, and the first one from where
    /// it is.
    Between {
        /// It was where it was still.
        from: Time,
        /// It is where it is now.
        to: Time,
    },
}

/// How far off joints are anyhow, radians (standard deviation).
const NOISE_RAD: f64 = 0.01;

/// By camera: when it moved last. The worst one is found first, and no longer believed when others are judged.
pub(super) fn find_moves(cameras: &[Camera], sightings: &[Sighting]) -> Vec<Moved> {
    let mut moved = vec![Moved::No; cameras.len()];
    let worst = |moved: &[Moved]| {
        let is_trusted = |camera: usize| moved[camera] == Moved::No;
        (0..cameras.len())
            .filter(|camera| is_trusted(*camera))
            .filter_map(|camera| {
                Some((camera, judge(&cameras[camera], &sets(cameras, sightings, camera, is_trusted))?))
            })
            .max_by(|one, other| one.1.1.total_cmp(&other.1.1))
    };
    while let Some((camera, (when, _))) = worst(&moved) {
        moved[camera] = when;
    }
    // Those judged first were judged by some that had moved, too.
    let is_sound: Vec<bool> = moved.iter().map(|moved| *moved == Moved::No).collect();
    for camera in (0..cameras.len()).filter(|camera| !is_sound[*camera]) {
        let again = judge(&cameras[camera], &sets(cameras, sightings, camera, |other| is_sound[other]));
        moved[camera] = again.map_or(moved[camera], |(when, _)| when);
    }
    moved
}

/// What a camera saw at one time, or in all of a span: equations of the movement that would explain it.
#[derive(Clone, Debug)]
struct Moment {
    time: Time,
    joints: f64,
    matrix: [f64; MOVE * MOVE],
    right: [f64; MOVE],
}

impl Moment {
    fn empty(time: Time) -> Self {
        Self { time, joints: 0.0, matrix: [0.0; MOVE * MOVE], right: [0.0; MOVE] }
    }

    /// All up to here, with another one.
    fn plus(&self, other: &Self, sign: f64) -> Self {
        let mut sum = self.clone();
        sum.joints += sign * other.joints;
        (sum.matrix.iter_mut().zip(&other.matrix)).for_each(|(sum, part)| *sum += sign * part);
        (sum.right.iter_mut().zip(&other.right)).for_each(|(sum, part)| *sum += sign * part);
        sum
    }

    fn add(&mut self, off: &Off, trusted: f64) {
        let weight = trusted / (NOISE_RAD * NOISE_RAD);
        self.joints += trusted;
        for (slope, off) in off.slopes.iter().zip([off.off.x, off.off.y]) {
            for row in 0..MOVE {
                self.right[row] += weight * slope[row] * off;
                for column in 0..MOVE {
                    self.matrix[row * MOVE + column] += weight * slope[row] * slope[column];
                }
            }
        }
    }

    /// The movement that explains it best, and by how much (squared standard deviations).
    fn explain(&self) -> Option<([f64; MOVE], f64)> {
        let mut matrix = self.matrix.to_vec();
        for (place, loose) in LOOSE.iter().enumerate() {
            matrix[place * MOVE + place] += 1.0 / (loose * loose);
        }
        let step = dense::solve(matrix, self.right.to_vec())?;
        let gain = step.iter().zip(&self.right).map(|(step, right)| step * right).sum();
        Some((std::array::from_fn(|place| step[place]), gain))
    }

    /// By how much a movement moves what was seen, radians at the mean.
    fn size_rad(&self, step: &[f64; MOVE]) -> f64 {
        let mut sum = 0.0;
        for row in 0..MOVE {
            for column in 0..MOVE {
                sum += step[row] * self.matrix[row * MOVE + column] * step[column];
            }
        }
        (sum.max(0.0) / self.joints.max(1.0)).sqrt() * NOISE_RAD
    }
}

/// When it moved, and how far, radians at the mean; nothing if it did not.
fn judge(eye: &Camera, sets: &[Set]) -> Option<(Moved, f64)> {
    let all = |moments: &[Moment]| {
        let start = Moment::empty(moments.first()?.time);
        Some(moments.iter().fold(start, |sum, moment| sum.plus(moment, 1.0)))
    };
    let sum = all(&moments(eye, sets))?;
    let step = sum.explain()?.0;
    let size_rad = sum.size_rad(&step);
    let least_rad = MOVED_RAD.max(ANEW * size_rad);
    if let Some(last) = last_split(&moments(&moved_by(eye, &step), sets), least_rad) {
        return Some(last);
    }
    (sum.joints >= JOINTS_MIN && size_rad > MOVED_RAD).then_some((Moved::Before, size_rad))
}

/// The last time when it moved, of moments that are near to what explains all of them: far off, turns are not straight.
fn last_split(moments: &[Moment], least_rad: f64) -> Option<(Moved, f64)> {
    let mut sums = vec![Moment::empty(moments.first()?.time)];
    for moment in moments {
        let sum = sums[sums.len() - 1].plus(moment, 1.0);
        sums.push(sum);
    }
    let (mut start, mut last) = (0, None);
    while let Some((split, size_rad)) = split(&sums, start, least_rad) {
        let moved = Moved::Between { from: moments[split - 1].time, to: moments[split].time };
        last = Some((moved, size_rad));
        start = split;
    }
    last
}

/// Where what was seen from `start` on is best explained by two positions of the camera, if they differ.
fn split(sums: &[Moment], start: usize, least_rad: f64) -> Option<(usize, f64)> {
    let end = sums.len() - 1;
    let span = |from: usize, to: usize| sums[to].plus(&sums[from], -1.0);
    let mut best: Option<(f64, usize, f64)> = None;
    for split in start + 1..end {
        let (before, after) = (span(start, split), span(split, end));
        if before.joints < JOINTS_MIN || after.joints < JOINTS_MIN {
            continue;
        }
        let ((old, old_gain), (new, new_gain)) = (before.explain()?, after.explain()?);
        let gain = old_gain + new_gain;
        if best.is_none_or(|best| gain > best.0) {
            let step = std::array::from_fn(|place| new[place] - old[place]);
            best = Some((gain, split, before.size_rad(&step).min(after.size_rad(&step))));
        }
    }
    best.filter(|(.., size_rad)| *size_rad > least_rad).map(|(_, split, size_rad)| (split, size_rad))
}

/// Joints that a camera saw at one time: where in its ideal picture, and where in the store the others have them.
struct Set {
    time: Time,
    joints: Vec<(DVec2, DVec3)>,
}

/// A joint in a picture, beside where it should be.
struct Off {
    off: DVec2,
    /// How a movement of the camera changes it, to the right and down.
    slopes: [[f64; MOVE]; 2],
}

/// What a camera saw, time by time, that at least two trusted other ones agree on.
fn sets(
    cameras: &[Camera],
    sightings: &[Sighting],
    camera: usize,
    is_trusted: impl Fn(usize) -> bool,
) -> Vec<Set> {
    let joint = |sighting: &Sighting| {
        let body = &sighting.body;
        let ray = body.rays.iter().find(|ray| ray.camera == camera)?;
        let others = body.rays.iter().filter(|ray| ray.camera != camera && is_trusted(ray.camera));
        let sights: Vec<Sight> =
            others.map(|ray| sight(&cameras[ray.camera], ray).shifted(body.velocity * ray.later_s)).collect();
        let place = fit(&sights, None)
            .filter(|fit| fit.agree.count_ones() >= 2 && fit.variance_m2 < SURE_M * SURE_M)?
            .place;
        Some((ray.at, place + body.velocity * ray.later_s))
    };
    sightings
        .chunk_by(|one, other| one.time == other.time)
        .map(|set| Set { time: set[0].time, joints: set.iter().filter_map(joint).collect() })
        .collect()
}

fn sight(eye: &Camera, ray: &Ray) -> Sight {
    let axes = eye.rotation();
    let [right, down, forward] = [axes.row(0), axes.row(1), axes.row(2)];
    let planes = [right - forward * ray.at.x, down - forward * ray.at.y, forward];
    Sight::new(eye.position(), planes, [0.0, ray.spread * ray.spread])
}

/// What a camera that was there saw, time by time; times when it saw nobody are left out.
fn moments(eye: &Camera, sets: &[Set]) -> Vec<Moment> {
    let moment = |set: &Set| {
        let offs: Vec<Off> = set.joints.iter().filter_map(|joint| off(eye, joint)).collect();
        let usual = [median(offs.iter().map(|off| off.off.x))?, median(offs.iter().map(|off| off.off.y))?];
        let mut moment = Moment::empty(set.time);
        for off in &offs {
            let odd = (off.off - DVec2::from_array(usual)).length_squared();
            moment.add(off, trust(odd, DOUBT_RAD * DOUBT_RAD));
        }
        Some(moment)
    };
    sets.iter().filter_map(moment).collect()
}

fn off(eye: &Camera, (at, place): &(DVec2, DVec3)) -> Option<Off> {
    let seen = eye.see(*place)?;
    let local = seen.at.extend(1.0) * seen.depth_m;
    let slope = |row: DVec3| {
        let (turned, shifted) = (local.cross(row), -row);
        [turned.x, turned.y, turned.z, shifted.x, shifted.y, shifted.z]
    };
    let rows = [DVec3::new(1.0, 0.0, -seen.at.x), DVec3::new(0.0, 1.0, -seen.at.y)];
    Some(Off { off: *at - seen.at, slopes: rows.map(|row| slope(row / seen.depth_m)) })
}

/// A camera after a movement.
fn moved_by(eye: &Camera, step: &[f64; MOVE]) -> Camera {
    let shift = eye.rotation().transpose() * DVec3::from_slice(&step[3..]);
    eye.moved(turn(DVec3::from_slice(step)) * eye.rotation(), eye.position() + shift)
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
