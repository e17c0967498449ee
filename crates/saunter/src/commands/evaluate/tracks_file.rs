//! Files of tracks, told apart by what stands in them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use evaluation::tracks::{ShelfTruth, read_shelf};
use model::Record;
use recording::RecordingReader;
use tracking::{TracksFrame, read_mot_tracks, read_tracks};

use crate::drive::Totals;

/// How every MCAP file begins.
const MCAP: &[u8] = b"\x89MCAP";

/// What a file of tracks came to.
pub(super) struct TracksFile {
    pub(super) content: Content,
    /// Of a recording.
    pub(super) totals: Totals,
}

/// What stands in a file.
pub(super) enum Content {
    Tracks(Vec<TracksFrame>),
    Shelf(ShelfTruth),
}

/// Reads a file of tracks; `frames_per_second` is that of MOTChallenge's text.
pub(super) fn read(path: &Path, frames_per_second: f64) -> Result<TracksFile> {
    let name = path.display();
    let cant_read = |why| anyhow!("{name}: can't be read: {why}: check the path and its permissions");
    let mut file = File::open(path).map_err(cant_read)?;
    let mut bytes = Vec::new();
    file.by_ref().take(MCAP.len() as u64).read_to_end(&mut bytes).map_err(cant_read)?;
    if bytes == MCAP {
        return read_recording(path);
    }
    file.read_to_end(&mut bytes).map_err(cant_read)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        anyhow!("{name}: this is no text: give tracks as JSON or as MOTChallenge's text, or a recording")
    })?;
    let content = read_text(&text, frames_per_second).map_err(|why| anyhow!("{name}: {why}"))?;
    Ok(TracksFile { content, totals: Totals::default() })
}

fn read_text(text: &str, frames_per_second: f64) -> Result<Content> {
    let text = text.trim_start_matches('\u{feff}');
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else {
        bail!("the file is empty: give at least one frame")
    };
    if !first.trim_start().starts_with('{') {
        return Ok(Content::Tracks(read_mot_tracks(text, frames_per_second)?));
    }
    // The data set's truth is one document, a line or more; ours has the time in each line.
    if !first.contains("\"time_ns\"") && text.contains("\"frames\"") {
        return Ok(Content::Shelf(read_shelf(text)?));
    }
    Ok(Content::Tracks(read_tracks(text)?))
}

/// The people of a recording, each look once, in order of time.
fn read_recording(path: &Path) -> Result<TracksFile> {
    let name = path.display();
    let mut reader = RecordingReader::open(path)?;
    let mut totals = Totals::default();
    let mut frames = Vec::new();
    let mut tracker = None;
    for record in reader.by_ref() {
        let record = record?;
        totals.count(&record);
        let Record::People(people) = record else { continue };
        let first = tracker.get_or_insert_with(|| people.sensor.clone());
        if *first != people.sensor {
            bail!(
                "{name}: it has people of two trackers, {first} and {}: give a recording with one of them",
                people.sensor
            );
        }
        frames.push(TracksFrame::from(&people));
    }
    if frames.is_empty() {
        bail!("{name}: nobody tracks people in this recording: give one with people, or tracks as a text");
    }
    frames.sort_by_key(|frame| frame.time);
    frames.dedup_by_key(|frame| frame.time);
    totals.notices = reader.notices().clone();
    totals.unreadable.clone_from(reader.reasons());
    Ok(TracksFile { content: Content::Tracks(frames), totals })
}
