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
//! 2. `tracks` remembers where hands were; `trips` binds people to visits at the gates; the crate
//!    [`scales`] finds mass changes.
//! 3. For each change, `hands` says how likely each person's hand made it (`grasps` by what it held before and
//!    after, `unseen` for people out of sight), `explain` which products its grams and place may be
//!    (`planogram` and `laid`: as far as the planogram can be believed), and `expand` tries both with
//!    everybody's cart under every `hypothesis` that `beliefs` keeps, in a `cluster` for those who depend on
//!    one another. A change that several people may have made waits until it is seen whose hand leaves.
//!    `blind` adds what hands did at plates without weights, `faint` what they did where no plate told a
//!    change, `meetings` what hands may have given to one another.
//! 4. `receipt` turns what is believed of a cart into lines that are charged and lines for review.

mod beliefs;
mod blind;
mod cluster;
mod expand;
mod explain;
mod faint;
mod grasps;
mod hands;
mod hypothesis;
mod laid;
mod meetings;
mod order;
mod people;
mod planogram;
mod receipt;
mod strays;
mod tracks;
mod trips;
mod unseen;

use std::sync::Arc;

use beliefs::Beliefs;
use blind::{Reach, Reaches};
use cluster::{Cluster, Considered};
use faint::{Visit, Visits};
use hands::OtherChange;
use hypothesis::Move;
use meetings::{Meeting, Meetings};
use model::{
    ChangeId, Credential, Curve, DVec3, Departure, Direction, Event, EventKind, EvidenceSource, HandSeen,
    Handled, NoticeKind, Notices, Passage, People, Plate, PlateIndex, PlatePart, Record, Store, Time,
    TrackId, TripId, Who,
};
use order::Order;
use people::Hands;
use planogram::Lie;
use scales::{MassChange, ScaleEvent, Scales, Stage};
use tracks::Tracks;
use trips::Trips;

