//! The figures.

use std::collections::{BTreeMap, BTreeSet};

use model::{Currency, Line, ProductId, Receipt, Store, TrackId, TripId, Truth, TruthTrip};
use serde::Serialize;

use crate::matching::match_trips;

/// How well receipts tell what really happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Visits found, missed and made up.
    pub trips: TripCounts,
    /// Lines: one product on one trip, right if its quantity is the true one too.
    pub lines: Agreement,
    /// Units of products.
    pub units: Agreement,
    /// Receipts that are right as a whole.
    pub receipts: ReceiptScores,
    /// Money charged too much and too little.
    pub money: MoneyScores,
    /// Products that the truth names and the catalogue lacks: no receipt can ever name them.
    pub unknown_products: Vec<ProductId>,
    /// Each visit: those of the truth in its order, then receipts without one, in the order given.
    pub per_trip: Vec<TripScore>,
}

/// Visits found, missed and made up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TripCounts {
    /// Receipts that have a true trip.
    pub matched: u64,
    /// True trips without a receipt.
    pub missing: u64,
    /// Receipts without a true trip.
    pub extra: u64,
}

/// Counts of things charged against things that were really taken along.
///
/// Figures are defined where there is nothing to count: charging nothing charges nothing wrongly
/// (precision 1), and where nothing was taken nothing is missed (recall 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Charged, and true.
    pub right: u64,
    /// Charged, and not true.
    pub wrong: u64,
    /// True, and not charged.
    pub missed: u64,
    /// Right ones among those charged.
    pub precision: f64,
    /// Right ones among the true ones.
    pub recall: f64,
    /// Harmonic mean of precision and recall: twice the right ones over those charged and those true.
    pub f1: f64,
}

impl Agreement {
    fn new(right: u64, wrong: u64, missed: u64) -> Self {
        let share = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        Self {
            right,
            wrong,
            missed,
            precision: share(right, right + wrong),
            recall: share(right, right + missed),
            f1: share(2 * right, 2 * right + wrong + missed),
        }
    }
}

/// Visits that are right as a whole; their number is that of [`Scores::per_trip`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReceiptScores {
    /// What is charged is exactly what was taken along.
    pub exact: u64,
    /// Exact, or nothing is charged too much and every missing unit stands in review.
    pub exact_or_reviewed: u64,
    /// Something stands in review, be it rightly or not.
    pub with_review: u64,
}

/// Money charged too much and too little, product by product on each visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MoneyScores {
    /// Currency of the store.
    pub currency: Currency,
    /// Charged for units that nobody took along, minor units.
    pub overcharged_minor: i64,
    /// Not charged for units that were taken along, minor units; what stands in review is not charged.
    pub undercharged_minor: i64,
    /// Units charged too many whose product has no price.
    pub overcharged_units_without_price: u64,
    /// Units not charged whose product has no price.
    pub undercharged_units_without_price: u64,
}

/// What became of one visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// What is charged is exactly what was taken along.
    Exact,
    /// Not exact, but nothing is charged too much and every missing unit stands in review.
    Reviewed,
    /// Charged too much, or missed without a review.
    Wrong,
    /// A true trip without a receipt.
    Missing,
    /// A receipt without a true trip.
    Extra,
}

/// One visit, as it was and as it was charged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TripScore {
    /// The receipt's trip; none for a true trip without a receipt.
    pub trip: Option<TripId>,
    /// Number of the trip in the truth, from 1; none for a receipt without a true trip.
    pub truth: Option<usize>,
    /// The token of the credential, as the receipt or else the truth gives it.
    pub token: Option<String>,
    /// The tracks, as the receipt or else the truth gives them.
    pub tracks: Vec<TrackId>,
    /// What became of it.
    pub verdict: Verdict,
    /// Every product taken along, charged or in review, by id.
    pub products: Vec<ProductScore>,
}

