//! Where things lie by what was taken before, if a hypothesis is true.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, EvidenceSource, ProductIndex, Who};
use scales::MassChange;

use crate::cluster::Considered;
use crate::explain::{MISPLACED_EARLIER, PUT_ELSEWHERE, Shelf};
use crate::hypothesis::{Hypothesis, Move};
use crate::planogram::{Found, Place, places, plates};
use crate::strays::Lying;

/// What was taken from a facing that the planogram lies about is taken from there again (logarithm).
const AGAIN: f64 = -0.3;
/// Where one product lies in the place of another, that one lies in the place of the first.
const SWAPPED: f64 = -0.7;
/// A single thing that went astray lies among others: so much rarer than a facing that is wrong.
const STRAY: f64 = -3.0;
/// What was taken from where it does not belong is put where it does: who changes their mind puts a thing back where it was, or anywhere
/// (assumed).
const BROUGHT_HOME: f64 = -2.5;

/// An earlier change of the same people.
struct Earlier<'a> {
    considered: &'a Considered,
    places: BTreeSet<Place>,
    /// Whether it was at a place of the change that is weighed.
    here: bool,
    strays: BTreeSet<ProductIndex>,
}

/// What was taken before a change.
pub(crate) struct Takes<'a> {
    shelf: &'a Shelf<'a>,
    gondola: u16,
    places: BTreeSet<Place>,
    /// Products that were put here though they belong elsewhere.
    strays: BTreeMap<ProductIndex, Lying<'a>>,
    /// What others surely took here, and how good they found the planogram elsewhere.
    by_others: Vec<ProductIndex>,
    found_by_others: Found,
    earlier: Vec<Earlier<'a>>,
}

impl<'a> Takes<'a> {
    pub(crate) fn new(
        shelf: &'a Shelf<'a>,
        change: &MassChange,
        before: &'a BTreeMap<ChangeId, Considered>,
    ) -> Self {
        let here = places(shelf.store, change);
        let weighed = before.values().filter(|earlier| earlier.source == EvidenceSource::Weight);
        let earlier: Vec<_> = weighed
            .map(|considered| {
                let places = places(shelf.store, &considered.change);
                let strays = shelf.strays.products(&considered.change);
                Earlier { considered, here: !places.is_disjoint(&here), places, strays }
            })
            .collect();
        let own = earlier
            .iter()
            .flat_map(|earlier| earlier.places.iter().map(move |place| (earlier.considered.id, place)));
        Self {
            shelf,
            gondola: plates(change).next().map_or(0, |plate| shelf.store.plate(plate).id.gondola),
            strays: shelf.strays.at(change, before),
            by_others: here.iter().flat_map(|place| shelf.ledger.taken_by_others(place, before)).collect(),
            found_by_others: shelf.ledger.found_by_others(own),
            places: here,
            earlier,
        }
    }

    /// What a hypothesis says of where things lie.
    pub(crate) fn under(&self, hypothesis: &Hypothesis) -> Laid<'_> {
        let there =
            |(product, lying): (&ProductIndex, &Lying<'_>)| (*product, lying.units(hypothesis, *product));
        let mut laid = Laid {
            takes: self,
            strays: self.strays.iter().map(there).collect(),
            wrong: Vec::new(),
            right_here: false,
            lies: Vec::new(),
            carried_off: BTreeSet::new(),
            log_more_wrong: 0.0,
        };
        for product in &self.by_others {
            laid.take(&self.places, true, *product);
        }
        let (mut right, mut wrong) = (BTreeSet::<&Place>::new(), BTreeSet::<&Place>::new());
        for earlier in &self.earlier {
            let Some(way) = hypothesis.choice(earlier.considered.id) else { continue };
            let takes = earlier.considered.ways[way].iter().filter(|step| step.units < 0);
            for step in takes.filter(|step| !earlier.strays.contains(&step.product)) {
                laid.take(&earlier.places, earlier.here, step.product);
                let is_right = is_named(&earlier.places, step.product);
                if is_right { &mut right } else { &mut wrong }.extend(&earlier.places);
                if !is_right {
                    laid.carried_off.insert((step.who, step.product));
                }
            }
        }
        laid.log_more_wrong = Found {
            right: self.found_by_others.right + right.len(),
            wrong: self.found_by_others.wrong + wrong.len(),
        }
        .log_more_wrong();
        laid
    }
}

