//! Measures how well palms are told apart: `cargo run --release -p evaluation --example palms -- PEOPLE LOOKS SEED [OUT.html]`.
//!
//! PEOPLE are enrolled, a tenth as many more are strangers, and up to 500 more show both hands. Prints the figures and what is
//! asked, and writes a page and, beside it, the curve of errors as OUT.svg.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::error::Error;
use std::io::Write;

use evaluation::palms::{
    Collected, Hands, Measures, Options, Rates, STRICT, Thresholds, by_size, by_tone, collect, det_picture,
    fusion, identify, page, templates,
};
use palm::{Protection, SecretKey, Side};
use simulator::palms::Conditions;

/// Looks that a palm is enrolled with.
const ENROL: usize = 3;
/// People who show both hands, at most.
const BOTH_MOST: u64 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (people, looks, seed) = (number(0, 1000)?, number(1, 10)?, number(2, 1001)?);
    let threads = std::thread::available_parallelism()?.get();
    let options = Options {
        seed,
        people,
        looks: looks as usize,
        hands: Hands::Alternate,
        conditions: Conditions::STRONG,
        threads,
    };
    let collected = read(&options)?;
    let strangers = read(&Options { seed: seed ^ 0xFFFF, people: (people / 10).max(1), ..options })?;
    let both = Options { people: people.min(BOTH_MOST), seed: seed ^ 0xFFF, ..options };
    let [left, right] = [Hands::Left, Hands::Right].map(|hands| read(&Options { hands, ..both }));

    let secret = SecretKey::from_bytes([7; 32]);
    let [protection, other] =
        [Side::Right, Side::Left].map(|side| Protection::new(&secret, "evaluation", side, 1));
    // One side's rotation for all, so that left and right hands are compared as strangers too.
    let kept = templates(&collected.people, &protection);
    let rates = Rates::of_templates(&kept, threads);
    let thresholds =
        Thresholds { asked: rates.at_false_matches(1e-6).0, strict: rates.genuine.threshold(1.0 - STRICT) };
    let groups = by_tone(&collected.people, &kept, thresholds)
        .into_iter()
        .chain(by_size(&collected.people, &kept, thresholds))
        .collect();
    let measures = Measures {
        bare: Rates::of_embeddings(&collected.people, threads),
        kept: rates,
        searches: [1, 2]
            .map(|hover| identify(&collected.people, &strangers.people, (ENROL, hover), &protection)),
        groups,
        fusion: fusion(&left?.people, &right?.people, ENROL, [&other, &protection]),
        collected,
    };
    println!("{}", measures.basis());
    for [name, value, asked] in measures.rows() {
        println!("{name:<58} {value:>28} {asked:>10}");
    }
    for (said, count) in &measures.collected.refused {
        println!("refused: {said:<36} {count:>8}");
    }
    if let Some(out) = arguments.get(3) {
        let command =
            format!("cargo run --release -p evaluation --example palms -- {people} {looks} {seed} {out}");
        std::fs::write(out, page(&measures, &command))?;
        std::fs::write(std::path::Path::new(out).with_extension("svg"), det_picture(&measures.curves()))?;
    }
    Ok(())
}

fn read(options: &Options) -> Result<Collected, Box<dyn Error>> {
    let start = std::time::Instant::now();
    let total = options.people;
    let progress = |done: u64| {
        if done.is_multiple_of(50) || done == total {
            let left = start.elapsed().mul_f64((total - done) as f64 / done as f64);
            eprint!("\r{done} of {total} people, {} s left   ", left.as_secs());
            let _ = std::io::stderr().flush();
        }
    };
    let collected = collect(options, &progress)?;
    eprintln!();
    Ok(collected)
}
