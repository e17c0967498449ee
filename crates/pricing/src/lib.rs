//! What a cart costs: prices, promotions, deposits and tax, to the minor unit.
//!
//! **Its one job:** from what was taken, when, and the store's rules, make a receipt whose every amount is
//! a whole minor unit and whose parts add up to its total.
//!
//! **The way in:** [`PriceBook`] tells what each thing cost when it was taken, [`price()`] makes the receipt,
//! [`refund_part`] gives part of a line back.
//!
//! **What it never does:** I/O, reading a clock, floating point. It knows no payment and no trip.
//!
//! # How a receipt comes about
//! 1. A line's shelf price is its units times the unit price, or its grams times the price of a kilogram,
//!    rounded.
//! 2. Promotions take their discounts off: each unit in one promotion at most, and what saves the shopper
//!    most goes first. A discount on several lines is split in proportion to their prices.
//! 3. Tax is found in the price (tax included) or put on it (tax added), rounded by line or by receipt as
//!    [`PricePolicy`] says. What is rounded is the tax: `tax = round(price · r / (1 + r))` or
//!    `tax = round(price · r)`.
//! 4. Deposits come on top, neither discounted nor taxed. (So it is in Austria for one-way bottles since 2025;
//!    in Germany a deposit bears the tax of the drink, section 149 (8) of its turnover tax guidelines of 2008,
//!    which this crate does not do.)
//!
//! # Example
//! Three colas, "3 for 2", with a deposit, and 312 g of apples, in a store whose prices include tax:
//!
//! ```
//! use model::{Currency, ProductId, Time};
//! use pricing::{
//!     Deal, PriceBasis, PriceBook, PriceEntry, PricePolicy, Promotion, Quantity, Rounding, SoldBy, TaxPer,
//!     TaxRate, price, refund_part,
//! };
//!
//! let (cola, apples) = (ProductId::from("cola"), ProductId::from("apples"));
//! let opening = Time::from_nanos(0);
//! let entry = |name: &str, sold_by, unit_price, tax, deposit| {
//!     PriceEntry { name: name.to_owned(), sold_by, unit_price, tax: TaxRate(tax), deposit }
//! };
//! let book = PriceBook::new(
//!     [
//!         (cola.clone(), opening, entry("Cola 0.5 l", SoldBy::Unit, 99, 190_000, 25)),
//!         (apples.clone(), opening, entry("Apples", SoldBy::Kilogram, 299, 70_000, 0)),
//!     ],
//!     vec![Promotion {
//!         name: "3 for 2".to_owned(),
//!         products: [cola.clone()].into(),
//!         from: opening,
//!         until: opening.plus_seconds(3600.0),
//!         deal: Deal::CheapestFree { pay: 2, free: 1 },
//!     }],
//! )?;
//! let policy = PricePolicy {
//!     currency: Currency::EUR,
//!     basis: PriceBasis::TaxIncluded,
//!     tax_per: TaxPer::Receipt,
//!     rounding: Rounding::HalfUp,
//! };
//!
//! let taken = opening.plus_seconds(60.0);
//! let cart = [
//!     book.item(&cola, Quantity::Units(3), taken)?,
//!     book.item(&apples, Quantity::Grams(312), taken)?,
//! ];
//! let receipt = price(&cart, &policy, book.promotions())?;
//!
//! // 3 × 0.99 less one of them is 1.98, of which 19/119 is 0.316: tax 0.32. Deposit 3 × 0.25.
//! let colas = &receipt.lines[0];
//! assert_eq!((colas.net, colas.tax, colas.deposit, colas.total), (166, 32, 75, 273));
//! // 0.312 kg × 2.99 is 0.93, of which 7/107 is 0.061: tax 0.06.
//! let apples = &receipt.lines[1];
//! assert_eq!((apples.net, apples.tax, apples.total), (87, 6, 93));
//! assert_eq!(receipt.total().to_string(), "3.66 EUR");
//!
//! // One cola comes back: a third of what was paid for the three, and its deposit.
//! let refund = refund_part(colas, Quantity::Units(0), Quantity::Units(1))?;
//! assert_eq!((refund.net, refund.tax, refund.deposit, refund.total), (55, 11, 25, 91));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod book;
mod discount;
mod policy;
mod price;
mod promotion;
mod receipt;
mod refund;
mod share;
mod tax;

pub use book::{BookError, PriceBook, PriceEntry, SoldBy};
pub use policy::{PricePolicy, Rounding, TaxPer};
pub use price::{PriceError, price};
pub use promotion::{Deal, Promotion, PromotionError, PromotionProblem};
pub use receipt::{Discount, Item, PriceBasis, PricedLine, PricedReceipt, Quantity, TaxRate, TaxSum};
pub use refund::{LineRefund, RefundError, refund_part};
