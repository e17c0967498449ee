//! The wrong receipts, each with what is needed to replay it.

use maud::{Markup, html};

use super::{ReportLinks, scene_name};
use crate::{Measured, ScenarioFigures, Verdict, WrongLine, WrongReceipt};

pub(super) fn section(measured: &Measured, links: &ReportLinks<'_>) -> Markup {
    let with_wrong = || measured.scenarios.iter().filter(|scenario| scenario.wrong_count > 0);
    html! {
        h2 { "Every wrong receipt" }
        @if with_wrong().next().is_none() {
            p { "There is none." }
        } @else {
            p.soft {
                "Neither exact nor rightly in review. Each can be replayed: the recording holds all that the engine \
                saw, the truth beside it what really happened."
            }
        }
        @for scenario in with_wrong() { (scenario_receipts(scenario, measured.seed, links)) }
    }
}

fn scenario_receipts(scenario: &ScenarioFigures, seed: u64, links: &ReportLinks<'_>) -> Markup {
    let shown = scenario.wrong.len();
    html! {
        details id=(scenario.name) {
            summary {
                (scenario.name) ": " (scenario.wrong_count) " of " (scenario.sums.ours.visits)
                @if (shown as u64) < scenario.wrong_count { span.soft { ", the first " (shown) " shown" } }
            }
            @for wrong in &scenario.wrong { (receipt(wrong, scenario.name, seed, links)) }
        }
    }
}

fn receipt(wrong: &WrongReceipt, scenario: &str, seed: u64, links: &ReportLinks<'_>) -> Markup {
    let name = scene_name(scenario, seed, wrong.scene);
    let file = |ending: &str| format!("{}/{name}{ending}", escaped(links.folder_of_page));
    html! {
        div.receipt {
            h3 { (name) ", " (wrong.trip) (remark(wrong.verdict)) }
            @if !wrong.lines.is_empty() { (lines(&wrong.lines)) }
            pre { code { "saunter replay " (quoted(&format!("{}/{name}.mcap", links.folder_of_reader))) " --explain" } }
            a href=(file(".mcap")) { "Recording" } " · " a href=(file(".truth.toml")) { "Truth" }
        }
    }
}

const fn remark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Missing => ": no receipt",
        Verdict::Extra => ": a receipt without a visit",
        Verdict::Wrong | Verdict::Exact | Verdict::Reviewed => "",
    }
}

fn lines(lines: &[WrongLine]) -> Markup {
    html! {
        table {
            thead { tr {
                th.text scope="col" { "Product" } th scope="col" { "Kept" } th scope="col" { "Charged" }
                th scope="col" { "In review" } th.text scope="col" { "Why" }
            } }
            tbody {
                @for line in lines {
                    tr {
                        td.text { (line.name) }
                        td { (line.expected) }
                        td.over[line.charged > line.expected] { (line.charged) }
                        td { (line.in_review) }
                        td.text { (line.reason.words()) }
                    }
                }
            }
        }
    }
}

/// A path as part of an address: what would end it there is escaped.
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('#', "%23").replace('?', "%3F").replace(' ', "%20")
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_folders_survive_addresses_and_shells() {
        assert_eq!(escaped("a #1 50%"), "a%20%231%2050%25");
        assert_eq!(quoted("out/solo-1-2.mcap"), "out/solo-1-2.mcap");
        assert_eq!(quoted("my out/it's.mcap"), r"'my out/it'\''s.mcap'");
    }
}
