//! Charts of a row a scenario: their words are HTML and wrap, their bars are small SVG pictures and stretch.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::words::{high_percent, names_of, per_hundred};
use crate::{Measured, Reason, ScenarioFigures};

/// Exact receipts of the engine and of the naive system.
pub(super) fn both_systems(measured: &Measured) -> Markup {
    html! {
        h2 { "Beside the naive system" }
        p.soft { "Exact receipts of the same visits, in percent." }
        figure.card {
            ul.legend {
                li { i style="background: var(--ours)" {} "Saunter" }
                li { i style="background: var(--naive)" {} "nearest hand, nearest weight" }
            }
            div.rows {
                @for scenario in &measured.scenarios {
                    @let ours = scenario.sums.ours.share_exact();
                    @let naive = scenario.sums.naive.share_exact();
                    div.row {
                        span { (scenario.name) }
                        (two_bars(scenario, ours.unwrap_or(0.0), naive.unwrap_or(0.0)))
                        span.value { (high_percent(ours)) " : " (high_percent(naive)) }
                    }
                }
            }
        }
    }
}

fn two_bars(scenario: &ScenarioFigures, ours: f64, naive: f64) -> Markup {
    let says = format!("{}: ours {:.1} %, naive {:.1} %", scenario.name, ours * 100.0, naive * 100.0);
    html! {
        svg viewBox="0 0 100 14" height="14" preserveAspectRatio="none" role="img" aria-label=(says) {
            title { (says) }
            rect x="0" y="0" width="100" height="14" fill="var(--grid)" opacity=".45" {}
            rect x="0" y="1" width=(width(ours * 100.0)) height="7" fill="var(--ours)" {}
            rect x="0" y="9" width=(width(naive * 100.0)) height="4" fill="var(--naive)" {}
        }
    }
}

/// A length in a picture: two decimals are below what is seen.
fn width(length: f64) -> String {
    format!("{length:.2}")
}

/// Where the money goes wrong: too little to the left, too much to the right.
pub(super) fn money(measured: &Measured) -> Markup {
    let worst = measured.scenarios.iter().flat_map(|scenario| {
        let visits = scenario.sums.ours.visits.max(1) as f64;
        [scenario.sums.ours.over_minor(), scenario.sums.ours.under_minor()].map(|minor| minor as f64 / visits)
    });
    let worst = worst.fold(0.0, f64::max);
    html! {
        h2 { "Where the money goes wrong" }
        p.soft {
            "Per 100 visits, in " (names_of(&measured.currencies)) ", by reason: to the left what was kept and \
            is neither charged nor in review, to the right what was charged and not kept. All bars have one scale."
        }
        figure.card {
            @if worst > 0.0 {
                (reasons(measured))
                div.rows {
                    div.row.head {
                        span { "Scenario" } span style="text-align: center" { "under ← → over" }
                        span.value { "under : over" }
                    }
                    @for scenario in &measured.scenarios { (money_row(scenario, worst, measured)) }
                }
            } @else { "Not a cent was charged too much or too little." }
        }
    }
}

/// The reasons that occur, with their colours and sums.
fn reasons(measured: &Measured) -> Markup {
    let ours = measured.sum(|_| true).ours;
    let occurs = |reason: &Reason| {
        let minor = |sums: &BTreeMap<Reason, i64>| sums.get(reason).copied().unwrap_or(0);
        *reason != Reason::InReview && minor(&ours.overcharged_minor) + minor(&ours.undercharged_minor) > 0
    };
    html! {
        ul.legend {
            @for reason in Reason::ALL.into_iter().filter(occurs) {
                li { i style={ "background: " (colour(reason)) } {} (reason.words()) }
            }
        }
    }
}

fn colour(reason: Reason) -> String {
    let place = Reason::ALL.iter().position(|one| *one == reason).unwrap_or(0);
    format!("var(--r{place})")
}

fn money_row(scenario: &ScenarioFigures, worst_minor_a_visit: f64, measured: &Measured) -> Markup {
    let ours = &scenario.sums.ours;
    let under = per_hundred(ours.under_minor(), ours.visits, &measured.currencies);
    let over = per_hundred(ours.over_minor(), ours.visits, &measured.currencies);
    let says = format!("{}: {under} under and {over} over per 100 visits", scenario.name);
    // Half of the picture is the worst sum of all.
    let scale = 100.0 / (worst_minor_a_visit * ours.visits.max(1) as f64);
    html! {
        div.row {
            span { (scenario.name) }
            svg viewBox="0 0 200 12" height="14" preserveAspectRatio="none" role="img" aria-label=(says) {
                rect x="0" y="0" width="200" height="12" fill="var(--grid)" opacity=".45" {}
                @for (reason, from, length) in segments(&ours.undercharged_minor, scale) {
                    (segment(reason, 100.0 - from - length, length))
                }
                @for (reason, from, length) in segments(&ours.overcharged_minor, scale) {
                    (segment(reason, 100.0 + from, length))
                }
                rect x="99.8" y="0" width=".4" height="12" fill="var(--soft)" {}
            }
            span.value { (under) " : " (over) }
        }
    }
}

/// Each reason's place and length, outwards from the middle.
fn segments(sums: &BTreeMap<Reason, i64>, scale: f64) -> Vec<(Reason, f64, f64)> {
    let mut from = 0.0;
    let mut segments = Vec::new();
    for reason in Reason::ALL.into_iter().filter(|reason| *reason != Reason::InReview) {
        let length = sums.get(&reason).copied().unwrap_or(0) as f64 * scale;
        if length > 0.0 {
            segments.push((reason, from, length));
            from += length;
        }
    }
    segments
}

fn segment(reason: Reason, x: f64, length: f64) -> Markup {
    html! {
        rect x=(width(x)) y="1" width=(width(length)) height="10" fill=(colour(reason)) {
            title { (reason.words()) }
        }
    }
}
