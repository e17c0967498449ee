//! Puts records into the order of their capture, waiting for late ones up to the watermark.

use std::collections::{BTreeMap, BTreeSet};

use model::{Direction, NoticeKind, Notices, Record, SensorId, Time};

/// A record this far ahead of all others, seconds, is believed only once others confirm it: one clock set
/// wrong must not make everybody else late.
const AHEAD_S: f64 = 30.0;
/// This many records in a row ahead are believed even if they come from one sensor only.
const AHEAD_RECORDS: usize = 16;

/// The place of a record among others: its time, then what must be known first, then its sensor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(Time, u8, SensorId, u64);

impl Key {
    fn of(record: &Record) -> Self {
        let (rank, detail) = match record {
            Record::View(_) | Record::People(_) => (0, 0),
            Record::Credential(_) => (1, 0),
            Record::Passage(passage) => {
                let way = u64::from(passage.direction == Direction::Out);
                (2, passage.track.map_or(0, |track| track.0) ^ (way << 63))
            }
            Record::Plates(_) => (3, 0),
        };
        Self(record.time(), rank, record.sensor().clone(), detail)
    }
}

/// Records that wait for their turn.
#[derive(Debug)]
pub(crate) struct Order {
    lateness_s: f64,
    waiting: BTreeMap<Key, Record>,
    /// The newest capture time believed.
    newest: Option<Time>,
    /// Records that lie far ahead, until others confirm or refute them.
    ahead: Vec<Record>,
}

impl Order {
    /// Waits `lateness_s` seconds for late records.
    pub(crate) fn new(lateness_s: f64) -> Self {
        Self { lateness_s, waiting: BTreeMap::new(), newest: None, ahead: Vec::new() }
    }

    /// Takes a record as it arrives.
    pub(crate) fn insert(&mut self, record: Record, notices: &mut Notices) {
        let Some(newest) = self.newest else {
            self.newest = Some(record.time());
            return self.queue(record, notices);
        };
        if record.time().seconds_since(newest) > AHEAD_S {
            self.ahead.push(record);
            let sensors: BTreeSet<_> = self.ahead.iter().map(Record::sensor).collect();
            if sensors.len() > 1 || self.ahead.len() >= AHEAD_RECORDS {
                self.believe_ahead(notices);
            }
            return;
        }
        for refuted in self.ahead.drain(..) {
            notices.add(NoticeKind::Ahead, refuted.sensor().as_str(), 1, refuted.time());
        }
        self.queue(record, notices);
    }

    /// The next record that no late one can come before any more.
    pub(crate) fn next_ready(&mut self) -> Option<Record> {
        let watermark = self.watermark()?;
        let entry = self.waiting.first_entry()?;
        (entry.key().0 <= watermark).then(|| entry.remove())
    }

    /// The next record, now that none will come any more.
    pub(crate) fn next_at_end(&mut self, notices: &mut Notices) -> Option<Record> {
        self.believe_ahead(notices);
        self.waiting.pop_first().map(|(_, record)| record)
    }

    /// Records up to this time are handed out; what comes with an earlier time is late.
    fn watermark(&self) -> Option<Time> {
        self.newest.map(|newest| newest.plus_seconds(-self.lateness_s))
    }

    fn believe_ahead(&mut self, notices: &mut Notices) {
        for record in std::mem::take(&mut self.ahead) {
            self.queue(record, notices);
        }
    }

    fn queue(&mut self, record: Record, notices: &mut Notices) {
        let time = record.time();
        if self.watermark().is_some_and(|watermark| time < watermark) {
            return notices.add(NoticeKind::Late, record.sensor().as_str(), 1, time);
        }
        self.newest = self.newest.max(Some(time));
        match self.waiting.entry(Key::of(&record)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(record);
            }
            std::collections::btree_map::Entry::Occupied(entry) => {
                let kind = if *entry.get() == record { NoticeKind::Duplicate } else { NoticeKind::Conflict };
                notices.add(kind, record.sensor().as_str(), 1, time);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{People, Time};

    use super::*;

    fn people(sensor: &str, seconds: f64) -> Record {
        let time = Time::default().plus_seconds(seconds);
        Record::People(People { sensor: sensor.into(), time, people: Vec::new() })
    }

    fn order(arrivals: &[(&str, f64)]) -> (Vec<f64>, Notices) {
        let (mut order, mut notices, mut out) = (Order::new(0.5), Notices::default(), Vec::new());
        for (sensor, seconds) in arrivals {
            order.insert(people(sensor, *seconds), &mut notices);
            out.extend(std::iter::from_fn(|| order.next_ready()));
        }
        out.extend(std::iter::from_fn(|| order.next_at_end(&mut notices)));
        (out.iter().map(|record| record.time().seconds_since(Time::default())).collect(), notices)
    }

    #[test]
    fn late_records_find_their_place_and_too_late_ones_are_counted() {
        let (times, notices) = order(&[("a", 1.0), ("a", 1.4), ("b", 1.2), ("a", 2.0), ("b", 1.3)]);
        assert_eq!(times, [1.0, 1.2, 1.4, 2.0]);
        assert_eq!(notices.count(NoticeKind::Late), 1);
    }

    #[test]
    fn a_record_that_comes_twice_is_used_once() {
        let (times, notices) = order(&[("a", 1.0), ("a", 1.0), ("a", 1.1)]);
        assert_eq!(times, [1.0, 1.1]);
        assert_eq!(notices.count(NoticeKind::Duplicate), 1);
    }

    #[test]
    fn one_clock_far_ahead_does_not_make_the_others_late() {
        let (times, notices) = order(&[("a", 1.0), ("b", 9000.0), ("a", 1.1), ("b", 9000.1), ("a", 1.2)]);
        assert_eq!(times, [1.0, 1.1, 1.2]);
        assert_eq!(notices.count(NoticeKind::Ahead), 2);
    }

    #[test]
    fn a_pause_of_the_whole_store_is_believed() {
        let (times, notices) = order(&[("a", 1.0), ("b", 1.1), ("a", 9000.0), ("b", 9000.1), ("a", 9000.2)]);
        assert_eq!(times, [1.0, 1.1, 9000.0, 9000.1, 9000.2]);
        assert!(notices.is_empty());
    }
}
