//! Records in, events out: who took what.
//!
//! **Its one job:** to turn what sensors say into what happened in the store, in the order of capture,
//! with several hypotheses kept alive until a trip settles, and with the evidence for every line.
//!
//! **The way in:** [`Engine::push`] takes records as they arrive and appends [`Event`]s;
//! [`Engine::finish`] ends a recording.
//!
//! **What it never does:** read a clock, do I/O, draw a random number, start a thread. Time comes in with
//! the records, so the same records give the same events, bit for bit.
//!
//! # How a record travels
//! 1. `order` holds it until the watermark (newest capture time less the store's allowance) has passed.
//! 2. `tracks` remembers where hands were; `gates` and `trips` bind people to visits; the crate
//!    [`scales`] finds mass changes.
//! 3. `weigh` waits until it is seen enough of a change: one that several people may have made waits until it is
//!    seen whose hand leaves. Then `hands` says how likely each person's hand made it (`grasps` by what it held
//!    before and after, `unseen` for people out of sight), `explain` which products its grams and place may be
//!    (`planogram` and `laid`: as far as the planogram can be believed), and `expand` tries both with
//!    everybody's cart under every `hypothesis` that `beliefs` keeps, in a `cluster` for those who depend on
//!    one another. `blind` adds what hands did at plates without weights, `faint` what they did where no plate
//!    told a change, `meetings` what hands may have given to one another.
//! 4. `tell` says what is new in events, and `receipt` turns what is believed of a cart into lines that are charged
//!    and lines for review; `mixed` lets nobody pay for what somebody took who may have been mistaken for them.

mod beliefs;
mod blind;
mod cluster;
mod expand;
mod explain;
mod faint;
mod gates;
mod grasps;
mod hands;
mod hypothesis;
mod laid;
mod logs;
mod meetings;
mod mixed;
mod order;
mod people;
mod planogram;
mod receipt;
mod strays;
mod tell;
mod tracks;
mod trips;
mod unseen;
mod weigh;

use std::sync::Arc;

use beliefs::Beliefs;
use blind::Reaches;
use faint::Visits;
use meetings::Meetings;
use mixed::Mixed;
use model::{
    ChangeId, Departure, Event, EventKind, EvidenceSource, NoticeKind, Notices, People, PlateIndex, Record,
    Store, Time, Who,
};
use order::Order;
use scales::{MassChange, ScaleEvent, Scales};
use tracks::{Found, Tracks};
use trips::Trips;
use weigh::HANDS_LEAVE_S;

/// The state machine that follows a store.
#[derive(Debug)]
pub struct Engine {
    store: Arc<Store>,
    order: Order,
    scales: Scales,
    tracks: Tracks,
    trips: Trips,
    beliefs: Beliefs,
    reaches: Reaches,
    meetings: Meetings,
    visits: Visits,
    /// Changes that several people may have made, until it is seen whose hand left.
    waiting: Vec<MassChange>,
    /// Changes that were doubtful when they were weighed, until all hands have left.
    doubted: Vec<(ChangeId, MassChange)>,
    /// Moments and plates of the changes of the last seconds.
    lately: Vec<(Time, Vec<PlateIndex>)>,
    notices: Notices,
    now: Time,
    events_told: u64,
    last_change: u32,
}

