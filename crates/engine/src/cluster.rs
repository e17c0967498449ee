//! People and changes that depend on one another, and the hypotheses about their carts.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, EvidenceSource, HandSeen, PlateIndex, ProductIndex, Time, Who};
use scales::MassChange;

use crate::grasps::{self, Seconds};
use crate::hypothesis::{Hypothesis, Move, keep_best, products, tidy};
use crate::meetings::{Meeting, Seen};
use crate::people::{log_idle_hand, who};

/// What was taken last is given this many times as often as another thing.
const LAST_TAKEN: f64 = 8.0;

/// A change, who may have made it, and all that was considered.
#[derive(Clone, Debug)]
pub(crate) struct Considered {
    pub(crate) id: ChangeId,
    pub(crate) change: MassChange,
    pub(crate) source: EvidenceSource,
    /// How likely it is that nothing was moved, before it was weighed, if no plate told the change (logarithm).
    pub(crate) faint: Option<f64>,
    /// The plates beside it that can't be weighed with.
    pub(crate) blind: Vec<PlateIndex>,
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
        Self { id, change, source, faint: None, blind: Vec::new(), hands, ways: Vec::new(), told: None }
    }

    /// The number of a way to explain it, given one if it is new.
    pub(crate) fn number_of(&mut self, way: &[Move]) -> usize {
        self.ways.iter().position(|known| known == way).unwrap_or_else(|| {
            self.ways.push(way.to_vec());
            self.ways.len() - 1
        })
    }
}

/// Something that one of two may give the other.
struct Given {
    way: Vec<Move>,
    /// How common that is, against what else either of them may give.
    share: f64,
    /// How likely what was seen is then, against knowing nothing.
    seen: f64,
}

/// Something that somebody may give away.
struct Thing {
    product: ProductIndex,
    /// How common that is, against another thing.
    share: f64,
    /// How much likelier what was seen in the hand is then, against a thing that was put away.
    kept: f64,
}

/// People and changes that depend on one another.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) members: BTreeSet<Who>,
    pub(crate) changes: BTreeMap<ChangeId, Considered>,
    /// Each of them chooses a way for every change.
    pub(crate) hypotheses: Vec<Hypothesis>,
}

impl Cluster {
    /// People to whom nothing has happened yet.
    pub(crate) fn new(members: BTreeSet<Who>) -> Self {
        Self { members, changes: BTreeMap::new(), hypotheses: vec![Hypothesis::empty()] }
    }

    /// Weighs that one of two parties may have given the other something out of its cart.
    pub(crate) fn consider_meeting(&mut self, considered: &mut Considered, meeting: &Meeting) {
        let (trips, handed_over) = (meeting.trips.map(Who::Trip), meeting.handed_over);
        let mut branches = Vec::new();
        for hypothesis in &self.hypotheses {
            let given = self.may_be_given(hypothesis, trips, &meeting.seen);
            let total: f64 = given.iter().map(|given| given.share).sum();
            let mut branch = |way: &[Move], log_prior: f64| {
                let log_weight = hypothesis.log_weight + log_prior;
                branches.push((log_weight, (hypothesis, considered.number_of(way))));
            };
            branch(&[], libm::log((1.0 - handed_over) * meeting.seen.if_nothing));
            for Given { way, share, seen } in &given {
                branch(way, libm::log(handed_over * share / total * seen));
            }
        }
        self.hypotheses = keep_best(branches, |(hypothesis, way)| {
            let mut child = hypothesis.clone();
            child.apply(&considered.ways[way]);
            child.choose(considered.id, way);
            child
        });
    }

