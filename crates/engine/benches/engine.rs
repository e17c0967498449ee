//! How long the engine takes for the recording of a real visit.
//!
//! Recipe: `cargo bench -p engine`. Input: the nanostore recording, imported and decoded beforehand (17 s,
//! 276 plate channels and two unused ones at 60 Hz, 291 pose messages), where it stands in
//! `../shared/data`; else a simulated visit. The peer in the same run, `scales`, is the part of the work
//! that looks at every sample; the published winner's Python takes about 1.2 s for the same 17 s.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use engine::Engine;
use model::{Notices, Record, Store};
use recording::{AutocheckoutOptions, RecordingReader, import_autocheckout};
use scales::Scales;
use simulator::{Script, play};

const NANOSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/nanostore");

fn input() -> (&'static str, Arc<Store>, Vec<Record>) {
    if !Path::new(NANOSTORE).exists() {
        let store = Arc::new(Store::from_toml(include_str!("../tests/shop.toml")).unwrap());
        let script = Script::default()
            .enter(1.0, "ann", "card-1")
            .take(8.0, "ann", "cola", 1, "1/1/3".parse().unwrap())
            .leave(12.0, "ann");
        let records = play(&store, &script, 1).unwrap().records;
        return ("simulated", store, records);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nanostore.mcap");
    import_autocheckout(Path::new(NANOSTORE), &file, &AutocheckoutOptions::default()).unwrap();
    let reader = RecordingReader::open(&file).unwrap();
    let store = Arc::clone(reader.store());
    ("nanostore", store, reader.map(Result::unwrap).collect())
}

fn bench(criterion: &mut Criterion) {
    let (name, store, records) = input();
    let mut group = criterion.benchmark_group(name);
    group.bench_function("engine", |bencher| {
        bencher.iter_batched(
            || records.clone(),
            |records| {
                let (mut engine, mut events) = (Engine::new(Arc::clone(&store)), Vec::new());
                for record in records {
                    engine.push(record, &mut events);
                }
                engine.finish(&mut events);
                black_box(events.len())
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function("scales", |bencher| {
        bencher.iter(|| {
            let mut scales = Scales::new(Arc::clone(&store));
            let (mut notices, mut events) = (Notices::default(), Vec::new());
            for record in &records {
                if let Record::Plates(batch) = record {
                    scales.push(batch, &mut notices, &mut events);
                }
            }
            black_box(events.len())
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
