//! People in a simulated store, through the cameras that hang in it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    DVec3, Joint, NoticeKind, People, Person, Record, SensorId, Store, Time, View, ViewKeypoint, ViewPerson,
};
use simulator::{CameraOptions, Flow, Shift, Silence, busy_with_cameras, stores};
use tracking::{COCO, Camera, Tracker};

const SECONDS: f64 = 40.0;

fn store() -> Arc<Store> {
    Arc::new(Store::new(stores::corner_shop()).unwrap())
}

/// What the cameras see while four people shop.
fn views(store: &Arc<Store>, options: CameraOptions) -> Vec<Record> {
    let busy = busy_with_cameras(Arc::clone(store), Flow::Inside(4), SECONDS, 7, options).unwrap();
    busy.filter(|record| matches!(record, Record::View(_))).collect()
}

fn follow(store: &Store, records: impl IntoIterator<Item = Record>) -> (Vec<People>, Tracker) {
    let mut tracker = Tracker::of(store);
    let mut out = Vec::new();
    records.into_iter().for_each(|record| tracker.pass(record, &mut out));
    tracker.finish(&mut out);
    let people = out.into_iter().map(|record| match record {
        Record::People(people) => people,
        other => panic!("{other:?} is not people"),
    });
    (people.collect(), tracker)
}

fn ids(people: &[People]) -> BTreeSet<u64> {
    people.iter().flat_map(|people| people.people.iter().map(|person| person.track.0)).collect()
}

#[test]
fn whoever_comes_in_is_one_track_with_hands() {
    let store = store();
    let (people, tracker) = follow(&store, views(&store, CameraOptions::default()));
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    for person in people.iter().flat_map(|people| &people.people) {
        *seen.entry(person.track.0).or_default() += 1;
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert_eq!(tracker.notices().count(NoticeKind::MovedCamera), 0);
    let last = people.last().unwrap();
    assert_eq!(last.people.len(), 4);
    let has_body = |person: &Person| person.joint(Joint::Head).or(person.joint(Joint::Neck)).is_some();
    assert!(last.people.iter().all(|person| has_body(person) && person.joint(Joint::RightWrist).is_some()));
}

#[test]
fn the_order_in_which_pictures_arrive_and_repetitions_change_nothing() {
    let store = store();
    let records = views(&store, CameraOptions::default());
    let (straight, _) = follow(&store, records.clone());
    let mixed = simulator::faults::shuffle(records.clone(), 0.08, 3);
    let (late, _) = follow(&store, mixed);
    assert_eq!(straight, late);
    let (twice, tracker) = follow(&store, records.into_iter().flat_map(|record| [record.clone(), record]));
    assert_eq!(straight, twice);
    assert!(tracker.notices().count(NoticeKind::Duplicate) > 0);
}

#[test]
fn a_camera_that_is_knocked_askew_or_falls_silent_is_told_of_and_nobody_is_lost() {
    let store = store();
    let camera = store.cameras()[0].id.clone();
    let shift = Shift { camera: camera.clone(), at_s: 15.0, degrees: 2.0 };
    let silence = Silence { camera: camera.clone(), from_s: 15.0, to_s: SECONDS };
    for (options, kind) in [
        (CameraOptions { shifts: vec![shift], ..CameraOptions::default() }, NoticeKind::MovedCamera),
        (CameraOptions { silences: vec![silence], ..CameraOptions::default() }, NoticeKind::SilentCamera),
    ] {
        let (people, tracker) = follow(&store, views(&store, options));
        let told: Vec<_> = tracker.notices().iter().filter(|notice| notice.kind == kind).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].subject, camera.as_str());
        assert_eq!(ids(&people).len(), 4);
    }
}

/// Where [`COCO`]'s joints are of somebody who stands upright and faces the store, from the middle of the feet.
const UPRIGHT_M: [[f64; 3]; COCO.len()] = [
    [0.0, 0.1, 1.6],
    [-0.03, 0.08, 1.64],
    [0.03, 0.08, 1.64],
    [-0.07, 0.0, 1.62],
    [0.07, 0.0, 1.62],
    [-0.17, 0.0, 1.4],
    [0.17, 0.0, 1.4],
    [-0.19, 0.0, 1.12],
    [0.19, 0.0, 1.12],
    [-0.2, 0.05, 0.88],
    [0.2, 0.05, 0.88],
    [-0.11, 0.0, 0.9],
    [0.11, 0.0, 0.9],
    [-0.11, 0.0, 0.49],
    [0.11, 0.0, 0.49],
    [-0.11, 0.0, 0.09],
    [0.11, 0.0, 0.09],
];

/// What all cameras see at once of those who stand there: where their feet are, and how tall they are for an upright one.
fn views_of(store: &Store, time: Time, standing: &[(DVec3, f64)]) -> Vec<Record> {
    let view = |file: &model::CameraFile| {
        let camera = Camera::new(file).unwrap();
        let keypoint = |(feet, height): (DVec3, f64), joint: usize| {
            let pixel = camera.project(feet + height * DVec3::from(UPRIGHT_M[joint]));
            let pixel = pixel.filter(|pixel| camera.holds(*pixel))?;
            Some(ViewKeypoint { joint: COCO[joint], x_px: pixel.x as f32, y_px: pixel.y as f32, score: 0.9 })
        };
        let person = |body: &(DVec3, f64)| ViewPerson {
            keypoints: (0..COCO.len()).filter_map(|joint| keypoint(*body, joint)).collect(),
            holding: [None; 2],
        };
        let people = standing.iter().map(person).filter(|person| person.keypoints.len() > 3).collect();
        Record::View(View { camera: file.id.clone(), time, people })
    };
    store.cameras().iter().map(view).collect()
}

