//! Records as protocol buffer messages and back, with the rules that `proto/saunter.proto` states.

mod plates;
pub(crate) mod scene;
mod steps;
mod view;

use model::{
    Credential, CredentialKind, DVec3, Direction, Holding, Joint, Keypoint, Passage, People, Person, PlateId,
    Record, RecordError, SensorId, Time, TrackId,
};
use prost::Message;
use thiserror::Error;

use crate::channel::ChannelKind;
pub(crate) use plates::{Columns, check_columns};

#[allow(missing_docs, unreachable_pub, reason = "generated")]
pub(crate) mod proto {
    include!(concat!(env!("OUT_DIR"), "/saunter.v1.rs"));
}

#[allow(clippy::enum_variant_names, missing_docs, unreachable_pub, reason = "generated")]
mod foxglove {
    include!(concat!(env!("OUT_DIR"), "/foxglove.rs"));
}

/// A message or record that breaks a rule of the format.
#[derive(Debug, Error, PartialEq)]
pub(crate) enum Invalid {
    #[error("is no such protocol buffer message: {0}")]
    Protobuf(#[from] prost::DecodeError),
    #[error("bears a time that can't be told ({0} ns): send nanoseconds since 1970 below 2^63")]
    Time(i128),
    #[error("names no sensor: give its channel one")]
    NoSensor,
    #[error("has {gondola} gondolas, {shelf} shelves and {plate} plates: name all three of every column")]
    Columns { gondola: usize, shelf: usize, plate: usize },
    #[error("has a gondola, shelf or plate number of {0}: send 0 to 65535")]
    Number(u32),
    #[error("names plate {0} twice: send one column a plate")]
    RepeatedPlate(PlateId),
    #[error("is no batch: {0}")]
    Batch(#[from] RecordError),
    #[error("gives grams and step_changes: send one of the two")]
    GramsAndSteps,
    #[error("has steps of {0} g: send a number above zero")]
    Step(f32),
    #[error("has {value} as {field}: send a value of the schema")]
    Enum { field: &'static str, value: i32 },
    #[error("sees track {0} twice: send each person once")]
    RepeatedTrack(TrackId),
    #[error("sees a joint of track {0} twice: send each joint once")]
    RepeatedJoint(TrackId),
    #[error("has a keypoint with the score {score} on track {track}: send 0 to 1")]
    Score { track: TrackId, score: f32 },
    #[error("sees {joint:?} of one person twice: send each joint once")]
    RepeatedViewJoint { joint: Joint },
    #[error(
        "has {joint:?} at ({x_px}, {y_px}) with the score {score}: send finite pixels and a score of 0 to 1"
    )]
    ViewKeypoint { joint: Joint, x_px: f32, y_px: f32, score: f32 },
    #[error("has a hand that holds something with the probability {0}: send 0 to 1")]
    Holding(f32),
    #[error("is a second store: send one, first of all")]
    SecondStore,
}

/// A record as a message. `step_g` is the step of the scales' converters, if batches are to be packed by it.
pub(crate) fn encode(record: &Record, step_g: Option<f32>) -> Vec<u8> {
    match record {
        Record::Plates(batch) => plates::encode(batch, step_g).encode_to_vec(),
        Record::View(view) => view::encode(view).encode_to_vec(),
        Record::People(people) => encode_people(people).encode_to_vec(),
        Record::Credential(credential) => encode_credential(credential).encode_to_vec(),
        Record::Passage(passage) => encode_passage(passage).encode_to_vec(),
    }
}

/// A message of `kind` from `sensor` as a record, if it is one and no drawing. `columns` are those of the channel's last batch.
pub(crate) fn decode(
    kind: ChannelKind,
    sensor: &SensorId,
    columns: &mut Columns,
    message: &[u8],
) -> Result<Option<Record>, Invalid> {
    let record = match kind {
        ChannelKind::Store => return Err(Invalid::SecondStore),
        ChannelKind::Scene => return Ok(None),
        ChannelKind::Plates => Record::Plates(plates::decode(message, sensor, columns)?),
        ChannelKind::View => Record::View(view::decode(message, sensor)?),
        ChannelKind::People => Record::People(decode_people(message, sensor)?),
        ChannelKind::Credential => Record::Credential(decode_credential(message, sensor)?),
        ChannelKind::Passage => Record::Passage(decode_passage(message, sensor)?),
    };
    check(&record)?;
    Ok(Some(record))
}

/// The store file's text, as a message.
pub(crate) fn encode_store(toml: String) -> Vec<u8> {
    proto::Store { toml }.encode_to_vec()
}

/// The text of a store file from its message.
pub(crate) fn decode_store(message: &[u8]) -> Result<String, Invalid> {
    Ok(proto::Store::decode(message)?.toml)
}

/// The rules that hold for any record, written or read; those for columns are in [`check_columns`].
pub(crate) fn check(record: &Record) -> Result<(), Invalid> {
    if record.sensor().as_str().is_empty() {
        return Err(Invalid::NoSensor);
    }
    let earliest = match record {
        Record::Plates(batch) => batch.first_sample(),
        _ => record.time(),
    };
    if earliest.nanos() < 0 {
        return Err(Invalid::Time(earliest.nanos().into()));
    }
    match record {
        Record::People(people) => check_people(people),
        Record::View(view) => view::check(view),
        _ => Ok(()),
    }
}

fn check_people(people: &People) -> Result<(), Invalid> {
    for (place, person) in people.people.iter().enumerate() {
        let track = person.track;
        if people.people[..place].iter().any(|other| other.track == track) {
            return Err(Invalid::RepeatedTrack(track));
        }
        check_holding(&person.holding)?;
        for (place, keypoint) in person.keypoints.iter().enumerate() {
            if person.keypoints[..place].iter().any(|other| other.joint == keypoint.joint) {
                return Err(Invalid::RepeatedJoint(track));
            }
            if !(0.0..=1.0).contains(&keypoint.score) {
                return Err(Invalid::Score { track, score: keypoint.score });
            }
        }
    }
    Ok(())
}

fn check_holding(holding: &Holding) -> Result<(), Invalid> {
    let is_wrong = |probability: &&f32| !(0.0..=1.0).contains(*probability);
    holding.iter().flatten().find(is_wrong).map_or(Ok(()), |probability| Err(Invalid::Holding(*probability)))
}

fn encode_people(people: &People) -> proto::People {
    let keypoint = |keypoint: &Keypoint| proto::Keypoint {
        joint: encode_joint(keypoint.joint).into(),
        x_m: keypoint.position.x,
        y_m: keypoint.position.y,
        z_m: keypoint.position.z,
        score: keypoint.score,
    };
    let person = |person: &Person| proto::Person {
        track: person.track.0,
        keypoints: person.keypoints.iter().map(keypoint).collect(),
        left_holding: person.holding[0],
        right_holding: person.holding[1],
    };
    proto::People { time_ns: nanos(people.time), people: people.people.iter().map(person).collect() }
}

fn decode_people(message: &[u8], sensor: &SensorId) -> Result<People, Invalid> {
    let people = proto::People::decode(message)?;
    let keypoint = |keypoint: &proto::Keypoint| {
        Ok(Keypoint {
            joint: decode_joint(keypoint.joint)?,
            position: DVec3::new(keypoint.x_m, keypoint.y_m, keypoint.z_m),
            score: keypoint.score,
        })
    };
    let person = |person: &proto::Person| {
        let keypoints = person.keypoints.iter().map(keypoint).collect::<Result<_, Invalid>>()?;
        let holding = [person.left_holding, person.right_holding];
        Ok(Person { track: TrackId(person.track), keypoints, holding })
    };
    Ok(People {
        sensor: sensor.clone(),
        time: time(people.time_ns)?,
        people: people.people.iter().map(person).collect::<Result<_, Invalid>>()?,
    })
}

fn encode_credential(credential: &Credential) -> proto::Credential {
    let kind = match credential.kind {
        CredentialKind::Card => proto::CredentialKind::Card,
        CredentialKind::Palm => proto::CredentialKind::Palm,
        CredentialKind::Code => proto::CredentialKind::Code,
        CredentialKind::Staff => proto::CredentialKind::Staff,
    };
    proto::Credential { time_ns: nanos(credential.time), kind: kind.into(), token: credential.token.clone() }
}

fn decode_credential(message: &[u8], gate: &SensorId) -> Result<Credential, Invalid> {
    let credential = proto::Credential::decode(message)?;
    let kind = match proto::CredentialKind::try_from(credential.kind) {
        Ok(proto::CredentialKind::Card) => CredentialKind::Card,
        Ok(proto::CredentialKind::Palm) => CredentialKind::Palm,
        Ok(proto::CredentialKind::Code) => CredentialKind::Code,
        Ok(proto::CredentialKind::Staff) => CredentialKind::Staff,
        Ok(proto::CredentialKind::Unspecified) | Err(_) => {
            return Err(Invalid::Enum { field: "kind", value: credential.kind });
        }
    };
    Ok(Credential { gate: gate.clone(), time: time(credential.time_ns)?, kind, token: credential.token })
}

fn encode_passage(passage: &Passage) -> proto::Passage {
    let direction = match passage.direction {
        Direction::In => proto::Direction::In,
        Direction::Out => proto::Direction::Out,
    };
    proto::Passage {
        time_ns: nanos(passage.time),
        direction: direction.into(),
        track: passage.track.map(|track| track.0),
    }
}

fn decode_passage(message: &[u8], gate: &SensorId) -> Result<Passage, Invalid> {
    let passage = proto::Passage::decode(message)?;
    let direction = match proto::Direction::try_from(passage.direction) {
        Ok(proto::Direction::In) => Direction::In,
        Ok(proto::Direction::Out) => Direction::Out,
        Ok(proto::Direction::Unspecified) | Err(_) => {
            return Err(Invalid::Enum { field: "direction", value: passage.direction });
        }
    };
    Ok(Passage {
        gate: gate.clone(),
        time: time(passage.time_ns)?,
        direction,
        track: passage.track.map(TrackId),
    })
}

fn encode_joint(joint: Joint) -> proto::Joint {
    match joint {
        Joint::Head => proto::Joint::Head,
        Joint::Neck => proto::Joint::Neck,
        Joint::LeftShoulder => proto::Joint::LeftShoulder,
        Joint::RightShoulder => proto::Joint::RightShoulder,
        Joint::LeftElbow => proto::Joint::LeftElbow,
        Joint::RightElbow => proto::Joint::RightElbow,
        Joint::LeftWrist => proto::Joint::LeftWrist,
        Joint::RightWrist => proto::Joint::RightWrist,
        Joint::LeftHip => proto::Joint::LeftHip,
        Joint::RightHip => proto::Joint::RightHip,
        Joint::LeftKnee => proto::Joint::LeftKnee,
        Joint::RightKnee => proto::Joint::RightKnee,
        Joint::LeftAnkle => proto::Joint::LeftAnkle,
        Joint::RightAnkle => proto::Joint::RightAnkle,
        Joint::Nose => proto::Joint::Nose,
        Joint::LeftEye => proto::Joint::LeftEye,
        Joint::RightEye => proto::Joint::RightEye,
        Joint::LeftEar => proto::Joint::LeftEar,
        Joint::RightEar => proto::Joint::RightEar,
        Joint::MiddleHip => proto::Joint::MiddleHip,
    }
}

fn decode_joint(value: i32) -> Result<Joint, Invalid> {
    Ok(match proto::Joint::try_from(value) {
        Ok(proto::Joint::Head) => Joint::Head,
        Ok(proto::Joint::Neck) => Joint::Neck,
        Ok(proto::Joint::LeftShoulder) => Joint::LeftShoulder,
        Ok(proto::Joint::RightShoulder) => Joint::RightShoulder,
        Ok(proto::Joint::LeftElbow) => Joint::LeftElbow,
        Ok(proto::Joint::RightElbow) => Joint::RightElbow,
        Ok(proto::Joint::LeftWrist) => Joint::LeftWrist,
        Ok(proto::Joint::RightWrist) => Joint::RightWrist,
        Ok(proto::Joint::LeftHip) => Joint::LeftHip,
        Ok(proto::Joint::RightHip) => Joint::RightHip,
        Ok(proto::Joint::LeftKnee) => Joint::LeftKnee,
        Ok(proto::Joint::RightKnee) => Joint::RightKnee,
        Ok(proto::Joint::LeftAnkle) => Joint::LeftAnkle,
        Ok(proto::Joint::RightAnkle) => Joint::RightAnkle,
        Ok(proto::Joint::Nose) => Joint::Nose,
        Ok(proto::Joint::LeftEye) => Joint::LeftEye,
        Ok(proto::Joint::RightEye) => Joint::RightEye,
        Ok(proto::Joint::LeftEar) => Joint::LeftEar,
        Ok(proto::Joint::RightEar) => Joint::RightEar,
        Ok(proto::Joint::MiddleHip) => Joint::MiddleHip,
        Ok(proto::Joint::Unspecified) | Err(_) => return Err(Invalid::Enum { field: "joint", value }),
    })
}

fn nanos(time: Time) -> u64 {
    time.nanos().try_into().unwrap_or(0)
}

fn time(nanos: u64) -> Result<Time, Invalid> {
    i64::try_from(nanos).map(Time::from_nanos).map_err(|_| Invalid::Time(nanos.into()))
}
