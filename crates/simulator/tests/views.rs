//! What single cameras say of a store, held against what is true.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use glam::{DVec2, DVec3};
use model::{Joint, Record, SensorId, Store, Time, View, ViewKeypoint, ViewPerson};
use simulator::faults::PlateFault;
use simulator::scenarios::{Fault, Level, SCENARIOS, Scene, scene, scene_at};
use simulator::{
    Age, Bodies, CameraOptions, Delay, Entry, Flow, Live, Played, Script, ScriptError, Shift, Silence,
    busy_with_cameras, play, stores,
};
use tracking::Camera;

fn views(records: &[Record]) -> impl Iterator<Item = &View> {
    records.iter().filter_map(|record| match record {
        Record::View(view) => Some(view),
        _ => None,
    })
}

fn on_cameras(name: &str, visit: u64) -> Scene {
    scene_at(Level::Cameras, name, 5, visit, &[]).unwrap()
}

/// Ten people in the corner shop: what its cameras said in a minute, and where people were.
fn busy_shop(cameras: CameraOptions) -> (Arc<Store>, Vec<Record>, Vec<Bodies>) {
    let store = Arc::new(Store::new(stores::corner_shop()).unwrap());
    let mut busy = busy_with_cameras(store.clone(), Flow::Inside(10), 70.0, 1, cameras).unwrap();
    let (mut records, mut bodies): (Vec<Record>, Vec<Bodies>) = (Vec::new(), Vec::new());
    while let Some(record) = busy.next() {
        records.push(record);
        let now = busy.bodies();
        if bodies.last().is_none_or(|last| last.time < now.time) {
            bodies.push(now);
        }
    }
    (store, records, bodies)
}

/// Where a joint of somebody really was between two moments that are known.
fn place(bodies: &[Bodies], time: Time, person: usize, joint: Joint) -> Option<DVec3> {
    let next = bodies.partition_point(|moment| moment.time < time);
    let (before, after) = (bodies.get(next.checked_sub(1)?)?, bodies.get(next)?);
    let find = |moment: &Bodies| {
        moment.people.iter().find(|body| body.person == person).map(|body| body.joint(joint))
    };
    let part = time.seconds_since(before.time) / after.time.seconds_since(before.time);
    Some(find(before)?.lerp(find(after)?, part))
}

/// The person whose joints are nearest to the surest keypoints of somebody seen, and how far each is off, pixels.
fn nearest(
    camera: &Camera,
    bodies: &[Bodies],
    time: Time,
    seen: &ViewPerson,
) -> Option<(usize, Vec<(ViewKeypoint, f64)>)> {
    let next = bodies.partition_point(|moment| moment.time < time);
    let errors = |person: usize| -> Option<Vec<(ViewKeypoint, f64)>> {
        let error = |keypoint: &ViewKeypoint| {
            let pixel = camera.project(place(bodies, time, person, keypoint.joint)?)?;
            let seen = DVec2::new(keypoint.x_px.into(), keypoint.y_px.into());
            Some((*keypoint, pixel.distance(seen)))
        };
        seen.keypoints.iter().map(error).collect()
    };
    let all = bodies.get(next)?.people.iter().filter_map(|body| Some((body.person, errors(body.person)?)));
    let total = |errors: &[(ViewKeypoint, f64)]| {
        let sure = errors.iter().map(|(keypoint, off)| f64::from(keypoint.score) * off.min(100.0));
        sure.sum::<f64>()
    };
    all.min_by(|one, other| total(&one.1).total_cmp(&total(&other.1)))
}

/// Of all people in the views of a camera, or of all cameras: each keypoint and how far it is off, pixels.
fn errors(
    store: &Store,
    records: &[Record],
    bodies: &[Bodies],
    only: Option<&str>,
) -> Vec<(Time, Vec<(ViewKeypoint, f64)>)> {
    let cameras: BTreeMap<SensorId, Camera> =
        store.cameras().iter().map(|file| (file.id.clone(), Camera::new(file).unwrap())).collect();
    let wanted = views(records).filter(|view| only.is_none_or(|only| view.camera.as_str() == only));
    let found = |view: &View| -> Vec<_> {
        let camera = &cameras[&view.camera];
        let people = view.people.iter().filter_map(|seen| nearest(camera, bodies, view.time, seen));
        people.map(|(_, errors)| (view.time, errors)).collect()
    };
    wanted.flat_map(found).collect()
}

/// The value that this part of all is below.
fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(part * (values.len() - 1) as f64) as usize]
}

