//! Hands of two parties that meet away from the shelves: something may be handed over.

use std::collections::BTreeMap;

use model::{DVec2, DVec3, Store, Time, TrackId, TripId};

use crate::grasps::{self, Deed, Grasps, Seconds};
use crate::logs::probability;
use crate::tracks::{Sight, Tracks, Wrist, flat_distance};

/// Wrists this near to each other meet, metres: both hold one thing, and trackers err by a few centimetres.
const MEET_M: f64 = 0.2;
/// A wrist that is less certain than this, metres, is not known to meet another: where people stand close, trackers by
/// cameras mix up their hands.
const SURE_M: f64 = 0.035;
/// An arm that gives or takes is stretched out: its wrist is at least this far from the neck in the plane,
/// metres; a hanging one about 0.2.
const FORWARD_M: f64 = 0.28;
/// … or this far, if it is raised to less than this below the neck; a hanging one is 0.6 below. The arm of somebody tall
/// who gives to somebody small is up to 0.59 below, at 0.25.
const RAISED_FORWARD_M: f64 = 0.24;
const RAISED_M: f64 = 0.6;
/// Hands that met for less than this, seconds, passed by; for more, they hold on to something else.
const LEAST_S: f64 = 0.3;
const MOST_S: f64 = 4.0;
/// Two who are alone, stand still and hold one thing between them for this long, with their wrists this near, hand it over
/// (logarithm of the odds); for each of the second numbers that something is amiss by, the odds fall by a factor e.
/// Of simulated hand-overs all, of other meetings of hands in simulated crowds 1 in 20 are that clear. Where more people are within so many
/// metres, more hands meet by chance, as many times as there are others, and no more things are given.
const CLEAR: f64 = 4.0;
const CROWD_M: f64 = 4.0;
const GIVING_S: f64 = 0.6;
const SHORT_S: f64 = 0.12;
const TOUCH_M: f64 = 0.08;
const APART_M: f64 = 0.03;
const STANDING_M_PER_S: f64 = 0.1;
const WALKING_M_PER_S: f64 = 0.07;
const MIDDLE_M: f64 = 0.08;
const BESIDE_M: f64 = 0.03;
/// Both hands come from somewhere else, this long before, by at least this much; a hand that carries a basket rests.
const REACH_S: f64 = 0.7;
const REACHED_M: f64 = 0.12;
const RESTED_M: f64 = 0.015;
/// … but a hand may be at the place already, on the bar of a trolley: no more than this speaks against it (logarithm).
const RESTS: f64 = 4.0;
/// Hands that have not been together for this long, seconds, have parted, and it was seen what they hold.
const PARTED_S: f64 = 0.7;
/// What they held is looked for so long before and after they met, seconds.
const HELD_S: f64 = 0.9;
/// In this part of the time in which they are together they come, and in this part they go, before and after the thing
/// changes hands.
const REACHING: f64 = 0.2;
/// What was in a hand that gives is looked for so many seconds back, as far as looks are remembered.
const BEFORE_S: u32 = 10;
/// Nearer than this to a shelf, metres, hands are at work there.
const SHELF_M: f64 = 0.25;
/// Bodies farther apart than this, metres, have no hands that meet.
const ARMS_M: f64 = 1.6;

/// Two hands that met and parted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Meeting {
    pub(crate) trips: [TripId; 2],
    pub(crate) tracks: [TrackId; 2],
    /// Which hand of each.
    sides: [usize; 2],
    pub(crate) from: Time,
    pub(crate) until: Time,
    /// Where the hands were, and how near, metres, when they were nearest.
    pub(crate) place: DVec3,
    pub(crate) distance_m: f64,
    /// How many people were around when they met, either of them for the other one included.
    others: usize,
    /// How probable it is that something was handed over, by how the hands moved.
    pub(crate) handed_over: f64,
    /// How likely what was seen in the hands is if nothing was handed over, and if the first or the second gave.
    pub(crate) seen: Seen,
}

/// How likely what was seen in two hands that met is, against knowing nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) if_nothing: f64,
    pub(crate) if_given_by: [f64; 2],
    /// What was seen in each of the hands before it reached for the other one.
    pub(crate) before: [Seconds; 2],
}

