//! Whether the planogram lies: what may lie where another product should, and what earlier takes say about it.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, EvidenceSource, PlateIndex, ProductIndex, Store};
use scales::MassChange;

use crate::cluster::Considered;
use crate::explain::{PUT_ELSEWHERE, Shelf};
use crate::hypothesis::{Hypothesis, Move};

/// How common it is that something else lies in a facing than the planogram says (natural logarithm): 1 in 12. Assumed;
/// Raman, DeHoratius and Ton ("Execution: the missing link in retail operations", 2001) report that customers of a
/// chain could not find 16 % of the items in store because they were misplaced.
const WRONG: f64 = -2.5;
/// What lies there then (shares, assumed): something that has no place in the planogram, something of the same
/// gondola, or anything else.
const UNPLACED: f64 = 0.4;
const SAME_GONDOLA: f64 = 0.4;
const ANYTHING: f64 = 0.2;
/// What was taken from a facing that the planogram lies about is taken from there again (logarithm).
const AGAIN: f64 = -0.3;
/// Where one product lies in the place of another, that one lies in the place of the first.
const SWAPPED: f64 = -0.7;
/// A single thing that went astray lies among others: so much rarer than a facing that is wrong.
const STRAY: f64 = -3.0;
/// A product of which some lies in its own place lies elsewhere too, or the other way round.
const TWO_PLACES: f64 = -1.5;

/// The products of the catalogue by their masses, and where they should be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    /// Mean masses, grams, ascending.
    by_mass: Vec<(f64, ProductIndex)>,
    /// The gondolas on which each product lies by the planogram.
    gondolas: Vec<BTreeSet<u16>>,
    /// How many products each gondola has.
    on_gondola: BTreeMap<u16, usize>,
    /// How many products lie nowhere.
    unplaced: usize,
}

impl Catalogue {
    pub(crate) fn new(store: &Store) -> Self {
        let masses = (0..).map(ProductIndex).zip(store.products());
        let mut by_mass: Vec<_> =
            masses.filter_map(|(product, known)| Some((known.mass_g?.0, product))).collect();
        by_mass.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut gondolas = vec![BTreeSet::new(); store.products().len()];
        for plate in store.plates() {
            for product in &plate.products {
                gondolas[product.0 as usize].insert(plate.id.gondola);
            }
        }
        let mut on_gondola = BTreeMap::new();
        for gondola in gondolas.iter().flatten() {
            *on_gondola.entry(*gondola).or_default() += 1;
        }
        let unplaced = by_mass.iter().filter(|(_, product)| gondolas[product.0 as usize].is_empty()).count();
        Self { by_mass, gondolas, on_gondola, unplaced }
    }

    /// The products that weigh `grams`, give or take `off_g`.
    pub(crate) fn around(&self, grams: f64, off_g: f64) -> impl Iterator<Item = ProductIndex> {
        let first = self.by_mass.partition_point(|(mass, _)| *mass < grams - off_g);
        let near = self.by_mass[first..].iter().take_while(move |(mass, _)| *mass <= grams + off_g);
        near.map(|(_, product)| *product)
    }

    /// Logarithm of how common it is that a product lies in another one's place on a gondola.
    pub(crate) fn log_wrong(&self, product: ProductIndex, gondola: u16) -> f64 {
        let here = &self.gondolas[product.0 as usize];
        let mut share = ANYTHING / self.by_mass.len().max(1) as f64;
        if here.is_empty() {
            share += UNPLACED / self.unplaced.max(1) as f64;
        } else if here.contains(&gondola) {
            share += SAME_GONDOLA / self.on_gondola.get(&gondola).copied().unwrap_or(1) as f64;
        }
        WRONG + libm::log(share)
    }
}

/// An earlier change, and whether it was in the same facing as the one that is weighed.
struct Earlier<'a> {
    considered: &'a Considered,
    named: Vec<ProductIndex>,
    here: bool,
}

/// The earlier changes that say something of where things lie.
pub(crate) struct Takes<'a> {
    shelf: &'a Shelf<'a>,
    gondola: u16,
    /// What lies here by the planogram.
    named: Vec<ProductIndex>,
    /// Strays that were put here.
    strays: BTreeSet<ProductIndex>,
    earlier: Vec<Earlier<'a>>,
}

