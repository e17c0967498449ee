//! Whose it may have been: the ways to give the items of an explanation to people.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, HandSeen, Who};

use crate::cluster::Considered;
use crate::explain::{Explanation, Item, log_units};
use crate::hypothesis::{DROP, Move, Press};

/// Nobody who was seen did it.
const NOBODY: f64 = -18.0;
/// Two people at one change, against one.
const TWO_PEOPLE: f64 = -0.7;
/// People this much less likely than the likeliest are not considered, nor more people than this.
const FAR_BEHIND: f64 = 9.0;
const MOST_PEOPLE: usize = 4;
/// Few hands come to a plate for nothing: how much likelier a hand that is at the best place moved something than not
/// (logarithm), and how much of that is lost for each unit of its own log-likelihood. Of 11,500 simulated hands each that
/// moved something and that were only near, the ratio at -1, -2, -3, -4 and -5 was e to the 6, 5, 2.5, 1 and -0.5.
const WORKS: f64 = 4.5;
const WORKS_SLOPE: f64 = 1.0;
/// Only hands at least this likely can both have been at one thing.
const BOTH_THERE: f64 = -3.0;

/// Hands near one change: of the change as a whole, and of each of its parts.
#[derive(Clone, Debug)]
pub(crate) struct Hands {
    pub(crate) whole: Vec<HandSeen>,
    pub(crate) parts: Vec<Vec<HandSeen>>,
    /// Of each of its stages, and its part of the change.
    pub(crate) stages: Vec<(f64, Vec<HandSeen>)>,
}

impl Hands {
    /// These hands and those of members near the changes in which presses began that end now: the same movement.
    pub(crate) fn and_before(
        &self,
        before: &BTreeMap<ChangeId, Considered>,
        members: &BTreeSet<Who>,
        ended: &[Press],
    ) -> Self {
        let began = |considered: &&Considered| {
            let change = &considered.change;
            let is_on = |press: &Press| change.parts.iter().any(|(plate, _)| *plate == press.plate);
            ended.iter().any(|press| press.since == change.start && is_on(press))
        };
        let earlier = before.values().filter(began).flat_map(|considered| &considered.hands);
        let mut both = self.clone();
        both.whole.extend(earlier.filter(|hand| members.contains(&who(hand))));
        both
    }

    /// Everybody who may have moved something: whom no explanation names depends on nobody by this change.
    pub(crate) fn people(&self) -> BTreeSet<Who> {
        let parts = (0..self.parts.len()).map(Some).chain([None]);
        let at_stages = self.stages.iter().flat_map(|(_, hands)| likelihoods(hands));
        let all = parts.flat_map(|part| self.of(part)).chain(at_stages).map(|(who, _)| who);
        all.filter(|who| *who != Who::Nobody).collect()
    }

    /// Log-likelihoods of everybody who may have moved an item, nobody included.
    fn of(&self, part: Option<usize>) -> Vec<(Who, f64)> {
        likelihoods(part.and_then(|part| self.parts.get(part)).unwrap_or(&self.whole))
    }
}

/// Log-likelihoods of everybody who may have moved something, nobody included.
fn likelihoods(hands: &[HandSeen]) -> Vec<(Who, f64)> {
    let mut by_person = BTreeMap::new();
    for hand in hands {
        let best = by_person.entry(who(hand)).or_insert(hand.log_likelihood);
        *best = f64::max(*best, hand.log_likelihood);
    }
    let mut people: Vec<_> = by_person.into_iter().collect();
    people.sort_by(|(a_who, a), (b_who, b)| b.total_cmp(a).then(a_who.cmp(b_who)));
    let best = people.first().map_or(f64::NEG_INFINITY, |(_, best)| *best);
    people.retain(|(_, hand)| *hand > best - FAR_BEHIND);
    people.truncate(MOST_PEOPLE);
    people.extend((best < NOBODY + FAR_BEHIND).then_some((Who::Nobody, NOBODY)));
    people
}

pub(crate) fn who(hand: &HandSeen) -> Who {
    hand.trip.map_or(Who::Track(hand.track), Who::Trip)
}

/// The ways to give the items of an explanation to people.
pub(crate) fn by_people(explanation: &Explanation, hands: &Hands) -> Vec<(Vec<Move>, f64)> {
    let mut ways = vec![(Vec::new(), explanation.log_likelihood)];
    for item in &explanation.items {
        let shares = staged_shares(*item, hands).unwrap_or_else(|| shares(*item, &hands.of(item.part)));
        ways = ways
            .iter()
            .flat_map(|(so_far, log_likelihood)| {
                shares.iter().map(move |(share, log_share)| {
                    let (way, prior) = with_share(so_far, share);
                    (way, log_likelihood + log_share + prior)
                })
            })
            .collect();
        let best = ways.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
        ways.retain(|(_, value)| *value > best + DROP);
    }
    ways
}

