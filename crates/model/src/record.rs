//! What the sensors say.

use std::sync::Arc;

use glam::DVec3;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{PlateId, SensorId, Time, TrackId};

/// What a sensor said, stamped with the time it was captured.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Weights of plates.
    Plates(PlateBatch),
    /// People as one camera sees them.
    View(View),
    /// People as the tracker sees them.
    People(People),
    /// A credential shown at a gate.
    Credential(Credential),
    /// Somebody went through a gate.
    Passage(Passage),
}

impl Record {
    /// When it was captured: a batch of samples when its last sample was.
    pub fn time(&self) -> Time {
        match self {
            Self::Plates(batch) => batch.time(),
            Self::View(view) => view.time,
            Self::People(people) => people.time,
            Self::Credential(credential) => credential.time,
            Self::Passage(passage) => passage.time,
        }
    }

    /// The device that said it.
    pub fn sensor(&self) -> &SensorId {
        match self {
            Self::Plates(batch) => batch.sensor(),
            Self::View(view) => &view.camera,
            Self::People(people) => &people.sensor,
            Self::Credential(credential) => &credential.gate,
            Self::Passage(passage) => &passage.gate,
        }
    }
}

/// A record that cannot be what it says it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The number of values is not samples × plates.
    #[error(
        "the batch holds {values} values for {plates} plates, which is no whole number of samples: \
         send one value a plate and sample, sample by sample"
    )]
    Shape {
        /// Values found.
        values: usize,
        /// Plates named.
        plates: usize,
    },
    /// No plate or no sample.
    #[error("the batch is empty: send at least one sample of one plate")]
    Empty,
    /// Samples that do not advance in time, or are more than a minute apart.
    #[error("the batch's samples are {nanos} ns apart: send an interval above zero and up to one minute")]
    Interval {
        /// Interval found, nanoseconds.
        nanos: i64,
    },
}

/// Consecutive samples of the plates of one scale controller.
#[derive(Clone, Debug)]
pub struct PlateBatch {
    sensor: SensorId,
    first_sample: Time,
    sample_interval_nanos: i64,
    plates: Arc<[PlateId]>,
    grams: Vec<f32>,
}

impl PlateBatch {
    /// Checks the shape and makes a batch.
    ///
    /// `grams` holds sample after sample, each with one value per plate in the order of `plates`; NaN
    /// where a plate gave none. `plates` is shared between the batches of one controller, which lets
    /// readers remember where each column belongs.
    ///
    /// # Errors
    /// [`RecordError`] if the batch is empty, not rectangular, or its interval is not in (0, 60 s].
    pub fn new(
        sensor: SensorId,
        first_sample: Time,
        sample_interval_nanos: i64,
        plates: Arc<[PlateId]>,
        grams: Vec<f32>,
    ) -> Result<Self, RecordError> {
        if plates.is_empty() || grams.is_empty() {
            return Err(RecordError::Empty);
        }
        if !grams.len().is_multiple_of(plates.len()) {
            return Err(RecordError::Shape { values: grams.len(), plates: plates.len() });
        }
        if !(1..=60_000_000_000).contains(&sample_interval_nanos) {
            return Err(RecordError::Interval { nanos: sample_interval_nanos });
        }
        Ok(Self { sensor, first_sample, sample_interval_nanos, plates, grams })
    }

    /// The scale controller.
    pub fn sensor(&self) -> &SensorId {
        &self.sensor
    }

    /// When the first sample was captured.
    pub fn first_sample(&self) -> Time {
        self.first_sample
    }

    /// Nanoseconds from one sample to the next.
    pub fn sample_interval_nanos(&self) -> i64 {
        self.sample_interval_nanos
    }

    /// The plates, in the order of the columns.
    pub fn plates(&self) -> &Arc<[PlateId]> {
        &self.plates
    }

    /// The values, grams, sample by sample.
    pub fn grams(&self) -> &[f32] {
        &self.grams
    }

    /// Number of samples of each plate.
    pub fn sample_count(&self) -> usize {
        self.grams.len() / self.plates.len()
    }

    /// When the last sample was captured.
    pub fn time(&self) -> Time {
        self.first_sample.plus_nanos(self.sample_interval_nanos * (self.sample_count() as i64 - 1))
    }
}

/// Equal to the bit, so that a value that is not a number equals itself.
impl PartialEq for PlateBatch {
    fn eq(&self, other: &Self) -> bool {
        self.sensor == other.sensor
            && self.first_sample == other.first_sample
            && self.sample_interval_nanos == other.sample_interval_nanos
            && self.plates == other.plates
            && self.grams.iter().map(|g| g.to_bits()).eq(other.grams.iter().map(|g| g.to_bits()))
    }
}

/// All people that one camera saw at one time, in its picture.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The camera, as the store file names it.
    pub camera: SensorId,
    /// When the picture was taken.
    pub time: Time,
    /// Who was seen; nobody is a statement too. Nothing tells who is who from picture to picture.
    pub people: Vec<ViewPerson>,
}

