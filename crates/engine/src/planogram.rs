//! Whether the planogram lies: what may lie where another product should, and what was taken where.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{ChangeId, PlateIndex, ProductIndex, Store, Time};
use scales::MassChange;

use crate::cluster::Considered;

/// How common it is that something else lies at a place than the planogram says (natural logarithm): 1 place in 33.
/// Assumed, and rather too low than too high: Raman, DeHoratius and Ton ("Execution: the missing link in retail
/// operations", 2001) tell of a chain whose customers could not find 16 % of the items because they were misplaced.
const WRONG: f64 = -3.5;
/// What lies there then (shares, assumed): something that has no place in the planogram, something of the same
/// gondola, or anything else.
const UNPLACED: f64 = 0.4;
const SAME_GONDOLA: f64 = 0.4;
const ANYTHING: f64 = 0.2;
/// That guess counts as much as so many places at which it was seen what lies there. Assumed: stores differ much.
const GUESS_PLACES: f64 = 2.5;
/// What was taken is remembered for those who come later if it is this probable, and so many takes for each place.
const SURE: f64 = 0.95;
const REMEMBERED: usize = 8;

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

/// Plates that belong together: gondola, shelf, and what lies there by the planogram.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    gondola: u16,
    shelf: u16,
    pub(crate) named: Vec<ProductIndex>,
}

/// The places that a change was at.
pub(crate) fn places(store: &Store, change: &MassChange) -> BTreeSet<Place> {
    let place = |plate: PlateIndex| {
        let plate = store.plate(plate);
        Place { gondola: plate.id.gondola, shelf: plate.id.shelf, named: plate.products.clone() }
    };
    plates(change).map(place).filter(|place| !place.named.is_empty()).collect()
}

/// The plates of a change that count.
pub(crate) fn plates(change: &MassChange) -> impl Iterator<Item = PlateIndex> {
    change.parts.iter().filter(|(_, part)| !part.knock_on).map(|(plate, _)| *plate)
}

/// Places at which the planogram was found right, and wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) right: usize,
    pub(crate) wrong: usize,
}

impl Found {
    /// How much more common wrong places are than was guessed (logarithm).
    pub(crate) fn log_more_wrong(self) -> f64 {
        let (right, wrong) = (self.right as f64, self.wrong as f64);
        let guessed = GUESS_PLACES * libm::exp(WRONG);
        libm::log((guessed + wrong) / (GUESS_PLACES + right + wrong)) - WRONG
    }
}

/// A product that lies where the planogram names another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lie {
    pub(crate) plate: PlateIndex,
    pub(crate) product: ProductIndex,
    /// When it was taken from there.
    pub(crate) time: Time,
}

/// What a change surely took, and whether it surely took anything that does not belong there.
fn surely_taken(
    considered: &Considered,
    probabilities: &[f64],
    is_wrong: impl Fn(&ProductIndex) -> bool,
) -> (Vec<ProductIndex>, bool) {
    let (mut taken, mut wrong) = (BTreeMap::<ProductIndex, f64>::new(), 0.0);
    for (way, probability) in considered.ways.iter().zip(probabilities) {
        let products: BTreeSet<_> =
            way.iter().filter(|step| step.units < 0).map(|step| step.product).collect();
        wrong += if products.iter().any(&is_wrong) { *probability } else { 0.0 };
        for product in products {
            *taken.entry(product).or_default() += probability;
        }
    }
    let sure = taken.into_iter().filter(|(_, probability)| *probability >= SURE);
    (sure.map(|(product, _)| product).collect(), wrong >= SURE)
}

/// What was surely taken from each place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    taken: BTreeMap<Place, VecDeque<(ChangeId, ProductIndex)>>,
    /// The change that first showed that the planogram is right, or wrong.
    right: BTreeMap<Place, ChangeId>,
    wrong: BTreeMap<Place, ChangeId>,
}

impl Ledger {
    /// Keeps what a change surely took; `strays` were put there before. Gives what lies there if the planogram lies.
    pub(crate) fn note(
        &mut self,
        store: &Store,
        considered: &Considered,
        probabilities: &[f64],
        strays: &BTreeSet<ProductIndex>,
    ) -> Option<Lie> {
        let places = places(store, &considered.change);
        let (Some(place), 1) = (places.first(), places.len()) else { return None };
        let is_wrong = |product: &ProductIndex| !place.named.contains(product) && !strays.contains(product);
        let (taken, wrong) = surely_taken(considered, probabilities, is_wrong);
        if taken.iter().any(|product| place.named.contains(product)) {
            self.right.entry(place.clone()).or_insert(considered.id);
        }
        if wrong {
            self.wrong.entry(place.clone()).or_insert(considered.id);
        }
        let lately = self.taken.entry(place.clone()).or_default();
        lately.extend(taken.iter().map(|product| (considered.id, *product)));
        lately.drain(..lately.len().saturating_sub(REMEMBERED));
        let plate = plates(&considered.change).next()?;
        taken.into_iter().find(is_wrong).map(|product| Lie { plate, product, time: considered.change.moment })
    }

    /// What changes surely took at a place, but for those that are thought about.
    pub(crate) fn taken_by_others(
        &self,
        place: &Place,
        changes: &BTreeMap<ChangeId, Considered>,
    ) -> impl Iterator<Item = ProductIndex> {
        let taken = self.taken.get(place).into_iter().flatten();
        taken.filter(|(change, _)| !changes.contains_key(change)).map(|(_, product)| *product)
    }

    /// How good the planogram was found by changes, but for those at `places` that are thought about.
    pub(crate) fn found_by_others<'a>(&self, own: impl Iterator<Item = (ChangeId, &'a Place)>) -> Found {
        let mut found = Found { right: self.right.len(), wrong: self.wrong.len() };
        for (change, place) in own {
            found.right -= usize::from(self.right.get(place) == Some(&change));
            found.wrong -= usize::from(self.wrong.get(place) == Some(&change));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        Store::from_toml(include_str!("../tests/shop.toml")).unwrap()
    }

    fn product(store: &Store, id: &str) -> ProductIndex {
        store.product_index(&id.into()).unwrap()
    }

    #[test]
    fn the_catalogue_is_searched_by_mass() {
        let store = store();
        let around = |grams, off_g| {
            let found = Catalogue::new(&store).around(grams, off_g).collect::<Vec<_>>();
            found.into_iter().map(|product| store.product(product).id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(around(430.0, 90.0), ["cola", "gift", "water"]);
        assert!(around(2000.0, 100.0).is_empty());
    }

    #[test]
    fn what_has_no_place_is_likelier_to_lie_in_a_wrong_one() {
        let mut file = store().file().clone();
        file.facings.retain(|facing| facing.product.as_str() != "cola");
        let store = Store::new(file).unwrap();
        let log_wrong = |id| Catalogue::new(&store).log_wrong(product(&store, id), 1);
        assert!(log_wrong("cola") > log_wrong("milk") + 1.0);
        assert!(log_wrong("cola") < WRONG);
        assert_eq!(log_wrong("gum"), log_wrong("milk"));
    }

    #[test]
    fn each_place_that_is_right_makes_wrong_ones_less_likely() {
        let found = |right, wrong| Found { right, wrong }.log_more_wrong();
        assert_eq!(found(0, 0), 0.0);
        assert!(found(3, 0) < -0.5 && found(50, 0) < found(3, 0));
        assert!(found(0, 1) > 1.0 && found(20, 1) < found(0, 1));
    }
}
