//! The truth of the Shelf data set, and its landmarks of our bodies.

use std::collections::BTreeMap;

use model::{DVec3, Joint, Time};
use serde::Deserialize;
use thiserror::Error;
use tracking::{TracksFrame, TracksPerson};

/// The data set's pictures were taken 25 times a second; frame 0 is taken to be at 1970-01-01T00:00:00Z.
const FRAME_NANOS: i64 = 1_000_000_000 / 25;
/// Where the data set's neck and top of the head lie from the middle of the shoulders, as shares of three ways: from there
/// to the middle of the ears, from the hips to there, and from the ears to the nose. Fitted to frames 300–449, in which
/// they leave 3.0 and 6.1 cm at the mean.
const NECK: [f64; 3] = [0.21, 0.10, 0.18];
const HEAD_TOP: [f64; 3] = [0.98, 0.20, 0.26];
/// How much further out than a network's the data set's wrists lie, as a share of the forearm: its annotators clicked where
/// the hand begins. Fitted to both hands of frames 300–449.
const WRIST: f64 = 0.07;

/// A landmark of the data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Landmark {
    RightAnkle,
    RightKnee,
    RightHip,
    LeftHip,
    LeftKnee,
    LeftAnkle,
    RightWrist,
    RightElbow,
    RightShoulder,
    LeftShoulder,
    LeftElbow,
    LeftWrist,
    Neck,
    HeadTop,
    MiddleHip,
}

/// All landmarks as the data set names them, each at the place of its number (`landmark as usize`).
pub const LANDMARKS: [(&str, Landmark); 15] = [
    ("r_ankle", Landmark::RightAnkle),
    ("r_knee", Landmark::RightKnee),
    ("r_hip", Landmark::RightHip),
    ("l_hip", Landmark::LeftHip),
    ("l_knee", Landmark::LeftKnee),
    ("l_ankle", Landmark::LeftAnkle),
    ("r_wrist", Landmark::RightWrist),
    ("r_elbow", Landmark::RightElbow),
    ("r_shoulder", Landmark::RightShoulder),
    ("l_shoulder", Landmark::LeftShoulder),
    ("l_elbow", Landmark::LeftElbow),
    ("l_wrist", Landmark::LeftWrist),
    ("neck", Landmark::Neck),
    ("head_top", Landmark::HeadTop),
    ("mid_hip", Landmark::MiddleHip),
];

impl Landmark {
    /// Our joint at the same place; neck and top of the head have none.
    const fn joint(self) -> Option<Joint> {
        match self {
            Self::RightAnkle => Some(Joint::RightAnkle),
            Self::RightKnee => Some(Joint::RightKnee),
            Self::RightHip => Some(Joint::RightHip),
            Self::LeftHip => Some(Joint::LeftHip),
            Self::LeftKnee => Some(Joint::LeftKnee),
            Self::LeftAnkle => Some(Joint::LeftAnkle),
            Self::RightWrist => Some(Joint::RightWrist),
            Self::RightElbow => Some(Joint::RightElbow),
            Self::RightShoulder => Some(Joint::RightShoulder),
            Self::LeftShoulder => Some(Joint::LeftShoulder),
            Self::LeftElbow => Some(Joint::LeftElbow),
            Self::LeftWrist => Some(Joint::LeftWrist),
            Self::MiddleHip => Some(Joint::MiddleHip),
            Self::Neck | Self::HeadTop => None,
        }
    }
}

/// The landmarks of one of our bodies, in the order of [`LANDMARKS`]: the data set's necks, heads and wrists are not ours, and
/// are taken to lie where those of its annotators do at the mean.
///
/// Without both shoulders the neck stands for their middle. Without both ears the head does, or the middle of what was
/// seen of ears, eyes and nose; without any of them our neck is the neck.
pub fn landmarks(person: &TracksPerson) -> [Option<DVec3>; LANDMARKS.len()] {
    let joint = |joint| person.joint(joint);
    let middle = |left, right| Some(joint(left)?.midpoint(joint(right)?));
    let shoulders = middle(Joint::LeftShoulder, Joint::RightShoulder).or(joint(Joint::Neck));
    let hips = joint(Joint::MiddleHip).or(middle(Joint::LeftHip, Joint::RightHip));
    let ears = middle(Joint::LeftEar, Joint::RightEar).or(joint(Joint::Head)).or_else(|| face(person));
    let from_shoulders = |[up, on, ahead]: [f64; 3]| {
        let (shoulders, ears) = (shoulders?, ears?);
        let trunk = hips.map_or(DVec3::ZERO, |hips| shoulders - hips);
        let face = joint(Joint::Nose).map_or(DVec3::ZERO, |nose| nose - ears);
        Some(shoulders + (ears - shoulders) * up + trunk * on + face * ahead)
    };
    let hand = |wrist, elbow| {
        let wrist = joint(wrist)?;
        Some(joint(elbow).map_or(wrist, |elbow| elbow.lerp(wrist, 1.0 + WRIST)))
    };
    LANDMARKS.map(|(_, landmark)| match landmark {
        Landmark::Neck => from_shoulders(NECK).or(joint(Joint::Neck)),
        Landmark::HeadTop => from_shoulders(HEAD_TOP),
        Landmark::MiddleHip => hips,
        Landmark::LeftWrist => hand(Joint::LeftWrist, Joint::LeftElbow),
        Landmark::RightWrist => hand(Joint::RightWrist, Joint::RightElbow),
        other => other.joint().and_then(joint),
    })
}

