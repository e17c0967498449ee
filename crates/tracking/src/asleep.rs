//! People who are out of sight for a while, and wake where they can have walked to.

use std::collections::VecDeque;
use std::f64::consts::PI;

use model::{DVec3, Direction, Passage, Time};

use crate::track::Track;
use crate::who::{Fits, shares};

/// Who was lost for longer is somebody new when seen again, seconds.
const WAKE_S: f64 = 30.0;
/// Somebody wakes at most this far from where they were lost, metres, plus what they walk meanwhile, m/s.
const WAKE_M: f64 = 0.7;
const WALK_M_S: f64 = 1.5;
/// Whoever is lost or found this near to a gate, metres, on either side of it, may have left, or just have come,
const DOOR_M: f64 = 2.5;
/// unless it is known that nobody came in by any gate since they were lost, and for so long before, seconds.
const PASSING_S: f64 = 1.0;
/// Who is found there is new for so long after somebody came in, seconds.
const COMING_S: f64 = 3.0;
/// Where several can have walked to the same place, it is looked at how they are built for so long, seconds, and then for so long at most.
const LEARN_S: f64 = 0.8;
const PONDER_S: f64 = 1.5;
/// Who is taken for one of several must be so by this probability,
const CLEAR: f64 = 0.95;
/// if how far they went is spread like this, metres and metres a second (standard deviation): shoppers mostly stand.
const STAY_M: f64 = 0.5;
const DRIFT_M_S: f64 = 0.5;
/// Who came in may be anywhere in so large a part of the store, square metres.
const NEW_M2: f64 = 20.0;
/// Outside is what lies this far beyond a gate, metres.
const OUTSIDE_M: f64 = 0.3;
/// As many are remembered.
const ASLEEP_MAX: usize = 64;

/// Somebody who was lost.
#[derive(Clone, Debug)]
struct Sleeper {
    lost: Time,
    place: DVec3,
    track: Track,
}

/// Who somebody is who was just found.
pub(crate) enum Known {
    /// One who was lost.
    Old(Box<Track>),
    /// Nobody who was lost, or nobody can tell who.
    New,
    /// It is not clear yet.
    Wait,
}

/// Those who were lost, the latest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asleep {
    doors: Vec<DVec3>,
    /// The middle of what the cameras hang over.
    inside: DVec3,
    sleepers: VecDeque<Sleeper>,
    /// When somebody came in and went out last, as far as gates tell it.
    came_in: Option<Time>,
    went_out: Option<Time>,
}

impl Asleep {
    /// Nobody yet, in a store with gates, in whose middle is `inside`.
    pub(crate) fn with_doors(doors: Vec<DVec3>, inside: DVec3) -> Self {
        Self { doors, inside, ..Self::default() }
    }

    fn is_at_door(&self, place: DVec3) -> bool {
        self.doors.iter().any(|door| (place - *door).truncate().length() < DOOR_M)
    }

    /// Whether somebody there has gone through a gate: whoever is no longer seen there is gone, and not hidden.
    pub(crate) fn is_outside(&self, place: DVec3) -> bool {
        self.doors.iter().any(|door| {
            let out = (*door - self.inside).truncate().normalize_or_zero();
            let way = (place - *door).truncate();
            way.length() < DOOR_M && way.dot(out) > OUTSIDE_M
        })
    }

    /// Hears that somebody passed a gate.
    pub(crate) fn pass(&mut self, passage: &Passage) {
        let last = match passage.direction {
            Direction::In => &mut self.came_in,
            Direction::Out => &mut self.went_out,
        };
        *last = (*last).max(Some(passage.time));
    }

    /// Remembers somebody who was lost, if it was sure that they were there.
    pub(crate) fn lay(&mut self, time: Time, track: Track) {
        if let Some(place) = track.seen_at
            && track.is_sure()
            && !self.is_outside(place)
        {
            let lost = time.plus_seconds(-track.unseen_s);
            self.sleepers.push_back(Sleeper { lost, place, track });
        }
        if self.sleepers.len() > ASLEEP_MAX {
            self.sleepers.pop_front();
        }
    }

