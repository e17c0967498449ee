//! What is told of a person: joints with how sure they are, and those that follow from others.

use model::{DVec3, Joint, Keypoint, Person};

use crate::track::Track;

/// A joint this uncertain is worth half a score, square metres: the length of a hand.
const HALF_SCORE_M2: f64 = 0.05 * 0.05;
/// A joint that was not seen for this long is not told, seconds.
const UNSEEN_S: f64 = 0.3;

/// A person of a record; nothing if they are out of sight.
pub(crate) fn person(track: &Track) -> Option<Person> {
    let mut keypoints: Vec<Keypoint> = Joint::ALL
        .into_iter()
        .zip(&track.joints)
        .filter_map(|(joint, state)| {
            let state = state.as_ref().filter(|state| state.unseen_s < UNSEEN_S)?;
            let score = (1.0 / (1.0 + state.variance[0] / HALF_SCORE_M2)) as f32;
            Some(Keypoint { joint, position: state.place, score })
        })
        .collect();
    add(&mut keypoints, Joint::Neck, &[Joint::LeftShoulder, Joint::RightShoulder]);
    add(&mut keypoints, Joint::MiddleHip, &[Joint::LeftHip, Joint::RightHip]);
    add(&mut keypoints, Joint::Head, &[Joint::LeftEar, Joint::RightEar]);
    add(&mut keypoints, Joint::Head, &[Joint::Nose]);
    keypoints.sort_by_key(|keypoint| keypoint.joint);
    (!keypoints.is_empty()).then_some(Person { track: track.id, keypoints, holding: track.holding })
}

/// Adds a joint in the middle of others, if it is not there and they all are.
fn add(keypoints: &mut Vec<Keypoint>, joint: Joint, of: &[Joint]) {
    let find = |joint: Joint| keypoints.iter().find(|keypoint| keypoint.joint == joint);
    if find(joint).is_some() {
        return;
    }
    let Some(of) = of.iter().map(|joint| find(*joint)).collect::<Option<Vec<_>>>() else { return };
    let position = of.iter().map(|keypoint| keypoint.position).sum::<DVec3>() / of.len() as f64;
    let score = of.iter().map(|keypoint| keypoint.score).fold(1.0, f32::min);
    keypoints.push(Keypoint { joint, position, score });
}