/// Who may have moved the units of an item: one of the people, or two whose hands were both there.
fn shares(item: Item, people: &[(Who, f64)]) -> Vec<(Vec<Move>, f64)> {
    let part = |who: Who, units: i32| Move { who, product: item.product, units };
    let all_idle: f64 = people.iter().map(|(_, hand)| log_idle_hand(*hand)).sum();
    let alone =
        |(who, hand): &(Who, f64)| (vec![part(*who, item.units)], hand + all_idle - log_idle_hand(*hand));
    let mut shares: Vec<_> = people.iter().map(alone).collect();
    let near: Vec<_> = people.iter().filter(|(_, hand)| *hand > BOTH_THERE).collect();
    for (one, hand_one) in &near {
        for (other, hand_other) in near.iter().filter(|(other, _)| other != one) {
            for units in 1..item.units.abs() {
                let units = units * item.units.signum();
                let both = [units, item.units - units];
                let idle = all_idle - log_idle_hand(*hand_one) - log_idle_hand(*hand_other);
                let log_share = hand_one + hand_other + idle + TWO_PEOPLE + log_acts(item.units, both);
                shares.push((vec![part(*one, both[0]), part(*other, both[1])], log_share));
            }
        }
    }
    shares
}

/// How likely it is that a hand of this log-likelihood moved nothing (logarithm).
pub(crate) fn log_idle_hand(hand: f64) -> f64 {
    -libm::log1p(libm::exp(WORKS + WORKS_SLOPE * hand))
}

/// How common several acts of so many units each are, against one of all of them.
fn log_acts(all: i32, acts: impl IntoIterator<Item = i32>) -> f64 {
    acts.into_iter().map(log_units).sum::<f64>() - log_units(all)
}

/// Who may have moved the units of an item that left, or came, in stages: anybody at each stage. `None` if there were
/// none, or the units do not fit them.
fn staged_shares(item: Item, hands: &Hands) -> Option<Vec<(Vec<Move>, f64)>> {
    let stages = &hands.stages;
    let units_of = |share: f64| libm::round(share * f64::from(item.units)) as i32;
    let units: Vec<i32> = stages.iter().map(|(share, _)| units_of(*share)).collect();
    if units.len() < 2 || units.contains(&0) || units.iter().sum::<i32>() != item.units {
        return None;
    }
    let mut shares = vec![(Vec::new(), log_acts(item.units, units.iter().copied()))];
    for ((_, hands), units) in stages.iter().zip(units) {
        let people = likelihoods(hands);
        let with = |(so_far, log_share): &(Vec<Move>, f64)| {
            let with = people.iter().map(|(who, hand)| {
                let (way, prior) = with_share(so_far, &[Move { who: *who, product: item.product, units }]);
                (way, log_share + hand + prior)
            });
            with.collect::<Vec<_>>()
        };
        shares = shares.iter().flat_map(with).collect();
    }
    let near = hands.of(None);
    for (share, log_share) in &mut shares {
        let is_idle = |(who, _): &&(Who, f64)| share.iter().all(|step| step.who != *who);
        *log_share += near.iter().filter(is_idle).map(|(_, hand)| log_idle_hand(*hand)).sum::<f64>();
    }
    Some(shares)
}

/// `so_far` and more moves, and how likely it is that they are one or two people.
fn with_share(so_far: &[Move], share: &[Move]) -> (Vec<Move>, f64) {
    let mut way = so_far.to_vec();
    let strangers = share.iter().any(|more| way.iter().any(|step| step.who != more.who));
    for more in share {
        match way.iter_mut().find(|step| step.who == more.who && step.product == more.product) {
            Some(step) => step.units += more.units,
            None => way.push(*more),
        }
    }
    way.retain(|step| step.units != 0);
    way.sort_unstable();
    (way, if strangers { TWO_PEOPLE } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use model::{Time, TrackId, TripId};

    use super::*;

    fn hand(trip: u32, log_likelihood: f64) -> HandSeen {
        HandSeen {
            track: TrackId(u64::from(trip)),
            trip: Some(TripId(trip)),
            side: None,
            distance_m: 0.1,
            time: Time::default(),
            wrists: [None; 2],
            log_likelihood,
        }
    }

    #[test]
    fn a_hand_that_was_there_too_took_its_share() {
        let product = model::ProductIndex(1);
        let item = Item { product, units: -2, part: None };
        let stages =
            |other: f64| vec![(0.5, vec![hand(1, -0.5)]), (0.5, vec![hand(1, -0.8), hand(2, other)])];
        let share_of_two = |stages: Vec<(f64, Vec<HandSeen>)>, other: f64| {
            let hands = Hands { whole: vec![hand(1, -0.5), hand(2, other)], parts: Vec::new(), stages };
            let explanation = Explanation { items: vec![item], idle: Vec::new(), log_likelihood: 0.0 };
            let best = |people: usize| {
                let ways = by_people(&explanation, &hands);
                let of_so_many = ways.into_iter().filter(|(way, _)| way.len() == people);
                of_so_many.map(|(_, value)| value).fold(f64::NEG_INFINITY, f64::max)
            };
            best(2) - best(1)
        };
        for stages in [|_| Vec::new(), stages] {
            assert!(share_of_two(stages(-1.0), -1.0) > 2.0);
            assert!(share_of_two(stages(-5.0), -5.0) < -2.0);
        }
    }

    #[test]
    fn only_those_who_may_have_done_it_depend_on_one_another() {
        let whole = vec![hand(1, -0.5), hand(2, -3.0), hand(3, -0.6 - FAR_BEHIND)];
        let parts = vec![vec![hand(1, -0.5)], vec![hand(4, -2.0)]];
        let people: Vec<Who> = Hands { whole, parts, stages: Vec::new() }.people().into_iter().collect();
        assert_eq!(people, [1, 2, 4].map(|trip| Who::Trip(TripId(trip))));
        assert!(Hands { whole: Vec::new(), parts: Vec::new(), stages: Vec::new() }.people().is_empty());
    }
}
