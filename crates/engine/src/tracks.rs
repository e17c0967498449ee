//! People as the tracker follows them: where their hands were lately, and on which trip they are.

use std::collections::{BTreeMap, VecDeque};

use model::{
    DVec3, Joint, Keypoint, NoticeKind, Notices, People, Person, Plate, Store, Time, TrackId, TripId,
};

/// How long the hands of a person are remembered, seconds: longer than any shelf takes to settle.
const MEMORY_S: f64 = 12.0;
/// A track is forgotten when it was not seen for this long, seconds.
const FORGET_S: f64 = 120.0;
/// A new track takes the trip of one lost at most this long ago, seconds.
const REBIRTH_S: f64 = 4.0;
/// … and at most this far from where it was lost, metres, plus what a person walks meanwhile.
const REBIRTH_M: f64 = 0.7;
/// Those who were lost are likely to be found this near, metres (standard deviation), plus what they move meanwhile to any side;
const STAY_M: f64 = 0.3;
/// and one who is less likely by this than the nearest is no rival.
const RIVAL: f64 = 0.05;
/// Who was not seen for this long, seconds, was not merely left out of a frame or two.
const UNSEEN_S: f64 = 1.0;
/// Nobody gets into the store but by a gate: who stands so near to a plate, metres in the plane, but never came in, is
/// somebody who was lost, however long ago.
const AT_SHELF_M: f64 = 1.0;
pub(crate) const WALK_M_PER_S: f64 = 1.2;
/// Who is out of sight moves away from where they were by this much, metres a second, to any side: shoppers stand for two
/// thirds of the time (assumed).
pub(crate) const DRIFT_M_PER_S: f64 = 0.4;
/// Two who come farther than people walk, give or take this tracker's error, metres, may have been mistaken for one another;
const JITTER_M: f64 = 0.15;
/// and they were, if that makes the ways they came this much shorter.
const SWAP_RATIO: f64 = 0.4;
/// Who moves by less than this, metres, in this time, seconds, stands.
const STEP_M: f64 = 0.1;
const STEP_S: f64 = 0.4;
/// A person without a trip for this long is worth a notice, seconds.
const UNBOUND_S: f64 = 5.0;

/// A tracker is half as sure of a joint whose place is this uncertain, metres (standard deviation): its score is
/// 1 / (1 + variance / this squared).
const HALF_SURE_M: f64 = 0.05;
/// Scores below are taken for this one, but for 0, which is none.
const SCORE_MIN: f32 = 0.01;

/// No look at a hand is believed more than this.
const SUREST: f64 = 0.98;

/// A wrist as it was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wrist {
    pub(crate) place: DVec3,
    /// How sure the tracker is of its place, above 0 to 1: what it says counts this much.
    pub(crate) score: f64,
}

impl Wrist {
    fn new(keypoint: &Keypoint) -> Self {
        // A tracker that tells no scores is believed.
        let score = if keypoint.score > 0.0 { keypoint.score.clamp(SCORE_MIN, 1.0) } else { 1.0 };
        Self { place: keypoint.position, score: score.into() }
    }

    /// How uncertain its place is, metres (standard deviation in one direction).
    pub(crate) fn spread_m(&self) -> f64 {
        HALF_SURE_M * libm::sqrt(1.0 / self.score - 1.0)
    }
}

/// Where a person was at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    pub(crate) time: Time,
    /// The wrists that were seen.
    pub(crate) wrists: [Option<Wrist>; 2],
    /// Head or neck, if seen.
    pub(crate) body: Option<DVec3>,
    /// The logarithm of how much likelier each hand looks so if it holds something, where that was seen.
    pub(crate) holding: [Option<f64>; 2],
}

impl Sight {
    /// Where the body was, and when.
    fn body_then(&self) -> Option<(DVec3, Time)> {
        Some((self.body?, self.time))
    }
}

/// One person, to the tracker.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) trip: Option<TripId>,
    pub(crate) first_seen: Time,
    pub(crate) last_seen: Time,
    /// The last known place of the body.
    pub(crate) body: Option<DVec3>,
    pub(crate) sights: VecDeque<Sight>,
    /// Went out through a gate: sights after that bind it to nothing.
    pub(crate) gone: bool,
    noticed: bool,
}

impl Track {
    fn new(time: Time) -> Self {
        Self {
            trip: None,
            first_seen: time,
            last_seen: time,
            body: None,
            sights: VecDeque::new(),
            gone: false,
            noticed: false,
        }
    }
}

