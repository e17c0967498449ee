//! Which promotion takes which units, and what that takes off each line.
//!
//! Every unit takes part in one promotion at most. The promotion that saves most on each unit it takes goes
//! first, the earlier in the list among equals, then the next on what is left, until none saves anything.
//! That alone can lose to one promotion that needs units another has taken, so each promotion is also tried
//! first, and of all these outcomes the one that saves the shopper most stands: never less than any single
//! promotion alone would save. (The very best choice is a weighted set packing, which no one can compute
//! quickly for all carts, nor explain at a counter.)

use std::cmp::Reverse;

use crate::{Deal, Item, Promotion, Quantity, Rounding, share};

/// What promotions may choose from: items in canonical order and what they cost on the shelf.
pub(crate) struct Cart<'a> {
    pub(crate) items: &'a [&'a Item],
    /// Shelf price of each item, minor units.
    pub(crate) shelf: &'a [i128],
    pub(crate) rounding: Rounding,
}

/// A promotion with the items it holds for, the dearest first.
struct Candidate<'a> {
    promotion: &'a Promotion,
    items: Vec<usize>,
}

/// A promotion on some units.
struct Application {
    /// Item and units of it; a thing sold by weight is one unit.
    units: Vec<(usize, i128)>,
    /// What it takes off, minor units.
    saving: i128,
}

/// What each candidate takes off each item, minor units.
struct Outcome {
    /// By item, then by candidate.
    off: Vec<Vec<i128>>,
    saving: i128,
}

/// The discounts of each item, in the order of the promotions. They are positive and add up to no more than
/// the item's shelf price.
pub(crate) fn discounts(cart: &Cart, promotions: &[Promotion]) -> Vec<Vec<(String, i128)>> {
    let candidates = candidates(cart, promotions);
    let mut best = outcome(cart, &candidates, None);
    if candidates.len() > 1 {
        for first in 0..candidates.len() {
            let other = outcome(cart, &candidates, Some(first));
            if other.saving > best.saving {
                best = other;
            }
        }
    }
    let named = |off: Vec<i128>| {
        let all = candidates.iter().zip(off).filter(|(_, amount)| *amount > 0);
        all.map(|(candidate, amount)| (candidate.promotion.name.clone(), amount)).collect()
    };
    best.off.into_iter().map(named).collect()
}

/// The promotions that hold for something in the cart.
fn candidates<'a>(cart: &Cart, promotions: &'a [Promotion]) -> Vec<Candidate<'a>> {
    let fitting = |promotion: &'a Promotion| {
        let mut items: Vec<usize> =
            (0..cart.items.len()).filter(|&item| promotion.fits(cart.items[item])).collect();
        items.sort_by_key(|&item| Reverse(cart.items[item].unit_price));
        (!items.is_empty()).then_some(Candidate { promotion, items })
    };
    promotions.iter().filter_map(fitting).collect()
}

/// Lets `first`, if any, take all it can, then whichever saves most on each unit.
fn outcome(cart: &Cart, candidates: &[Candidate], first: Option<usize>) -> Outcome {
    let mut left: Vec<i128> = cart.items.iter().map(|item| units(item)).collect();
    let mut outcome = Outcome { off: vec![vec![0; candidates.len()]; cart.items.len()], saving: 0 };
    let mut take = |index: usize, application: &Application, left: &mut [i128]| {
        let prices: Vec<i128> =
            application.units.iter().map(|&(item, count)| cart.unit_price(item) * count).collect();
        let weights: Vec<i128> = prices.iter().map(|price| price * application.saving).collect();
        let parts = share::split(application.saving, &weights, prices.iter().sum());
        for (&(item, count), part) in application.units.iter().zip(parts) {
            left[item] -= count;
            outcome.off[item][index] += part;
        }
        outcome.saving += application.saving;
    };
    if let Some(index) = first {
        while let Some(application) = cart.apply(&candidates[index], &left) {
            take(index, &application, &mut left);
        }
    }
    while let Some((index, application)) = cart.best(candidates, &left) {
        take(index, &application, &mut left);
    }
    outcome
}

/// How many units promotions can take of an item.
fn units(item: &Item) -> i128 {
    match item.quantity {
        Quantity::Units(units) => i128::from(units),
        Quantity::Grams(_) => 1,
    }
}