/// One product on one visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductScore {
    /// Which.
    pub product: ProductId,
    /// Units really taken along.
    pub expected: u64,
    /// Units charged.
    pub charged: u64,
    /// Units in review.
    pub in_review: u64,
}

impl ProductScore {
    /// Whether as many are charged as were taken along.
    pub fn is_exact(&self) -> bool {
        self.charged == self.expected
    }

    /// Whether nothing is charged too much and every missing unit stands in review.
    fn is_exact_or_reviewed(&self) -> bool {
        !self.is_over() && !self.is_short()
    }

    /// Units charged that were not taken along.
    pub fn units_over(&self) -> u64 {
        self.charged.saturating_sub(self.expected)
    }

    /// Units taken along that are neither charged nor in review.
    pub fn units_short(&self) -> u64 {
        self.expected.saturating_sub(self.charged + self.in_review)
    }

    /// Whether more is charged than was taken along.
    pub fn is_over(&self) -> bool {
        self.units_over() > 0
    }

    /// Whether something was taken along that is neither charged nor in review.
    pub fn is_short(&self) -> bool {
        self.units_short() > 0
    }
}

/// Compares receipts with what really happened; `prices` is the store they were made in.
///
/// A receipt is compared with the true trip of the same credential token if both have one, else with one
/// that shares a track; each at most once. What stands on a receipt without a true trip is charged
/// wrongly, what was taken along on a true trip without a receipt is missed.
pub fn score(receipts: &[Receipt], truth: &Truth, prices: &Store) -> Scores {
    let per_trip = score_trips(receipts, truth);
    let products = || per_trip.iter().flat_map(|trip| &trip.products);
    let with_verdict =
        |verdicts: &[Verdict]| per_trip.iter().filter(|trip| verdicts.contains(&trip.verdict)).count() as u64;
    let (missing, extra) = (with_verdict(&[Verdict::Missing]), with_verdict(&[Verdict::Extra]));
    Scores {
        trips: TripCounts { matched: per_trip.len() as u64 - missing - extra, missing, extra },
        lines: count_lines(products()),
        units: count_units(products()),
        receipts: ReceiptScores {
            exact: with_verdict(&[Verdict::Exact]),
            exact_or_reviewed: with_verdict(&[Verdict::Exact, Verdict::Reviewed]),
            with_review: receipts.iter().filter(|receipt| !receipt.review.is_empty()).count() as u64,
        },
        money: count_money(products(), prices),
        unknown_products: unknown_products(truth, prices),
        per_trip,
    }
}

fn score_trips(receipts: &[Receipt], truth: &Truth) -> Vec<TripScore> {
    let matched = match_trips(receipts, &truth.trips);
    let mut of_truth: Vec<Option<&Receipt>> = vec![None; truth.trips.len()];
    for (receipt, trip) in receipts.iter().zip(&matched) {
        if let Some(trip) = trip {
            of_truth[*trip] = Some(receipt);
        }
    }
    let true_trips = of_truth
        .into_iter()
        .zip(&truth.trips)
        .zip(1..)
        .map(|((receipt, trip), number)| score_trip(receipt, Some((number, trip))));
    let extra = receipts.iter().zip(&matched).filter(|(_, trip)| trip.is_none());
    true_trips.chain(extra.map(|(receipt, _)| score_trip(Some(receipt), None))).collect()
}

/// Scores a receipt, a true trip, or both; the true trip with its number.
fn score_trip(receipt: Option<&Receipt>, truth: Option<(usize, &TruthTrip)>) -> TripScore {
    let products = score_products(receipt, truth.map(|(_, trip)| trip));
    let verdict = match (receipt, truth) {
        (None, _) => Verdict::Missing,
        (Some(_), None) => Verdict::Extra,
        _ if products.iter().all(ProductScore::is_exact) => Verdict::Exact,
        _ if products.iter().all(ProductScore::is_exact_or_reviewed) => Verdict::Reviewed,
        _ => Verdict::Wrong,
    };
    let shown_token = receipt.and_then(|receipt| receipt.credential.as_ref()).map(|(_, token)| token.clone());
    let tracks = receipt.map(|receipt| &receipt.tracks).or(truth.map(|(_, trip)| &trip.tracks));
    TripScore {
        trip: receipt.map(|receipt| receipt.trip),
        truth: truth.map(|(number, _)| number),
        token: shown_token.or_else(|| truth.and_then(|(_, trip)| trip.token.clone())),
        tracks: tracks.cloned().unwrap_or_default(),
        verdict,
        products,
    }
}