#[test]
fn keypoints_are_a_few_pixels_off_and_the_network_knows_what_it_guesses() {
    let (store, records, bodies) = busy_shop(CameraOptions::default());
    let people = errors(&store, &records, &bodies, None);
    let all = || people.iter().flat_map(|(_, errors)| errors).copied();
    let sure: Vec<f64> = all().filter(|(keypoint, _)| keypoint.score > 0.5).map(|(_, off)| off).collect();
    let guessed: Vec<f64> = all().filter(|(keypoint, _)| keypoint.score < 0.5).map(|(_, off)| off).collect();
    let share = guessed.len() as f64 / (sure.len() + guessed.len()) as f64;
    assert!((0.02..0.15).contains(&share), "{share} are guessed");
    assert!((3.0..7.0).contains(&quantile(sure.clone(), 0.5)));
    assert!((10.0..40.0).contains(&quantile(sure.clone(), 0.99)));
    assert!((15.0..40.0).contains(&quantile(guessed, 0.5)));
    let of = |joints: [Joint; 2]| {
        let these = all().filter(|(keypoint, _)| keypoint.score > 0.5 && joints.contains(&keypoint.joint));
        quantile(these.map(|(_, off)| off).collect(), 0.5)
    };
    assert!(of([Joint::LeftWrist, Joint::RightWrist]) > 1.2 * of([Joint::LeftHip, Joint::RightHip]));
    // Who is nobody, or flipped, or has somebody else's limbs, is rare.
    let amiss =
        |errors: &[(ViewKeypoint, f64)]| quantile(errors.iter().map(|(_, off)| *off).collect(), 0.5) > 60.0;
    let nobody = people.iter().filter(|(_, errors)| amiss(errors)).count();
    assert!((20..people.len() / 50).contains(&nobody), "{nobody} of {}", people.len());
}

#[test]
fn every_camera_speaks_at_its_own_times_of_what_is_in_its_picture() {
    let (store, records, bodies) = busy_shop(CameraOptions::default());
    assert!(!records.iter().any(|record| matches!(record, Record::People(_))));
    let seconds = bodies.last().unwrap().time.seconds_since(bodies[0].time);
    let mut phases = BTreeSet::new();
    for file in store.cameras() {
        let times: Vec<Time> =
            views(&records).filter(|view| view.camera == file.id).map(|view| view.time).collect();
        let rate_hz = times.len() as f64 / seconds;
        assert!((14.5..15.1).contains(&rate_hz), "{}: {rate_hz} a second", file.id);
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        phases.insert((times[0].seconds_since(bodies[0].time) * 1000.0) as i64);
    }
    assert!(phases.len() > 8, "{phases:?} ms");
    for seen in views(&records).flat_map(|view| &view.people) {
        let joints: Vec<Joint> = seen.keypoints.iter().map(|keypoint| keypoint.joint).collect();
        assert_eq!(joints.iter().collect::<BTreeSet<_>>().len(), joints.len());
        assert!(joints.len() >= 4 && !joints.contains(&Joint::Head) && !joints.contains(&Joint::Neck));
        for keypoint in &seen.keypoints {
            assert!((0.0..=1920.0).contains(&keypoint.x_px) && (0.0..=1080.0).contains(&keypoint.y_px));
            assert!((0.0..=1.0).contains(&keypoint.score));
        }
    }
}

#[test]
fn cameras_fail_as_they_are_told() {
    let silence = Silence { camera: "camera-2".into(), from_s: 20.0, to_s: 50.0 };
    let shift = Shift { camera: "camera-3".into(), at_s: 40.0, degrees: 2.0 };
    let delay = Delay { camera: "camera-4".into(), seconds: 0.4 };
    let (store, records, bodies) = busy_shop(CameraOptions {
        blackouts: vec![(60.0, 65.0)],
        silences: vec![silence],
        shifts: vec![shift],
        delays: vec![delay],
        ..CameraOptions::default()
    });
    let start = Script::default().start;
    let spoke = |camera: &str, from_s: f64, to_s: f64| {
        let mut views = views(&records).filter(|view| view.camera.as_str() == camera);
        views.any(|view| (from_s..to_s).contains(&view.time.seconds_since(start)))
    };
    assert!(spoke("camera-2", 15.0, 19.9) && !spoke("camera-2", 20.1, 49.9) && spoke("camera-2", 50.1, 52.0));
    let all = || store.cameras().iter().map(|file| file.id.as_str());
    assert!(!all().any(|camera| spoke(camera, 60.1, 64.9)) && all().all(|camera| spoke(camera, 65.1, 66.0)));

    let off_px = |from_s: f64, to_s: f64| {
        let found = errors(&store, &records, &bodies, Some("camera-3")).into_iter();
        let then = found.filter(|(time, _)| (from_s..to_s).contains(&time.seconds_since(start)));
        quantile(then.flat_map(|(_, errors)| errors).map(|(_, off)| off).collect(), 0.5)
    };
    assert!(off_px(20.0, 39.0) < 8.0 && (20.0..45.0).contains(&off_px(41.0, 60.0)));

    let mut latest = records[0].time();
    let mut late: BTreeMap<&str, f64> = BTreeMap::new();
    for record in &records {
        latest = latest.max(record.time());
        let most_s = late.entry(record.sensor().as_str()).or_default();
        *most_s = most_s.max(latest.seconds_since(record.time()));
    }
    assert!((0.35..0.65).contains(&late["camera-4"]) && late["camera-5"] < 0.25);
}

