//! Hands at plates that can't be weighed with: what they did there is unknown, and must not be ignored.

use std::collections::{BTreeMap, BTreeSet};

use model::{DVec3, Plate, PlateIndex, Store, Time, TrackId};
use scales::{MassChange, Scales};

use crate::tracks::{Sight, Tracks};

/// A hand is at a plate when its wrist is this near in front of it, beside it, and below its surface,
/// metres: where wrists are in the nanostore recording when something is taken, give or take the error of a tracked wrist
/// along the shelf.
const BEFORE_M: f64 = 0.17;
const BESIDE_M: f64 = 0.04;
const BELOW_M: f64 = 0.08;
/// A hand that was there for less than this, seconds, went by.
const LEAST_S: f64 = 0.2;
/// A hand not seen there for this long, seconds, has left.
const GONE_S: f64 = 0.4;
/// What a plate felt so shortly before it failed, seconds, never settled: a quiet plate is believed after 0.4 s, and
/// what is put down is kept back for a while longer.
const UNSETTLED_S: f64 = 1.0;

/// A hand that was at a plate for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reach {
    pub(crate) plate: PlateIndex,
    pub(crate) from: Time,
    pub(crate) until: Time,
}

/// The hands at blind plates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reaches {
    blind: BTreeSet<PlateIndex>,
    going_on: BTreeMap<(PlateIndex, TrackId), (Time, Time)>,
}

impl Reaches {
    /// Looks where the hands are now, and gives the reaches that ended. That a plate is blind is only known a while
    /// after it became so (`since`), so of such a plate the looks since then are gone through too.
    pub(crate) fn observe(
        &mut self,
        store: &Store,
        blind: impl Iterator<Item = (PlateIndex, Time)>,
        tracks: &Tracks,
        now: Time,
    ) -> Vec<Reach> {
        let blind: BTreeMap<PlateIndex, Time> = blind.collect();
        let mut ended = Vec::new();
        for (&index, since) in &blind {
            let first = if self.blind.contains(&index) { now } else { since.plus_seconds(-UNSETTLED_S) };
            for (id, track) in tracks.iter().filter(|(_, track)| track.trip.is_some()) {
                for sight in track.since(first).filter(|sight| is_at(store.plate(index), sight)) {
                    ended.extend(self.note(index, id, sight.time));
                }
            }
        }
        self.blind = blind.into_keys().collect();
        ended.extend(self.left(now));
        ended
    }

    /// Notes a hand at a plate; gives the reach before if the hand was away meanwhile.
    fn note(&mut self, plate: PlateIndex, id: TrackId, time: Time) -> Option<Reach> {
        let (from, until) = self.going_on.entry((plate, id)).or_insert((time, time));
        let before = (time.seconds_since(*until) > GONE_S).then(|| reach(plate, *from, *until)).flatten();
        if time.seconds_since(*until) > GONE_S {
            *from = time;
        }
        *until = time;
        before
    }

    /// The reaches of hands that have left.
    fn left(&mut self, now: Time) -> Vec<Reach> {
        let gone = self.going_on.extract_if(.., |_, (_, until)| now.seconds_since(*until) > GONE_S);
        gone.filter_map(|((plate, _), (from, until))| reach(plate, from, until)).collect()
    }
}

/// A reach, if it lasted.
fn reach(plate: PlateIndex, from: Time, until: Time) -> Option<Reach> {
    (until.seconds_since(from) >= LEAST_S).then_some(Reach { plate, from, until })
}

/// The plates that can't be weighed with beside those of a change, on the same shelf.
pub(crate) fn beside(store: &Store, scales: &Scales, change: &MassChange) -> Vec<PlateIndex> {
    let is_beside = |plate| change.counted().any(|(other, _)| store.are_beside(*other, plate));
    scales.blind().map(|(plate, _)| plate).filter(|plate| is_beside(*plate)).collect()
}

fn is_at(plate: &Plate, sight: &Sight) -> bool {
    sight.wrists.iter().flatten().any(|wrist| is_wrist_at(plate, wrist.place))
}

pub(crate) fn is_wrist_at(plate: &Plate, wrist: DVec3) -> bool {
    let at = plate.local(wrist);
    (-BESIDE_M..=plate.size_m.x + BESIDE_M).contains(&at.x)
        && (-BEFORE_M..=plate.size_m.y).contains(&at.y)
        && (-BELOW_M..=plate.size_m.z).contains(&at.z)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Time {
        Time::default().plus_seconds(seconds)
    }

    #[test]
    fn a_hand_that_comes_again_has_reached_twice() {
        let (plate, id) = (PlateIndex(3), TrackId(1));
        let mut reaches = Reaches::default();
        let looks = [1.0, 1.3, 1.6, 3.0, 3.3, 3.6];
        let ended: Vec<_> = looks.iter().filter_map(|time| reaches.note(plate, id, at(*time))).collect();
        assert_eq!(ended, [Reach { plate, from: at(1.0), until: at(1.6) }]);
        assert!(reaches.left(at(3.7)).is_empty());
        assert_eq!(reaches.left(at(4.1)), [Reach { plate, from: at(3.0), until: at(3.6) }]);
    }

    #[test]
    fn a_hand_that_goes_by_reaches_for_nothing() {
        let mut reaches = Reaches::default();
        assert!(reaches.note(PlateIndex(3), TrackId(1), at(1.0)).is_none());
        assert!(reaches.note(PlateIndex(3), TrackId(1), at(1.1)).is_none());
        assert!(reaches.left(at(2.0)).is_empty());
    }
}
