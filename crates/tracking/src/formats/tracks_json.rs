//! Tracks as JSON, one object a line: our own form.

use std::collections::BTreeMap;

use model::{DVec3, Time};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{TracksFrame, TracksPerson, joint_name, joint_named};

/// Coordinates are written to the micrometre.
const PER_METRE: f64 = 1e6;

/// A text of tracks that can't be read, or tracks that can't be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct TracksError {
    /// The line, from 1; of what can't be written, the line it would have been.
    pub line: usize,
    /// What is wrong there.
    pub problem: TracksProblem,
}

/// What is wrong with a line of tracks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TracksProblem {
    /// Not JSON, or not a frame; tells the column.
    #[error(
        "{0}: write one frame a line, such as \
         {{\"time_ns\":40000000,\"people\":[{{\"id\":7,\"joints\":{{\"left_wrist\":[1.2,0.4,1.1]}}}}]}}"
    )]
    Frame(String),
    /// A joint that is not known.
    #[error("person {id} has a joint \"{joint}\" that is not known: name joints as in \"left_wrist\"")]
    Joint {
        /// The person.
        id: u64,
        /// The name.
        joint: String,
    },
    /// A place that is not finite.
    #[error("the {joint} of person {id} is nowhere: leave out joints that were not seen")]
    NotFinite {
        /// The person.
        id: u64,
        /// The joint.
        joint: &'static str,
    },
    /// A person twice in a frame.
    #[error("person {id} is there twice: give every person an id of their own")]
    Twice {
        /// The person.
        id: u64,
    },
    /// A frame that is not later than the one before.
    #[error("the frame is not later than the one before: put frames in order of time, each once")]
    Order,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameLine {
    time_ns: i64,
    people: Vec<PersonLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonLine {
    id: u64,
    joints: BTreeMap<String, [f64; 3]>,
}

/// Reads tracks; empty lines are passed over.
///
/// # Errors
/// [`TracksError`], with the line.
pub fn read_tracks(text: &str) -> Result<Vec<TracksFrame>, TracksError> {
    let mut frames: Vec<TracksFrame> = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let refuse = |problem| TracksError { line, problem };
        let frame = read_frame(text).map_err(refuse)?;
        check_frame(&frame, frames.last()).map_err(refuse)?;
        frames.push(frame);
    }
    Ok(frames)
}

/// Writes tracks, to the micrometre.
///
/// # Errors
/// [`TracksError`] for frames that no reader would take: out of order, a person twice, a place that is not finite.
pub fn write_tracks(frames: &[TracksFrame]) -> Result<String, TracksError> {
    let mut page = String::new();
    for (place, frame) in frames.iter().enumerate() {
        let refuse = |problem| TracksError { line: place + 1, problem };
        let before = place.checked_sub(1).map(|before| &frames[before]);
        check_frame(frame, before).map_err(refuse)?;
        let line =
            FrameLine { time_ns: frame.time.nanos(), people: frame.people.iter().map(person_line).collect() };
        let text = serde_json::to_string(&line);
        page += &text.map_err(|why| refuse(TracksProblem::Frame(why.to_string())))?;
        page.push('\n');
    }
    Ok(page)
}

fn read_frame(text: &str) -> Result<TracksFrame, TracksProblem> {
    let line: FrameLine = serde_json::from_str(text).map_err(|why| {
        // The line that the parser counts is always 1 here; only the column tells something.
        TracksProblem::Frame(why.to_string().replace("at line 1 column", "at column"))
    })?;
    let people = line.people.into_iter().map(read_person).collect::<Result<_, _>>()?;
    Ok(TracksFrame { time: Time::from_nanos(line.time_ns), people })
}

fn read_person(PersonLine { id, joints }: PersonLine) -> Result<TracksPerson, TracksProblem> {
    let mut person = TracksPerson::new(id, []);
    for (name, place) in joints {
        let Some(joint) = joint_named(&name) else {
            return Err(TracksProblem::Joint { id, joint: name });
        };
        person.joints[joint as usize] = Some(DVec3::from_array(place));
    }
    Ok(person)
}

fn check_frame(frame: &TracksFrame, before: Option<&TracksFrame>) -> Result<(), TracksProblem> {
    if before.is_some_and(|before| before.time >= frame.time) {
        return Err(TracksProblem::Order);
    }
    for (place, person) in frame.people.iter().enumerate() {
        let id = person.id;
        if frame.people[..place].iter().any(|other| other.id == id) {
            return Err(TracksProblem::Twice { id });
        }
        if let Some((joint, _)) = person.seen().find(|(_, position)| !position.is_finite()) {
            return Err(TracksProblem::NotFinite { id, joint: joint_name(joint) });
        }
    }
    Ok(())
}

