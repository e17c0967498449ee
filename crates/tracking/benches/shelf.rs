//! A set of pictures of the Shelf data set, five cameras and up to four people, from keypoints to people:
//! `cargo bench -p tracking`. Reading and grouping of parts are not in it. The strongest open peer needs about 9 ms.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use model::View;
use tracking::{Camera, Tracker, shelf_cameras, shelf_views};

fn shelf(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/shelf");
    let Ok(calibration) = std::fs::read_to_string(folder.join("calibration.json")) else {
        return println!("skipped: {} is absent", folder.display());
    };
    let files = shelf_cameras(&calibration).unwrap();
    let cameras: Vec<Camera> = files.iter().map(|file| Camera::new(file).unwrap()).collect();
    let packed = std::fs::File::open(folder.join("detections.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut sets: BTreeMap<u32, Vec<View>> = BTreeMap::new();
    for (frame, view) in shelf_views(&text).unwrap() {
        sets.entry(frame).or_default().push(view);
    }
    // From frame 450 on four people are there.
    let (before, measured): (Vec<_>, Vec<_>) = sets.into_iter().partition(|(frame, _)| *frame < 450);
    let mut tracker = Tracker::new(cameras.clone());
    for (_, views) in &before {
        tracker.step(views);
    }
    let mut group = criterion.benchmark_group("shelf");
    group.throughput(Throughput::Elements(measured.len() as u64));
    group.bench_function("sets of 5 cameras and 4 people", |bencher| {
        bencher.iter_batched_ref(
            || tracker.clone(),
            |tracker| measured.iter().for_each(|(_, views)| drop(tracker.step(views))),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, shelf);
criterion_main!(benches);
