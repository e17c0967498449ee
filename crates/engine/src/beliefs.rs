//! What every party has in its cart, as far as can be known: several hypotheses, weighed against one
//! another, until the trip settles.
//!
//! Parties that were never near the same change have nothing to do with one another, so each has its own
//! small set of hypotheses (a *cluster*); a change that either of two may have made joins theirs. The
//! method is multiple hypothesis tracking (Reid, 1979) with carts as the state.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, HandSeen, PlateIndex, ProductIndex, Store, Time, TripId, Who};
use scales::MassChange;

use crate::explain::{Explanation, Item, Shelf, log_split};

/// Hypotheses kept in a cluster.
const MAX_HYPOTHESES: usize = 64;
/// A hypothesis this much less likely than the best one is dropped (natural logarithm): one in a million.
const DROP: f64 = -14.0;
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
const ANYTHING_G: f64 = 4000.0;
/// Somebody pressed a plate and let go, or pressed and then took.
const PRESSED: f64 = -3.0;
/// How long a press may last, seconds.
const PRESS_S: f64 = 10.0;
/// What is left of a press when the hand is gone: this many standard deviations, and at least these grams.
const RELEASED_SIGMAS: f64 = 4.0;
const RELEASED_G: f64 = 6.0;

/// Units of a product that somebody moved to the shelf (negative: took).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Move {
    pub(crate) who: Who,
    pub(crate) product: ProductIndex,
    pub(crate) units: i32,
}

/// A change, who may have made it, and all that was considered.
#[derive(Clone, Debug)]
pub(crate) struct Considered {
    pub(crate) id: ChangeId,
    pub(crate) change: MassChange,
    /// Only hands were seen at it, no weights.
    pub(crate) blind: bool,
    /// Hands near the change, nearest first.
    pub(crate) hands: Vec<HandSeen>,
    /// The ways to explain it; an empty one means that nothing was moved.
    pub(crate) ways: Vec<Vec<Move>>,
    /// The way that was told, if one was.
    pub(crate) told: Option<usize>,
}

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

fn who(hand: &HandSeen) -> Who {
    hand.trip.map_or(Who::Track(hand.track), Who::Trip)
}

/// Weight that a plate carries without a product to explain it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Press {
    plate: PlateIndex,
    grams: f64,
    since: Time,
    /// What it cost to believe so.
    cost: f64,
}

impl Press {
    /// What it costs to believe that this was a hand, less what it cost to believe that it was nothing.
    fn refund(self) -> f64 {
        PRESSED - libm::log(ANYTHING_G) - self.cost
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Hypothesis {
    log_weight: f64,
    carts: BTreeMap<(Who, ProductIndex), u32>,
    presses: Vec<Press>,
    choices: BTreeMap<ChangeId, usize>,
}

impl Hypothesis {
    fn has(&self, who: Who, product: ProductIndex) -> u32 {
        self.carts.get(&(who, product)).copied().unwrap_or(0)
    }

    fn same_state(&self, other: &Self) -> bool {
        self.carts == other.carts && self.presses == other.presses
    }

    fn apply(&mut self, moves: &[Move]) {
        for step in moves {
            let key = (step.who, step.product);
            let units = i64::from(self.has(step.who, step.product)) - i64::from(step.units);
            match u32::try_from(units) {
                Ok(units) if units > 0 && step.who != Who::Nobody => self.carts.insert(key, units),
                _ => self.carts.remove(&key),
            };
        }
    }
}

/// People and changes that depend on one another.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    members: BTreeSet<Who>,
    changes: BTreeMap<ChangeId, Considered>,
    hypotheses: Vec<Hypothesis>,
}

/// All clusters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beliefs {
    clusters: Vec<Cluster>,
    /// Products that were put where they do not belong.
    foreign: BTreeMap<PlateIndex, BTreeSet<ProductIndex>>,
    /// The products of each gondola, by the planogram.
    on_gondola: BTreeMap<u16, BTreeSet<ProductIndex>>,
}

impl Beliefs {
    pub(crate) fn new(store: &Store) -> Self {
        let mut on_gondola: BTreeMap<u16, BTreeSet<ProductIndex>> = BTreeMap::new();
        for plate in store.plates() {
            on_gondola.entry(plate.id.gondola).or_default().extend(&plate.products);
        }
        Self { on_gondola, ..Self::default() }
    }