fn score_products(receipt: Option<&Receipt>, truth: Option<&TruthTrip>) -> Vec<ProductScore> {
    let mut counts: BTreeMap<&ProductId, [u64; 3]> = BTreeMap::new();
    let kept = truth.into_iter().flat_map(|trip| &trip.kept);
    let units = |line: &Line| u64::from(line.quantity);
    for (product, quantity) in kept {
        counts.entry(product).or_default()[0] += u64::from(*quantity);
    }
    for line in receipt.into_iter().flat_map(|receipt| &receipt.lines) {
        counts.entry(&line.product).or_default()[1] += units(line);
    }
    for line in receipt.into_iter().flat_map(|receipt| &receipt.review) {
        counts.entry(&line.product).or_default()[2] += units(line);
    }
    counts
        .into_iter()
        .filter(|(_, counts)| *counts != [0; 3])
        .map(|(product, [expected, charged, in_review])| ProductScore {
            product: product.clone(),
            expected,
            charged,
            in_review,
        })
        .collect()
}

fn count_lines<'a>(products: impl Iterator<Item = &'a ProductScore>) -> Agreement {
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for product in products {
        match (product.charged, product.expected) {
            (0, 0) => {}
            (charged, expected) if charged == expected => right += 1,
            (charged, expected) => {
                wrong += u64::from(charged > 0);
                missed += u64::from(expected > 0);
            }
        }
    }
    Agreement::new(right, wrong, missed)
}

fn count_units<'a>(products: impl Iterator<Item = &'a ProductScore>) -> Agreement {
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for ProductScore { charged, expected, .. } in products {
        right += charged.min(expected);
        wrong += charged.saturating_sub(*expected);
        missed += expected.saturating_sub(*charged);
    }
    Agreement::new(right, wrong, missed)
}

fn count_money<'a>(products: impl Iterator<Item = &'a ProductScore>, prices: &Store) -> MoneyScores {
    let mut money = MoneyScores {
        currency: prices.currency(),
        overcharged_minor: 0,
        undercharged_minor: 0,
        overcharged_units_without_price: 0,
        undercharged_units_without_price: 0,
    };
    for ProductScore { product, charged, expected, .. } in products {
        let price = prices.product_index(product).and_then(|index| prices.product(index).price);
        let (over, under) = (charged.saturating_sub(*expected), expected.saturating_sub(*charged));
        match price {
            Some(price) => {
                add_price(&mut money.overcharged_minor, price.minor, over);
                add_price(&mut money.undercharged_minor, price.minor, under);
            }
            None => {
                money.overcharged_units_without_price += over;
                money.undercharged_units_without_price += under;
            }
        }
    }
    money
}

/// Adds the price of `units`; a sum beyond what can be told stays at the most that can.
fn add_price(sum_minor: &mut i64, price_minor: i64, units: u64) {
    let units = i64::try_from(units).unwrap_or(i64::MAX);
    *sum_minor = sum_minor.saturating_add(price_minor.saturating_mul(units));
}

fn unknown_products(truth: &Truth, prices: &Store) -> Vec<ProductId> {
    let named: BTreeSet<&ProductId> = truth.trips.iter().flat_map(|trip| trip.kept.keys()).collect();
    named.into_iter().filter(|product| prices.product_index(product).is_none()).cloned().collect()
}
