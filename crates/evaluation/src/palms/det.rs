//! The curve of errors as a picture: detection error trade-off (Martin et al. 1997), both axes by powers of ten.

use maud::{Markup, html};

/// Width and height.
const SIZE: (f64, f64) = (560.0, 400.0);
/// What is left free for axes: left, top, right, bottom.
const MARGIN: (f64, f64, f64, f64) = (64.0, 16.0, 28.0, 44.0);
/// Powers of ten from left to right and from bottom to top.
const X: (f64, f64) = (-7.0, 0.0);
const Y: (f64, f64) = (-4.0, 0.0);
/// One colour a curve, told apart by dashes too.
const LINES: [(&str, &str); 4] =
    [("#0b6e4f", ""), ("#b3541e", "7 4"), ("#3d5a99", "2 3"), ("#7a3e8e", "9 3 2 3")];

/// A curve and what it is of.
pub struct Curve {
    /// What it is of.
    pub name: String,
    /// False matches and false non-matches, shares of 1.
    pub points: Vec<(f64, f64)>,
}

/// The picture, as SVG that stands alone.
pub fn det_picture(curves: &[Curve]) -> String {
    det(curves).into_string()
}

pub(super) fn det(curves: &[Curve]) -> Markup {
    let says = "Curves of errors: share of palms turned away against share of strangers accepted";
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } role="img" aria-label=(says)
            font-family="system-ui, sans-serif" font-size="12" style="max-width:40rem;width:100%" {
            title { (says) }
            rect width=(SIZE.0) height=(SIZE.1) fill="#fff" {}
            (grid())
            @for (curve, (colour, dashes)) in curves.iter().zip(LINES.iter().cycle()) {
                polyline points=(path(&curve.points)) fill="none" stroke=(colour) stroke-width="2" stroke-dasharray=(dashes) {}
            }
            @for (index, (curve, (colour, dashes))) in curves.iter().zip(LINES.iter().cycle()).enumerate() {
                // Where no curve comes: all run from the upper left to the lower right.
                @let y = MARGIN.1 + 20.0 + 18.0 * index as f64;
                @let x = SIZE.0 - MARGIN.2 - 290.0;
                line x1=(x) y1=(y - 4.0) x2=(x + 28.0) y2=(y - 4.0) stroke=(colour) stroke-width="2" stroke-dasharray=(dashes) {}
                text x=(x + 36.0) y=(y) fill="#222" { (curve.name) }
            }
        }
    }
}

fn grid() -> Markup {
    let powers = |(from, to): (f64, f64)| (0..=(to - from) as i32).map(move |step| from + f64::from(step));
    html! {
        @for power in powers(X) {
            line x1=(x(power)) x2=(x(power)) y1=(MARGIN.1) y2=(SIZE.1 - MARGIN.3) stroke="#ddd" {}
            text x=(x(power)) y=(SIZE.1 - MARGIN.3 + 16.0) text-anchor="middle" fill="#222" { (label(power)) }
        }
        @for power in powers(Y) {
            line x1=(MARGIN.0) x2=(SIZE.0 - MARGIN.2) y1=(y(power)) y2=(y(power)) stroke="#ddd" {}
            text x=(MARGIN.0 - 8.0) y=(y(power) + 4.0) text-anchor="end" fill="#222" { (label(power)) }
        }
        text x=((MARGIN.0 + SIZE.0 - MARGIN.2) / 2.0) y=(SIZE.1 - 8.0) text-anchor="middle" fill="#222" {
            "strangers accepted (FMR)"
        }
        text x="14" y=(SIZE.1 / 2.0) text-anchor="middle" fill="#222" transform={ "rotate(-90 14 " (SIZE.1 / 2.0) ")" } {
            "palms turned away (FNMR)"
        }
    }
}

/// A share as people write it.
fn label(power: f64) -> String {
    match power as i32 {
        0 => "100 %".into(),
        -1 => "10 %".into(),
        -2 => "1 %".into(),
        -3 => "0.1 %".into(),
        power => format!("10^{power}"),
    }
}

fn x(power: f64) -> f64 {
    MARGIN.0 + (power - X.0) / (X.1 - X.0) * (SIZE.0 - MARGIN.0 - MARGIN.2)
}

fn y(power: f64) -> f64 {
    SIZE.1 - MARGIN.3 - (power - Y.0) / (Y.1 - Y.0) * (SIZE.1 - MARGIN.1 - MARGIN.3)
}

fn path(points: &[(f64, f64)]) -> String {
    let power = |share: f64, least: f64| if share > 0.0 { libm::log10(share).max(least) } else { least };
    points
        .iter()
        .map(|&(matches, misses)| format!("{:.1},{:.1} ", x(power(matches, X.0)), y(power(misses, Y.0))))
        .collect()
}
