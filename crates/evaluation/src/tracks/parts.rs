//! The percentage of correct parts, as it is measured on the Shelf data set.

use std::collections::BTreeMap;

use model::{DVec3, Time};
use serde::Serialize;
use tracking::TracksFrame;

use super::align::nearest;
use super::share;
use super::shelf::{LANDMARKS, Landmark, ShelfPerson, ShelfTruth, landmarks};
use super::spread::Spread;

type Landmarks = [Option<DVec3>; LANDMARKS.len()];

/// Parts of the body, left and right together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Part {
    Head,
    Trunk,
    UpperArms,
    Forearms,
    Thighs,
    Shins,
}

impl Part {
    /// All, each at the place of its number.
    pub const ALL: [Self; 6] =
        [Self::Head, Self::Trunk, Self::UpperArms, Self::Forearms, Self::Thighs, Self::Shins];
    /// Arms and legs: those whose ends the data set and we place alike.
    pub const LIMBS: [Self; 4] = [Self::UpperArms, Self::Forearms, Self::Thighs, Self::Shins];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "Head",
            Self::Trunk => "Trunk",
            Self::UpperArms => "Upper arms",
            Self::Forearms => "Forearms",
            Self::Thighs => "Thighs",
            Self::Shins => "Shins",
        }
    }
}

/// The ten parts and their ends.
const PARTS: [(Part, Landmark, Landmark); 10] = [
    (Part::Head, Landmark::Neck, Landmark::HeadTop),
    (Part::Trunk, Landmark::Neck, Landmark::MiddleHip),
    (Part::UpperArms, Landmark::LeftShoulder, Landmark::LeftElbow),
    (Part::UpperArms, Landmark::RightShoulder, Landmark::RightElbow),
    (Part::Forearms, Landmark::LeftElbow, Landmark::LeftWrist),
    (Part::Forearms, Landmark::RightElbow, Landmark::RightWrist),
    (Part::Thighs, Landmark::LeftHip, Landmark::LeftKnee),
    (Part::Thighs, Landmark::RightHip, Landmark::RightKnee),
    (Part::Shins, Landmark::LeftKnee, Landmark::LeftAnkle),
    (Part::Shins, Landmark::RightKnee, Landmark::RightAnkle),
];

/// How many parts of people were placed right.
///
/// Each person in the truth is compared with the answer's person who is nearest by the mean distance of the landmarks that both
/// have. A part is right where the mean error of its two ends is below half its true length; all parts are wrong of people for
/// whom the answer has nobody.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pcp {
    /// The share of right ones among all ten parts, mean over the actors; so below. Nothing where nobody was there.
    pub all: Option<f64>,
    /// Of arms and legs alone.
    pub limbs: Option<f64>,
    /// Of the trunk.
    pub trunk: Option<f64>,
    /// Of the head.
    pub head: Option<f64>,
    /// Errors of both wrists of all actors, however far off; missing where the person compared with has none, or is none.
    pub wrists: Spread,
    /// By actor.
    pub actors: Vec<ActorParts>,
}

/// Parts of one actor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActorParts {
    /// Which one.
    pub actor: u64,
    /// In how many frames they were there.
    pub frames: u64,
    /// In how many of them the answer had nobody at all to compare with.
    pub unanswered: u64,
    /// By part, in the order of [`Part::ALL`].
    pub parts: [PartCount; Part::ALL.len()],
    /// Errors of both wrists.
    pub wrists: Spread,
}

/// How many of one part were right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PartCount {
    /// Right.
    pub right: u64,
    /// In the truth.
    pub of: u64,
}

impl ActorParts {
    /// The share of right ones among some parts.
    pub fn share(&self, parts: &[Part]) -> Option<f64> {
        let counts = parts.iter().map(|part| self.parts[*part as usize]);
        let (right, of) = counts.fold((0, 0), |(right, of), count| (right + count.right, of + count.of));
        share(right as f64, of as f64)
    }
}