/// Who shows a credential stands within this of the gate, metres.
const READER_M: f64 = 1.0;
/// A passage without a track is given to the person nearest the gate within this, metres.
const GATE_REACH_M: f64 = 1.5;
/// Who stands counts as this much farther from a gate that somebody went through, metres.
const STANDS_M: f64 = 0.8;
/// Who showed a credential first of those who have not passed yet counts as this much nearer to the gate that somebody
/// goes in by, and each of them as this much farther from the reader when the next one is shown, metres: in a crush people
/// pass up to 0.75 m beside the middle of a gate while the next one stands 0.55 m before it (simulated).
const TURN_M: f64 = 0.5;
/// Hands this much less likely than the likeliest are no rivals to it (natural logarithm).
const RIVALS: f64 = 6.0;
/// So long after it moved something a hand has left, seconds, or does something else.
const HANDS_LEAVE_S: f64 = 1.1;
/// A hand stays at a shelf for less than this, seconds.
const OTHER_S: f64 = 3.0;
/// So long after a change all hands near it have left, and what they did is weighed once more, seconds.
const REVISE_S: f64 = 3.2;
/// … and so long who is out of sight is waited for, seconds: looks are remembered a little longer.
const LOST_S: f64 = 11.0;
/// How long a change is remembered as one that hands may have come for, seconds.
const LATELY_S: f64 = 6.0;
/// A change of mind is told only if the new explanation is this much more probable than the one told.
const CHANGE_OF_MIND: f64 = 0.2;
/// Mass that left a shelf without an explanation is worth a notice from here on, grams.
const NOTICE_G: f64 = 25.0;

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

    /// Weighs who made a change at once if only one person may have; else when it was seen which hands left.
    fn consider_or_wait(&mut self, change: MassChange, events: &mut Vec<Event>) {
        let is_old = |(moment, _): &(Time, Vec<PlateIndex>)| self.now.seconds_since(*moment) > LATELY_S;
        self.lately.retain(|other| !is_old(other));
        self.lately.push((change.moment, change.counted().map(|(plate, _)| *plate).collect()));
        let hands = self.hands_near(&change, &self.plates_of(&change), Some(&[]));
        let best = hands.iter().map(|hand| hand.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        let mut people: Vec<Who> =
            hands.iter().filter(|hand| hand.log_likelihood > best - RIVALS).map(people::who).collect();
        people.dedup();
        if people.len() > 1 {
            self.waiting.push(change);
        } else {
            self.consider(change, EvidenceSource::Weight, events);
        }
    }

    /// Weighs the changes whose moment lies at least `after_s` seconds back.
    fn consider_waiting(&mut self, after_s: f64, events: &mut Vec<Event>) {
        let is_due = |change: &mut MassChange| self.now.seconds_since(change.moment) >= after_s;
        let due: Vec<MassChange> = self.waiting.extract_if(.., is_due).collect();
        for change in due {
            let doubtful = change.stages.is_empty().then(|| change.clone());
            let id = self.consider(change, EvidenceSource::Weight, events);
            self.doubted.extend(doubtful.map(|change| (id, change)));
        }
        let doubted = std::mem::take(&mut self.doubted);
        let (due, doubted): (Vec<_>, Vec<_>) =
            doubted.into_iter().partition(|(_, change)| self.is_seen(change));
        self.doubted = doubted;
        for (id, change) in due {
            self.revise(id, &change, events);
        }
    }

    /// Whether all has been seen that will be of the hands near a change: they had the time to leave, and who was out of
    /// sight is back or was waited for.
    fn is_seen(&self, change: &MassChange) -> bool {
        let past_s = self.now.seconds_since(change.moment);
        let everybody = || {
            let mut people = self.tracks.near(change.place, change.moment, hands::FAR_M);
            people.all(|(_, track)| track.last_seen >= change.moment)
        };
        past_s >= REVISE_S && (past_s >= LOST_S || everybody())
    }

    /// Weighs a doubtful change once more, now that it was seen how long which hand stayed.
    fn revise(&mut self, id: ChangeId, change: &MassChange, events: &mut Vec<Event>) {
        let hands = self.hands(change, Some(&self.others(change)));
        let mut beliefs = std::mem::take(&mut self.beliefs);
        if let Some(cluster) = beliefs.revise(id, hands.whole) {
            self.tell_cluster(cluster, events);
        }
        self.beliefs = beliefs;
    }

    fn tell(&mut self, kind: EventKind, events: &mut Vec<Event>) {
        self.events_told += 1;
        events.push(Event { sequence: self.events_told, time: self.now, kind });
    }

    fn check_gate(&mut self, gate: &model::SensorId) {
        if self.store.gate(gate).is_none() {
            self.notices.add(NoticeKind::UnknownGate, gate.as_str(), 1, self.now);
        }
    }

    fn see(&mut self, people: &People, events: &mut Vec<Event>) {
        for (trip, old, new) in self.tracks.observe(people, &self.store, &mut self.notices) {
            self.trips.follow(trip, old, new);
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

    /// Who showed a credential: the one nearest to the gate who is not inside yet, and rather one who has not shown
    /// another one.
    fn at_reader(&self, credential: &Credential) -> Option<TrackId> {
        let place = self.store.gate(&credential.gate)?.position_m?;
        let waiting = self.trips.waiting(&credential.gate, credential.time);
        self.tracks.nearest(place.into(), READER_M, |id, track| {
            let is_outside = track.trip.is_none() && credential.time.seconds_since(track.last_seen) < 1.0;
            let has_shown = waiting.clone().any(|other| other == id);
            is_outside.then_some(if has_shown { TURN_M } else { 0.0 })
        })
    }

    /// Who went through a gate: the nearest one, and rather one who walks than one who stands there, and rather the one
    /// whose turn it is.
    fn passing(&self, passage: &Passage) -> Option<TrackId> {
        let place = self.store.gate(&passage.gate)?.position_m?;
        let goes_in = passage.direction == Direction::In;
        let next = self.trips.waiting(&passage.gate, passage.time).next().filter(|_| goes_in);
        self.tracks.nearest(place.into(), GATE_REACH_M, |id, track| {
            let inside = track.trip.is_some() && !track.gone;
            let may_pass = inside != goes_in && passage.time.seconds_since(track.last_seen) < 1.0;
            let stands_m = if track.is_walking() { 0.0 } else { STANDS_M };
            let turn_m = if next == Some(id) { TURN_M } else { 0.0 };
            may_pass.then_some(stands_m - turn_m)
        })
    }

    fn pass(&mut self, passage: &Passage, events: &mut Vec<Event>) {
        self.check_gate(&passage.gate);
        let named = passage.track.map(|track| self.tracks.own_name(track));
        // Somebody who was lost may have walked there unseen.
        let unseen = || {
            let goes_out = passage.direction == Direction::Out;
            let place = self.store.gate(&passage.gate)?.position_m.filter(|_| goes_out)?;
            self.tracks.only_lost_near(place.into(), passage.time)
        };
        let Some(id) = named.or_else(|| self.passing(passage)).or_else(unseen) else {
            return self.notices.add(NoticeKind::UnknownPassage, passage.gate.as_str(), 1, passage.time);
        };
        let track = self.tracks.at_gate(id, passage.time);
        match (passage.direction, track.trip) {
            (Direction::In, Some(_)) if !track.gone => {}
            (Direction::In, _) => {
                let trip = self.trips.enter(id, &passage.gate, passage.time, self.store.policy().admit_for_s);
                (track.trip, track.gone) = (Some(trip), false);
                let credential = self.trips.get(trip).and_then(|trip| trip.credential.as_ref());
                let kind = EventKind::Entered {
                    trip,
                    track: id,
                    gate: passage.gate.clone(),
                    entered: passage.time,
                    credential: credential.map(|(kind, _)| *kind),
                    token: credential.map(|(_, token)| token.clone()),
                };
                self.tell(kind, events);
            }
            (Direction::Out, Some(trip)) => {
                track.gone = true;
                self.leave(trip, id, passage.time, Departure::Gate, events);
            }
            (Direction::Out, None) => track.gone = true,
        }
    }

    fn leave(&mut self, trip: TripId, track: TrackId, left: Time, how: Departure, events: &mut Vec<Event>) {
        if self.trips.leave(trip, track, left, how) {
            self.tell(EventKind::Left { trip, track, left, how }, events);
        }
    }

    /// Settles the trips that everybody left at least `after_s` seconds ago.
    fn settle(&mut self, after_s: f64, events: &mut Vec<Event>) {
        for id in self.trips.due(self.now, after_s) {
            let Some(trip) = self.trips.close(id) else { continue };
            let receipt = receipt::receipt(&self.store, &self.beliefs, id, trip);
            self.beliefs.forget(Who::Trip(id));
            self.tracks.unbind(id);
            self.tell(EventKind::Settled(Box::new(receipt)), events);
        }
    }

    /// The change that a hand may have made at a plate that can't be weighed with.
    fn unweighed(&self, reach: Reach) -> MassChange {
        let plate = self.store.plate(reach.plate);
        let part = PlatePart { plate: plate.id, grams: 0.0, grams_sd: 0.0, knock_on: false };
        MassChange {
            parts: vec![(reach.plate, part)],
            curve: self.scales.curve(reach.plate),
            ..weightless(reach.from, reach.until, plate.centre())
        }
    }

    /// Weighs who made a change, and tells what is new; gives the change's number.
    fn consider(&mut self, change: MassChange, source: EvidenceSource, events: &mut Vec<Event>) -> ChangeId {
        let others = (source == EvidenceSource::Weight).then(|| self.others(&change));
        let hands = self.hands(&change, others.as_deref());
        let id = self.next_change();
        let mut considered = Considered::new(id, change, source, hands.whole.clone());
        considered.blind = blind::beside(&self.store, &self.scales, &considered.change);
        self.weigh(considered, &hands, events);
        id
    }

    fn weigh(&mut self, considered: Considered, hands: &Hands, events: &mut Vec<Event>) {
        let mut beliefs = std::mem::take(&mut self.beliefs);
        let cluster = beliefs.consider(&self.store, considered, hands, |who| self.trips.is_staff(who));
        self.tell_cluster(cluster, events);
        self.note_lies(&beliefs.take_lies());
        self.beliefs = beliefs;
    }

    /// Weighs whether a hand took or put something that no plate told of.
    fn consider_visit(&mut self, visit: &Visit, events: &mut Vec<Event>) {
        let is_told =
            |(moment, plates): &(Time, Vec<PlateIndex>)| visit.explains(&self.store, *moment, plates);
        let track = self.tracks.get(visit.track).filter(|_| !self.lately.iter().any(is_told));
        let Some(change) = track.and_then(|track| visit.faint_change(&self.store, &self.scales, track))
        else {
            return;
        };
        let hands = self.hands(&change, Some(&self.others(&change)));
        let (id, source) = (self.next_change(), EvidenceSource::Weight);
        let mut considered = Considered::new(id, change, source, hands.whole.clone());
        considered.faint = Some(visit.log_nothing());
        self.weigh(considered, &hands, events);
    }

    /// Says which products lie where the planogram names others.
    fn note_lies(&mut self, lies: &[Lie]) {
        for lie in lies {
            let (plate, product) = (self.store.plate(lie.plate).id, &self.store.product(lie.product).id);
            self.notices.add(NoticeKind::WrongPlanogram, &format!("{plate} ({product})"), 1, lie.time);
        }
    }

    /// Weighs whether something was handed over where two hands met.
    fn consider_meeting(&mut self, meeting: &Meeting, events: &mut Vec<Event>) {
        let seen = |number: usize| HandSeen {
            track: meeting.tracks[number],
            trip: Some(meeting.trips[number]),
            side: None,
            distance_m: meeting.distance_m,
            time: meeting.from,
            wrists: self
                .tracks
                .get(meeting.tracks[number])
                .map_or([None; 2], |track| hands::wrists_at(track, meeting.from)),
            log_likelihood: 0.0,
        };
        let change = weightless(meeting.from, meeting.until, meeting.place);
        let hands = vec![seen(0), seen(1)];
        let considered = Considered::new(self.next_change(), change, EvidenceSource::Meeting, hands);
        let mut beliefs = std::mem::take(&mut self.beliefs);
        let cluster = beliefs.consider_meeting(considered, meeting);
        self.tell_cluster(cluster, events);
        self.beliefs = beliefs;
    }

    fn next_change(&mut self) -> ChangeId {
        self.last_change += 1;
        ChangeId(self.last_change)
    }

    /// The hands near a change: near any of its plates, and near each of them.
    fn hands(&self, change: &MassChange, others: Option<&[OtherChange<'_>]>) -> Hands {
        let counted = self.plates_of(change);
        let near = |plates: &[&Plate]| self.hands_near(change, plates, others);
        let of_part = |(plate, part): &(PlateIndex, PlatePart)| {
            if part.knock_on { Vec::new() } else { near(&[self.store.plate(*plate)]) }
        };
        let of_stage = |stage: &Stage| {
            let change = MassChange { moment: stage.moment, curve: Curve::default(), ..change.clone() };
            (stage.share, self.hands_near(&change, &counted, others))
        };
        Hands {
            whole: near(&counted),
            parts: change.parts.iter().map(of_part).collect(),
            stages: change.stages.iter().map(of_stage).collect(),
        }
    }

    /// The plates that a change counts on.
    fn plates_of(&self, change: &MassChange) -> Vec<&Plate> {
        change.counted().map(|(plate, _)| self.store.plate(*plate)).collect()
    }

    /// The hands near some plates of a change, nearest first.
    fn hands_near(
        &self,
        change: &MassChange,
        plates: &[&Plate],
        others: Option<&[OtherChange<'_>]>,
    ) -> Vec<HandSeen> {
        let people = self.tracks.near(change.place, change.moment, hands::FAR_M);
        let seen = people.filter_map(|(id, track)| hands::hand_seen(id, track, plates, change, others));
        let mut hands: Vec<HandSeen> = seen.collect();
        hands.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.track.cmp(&b.track)));
        hands
    }

    /// The changes told lately, but for this one.
    fn others(&self, change: &MassChange) -> Vec<OtherChange<'_>> {
        let is_other = |(moment, plates): &&(Time, Vec<PlateIndex>)| {
            moment.seconds_since(change.moment).abs() < OTHER_S
                && (*moment != change.moment
                    || Some(&plates[0]) != change.parts.first().map(|(plate, _)| plate))
        };
        let other = |(moment, plates): &(Time, Vec<PlateIndex>)| OtherChange {
            moment: *moment,
            plates: plates.iter().map(|plate| self.store.plate(*plate)).collect(),
        };
        self.lately.iter().filter(is_other).map(other).collect()
    }

    /// Tells the best explanation of each change that was not told yet or that is a change of mind.
    fn tell_cluster(&mut self, cluster: &mut Cluster, events: &mut Vec<Event>) {
        let mut news = Vec::new();
        for considered in cluster.changes() {
            let probabilities = cluster.probabilities(considered);
            let Some(best) = (0..probabilities.len())
                .max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]).then(b.cmp(a)))
            else {
                continue;
            };
            let is_news = considered.told.is_none_or(|told| {
                told != best && probabilities[best] > probabilities[told] + CHANGE_OF_MIND
            });
            if is_news {
                news.push((considered.id, best));
                self.tell_change(cluster, considered, best, &probabilities, events);
            }
        }
        for considered in cluster.changes_mut() {
            if let Some((_, best)) = news.iter().find(|(id, _)| *id == considered.id) {
                considered.told = Some(*best);
            }
        }
    }

    fn tell_change(
        &mut self,
        cluster: &Cluster,
        considered: &Considered,
        best: usize,
        probabilities: &[f64],
        events: &mut Vec<Event>,
    ) {
        let withdrawn = considered.told.map_or(&[][..], |told| &considered.ways[told]);
        for step in withdrawn {
            let trip = if let Who::Trip(trip) = step.who { Some(trip) } else { None };
            self.tell(EventKind::Withdrawn { change: considered.id, trip }, events);
        }
        let kinds = self.kinds_of(considered, best, probabilities);
        for kind in kinds {
            self.tell(kind, events);
        }
        let unexplained = considered.source == EvidenceSource::Weight && considered.ways[best].is_empty();
        if unexplained && considered.change.grams < -NOTICE_G && cluster.holds_press(&considered.change) {
            let plate = self.store.plate(considered.change.parts[0].0).id;
            self.notices.add(NoticeKind::Unexplained, &plate.to_string(), 1, considered.change.moment);
        }
    }

    /// What the explanation `best` of a change says in events.
    fn kinds_of(&self, considered: &Considered, best: usize, probabilities: &[f64]) -> Vec<EventKind> {
        let evidence = || Box::new(receipt::evidence(&self.store, considered, probabilities));
        let handled = |step: &Move, trip: TripId| Handled {
            trip,
            product: self.store.product(step.product).id.clone(),
            quantity: step.units.unsigned_abs(),
            probability: probability_of(step, considered, probabilities),
            evidence: evidence(),
        };
        let way = &considered.ways[best];
        let trips = way.iter().filter_map(|step| match step.who {
            Who::Trip(trip) => Some((step, trip)),
            Who::Track(_) | Who::Nobody => None,
        });
        if considered.source == EvidenceSource::Meeting {
            let to = trips.clone().find(|(step, _)| step.units < 0).map(|(_, trip)| trip);
            let from = trips.clone().find(|(step, _)| step.units > 0);
            let given = from
                .zip(to)
                .map(|((step, from), to)| EventKind::HandedOver { given: handled(step, from), to });
            return given.into_iter().collect();
        }
        let mut kinds: Vec<EventKind> = trips
            .map(|(step, trip)| match handled(step, trip) {
                took if step.units < 0 => EventKind::Took(took),
                put_back => EventKind::PutBack(put_back),
            })
            .collect();
        if way.iter().any(|step| !matches!(step.who, Who::Trip(_))) {
            kinds.push(EventKind::Unattributed { evidence: evidence() });
        }
        kinds
    }
}

/// What hands did that no scale felt.
pub(crate) fn weightless(from: Time, until: Time, place: DVec3) -> MassChange {
    MassChange {
        start: from,
        moment: from.plus_seconds(until.seconds_since(from) / 2.0),
        end: until,
        grams: 0.0,
        grams_sd: 0.0,
        place,
        parts: Vec::new(),
        stages: Vec::new(),
        curve: Curve::default(),
    }
}

/// The probability that this party moved at least so many units of this product, over all explanations.
fn probability_of(step: &Move, considered: &Considered, probabilities: &[f64]) -> f64 {
    let at_least = |other: &Move| {
        other.who == step.who
            && other.product == step.product
            && other.units.signum() == step.units.signum()
            && other.units.abs() >= step.units.abs()
    };
    considered
        .ways
        .iter()
        .zip(probabilities)
        .filter(|(way, _)| way.iter().any(at_least))
        .map(|(_, probability)| probability)
        .sum()
}
