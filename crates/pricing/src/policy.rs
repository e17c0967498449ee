//! The store's rules for money.

use model::Currency;
use serde::{Deserialize, Serialize};

use crate::PriceBasis;

/// How a store prices: part of its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricePolicy {
    /// The store's currency.
    pub currency: Currency,
    /// Whether shelf prices include tax.
    pub basis: PriceBasis,
    /// What tax is rounded on.
    pub tax_per: TaxPer,
    /// How a fraction of a minor unit is rounded, in prices by weight, discounts and tax alike.
    pub rounding: Rounding,
}

/// What tax is rounded on. Law leaves the choice to the seller in many places: the Streamlined Sales and
/// Use Tax Agreement, section 324 B, names just these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxPer {
    /// Every line is rounded; the receipt's tax is the sum of the lines'.
    Line,
    /// The receipt's tax is rounded once for each rate, then split over the lines so that they add up.
    Receipt,
}

/// How a fraction of a minor unit is rounded. Amounts are never negative here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest, a half up: what HMRC's manual VATREC12030 and the Streamlined Sales and Use Tax
    /// Agreement, section 324 A, ask for.
    HalfUp,
    /// To the nearest, a half to the even neighbour.
    HalfEven,
    /// Always down.
    Down,
    /// Always up.
    Up,
}

impl Rounding {
    /// `numerator / denominator` in whole units, for a numerator that is not negative and a positive
    /// denominator below 2¹²⁶.
    pub(crate) fn divide(self, numerator: i128, denominator: i128) -> i128 {
        let (whole, rest) = (numerator / denominator, numerator % denominator);
        let up = match self {
            Self::HalfUp => 2 * rest >= denominator,
            Self::HalfEven => 2 * rest > denominator || (2 * rest == denominator && whole % 2 == 1),
            Self::Down => false,
            Self::Up => rest > 0,
        };
        whole + i128::from(up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_where_the_rule_says() {
        // (quarters, half up, half even, down, up)
        for (quarters, half_up, half_even, down, up) in [
            (0, 0, 0, 0, 0),
            (1, 0, 0, 0, 1),
            (2, 1, 0, 0, 1),
            (3, 1, 1, 0, 1),
            (4, 1, 1, 1, 1),
            (6, 2, 2, 1, 2),
        ] {
            assert_eq!(Rounding::HalfUp.divide(quarters, 4), half_up, "{quarters}/4 half up");
            assert_eq!(Rounding::HalfEven.divide(quarters, 4), half_even, "{quarters}/4 half even");
            assert_eq!(Rounding::Down.divide(quarters, 4), down, "{quarters}/4 down");
            assert_eq!(Rounding::Up.divide(quarters, 4), up, "{quarters}/4 up");
        }
    }

    #[test]
    fn a_policy_stands_in_a_configuration_and_refuses_what_it_does_not_know() {
        let json = r#"{"currency":"EUR","basis":"tax_included","tax_per":"receipt","rounding":"half_up"}"#;
        let policy: PricePolicy = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&policy).unwrap(), json);
        let typo = json.replace("rounding", "roundign");
        let error = serde_json::from_str::<PricePolicy>(&typo).unwrap_err().to_string();
        assert!(error.contains("roundign"), "{error}");
    }
}
