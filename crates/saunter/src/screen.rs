//! The reader's screen: standard output, its look, and a bar on standard error.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use crate::render::Look;

/// Columns used where there is no terminal to ask.
const WIDTH_WITHOUT_TERMINAL: usize = 90;
/// Fewer columns can't hold a receipt.
const WIDTH_MIN: usize = 60;
/// More columns are hard to read.
const WIDTH_MAX: usize = 100;
/// Files below this length, bytes, are done before a bar is seen.
const LONG_FILE_BYTES: u64 = 8 << 20;

/// Standard output, its look, and a bar on standard error.
pub(crate) struct Screen {
    out: BufWriter<StdoutLock<'static>>,
    look: Look,
    /// Whether every text is shown at once: somebody watches.
    watched: bool,
    bar: ProgressBar,
}

impl Screen {
    /// Standard output as it is: a terminal or not.
    pub(crate) fn new() -> Self {
        let out = io::stdout().lock();
        let watched = out.is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        let colour = watched && !no_color && !dumb;
        let width = if watched {
            usize::from(console::Term::stdout().size().1).clamp(WIDTH_MIN, WIDTH_MAX)
        } else {
            WIDTH_WITHOUT_TERMINAL
        };
        Self { out: BufWriter::new(out), look: Look { width, colour }, watched, bar: ProgressBar::hidden() }
    }

    /// How texts are laid out.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// Shows every text at once from now on.
    pub(crate) fn watch(&mut self) {
        self.watched = true;
    }

    /// Writes a text, above the bar if there is one.
    pub(crate) fn print(&mut self, text: &str) -> Result<()> {
        let Self { out, bar, watched, .. } = self;
        let mut write = || {
            out.write_all(text.as_bytes())?;
            if *watched { out.flush() } else { Ok(()) }
        };
        if *watched {
            bar.suspend(write)?
        } else {
            write()?
        }
        Ok(())
    }

    /// Writes a text beside the output, to standard error.
    pub(crate) fn remark(&self, text: &str) -> Result<()> {
        Ok(io::stderr().write_all(text.as_bytes())?)
    }

    /// Puts up a bar of bytes if the file is long and standard error a terminal.
    pub(crate) fn start_bar(&mut self, length_bytes: u64) {
        if length_bytes >= LONG_FILE_BYTES {
            self.bar = ProgressBar::new(length_bytes);
            let style = ProgressStyle::with_template(
                "{bar:40.cyan/dim} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go",
            );
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━─"));
        }
    }

    /// Puts up a bar of so many scenes if standard error is a terminal.
    pub(crate) fn start_scenes(&mut self, scenes: u64) {
        self.bar = ProgressBar::new(scenes);
        let style = ProgressStyle::with_template("{bar:40.cyan/dim} {pos} of {len} scenes, {eta} to go");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━─"));
    }

    /// Moves the bar.
    pub(crate) fn move_bar(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// Puts up a line that [`Screen::set_status`] changes, if standard error is a terminal.
    pub(crate) fn start_status(&mut self) {
        self.bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner:.cyan} {wide_msg}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    }

    /// Changes the status line, if there is one to see.
    pub(crate) fn set_status(&self, text: impl FnOnce() -> String) {
        if !self.bar.is_hidden() {
            self.bar.set_message(text());
            self.bar.tick();
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear_bar(&mut self) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::hidden();
    }

    /// Writes out all that waits.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.clear_bar();
        Ok(self.out.flush()?)
    }
}