/// Somebody on a trip who was lost, and found again under another name.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) trip: TripId,
    pub(crate) old: TrackId,
    pub(crate) new: TrackId,
    /// When they were lost.
    pub(crate) lost: Time,
    /// Trips one of whose people it may be as well.
    pub(crate) rivals: Vec<TripId>,
}

/// One of those who were lost, as who somebody may be.
struct Candidate {
    id: TrackId,
    trip: TripId,
    lost: Time,
    away_m: f64,
    /// How likely they are to be found so far away, up to a constant.
    likeness: f64,
}

/// All tracks seen lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracks {
    tracks: BTreeMap<TrackId, Track>,
    /// What the tracker now calls people, and their own names, after it mistook one for another.
    swapped: BTreeMap<TrackId, TrackId>,
}

impl Tracks {
    pub(crate) fn get(&self, id: TrackId) -> Option<&Track> {
        self.tracks.get(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TrackId, &Track)> {
        self.tracks.iter().map(|(id, track)| (*id, track))
    }

    /// The people whose bodies may have been within `reach_m` of `place` in the plane at about `moment`.
    pub(crate) fn near(
        &self,
        place: DVec3,
        moment: Time,
        reach_m: f64,
    ) -> impl Iterator<Item = (TrackId, &Track)> {
        self.iter().filter(move |(_, track)| {
            track.body_at(moment).is_some_and(|(body, seen)| {
                let walked_m = WALK_M_PER_S * seen.seconds_since(moment).abs();
                flat_distance(body, place) <= reach_m + walked_m
            })
        })
    }

    /// The track of this number, made if need be: a gate may name a person before the cameras see them.
    pub(crate) fn at_gate(&mut self, id: TrackId, time: Time) -> &mut Track {
        self.tracks.entry(id).or_insert_with(|| Track::new(time))
    }

    /// Takes everybody off a trip that has settled.
    pub(crate) fn unbind(&mut self, trip: TripId) {
        for track in self.tracks.values_mut().filter(|track| track.trip == Some(trip)) {
            track.trip = None;
            track.gone = true;
        }
    }

    /// Takes who was seen. Gives those who were lost and are found again.
    pub(crate) fn observe(&mut self, people: &People, store: &Store, notices: &mut Notices) -> Vec<Found> {
        let mut seen: Vec<(TrackId, Sight)> = people
            .people
            .iter()
            .map(|person| (self.own_name(person.track), sight(person, people.time, notices)))
            .collect();
        self.undo_swaps(people, &mut seen);
        let mut reborn = Vec::new();
        for (id, sight) in &seen {
            let is_new = !self.tracks.contains_key(id);
            let track = self.tracks.entry(*id).or_insert_with(|| Track::new(people.time));
            track.take(*sight);
            let is_stranger = track.trip.is_none() && !track.gone;
            let most_s = match sight.body {
                Some(body) if is_stranger && is_at_shelf(store, body) => store.policy().vanished_after_s,
                _ if is_new => REBIRTH_S,
                _ => continue,
            };
            if let Some(found) = self.lost_near(*id, most_s, people.time, &seen) {
                self.hand_over(found.old, *id);
                reborn.push(found);
            }
        }
        self.tidy(people.time, notices);
        reborn
    }

    /// The name under which a person goes on here whom the tracker now calls `id`.
    pub(crate) fn own_name(&self, id: TrackId) -> TrackId {
        self.swapped.get(&id).copied().unwrap_or(id)
    }

    /// Gives two people their names back who both jumped, each to where the other was: the tracker has
    /// mistaken one for the other.
    fn undo_swaps(&mut self, people: &People, seen: &mut [(TrackId, Sight)]) {
        let jumped: Vec<usize> = (0..seen.len())
            .filter(|number| {
                let (id, sight) = &seen[*number];
                self.tracks.get(id).is_some_and(|track| track.has_jumped(sight))
            })
            .collect();
        for (place, &one) in jumped.iter().enumerate() {
            for &other in &jumped[place + 1..] {
                let away = |track: usize, sight: usize| {
                    let body = self.tracks.get(&seen[track].0)?.body?;
                    Some(flat_distance(body, seen[sight].1.body?))
                };
                let sum = |a: Option<f64>, b: Option<f64>| Some(a? + b?);
                let straight = sum(away(one, one), away(other, other));
                let crossed = sum(away(one, other), away(other, one));
                if let (Some(straight), Some(crossed)) = (straight, crossed)
                    && crossed < SWAP_RATIO * straight
                {
                    (seen[one].0, seen[other].0) = (seen[other].0, seen[one].0);
                    for number in [one, other] {
                        self.swapped.insert(people.people[number].track, seen[number].0);
                    }
                }
            }
        }
    }

    /// The track nearest to `place` in the plane within `reach_m`, of those that `farther_m` accepts: each counts as so
    /// much farther away, metres.
    pub(crate) fn nearest(
        &self,
        place: DVec3,
        reach_m: f64,
        farther_m: impl Fn(TrackId, &Track) -> Option<f64>,
    ) -> Option<TrackId> {
        let near = self.tracks.iter().filter_map(|(id, track)| {
            let away_m = flat_distance(track.body?, place);
            (away_m <= reach_m).then_some((*id, away_m + farther_m(*id, track)?))
        });
        near.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(id, _)| id)
    }

