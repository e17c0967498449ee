//! Measures how well living hands are told from pictures of them: `cargo run --release -p evaluation --example liveness -- HANDS SEED
//! [OUT.html]`; with `lit` before HANDS the kiosk lights what is before it; with `fit` before that it fits the weights instead, on seeds that
//! are measured on nowhere.
//!
//! Each hand is shown once living and once by each kind of attack, calmly and under strong changes. Prints APCER by kind and BPCER by
//! tone of skin and width of the palm (ISO/IEC 30107-3), and writes a page.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use evaluation::palms::{Fitted, Measured, Presentation, Trial, fit, liveness_page, present};
use palm::liveness::Weights;
use simulator::palms::Conditions;

/// What is added to the seed for hands under strong changes: they are other hands.
const STRONG_SEED: u64 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_fit = arguments.first().is_some_and(|argument| argument == "fit");
    if is_fit {
        arguments.remove(0);
    }
    let is_lit = arguments.first().is_some_and(|argument| argument == "lit");
    if is_lit {
        arguments.remove(0);
    }
    let number = |index: usize, default: u64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (hands, seed) = (number(0, 200)?, number(1, if is_fit { 7001 } else { 9001 })?);
    let threads = std::thread::available_parallelism()?.get();
    let mut measured = Vec::new();
    for (name, seed, conditions) in [
        ("Held calmly", seed, Conditions::CALM),
        ("Strong changes of pose and light", seed + STRONG_SEED, Conditions::STRONG),
    ] {
        measured.push(Measured {
            name,
            presentations: show(name, Trial { seed, hands, conditions, is_lit, is_fit, threads })?,
        });
    }
    if is_fit {
        weights(&mut measured);
        return Ok(());
    }
    let threshold = Weights::of(is_lit).threshold;
    report(&measured, threshold);
    reasons(&measured);
    if let Some(out) = arguments.get(2) {
        let lit = if is_lit { "lit " } else { "" };
        let command =
            format!("cargo run --release -p evaluation --example liveness -- {lit}{hands} {seed} {out}");
        std::fs::write(out, liveness_page(&measured, threshold, &command))?;
    }
    Ok(())
}

fn show(name: &str, trial: Trial) -> Result<Vec<Presentation>, Box<dyn Error>> {
    let (start, hands) = (std::time::Instant::now(), trial.hands);
    let progress = |done: u64| {
        let left = start.elapsed().mul_f64((hands - done.min(hands)) as f64 / done as f64);
        eprint!("\r{name}: {done} of {hands} hands, {} s left   ", left.as_secs());
        let _ = std::io::stderr().flush();
    };
    let presentations = present(&trial, &progress)?;
    eprintln!();
    Ok(presentations)
}

/// Prints constants for `crates/palm/src/liveness/weights.rs`, and the errors on hands that weights were not fitted to.
fn weights(measured: &mut [Measured]) {
    let mut all: Vec<Presentation> = measured.iter().flat_map(|part| part.presentations.clone()).collect();
    let calm = measured[0].presentations.len();
    let Fitted { margins, living, threshold } = fit(&mut all, |number| number < calm);
    let row = |values: &[f64]| {
        let texts: Vec<String> = values.iter().map(|value| format!("{value:.2}")).collect();
        texts.join(", ")
    };
    for margin in &margins {
        println!("Margin {{ bias: {:.2}, weights: [{}] }},", margin.bias, row(&margin.weights));
    }
    println!("LIVING: [{}]", row(&living));
    println!("THRESHOLD: {threshold:.2}");
    measured[1].presentations = all.split_off(calm);
    measured[0].presentations = all;
    report(measured, threshold);
}

fn report(measured: &[Measured], threshold: f64) {
    for part in measured {
        println!("{}", part.name);
        for [name, share, interval, counts, asked] in part.rows(threshold) {
            println!("  {name:<32} {share:>8}  {interval:<18} {counts:<40} {asked}");
        }
    }
}

/// What spoke against the attacks.
fn reasons(measured: &[Measured]) {
    let mut against: BTreeMap<&str, u64> = BTreeMap::new();
    let shown = measured.iter().flat_map(|part| &part.presentations).filter(|shown| shown.attack.is_some());
    for cue in shown.filter_map(|shown| shown.against) {
        *against.entry(cue.against()).or_default() += 1;
    }
    for (says, count) in against {
        println!("attacks told because {says}: {count}");
    }
}
