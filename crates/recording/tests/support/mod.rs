//! What the tests share: a small store and recordings made in it.

#![allow(dead_code, reason = "each test file uses a part")]

use std::path::Path;
use std::sync::Arc;

use model::{
    Credential, CredentialKind, DVec3, Direction, Joint, Keypoint, Passage, People, Person, PlateBatch,
    PlateId, Record, Store, Time, TrackId,
};
use recording::{ReadError, RecordingReader, RecordingWriter};

/// When the recordings of the tests begin, nanoseconds.
pub(crate) const START: i64 = 1_587_531_994_000_000_000;

const STORE: &str = r#"
    schema = "saunter-store/1"
    name = "Corner"
    currency = "EUR"
    [[gate]]
    id = "door"
    [[gondola]]
    id = 1
    origin_m = [4.0, 0.0, 0.0]
    [[gondola.shelf]]
    id = 1
    origin_m = [0.0, 0.0, 1.0]
    size_m = [0.4, 0.4, 0.3]
    plates = [{ id = 1, origin_m = [0.0, 0.0], size_m = [0.2, 0.4] }]
    [[facing]]
    product = "tea"
    plates = ["1/1/1"]
    [[product]]
    id = "tea"
    name = "Tea"
"#;

pub(crate) fn store() -> Store {
    Store::from_toml(STORE).unwrap()
}

/// A few seconds of two scale controllers, a tracker and a gate.
pub(crate) fn records(batches: i64) -> Vec<Record> {
    let plates: Arc<[PlateId]> = (1..=12).map(|plate| PlateId::new(1, 1, plate)).collect();
    let mut records = vec![
        Record::Credential(Credential {
            gate: "door".into(),
            time: Time::from_nanos(START),
            kind: CredentialKind::Card,
            token: "7f3a".to_owned(),
        }),
        Record::Passage(Passage {
            gate: "door".into(),
            time: Time::from_nanos(START + 1),
            direction: Direction::In,
            track: Some(TrackId(u64::MAX)),
        }),
    ];
    for number in 0..batches {
        let time = Time::from_nanos(START + number * 200_000_000);
        for sensor in ["left", "right"] {
            let grams = (0..144).map(|value| noise(number * 144 + value)).collect();
            let batch = PlateBatch::new(sensor.into(), time, 16_666_667, Arc::clone(&plates), grams);
            records.push(Record::Plates(batch.unwrap()));
        }
        let keypoint = Keypoint { joint: Joint::LeftWrist, position: DVec3::new(0.1, -0.2, 1.3), score: 0.5 };
        let person = Person { track: TrackId(3), keypoints: vec![keypoint], holding: [None; 2] };
        records.push(Record::People(People { sensor: "tracker".into(), time, people: vec![person] }));
    }
    records
}

/// Values that do not compress well, and now and then no number.
fn noise(seed: i64) -> f32 {
    let mixed = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    if mixed.is_multiple_of(97) { f32::NAN } else { mixed as f32 / 1000.0 }
}

pub(crate) fn write(path: &Path, records: &[Record]) {
    let mut writer = RecordingWriter::create(path, &store()).unwrap();
    for record in records {
        writer.write(record).unwrap();
    }
    writer.finish().unwrap();
}

/// All records of a recording, up to the first error.
pub(crate) fn read(path: &Path) -> Result<Vec<Record>, ReadError> {
    RecordingReader::open(path)?.collect()
}
