//! When a camera moved: what it saw is held against where the others have it, before and after each moment.

use model::{DVec2, DVec3, Time};

use super::bundle::trust;
use super::dense;
use super::observe::Sighting;
use crate::camera::Camera;
use crate::sight::{Sight, fit};

/// Unknowns of a movement: a small turn, and a small shift in the camera's frame.
const MOVE: usize = 6;
/// A camera that has everything off by more than this at the mean was moved, radians: half a degree, 3.5 cm at 4 m.
/// Less is what people who turn, and calibrations that are a little off, look like.
const MOVED_RAD: f64 = 0.009;
/// As many joints must say so, before and after: those of one person for five seconds.
const JOINTS_MIN: f64 = 300.0;
/// No camera is turned and shifted by more than about this (standard deviations): it keeps equations solvable.
const LOOSE: [f64; MOVE] = [0.1, 0.1, 0.1, 0.5, 0.5, 0.5];
/// A joint that is off otherwise than most of its moment is doubted beyond this, radians.
const DOUBT_RAD: f64 = 0.03;

/// Whether a camera was moved, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is where its calibration says.
    No,
    /// It was elsewhere already when the recording began.
    Before,
    /// It moved at this time.
    At(Time),
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
            .filter_map(|camera| Some((camera, judge(&moments(cameras, sightings, camera, is_trusted))?)))
            .max_by(|one, other| one.1.1.total_cmp(&other.1.1))
    };
    while let Some((camera, (when, _))) = worst(&moved) {
        moved[camera] = when;
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
fn judge(moments: &[Moment]) -> Option<(Moved, f64)> {
    let mut sums = vec![Moment::empty(moments.first()?.time)];
    for moment in moments {
        let sum = sums[sums.len() - 1].plus(moment, 1.0);
        sums.push(sum);
    }
    let all = &sums[moments.len()];
    let (mut start, mut last) = (0, None);
    while let Some((split, size_rad)) = split(&sums, start) {
        last = Some((Moved::At(moments[split].time), size_rad));
        start = split;
    }
    last.or_else(|| {
        let size_rad = all.size_rad(&all.explain()?.0);
        (all.joints >= JOINTS_MIN && size_rad > MOVED_RAD).then_some((Moved::Before, size_rad))
    })
}

/// Where what was seen from `start` on is best explained by two positions of the camera, if they differ.
fn split(sums: &[Moment], start: usize) -> Option<(usize, f64)> {
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
    best.filter(|(.., size_rad)| *size_rad > MOVED_RAD).map(|(_, split, size_rad)| (split, size_rad))
}

/// A joint in a picture, beside where the other cameras have it.
struct Off {
    off: DVec2,
    /// How a movement changes it, to the right and down.
    slopes: [[f64; MOVE]; 2],
}

/// What a camera saw, moment by moment.
fn moments(
    cameras: &[Camera],
    sightings: &[Sighting],
    camera: usize,
    is_trusted: impl Fn(usize) -> bool,
) -> Vec<Moment> {
    sightings
        .chunk_by(|one, other| one.time == other.time)
        .filter_map(|set| {
            let offs: Vec<Off> =
                set.iter().filter_map(|sighting| off(cameras, sighting, camera, &is_trusted)).collect();
            let usual = DVec2::new(
                median(offs.iter().map(|off| off.off.x))?,
                median(offs.iter().map(|off| off.off.y))?,
            );
            let mut moment = Moment::empty(set[0].time);
            for off in &offs {
                let odd = (off.off - usual).length_squared();
                moment.add(off, trust(odd, DOUBT_RAD * DOUBT_RAD));
            }
            Some(moment)
        })
        .collect()
}

fn off(
    cameras: &[Camera],
    sighting: &Sighting,
    camera: usize,
    is_trusted: impl Fn(usize) -> bool,
) -> Option<Off> {
    let body = &sighting.body;
    let ray = body.rays.iter().find(|ray| ray.camera == camera)?;
    let others: Vec<Sight> = (body.rays.iter())
        .filter(|ray| ray.camera != camera && is_trusted(ray.camera))
        .map(|ray| {
            let eye = &cameras[ray.camera];
            let axes = eye.rotation();
            let [right, down, forward] = [axes.row(0), axes.row(1), axes.row(2)];
            let planes = [right - forward * ray.at.x, down - forward * ray.at.y, forward];
            let sight = Sight::new(eye.position(), planes, [0.0, ray.spread * ray.spread]);
            sight.shifted(body.velocity * ray.later_s)
        })
        .collect();
    let place = fit(&others, None).filter(|fit| fit.agree.count_ones() >= 2)?.place;
    let seen = cameras[camera].see(place + body.velocity * ray.later_s)?;
    let local = seen.at.extend(1.0) * seen.depth_m;
    let slope = |row: DVec3| {
        let (turned, shifted) = (local.cross(row), -row);
        [turned.x, turned.y, turned.z, shifted.x, shifted.y, shifted.z]
    };
    let rows = [DVec3::new(1.0, 0.0, -seen.at.x), DVec3::new(0.0, 1.0, -seen.at.y)];
    Some(Off { off: ray.at - seen.at, slopes: rows.map(|row| slope(row / seen.depth_m)) })
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