#[test]
fn a_scene_on_cameras_is_the_same_story() {
    for scenario in SCENARIOS {
        let (on_tracker, on_cameras) = (scene(scenario.name, 5, 2).unwrap(), on_cameras(scenario.name, 2));
        assert!((4..=8).contains(&on_cameras.store.cameras().len()));
        let acts = |scene: &Scene| {
            let trips = scene.truth.trips.iter();
            trips.map(|trip| (trip.token.clone(), trip.kept.clone(), trip.acts.clone())).collect::<Vec<_>>()
        };
        assert_eq!(acts(&on_tracker), acts(&on_cameras), "{}", scenario.name);
        let batches = |scene: &Scene| {
            let batches = scene.records.iter().filter(|record| matches!(record, Record::Plates(_)));
            batches.cloned().collect::<Vec<_>>()
        };
        assert!(batches(&on_tracker) == batches(&on_cameras), "{}", scenario.name);
        assert!(on_tracker.bodies.is_empty() && on_tracker.store.cameras().is_empty());
    }
}

#[test]
fn the_same_scene_on_cameras_is_the_same_to_the_bit() {
    for name in ["two-reach", "camera-loss", "child"] {
        assert!(on_cameras(name, 1) == on_cameras(name, 1), "{name}");
    }
    assert!(on_cameras("solo", 1).records != on_cameras("solo", 2).records);
}

#[test]
fn faults_of_the_tracker_become_faults_of_all_cameras() {
    let played = |fault: Fault| scene_at(Level::Cameras, "solo", 5, 1, &[fault]).unwrap();
    let usual = on_cameras("solo", 1);
    let dark = played(Fault::CameraLoss);
    let gap_s = |scene: &Scene| {
        let mut times: Vec<Time> = views(&scene.records).map(|view| view.time).collect();
        times.sort();
        times.windows(2).map(|pair| pair[1].seconds_since(pair[0])).fold(0.0, f64::max)
    };
    assert!(gap_s(&usual) < 0.1 && (4.0..10.5).contains(&gap_s(&dark)));
    let skewed = played(Fault::ClockSkew);
    let shifts: Vec<f64> = views(&skewed.records)
        .zip(views(&usual.records))
        .map(|(one, other)| one.time.seconds_since(other.time))
        .collect();
    assert!((0.05..=0.3).contains(&shifts[0].abs()), "{}", shifts[0]);
    assert!(shifts.iter().all(|shift_s| (shift_s - shifts[0]).abs() < 1e-6));
    let told = played(Fault::WrongPlanogram);
    assert_eq!(told.store.cameras(), usual.store.cameras());
}

#[test]
fn the_truth_tells_where_everybody_was() {
    let Scene { bodies, records, .. } = on_cameras("two-reach", 3);
    let seconds = bodies.last().unwrap().time.seconds_since(bodies[0].time);
    assert!((14.9..15.1).contains(&((bodies.len() - 1) as f64 / seconds)));
    assert!(records.last().unwrap().time().seconds_since(bodies.last().unwrap().time).abs() < 0.5);
    let people: BTreeSet<usize> =
        bodies.iter().flat_map(|moment| &moment.people).map(|body| body.person).collect();
    assert_eq!(people, [0, 1].into());
    for pair in bodies.windows(2) {
        for body in &pair[1].people {
            let Some(before) = pair[0].people.iter().find(|one| one.person == body.person) else { continue };
            for joint in Joint::ALL {
                let far_m = body.joint(joint).distance(before.joint(joint));
                assert!(far_m < 0.35, "{joint:?} moves {far_m} m in 1/15 s");
            }
        }
    }
}

