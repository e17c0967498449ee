//! `saunter evaluate`

mod recording;
mod report;
mod suite;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::feed::Input;

/// Score receipts against what really happened: of a recording, or of suites of simulated scenes
#[derive(Debug, clap::Args)]
#[command(override_usage = "saunter evaluate [OPTIONS] <FILE> --truth <TRUTH>\n       \
                            saunter evaluate [OPTIONS] --suite <SUITE>")]
pub(crate) struct Arguments {
    /// The recording, an MCAP file
    #[arg(required_unless_present = "suite", requires = "truth", conflicts_with = "suite")]
    file: Option<PathBuf>,
    /// What really happened in the recording, a TOML file
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Read a damaged recording up to its damage, and say so
    #[arg(long, requires = "file")]
    salvage: bool,
    /// Exit with 1 unless every receipt is exact
    #[arg(long, requires = "file")]
    require_exact: bool,
    #[command(flatten)]
    suite: suite::Options,
    /// Write the figures as JSON, for programs
    #[arg(long)]
    json: bool,
    /// Threads to use; the figures are the same. At most 2 for a recording [default: 1, or one a core for suites]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { file, truth, salvage, require_exact, suite, json, threads } = arguments;
    match (file, truth) {
        (Some(file), Some(truth)) => {
            let threads = threads.map_or(1, |threads| threads.min(2) as u8);
            let input = Input { file, threads, salvage };
            recording::run(&input, &truth, json, require_exact)
        }
        _ => suite::run(&suite, json, threads),
    }
}
