//! The units on the shelves, each with a mass of its own.

use std::collections::BTreeMap;

use model::{PlateIndex, ProductIndex, Store};

use crate::Rng;

/// Units on each plate of a facing where the script says nothing.
const FILL_UNITS: (u32, u32) = (4, 8);
/// How many units of a facing of several plates stand over the gap between two of them. Assumed: the
/// recorded nanostore shows one take only, all on one plate of a facing of two.
const STRADDLING_RATIO: f64 = 0.15;
/// How much of a straddling unit's mass rests on the second plate.
const STRADDLING_SHARE: (f64, f64) = (0.1, 0.45);

/// How many units of a product stand on a plate.
pub(crate) type Counts = BTreeMap<(PlateIndex, ProductIndex), u32>;

/// One unit of a product, as it came from the factory: it weighs the same wherever it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit {
    /// Of what.
    pub(crate) product: ProductIndex,
    /// Its mass.
    pub(crate) grams: f64,
}

/// A unit on a shelf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placed {
    /// What.
    pub(crate) unit: Unit,
    /// The second plate that it rests on and the share of its mass there, if it straddles.
    pub(crate) straddles: Option<(PlateIndex, f64)>,
}

impl Placed {
    /// The masses that it puts on the plate that it is counted on, and on the second one.
    pub(crate) fn masses(&self, plate: PlateIndex) -> impl Iterator<Item = (PlateIndex, f64)> + use<> {
        let (second, share) = self.straddles.unzip();
        let share = share.unwrap_or(0.0);
        let grams = self.unit.grams;
        std::iter::once((plate, grams * (1.0 - share))).chain(second.map(|plate| (plate, grams * share)))
    }
}

/// All units on all plates.
#[derive(Debug)]
pub(crate) struct Stock {
    plates: Vec<Vec<Placed>>,
}

impl Stock {
    /// Fills every facing of the store with a few units a plate; `counts` says how many where it knows
    /// better, on the planogram or off it. Products of unknown mass are left out: scales can say nothing
    /// about them.
    pub(crate) fn fill(store: &Store, counts: &Counts, rng: &mut Rng) -> Self {
        let mut places = BTreeMap::new();
        for facing in store.facings() {
            for (place, plate) in facing.plates.iter().enumerate() {
                let next = facing.plates.get(place + 1).filter(|next| same_shelf(store, *plate, **next));
                let units = rng.whole(FILL_UNITS.0, FILL_UNITS.1);
                places.insert((*plate, facing.product), (units, next.copied()));
            }
        }
        for (place, count) in counts {
            places.entry(*place).or_insert((0, None)).0 = *count;
        }
        let mut stock = Self { plates: vec![Vec::new(); store.plates().len()] };
        for ((plate, product), (units, next)) in places {
            for _ in 0..units {
                let Some(unit) = make(store, product, rng) else { break };
                let straddles = next
                    .filter(|_| rng.chance(STRADDLING_RATIO))
                    .map(|next| (next, rng.uniform(STRADDLING_SHARE.0, STRADDLING_SHARE.1)));
                stock.put(plate, Placed { unit, straddles });
            }
        }
        stock
    }

    /// Puts a unit on a plate, in front.
    pub(crate) fn put(&mut self, plate: PlateIndex, placed: Placed) {
        self.plates[plate.0 as usize].push(placed);
    }

    /// Takes the foremost unit of a product from a plate, if there is one.
    pub(crate) fn take(&mut self, plate: PlateIndex, product: ProductIndex) -> Option<Placed> {
        let units = &mut self.plates[plate.0 as usize];
        let place = units.iter().rposition(|placed| placed.unit.product == product)?;
        Some(units.remove(place))
    }

    /// How many units of a product stand on a plate.
    pub(crate) fn count(&self, plate: PlateIndex, product: ProductIndex) -> usize {
        self.plates[plate.0 as usize].iter().filter(|placed| placed.unit.product == product).count()
    }

    /// How much rests on each plate, grams.
    pub(crate) fn loads_g(&self) -> Vec<f64> {
        let mut loads = vec![0.0; self.plates.len()];
        for (plate, units) in (0..).map(PlateIndex).zip(&self.plates) {
            for (plate, grams) in units.iter().flat_map(|placed| placed.masses(plate)) {
                loads[plate.0 as usize] += grams;
            }
        }
        loads
    }
}

fn same_shelf(store: &Store, one: PlateIndex, other: PlateIndex) -> bool {
    let (one, other) = (store.plate(one).id, store.plate(other).id);
    (one.gondola, one.shelf) == (other.gondola, other.shelf)
}

/// Makes a unit; none if the catalogue does not know the product's mass.
pub(crate) fn make(store: &Store, product: ProductIndex, rng: &mut Rng) -> Option<Unit> {
    let (mean, sd) = store.product(product).mass_g?;
    // Beyond three deviations a packer's check-weigher throws a unit out.
    let spread = rng.gaussian().clamp(-3.0, 3.0) * sd;
    Some(Unit { product, grams: (mean + spread).max(mean * 0.1) })
}