impl<'a> Takes<'a> {
    pub(crate) fn new(
        shelf: &'a Shelf<'a>,
        change: &MassChange,
        before: &'a BTreeMap<ChangeId, Considered>,
    ) -> Self {
        let plates = plates(change);
        let named = named(shelf.store, &plates);
        let gondola = plates.first().map_or(0, |plate| shelf.store.plate(*plate).id.gondola);
        let strays = plates.iter().filter_map(|plate| shelf.foreign.get(plate));
        let strays = strays.flat_map(BTreeMap::keys).copied().collect();
        let weighed = before.values().filter(|earlier| earlier.source == EvidenceSource::Weight);
        let earlier = weighed.map(|considered| {
            let then = self::plates(&considered.change);
            let then_named = self::named(shelf.store, &then);
            let here = then_named == named || then.iter().any(|plate| plates.contains(plate));
            Earlier { considered, named: then_named, here }
        });
        Self { shelf, gondola, earlier: earlier.collect(), named, strays }
    }

    /// What a hypothesis says of where things lie.
    pub(crate) fn under(&self, hypothesis: &Hypothesis) -> Laid<'_> {
        let mut laid =
            Laid { takes: self, wrong: Vec::new(), right: Vec::new(), right_here: false, lies: Vec::new() };
        for earlier in &self.earlier {
            let Some(way) = hypothesis.choice(earlier.considered.id) else { continue };
            for step in earlier.considered.ways[way].iter().filter(|step| step.units < 0) {
                laid.take(earlier, step.product);
            }
        }
        laid
    }
}

/// Where things lie, if a hypothesis is true.
pub(crate) struct Laid<'a> {
    takes: &'a Takes<'a>,
    /// What was taken here though it should not lie here.
    wrong: Vec<ProductIndex>,
    /// What was taken from its own place.
    right: Vec<ProductIndex>,
    /// Whether that was here.
    right_here: bool,
    /// What was taken elsewhere from another's place: whose, and what.
    lies: Vec<(ProductIndex, ProductIndex)>,
}

impl Laid<'_> {
    fn take(&mut self, earlier: &Earlier<'_>, product: ProductIndex) {
        if earlier.named.contains(&product) {
            self.right.push(product);
            self.right_here |= earlier.here;
        } else if !earlier.here {
            self.lies.extend(earlier.named.iter().map(|named| (*named, product)));
        } else if !self.takes.strays.contains(&product) {
            self.wrong.push(product);
        }
    }

    /// How much more likely moves are than without what was taken before (logarithm).
    pub(crate) fn log_factor(&self, moves: &[Move]) -> f64 {
        moves.iter().map(|step| self.log_factor_of(*step)).sum()
    }

    fn log_factor_of(&self, step: Move) -> f64 {
        let product = step.product;
        let known_wrong = self.wrong.contains(&product);
        if self.takes.strays.contains(&product) {
            0.0
        } else if self.takes.named.contains(&product) {
            self.log_factor_of_named(step)
        } else if step.units > 0 {
            if known_wrong { AGAIN - PUT_ELSEWHERE } else { 0.0 }
        } else if known_wrong {
            AGAIN - self.log_wrong(product)
        } else if self.lies.iter().any(|(home, lies)| *home == product && self.takes.named.contains(lies)) {
            SWAPPED - self.log_wrong(product)
        } else {
            let astray = if self.right_here || !self.wrong.is_empty() { STRAY } else { 0.0 };
            let twice = if self.right.contains(&product) { TWO_PLACES } else { 0.0 };
            astray + twice
        }
    }

    fn log_factor_of_named(&self, step: Move) -> f64 {
        let lies_elsewhere = self.lies.iter().any(|(_, lies)| *lies == step.product);
        if step.units > 0 {
            0.0
        } else if !self.wrong.is_empty() {
            STRAY
        } else if lies_elsewhere && !self.right_here {
            TWO_PLACES
        } else {
            0.0
        }
    }

    fn log_wrong(&self, product: ProductIndex) -> f64 {
        self.takes.shelf.catalogue.log_wrong(product, self.takes.gondola)
    }
}

/// The plates of a change that count.
fn plates(change: &MassChange) -> Vec<PlateIndex> {
    change.parts.iter().filter(|(_, part)| !part.knock_on).map(|(plate, _)| *plate).collect()
}

/// What lies on plates by the planogram, in order.
fn named(store: &Store, plates: &[PlateIndex]) -> Vec<ProductIndex> {
    let all: BTreeSet<ProductIndex> =
        plates.iter().flat_map(|plate| &store.plate(*plate).products).copied().collect();
    all.into_iter().collect()
}
