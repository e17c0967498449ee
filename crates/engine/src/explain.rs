//! What may have been moved: products and units that explain grams, by mass and planogram alone.

use std::collections::{BTreeMap, BTreeSet};

use model::{PlateIndex, ProductIndex, Store};
use scales::MassChange;

use crate::hypothesis::ANYTHING_G;
use crate::logs::{log_normal, log_sum};
use crate::planogram::{Catalogue, Ledger};
use crate::strays::Strays;

/// Logarithms of how common things are, against a unit taken from its own facing.
const BESIDE: f64 = -6.5;
/// … what was put down in a wrong place is taken from there as often as what belongs there (assumed, as `TAKEN_AGAIN`).
pub(crate) const MISPLACED_EARLIER: f64 = 0.0;
pub(crate) const PUT_ELSEWHERE: f64 = -4.5;
const TWO_PRODUCTS: f64 = -4.6;
/// Things on their own plates that were moved at one moment, against one thing over all of them.
const SEPARATE_PLATES: f64 = -1.5;
/// A unit stands over the gap to a facing that is not its own.
const OVERHANGS: f64 = -3.5;
/// A unit stands over the gap between two plates of its own facing (one of four, assumed).
const OVER_GAP: f64 = -1.4;
/// The most that a plate passes on to its neighbours, as a share: as [`PASSED_ON`], and shelves bend more under a press.
const PASSED_ON_MOST: f64 = 0.03;
/// What a hand at a plate that can't be weighed with did, against nothing (assumed): twice as many take something as only
/// look, and of those who have one in the cart, as many put it back as take another. So many units fit a hand.
const BLIND_TAKE: f64 = 0.7;
const BLIND_PUT: f64 = 0.7;
const BLIND_UNITS: usize = 3;
/// Units beyond the first: the logarithm of how common each number is.
const UNITS: [f64; 6] = [0.0, -1.6, -2.7, -3.5, -4.2, -5.0];
/// The scale's own error, as a share of the change.
const SCALE_ERROR: f64 = 0.003;
/// What a plate passes on to its neighbours, as a share, give or take: up to 2 % in the nanostore recording.
pub(crate) const PASSED_ON: f64 = 0.015;
/// A unit over two plates weighs more than on one, as each shows some of what the other bears; by this share, give or
/// take.
pub(crate) const STRADDLE_ERROR: f64 = 0.007;
/// A movement that moved nothing is a rest of noise or, rarely, anything up to the heaviest goods. Of the noise, what
/// is told as a change lies beyond so many standard deviations, and from there on falls exponentially with this scale,
/// standard deviations (false changes of simulated shelves: 5 to 8 of them).
const REST_SHARE: f64 = 0.1;
const REST_SIGMAS: f64 = 5.0;
const REST_SCALE: f64 = 1.5;
const ANYTHING_SHARE: f64 = 0.01;
/// Goods do not vanish, but some are not in the catalogue.
const VANISHED_SHARE: f64 = 0.001;
/// A mass farther off than this many standard deviations explains nothing.
const MAX_SIGMAS: f64 = 5.0;
/// This share of changes errs by so much more, grams (standard deviation): the plate drifted meanwhile, or a hand rested on it. Assumed.
const DRIFTS: f64 = 0.01;
const DRIFT_G: f64 = 3.0;
/// The whole catalogue is searched this far around a mass, as a share of it and in standard deviations, and this many
/// of what may lie there by mistake are considered.
const OTHER_MASS: f64 = 0.1;
const OTHER_MASS_SIGMAS: f64 = 5.0;
const MOST_WRONG: usize = 16;
/// Explanations of one part that are combined with those of other parts.
const BEST_OF_PART: usize = 3;
/// Parts that are explained one by one; more are a shelf that was moved as a whole.
const MAX_PARTS: usize = 4;

