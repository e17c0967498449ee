//! Tracks against truth: who was seen, under one name or several, and how far off.
//!
//! [`score_tracks`] gives the measures that trackers are known by, on the floor of the store, and the errors of joints in
//! space; [`pcp`] gives the percentage of correct parts of the Shelf data set.

mod align;
mod assign;
mod clear;
mod hota;
mod identity;
mod page;
mod parts;
mod rows;
mod shelf;
mod spread;

use model::Joint;
use serde::Serialize;
use tracking::{TracksFrame, joint_name};

use align::Aligned;
pub use clear::Clear;
pub use hota::Hota;
pub use identity::Identity;
pub use page::tracks_page;
pub use parts::{ActorParts, Part, PartCount, Pcp, pcp};
pub use rows::{JOINT_HEADS, joint_rows, part_rows, part_wrists, people_rows};
pub use shelf::{
    LANDMARKS, Landmark, ShelfFrame, ShelfPerson, ShelfTruth, ShelfTruthError, landmarks, read_shelf,
};
pub use spread::Spread;

/// Farther from the truth than this on the floor, a person was not found, metres.
pub const GATE_M: f64 = 0.5;

/// How well tracks tell who was where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TracksScores {
    /// Which frames were compared.
    pub frames: FrameCounts,
    /// Who was found, frame by frame.
    pub clear: Clear,
    /// Whose track is whose, over all frames.
    pub identity: Identity,
    /// Both at once, from rough to exact.
    pub hota: Hota,
    /// Errors of the joints of those who were found.
    pub joints: JointErrors,
}

/// Which frames were compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FrameCounts {
    /// Frames of the truth: all of them count.
    pub truth: u64,
    /// Those among them for which the answer has no frame: everybody in them is missed.
    pub unanswered: u64,
    /// Frames of the answer at whose time there is no truth: they do not count.
    pub unscored: u64,
}

/// Errors of joints, in space.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct JointErrors {
    /// Of all joints.
    pub all: Spread,
    /// Of the wrists: hands decide who took what.
    pub wrists: Spread,
    /// By joint, those that the truth knows, in the order of [`Joint::ALL`].
    pub by_joint: Vec<(&'static str, Spread)>,
}

/// Compares tracks with the truth.
///
/// Both must be in order of time. A frame of the truth is compared with the answer's nearest in time, at most half a step of the
/// truth away. People are as near as the middles of their bodies on the floor; who has no joint is not there.
pub fn score_tracks(truth: &[TracksFrame], answer: &[TracksFrame]) -> TracksScores {
    let aligned = Aligned::new(truth, answer);
    let (clear, found) = clear::clear(&aligned);
    TracksScores {
        frames: aligned.counts,
        clear,
        identity: identity::identity(&aligned),
        hota: hota::hota(&aligned),
        joints: joint_errors(&aligned, &found),
    }
}

/// `found` holds, for each moment, the pairs of places among the true and the answered people.
fn joint_errors(aligned: &Aligned<'_>, found: &[Vec<(usize, usize)>]) -> JointErrors {
    let mut errors: [Vec<Option<f64>>; Joint::ALL.len()] = Default::default();
    for (moment, pairs) in aligned.moments.iter().zip(found) {
        for &(truth, answer) in pairs {
            let (truth, answer) = (moment.truth[truth].person, moment.answer[answer].person);
            for (joint, position) in truth.seen() {
                errors[joint as usize].push(answer.joint(joint).map(|seen| seen.distance(position)));
            }
        }
    }
    let wrists = [Joint::LeftWrist, Joint::RightWrist].map(|joint| &errors[joint as usize]);
    JointErrors {
        all: Spread::of(errors.iter().flatten().copied()),
        wrists: Spread::of(wrists.into_iter().flatten().copied()),
        by_joint: Joint::ALL
            .into_iter()
            .zip(&errors)
            .filter(|(_, errors)| !errors.is_empty())
            .map(|(joint, errors)| (joint_name(joint), Spread::of(errors.iter().copied())))
            .collect(),
    }
}