    /// Who of those on a trip `new` may be: somebody who is not among those seen and was lost, at most `most_s` seconds ago and before
    /// `new` was seen, where they may have come from. The nearest one, beside whom others may be rivals.
    fn lost_near(&self, new: TrackId, most_s: f64, now: Time, seen: &[(TrackId, Sight)]) -> Option<Found> {
        let found = self.tracks.get(&new)?;
        let place = found.body?;
        let can_be = |id: TrackId, track: &Track| {
            let is_recent = now.seconds_since(track.last_seen) <= most_s;
            let is_before = track.last_seen <= found.first_seen;
            let is_unseen = !seen.iter().any(|(other, _)| *other == id);
            is_unseen && is_recent && is_before && track.may_have_come_to(place, now)
        };
        let candidate = |(id, trip, track): (TrackId, TripId, &Track)| {
            let away_m = flat_distance(track.body?, place);
            let off = away_m / (STAY_M + DRIFT_M_PER_S * now.seconds_since(track.last_seen));
            let likeness = libm::exp(-0.5 * off * off);
            can_be(id, track).then_some(Candidate { id, trip, lost: track.last_seen, away_m, likeness })
        };
        let all: Vec<Candidate> = self.lost_on_trips(now).filter_map(candidate).collect();
        let nearest = all.iter().min_by(|one, other| one.away_m.total_cmp(&other.away_m))?;
        let Candidate { id: old, trip, lost, .. } = *nearest;
        let own: f64 = all.iter().filter(|one| one.trip == trip).map(|one| one.likeness).sum();
        let is_rival = |one: &&Candidate| one.trip != trip && one.likeness > RIVAL * own;
        let rivals = all.iter().filter(is_rival).map(|one| one.trip).collect();
        Some(Found { trip, old, new, lost, rivals })
    }

    /// The only one of those on trips who is not seen now but may have come to `place`.
    pub(crate) fn only_lost_near(&self, place: DVec3, now: Time) -> Option<TrackId> {
        let mut lost = self.lost_on_trips(now).filter(|(_, _, track)| {
            now.seconds_since(track.last_seen) > UNSEEN_S && track.may_have_come_to(place, now)
        });
        let (id, _, _) = lost.next()?;
        lost.next().is_none().then_some(id)
    }

    /// Those on trips who are not seen just now.
    fn lost_on_trips(&self, now: Time) -> impl Iterator<Item = (TrackId, TripId, &Track)> {
        let lost = move |track: &Track| !track.gone && now.seconds_since(track.last_seen) > 0.0;
        self.iter()
            .filter_map(move |(id, track)| Some((id, track.trip?, track)))
            .filter(move |(_, _, track)| lost(track))
    }

    fn hand_over(&mut self, old: TrackId, new: TrackId) {
        let Some(lost) = self.tracks.remove(&old) else { return };
        if let Some(track) = self.tracks.get_mut(&new) {
            track.trip = lost.trip;
            track.first_seen = lost.first_seen;
            let mut sights = lost.sights;
            sights.append(&mut track.sights);
            track.sights = sights;
        }
    }

    fn tidy(&mut self, now: Time, notices: &mut Notices) {
        self.tracks.retain(|id, track| {
            let unbound_s = track.last_seen.seconds_since(track.first_seen);
            if track.trip.is_none() && !track.gone && !track.noticed && unbound_s > UNBOUND_S {
                track.noticed = true;
                notices.add(NoticeKind::UnboundTrack, &id.to_string(), 1, track.first_seen);
            }
            now.seconds_since(track.last_seen) < FORGET_S
        });
        self.swapped.retain(|_, own| self.tracks.contains_key(own));
    }
}