/// The middle of what was seen of the face.
fn face(person: &TracksPerson) -> Option<DVec3> {
    const FACE: [Joint; 5] = [Joint::LeftEar, Joint::RightEar, Joint::LeftEye, Joint::RightEye, Joint::Nose];
    let seen: Vec<DVec3> = FACE.into_iter().filter_map(|joint| person.joint(joint)).collect();
    (!seen.is_empty()).then(|| seen.iter().sum::<DVec3>() / seen.len() as f64)
}

/// A truth that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShelfTruthError {
    /// Not JSON, or not of the form; tells line and column.
    #[error("not a truth of the Shelf data set: {0}")]
    Json(String),
    /// Another unit.
    #[error("the unit is \"{0}\": give metres, and \"units\": \"metre\"")]
    Unit(String),
    /// Names of joints that are not the data set's.
    #[error("\"joints\" must name each of the data set's 15 once, r_ankle to mid_hip: \"{0}\" does not fit")]
    Joints(String),
    /// An actor who is no number.
    #[error("frame {frame}: actor \"{actor}\": give actors as numbers")]
    Actor {
        /// The frame.
        frame: i64,
        /// The actor.
        actor: String,
    },
    /// A person with too many or too few joints.
    #[error("frame {frame}, actor {actor} has {found} joints: give as many as \"joints\" names")]
    Length {
        /// The frame.
        frame: i64,
        /// The actor.
        actor: u64,
        /// How many there are.
        found: usize,
    },
    /// Frames out of order.
    #[error("frame {0} is not later than the one before: put frames in order, each once")]
    Order(i64),
}

/// Where people of the data set were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShelfTruth {
    /// In order of time.
    pub frames: Vec<ShelfFrame>,
}

/// Who was where at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ShelfFrame {
    /// When: the number of the frame divided by 25, seconds after 1970-01-01T00:00:00Z.
    pub time: Time,
    /// Who.
    pub people: Vec<ShelfPerson>,
}

/// One person at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ShelfPerson {
    /// Which one.
    pub actor: u64,
    /// Where each landmark is, metres, in the order of [`LANDMARKS`]; nothing where it is not told.
    pub landmarks: [Option<DVec3>; LANDMARKS.len()],
}

impl ShelfTruth {
    /// The joints that are ours too, as tracks.
    pub fn tracks(&self) -> Vec<TracksFrame> {
        let person = |person: &ShelfPerson| {
            let joints = LANDMARKS.iter().zip(person.landmarks);
            TracksPerson::new(
                person.actor,
                joints.filter_map(|((_, landmark), position)| Some((landmark.joint()?, position?))),
            )
        };
        let frame = |frame: &ShelfFrame| TracksFrame {
            time: frame.time,
            people: frame.people.iter().map(person).collect(),
        };
        self.frames.iter().map(frame).collect()
    }
}

#[derive(Deserialize)]
struct File {
    units: String,
    joints: Vec<String>,
    frames: Vec<FileFrame>,
}

#[derive(Deserialize)]
struct FileFrame {
    frame: i64,
    people: BTreeMap<String, Vec<Option<[f64; 3]>>>,
}

/// Reads the data set's truth: `{"units":"metre","joints":["r_ankle",…],"frames":[{"frame":300,"people":{"0":[[x,y,z],…]}}]}`.
///
/// # Errors
/// [`ShelfTruthError`], with line and column, or the frame.
pub fn read_shelf(text: &str) -> Result<ShelfTruth, ShelfTruthError> {
    let file: File = serde_json::from_str(text).map_err(|why| ShelfTruthError::Json(why.to_string()))?;
    if file.units != "metre" {
        return Err(ShelfTruthError::Unit(file.units));
    }
    let places = places(&file.joints)?;
    let mut frames: Vec<ShelfFrame> = Vec::with_capacity(file.frames.len());
    for frame in &file.frames {
        let time = Time::from_nanos(frame.frame.saturating_mul(FRAME_NANOS));
        if frames.last().is_some_and(|before| before.time >= time) {
            return Err(ShelfTruthError::Order(frame.frame));
        }
        frames.push(ShelfFrame { time, people: people(frame, &places)? });
    }
    Ok(ShelfTruth { frames })
}

/// Where in a person's list each landmark stands.
fn places(names: &[String]) -> Result<[usize; LANDMARKS.len()], ShelfTruthError> {
    let mut places = [None; LANDMARKS.len()];
    for (place, name) in names.iter().enumerate() {
        let known = LANDMARKS.iter().position(|(known, _)| known == name);
        match known {
            Some(landmark) if places[landmark].is_none() => places[landmark] = Some(place),
            _ => return Err(ShelfTruthError::Joints(name.clone())),
        }
    }
    match places.iter().position(Option::is_none) {
        Some(missing) => Err(ShelfTruthError::Joints(LANDMARKS[missing].0.to_owned())),
        None => Ok(places.map(Option::unwrap_or_default)),
    }
}

