//! People and changes that depend on one another, and the hypotheses about their carts.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, EvidenceSource, HandSeen, PlateIndex, ProductIndex, Time, Who};
use scales::MassChange;

use crate::expand::who;

/// Hypotheses kept in a cluster.
pub(crate) const MAX_HYPOTHESES: usize = 64;
/// A hypothesis this much less likely than the best one is dropped (natural logarithm): one in a million.
pub(crate) const DROP: f64 = -14.0;
/// Somebody pressed a plate and let go, or pressed and then took.
const PRESSED: f64 = -3.0;
/// Most fingers press lightly: this share, exponential with this scale, grams.
const LIGHT_PRESS: f64 = 0.5;
const LIGHT_PRESS_G: f64 = 40.0;
/// A press may have any weight up to this, grams.
pub(crate) const ANYTHING_G: f64 = 4000.0;
/// What was taken last is given this many times as often as another thing.
const LAST_TAKEN: f64 = 8.0;
/// How long a press lasts, seconds: on average, and at most. What lies there for longer is no hand (logarithm of how
/// rare it is that something else stays there that nothing explains).
const PRESS_MEAN_S: f64 = 3.0;
const PRESS_S: f64 = 10.0;
const UNEXPLAINED: f64 = -4.0;

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
    pub(crate) source: EvidenceSource,
    /// Hands near the change, nearest first.
    pub(crate) hands: Vec<HandSeen>,
    /// The ways to explain it; an empty one means that nothing was moved.
    pub(crate) ways: Vec<Vec<Move>>,
    /// The way that was told, if one was.
    pub(crate) told: Option<usize>,
}

impl Considered {
    pub(crate) fn new(
        id: ChangeId,
        change: MassChange,
        source: EvidenceSource,
        hands: Vec<HandSeen>,
    ) -> Self {
        Self { id, change, source, hands, ways: Vec::new(), told: None }
    }

    /// The number of a way to explain it, given one if it is new.
    pub(crate) fn number_of(&mut self, way: &[Move]) -> usize {
        self.ways.iter().position(|known| known == way).unwrap_or_else(|| {
            self.ways.push(way.to_vec());
            self.ways.len() - 1
        })
    }
}

/// Weight that a plate carries without a product to explain it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Press {
    pub(crate) plate: PlateIndex,
    pub(crate) grams: f64,
    pub(crate) since: Time,
    /// What it cost to believe so.
    pub(crate) cost: f64,
}

/// The mass of one unit, as the shelf felt it leave, and its standard deviation, grams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) plate: PlateIndex,
    pub(crate) grams: f64,
    pub(crate) sd: f64,
}

