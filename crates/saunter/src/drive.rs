//! Leads the records of a recording through the engine, and what it concludes to a view.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use engine::Engine;
use model::{Event, Notices, Record, Store, Time};
use tracking::Tracker;

use crate::feed::{Feed, Input};
use crate::pace::{Pace, Speed};
use crate::screen::Screen;

/// Records between two moves of the bar.
const RECORDS_PER_MOVE: u64 = 64;

/// What is shown of a replay.
pub(crate) trait View {
    /// Takes the store, before all else.
    fn begin(&mut self, store: &Arc<Store>, screen: &mut Screen) -> Result<()>;

    /// Takes the time of a record that is about to be worked off.
    fn clock(&mut self, _time: Time, _screen: &mut Screen) {}

    /// Takes what the engine concluded.
    fn event(&mut self, event: Event, screen: &mut Screen) -> Result<()>;

    /// Takes the totals, after all else.
    fn end(&mut self, totals: &Totals, screen: &mut Screen) -> Result<()>;
}

/// What a recording held.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// Number of records.
    pub(crate) records: u64,
    /// The earliest and the latest capture time.
    pub(crate) span: Option<(Time, Time)>,
    /// What was wrong with the file and its records.
    pub(crate) notices: Notices,
    /// For each channel with messages that could not be read: why the first could not.
    pub(crate) unreadable: BTreeMap<String, String>,
    /// Why a salvaged file ended before its time.
    pub(crate) damage: Option<String>,
}

impl Totals {
    /// Counts a record.
    pub(crate) fn count(&mut self, record: &Record) {
        let first = match record {
            Record::Plates(batch) => batch.first_sample(),
            other => other.time(),
        };
        let last = record.time();
        let (from, to) = self.span.unwrap_or((first, last));
        self.span = Some((from.min(first), to.max(last)));
        self.records += 1;
    }
}

/// Replays a recording for a view.
pub(crate) fn drive(input: &Input, speed: Speed, view: &mut dyn View, screen: &mut Screen) -> Result<()> {
    let mut feed = Feed::open(input)?;
    let mut pace = match speed {
        Speed::Max => {
            screen.start_bar(feed.length_bytes());
            None
        }
        Speed::Times(times) => {
            screen.watch();
            Some((Pace::new(times), Instant::now()))
        }
    };
    view.begin(feed.store(), screen)?;
    let mut engine = Engine::new(Arc::clone(feed.store()));
    let mut tracker = Tracker::of(feed.store());
    let mut totals = Totals::default();
    let (mut seen, mut events) = (Vec::new(), Vec::new());
    while let Some(record) = feed.next() {
        let record = record?;
        if let Some((pace, start)) = &mut pace {
            std::thread::sleep(pace.wait(record.time(), start.elapsed()));
        } else if totals.records.is_multiple_of(RECORDS_PER_MOVE) {
            screen.move_bar(feed.read_bytes());
        }
        totals.count(&record);
        view.clock(record.time(), screen);
        tracker.pass(record, &mut seen);
        seen.drain(..).for_each(|record| engine.push(record, &mut events));
        events.drain(..).try_for_each(|event| view.event(event, screen))?;
    }
    tracker.finish(&mut seen);
    seen.drain(..).for_each(|record| engine.push(record, &mut events));
    engine.finish(&mut events);
    events.drain(..).try_for_each(|event| view.event(event, screen))?;
    screen.clear_bar();
    let reader = feed.into_reader()?;
    totals.notices = reader.notices().clone();
    totals.notices.merge(tracker.notices());
    totals.notices.merge(engine.notices());
    totals.unreadable.clone_from(reader.reasons());
    totals.damage = reader.damage().map(ToString::to_string);
    view.end(&totals, screen)
}
