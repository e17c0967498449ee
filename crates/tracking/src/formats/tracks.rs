//! Tracks as plain data.

use model::{DVec3, Joint, People, Time};

/// Who was where at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct TracksFrame {
    /// When.
    pub time: Time,
    /// Who was seen, each id once; nobody is a statement too.
    pub people: Vec<TracksPerson>,
}

/// One person at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct TracksPerson {
    /// Who: the same from frame to frame.
    pub id: u64,
    /// Where each joint is, store coordinates, metres, finite; in the order of [`Joint::ALL`].
    pub joints: [Option<DVec3>; Joint::ALL.len()],
}

impl From<&People> for TracksFrame {
    /// Leaves out joints whose place is not finite: they were not seen.
    fn from(record: &People) -> Self {
        let people = record.people.iter().map(|person| {
            let seen = person.keypoints.iter().filter(|keypoint| keypoint.position.is_finite());
            TracksPerson::new(person.track.0, seen.map(|keypoint| (keypoint.joint, keypoint.position)))
        });
        Self { time: record.time, people: people.collect() }
    }
}

impl TracksPerson {
    /// A person by the joints that were seen.
    pub fn new(id: u64, seen: impl IntoIterator<Item = (Joint, DVec3)>) -> Self {
        let mut joints = [None; Joint::ALL.len()];
        for (joint, position) in seen {
            joints[joint as usize] = Some(position);
        }
        Self { id, joints }
    }

    /// Where a joint is, if it was seen.
    pub fn joint(&self, joint: Joint) -> Option<DVec3> {
        self.joints[joint as usize]
    }

    /// The joints that were seen.
    pub fn seen(&self) -> impl Iterator<Item = (Joint, DVec3)> {
        Joint::ALL.into_iter().zip(self.joints).filter_map(|(joint, position)| Some((joint, position?)))
    }

    /// The middle of the body: between the hips, or of all joints seen; nothing if none was.
    pub fn middle(&self) -> Option<DVec3> {
        let hips = self.joint(Joint::LeftHip).zip(self.joint(Joint::RightHip));
        hips.map(|(left, right)| left.midpoint(right))
            .or_else(|| self.joint(Joint::MiddleHip))
            .or_else(|| mean(self.seen().map(|(_, position)| position)))
    }
}

fn mean(points: impl Iterator<Item = DVec3>) -> Option<DVec3> {
    let (sum, count) = points.fold((DVec3::ZERO, 0.0), |(sum, count), point| (sum + point, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use model::{Keypoint, Person, TrackId};

    use super::*;

    #[test]
    fn a_record_becomes_a_frame_without_the_joints_that_are_nowhere() {
        let keypoint = |joint, x| Keypoint { joint, position: DVec3::new(x, 1.0, 2.0), score: 0.9 };
        let keypoints = vec![keypoint(Joint::LeftWrist, 3.0), keypoint(Joint::Neck, f64::NAN)];
        let person = Person { track: TrackId(7), keypoints, holding: [None; 2] };
        let record = People { sensor: "tracker".into(), time: Time::from_nanos(5), people: vec![person] };
        let frame = TracksFrame::from(&record);
        let wrist = TracksPerson::new(7, [(Joint::LeftWrist, DVec3::new(3.0, 1.0, 2.0))]);
        assert_eq!(frame, TracksFrame { time: Time::from_nanos(5), people: vec![wrist] });
    }

    #[test]
    fn the_middle_is_between_the_hips_or_of_what_was_seen() {
        let at = |x| DVec3::new(x, 0.0, 1.0);
        let hips = [(Joint::LeftHip, at(1.0)), (Joint::RightHip, at(3.0)), (Joint::Nose, at(9.0))];
        assert_eq!(TracksPerson::new(1, hips).middle(), Some(at(2.0)));
        assert_eq!(TracksPerson::new(1, [hips[0], hips[2]]).middle(), Some(at(5.0)));
        assert_eq!(TracksPerson::new(1, [(Joint::MiddleHip, at(4.0)), hips[2]]).middle(), Some(at(4.0)));
        assert_eq!(TracksPerson::new(1, []).middle(), None);
    }
}
