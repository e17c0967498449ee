//! The one binary of a store without a checkout.
//!
//! **Its one job:** to take a command, wire the crates that do the work, and show what came out.
//!
//! **The way in:** each command is a module of `commands`; `render` turns what was concluded into text.
//!
//! **What it never does:** decide anything about a store. It reads no record and knows no cart.

mod commands;
mod demo;
mod drive;
mod feed;
mod mail_section;
mod office_file;
mod pace;
mod render;
mod screen;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

/// A shop without a checkout: who took what, from what the store's sensors saw.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
struct Arguments {
    /// The demo, if none is given.
    #[command(subcommand)]
    command: Option<commands::Command>,
}

fn main() -> ExitCode {
    match Arguments::parse().command.unwrap_or_default().run() {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Whether the reader of standard output has gone, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Writes an error with its causes, each said once.
fn report(error: &anyhow::Error) {
    let mut message = format!("saunter: {error}");
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !message.contains(&cause) {
            message += &format!("\n  because {cause}");
        }
    }
    // Where standard error is gone too, nobody is left to tell.
    let _ = writeln!(std::io::stderr(), "{}", message.trim_end());
}
