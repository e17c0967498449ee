//! `saunter check-store`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use model::Store;

use crate::render;
use crate::screen::Screen;

/// Check a store file and say what it holds, or everything that is wrong with it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The store file, TOML
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let text = super::read_text(&arguments.file)?;
    let store = Store::from_toml(&text).map_err(|why| anyhow!("{}: {why}", arguments.file.display()))?;
    let mut screen = Screen::new();
    screen.print(&render::store::summary(&store, screen.look()))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}