/// One person in one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ViewPerson {
    /// The joints that were seen, each at most once.
    pub keypoints: Vec<ViewKeypoint>,
    /// What is in the hands.
    pub holding: Holding,
}

/// One joint in one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewKeypoint {
    /// Which joint.
    pub joint: Joint,
    /// Pixels from the left edge of the picture.
    pub x_px: f32,
    /// Pixels from the upper edge of the picture.
    pub y_px: f32,
    /// How sure the network is, 0 to 1.
    pub score: f32,
}

/// All people a tracker sees at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct People {
    /// The tracker.
    pub sensor: SensorId,
    /// When the pictures were taken.
    pub time: Time,
    /// Who was seen; nobody is a statement too.
    pub people: Vec<Person>,
}

/// One person: a stable track and where their body is.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Who, as far as the tracker knows.
    pub track: TrackId,
    /// The joints that were seen.
    pub keypoints: Vec<Keypoint>,
    /// What is in the hands.
    pub holding: Holding,
}

/// How probable it is that the left and the right hand hold something, whatever it is, 0 to 1, as a network that looks at
/// hands says; `None` of a hand that it did not see, or without such a network.
pub type Holding = [Option<f32>; 2];

impl Person {
    /// The position of a joint in store coordinates, metres, if it was seen.
    pub fn joint(&self, joint: Joint) -> Option<DVec3> {
        self.keypoints.iter().find(|keypoint| keypoint.joint == joint).map(|keypoint| keypoint.position)
    }
}

/// One joint of a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keypoint {
    /// Which joint.
    pub joint: Joint,
    /// Where, in store coordinates, metres.
    pub position: DVec3,
    /// How sure the tracker is, 0 to 1.
    pub score: f32,
}

/// A joint of the body; left and right are the person's own. The head is the middle of the head, the neck its base,
/// the middle of the hips where the spine ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Joint {
    Head,
    Neck,
    LeftShoulder,
    RightShoulder,
    LeftElbow,
    RightElbow,
    LeftWrist,
    RightWrist,
    LeftHip,
    RightHip,
    LeftKnee,
    RightKnee,
    LeftAnkle,
    RightAnkle,
    Nose,
    LeftEye,
    RightEye,
    LeftEar,
    RightEar,
    MiddleHip,
}

impl Joint {
    /// All joints, each at the place of its number (`joint as usize`).
    pub const ALL: [Self; 20] = [
        Self::Head,
        Self::Neck,
        Self::LeftShoulder,
        Self::RightShoulder,
        Self::LeftElbow,
        Self::RightElbow,
        Self::LeftWrist,
        Self::RightWrist,
        Self::LeftHip,
        Self::RightHip,
        Self::LeftKnee,
        Self::RightKnee,
        Self::LeftAnkle,
        Self::RightAnkle,
        Self::Nose,
        Self::LeftEye,
        Self::RightEye,
        Self::LeftEar,
        Self::RightEar,
        Self::MiddleHip,
    ];
}

/// A credential shown at a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// The gate.
    pub gate: SensorId,
    /// When it was shown.
    pub time: Time,
    /// What kind it is.
    pub kind: CredentialKind,
    /// The reader's opaque token: never a card number.
    pub token: String,
}

/// What a shopper enters with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// A payment card or its wallet.
    Card,
    /// A palm.
    Palm,
    /// A code on a phone.
    Code,
    /// A staff badge: the trip is not charged.
    Staff,
}

/// Somebody went through a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The gate.
    pub gate: SensorId,
    /// When.
    pub time: Time,
    /// Which way.
    pub direction: Direction,
    /// Who, if the sensor knows; else the track nearest the gate is taken.
    pub track: Option<TrackId>,
}

/// Which way somebody went through a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the store.
    In,
    /// Out of the store.
    Out,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(plates: u16, values: usize, interval: i64) -> Result<PlateBatch, RecordError> {
        let plates = (1..=plates).map(|plate| PlateId::new(1, 1, plate)).collect();
        PlateBatch::new("scale".into(), Time::from_nanos(1000), interval, plates, vec![f32::NAN; values])
    }

    #[test]
    fn a_batch_must_be_rectangular_and_advance() {
        assert!(batch(3, 12, 10).is_ok());
        assert_eq!(batch(3, 13, 10), Err(RecordError::Shape { values: 13, plates: 3 }));
        assert_eq!(batch(0, 0, 10), Err(RecordError::Empty));
        assert_eq!(batch(3, 12, 0), Err(RecordError::Interval { nanos: 0 }));
    }

    #[test]
    fn a_batch_is_captured_with_its_last_sample_and_equals_itself_with_nan() {
        let batch = batch(3, 12, 10).unwrap();
        assert_eq!((batch.sample_count(), batch.time()), (4, Time::from_nanos(1030)));
        assert_eq!(batch, batch.clone());
    }
}
