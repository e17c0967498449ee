//! Tracks against the truth.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use evaluation::tracks::{Pcp, TracksScores, pcp, score_tracks, tracks_page};
use serde::Serialize;

use super::report::replace;
use super::tracks_file::{self, Content, TracksFile};
use crate::render::{self, Look, notices};
use crate::screen::Screen;

/// Which tracks to score.
#[derive(Debug, clap::Args)]
pub(super) struct TracksOptions {
    /// Score tracks: JSON, one frame a line, MOTChallenge's text with places, or a recording with people
    #[arg(long, value_name = "ANSWER", requires = "truth", conflicts_with = "suite")]
    pub(super) tracks: Option<PathBuf>,
    /// Frames a second of MOTChallenge's text
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["file", "suite"], default_value_t = 25.0, value_parser = parse_fps)]
    pub(super) fps: f64,
}

fn parse_fps(text: &str) -> Result<f64> {
    let fps = text.parse().ok().filter(|fps| (0.001..=100_000.0).contains(fps));
    fps.ok_or_else(|| anyhow!("write how many frames a second, such as 25 or 29.97"))
}

/// What is compared.
pub(super) struct Files<'a> {
    pub(super) answer: &'a Path,
    pub(super) truth: &'a Path,
    /// Of texts that count frames.
    pub(super) frames_per_second: f64,
}

/// What tracks came to, for programs.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    scores: &'a TracksScores,
    /// Right parts, where the truth is the Shelf data set's.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<&'a Pcp>,
}

pub(super) fn run(files: &Files<'_>, page: Option<&Path>, json: bool) -> Result<ExitCode> {
    let answer = tracks_file::read(files.answer, files.frames_per_second)?;
    let truth = tracks_file::read(files.truth, files.frames_per_second)?;
    let mut screen = Screen::new();
    remark(&screen, [&answer, &truth])?;
    let Content::Tracks(answer) = answer.content else {
        bail!("{}: this is a truth, not an answer: give it as --truth", files.answer.display());
    };
    let (tracks, parts) = match truth.content {
        Content::Tracks(tracks) => (tracks, None),
        Content::Shelf(truth) => (truth.tracks(), Some(pcp(&truth, &answer))),
    };
    let scores = score_tracks(&tracks, &answer);
    if let Some(page) = page {
        replace(page, &tracks_page(&scores, parts.as_ref(), &command(files, page)))?;
        screen.remark(&format!("{}: written\n", page.display()))?;
    }
    if json {
        let document = Document { scores: &scores, parts: parts.as_ref() };
        screen.print(&(serde_json::to_string_pretty(&document)? + "\n"))?;
    } else {
        screen.print(&render::tracks::tracks(&scores, parts.as_ref(), screen.look()))?;
    }
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// Says what could not be read of recordings.
fn remark(screen: &Screen, files: [&TracksFile; 2]) -> Result<()> {
    let look = Look { colour: false, ..screen.look() };
    files.into_iter().try_for_each(|file| screen.remark(&notices::notices(&file.totals, look)))
}

fn command(files: &Files<'_>, page: &Path) -> String {
    let Files { answer, truth, frames_per_second } = files;
    let (answer, truth, page) = (answer.display(), truth.display(), page.display());
    format!("saunter evaluate --tracks {answer} --truth {truth} --fps {frames_per_second} --report {page}")
}