fn is_named(places: &BTreeSet<Place>, product: ProductIndex) -> bool {
    places.iter().any(|place| place.named.contains(&product))
}

/// Where things lie, if a hypothesis is true.
pub(crate) struct Laid<'a> {
    takes: &'a Takes<'a>,
    /// How many units of what was put here though it belongs elsewhere still lie here.
    strays: BTreeMap<ProductIndex, f64>,
    /// What was taken here though it should not lie here.
    wrong: Vec<ProductIndex>,
    /// Whether what should lie here was taken here.
    right_here: bool,
    /// What was taken elsewhere from another's place: whose, and what.
    lies: Vec<(ProductIndex, ProductIndex)>,
    /// Who took what from where it should not lie.
    carried_off: BTreeSet<(Who, ProductIndex)>,
    /// How much more common wrong places are than was guessed (logarithm).
    log_more_wrong: f64,
}

impl Laid<'_> {
    fn take(&mut self, places: &BTreeSet<Place>, here: bool, product: ProductIndex) {
        if is_named(places, product) {
            self.right_here |= here;
        } else if !here {
            self.lies.extend(places.iter().flat_map(|place| &place.named).map(|named| (*named, product)));
        } else if !self.takes.strays.contains_key(&product) {
            self.wrong.push(product);
        }
    }

    /// What moves took that should not lie here, unless somebody put it here.
    pub(crate) fn foreign(&self, moves: &[Move]) -> Option<ProductIndex> {
        let is_foreign = |step: &&Move| {
            step.units < 0
                && !is_named(&self.takes.places, step.product)
                && !self.strays.contains_key(&step.product)
        };
        moves.iter().find(is_foreign).map(|step| step.product)
    }

    /// How much more likely moves are than without what was taken before (logarithm). What several people took of one product was weighed
    /// against the planogram as one thing, so it counts once here too.
    pub(crate) fn log_factor(&self, moves: &[Move]) -> f64 {
        let is_alike = |a: &Move, b: &Move| a.product == b.product && a.units.signum() == b.units.signum();
        let is_first =
            |(place, step): &(usize, &Move)| !moves[..*place].iter().any(|other| is_alike(other, step));
        let together = |(_, step): (usize, &Move)| {
            let units = moves.iter().filter(|other| is_alike(other, step)).map(|other| other.units).sum();
            self.log_factor_of(Move { units, ..*step })
        };
        moves.iter().enumerate().filter(is_first).map(together).sum()
    }

    /// The same of one move. What was put here by mistake is taken if as many units of it still lie here; else it is as rare as
    /// anything else that does not belong here.
    fn log_factor_of(&self, step: Move) -> f64 {
        let is_foreign_take = step.units < 0 && !is_named(&self.takes.places, step.product);
        if let Some(units) = self.strays.get(&step.product).filter(|_| is_foreign_take) {
            let there = (units + 1.0 - f64::from(step.units.unsigned_abs())).clamp(0.0, 1.0);
            let by_mistake =
                self.log_wrong(step.product) - MISPLACED_EARLIER + self.log_factor_unless_stray(step);
            return libm::log(there + (1.0 - there) * libm::exp(by_mistake));
        }
        self.log_factor_unless_stray(step)
    }

    fn log_factor_unless_stray(&self, step: Move) -> f64 {
        let known_wrong = self.wrong.contains(&step.product);
        if is_named(&self.takes.places, step.product) {
            // One place holds one kind of goods.
            if step.units < 0 && !self.wrong.is_empty() {
                STRAY
            } else if step.units > 0 && self.carried_off.contains(&(step.who, step.product)) {
                BROUGHT_HOME
            } else {
                0.0
            }
        } else if step.units > 0 {
            if known_wrong { AGAIN - PUT_ELSEWHERE } else { 0.0 }
        } else if known_wrong {
            AGAIN - self.log_wrong(step.product)
        } else if self.is_swapped(step.product) {
            SWAPPED - self.log_wrong(step.product)
        } else if self.right_here || !self.wrong.is_empty() {
            STRAY + self.log_more_wrong
        } else {
            self.log_more_wrong
        }
    }

    /// Whether something that should lie here was taken from where this product should lie.
    fn is_swapped(&self, product: ProductIndex) -> bool {
        self.lies.iter().any(|(named, lies)| *named == product && is_named(&self.takes.places, *lies))
    }

    fn log_wrong(&self, product: ProductIndex) -> f64 {
        self.takes.shelf.catalogue.log_wrong(product, self.takes.gondola)
    }
}

