//! What is written is read again, unchanged, by us and by any MCAP reader.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::fs;
use std::sync::Arc;

use model::{
    Credential, CredentialKind, DVec3, Direction, Holding, Joint, Keypoint, Passage, People, Person,
    PlateBatch, PlateId, Record, SensorId, Time, TrackId, View, ViewKeypoint, ViewPerson,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use recording::{RecordingReader, RecordingWriter, WriteError};
use support::{read, records, store, write};

fn a_time() -> impl Strategy<Value = Time> {
    (0..i64::MAX / 2).prop_map(Time::from_nanos)
}

fn a_sensor() -> impl Strategy<Value = SensorId> {
    "[a-z /]{1,8}|passage|\\PC{1,4}".prop_map(|name| SensorId::from(name.as_str()))
}

fn a_batch() -> impl Strategy<Value = Record> {
    let columns = btree_set((any::<u16>(), 0..9u16, 0..99u16), 1..5);
    let shape = (columns, 1..4usize);
    let values = shape.prop_flat_map(|(columns, samples)| {
        let count = columns.len() * samples;
        (Just(columns), vec(any::<u32>().prop_map(f32::from_bits), count))
    });
    (a_sensor(), a_time(), 1..=60_000_000_000i64, values).prop_map(
        |(sensor, time, interval, (columns, grams))| {
            let plates =
                columns.into_iter().map(|(gondola, shelf, plate)| PlateId::new(gondola, shelf, plate));
            Record::Plates(PlateBatch::new(sensor, time, interval, plates.collect(), grams).unwrap())
        },
    )
}

fn holding() -> impl Strategy<Value = Holding> {
    [option::of(0.0..=1.0_f32), option::of(0.0..=1.0_f32)]
}

fn people() -> impl Strategy<Value = Record> {
    let finite = -1e6..1e6f64;
    let place = (finite.clone(), finite.clone(), finite, 0.0..=1.0f32);
    let keypoints = btree_map(0..Joint::ALL.len(), place, 0..Joint::ALL.len());
    let person = (keypoints, holding());
    (a_sensor(), a_time(), btree_map(any::<u64>(), person, 0..3)).prop_map(|(sensor, time, people)| {
        let keypoint = |(joint, (x, y, z, score)): (usize, (f64, f64, f64, f32))| Keypoint {
            joint: Joint::ALL[joint],
            position: DVec3::new(x, y, z),
            score,
        };
        let people = people.into_iter().map(|(track, (keypoints, holding))| Person {
            track: TrackId(track),
            keypoints: keypoints.into_iter().map(keypoint).collect(),
            holding,
        });
        Record::People(People { sensor, time, people: people.collect() })
    })
}

fn a_view() -> impl Strategy<Value = Record> {
    let place = (-1e6..1e6_f32, -1e6..1e6_f32, 0.0..=1.0_f32);
    let keypoints = btree_map(0..Joint::ALL.len(), place, 0..Joint::ALL.len());
    let person = (keypoints, holding()).prop_map(|(keypoints, holding)| {
        let keypoint =
            |(joint, (x_px, y_px, score))| ViewKeypoint { joint: Joint::ALL[joint], x_px, y_px, score };
        ViewPerson { keypoints: keypoints.into_iter().map(keypoint).collect(), holding }
    });
    (a_sensor(), a_time(), vec(person, 0..3))
        .prop_map(|(camera, time, people)| Record::View(View { camera, time, people }))
}

fn at_a_gate() -> impl Strategy<Value = Record> {
    let kind = prop_oneof![
        Just(CredentialKind::Card),
        Just(CredentialKind::Palm),
        Just(CredentialKind::Code),
        Just(CredentialKind::Staff)
    ];
    let direction = prop_oneof![Just(Direction::In), Just(Direction::Out)];
    prop_oneof![
        (a_sensor(), a_time(), kind, "\\PC{0,9}")
            .prop_map(|(gate, time, kind, token)| Record::Credential(Credential { gate, time, kind, token })),
        (a_sensor(), a_time(), direction, any::<Option<u64>>()).prop_map(|(gate, time, direction, track)| {
            Record::Passage(Passage { gate, time, direction, track: track.map(TrackId) })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_record_survives_the_file(records in vec(prop_oneof![a_batch(), people(), a_view(), at_a_gate()], 0..30)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.mcap");
        write(&path, &records);
        let mut reader = RecordingReader::open(&path).unwrap();
        prop_assert_eq!(&**reader.store(), &store());
        let read: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
        prop_assert_eq!(read, records);
        prop_assert!(reader.notices().is_empty());
    }
}

#[test]
fn a_joint_without_a_place_is_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("joint.mcap");
    let position = DVec3::new(f64::NAN, f64::INFINITY, 0.0);
    let keypoints = vec![Keypoint { joint: Joint::Head, position, score: 1.0 }];
    let people = vec![Person { track: TrackId(1), keypoints, holding: [None; 2] }];
    let record = Record::People(People { sensor: "tracker".into(), time: Time::from_nanos(1), people });
    write(&path, std::slice::from_ref(&record));
    assert_eq!(format!("{:?}", read(&path).unwrap()), format!("{:?}", [record]));
}

#[test]
fn batches_of_a_channel_share_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.mcap");
    write(&path, &records(3));
    let records = read(&path).unwrap().into_iter();
    let batches: Vec<PlateBatch> = records
        .filter_map(|record| match record {
            Record::Plates(batch) if batch.sensor().as_str() == "left" => Some(batch),
            _ => None,
        })
        .collect();
    assert!(batches.windows(2).all(|pair| Arc::ptr_eq(pair[0].plates(), pair[1].plates())));
    assert_eq!(batches.len(), 3);
}

#[test]
fn a_recording_is_an_mcap_file_that_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.mcap");
    let records = records(2);
    write(&path, &records);
    let bytes = fs::read(&path).unwrap();
    let messages: Vec<_> = mcap::MessageStream::new(&bytes).unwrap().map(Result::unwrap).collect();
    let topics: Vec<&str> = messages.iter().map(|message| message.channel.topic.as_str()).collect();
    let (gate, batch) =
        (["/gates/door/credential", "/gates/door/passage"], ["/plates/left", "/plates/right"]);
    let people = ["/people/tracker"];
    assert_eq!(topics, [&["/store"][..], &gate, &batch, &people, &batch, &people].concat());
    for message in &messages {
        let schema = message.channel.schema.as_ref().unwrap();
        assert_eq!(
            (schema.encoding.as_str(), message.channel.message_encoding.as_str()),
            ("protobuf", "protobuf")
        );
        assert!(schema.name.starts_with("saunter.v1.") && !schema.data.is_empty());
    }
    for (message, record) in messages[1..].iter().zip(&records) {
        assert_eq!(message.log_time as i64, record.time().nanos(), "{}", message.channel.topic);
    }
    assert_eq!(messages[0].log_time, messages[1].log_time, "the store is as old as the first record");
    assert_eq!(messages[6].sequence, 1, "messages are numbered by channel");
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.mcap"), folder.path().join("two.mcap"));
    write(&one, &records(40));
    write(&two, &records(40));
    assert!(fs::read(one).unwrap() == fs::read(two).unwrap());
}

#[test]
fn an_empty_recording_holds_its_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.mcap");
    write(&path, &[]);
    assert_eq!(**RecordingReader::open(&path).unwrap().store(), store());
    assert_eq!(read(&path).unwrap(), []);
}

