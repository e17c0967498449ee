//! Suites of simulated scenes, played and measured.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use anyhow::Result;
use evaluation::{Measured, Suite};

use crate::render;
use crate::screen::Screen;

/// Which suites to play.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The scenarios to simulate: all, or names with commas between, such as solo,crowd
    #[arg(long)]
    suite: Option<String>,
    /// Seed of all scenes; seeds 0 to 99 are for tuning, others for measuring
    #[arg(long, requires = "suite", default_value_t = 0)]
    seed: u64,
    /// How many scenes of each scenario, each with at least one visit
    #[arg(long, requires = "suite", default_value_t = 100,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    visits: u64,
    /// Also write a page, OUT.html, with recordings of wrong receipts beside it
    #[arg(long, requires = "suite", value_name = "OUT.html")]
    report: Option<PathBuf>,
}

pub(super) fn run(options: &Options, json: bool, threads: Option<u16>) -> Result<ExitCode> {
    let suite = Suite::named(options.suite.as_deref().unwrap_or("all"), options.seed, options.visits)?;
    let mut screen = Screen::new();
    screen.start_scenes(suite.len());
    let threads = threads.map_or_else(cores, usize::from);
    let measured = evaluation::run(&suite, threads, |done| screen.move_bar(done))?;
    screen.clear_bar();
    show(&measured, json, &mut screen)?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn show(measured: &Measured, json: bool, screen: &mut Screen) -> Result<()> {
    if json {
        return screen.print(&(serde_json::to_string_pretty(measured)? + "\n"));
    }
    screen.print(&render::suite::suite(measured, screen.look()))
}
