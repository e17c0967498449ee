//! MOTChallenge's text: `frame, id, bb_left, bb_top, bb_width, bb_height, conf, x, y, z`, a row a person and frame.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use model::{DVec3, Joint, Time, ViewPerson};
use thiserror::Error;

use super::{TracksFrame, TracksPerson};

/// How MOTChallenge writes that there is nothing.
const NOTHING: f64 = -1.0;
/// More frames, from the first to the last, are a mistake: at 25 a second they would be four days.
const FRAMES_MAX: u64 = 10_000_000;
/// Whole numbers below are exact where they are written as floating point numbers.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
const NANOS_PER_SECOND: f64 = 1e9;

/// A text that can't be read, or rows that can't be written.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("line {line}: {problem}")]
pub struct MotError {
    /// The line, from 1; of what can't be written, the line it would have been.
    pub line: usize,
    /// What is wrong there.
    pub problem: MotProblem,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum MotProblem {
    /// Too many or too few columns.
    #[error(
        "{found} columns: give 7 to 10, frame, id, bb_left, bb_top, bb_width, bb_height, conf, x, y, z, with commas between"
    )]
    Columns {
        /// How many there are.
        found: usize,
    },
    /// Something that is no number, or a number that can't be.
    #[error("{column} is \"{text}\": give {expected}")]
    Number {
        /// The column.
        column: &'static str,
        /// What stands there.
        text: String,
        /// What should.
        expected: &'static str,
    },
    /// A person twice in a frame.
    #[error("id {id} is in frame {frame} twice: give every person an id of their own")]
    Twice {
        /// The frame.
        frame: u64,
        /// The person.
        id: u64,
    },
    /// A detection where a track is needed.
    #[error("the row has no id: give tracks, not detections")]
    NoId,
    /// A box where a place is needed.
    #[error(
        "the row has no place in the store: give the form with ten columns, x, y and z at the end, in metres"
    )]
    NoPlace,
    /// Frames that are too far apart.
    #[error("frame {frame} is {FRAMES_MAX} or more after the first: number frames one by one")]
    Far {
        /// The frame.
        frame: u64,
    },
}

/// A box in a picture, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotBox {
    /// From the left edge of the picture.
    pub left: f64,
    /// From the upper edge.
    pub top: f64,
    /// Not below zero.
    pub width: f64,
    /// Not below zero.
    pub height: f64,
}

impl MotBox {
    /// The smallest box around all joints seen; nothing if none was.
    pub fn around(person: &ViewPerson) -> Option<Self> {
        let mut points =
            person.keypoints.iter().map(|keypoint| [keypoint.x_px, keypoint.y_px].map(f64::from));
        let first = points.next()?;
        let ([left, top], [right, bottom]) = points.fold((first, first), |(least, most), point| {
            ([0, 1].map(|axis| least[axis].min(point[axis])), [0, 1].map(|axis| most[axis].max(point[axis])))
        });
        Some(Self { left, top, width: right - left, height: bottom - top })
    }
}

/// One person in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotRow {
    /// Number of the frame; MOTChallenge counts from 1.
    pub frame: u64,
    /// Who; nothing for a detection.
    pub id: Option<u64>,
    /// Where in the picture.
    pub around: Option<MotBox>,
    /// How sure the tracker is; 0 in a truth tells that the row does not count.
    pub confidence: f64,
    /// Where in the store, metres.
    pub place: Option<DVec3>,
}

impl MotRow {
    /// The box around a person in a camera's picture, as a detection if there is no id; nothing if no joint was seen. The
    /// confidence is the mean of the joints' scores.
    pub fn of_view(frame: u64, id: Option<u64>, person: &ViewPerson) -> Option<Self> {
        let around = MotBox::around(person)?;
        let sum: f64 = person.keypoints.iter().map(|keypoint| f64::from(keypoint.score)).sum();
        let confidence = sum / person.keypoints.len() as f64;
        Some(Self { frame, id, around: Some(around), confidence, place: None })
    }
}

/// Reads rows; empty lines are passed over, and so are MOTChallenge's class and visibility (columns 8 and 9 of 9).
///
/// # Errors
/// [`MotError`], with the line.
pub fn read_mot(text: &str) -> Result<Vec<MotRow>, MotError> {
    Ok(numbered_rows(text)?.into_iter().map(|(_, row)| row).collect())
}

