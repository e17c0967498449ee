//! `saunter import`

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use model::{Currency, Policy, Record, STORE_SCHEMA, Store, StoreFile};
use recording::{AutocheckoutOptions, ImportSummary, RecordingWriter, import_autocheckout};
use tracking::{shelf_cameras, shelf_views};

use super::{read_text, refuse_to_overwrite};
use crate::render::{BOLD, Look, text};
use crate::screen::Screen;

/// Turn another system's recording into one of ours
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    origin: Origin,
}

#[derive(Debug, clap::Subcommand)]
enum Origin {
    Autocheckout(Autocheckout),
    Shelf(Shelf),
}

/// Detections of the Shelf data set: people around a shelf as five cameras see them, without goods
#[derive(Debug, clap::Args)]
struct Shelf {
    /// The folder that holds calibration.json and detections.jsonl.gz
    folder: PathBuf,
    /// The recording to write
    #[arg(long)]
    out: PathBuf,
    /// Replace --out if it is there
    #[arg(long)]
    force: bool,
}

/// Data of an AutoCheckout store (NanoStore, CPS-IoT Week 2020)
#[derive(Debug, clap::Args)]
struct Autocheckout {
    /// The folder that holds benchmark-1/ and store/
    folder: PathBuf,
    /// The recording to write
    #[arg(long)]
    out: PathBuf,
    /// Currency of the prices, which the data does not name
    #[arg(long, default_value = "USD", value_parser = currency)]
    currency: Currency,
    /// Name of the store, as on its receipts
    #[arg(long, default_value = "NanoStore")]
    name: String,
    /// Replace --out if it is there
    #[arg(long)]
    force: bool,
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::from_code(&text.to_uppercase()).ok_or("write an ISO 4217 code, such as EUR".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (summary, out) = match &arguments.origin {
        Origin::Autocheckout(from) => (autocheckout(from)?, &from.out),
        Origin::Shelf(from) => (shelf(from)?, &from.out),
    };
    let mut screen = Screen::new();
    screen.print(&page(&summary, &out.display().to_string(), screen.look()))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn autocheckout(from: &Autocheckout) -> Result<ImportSummary> {
    refuse_to_overwrite(&from.out, from.force)?;
    let options = AutocheckoutOptions { store_name: from.name.clone(), currency: from.currency };
    Ok(import_autocheckout(&from.folder, &from.out, &options)?)
}

fn shelf(from: &Shelf) -> Result<ImportSummary> {
    refuse_to_overwrite(&from.out, from.force)?;
    let cameras = shelf_cameras(&read_text(&from.folder.join("calibration.json"))?)?;
    let detections = from.folder.join("detections.jsonl.gz");
    let views = shelf_views(&unpacked(&detections)?).with_context(|| detections.display().to_string())?;
    let summary = ImportSummary {
        first: views.first().map(|(_, view)| view.time),
        last: views.last().map(|(_, view)| view.time),
        taken_over: vec![format!("{} cameras", cameras.len()), format!("{} views", views.len())],
        left_out: vec!["feet, which have no joint here".to_owned()],
        missing: vec!["gates, shelves and goods: nobody can buy anything in this recording".to_owned()],
        assumed: vec!["pictures taken 25 times a second, frame 0 at 1970-01-01T00:00:00Z".to_owned()],
        ..ImportSummary::default()
    };
    let store = Store::new(StoreFile {
        schema: STORE_SCHEMA.to_owned(),
        name: "Shelf".to_owned(),
        currency: Currency::EUR,
        policy: Policy::default(),
        gates: Vec::new(),
        gondolas: Vec::new(),
        facings: Vec::new(),
        products: Vec::new(),
        cameras,
    })?;
    let mut writer = RecordingWriter::create(&from.out, &store)?;
    for (_, view) in views {
        writer.write(&Record::View(view))?;
    }
    writer.finish()?;
    Ok(summary)
}

fn unpacked(file: &Path) -> Result<String> {
    let mut text = String::new();
    let packed = std::fs::File::open(file).with_context(|| format!("{}: can't be opened", file.display()))?;
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .with_context(|| format!("{}: is no gzip of a text", file.display()))?;
    Ok(text)
}

/// What was taken over, and what was not; ends with a line break.
fn page(summary: &ImportSummary, out: &str, look: Look) -> String {
    let span = summary.first.zip(summary.last).map_or("no records".to_owned(), |(first, last)| {
        format!("{} UTC, {}", text::span(first, last), text::duration(last.seconds_since(first)))
    });
    let sections = [
        ("Taken over", &summary.taken_over),
        ("Left out", &summary.left_out),
        ("Missing", &summary.missing),
        ("Assumed", &summary.assumed),
    ];
    let mut page = format!("{} · {span}\n", look.paint(BOLD, out));
    for (title, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        page += &format!("\n{}\n", look.paint(BOLD, title));
        page.extend(lines.iter().map(|line| {
            let line = text::wrapped(&text::plain(line), look.width, 4);
            format!("  - {line}\n")
        }));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_iso_codes() {
        assert_eq!(currency("eur"), Ok(Currency::EUR));
        assert!(currency("dollars").is_err());
    }

    #[test]
    fn a_summary_says_what_was_done_with_everything() {
        let time: model::Time = "2020-04-22T05:06:46Z".parse().unwrap();
        let summary = ImportSummary {
            first: Some(time),
            last: Some(time.plus_seconds(17.0)),
            taken_over: vec!["361 products".into()],
            missing: vec![
                "a token, which this source never had, so that all shoppers come in without a credential"
                    .into(),
                "gates".into(),
            ],
            ..ImportSummary::default()
        };
        insta::assert_snapshot!(page(&summary, "nano.mcap", Look { width: 90, colour: false }));
    }
}
