//! Plots with axes, as SVG.

use maud::{Markup, html};

use crate::words::seconds;
use crate::{Calibration, CalibrationBin, Latencies, Sums};

/// Width and height of a plot.
const SIZE: (f64, f64) = (360.0, 260.0);
/// What is left free for axes: left, top, right, bottom.
const MARGIN: (f64, f64, f64, f64) = (38.0, 12.0, 18.0, 34.0);
/// Width of a column of a histogram, in hundredths of a second.
const COLUMN: u32 = 10;

pub(super) fn section(sums: &Sums) -> Markup {
    html! {
        h2 { "Is a probability what it says?" }
        p.soft {
            "Lines by the probability that they were given, charged or in review, against the share of them that was \
            right. On the dashed line, doubt is as great as it should be; above it, the engine doubts too much. The \
            shaded box is what is asked of 90–95 %."
        }
        figure.card.pair { (reliability(&sums.calibration)) (bins(&sums.calibration)) }
        h2 { "How long it takes" }
        p.soft {
            "In the store's time, by the time of capture that has arrived; the engine waits for late records. \
            Dotted: the median and 99 of 100. Shaded: what is asked of 99 of 100."
        }
        div.pair {
            figure.card {
                h3 { "From the shelf to the cart" }
                (histogram(&sums.takes, "Seconds from the hand leaving the shelf to the cart", 3.0, 2.0))
                figcaption { (measured(&sums.takes)) }
            }
            figure.card {
                h3 { "From the exit to the receipt" }
                (histogram(&sums.settling, "Seconds from the exit to the receipt", 6.0, 5.0))
                figcaption { (measured(&sums.settling)) }
            }
        }
    }
}

fn measured(latencies: &Latencies) -> String {
    let within = |share| seconds(latencies.quantile_s(share));
    let never = match latencies.unmeasured {
        0 => String::new(),
        number => format!("; {number} never came, or only when the records ended"),
    };
    let (number, half, most) = (latencies.measured(), within(0.5), within(0.99));
    format!("{number} measured: half within {half} s, 99 of 100 within {most} s{never}")
}

/// Turns figures into places of a picture.
struct Scale {
    x: (f64, f64),
    y: (f64, f64),
}

impl Scale {
    fn x(&self, value: f64) -> f64 {
        let (from, to) = (MARGIN.0, SIZE.0 - MARGIN.2);
        from + (value - self.x.0) / (self.x.1 - self.x.0) * (to - from)
    }

    fn y(&self, value: f64) -> f64 {
        let (from, to) = (SIZE.1 - MARGIN.3, MARGIN.1);
        from + (value - self.y.0) / (self.y.1 - self.y.0) * (to - from)
    }

    fn line(&self, class: &str, from: (f64, f64), to: (f64, f64)) -> Markup {
        let [x1, x2] = [from.0, to.0].map(|value| at(self.x(value)));
        let [y1, y2] = [from.1, to.1].map(|value| at(self.y(value)));
        html! { line class=(class) x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} }
    }

    fn area(&self, class: &str, x: (f64, f64), y: (f64, f64)) -> Markup {
        let (left, top) = (self.x(x.0), self.y(y.1));
        let (width, height) = (self.x(x.1) - left, self.y(y.0) - top);
        html! { rect class=(class) x=(at(left)) y=(at(top)) width=(at(width)) height=(at(height)) {} }
    }

    fn label_x(&self, value: f64, text: &str) -> Markup {
        let y = at(SIZE.1 - MARGIN.3 + 14.0);
        html! { text x=(at(self.x(value))) y=(y) text-anchor="middle" { (text) } }
    }

    fn label_y(&self, value: f64, text: &str) -> Markup {
        html! { text x=(at(MARGIN.0 - 6.0)) y=(at(self.y(value) + 3.5)) text-anchor="end" { (text) } }
    }
}

/// A place in a picture.
fn at(place: f64) -> String {
    format!("{place:.1}")
}

fn caption_x(text: &str) -> Markup {
    let x = at((MARGIN.0 + SIZE.0 - MARGIN.2) / 2.0);
    html! { text x=(x) y=(at(SIZE.1 - 4.0)) text-anchor="middle" { (text) } }
}

fn plot(says: &str, inner: &Markup) -> Markup {
    html! {
        svg.plot viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } role="img" aria-label=(says) {
            title { (says) }
            (inner)
        }
    }
}

