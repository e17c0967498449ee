//! Scores of living hands and attacks as a picture.

use maud::{PreEscaped, html};
use simulator::palms::Attack;

use super::liveness::{Presentation, name, rows};
use crate::report::{figures, page as whole_page};

/// Width of the picture, height of a row and where its bars begin.
const WIDTH: f64 = 640.0;
const ROW: f64 = 64.0;
const LEFT: f64 = 150.0;
/// Scores shown, and bars over them; what lies beyond is in the outer ones.
const SCORES: (f64, f64) = (-20.0, 10.0);
const BARS: usize = 60;

/// What was measured under one kind of conditions.
pub struct Measured {
    /// What they are.
    pub name: &'static str,
    /// What was shown.
    pub presentations: Vec<Presentation>,
}

impl Measured {
    /// The figures, one a row: what, the share, between which shares it lies (95 %), counts, and what is asked.
    pub fn rows(&self, threshold: f64) -> Vec<[String; 5]> {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        rows(&self.presentations, threshold)
            .into_iter()
            .enumerate()
            .map(|(place, (name, errors))| {
                let [low, high] = errors.interval();
                [
                    name,
                    percent(errors.rate()),
                    format!("{} – {}", percent(low), percent(high)),
                    format!(
                        "{} of {} ({} without a verdict)",
                        errors.wrong,
                        errors.judged,
                        errors.shown - errors.judged
                    ),
                    if place <= Attack::ALL.len() { "2 %".into() } else { String::new() },
                ]
            })
            .collect()
    }
}

/// Writes the page; `command` makes it anew.
pub fn liveness_page(measured: &[Measured], threshold: f64, command: &str) -> String {
    let heads = ["", "wrong", "95 % interval", "counts", "asked"].map(str::to_owned);
    let body = html! {
        h1 { "Is it a living hand?" }
        p.soft {
            "Hands made of numbers, each shown once living and once by each kind of attack, none of them seen when weights were fitted. "
            "BPCER: living hands taken for attacks. APCER: attacks taken for living hands. Who gets no verdict gets in nowhere."
        }
        @for part in measured {
            h2 { (part.name) }
            (figures(part.name, &heads, part.rows(threshold).into_iter().map(Vec::from).collect()))
            figure.card { (PreEscaped(liveness_picture(&part.presentations, threshold))) }
        }
        p.soft { "Made by " code { (command) } }
    };
    whole_page("Is it a living hand?", &body)
}

/// Histograms of scores, a row each kind, with the threshold across, as SVG that stands alone.
pub fn liveness_picture(presentations: &[Presentation], threshold: f64) -> String {
    let kinds: Vec<Option<Attack>> = std::iter::once(None).chain(Attack::ALL.map(Some)).collect();
    let height = ROW * kinds.len() as f64 + 40.0;
    let says = "Scores of living hands and of attacks, and the threshold between them";
    let bar = (WIDTH - LEFT - 16.0) / BARS as f64;
    let x = |score: f64| LEFT + (score - SCORES.0) / (SCORES.1 - SCORES.0) * bar * BARS as f64;
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(says)
            font-family="system-ui, sans-serif" font-size="12" style="max-width:42rem;width:100%" {
            title { (says) }
            rect width=(WIDTH) height=(height) fill="#fff" {}
            @for (row, kind) in kinds.iter().enumerate() {
                @let base = ROW * (row as f64 + 1.0);
                @let counts = counts(presentations, *kind);
                @let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
                text x=(LEFT - 10.0) y=(base - 8.0) text-anchor="end" fill="#222" { (name(*kind)) }
                @for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                    @let tall = (ROW - 14.0) * *count as f64 / most;
                    rect x=(format!("{:.1}", LEFT + bar * index as f64)) y=(format!("{:.1}", base - tall)) width=(format!("{:.1}", bar - 1.0))
                        height=(format!("{tall:.1}")) fill=(if kind.is_none() { "#0b6e4f" } else { "#b3541e" }) {}
                }
                line x1=(LEFT) x2=(WIDTH - 16.0) y1=(base) y2=(base) stroke="#ddd" {}
            }
            line x1=(format!("{:.1}", x(threshold))) x2=(format!("{:.1}", x(threshold))) y1="4" y2=(height - 36.0) stroke="#222" stroke-dasharray="4 3" {}
            text x=(format!("{:.1}", x(threshold))) y=(height - 22.0) text-anchor="middle" fill="#222" { "threshold" }
            text x=((LEFT + WIDTH) / 2.0) y=(height - 6.0) text-anchor="middle" fill="#222" { "score" }
        }
    }
    .into_string()
}

fn counts(presentations: &[Presentation], kind: Option<Attack>) -> [u64; BARS] {
    let mut counts = [0; BARS];
    let shown = presentations.iter().filter(|presentation| presentation.attack == kind);
    for score in shown.filter_map(|presentation| presentation.score) {
        let part = (score - SCORES.0) / (SCORES.1 - SCORES.0) * BARS as f64;
        counts[part.clamp(0.0, BARS as f64 - 1.0) as usize] += 1;
    }
    counts
}
