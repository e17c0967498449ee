//! What was wrong with the input, counted: nothing is skipped in silence, nothing is said a million times.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Time;

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A record came after the watermark had passed its time, and was left out.
    Late,
    /// A record came twice, and was used once.
    Duplicate,
    /// Two different records of one sensor bear the same time; the first was used.
    Conflict,
    /// A record lay far ahead of all others, and was left out.
    Ahead,
    /// Samples never came.
    MissingSamples,
    /// A plate is not in the store file; its samples were left out.
    UnknownPlate,
    /// Samples that are no numbers or are infinite; they were left out.
    NotANumber,
    /// A plate gave no number for a second or more.
    DeadPlate,
    /// A plate gave the very same number for a minute or more.
    StuckPlate,
    /// A plate carried more than it can weigh.
    Overload,
    /// A keypoint is not finite; it was left out.
    BadKeypoint,
    /// What a camera saw came to the engine, which knows people only; it was left out.
    UntrackedView,
    /// A camera is not in the store file, or its calibration can't be used; what it saw was left out.
    UnknownCamera,
    /// A camera sent nothing for seconds while others did.
    SilentCamera,
    /// What a camera sees no longer fits what the others see: it was moved, or its calibration is wrong.
    MovedCamera,
    /// A gate is not in the store file.
    UnknownGate,
    /// A passage could not be given to a person.
    UnknownPassage,
    /// A person was seen who never came through a gate.
    UnboundTrack,
    /// A mass change could not be explained by any product.
    Unexplained,
    /// Something was taken from where the planogram names something else.
    WrongPlanogram,
    /// A recorded message could not be read, and was left out.
    UnreadableMessage,
    /// A recorded channel is of no kind known here, and was left out.
    UnknownChannel,
}

impl NoticeKind {
    /// What it means and how to mend it, in a sentence.
    pub const fn mend(self) -> &'static str {
        match self {
            Self::Late => {
                "came after the watermark and was left out: set the sensor's clock or raise policy.watermark_s"
            }
            Self::Duplicate => "came twice and was used once: nothing to do",
            Self::Conflict => {
                "two different records bear one time and the first was used: give each sensor its own name"
            }
            Self::Ahead => "lies far ahead of all others and was left out: set the sensor's clock",
            Self::MissingSamples => "samples never came: check the controller's network",
            Self::UnknownPlate => "is not in the store file and was left out: add the plate or unplug it",
            Self::NotANumber => "gave values that are no finite numbers: check the load cell and its cable",
            Self::DeadPlate => "gave no number for a second or more: check the load cell and its cable",
            Self::StuckPlate => "gave the very same number for a minute or more: check the load cell",
            Self::Overload => "carries more than it can weigh: take weight off or check the load cell",
            Self::BadKeypoint => "has a position that is not finite and was left out: check the tracker",
            Self::UntrackedView => "is a view, which must go through a tracker first, and was left out",
            Self::UnknownCamera => {
                "is not in the store file or has no usable calibration, and was left out: add or calibrate it"
            }
            Self::SilentCamera => "sent nothing while others did: check the camera and its network",
            Self::MovedCamera => {
                "sees people elsewhere than the other cameras do: it was moved, so calibrate it again"
            }
            Self::UnknownGate => "is not in the store file: add the gate",
            Self::UnknownPassage => {
                "nobody was seen at the gate: give the gate a position and check the cameras there"
            }
            Self::UnboundTrack => "never came through a gate: check the cameras at the entry",
            Self::Unexplained => "fits no product of the catalogue: check weights and planogram of the shelf",
            Self::WrongPlanogram => {
                "the product in brackets was taken from where the planogram names another one: check the shelf and the store file"
            }
            Self::UnreadableMessage => "could not be read and was left out: check the program that wrote it",
            Self::UnknownChannel => "is of no kind known here and was left out: see docs/recording-format.md",
        }
    }
}

/// One thing that was wrong, with how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What was wrong.
    pub kind: NoticeKind,
    /// With what: a plate, a sensor, a channel, a track.
    pub subject: String,
    /// How often.
    pub count: u64,
    /// The first time, by the record's own clock.
    pub first: Time,
    /// The last time, by the record's own clock.
    pub last: Time,
    /// What it means and how to mend it.
    pub mend: &'static str,
}

/// Notices, counted by kind and subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    counted: BTreeMap<NoticeKind, BTreeMap<String, Counted>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    count: u64,
    first: Time,
    last: Time,
}

impl Notices {
    /// Subjects told apart per kind; what comes beyond is counted under one name, so that broken input
    /// cannot fill the memory.
    const MAX_SUBJECTS: usize = 1000;
    const OTHERS: &'static str = "others";

    /// Counts `count` more of `kind` about `subject`.
    pub fn add(&mut self, kind: NoticeKind, subject: &str, count: u64, time: Time) {
        let subjects = self.counted.entry(kind).or_default();
        let subject = if subjects.len() < Self::MAX_SUBJECTS || subjects.contains_key(subject) {
            subject
        } else {
            Self::OTHERS
        };
        match subjects.get_mut(subject) {
            Some(counted) => {
                counted.count += count;
                counted.first = counted.first.min(time);
                counted.last = counted.last.max(time);
            }
            None => {
                subjects.insert(subject.to_owned(), Counted { count, first: time, last: time });
            }
        }
    }

    /// Takes over all that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        for (&kind, subjects) in &other.counted {
            for (subject, counted) in subjects {
                self.add(kind, subject, counted.count, counted.first);
                self.add(kind, subject, 0, counted.last);
            }
        }
    }

    /// How often `kind` was counted, over all subjects.
    pub fn count(&self, kind: NoticeKind) -> u64 {
        self.counted.get(&kind).map_or(0, |subjects| subjects.values().map(|counted| counted.count).sum())
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.counted.is_empty()
    }

    /// The notices, by kind and subject.
    pub fn iter(&self) -> impl Iterator<Item = Notice> {
        self.counted.iter().flat_map(|(&kind, subjects)| {
            subjects.iter().map(move |(subject, counted)| Notice {
                kind,
                subject: subject.clone(),
                count: counted.count,
                first: counted.first,
                last: counted.last,
                mend: kind.mend(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_count_and_keep_the_span() {
        let mut notices = Notices::default();
        notices.add(NoticeKind::Late, "tracker", 1, Time::from_nanos(5));
        notices.add(NoticeKind::Late, "tracker", 2, Time::from_nanos(3));
        let notice = notices.iter().next().unwrap();
        assert_eq!((notice.count, notice.first, notice.last), (3, Time::from_nanos(3), Time::from_nanos(5)));
        let mut doubled = notices.clone();
        doubled.merge(&notices);
        assert_eq!(doubled.count(NoticeKind::Late), 6);
    }

    #[test]
    fn a_flood_of_subjects_is_bounded() {
        let mut notices = Notices::default();
        for subject in 0..5000 {
            notices.add(NoticeKind::UnknownPlate, &subject.to_string(), 1, Time::MIN);
        }
        assert_eq!(notices.count(NoticeKind::UnknownPlate), 5000);
        assert_eq!(notices.iter().count(), Notices::MAX_SUBJECTS + 1);
    }
}