/// `part` of `whole`; nothing of nothing.
fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use model::{DVec3, Time};
    use tracking::{TracksPerson, read_mot_tracks};

    use super::*;

    fn near(measured: Option<f64>, expected: f64) {
        assert!(
            measured.is_some_and(|measured| (measured - expected).abs() < 1e-12),
            "{measured:?}, not {expected}"
        );
    }

    /// Four people who wander about for 20 frames, and a tracker that misses, swaps and makes up. The expected figures are
    /// those of TrackEval 1.3.0 with the same similarities; its MOTP is a similarity, ours its distance.
    #[test]
    fn the_figures_are_those_of_the_reference() {
        let truth = read_mot_tracks(include_str!("case/truth.txt"), 25.0).unwrap();
        let answer = read_mot_tracks(include_str!("case/answer.txt"), 25.0).unwrap();
        let scores = score_tracks(&truth, &answer);
        let Clear { right, missed, false_people, switches, fragmentations, .. } = scores.clear;
        assert_eq!((right, missed, false_people, switches, fragmentations), (61, 9, 14, 14, 15));
        near(scores.clear.mota, 0.471_428_571_428_571);
        near(scores.clear.motp_m, 0.251_633_054_217_682);
        near(scores.identity.idf1, 0.400_000_000_000_000);
        near(scores.identity.idp, 0.386_666_666_666_667);
        near(scores.identity.idr, 0.414_285_714_285_714);
        near(scores.hota.hota, 0.343_061_646_858_599);
        near(scores.hota.det_a, 0.543_317_994_114_913);
        near(scores.hota.ass_a, 0.219_301_836_642_254);
        near(scores.hota.loc_a, 0.785_944_104_868_997);
    }

    #[test]
    fn the_truth_itself_has_full_marks() {
        let truth = read_mot_tracks(include_str!("case/truth.txt"), 25.0).unwrap();
        let scores = score_tracks(&truth, &truth);
        let Clear { missed, false_people, switches, .. } = scores.clear;
        assert_eq!((missed, false_people, switches), (0, 0, 0));
        for full in [scores.clear.mota, scores.identity.idf1, scores.hota.hota, scores.hota.loc_a] {
            near(full, 1.0);
        }
        assert_eq!(scores.joints.all.mean_m, Some(0.0));
    }

    #[test]
    fn where_there_is_nothing_there_is_no_figure() {
        let scores = score_tracks(&[], &[]);
        assert_eq!((scores.clear.mota, scores.identity.idf1, scores.hota.hota), (None, None, None));
        let truth = read_mot_tracks(include_str!("case/truth.txt"), 25.0).unwrap();
        let scores = score_tracks(&truth, &[]);
        assert_eq!((scores.frames.unanswered, scores.clear.missed), (20, 70));
        assert_eq!(
            (scores.clear.mota, scores.identity.idf1, scores.hota.hota),
            (Some(0.0), Some(0.0), Some(0.0))
        );
        assert_eq!((scores.clear.motp_m, scores.joints.all.mean_m), (None, None));
    }

    #[test]
    fn wrists_are_told_apart_and_joints_not_seen_are_counted() {
        let frame = |wrist_x: f64, elbow: bool| {
            let at = |x: f64| DVec3::new(x, 0.0, 1.0);
            let joints =
                [(Joint::MiddleHip, at(0.0)), (Joint::LeftWrist, at(wrist_x)), (Joint::LeftElbow, at(0.2))];
            let joints = joints.into_iter().filter(|(joint, _)| elbow || *joint != Joint::LeftElbow);
            vec![TracksFrame { time: Time::from_nanos(1), people: vec![TracksPerson::new(1, joints)] }]
        };
        let JointErrors { all, wrists, by_joint } =
            score_tracks(&frame(0.3, true), &frame(0.4, false)).joints;
        assert_eq!((wrists.count, wrists.missing, all.count, all.missing), (1, 0, 2, 1));
        near(wrists.mean_m, 0.1);
        let names: Vec<&str> = by_joint.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["left_elbow", "left_wrist", "middle_hip"]);
    }
}