/// Reads rows with places as tracks, each place as the middle of the hips. Frames between the first and the last that no
/// row names are frames without people; rows with a confidence of 0 do not count, as MOTChallenge has it.
///
/// `frames_per_second` tells the time of a frame: its number divided by it, after 1970-01-01T00:00:00Z. Must be above zero.
///
/// # Errors
/// [`MotError`], with the line; also for rows without id or place.
pub fn read_mot_tracks(text: &str, frames_per_second: f64) -> Result<Vec<TracksFrame>, MotError> {
    let rows = numbered_rows(text)?;
    let Some(first) = rows.iter().map(|(_, row)| row.frame).min() else { return Ok(Vec::new()) };
    let mut people: BTreeMap<u64, Vec<TracksPerson>> = BTreeMap::new();
    for (line, row) in rows {
        let refuse = |problem| MotError { line, problem };
        if row.frame - first >= FRAMES_MAX {
            return Err(refuse(MotProblem::Far { frame: row.frame }));
        }
        let id = row.id.ok_or_else(|| refuse(MotProblem::NoId))?;
        let place = row.place.ok_or_else(|| refuse(MotProblem::NoPlace))?;
        let frame = people.entry(row.frame).or_default();
        if row.confidence != 0.0 {
            frame.push(TracksPerson::new(id, [(Joint::MiddleHip, place)]));
        }
    }
    let last = people.keys().next_back().copied().unwrap_or(first);
    let frames = (first..=last).map(|frame| TracksFrame {
        time: Time::default().plus_seconds(frame as f64 / frames_per_second),
        people: people.remove(&frame).unwrap_or_default(),
    });
    Ok(frames.collect())
}

/// Tracks as rows without boxes: the middle of each body. People without a joint are left out, and so are frames before
/// 1970. The number of a frame is its time in seconds times `frames_per_second`, rounded.
pub fn mot_of_tracks(frames: &[TracksFrame], frames_per_second: f64) -> Vec<MotRow> {
    let rows = frames.iter().filter(|frame| frame.time >= Time::default()).flat_map(|frame| {
        let number = (frame.time.nanos() as f64 / NANOS_PER_SECOND * frames_per_second).round() as u64;
        frame.people.iter().filter_map(move |person| {
            let place = Some(person.middle()?);
            Some(MotRow { frame: number, id: Some(person.id), around: None, confidence: 1.0, place })
        })
    });
    rows.collect()
}

/// Writes rows in ten columns, −1 for what is not there.
///
/// # Errors
/// [`MotError`] for rows that no reader would take: a number that is not finite, a person twice in a frame.
pub fn write_mot(rows: &[MotRow]) -> Result<String, MotError> {
    let mut page = String::new();
    for row in rows {
        let id = row.id.map_or("-1".to_owned(), |id| id.to_string());
        let around =
            row.around.map_or([NOTHING; 4], |MotBox { left, top, width, height }| [left, top, width, height]);
        let place = row.place.map_or([NOTHING; 3], |place| place.to_array());
        page += &format!("{},{id}", row.frame);
        for number in around.into_iter().chain([row.confidence]).chain(place) {
            // Writing to a text can't fail.
            let _ = write!(page, ",{number}");
        }
        page.push('\n');
    }
    // Whatever can't be read must not be written: the reader knows best.
    read_mot(&page).map(|_| page)
}

fn numbered_rows(text: &str) -> Result<Vec<(usize, MotRow)>, MotError> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let refuse = |problem| MotError { line, problem };
        let row = read_row(text).map_err(refuse)?;
        if let Some(id) = row.id
            && !seen.insert((row.frame, id))
        {
            return Err(refuse(MotProblem::Twice { frame: row.frame, id }));
        }
        rows.push((line, row));
    }
    Ok(rows)
}

fn read_row(text: &str) -> Result<MotRow, MotProblem> {
    let columns: Vec<&str> = text.split(',').map(str::trim).collect();
    if !(7..=10).contains(&columns.len()) {
        return Err(MotProblem::Columns { found: columns.len() });
    }
    let frame = whole("frame", columns[0])?;
    let id = if is_nothing(columns[1]) { None } else { Some(whole("id", columns[1])?) };
    let around = read_box(&columns)?;
    let confidence = number("conf", columns[6])?;
    let place = match columns[7..] {
        [x, y, z] => {
            let place = DVec3::new(number("x", x)?, number("y", y)?, number("z", z)?);
            (place != DVec3::splat(NOTHING)).then_some(place)
        }
        _ => None,
    };
    Ok(MotRow { frame, id, around, confidence, place })
}

fn read_box(columns: &[&str]) -> Result<Option<MotBox>, MotProblem> {
    if columns[2..6].iter().all(|text| is_nothing(text)) {
        return Ok(None);
    }
    let size = |column, text: &str| match number(column, text)? {
        size if size < 0.0 => {
            Err(MotProblem::Number { column, text: text.to_owned(), expected: "a size not below zero" })
        }
        size => Ok(size),
    };
    let (left, top) = (number("bb_left", columns[2])?, number("bb_top", columns[3])?);
    let (width, height) = (size("bb_width", columns[4])?, size("bb_height", columns[5])?);
    Ok(Some(MotBox { left, top, width, height }))
}

fn is_nothing(text: &str) -> bool {
    text.parse() == Ok(NOTHING)
}

fn number(column: &'static str, text: &str) -> Result<f64, MotProblem> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| MotProblem::Number { column, text: text.to_owned(), expected: "a finite number" })
}

