//! Measures how well living hands are told from pictures of them: `cargo run --release -p evaluation --example liveness -- HANDS SEED
//! [OUT.svg]`; with `fit` before HANDS it fits the weights instead, on seeds that are measured on nowhere.
//!
//! Each hand is shown once living and once by each kind of attack. Prints APCER by kind and BPCER by tone of skin (ISO/IEC 30107-3),
//! and draws the scores.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use evaluation::palms::{Errors, Presentation, Trial, balanced, fit, liveness_picture, present};
use palm::liveness::{Cue, THRESHOLD, score_with};
use simulator::palms::{Attack, Conditions};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_fit = arguments.first().is_some_and(|argument| argument == "fit");
    if is_fit {
        arguments.remove(0);
    }
    let number = |index: usize, default: u64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (hands, seed) = (number(0, 200)?, number(1, if is_fit { 7001 } else { 9001 })?);
    let threads = std::thread::available_parallelism()?.get();
    let presentations = show(&Trial { seed, hands, conditions: Conditions::CALM, threads })?;
    if is_fit {
        return weights(presentations);
    }
    report(&presentations);
    if let Some(out) = arguments.get(2) {
        std::fs::write(out, liveness_picture(&presentations, THRESHOLD))?;
    }
    Ok(())
}

fn show(trial: &Trial) -> Result<Vec<Presentation>, Box<dyn Error>> {
    let start = std::time::Instant::now();
    let progress = |done: u64| {
        let left = start.elapsed().mul_f64((trial.hands - done.min(trial.hands)) as f64 / done as f64);
        eprint!("\r{done} of {} hands, {} s left   ", trial.hands, left.as_secs());
        let _ = std::io::stderr().flush();
    };
    let presentations = present(trial, &progress)?;
    eprintln!();
    Ok(presentations)
}

/// Prints constants for `crates/palm/src/liveness/weights.rs`.
fn weights(mut presentations: Vec<Presentation>) -> Result<(), Box<dyn Error>> {
    let (margins, living) = fit(&presentations);
    let row = |values: &[f64]| {
        let texts: Vec<String> = values.iter().map(|value| format!("{value:.3}")).collect();
        texts.join(", ")
    };
    for margin in &margins {
        println!("Margin {{ bias: {:.3}, weights: [{}] }},", margin.bias, row(&margin.weights));
    }
    println!("LIVING: [{}]", row(&living));
    for presentation in &mut presentations {
        presentation.score = presentation.cues.map(|cues| score_with(&margins, &cues));
    }
    let threshold = balanced(&presentations);
    println!("THRESHOLD: {threshold:.3}");
    errors(&presentations, threshold);
    Ok(())
}

fn report(presentations: &[Presentation]) {
    errors(presentations, THRESHOLD);
    let living = || presentations.iter().filter(|shown| shown.attack.is_none());
    for (name, tones) in [("1–3 (light)", 1..=3), ("4–7", 4..=7), ("8–10 (dark)", 8..=10)] {
        let errors = Errors::count(living().filter(|shown| tones.contains(&shown.tone)), THRESHOLD);
        line(&format!("BPCER, skin {name}"), &errors);
    }
    let mut against: BTreeMap<&str, u64> = BTreeMap::new();
    for cue in presentations.iter().filter(|shown| shown.attack.is_some()).filter_map(|shown| shown.against) {
        *against.entry(cue.against()).or_default() += 1;
    }
    for (says, count) in against {
        println!("attacks told because {says}: {count}");
    }
}

fn errors(presentations: &[Presentation], threshold: f64) {
    let of = |kind| Errors::count(presentations.iter().filter(|shown| shown.attack == kind), threshold);
    line("BPCER (living hands turned away)", &of(None));
    for kind in Attack::ALL {
        line(&format!("APCER, {kind:?}"), &of(Some(kind)));
    }
    if std::env::var_os("CUES").is_some() {
        cues(presentations);
    }
}

/// Every presentation's cues, a line each.
fn cues(presentations: &[Presentation]) {
    println!("shown,tone,{}", Cue::ALL.map(|cue| format!("{cue:?}")).join(","));
    for presentation in presentations {
        if let Some(cues) = presentation.cues {
            let shown = presentation.attack.map_or("Living".into(), |attack| format!("{attack:?}"));
            println!(
                "{shown},{},{}",
                presentation.tone,
                cues.values().map(|value| format!("{value:.3}")).join(",")
            );
        }
    }
}

fn line(name: &str, errors: &Errors) {
    let without = errors.shown - errors.judged;
    println!(
        "{name:<40} {:>7.2} %  ({} of {}; {without} without a verdict)",
        100.0 * errors.rate(),
        errors.wrong,
        errors.judged
    );
}
