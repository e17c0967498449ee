//! A weight over time, drawn in the terminal with braille dots.

use model::{Curve, Time};

use super::{ACCENT, DIM, Look, WARN, text};

/// Dots of a braille character: two columns of four; the bit of each, row by row.
/// Source: the Unicode standard, block Braille Patterns.
const DOT_BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// Least height of the plot, grams, so that a quiet plate is drawn as one.
const SPAN_MIN_G: f64 = 4.0;
/// Columns before the plot: the labels in grams and the axis.
const LABEL_WIDTH: usize = 10;

/// Where the change lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    /// When the mass began to change.
    pub(crate) start: Time,
    /// When most of it changed: time 0 of the axis.
    pub(crate) moment: Time,
    /// When the new mass had settled.
    pub(crate) end: Time,
}

/// A drawing of dots, four times as high and twice as wide as its characters.
struct Canvas {
    columns: usize,
    rows: usize,
    cells: Vec<u8>,
}

impl Canvas {
    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![0; columns * rows] }
    }

    /// A line between two points, each from 0 (left, top) to 1 (right, bottom).
    fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (width, height) = ((self.columns * 2 - 1) as f64, (self.rows * 4 - 1) as f64);
        let (from, to) = ((from.0 * width, from.1 * height), (to.0 * width, to.1 * height));
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().max(1.0) as usize;
        for step in 0..=steps {
            let part = step as f64 / steps as f64;
            let x = (from.0 + (to.0 - from.0) * part).round() as usize;
            let y = (from.1 + (to.1 - from.1) * part).round() as usize;
            self.cells[y / 4 * self.columns + x / 2] |= DOT_BITS[y % 4][x % 2];
        }
    }
}

/// Draws a curve in `rows` lines with labels in grams, an axis in seconds around the moment, and marks
/// of the change: `▲` the moment, `┴` its start and end. One text a line; none for an empty curve.
pub(crate) fn plot(curve: &Curve, marks: Marks, rows: usize, look: Look) -> Vec<String> {
    let Some((bottom, top)) = range(curve) else { return Vec::new() };
    let columns = look.width.saturating_sub(LABEL_WIDTH + 1).max(20);
    let canvas = draw(curve, (bottom, top), columns, rows);
    let last_step = curve.grams.len().saturating_sub(1).max(1) as f64;
    let length_s = (last_step * curve.step_s).max(f64::MIN_POSITIVE);
    let column_of = |time: Time| {
        let part = time.seconds_since(curve.start) / length_s;
        (0.0..=1.0).contains(&part).then(|| (part * (columns - 1) as f64).round() as usize)
    };
    let [start, moment, end] = [marks.start, marks.moment, marks.end].map(column_of);
    let guides = [start, moment, end];
    let mut lines: Vec<String> = (0..rows)
        .map(|row| label(row, rows, bottom, top, look) + &dots(&canvas, row, &guides, look))
        .collect();
    lines.push(axis(columns, [start, end], moment, look));
    lines.push(times(curve.start.seconds_since(marks.moment), length_s, moment, columns, look));
    lines
}

/// Least and greatest finite weight, widened to a height worth drawing.
fn range(curve: &Curve) -> Option<(f64, f64)> {
    let finite = || curve.grams.iter().filter(|grams| grams.is_finite()).map(|grams| f64::from(*grams));
    let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
    let missing = (SPAN_MIN_G - (high - low)).max(0.0);
    Some((low - missing / 2.0, high + missing / 2.0))
}

fn draw(curve: &Curve, (bottom, top): (f64, f64), columns: usize, rows: usize) -> Canvas {
    let mut canvas = Canvas::new(columns, rows);
    let last = curve.grams.len().saturating_sub(1).max(1) as f64;
    let point = |(place, grams): (usize, &f32)| {
        let height = (top - f64::from(*grams)) / (top - bottom);
        grams.is_finite().then_some((place as f64 / last, height))
    };
    let points: Vec<Option<(f64, f64)>> = curve.grams.iter().enumerate().map(point).collect();
    for (place, to) in points.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| points[before]);
        if let Some(to) = *to {
            canvas.line(before.unwrap_or(to), to);
        }
    }
    canvas
}

