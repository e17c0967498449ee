//! From what is believed of a cart to what is charged and what is looked at.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Alternative, Currency, Evidence, EvidenceSource, Line, Money, ProductIndex, Receipt, ReviewReason, Store,
    TripId, Who,
};

use crate::beliefs::Beliefs;
use crate::cluster::{Cluster, Considered};
use crate::hypothesis::Move;
use crate::trips::Trip;

/// A unit less probable than this is not even looked at: the doubt is the shopper's.
const REVIEW_FLOOR: f64 = 0.12;
/// If it is sure that a trip took something, but not what, or how many, this is enough to be looked at; so many things
/// at most.
const CANDIDATE_FLOOR: f64 = 0.01;
const MAX_CANDIDATES: usize = 12;
/// Alternatives less probable than this are not told.
const ALTERNATIVE_FLOOR: f64 = 0.001;

/// The receipt of a trip that everybody left.
pub(crate) fn receipt(store: &Store, beliefs: &Beliefs, id: TripId, trip: Trip) -> Receipt {
    let (left, departure) = trip.left.unwrap_or((trip.entered, model::Departure::RecordsEnded));
    let (mut lines, mut review) = (Vec::new(), Vec::new());
    let cluster = beliefs.cluster_of(Who::Trip(id));
    // What staff carry belongs to the store.
    let cart = if trip.is_staff() { BTreeMap::new() } else { beliefs.cart(id) };
    let in_doubt = cluster.map(|cluster| in_doubt(cluster, id, store.policy().charge_probability));
    let in_doubt = in_doubt.unwrap_or_default();
    for (product, at_least) in cart {
        let floor = if in_doubt.contains(&product) { CANDIDATE_FLOOR } else { REVIEW_FLOOR };
        let count = |least: f64| at_least.iter().filter(|probability| **probability >= least).count();
        let sure = count(store.policy().charge_probability);
        let possible = count(floor).max(sure);
        let mut line = |units: usize, upto: usize, reason: Option<ReviewReason>| {
            if units > 0 {
                let evidence = cluster.map(|cluster| evidence_for(store, cluster, id, product));
                let probability = at_least[upto - 1];
                let evidence = evidence.unwrap_or_default();
                let line = Line::new(store.product(product), units as u32, probability, reason, evidence);
                if reason.is_some() { review.push(line) } else { lines.push(line) }
            }
        };
        let no_price = store.product(product).price.is_none().then_some(ReviewReason::NoPrice);
        line(sure, sure, no_price);
        line(possible - sure, possible, Some(ReviewReason::Doubt));
    }
    let currency = store.currency();
    Receipt {
        trip: id,
        tracks: trip.tracks,
        credential: trip.credential,
        entered: trip.entered,
        left,
        departure,
        total: total(&lines, currency),
        lines,
        review,
        currency,
    }
}

/// What lines cost together.
pub(crate) fn total(lines: &[Line], currency: Currency) -> Money {
    let total = lines.iter().filter_map(|line| line.amount).try_fold(Money::new(0, currency), Money::plus);
    // No cart reaches the largest 64-bit number of cents: each line is checked to be an amount.
    total.unwrap_or(Money::new(i64::MAX, currency))
}

/// What a trip may have taken at the changes that were probably its own, but where it is clear neither what was moved nor what the cart
/// holds of it in the end.
fn in_doubt(cluster: &Cluster, trip: TripId, sure: f64) -> BTreeSet<ProductIndex> {
    let mut all = BTreeSet::new();
    for considered in cluster.changes() {
        let mut products: BTreeMap<ProductIndex, f64> = BTreeMap::new();
        for (way, probability) in considered.ways.iter().zip(cluster.probabilities(considered)) {
            for step in way.iter().filter(|step| step.who == Who::Trip(trip) && step.units < 0) {
                *products.entry(step.product).or_default() += probability;
            }
        }
        let took_something: f64 = products.values().sum();
        let is_clear = || {
            products.values().any(|probability| *probability >= sure * took_something)
                || cluster.likeliest_content(Who::Trip(trip), &products) >= sure
        };
        // Of what no scale weighed, the units are not known either.
        let is_clear = considered.source != EvidenceSource::Hand && is_clear();
        if took_something >= REVIEW_FLOOR && !is_clear {
            let mut likeliest: Vec<_> = products.into_iter().collect();
            likeliest.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            all.extend(likeliest.into_iter().take(MAX_CANDIDATES).map(|(product, _)| product));
        }
    }
    all
}

/// The changes that speak for a trip's having moved a product, oldest first: the likely ones, or the likeliest, for a line
/// never comes without evidence.
fn evidence_for(store: &Store, cluster: &Cluster, trip: TripId, product: ProductIndex) -> Vec<Evidence> {
    let speaks = |step: &Move| step.who == Who::Trip(trip) && step.product == product;
    let moved = |considered: &Considered| {
        let probabilities = cluster.probabilities(considered);
        let ways = considered.ways.iter().zip(&probabilities).filter(|(way, _)| way.iter().any(speaks));
        let moved: f64 = ways.map(|(_, probability)| probability).sum();
        (moved, probabilities)
    };
    let changes: Vec<_> = cluster.changes().map(|considered| (considered, moved(considered))).collect();
    let likeliest = changes.iter().map(|(_, (moved, _))| *moved).fold(0.0, f64::max);
    changes
        .into_iter()
        .filter(|(_, (moved, _))| *moved > 0.0 && *moved >= likeliest.min(REVIEW_FLOOR))
        .map(|(considered, (_, probabilities))| evidence(store, considered, &probabilities))
        .collect()
}

/// Why a change is explained as it is.
pub(crate) fn evidence(store: &Store, considered: &Considered, probabilities: &[f64]) -> Evidence {
    let change = &considered.change;
    let mut alternatives: Vec<Alternative> = considered
        .ways
        .iter()
        .zip(probabilities)
        .filter(|(_, probability)| **probability >= ALTERNATIVE_FLOOR)
        .flat_map(|(way, probability)| alternatives(store, way, *probability))
        .collect();
    alternatives.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.who.cmp(&b.who)));
    Evidence {
        change: considered.id,
        start: change.start,
        moment: change.moment,
        end: change.end,
        grams: change.grams,
        grams_sd: change.grams_sd,
        source: considered.source,
        place: change.place,
        plates: change.parts.iter().map(|(_, part)| *part).collect(),
        hands: considered.hands.clone(),
        alternatives,
        curve: change.curve.clone(),
    }
}

/// One alternative for each person in a way to explain a change.
fn alternatives(store: &Store, way: &[Move], probability: f64) -> Vec<Alternative> {
    let mut people: Vec<Who> = way.iter().map(|step| step.who).collect();
    people.dedup();
    if people.is_empty() {
        return vec![Alternative { who: Who::Nobody, items: Vec::new(), probability, expected_grams: None }];
    }
    let of = |who: Who| {
        let theirs = || way.iter().filter(move |step| step.who == who);
        let mass = |step: &Move| {
            store.product(step.product).mass_g.map_or(0.0, |(mass, _)| mass * f64::from(step.units))
        };
        Alternative {
            who,
            items: theirs().map(|step| (store.product(step.product).id.clone(), step.units)).collect(),
            probability,
            expected_grams: Some(theirs().map(mass).sum()),
        }
    };
    people.into_iter().map(of).collect()
}
