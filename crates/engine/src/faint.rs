//! Hands that came to a shelf and left, while no plate told a change: goods may be so light that they drown in the noise.

use std::collections::{BTreeMap, BTreeSet};

use model::{DVec3, PlateIndex, PlatePart, ProductIndex, Store, Time, TrackId};
use scales::{MassChange, Scales};

use crate::blind::is_wrist_at;
use crate::explain::log_units;
use crate::grasps::{Deed, Grasps};
use crate::logs::log_normal;
use crate::tracks::{Track, Tracks};
use crate::weigh::weightless;

/// A hand not seen at a shelf for this long, seconds, has left.
const GONE_S: f64 = 0.3;
/// So long after that it was seen what it holds, and plates have come to rest, seconds.
const SEEN_S: f64 = 1.4;
/// A hand that was there for less than this, seconds, went by; one that stays for longer does something else.
const LEAST_S: f64 = 0.3;
const MOST_S: f64 = 4.0;
/// Plates are looked up by the squares of the floor that hands at them are over, this wide, metres, and as far from their
/// middles as hands are at work, besides their own size.
const SQUARE_M: f64 = 0.25;
const HAND_M: f64 = 0.2;
/// A change that was told explains a hand that was at its plates so long before or after, seconds.
const TOLD_S: f64 = 2.0;
/// What a hand holds is looked for so long before it comes to a shelf and after it left, seconds.
const HELD_S: f64 = 1.3;
/// What exceeds this many times its standard deviation is told by the plate itself, if not yet.
const TOLD_SIGMAS: f64 = 8.0;
/// A plate that is less steady than this, grams, is at something else.
const UNSTEADY_G: f64 = 5.0;
/// So many units of something light fit a hand.
const UNITS_MOST: i32 = 3;
/// A step is weighed if it and the hand say this much that something was moved (logarithm).
const FAINT: f64 = -1.0;

/// A hand that was at a shelf.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    pub(crate) track: TrackId,
    hand: usize,
    from: Time,
    until: Time,
    /// The plates it was at.
    plates: BTreeSet<PlateIndex>,
}

impl Visit {
    /// Whether it came for a change that was told.
    pub(crate) fn explains(&self, store: &Store, moment: Time, plates: &[PlateIndex]) -> bool {
        let is_here = |plate: &PlateIndex| {
            self.plates.iter().any(|other| other == plate || store.are_beside(*other, *plate))
        };
        moment.seconds_since(self.from) > -TOLD_S
            && self.until.seconds_since(moment) > -TOLD_S
            && plates.iter().any(is_here)
    }

    /// How likely it is that it moved nothing, against something at one plate, before that is weighed (logarithm): it may have
    /// been at any of the plates.
    pub(crate) fn log_nothing(&self) -> f64 {
        libm::log(self.plates.len() as f64)
    }

    /// What the plate felt that may have felt something most, if that is worth weighing.
    pub(crate) fn faint_change(&self, store: &Store, scales: &Scales, track: &Track) -> Option<MassChange> {
        let grasps = Grasps::of(track, self.hand, [self.from, self.until], HELD_S);
        let steps = self.plates.iter().filter_map(|plate| self.step(store, scales, *plate, &grasps));
        let (log_ratio, change) = steps.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (log_ratio >= FAINT).then_some(change)
    }

    /// What a plate felt, and how much likelier that and what the hand held are if something was moved than if nothing was
    /// (logarithm); nothing if the plate is at something else, or will tell it by itself.
    fn step(
        &self,
        store: &Store,
        scales: &Scales,
        plate: PlateIndex,
        grasps: &Grasps,
    ) -> Option<(f64, MassChange)> {
        let difference = scales.difference(plate, self.from, self.until);
        let (grams, sd) =
            difference.filter(|(grams, sd)| grams.abs() < TOLD_SIGMAS * sd && *sd < UNSTEADY_G)?;
        let deed = if grams < 0.0 { Deed::Takes } else { Deed::Gives };
        let known = store.plate(plate);
        let log_density = |product: &ProductIndex, units: i32| {
            let (mass, mass_sd) = store.product(*product).mass_g?;
            let variance = sd * sd + f64::from(units) * mass_sd * mass_sd;
            Some(log_normal(grams.abs() - f64::from(units) * mass, variance) + log_units(units))
        };
        let ways = known
            .products
            .iter()
            .flat_map(|product| (1..=UNITS_MOST).filter_map(move |units| log_density(product, units)));
        let moved = ways.fold(f64::NEG_INFINITY, f64::max);
        let part = PlatePart { plate: known.id, grams, grams_sd: sd, knock_on: false };
        let change = MassChange {
            grams,
            grams_sd: sd,
            parts: vec![(plate, part)],
            curve: scales.curve(plate),
            ..weightless(self.from, self.until, known.centre())
        };
        Some((moved - log_normal(grams, sd * sd) + grasps.log_ratio(deed), change))
    }
}

