//! How people get to a shelf and find room before it.

use glam::DVec3;
use model::PlateId;

use crate::ScriptError;
use crate::body::Stance;
use crate::hand::Side;
use crate::layout::{Front, floor};
use crate::person::Phase;
use crate::world::{Progress, World};

/// Nobody goes to stand nearer to somebody else than this, metres; not even who is told where to stand.
const STANDING_ROOM_M: f64 = 0.58;
const TOLD_ROOM_M: f64 = 0.45;
/// Places tried before a shelf, beside the handiest one, metres; of those that gondolas leave, the first few.
pub(crate) const BESIDE_M: [f64; 15] =
    [0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4, 0.5, -0.5, 0.6, -0.6, 0.7, -0.7];
const PLACES: usize = 7;
/// Nobody stands where they would on the millimetre.
const PLACE_SD_M: f64 = 0.05;
/// A plate this far aside of the handiest place is still within reach, metres; and this much nearer to the shelf
/// or further from it.
const REACH_ASIDE_M: f64 = 0.4;
const STRETCH_ASIDE_M: f64 = 0.9;
const REACH_DEEP_M: f64 = 0.15;
/// Who finds no room waits this far behind and aside, metres, leaves room for others to pass, and looks again after
/// this time, seconds.
const BEHIND_M: [f64; 4] = [0.7, 1.0, 1.4, 1.8];
const BEHIND_ASIDE_M: [f64; 9] = [0.0, 0.4, -0.4, 0.9, -0.9, 1.4, -1.4, 2.0, -2.0];
const WAITING_ROOM_M: f64 = 0.85;
const LOOK_AGAIN_S: f64 = 0.3;
/// Who only waits for others makes room for somebody nearer than this, metres, who waits for a place or has been on
/// the way to one for this long, seconds.
const IN_THE_WAY_M: f64 = 1.8;
const LONG_S: f64 = 12.0;
/// People set out a little earlier than they need to.
const EARLY_S: f64 = 0.6;

/// Where somebody wants to stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post {
    /// The handiest place.
    place: DVec3,
    /// The shelf.
    front: Front,
}

impl World {
    /// Whether somebody near by waits for a place or can't get to it.
    pub(crate) fn is_in_the_way(&self, who: usize) -> bool {
        let at = self.people[who].claim();
        self.visible().any(|(other, person)| {
            let waits = match person.phase {
                Phase::Queueing(_) => true,
                Phase::Walking => self.now_s - person.since_s > LONG_S,
                _ => false,
            };
            waits && other != who && person.stance.at.distance(at) < IN_THE_WAY_M
        })
    }

    /// Stands about.
    pub(crate) fn wait(&mut self, who: usize, seconds: f64, at_s: f64) -> Progress {
        match self.people[who].phase {
            Phase::Until(end_s) if self.now_s >= end_s => Progress::Done,
            Phase::Until(_) => Progress::Busy,
            _ => {
                self.people[who].phase = Phase::Until(self.now_s.max(at_s) + seconds);
                Progress::Busy
            }
        }
    }

    /// Walks up to a plate.
    pub(crate) fn approach(
        &mut self,
        who: usize,
        plate: PlateId,
        aside_m: Option<f64>,
        at_s: f64,
    ) -> Result<Progress, ScriptError> {
        let person = &self.people[who];
        let front = self.layout.front(self.plate(plate)?);
        let post = match aside_m {
            None => self.post(who, &[(front, person.body.hand)]),
            Some(aside_m) => {
                let before = floor(front.edge + front.outward * person.body.stand_m());
                Post { place: before + front.right() * aside_m, front }
            }
        };
        let is_told = aside_m.is_some() && self.floor.is_free(post.place);
        let beside_m: &[f64] = if is_told { &[0.0] } else { &BESIDE_M };
        let is_there = self.walk_up(who, post, beside_m, at_s);
        self.people[who].is_posted = aside_m.is_some();
        Ok(if is_there { Progress::Done } else { Progress::Busy })
    }

    /// The handiest place for hands that are to reach these plates; all are taken to belong to one gondola.
    pub(crate) fn post(&self, who: usize, reaches: &[(Front, Side)]) -> Post {
        let body = &self.people[who].body;
        let stand = |(front, side): &(Front, Side)| {
            floor(front.edge + front.outward * body.stand_m() - front.right() * body.shoulder_offset_m(*side))
        };
        let sum: DVec3 = reaches.iter().map(stand).sum();
        Post { place: sum / reaches.len() as f64, front: reaches[0].0 }
    }

