//! `saunter calibrate`: what it says of a recording's cameras, and the store file it writes.

#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "a test may")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use model::{DMat3, DVec3, Record, Store, Time, View};
use recording::RecordingWriter;
use simulator::{CameraOptions, Flow, Shift, busy_with_cameras};
use tracking::{Camera, Moved, calibrate_by_people};

fn saunter(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saunter")).args(arguments).output().unwrap()
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A store with cameras at these places, metres, that look down.
fn store(places: &[[f64; 3]]) -> Store {
    let mut text = r#"schema = "saunter-store/1"
        name = "Corner"
        currency = "EUR""#
        .to_owned();
    for (number, place) in places.iter().enumerate() {
        text += &format!(
            "\n[[camera]]\nid = \"camera-{number}\"\nintrinsics = [0.5, 0.89, 0.5, 0.5]\n\
             rotation = [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]]\nposition_m = {place:?}"
        );
    }
    Store::from_toml(&text).unwrap()
}

fn write(folder: &Path, store: &Store, views: &[View]) -> PathBuf {
    let path = folder.join("walk.mcap");
    let mut writer = RecordingWriter::create(&path, store).unwrap();
    views.iter().for_each(|view| writer.write(&Record::View(view.clone())).unwrap());
    writer.finish().unwrap();
    path
}

#[test]
fn what_cannot_be_calibrated_says_why_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("store.toml");
    let three = [[0.0, 0.0, 3.0], [2.0, 0.0, 3.0], [4.0, 0.0, 3.0]];
    let view = View { camera: "camera-1".into(), time: Time::from_nanos(0), people: Vec::new() };
    let far = [three[0], [2000.0, 0.0, 3000.0], three[2]];
    let cases: [(Store, &[View], &str); 4] = [
        (store(&three), &[], "no camera of the store saw anything"),
        (store(&three), std::slice::from_ref(&view), "no camera saw 100 joints"),
        (store(&three[..2]), std::slice::from_ref(&view), "2 usable cameras"),
        (store(&far), std::slice::from_ref(&view), "in metres, not in millimetres"),
    ];
    for (store, views, expected) in cases {
        let path = write(folder.path(), &store, views);
        let output = saunter(&["calibrate", text(&path), "--out", text(&out)]);
        let (said, error) = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(error.contains(expected), "{error}");
        assert!(!out.exists());
    }
    let path = write(folder.path(), &store(&three), &[view]);
    let (_, error) = texts(&saunter(&["calibrate", text(&path), "--hold", "attic"]));
    assert!(error.contains("camera attic is not in the store"), "{error}");
}

#[test]
fn a_board_on_the_floor_gives_a_store_file_with_the_cameras_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&[[0.0, 0.0, 3.0], [2.0, 0.0, 3.0]]);
    let path = write(folder.path(), &store, &[]);
    let believed = Camera::new(&store.cameras()[1]).unwrap();
    let forward = DVec3::new(0.2, 0.1, -1.0).normalize();
    let right = forward.cross(DVec3::Y).normalize();
    let rotation = DMat3::from_cols(right, forward.cross(right), forward).transpose();
    let camera = believed.moved(rotation, DVec3::new(2.3, -0.1, 2.9));
    let corners: Vec<_> = (0..30)
        .map(|corner| {
            let (column, row) = (corner % 6, corner / 6);
            let place = DVec3::new(2.2 + 0.1 * f64::from(column), 0.1 + 0.1 * f64::from(row), 0.0);
            let pixel = camera.project(place).unwrap();
            serde_json::json!({ "column": column, "row": row, "x_px": pixel.x, "y_px": pixel.y })
        })
        .collect();
    let lies = serde_json::json!({ "corner_m": [2.2, 0.1, 0.0], "columns": [1, 0, 0], "rows": [0, 1, 0] });
    let shot = serde_json::json!({ "lies": lies, "corners": { "camera-1": corners } });
    let board = folder.path().join("board.json");
    std::fs::write(&board, serde_json::json!({ "square_m": 0.1, "shots": [shot] }).to_string()).unwrap();
    let out = folder.path().join("store.toml");

    let arguments = ["calibrate", text(&path), "--board", text(&board), "--out", text(&out)];
    let output = saunter(&arguments);
    let (said, error) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{error}");
    assert!(said.contains("camera-0 stays as it was") && said.contains("store.toml: written"), "{said}");
    let written = Store::from_toml(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(written.cameras()[0], store.cameras()[0]);
    let found = Camera::new(&written.cameras()[1]).unwrap();
    assert!(found.position().distance(camera.position()) < 1e-5, "{found:?}");

    let output = saunter(&arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(texts(&output).1.contains("--force"));

    std::fs::write(&board, "{ \"square_m\": 0.1 }").unwrap();
    let (_, error) = texts(&saunter(&[&arguments[..], &["--force"]].concat()));
    assert!(error.contains("board.json: missing field `shots`"), "{error}");
}

#[test]
fn people_of_the_shelf_data_set_say_how_good_its_cameras_are() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/shelf");
    if !data.exists() {
        return println!("skipped: {} is absent", data.display());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.mcap");
    assert!(saunter(&["import", "shelf", text(&data), "--out", text(&path)]).status.success());
    let output = saunter(&["calibrate", text(&path), "--hold", "0"]);
    let (said, error) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{error}");
    println!("{said}");
    let rows: Vec<&str> = said.lines().filter(|line| line.starts_with('│')).collect();
    assert_eq!(rows.len(), 6, "{said}");
    assert!(rows[1].contains("held") && !said.contains('!'), "{said}");
}

/// The corner shop with twelve cameras: what they see, with shelves and people before one another.
#[test]
fn a_camera_that_is_knocked_in_a_simulated_store_is_found_and_the_others_stay() {
    let mut file = simulator::stores::corner_shop();
    simulator::stores::hang_cameras(&mut file, 12);
    let store = Arc::new(Store::new(file).unwrap());
    let cameras: Vec<Camera> = store.cameras().iter().map(|file| Camera::new(file).unwrap()).collect();
    let knocked = cameras[3].id().clone();
    let options = CameraOptions {
        shifts: vec![Shift { camera: knocked.clone(), at_s: 55.0, degrees: 2.0 }],
        ..CameraOptions::default()
    };
    let busy = busy_with_cameras(Arc::clone(&store), Flow::Inside(4), 85.0, 1, options).unwrap();
    let records: Vec<Record> = busy.collect();
    let start = records[0].time();
    let views: Vec<View> = (records.into_iter())
        .filter_map(|record| if let Record::View(view) = record { Some(view) } else { None })
        .collect();
    let found = calibrate_by_people(&cameras, &views, &[], |_| {}).unwrap();
    for camera in &found.cameras {
        let told = (camera.turned_rad.to_degrees(), camera.shifted_m, camera.moved);
        if *camera.camera.id() == knocked {
            assert!((told.0 - 2.0).abs() < 0.15 && told.1 < 0.02, "{told:?}");
            let Moved::Between { from, to } = told.2 else { panic!("{told:?}") };
            let [from_s, to_s] = [from, to].map(|time| time.seconds_since(start));
            assert!(53.0 < from_s && to_s < 57.0, "{from_s} to {to_s}");
        } else {
            assert!(told.0 < 0.1 && told.1 < 0.01 && told.2 == Moved::No, "{}: {told:?}", camera.camera.id());
        }
    }
}
