//! When a change is weighed, and with what: at once or when it was seen whose hand left, and again when all hands have.

use model::{
    ChangeId, Curve, DVec3, Event, EvidenceSource, HandSeen, Plate, PlateIndex, PlatePart, Time, Who,
};
use scales::{MassChange, Stage};

use crate::Engine;
use crate::blind::{self, Reach};
use crate::cluster::Considered;
use crate::faint::Visit;
use crate::hands::{self, OtherChange};
use crate::meetings::Meeting;
use crate::people::{self, Hands};

/// Hands this much less likely than the likeliest are no rivals to it (natural logarithm).
const RIVALS: f64 = 6.0;
/// So long after it moved something a hand has left, seconds, or does something else.
pub(crate) const HANDS_LEAVE_S: f64 = 1.1;
/// A hand stays at a shelf for less than this, seconds.
const OTHER_S: f64 = 3.0;
/// So long after a change all hands near it have left, and what they did is weighed once more, seconds.
const REVISE_S: f64 = 3.2;
/// … and so long who is out of sight is waited for, seconds: looks are remembered a little longer.
const LOST_S: f64 = 11.0;
/// How long a change is remembered as one that hands may have come for, seconds.
const LATELY_S: f64 = 6.0;

impl Engine {
    /// Weighs who made a change at once if only one person may have; else when it was seen which hands left.
    pub(crate) fn consider_or_wait(&mut self, change: MassChange, events: &mut Vec<Event>) {
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
    pub(crate) fn consider_waiting(&mut self, after_s: f64, events: &mut Vec<Event>) {
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

    /// The change that a hand may have made at a plate that can't be weighed with.
    pub(crate) fn unweighed(&self, reach: Reach) -> MassChange {
        let plate = self.store.plate(reach.plate);
        let part = PlatePart { plate: plate.id, grams: 0.0, grams_sd: 0.0, knock_on: false };
        MassChange {
            parts: vec![(reach.plate, part)],
            curve: self.scales.curve(reach.plate),
            ..weightless(reach.from, reach.until, plate.centre())
        }
    }

    /// Weighs who made a change, and tells what is new; gives the change's number.
    pub(crate) fn consider(
        &mut self,
        change: MassChange,
        source: EvidenceSource,
        events: &mut Vec<Event>,
    ) -> ChangeId {
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
    pub(crate) fn consider_visit(&mut self, visit: &Visit, events: &mut Vec<Event>) {
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

    /// Weighs whether something was handed over where two hands met.
    pub(crate) fn consider_meeting(&mut self, meeting: &Meeting, events: &mut Vec<Event>) {
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
        crept: Vec::new(),
    }
}