impl Press {
    /// What it costs to believe that these were hands until `now`, less what it cost to believe that they were nothing.
    pub(crate) fn refund(ended: &[Self], now: Time) -> f64 {
        if ended.is_empty() {
            return 0.0;
        }
        let density = |press: &Self| {
            let light = LIGHT_PRESS * libm::exp(-press.grams.abs() / LIGHT_PRESS_G) / LIGHT_PRESS_G;
            let held = now.seconds_since(press.since) / PRESS_MEAN_S;
            libm::log(light + (1.0 - LIGHT_PRESS) / ANYTHING_G) - held - press.cost
        };
        PRESSED + ended.iter().map(density).sum::<f64>()
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hypothesis {
    pub(crate) log_weight: f64,
    pub(crate) carts: BTreeMap<(Who, ProductIndex), u32>,
    /// Masses of units in the carts that were weighed when they were taken: what comes back weighs the same.
    pub(crate) weighed: BTreeMap<(Who, ProductIndex), Vec<Unit>>,
    pub(crate) presses: Vec<Press>,
    pub(crate) choices: BTreeMap<ChangeId, usize>,
}

impl Hypothesis {
    pub(crate) fn has(&self, who: Who, product: ProductIndex) -> u32 {
        self.carts.get(&(who, product)).copied().unwrap_or(0)
    }

    fn same_state(&self, other: &Self) -> bool {
        self.carts == other.carts && self.presses == other.presses
    }

    /// The unit of a product in a cart that comes nearest to `grams`, by number.
    pub(crate) fn nearest_unit(&self, who: Who, product: ProductIndex, grams: f64) -> Option<(usize, Unit)> {
        let units = self.weighed.get(&(who, product))?.iter().copied().enumerate();
        units.min_by(|(_, a), (_, b)| (a.grams - grams).abs().total_cmp(&(b.grams - grams).abs()))
    }

    /// Keeps the masses of weighed units: `unit` is what each of them weighs, if one kind was moved alone.
    pub(crate) fn weigh(&mut self, step: Move, unit: Unit) {
        if step.units < 0 {
            let units = self.weighed.entry((step.who, step.product)).or_default();
            units.extend(std::iter::repeat_n(unit, step.units.unsigned_abs() as usize));
        } else if let Some((number, _)) = self.nearest_unit(step.who, step.product, unit.grams)
            && let Some(units) = self.weighed.get_mut(&(step.who, step.product))
        {
            units.swap_remove(number);
        }
    }

    /// Remembers a change as weight on its plates without a product.
    pub(crate) fn press(&mut self, change: &MassChange, cost: f64) {
        let counted = || change.parts.iter().filter(|(_, part)| !part.knock_on);
        let share = 1.0 / counted().count().max(1) as f64;
        self.presses.extend(counted().map(|(plate, part)| Press {
            plate: *plate,
            grams: part.grams,
            since: change.start,
            cost: cost * share,
        }));
    }

    pub(crate) fn apply(&mut self, moves: &[Move]) {
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
    pub(crate) members: BTreeSet<Who>,
    pub(crate) changes: BTreeMap<ChangeId, Considered>,
    pub(crate) hypotheses: Vec<Hypothesis>,
}

impl Cluster {
    /// Weighs that one of two parties may have given the other something out of its cart.
    pub(crate) fn consider_meeting(&mut self, considered: &mut Considered, trips: [Who; 2], handed_over: f64) {
        let mut next = Vec::new();
        for hypothesis in &self.hypotheses {
            let given = self.may_be_given(hypothesis, trips);
            let total: f64 = given.iter().map(|(_, share)| share).sum();
            let mut branch = |way: &[Move], log_prior: f64| {
                let mut child = hypothesis.clone();
                child.log_weight += log_prior;
                child.apply(way);
                child.choices.insert(considered.id, considered.number_of(way));
                next.push(child);
            };
            branch(&[], libm::log(1.0 - handed_over));
            for (way, share) in &given {
                branch(way, libm::log(handed_over * share / total));
            }
        }
        self.hypotheses = tidy(next);
    }

    /// What either of two parties may give the other, and how commonly: what was taken last, more than
    /// what has been in the bag for long.
    fn may_be_given(&self, hypothesis: &Hypothesis, trips: [Who; 2]) -> Vec<(Vec<Move>, f64)> {
        let [one, other] = trips;
        let mut given = Vec::new();
        for (from, to) in [(one, other), (other, one)] {
            let takes = hypothesis.choices.iter().rev().filter_map(|(id, way)| {
                let mut steps = self.changes.get(id)?.ways[*way].iter();
                steps.find(|step| step.who == from && step.units < 0).map(|step| step.product)
            });
            let last = takes.into_iter().find(|product| hypothesis.has(from, *product) > 0);
            for ((_, product), _) in hypothesis.carts.iter().filter(|((owner, _), _)| *owner == from) {
                let step = |who, units| Move { who, product: *product, units };
                let mut way = vec![step(from, 1), step(to, -1)];
                way.sort_unstable();
                given.push((way, if Some(*product) == last { LAST_TAKEN } else { 1.0 }));
            }
        }
        given
    }

    pub(crate) fn holds(&self, id: ChangeId) -> bool {
        self.changes.contains_key(&id)
    }

    /// Takes a change's hands as they are seen now instead of as they were.
    pub(crate) fn revise(&mut self, id: ChangeId, hands: Vec<HandSeen>) {
        let Some(considered) = self.changes.get_mut(&id) else { return };
        let likelihood = |hands: &[HandSeen], person: Who| {
            hands.iter().filter(|hand| who(hand) == person).map(|hand| hand.log_likelihood).reduce(f64::max)
        };
        let more_likely: BTreeMap<Who, f64> = considered
            .hands
            .iter()
            .map(|hand| who(hand))
            .filter_map(|who| Some((who, likelihood(&hands, who)? - likelihood(&considered.hands, who)?)))
            .collect();
        for hypothesis in &mut self.hypotheses {
            let Some(way) = hypothesis.choices.get(&id) else { continue };
            let mut people: Vec<Who> = considered.ways[*way].iter().map(|step| step.who).collect();
            people.dedup();
            hypothesis.log_weight += people.iter().filter_map(|who| more_likely.get(who)).sum::<f64>();
        }
        considered.hands = hands;
        self.hypotheses = tidy(std::mem::take(&mut self.hypotheses));
    }

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

    pub(crate) fn cart(&self, who: Who) -> BTreeMap<ProductIndex, Vec<f64>> {
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
    pub(crate) fn forget(&mut self, who: Who) {
        self.members.remove(&who);
        for hypothesis in &mut self.hypotheses {
            hypothesis.carts.retain(|(owner, _), _| *owner != who);
            hypothesis.weighed.retain(|(owner, _), _| *owner != who);
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
    pub(crate) fn split(self) -> Vec<Self> {
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
            share.weighed.retain(|(owner, _), _| members.contains(owner));
            share.choices.retain(|id, _| changes.contains_key(id));
            share
        });
        Self { hypotheses: tidy(hypotheses.collect()), members, changes }
    }

    pub(crate) fn products(&self) -> BTreeSet<ProductIndex> {
        self.hypotheses.iter().flat_map(|one| one.carts.keys().map(|(_, product)| *product)).collect()
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.members.extend(other.members);
        self.changes.extend(other.changes);
        let pairs = self.hypotheses.iter().flat_map(|one| {
            other.hypotheses.iter().map(|other| Hypothesis {
                log_weight: one.log_weight + other.log_weight,
                carts: one.carts.iter().chain(&other.carts).map(|(key, units)| (*key, *units)).collect(),
                weighed: one
                    .weighed
                    .iter()
                    .chain(&other.weighed)
                    .map(|(key, units)| (*key, units.clone()))
                    .collect(),
                presses: union(&one.presses, &other.presses),
                choices: one.choices.iter().chain(&other.choices).map(|(key, way)| (*key, *way)).collect(),
            })
        });
        self.hypotheses = tidy(pairs.collect());
    }

    pub(crate) fn forget_presses(&mut self, now: Time) {
        for hypothesis in &mut self.hypotheses {
            let is_old = |press: &mut Press| now.seconds_since(press.since) > PRESS_S;
            let old = hypothesis.presses.extract_if(.., is_old);
            hypothesis.log_weight += UNEXPLAINED * old.filter(|press| press.grams > 0.0).count() as f64;
        }
        self.hypotheses = tidy(std::mem::take(&mut self.hypotheses));
    }
}

/// The presses of either: parts of one cluster may both remember the same.
fn union(one: &[Press], other: &[Press]) -> Vec<Press> {
    let more = other.iter().filter(|press| !one.contains(press));
    one.iter().chain(more).copied().collect()
}

/// Joins hypotheses that say the same of carts, drops the unlikely, and makes the weights sum to one.
pub(crate) fn tidy(mut hypotheses: Vec<Hypothesis>) -> Vec<Hypothesis> {
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
