//! People who are out of sight for a while, and wake where they can have walked to.

use std::collections::VecDeque;

use model::{DVec3, Time};

use crate::track::Track;

/// Who was lost for longer is somebody new when seen again, seconds.
const WAKE_S: f64 = 30.0;
/// Somebody wakes at most this far from where they were lost, metres, plus what they walk meanwhile, m/s.
const WAKE_M: f64 = 0.7;
const WALK_M_S: f64 = 1.5;
/// Nobody falls asleep or wakes this near to a gate, metres, on either side of it: there people leave and others come.
const DOOR_M: f64 = 2.5;
/// Outside is what lies this far beyond a gate, metres.
const OUTSIDE_M: f64 = 0.3;
/// As many are remembered.
const ASLEEP_MAX: usize = 64;

/// Those who were lost, the latest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asleep {
    doors: Vec<DVec3>,
    /// The middle of what the cameras hang over.
    inside: DVec3,
    tracks: VecDeque<(Time, DVec3, Track)>,
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

    /// Remembers somebody who was lost, if it was sure that they were there.
    pub(crate) fn lay(&mut self, time: Time, track: Track) {
        if let Some(place) = track.seen_at
            && track.is_sure()
            && !self.is_at_door(place)
        {
            self.tracks.push_back((time.plus_seconds(-track.unseen_s), place, track));
        }
        if self.tracks.len() > ASLEEP_MAX {
            self.tracks.pop_front();
        }
    }

    /// Who this may be, if only one can: nobody is guessed.
    pub(crate) fn wake(&mut self, time: Time, found: &Track) -> Option<Track> {
        self.tracks.retain(|(lost, ..)| time.seconds_since(*lost) <= WAKE_S);
        let place = found.seen_at.filter(|place| !self.is_at_door(*place))?;
        let born_s = found.age_s;
        let can = |(lost, at, _): &(Time, DVec3, Track)| {
            let gone_s = time.seconds_since(*lost);
            gone_s >= born_s && (place - *at).truncate().length() < WAKE_M + WALK_M_S * gone_s
        };
        let mut who = (0..self.tracks.len()).filter(|number| can(&self.tracks[*number]));
        let (first, second) = (who.next()?, who.next());
        if second.is_some() {
            return None;
        }
        self.tracks.remove(first).map(|(.., track)| track)
    }
}
