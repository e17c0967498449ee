//! "That's not mine": what shoppers say of their cart while they are inside, and what becomes of it.

use std::collections::BTreeSet;

use model::ProductId;

use super::decide::DecideError;
use super::event::{Cart, Doubtful, TripEvent};
use super::state::Trip;

/// How often a visit's flags may change: more than anybody needs, too few to fill the journal with.
const FLAGGINGS: usize = 200;

/// Somebody of the party says that they don't have a product, or takes that back. Only while they are inside.
/// Said twice, it counts once.
pub(crate) fn flag(trip: &Trip, product: ProductId, theirs: bool) -> Result<Vec<TripEvent>, DecideError> {
    let refused = |what| Err(DecideError::NotNow { state: trip.state(), what });
    if !trip.state().is_inside() {
        return refused("saying what is not in the cart");
    }
    if trip.flagged.contains(&product) != theirs {
        return Ok(Vec::new());
    }
    if trip.flaggings >= FLAGGINGS {
        return refused("saying once more what is not in the cart");
    }
    Ok(vec![if theirs { TripEvent::Unflagged { product } } else { TripEvent::Flagged { product } }])
}

impl Cart {
    /// The cart as it is taken in: sure lines of products that the shopper says they don't have come after the
    /// doubtful ones, so that somebody looks before money is taken.
    #[must_use]
    pub fn doubting(mut self, flagged: &BTreeSet<ProductId>) -> Self {
        let (moved, sure) = self.sure.into_iter().partition(|item| flagged.contains(&item.product));
        self.sure = sure;
        let doubtful = |item| Doubtful { item, probability: 1.0, contested: true };
        self.doubtful.extend(Vec::into_iter(moved).map(doubtful));
        self
    }
}

#[cfg(test)]
mod tests {
    use model::{Currency, SensorId, Time};
    use pricing::{Item, PriceBasis, PricePolicy, Quantity, Rounding, TaxPer, TaxRate};

    use super::super::decide::{close_cart, review};
    use super::super::event::{Actor, Payer, Verdict};
    use super::super::state::TripState;
    use super::*;
    use crate::ids::{InstrumentKey, TripKey};
    use crate::policy::Policy;

    const NOW: Time = Time::from_nanos(1_000_000_000);

    fn trip() -> Trip {
        let opened = TripEvent::Opened {
            gate: SensorId::from("gate"),
            credential: model::CredentialKind::Card,
            payer: Payer::Instrument(InstrumentKey::new(NOW)),
            account: None,
        };
        let mut trip = Trip::from_events(TripKey::new(NOW), &[(NOW, opened)]).unwrap();
        apply(&mut trip, vec![TripEvent::Admitted, TripEvent::WalkedIn]);
        trip
    }

    fn apply(trip: &mut Trip, events: Vec<TripEvent>) {
        events.iter().for_each(|event| trip.apply(NOW, event));
    }

    fn item(product: &str) -> Item {
        Item {
            product: product.into(),
            name: product.to_owned(),
            quantity: Quantity::Units(1),
            taken: NOW,
            unit_price: 300,
            tax: TaxRate(190_000),
            deposit: 0,
        }
    }

    fn cart() -> Cart {
        let doubtful = vec![Doubtful { item: item("tea"), probability: 0.6, contested: false }];
        let sure = ["cola", "wine", "bread"].map(item).to_vec();
        Cart { entered: NOW, left: NOW, people: 1, sure, doubtful }
    }

    fn policy() -> Policy {
        let price = PricePolicy {
            currency: Currency::EUR,
            basis: PriceBasis::TaxIncluded,
            tax_per: TaxPer::Line,
            rounding: Rounding::HalfUp,
        };
        Policy::example("main-street", price)
    }

    #[test]
    fn what_is_flagged_is_looked_at_before_money_is_taken() {
        let mut trip = trip();
        for (product, theirs) in [("wine", false), ("cola", false), ("cola", true), ("cola", true)] {
            let events = flag(&trip, product.into(), theirs).unwrap();
            apply(&mut trip, events);
        }
        assert_eq!(trip.flagged, BTreeSet::from(["wine".into()]));
        let sure = Cart { doubtful: Vec::new(), ..cart() };
        let events = close_cart(&trip, sure, "000001", NOW, &policy()).unwrap();
        apply(&mut trip, events);
        assert_eq!((trip.state(), trip.open_wishes.len()), (TripState::InReview, 0));
        let by = Actor::Staff("ann".to_owned());
        let events = review(&trip, 0, Verdict::Drop, by, "000001", NOW, &policy()).unwrap();
        apply(&mut trip, events);
        assert_eq!(trip.receipt.unwrap().1.total, 600);
    }

    #[test]
    fn flagged_lines_come_after_the_doubtful_ones_and_nothing_is_lost() {
        let kept = cart().doubting(&BTreeSet::from(["cola".into(), "bread".into(), "tea".into()]));
        let names = |items: &[&Item]| items.iter().map(|item| item.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&kept.sure.iter().collect::<Vec<_>>()), ["wine"]);
        let doubtful: Vec<_> = kept.doubtful.iter().map(|doubtful| &doubtful.item).collect();
        assert_eq!(names(&doubtful), ["tea", "cola", "bread"]);
        assert_eq!(cart().doubting(&BTreeSet::new()), cart());
    }

    #[test]
    fn only_those_inside_flag_and_not_without_end() {
        let mut trip = trip();
        for number in 0..FLAGGINGS {
            let events = flag(&trip, "wine".into(), number % 2 == 1).unwrap();
            apply(&mut trip, events);
        }
        assert!(flag(&trip, "wine".into(), false).is_err());
        apply(&mut trip, vec![TripEvent::Left { at: NOW }]);
        assert!(flag(&trip, "cola".into(), false).is_err());
    }
}