/// The share of lines that were right against their probability, from one half to certainty.
fn reliability(calibration: &Calibration) -> Markup {
    let scale = Scale { x: (0.0, 1.0), y: (0.0, 1.0) };
    let fifths = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
    let inner = html! {
        @for share in fifths {
            (scale.line("grid", (0.0, share), (1.0, share)))
            (scale.label_y(share, &format!("{:.0} %", share * 100.0)))
            (scale.label_x(share, &format!("{:.0} %", share * 100.0)))
        }
        (scale.line("axis", (0.0, 0.0), (1.0, 0.0)))
        (scale.line("ideal", (0.0, 0.0), (1.0, 1.0)))
        (scale.area("asked", (0.9, 0.95), (0.88, 0.97)))
        @for bin in &calibration.bins { (bin_dot(bin, &scale)) }
        (caption_x("probability given"))
    };
    plot("Share of lines that were right, by the probability that they were given", &inner)
}

fn bin_dot(bin: &CalibrationBin, scale: &Scale) -> Markup {
    let Some((probability, share)) = bin.mean_probability().zip(bin.share_right()) else { return html! {} };
    let (low, high) = wilson(bin.right, bin.lines);
    let says =
        format!("{:.0}–{:.0} %: {} of {} right", bin.from * 100.0, bin.to * 100.0, bin.right, bin.lines);
    html! {
        g {
            title { (says) }
            (scale.line("span", (probability, low), (probability, high)))
            circle.dot cx=(at(scale.x(probability))) cy=(at(scale.y(share))) r="3.5" {}
        }
    }
}

/// Where the true share lies with 95 % confidence, of so many right among so many.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
fn wilson(right: u64, all: u64) -> (f64, f64) {
    let (n, z) = (all as f64, 1.96_f64);
    let share = right as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    ((middle - half) / whole, (middle + half) / whole)
}

/// The same figures as a table.
fn bins(calibration: &Calibration) -> Markup {
    let percent =
        |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0));
    html! {
        table {
            thead { tr {
                th scope="col" { "Given" } th scope="col" { "Lines" } th scope="col" { "Mean given" }
                th scope="col" { "Right" }
            } }
            tbody {
                @for bin in &calibration.bins {
                    tr {
                        th scope="row" { (format!("{:.0}–{:.0} %", bin.from * 100.0, bin.to * 100.0)) }
                        td { (bin.lines) }
                        td { (percent(bin.mean_probability())) }
                        td { (percent(bin.share_right())) }
                    }
                }
            }
        }
    }
}

/// Columns of a tenth of a second; what took longer than `most_s` stands in the last one.
fn histogram(latencies: &Latencies, says: &str, most_s: f64, asked_s: f64) -> Markup {
    let columns = (most_s * 10.0) as usize;
    let mut counts = vec![0_u64; columns + 1];
    for (hundredths, count) in &latencies.counts {
        counts[(hundredths.div_ceil(COLUMN).saturating_sub(1) as usize).min(columns)] += count;
    }
    let highest = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let end_s = most_s + 0.1;
    let scale = Scale { x: (0.0, end_s), y: (0.0, highest * 1.08) };
    let column = |place: usize| (place as f64 / 10.0 + 0.006, (place + 1) as f64 / 10.0 - 0.006);
    let inner = html! {
        (scale.area("asked", (0.0, asked_s), (0.0, highest * 1.08)))
        (scale.line("grid", (0.0, highest), (end_s, highest)))
        (scale.label_y(highest, &format!("{highest:.0}")))
        (scale.label_y(0.0, "0"))
        @for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            (scale.area("column", column(place), (0.0, *count as f64)))
        }
        (scale.line("axis", (0.0, 0.0), (end_s, 0.0)))
        @for second in 0..=most_s as u32 { (scale.label_x(f64::from(second), &format!("{second} s"))) }
        @for share in [0.5, 0.99] {
            @if let Some(at_s) = latencies.quantile_s(share) {
                (scale.line("mark", (at_s.min(end_s), 0.0), (at_s.min(end_s), highest * 1.08)))
            }
        }
        (caption_x("longer ones stand in the last column"))
    };
    plot(says, &inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_widens_where_little_was_seen() {
        let (low, high) = wilson(9, 10);
        assert!((low - 0.596).abs() < 1e-3 && (high - 0.982).abs() < 1e-3, "{low} {high}");
        let (low, high) = wilson(9000, 10_000);
        assert!(low > 0.893 && high < 0.907);
        assert!(wilson(10, 10).1 <= 1.0 + 1e-12);
    }
}
