//! Simulated scenes as files: the recording, and the truth beside it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use recording::RecordingWriter;
use simulator::scenarios::{Level, Scene};
use tracking::{TracksFrame, write_tracks};

/// Who sees the people of simulated scenes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Eyes {
    Tracker,
    Cameras,
}

impl Eyes {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Tracker => Level::Tracker,
            Self::Cameras => Level::Cameras,
        }
    }
}

/// Writes a scene into `NAME.mcap` and `NAME.truth.toml` in a folder, and where people really were into
/// `NAME.bodies.jsonl` if that is known, over what stood there.
pub(super) fn write_scene(folder: &Path, name: &str, scene: &Scene) -> Result<()> {
    let Scene { store, records, truth, bodies, .. } = scene;
    let file = folder.join(format!("{name}.mcap"));
    let mut writer = RecordingWriter::create(&file, store)?.pack_steps_of(simulator::STEP_G);
    for record in records {
        writer.write(record)?;
    }
    writer.finish()?;
    let path = folder.join(format!("{name}.truth.toml"));
    let text = format!(
        "# What really happened in {name}.mcap, the scene of that scenario, seed and number.\n\n{}",
        toml::to_string(truth)?
    );
    fs::write(&path, text).with_context(|| format!("{}: can't be written", path.display()))?;
    if bodies.is_empty() {
        return Ok(());
    }
    let path = folder.join(format!("{name}.bodies.jsonl"));
    let frames: Vec<TracksFrame> = bodies.iter().map(TracksFrame::from).collect();
    fs::write(&path, write_tracks(&frames)?).with_context(|| format!("{}: can't be written", path.display()))
}

/// Makes a folder, and those above it, unless it is there.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{}: can't be made", folder.display()))
}
