//! Calibrated cameras: how good each one is, how far it was off, and since when.

use anstyle::Style;
use model::Time;
use tracking::{CalibratedCamera, Calibration, CameraState, Moved, Residuals};

use super::table::{Column, Row, table};
use super::{DIM, Look, WARN, text};

/// A clock that is off by more than this is told, seconds: somebody who walks goes 3 cm meanwhile.
const CLOCK_S: f64 = 0.02;

const LEGEND: &str = "Was, is: how far what a camera saw lies from where it should lie, by the old calibration and by the \
    new one, in pixels of its picture and in centimetres at its depth: half is nearer (of nine in ten, as told). RMS: root \
    of the mean square, in which a few wrong joints count much. Clock: by how much its pictures are later than they say.";

/// Renders a row a camera, and what somebody should look at; ends with a line break.
pub(crate) fn calibration(found: &Calibration, look: Look) -> String {
    let columns = [
        Column::Text("Camera"),
        Column::Number("Seen"),
        Column::Number("Was px"),
        Column::Number("Is px"),
        Column::Number("9 in 10"),
        Column::Number("RMS"),
        Column::Number("Is cm"),
        Column::Number("Turned"),
        Column::Number("Went"),
        Column::Number("Clock"),
    ];
    let rows: Vec<Row> = found.cameras.iter().map(row).collect();
    let mut page = table(look, &columns, &rows, 0);
    page += &(look.paint(DIM, &text::wrapped(LEGEND, look.width, 0)) + "\n");
    for remark in found.cameras.iter().flat_map(|camera| remarks(camera, found.span)) {
        page += &format!("{} {}\n", look.paint(WARN, "!"), text::wrapped(&remark, look.width, 2));
    }
    page
}

fn row(camera: &CalibratedCamera) -> Row {
    let off = |residuals: Option<Residuals>, what: fn(Residuals) -> f64| {
        residuals.map_or_else(|| "–".to_owned(), |residuals| format!("{:.1}", what(residuals)))
    };
    let is_calibrated = camera.state == CameraState::Calibrated;
    let moved = |value: String| if is_calibrated { value } else { "–".to_owned() };
    let turned = match camera.state {
        CameraState::Calibrated => format!("{:.2}°", camera.turned_rad.to_degrees()),
        CameraState::Held => "held".to_owned(),
        CameraState::TooFewJoints => "–".to_owned(),
    };
    let clock_ms = (camera.clock_s * 1e3).round();
    let clock = if clock_ms == 0.0 { "0".to_owned() } else { text::signed(clock_ms, 0) };
    let cells = vec![
        text::plain(camera.camera.id().as_str()),
        camera.joints.to_string(),
        off(camera.before, |residuals| residuals.median_px),
        off(camera.after, |residuals| residuals.median_px),
        off(camera.after, |residuals| residuals.p90_px),
        off(camera.after, |residuals| residuals.rms_px),
        off(camera.after, |residuals| residuals.median_m * 100.0),
        turned,
        moved(format!("{:.1} cm", camera.shifted_m * 100.0)),
        moved(format!("{clock} ms")),
    ];
    let style = if is_calibrated && camera.moved != Moved::No { WARN } else { Style::new() };
    Row { style, ..Row::plain(cells) }
}

/// What somebody should look at.
fn remarks(camera: &CalibratedCamera, span: Option<(Time, Time)>) -> Vec<String> {
    let name = text::plain(camera.camera.id().as_str());
    let mut remarks = Vec::new();
    if camera.state == CameraState::TooFewJoints {
        remarks.push(match span {
            Some(_) => format!(
                "{name} stays as it was: of what it saw, others saw too little; let people walk where it looks"
            ),
            None => format!(
                "{name} stays as it was: it saw no board at a known place, and none that another camera saw"
            ),
        });
    }
    match (camera.moved, span) {
        (Moved::Between { from, to }, Some((_, end))) => remarks.push(format!(
            "{name} moved between {} and {} UTC, {} before the recording ended",
            text::date_clock(from),
            text::date_clock(to),
            text::duration(end.seconds_since(to))
        )),
        (Moved::Before, Some((start, end))) => remarks.push(format!(
            "{name} was not where its calibration says when the recording began, {} before it ended",
            text::duration(end.seconds_since(start))
        )),
        _ => {}
    }
    if camera.clock_s.abs() > CLOCK_S {
        let how = if camera.clock_s > 0.0 { "behind" } else { "ahead" };
        remarks.push(format!("{name}'s clock is {how} by {:.0} ms: set it", camera.clock_s.abs() * 1e3));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use model::{CameraFile, SensorId};
    use tracking::Camera;

    use super::super::samples;
    use super::*;

    fn camera(id: &str) -> CalibratedCamera {
        let file = CameraFile {
            id: SensorId::from(id),
            intrinsics: [0.5, 0.9, 0.5, 0.5],
            rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            position_m: [0.0; 3],
            distortion: [0.0; 5],
            picture_px: [1920, 1080],
        };
        let residuals = Residuals { median_px: 3.12, p90_px: 7.5, rms_px: 9.46, median_m: 0.0131 };
        CalibratedCamera {
            camera: Camera::new(&file).unwrap(),
            state: CameraState::Calibrated,
            joints: 4821,
            before: Some(residuals),
            after: Some(residuals),
            turned_rad: 0.0002,
            shifted_m: 0.0012,
            clock_s: -0.0004,
            moved: Moved::No,
        }
    }

    #[test]
    fn each_camera_has_its_row_and_what_is_wrong_is_told() {
        let start = samples::moment();
        let off = Residuals { median_px: 33.1, p90_px: 41.0, rms_px: 36.2, median_m: 0.105 };
        let cameras = vec![
            CalibratedCamera { state: CameraState::Held, turned_rad: 0.0, shifted_m: 0.0, ..camera("entry") },
            camera("till"),
            CalibratedCamera {
                before: Some(off),
                turned_rad: 0.035,
                shifted_m: 0.052,
                moved: Moved::Between { from: start.plus_seconds(399.8), to: start.plus_seconds(400.0) },
                ..camera("bakery")
            },
            CalibratedCamera { before: Some(off), moved: Moved::Before, clock_s: 0.041, ..camera("dairy") },
            CalibratedCamera {
                state: CameraState::TooFewJoints,
                joints: 12,
                before: None,
                after: None,
                ..camera("store room")
            },
        ];
        let found = Calibration { cameras, places: 6000, span: Some((start, start.plus_seconds(600.0))) };
        insta::assert_snapshot!(calibration(&found, Look { width: 90, colour: false }));
    }
}
