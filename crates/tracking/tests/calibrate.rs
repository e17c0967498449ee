//! Cameras that were moved are put back by what they see.

#![allow(clippy::unwrap_used, reason = "a test")]
use std::io::Read;
use std::path::Path;

use model::{CameraFile, DMat3, DVec2, DVec3, Joint, Time, View, ViewKeypoint, ViewPerson};
use tracking::{
    CalibrateError, CalibratedCamera, Calibration, Camera, CameraState, Moved, Residuals,
    calibrate_by_people, shelf_cameras, shelf_views,
};

/// Numbers that look random and are the same each time (Steele, Lea, Flood, "SplitMix", 2014).
struct Chance(u64);

impl Chance {
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal, with a standard deviation of one.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}

const ROOM_M: [f64; 2] = [8.0, 6.0];
const RATE_HZ: f64 = 10.0;

/// Cameras all around the room, below the ceiling, that look at its middle.
fn cameras(number: usize) -> Vec<Camera> {
    (0..number)
        .map(|camera| {
            let angle = std::f64::consts::TAU * (camera as f64 + 0.3) / number as f64;
            let position =
                DVec3::new(ROOM_M[0] * 0.5 * libm::cos(angle), ROOM_M[1] * 0.5 * libm::sin(angle), 2.6);
            let forward = (DVec3::new(0.3 * libm::cos(angle * 3.0), 0.2, 1.0) - position).normalize();
            let right = forward.cross(DVec3::Z).normalize();
            let to_store = DMat3::from_cols(right, forward.cross(right), forward);
            let file = CameraFile {
                id: format!("camera-{camera}").as_str().into(),
                intrinsics: [0.5, 0.89, 0.5, 0.5],
                rotation: [0, 1, 2].map(|row| to_store.row(row).to_array()),
                position_m: position.to_array(),
                distortion: [-0.05, 0.01, 0.0005, -0.0003, 0.0],
                picture_px: [1920, 1080],
            };
            Camera::new(&file).unwrap()
        })
        .collect()
}

/// Somebody who walks about, at a time.
fn body(person: usize, seconds: f64) -> Vec<(Joint, DVec3)> {
    let phase = person as f64 * 2.1;
    let place = |seconds: f64| {
        DVec3::new(
            2.6 * libm::sin(0.31 * seconds + phase),
            1.8 * libm::sin(0.23 * seconds + 1.7 * phase + 0.5),
            0.0,
        )
    };
    let (here, next) = (place(seconds), place(seconds + 0.01));
    let forward = (next - here).normalize();
    let left = DVec3::Z.cross(forward);
    let swing = 0.25 * libm::sin(5.0 * seconds + phase);
    let at = |ahead: f64, aside: f64, up: f64| here + forward * ahead + left * aside + DVec3::Z * up;
    vec![
        (Joint::Nose, at(0.11, 0.0, 1.62)),
        (Joint::LeftEar, at(0.0, 0.075, 1.64)),
        (Joint::RightEar, at(0.0, -0.075, 1.64)),
        (Joint::LeftShoulder, at(0.0, 0.18, 1.42)),
        (Joint::RightShoulder, at(0.0, -0.18, 1.42)),
        (Joint::LeftElbow, at(-0.5 * swing, 0.23, 1.15)),
        (Joint::RightElbow, at(0.5 * swing, -0.23, 1.15)),
        (Joint::LeftWrist, at(-swing + 0.05, 0.22, 0.93)),
        (Joint::RightWrist, at(swing + 0.05, -0.22, 0.93)),
        (Joint::LeftHip, at(0.0, 0.11, 0.92)),
        (Joint::RightHip, at(0.0, -0.11, 0.92)),
        (Joint::LeftKnee, at(0.6 * swing, 0.11, 0.5)),
        (Joint::RightKnee, at(-0.6 * swing, -0.11, 0.5)),
        (Joint::LeftAnkle, at(swing, 0.11, 0.1)),
        (Joint::RightAnkle, at(-swing, -0.11, 0.1)),
    ]
}

/// A walk to be filmed.
struct Walk {
    people: usize,
    from_s: f64,
    to_s: f64,
    noise_px: f64,
}