    /// Whether somebody stands so that the plates of a post are within reach.
    pub(crate) fn is_within_reach(&self, who: usize, post: &Post) -> bool {
        let person = &self.people[who];
        let off = person.stance.at - post.place;
        let reach_m = if person.is_posted { STRETCH_ASIDE_M } else { REACH_ASIDE_M };
        let (aside_m, deep_m) = (off.dot(post.front.right()), off.dot(post.front.outward));
        aside_m.abs() < reach_m && deep_m.abs() < REACH_DEEP_M
    }

    /// Walks up to a post so as to be there by `at_s`, or finds a place to wait for it; whether somebody is there.
    pub(crate) fn walk_up(&mut self, who: usize, post: Post, beside_m: &[f64], at_s: f64) -> bool {
        let person = &self.people[who];
        match person.phase {
            Phase::Fresh => {
                let way_m = self.floor.length_m(person.stance.at, post.place);
                if self.now_s >= at_s - way_m / person.body.speed_m_s - EARLY_S {
                    self.seek(who, post, beside_m);
                }
                false
            }
            Phase::Queueing(again_s) => {
                if self.now_s >= again_s {
                    self.seek(who, post, beside_m);
                    if matches!(self.people[who].phase, Phase::Queueing(_)) {
                        self.make_way(who);
                    }
                }
                false
            }
            Phase::Walking => {
                let room_m = if beside_m.len() > 1 { STANDING_ROOM_M } else { TOLD_ROOM_M };
                if !person.has_arrived() && self.is_forestalled(who, room_m) {
                    self.people[who].phase = Phase::Fresh;
                    self.seek(who, post, beside_m);
                }
                self.people[who].phase == Phase::Walking && self.people[who].has_arrived()
            }
            _ => true,
        }
    }

    /// Claims a place before the shelf, or one to wait for it.
    fn seek(&mut self, who: usize, post: Post, beside_m: &[f64]) {
        self.people[who].is_posted = false;
        let right = post.front.right();
        let jitter_m = if beside_m.len() > 1 { PLACE_SD_M * self.people[who].rng.gaussian() } else { 0.0 };
        let places = beside_m.iter().map(|beside_m| post.place + right * (beside_m + jitter_m));
        let shelf = floor(post.front.edge + post.front.outward * 0.02);
        let room_m = if beside_m.len() > 1 { STANDING_ROOM_M } else { TOLD_ROOM_M };
        let is_before = |place: &DVec3| self.floor.is_free(*place) && self.floor.can_see(*place, shelf);
        let mut places = places.filter(is_before).take(PLACES);
        if let Some(place) = places.find(|place| self.has_room(who, *place, room_m)) {
            self.people[who].go(place, -post.front.outward, &self.floor);
            self.people[who].phase = Phase::Walking;
            return;
        }
        if self.people[who].phase == Phase::Fresh
            && let Some(place) = self.waiting_place(who, post)
        {
            self.people[who].go(place, -post.front.outward, &self.floor);
        }
        self.people[who].phase = Phase::Queueing(self.now_s + LOOK_AGAIN_S);
    }

    /// A place behind those who stand at the shelf.
    fn waiting_place(&self, who: usize, post: Post) -> Option<DVec3> {
        let place = |(behind_m, aside_m): (f64, f64)| {
            post.place + post.front.outward * behind_m + post.front.right() * aside_m
        };
        let spots =
            BEHIND_M.iter().flat_map(|behind_m| BEHIND_ASIDE_M.iter().map(|aside_m| (*behind_m, *aside_m)));
        let fits = |place: &DVec3| {
            let is_behind = self.floor.is_room(*place) && self.floor.can_see(*place, floor(post.place));
            is_behind && self.has_room(who, *place, WAITING_ROOM_M)
        };
        spots.map(place).find(fits)
    }
}

/// A body that stands at a place and faces a shelf.
pub(crate) fn facing(stance: &Stance, front: &Front) -> Stance {
    Stance { facing: -front.outward, velocity: DVec3::ZERO, ..*stance }
}
