//! A change under every hypothesis: every explanation by everybody who may have made it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{
    ChangeId, Curve, EvidenceSource, PlateIndex, PlatePart, ProductIndex, Side, Store, Time, TrackId, Who,
};
use scales::MassChange;

use crate::cluster::Considered;
use crate::explain::{PASSED_ON, STRADDLE_ERROR, Shelf, log_error, log_idle, log_split};
use crate::hypothesis::{DROP, Hypothesis, MAX_HYPOTHESES, Move, Press, Unit, keep_best};
use crate::laid::Takes;
use crate::logs::{log_normal, log_sum};
use crate::people::{Hands, by_people, who};

/// Something was put back that was never seen being taken: a light thing, or one that no scale overlooks.
const FROM_NOWHERE_LIGHT: f64 = -6.0;
const FROM_NOWHERE: f64 = -10.0;
const LIGHT_G: f64 = 20.0;
/// Changes this close in time, seconds, and this far apart in place, metres, need two hands.
const AT_ONCE_S: f64 = 0.35;
const ELSEWHERE_M: f64 = 0.3;
const SAME_HAND: f64 = -5.0;
/// A hand at a plate that can't be weighed with, and another change while it was there, give or take so many seconds:
/// few hands move two things in one stay (one of twelve, assumed).
const STAY_S: f64 = 0.3;
const ONE_STAY: f64 = -2.5;
/// How well two weighings of one unit agree beyond their own errors: on one plate, grams, and on two, as a share of its
/// mass (load cells are adjusted to about a thousandth).
const UNIT_ERROR_G: f64 = 0.2;
const OTHER_PLATE_ERROR: f64 = 0.001;
/// A unit that weighs otherwise may still be it, rarely.
const OTHER_UNIT: f64 = -6.0;
/// Of what is taken from where a unit of it was put back, this share is that unit. Assumed.
const TAKEN_AGAIN: f64 = 0.5;
/// What is left of a press when the hand is gone: this many standard deviations, and at least these grams.
const RELEASED_SIGMAS: f64 = 4.0;
const RELEASED_G: f64 = 6.0;
const RELEASED_SHARE: f64 = 0.02;
/// … and how much that usually is (standard deviation beyond that of the weighing): grams, and a share of the press.
const RELEASED_SD_G: f64 = 1.5;
const RELEASED_SD_SHARE: f64 = 0.002;

/// Tries every explanation of a change by everybody under every hypothesis.
pub(crate) struct Expansion<'a, F> {
    pub(crate) shelf: &'a Shelf<'a>,
    pub(crate) hands: &'a Hands,
    pub(crate) is_staff: &'a F,
    /// Who belongs to the cluster.
    pub(crate) members: &'a BTreeSet<Who>,
    /// The changes that the cluster still thinks about.
    pub(crate) before: &'a BTreeMap<ChangeId, Considered>,
}

/// A change, less the presses that end with it, and the ways to explain it.
struct Reading {
    change: MassChange,
    ended: Rc<[Press]>,
    ways: Vec<Way>,
}

/// What was moved by whom, on which parts of the change nothing was, and how likely that is.
struct Moved {
    moves: Vec<Move>,
    idle: Vec<usize>,
    log_likelihood: f64,
}

/// The same, by the number of its moves among the ways of the change.
struct Way {
    number: usize,
    idle: Vec<usize>,
    log_likelihood: f64,
}

/// A hypothesis and a way to explain the change under it.
struct Branch<'a> {
    parent: &'a Hypothesis,
    /// The presses that end with it.
    ended: Rc<[Press]>,
    way: usize,
    /// What was taken that should not lie there.
    foreign: Option<ProductIndex>,
    /// What the way adds to the hypothesis besides its moves.
    then: Then,
}

/// What a way to explain a change says besides what was moved.
enum Then {
    /// Nothing was moved here, and the plates carry nothing but goods.
    Released,
    /// Nothing was moved: the plates carry weight without a product, at this cost.
    Pressed(f64),
    /// Something was moved: what each unit weighs, if one kind was moved alone, and what else hands did.
    Moved { weighed: Option<Unit>, idle: Idle },
}