/// What cameras see of a walk: each has its own time, misses joints and sees somebody false at times.
fn film(cameras: &[Camera], walk: &Walk, chance: &mut Chance) -> Vec<View> {
    let mut views = Vec::new();
    for number in (walk.from_s * RATE_HZ) as u32..(walk.to_s * RATE_HZ) as u32 {
        for (camera, eye) in cameras.iter().enumerate() {
            let seconds = f64::from(number) / RATE_HZ + 0.011 * camera as f64;
            let people =
                (0..walk.people).filter_map(|person| seen(eye, walk, person, seconds, chance)).collect();
            views.push(View { camera: eye.id().clone(), time: time(seconds), people });
        }
    }
    views
}

fn time(seconds: f64) -> Time {
    Time::from_nanos(0).plus_seconds(seconds)
}

fn seen(
    camera: &Camera,
    walk: &Walk,
    person: usize,
    seconds: f64,
    chance: &mut Chance,
) -> Option<ViewPerson> {
    let mut keypoints = Vec::new();
    for (joint, place) in body(person, seconds) {
        let noise = DVec2::new(chance.normal(), chance.normal()) * walk.noise_px;
        let odd = walk.noise_px > 0.0 && chance.even() < 0.02;
        let missed = walk.noise_px > 0.0 && chance.even() < 0.05;
        let pixel = camera.project(place)? + if odd { noise * 20.0 } else { noise };
        if camera.holds(pixel) && !missed {
            keypoints.push(ViewKeypoint { joint, x_px: pixel.x as f32, y_px: pixel.y as f32, score: 0.9 });
        }
    }
    (keypoints.len() >= 5).then_some(ViewPerson { keypoints, holding: [None; 2] })
}

/// Turned about an axis of the store, and moved.
fn knocked(camera: &Camera, degrees: f64, axis: DVec3, shift: DVec3) -> Camera {
    let (axis, angle) = (axis.normalize(), degrees.to_radians());
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let column =
        |unit: DVec3| unit * cosine + axis.cross(unit) * sine + axis * (axis.dot(unit) * (1.0 - cosine));
    let turn = DMat3::from_cols(column(DVec3::X), column(DVec3::Y), column(DVec3::Z));
    camera.moved(camera.rotation() * turn, camera.position() + shift)
}

fn degrees_apart(one: &Camera, other: &Camera) -> f64 {
    let between = one.rotation() * other.rotation().transpose();
    let sine = DVec3::new(
        between.y_axis.z - between.z_axis.y,
        between.z_axis.x - between.x_axis.z,
        between.x_axis.y - between.y_axis.x,
    );
    let cosine = between.x_axis.x + between.y_axis.y + between.z_axis.z - 1.0;
    libm::atan2(sine.length(), cosine).to_degrees()
}

/// How far each camera is from the truth: degrees, metres.
fn errors(calibration: &Calibration, truth: &[Camera]) -> Vec<(f64, f64)> {
    let error = |(found, truth): (&CalibratedCamera, &Camera)| {
        (degrees_apart(&found.camera, truth), found.camera.position().distance(truth.position()))
    };
    calibration.cameras.iter().zip(truth).map(error).collect()
}

fn assert_near(calibration: &Calibration, truth: &[Camera], degrees: f64, metres: f64) {
    let errors = errors(calibration, truth);
    assert!(errors.iter().all(|error| error.0 <= degrees && error.1 <= metres), "{errors:?}");
}

const WALK: Walk = Walk { people: 4, from_s: 0.0, to_s: 30.0, noise_px: 3.0 };

#[test]
fn a_camera_that_was_turned_and_pushed_is_put_back() {
    let truth = cameras(6);
    let views = film(&truth, &WALK, &mut Chance(1));
    let mut old = truth.clone();
    old[2] = knocked(&truth[2], 2.0, DVec3::new(0.3, 0.5, 0.8), DVec3::new(0.03, 0.04, 0.0));
    let found = calibrate_by_people(&old, &views, &[], |_| {}).unwrap();
    assert_near(&found, &truth, 0.1, 0.01);
    let moved: Vec<Moved> = found.cameras.iter().map(|camera| camera.moved).collect();
    assert_eq!(moved, [Moved::No, Moved::No, Moved::Before, Moved::No, Moved::No, Moved::No]);
}

