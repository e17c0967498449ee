//! What a cart costs: prices, promotions, deposits and tax, to the minor unit.
//!
//! **Its one job:** from what was taken, when, and the store's rules, make a receipt whose every amount is
//! a whole minor unit and whose parts add up to its total.
//!
//! **What it never does:** I/O, reading a clock, floating point. It knows no payment and no trip.

mod receipt;

pub use receipt::{Discount, Item, PriceBasis, PricedLine, PricedReceipt, Quantity, TaxRate, TaxSum};
