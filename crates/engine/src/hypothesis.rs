//! One way the carts may be: what each holds, what presses the plates, and how each change was explained.

use std::collections::BTreeSet;

use model::{ChangeId, PlateIndex, PlatePart, ProductIndex, Time, Who};
use scales::MassChange;

use crate::explain::log_split_over;
use crate::logs::log_sum;

/// Hypotheses kept in a cluster.
pub(crate) const MAX_HYPOTHESES: usize = 64;
/// A hypothesis this much less likely than the best one is dropped (natural logarithm): one in a million.
pub(crate) const DROP: f64 = -14.0;
/// Somebody pressed a plate and let go, or pressed and then took.
const PRESSED: f64 = -3.0;
/// What left neighbouring plates, or one plate, within this time, seconds, may be one thing that was told in two
/// changes; that is rare (logarithm).
const APART_S: f64 = 1.0;
const TOLD_APART: f64 = -3.0;
/// Most fingers press lightly: this share, exponential with this scale, grams.
const LIGHT_PRESS: f64 = 0.5;
const LIGHT_PRESS_G: f64 = 40.0;
/// A press may have any weight up to this, grams.
pub(crate) const ANYTHING_G: f64 = 4000.0;
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

/// The mass of one unit, as the shelf felt it leave, and its standard deviation, grams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) plate: PlateIndex,
    pub(crate) grams: f64,
    pub(crate) sd: f64,
}

/// Weight that a plate carries without a product to explain it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Press {
    pub(crate) plate: PlateIndex,
    /// How much, and its standard deviation, grams.
    pub(crate) grams: f64,
    pub(crate) sd: f64,
    pub(crate) since: Time,
    /// What it cost to believe so.
    pub(crate) cost: f64,
}

impl Press {
    /// What it costs to believe that these were hands that ended with a change, less what it cost to believe that they
    /// were nothing.
    pub(crate) fn refund(ended: &[Self], change: &MassChange) -> f64 {
        if ended.is_empty() {
            return 0.0;
        }
        let spent: f64 = ended.iter().map(|press| press.cost).sum();
        if ended.iter().all(|press| press.is_rest_of(change)) {
            return TOLD_APART - spent;
        }
        let pressed: f64 = ended.iter().map(|press| press.grams.max(0.0)).sum();
        // What lifted something while it pressed weighs as much as left the plate when it let go.
        let grams = if pressed > 0.0 { pressed } else { change.grams.abs() };
        let light = LIGHT_PRESS * libm::exp(-grams / LIGHT_PRESS_G) / LIGHT_PRESS_G;
        let plates = Self::plates(ended).len();
        let density = libm::log(light + (1.0 - LIGHT_PRESS) / ANYTHING_G) + log_split_over(plates, grams);
        let held_s = ended.iter().map(|press| change.moment.seconds_since(press.since)).fold(0.0, f64::max);
        PRESSED + density - held_s / PRESS_MEAN_S - spent
    }

    /// The plates that are pressed.
    pub(crate) fn plates(presses: &[Self]) -> BTreeSet<PlateIndex> {
        presses.iter().map(|press| press.plate).collect()
    }

    /// Those of some presses that are on a plate.
    pub(crate) fn on<'a>(presses: impl IntoIterator<Item = &'a Self>, plate: PlateIndex) -> Vec<Self> {
        presses.into_iter().filter(|press| press.plate == plate).copied().collect()
    }

    /// Whether this was no press but a part of the same movement that was told before the rest of it.
    pub(crate) fn is_rest_of(&self, change: &MassChange) -> bool {
        let apart_s = change.start.seconds_since(self.since).abs();
        self.grams < 0.0 && change.grams < 0.0 && apart_s <= APART_S
    }
}

/// A place in a cart: whose, and for what.
type Slot = (Who, ProductIndex);

/// One way the carts may be. Its lists are short and copied for every branch, so they are flat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hypothesis {
    pub(crate) log_weight: f64,
    /// The same, not as a logarithm, once the hypotheses are weighed against one another.
    pub(crate) probability: f64,
    /// Units in the carts, in the order of their slots.
    carts: Vec<(Slot, u32)>,
    /// Masses of units in the carts that were weighed when they were taken, in the order of their slots: what comes back weighs the
    /// same. What came back is nobody's.
    weighed: Vec<(Slot, Unit)>,
    pub(crate) presses: Vec<Press>,
    /// What was taken from where it should not lie, by the number of the change: more of it may lie there.
    foreign: Vec<(ChangeId, ProductIndex)>,
    /// How each change was explained, in the order of the changes.
    choices: Vec<(ChangeId, usize)>,
}

