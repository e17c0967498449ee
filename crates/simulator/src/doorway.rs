//! How people come in and go out.

use glam::DVec3;
use model::{CredentialKind, Direction, TruthTrip};

use crate::layout::Door;
use crate::person::{Phase, Presence};
use crate::world::{Crossed, Crossing, Progress, World};
use crate::{Entry, ScriptError};

/// From showing a credential to going through. Assumed.
const READ_S: f64 = 1.0;
/// How far outside a gate people appear and vanish, and show their credential.
const OUTSIDE_M: f64 = 1.6;
const READER_M: f64 = 0.55;
/// Nobody goes up to the reader while somebody else has it, metres.
const READER_ROOM_M: f64 = 0.5;
/// Behind this they are in the store, and they go on to here so as to be in nobody's way, metres.
const INSIDE_M: f64 = 0.4;
const HALL_M: (f64, f64) = (1.2, 2.4);
const HALL_ASIDE_M: f64 = 1.2;
/// Who comes in and who goes out by the same gate keep to their own side, this far from the middle.
const SIDE_M: f64 = 0.3;
/// Nobody appears nearer to anybody than this.
const APPEAR_M: f64 = 0.6;

impl World {
    /// Comes in: waits for room before the gate, shows the credential, goes through.
    pub(crate) fn enter(&mut self, who: usize, entry: &Entry, at_s: f64) -> Result<Progress, ScriptError> {
        if self.people[who].trip.is_some() && self.people[who].phase == Phase::Fresh {
            return Err(ScriptError::EnteredTwice { at_s, shopper: self.people[who].name.clone() });
        }
        let door = self.layout.entry(who).ok_or(ScriptError::NoGate)?.clone();
        let one_way = self.layout.exit(who).is_some_and(|exit| exit.gate != door.gate);
        let aside = aside(&door, one_way);
        let speed_m_s = self.people[who].body.speed_m_s;
        match self.people[who].phase {
            Phase::Fresh => {
                let walk_s = (OUTSIDE_M + 0.3) / speed_m_s;
                let place = door.place + door.out * OUTSIDE_M + aside;
                let is_time = self.now_s >= at_s - READ_S - walk_s && self.payer_has_come(entry, at_s)?;
                if !is_time || !self.has_appearing_room(place) {
                    return Ok(Progress::Busy);
                }
                let person = &mut self.people[who];
                (person.presence, person.phase) = (Presence::Here, Phase::Ready);
                (person.stance.at, person.stance.facing) = (place, -door.out);
                Ok(Progress::Busy)
            }
            Phase::Ready => {
                let reader = door.place + door.out * READER_M + aside;
                if self.payer_is_in(entry) && self.has_room(who, reader, READER_ROOM_M) {
                    self.people[who].go(reader, -door.out, &self.floor);
                    self.people[who].phase = Phase::Walking;
                }
                Ok(Progress::Busy)
            }
            Phase::Walking => {
                if self.people[who].has_arrived() {
                    self.show(who, entry, &door);
                    self.people[who].phase = Phase::Until(self.now_s + READ_S);
                }
                Ok(Progress::Busy)
            }
            Phase::Until(read_s) => {
                if self.now_s >= read_s {
                    let hall = self.hall(who, &door, aside);
                    self.people[who].go(hall, -door.out, &self.floor);
                    self.people[who].phase = Phase::Passing(false);
                }
                Ok(Progress::Busy)
            }
            Phase::Passing(passed) => {
                let beyond_m = (self.people[who].stance.at - door.place).dot(-door.out);
                if !passed && beyond_m >= 0.0 {
                    self.pass(who, &door, Direction::In);
                    self.begin_trip(who, entry);
                    self.people[who].phase = Phase::Passing(true);
                }
                Ok(if passed && beyond_m > INSIDE_M { Progress::Done } else { Progress::Busy })
            }
            _ => Ok(Progress::Done),
        }
    }