#[cfg(test)]
mod tests {
    use model::{PlateIndex, Store, TripId};

    use super::*;
    use crate::planogram::{Catalogue, Ledger};
    use crate::strays::Strays;
    use crate::strays::tests::change;

    const COLA: usize = 2;
    const MILK: usize = 3;

    fn store() -> Store {
        Store::from_toml(include_str!("../tests/shop.toml")).unwrap()
    }

    fn product_at(store: &Store, plate: usize) -> ProductIndex {
        store.plates()[plate].products[0]
    }

    fn at(store: &Store, plate: usize) -> MassChange {
        change(store, PlateIndex(plate as u32), 300.0)
    }

    fn step(trip: u32, product: ProductIndex, units: i32) -> Move {
        Move { who: Who::Trip(TripId(trip)), product, units }
    }

    /// The factors of ways to explain a change at a plate after one change in which something was moved, there or elsewhere.
    fn log_factors(
        (before, moved): (usize, Move),
        plate: usize,
        now: &[&[Move]],
        note: impl Fn(&Store, &Considered, &mut Strays),
    ) -> Vec<f64> {
        let (store, id) = (store(), ChangeId(1));
        let mut considered = Considered::new(id, at(&store, before), EvidenceSource::Weight, Vec::new());
        considered.ways = vec![vec![moved]];
        let mut strays = Strays::default();
        note(&store, &considered, &mut strays);
        let shelf = Shelf {
            store: &store,
            strays: &strays,
            catalogue: &Catalogue::new(&store),
            ledger: &Ledger::default(),
            in_carts: &BTreeSet::new(),
        };
        let earlier = BTreeMap::from([(id, considered)]);
        let change = at(&store, plate);
        let takes = Takes::new(&shelf, &change, &earlier);
        let mut hypothesis = Hypothesis::empty();
        hypothesis.choose(id, 0);
        let laid = takes.under(&hypothesis);
        now.iter().map(|moves| laid.log_factor(moves)).collect()
    }

    #[test]
    fn what_two_people_take_from_a_wrong_place_is_as_likely_as_what_one_takes() {
        let milk = product_at(&store(), MILK);
        let now: [&[Move]; 2] = [&[step(1, milk, -2)], &[step(1, milk, -1), step(2, milk, -1)]];
        let found = log_factors((COLA, step(1, milk, -1)), COLA, &now, |_, _, _| {});
        assert!(found[0] > 1.0);
        assert_eq!(found[0], found[1]);
    }

    #[test]
    fn what_was_taken_from_a_wrong_place_is_seldom_brought_to_the_right_one() {
        let milk = product_at(&store(), MILK);
        let now: [&[Move]; 2] = [&[step(1, milk, 1)], &[step(2, milk, 1)]];
        assert_eq!(log_factors((COLA, step(1, milk, -1)), MILK, &now, |_, _, _| {}), [BROUGHT_HOME, 0.0]);
        assert_eq!(log_factors((MILK, step(1, milk, -1)), MILK, &now, |_, _, _| {}), [0.0, 0.0]);
    }

    #[test]
    fn of_one_thing_in_a_wrong_place_nobody_takes_two() {
        let milk = product_at(&store(), MILK);
        let now: [&[Move]; 2] = [&[step(1, milk, -1)], &[step(1, milk, -2)]];
        let found = log_factors((COLA, step(1, milk, 1)), COLA, &now, |store, considered, strays| {
            strays.note(store, considered, &[1.0]);
        });
        assert_eq!(found[0], 0.0);
        assert!(found[1] < -3.0, "{found:?}");
    }
}
