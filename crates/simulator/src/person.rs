//! A person: a body with something to do.

use std::collections::VecDeque;

use glam::DVec3;

use crate::body::{Body, Pose, Stance, pose};
use crate::floor::Floor;
use crate::hand::{HandPath, Side};
use crate::script::Step;
use crate::skeleton::{Skeleton, skeleton};
use crate::stock::Unit;
use crate::walk::{Course, Heading, Other, stand, walk};
use crate::{Action, Age, Rng};

/// A place is reached when it is this near, metres.
const ARRIVED_M: f64 = 0.02;
/// Who gets nowhere for this long looks for a way round, seconds.
const STUCK_S: f64 = 1.2;
/// How far aside people pass somebody who stands in the way, metres.
const PASSING_M: f64 = 0.6;
/// How far a way leads that is tried where that does not help, metres.
const DETOUR_M: (f64, f64) = (0.4, 1.0);

/// How many of the things that come to a hand stay in it until the hand has something else to do; the others go into a
/// basket or a bag within this time, seconds. Assumed.
const KEEPS_RATIO: f64 = 0.3;
const STOWS_S: (f64, f64) = (0.2, 1.5);
/// How many of those who take something to give it away next keep it in the hand until then. Assumed.
pub(crate) const GIVES_FROM_HAND_RATIO: f64 = 0.8;
/// How long legs take to fall in with the speed, seconds. Assumed.
const LEGS_S: f64 = 0.15;

/// A person in the simulated world.
#[derive(Debug)]
pub(crate) struct Person {
    /// Their number among all who ever came.
    pub(crate) number: usize,
    /// Their name in the script.
    pub(crate) name: String,
    /// Their size and habits.
    pub(crate) body: Body,
    /// Where they are.
    pub(crate) stance: Stance,
    /// How much of a full step their legs make: the speed, a moment later; 0 to 1.
    pub(crate) stepping: f64,
    /// What their hands do, left and right.
    pub(crate) hands: [HandPath; 2],
    /// Whether they can be seen.
    pub(crate) presence: Presence,
    /// Place of their trip in the truth, once they have entered.
    pub(crate) trip: Option<usize>,
    /// Whether they came in on a staff badge.
    pub(crate) is_staff: bool,
    /// What they have in hand and bag.
    pub(crate) carried: Vec<Unit>,
    /// What they are to do, the present step first.
    pub(crate) steps: VecDeque<Step>,
    /// How far they are with the present step.
    pub(crate) phase: Phase,
    /// Since when they are at it, seconds.
    pub(crate) since_s: f64,
    /// Where they go or stand.
    pub(crate) goal: Option<Goal>,
    /// Whether they were told where to stand and reach from there, however far it is.
    pub(crate) is_posted: bool,
    /// Chance of their own.
    pub(crate) rng: Rng,
    /// The same for how long they keep things in the hand.
    pub(crate) grips: Rng,
}

/// Whether a person can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Not come yet.
    Away,
    /// In the store or before it.
    Here,
    /// Has left.
    Gone,
}

/// How far somebody is with a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Not begun.
    Fresh,
    /// On the way.
    Walking,
    /// Waits for a place at the shelf and asks again then, seconds.
    Queueing(f64),
    /// Has all that it needs and waits for a moment, seconds.
    Until(f64),
    /// Goes through a gate; whether through already.
    Passing(bool),
    /// Works at a shelf.
    Working(Shift),
    /// Stands ready: waits for others.
    Ready,
}

/// Work at a shelf.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shift {
    /// The moment that all works count from, seconds.
    pub(crate) base_s: f64,
    /// Whether each hand does the works of the other one, so that arms do not cross.
    pub(crate) is_swapped: bool,
    /// The place on the floor below the shelf's edge where the first of them is.
    pub(crate) spot: DVec3,
    /// Which works have begun.
    pub(crate) begun: Vec<bool>,
    /// When the last hand leaves the shelf, seconds.
    pub(crate) leaves_s: f64,
}

/// Where somebody goes, and then stands.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    /// The place on the floor.
    pub(crate) place: DVec3,
    /// Where they look once they are there.
    facing: DVec3,
    /// The corners on the way and the place at its end, the next one last.
    way: Vec<DVec3>,
    /// The way they have chosen among others.
    heading: Heading,
    /// The next one, and how near they came to it at most, metres.
    nearest: (DVec3, f64),
    /// For how long they have not come nearer.
    still_s: f64,
}

impl Person {
    /// Somebody with a body of their own, who is not there yet.
    pub(crate) fn new(name: &str, age: Age, steps: VecDeque<Step>, seed: u64) -> Self {
        let mut rng = Rng::new(seed, &format!("shopper {name}"));
        let body = match age {
            Age::Adult => Body::adult(&mut rng),
            Age::Child => Body::child(&mut rng),
        };
        Self {
            number: 0,
            name: name.to_owned(),
            stance: Stance { at: DVec3::ZERO, velocity: DVec3::ZERO, facing: DVec3::Y, walked_m: 0.0 },
            stepping: 0.0,
            hands: body.rest.map(HandPath::new),
            body,
            presence: Presence::Away,
            trip: None,
            is_staff: false,
            carried: Vec::new(),
            steps,
            phase: Phase::Fresh,
            since_s: 0.0,
            goal: None,
            is_posted: false,
            rng,
            grips: Rng::new(seed, &format!("grips {name}")),
        }
    }

    /// The hand that does a work.
    pub(crate) fn side(&self, other_hand: bool) -> Side {
        if other_hand { self.body.hand.other() } else { self.body.hand }
    }

