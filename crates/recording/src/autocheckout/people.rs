//! The people (`benchmark-1/full_targets`): bodies in inches, and who entered.

use std::collections::BTreeSet;

use model::{DVec3, Direction, Joint, Keypoint, Passage, People, Person, Record, SensorId, Time, TrackId};
use serde::Deserialize;

use super::source::{Source, Wrapped};
use super::summary::note;
use super::{GATE, ImportError, ImportSummary, METRES_PER_INCH};
use crate::wire;

/// The tracker's name in the recording.
const TRACKER: &str = "tracker";
/// What the source calls a person who came in as they should.
const ENTERED: &str = "TARGETSTATE_VALID_ENTRANCE";

#[derive(Deserialize)]
struct TargetsMessage {
    document: TargetsDocument,
}

#[derive(Deserialize)]
struct TargetsDocument {
    header: Header,
    #[serde(default)]
    targets: Targets,
}

/// When a message was captured.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) t_origin: Time,
}

#[derive(Default, Deserialize)]
struct Targets {
    #[serde(default)]
    targets: Vec<Target>,
}

/// A person. The source's `hands` repeat the wrists.
#[derive(Deserialize)]
struct Target {
    target_id: Wrapped<String>,
    #[serde(default)]
    target_state: String,
    #[serde(default)]
    head: Option<Seen>,
    #[serde(default)]
    neck: Option<Seen>,
    #[serde(default)]
    l_shoulder: Option<Seen>,
    #[serde(default)]
    r_shoulder: Option<Seen>,
    #[serde(default)]
    l_elbow: Option<Seen>,
    #[serde(default)]
    r_elbow: Option<Seen>,
    #[serde(default)]
    l_wrist: Option<Seen>,
    #[serde(default)]
    r_wrist: Option<Seen>,
}

/// A joint; without any coordinate it was not seen.
#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    point: Point,
    #[serde(default)]
    score: f32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Point {
    x: Option<f64>,
    y: Option<f64>,
    z: Option<f64>,
}

/// The sightings, and a passage for everybody at their first sighting as somebody who entered.
pub(super) fn read(source: &Source, summary: &mut ImportSummary) -> Result<Vec<Record>, ImportError> {
    let mut records = Vec::new();
    let mut entered = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut joints_unseen = 0;
    source.lines("benchmark-1/full_targets", |_, message: TargetsMessage| {
        let time = message.document.header.t_origin;
        let targets = &message.document.targets.targets;
        let people = targets.iter().map(person).collect::<Result<Vec<Person>, String>>()?;
        joints_unseen += people.iter().map(|person| JOINTS.len() - person.keypoints.len()).sum::<usize>();
        let passing: Vec<TrackId> = people
            .iter()
            .zip(targets)
            .filter(|(_, target)| target.target_state == ENTERED)
            .map(|(person, _)| person.track)
            .filter(|track| entered.insert(*track))
            .collect();
        seen.extend(people.iter().map(|person| person.track));
        let record = Record::People(People { sensor: SensorId::from(TRACKER), time, people });
        wire::check(&record).map_err(|why| format!("the message {why}"))?;
        records.push(record);
        records.extend(passing.into_iter().map(|track| {
            Record::Passage(Passage {
                gate: SensorId::from(GATE),
                time,
                direction: Direction::In,
                track: Some(track),
            })
        }));
        Ok(())
    })?;
    summary.passages = entered.len();
    summary.people = records.len() - entered.len();
    summary.taken_over.push(format!(
        "people seen: {}, in {} looks of the tracker",
        seen.len(),
        summary.people
    ));
    summary.left_out.push("hands: they repeat the wrists".to_owned());
    note(&mut summary.missing, joints_unseen, "joints that the tracker did not see");
    summary.missing.push("credentials and exits: the source has none, and none were made up".to_owned());
    summary.assumed.push(format!(
        "people who came in through gate \"{GATE}\" when first seen: {} of {}, of whom the source says {ENTERED}",
        entered.len(),
        seen.len()
    ));
    Ok(records)
}

type JointOf = (Joint, fn(&Target) -> &Option<Seen>);

const JOINTS: [JointOf; 8] = [
    (Joint::Head, |target| &target.head),
    (Joint::Neck, |target| &target.neck),
    (Joint::LeftShoulder, |target| &target.l_shoulder),
    (Joint::RightShoulder, |target| &target.r_shoulder),
    (Joint::LeftElbow, |target| &target.l_elbow),
    (Joint::RightElbow, |target| &target.r_elbow),
    (Joint::LeftWrist, |target| &target.l_wrist),
    (Joint::RightWrist, |target| &target.r_wrist),
];

fn person(target: &Target) -> Result<Person, String> {
    let id = &target.target_id.id;
    let track = id.parse().map_err(|_| format!("target \"{id}\" has no number: give a 64-bit one"))?;
    let keypoints = JOINTS
        .iter()
        .filter_map(|(joint, of)| of(target).as_ref().and_then(|seen| keypoint(*joint, seen)))
        .collect();
    Ok(Person { track: TrackId(track), keypoints, holding: [None; 2] })
}

fn keypoint(joint: Joint, seen: &Seen) -> Option<Keypoint> {
    let Point { x, y, z } = seen.point;
    if x.is_none() && y.is_none() && z.is_none() {
        return None;
    }
    let inches = DVec3::new(x.unwrap_or(0.0), y.unwrap_or(0.0), z.unwrap_or(0.0));
    Some(Keypoint { joint, position: inches * METRES_PER_INCH, score: seen.score })
}
