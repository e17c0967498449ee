//! How many samples a second one core takes.
//!
//! Recipe: `cargo bench -p scales`. Input: 17.2 s of 276 plates at 60 Hz in batches of 12 samples (the
//! size of the nanostore recording), with noise, ringing and a take every second, from a fixed seed. The
//! peer in the same run, `sum`, only adds the samples up: the least that any method has to do.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{Notices, PlateBatch, PlateId, SensorId, Store, Time};
use scales::Scales;

const GONDOLAS: u16 = 4;
const SHELVES: u16 = 6;
const PLATES: [u16; 4] = [12, 11, 12, 11];
const INTERVAL_NANOS: i64 = 16_666_667;
const BATCHES: usize = 86;

fn store() -> Arc<Store> {
    let mut text = String::from("schema = \"saunter-store/1\"\nname = \"Bench\"\ncurrency = \"EUR\"\n");
    for gondola in 1..=GONDOLAS {
        text += &format!("[[gondola]]\nid = {gondola}\norigin_m = [0.0, 0.0, 0.0]\n");
        for shelf in 1..=SHELVES {
            let plates: Vec<String> = (1..=PLATES[usize::from(gondola) - 1])
                .map(|id| format!("{{ id = {id}, origin_m = [{}.0, 0.0], size_m = [1.0, 1.0] }}", id))
                .collect();
            text += &format!(
                "[[gondola.shelf]]\nid = {shelf}\norigin_m = [0.0, 0.0, {shelf}.0]\nsize_m = [20.0, 1.0, 1.0]\n\
                 plates = [{}]\n",
                plates.join(", ")
            );
        }
    }
    Arc::new(Store::from_toml(&text).unwrap())
}

fn batches() -> Vec<PlateBatch> {
    let mut state = 1_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let mut batches = Vec::new();
    for number in 0..BATCHES {
        for gondola in 1..=GONDOLAS {
            let width = PLATES[usize::from(gondola) - 1];
            let plates: Arc<[PlateId]> = (1..=SHELVES)
                .flat_map(|shelf| (1..=width).map(move |plate| PlateId::new(gondola, shelf, plate)))
                .collect();
            let columns = plates.len();
            let grams = (0..12 * columns)
                .map(|value| {
                    let seconds = (number * 12 + value / columns) as f32 / 60.0;
                    let taken = if value % columns == seconds as usize { 300.0 } else { 0.0 };
                    2000.0 - taken + 4.0 * uniform() + 3.0 * libm::sinf(seconds * 30.0)
                })
                .collect();
            let first = Time::from_nanos(number as i64 * 12 * INTERVAL_NANOS);
            let sensor = SensorId::from(format!("gondola-{gondola}").as_str());
            batches.push(PlateBatch::new(sensor, first, INTERVAL_NANOS, plates, grams).unwrap());
        }
    }
    batches
}

fn bench(criterion: &mut Criterion) {
    let (store, batches) = (store(), batches());
    let samples: usize = batches.iter().map(|batch| batch.grams().len()).sum();
    let mut group = criterion.benchmark_group("scales");
    group.throughput(Throughput::Elements(samples as u64));
    group.bench_function("scales", |bencher| {
        bencher.iter(|| {
            let (mut scales, mut notices, mut events) =
                (Scales::new(Arc::clone(&store)), Notices::default(), Vec::new());
            for batch in &batches {
                scales.push(batch, &mut notices, &mut events);
            }
            black_box(events.len())
        });
    });
    group.bench_function("sum", |bencher| {
        bencher.iter(|| black_box(batches.iter().flat_map(PlateBatch::grams).sum::<f32>()));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
