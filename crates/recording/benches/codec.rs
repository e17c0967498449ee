//! How fast a recording is read, beside the bare `mcap` message reader that decodes nothing.
//!
//! Recipe: `cargo bench -p recording`. Makes a minute of four scale controllers (72 plates each, 60 Hz,
//! five batches a second) and of a tracker (15 Hz, two people of 14 joints) in a temporary file, and reads
//! it from the page cache. Figures are bytes of the (compressed) file; divide by the printed size for
//! recordings a second.
#![allow(missing_docs, reason = "criterion's macros make an undocumented function")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench has nobody to tell otherwise")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{DVec3, Joint, Keypoint, People, Person, PlateBatch, PlateId, Record, Store, Time, TrackId};
use recording::{RecordingReader, RecordingWriter};

const SECONDS: i64 = 60;
const NANOS: i64 = 1_000_000_000;
const JOINTS: [Joint; 14] = [
    Joint::Head,
    Joint::Neck,
    Joint::LeftShoulder,
    Joint::RightShoulder,
    Joint::LeftElbow,
    Joint::RightElbow,
    Joint::LeftWrist,
    Joint::RightWrist,
    Joint::LeftHip,
    Joint::RightHip,
    Joint::LeftKnee,
    Joint::RightKnee,
    Joint::LeftAnkle,
    Joint::RightAnkle,
];

/// Noise as of a load cell: a few grams around a kilogram.
struct Noise(u64);

impl Noise {
    fn grams(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        1000.0 + (self.0 >> 40) as f32 / (1 << 24) as f32 * 4.0
    }
}

fn plates(noise: &mut Noise) -> Vec<Record> {
    let mut records = Vec::new();
    for gondola in 1..=4 {
        let columns: Arc<[PlateId]> = (1..=6)
            .flat_map(|shelf| (1..=12).map(move |plate| PlateId::new(gondola, shelf, plate)))
            .collect();
        for number in 0..SECONDS * 5 {
            let first = Time::from_nanos(number * NANOS / 5);
            let grams = (0..12 * columns.len()).map(|_| noise.grams()).collect();
            let sensor = format!("gondola-{gondola}").as_str().into();
            let batch = PlateBatch::new(sensor, first, NANOS / 60, Arc::clone(&columns), grams);
            records.extend(batch.map(Record::Plates));
        }
    }
    records
}

fn people(noise: &mut Noise) -> Vec<Record> {
    let mut person = |track| Person {
        track: TrackId(track),
        keypoints: JOINTS
            .map(|joint| Keypoint { joint, position: DVec3::splat(noise.grams().into()), score: 0.9 })
            .to_vec(),
        holding: [None; 2],
    };
    let look = |number| People {
        sensor: "tracker".into(),
        time: Time::from_nanos(number * NANOS / 15),
        people: vec![person(1), person(2)],
    };
    (0..SECONDS * 15).map(look).map(Record::People).collect()
}

/// Writes the recording; gives the number of its records.
fn generate(path: &Path) -> u64 {
    let store =
        Store::from_toml("schema = \"saunter-store/1\"\nname = \"Bench\"\ncurrency = \"EUR\"").unwrap();
    let mut noise = Noise(1);
    let mut records = plates(&mut noise);
    records.extend(people(&mut noise));
    records.sort_by_key(Record::time);
    let mut writer = RecordingWriter::create(path, &store).unwrap();
    for record in &records {
        writer.write(record).unwrap();
    }
    writer.finish().unwrap();
    records.len() as u64
}

fn read(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.mcap");
    let records = generate(&path);
    let bytes = fs::metadata(&path).unwrap().len();
    println!("{records} records of {SECONDS} s in {bytes} bytes");
    for (unit, throughput) in
        [("bytes", Throughput::Bytes(bytes)), ("records", Throughput::Elements(records))]
    {
        let mut group = criterion.benchmark_group(format!("read/{unit}"));
        group.throughput(throughput);
        group.bench_function("recording", |bencher| {
            bencher.iter(|| {
                let count = RecordingReader::open(&path).unwrap().map(Result::unwrap).map(black_box).count();
                assert_eq!(count as u64, records);
            });
        });
        group.bench_function("mcap without decoding", |bencher| {
            bencher.iter(|| {
                let file = BufReader::new(File::open(&path).unwrap());
                let messages = mcap::io::MessageReader::new(file).map(Result::unwrap).map(black_box);
                assert_eq!(messages.count() as u64, records + 1, "the store is a message too");
            });
        });
        group.finish();
    }
}

criterion_group!(benches, read);
criterion_main!(benches);