fn people(frame: &FileFrame, places: &[usize; LANDMARKS.len()]) -> Result<Vec<ShelfPerson>, ShelfTruthError> {
    let person = |(name, joints): (&String, &Vec<Option<[f64; 3]>>)| {
        let no_number = |_| ShelfTruthError::Actor { frame: frame.frame, actor: name.clone() };
        let actor = name.parse().map_err(no_number)?;
        if joints.len() != places.len() {
            return Err(ShelfTruthError::Length { frame: frame.frame, actor, found: joints.len() });
        }
        Ok(ShelfPerson { actor, landmarks: places.map(|place| joints[place].map(DVec3::from_array)) })
    };
    frame.people.iter().map(person).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neck_and_head_lie_up_the_trunk_and_a_little_ahead() {
        let at = |x: f64, z: f64| DVec3::new(x, 0.0, z);
        let trunk = [
            (Joint::LeftShoulder, at(-0.2, 1.4)),
            (Joint::RightShoulder, at(0.2, 1.4)),
            (Joint::MiddleHip, at(0.0, 0.9)),
        ];
        let face =
            [(Joint::LeftEar, at(0.0, 1.6)), (Joint::RightEar, at(0.0, 1.6)), (Joint::Nose, at(0.1, 1.6))];
        let of = |joints: &[(Joint, DVec3)]| landmarks(&TracksPerson::new(1, joints.iter().copied()));
        let found = of(&[trunk, face].concat());
        let near = |landmark: Landmark, place| found[landmark as usize].unwrap().distance(place) < 1e-12;
        assert!(near(Landmark::Neck, at(0.018, 1.492)) && near(Landmark::HeadTop, at(0.026, 1.696)));
        assert_eq!(of(&trunk)[Landmark::Neck as usize], None);
        assert_eq!(of(&[(Joint::Neck, at(0.0, 1.4))])[Landmark::Neck as usize], Some(at(0.0, 1.4)));
    }

    #[test]
    fn wrists_lie_where_the_hand_begins_if_the_forearm_was_seen() {
        let [elbow, wrist] = [(Joint::LeftElbow, DVec3::ZERO), (Joint::LeftWrist, DVec3::X)];
        let of = |joints: &[(Joint, DVec3)]| {
            landmarks(&TracksPerson::new(1, joints.iter().copied()))[Landmark::LeftWrist as usize]
        };
        assert_eq!(of(&[elbow, wrist]), Some(DVec3::X * 1.07));
        assert_eq!(of(&[wrist]), Some(DVec3::X));
    }

    #[test]
    fn every_landmark_stands_at_its_number() {
        for (number, (_, landmark)) in LANDMARKS.into_iter().enumerate() {
            assert_eq!(landmark as usize, number);
        }
    }

    fn text(joints: &str, people: &str) -> String {
        format!(
            "{{\"units\":\"metre\",\"joints\":[{joints}],\"frames\":[{{\"frame\":300,\"people\":{{{people}}}}}]}}"
        )
    }

    #[test]
    fn joints_are_found_by_the_names_that_the_file_gives_them() {
        let mut names: Vec<String> = LANDMARKS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        names.reverse();
        let places: Vec<String> = (0..15).map(|place| format!("[{place},0,1]")).collect();
        let truth = read_shelf(&text(&names.join(","), &format!("\"2\":[{}]", places.join(",")))).unwrap();
        let tracks = truth.tracks();
        assert_eq!(tracks[0].time, Time::from_nanos(12_000_000_000));
        assert_eq!(tracks[0].people[0].joint(Joint::MiddleHip), Some(DVec3::new(0.0, 0.0, 1.0)));
        assert_eq!(tracks[0].people[0].joint(Joint::RightAnkle), Some(DVec3::new(14.0, 0.0, 1.0)));
        assert_eq!(tracks[0].people[0].joint(Joint::Neck), None);
        let refused = |people: &str| read_shelf(&text(&names.join(","), people)).unwrap_err().to_string();
        assert!(refused("\"2\":[[1,2,3]]").contains("frame 300, actor 2 has 1 joints"));
        assert!(refused("\"Ann\":[]").contains("actor \"Ann\""));
    }

    #[test]
    fn what_is_no_truth_is_refused() {
        let refused = |text: &str| read_shelf(text).unwrap_err().to_string();
        assert!(refused("{}").contains("line 1 column"));
        assert!(refused(&text("\"r_ankle\",\"r_toe\"", "")).contains("\"r_toe\" does not fit"));
        assert!(refused(&text("\"r_ankle\"", "")).contains("\"r_knee\" does not fit"));
        assert!(refused(&text("", "").replace("metre", "mm")).contains("give metres"));
    }
}
