//! `saunter doctor`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::office_file::OfficeFile;
use crate::screen::Screen;

/// Look whether an office's books are in order; exits with 1 if they are not
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Walk the whole journal, and hold trips and books against it
    #[arg(long, required = true)]
    audit: bool,
    /// The office's configuration, TOML
    #[arg(long, value_name = "FILE")]
    office: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let office = OfficeFile::read(&arguments.office)?.open_to_look()?;
    let (text, code) = match office.audit()? {
        Ok(audit) => (
            format!(
                "The journal of {} is in order: {} entries, {} trips.\nhead {}\n",
                office.policy().store,
                audit.entries,
                audit.trips,
                audit.head
            ),
            ExitCode::SUCCESS,
        ),
        Err(broken) => (
            format!("The journal is broken: {broken}.\nKeep the tables as they are, and restore a backup.\n"),
            ExitCode::FAILURE,
        ),
    };
    let mut screen = Screen::new();
    screen.print(&text)?;
    screen.finish()?;
    Ok(code)
}
