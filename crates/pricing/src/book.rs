//! What the price list said at any moment.

use std::collections::BTreeMap;

use model::{ProductId, Time};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Item, Promotion, PromotionError, Quantity, TaxRate};

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldBy {
    /// A unit.
    Unit,
    /// A kilogram.
    Kilogram,
}

/// What the price list says of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceEntry {
    /// The product's name on the receipt.
    pub name: String,
    /// What the price is for.
    pub sold_by: SoldBy,
    /// The price, minor units.
    pub unit_price: i64,
    /// The tax rate it falls under.
    pub tax: TaxRate,
    /// Deposit on one unit, minor units; none for goods by weight.
    #[serde(default)]
    pub deposit: i64,
}

/// A price list with its past and its future: every entry holds until the product's next one.
///
/// A trip is priced by what held when each thing was taken, so a price changed while a shopper walks about,
/// or a receipt reckoned anew a year later, comes out as the shelf showed it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceBook {
    entries: BTreeMap<ProductId, BTreeMap<Time, PriceEntry>>,
    promotions: Vec<Promotion>,
}

/// A price list that cannot be, or does not say what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BookError {
    /// Two entries of a product from one moment.
    #[error("{product} has two prices from {from}: keep one of them")]
    TwoPrices {
        /// Whose.
        product: ProductId,
        /// From when.
        from: Time,
    },
    /// An amount below nothing.
    #[error("{product}, from {from}: its {what} is {amount} minor units: set it to 0 or more")]
    Negative {
        /// Whose.
        product: ProductId,
        /// From when.
        from: Time,
        /// Which amount.
        what: &'static str,
        /// How much, minor units.
        amount: i64,
    },
    /// Goods by weight with a deposit.
    #[error(
        "{product}, from {from}: it is sold by the kilogram but has a deposit of {deposit} minor units: \
         set the deposit to 0, or sell it by the unit"
    )]
    DepositByWeight {
        /// Whose.
        product: ProductId,
        /// From when.
        from: Time,
        /// The deposit, minor units.
        deposit: i64,
    },
    /// A promotion that cannot be.
    #[error(transparent)]
    Promotion(#[from] PromotionError),
    /// A product without a price.
    #[error("{product} had no price at {taken}: add an entry from that moment or earlier")]
    NoPrice {
        /// Whose.
        product: ProductId,
        /// When it was taken.
        taken: Time,
    },
    /// Grams of goods sold by the unit, or units of goods by weight.
    #[error("{product} was taken as {taken_as:?} at {taken} but is sold by the {}", match sold_by {
        SoldBy::Unit => "unit: count it",
        SoldBy::Kilogram => "kilogram: weigh it",
    })]
    OtherMeasure {
        /// What.
        product: ProductId,
        /// When it was taken.
        taken: Time,
        /// How much.
        taken_as: Quantity,
        /// What its price is for.
        sold_by: SoldBy,
    },
}

impl PriceBook {
    /// A price list from entries, each with its product and the moment it holds from, and the promotions of
    /// all times, in order of preference.
    ///
    /// # Errors
    /// Where a product has two entries from one moment, an amount is negative, goods by weight have a
    /// deposit, or a promotion cannot be.
    pub fn new(
        entries: impl IntoIterator<Item = (ProductId, Time, PriceEntry)>,
        promotions: Vec<Promotion>,
    ) -> Result<Self, BookError> {
        promotions.iter().try_for_each(Promotion::check)?;
        let mut book = Self { entries: BTreeMap::new(), promotions };
        for (product, from, entry) in entries {
            check(&product, from, &entry)?;
            let history = book.entries.entry(product.clone()).or_default();
            if history.insert(from, entry).is_some() {
                return Err(BookError::TwoPrices { product, from });
            }
        }
        Ok(book)
    }

    /// What held for a product at a moment; `None` before its first entry.
    pub fn at(&self, product: &ProductId, time: Time) -> Option<&PriceEntry> {
        self.entries.get(product)?.range(..=time).next_back().map(|(_, entry)| entry)
    }

    /// The promotions of all times, to price with: each says itself when it holds.
    pub fn promotions(&self) -> &[Promotion] {
        &self.promotions
    }

    /// The promotions that held for a product at a moment.
    pub fn promotions_at(&self, product: &ProductId, time: Time) -> impl Iterator<Item = &Promotion> {
        self.promotions.iter().filter(move |promotion| promotion.holds(product, time))
    }