#[test]
fn two_cameras_that_were_turned_are_put_back() {
    let truth = cameras(8);
    let views = film(&truth, &WALK, &mut Chance(2));
    let mut old = truth.clone();
    old[1] = knocked(&truth[1], 4.0, DVec3::new(-0.3, 0.5, 0.8), DVec3::new(0.02, -0.02, 0.03));
    old[5] = knocked(&truth[5], 2.0, DVec3::new(1.0, 0.2, 0.1), DVec3::new(0.0, 0.05, 0.0));
    let found = calibrate_by_people(&old, &views, &[], |_| {}).unwrap();
    assert_near(&found, &truth, 0.1, 0.01);
}

#[test]
fn rough_calibrations_of_all_cameras_are_made_to_agree() {
    let truth = cameras(6);
    let mut chance = Chance(7);
    let views = film(&truth, &WALK, &mut chance);
    let mut rough = |camera: &Camera| {
        let [axis, shift] = [0, 1].map(|_| DVec3::new(chance.normal(), chance.normal(), chance.normal()));
        knocked(camera, 0.4, axis, shift.normalize() * 0.02)
    };
    let old: Vec<Camera> = truth.iter().map(&mut rough).collect();
    let found = calibrate_by_people(&old, &views, &[], |_| {}).unwrap();
    // Nobody knows where the store is any better than the cameras do together.
    assert_near(&found, &truth, 0.3, 0.02);
    for camera in &found.cameras {
        let [before, after] = [camera.before, camera.after].map(|residuals| residuals.unwrap().median_px);
        assert!(before > 4.5 && after < 3.8, "{}: {before} {after}", camera.camera.id());
    }
}

#[test]
fn the_time_when_a_camera_moved_is_found() {
    let truth = cameras(6);
    let mut after = truth.clone();
    after[4] = knocked(&truth[4], 1.0, DVec3::new(0.3, 0.5, 0.8), DVec3::new(0.0, 0.03, 0.0));
    let mut chance = Chance(3);
    let mut views = film(&truth, &Walk { to_s: 20.0, ..WALK }, &mut chance);
    views.extend(film(&after, &Walk { from_s: 20.0, to_s: 35.0, ..WALK }, &mut chance));
    let found = calibrate_by_people(&truth, &views, &[], |_| {}).unwrap();
    assert_near(&found, &after, 0.1, 0.01);
    let Moved::Between { from, to } = found.cameras[4].moved else { panic!("{:?}", found.cameras[4].moved) };
    assert!(time(18.0) < from && from < to && to < time(22.0), "{from} to {to}");
    assert!(
        found.cameras.iter().enumerate().all(|(number, camera)| number == 4 || camera.moved == Moved::No)
    );
}