/// What hands did on the parts of a change on which nothing was moved.
#[derive(Default)]
struct Idle {
    /// What these parts felt, grams.
    grams: f64,
    ended: Vec<Press>,
    begun: Vec<Press>,
    /// How much likelier it is because presses ended, against hands that came (logarithm).
    refund: f64,
}

impl Idle {
    fn of(parent: &Hypothesis, reading: &Reading, idle: &[usize]) -> Self {
        let (change, mut all) = (&reading.change, Self::default());
        for part in idle.iter().map(|number| &change.parts[*number]) {
            let (plate, PlatePart { grams, grams_sd, .. }) = part;
            all.grams += grams;
            let cost = log_idle(*grams, *grams_sd);
            let still = parent.presses.iter().filter(|press| !reading.ended.contains(press));
            let here = Press::on(still, *plate);
            let rest_g = grams + pressed_g(change, &here);
            if !here.is_empty() && is_released(rest_g, *grams, *grams_sd) {
                let sd = grams_sd + RELEASED_SD_G;
                all.refund += Press::refund(&here, change) - cost + log_normal(rest_g, sd * sd);
                all.ended.extend(here);
            } else {
                all.begun.push(parent.press_of(change, part, cost));
            }
        }
        all
    }
}

/// A change as if hands had not pressed its plates, and with what was told before it: where nothing is left, nothing
/// was moved.
fn without(store: &Store, change: &MassChange, ended: &[Press]) -> MassChange {
    let mut rest = MassChange { curve: Curve::default(), ..change.clone() };
    for plate in Press::plates(ended) {
        let here = Press::on(ended, plate);
        let pressed_g = pressed_g(change, &here);
        if let Some((_, part)) = rest.parts.iter_mut().find(|(other, _)| *other == plate) {
            let rest_g = part.grams + pressed_g;
            part.knock_on = is_released(rest_g, part.grams, part.grams_sd);
            part.grams = rest_g;
        } else {
            let grams_sd = here.iter().map(|press| press.sd * press.sd).sum::<f64>().sqrt();
            let id = store.plate(plate).id;
            rest.parts.push((plate, PlatePart { plate: id, grams: pressed_g, grams_sd, knock_on: false }));
        }
    }
    rest.grams = rest.counted().map(|(_, part)| part.grams).sum();
    rest.grams_sd = rest.counted().map(|(_, part)| part.grams_sd * part.grams_sd).sum::<f64>().sqrt();
    rest
}

/// What hands pressed plates with before a change, grams, with what that wavered by since it was told.
fn pressed_g(change: &MassChange, presses: &[Press]) -> f64 {
    let wavered: f64 = Press::plates(presses).into_iter().map(|plate| change.crept_g(plate)).sum();
    presses.iter().map(|press| press.grams).sum::<f64>() + wavered
}

/// Whether what is left of a press may be nothing, after a change by `grams` with this standard deviation.
fn is_released(rest_g: f64, grams: f64, grams_sd: f64) -> bool {
    rest_g.abs() <= RELEASED_G.max(RELEASED_SIGMAS * grams_sd).max(RELEASED_SHARE * grams.abs())
}

