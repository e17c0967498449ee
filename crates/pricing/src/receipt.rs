//! What goes in and what comes out.

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

/// A tax rate in millionths: 190,000 is 19 %, 88,750 is 8.875 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaxRate(pub u32);

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

impl PricedReceipt {
    /// What the shopper pays.
    pub fn total(&self) -> Money {
        Money::new(self.total, self.currency)
    }
}