impl Application {
    fn saving_and_count(&self) -> (i128, i128) {
        (self.saving, self.units.iter().map(|(_, count)| count).sum())
    }
}

/// Whether one application saves more on each unit than another; each is its saving and its count of units.
fn beats((saving, count): (i128, i128), (other_saving, other_count): (i128, i128)) -> bool {
    saving * other_count > other_saving * count
}

impl Cart<'_> {
    /// What a unit costs, or a thing sold by weight altogether, minor units.
    fn unit_price(&self, item: usize) -> i128 {
        match self.items[item].quantity {
            Quantity::Units(_) => i128::from(self.items[item].unit_price),
            Quantity::Grams(_) => self.shelf[item],
        }
    }

    /// The application that saves most on each unit, of the earliest candidate among equals.
    fn best(&self, candidates: &[Candidate], left: &[i128]) -> Option<(usize, Application)> {
        let all = candidates.iter().enumerate();
        all.filter_map(|(index, candidate)| Some((index, self.apply(candidate, left)?))).reduce(
            |best, next| {
                if beats(next.1.saving_and_count(), best.1.saving_and_count()) { next } else { best }
            },
        )
    }

    /// The best a promotion can do with what is left, if it saves anything.
    fn apply(&self, candidate: &Candidate, left: &[i128]) -> Option<Application> {
        match candidate.promotion.deal {
            Deal::CheapestFree { pay, free } => {
                let size = i128::from(pay) + i128::from(free);
                self.group(candidate, left, size, |group| self.cheapest(group, free.into()))
            }
            Deal::GroupPrice { units, price } => self.group(candidate, left, units.into(), |group| {
                self.cheapest(group, units.into()) - i128::from(price)
            }),
            Deal::ShareOff { millionths } => self.one(candidate, left, |item| {
                let price = self.unit_price(item) * left[item];
                self.rounding.divide(price * i128::from(millionths), 1_000_000)
            }),
            Deal::AmountOff { amount } => self.one(candidate, left, |item| {
                let off = i128::from(amount.min(self.items[item].unit_price));
                match self.items[item].quantity {
                    Quantity::Units(_) => off * left[item],
                    Quantity::Grams(grams) => self.rounding.divide(off * i128::from(grams), 1000),
                }
            }),
        }
    }

    /// All that is left of the item on which `saving` is the largest a unit.
    fn one(
        &self,
        candidate: &Candidate,
        left: &[i128],
        saving: impl Fn(usize) -> i128,
    ) -> Option<Application> {
        let open = candidate.items.iter().filter(|&&item| left[item] > 0);
        let (item, (saving, count)) = open
            .map(|&item| (item, (saving(item), left[item])))
            .reduce(|best, next| if beats(next.1, best.1) { next } else { best })?;
        (saving > 0).then(|| Application { units: vec![(item, count)], saving })
    }

    /// The dearest `size` units, as many times over as the dearest item alone can fill the group.
    fn group(
        &self,
        candidate: &Candidate,
        left: &[i128],
        size: i128,
        saving: impl Fn(&[(usize, i128)]) -> i128,
    ) -> Option<Application> {
        let mut missing = size;
        let mut group = Vec::new();
        for &item in &candidate.items {
            let by_unit = matches!(self.items[item].quantity, Quantity::Units(_));
            if missing > 0 && by_unit && left[item] > 0 {
                let count = missing.min(left[item]);
                group.push((item, count));
                missing -= count;
            }
        }
        let times = match group[..] {
            [(item, _)] => left[item] / size,
            _ => 1,
        };
        let saving = if missing == 0 { saving(&group) * times } else { 0 };
        let units = group.into_iter().map(|(item, count)| (item, count * times)).collect();
        (saving > 0).then_some(Application { units, saving })
    }

    /// What the `count` cheapest units of a group, sorted dearest first, cost.
    fn cheapest(&self, group: &[(usize, i128)], count: i128) -> i128 {
        let mut missing = count;
        let mut price = 0;
        for &(item, units) in group.iter().rev() {
            let taken = missing.min(units);
            price += self.unit_price(item) * taken;
            missing -= taken;
        }
        price
    }
}