    /// Weighs a new change against all hypotheses of those who may have made it, and gives the cluster
    /// that now holds it. `blind`: only hands were seen, no weights. `is_staff` tells who may fill shelves.
    pub(crate) fn consider(
        &mut self,
        store: &Store,
        id: ChangeId,
        change: MassChange,
        hands: Hands,
        blind: bool,
        is_staff: impl Fn(Who) -> bool,
    ) -> &mut Cluster {
        let people: BTreeSet<Who> = hands.whole.iter().chain(hands.parts.iter().flatten()).map(who).collect();
        let mut cluster = self.join(&people);
        cluster.forget_presses(change.moment);
        let in_carts = cluster.products();
        let shelf =
            Shelf { store, foreign: &self.foreign, on_gondola: &self.on_gondola, in_carts: &in_carts };
        let mut considered =
            Considered { id, change, blind, hands: hands.whole.clone(), ways: Vec::new(), told: None };
        let expansion = Expansion { shelf: &shelf, hands: &hands, is_staff: &is_staff, blind };
        cluster.hypotheses = expansion.expand(&cluster.hypotheses, &mut considered);
        self.note_foreign(store, &considered, &cluster);
        cluster.changes.insert(id, considered);
        self.clusters.push(cluster);
        // Just pushed.
        let last = self.clusters.len() - 1;
        &mut self.clusters[last]
    }

    /// Posterior of the units of each product that a trip has: for each, the probabilities of at least
    /// 1, 2, … units.
    pub(crate) fn cart(&self, trip: TripId) -> BTreeMap<ProductIndex, Vec<f64>> {
        self.cluster_of(Who::Trip(trip)).map(|cluster| cluster.cart(Who::Trip(trip))).unwrap_or_default()
    }

    /// The cluster of a party, if it was ever near a change.
    pub(crate) fn cluster_of(&self, who: Who) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.members.contains(&who))
    }

    /// Forgets a party that has settled, and all that depended on it alone.
    pub(crate) fn forget(&mut self, who: Who) {
        let (theirs, others) = std::mem::take(&mut self.clusters)
            .into_iter()
            .partition(|cluster: &Cluster| cluster.members.contains(&who));
        self.clusters = others;
        for mut cluster in theirs {
            cluster.forget(who);
            self.clusters.extend(cluster.split());
        }
    }

    /// Takes the clusters of all these people out and makes one of them.
    fn join(&mut self, people: &BTreeSet<Who>) -> Cluster {
        let is_theirs = |cluster: &Cluster| !cluster.members.is_disjoint(people);
        let (entangled, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.clusters).into_iter().partition(is_theirs);
        let (theirs, free): (Vec<_>, Vec<_>) =
            entangled.into_iter().flat_map(Cluster::split).partition(is_theirs);
        self.clusters = others.into_iter().chain(free).collect();
        let mut joined = Cluster {
            members: people.clone(),
            changes: BTreeMap::new(),
            hypotheses: vec![Hypothesis::default()],
        };
        for cluster in theirs {
            joined.absorb(cluster);
        }
        joined
    }

    /// Remembers what lies where it does not belong: put there, or taken from there.
    fn note_foreign(&mut self, store: &Store, considered: &Considered, cluster: &Cluster) {
        let Some((plate, _)) = considered.change.parts.first() else { return };
        for (way, probability) in considered.ways.iter().zip(cluster.probabilities(considered)) {
            let likely = |step: &&Move| probability > if step.units > 0 { 0.01 } else { 0.5 };
            for step in way.iter().filter(likely) {
                if !store.plate(*plate).products.contains(&step.product) {
                    self.foreign.entry(*plate).or_default().insert(step.product);
                }
            }
        }
    }
}