impl Meeting {
    /// How probable it is that something was handed over; else hands passed by each other. Who gives and who takes
    /// stand still, and their hands meet for a moment in the middle between them.
    fn probability(&self, tracks: &Tracks) -> f64 {
        let lasted_s = self.until.seconds_since(self.from);
        let moved_m = |id| Some(body_at(tracks, id, self.from)?.distance(body_at(tracks, id, self.until)?));
        let fastest_m = self.tracks.map(|id| moved_m(id).unwrap_or(0.0)).into_iter().fold(0.0, f64::max);
        let beyond = |value: f64, most: f64, scale: f64| (value - most).max(0.0) / scale;
        let log_odds = CLEAR
            - libm::log(self.others as f64)
            - beyond(-lasted_s, -GIVING_S, SHORT_S)
            - beyond(self.distance_m, TOUCH_M, APART_M)
            - beyond(fastest_m / lasted_s, STANDING_M_PER_S, WALKING_M_PER_S)
            - beyond(self.off_middle_m(tracks), MIDDLE_M, BESIDE_M)
            - beyond(-self.least_reach_m(tracks), -REACHED_M, RESTED_M).min(RESTS);
        probability(log_odds)
    }

    fn middle(&self) -> Time {
        self.from.plus_seconds(self.until.seconds_since(self.from) / 2.0)
    }

    /// What was seen in the hands before and after.
    fn seen(&self, tracks: &Tracks) -> Seen {
        let hands = [0, 1].map(|one: usize| Some((tracks.get(self.tracks[one])?, self.sides[one])));
        let apart_s = self.until.seconds_since(self.from) * REACHING;
        let together = [self.from.plus_seconds(apart_s), self.until.plus_seconds(-apart_s)];
        let grasps = hands.map(|hand| {
            hand.map_or_else(Grasps::default, |(track, side)| Grasps::of(track, side, together, HELD_S))
        });
        let reaches = self.from.plus_seconds(-REACH_S);
        let before = hands.map(|hand| {
            hand.map_or_else(Vec::new, |(track, side)| grasps::seconds(track, side, reaches, BEFORE_S))
        });
        let gives =
            |one: usize| grasps[one].likelihood(Deed::Gives) * grasps[1 - one].likelihood(Deed::Takes);
        Seen { if_nothing: grasps[0].idle() * grasps[1].idle(), if_given_by: [gives(0), gives(1)], before }
    }

    /// How far the hand that moved less came to the meeting, as its owner sees it, metres.
    fn least_reach_m(&self, tracks: &Tracks) -> f64 {
        let reach = |one: usize| {
            let (track, side) = (tracks.get(self.tracks[one])?, self.sides[one]);
            let then = track.nearest_look(self.from.plus_seconds(-REACH_S))?;
            let now = track.nearest_look(self.middle())?;
            let from_body = |sight: &Sight| Some(sight.wrists[side]?.place - sight.body?);
            Some((from_body(now)? - from_body(then)?).length())
        };
        [0, 1].map(|one| reach(one).unwrap_or(REACHED_M)).into_iter().fold(f64::MAX, f64::min)
    }

    /// How far the hands were from the middle between the bodies in the plane, metres, beyond a quarter of the way
    /// between them to either side.
    fn off_middle_m(&self, tracks: &Tracks) -> f64 {
        let [Some(one), Some(other)] = self.tracks.map(|id| body_at(tracks, id, self.from)) else {
            return 0.0;
        };
        let (between, hands) = (other - one, self.place.truncate() - (one + other) / 2.0);
        let along_m = hands.dot(between.normalize_or_zero());
        let aside_m = (hands.length_squared() - along_m * along_m).max(0.0).sqrt();
        aside_m.max(along_m.abs() - between.length() / 4.0)
    }
}

/// Where a body was in the plane at a time, metres.
fn body_at(tracks: &Tracks, id: TrackId, time: Time) -> Option<DVec2> {
    let (body, _) = tracks.get(id)?.body_at(time)?;
    Some(body.truncate())
}

/// The hands that are together now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meetings {
    going_on: BTreeMap<[(TrackId, usize); 2], Meeting>,
}