impl Engine {
    /// An engine for an empty store.
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            order: Order::new(store.policy().watermark_s),
            scales: Scales::new(Arc::clone(&store)),
            tracks: Tracks::default(),
            trips: Trips::default(),
            beliefs: Beliefs::new(&store),
            reaches: Reaches::default(),
            meetings: Meetings::default(),
            visits: Visits::new(&store),
            waiting: Vec::new(),
            doubted: Vec::new(),
            lately: Vec::new(),
            notices: Notices::default(),
            now: Time::MIN,
            events_told: 0,
            last_change: 0,
            store,
        }
    }

    /// Takes a record, in the order in which records arrive, and appends what it concludes.
    pub fn push(&mut self, record: Record, events: &mut Vec<Event>) {
        self.order.insert(record, &mut self.notices);
        while let Some(record) = self.order.next_ready() {
            self.take(record, events);
        }
    }

    /// Takes the end of all records: works off what still waits, and closes the trips still open.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        while let Some(record) = self.order.next_at_end(&mut self.notices) {
            self.take(record, events);
        }
        self.scales.finish(&mut self.notices);
        self.consider_waiting(f64::NEG_INFINITY, events);
        let inside: Vec<_> = self.trips.inside().collect();
        for (trip, track) in inside {
            let seen = self.tracks.get(track).map_or(self.now, |track| track.last_seen);
            self.leave(trip, track, seen, Departure::RecordsEnded, events);
        }
        self.settle(f64::NEG_INFINITY, events);
        for notice in self.notices.clone().iter() {
            self.tell(EventKind::Noticed(notice), events);
        }
    }

    /// What was wrong with the records so far.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Takes the next record in the order of capture.
    fn take(&mut self, record: Record, events: &mut Vec<Event>) {
        assert!(
            record.time() >= self.now,
            "records must come in order: {} after {}",
            record.time(),
            self.now
        );
        self.now = record.time();
        match record {
            Record::Plates(batch) => {
                let mut heard = Vec::new();
                self.scales.push(&batch, &mut self.notices, &mut heard);
                for event in heard {
                    if let ScaleEvent::Change(change) = event {
                        self.consider_or_wait(change, events);
                    }
                }
            }
            Record::View(view) => {
                self.notices.add(NoticeKind::UntrackedView, view.camera.as_str(), 1, view.time);
            }
            Record::People(people) => self.see(&people, events),
            Record::Credential(credential) => {
                self.check_gate(&credential.gate);
                let shown_by = self.at_reader(&credential);
                self.trips.admit(credential, shown_by, self.store.policy().admit_for_s);
            }
            Record::Passage(passage) => self.pass(&passage, events),
        }
        self.consider_waiting(HANDS_LEAVE_S, events);
        self.settle(self.store.policy().settle_after_exit_s, events);
    }

    fn tell(&mut self, kind: EventKind, events: &mut Vec<Event>) {
        self.events_told += 1;
        events.push(Event { sequence: self.events_told, time: self.now, kind });
    }

    fn see(&mut self, people: &People, events: &mut Vec<Event>) {
        for Found { trip, old, new, lost, rivals } in
            self.tracks.observe(people, &self.store, &mut self.notices)
        {
            self.trips.follow(trip, old, new);
            rivals.into_iter().for_each(|rival| self.trips.mix(Mixed { trips: [trip, rival], since: lost }));
        }
        for reach in self.reaches.observe(&self.store, self.scales.blind(), &self.tracks, people.time) {
            self.consider(self.unweighed(reach), EvidenceSource::Hand, events);
        }
        for visit in self.visits.observe(&self.store, &self.tracks, people.time) {
            self.consider_visit(&visit, events);
        }
        for meeting in self.meetings.observe(&self.store, &self.tracks, people.time) {
            self.consider_meeting(&meeting, events);
        }
        let patience_s = self.store.policy().vanished_after_s;
        let vanished: Vec<_> = self
            .trips
            .inside()
            .filter_map(|(trip, track)| Some((trip, track, self.tracks.get(track)?.last_seen)))
            .filter(|(_, _, seen)| people.time.seconds_since(*seen) > patience_s)
            .collect();
        for (trip, track, seen) in vanished {
            self.leave(trip, track, seen, Departure::Vanished, events);
        }
    }

    /// Settles the trips that everybody left at least `after_s` seconds ago.
    fn settle(&mut self, after_s: f64, events: &mut Vec<Event>) {
        for id in self.trips.due(self.now, after_s) {
            let group = self.trips.mixed_with(id);
            let mut receipts = Vec::new();
            for id in &group {
                let Some(trip) = self.trips.close(*id) else { continue };
                receipts.push(receipt::receipt(&self.store, &self.beliefs, *id, trip));
                self.beliefs.forget(Who::Trip(*id));
                self.tracks.unbind(*id);
            }
            mixed::part(&mut receipts, &self.trips.take_mixed(&group));
            for receipt in receipts {
                self.tell(EventKind::Settled(Box::new(receipt)), events);
            }
        }
    }
}