/// The hands at shelves.
#[derive(Clone, Debug)]
pub(crate) struct Visits {
    squares: BTreeMap<(i32, i32), Vec<PlateIndex>>,
    going_on: BTreeMap<(TrackId, usize), Visit>,
    /// Those that ended, until all was seen.
    ended: Vec<Visit>,
}

impl Visits {
    /// No hand is at any shelf of a store.
    pub(crate) fn new(store: &Store) -> Self {
        let mut squares: BTreeMap<_, Vec<PlateIndex>> = BTreeMap::new();
        for (index, plate) in (0..).map(PlateIndex).zip(store.plates()) {
            let (middle, reach_m) = (plate.centre(), HAND_M + plate.size_m.truncate().length() / 2.0);
            let [first, last] = [-reach_m, reach_m].map(|off| square(middle + DVec3::splat(off)));
            for x in first.0..=last.0 {
                for y in first.1..=last.1 {
                    squares.entry((x, y)).or_default().push(index);
                }
            }
        }
        Self { squares, going_on: BTreeMap::new(), ended: Vec::new() }
    }

    /// Looks where the hands are now, and gives the visits of which all was seen.
    pub(crate) fn observe(&mut self, store: &Store, tracks: &Tracks, now: Time) -> Vec<Visit> {
        for (id, track) in tracks.iter().filter(|(_, track)| track.trip.is_some() && track.last_seen == now) {
            let wrists = track.sights.back().map_or([None; 2], |sight| sight.wrists);
            for (hand, wrist) in wrists.iter().enumerate() {
                let Some(wrist) = wrist else { continue };
                let here = self.squares.get(&square(wrist.place)).map(Vec::as_slice).unwrap_or_default();
                for plate in here.iter().filter(|plate| is_wrist_at(store.plate(**plate), wrist.place)) {
                    let visit = self.going_on.entry((id, hand)).or_insert_with(|| Visit {
                        track: id,
                        hand,
                        from: now,
                        until: now,
                        plates: BTreeSet::new(),
                    });
                    visit.until = now;
                    visit.plates.insert(*plate);
                }
            }
        }
        let has_left = |visit: &Visit| now.seconds_since(visit.until) > GONE_S;
        let left = self.going_on.extract_if(.., |_, visit| has_left(visit)).map(|(_, visit)| visit);
        let lasted = |visit: &Visit| (LEAST_S..=MOST_S).contains(&visit.until.seconds_since(visit.from));
        self.ended.extend(left.filter(lasted));
        self.ended.extract_if(.., |visit| now.seconds_since(visit.until) > SEEN_S).collect()
    }
}

fn square(place: DVec3) -> (i32, i32) {
    let number = |metres: f64| libm::floor(metres / SQUARE_M) as i32;
    (number(place.x), number(place.y))
}

#[cfg(test)]
mod tests {
    use model::{Joint, Keypoint, Notices, People, Person, TripId};

    use super::*;

    /// Where a hand is that works at the third plate of the lower shelf, and where it hangs.
    const AT_SHELF: DVec3 = DVec3::new(0.5, 0.05, 1.0);
    const HANGS: DVec3 = DVec3::new(0.5, -0.6, 0.7);

    /// The visits of the right hand of somebody on a trip that is at the shelf during these times, seconds.
    fn visits(at_shelf: &[std::ops::Range<f64>]) -> Vec<Visit> {
        let store = Store::from_toml(include_str!("../tests/shop.toml")).unwrap();
        let (mut visits, mut tracks) = (Visits::new(&store), Tracks::default());
        tracks.at_gate(TrackId(1), Time::default()).trip = Some(TripId(1));
        let mut seen = Vec::new();
        for look in 0..150 {
            let seconds = f64::from(look) / 15.0;
            let is_there = at_shelf.iter().any(|range| range.contains(&seconds));
            let keypoint = |joint, position| Keypoint { joint, position, score: 0.9 };
            let keypoints = vec![
                keypoint(Joint::Neck, DVec3::new(0.5, -0.5, 1.5)),
                keypoint(Joint::RightWrist, if is_there { AT_SHELF } else { HANGS }),
            ];
            let person = Person { track: TrackId(1), keypoints, holding: [None; 2] };
            let time = Time::default().plus_seconds(seconds);
            let people = People { sensor: "tracker".into(), time, people: vec![person] };
            tracks.observe(&people, &store, &mut Notices::default());
            seen.extend(visits.observe(&store, &tracks, time));
        }
        seen
    }

    #[test]
    fn a_hand_that_comes_and_leaves_was_there_once() {
        let visits = visits(&[2.0..3.5]);
        assert_eq!(visits.len(), 1);
        let visit = &visits[0];
        assert!(visit.plates.iter().any(|plate| plate.0 == 2), "{:?}", visit.plates);
        assert!((1.3..1.6).contains(&visit.until.seconds_since(visit.from)));
        assert_eq!(visit.hand, 1);
    }

    #[test]
    fn a_hand_that_passes_or_stays_does_something_else() {
        assert!(visits(&[2.0..2.1]).is_empty());
        assert!(visits(&[2.0..8.0]).is_empty());
    }
}