#[test]
fn after_a_silence_of_all_cameras_people_are_known_by_how_they_are_built() {
    let store = store();
    let gate = store.gates().iter().find(|gate| gate.id.as_str() == "gate-in").unwrap();
    let [one, other] =
        [-0.6, 0.6].map(|x| DVec3::from(gate.position_m.unwrap()).with_z(0.0) + DVec3::new(x, 3.6, 0.0));
    let (tall, short) = (1.06, 0.94);
    let set = |number: i64, standing: &[(DVec3, f64)]| {
        views_of(&store, Time::from_nanos(number * 66_000_000), standing)
    };
    let before = (0..40).flat_map(|number| set(number, &[(one, tall), (other, short)]));
    // Six seconds later they have changed places.
    let after = (130..170).flat_map(|number| set(number, &[(one, short), (other, tall)]));
    let (people, _) = follow(&store, before.chain(after).collect::<Vec<_>>());
    assert_eq!(ids(&people).len(), 2);
    let heights = |people: &People| -> BTreeMap<u64, f64> {
        let height = |person: &Person| person.joint(Joint::Nose).unwrap().z;
        people.people.iter().map(|person| (person.track.0, height(person))).collect()
    };
    let (first, last) = (heights(&people[30]), heights(people.last().unwrap()));
    assert!(first.iter().all(|(track, height)| (last[track] - height).abs() < 0.05), "{first:?} {last:?}");
}

#[test]
fn who_comes_to_the_door_just_as_somebody_has_gone_is_somebody_else() {
    let store = store();
    let [coming, going] = ["gate-in", "gate-out"].map(|id| {
        let gate = store.gates().iter().find(|gate| gate.id.as_str() == id).unwrap();
        DVec3::from(gate.position_m.unwrap())
    });
    for unseen_sets in 0..4 {
        let records = (0..60).flat_map(|set: i64| {
            let feet = match set - 30 {
                ..0 => Some(going + DVec3::new(0.0, 0.7 - 0.066 * set as f64, 0.0)),
                after if after < unseen_sets => None,
                _ => Some(coming - DVec3::new(0.0, 1.6, 0.0)),
            };
            let standing: Vec<_> = feet.map(|feet| (feet, 1.0)).into_iter().collect();
            views_of(&store, Time::from_nanos(set * 66_000_000), &standing)
        });
        let (people, _) = follow(&store, records.collect::<Vec<_>>());
        assert_eq!(ids(&people).len(), 2, "with {unseen_sets} sets between them");
    }
}

#[test]
fn what_is_no_picture_of_ours_is_counted() {
    let store = store();
    let keypoint = |x_px| ViewKeypoint { joint: Joint::Nose, x_px, y_px: 5.0, score: 0.9 };
    let view = |camera: &str, keypoints| {
        let people = vec![ViewPerson { keypoints, holding: [None; 2] }];
        Record::View(View { camera: SensorId::from(camera), time: Time::from_nanos(5), people })
    };
    let camera = store.cameras()[0].id.clone();
    let bad = vec![keypoint(f32::NAN), keypoint(-40.0), keypoint(1e9)];
    let (people, tracker) =
        follow(&store, [view(camera.as_str(), bad), view("nobody's", vec![keypoint(5.0)])]);
    assert!(people.iter().all(|people| people.people.is_empty()));
    assert_eq!(tracker.notices().count(NoticeKind::BadKeypoint), 3);
    assert_eq!(tracker.notices().count(NoticeKind::UnknownCamera), 1);
}

#[test]
fn a_picture_full_of_people_who_can_not_be_is_survived() {
    let store = store();
    let camera = &store.cameras()[0].id;
    let keypoints: Vec<ViewKeypoint> = Joint::ALL
        .into_iter()
        .map(|joint| ViewKeypoint { joint, x_px: 500.0, y_px: 300.0, score: 1.0 })
        .collect();
    let people = vec![ViewPerson { keypoints, holding: [None; 2] }; 5000];
    let view = View { camera: camera.clone(), time: Time::from_nanos(5), people };
    let (people, tracker) = follow(&store, [Record::View(view)]);
    assert!(people.iter().all(|people| people.people.is_empty()));
    assert!(tracker.notices().count(NoticeKind::BadKeypoint) > 90_000);
}

#[test]
fn people_that_were_recorded_beside_the_views_are_told_anew() {
    let store = store();
    let records = views(&store, CameraOptions::default());
    let (people, _) = follow(&store, records.clone());
    let recorded = people.iter().cloned().map(Record::People);
    let (again, _) = follow(&store, records.into_iter().chain(recorded));
    assert_eq!(people, again);
}