impl Hypothesis {
    /// Empty carts, and nothing to explain.
    pub(crate) fn empty() -> Self {
        Self {
            log_weight: 0.0,
            probability: 1.0,
            carts: Vec::new(),
            weighed: Vec::new(),
            presses: Vec::new(),
            foreign: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// Units in all carts.
    pub(crate) fn carts(&self) -> impl Iterator<Item = (Who, ProductIndex, u32)> {
        self.carts.iter().map(|((who, product), units)| (*who, *product, *units))
    }

    pub(crate) fn has(&self, who: Who, product: ProductIndex) -> u32 {
        let place = self.carts.binary_search_by_key(&(who, product), |(slot, _)| *slot);
        place.map_or(0, |place| self.carts[place].1)
    }

    /// The unit of a product in a cart that comes nearest to `grams`.
    pub(crate) fn nearest_unit(&self, who: Who, product: ProductIndex, grams: f64) -> Option<Unit> {
        self.nearest_weighed((who, product), grams, |_| true).map(|place| self.weighed[place].1)
    }

    /// The unit of a product that was put back on a plate that comes nearest to `grams`.
    pub(crate) fn nearest_put(&self, plate: PlateIndex, product: ProductIndex, grams: f64) -> Option<Unit> {
        let place = self.nearest_weighed((Who::Nobody, product), grams, |unit| unit.plate == plate)?;
        Some(self.weighed[place].1)
    }

    fn nearest_weighed(&self, slot: Slot, grams: f64, is_there: impl Fn(&Unit) -> bool) -> Option<usize> {
        let first = self.weighed.partition_point(|(other, _)| *other < slot);
        let units = self.weighed[first..].iter().take_while(|(other, _)| *other == slot);
        let off = |unit: &Unit| (unit.grams - grams).abs();
        units
            .enumerate()
            .filter(|(_, (_, unit))| is_there(unit))
            .min_by(|(_, (_, a)), (_, (_, b))| off(a).total_cmp(&off(b)))
            .map(|(number, _)| first + number)
    }

    /// Keeps the masses of weighed units: `unit` is what each of them weighs, if one kind was moved alone. What is put back is nobody's.
    pub(crate) fn weigh(&mut self, step: Move, unit: Unit) {
        let is_taken = step.units < 0;
        let (from, to) = if is_taken { (Who::Nobody, step.who) } else { (step.who, Who::Nobody) };
        let is_there = |other: &Unit| !is_taken || other.plate == unit.plate;
        let slot = (to, step.product);
        for _ in 0..step.units.unsigned_abs() {
            if let Some(place) = self.nearest_weighed((from, step.product), unit.grams, is_there) {
                self.weighed.remove(place);
            }
            let after = self.weighed.partition_point(|(other, _)| *other <= slot);
            self.weighed.insert(after, (slot, unit));
        }
    }

    /// Remembers a change as weight on its plates without a product, at this cost.
    pub(crate) fn press(&mut self, change: &MassChange, cost: f64) {
        let share = 1.0 / change.counted().count().max(1) as f64;
        let presses: Vec<_> =
            change.counted().map(|part| self.press_of(change, part, cost * share)).collect();
        self.presses.extend(presses);
    }

    /// What pressed one part of a change: with what its weight wavered by, where a hand rested already.
    pub(crate) fn press_of(
        &self,
        change: &MassChange,
        (plate, part): &(PlateIndex, PlatePart),
        cost: f64,
    ) -> Press {
        let is_pressed = self.presses.iter().any(|press| press.plate == *plate);
        let wavered = if is_pressed { change.crept_g(*plate) } else { 0.0 };
        Press { plate: *plate, grams: part.grams + wavered, sd: part.grams_sd, since: change.start, cost }
    }

    pub(crate) fn forget_presses(&mut self, now: Time) {
        let is_old = |press: &mut Press| now.seconds_since(press.since) > PRESS_S;
        let old = self.presses.extract_if(.., is_old).filter(|press| press.grams > 0.0);
        self.log_weight += UNEXPLAINED * old.count() as f64;
    }

    pub(crate) fn apply(&mut self, moves: &[Move]) {
        for step in moves {
            let units = i64::from(self.has(step.who, step.product)) - i64::from(step.units);
            let units = u32::try_from(units).unwrap_or(0);
            let units = if step.who == Who::Nobody { 0 } else { units };
            self.set((step.who, step.product), units);
        }
    }

    fn set(&mut self, slot: Slot, units: u32) {
        match (self.carts.binary_search_by_key(&slot, |(other, _)| *other), units) {
            (Ok(place), 0) => _ = self.carts.remove(place),
            (Ok(place), _) => self.carts[place].1 = units,
            (Err(_), 0) => {}
            (Err(place), _) => self.carts.insert(place, (slot, units)),
        }
    }

    /// The number of the way in which a change was explained.
    pub(crate) fn choice(&self, change: ChangeId) -> Option<usize> {
        let place = self.choices.binary_search_by_key(&change, |(id, _)| *id).ok()?;
        Some(self.choices[place].1)
    }

    /// How each change was explained, in the order of the changes.
    pub(crate) fn choices(&self) -> &[(ChangeId, usize)] {
        &self.choices
    }

    /// Explains a change, newer than all others.
    pub(crate) fn choose(&mut self, change: ChangeId, way: usize) {
        self.choices.push((change, way));
    }

    /// Remembers that a product was taken, in a change newer than all others, from where it should not lie.
    pub(crate) fn find_foreign(&mut self, change: ChangeId, product: ProductIndex) {
        self.foreign.push((change, product));
    }

    /// Forgets carts and changes that are not to be thought about any more.
    pub(crate) fn keep(&mut self, owner: impl Fn(Who) -> bool, change: impl Fn(ChangeId) -> bool) {
        self.carts.retain(|((who, _), _)| owner(*who));
        self.weighed.retain(|((who, _), _)| *who == Who::Nobody || owner(*who));
        self.foreign.retain(|(id, _)| change(*id));
        self.choices.retain(|(id, _)| change(*id));
    }

    /// This and another hypothesis about other people, both true.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let more = other.presses.iter().filter(|press| !self.presses.contains(press));
        Self {
            log_weight: self.log_weight + other.log_weight,
            probability: self.probability * other.probability,
            carts: merged(&self.carts, &other.carts),
            weighed: merged(&self.weighed, &other.weighed),
            // Parts of one cluster may both remember the same press.
            presses: self.presses.iter().chain(more).copied().collect(),
            foreign: merged(&self.foreign, &other.foreign),
            choices: merged(&self.choices, &other.choices),
        }
    }

    /// Whether the same will follow from both, whatever comes.
    fn same_state(&self, other: &Self) -> bool {
        self.carts == other.carts && self.presses == other.presses && self.foreign == other.foreign
    }

    /// A number that is equal for equal states, and nearly always different for others.
    fn fingerprint(&self) -> u64 {
        let carts = self.carts.iter().fold(self.presses.len() as u64, |so_far, ((who, product), units)| {
            let owner = match who {
                Who::Trip(trip) => u64::from(trip.0),
                Who::Track(track) => !track.0,
                Who::Nobody => u64::MAX,
            };
            mixed(mixed(so_far, owner), u64::from(product.0) << 32 | u64::from(*units))
        });
        let presses = self.presses.iter().fold(carts, |so_far, press| mixed(so_far, press.grams.to_bits()));
        self.foreign.iter().fold(presses, |so_far, (_, product)| mixed(so_far, u64::from(product.0)))
    }
}

fn mixed(so_far: u64, more: u64) -> u64 {
    (so_far.rotate_left(29) ^ more).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Two lists in the order of their keys as one.
fn merged<K: Ord + Copy, V: Copy>(one: &[(K, V)], other: &[(K, V)]) -> Vec<(K, V)> {
    let mut all = Vec::with_capacity(one.len() + other.len() + 1);
    let (mut one, mut other) = (one, other);
    while let ([first, rest @ ..], [second, ..]) = (one, other) {
        if first.0 <= second.0 {
            all.push(*first);
            one = rest;
        } else {
            std::mem::swap(&mut one, &mut other);
        }
    }
    all.extend(one.iter().chain(other));
    all
}

/// Joins hypotheses that say the same of carts, drops the unlikely, and makes the weights sum to one.
pub(crate) fn tidy(hypotheses: Vec<Hypothesis>) -> Vec<Hypothesis> {
    keep_best(hypotheses.into_iter().map(|one| (one.log_weight, one)).collect(), |one| one)
}

/// Makes hypotheses of the likeliest candidates (each with the logarithm of its weight): joins those that
/// say the same of carts and of what lies in wrong places, drops the unlikely, and makes the weights sum to one.
pub(crate) fn keep_best<C>(
    mut candidates: Vec<(f64, C)>,
    hypothesis: impl Fn(C) -> Hypothesis,
) -> Vec<Hypothesis> {
    let most = candidates.iter().map(|(log_weight, _)| *log_weight).fold(f64::NEG_INFINITY, f64::max);
    candidates.retain(|(log_weight, _)| *log_weight >= most + DROP);
    candidates.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let (mut kept, mut fingerprints) = (Vec::<Hypothesis>::new(), Vec::new());
    for (log_weight, candidate) in candidates {
        let one = Hypothesis { log_weight, ..hypothesis(candidate) };
        let fingerprint = one.fingerprint();
        let alike = |(other, kept): (&u64, &Hypothesis)| *other == fingerprint && kept.same_state(&one);
        if let Some(same) = fingerprints.iter().zip(&kept).position(alike) {
            kept[same].log_weight = log_sum(kept[same].log_weight, log_weight);
        } else if kept.len() < MAX_HYPOTHESES {
            kept.push(one);
            fingerprints.push(fingerprint);
        }
    }
    let total = kept.iter().map(|one| one.log_weight).fold(f64::NEG_INFINITY, log_sum);
    assert!(!kept.is_empty() && total.is_finite(), "hypotheses lost their weight: {total}");
    for hypothesis in &mut kept {
        hypothesis.log_weight -= total;
        hypothesis.probability = libm::exp(hypothesis.log_weight);
    }
    kept
}

/// The likeliest pairs of hypotheses about two groups of people, both true.
pub(crate) fn products(ones: &[Hypothesis], others: &[Hypothesis]) -> Vec<Hypothesis> {
    let pairs = ones
        .iter()
        .flat_map(|one| others.iter().map(move |other| (one.log_weight + other.log_weight, (one, other))));
    keep_best(pairs.collect(), |(one, other)| one.and(other))
}

#[cfg(test)]
mod tests {
    use model::TripId;
    use proptest::prelude::*;

    use super::*;

    fn hypothesis(trip: u32, weight: f64, moves: &[(u32, i32)]) -> Hypothesis {
        let who = Who::Trip(TripId(trip));
        let mut one = Hypothesis { log_weight: weight, ..Hypothesis::empty() };
        for (number, (product, units)) in moves.iter().enumerate() {
            one.apply(&[Move { who, product: ProductIndex(*product), units: *units }]);
            one.choose(ChangeId(trip + 10 * number as u32), 0);
        }
        one
    }

    fn about(trip: u32) -> impl Strategy<Value = Vec<Hypothesis>> {
        let one = (-6.0..0.0, proptest::collection::vec((0..3_u32, -2..2_i32), 3));
        proptest::collection::vec(one, 1..8)
            .prop_map(move |all| tidy(all.iter().map(|(log, moves)| hypothesis(trip, *log, moves)).collect()))
    }

    proptest! {
        /// What is believed of two groups together says of each what was believed of it alone.
        #[test]
        fn parts_of_a_product_are_what_it_was_made_of(ones in about(1), others in about(2)) {
            let both = products(&ones, &others);
            for (trip, alone) in [(1, &ones), (2, &others)] {
                let mut share = both.clone();
                for one in &mut share {
                    one.keep(|who| who == Who::Trip(TripId(trip)), |id| id.0 % 10 == trip);
                }
                let again = tidy(share);
                prop_assert_eq!(again.len(), alone.len());
                for one in alone.iter() {
                    let same = again.iter().find(|other| other.same_state(one));
                    // The least likely pairs were dropped.
                    prop_assert!(same.is_some_and(|same| (same.probability - one.probability).abs() < 1e-4));
                }
            }
        }

        #[test]
        fn equal_states_have_equal_fingerprints_and_are_kept_once(all in about(1)) {
            let doubled = tidy([all.clone(), all.clone()].concat());
            prop_assert_eq!(doubled.len(), all.len());
            prop_assert!((doubled.iter().map(|one| one.probability).sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn what_comes_back_is_the_unit_that_weighs_the_same() {
        let who = Who::Trip(TripId(1));
        let step = |units| Move { who, product: ProductIndex(1), units };
        let unit = |grams| Unit { plate: PlateIndex(0), grams, sd: 0.1 };
        let mut one = Hypothesis::empty();
        one.weigh(step(-1), unit(100.0));
        one.weigh(step(-2), unit(102.0));
        one.weigh(step(1), unit(101.8));
        let nearest = |grams| one.nearest_unit(who, ProductIndex(1), grams).map(|unit| unit.grams);
        assert_eq!([nearest(99.0), nearest(103.0)], [Some(100.0), Some(102.0)]);
        let put = |plate| one.nearest_put(PlateIndex(plate), ProductIndex(1), 100.0).map(|unit| unit.grams);
        assert_eq!([put(0), put(1)], [Some(101.8), None]);
        one.weigh(step(-1), unit(101.8));
        assert_eq!(one.nearest_put(PlateIndex(0), ProductIndex(1), 100.0), None);
    }
}