impl Meetings {
    /// Looks where the hands are now, and gives the meetings that ended.
    pub(crate) fn observe(&mut self, store: &Store, tracks: &Tracks, now: Time) -> Vec<Meeting> {
        let here: Vec<_> = tracks
            .iter()
            .filter(|(_, track)| track.last_seen == now && !track.gone)
            .filter_map(|(id, track)| Some((id, track.trip?, track.body?, track.sights.back()?)))
            .collect();
        let around = |place: DVec3| {
            here.iter().filter(|(_, _, body, _)| flat_distance(*body, place) <= CROWD_M).count()
        };
        for (number, (one, one_trip, one_body, one_sight)) in here.iter().enumerate() {
            for (other, other_trip, other_body, other_sight) in &here[number + 1..] {
                if one_trip == other_trip || one_body.distance(*other_body) > ARMS_M {
                    continue;
                }
                let wrists = [stretched(one_sight, *one_body), stretched(other_sight, *other_body)];
                for Pair { sides, distance_m, place } in pairs(wrists) {
                    let hands = [(*one, sides[0]), (*other, sides[1])];
                    let meeting = self.going_on.entry(hands).or_insert_with(|| Meeting {
                        trips: [*one_trip, *other_trip],
                        tracks: [*one, *other],
                        sides,
                        from: now,
                        until: now,
                        place,
                        distance_m,
                        others: around(place).max(2) - 1,
                        handed_over: 0.0,
                        seen: Seen::default(),
                    });
                    meeting.until = now;
                    if distance_m < meeting.distance_m {
                        (meeting.distance_m, meeting.place) = (distance_m, place);
                    }
                }
            }
        }
        let parted = |meeting: &Meeting| now.seconds_since(meeting.until) > PARTED_S;
        let ended = self.going_on.extract_if(.., |_, meeting| parted(meeting)).map(|(_, meeting)| meeting);
        let fits = |meeting: &Meeting| {
            let lasted_s = meeting.until.seconds_since(meeting.from);
            (LEAST_S..=MOST_S).contains(&lasted_s) && !is_at_shelf(store, meeting.place)
        };
        let judged = |meeting: Meeting| {
            let (handed_over, seen) = (meeting.probability(tracks), meeting.seen(tracks));
            Meeting { handed_over, seen, ..meeting }
        };
        ended.filter(fits).map(judged).collect()
    }
}

/// The wrists of the arms that are stretched out, of those whose place is sure.
fn stretched(sight: &Sight, body: DVec3) -> [Option<DVec3>; 2] {
    let is_far = |wrist: &DVec3| {
        let forward_m = flat_distance(*wrist, body);
        forward_m >= if body.z - wrist.z <= RAISED_M { RAISED_FORWARD_M } else { FORWARD_M }
    };
    let sure =
        |wrist: Option<Wrist>| wrist.filter(|wrist| wrist.spread_m() <= SURE_M).map(|wrist| wrist.place);
    sight.wrists.map(|wrist| sure(wrist).filter(is_far))
}

/// Two hands that are together.
#[derive(Clone, Copy, Debug)]
struct Pair {
    sides: [usize; 2],
    distance_m: f64,
    /// Between the wrists.
    place: DVec3,
}

/// The hands of two people that are together, the nearest first, each hand with one other.
fn pairs([one, other]: [[Option<DVec3>; 2]; 2]) -> Vec<Pair> {
    let sides = [[0, 0], [0, 1], [1, 0], [1, 1]];
    let pair = |sides: [usize; 2]| {
        let (one, other) = (one[sides[0]]?, other[sides[1]]?);
        Some(Pair { sides, distance_m: one.distance(other), place: (one + other) / 2.0 })
    };
    let mut near: Vec<Pair> =
        sides.into_iter().filter_map(pair).filter(|pair| pair.distance_m <= MEET_M).collect();
    near.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    if let Some(Pair { sides: [one, other], .. }) = near.first().copied() {
        near.retain(|pair| (pair.sides[0] == one) == (pair.sides[1] == other));
    }
    near
}

fn is_at_shelf(store: &Store, place: DVec3) -> bool {
    store.plates().iter().any(|plate| plate.distance_m(place) < SHELF_M)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_tall_gives_with_an_arm_that_is_hardly_raised() {
        let places = [DVec3::new(0.25, 0.0, 1.0), DVec3::new(0.2, 0.0, 0.98)];
        let body = DVec3::new(0.0, 0.0, 1.57);
        let sight = |score| Sight {
            time: Time::default(),
            wrists: places.map(|place| Some(Wrist { place, score })),
            body: Some(body),
            holding: [None; 2],
        };
        assert_eq!(stretched(&sight(0.9), body), [Some(places[0]), None]);
        // A hand that is somewhere there meets nobody.
        assert_eq!(stretched(&sight(0.5), body), [None, None]);
    }
}