/// A whole number; programs that write tables of floating point numbers end it with zeros.
fn whole(column: &'static str, text: &str) -> Result<u64, MotProblem> {
    let whole = text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        ((0.0..WHOLE_MAX).contains(&number) && number.fract() == 0.0).then_some(number as u64)
    });
    whole.ok_or_else(|| MotProblem::Number {
        column,
        text: text.to_owned(),
        expected: "a whole number from 0",
    })
}

#[cfg(test)]
mod tests {
    use model::ViewKeypoint;
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> String {
        read_mot_tracks(text, 25.0).unwrap_err().to_string()
    }

    #[test]
    fn rows_become_tracks_and_frames_between_are_empty() {
        let text =
            "3,7,-1,-1,-1,-1,1,1.5,2.5,0.9\n\n1.0, 7, 10, 20, 30, 40, 0.9, 1, 2, 0.9\n3,8,0,0,1,1,0,4,4,1\n";
        let frames = read_mot_tracks(text, 25.0).unwrap();
        let at = |x, y| vec![TracksPerson::new(7, [(Joint::MiddleHip, DVec3::new(x, y, 0.9))])];
        let frame = |nanos, people| TracksFrame { time: Time::from_nanos(nanos), people };
        let expected =
            [frame(40_000_000, at(1.0, 2.0)), frame(80_000_000, vec![]), frame(120_000_000, at(1.5, 2.5))];
        assert_eq!(frames, expected);
        let text = write_mot(&mot_of_tracks(&frames, 25.0)).unwrap();
        assert_eq!(read_mot_tracks(&text, 25.0).unwrap(), expected);
    }

    #[test]
    fn a_person_in_a_picture_is_a_box() {
        let keypoint = |x_px, y_px, score| ViewKeypoint { joint: Joint::Nose, x_px, y_px, score };
        let person = ViewPerson {
            keypoints: vec![keypoint(5.0, 80.0, 0.5), keypoint(15.0, 20.0, 1.0)],
            holding: [None; 2],
        };
        let row = MotRow::of_view(3, None, &person).unwrap();
        assert_eq!(write_mot(&[row]).unwrap(), "3,-1,5,20,10,60,0.75,-1,-1,-1\n");
        assert_eq!(MotRow::of_view(3, None, &ViewPerson::default()), None);
    }

    #[test]
    fn the_truth_of_pictures_has_nine_columns_and_no_place() {
        let rows = read_mot("1,2,912,484,97,109,0,7,1").unwrap();
        assert_eq!((rows[0].id, rows[0].place), (Some(2), None));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let good = "1,7,-1,-1,-1,-1,1,1,2,0\n";
        assert!(refused(&format!("{good}1 7 1")).starts_with("line 2: 1 columns: give 7 to 10"));
        assert!(
            refused("1,7,-1,-1,-1,-1,1,nan,2,0").starts_with("line 1: x is \"nan\": give a finite number")
        );
        assert!(refused("1.5,7,-1,-1,-1,-1,1,1,2,0").contains("frame is \"1.5\""));
        assert!(refused("1,7,1,1,-5,1,1,1,2,0").contains("bb_width is \"-5\""));
        assert!(refused(&format!("{good}{good}")).contains("line 2: id 7 is in frame 1 twice"));
        assert!(refused("1,-1,-1,-1,-1,-1,1,1,2,0").contains("no id"));
        assert!(refused("1,7,1,1,5,1,1").contains("no place"));
        assert!(
            refused(&format!("{good}99000000,7,-1,-1,-1,-1,1,1,2,0")).contains("number frames one by one")
        );
    }

    #[test]
    fn a_place_that_is_nowhere_is_not_written() {
        let place = Some(DVec3::new(0.0, f64::INFINITY, 0.0));
        let row = MotRow { frame: 1, id: Some(1), around: None, confidence: 1.0, place };
        assert!(write_mot(&[row]).unwrap_err().to_string().contains("y is \"inf\""));
    }

    fn row() -> impl Strategy<Value = (Option<MotBox>, f64, Option<DVec3>)> {
        let around = (-1e4..1e4_f64, -1e4..1e4_f64, 0.0..1e4_f64, 0.0..1e4_f64);
        let around = around.prop_map(|(left, top, width, height)| MotBox { left, top, width, height });
        let place = prop::array::uniform3(-1e3..1e3_f64).prop_map(DVec3::from_array);
        (prop::option::of(around), 0.0..1.0_f64, prop::option::of(place))
    }

    proptest! {
        #[test]
        fn rows_come_back_to_the_last_bit(
            rows in prop::collection::btree_map((0..1_000_000_u64, any::<u64>()), row(), 0..20)
        ) {
            let row = |((frame, id), (around, confidence, place))| {
                MotRow { frame, id: Some(id), around, confidence, place }
            };
            let rows: Vec<MotRow> = rows.into_iter().map(row).collect();
            prop_assert_eq!(read_mot(&write_mot(&rows).unwrap()).unwrap(), rows);
        }
    }
}