impl<F: Fn(Who) -> bool> Expansion<'_, F> {
    /// The hypotheses after a change.
    pub(crate) fn expand(&self, hypotheses: &[Hypothesis], considered: &mut Considered) -> Vec<Hypothesis> {
        let at_once = self.elsewhere_at_once(considered);
        let in_one_stay: Vec<&Considered> =
            self.before.values().filter(|other| is_one_stay(considered, other)).collect();
        let takes = Takes::new(self.shelf, &considered.change, self.before);
        let mut readings: Vec<Reading> = Vec::new();
        let mut branches = Vec::new();
        for parent in hypotheses {
            let laid = takes.under(parent);
            for (grams, ended) in self.readings(parent, considered) {
                let refund = Press::refund(&ended, &considered.change);
                let ended: Rc<[Press]> = ended.into();
                branches.extend(self.nothing(parent, grams, Rc::clone(&ended), refund, considered));
                let known = readings.iter().position(|known| known.ended == ended);
                let number = known.unwrap_or_else(|| {
                    readings.push(self.reading(considered, Rc::clone(&ended)));
                    readings.len() - 1
                });
                let reading = &readings[number];
                for way in &reading.ways {
                    let moves = &considered.ways[way.number];
                    let mut log_weight = parent.log_weight;
                    log_weight += way.log_likelihood + refund + self.cart_prior(parent, moves);
                    log_weight += same_hand(parent, &at_once, considered, moves) + laid.log_factor(moves);
                    let idle = Idle::of(parent, reading, &way.idle);
                    log_weight += ONE_STAY * moved_also(parent, &in_one_stay, moves) as f64;
                    log_weight += idle.refund;
                    let mut weighed = None;
                    if let ([step], EvidenceSource::Weight) = (moves.as_slice(), considered.source) {
                        let grams = reading.change.grams - idle.grams;
                        let unit = self.unit(&reading.change, *step, grams);
                        log_weight += self.same_unit(parent, *step, unit);
                        weighed = Some(unit);
                    }
                    let then = Then::Moved { weighed, idle };
                    let ended = Rc::clone(&ended);
                    let foreign = laid.foreign(moves);
                    branches.push((log_weight, Branch { parent, ended, way: way.number, foreign, then }));
                }
            }
        }
        keep_best(branches, |branch| branch.grow(considered))
    }

    fn reading(&self, considered: &mut Considered, ended: Rc<[Press]>) -> Reading {
        let hands = self.hands.and_before(self.before, self.members, &ended);
        let change = without(self.shelf.store, &considered.change, &ended);
        let moved = self.moves(considered.source, &change, &hands);
        let way = |Moved { moves, idle, log_likelihood }| Way {
            number: considered.number_of(&moves),
            idle,
            log_likelihood,
        };
        Reading { ways: moved.into_iter().map(way).collect(), change, ended }
    }

    /// The changes that were made while this one was, but so far away that one hand can't have made both.
    fn elsewhere_at_once(&self, considered: &Considered) -> Vec<&Considered> {
        let (moment, place) = (considered.change.moment, considered.change.place);
        let lately =
            self.before.values().rev().map(|other| (moment.seconds_since(other.change.moment), other));
        lately
            .take_while(|(since_s, _)| *since_s < 3.0 * AT_ONCE_S)
            .filter(|(since_s, other)| {
                since_s.abs() < AT_ONCE_S && place.distance(other.change.place) > ELSEWHERE_M
            })
            .map(|(_, other)| other)
            .collect()
    }

    /// What each of the units weighs that were moved alone.
    fn unit(&self, change: &MassChange, step: Move, grams: f64) -> Unit {
        let units = f64::from(step.units.abs());
        let catalogue_sd = self.shelf.store.product(step.product).mass_g.map_or(0.0, |(_, sd)| sd);
        // What is known of several is only their sum.
        let spread = if units > 1.0 { catalogue_sd } else { 0.0 };
        let measured = change.grams_sd / units;
        let straddle = if change.counted().count() > 1 { STRADDLE_ERROR * grams.abs() / units } else { 0.0 };
        let passed_on = PASSED_ON * (change.grams - grams) / units;
        let sd = (measured * measured + spread * spread + straddle * straddle + passed_on * passed_on).sqrt();
        Unit { plate: change.parts[0].0, grams: grams.abs() / units, sd }
    }

    /// What is put back must weigh what it weighed when it was taken, and what is taken after that may be the same unit: how much more
    /// likely that makes it than the catalogue alone says.
    fn same_unit(&self, hypothesis: &Hypothesis, step: Move, now: Unit) -> f64 {
        let Some((mass, mass_sd)) = self.shelf.store.product(step.product).mass_g else { return 0.0 };
        let likelier = |unit: Unit| {
            let elsewhere = if unit.plate == now.plate { 0.0 } else { OTHER_PLATE_ERROR * unit.grams };
            let again = UNIT_ERROR_G + elsewhere;
            let by_catalogue = log_error(now.grams - mass, mass_sd * mass_sd + now.sd * now.sd);
            let by_unit =
                log_error(now.grams - unit.grams, unit.sd * unit.sd + now.sd * now.sd + again * again);
            by_unit - by_catalogue
        };
        let certain = |unit: Unit| likelier(unit).max(OTHER_UNIT);
        let perhaps =
            |unit: Unit| log_sum(libm::log(TAKEN_AGAIN) + likelier(unit), libm::log1p(-TAKEN_AGAIN));
        match step.units {
            1 => hypothesis.nearest_unit(step.who, step.product, now.grams).map_or(0.0, certain),
            -1 => self.shelf.strays.unit(now.plate, step.product).map_or_else(
                || hypothesis.nearest_put(now.plate, step.product, now.grams).map_or(0.0, perhaps),
                certain,
            ),
            _ => 0.0,
        }
    }

    /// The grams to explain: the change itself, or with the presses on its plates that it may end.
    fn readings(&self, hypothesis: &Hypothesis, considered: &Considered) -> Vec<(f64, Vec<Press>)> {
        if considered.source == EvidenceSource::Hand {
            return vec![(0.0, Vec::new())];
        }
        let change = &considered.change;
        let is_here = |press: &Press| {
            let is_near =
                |plate: PlateIndex| plate == press.plate || self.shelf.store.are_beside(plate, press.plate);
            change.counted().any(|(plate, _)| {
                if press.is_rest_of(change) { is_near(*plate) } else { *plate == press.plate }
            })
        };
        // A hand can press, but it can't pull: what it lifted while it pressed shows when it lets go.
        let may_end = |press: &Press| press.grams > 0.0 || change.grams < 0.0;
        let here = hypothesis.presses.iter().filter(|press| is_here(press) && may_end(press));
        let ended: Vec<Press> = here.copied().collect();
        let pressed = pressed_g(change, &ended);
        let with_press = (!ended.is_empty()).then_some((change.grams + pressed, ended));
        [(change.grams, Vec::new())].into_iter().chain(with_press).collect()
    }

    /// The branch on which no product was moved, and the logarithm of its weight.
    fn nothing<'h>(
        &self,
        parent: &'h Hypothesis,
        grams: f64,
        ended: Rc<[Press]>,
        refund: f64,
        considered: &mut Considered,
    ) -> Option<(f64, Branch<'h>)> {
        let change = &considered.change;
        let mut log_weight = parent.log_weight;
        let mut then = Then::Released;
        if !ended.is_empty() {
            // The hand let go: the plates are back where they were.
            if !is_released(grams, change.grams, change.grams_sd) {
                return None;
            }
            let sd = change.grams_sd + RELEASED_SD_G + RELEASED_SD_SHARE * change.grams.abs();
            log_weight += refund + log_normal(grams, sd * sd);
        } else if let Some(log_nothing) = considered.faint {
            log_weight += log_nothing + log_normal(grams, change.grams_sd * change.grams_sd);
        } else if considered.source == EvidenceSource::Weight {
            let cost = log_idle(grams, change.grams_sd);
            let pressed = cost + log_split(change, change.grams);
            let unfelt = self.shelf.log_unfelt(change, grams, &considered.blind);
            log_weight += pressed.max(unfelt);
            then = if pressed >= unfelt { Then::Pressed(cost) } else { Then::Released };
        }
        Some((log_weight, Branch { parent, ended, way: considered.number_of(&[]), foreign: None, then }))
    }

    /// Everything that may have been moved by anybody, the most likely first.
    fn moves(&self, source: EvidenceSource, change: &MassChange, hands: &Hands) -> Vec<Moved> {
        let mut best: BTreeMap<(Vec<Move>, Vec<usize>), f64> = BTreeMap::new();
        let explanations = match source {
            EvidenceSource::Hand => self.shelf.explain_blind(change.parts[0].0),
            EvidenceSource::Weight | EvidenceSource::Meeting => self.shelf.explain(change),
        };
        for explanation in explanations {
            for (moves, log_likelihood) in by_people(&explanation, hands) {
                let known = best.entry((moves, explanation.idle.clone())).or_insert(log_likelihood);
                *known = f64::max(*known, log_likelihood);
            }
        }
        let most = best.values().copied().fold(f64::NEG_INFINITY, f64::max);
        let likely = best.into_iter().filter(|(_, value)| *value > most + DROP);
        let mut moved: Vec<Moved> =
            likely.map(|((moves, idle), log_likelihood)| Moved { moves, idle, log_likelihood }).collect();
        moved.sort_by(|a, b| {
            b.log_likelihood.total_cmp(&a.log_likelihood).then_with(|| a.moves.cmp(&b.moves))
        });
        moved.truncate(MAX_HYPOTHESES);
        moved
    }

    /// A put-back must come from somewhere: from the cart, unless staff fill the shelf.
    fn cart_prior(&self, hypothesis: &Hypothesis, way: &[Move]) -> f64 {
        way.iter()
            .filter(|step| step.units > 0 && !(self.is_staff)(step.who))
            .filter(|step| i64::from(hypothesis.has(step.who, step.product)) < i64::from(step.units))
            .map(|step| {
                let mass_g = self.shelf.store.product(step.product).mass_g.map_or(0.0, |(mass, _)| mass);
                if mass_g < LIGHT_G { FROM_NOWHERE_LIGHT } else { FROM_NOWHERE }
            })
            .sum()
    }
}