/// `  5104 g ┤` for the top, middle and bottom line, `         │` for the others.
fn label(row: usize, rows: usize, bottom: f64, top: f64, look: Look) -> String {
    let decimals = usize::from(top - bottom < 20.0);
    let text = if row == 0 || row == rows - 1 || row * 2 == rows - 1 {
        let grams = top + (bottom - top) * row as f64 / (rows - 1).max(1) as f64;
        format!("{grams:>7.decimals$} g ┤").replace('-', "−")
    } else {
        format!("{:>LABEL_WIDTH$}│", "")
    };
    look.paint(DIM, &text)
}

/// One line of the drawing, with guides where it is empty.
fn dots(canvas: &Canvas, row: usize, guides: &[Option<usize>], look: Look) -> String {
    let cells = &canvas.cells[row * canvas.columns..(row + 1) * canvas.columns];
    let drawn = cells.iter().enumerate().map(|(column, bits)| match bits {
        0 if guides.contains(&Some(column)) => look.paint(DIM, "┊"),
        0 => " ".to_owned(),
        bits => look.paint(ACCENT, &char::from_u32(0x2800 + u32::from(*bits)).unwrap_or('?').to_string()),
    });
    drawn.collect::<String>().trim_end().to_owned()
}

fn axis(columns: usize, ends: [Option<usize>; 2], moment: Option<usize>, look: Look) -> String {
    let mark = |column| match column {
        column if moment == Some(column) => look.paint(WARN, "▲"),
        column if ends.contains(&Some(column)) => look.paint(WARN, "┴"),
        _ => look.paint(DIM, "─"),
    };
    format!("{:>LABEL_WIDTH$}{}{}", "", look.paint(DIM, "└"), (0..columns).map(mark).collect::<String>())
}

/// The seconds below the axis: its ends, and 0 at the moment where there is room.
fn times(first_s: f64, length_s: f64, moment: Option<usize>, columns: usize, look: Look) -> String {
    let (left, right) = (text::signed(first_s, 1) + " s", text::signed(first_s + length_s, 1) + " s");
    let (left_width, right_width) = (left.chars().count(), right.chars().count());
    let mut line = left;
    if let Some(column) = moment.filter(|column| *column > left_width && column + right_width + 1 < columns) {
        line = format!("{line:column$}0");
    }
    let gap = columns.saturating_sub(line.chars().count());
    look.paint(DIM, &format!("{:>LABEL_WIDTH$} {line}{right:>gap$}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { width: 72, colour: false };

    fn drawn(grams: Vec<f32>, moment_s: f64) -> String {
        let start = Time::from_nanos(0);
        let curve = Curve { start, step_s: 0.1, grams };
        let moment = start.plus_seconds(moment_s);
        let marks = Marks { start: moment.plus_seconds(-0.3), moment, end: moment.plus_seconds(0.5) };
        plot(&curve, marks, 5, LOOK).join("\n")
    }

    #[test]
    fn a_take_is_a_step_down() {
        let grams = (0..50).map(|i| {
            if i < 20 {
                5104.0
            } else if i < 23 {
                4900.0
            } else {
                4482.0
            }
        });
        insta::assert_snapshot!(drawn(grams.collect(), 2.1));
    }

    #[test]
    fn a_gap_stays_a_gap_and_a_quiet_plate_is_flat() {
        let grams = (0..50).map(|i| if (20..30).contains(&i) { f32::NAN } else { -12.5 });
        insta::assert_snapshot!(drawn(grams.collect(), 2.1));
    }

    #[test]
    fn nothing_to_draw_draws_nothing_and_one_value_draws_a_dot() {
        assert_eq!(drawn(Vec::new(), 0.0), "");
        assert_eq!(drawn(vec![f32::NAN, f32::INFINITY], 0.0), "");
        insta::assert_snapshot!(drawn(vec![10.0], 0.0));
    }
}
