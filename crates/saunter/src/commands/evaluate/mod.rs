//! `saunter evaluate`

mod recording;
mod report;
mod suite;
mod tracks;
mod tracks_file;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::feed::Input;

/// Score receipts against what really happened, of a recording or of suites of simulated scenes; or tracks against where
/// people really were
#[derive(Debug, clap::Args)]
#[command(override_usage = "saunter evaluate [OPTIONS] <FILE> --truth <TRUTH>\n       \
                            saunter evaluate [OPTIONS] --suite <SUITE>\n       \
                            saunter evaluate [OPTIONS] --tracks <ANSWER> --truth <TRUTH>")]
pub(crate) struct Arguments {
    /// The recording, an MCAP file
    #[arg(required_unless_present_any = ["suite", "tracks"], requires = "truth",
          conflicts_with_all = ["suite", "tracks"])]
    file: Option<PathBuf>,
    /// What really happened in the recording, a TOML file; of tracks, a file such as ANSWER, or the Shelf data set's truth
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Read a damaged recording up to its damage, and say so
    #[arg(long, requires = "file")]
    salvage: bool,
    /// Exit with 1 unless every receipt is exact
    #[arg(long, requires = "file")]
    require_exact: bool,
    #[command(flatten)]
    tracks: tracks::TracksOptions,
    #[command(flatten)]
    suite: suite::Options,
    /// Write the figures as JSON, for programs
    #[arg(long)]
    json: bool,
    /// Threads to use; the figures are the same. At most 2 for a recording [default: 1, or one a core for suites]
    #[arg(long, conflicts_with = "tracks", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { file, truth, salvage, require_exact, tracks, suite, json, threads } = arguments;
    match (file, &tracks.tracks, truth) {
        (Some(file), _, Some(truth)) => {
            let threads = threads.map_or(1, |threads| threads.min(2) as u8);
            let input = Input { file, threads, salvage };
            recording::run(&input, &truth, json, require_exact)
        }
        (None, Some(answer), Some(truth)) => {
            let files = tracks::Files { answer, truth: &truth, frames_per_second: tracks.fps };
            tracks::run(&files, suite.report.as_deref(), json)
        }
        _ => suite::run(&suite, json, threads),
    }
}
