//! A change under every hypothesis: every explanation by everybody who may have made it.

use std::collections::BTreeMap;

use model::{EvidenceSource, HandSeen, Who};

use crate::cluster::{ANYTHING_G, Considered, DROP, Hypothesis, MAX_HYPOTHESES, Move, Press, tidy};
use crate::explain::{Explanation, Item, Shelf, log_split};

/// Nobody who was seen did it.
const NOBODY: f64 = -14.0;
/// Something was put back that was never seen being taken.
const FROM_NOWHERE: f64 = -7.0;
/// Two people at one change, against one.
const TWO_PEOPLE: f64 = -0.7;
/// Only hands at least this likely can both have been at one thing.
const BOTH_THERE: f64 = -3.0;
/// A movement that moved nothing is a rest of noise (a Laplace density of this scale, grams) or, rarely,
/// anything up to the heaviest goods.
const REST_SHARE: f64 = 0.1;
const REST_SCALE_G: f64 = 5.0;
const ANYTHING_SHARE: f64 = 0.01;
/// What is left of a press when the hand is gone: this many standard deviations, and at least these grams.
const RELEASED_SIGMAS: f64 = 4.0;
const RELEASED_G: f64 = 6.0;

/// Hands near one change: of the change as a whole, and of each of its parts.
pub(crate) struct Hands {
    pub(crate) whole: Vec<HandSeen>,
    pub(crate) parts: Vec<Vec<HandSeen>>,
}

impl Hands {
    /// Log-likelihoods of everybody who may have moved an item, nobody included.
    fn of(&self, part: Option<usize>) -> Vec<(Who, f64)> {
        let hands = part.and_then(|part| self.parts.get(part)).unwrap_or(&self.whole);
        let mut by_person = BTreeMap::new();
        for hand in hands {
            let best = by_person.entry(who(hand)).or_insert(hand.log_likelihood);
            *best = f64::max(*best, hand.log_likelihood);
        }
        by_person.into_iter().chain([(Who::Nobody, NOBODY)]).collect()
    }
}

pub(crate) fn who(hand: &HandSeen) -> Who {
    hand.trip.map_or(Who::Track(hand.track), Who::Trip)
}

/// Tries every explanation of a change by everybody under every hypothesis.
pub(crate) struct Expansion<'a, F> {
    pub(crate) shelf: &'a Shelf<'a>,
    pub(crate) hands: &'a Hands,
    pub(crate) is_staff: &'a F,
}

