//! `saunter simulate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use evaluation::{Suite, scene_name};

use super::refuse_to_overwrite;
use super::scene_files::{make_folder, write_scene};
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
    /// The folder for NAME-SEED-NUMBER.mcap and NAME-SEED-NUMBER.truth.toml
    #[arg(long)]
    out: PathBuf,
    /// Replace recordings that are there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { suite, seed, visits, out, force } = arguments;
    let suite = Suite::named(suite, *seed, *visits)?;
    make_folder(out)?;
    let mut screen = Screen::new();
    screen.start_scenes(suite.len());
    for place in 0..suite.len() {
        let (scenario, number) = suite.scene_at(place);
        let recording = out.join(format!("{}.mcap", scene_name(scenario.name, *seed, number)));
        refuse_to_overwrite(&recording, *force)?;
        write_scene(out, scenario.name, *seed, number)?;
        screen.move_bar(place + 1);
    }
    screen.clear_bar();
    let written = text::count(suite.len(), "recording");
    screen.print(&format!("{}: {written}, each with its truth beside it\n", out.display()))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}
