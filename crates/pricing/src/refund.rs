//! Giving back part of a line.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{PricedLine, Quantity};

/// What is given back for part of a line. `net + tax + deposit = total`, none of them negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRefund {
    /// Without tax and deposit, minor units.
    pub net: i64,
    /// Tax, minor units.
    pub tax: i64,
    /// Deposit, minor units.
    pub deposit: i64,
    /// All of it, minor units.
    pub total: i64,
}

/// A refund that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RefundError {
    /// Units of goods by weight, or grams of goods by unit.
    #[error("the line is sold by the {line}: refund it by the {line}")]
    OtherMeasure {
        /// What the line is sold by.
        line: &'static str,
    },
    /// More than there is left.
    #[error(
        "the line is of {of} {measure}, {already} refunded already: refund {} or fewer",
        of.saturating_sub(*already)
    )]
    TooMuch {
        /// The line's quantity.
        of: u32,
        /// What was given back before.
        already: u32,
        /// Units or grams.
        measure: &'static str,
    },
    /// The line's amounts do not add up, so they are not as [`crate::price`] made them.
    #[error("the line's net, tax and deposit do not add up to its total: restore the stored receipt")]
    BrokenLine,
}

/// What to give back for `take_back` of a line of which `already` was given back before.
///
/// It is a difference of two stands: each amount of the line in proportion to all given back so far, rounded
/// to the nearest, after and before. However a line is given back, piece by piece or at once, the
/// refunds of all of it add up to just what was paid, and at no time to more. The amounts are those stored
/// in the line, so a change of prices, rates or rules since then changes nothing.
///
/// # Errors
/// Where more is asked than is left, in another measure than the line's, or the line does not add up.
pub fn refund_part(
    line: &PricedLine,
    already: Quantity,
    take_back: Quantity,
) -> Result<LineRefund, RefundError> {
    let (of, already, take_back, measure) = match (line.quantity, already, take_back) {
        (Quantity::Units(of), Quantity::Units(before), Quantity::Units(now)) => (of, before, now, "units"),
        (Quantity::Grams(of), Quantity::Grams(before), Quantity::Grams(now)) => (of, before, now, "grams"),
        (Quantity::Units(_), ..) => return Err(RefundError::OtherMeasure { line: "unit" }),
        (Quantity::Grams(_), ..) => return Err(RefundError::OtherMeasure { line: "gram" }),
    };
    if !adds_up(line) {
        return Err(RefundError::BrokenLine);
    }
    let after = already.checked_add(take_back).filter(|after| *after <= of).ok_or(RefundError::TooMuch {
        of,
        already,
        measure,
    })?;
    let part = |amount| stand(amount, after, of) - stand(amount, already, of);
    let (net, tax, deposit) = (part(line.net), part(line.tax), part(line.deposit));
    Ok(LineRefund { net, tax, deposit, total: net + tax + deposit })
}

/// Whether no amount of a line is negative and they add up; then no sum of parts of them overflows.
fn adds_up(line: &PricedLine) -> bool {
    let amounts = [line.net, line.tax, line.deposit];
    let sum: i128 = amounts.into_iter().map(i128::from).sum();
    amounts.into_iter().all(|amount| amount >= 0) && sum == i128::from(line.total)
}

/// `amount` in proportion to `given` of `of`, to the nearest, a half up.
fn stand(amount: i64, given: u32, of: u32) -> i64 {
    let (amount, given, of) = (i128::from(amount), i128::from(given), i128::from(of.max(1)));
    let nearest = (2 * amount * given + of) / (2 * of);
    // `given` is at most `of`, so the quotient is at most `amount`.
    i64::try_from(nearest).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TaxRate;

    /// Three units for 1.00 with 19 % in it, and a deposit of 0.25 each.
    fn three() -> PricedLine {
        PricedLine {
            product: "cola".into(),
            name: "Cola".to_owned(),
            quantity: Quantity::Units(3),
            unit_price: 50,
            discounts: Vec::new(),
            net: 84,
            tax_rate: TaxRate(190_000),
            tax: 16,
            deposit: 75,
            total: 175,
        }
    }

    fn told(line: &PricedLine, already: Quantity, take_back: Quantity) -> String {
        refund_part(line, already, take_back).unwrap_err().to_string()
    }

    #[test]
    fn thirds_add_up_to_the_whole() {
        let one = |already| refund_part(&three(), Quantity::Units(already), Quantity::Units(1)).unwrap();
        let amounts = |refund: LineRefund| (refund.net, refund.tax, refund.deposit, refund.total);
        // 16 in thirds: 5.33, 10.67, 16.
        assert_eq!(
            [0, 1, 2].map(|already| amounts(one(already))),
            [(28, 5, 25, 58), (28, 6, 25, 59), (28, 5, 25, 58)]
        );
        let all = refund_part(&three(), Quantity::Units(0), Quantity::Units(3)).unwrap();
        assert_eq!(amounts(all), (84, 16, 75, 175));
    }

    #[test]
    fn no_more_is_given_back_than_there_was() {
        let message = "the line is of 3 units, 2 refunded already: refund 1 or fewer";
        assert_eq!(told(&three(), Quantity::Units(2), Quantity::Units(2)), message);
        assert!(told(&three(), Quantity::Units(4), Quantity::Units(0)).ends_with("refund 0 or fewer"));
        assert!(told(&three(), Quantity::Units(u32::MAX), Quantity::Units(1)).ends_with("refund 0 or fewer"));
    }

    #[test]
    fn a_refund_is_in_the_measure_of_the_line() {
        let message = "the line is sold by the unit: refund it by the unit";
        assert_eq!(told(&three(), Quantity::Units(0), Quantity::Grams(1)), message);
        let weighed = PricedLine { quantity: Quantity::Grams(312), ..three() };
        assert!(told(&weighed, Quantity::Units(0), Quantity::Grams(1)).contains("by the gram"));
    }

    #[test]
    fn a_line_that_does_not_add_up_is_not_refunded() {
        for line in [PricedLine { total: 176, ..three() }, PricedLine { net: -1, total: 90, ..three() }] {
            let refund = refund_part(&line, Quantity::Units(0), Quantity::Units(1));
            assert_eq!(refund, Err(RefundError::BrokenLine));
        }
    }
}
