//! The published measure on the only public recording of several people by several cameras that comes with detections.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use evaluation::tracks::{Pcp, pcp, read_shelf};
use model::View;
use tracking::{Camera, Tracker, TracksFrame, shelf_cameras, shelf_views};

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/shelf");
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: {} is absent", folder.display());
    None
}

fn sets(folder: &Path) -> BTreeMap<u32, Vec<View>> {
    let packed = std::fs::File::open(folder.join("detections.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut sets: BTreeMap<u32, Vec<View>> = BTreeMap::new();
    for (frame, view) in shelf_views(&text).unwrap() {
        sets.entry(frame).or_default().push(view);
    }
    sets
}

/// Follows people by all cameras but one, and compares with the truth.
fn follow(folder: &Path, sets: &BTreeMap<u32, Vec<View>>, without: Option<&str>) -> (Pcp, Vec<TracksFrame>) {
    let calibration = std::fs::read_to_string(folder.join("calibration.json")).unwrap();
    let cameras = shelf_cameras(&calibration).unwrap();
    let mut tracker = Tracker::new(cameras.iter().map(|file| Camera::new(file).unwrap()).collect());
    let frames: Vec<TracksFrame> = sets
        .values()
        .map(|views| {
            let views: Vec<View> =
                views.iter().filter(|view| Some(view.camera.as_str()) != without).cloned().collect();
            TracksFrame::from(&tracker.step(&views).unwrap())
        })
        .collect();
    let truth = std::fs::read_to_string(folder.join("ground_truth_300_449.json")).unwrap();
    (pcp(&read_shelf(&truth).unwrap(), &frames), frames)
}

#[test]
fn bodies_and_hands_are_where_the_data_set_has_them() {
    let Some(folder) = folder() else { return };
    let (found, frames) = follow(&folder, &sets(&folder), None);
    assert!(found.all.unwrap() >= 0.985, "{:?} of the ten parts", found.all);
    assert!(
        found.wrists.mean_m.unwrap() <= 0.05 && found.wrists.p95_m.unwrap() <= 0.10,
        "{:?}",
        found.wrists
    );
    // Four people pass through these twelve seconds, and none of them is taken for another or seen where nobody is.
    let ids: std::collections::BTreeSet<u64> =
        frames.iter().flat_map(|frame| frame.people.iter().map(|person| person.id)).collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
}

#[test]
fn a_camera_less_costs_little() {
    let Some(folder) = folder() else { return };
    let sets = sets(&folder);
    for camera in ["0", "1", "2", "3", "4"] {
        let (found, _) = follow(&folder, &sets, Some(camera));
        assert!(found.all.unwrap() >= 0.975, "{:?} without camera {camera}", found.all);
    }
}