    /// Who those are who were just found: the only one who can be, or the one by far likelier than others. Nobody is guessed.
    pub(crate) fn wake(&mut self, time: Time, found: &[&Track]) -> Vec<Known> {
        self.sleepers.retain(|sleeper| time.seconds_since(sleeper.lost) <= WAKE_S);
        let fits: Vec<Fits> = found.iter().map(|found| self.fits(time, found)).collect();
        let shares = shares(&fits);
        let mut sleepers: Vec<Option<Sleeper>> =
            std::mem::take(&mut self.sleepers).into_iter().map(Some).collect();
        let known = found.iter().enumerate().map(|(number, found)| {
            let others = || fits.iter().enumerate().filter(|(other, _)| *other != number);
            let is_only = |sleeper: usize| others().all(|(_, fits)| fits.lost[sleeper].is_none());
            let can_be: Vec<usize> = fits[number].can_be().map(|(sleeper, _)| sleeper).collect();
            let clear = match can_be[..] {
                [] => return Known::New,
                [one] if fits[number].new.is_none() && is_only(one) => Some(one),
                _ if found.age_s < LEARN_S => None,
                _ => can_be.into_iter().find(|sleeper| shares[number][*sleeper] >= CLEAR),
            };
            match clear.and_then(|sleeper| sleepers[sleeper].take()) {
                Some(sleeper) => Known::Old(Box::new(sleeper.track)),
                None if found.age_s < PONDER_S => Known::Wait,
                None => Known::New,
            }
        });
        let known = known.collect();
        self.sleepers = sleepers.into_iter().flatten().collect();
        known
    }

    /// How somebody who was found fits those who are asleep.
    fn fits(&self, time: Time, found: &Track) -> Fits {
        let mut fits = Fits { lost: vec![None; self.sleepers.len()], new: None };
        let Some(place) = found.seen_at.filter(|place| !self.is_entrance(*place, time)) else { return fits };
        for (sleeper, fit) in self.sleepers.iter().zip(&mut fits.lost) {
            let gone_s = time.seconds_since(sleeper.lost);
            if gone_s < found.age_s || !sleeper.can_have_come_to(place, gone_s) {
                continue;
            }
            if self.is_at_door(place) || self.is_at_door(sleeper.place) {
                let is_since = |passed: Time| time.seconds_since(passed) < gone_s + PASSING_S;
                match (self.came_in.map(is_since), self.went_out.map(is_since)) {
                    // Gates that have told nothing yet may never do. And one may have left, and the other come.
                    (None, _) | (Some(true), Some(true)) => continue,
                    (Some(true), _) => fits.new = Some(found.built_like_anybody() - libm::log(NEW_M2)),
                    (Some(false), _) => {}
                }
            }
            *fit = Some(found.built_like(&sleeper.track) + sleeper.stays(place, gone_s));
        }
        fits
    }

    /// Whether whoever is found there is about to come in, or has just done so.
    fn is_entrance(&self, place: DVec3, time: Time) -> bool {
        let has_come = |came_in: Time| time.seconds_since(came_in) < COMING_S;
        self.is_outside(place) || self.is_at_door(place) && self.came_in.is_some_and(has_come)
    }
}

impl Sleeper {
    fn can_have_come_to(&self, place: DVec3, gone_s: f64) -> bool {
        (place - self.place).truncate().length() < WAKE_M + WALK_M_S * gone_s
    }

    /// How likely it is that they are at a place now: a logarithm, per square metre.
    fn stays(&self, place: DVec3, gone_s: f64) -> f64 {
        let spread_m = STAY_M + DRIFT_M_S * gone_s;
        let away = (place - self.place).truncate().length() / spread_m;
        -0.5 * away * away - libm::log(2.0 * PI * spread_m * spread_m)
    }
}