impl Branch<'_> {
    /// The hypothesis that the branch leads to.
    fn grow(self, considered: &Considered) -> Hypothesis {
        let mut child = self.parent.clone();
        child.presses.retain(|press| !self.ended.contains(press));
        let way = &considered.ways[self.way];
        child.apply(way);
        match self.then {
            Then::Released => {}
            Then::Pressed(cost) => child.press(&considered.change, cost),
            Then::Moved { weighed, idle } => {
                if let (Some(unit), [step]) = (weighed, way.as_slice()) {
                    child.weigh(*step, unit);
                }
                child.presses.retain(|press| !idle.ended.contains(press));
                child.presses.extend(idle.begun);
            }
        }
        if let Some(product) = self.foreign {
            child.find_foreign(considered.id, product);
        }
        child.choose(considered.id, self.way);
        child
    }
}

/// A hand can't be at two places at once: what it costs to say that the same hand of the same person made
/// this change and another one `at_once` elsewhere.
fn same_hand(hypothesis: &Hypothesis, at_once: &[&Considered], considered: &Considered, way: &[Move]) -> f64 {
    let clashes = at_once.iter().filter(|other| {
        let other_way = hypothesis.choice(other.id).and_then(|number| other.ways.get(number));
        way.iter().map(|step| step.who).any(|person| {
            other_way.is_some_and(|other_way| other_way.iter().any(|step| step.who == person))
                && hand_of(considered, person).is_some_and(|hand| Some(hand) == hand_of(other, person))
        })
    });
    SAME_HAND * clashes.count() as f64
}

/// Whether one of two changes is a hand at a plate that can't be weighed with, and the other one was made meanwhile.
fn is_one_stay(one: &Considered, other: &Considered) -> bool {
    let holds = |reach: &Considered, moment: Time| {
        reach.source == EvidenceSource::Hand
            && moment.seconds_since(reach.change.start) > -STAY_S
            && reach.change.end.seconds_since(moment) > -STAY_S
    };
    holds(one, other.change.moment) || holds(other, one.change.moment)
}

/// How many of the other changes somebody made who made this one too.
fn moved_also(hypothesis: &Hypothesis, others: &[&Considered], way: &[Move]) -> usize {
    let moves = |other: &&&Considered| {
        let other_way = hypothesis.choice(other.id).and_then(|number| other.ways.get(number));
        let by = |who: Who| other_way.is_some_and(|other_way| other_way.iter().any(|step| step.who == who));
        way.iter().any(|step| by(step.who))
    };
    others.iter().filter(moves).count()
}

/// The hand of a person that was nearest to a change.
fn hand_of(considered: &Considered, person: Who) -> Option<(TrackId, Side)> {
    let hand = considered.hands.iter().find(|hand| who(hand) == person)?;
    Some((hand.track, hand.side?))
}
