//! `saunter replay`

mod event_lines;
mod json;
mod live;
mod tables;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::drive::{View, drive};
use crate::feed::Input;
use crate::pace::Speed;
use crate::screen::Screen;

/// Replay a recording: its receipts, and why
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Show the evidence behind every line: weights, hands, alternatives
    #[arg(long, conflicts_with_all = ["json", "events"])]
    explain: bool,
    /// Write receipts and notices as one JSON document, for programs
    #[arg(long, conflicts_with = "events")]
    json: bool,
    /// Write every event as one line of JSON, for programs
    #[arg(long)]
    events: bool,
    /// How fast: max, or 1x as it happened, 10x ten times as fast. Pauses above 10 s are skipped
    #[arg(long, default_value = "max")]
    speed: Speed,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut screen = Screen::new();
    let recording = file_name(&arguments.input.file);
    let mut view: Box<dyn View> = if arguments.json {
        Box::new(json::Document::new(recording))
    } else if arguments.events {
        Box::new(event_lines::EventLines)
    } else if arguments.speed == Speed::Max {
        Box::new(tables::Tables::new(recording, arguments.explain))
    } else {
        Box::new(live::Live::new(recording, arguments.explain))
    };
    drive(&arguments.input, arguments.speed, view.as_mut(), &mut screen)?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The name without its folders, so that the same recording reads the same from anywhere.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
