//! What people do with each other: they wait for one another and pass things from hand to hand.

use glam::DVec3;
use model::ProductId;

use crate::hand::Anchor;
use crate::person::{Phase, Presence};
use crate::world::{Progress, World};
use crate::{Action, ScriptError};

/// How far apart two people stand who hand something over, metres.
const APART_M: (f64, f64) = (0.58, 0.75);
/// At what height, as a part of the smaller one's stature.
const HEIGHT_RATIO: f64 = 0.62;
/// How long the hand takes to the other one, and how long the two stay together, seconds. Assumed.
const REACH_S: f64 = 0.7;
const TOGETHER_S: (f64, f64) = (0.5, 1.0);
/// When, as a part of that, the one lets go and the other holds. Assumed.
const CHANGES: (f64, f64) = (0.3, 0.7);
/// How far the wrists are from the middle between them at most, metres.
const WRIST_OFF_M: f64 = 0.05;
/// Goods are handed over where there is room: this far from gondolas and from other people, metres.
const OPEN_M: f64 = 0.95;
const OPEN_ROOM_M: f64 = 1.1;

impl World {
    /// Waits until all have come to a meeting.
    pub(crate) fn meet(&mut self, who: usize, number: u32, people: u32) -> Progress {
        let come = self.meetings.entry(number).or_default();
        if self.people[who].phase == Phase::Fresh {
            *come += 1;
            self.people[who].phase = Phase::Ready;
        }
        if *come >= people {
            return Progress::Done;
        }
        self.make_way(who);
        Progress::Busy
    }

    /// Who only waits for others steps away from a shelf that somebody wants to get at.
    pub(crate) fn make_way(&mut self, who: usize) {
        let is_at_shelf = self.floor.distance_m(self.people[who].claim()) < OPEN_M;
        if is_at_shelf && !self.people[who].is_posted && self.is_in_the_way(who) {
            let (place, facing) = (self.open_place(who), self.people[who].stance.facing);
            self.people[who].go(place, facing, &self.floor);
        }
    }

    /// Goes where there is room and waits for what somebody gives.
    pub(crate) fn receive(&mut self, who: usize, from: &str, at_s: f64) -> Result<Progress, ScriptError> {
        let giver = self.partner(from, at_s)?;
        match self.people[who].phase {
            Phase::Fresh => {
                let place = self.open_place(who);
                let facing = self.people[who].stance.facing;
                self.people[who].go(place, facing, &self.floor);
                self.people[who].phase = Phase::Walking;
                Ok(Progress::Busy)
            }
            Phase::Walking => {
                if self.people[who].has_arrived() {
                    self.people[who].phase = Phase::Ready;
                }
                Ok(Progress::Busy)
            }
            Phase::Until(end_s) if self.now_s >= end_s => Ok(Progress::Done),
            // Who should give has left: nothing will come any more.
            Phase::Ready if self.people[giver].presence == Presence::Gone => Ok(Progress::Done),
            _ => Ok(Progress::Busy),
        }
    }

    /// Walks up to somebody who is ready and hands them a unit.
    pub(crate) fn give(
        &mut self,
        who: usize,
        to: &str,
        product: &ProductId,
        at_s: f64,
    ) -> Result<Progress, ScriptError> {
        let taker = self.partner(to, at_s)?;
        match self.people[who].phase {
            Phase::Fresh => {
                if !self.is_ready_to_receive(taker) {
                    self.make_way(who);
                } else if let Some(place) = self.place_before(who, taker) {
                    let facing = (self.people[taker].stance.at - place).normalize_or(DVec3::Y);
                    self.people[who].go(place, facing, &self.floor);
                    self.people[taker].face(-facing);
                    self.people[who].phase = Phase::Walking;
                }
                Ok(Progress::Busy)
            }
            Phase::Walking => {
                if self.people[who].has_arrived() {
                    self.hand_over(who, taker, product, at_s)?;
                }
                Ok(Progress::Busy)
            }
            Phase::Until(end_s) if self.now_s >= end_s => Ok(Progress::Done),
            _ => Ok(Progress::Busy),
        }
    }