    /// What either of two parties may give the other, and how commonly: what was taken last, more than
    /// what has been in the bag for long.
    fn may_be_given(&self, hypothesis: &Hypothesis, trips: [Who; 2], seen: &Seen) -> Vec<Given> {
        let givers = [(trips[0], trips[1]), (trips[1], trips[0])].into_iter().enumerate();
        let given = |(giver, (from, to))| {
            let things = self.things(hypothesis, from, &seen.before[giver]);
            let shares: f64 = things.iter().map(|thing| thing.share).sum();
            let kept: f64 = things.iter().map(|thing| thing.share * thing.kept).sum();
            let given = move |Thing { product, share, kept: this }: Thing| {
                let step = |who, units| Move { who, product, units };
                let mut way = vec![step(from, 1), step(to, -1)];
                way.sort_unstable();
                // What was in the hand before says what was given, not whether anything was.
                Given { way, share, seen: seen.if_given_by[giver] * this * shares / kept }
            };
            things.into_iter().map(given)
        };
        givers.flat_map(given).collect()
    }

    /// What somebody has who may give something; `before` is what was seen in the hand.
    fn things(&self, hypothesis: &Hypothesis, who: Who, before: &Seconds) -> Vec<Thing> {
        let mut takes = hypothesis.choices().iter().rev().filter_map(|(id, way)| {
            let considered = self.changes.get(id)?;
            let mut steps = considered.ways[*way].iter();
            let step = steps.find(|step| step.who == who && step.units < 0)?;
            Some((step.product, considered.change.end))
        });
        let last = takes.find(|(product, _)| hypothesis.has(who, *product) > 0);
        let thing = |product| match last {
            Some((last, time)) if last == product => {
                Thing { product, share: LAST_TAKEN, kept: grasps::kept(before, time) }
            }
            _ => Thing { product, share: 1.0, kept: 1.0 },
        };
        let own = hypothesis.carts().filter(|(owner, _, _)| *owner == who);
        own.map(|(_, product, _)| thing(product)).collect()
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
        let change = |who| {
            let (then, now) = (likelihood(&considered.hands, who)?, likelihood(&hands, who)?);
            Some((who, (now - then, log_idle_hand(now) - log_idle_hand(then))))
        };
        let more_likely: BTreeMap<Who, (f64, f64)> =
            considered.hands.iter().map(who).filter_map(change).collect();
        for hypothesis in &mut self.hypotheses {
            let Some(way) = hypothesis.choice(id) else { continue };
            let people: BTreeSet<Who> = considered.ways[way].iter().map(|step| step.who).collect();
            if !people.is_empty() {
                let more = |(who, (moved, idle)): (&Who, &(f64, f64))| {
                    if people.contains(who) { *moved } else { *idle }
                };
                hypothesis.log_weight += more_likely.iter().map(more).sum::<f64>();
            }
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
        // All hypotheses have the same changes, so a change has one place in all of them.
        let choices = self.hypotheses.first().map(Hypothesis::choices).unwrap_or_default();
        if let Ok(place) = choices.binary_search_by_key(&considered.id, |(id, _)| *id) {
            for hypothesis in &self.hypotheses {
                probabilities[hypothesis.choices()[place].1] += hypothesis.probability;
            }
        }
        probabilities
    }

    pub(crate) fn cart(&self, who: Who) -> BTreeMap<ProductIndex, Vec<f64>> {
        let mut at_least: BTreeMap<ProductIndex, Vec<f64>> = BTreeMap::new();
        for hypothesis in &self.hypotheses {
            for (_, product, units) in hypothesis.carts().filter(|(owner, _, _)| *owner == who) {
                let probabilities = at_least.entry(product).or_default();
                probabilities.resize(probabilities.len().max(units as usize), 0.0);
                for probability in &mut probabilities[..units as usize] {
                    *probability += hypothesis.probability;
                }
            }
        }
        at_least
    }

    /// The probability of the likeliest units that somebody has of some products, all together.
    pub(crate) fn likeliest_content(&self, who: Who, products: &BTreeMap<ProductIndex, f64>) -> f64 {
        let mut contents: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for hypothesis in &self.hypotheses {
            let content = products.keys().map(|product| hypothesis.has(who, *product)).collect();
            *contents.entry(content).or_default() += hypothesis.probability;
        }
        contents.into_values().fold(0.0, f64::max)
    }

    /// Leaves a party out, and the changes that concern none of those who stay.
    pub(crate) fn forget(&mut self, who: Who) {
        self.members.remove(&who);
        let gone: BTreeSet<ChangeId> =
            self.concerned().into_iter().filter(|(_, people)| people.is_empty()).map(|(id, _)| id).collect();
        self.changes.retain(|id, _| !gone.contains(id));
        for hypothesis in &mut self.hypotheses {
            hypothesis.keep(|owner| owner != who, |id| !gone.contains(&id));
        }
        self.hypotheses = tidy(std::mem::take(&mut self.hypotheses));
    }

    /// For each change, the members who moved something in any way to explain it that is still believed
    /// possible.
    fn concerned(&self) -> Vec<(ChangeId, BTreeSet<Who>)> {
        let mut possible: Vec<Vec<bool>> =
            self.changes().map(|considered| vec![false; considered.ways.len()]).collect();
        for hypothesis in &self.hypotheses {
            for (possible, (_, way)) in possible.iter_mut().zip(hypothesis.choices()) {
                possible[*way] = true;
            }
        }
        let concerned = |(considered, possible): (&Considered, Vec<bool>)| {
            let ways = considered.ways.iter().zip(possible).filter(|(_, possible)| *possible);
            let people = ways.flat_map(|(way, _)| way.iter().map(|step| step.who));
            (considered.id, people.filter(|who| self.members.contains(who)).collect())
        };
        self.changes().zip(possible).map(concerned).collect()
    }

    /// Parts the members whom no change ties together any more: what is believed of one group then says
    /// nothing of the other, so each goes on with its own share of the hypotheses.
    pub(crate) fn split(mut self) -> Vec<Self> {
        let concerned = self.concerned();
        let mut groups: Vec<BTreeSet<Who>> = self.members.iter().map(|who| BTreeSet::from([*who])).collect();
        for (_, people) in &concerned {
            let (tied, free): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| !group.is_disjoint(people));
            groups = free;
            groups.extend((!tied.is_empty()).then(|| tied.into_iter().flatten().collect()));
        }
        groups.into_iter().filter(has_visit).map(|group| self.part(group, &concerned)).collect()
    }