impl<F: Fn(Who) -> bool> Expansion<'_, F> {
    pub(crate) fn expand(&self, hypotheses: &[Hypothesis], considered: &mut Considered) -> Vec<Hypothesis> {
        let mut explained: BTreeMap<u64, Vec<(Vec<Move>, f64)>> = BTreeMap::new();
        let mut next = Vec::new();
        for hypothesis in hypotheses {
            for (grams, press) in self.readings(hypothesis, considered) {
                let moves = explained.entry(grams.to_bits()).or_insert_with(|| self.moves(considered, grams));
                self.nothing(hypothesis, grams, press, considered, &mut next);
                let refund = press.map_or(0.0, Press::refund);
                for (way, log_likelihood) in moves.iter() {
                    let mut child = hypothesis.clone();
                    child.log_weight += log_likelihood + refund + self.cart_prior(hypothesis, way);
                    child.presses.retain(|other| Some(*other) != press);
                    child.apply(way);
                    child.choices.insert(considered.id, considered.number_of(way));
                    next.push(child);
                }
            }
        }
        tidy(next)
    }

    /// The grams to explain: the change itself, or with the press on this plate that it may end.
    fn readings(&self, hypothesis: &Hypothesis, considered: &Considered) -> Vec<(f64, Option<Press>)> {
        if considered.source == EvidenceSource::Hand {
            return vec![(0.0, None)];
        }
        let change = &considered.change;
        // A hand can press, but it can't pull.
        let may_end = |press: &&Press| press.plate == change.parts[0].0 && press.grams > 0.0;
        let pressed = hypothesis.presses.iter().find(may_end);
        let ended = pressed.map(|press| (change.grams + press.grams, Some(*press)));
        [(change.grams, None)].into_iter().chain(ended).collect()
    }

    /// The hypothesis that no product was moved.
    fn nothing(
        &self,
        hypothesis: &Hypothesis,
        grams: f64,
        press: Option<Press>,
        considered: &mut Considered,
        next: &mut Vec<Hypothesis>,
    ) {
        let mut child = hypothesis.clone();
        child.presses.retain(|other| Some(*other) != press);
        let change = &considered.change;
        child.log_weight += log_split(change, change.grams);
        match press {
            None if considered.source == EvidenceSource::Hand => {}
            // The hand let go: the plate is back where it was.
            Some(press) if grams.abs() <= RELEASED_G.max(RELEASED_SIGMAS * change.grams_sd) => {
                child.log_weight += press.refund();
            }
            Some(_) => return,
            None => {
                let rest = REST_SHARE * libm::exp(-grams.abs() / REST_SCALE_G) / (2.0 * REST_SCALE_G);
                let cost = libm::log(rest + ANYTHING_SHARE / ANYTHING_G);
                child.log_weight += cost;
                child.presses.push(Press { plate: change.parts[0].0, grams, since: change.start, cost });
            }
        }
        child.choices.insert(considered.id, considered.number_of(&[]));
        next.push(child);
    }

    /// Everything that may have been moved by anybody, the most likely first.
    fn moves(&self, considered: &Considered, grams: f64) -> Vec<(Vec<Move>, f64)> {
        let mut best: BTreeMap<Vec<Move>, f64> = BTreeMap::new();
        let change = &considered.change;
        let explanations = match considered.source {
            EvidenceSource::Hand => self.shelf.explain_blind(change.parts[0].0),
            EvidenceSource::Weight | EvidenceSource::Meeting => self.shelf.explain(change, grams),
        };
        for explanation in explanations {
            for (way, log_likelihood) in self.by_people(&explanation) {
                let known = best.entry(way).or_insert(log_likelihood);
                *known = f64::max(*known, log_likelihood);
            }
        }
        let most = best.values().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut moves: Vec<_> = best.into_iter().filter(|(_, value)| *value > most + DROP).collect();
        moves.sort_by(|(a_way, a), (b_way, b)| b.total_cmp(a).then_with(|| a_way.cmp(b_way)));
        moves.truncate(MAX_HYPOTHESES);
        moves
    }

    /// The ways to give the items of an explanation to people.
    fn by_people(&self, explanation: &Explanation) -> Vec<(Vec<Move>, f64)> {
        let mut ways = vec![(Vec::new(), explanation.log_likelihood)];
        for item in &explanation.items {
            let shares = shares(*item, &self.hands.of(item.part));
            ways = ways
                .iter()
                .flat_map(|(so_far, log_likelihood)| {
                    shares.iter().map(move |(share, log_share)| {
                        let (way, prior) = with_share(so_far, share);
                        (way, log_likelihood + log_share + prior)
                    })
                })
                .collect();
        }
        ways
    }

    /// A put-back must come from somewhere: from the cart, unless staff fill the shelf.
    fn cart_prior(&self, hypothesis: &Hypothesis, way: &[Move]) -> f64 {
        way.iter()
            .filter(|step| step.units > 0 && !(self.is_staff)(step.who))
            .filter(|step| i64::from(hypothesis.has(step.who, step.product)) < i64::from(step.units))
            .map(|_| FROM_NOWHERE)
            .sum()
    }
}

/// Who may have moved the units of an item: one of the people, or two whose hands were both there.
fn shares(item: Item, people: &[(Who, f64)]) -> Vec<(Vec<Move>, f64)> {
    let part = |who: Who, units: i32| Move { who, product: item.product, units };
    let mut shares: Vec<_> = people.iter().map(|(who, hand)| (vec![part(*who, item.units)], *hand)).collect();
    let near: Vec<_> = people.iter().filter(|(_, hand)| *hand > BOTH_THERE).collect();
    for (one, hand_one) in &near {
        for (other, hand_other) in near.iter().filter(|(other, _)| other != one) {
            for units in 1..item.units.abs() {
                let units = units * item.units.signum();
                let log_share =
                    hand_one + hand_other + TWO_PEOPLE - libm::log(f64::from(item.units.abs() - 1));
                shares.push((vec![part(*one, units), part(*other, item.units - units)], log_share));
            }
        }
    }
    shares
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
