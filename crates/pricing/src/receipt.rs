//! What goes in and what comes out.

use std::fmt;

use model::{Currency, Money, ProductId, Time};
use serde::{Deserialize, Serialize};

/// How much of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Whole units.
    Units(u32),
    /// Goods sold by weight, grams.
    Grams(u32),
}

impl Quantity {
    /// The number, of units or of grams.
    pub fn amount(self) -> u32 {
        match self {
            Self::Units(amount) | Self::Grams(amount) => amount,
        }
    }
}

/// A tax rate in millionths: 190,000 is 19 %, 88,750 is 8.875 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaxRate(pub u32);

/// In percent, with no more decimals than it needs: `19 %`, `8.875 %`.
impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.0 % 10_000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        f.pad(&format!("{}{point}{decimals} %", self.0 / 10_000))
    }
}

/// Whether shelf prices include tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// Shelf prices include tax, as in Europe.
    TaxIncluded,
    /// Tax comes on top, as in the United States.
    TaxAdded,
}

/// One thing in a settled cart, with what the price list said when it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// What.
    pub product: ProductId,
    /// Its name on the receipt.
    pub name: String,
    /// How much.
    pub quantity: Quantity,
    /// When it was taken; promotions and prices of that moment count.
    pub taken: Time,
    /// Price of one unit, or of a kilogram where it is sold by weight, minor units.
    pub unit_price: i64,
    /// The tax rate it falls under.
    pub tax: TaxRate,
    /// Deposit on one unit (bottles, cans), minor units; not taxed, not discounted.
    pub deposit: i64,
}

/// Something taken off a line's price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The promotion's name, as the shopper reads it.
    pub name: String,
    /// How much, positive minor units.
    pub amount: i64,
}

/// A line of a receipt. `net + tax + deposit = total`, none of them negative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// What.
    pub product: ProductId,
    /// Its name on the receipt.
    pub name: String,
    /// How much.
    pub quantity: Quantity,
    /// Price of one unit, or of a kilogram, as on the shelf, minor units.
    pub unit_price: i64,
    /// What was taken off; the shelf price less these is `net + tax` (tax included) or `net` (tax added).
    pub discounts: Vec<Discount>,
    /// Without tax and deposit, minor units.
    pub net: i64,
    /// The tax rate.
    pub tax_rate: TaxRate,
    /// The line's tax, minor units. Refunds use it as it stands here.
    pub tax: i64,
    /// Deposit, minor units.
    pub deposit: i64,
    /// What the shopper pays for the line, minor units.
    pub total: i64,
}

/// Tax of one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSum {
    /// The rate.
    pub rate: TaxRate,
    /// What it was on, without tax, minor units.
    pub net: i64,
    /// How much it was, minor units.
    pub tax: i64,
}

/// What a trip costs. Its lines add up to its sums, and its sums to its total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedReceipt {
    /// The store's currency.
    pub currency: Currency,
    /// Whether shelf prices include tax.
    pub basis: PriceBasis,
    /// What was bought, in the order of the cart.
    pub lines: Vec<PricedLine>,
    /// Tax by rate, lowest rate first.
    pub taxes: Vec<TaxSum>,
    /// Sum of the lines without tax and deposit, minor units.
    pub net: i64,
    /// Sum of the lines' tax, minor units.
    pub tax: i64,
    /// Sum of the lines' deposits, minor units.
    pub deposit: i64,
    /// What the shopper pays, minor units.
    pub total: i64,
}

impl PricedLine {
    /// What the line cost on the shelf, before discounts, in minor units; `basis` is the receipt's.
    pub fn shelf_price(&self, basis: PriceBasis) -> i64 {
        let paid = match basis {
            PriceBasis::TaxIncluded => self.net.saturating_add(self.tax),
            PriceBasis::TaxAdded => self.net,
        };
        self.discounts.iter().fold(paid, |price, discount| price.saturating_add(discount.amount))
    }
}

impl PricedReceipt {
    /// What the shopper pays.
    pub fn total(&self) -> Money {
        Money::new(self.total, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::TaxRate;

    #[test]
    fn a_rate_shows_the_decimals_it_needs() {
        let shown = |millionths| TaxRate(millionths).to_string();
        assert_eq!([190_000, 88_750, 0, 1].map(shown), ["19 %", "8.875 %", "0 %", "0.0001 %"]);
    }
}