/// Units of one product that went to the shelf (negative: left it), at one part of the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) product: ProductIndex,
    pub(crate) units: i32,
    /// The part of the change that it explains; `None`: the change as a whole.
    pub(crate) part: Option<usize>,
}

/// Items that explain a change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Explanation {
    pub(crate) items: Vec<Item>,
    /// The parts of the change on which nothing was moved.
    pub(crate) idle: Vec<usize>,
    pub(crate) log_likelihood: f64,
}

/// What lies, or may lie, where the change was.
pub(crate) struct Shelf<'a> {
    pub(crate) store: &'a Store,
    /// Products put back on plates though they belong elsewhere.
    pub(crate) strays: &'a Strays,
    /// All products, which may lie anywhere.
    pub(crate) catalogue: &'a Catalogue,
    /// What was taken where lately.
    pub(crate) ledger: &'a Ledger,
    /// Products in the carts of those who may have done it.
    pub(crate) in_carts: &'a BTreeSet<ProductIndex>,
}

impl Shelf<'_> {
    /// All that may explain `grams` of a change, with its log-likelihood (density per gram and part).
    pub(crate) fn explain(&self, change: &MassChange) -> Vec<Explanation> {
        let grams = change.grams;
        let mut parts: Vec<Part> = (0..)
            .zip(&change.parts)
            .filter(|(_, (_, part))| !part.knock_on)
            .map(|(number, (plate, part))| Part {
                number,
                plate: *plate,
                grams: part.grams,
                sd: part.grams_sd,
            })
            .collect();
        parts.sort_by_key(|part| part.plate);
        let plates: Vec<PlateIndex> = parts.iter().map(|part| part.plate).collect();
        let passed_on = if parts.len() > 1 { STRADDLE_ERROR * grams } else { 0.0 };
        let sd = (change.grams_sd * change.grams_sd + passed_on * passed_on).sqrt();
        let whole = Measured { grams, sd, part: None };
        let products = self.products(&plates, grams > 0.0);
        let mut found = self.one_product(&products, whole);
        found.extend(self.wrong_product(&plates, whole));
        found.extend(self.two_products(&products, whole));
        for explanation in &mut found {
            explanation.log_likelihood += log_split(change, grams);
        }
        if (2..=MAX_PARTS).contains(&parts.len()) {
            for cuts in 1..1_u32 << (parts.len() - 1) {
                let runs = runs(&parts, cuts);
                let combined = combine(runs.map(|run| self.best_of_run(run, change.grams)));
                found.extend(combined.into_iter().filter(|explanation| !explanation.items.is_empty()));
            }
        }
        sort(&mut found);
        found
    }

    /// The best ways to explain what neighbouring plates felt as one thing of its own, while `total` grams were moved
    /// on all of them.
    fn best_of_run(&self, run: &[Part], total: f64) -> Vec<Explanation> {
        let grams: f64 = run.iter().map(|part| part.grams).sum();
        let straddle = if run.len() > 1 { STRADDLE_ERROR * grams } else { 0.0 };
        let passed_on = PASSED_ON * (total - grams);
        let variance = run.iter().map(|part| part.sd * part.sd).sum::<f64>();
        let sd = (variance + passed_on * passed_on + straddle * straddle).sqrt();
        let loudest =
            run.iter().max_by(|a, b| a.grams.abs().total_cmp(&b.grams.abs()).then(b.number.cmp(&a.number)));
        let measured = Measured { grams, sd, part: loudest.map(|part| part.number) };
        let plates: Vec<PlateIndex> = run.iter().map(|part| part.plate).collect();
        let mut best = self.one_product(&self.products(&plates, grams > 0.0), measured);
        best.extend(self.wrong_product(&plates, measured));
        for explanation in &mut best {
            explanation.log_likelihood += log_split_over(run.len(), grams);
        }
        sort(&mut best);
        best.truncate(BEST_OF_PART);
        if let [part] = run {
            let log_likelihood = log_idle(part.grams, part.sd);
            best.push(Explanation { items: Vec::new(), idle: vec![part.number], log_likelihood });
        }
        best
    }

    /// All that may have happened at a plate that could not be weighed with, against nothing.
    pub(crate) fn explain_blind(&self, plate: PlateIndex) -> Vec<Explanation> {
        let products = &self.store.plate(plate).products;
        let rare = libm::log(products.len() as f64);
        let explain = |product: ProductIndex, units: i32, log_likelihood: f64| Explanation {
            items: vec![Item { product, units, part: None }],
            idle: Vec::new(),
            log_likelihood: log_likelihood - rare,
        };
        let ways = |product: &ProductIndex| {
            let units = UNITS.iter().zip(1..).take(BLIND_UNITS);
            let taken = units.map(|(log_units, units)| explain(*product, -units, BLIND_TAKE + log_units));
            let put = self.in_carts.contains(product).then(|| explain(*product, 1, BLIND_PUT));
            taken.chain(put).collect::<Vec<_>>()
        };
        products.iter().flat_map(ways).collect()
    }

    /// Logarithm of the density (per gram) of what plates felt beside `blind` ones while something was moved there: their
    /// part of a unit that stood over the gap, or what the frame passes on. What it was, the hand at the blind plate asks.
    pub(crate) fn log_unfelt(&self, change: &MassChange, grams: f64, blind: &[PlateIndex]) -> f64 {
        let is_shared = |product: &ProductIndex| {
            change.counted().any(|(plate, _)| self.store.plate(*plate).products.contains(product))
        };
        let up_to = |most_g: f64| if grams.abs() < most_g { 1.0 / most_g } else { 0.0 };
        let density = |product: &ProductIndex| {
            let mass = self.store.product(*product).mass_g.map_or(0.0, |(mass, _)| mass);
            let over_gap = if is_shared(product) { OVER_GAP } else { OVERHANGS };
            up_to(PASSED_ON_MOST * BLIND_UNITS as f64 * mass) + libm::exp(over_gap) * up_to(mass)
        };
        let of_plate = |plate: &PlateIndex| {
            let products = &self.store.plate(*plate).products;
            products.iter().map(density).sum::<f64>() / products.len().max(1) as f64
        };
        libm::log(blind.iter().map(of_plate).sum::<f64>()) + log_split(change, grams)
    }

    /// The products that may have moved and how likely each is by its place.
    fn products(&self, plates: &[PlateIndex], added: bool) -> Vec<(ProductIndex, f64)> {
        let mut by_place = BTreeMap::new();
        let mut consider = |product: ProductIndex, log_prior: f64| {
            let known = by_place.entry(product).or_insert(log_prior);
            *known = f64::max(*known, log_prior);
        };
        for plate in plates {
            for product in &self.store.plate(*plate).products {
                consider(*product, 0.0);
            }
            for product in self.strays.on(*plate) {
                consider(product, MISPLACED_EARLIER);
            }
            for neighbour in [plate.0.wrapping_sub(1), plate.0 + 1] {
                for product in self.beside(*plate, neighbour) {
                    consider(*product, BESIDE);
                }
            }
        }
        if added {
            for product in self.in_carts {
                consider(*product, PUT_ELSEWHERE);
            }
        }
        let overhang = |product: ProductIndex| {
            let is_at_home = |plate: &PlateIndex| self.store.plate(*plate).products.contains(&product);
            let at_home = plates.iter().filter(|plate| is_at_home(plate)).count();
            if at_home == 0 { 0.0 } else { OVERHANGS * (plates.len() - at_home) as f64 }
        };
        by_place.into_iter().map(|(product, log_prior)| (product, log_prior + overhang(product))).collect()
    }

    /// The products of the plate next in number, if it lies on the same shelf.
    fn beside(&self, plate: PlateIndex, neighbour: u32) -> &[ProductIndex] {
        match self.store.plates().get(neighbour as usize) {
            Some(other) if self.store.are_beside(plate, PlateIndex(neighbour)) => &other.products,
            _ => &[],
        }
    }

    fn one_product(&self, products: &[(ProductIndex, f64)], measured: Measured) -> Vec<Explanation> {
        let sign = if measured.grams > 0.0 { 1 } else { -1 };
        let mut found = Vec::new();
        for &(product, log_prior) in products {
            for (log_units, units) in UNITS.iter().zip(1..) {
                let item = Item { product, units: sign * units, part: measured.part };
                if let Some(log_density) = self.log_density(&[item], measured) {
                    let log_likelihood = log_density + log_prior + log_units;
                    found.push(Explanation { items: vec![item], idle: Vec::new(), log_likelihood });
                }
            }
        }
        found
    }

    /// What may have been taken if the planogram lies or somebody filled the wrong plate: the likeliest products that
    /// should not lie there.
    fn wrong_product(&self, plates: &[PlateIndex], measured: Measured) -> Vec<Explanation> {
        let Some(gondola) = plates.first().map(|plate| self.store.plate(*plate).id.gondola) else {
            return Vec::new();
        };
        let is_home = |product: &ProductIndex| {
            plates.iter().any(|plate| self.store.plate(*plate).products.contains(product))
        };
        let mut found: Vec<(f64, Item)> = Vec::new();
        for (log_units, units) in UNITS.iter().zip(1..) {
            let unit_g = -measured.grams / f64::from(units);
            let off_g = OTHER_MASS * unit_g + OTHER_MASS_SIGMAS * measured.sd;
            for product in self.catalogue.around(unit_g, off_g).filter(|product| !is_home(product)) {
                let item = Item { product, units: -units, part: measured.part };
                if let Some(log_density) = self.log_density(&[item], measured) {
                    let log_prior = self.catalogue.log_wrong(product, gondola) + log_units;
                    found.push((log_density + log_prior, item));
                }
            }
        }
        found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(one.cmp(other)));
        found.truncate(MOST_WRONG);
        let explanation =
            |(log_likelihood, item)| Explanation { items: vec![item], idle: Vec::new(), log_likelihood };
        found.into_iter().map(explanation).collect()
    }

    /// Two products at once from one place, or one taken while another is put down.
    fn two_products(&self, products: &[(ProductIndex, f64)], measured: Measured) -> Vec<Explanation> {
        let near: Vec<_> = products.iter().filter(|(_, log_prior)| *log_prior > BESIDE - 0.1).collect();
        let mut found = Vec::new();
        for (number, &&(one, prior_one)) in near.iter().enumerate() {
            for &&(other, prior_other) in &near[number + 1..] {
                for (units_one, units_other) in [(-1, -1), (1, 1), (-1, 1), (1, -1)] {
                    let item = |product, units| Item { product, units, part: measured.part };
                    let items = vec![item(one, units_one), item(other, units_other)];
                    if let Some(log_density) = self.log_density(&items, measured) {
                        let log_likelihood = log_density + prior_one + prior_other + TWO_PRODUCTS;
                        found.push(Explanation { items, idle: Vec::new(), log_likelihood });
                    }
                }
            }
        }
        found
    }

    /// Logarithm of the normal density (per gram) of the measured mass, if the items come near it.
    fn log_density(&self, items: &[Item], measured: Measured) -> Option<f64> {
        let scale_error = SCALE_ERROR * measured.grams;
        let (mut expected, mut variance) = (0.0, measured.sd * measured.sd + scale_error * scale_error);
        for item in items {
            let (mass, sd) = self.store.product(item.product).mass_g?;
            expected += f64::from(item.units) * mass;
            variance += f64::from(item.units.abs()) * sd * sd;
        }
        let off = measured.grams - expected;
        let most = MAX_SIGMAS * MAX_SIGMAS * (variance + DRIFT_G * DRIFT_G);
        (off * off <= most).then(|| log_error(off, variance))
    }
}

