//! Why money went wrong.

use model::{Truth, TruthTrip};
use serde::Serialize;

use crate::{ProductScore, TripScore, Verdict};

/// Why something was charged that was not kept, or kept and not charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A visit got no receipt, or a receipt has no visit.
    WrongVisit,
    /// Another shopper of the same scene has it the other way round.
    WrongShopper,
    /// The same receipt has another product the other way round.
    WrongProduct,
    /// The product is right, the number of units is not.
    WrongQuantity,
    /// It was put back, and that was not seen.
    MissedPutBack,
    /// It was taken, and that was not seen.
    MissedTake,
    /// Nobody kept it.
    NeverKept,
    /// It waits in review.
    InReview,
}

impl Reason {
    /// All reasons, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::WrongShopper,
        Self::WrongProduct,
        Self::WrongQuantity,
        Self::MissedTake,
        Self::MissedPutBack,
        Self::NeverKept,
        Self::WrongVisit,
        Self::InReview,
    ];

    /// The reason in plain words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WrongVisit => "no such visit, or no receipt",
            Self::WrongShopper => "wrong shopper",
            Self::WrongProduct => "wrong product",
            Self::WrongQuantity => "wrong number of units",
            Self::MissedPutBack => "put-back not seen",
            Self::MissedTake => "take not seen",
            Self::NeverKept => "nobody kept it",
            Self::InReview => "waits in review",
        }
    }
}

/// Why more was charged on a trip than was kept; `trips` are all trips of the scene.
pub(super) fn of_excess(
    trips: &[TripScore],
    truth: &Truth,
    trip: &TripScore,
    product: &ProductScore,
) -> Reason {
    if trip.verdict == Verdict::Extra {
        return Reason::WrongVisit;
    }
    if elsewhere(trips, trip, product, ProductScore::is_short) {
        return Reason::WrongShopper;
    }
    if trip.products.iter().any(ProductScore::is_short) {
        return Reason::WrongProduct;
    }
    let was_put_back = |true_trip: &TruthTrip| {
        true_trip.acts.iter().any(|act| act.product == product.product && act.quantity > 0)
    };
    if true_trip(truth, trip).is_some_and(was_put_back) {
        Reason::MissedPutBack
    } else if product.expected > 0 {
        Reason::WrongQuantity
    } else {
        Reason::NeverKept
    }
}

/// Why less was charged on a trip, and sent to review, than was kept; `trips` are all trips of the scene.
pub(super) fn of_lack(trips: &[TripScore], trip: &TripScore, product: &ProductScore) -> Reason {
    if trip.verdict == Verdict::Missing {
        Reason::WrongVisit
    } else if elsewhere(trips, trip, product, ProductScore::is_over) {
        Reason::WrongShopper
    } else if trip.products.iter().any(ProductScore::is_over) {
        Reason::WrongProduct
    } else if product.charged > 0 {
        Reason::WrongQuantity
    } else {
        Reason::MissedTake
    }
}

/// Whether the same product is amiss on another trip of the scene.
fn elsewhere(
    trips: &[TripScore],
    trip: &TripScore,
    product: &ProductScore,
    amiss: impl Fn(&ProductScore) -> bool,
) -> bool {
    trips
        .iter()
        .filter(|other| !std::ptr::eq(*other, trip))
        .flat_map(|other| &other.products)
        .any(|other| other.product == product.product && amiss(other))
}

fn true_trip<'a>(truth: &'a Truth, trip: &TripScore) -> Option<&'a TruthTrip> {
    truth.trips.get(trip.truth?.checked_sub(1)?)
}
