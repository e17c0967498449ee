//! Visits: who came in on what, who is still inside, and when a visit can settle.

use std::collections::{BTreeMap, BTreeSet};

use model::{Credential, CredentialKind, Departure, SensorId, Time, TrackId, TripId, Who};

/// A visit that has not settled.
#[derive(Clone, Debug)]
pub(crate) struct Trip {
    /// Everybody who was ever on it.
    pub(crate) tracks: Vec<TrackId>,
    /// Who is still inside.
    pub(crate) inside: BTreeSet<TrackId>,
    pub(crate) credential: Option<(CredentialKind, String)>,
    pub(crate) entered: Time,
    /// When and how the last who left did so.
    pub(crate) left: Option<(Time, Departure)>,
}

/// A credential that people may still come in on.
#[derive(Clone, Debug)]
struct Admission {
    until: Time,
    credential: Credential,
    trip: Option<TripId>,
}

/// All visits that have not settled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trips {
    open: BTreeMap<TripId, Trip>,
    last: u32,
    admissions: BTreeMap<SensorId, Admission>,
}

impl Trips {
    pub(crate) fn get(&self, id: TripId) -> Option<&Trip> {
        self.open.get(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TripId, &Trip)> {
        self.open.iter().map(|(id, trip)| (*id, trip))
    }

    pub(crate) fn is_staff(&self, who: Who) -> bool {
        let Who::Trip(id) = who else { return false };
        self.get(id).is_some_and(Trip::is_staff)
    }

    /// Lets people in at a gate on this credential for a while.
    pub(crate) fn admit(&mut self, credential: Credential, for_s: f64) {
        let until = credential.time.plus_seconds(for_s);
        self.admissions.insert(credential.gate.clone(), Admission { until, credential, trip: None });
    }

    /// Puts a person who comes in on the trip of the credential shown at the gate, or on one of their own.
    pub(crate) fn enter(&mut self, track: TrackId, gate: &SensorId, time: Time, for_s: f64) -> TripId {
        let admission = self.admissions.get_mut(gate).filter(|admission| time <= admission.until);
        let id = match &admission {
            Some(Admission { trip: Some(trip), .. }) if self.open.contains_key(trip) => *trip,
            _ => {
                self.last += 1;
                TripId(self.last)
            }
        };
        let trip = self.open.entry(id).or_insert_with(|| Trip {
            tracks: Vec::new(),
            inside: BTreeSet::new(),
            credential: None,
            entered: time,
            left: None,
        });
        if let Some(admission) = admission {
            admission.trip = Some(id);
            // Whoever follows may follow the last one.
            admission.until = admission.until.max(time.plus_seconds(for_s));
            trip.credential = Some((admission.credential.kind, admission.credential.token.clone()));
        }
        trip.join(track);
        id
    }

    /// Goes on with a person under another track.
    pub(crate) fn follow(&mut self, id: TripId, old: TrackId, new: TrackId) {
        if let Some(trip) = self.open.get_mut(&id)
            && trip.inside.remove(&old)
        {
            trip.join(new);
        }
    }

    /// Takes a person who left off the trip; whether they were on it.
    pub(crate) fn leave(&mut self, id: TripId, track: TrackId, time: Time, how: Departure) -> bool {
        let Some(trip) = self.open.get_mut(&id) else { return false };
        let was_inside = trip.inside.remove(&track);
        if was_inside {
            trip.left = Some((time, how));
        }
        was_inside
    }

    /// The trips that everybody left so long before `now` that all shelves have settled.
    pub(crate) fn due(&self, now: Time, settle_after_s: f64) -> Vec<TripId> {
        let is_due = |trip: &Trip| {
            let left = trip.left.filter(|_| trip.inside.is_empty());
            left.is_some_and(|(left, _)| now.seconds_since(left) >= settle_after_s)
        };
        self.open.iter().filter(|(_, trip)| is_due(trip)).map(|(id, _)| *id).collect()
    }

    /// Takes a settled trip out.
    pub(crate) fn close(&mut self, id: TripId) -> Option<Trip> {
        self.open.remove(&id)
    }
}

impl Trip {
    pub(crate) fn is_staff(&self) -> bool {
        self.credential.as_ref().is_some_and(|(kind, _)| *kind == CredentialKind::Staff)
    }

    fn join(&mut self, track: TrackId) {
        self.inside.insert(track);
        if !self.tracks.contains(&track) {
            self.tracks.push(track);
        }
    }
}
