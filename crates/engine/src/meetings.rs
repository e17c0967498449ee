//! Hands of two parties that meet away from the shelves: something may be handed over.

use std::collections::BTreeMap;

use model::{DVec3, Store, Time, TrackId, TripId};

use crate::tracks::{Sight, Tracks};

/// Wrists this near to each other meet, metres: both hold one thing, and trackers err by a few centimetres.
const MEET_M: f64 = 0.2;
/// An arm that gives or takes is stretched out: its wrist is at least this far from the neck in the plane,
/// metres; a hanging one about 0.2.
const STRETCHED_M: f64 = 0.28;
/// Hands that met for less than this, seconds, passed by; for more, they hold on to something else.
const LEAST_S: f64 = 0.3;
const MOST_S: f64 = 4.0;
/// Hands that have not been together for this long, seconds, have parted.
const PARTED_S: f64 = 0.3;
/// Nearer than this to a shelf, metres, hands are at work there.
const SHELF_M: f64 = 0.25;
/// Bodies farther apart than this, metres, have no hands that meet.
const ARMS_M: f64 = 1.6;

/// Two hands that met and parted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Meeting {
    pub(crate) trips: [TripId; 2],
    pub(crate) tracks: [TrackId; 2],
    pub(crate) from: Time,
    pub(crate) until: Time,
    /// Where the hands were, and how near, metres, when they were nearest.
    pub(crate) place: DVec3,
    pub(crate) distance_m: f64,
}

/// The hands that are together now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meetings {
    going_on: BTreeMap<[TrackId; 2], Meeting>,
}

impl Meetings {
    /// Looks where the hands are now, and gives the meetings that ended.
    pub(crate) fn observe(&mut self, store: &Store, tracks: &Tracks, now: Time) -> Vec<Meeting> {
        let here: Vec<_> = tracks
            .iter()
            .filter(|(_, track)| track.last_seen == now && !track.gone)
            .filter_map(|(id, track)| Some((id, track.trip?, track.body?, track.sights.back()?)))
            .collect();
        for (number, (one, one_trip, one_body, one_sight)) in here.iter().enumerate() {
            for (other, other_trip, other_body, other_sight) in &here[number + 1..] {
                if one_trip == other_trip || one_body.distance(*other_body) > ARMS_M {
                    continue;
                }
                let wrists = [stretched(one_sight, *one_body), stretched(other_sight, *other_body)];
                let Some((distance_m, place)) = nearest_wrists(wrists) else {
                    continue;
                };
                let meeting = self.going_on.entry([*one, *other]).or_insert(Meeting {
                    trips: [*one_trip, *other_trip],
                    tracks: [*one, *other],
                    from: now,
                    until: now,
                    place,
                    distance_m,
                });
                meeting.until = now;
                if distance_m < meeting.distance_m {
                    (meeting.distance_m, meeting.place) = (distance_m, place);
                }
            }
        }
        let mut ended = Vec::new();
        self.going_on.retain(|_, meeting| {
            let parted = now.seconds_since(meeting.until) > PARTED_S;
            let lasted_s = meeting.until.seconds_since(meeting.from);
            let fits = (LEAST_S..=MOST_S).contains(&lasted_s) && !is_at_shelf(store, meeting.place);
            if parted && fits {
                ended.push(*meeting);
            }
            !parted
        });
        ended
    }
}

/// The wrists of the arms that are stretched out.
fn stretched(sight: &Sight, body: DVec3) -> [Option<DVec3>; 2] {
    let is_far = |wrist: &DVec3| wrist.truncate().distance(body.truncate()) >= STRETCHED_M;
    sight.wrists.map(|wrist| wrist.filter(is_far))
}

/// The distance of the nearest wrists of two people that meet, metres, and the place between them.
fn nearest_wrists([one, other]: [[Option<DVec3>; 2]; 2]) -> Option<(f64, DVec3)> {
    one.iter()
        .flatten()
        .flat_map(|one| other.iter().flatten().map(move |other| (one.distance(*other), (one + other) / 2.0)))
        .filter(|(distance_m, _)| *distance_m <= MEET_M)
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
}

fn is_at_shelf(store: &Store, place: DVec3) -> bool {
    store.plates().iter().any(|plate| plate.distance_m(place) < SHELF_M)
}
