//! Scores of living hands and attacks as a picture.

use maud::html;
use simulator::palms::Attack;

use super::liveness::Presentation;

/// Width of the picture, height of a row and where its bars begin.
const WIDTH: f64 = 640.0;
const ROW: f64 = 64.0;
const LEFT: f64 = 150.0;
/// Scores shown, and bars over them; what lies beyond is in the outer ones.
const SCORES: (f64, f64) = (-20.0, 10.0);
const BARS: usize = 60;

/// What was shown, in words.
pub(super) fn name(attack: Option<Attack>) -> &'static str {
    match attack {
        None => "living hand",
        Some(Attack::Sheet) => "print, plain paper",
        Some(Attack::Glossy) => "print, glossy paper",
        Some(Attack::Bent) => "print, bent",
        Some(Attack::CutOut) => "print, cut out",
        Some(Attack::StillOnScreen) => "photo on a screen",
        Some(Attack::FilmOnScreen) => "film on a screen",
        Some(Attack::Injected) => "photo fed in",
    }
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