#[test]
fn progress_ends_at_the_length_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("progress.mcap");
    write(&path, &records(40));
    let mut reader = RecordingReader::open(&path).unwrap();
    let total = fs::metadata(&path).unwrap().len();
    assert!(reader.progress().0 < total);
    assert!(reader.by_ref().all(|record| record.is_ok()));
    assert_eq!(reader.progress(), (total, total));
}

#[test]
fn a_thread_of_its_own_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thread.mcap");
    write(&path, &records(40));
    let reader = RecordingReader::open(&path).unwrap();
    assert_eq!(std::thread::spawn(move || reader.count()).join().unwrap(), 122);
}

#[test]
fn nothing_stands_at_the_path_until_the_recording_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.mcap");
    fs::write(&path, "what stood here").unwrap();
    let mut writer = RecordingWriter::create(&path, &store()).unwrap();
    for record in records(2000) {
        writer.write(&record).unwrap();
    }
    assert_eq!(fs::read(&path).unwrap(), b"what stood here");
    drop(writer);
    assert_eq!(fs::read(&path).unwrap(), b"what stood here");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn what_no_reader_could_take_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wrong.mcap");
    let mut writer = RecordingWriter::create(&path, &store()).unwrap();
    let plates: Arc<[PlateId]> = [PlateId::new(1, 1, 1), PlateId::new(1, 1, 1)].into();
    let batch = PlateBatch::new("left".into(), Time::from_nanos(5), 1, plates, vec![0.0; 2]).unwrap();
    let person = Person { track: TrackId(1), keypoints: vec![], holding: [None; 2] };
    let twice =
        People { sensor: "tracker".into(), time: Time::from_nanos(5), people: vec![person.clone(), person] };
    let nameless = People { sensor: "".into(), time: Time::from_nanos(5), people: vec![] };
    let early = People { sensor: "tracker".into(), time: Time::from_nanos(-5), people: vec![] };
    let keypoint = ViewKeypoint { joint: Joint::Nose, x_px: 3.0, y_px: 4.0, score: 1.0 };
    let view = |keypoints| {
        let people = vec![ViewPerson { keypoints, holding: [None; 2] }];
        Record::View(View { camera: "north".into(), time: Time::from_nanos(5), people })
    };
    for (record, says) in [
        (view(vec![keypoint; 2]), "sees Nose of one person twice"),
        (view(vec![ViewKeypoint { x_px: f32::NAN, ..keypoint }]), "has Nose at (NaN, 4)"),
        (view(vec![ViewKeypoint { score: 1.5, ..keypoint }]), "with the score 1.5"),
        (Record::Plates(batch), "names plate 1/1/1 twice"),
        (Record::People(twice), "sees track 1 twice"),
        (Record::People(nameless), "names no sensor"),
        (Record::People(early), "-5 ns"),
    ] {
        let error = writer.write(&record).unwrap_err();
        assert!(matches!(error, WriteError::Record { .. }));
        assert!(error.to_string().contains(says), "{error}");
    }
    let good = records(1);
    for record in &good {
        writer.write(record).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(read(&path).unwrap(), good, "a refused record does no harm to those that follow");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = RecordingWriter::create("/no/such/folder/a.mcap".as_ref(), &store()).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder/a.mcap"), "{error}");
    assert!(error.to_string().contains("No such file or directory"), "{error}");
}
