//! A plate's weight over time, drawn.

use maud::{Markup, html};

use super::desk::Desk;
use super::evidence::Change;

/// The drawing, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 240.0;
/// Room for the axes.
const LEFT: f64 = 78.0;
const BELOW: f64 = 40.0;
const ABOVE: f64 = 14.0;
const RIGHT: f64 = 12.0;
/// Points of the line at most: more are not seen.
const POINTS: usize = 240;

/// How values lie on the drawing.
struct Scale {
    seconds: (f64, f64),
    grams: (f64, f64),
}

impl Scale {
    fn x(&self, seconds: f64) -> f64 {
        let (from, to) = self.seconds;
        LEFT + (seconds.clamp(from, to) - from) / (to - from) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, grams: f64) -> f64 {
        let (from, to) = self.grams;
        HEIGHT - BELOW - (grams - from) / (to - from) * (HEIGHT - BELOW - ABOVE)
    }
}

/// The weight curve of a change, seconds from the moment when most of it changed; nothing where no plate was weighed.
pub(super) fn curve(desk: &Desk, change: &Change) -> Markup {
    let Some(points) = points(change) else { return html! {} };
    let scale = scale(&points);
    let (from, to) = (points.first().map_or(0.0, |p| p.1), points.last().map_or(0.0, |p| p.1));
    let (start, end) = (change.start.seconds_since(change.moment), change.end.seconds_since(change.moment));
    let told = desk.say(
        format!(
            "Weight of the plate over time: from {from:.0} g to {to:.0} g; it changed for {:.1} s.",
            end - start
        ),
        format!(
            "Gewicht der Platte im Verlauf: von {from:.0} g auf {to:.0} g; es änderte sich {:.1} s lang.",
            end - start
        ),
    );
    html! {
        svg.curve viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(told) {
            rect.band x=(at(scale.x(start))) y=(ABOVE) width=(at((scale.x(end) - scale.x(start)).max(1.0))) height=(HEIGHT - BELOW - ABOVE) {}
            (grams_axis(&scale))
            (seconds_axis(desk, &scale))
            line.moment x1=(at(scale.x(0.0))) x2=(at(scale.x(0.0))) y1=(ABOVE) y2=(HEIGHT - BELOW) {}
            path.weight d=(path(&scale, &points)) {}
        }
        p.small { (told) }
    }
}

/// Seconds from the moment, and grams; the gaps are left out.
fn points(change: &Change) -> Option<Vec<(f64, f64)>> {
    let curve = &change.curve;
    let begin = curve.start.seconds_since(change.moment);
    let every = curve.grams.len().div_ceil(POINTS).max(1);
    let points = curve.grams.iter().enumerate().step_by(every);
    let points: Vec<_> = points
        .filter_map(|(step, grams)| Some((begin + step as f64 * curve.step_s, f64::from((*grams)?))))
        .filter(|(_, grams)| grams.is_finite())
        .collect();
    (points.len() >= 2).then_some(points)
}

fn scale(points: &[(f64, f64)]) -> Scale {
    let grams = points.iter().map(|point| point.1);
    let (low, high) =
        grams.fold((f64::MAX, f64::MIN), |(low, high), grams| (low.min(grams), high.max(grams)));
    let room = ((high - low) * 0.1).max(5.0);
    let (from, to) = (points[0].0, points[points.len() - 1].0);
    Scale { seconds: (from, to.max(from + 0.1)), grams: (low - room, high + room) }
}

fn path(scale: &Scale, points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, (seconds, grams)) in points.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{letter}{} {}", at(scale.x(*seconds)), at(scale.y(*grams))));
    }
    path
}

fn grams_axis(scale: &Scale) -> Markup {
    html! {
        g.axis { @for grams in ticks(scale.grams, 5.0) {
            line x1=(LEFT) x2=(WIDTH - RIGHT) y1=(at(scale.y(grams))) y2=(at(scale.y(grams))) {}
            text x=(LEFT - 6.0) y=(at(scale.y(grams) + 4.0)) text-anchor="end" { (grams) " g" }
        } }
    }
}

fn seconds_axis(desk: &Desk, scale: &Scale) -> Markup {
    html! {
        g.axis {
            @for seconds in ticks(scale.seconds, 8.0) {
                text x=(at(scale.x(seconds))) y=(HEIGHT - BELOW + 16.0) text-anchor="middle" { (seconds) " s" }
            }
            text x=(WIDTH / 2.0) y=(HEIGHT - 6.0) text-anchor="middle" {
                (desk.say("seconds from the moment of the change", "Sekunden ab dem Moment der Änderung"))
            }
        }
    }
}

/// Round numbers within a span, about so many of them.
fn ticks((from, to): (f64, f64), wanted: f64) -> Vec<f64> {
    let rough = (to - from) / wanted;
    let ten = libm::pow(10.0, libm::floor(libm::log10(rough.max(1e-9))));
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|one| one * ten).find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * ten);
    let first = (from / step).ceil() as i64;
    let last = (to / step).floor() as i64;
    // Rounded, because three times 0.1 is not 0.3.
    (first..=last).map(|tick| (tick as f64 * step * 1000.0).round() / 1000.0).collect()
}

/// A coordinate with one decimal.
fn at(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_lie_within() {
        assert_eq!(ticks((-2.0, 2.0), 4.0), [-2.0, -1.0, 0.0, 1.0, 2.0]);
        assert_eq!(ticks((893.0, 1250.0), 5.0), [900.0, 1000.0, 1100.0, 1200.0]);
        assert_eq!(ticks((0.0, 0.35), 4.0), [0.0, 0.1, 0.2, 0.3]);
    }
}