/// Logarithm of the density (per gram) of a weighing that is `off` grams beside what it should be, with this variance where nothing
/// drifted.
pub(crate) fn log_error(off: f64, variance: f64) -> f64 {
    let told = log_normal(off, variance) + libm::log1p(-DRIFTS);
    let drifted = log_normal(off, variance + DRIFT_G * DRIFT_G) + libm::log(DRIFTS);
    log_sum(told, drifted)
}

/// Logarithm of how common it is to move so many units at once.
pub(crate) fn log_units(units: i32) -> f64 {
    UNITS.get(units.unsigned_abs().saturating_sub(1) as usize).copied().unwrap_or(UNITS[UNITS.len() - 1])
}

/// Logarithm of the density (per gram) of what a plate felt when nothing was moved there: a rest of noise, or a hand.
pub(crate) fn log_idle(grams: f64, grams_sd: f64) -> f64 {
    let scale = REST_SCALE * grams_sd;
    let beyond = (grams.abs() - REST_SIGMAS * grams_sd).max(0.0);
    let rest = REST_SHARE * libm::exp(-beyond / scale) / (2.0 * scale);
    let anything = if grams > 0.0 { ANYTHING_SHARE } else { VANISHED_SHARE };
    libm::log(rest + anything / ANYTHING_G)
}

