//! The units on the shelves, each with a mass of its own.

use std::collections::BTreeMap;

use model::{PlateIndex, ProductIndex, Store};

use crate::Rng;

/// A unit of 500 g takes up a cube of this side, metres, others in proportion. Assumed.
const UNIT_M: f64 = 0.1;
const UNIT_G: f64 = 500.0;
/// How full plates are where the script says nothing, units and mass on a plate. Assumed; it gives plates
/// 0.3–4 kg, as in the recorded nanostore, where the median is 1.1 kg.
const FILLED: (f64, f64) = (0.5, 1.0);
const FILL_UNITS: (f64, f64) = (4.0, 30.0);
const FILL_MAX_G: f64 = 15_000.0;
/// Where a facing has several plates, units as wide as a plate stand over a gap this often, narrower ones in
/// proportion, and wider ones mostly. Assumed: the recorded nanostore shows one take only, all on one plate of a
/// facing of two.
const STRADDLING_RATIO: f64 = 0.25;
const STRADDLING_MAX: f64 = 0.8;
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
    /// Fills every facing of the store; `counts` says how many where it knows
    /// better, on the planogram or off it. Products of unknown mass are left out: scales can say nothing
    /// about them.
    pub(crate) fn fill(store: &Store, counts: &Counts, rng: &mut Rng) -> Self {
        let mut places = BTreeMap::new();
        for facing in store.facings() {
            for (place, plate) in facing.plates.iter().enumerate() {
                let next = facing.plates.get(place + 1).filter(|next| same_shelf(store, *plate, **next));
                let units = usual_units(store, *plate, facing.product, rng);
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
                let straddling = straddling(store, plate, unit.grams);
                let straddles = next
                    .filter(|_| rng.chance(straddling))
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

    /// The unit of a product that would be taken first from a plate.
    pub(crate) fn foremost(&self, plate: PlateIndex, product: ProductIndex) -> Option<&Placed> {
        self.plates[plate.0 as usize].iter().rfind(|placed| placed.unit.product == product)
    }

    /// The products of all units on a plate.
    pub(crate) fn products(&self, plate: PlateIndex) -> impl Iterator<Item = ProductIndex> {
        self.plates[plate.0 as usize].iter().map(|placed| placed.unit.product)
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

/// How wide a unit is, metres.
fn width_m(grams: f64) -> f64 {
    UNIT_M * libm::cbrt(grams / UNIT_G)
}

/// How many units stand on a plate when it is about full.
fn usual_units(store: &Store, plate: PlateIndex, product: ProductIndex, rng: &mut Rng) -> u32 {
    let size_m = store.plate(plate).size_m;
    let grams = store.product(product).mass_g.map_or(UNIT_G, |(mean, _)| mean);
    let width_m = width_m(grams);
    let room = (size_m.x / width_m).floor().max(1.0) * (size_m.y / width_m).floor().max(1.0);
    let units = (room * rng.uniform(FILLED.0, FILLED.1)).clamp(FILL_UNITS.0, FILL_UNITS.1);
    units.min(FILL_MAX_G / grams).round() as u32
}

/// How often a unit on a plate stands over the gap to the next one of its facing.
fn straddling(store: &Store, plate: PlateIndex, grams: f64) -> f64 {
    let part = width_m(grams) / store.plate(plate).size_m.x;
    if part > 1.0 { STRADDLING_MAX } else { STRADDLING_RATIO * part }
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