impl Track {
    /// The looks within `span_s` seconds of `moment`.
    pub(crate) fn around(&self, moment: Time, span_s: f64) -> impl Iterator<Item = &Sight> + Clone {
        let off_s = |sight: &Sight| sight.time.seconds_since(moment);
        let first = self.sights.partition_point(|sight| off_s(sight) < -span_s);
        let after = self.sights.partition_point(|sight| off_s(sight) <= span_s);
        self.sights.range(first..after)
    }

    /// The looks from a time on.
    pub(crate) fn since(&self, time: Time) -> impl Iterator<Item = &Sight> {
        let first = self.sights.partition_point(|sight| sight.time < time);
        self.sights.range(first..)
    }

    /// Of the looks that saw the body, the one nearest in time to `moment`.
    pub(crate) fn nearest_look(&self, moment: Time) -> Option<&Sight> {
        let looks = self.looks_around(moment).into_iter().flatten();
        looks.min_by_key(|sight| sight.time.nanos_since(moment).abs())
    }

    /// Where the body was, and when, in the look at it nearest in time to `moment`.
    pub(crate) fn body_at(&self, moment: Time) -> Option<(DVec3, Time)> {
        self.nearest_look(moment).and_then(Sight::body_then)
    }

    /// Where the body was, and when, in the last look at it before `moment` and in the first one from then on.
    pub(crate) fn bodies_around(&self, moment: Time) -> [Option<(DVec3, Time)>; 2] {
        self.looks_around(moment).map(|look| look.and_then(Sight::body_then))
    }

    fn looks_around(&self, moment: Time) -> [Option<&Sight>; 2] {
        let saw_body = |sight: &&Sight| sight.body.is_some();
        let after = self.sights.partition_point(|sight| sight.time < moment);
        let before = self.sights.range(..after).rev().find(saw_body);
        [before, self.sights.range(after..).find(saw_body)]
    }

    /// Whether the person may have walked to `place` since they were seen last.
    fn may_have_come_to(&self, place: DVec3, now: Time) -> bool {
        let walked_m = WALK_M_PER_S * now.seconds_since(self.last_seen);
        self.body.is_some_and(|body| flat_distance(body, place) <= REBIRTH_M + walked_m)
    }

    /// Whether the person seems to have come farther since the last sight than people walk.
    fn has_jumped(&self, sight: &Sight) -> bool {
        let since_s = sight.time.seconds_since(self.last_seen);
        let (Some(from), Some(to)) = (self.body, sight.body) else { return false };
        since_s < 1.0 && flat_distance(from, to) > JITTER_M + WALK_M_PER_S * since_s
    }

    /// Whether the person moved on within the last moment.
    pub(crate) fn is_walking(&self) -> bool {
        let then = self.sights.iter().rev().find(|sight| self.last_seen.seconds_since(sight.time) >= STEP_S);
        let (Some(from), Some(to)) = (then.and_then(|sight| sight.body), self.body) else { return true };
        flat_distance(from, to) > STEP_M
    }

    fn take(&mut self, sight: Sight) {
        self.last_seen = self.last_seen.max(sight.time);
        self.body = sight.body.or(self.body);
        self.sights.push_back(sight);
        while self.sights.front().is_some_and(|first| sight.time.seconds_since(first.time) > MEMORY_S) {
            self.sights.pop_front();
        }
    }
}

/// The logarithm of the odds of a probability, if it is one.
fn log_odds(probability: f32) -> Option<f64> {
    let sure = f64::from(probability).clamp(1.0 - SUREST, SUREST);
    (0.0..=1.0).contains(&probability).then(|| libm::log(sure / (1.0 - sure)))
}

/// Metres between two places in the plane.
pub(crate) fn flat_distance(one: DVec3, other: DVec3) -> f64 {
    one.truncate().distance(other.truncate())
}

fn is_at_shelf(store: &Store, body: DVec3) -> bool {
    let near = |plate: &Plate| flat_distance(plate.centre(), body) <= AT_SHELF_M;
    store.plates().iter().any(near)
}

fn sight(person: &Person, time: Time, notices: &mut Notices) -> Sight {
    let mut joint = |joint: Joint| {
        let keypoint = person.keypoints.iter().find(|keypoint| keypoint.joint == joint)?;
        if keypoint.position.is_finite() {
            return Some(keypoint);
        }
        notices.add(NoticeKind::BadKeypoint, &person.track.to_string(), 1, time);
        None
    };
    let wrists = [Joint::LeftWrist, Joint::RightWrist].map(|wrist| joint(wrist).map(Wrist::new));
    let body = joint(Joint::Neck).or_else(|| joint(Joint::Head)).map(|keypoint| keypoint.position);
    Sight { time, wrists, body, holding: person.holding.map(|hand| hand.and_then(log_odds)) }
}
