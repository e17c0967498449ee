//! Hands at plates that can't be weighed with: what they did there is unknown, and must not be ignored.

use std::collections::BTreeMap;

use model::{DVec3, Plate, PlateIndex, Store, Time, TrackId};

use crate::tracks::Tracks;

/// A hand is at a plate when its wrist is this near in front of it, beside it, and below its surface,
/// metres: where wrists are in the nanostore recording when something is taken.
const BEFORE_M: f64 = 0.17;
const BESIDE_M: f64 = 0.02;
const BELOW_M: f64 = 0.08;
/// A hand that was there for less than this, seconds, went by.
const LEAST_S: f64 = 0.2;
/// A hand not seen there for this long, seconds, has left.
const GONE_S: f64 = 0.4;

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
    going_on: BTreeMap<(PlateIndex, TrackId), (Time, Time)>,
}

impl Reaches {
    /// Looks where the hands are now, and gives the reaches that ended.
    pub(crate) fn observe(
        &mut self,
        store: &Store,
        blind: impl Iterator<Item = PlateIndex>,
        tracks: &Tracks,
        now: Time,
    ) -> Vec<Reach> {
        for index in blind {
            let plate = store.plate(index);
            for (id, track) in
                tracks.iter().filter(|(_, track)| track.trip.is_some() && track.last_seen == now)
            {
                let wrists = track.sights.back().map(|sight| sight.wrists).unwrap_or_default();
                if wrists.iter().flatten().any(|wrist| is_at(plate, *wrist)) {
                    self.going_on.entry((index, id)).or_insert((now, now)).1 = now;
                }
            }
        }
        let mut ended = Vec::new();
        self.going_on.retain(|(plate, _), (from, until)| {
            let gone = now.seconds_since(*until) > GONE_S;
            if gone && until.seconds_since(*from) >= LEAST_S {
                ended.push(Reach { plate: *plate, from: *from, until: *until });
            }
            !gone
        });
        ended
    }
}

fn is_at(plate: &Plate, wrist: DVec3) -> bool {
    let at = plate.local(wrist);
    (-BESIDE_M..=plate.size_m.x + BESIDE_M).contains(&at.x)
        && (-BEFORE_M..=plate.size_m.y).contains(&at.y)
        && (-BELOW_M..=plate.size_m.z).contains(&at.z)
}
