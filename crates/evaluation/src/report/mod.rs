//! The page that tells what a suite came to: one HTML text that needs nothing else.

mod charts;
mod figures;
mod plots;
mod wrong;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{Bar, Measured};

const STYLE: &str = include_str!("style.css");

/// Where things are that a page points to.
#[derive(Clone, Copy, Debug)]
pub struct ReportLinks<'a> {
    /// The command that makes the page.
    pub command: &'a str,
    /// The folder of the recordings as the page finds it: relative to the page.
    pub folder_of_page: &'a str,
    /// The folder of the recordings as the reader of the page finds it, for command lines.
    pub folder_of_reader: &'a str,
}

/// The name that the files of a scene bear, without their endings.
pub fn scene_name(scenario: &str, seed: u64, scene: u64) -> String {
    format!("{scenario}-{seed}-{scene}")
}

/// Writes the page.
pub fn report(measured: &Measured, links: &ReportLinks<'_>) -> String {
    let sums = measured.sum(|_| true);
    let body = html! {
        (head(measured, sums.ours.visits))
        (bars(&measured.bars()))
        (figures::section(measured))
        (charts::both_systems(measured))
        (charts::money(measured))
        (plots::section(&sums))
        (wrong::section(measured, links))
        (foot(measured, links))
    };
    page("How often the receipts are right", &body)
}

/// A table whose first column says what the others are of.
pub(crate) fn figures(label: &str, heads: &[String], rows: Vec<Vec<String>>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.figures {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody {
                    @for row in &rows {
                        tr {
                            @for (place, text) in row.iter().enumerate() {
                                @if place == 0 { th scope="row" { (text) } } @else { td { (text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A whole page in the one style of all reports.
pub(crate) fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    page.into_string()
}

fn head(measured: &Measured, visits: u64) -> Markup {
    html! {
        h1 { "How often the receipts are right" }
        p.soft {
            (visits) " visits in " (measured.scenes) " scenes of each of " (measured.scenarios.len())
            " scenarios, seed " (measured.seed)
            @if measured.by_cameras { ", seen by single cameras and followed by our tracker" }
            ", simulated with the truth beside them. Exact means: every line is \
            right, or stands in review with nothing charged too much."
        }
    }
}

fn bars(bars: &[Bar]) -> Markup {
    let class = |bar: &Bar| match bar.met {
        Some(true) => "met",
        Some(false) => "missed",
        None => "unknown",
    };
    let verdict = |bar: &Bar| match bar.met {
        Some(true) => ("✓", "met: "),
        Some(false) => ("✗", "not met: "),
        None => ("–", "not measured: "),
    };
    html! {
        h2 { "What is asked" }
        ul.bars {
            @for bar in bars {
                li class=(class(bar)) {
                    span.what { (bar.what) }
                    span.is { (bar.measured_words()) }
                    @let (sign, words) = verdict(bar);
                    span.asked { (sign) " " span.unseen { (words) } "asked " (unbroken(&bar.asked.to_string())) }
                }
            }
        }
    }
}

/// Keeps a figure and its unit on one line.
fn unbroken(figure: &str) -> String {
    figure.replace(' ', "\u{a0}")
}

fn foot(measured: &Measured, links: &ReportLinks<'_>) -> Markup {
    let speed = measured.cost.speed().map(|speed| format!("{speed:.0}"));
    html! {
        footer {
            p { "Made by" }
            pre { code { (links.command) } }
            p {
                "The figures are the same on every run and on any number of threads. "
                @if let Some(speed) = speed {
                    "The engine alone ran " (speed) " times as fast as the store's time, on one core."
                }
            }
        }
    }
}
