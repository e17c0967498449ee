//! `saunter import`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use model::Currency;
use recording::{AutocheckoutOptions, ImportSummary, import_autocheckout};

use super::refuse_to_overwrite;
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
    let Origin::Autocheckout(from) = &arguments.origin;
    refuse_to_overwrite(&from.out, from.force)?;
    let options = AutocheckoutOptions { store_name: from.name.clone(), currency: from.currency };
    let summary = import_autocheckout(&from.folder, &from.out, &options)?;
    let mut screen = Screen::new();
    screen.print(&page(&summary, &from.out.display().to_string(), screen.look()))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
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