    fn is_ready_to_receive(&self, who: usize) -> bool {
        let person = &self.people[who];
        let is_at_it = person.steps.front().is_some_and(|step| matches!(step.action, Action::Receive { .. }));
        is_at_it && person.phase == Phase::Ready
    }

    fn partner(&self, name: &str, at_s: f64) -> Result<usize, ScriptError> {
        self.find(name).ok_or_else(|| ScriptError::NotInside { at_s, shopper: name.to_owned() })
    }

    /// Both hands go to the middle, stay together, and go back; the unit changes hands.
    fn hand_over(
        &mut self,
        who: usize,
        taker: usize,
        product: &ProductId,
        at_s: f64,
    ) -> Result<(), ScriptError> {
        let unit = self.carried(who, product, at_s)?;
        let height_m = self.people[who].body.height_m.min(self.people[taker].body.height_m);
        let between = (self.people[who].stance.at + self.people[taker].stance.at) / 2.0;
        let middle = between.with_z(HEIGHT_RATIO * height_m);
        let arrive_s = self.now_s + REACH_S;
        let leave_s = arrive_s + self.people[who].rng.uniform(TOGETHER_S.0, TOGETHER_S.1);
        let together_s = leave_s - arrive_s;
        let changes_s = arrive_s + together_s * self.people[who].grips.uniform(CHANGES.0, CHANGES.1);
        for (person, gives) in [(who, true), (taker, false)] {
            let person = &mut self.people[person];
            let mut off = || person.rng.uniform(-1.0, 1.0) * WRIST_OFF_M / 3.0_f64.sqrt();
            let wrist = middle + DVec3::new(off(), off(), off());
            let side = person.body.hand as usize;
            person.hands[side].go(self.now_s, arrive_s, Anchor::At(wrist));
            person.hands[side].go(leave_s, leave_s + REACH_S, person.body.rest[side]);
            let keeps_s = person.keeps_s(leave_s + REACH_S);
            let (from_s, to_s) = if gives { (self.now_s, changes_s) } else { (changes_s, keeps_s) };
            person.hands[side].let_go(self.now_s);
            person.hands[side].hold(from_s, to_s, unit.grams);
            person.phase = Phase::Until(leave_s + 0.3);
        }
        self.people[taker].carried.push(unit);
        Ok(())
    }

    /// A place near by where two can meet and are in nobody's way.
    fn open_place(&mut self, who: usize) -> DVec3 {
        let at = self.people[who].stance.at;
        for spread_m in [0.8, 1.2, 1.6, 2.0, 2.5, 3.0] {
            for _ in 0..12 {
                let rng = &mut self.people[who].rng;
                let off = DVec3::new(rng.uniform(-1.0, 1.0), rng.uniform(-1.0, 1.0), 0.0) * spread_m;
                let place = at + off;
                let can_go = self.floor.is_room(place) && self.floor.can_see(at, place);
                let is_open = can_go && self.floor.distance_m(place) >= OPEN_M;
                if is_open && self.has_room(who, place, OPEN_ROOM_M) {
                    return place;
                }
            }
        }
        at
    }

    /// A free place at arm's length from somebody, on the near side if possible.
    fn place_before(&mut self, who: usize, taker: usize) -> Option<DVec3> {
        let (at, to) = (self.people[who].stance.at, self.people[taker].stance.at);
        let near = libm::atan2(at.y - to.y, at.x - to.x);
        let apart_m = self.people[who].rng.uniform(APART_M.0, APART_M.1);
        let turns = [0.0, 30.0, -30.0, 60.0, -60.0, 90.0, -90.0, 130.0, -130.0, 180.0_f64];
        let mut places = turns.iter().map(|turn| {
            let angle = near + turn.to_radians();
            to + DVec3::new(libm::cos(angle), libm::sin(angle), 0.0) * apart_m
        });
        places.find(|place| self.floor.is_room(*place) && self.has_room(who, *place, 0.5))
    }
}
