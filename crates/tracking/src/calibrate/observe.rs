//! Joints of people as several cameras saw them: what cameras are calibrated by.

use std::collections::VecDeque;

use model::{DMat3, DVec2, DVec3, Joint, Notices, People, Person, Time, View, ViewPerson};

use super::bundle::{Body, Freedom, Ray};
use crate::camera::{Camera, Seen};
use crate::gather::Gather;
use crate::skeleton::{JOINTS, spread_m};
use crate::tracker::Tracker;

/// Pictures nearer in time than this see much the same, errors included, seconds.
const APART_S: f64 = 0.2;
/// As many sets of pictures are looked at, at most, all over the recording.
const SETS_MAX: f64 = 2000.0;
/// Velocities are taken from this many sets before to this many sets after.
const AROUND: usize = 2;
/// How wrong such a velocity is, m/s (standard deviation).
const VELOCITY_M_S: f64 = 0.3;
/// Joints less sure than this are left out.
const SCORE_MIN: f32 = 0.2;
/// Spread of pixels, whatever the size of the body.
const SPREAD_PX: f64 = 1.5;
/// Somebody in a picture may be somebody who is followed if they lie this near at the mean, metres at their depth …
const PERSON_M: f64 = 0.6;
/// … and with this many joints.
const COMMON_MIN: usize = 5;
/// A joint further off than this is another's, metres.
const JOINT_M: f64 = 0.5;
/// How fast it is learned where a camera has everybody: by the mean of all, and of the last twenty once there are more.
const LEARNS: f64 = 0.05;
/// It is believed to be right as if so many had been seen there before.
const LEARNED: f64 = 2.0;
/// As many cameras must see a joint: two agree on any place.
pub(super) const CAMERAS_MIN: usize = 3;

/// A joint of somebody at a time, and who saw it.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub(super) time: Time,
    pub(super) body: Body,
}

/// What cameras saw of people. `seen` is told how many views are done.
pub(super) fn observe(cameras: &[Camera], views: &[&View], mut seen: impl FnMut(usize)) -> Vec<Sighting> {
    let mut observer = Observer::new(cameras, views);
    let (mut gather, mut notices) = (Gather::default(), Notices::default());
    for (number, view) in views.iter().enumerate() {
        gather.insert((*view).clone(), &mut notices);
        while let Some(set) = gather.next_set(false) {
            observer.take(set);
        }
        seen(number + 1);
    }
    while let Some(set) = gather.next_set(true) {
        observer.take(set);
    }
    observer.sightings
}

struct Observer<'a> {
    cameras: &'a [Camera],
    tracker: Tracker,
    /// The latest sets, with who was followed.
    latest: VecDeque<(Vec<View>, People)>,
    /// By camera: how far off it has everybody, in its ideal picture.
    bias: Vec<DVec2>,
    /// By camera: how many people taught it.
    taught: Vec<f64>,
    apart_s: f64,
    last: Option<Time>,
    sightings: Vec<Sighting>,
}

impl<'a> Observer<'a> {
    fn new(cameras: &'a [Camera], views: &[&View]) -> Self {
        let length_s =
            views.first().zip(views.last()).map_or(0.0, |(first, last)| last.time.seconds_since(first.time));
        Self {
            cameras,
            tracker: Tracker::new(cameras.to_vec()),
            latest: VecDeque::new(),
            bias: vec![DVec2::ZERO; cameras.len()],
            taught: vec![LEARNED; cameras.len()],
            apart_s: APART_S.max(length_s / SETS_MAX),
            last: None,
            sightings: Vec::new(),
        }
    }

    fn take(&mut self, set: Vec<View>) {
        let Some(people) = self.tracker.step(&set) else { return };
        self.latest.push_back((set, people));
        if self.latest.len() > 2 * AROUND + 1 {
            self.latest.pop_front();
        }
        let Some((set, people)) = self.latest.get(AROUND).filter(|_| self.latest.len() > 2 * AROUND) else {
            return;
        };
        if self.last.is_some_and(|last| people.time.seconds_since(last) < self.apart_s) {
            return;
        }
        self.last = Some(people.time);
        let (set, people) = (set.clone(), people.clone());
        self.look(&set, &people);
    }

    /// Adds what a set says of who is followed.
    fn look(&mut self, set: &[View], people: &People) {
        let mut bodies: Vec<[Option<Body>; JOINTS]> =
            people.people.iter().map(|person| self.bodies(person)).collect();
        for view in set {
            let Some(camera) = self.cameras.iter().position(|camera| *camera.id() == view.camera) else {
                continue;
            };
            let later_s = view.time.seconds_since(people.time);
            for (person, seen) in self.pairs(camera, view, later_s, &bodies) {
                self.add(camera, later_s, &view.people[seen], &mut bodies[person]);
            }
        }
        let seen = bodies.into_iter().flatten().flatten().filter(|body| body.rays.len() >= CAMERAS_MIN);
        self.sightings.extend(seen.map(|body| Sighting { time: people.time, body }));
    }

