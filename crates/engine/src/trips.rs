//! Visits: who came in on what, who is still inside, and when a visit can settle.

use std::collections::{BTreeMap, BTreeSet};

use model::{Credential, CredentialKind, Departure, SensorId, Time, TrackId, TripId, Who};

use crate::mixed::Mixed;

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
    /// Who stood at the reader then.
    shown_by: Option<TrackId>,
    /// The trip of those who came in on it.
    trip: Option<TripId>,
}

/// All visits that have not settled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trips {
    open: BTreeMap<TripId, Trip>,
    last: u32,
    /// The credentials shown at each gate that people may still come in on, oldest first.
    admissions: BTreeMap<SensorId, Vec<Admission>>,
    /// Open ones that may have been mistaken for one another.
    mixed: Vec<Mixed>,
}

impl Trips {
    pub(crate) fn get(&self, id: TripId) -> Option<&Trip> {
        self.open.get(&id)
    }

    /// Everybody who is inside, trip by trip.
    pub(crate) fn inside(&self) -> impl Iterator<Item = (TripId, TrackId)> {
        self.open.iter().flat_map(|(id, trip)| trip.inside.iter().map(|track| (*id, *track)))
    }

    pub(crate) fn is_staff(&self, who: Who) -> bool {
        let Who::Trip(id) = who else { return false };
        self.get(id).is_some_and(Trip::is_staff)
    }

    /// Lets people in at a gate on this credential for a while.
    pub(crate) fn admit(&mut self, credential: Credential, shown_by: Option<TrackId>, for_s: f64) {
        let until = credential.time.plus_seconds(for_s);
        let at_gate = self.admissions.entry(credential.gate.clone()).or_default();
        at_gate.retain(|admission| credential.time <= admission.until);
        at_gate.push(Admission { until, credential, shown_by, trip: None });
    }

    /// Those who showed a credential at a gate and have not passed yet, in this order.
    pub(crate) fn waiting(&self, gate: &SensorId, time: Time) -> impl Iterator<Item = TrackId> + Clone {
        let at_gate = self.admissions.get(gate).into_iter().flatten();
        let waiting = at_gate.filter(move |one| one.trip.is_none() && time <= one.until);
        waiting.filter_map(|one| one.shown_by)
    }