impl Pcp {
    /// The share of right ones among some parts, mean over the actors.
    pub fn share(&self, parts: &[Part]) -> Option<f64> {
        let shares: Vec<f64> = self.actors.iter().filter_map(|actor| actor.share(parts)).collect();
        share(shares.iter().sum(), shares.len() as f64)
    }
}

/// Counts right parts of tracks, which must be in order of time; a frame of the truth is compared with the answer's nearest in
/// time, at most half a step of the truth away.
pub fn pcp(truth: &ShelfTruth, answer: &[TracksFrame]) -> Pcp {
    let mut tallies: BTreeMap<u64, Tally> = BTreeMap::new();
    let moments: Vec<TracksFrame> = truth.frames.iter().map(|frame| empty(frame.time)).collect();
    for (frame, answer) in truth.frames.iter().zip(nearest(&moments, answer)) {
        let people = answer.map_or(&[][..], |frame| &frame.people);
        let candidates: Vec<Landmarks> = people.iter().map(landmarks).collect();
        for person in &frame.people {
            tallies.entry(person.actor).or_default().count(person, &candidates);
        }
    }
    let wrists = Spread::of(tallies.values().flat_map(|tally| tally.wrists.iter().copied()));
    let actors = tallies.into_iter().map(|(actor, tally)| tally.finish(actor)).collect();
    let mut pcp = Pcp { wrists, actors, ..Pcp::default() };
    pcp.all = pcp.share(&Part::ALL);
    pcp.limbs = pcp.share(&Part::LIMBS);
    pcp.trunk = pcp.share(&[Part::Trunk]);
    pcp.head = pcp.share(&[Part::Head]);
    pcp
}

fn empty(time: Time) -> TracksFrame {
    TracksFrame { time, people: Vec::new() }
}

#[derive(Default)]
struct Tally {
    frames: u64,
    unanswered: u64,
    parts: [PartCount; Part::ALL.len()],
    wrists: Vec<Option<f64>>,
}

impl Tally {
    fn count(&mut self, person: &ShelfPerson, candidates: &[Landmarks]) {
        let found = nearest_person(&person.landmarks, candidates);
        self.frames += 1;
        self.unanswered += u64::from(found.is_none());
        let place = |landmark: Landmark| person.landmarks[landmark as usize];
        let error = |landmark: Landmark| Some(found?[landmark as usize]?.distance(place(landmark)?));
        for (part, one, other) in PARTS {
            let Some((from, to)) = place(one).zip(place(other)) else { continue };
            let off = error(one).zip(error(other)).map(|(one, other)| (one + other) / 2.0);
            let count = &mut self.parts[part as usize];
            count.of += 1;
            count.right += u64::from(off.is_some_and(|off| off < from.distance(to) / 2.0));
        }
        let wrists = [Landmark::LeftWrist, Landmark::RightWrist];
        self.wrists.extend(wrists.into_iter().filter(|wrist| place(*wrist).is_some()).map(error));
    }

    fn finish(self, actor: u64) -> ActorParts {
        let Self { frames, unanswered, parts, wrists } = self;
        ActorParts { actor, frames, unanswered, parts, wrists: Spread::of(wrists) }
    }
}

