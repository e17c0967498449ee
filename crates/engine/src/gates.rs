//! What gates tell: who shows a credential, comes in and goes out.

use model::{
    Credential, Departure, Direction, Event, EventKind, NoticeKind, Passage, SensorId, Time, TrackId, TripId,
};

use crate::Engine;

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

impl Engine {
    pub(crate) fn check_gate(&mut self, gate: &SensorId) {
        if self.store.gate(gate).is_none() {
            self.notices.add(NoticeKind::UnknownGate, gate.as_str(), 1, self.now);
        }
    }

    /// Who showed a credential: the one nearest to the gate who is not inside yet, and rather one who has not shown
    /// another one.
    pub(crate) fn at_reader(&self, credential: &Credential) -> Option<TrackId> {
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

    pub(crate) fn pass(&mut self, passage: &Passage, events: &mut Vec<Event>) {
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

    pub(crate) fn leave(
        &mut self,
        trip: TripId,
        track: TrackId,
        left: Time,
        how: Departure,
        events: &mut Vec<Event>,
    ) {
        if self.trips.leave(trip, track, left, how) {
            self.tell(EventKind::Left { trip, track, left, how }, events);
        }
    }
}