    /// Something taken, with what the price list said of it at that moment.
    ///
    /// # Errors
    /// Where the product had no price then, or is sold by another measure.
    pub fn item(&self, product: &ProductId, quantity: Quantity, taken: Time) -> Result<Item, BookError> {
        let entry =
            self.at(product, taken).ok_or_else(|| BookError::NoPrice { product: product.clone(), taken })?;
        match (entry.sold_by, quantity) {
            (SoldBy::Unit, Quantity::Units(_)) | (SoldBy::Kilogram, Quantity::Grams(_)) => Ok(Item {
                product: product.clone(),
                name: entry.name.clone(),
                quantity,
                taken,
                unit_price: entry.unit_price,
                tax: entry.tax,
                deposit: entry.deposit,
            }),
            (sold_by, taken_as) => {
                Err(BookError::OtherMeasure { product: product.clone(), taken, taken_as, sold_by })
            }
        }
    }
}

fn check(product: &ProductId, from: Time, entry: &PriceEntry) -> Result<(), BookError> {
    let product = || product.clone();
    for (what, amount) in [("price", entry.unit_price), ("deposit", entry.deposit)] {
        if amount < 0 {
            return Err(BookError::Negative { product: product(), from, what, amount });
        }
    }
    if entry.sold_by == SoldBy::Kilogram && entry.deposit > 0 {
        return Err(BookError::DepositByWeight { product: product(), from, deposit: entry.deposit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Deal;

    fn entry(unit_price: i64) -> PriceEntry {
        let tax = TaxRate(190_000);
        PriceEntry { name: "Cola".to_owned(), sold_by: SoldBy::Unit, unit_price, tax, deposit: 25 }
    }

    fn at(hour: i64) -> Time {
        Time::from_nanos(hour * 3_600_000_000_000)
    }

    fn refused(entries: Vec<(ProductId, Time, PriceEntry)>) -> String {
        PriceBook::new(entries, Vec::new()).unwrap_err().to_string()
    }

    #[test]
    fn a_price_holds_from_its_moment_until_the_next() {
        let cola = ProductId::from("cola");
        // In no order, as lists are kept by people.
        let entries =
            [(at(12), entry(129)), (at(6), entry(99))].map(|(from, entry)| (cola.clone(), from, entry));
        let book = PriceBook::new(entries, Vec::new()).unwrap();
        let price = |time| book.at(&cola, time).map(|entry| entry.unit_price);
        assert_eq!(price(at(6).plus_nanos(-1)), None);
        assert_eq!(price(at(6)), Some(99));
        assert_eq!(price(at(12).plus_nanos(-1)), Some(99));
        assert_eq!(price(at(12)), Some(129));
        assert_eq!(price(Time::MAX), Some(129));
        assert_eq!(book.at(&"water".into(), at(12)), None);
    }

    #[test]
    fn something_taken_gets_the_price_of_its_moment_and_measure() {
        let cola = ProductId::from("cola");
        let book = PriceBook::new([(cola.clone(), at(6), entry(99))], Vec::new()).unwrap();
        let item = book.item(&cola, Quantity::Units(2), at(7)).unwrap();
        assert_eq!((item.unit_price, item.deposit, item.taken), (99, 25, at(7)));
        let error = |product: &str, quantity, time| {
            book.item(&product.into(), quantity, time).unwrap_err().to_string()
        };
        assert_eq!(
            error("cola", Quantity::Units(1), at(1)),
            "cola had no price at 1970-01-01T01:00:00.000000000Z: add an entry from that moment or earlier"
        );
        assert!(error("cola", Quantity::Grams(250), at(7)).ends_with("is sold by the unit: count it"));
    }

    #[test]
    fn promotions_hold_for_their_products_at_their_moments() {
        let (cola, water) = (ProductId::from("cola"), ProductId::from("water"));
        let deal = Deal::AmountOff { amount: 10 };
        let happy_hour = Promotion {
            name: "Happy hour".to_owned(),
            products: [cola.clone()].into(),
            from: at(17),
            until: at(18),
            deal,
        };
        let book = PriceBook::new([], vec![happy_hour.clone()]).unwrap();
        let held = |product, time| book.promotions_at(product, time).count();
        assert_eq!((held(&cola, at(17)), held(&cola, at(18)), held(&water, at(17))), (1, 0, 0));
        let never = Promotion { until: at(17), ..happy_hour };
        assert!(PriceBook::new([], vec![never]).is_err());
    }

    #[test]
    fn a_list_that_cannot_be_says_whose_and_from_when() {
        let cola = ProductId::from("cola");
        let list = |entry| vec![(cola.clone(), at(6), entry)];
        let told = refused([list(entry(99)), list(entry(98))].concat());
        assert_eq!(told, "cola has two prices from 1970-01-01T06:00:00.000000000Z: keep one of them");
        assert!(refused(list(entry(-1))).contains("its price is -1 minor units"));
        assert!(refused(list(PriceEntry { deposit: -1, ..entry(99) })).contains("its deposit is -1"));
        assert!(
            refused(list(PriceEntry { sold_by: SoldBy::Kilogram, ..entry(99) })).contains("by the kilogram")
        );
    }
}
