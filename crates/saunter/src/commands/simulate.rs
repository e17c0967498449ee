//! `saunter simulate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use evaluation::{Suite, scene_name};
use simulator::scenarios::{Fault, scene_at};

use super::refuse_to_overwrite;
use super::scene_files::{Eyes, make_folder, write_scene};
use crate::render::text;
use crate::screen::Screen;

/// Write simulated scenes as recordings, with what really happened beside each
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The scenarios: all, or names with commas between, such as solo,crowd
    suite: String,
    /// Seed of all scenes: the same seed makes the same files
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many scenes of each scenario, each with at least one visit
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    visits: u64,
    /// Who sees the people: a tracker, ready-made, or the single cameras of the scene's store
    #[arg(long, default_value = "tracker")]
    eyes: Eyes,
    /// Faults that all scenes get beside their own, with commas between
    #[arg(long, value_delimiter = ',', value_name = "FAULT", value_parser = faults())]
    fault: Vec<Fault>,
    /// The folder for NAME-SEED-NUMBER.mcap and NAME-SEED-NUMBER.truth.toml, with cameras also .bodies.jsonl: where
    /// people really were
    #[arg(long)]
    out: PathBuf,
    /// Replace recordings that are there
    #[arg(long)]
    force: bool,
}

/// Takes faults by their names.
fn faults() -> impl TypedValueParser<Value = Fault> {
    let names = PossibleValuesParser::new(Fault::ALL.map(Fault::name));
    names.try_map(|name| Fault::named(&name).ok_or("no such fault"))
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { suite, seed, visits, eyes, fault, out, force } = arguments;
    let suite = Suite::named(suite, *seed, *visits, eyes.level())?;
    make_folder(out)?;
    let mut screen = Screen::new();
    screen.start_scenes(suite.len());
    for place in 0..suite.len() {
        let (scenario, number) = suite.scene_at(place);
        let name = file_name(&scene_name(scenario.name, *seed, number), fault);
        refuse_to_overwrite(&out.join(format!("{name}.mcap")), *force)?;
        write_scene(out, &name, &scene_at(eyes.level(), scenario.name, *seed, number, fault)?)?;
        screen.move_bar(place + 1);
    }
    screen.clear_bar();
    let written = text::count(suite.len(), "recording");
    screen.print(&format!("{}: {written}, each with its truth beside it\n", out.display()))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The scene's name, and after it those of the faults.
fn file_name(scene: &str, faults: &[Fault]) -> String {
    faults.iter().fold(scene.to_owned(), |name, fault| format!("{name}-{}", fault.name()))
}