    /// Takes out what is believed of some of the members alone.
    fn part(&mut self, members: BTreeSet<Who>, concerned: &[(ChangeId, BTreeSet<Who>)]) -> Self {
        let theirs = concerned.iter().filter(|(_, people)| !people.is_disjoint(&members));
        let changes: BTreeMap<_, _> =
            theirs.filter_map(|(id, _)| Some((*id, self.changes.remove(id)?))).collect();
        let hypotheses = self.hypotheses.iter().map(|hypothesis| {
            let mut share = hypothesis.clone();
            share.keep(|owner| members.contains(&owner), |id| changes.contains_key(&id));
            share
        });
        Self { hypotheses: tidy(hypotheses.collect()), members, changes }
    }

    pub(crate) fn products(&self) -> BTreeSet<ProductIndex> {
        self.hypotheses.iter().flat_map(Hypothesis::carts).map(|(_, product, _)| product).collect()
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.members.extend(other.members);
        self.changes.extend(other.changes);
        self.hypotheses = products(&self.hypotheses, &other.hypotheses);
    }

    pub(crate) fn forget_presses(&mut self, now: Time) {
        for hypothesis in &mut self.hypotheses {
            hypothesis.forget_presses(now);
        }
        self.hypotheses = tidy(std::mem::take(&mut self.hypotheses));
    }
}

/// Whether any of them is on a visit: of others, nothing is asked later.
pub(crate) fn has_visit(people: &BTreeSet<Who>) -> bool {
    people.iter().any(|who| matches!(who, Who::Trip(_)))
}
