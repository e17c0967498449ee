//! Suites of simulated scenes, played and measured.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use anyhow::Result;
use evaluation::{Bar, Measured, Suite};
use serde::Serialize;

use super::report;
use crate::commands::scene_files::Eyes;
use crate::render;
use crate::screen::Screen;

/// Which suites to play.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The scenarios to simulate: all, or names with commas between, such as solo,crowd
    #[arg(long)]
    pub(super) suite: Option<String>,
    /// Seed of all scenes; seeds 0 to 99 are for tuning, others for measuring
    #[arg(long, conflicts_with_all = ["file", "tracks"], default_value_t = 0)]
    pub(super) seed: u64,
    /// How many scenes of each scenario, each with at least one visit
    #[arg(long, conflicts_with_all = ["file", "tracks"], default_value_t = 100,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) visits: u64,
    /// Who sees the people: a tracker, ready-made, or the single cameras of the scene's store, through our own tracker
    #[arg(long, conflicts_with_all = ["file", "tracks"], default_value = "tracker")]
    pub(super) eyes: Eyes,
    /// Also write a page, OUT.html; of suites, with recordings of wrong receipts beside it
    #[arg(long, conflicts_with = "file", value_name = "OUT.html")]
    pub(super) report: Option<PathBuf>,
}

pub(super) fn run(options: &Options, json: bool, threads: Option<u16>) -> Result<ExitCode> {
    let suite = Suite::named(
        options.suite.as_deref().unwrap_or("all"),
        options.seed,
        options.visits,
        options.eyes.level(),
    )?;
    let mut screen = Screen::new();
    screen.start_scenes(suite.len());
    let threads = threads.map_or_else(cores, usize::from);
    let measured = evaluation::run(&suite, threads, |done| screen.move_bar(done))?;
    screen.clear_bar();
    if let Some(page) = &options.report {
        report::write(&measured, options, page, &mut screen)?;
    }
    show(&measured, json, &mut screen)?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What a suite came to, for programs.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    measured: &'a Measured,
    /// What is asked, and whether it is met.
    bars: Vec<Bar>,
}

fn show(measured: &Measured, json: bool, screen: &mut Screen) -> Result<()> {
    if json {
        let document = Document { bars: measured.bars(), measured };
        return screen.print(&(serde_json::to_string_pretty(&document)? + "\n"));
    }
    screen.print(&render::suite::suite(measured, screen.look()))
}