/// The nearest by the mean distance of the landmarks that both have.
fn nearest_person<'a>(truth: &Landmarks, candidates: &'a [Landmarks]) -> Option<&'a Landmarks> {
    let mean_m = |candidate: &Landmarks| {
        let both = truth.iter().zip(candidate).filter_map(|(one, other)| one.zip(*other));
        let (sum, count) =
            both.fold((0.0, 0.0), |(sum, count), (one, other)| (sum + one.distance(other), count + 1.0));
        share(sum, count)
    };
    let known = candidates.iter().filter_map(|candidate| Some((mean_m(candidate)?, candidate)));
    known.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use model::Joint;
    use tracking::TracksPerson;

    use super::super::shelf::ShelfFrame;
    use super::*;

    /// Somebody who stands upright at x, with one forearm of half a metre stretched out.
    fn body(x: f64) -> Vec<(Joint, DVec3)> {
        let at = |y: f64, z: f64| DVec3::new(x, y, z);
        vec![
            (Joint::LeftEar, at(0.1, 1.6)),
            (Joint::RightEar, at(-0.1, 1.6)),
            (Joint::LeftShoulder, at(0.2, 1.4)),
            (Joint::RightShoulder, at(-0.2, 1.4)),
            (Joint::LeftElbow, at(0.2, 1.1)),
            (Joint::RightElbow, at(-0.2, 1.1)),
            (Joint::LeftWrist, at(0.7, 1.1)),
            (Joint::RightWrist, at(-0.2, 0.8)),
            (Joint::LeftHip, at(0.1, 0.9)),
            (Joint::RightHip, at(-0.1, 0.9)),
            (Joint::LeftKnee, at(0.1, 0.5)),
            (Joint::RightKnee, at(-0.1, 0.5)),
            (Joint::LeftAnkle, at(0.1, 0.1)),
            (Joint::RightAnkle, at(-0.1, 0.1)),
        ]
    }

    fn moment(people: Vec<(u64, Vec<(Joint, DVec3)>)>) -> TracksFrame {
        let people = people.into_iter().map(|(id, joints)| TracksPerson::new(id, joints)).collect();
        TracksFrame { time: Time::from_nanos(12_000_000_000), people }
    }

    fn truth(people: &[(u64, f64)]) -> ShelfTruth {
        let person = |&(actor, x): &(u64, f64)| ShelfPerson {
            actor,
            landmarks: landmarks(&TracksPerson::new(actor, body(x))),
        };
        let frame = ShelfFrame {
            time: Time::from_nanos(12_000_000_000),
            people: people.iter().map(person).collect(),
        };
        ShelfTruth { frames: vec![frame] }
    }

    #[test]
    fn who_is_placed_right_has_all_parts() {
        let found = pcp(&truth(&[(0, 0.0), (2, 1.0)]), &[moment(vec![(7, body(1.0)), (8, body(0.0))])]);
        assert_eq!(
            (found.all, found.limbs, found.trunk, found.head),
            (Some(1.0), Some(1.0), Some(1.0), Some(1.0))
        );
        assert_eq!((found.wrists.count, found.wrists.mean_m), (4, Some(0.0)));
    }

    #[test]
    fn a_part_is_right_below_half_its_length_on_the_mean_of_its_ends() {
        let off = |by: f64| {
            let mut joints = body(0.0);
            joints[6].1.x += by;
            pcp(&truth(&[(0, 0.0)]), &[moment(vec![(7, joints)])])
        };
        assert_eq!(off(0.499).all, Some(1.0));
        let wrong = off(0.501);
        assert_eq!((wrong.all, wrong.limbs, wrong.trunk), (Some(0.9), Some(0.875), Some(1.0)));
        assert_eq!(wrong.actors[0].parts[Part::Forearms as usize], PartCount { right: 1, of: 2 });
        // The data set's wrist lies beyond ours, and moves more.
        assert!((wrong.wrists.p95_m.unwrap() - 1.07 * 0.501).abs() < 1e-12);
    }

    #[test]
    fn people_who_are_missed_count_as_wrong_and_actors_count_alike() {
        let nobody = pcp(&truth(&[(0, 0.0)]), &[]);
        assert_eq!((nobody.all, nobody.actors[0].unanswered, nobody.wrists.missing), (Some(0.0), 1, 2));
        let one_of_two = pcp(&truth(&[(0, 0.0), (1, 5.0)]), &[moment(vec![(7, body(0.0))])]);
        assert_eq!(one_of_two.all, Some(0.5));
        assert_eq!(pcp(&ShelfTruth::default(), &[]).all, None);
    }

    #[test]
    fn a_joint_that_was_not_seen_costs_its_parts() {
        let mut joints = body(0.0);
        joints.remove(6);
        let found = pcp(&truth(&[(0, 0.0)]), &[moment(vec![(7, joints)])]);
        assert_eq!((found.all, found.wrists.missing), (Some(0.9), 1));
    }
}
