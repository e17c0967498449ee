//! How long it takes to find a palm.
//!
//! Recipe: `cargo bench -p palm --bench search`. Input: a million synthetic palms of one side (directions spread evenly)
//! and probes at a cosine of about 0.8 from their palm, of about 0.5, and of strangers. The peer in the same run,
//! `naive`, is the exhaustive search that the tests hold the fast one to. Against FAISS: `benches/compare_faiss.py`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use palm::search::{Kernel, Wanted, naive};
use palm::{Gallery, PersonId, Protection, SecretKey, Side, Template};

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;
use synthetic::Palms;

const PALMS: u64 = 1_000_000;
const WANTED: Wanted = Wanted { count: 10, similarity_min: 0.0 };

fn bench(criterion: &mut Criterion) {
    let protection = Protection::new(&SecretKey::from_bytes([1; 32]), "bench", Side::Left, 1);
    let mut palms = Palms::new(1);
    let mut easy = Vec::new();
    let mut hard = Vec::new();
    let enrolled: Vec<(PersonId, Template)> = (0..PALMS)
        .map(|person| {
            let palm = palms.stranger();
            if person % 10_000 == 5_000 {
                easy.push(protection.protect(&palms.mate(&palm, 0.8)));
                hard.push(protection.protect(&palms.mate(&palm, 0.5)));
            }
            (PersonId(person), protection.protect(&palm))
        })
        .collect();
    let strangers: Vec<_> = (0..100).map(|_| protection.protect(&palms.stranger())).collect();

    let mut group = criterion.benchmark_group("search a million");
    group.sample_size(50).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    let fill = |kernel| {
        let mut gallery = Gallery::with_kernel(kernel);
        enrolled.iter().for_each(|(person, template)| _ = gallery.insert(*person, template));
        gallery
    };
    let gallery = fill(Kernel::fastest());
    for (name, probes) in [("mate at 0.8", &easy), ("mate at 0.5", &hard), ("stranger", &strangers)] {
        let mut next = probes.iter().cycle();
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || next.next().unwrap(),
                |probe| black_box(gallery.search(probe, WANTED)),
                BatchSize::SmallInput,
            );
        });
    }
    group.sample_size(10);
    group.bench_function("100 strangers at once", |bencher| {
        bencher.iter(|| black_box(gallery.search_many(&strangers, WANTED, 1)));
    });
    group.bench_function("naive", |bencher| {
        bencher.iter(|| black_box(naive::search(&enrolled, &easy[0], WANTED)));
    });
    drop(gallery);
    for kernel in Kernel::available() {
        let gallery = fill(kernel);
        group.bench_function(format!("mate at 0.8, {kernel:?}"), |bencher| {
            bencher.iter(|| black_box(gallery.search(&easy[0], WANTED)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
