//! Promotions: what is cheaper, when, and how.

use std::collections::BTreeSet;

use model::{ProductId, Time};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Item;

/// Something that makes some products cheaper for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Its name, as the shopper reads it on the receipt.
    pub name: String,
    /// The products it is on. They may be mixed freely.
    pub products: BTreeSet<ProductId>,
    /// From when it holds; the moment of taking counts, not that of paying.
    pub from: Time,
    /// Until when it holds, this moment not included.
    pub until: Time,
    /// What it does.
    pub deal: Deal,
}

/// What a promotion does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deal {
    /// Of every `pay + free` units the `free` cheapest cost nothing: "buy 3, pay 2" is `pay = 2, free = 1`.
    /// Dear units are grouped with dear ones, which is best for the shopper. Not for goods by weight.
    CheapestFree {
        /// Units paid for in a group.
        pay: u32,
        /// Units given away in a group.
        free: u32,
    },
    /// Every `units` units cost `price` together ("3 for 5.00"), where that is cheaper. Not for goods by
    /// weight.
    GroupPrice {
        /// Units in a group.
        units: u32,
        /// What the group costs, minor units.
        price: i64,
    },
    /// A share of the price off.
    ShareOff {
        /// The share in millionths: 100,000 is 10 %; 1,000,000 gives the goods away.
        millionths: u32,
    },
    /// An amount off the price of each unit, or of each kilogram; a price never falls below nothing.
    AmountOff {
        /// The amount, minor units.
        amount: i64,
    },
}

/// A promotion that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("promotion \"{name}\": {problem}")]
pub struct PromotionError {
    /// The promotion's name.
    pub name: String,
    /// What is wrong with it, and how to mend it.
    pub problem: PromotionProblem,
}

/// What can be wrong with a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PromotionProblem {
    /// It ends before it starts.
    #[error("it holds until {until}, which is not after its start {from}: set `until` to a later moment")]
    NeverHolds {
        /// Its start.
        from: Time,
        /// Its end.
        until: Time,
    },
    /// It is on nothing.
    #[error("it is on no product: name at least one in `products`")]
    NoProducts,
    /// It gives nothing away or has groups without units.
    #[error("its deal gives nothing: set `free`, `units`, `millionths` or `amount` to more than 0")]
    GivesNothing,
    /// It gives away more than the price.
    #[error("it takes {millionths} millionths off: set `millionths` to 1000000 (100 %) or less")]
    MoreThanAll {
        /// The share it would take off.
        millionths: u32,
    },
    /// Its price is negative.
    #[error("its group costs {price} minor units: set `price` to 0 or more")]
    NegativePrice {
        /// The price it would set.
        price: i64,
    },
}

impl Promotion {
    /// Whether the promotion can be. [`crate::price`] and [`crate::PriceBook::new`] refuse one that cannot.
    pub fn check(&self) -> Result<(), PromotionError> {
        let problem = if self.until <= self.from {
            Some(PromotionProblem::NeverHolds { from: self.from, until: self.until })
        } else if self.products.is_empty() {
            Some(PromotionProblem::NoProducts)
        } else {
            self.deal.problem()
        };
        problem.map_or(Ok(()), |problem| Err(PromotionError { name: self.name.clone(), problem }))
    }

    /// Whether it holds for `product` at `time`.
    pub fn holds(&self, product: &ProductId, time: Time) -> bool {
        self.from <= time && time < self.until && self.products.contains(product)
    }

    /// Whether it holds for an item as taken.
    pub(crate) fn fits(&self, item: &Item) -> bool {
        self.holds(&item.product, item.taken)
    }
}

impl Deal {
    fn problem(self) -> Option<PromotionProblem> {
        match self {
            Self::GroupPrice { price, .. } if price < 0 => Some(PromotionProblem::NegativePrice { price }),
            Self::ShareOff { millionths } if millionths > 1_000_000 => {
                Some(PromotionProblem::MoreThanAll { millionths })
            }
            Self::CheapestFree { free: 0, .. }
            | Self::GroupPrice { units: 0, .. }
            | Self::ShareOff { millionths: 0 }
            | Self::AmountOff { amount: ..=0 } => Some(PromotionProblem::GivesNothing),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promotion(deal: Deal) -> Promotion {
        Promotion {
            name: "Summer".to_owned(),
            products: [ProductId::from("cola")].into(),
            from: Time::from_nanos(10),
            until: Time::from_nanos(20),
            deal,
        }
    }

    #[test]
    fn a_promotion_holds_from_its_start_until_just_before_its_end() {
        let promotion = promotion(Deal::AmountOff { amount: 1 });
        let holds = |product: &str, nanos| promotion.holds(&product.into(), Time::from_nanos(nanos));
        assert_eq!([9, 10, 19, 20].map(|nanos| holds("cola", nanos)), [false, true, true, false]);
        assert!(!holds("water", 15));
    }

    #[test]
    fn a_promotion_that_cannot_be_says_what_to_mend() {
        let told = |promotion: Promotion| promotion.check().unwrap_err().to_string();
        let sound = promotion(Deal::AmountOff { amount: 1 });
        assert_eq!(sound.check(), Ok(()));
        assert!(told(Promotion { until: sound.from, ..sound.clone() }).contains("set `until`"));
        assert!(told(Promotion { products: BTreeSet::new(), ..sound }).contains("no product"));
        for deal in [
            Deal::CheapestFree { pay: 2, free: 0 },
            Deal::GroupPrice { units: 0, price: 100 },
            Deal::ShareOff { millionths: 0 },
            Deal::AmountOff { amount: -5 },
        ] {
            assert!(told(promotion(deal)).contains("gives nothing"), "{deal:?}");
        }
        assert!(told(promotion(Deal::ShareOff { millionths: 1_000_001 })).contains("1000001 millionths"));
        assert_eq!(
            told(promotion(Deal::GroupPrice { units: 3, price: -1 })),
            "promotion \"Summer\": its group costs -1 minor units: set `price` to 0 or more"
        );
    }

    #[test]
    fn a_promotion_reads_from_a_configuration() {
        let json = r#"{"name":"3 for 2","products":["cola","water"],"from":"2026-06-01T00:00:00Z",
            "until":"2026-07-01T00:00:00Z","deal":{"cheapest_free":{"pay":2,"free":1}}}"#;
        let read: Promotion = serde_json::from_str(json).unwrap();
        assert_eq!(read.deal, Deal::CheapestFree { pay: 2, free: 1 });
        assert!(serde_json::from_str::<Promotion>(&json.replace("pay", "buy")).is_err());
    }
}
