//! `saunter calibrate`

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use model::{Record, SensorId, Store, StoreFile, View};
use tracking::{
    Board, Calibration, CalibrationError, Camera, CameraState, calibrate_by_board, calibrate_by_people,
};

use super::{read_text, refuse_to_overwrite};
use crate::drive::Totals;
use crate::feed::{Feed, Input};
use crate::render::{calibration, notices, text};
use crate::screen::Screen;

/// As many joints in pictures are kept, the latest ones: some 400 MB.
const KEYPOINTS_MAX: usize = 20_000_000;
/// Records between two moves of the bar.
const RECORDS_PER_MOVE: u64 = 64;

/// Say where cameras hang and look, by people who walked about, how good that is, and when a camera moved
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// A store file to write: the recording's, with the calibrations found
    #[arg(long, value_name = "STORE.toml")]
    out: Option<PathBuf>,
    /// Cameras that stay as they are, such as one that was measured by hand; may be given again
    #[arg(long, value_name = "CAMERA")]
    hold: Vec<String>,
    /// Calibrate by the corners of a printed board in this file, JSON, and not by people
    #[arg(long, value_name = "FILE")]
    board: Option<PathBuf>,
    /// Replace --out if it is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { input, out, hold, board, force } = arguments;
    if let Some(out) = out {
        refuse_to_overwrite(out, *force)?;
    }
    let hold: Vec<SensorId> = hold.iter().map(|name| name.as_str().into()).collect();
    let mut screen = Screen::new();
    let mut feed = Feed::open(input)?;
    let store = feed.store().clone();
    let cameras = cameras(&store).with_context(|| input.file.display().to_string())?;
    let (found, totals) = match board {
        Some(board) => (by_board(&cameras, board, &hold)?, Totals::default()),
        None => {
            let views = views(&mut feed, &mut screen)?;
            let reader = feed.into_reader()?;
            let totals = Totals {
                notices: reader.notices().clone(),
                unreadable: reader.reasons().clone(),
                damage: reader.damage().map(ToString::to_string),
                ..Totals::default()
            };
            (by_people(&cameras, &views, &hold, &mut screen)?, totals)
        }
    };
    screen.print(&calibration::calibration(&found, screen.look()))?;
    screen.print(&notices::notices(&totals, screen.look()))?;
    if let Some(out) = out {
        write(&store, &found, &input.file, out)?;
        screen.print(&format!("{}: written\n", out.display()))?;
    }
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn cameras(store: &Store) -> Result<Vec<Camera>, CalibrationError> {
    store.cameras().iter().map(Camera::new).collect()
}

/// The latest views of a recording.
fn views(feed: &mut Feed, screen: &mut Screen) -> Result<Vec<View>> {
    screen.start_bar(feed.length_bytes());
    let (mut views, mut keypoints, mut records) = (VecDeque::new(), 0, 0_u64);
    let joints = |view: &View| view.people.iter().map(|person| person.keypoints.len()).sum::<usize>();
    let mut left_out = 0;
    while let Some(record) = feed.next() {
        if let Record::View(view) = record? {
            keypoints += joints(&view);
            views.push_back(view);
        }
        while keypoints > KEYPOINTS_MAX {
            keypoints -= views.pop_front().as_ref().map_or(keypoints, joints);
            left_out += 1;
        }
        records += 1;
        if records.is_multiple_of(RECORDS_PER_MOVE) {
            screen.move_bar(feed.read_bytes());
        }
    }
    screen.clear_bar();
    if left_out > 0 {
        screen.remark(&format!("the first {left_out} views are left out: the later ones are enough\n"))?;
    }
    Ok(views.into())
}

fn by_people(
    cameras: &[Camera],
    views: &[View],
    hold: &[SensorId],
    screen: &mut Screen,
) -> Result<Calibration> {
    screen.start_status();
    let mut told = u64::MAX;
    let found = calibrate_by_people(cameras, views, hold, |share| {
        let percent = (share * 100.0) as u64;
        if percent != told {
            told = percent;
            screen.set_status(|| format!("following people, {percent} %"));
        }
    });
    screen.clear_bar();
    Ok(found?)
}

fn by_board(cameras: &[Camera], file: &Path, hold: &[SensorId]) -> Result<Calibration> {
    let place = || file.display().to_string();
    let board: Board = serde_json::from_str(&read_text(file)?)
        .map_err(|why| anyhow!("{}: {why}: docs/calibration.md says what a board file holds", place()))?;
    calibrate_by_board(cameras, &board, hold).with_context(place)
}

/// Writes the store with the calibrations found, in one step, so that no half file ever stands there.
fn write(store: &Store, found: &Calibration, recording: &Path, out: &Path) -> Result<()> {
    let calibrated = found.cameras.iter().filter(|camera| camera.state == CameraState::Calibrated);
    let mut file: StoreFile = store.file().clone();
    for camera in calibrated {
        if let Some(old) = file.cameras.iter_mut().find(|old| old.id == *camera.camera.id()) {
            *old = camera.camera.to_file();
        }
    }
    let name = recording.file_name().unwrap_or_default().to_string_lossy();
    let head = format!(
        "# The store of {}, with its cameras calibrated by `saunter calibrate`.\n\n",
        text::plain(&name)
    );
    let part = out.with_added_extension("part");
    fs::write(&part, head + &toml::to_string(&file)?)
        .and_then(|()| fs::rename(&part, out))
        .with_context(|| format!("{}: can't be written", out.display()))
}
