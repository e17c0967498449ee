//! Where the values of one item are checked, and what is wrong with them is written down.

use model::{Currency, ProductId};
use pricing::{SoldBy, TaxRate};

use super::{CatalogueItem, Fault, MAX_BARCODES, Mass, Place, Problem};
use crate::{Barcode, BarcodeKind, amount};

/// At most so many characters in a name: what fits a receipt, and what other such stores take.
const MAX_NAME: usize = 100;

/// At most so many characters in a key.
const MAX_SKU: usize = 100;

/// The oldest that a shopper can be asked to be, years.
const MAX_AGE: u64 = 99;

/// The heaviest that a unit can be, grams: a plate takes less.
const MAX_MASS_G: f64 = 1_000_000.0;

/// The desk of one item. Every check gives the value, or nothing and a [`Problem`] on the pile.
pub(super) struct Desk<'a> {
    place: Place,
    sku: Option<String>,
    currency: Currency,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(place: Place, currency: Currency, problems: &'a mut Vec<Problem>) -> Self {
        Self { place, sku: None, currency, problems }
    }

    /// Notes which product it is, for all problems from now on.
    pub(super) fn of(&mut self, sku: &str) {
        self.sku = Some(sku.to_owned());
    }

    pub(super) fn problem(&mut self, field: impl Into<String>, fault: Fault) {
        self.problems.push(Problem {
            place: self.place,
            sku: self.sku.clone(),
            field: field.into(),
            what: fault.what,
            mend: fault.mend,
        });
    }

    fn kept<T>(&mut self, field: &str, checked: Result<T, Fault>) -> Option<T> {
        checked.map_err(|fault| self.problem(field, fault)).ok()
    }

    pub(super) fn sku(&mut self, field: &str, text: &str) -> Option<ProductId> {
        let checked = plain(text, MAX_SKU).map(ProductId::from);
        self.kept(field, checked)
    }

    pub(super) fn name(&mut self, field: &str, text: &str) -> Option<String> {
        let checked = plain(text, MAX_NAME).map(str::to_owned);
        self.kept(field, checked)
    }

    pub(super) fn amount(&mut self, field: &str, text: &str) -> Option<i64> {
        let checked = amount::minor_units(text, self.currency);
        self.kept(field, checked)
    }

    pub(super) fn tax(&mut self, field: &str, text: &str) -> Option<TaxRate> {
        self.kept(field, amount::tax_rate(text))
    }

    /// A bar code, of a kind that is told or guessed.
    pub(super) fn barcode(&mut self, field: &str, kind: Option<BarcodeKind>, text: &str) -> Option<Barcode> {
        let checked = kind.map_or_else(|| Barcode::guess(text), |kind| Barcode::new(kind, text));
        self.kept(field, checked)
    }

    pub(super) fn mass(&mut self, field: &str, mean_g: f64, sd: Option<(&str, f64)>) -> Option<Mass> {
        if !(mean_g > 0.0 && mean_g <= MAX_MASS_G) {
            self.problem(
                field,
                Fault::new(format!("is {mean_g} g"), "give the mass of a unit, above 0, or leave it out"),
            );
            return None;
        }
        if let Some((field, sd_g)) = sd
            && !(sd_g >= 0.0 && sd_g <= mean_g)
        {
            self.problem(
                field,
                Fault::new(format!("is {sd_g} g"), "give a spread from 0 to the mass, or leave it out"),
            );
            return None;
        }
        Some(Mass { mean_g, sd_g: sd.map(|(_, sd_g)| sd_g) })
    }

    pub(super) fn age_limit(&mut self, field: &str, years: u64) -> Option<u8> {
        let checked = u8::try_from(years).ok().filter(|_| (1..=MAX_AGE).contains(&years)).ok_or_else(|| {
            Fault::new(format!("is {years} years"), format!("give 1 to {MAX_AGE}, or leave it out"))
        });
        self.kept(field, checked)
    }

    /// Checks what must hold within an item once its values are read: how many bar codes, and that its prices
    /// fit one another.
    pub(super) fn whole(&mut self, item: &CatalogueItem) {
        if item.barcodes.len() > MAX_BARCODES {
            self.problem(
                "barcodes",
                Fault::new(
                    format!("has {} bar codes", item.barcodes.len()),
                    format!("keep at most {MAX_BARCODES}"),
                ),
            );
        }
        for pair in item.prices.windows(2).filter(|pair| pair[0].from == pair[1].from) {
            self.problem(
                "prices",
                Fault::new(format!("has two prices from {}", pair[0].from), "keep one of them"),
            );
        }
        if item.sold_by == SoldBy::Kilogram && item.prices.iter().any(|price| price.deposit > 0) {
            self.problem(
                "prices",
                Fault::new(
                    "has a deposit but is sold by the kilogram",
                    "set the deposit to \"0\", or sell it by the unit",
                ),
            );
        }
    }

    /// Somebody gave no price at all.
    pub(super) fn no_price(&mut self) {
        self.problem("prices", Fault::new("has no price", "give at least one"));
    }

    /// Checks an item whose values were not read from a text.
    pub(super) fn check(&mut self, item: &CatalogueItem) {
        self.of(item.sku.as_str());
        self.sku("sku", item.sku.as_str());
        self.name("name", &item.name);
        if let Some(mass) = item.mass {
            self.mass("mass_g", mass.mean_g, mass.sd_g.map(|sd_g| ("mass_sd_g", sd_g)));
        }
        if item.prices.is_empty() {
            self.no_price();
        }
        for price in &item.prices {
            for (what, minor) in [("price", price.minor), ("deposit", price.deposit)] {
                if minor < 0 {
                    self.problem(what, Fault::new(format!("is {minor} minor units"), "set it to 0 or more"));
                }
            }
        }
    }
}

/// A text that people read: not empty, not too long, no control characters, no blanks around it.
fn plain(text: &str, most: usize) -> Result<&str, Fault> {
    let characters = text.chars().count();
    if text.trim().is_empty() {
        Err(Fault::new("is empty", format!("give 1 to {most} characters")))
    } else if characters > most {
        Err(Fault::new(format!("has {characters} characters"), format!("shorten it to {most}")))
    } else if text.trim() != text || text.chars().any(char::is_control) {
        Err(Fault::new(
            "has blanks around it or control characters, such as a line break, in it",
            "take them out",
        ))
    } else {
        Ok(text)
    }
}