impl Cluster {
    /// The changes that this cluster still thinks about.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Considered> {
        self.changes.values()
    }

    pub(crate) fn changes_mut(&mut self) -> impl Iterator<Item = &mut Considered> {
        self.changes.values_mut()
    }

    /// Whether the most probable hypothesis holds that this change is a weight without a product.
    pub(crate) fn holds_press(&self, change: &MassChange) -> bool {
        let best = self.hypotheses.first().map(|best| best.presses.as_slice()).unwrap_or_default();
        best.iter().any(|press| press.plate == change.parts[0].0 && press.since == change.start)
    }

    /// The probability of each way to explain a change.
    pub(crate) fn probabilities(&self, considered: &Considered) -> Vec<f64> {
        let mut probabilities = vec![0.0; considered.ways.len()];
        for hypothesis in &self.hypotheses {
            if let Some(way) = hypothesis.choices.get(&considered.id) {
                probabilities[*way] += libm::exp(hypothesis.log_weight);
            }
        }
        probabilities
    }

    fn cart(&self, who: Who) -> BTreeMap<ProductIndex, Vec<f64>> {
        let mut at_least: BTreeMap<ProductIndex, Vec<f64>> = BTreeMap::new();
        for hypothesis in &self.hypotheses {
            for ((_, product), units) in hypothesis.carts.iter().filter(|((owner, _), _)| *owner == who) {
                let probabilities = at_least.entry(*product).or_default();
                probabilities.resize(probabilities.len().max(*units as usize), 0.0);
                for probability in &mut probabilities[..*units as usize] {
                    *probability += libm::exp(hypothesis.log_weight);
                }
            }
        }
        at_least
    }

    /// Leaves a party out, and the changes that concern none of those who stay.
    fn forget(&mut self, who: Who) {
        self.members.remove(&who);
        for hypothesis in &mut self.hypotheses {
            hypothesis.carts.retain(|(owner, _), _| *owner != who);
        }
        let gone: Vec<ChangeId> = self
            .changes
            .values()
            .filter(|considered| self.concerned(considered).is_empty())
            .map(|considered| considered.id)
            .collect();
        for id in gone {
            self.changes.remove(&id);
            for hypothesis in &mut self.hypotheses {
                hypothesis.choices.remove(&id);
            }
        }
        self.hypotheses = tidy(std::mem::take(&mut self.hypotheses));
    }

    /// The members who moved something in any way to explain a change that is still believed possible.
    fn concerned(&self, considered: &Considered) -> BTreeSet<Who> {
        self.hypotheses
            .iter()
            .filter_map(|hypothesis| considered.ways.get(*hypothesis.choices.get(&considered.id)?))
            .flatten()
            .map(|step| step.who)
            .filter(|who| self.members.contains(who))
            .collect()
    }

    /// Parts the members whom no change ties together any more: what is believed of one group then says
    /// nothing of the other, so each goes on with its own share of the hypotheses.
    fn split(self) -> Vec<Self> {
        let mut groups: Vec<BTreeSet<Who>> = self.members.iter().map(|who| BTreeSet::from([*who])).collect();
        for considered in self.changes.values() {
            let concerned = self.concerned(considered);
            let (tied, free): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| !group.is_disjoint(&concerned));
            groups = free;
            groups.extend((!tied.is_empty()).then(|| tied.into_iter().flatten().collect()));
        }
        let parties = groups.into_iter().filter(|group| group.iter().any(|who| matches!(who, Who::Trip(_))));
        parties.map(|group| self.part(group)).collect()
    }

    /// What is believed of some of the members alone.
    fn part(&self, members: BTreeSet<Who>) -> Self {
        let theirs = |considered: &&Considered| !self.concerned(considered).is_disjoint(&members);
        let changes: BTreeMap<_, _> = self
            .changes
            .values()
            .filter(theirs)
            .map(|considered| (considered.id, considered.clone()))
            .collect();
        let hypotheses = self.hypotheses.iter().map(|hypothesis| {
            let mut share = hypothesis.clone();
            share.carts.retain(|(owner, _), _| members.contains(owner));
            share.choices.retain(|id, _| changes.contains_key(id));
            share
        });
        Self { hypotheses: tidy(hypotheses.collect()), members, changes }
    }

    fn products(&self) -> BTreeSet<ProductIndex> {
        self.hypotheses.iter().flat_map(|one| one.carts.keys().map(|(_, product)| *product)).collect()
    }

    fn absorb(&mut self, other: Self) {
        self.members.extend(other.members);
        self.changes.extend(other.changes);
        let pairs = self.hypotheses.iter().flat_map(|one| {
            other.hypotheses.iter().map(|other| Hypothesis {
                log_weight: one.log_weight + other.log_weight,
                carts: one.carts.iter().chain(&other.carts).map(|(key, units)| (*key, *units)).collect(),
                presses: [one.presses.as_slice(), &other.presses].concat(),
                choices: one.choices.iter().chain(&other.choices).map(|(key, way)| (*key, *way)).collect(),
            })
        });
        self.hypotheses = tidy(pairs.collect());
    }

    fn forget_presses(&mut self, now: Time) {
        for hypothesis in &mut self.hypotheses {
            hypothesis.presses.retain(|press| now.seconds_since(press.since) <= PRESS_S);
        }
    }
}