    /// The joints of somebody, as they move.
    fn bodies(&self, person: &Person) -> [Option<Body>; JOINTS] {
        let mut bodies = [const { None }; JOINTS];
        for keypoint in &person.keypoints {
            bodies[keypoint.joint as usize] = Some(Body {
                place: keypoint.position,
                rotation: DMat3::IDENTITY,
                velocity: self.velocity(person, keypoint.joint),
                freedom: Freedom::Place,
                rays: Vec::new(),
            });
        }
        bodies
    }

    fn velocity(&self, person: &Person, joint: Joint) -> DVec3 {
        let at = |people: &People| {
            let person = people.people.iter().find(|other| other.track == person.track)?;
            Some((person.joint(joint)?, people.time))
        };
        let ends = (self.latest.front().and_then(|(_, people)| at(people)))
            .zip(self.latest.back().and_then(|(_, people)| at(people)));
        ends.map_or(DVec3::ZERO, |((from, start), (to, end))| {
            (to - from) / end.seconds_since(start).max(1e-3)
        })
    }

    /// Who of those followed is who in a picture, the nearest first.
    fn pairs(
        &self,
        camera: usize,
        view: &View,
        later_s: f64,
        bodies: &[[Option<Body>; JOINTS]],
    ) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (person, bodies) in bodies.iter().enumerate() {
            for (number, seen) in view.people.iter().enumerate() {
                if let Some(off_m) = self.apart_m(camera, later_s, bodies, seen) {
                    pairs.push((off_m, person, number));
                }
            }
        }
        pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut chosen: Vec<(usize, usize)> = Vec::new();
        for (_, person, seen) in pairs {
            if chosen.iter().all(|other| other.0 != person && other.1 != seen) {
                chosen.push((person, seen));
            }
        }
        chosen
    }

    /// How far somebody in a picture is from somebody who is followed, metres at the mean; nothing if too far.
    fn apart_m(
        &self,
        camera: usize,
        later_s: f64,
        bodies: &[Option<Body>; JOINTS],
        seen: &ViewPerson,
    ) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0);
        for (place, at, _) in self.common(camera, later_s, bodies, seen) {
            sum += ((place.at + self.bias[camera] - at).length() * place.depth_m).min(1.0);
            count += 1;
        }
        let mean = sum / count as f64;
        (count >= COMMON_MIN && mean < PERSON_M).then_some(mean)
    }

    /// Joints of both: where they should be, where they are, and which they are.
    fn common<'b>(
        &'b self,
        camera: usize,
        later_s: f64,
        bodies: &'b [Option<Body>; JOINTS],
        seen: &'b ViewPerson,
    ) -> impl Iterator<Item = (Seen, DVec2, (Joint, f32))> + 'b {
        let camera = &self.cameras[camera];
        seen.keypoints.iter().filter(|keypoint| keypoint.score >= SCORE_MIN).filter_map(move |keypoint| {
            let body = bodies[keypoint.joint as usize].as_ref()?;
            let pixel = DVec2::new(keypoint.x_px.into(), keypoint.y_px.into());
            let at = camera.holds(pixel).then(|| camera.ideal(pixel)).flatten()?;
            let place = camera.see(body.place + body.velocity * later_s)?;
            Some((place, at, (keypoint.joint, keypoint.score)))
        })
    }

    /// Adds what a camera saw of somebody, and learns where it has everybody.
    fn add(&mut self, camera: usize, later_s: f64, seen: &ViewPerson, bodies: &mut [Option<Body>; JOINTS]) {
        let focal = self.cameras[camera].focal_px();
        let pixel_rad = 2.0 * SPREAD_PX / (focal.x + focal.y);
        let common: Vec<_> = self.common(camera, later_s, bodies, seen).collect();
        let mut bias = DVec2::ZERO;
        for (place, at, (joint, score)) in &common {
            bias += (at - place.at) / common.len() as f64;
            let off_m = (place.at + self.bias[camera] - at).length() * place.depth_m;
            let Some(body) = bodies[*joint as usize].as_mut().filter(|_| off_m < JOINT_M) else { continue };
            // A network's score falls with its sharpness: half as sure is twice as wide.
            let wide = 1.0 / f64::from(score.max(0.1));
            let (own_rad, moved_rad) =
                (spread_m(*joint) / place.depth_m, VELOCITY_M_S * later_s / place.depth_m);
            let variance = (own_rad * own_rad + pixel_rad * pixel_rad) * wide + moved_rad * moved_rad;
            body.rays.push(Ray { camera, at: *at, spread: variance.sqrt(), point: DVec3::ZERO, later_s });
        }
        let known = self.bias[camera];
        self.taught[camera] += 1.0;
        self.bias[camera] = known + (bias - known) * LEARNS.max(1.0 / self.taught[camera]);
    }
}