    /// The place that they have or make for.
    pub(crate) fn claim(&self) -> DVec3 {
        self.goal.as_ref().map_or(self.stance.at, |goal| goal.place)
    }

    /// How far they are from the place that they make for, metres.
    pub(crate) fn way_m(&self) -> f64 {
        self.claim().distance(self.stance.at)
    }

    /// Makes for a place.
    pub(crate) fn go(&mut self, place: DVec3, facing: DVec3, floor: &Floor) {
        let mut way = floor.route(self.stance.at, place);
        way.reverse();
        let heading = Heading::STRAIGHT;
        self.goal = Some(Goal { place, facing, way, heading, nearest: (place, f64::MAX), still_s: 0.0 });
    }

    /// Turns to look another way.
    pub(crate) fn face(&mut self, facing: DVec3) {
        if let Some(goal) = &mut self.goal {
            goal.facing = facing;
        }
    }

    /// Whether they stand where they made for.
    pub(crate) fn has_arrived(&self) -> bool {
        self.goal.as_ref().is_none_or(|goal| goal.way.is_empty())
    }

    /// Moves the body on by `step_s`.
    pub(crate) fn move_on(&mut self, others: &[Other], floor: &Floor, step_s: f64) {
        self.go_on(others, floor, step_s);
        let pace = (self.stance.velocity.length() / self.body.speed_m_s).min(1.0);
        self.stepping += (pace - self.stepping) * step_s / LEGS_S;
    }

    fn go_on(&mut self, others: &[Other], floor: &Floor, step_s: f64) {
        let Some(goal) = &mut self.goal else { return };
        let Some(next) = goal.way.last().copied() else {
            return stand(&mut self.stance, goal.facing, step_s);
        };
        let last = goal.way.len() == 1;
        let course = Course { to: next, is_last: last, still_s: goal.still_s };
        walk(&mut self.stance, &mut goal.heading, self.body.speed_m_s, course, others, floor, step_s);
        let far_m = self.stance.at.distance(next);
        if far_m < if last { ARRIVED_M } else { 0.25 } {
            goal.way.pop();
        }
        if goal.nearest.0 != next || far_m < goal.nearest.1 - 0.05 {
            (goal.nearest, goal.still_s) = ((next, far_m), 0.0);
        } else {
            goal.still_s += step_s;
        }
        if goal.still_s > STUCK_S {
            goal.still_s = 0.0;
            detour(goal, self.stance.at, others, floor, &mut self.rng);
        }
    }

    /// Whether they take things from the shelf to give them to somebody next.
    pub(crate) fn is_about_to_give(&self) -> bool {
        let waits = |step: &&Step| matches!(step.action, Action::Wait { .. } | Action::Meet { .. });
        let next = self.steps.iter().find(|step| !waits(step));
        next.is_some_and(|step| matches!(step.action, Action::Give { .. }))
    }

    /// Until when a hand keeps goods in which it came to its rest at `rests_s`, seconds: often for long.
    pub(crate) fn keeps_s(&mut self, rests_s: f64) -> f64 {
        if self.grips.chance(KEEPS_RATIO) {
            return f64::INFINITY;
        }
        rests_s + self.grips.uniform(STOWS_S.0, STOWS_S.1)
    }

    /// Where every joint is, `later_s` after the present step of the world.
    pub(crate) fn pose(&self, now_s: f64, later_s: f64) -> Pose {
        pose(&self.body, &self.stance.after(later_s), &self.hands, now_s + later_s)
    }

    /// The same with all joints that there are.
    pub(crate) fn skeleton(&self, now_s: f64, later_s: f64) -> Skeleton {
        let (stance, pose) = (self.stance.after(later_s), self.pose(now_s, later_s));
        skeleton(&self.body, &stance, &pose, self.stepping)
    }
}

/// Finds another way to the goal: round whoever is in the way, on the side with more room, or else by any free point.
fn detour(goal: &mut Goal, at: DVec3, others: &[Other], floor: &Floor, rng: &mut Rng) {
    let has_room = |point: DVec3| {
        floor.is_room(point) && others.iter().all(|other| other.at.distance(point) > PASSING_M - 0.1)
    };
    let Some(next) = goal.way.last().copied() else { return };
    let ahead = (next - at).normalize_or(DVec3::Y);
    let is_ahead = |other: &&Other| (other.at - at).dot(ahead) > 0.0;
    let nearest = |one: &&Other, other: &&Other| one.at.distance(at).total_cmp(&other.at.distance(at));
    if let Some(blocker) = others.iter().filter(is_ahead).min_by(nearest) {
        let aside = ahead.cross(DVec3::Z) * PASSING_M;
        for aside in [aside, -aside] {
            let (out, past) = (at + aside, blocker.at + aside + ahead * 0.2);
            if floor.is_straight(at, out) && floor.is_straight(out, past) && has_room(past) && has_room(out) {
                goal.way.extend([past, out]);
                return;
            }
        }
    }
    for _ in 0..8 {
        let angle = rng.uniform(0.0, std::f64::consts::TAU);
        let aside = DVec3::new(libm::cos(angle), libm::sin(angle), 0.0);
        let point = at + aside * rng.uniform(DETOUR_M.0, DETOUR_M.1);
        if floor.is_straight(at, point) && has_room(point) {
            goal.way = floor.route(point, goal.place);
            goal.way.reverse();
            goal.way.push(point);
            return;
        }
    }
}
