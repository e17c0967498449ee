//! People as stick figures for viewers: Foxglove's `SceneUpdate`.

use model::{DVec3, Joint, People, Person};
use prost::Message;

use super::foxglove::{
    Color, LinePrimitive, Point3, Pose, Quaternion, SceneEntity, SceneEntityDeletion, SceneUpdate,
    SpherePrimitive, Vector3, line_primitive, scene_entity_deletion,
};

/// The frame that viewers know the store's coordinates by.
const FRAME: &str = "store";
/// Thickness of a stick and size of a hand, metres.
const STICK_M: f64 = 0.03;
const HAND_M: f64 = 0.08;
/// The sticks of a figure.
const STICKS: [(Joint, Joint); 15] = [
    (Joint::Head, Joint::Neck),
    (Joint::Neck, Joint::LeftShoulder),
    (Joint::Neck, Joint::RightShoulder),
    (Joint::LeftShoulder, Joint::LeftElbow),
    (Joint::RightShoulder, Joint::RightElbow),
    (Joint::LeftElbow, Joint::LeftWrist),
    (Joint::RightElbow, Joint::RightWrist),
    (Joint::Neck, Joint::MiddleHip),
    (Joint::MiddleHip, Joint::LeftHip),
    (Joint::MiddleHip, Joint::RightHip),
    (Joint::LeftHip, Joint::LeftKnee),
    (Joint::RightHip, Joint::RightKnee),
    (Joint::LeftKnee, Joint::LeftAnkle),
    (Joint::RightKnee, Joint::RightAnkle),
    (Joint::LeftShoulder, Joint::RightShoulder),
];
/// Colours that are told apart also by those who see few (Okabe and Ito, 2008).
const COLOURS: [[f64; 3]; 6] = [
    [0.0, 0.45, 0.70],
    [0.90, 0.62, 0.0],
    [0.0, 0.62, 0.45],
    [0.80, 0.47, 0.65],
    [0.34, 0.71, 0.91],
    [0.84, 0.37, 0.0],
];

/// All people of a moment, in place of those who were drawn before.
pub(crate) fn encode(people: &People) -> Vec<u8> {
    let timestamp = timestamp(people);
    let deletion = SceneEntityDeletion {
        timestamp: Some(timestamp),
        r#type: scene_entity_deletion::Type::All.into(),
        id: String::new(),
    };
    let entities = people.people.iter().map(|person| figure(person, timestamp)).collect();
    SceneUpdate { deletions: vec![deletion], entities }.encode_to_vec()
}

fn timestamp(people: &People) -> prost_types::Timestamp {
    const SECOND: i64 = 1_000_000_000;
    let nanos = people.time.nanos();
    prost_types::Timestamp { seconds: nanos.div_euclid(SECOND), nanos: nanos.rem_euclid(SECOND) as i32 }
}

fn figure(person: &Person, timestamp: prost_types::Timestamp) -> SceneEntity {
    let [r, g, b] = COLOURS[(person.track.0 % COLOURS.len() as u64) as usize];
    let color = Color { r, g, b, a: 1.0 };
    let ends = STICKS.iter().filter_map(|(one, other)| Some([person.joint(*one)?, person.joint(*other)?]));
    let sticks = LinePrimitive {
        r#type: line_primitive::Type::LineList.into(),
        pose: Some(pose(DVec3::ZERO)),
        thickness: STICK_M,
        points: ends.flatten().map(|DVec3 { x, y, z }| Point3 { x, y, z }).collect(),
        color: Some(color),
        ..LinePrimitive::default()
    };
    let hands = [Joint::LeftWrist, Joint::RightWrist].into_iter().filter_map(|joint| person.joint(joint));
    let hand = |place| SpherePrimitive {
        pose: Some(pose(place)),
        size: Some(Vector3 { x: HAND_M, y: HAND_M, z: HAND_M }),
        color: Some(color),
    };
    SceneEntity {
        timestamp: Some(timestamp),
        frame_id: FRAME.to_owned(),
        id: format!("track {}", person.track.0),
        lines: vec![sticks],
        spheres: hands.map(hand).collect(),
        ..SceneEntity::default()
    }
}

fn pose(DVec3 { x, y, z }: DVec3) -> Pose {
    Pose {
        position: Some(Vector3 { x, y, z }),
        orientation: Some(Quaternion { x: 0.0, y: 0.0, z: 0.0, w: 1.0 }),
    }
}

#[cfg(test)]
mod tests {
    use model::{Keypoint, Time, TrackId};

    use super::*;

    #[test]
    fn a_person_is_drawn_by_the_joints_that_were_seen() {
        let keypoint = |joint, z| Keypoint { joint, position: DVec3::new(1.0, 2.0, z), score: 1.0 };
        let keypoints = vec![
            keypoint(Joint::LeftElbow, 1.2),
            keypoint(Joint::LeftWrist, 1.0),
            keypoint(Joint::RightKnee, 0.5),
        ];
        let people = vec![Person { track: TrackId(7), keypoints, holding: [None; 2] }];
        let time = Time::from_nanos(1_500_000_000);
        let scene =
            SceneUpdate::decode(&*encode(&People { sensor: "tracking".into(), time, people })).unwrap();
        let figure = &scene.entities[0];
        assert_eq!(
            (figure.id.as_str(), figure.lines[0].points.len(), figure.spheres.len()),
            ("track 7", 2, 1)
        );
        assert_eq!(figure.timestamp, Some(prost_types::Timestamp { seconds: 1, nanos: 500_000_000 }));
    }
}
