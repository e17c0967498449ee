//! Simulated scenes as files: the recording, and the truth beside it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use recording::RecordingWriter;
use simulator::scenarios::{Scene, scene};

/// What the files of a scene are called, without their endings.
pub(super) fn stem(scenario: &str, seed: u64, number: u64) -> String {
    format!("{scenario}-{seed}-{number}")
}

/// Plays a scene into `STEM.mcap` and `STEM.truth.toml` in a folder, over what stood there.
pub(super) fn write_scene(folder: &Path, scenario: &str, seed: u64, number: u64) -> Result<()> {
    let Scene { store, records, truth, .. } = scene(scenario, seed, number)?;
    let stem = stem(scenario, seed, number);
    let mut writer = RecordingWriter::create(&folder.join(format!("{stem}.mcap")), &store)?;
    for record in &records {
        writer.write(record)?;
    }
    writer.finish()?;
    let path = folder.join(format!("{stem}.truth.toml"));
    let text = format!(
        "# What really happened in {stem}.mcap: scene {number} of {scenario}, seed {seed}.\n\n{}",
        toml::to_string(&truth)?
    );
    fs::write(&path, text).with_context(|| format!("{}: can't be written", path.display()))
}

/// Makes a folder, and those above it, unless it is there.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{}: can't be made", folder.display()))
}