/// Tries every explanation of a change by everybody under every hypothesis.
struct Expansion<'a, F> {
    shelf: &'a Shelf<'a>,
    hands: &'a Hands,
    is_staff: &'a F,
    blind: bool,
}

impl<F: Fn(Who) -> bool> Expansion<'_, F> {
    fn expand(&self, hypotheses: &[Hypothesis], considered: &mut Considered) -> Vec<Hypothesis> {
        let mut explained: BTreeMap<u64, Vec<(Vec<Move>, f64)>> = BTreeMap::new();
        let mut next = Vec::new();
        for hypothesis in hypotheses {
            for (grams, press) in self.readings(hypothesis, &considered.change) {
                let moves =
                    explained.entry(grams.to_bits()).or_insert_with(|| self.moves(&considered.change, grams));
                self.nothing(hypothesis, grams, press, considered, &mut next);
                let refund = press.map_or(0.0, Press::refund);
                for (way, log_likelihood) in moves.iter() {
                    let mut child = hypothesis.clone();
                    child.log_weight += log_likelihood + refund + self.cart_prior(hypothesis, way);
                    child.presses.retain(|other| Some(*other) != press);
                    child.apply(way);
                    child.choices.insert(considered.id, number_of(way, &mut considered.ways));
                    next.push(child);
                }
            }
        }
        tidy(next)
    }

    /// The grams to explain: the change itself, or with the press on this plate that it may end.
    fn readings(&self, hypothesis: &Hypothesis, change: &MassChange) -> Vec<(f64, Option<Press>)> {
        if self.blind {
            return vec![(0.0, None)];
        }
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
            None if self.blind => {}
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
        child.choices.insert(considered.id, number_of(&[], &mut considered.ways));
        next.push(child);
    }

    /// Everything that may have been moved by anybody, the most likely first.
    fn moves(&self, change: &MassChange, grams: f64) -> Vec<(Vec<Move>, f64)> {
        let mut best: BTreeMap<Vec<Move>, f64> = BTreeMap::new();
        let explanations = if self.blind {
            self.shelf.explain_blind(change.parts[0].0)
        } else {
            self.shelf.explain(change, grams)
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

fn number_of(way: &[Move], ways: &mut Vec<Vec<Move>>) -> usize {
    ways.iter().position(|known| known == way).unwrap_or_else(|| {
        ways.push(way.to_vec());
        ways.len() - 1
    })
}

/// Joins hypotheses that say the same of carts, drops the unlikely, and makes the weights sum to one.
fn tidy(mut hypotheses: Vec<Hypothesis>) -> Vec<Hypothesis> {
    hypotheses.sort_by(|a, b| b.log_weight.total_cmp(&a.log_weight));
    let most = hypotheses.first().map_or(0.0, |best| best.log_weight);
    let mut kept: Vec<Hypothesis> = Vec::new();
    for hypothesis in hypotheses.into_iter().take_while(|one| one.log_weight >= most + DROP) {
        if let Some(same) = kept.iter_mut().find(|one| one.same_state(&hypothesis)) {
            same.log_weight = log_sum(same.log_weight, hypothesis.log_weight);
        } else if kept.len() < MAX_HYPOTHESES {
            kept.push(hypothesis);
        }
    }
    let total = kept.iter().map(|one| one.log_weight).fold(f64::NEG_INFINITY, log_sum);
    for hypothesis in &mut kept {
        hypothesis.log_weight -= total;
    }
    assert!(!kept.is_empty() && total.is_finite(), "hypotheses lost their weight: {total}");
    kept
}

fn log_sum(one: f64, other: f64) -> f64 {
    let (most, least) = if one >= other { (one, other) } else { (other, one) };
    if least == f64::NEG_INFINITY { most } else { most + libm::log1p(libm::exp(least - most)) }
}
