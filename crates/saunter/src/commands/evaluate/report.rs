//! The page of a suite, and the recordings that it points to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use evaluation::{Measured, ReportLinks, scene_name};
use simulator::scenarios::{Level, scene_at};

use super::suite::Options;
use crate::commands::scene_files::{make_folder, write_scene};
use crate::screen::Screen;

/// Writes the page, and beside it each scene that has a wrong receipt on it.
pub(super) fn write(measured: &Measured, options: &Options, page: &Path, screen: &mut Screen) -> Result<()> {
    let folder = recordings_beside(page);
    write_scenes(measured, options.eyes.level(), &folder, screen)?;
    let command = format!(
        "saunter evaluate --suite {} --seed {} --visits {}{} --report {}",
        options.suite.as_deref().unwrap_or("all"),
        options.seed,
        options.visits,
        if measured.by_cameras { " --eyes cameras" } else { "" },
        page.display()
    );
    let links = ReportLinks {
        command: &command,
        folder_of_page: &folder.file_name().unwrap_or_default().to_string_lossy(),
        folder_of_reader: &folder.to_string_lossy(),
    };
    replace(page, &evaluation::report(measured, &links))?;
    screen.remark(&format!("{}: written\n", page.display()))
}

/// `out-recordings` beside `out.html`.
fn recordings_beside(page: &Path) -> PathBuf {
    let stem = page.file_stem().unwrap_or_default().to_string_lossy();
    page.with_file_name(format!("{stem}-recordings"))
}

fn write_scenes(measured: &Measured, eyes: Level, folder: &Path, screen: &mut Screen) -> Result<()> {
    let scenes: BTreeSet<(&str, u64)> = measured
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.wrong.iter().map(|wrong| (scenario.name, wrong.scene)))
        .collect();
    if !scenes.is_empty() {
        make_folder(folder)?;
    }
    screen.start_scenes(scenes.len() as u64);
    for ((scenario, scene), done) in scenes.into_iter().zip(1..) {
        let name = scene_name(scenario, measured.seed, scene);
        write_scene(folder, &name, &scene_at(eyes, scenario, measured.seed, scene, &[])?)?;
        screen.move_bar(done);
    }
    screen.clear_bar();
    Ok(())
}

/// Puts a text in the place of a file in one step, so that a half page never stands there.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    let part = path.with_added_extension("part");
    fs::write(&part, text)
        .and_then(|()| fs::rename(&part, path))
        .with_context(|| format!("{}: can't be written", path.display()))
}