    /// Puts a person who comes in on the trip of the credential shown at the gate, or on one of their own.
    pub(crate) fn enter(&mut self, track: TrackId, gate: &SensorId, time: Time, for_s: f64) -> TripId {
        let admission = self.admissions.get_mut(gate).and_then(|at_gate| admission(at_gate, track, time));
        let followed = admission.as_ref().and_then(|admission| admission.trip);
        let followed = followed.filter(|trip| self.open.contains_key(trip));
        let party = || admission.as_ref().and_then(|admission| inside_on(&self.open, &admission.credential));
        let id = followed.or_else(party).unwrap_or(TripId(self.last + 1));
        let credential = admission.map(|admission| {
            admission.trip = Some(id);
            // Whoever follows may follow the last one.
            admission.until = admission.until.max(time.plus_seconds(for_s));
            (admission.credential.kind, admission.credential.token.clone())
        });
        self.last = self.last.max(id.0);
        let trip = self.open.entry(id).or_insert_with(|| Trip {
            tracks: Vec::new(),
            inside: BTreeSet::new(),
            credential: None,
            entered: time,
            left: None,
        });
        trip.credential = credential.or(trip.credential.take());
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

    /// Notes that the people of two trips may have been mistaken for one another.
    pub(crate) fn mix(&mut self, mixed: Mixed) {
        self.mixed.push(mixed);
    }

    /// Takes out what is noted of any of these trips.
    pub(crate) fn take_mixed(&mut self, trips: &BTreeSet<TripId>) -> Vec<Mixed> {
        self.mixed.extract_if(.., |mixed| mixed.trips.iter().any(|trip| trips.contains(trip))).collect()
    }

    /// This trip, and all that may have been mistaken for it, or for one of those.
    pub(crate) fn mixed_with(&self, id: TripId) -> BTreeSet<TripId> {
        let mut all = BTreeSet::from([id]);
        loop {
            let before = all.len();
            for Mixed { trips, .. } in &self.mixed {
                if trips.iter().any(|trip| all.contains(trip)) {
                    all.extend(trips);
                }
            }
            if all.len() == before {
                return all;
            }
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

    /// The trips that everybody left so long before `now` that all shelves have settled; those that may have been mistaken for one
    /// another together.
    pub(crate) fn due(&self, now: Time, settle_after_s: f64) -> Vec<TripId> {
        let is_due = |trip: &Trip| {
            let left = trip.left.filter(|_| trip.inside.is_empty());
            left.is_some_and(|(left, _)| now.seconds_since(left) >= settle_after_s)
        };
        let is_open_still = |id: &TripId| self.open.get(id).is_some_and(|trip| !is_due(trip));
        let due = self.open.iter().filter(|(_, trip)| is_due(trip)).map(|(id, _)| *id);
        due.filter(|id| !self.mixed_with(*id).iter().any(is_open_still)).collect()
    }

    /// Takes a settled trip out.
    pub(crate) fn close(&mut self, id: TripId) -> Option<Trip> {
        self.open.remove(&id)
    }
}

/// The trip of a credential whose people are inside: whoever shows the same one again belongs to them.
fn inside_on(open: &BTreeMap<TripId, Trip>, shown: &Credential) -> Option<TripId> {
    let same = |trip: &Trip| trip.credential.as_ref().is_some_and(|(_, token)| *token == shown.token);
    open.iter().find(|(_, trip)| !trip.inside.is_empty() && same(trip)).map(|(id, _)| *id)
}

/// The credential on which a person comes in: their own; or that of whoever came in last, whom they follow; or one
/// that nobody has used yet.
fn admission(at_gate: &mut Vec<Admission>, track: TrackId, time: Time) -> Option<&mut Admission> {
    at_gate.retain(|admission| time <= admission.until);
    let unused = |admission: &Admission| admission.trip.is_none();
    let own = at_gate.iter().position(|one| unused(one) && one.shown_by == Some(track));
    let anybodys = || at_gate.iter().position(|one| unused(one) && one.shown_by.is_none());
    let followed = || at_gate.iter().rposition(|one| !unused(one));
    let place = own.or_else(anybodys).or_else(followed).unwrap_or(0);
    at_gate.get_mut(place)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn card(token: &str, at_s: f64) -> Credential {
        Credential {
            gate: "gate".into(),
            time: Time::default().plus_seconds(at_s),
            kind: CredentialKind::Card,
            token: token.to_owned(),
        }
    }

    #[test]
    fn who_shows_a_card_before_the_one_ahead_has_passed_comes_in_on_their_own() {
        let mut trips = Trips::default();
        let enter = |trips: &mut Trips, track, at_s| {
            trips.enter(TrackId(track), &"gate".into(), Time::default().plus_seconds(at_s), 5.0)
        };
        trips.admit(card("ann", 0.0), Some(TrackId(1)), 5.0);
        trips.admit(card("ben", 1.0), Some(TrackId(2)), 5.0);
        let (ann, ben) = (enter(&mut trips, 1, 1.2), enter(&mut trips, 2, 2.4));
        // A friend of Ben's follows him.
        let friend = enter(&mut trips, 3, 3.6);
        assert_ne!(ann, ben);
        assert_eq!(friend, ben);
        let token =
            |trip| trips.get(trip).and_then(|trip| trip.credential.as_ref()).map(|(_, token)| token.as_str());
        assert_eq!((token(ann), token(ben)), (Some("ann"), Some("ben")));
    }

    #[test]
    fn who_shows_the_card_of_people_inside_joins_them() {
        let mut trips = Trips::default();
        let (gate, at) = (SensorId::from("gate"), |seconds: f64| Time::default().plus_seconds(seconds));
        trips.admit(card("ann", 0.0), Some(TrackId(1)), 5.0);
        let ann = trips.enter(TrackId(1), &gate, at(1.0), 5.0);
        trips.admit(card("ann", 60.0), Some(TrackId(2)), 5.0);
        assert_eq!(trips.enter(TrackId(2), &gate, at(61.0), 5.0), ann);
        // Once all have left, the same card begins another visit.
        trips.leave(ann, TrackId(1), at(70.0), Departure::Gate);
        trips.leave(ann, TrackId(2), at(70.0), Departure::Gate);
        trips.admit(card("ann", 71.0), Some(TrackId(3)), 5.0);
        assert_ne!(trips.enter(TrackId(3), &gate, at(72.0), 5.0), ann);
    }

    #[test]
    fn who_showed_a_card_waits_until_they_have_passed() {
        let (mut trips, gate) = (Trips::default(), SensorId::from("gate"));
        let at = |seconds: f64| Time::default().plus_seconds(seconds);
        let waiting = |trips: &Trips, at_s| trips.waiting(&gate, at(at_s)).collect::<Vec<_>>();
        trips.admit(card("ann", 0.0), Some(TrackId(1)), 5.0);
        trips.admit(card("ben", 1.0), Some(TrackId(2)), 5.0);
        assert_eq!(waiting(&trips, 1.2), [TrackId(1), TrackId(2)]);
        trips.enter(TrackId(1), &gate, at(1.2), 5.0);
        assert_eq!(waiting(&trips, 1.3), [TrackId(2)]);
        // Who turned back is not waited for.
        assert!(waiting(&trips, 6.5).is_empty());
    }

    #[test]
    fn a_card_that_nobody_was_seen_to_show_admits_whoever_comes_next() {
        let mut trips = Trips::default();
        trips.admit(card("ann", 0.0), None, 5.0);
        let trip = trips.enter(TrackId(7), &"gate".into(), Time::default().plus_seconds(1.0), 5.0);
        assert_eq!(
            trips.get(trip).and_then(|trip| trip.credential.as_ref()).map(|(_, token)| token.as_str()),
            Some("ann")
        );
        // Long after, nobody comes in on it any more.
        let later = trips.enter(TrackId(8), &"gate".into(), Time::default().plus_seconds(60.0), 5.0);
        assert!(later != trip && trips.get(later).is_some_and(|trip| trip.credential.is_none()));
    }
}