#[test]
fn hands_in_shelves_are_seen_by_fewer_cameras_than_hands_before_them() {
    let (store, records, bodies) = busy_shop(CameraOptions::default());
    let wrists = [Joint::LeftWrist, Joint::RightWrist];
    // At least 5 cm behind the front edge.
    let is_in = |at: DVec3| {
        store.plates().iter().any(|plate| plate.distance_m(at) == 0.0 && plate.local(at).y > 0.05)
    };
    let moments = bodies.iter().filter(|moment| moment.time.seconds_since(bodies[0].time) > 20.0);
    let inside: usize = moments
        .flat_map(|moment| &moment.people)
        .flat_map(|body| wrists.map(|wrist| body.joint(wrist)))
        .filter(|wrist| is_in(*wrist))
        .count();
    assert!(inside > 20, "hands are in shelves {inside} times");
    let cameras: BTreeMap<&SensorId, Camera> =
        store.cameras().iter().map(|file| (&file.id, Camera::new(file).unwrap())).collect();
    let (mut seen, mut all) = ([0.0; 2], [0.0; 2]);
    for view in views(&records).step_by(7) {
        let camera = &cameras[&view.camera];
        for person in &view.people {
            let Some((who, _)) = nearest(camera, &bodies, view.time, person) else { continue };
            for wrist in wrists {
                let Some(at) = place(&bodies, view.time, who, wrist) else { continue };
                if !camera.project(at).is_some_and(|pixel| camera.holds(pixel)) {
                    continue;
                }
                let sure = |one: &ViewKeypoint| one.joint == wrist && one.score > 0.5;
                let which = usize::from(is_in(at));
                all[which] += 1.0;
                seen[which] += if person.keypoints.iter().any(sure) { 1.0 } else { 0.0 };
            }
        }
    }
    let [before, within] = [0, 1].map(|which| seen[which] / all[which]);
    assert!((0.45..0.9).contains(&before) && within < 0.85 * before, "{before} {within}");
}

#[test]
fn a_store_that_goes_on_can_be_looked_at_by_cameras() {
    let store = Arc::new(Store::new(stores::corner_shop()).unwrap());
    let mut live = Live::open_with_cameras(store, Time::from_nanos(0), 1, CameraOptions::default()).unwrap();
    let entry = Entry::Shows(model::CredentialKind::Card, "card".to_owned());
    live.enter("ann", entry, Age::Adult).unwrap();
    let mut records = Vec::new();
    live.go_on_until(10.0, &mut records);
    let people = live.bodies().people;
    assert_eq!((people.len(), people[0].person), (1, 0));
    assert!(views(&records).filter(|view| view.people.len() == 1).count() > 200);
    assert!(live.people()[0].tracks.is_empty());
    live.set_camera(false);
    records.clear();
    live.go_on_until(12.0, &mut records);
    assert_eq!(views(&records).count(), 0);
    let plate = live.store().plates()[0].id;
    live.set_plate(plate, Some(PlateFault::Stuck)).unwrap();
}

#[test]
fn cameras_that_are_not_there_or_none_are_refused() {
    let refused = |store: model::StoreFile, cameras: CameraOptions| -> ScriptError {
        let script = Script { cameras: Some(cameras), ..Script::default() };
        let played: Result<Played, ScriptError> = play(&Store::new(store).unwrap(), &script, 1);
        played.unwrap_err()
    };
    let dark = model::StoreFile { cameras: Vec::new(), ..stores::stadium() };
    let message = refused(dark, CameraOptions::default()).to_string();
    assert!(message.contains("[[camera]]"), "{message}");
    let silence = Silence { camera: "north".into(), from_s: 1.0, to_s: 2.0 };
    let unknown = CameraOptions { silences: vec![silence], ..CameraOptions::default() };
    assert!(refused(stores::stadium(), unknown).to_string().contains("camera north is not in the store"));
    let mut mirrored = stores::stadium();
    mirrored.cameras[0].rotation[0] = mirrored.cameras[0].rotation[0].map(|value| -value);
    assert!(refused(mirrored, CameraOptions::default()).to_string().contains("mirrors"));
    let frozen = CameraOptions { frame_rate_hz: 0.0, ..CameraOptions::default() };
    assert!(refused(stores::stadium(), frozen).to_string().contains("frame_rate_hz"));
}
