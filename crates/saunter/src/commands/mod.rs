//! The commands, one a module.

mod calibrate;
mod check_store;
mod demo;
mod doctor;
mod evaluate;
mod import;
mod palm;
mod repeat;
mod replay;
mod scene_files;
mod serve;
mod simulate;
mod staff;
mod track;

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use payments::ScrubWriter;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Demo(demo::Arguments),
    Import(import::Arguments),
    Replay(replay::Arguments),
    Evaluate(evaluate::Arguments),
    Simulate(simulate::Arguments),
    Track(track::Arguments),
    Repeat(repeat::Arguments),
    CheckStore(check_store::Arguments),
    Calibrate(calibrate::Arguments),
    Serve(serve::Arguments),
    Staff(staff::Arguments),
    Palm(palm::Arguments),
    Doctor(doctor::Arguments),
}

impl Default for Command {
    /// Who says nothing wants to see it.
    fn default() -> Self {
        Self::Demo(demo::Arguments::default())
    }
}

impl Command {
    /// Does it.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Demo(arguments) => demo::run(&arguments),
            Self::Import(arguments) => import::run(&arguments),
            Self::Replay(arguments) => replay::run(&arguments),
            Self::Evaluate(arguments) => evaluate::run(arguments),
            Self::Simulate(arguments) => simulate::run(&arguments),
            Self::Track(arguments) => track::run(&arguments),
            Self::Repeat(arguments) => repeat::run(&arguments),
            Self::Calibrate(arguments) => calibrate::run(&arguments),
            Self::CheckStore(arguments) => check_store::run(&arguments),
            Self::Serve(arguments) => serve::run(&arguments),
            Self::Staff(arguments) => staff::run(&arguments),
            Self::Palm(arguments) => palm::run(&arguments),
            Self::Doctor(arguments) => doctor::run(&arguments),
        }
    }
}

/// What goes on while a server runs is told on standard error, without card numbers.
fn log() {
    tracing_subscriber::fmt()
        .with_writer(|| ScrubWriter::new(std::io::stderr()))
        .with_ansi(false)
        .with_target(false)
        .init();
}

/// Reads a text file, and names it where it can't be.
pub(crate) fn read_text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|why| {
        let mend = match why.kind() {
            ErrorKind::InvalidData => "give a TOML file",
            _ => "check the path and its permissions",
        };
        anyhow!("{}: can't be read: {why}: {mend}", file.display())
    })
}

/// Fails if there is a file where one is to be written.
fn refuse_to_overwrite(out: &Path, force: bool) -> Result<()> {
    if !force && out.exists() {
        bail!("{} is there already: give another --out, or --force to replace it", out.display());
    }
    Ok(())
}