/// Logarithm of the density of how one thing across several plates splits its weight: in any way.
pub(crate) fn log_split(change: &MassChange, grams: f64) -> f64 {
    log_split_over(change.counted().count(), grams)
}

/// The same for `plates` plates.
pub(crate) fn log_split_over(plates: usize, grams: f64) -> f64 {
    (1.0 - plates as f64) * libm::log(grams.abs().max(1.0))
}

/// What one plate felt of a change.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Its place among the parts of the change.
    number: usize,
    plate: PlateIndex,
    grams: f64,
    sd: f64,
}

/// The parts cut into runs of neighbours: after each part for which a bit of `cuts` is set.
fn runs(parts: &[Part], cuts: u32) -> impl Iterator<Item = &[Part]> {
    let mut rest = parts;
    let mut first = 0;
    std::iter::from_fn(move || {
        let length =
            (1..rest.len()).find(|length| cuts >> (first + length - 1) & 1 == 1).unwrap_or(rest.len());
        let (run, others) = rest.split_at(length);
        (rest, first) = (others, first + length);
        (!run.is_empty()).then_some(run)
    })
}

/// Grams to explain.
#[derive(Clone, Copy, Debug)]
struct Measured {
    grams: f64,
    sd: f64,
    part: Option<usize>,
}

/// All ways to explain each part by itself.
fn combine(parts: impl Iterator<Item = Vec<Explanation>>) -> Vec<Explanation> {
    let mut combined =
        vec![Explanation { items: Vec::new(), idle: Vec::new(), log_likelihood: SEPARATE_PLATES }];
    for part in parts {
        combined = combined
            .iter()
            .flat_map(|so_far| {
                part.iter().map(|more| Explanation {
                    items: [so_far.items.as_slice(), &more.items].concat(),
                    idle: [so_far.idle.as_slice(), &more.idle].concat(),
                    log_likelihood: so_far.log_likelihood + more.log_likelihood,
                })
            })
            .collect();
    }
    combined
}

fn sort(explanations: &mut [Explanation]) {
    explanations
        .sort_by(|a, b| b.log_likelihood.total_cmp(&a.log_likelihood).then_with(|| a.items.cmp(&b.items)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weighing_some_grams_off_is_rare_and_possible() {
        let sure = log_error(0.0, 0.1);
        let drifted = log_error(4.0, 0.1);
        assert!((-9.0..-4.0).contains(&(drifted - sure)), "{}", drifted - sure);
        assert!(log_error(12.0, 0.1) < drifted - 5.0);
    }
}
