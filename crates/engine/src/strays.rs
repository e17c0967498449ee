//! Things that were put where they do not belong: which, on which plates, and how probable it is that they still lie there.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, PlateIndex, ProductIndex, Store};
use scales::MassChange;

use crate::cluster::Considered;
use crate::hypothesis::{Hypothesis, Move, Unit};
use crate::planogram::plates;

/// What is less probable than this is not remembered.
const POSSIBLE: f64 = 0.01;
/// Changes that are remembered one by one for each product on a plate; of older ones only the sum is.
const REMEMBERED: usize = 8;
/// Several units that were put down together weigh on average what each of them does, give or take this share.
const OF_SEVERAL: f64 = 0.01;

/// A product on a plate where it does not belong.
#[derive(Clone, Debug)]
pub(crate) struct Stray {
    /// The unit that was put there last.
    pub(crate) unit: Unit,
    /// How many units each change put there (negative: took away), as expected when it was weighed, oldest first.
    moved: Vec<(ChangeId, f64)>,
}

/// All things that were put where they do not belong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strays {
    on_plates: BTreeMap<PlateIndex, BTreeMap<ProductIndex, Stray>>,
}

impl Strays {
    /// What was put on a plate though it does not belong there.
    pub(crate) fn on(&self, plate: PlateIndex) -> impl Iterator<Item = ProductIndex> {
        self.on_plates.get(&plate).into_iter().flat_map(BTreeMap::keys).copied()
    }

    /// The unit of a product that was put on a plate where it does not belong.
    pub(crate) fn unit(&self, plate: PlateIndex, product: ProductIndex) -> Option<Unit> {
        Some(self.on_plates.get(&plate)?.get(&product)?.unit)
    }

    /// Remembers what a change put where it does not belong, and what it took away of that.
    pub(crate) fn note(&mut self, store: &Store, considered: &Considered, probabilities: &[f64]) {
        let Some((plate, _)) = considered.change.parts.first() else { return };
        let is_foreign = |step: &&Move| !store.plate(*plate).products.contains(&step.product);
        for (way, probability) in considered.ways.iter().zip(probabilities) {
            if *probability > POSSIBLE {
                for step in way.iter().filter(is_foreign) {
                    self.note_step(*plate, considered, *step, *probability);
                }
            }
        }
    }

    fn note_step(&mut self, plate: PlateIndex, considered: &Considered, step: Move, probability: f64) {
        let on_plate = self.on_plates.entry(plate).or_default();
        let expected = f64::from(step.units) * probability;
        if step.units > 0 {
            let (units, grams) = (f64::from(step.units), considered.change.grams.abs());
            let sd = considered.change.grams_sd + grams * (units - 1.0) * OF_SEVERAL;
            let unit = Unit { plate, grams: grams / units, sd };
            on_plate.entry(step.product).or_insert(Stray { unit, moved: Vec::new() }).unit = unit;
        }
        if let Some(stray) = on_plate.get_mut(&step.product) {
            stray.note(considered.id, expected);
        }
    }

    /// What was put on the plates of a change; `before` are the changes that hypotheses say more of than was expected.
    pub(crate) fn at<'a>(
        &'a self,
        change: &MassChange,
        before: &'a BTreeMap<ChangeId, Considered>,
    ) -> BTreeMap<ProductIndex, Lying<'a>> {
        let mut lying: BTreeMap<ProductIndex, Lying<'a>> = BTreeMap::new();
        for (product, stray) in plates(change).filter_map(|plate| self.on_plates.get(&plate)).flatten() {
            let there = lying.entry(*product).or_default();
            for (change, units) in &stray.moved {
                match before.get(change) {
                    Some(change) => there.own.push(change),
                    None => there.by_others += units,
                }
            }
        }
        lying
    }

    /// What was put on the plates of a change though it does not belong there.
    pub(crate) fn products(&self, change: &MassChange) -> BTreeSet<ProductIndex> {
        plates(change).flat_map(|plate| self.on(plate)).collect()
    }
}

impl Stray {
    fn note(&mut self, change: ChangeId, units: f64) {
        match self.moved.last_mut() {
            Some((last, sum)) if *last == change => *sum += units,
            _ => self.moved.push((change, units)),
        }
        if self.moved.len() > REMEMBERED {
            let (_, oldest) = self.moved.remove(0);
            self.moved[0].1 += oldest;
        }
    }
}

/// How many units of a product lie where they do not belong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lying<'a> {
    /// As expected of changes that hypotheses say nothing of.
    by_others: f64,
    /// The changes of which each hypothesis says what was put and what was taken away.
    own: Vec<&'a Considered>,
}

impl Lying<'_> {
    /// How many units lie there if a hypothesis is true.
    pub(crate) fn units(&self, hypothesis: &Hypothesis, product: ProductIndex) -> f64 {
        let moved = |considered: &&Considered| {
            let way = &considered.ways[hypothesis.choice(considered.id)?];
            Some(way.iter().filter(|step| step.product == product).map(|step| step.units).sum::<i32>())
        };
        self.by_others + f64::from(self.own.iter().filter_map(moved).sum::<i32>())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use model::{DVec3, EvidenceSource, PlatePart, Time, TripId, Who};

    use super::*;
    use crate::weigh::weightless;

    /// A change of one plate.
    pub(crate) fn change(store: &Store, plate: PlateIndex, grams: f64) -> MassChange {
        let part = PlatePart { plate: store.plate(plate).id, grams, grams_sd: 0.5, knock_on: false };
        let time = Time::default();
        MassChange { parts: vec![(plate, part)], grams, grams_sd: 0.5, ..weightless(time, time, DVec3::ZERO) }
    }

    #[test]
    fn what_lies_in_a_wrong_place_is_what_the_hypothesis_put_there() {
        let store = Store::from_toml(include_str!("../tests/shop.toml")).unwrap();
        let plate = PlateIndex(0);
        let product =
            (0..).map(ProductIndex).find(|other| !store.plate(plate).products.contains(other)).unwrap();
        let put = Move { who: Who::Trip(TripId(1)), product, units: 1 };
        let (id, weight) = (ChangeId(1), EvidenceSource::Weight);
        let mut considered = Considered::new(id, change(&store, plate, 400.0), weight, Vec::new());
        considered.ways = vec![vec![put], Vec::new()];
        let mut strays = Strays::default();
        strays.note(&store, &considered, &[0.75, 0.25]);
        assert_eq!(strays.unit(plate, product).map(|unit| unit.grams), Some(400.0));

        let take = change(&store, plate, -400.0);
        let units = |before: &BTreeMap<ChangeId, Considered>, way| {
            let mut hypothesis = Hypothesis::empty();
            hypothesis.choose(id, way);
            strays.at(&take, before)[&product].units(&hypothesis, product)
        };
        let own = BTreeMap::from([(id, considered)]);
        assert_eq!([units(&own, 0), units(&own, 1), units(&BTreeMap::new(), 1)], [1.0, 0.0, 0.75]);
    }
}
