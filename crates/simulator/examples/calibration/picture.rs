//! The four plots.

use std::path::Path;

use anyhow::anyhow;
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::measure::Measured;

const RECORDED: RGBColor = RGBColor(24, 90, 157);
const SIMULATED: RGBColor = RGBColor(226, 119, 40);
const INK: RGBColor = RGBColor(60, 60, 60);
const GRID: RGBColor = RGBColor(228, 228, 228);
const FONT: &str = "sans-serif";

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Curve = (Vec<(f64, f64)>, ShapeStyle);

/// Draws all.
pub(crate) fn draw(out: &Path, recorded: &Measured, simulated: &[Measured]) -> anyhow::Result<()> {
    let area = SVGBackend::new(out, (1180, 860)).into_drawing_area();
    let drawn = area.fill(&WHITE).map_err(|error| anyhow!("{error}"));
    drawn?;
    let (head, body) = area.split_vertically(46);
    legend(&head)?;
    let panels = body.split_evenly((2, 2));
    quiet(&panels[0], recorded, simulated)?;
    shaken(&panels[1], recorded, simulated)?;
    spectrum(&panels[2], recorded, simulated)?;
    step(&panels[3], recorded, simulated)?;
    area.present().map_err(|error| anyhow!("{error}"))
}

fn legend(area: &Panel<'_>) -> anyhow::Result<()> {
    let entries = [("recorded (nanostore, 17 s)", RECORDED, 22), ("simulated (four seeds)", SIMULATED, 262)];
    for (text, color, x) in entries {
        area.draw(&Rectangle::new([(x, 20), (x + 22, 26)], color.filled()))
            .map_err(|error| anyhow!("{error}"))?;
        area.draw(&Text::new(text, (x + 30, 15), (FONT, 16).into_font().color(&INK)))
            .map_err(|error| anyhow!("{error}"))?;
    }
    Ok(())
}

/// How many plates are at most how noisy while nobody walks.
fn quiet(area: &Panel<'_>, recorded: &Measured, simulated: &[Measured]) -> anyhow::Result<()> {
    let share = |quiet_g: &[f64]| -> Vec<(f64, f64)> {
        (1..)
            .zip(quiet_g)
            .map(|(count, grams)| (*grams, 100.0 * f64::from(count) / quiet_g.len() as f64))
            .collect()
    };
    let curves = curves(recorded, simulated, |measured| share(&measured.quiet_g));
    let mut chart = ChartBuilder::on(area);
    chart.caption("Quiet plates: standard deviation over 4.5 s", (FONT, 17).into_font().color(&INK));
    chart.margin(12).x_label_area_size(44).y_label_area_size(56);
    let axes = chart.build_cartesian_2d((0.25_f64..8.0).log_scale(), 0.0..100.0_f64);
    let mut chart = axes.map_err(|error| anyhow!("{error}"))?;
    chart
        .configure_mesh()
        .x_desc("grams")
        .y_desc("plates at most so noisy, %")
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .y_labels(6)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style((FONT, 14).into_font().color(&INK))
        .draw()
        .map_err(|error| anyhow!("{error}"))?;
    for (points, style) in curves {
        chart.draw_series(LineSeries::new(points, style)).map_err(|error| anyhow!("{error}"))?;
    }
    Ok(())
}

/// Vibration against load.
fn shaken(area: &Panel<'_>, recorded: &Measured, simulated: &[Measured]) -> anyhow::Result<()> {
    let mut chart = ChartBuilder::on(area);
    chart.caption("Somebody walks: vibration above 3 Hz", (FONT, 17).into_font().color(&INK));
    chart.margin(12).x_label_area_size(44).y_label_area_size(56);
    let axes = chart.build_cartesian_2d(0.0..6.0_f64, (0.3_f64..40.0).log_scale());
    let mut chart = axes.map_err(|error| anyhow!("{error}"))?;
    chart
        .configure_mesh()
        .x_desc("load of the plate, kg")
        .y_desc("standard deviation, grams")
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .x_labels(7)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style((FONT, 14).into_font().color(&INK))
        .draw()
        .map_err(|error| anyhow!("{error}"))?;
    let one_world = simulated.first().into_iter().flat_map(|measured| &measured.shaken);
    let dot = |point: &(f64, f64), color: RGBColor| Circle::new(*point, 3, color.mix(0.55).filled());
    chart.draw_series(one_world.map(|point| dot(point, SIMULATED))).map_err(|error| anyhow!("{error}"))?;
    chart
        .draw_series(recorded.shaken.iter().map(|point| dot(point, RECORDED)))
        .map_err(|error| anyhow!("{error}"))?;
    Ok(())
}

/// The spectrum of the median plate.
fn spectrum(area: &Panel<'_>, recorded: &Measured, simulated: &[Measured]) -> anyhow::Result<()> {
    let curves = curves(recorded, simulated, |measured| measured.spectrum.clone());
    let mut chart = ChartBuilder::on(area);
    chart.caption("Somebody walks: spectrum of the median plate", (FONT, 17).into_font().color(&INK));
    chart.margin(12).x_label_area_size(44).y_label_area_size(56);
    let axes = chart.build_cartesian_2d(0.0..30.0_f64, (0.005_f64..2.0).log_scale());
    let mut chart = axes.map_err(|error| anyhow!("{error}"))?;
    chart
        .configure_mesh()
        .x_desc("Hz")
        .y_desc("g² per Hz")
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .x_labels(7)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style((FONT, 14).into_font().color(&INK))
        .draw()
        .map_err(|error| anyhow!("{error}"))?;
    for (points, style) in curves {
        chart.draw_series(LineSeries::new(points, style)).map_err(|error| anyhow!("{error}"))?;
    }
    Ok(())
}

/// A take: the hand presses, then the plate is lighter.
fn step(area: &Panel<'_>, recorded: &Measured, simulated: &[Measured]) -> anyhow::Result<()> {
    let curves = curves(recorded, simulated, |measured| measured.step.clone());
    let mut chart = ChartBuilder::on(area);
    chart.caption("A bottle is taken: the press, then the step", (FONT, 17).into_font().color(&INK));
    chart.margin(12).x_label_area_size(44).y_label_area_size(56);
    let axes = chart.build_cartesian_2d(-0.8..0.8_f64, -750.0..150.0_f64);
    let mut chart = axes.map_err(|error| anyhow!("{error}"))?;
    chart
        .configure_mesh()
        .x_desc("seconds from the lift")
        .y_desc("grams against the mean before")
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style((FONT, 14).into_font().color(&INK))
        .draw()
        .map_err(|error| anyhow!("{error}"))?;
    for (points, style) in curves {
        chart.draw_series(LineSeries::new(points, style)).map_err(|error| anyhow!("{error}"))?;
    }
    Ok(())
}

/// A number without zeros that say nothing.
fn short(number: &f64) -> String {
    format!("{}", (number * 1000.0).round() / 1000.0)
}

/// The simulated curves, thin, below the recorded one.
fn curves(
    recorded: &Measured,
    simulated: &[Measured],
    points: impl Fn(&Measured) -> Vec<(f64, f64)>,
) -> Vec<Curve> {
    let thin = simulated.iter().map(|measured| (points(measured), SIMULATED.mix(0.75).stroke_width(1)));
    thin.chain([(points(recorded), RECORDED.stroke_width(3))]).collect()
}