fn person_line(person: &TracksPerson) -> PersonLine {
    let round = |metres: f64| (metres * PER_METRE).round() / PER_METRE;
    let joints = person
        .seen()
        .map(|(joint, position)| (joint_name(joint).to_owned(), position.to_array().map(round)))
        .collect();
    PersonLine { id: person.id, joints }
}

#[cfg(test)]
mod tests {
    use model::Joint;
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> String {
        read_tracks(text).unwrap_err().to_string()
    }

    #[test]
    fn a_line_is_a_frame() {
        let text = "{\"time_ns\":40,\"people\":[{\"id\":7,\"joints\":{\"left_wrist\":[1.2,0.4,1.1]}}]}\n";
        let person = TracksPerson::new(7, [(Joint::LeftWrist, DVec3::new(1.2, 0.4, 1.1))]);
        let frames = [TracksFrame { time: Time::from_nanos(40), people: vec![person] }];
        assert_eq!(read_tracks(text).unwrap(), frames);
        assert_eq!(write_tracks(&frames).unwrap(), text);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let good = "{\"time_ns\":40,\"people\":[]}\n";
        let person = |joints: &str| {
            format!("{good}\n{{\"time_ns\":50,\"people\":[{{\"id\":7,\"joints\":{{{joints}}}}}]}}")
        };
        assert!(refused(&person("\"toe\":[1,2,3]")).starts_with("line 3: person 7 has a joint \"toe\""));
        assert!(refused(&person("\"neck\":[1,2,NaN]")).starts_with("line 3: expected"));
        assert!(refused(&person("\"neck\":[1,2,1e999]")).contains("line 3: number out of range at column"));
        assert!(refused(&format!("{good}{good}")).starts_with("line 2: the frame is not later"));
        let twice = "{\"time_ns\":1,\"people\":[{\"id\":7,\"joints\":{}},{\"id\":7,\"joints\":{}}]}";
        assert!(refused(twice).contains("person 7 is there twice"));
        assert!(refused("frame 1").contains("write one frame a line"));
    }

    #[test]
    fn a_place_that_is_nowhere_is_not_written() {
        let person = TracksPerson::new(7, [(Joint::Neck, DVec3::new(f64::NAN, 0.0, 1.0))]);
        let frames = [TracksFrame { time: Time::from_nanos(40), people: vec![person] }];
        let refused = write_tracks(&frames).unwrap_err();
        assert_eq!(refused.problem, TracksProblem::NotFinite { id: 7, joint: "neck" });
    }

    fn people() -> impl Strategy<Value = Vec<TracksPerson>> {
        let place = prop::array::uniform3(-1000.0..1000.0_f64).prop_map(DVec3::from_array);
        let joints = prop::collection::vec(prop::option::of(place), Joint::ALL.len());
        prop::collection::btree_map(any::<u64>(), joints, 0..4).prop_map(|people| {
            let person = |(id, joints): (u64, Vec<Option<DVec3>>)| TracksPerson {
                id,
                joints: joints.try_into().unwrap(),
            };
            people.into_iter().map(person).collect()
        })
    }

    proptest! {
        #[test]
        fn tracks_come_back_to_the_micrometre(frames in prop::collection::btree_map(any::<i64>(), people(), 0..5)) {
            let frame = |(nanos, people)| TracksFrame { time: Time::from_nanos(nanos), people };
            let frames: Vec<TracksFrame> = frames.into_iter().map(frame).collect();
            let text = write_tracks(&frames).unwrap();
            let again = read_tracks(&text).unwrap();
            prop_assert_eq!(write_tracks(&again).unwrap(), text);
            prop_assert_eq!(again.len(), frames.len());
            for (again, frame) in again.iter().zip(&frames) {
                prop_assert_eq!(again.time, frame.time);
                prop_assert_eq!(again.people.len(), frame.people.len());
                for (again, person) in again.people.iter().zip(&frame.people) {
                    prop_assert_eq!(again.id, person.id);
                    for joint in Joint::ALL {
                        let off = again.joint(joint).zip(person.joint(joint)).map(|(a, b)| a.distance(b));
                        prop_assert_eq!(again.joint(joint).is_some(), person.joint(joint).is_some());
                        prop_assert!(off.is_none_or(|off| off < 1e-6));
                    }
                }
            }
        }
    }
}