    /// Goes out.
    pub(crate) fn leave(&mut self, who: usize, at_s: f64) -> Result<Progress, ScriptError> {
        let door = self.layout.exit(who).ok_or(ScriptError::NoGate)?.clone();
        let one_way = self.layout.entry(who).is_some_and(|entry| entry.gate != door.gate);
        let aside = -aside(&door, one_way);
        match self.people[who].phase {
            Phase::Fresh => {
                let person = &self.people[who];
                let place = door.place - door.out * READER_M + aside;
                let walk_s = self.floor.length_m(person.stance.at, place) / person.body.speed_m_s;
                if self.now_s >= at_s - walk_s - READER_M / person.body.speed_m_s {
                    self.people[who].go(place, door.out, &self.floor);
                    self.people[who].phase = Phase::Walking;
                }
                Ok(Progress::Busy)
            }
            Phase::Walking => {
                if self.people[who].has_arrived() {
                    self.people[who].go(door.place + door.out * OUTSIDE_M + aside, door.out, &self.floor);
                    self.people[who].phase = Phase::Passing(false);
                }
                Ok(Progress::Busy)
            }
            Phase::Passing(passed) => {
                let beyond_m = (self.people[who].stance.at - door.place).dot(door.out);
                if !passed && beyond_m >= 0.0 {
                    self.pass(who, &door, Direction::Out);
                    self.people[who].phase = Phase::Passing(true);
                }
                // Nobody waits in the street for the place where people vanish.
                if beyond_m < OUTSIDE_M - 0.3 && !self.people[who].has_arrived() {
                    return Ok(Progress::Busy);
                }
                self.people[who].presence = Presence::Gone;
                Ok(Progress::Done)
            }
            _ => Ok(Progress::Done),
        }
    }

    /// Whether somebody shows a credential of their own, or the one who does it for them has come to the store.
    fn payer_has_come(&self, entry: &Entry, at_s: f64) -> Result<bool, ScriptError> {
        let Entry::With(payer) = entry else { return Ok(true) };
        let place = self.find(payer);
        let place = place.ok_or_else(|| ScriptError::NotInside { at_s, shopper: payer.clone() })?;
        Ok(self.people[place].presence != Presence::Away)
    }

    /// Whether somebody shows a credential of their own, or the one who did it for them has gone in.
    fn payer_is_in(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Shows(..) => true,
            Entry::With(payer) => self.find(payer).is_some_and(|payer| self.people[payer].trip.is_some()),
        }
    }

    fn show(&mut self, who: usize, entry: &Entry, door: &Door) {
        if let Entry::Shows(kind, token) = entry {
            let what = Crossed::Shows(*kind, token.clone());
            self.crossings.push_back(Crossing { time_s: self.now_s, gate: door.gate.clone(), who, what });
        }
    }

    fn begin_trip(&mut self, who: usize, entry: &Entry) {
        let trip = match entry {
            Entry::Shows(kind, token) => {
                self.people[who].is_staff = *kind == CredentialKind::Staff;
                let number = self.trips.last_key_value().map_or(0, |(last, _)| last + 1);
                self.trips.insert(number, TruthTrip { token: Some(token.clone()), ..TruthTrip::default() });
                Some(number)
            }
            Entry::With(other) => self.find(other).and_then(|payer| self.people[payer].trip),
        };
        self.people[who].trip = trip;
    }

    fn pass(&mut self, who: usize, door: &Door, direction: Direction) {
        let what = Crossed::Passes(direction);
        self.crossings.push_back(Crossing { time_s: self.now_s, gate: door.gate.clone(), who, what });
    }

    /// A place inside where nobody stands in the way of those who follow.
    fn hall(&mut self, who: usize, door: &Door, aside: DVec3) -> DVec3 {
        for _ in 0..12 {
            let rng = &mut self.people[who].rng;
            let in_m = rng.uniform(HALL_M.0, HALL_M.1);
            let beside = door.out.cross(DVec3::Z) * rng.uniform(-HALL_ASIDE_M, HALL_ASIDE_M);
            let place = door.place - door.out * in_m + beside;
            if self.floor.is_free(place) && self.has_room(who, place, READER_ROOM_M) {
                return place;
            }
        }
        door.place - door.out * HALL_M.0 + aside
    }

    fn has_appearing_room(&self, place: DVec3) -> bool {
        self.visible().all(|(_, person)| person.stance.at.distance(place) >= APPEAR_M)
    }
}

/// How far beside the middle of a door people go who come in; those who go out keep to the other side.
fn aside(door: &Door, one_way: bool) -> DVec3 {
    if one_way { DVec3::ZERO } else { -door.out.cross(DVec3::Z) * SIDE_M }
}
