//! Hands that came to a shelf and left, while no plate told a change: goods may be so light that they drown in the noise.

use std::collections::BTreeMap;

use model::{DVec3, PlateIndex, Store, Time, TrackId};

use crate::blind::is_wrist_at;
use crate::tracks::Tracks;

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

/// A hand that was at a shelf.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    pub(crate) track: TrackId,
    pub(crate) hand: usize,
    pub(crate) from: Time,
    pub(crate) until: Time,
    /// The plates it was at, each with how many looks saw it there.
    pub(crate) plates: BTreeMap<PlateIndex, u32>,
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
                        plates: BTreeMap::new(),
                    });
                    visit.until = now;
                    *visit.plates.entry(*plate).or_default() += 1;
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
