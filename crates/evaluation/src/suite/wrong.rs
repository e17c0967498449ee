//! Receipts that are wrong, with all that is needed to look at them.

use model::{ProductId, Store, Truth};
use serde::Serialize;

use super::reason::{self, Reason};
use crate::{ProductScore, Scores, TripScore, Verdict};

/// A receipt that is neither exact nor rightly sent to review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongReceipt {
    /// Number of the scene: the `visit` of [`simulator::scenarios::scene`].
    pub scene: u64,
    /// What it is called in a replay: `Trip 3`, or `no receipt` with its token.
    pub trip: String,
    /// What became of the visit.
    pub verdict: Verdict,
    /// The products that are not as they should be.
    pub lines: Vec<WrongLine>,
}

/// A product that is charged too much, or kept and not charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongLine {
    /// Which.
    pub product: ProductId,
    /// Its name in the catalogue, or else its id.
    pub name: String,
    /// Units really kept.
    pub expected: u64,
    /// Units charged.
    pub charged: u64,
    /// Units in review.
    pub in_review: u64,
    /// Why it is wrong.
    pub reason: Reason,
}

impl WrongReceipt {
    /// The wrong receipts of a scene.
    pub(super) fn of_scene(scores: &Scores, truth: &Truth, store: &Store, scene: u64) -> Vec<Self> {
        let trips = &scores.per_trip;
        let is_wrong = |trip: &&TripScore| !matches!(trip.verdict, Verdict::Exact | Verdict::Reviewed);
        let lines = |trip: &TripScore| {
            let wrong = trip.products.iter().filter(|product| !product.is_exact());
            wrong.map(|product| wrong_line(trips, truth, trip, product, store)).collect()
        };
        let wrong = trips.iter().filter(is_wrong);
        wrong
            .map(|trip| Self { scene, trip: called(trip), verdict: trip.verdict, lines: lines(trip) })
            .collect()
    }
}

fn wrong_line(
    trips: &[TripScore],
    truth: &Truth,
    trip: &TripScore,
    product: &ProductScore,
    store: &Store,
) -> WrongLine {
    let ProductScore { product: id, expected, charged, in_review } = product.clone();
    let known = store.product_index(&id).map(|index| store.product(index).name.clone());
    let reason = if product.is_over() {
        reason::of_excess(trips, truth, trip, product)
    } else if product.is_short() {
        reason::of_lack(trips, trip, product)
    } else {
        Reason::InReview
    };
    WrongLine { name: known.unwrap_or(id.to_string()), product: id, expected, charged, in_review, reason }
}

fn called(trip: &TripScore) -> String {
    match (trip.trip, &trip.token) {
        (Some(trip), _) => format!("Trip {trip}"),
        (None, Some(token)) => format!("the visit on {token}"),
        (None, None) => "a visit".to_owned(),
    }
}
