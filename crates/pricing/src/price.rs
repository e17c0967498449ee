//! From a cart to a receipt.

use model::ProductId;
use thiserror::Error;

use crate::discount::{self, Cart};
use crate::{
    Discount, Item, PriceBasis, PricePolicy, PricedLine, PricedReceipt, Promotion, PromotionError, Quantity,
    Rounding, tax,
};

/// A cart that cannot be priced.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PriceError {
    /// A price or a deposit below nothing.
    #[error(
        "{product} has a {what} of {amount} minor units: set it to 0 or more in the price list (make \
         goods cheaper with a promotion)"
    )]
    Negative {
        /// Whose.
        product: ProductId,
        /// Which amount.
        what: &'static str,
        /// How much, minor units.
        amount: i64,
    },
    /// A deposit is on a unit, and goods by weight have none.
    #[error("{product} is sold by weight but has a deposit of {deposit} minor units: set its deposit to 0")]
    DepositByWeight {
        /// Whose.
        product: ProductId,
        /// The deposit, minor units.
        deposit: i64,
    },
    /// A promotion that cannot be.
    #[error(transparent)]
    Promotion(#[from] PromotionError),
    /// More than an amount can hold.
    #[error(
        "the cart costs more than {} minor units, of which {product} costs most: look for a wrong price or \
         quantity",
        i64::MAX
    )]
    TooMuch {
        /// The product on the dearest item.
        product: ProductId,
    },
}

/// Prices a cart.
///
/// Lines come in the order of `items`. The same items in another order cost the same: wherever a cent or a
/// promotion must go to one of several, the order of products, prices and moments decides, and the order of
/// the cart only between items alike.
///
/// # Errors
/// Where an amount is negative, where a promotion cannot be, and where the cart costs more than `i64` holds.
pub fn price(
    items: &[Item],
    policy: &PricePolicy,
    promotions: &[Promotion],
) -> Result<PricedReceipt, PriceError> {
    items.iter().try_for_each(check)?;
    promotions.iter().try_for_each(Promotion::check)?;
    let order = canonical_order(items);
    let sorted: Vec<&Item> = order.iter().map(|&place| &items[place]).collect();
    let amounts = amounts(&sorted, policy, promotions).ok_or_else(|| too_much(items, policy.rounding))?;
    let mut lines: Vec<(usize, PricedLine)> = order
        .into_iter()
        .zip(sorted.into_iter().zip(amounts))
        .map(|(place, (item, amounts))| (place, line(item, amounts)))
        .collect();
    lines.sort_by_key(|&(place, _)| place);
    Ok(receipt(policy, lines.into_iter().map(|(_, line)| line).collect()))
}

/// What a line comes to, minor units.
struct Amounts {
    discounts: Vec<Discount>,
    net: i64,
    tax: i64,
    deposit: i64,
    total: i64,
}

fn check(item: &Item) -> Result<(), PriceError> {
    let product = || item.product.clone();
    for (what, amount) in [("price", item.unit_price), ("deposit", item.deposit)] {
        if amount < 0 {
            return Err(PriceError::Negative { product: product(), what, amount });
        }
    }
    if matches!(item.quantity, Quantity::Grams(_)) && item.deposit > 0 {
        return Err(PriceError::DepositByWeight { product: product(), deposit: item.deposit });
    }
    Ok(())
}

/// The items' places in an order that does not depend on the cart's, but for items alike.
fn canonical_order(items: &[Item]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_cached_key(|&place| {
        let Item { product, quantity, taken, unit_price, tax, deposit, name: _ } = &items[place];
        let quantity = match *quantity {
            Quantity::Units(units) => (0, units),
            Quantity::Grams(grams) => (1, grams),
        };
        (product.clone(), *taken, *unit_price, *tax, *deposit, quantity)
    });
    order
}

/// The amounts of each item; `None` where they add up to more than `i64` holds.
fn amounts(items: &[&Item], policy: &PricePolicy, promotions: &[Promotion]) -> Option<Vec<Amounts>> {
    let shelf: Vec<i128> = items.iter().map(|item| shelf_price(item, policy.rounding)).collect();
    // Below this, whatever follows fits into an i128.
    whole(shelf.iter().sum())?;
    let discounts =
        discount::discounts(&Cart { items, shelf: &shelf, rounding: policy.rounding }, promotions);
    let after = shelf.iter().zip(&discounts);
    let after = after.map(|(price, off)| price - off.iter().map(|(_, amount)| amount).sum::<i128>());
    let prices: Vec<_> = items.iter().map(|item| item.tax).zip(after).collect();
    let taxes = tax::of_lines(&prices, policy);
    let amounts: Vec<Amounts> = items
        .iter()
        .zip(discounts)
        .zip(prices.into_iter().zip(taxes))
        .map(|((item, discounts), ((_, price), tax))| {
            let net = match policy.basis {
                PriceBasis::TaxIncluded => price - tax,
                PriceBasis::TaxAdded => price,
            };
            line_amounts(discounts, net, tax, deposit(item))
        })
        .collect::<Option<_>>()?;
    whole(amounts.iter().map(|amounts| i128::from(amounts.total)).sum())?;
    Some(amounts)
}

fn line_amounts(discounts: Vec<(String, i128)>, net: i128, tax: i128, deposit: i128) -> Option<Amounts> {
    let discounts =
        discounts.into_iter().map(|(name, amount)| Some(Discount { name, amount: whole(amount)? }));
    Some(Amounts {
        discounts: discounts.collect::<Option<_>>()?,
        net: whole(net)?,
        tax: whole(tax)?,
        deposit: whole(deposit)?,
        total: whole(net + tax + deposit)?,
    })
}

/// What an item costs on the shelf, minor units.
fn shelf_price(item: &Item, rounding: Rounding) -> i128 {
    let price = i128::from(item.unit_price);
    match item.quantity {
        Quantity::Units(units) => price * i128::from(units),
        Quantity::Grams(grams) => rounding.divide(price * i128::from(grams), 1000),
    }
}

/// The deposit on an item, minor units.
fn deposit(item: &Item) -> i128 {
    match item.quantity {
        Quantity::Units(units) => i128::from(item.deposit) * i128::from(units),
        Quantity::Grams(_) => 0,
    }
}

/// An amount as receipts hold it.
fn whole(amount: i128) -> Option<i64> {
    i64::try_from(amount).ok()
}

fn too_much(items: &[Item], rounding: Rounding) -> PriceError {
    let dearest = items.iter().max_by_key(|item| shelf_price(item, rounding) + deposit(item));
    PriceError::TooMuch { product: dearest.map_or_else(|| ProductId::from(""), |item| item.product.clone()) }
}

fn line(item: &Item, amounts: Amounts) -> PricedLine {
    let Amounts { discounts, net, tax, deposit, total } = amounts;
    PricedLine {
        product: item.product.clone(),
        name: item.name.clone(),
        quantity: item.quantity,
        unit_price: item.unit_price,
        discounts,
        net,
        tax_rate: item.tax,
        tax,
        deposit,
        total,
    }
}

/// Adds up lines whose totals are known to add up to an `i64`, so that nothing here can overflow.
fn receipt(policy: &PricePolicy, lines: Vec<PricedLine>) -> PricedReceipt {
    let sum = |amount: fn(&PricedLine) -> i64| lines.iter().map(amount).sum();
    PricedReceipt {
        currency: policy.currency,
        basis: policy.basis,
        taxes: tax::sums(&lines),
        net: sum(|line| line.net),
        tax: sum(|line| line.tax),
        deposit: sum(|line| line.deposit),
        total: sum(|line| line.total),
        lines,
    }
}
