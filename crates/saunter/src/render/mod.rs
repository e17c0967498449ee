//! Texts for people: pure functions from what was concluded to what is read.

pub(crate) mod calibration;
pub(crate) mod evidence;
pub(crate) mod live;
pub(crate) mod notices;
pub(crate) mod plot;
pub(crate) mod receipt;
pub(crate) mod scores;
pub(crate) mod store;
pub(crate) mod suite;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod tracks;

#[cfg(test)]
pub(crate) mod samples;

use anstyle::{AnsiColor, Style};

/// What stands back: borders, remarks.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is read first: heads, totals.
pub(crate) const BOLD: Style = Style::new().bold();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What somebody should look at.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What is drawn.
pub(crate) const ACCENT: Style = AnsiColor::Cyan.on_default();

/// How texts are laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Columns to fill.
    pub(crate) width: usize,
    /// Whether colours and weights may be used.
    pub(crate) colour: bool,
}

impl Look {
    /// `text` in a style, if the reader's screen knows styles.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