#[test]
fn shelf_cameras_come_back_to_where_they_were_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/shelf");
    let Ok(calibration) = std::fs::read_to_string(folder.join("calibration.json")) else {
        return println!("skipped: {} is absent", folder.display());
    };
    let published: Vec<Camera> =
        shelf_cameras(&calibration).unwrap().iter().map(|file| Camera::new(file).unwrap()).collect();
    let packed = std::fs::File::open(folder.join("detections.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let views: Vec<View> = shelf_views(&text).unwrap().into_iter().map(|(_, view)| view).collect();
    let started = std::time::Instant::now();
    let as_published = calibrate_by_people(&published, &views, &[], |_| {}).unwrap();
    println!("{} places in {:?}", as_published.places, started.elapsed());
    println!("{}", told(&as_published));
    assert!(as_published.cameras.iter().all(|camera| camera.moved == Moved::No));
    assert_near(&as_published, &published, 0.2, 0.02);
    let mut turned = published.clone();
    turned[2] = knocked(&published[2], 2.0, DVec3::new(0.3, 0.5, 0.8), DVec3::ZERO);
    let found = calibrate_by_people(&turned, &views, &[], |_| {}).unwrap();
    println!("camera 2 turned by 2 degrees\n{}", told(&found));
    assert!(errors(&found, &published)[2].0 < 0.3, "{found:?}");
    assert_eq!(found.cameras[2].moved, Moved::Before);
}

/// Residuals of each camera before and after.
fn told(calibration: &Calibration) -> String {
    let residuals = |residuals: Option<Residuals>| {
        residuals.map_or_else(String::new, |off| {
            format!(
                "median {:.1} px, {:.1} cm, p90 {:.1} px, rms {:.1} px",
                off.median_px,
                off.median_m * 100.0,
                off.p90_px,
                off.rms_px
            )
        })
    };
    let line = |camera: &CalibratedCamera| {
        format!(
            "camera {}: {} joints; before {}; after {}; turned {:.2}°, went {:.1} cm, clock {:+.1} ms\n",
            camera.camera.id(),
            camera.joints,
            residuals(camera.before),
            residuals(camera.after),
            camera.turned_rad.to_degrees(),
            camera.shifted_m * 100.0,
            camera.clock_s * 1e3,
        )
    };
    calibration.cameras.iter().map(line).collect()
}

#[test]
fn a_clock_that_is_late_is_told() {
    let truth = cameras(6);
    let mut views = film(&truth, &WALK, &mut Chance(4));
    for view in views.iter_mut().filter(|view| view.camera == *truth[3].id()) {
        view.time = view.time.plus_seconds(-0.03);
    }
    let found = calibrate_by_people(&truth, &views, &[], |_| {}).unwrap();
    assert_near(&found, &truth, 0.1, 0.01);
    assert!((found.cameras[3].clock_s - 0.03).abs() < 0.01, "{}", found.cameras[3].clock_s);
}

#[test]
fn cameras_that_are_held_or_saw_nobody_stay() {
    let truth = cameras(6);
    let mut views = film(&truth, &Walk { to_s: 10.0, ..WALK }, &mut Chance(5));
    views.retain(|view| view.camera != *truth[1].id());
    let mut shares = Vec::new();
    let hold = [truth[0].id().clone()];
    let found = calibrate_by_people(&truth, &views, &hold, |share| shares.push(share)).unwrap();
    let state = |number: usize| (found.cameras[number].state, found.cameras[number].turned_rad);
    assert_eq!(state(0), (CameraState::Held, 0.0));
    assert_eq!(state(1), (CameraState::TooFewJoints, 0.0));
    assert_eq!(found.cameras[1].after, None);
    assert_eq!(found.cameras[2].state, CameraState::Calibrated);
    assert!(shares.is_sorted() && shares.last() == Some(&1.0), "{:?}", shares.last());
}

#[test]
fn what_nothing_can_be_calibrated_by_is_refused_with_the_reason() {
    let truth = cameras(6);
    let refused = |cameras: &[Camera], views: &[View], hold: &str| {
        let hold: Vec<_> = (!hold.is_empty()).then(|| hold.into()).into_iter().collect();
        calibrate_by_people(cameras, views, &hold, |_| {}).unwrap_err()
    };
    let mut views = film(&truth, &Walk { people: 1, to_s: 1.0, ..WALK }, &mut Chance(6));
    assert_eq!(refused(&truth, &[], ""), CalibrateError::NoViews);
    assert_eq!(refused(&truth[..2], &views, ""), CalibrateError::TooFewCameras { cameras: 2 });
    assert_eq!(refused(&truth, &views, "attic"), CalibrateError::UnknownCamera { camera: "attic".into() });
    assert!(matches!(refused(&truth, &views, ""), CalibrateError::TooFewJoints { .. }));
    for keypoint in views.iter_mut().flat_map(|view| &mut view.people).flat_map(|seen| &mut seen.keypoints) {
        (keypoint.x_px, keypoint.y_px) = (f32::NAN, -1e9);
    }
    assert_eq!(refused(&truth, &views, ""), CalibrateError::TooFewJoints { joints: 0, needed: 100 });
    views.iter_mut().for_each(|view| view.camera = "attic".into());
    assert_eq!(refused(&truth, &views, ""), CalibrateError::NoViews);
}
