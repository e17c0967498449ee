//! People who are out of sight for a while, and wake where they can have walked to.

use std::collections::VecDeque;
use std::f64::consts::PI;

use model::{DVec3, Direction, Passage, Time};

use crate::track::Track;

/// Who was lost for longer is somebody new when seen again, seconds.
const WAKE_S: f64 = 30.0;
/// Somebody wakes at most this far from where they were lost, metres, plus what they walk meanwhile, m/s.
const WAKE_M: f64 = 0.7;
const WALK_M_S: f64 = 1.5;
/// Whoever is lost or found this near to a gate, metres, on either side of it, may have left, or just have come,
const DOOR_M: f64 = 2.5;
/// unless it is known that nobody passed any gate since they were lost, and for so long before, seconds.
const PASSING_S: f64 = 1.0;
/// Where several can have walked to the same place, it is looked at how they are built for so long, seconds, and then for so long at most.
const LEARN_S: f64 = 0.8;
const PONDER_S: f64 = 1.5;
/// Who is taken for one of several must be so by this probability,
const CLEAR: f64 = 0.95;
/// if how far they went is spread like this, metres and metres a second (standard deviation): shoppers mostly stand,
const STAY_M: f64 = 0.5;
const DRIFT_M_S: f64 = 0.5;
/// and if there are no more than so many ways to give the lost to the found.
const WAYS_MAX: usize = 2000;
/// What it weighs that somebody is new where nobody can have come in (a logarithm): nothing, beside any likeness.
const NEW: f64 = -1e3;
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
    Old(Track),
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

/// How somebody who was found fits those who were lost.
struct Fits {
    /// To each of them: the logarithm of the likelihood, up to a constant; nothing if they can't be the same.
    sleepers: Vec<Option<f64>>,
    /// And to somebody who came in meanwhile.
    new: f64,
}

impl Fits {
    fn can_be(&self) -> impl Iterator<Item = (usize, f64)> {
        self.sleepers.iter().enumerate().filter_map(|(sleeper, fits)| Some((sleeper, (*fits)?)))
    }
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
        let mut known = Vec::with_capacity(found.len());
        for (number, one) in found.iter().enumerate() {
            let others = || fits.iter().enumerate().filter(|(other, _)| *other != number);
            let is_only = |sleeper: usize| others().all(|(_, fits)| fits.sleepers[sleeper].is_none());
            let can_be: Vec<usize> = fits[number].can_be().map(|(sleeper, _)| sleeper).collect();
            let clear = match can_be[..] {
                [] => {
                    known.push(Known::New);
                    continue;
                }
                [one] if fits[number].new == NEW && is_only(one) => Some(one),
                _ if one.age_s < LEARN_S => None,
                _ => can_be.into_iter().find(|sleeper| shares[number][*sleeper] >= CLEAR),
            };
            known.push(match clear.and_then(|sleeper| sleepers[sleeper].take()) {
                Some(sleeper) => Known::Old(sleeper.track),
                None if one.age_s < PONDER_S => Known::Wait,
                None => Known::New,
            });
        }
        self.sleepers = sleepers.into_iter().flatten().collect();
        known
    }

    fn fits(&self, time: Time, found: &Track) -> Fits {
        let mut fits = Fits { sleepers: vec![None; self.sleepers.len()], new: NEW };
        let Some(place) = found.seen_at else { return fits };
        for (sleeper, fit) in self.sleepers.iter().zip(&mut fits.sleepers) {
            let gone_s = time.seconds_since(sleeper.lost);
            let away_m = (place - sleeper.place).truncate().length();
            if gone_s < found.age_s || away_m > WAKE_M + WALK_M_S * gone_s {
                continue;
            }
            if self.is_at_door(place) || self.is_at_door(sleeper.place) {
                let is_since = |passed: Time| passed.seconds_since(sleeper.lost) > -PASSING_S;
                // Gates that have told nothing yet may never do.
                let Some(came_in) = self.came_in else { continue };
                if is_since(came_in) {
                    if self.went_out.is_some_and(is_since) {
                        continue;
                    }
                    fits.new = found.built_like_anybody() - libm::log(NEW_M2);
                }
            }
            let spread_m = STAY_M + DRIFT_M_S * gone_s;
            let area = 2.0 * PI * spread_m * spread_m;
            let stay = -0.5 * (away_m / spread_m) * (away_m / spread_m) - libm::log(area);
            *fit = Some(found.built_like(&sleeper.track) + stay);
        }
        fits
    }
}

/// How probable each sleeper is to be each of those found, of all ways to give them out: nobody is two people. Noughts where there are
/// too many ways.
fn shares(fits: &[Fits]) -> Vec<Vec<f64>> {
    let mut shares: Vec<Vec<f64>> = fits.iter().map(|fits| vec![0.0; fits.sleepers.len()]).collect();
    if fits.iter().map(|fits| 1 + fits.can_be().count()).product::<usize>() > WAYS_MAX {
        return shares;
    }
    let mut ways = Vec::new();
    give_out(fits, &mut Vec::new(), 0.0, &mut ways);
    let most = ways.iter().map(|(_, weight)| *weight).fold(f64::MIN, f64::max);
    let sum: f64 = ways.iter().map(|(_, weight)| libm::exp(weight - most)).sum();
    for (way, weight) in &ways {
        for (number, sleeper) in way.iter().enumerate() {
            if let Some(sleeper) = sleeper {
                shares[number][*sleeper] += libm::exp(weight - most) / sum;
            }
        }
    }
    shares
}

/// A sleeper for each of those found, or none, and the logarithm of its weight.
type Way = (Vec<Option<usize>>, f64);

/// All ways to give out sleepers to those found who are not in `way` yet.
fn give_out(all: &[Fits], way: &mut Vec<Option<usize>>, weight: f64, ways: &mut Vec<Way>) {
    let Some(fits) = all.get(way.len()) else {
        ways.push((way.clone(), weight));
        return;
    };
    let sleepers = fits.can_be().map(|(sleeper, likeness)| (Some(sleeper), likeness));
    for (sleeper, likeness) in sleepers.chain([(None, fits.new)]) {
        if sleeper.is_none() || !way.contains(&sleeper) {
            way.push(sleeper);
            give_out(all, way, weight + likeness, ways);
            way.pop();
        }
    }
}
