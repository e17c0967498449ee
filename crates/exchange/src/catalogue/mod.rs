//! What a retailer sells, as their other systems know it.

mod desk;
mod gather;
mod json;
mod problem;
mod shopify;
mod store;

use model::{Currency, Gtin, ProductFile, ProductId, Time};
use pricing::{BookError, PriceBook, PriceEntry, Promotion, SoldBy, TaxRate};
use serde::{Deserialize, Serialize};

use crate::Barcode;
use gather::{Gathering, Shared};

pub use problem::{CatalogueError, Fault, LeftOut, Place, Problem};

/// At most so many items an upload.
pub const MAX_ITEMS: usize = 10_000;

/// At most so many bar codes an item.
pub const MAX_BARCODES: usize = 50;

/// What a product costs from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// From when.
    pub from: Time,
    /// The price of a unit, or of a kilogram, minor units.
    pub minor: i64,
    /// The tax rate it falls under.
    pub tax: TaxRate,
    /// Deposit on one unit, minor units.
    pub deposit: i64,
}

/// What a unit weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mass {
    /// On average, grams.
    pub mean_g: f64,
    /// Standard deviation from unit to unit, grams, if known.
    pub sd_g: Option<f64>,
}

/// A product as the retailer knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogueItem {
    /// The retailer's key.
    pub sku: ProductId,
    /// Its name, as on receipts; 1 to 100 characters.
    pub name: String,
    /// Its bar codes, the most usual one first.
    pub barcodes: Vec<Barcode>,
    /// What its price is for.
    pub sold_by: SoldBy,
    /// Its prices, oldest first; at least one.
    pub prices: Vec<Price>,
    /// What a unit weighs, if known. Without it, scales can't recognise it.
    pub mass: Option<Mass>,
    /// How old a shopper must be, years, if that matters.
    pub age_limit: Option<u8>,
}

impl CatalogueItem {
    /// The GTIN of its first bar code that has one.
    pub fn gtin(&self) -> Option<Gtin> {
        self.barcodes.iter().find_map(Barcode::gtin)
    }

    /// What it costs at a moment; `None` before its first price.
    pub fn price_at(&self, time: Time) -> Option<Price> {
        self.prices.iter().rev().find(|price| price.from <= time).copied()
    }

    /// What the price list says of it from that price on.
    pub fn entry(&self, price: &Price) -> PriceEntry {
        PriceEntry {
            name: self.name.clone(),
            sold_by: self.sold_by,
            unit_price: price.minor,
            tax: price.tax,
            deposit: price.deposit,
        }
    }

    /// The product as the store file has it, with what a unit costs at a moment; `None` if nobody knows its mass.
    /// What is sold by the kilogram has no price of a unit.
    pub fn product_at(&self, time: Time) -> Option<ProductFile> {
        let mass = self.mass?;
        let price = self.price_at(time).filter(|_| self.sold_by == SoldBy::Unit);
        Some(ProductFile {
            id: self.sku.clone(),
            name: self.name.clone(),
            gtin: self.gtin(),
            price_minor: price.map(|price| price.minor),
            mass_g: Some(mass.mean_g),
            mass_sd_g: mass.sd_g,
        })
    }
}

/// What a retailer sells: every item valid, no SKU and no bar code twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    currency: Currency,
    items: Vec<CatalogueItem>,
}

impl Catalogue {
    /// A catalogue from items that were read elsewhere.
    ///
    /// # Errors
    /// [`CatalogueError`], with every problem at once.
    pub fn new(
        currency: Currency,
        items: impl IntoIterator<Item = CatalogueItem>,
    ) -> Result<Self, CatalogueError> {
        let mut gathering = Gathering::new(currency, Shared::default());
        for (place, item) in items.into_iter().enumerate() {
            gathering.desk(Place::Item(place)).check(&item);
            gathering.add(Place::Item(place), item);
        }
        gathering.finish()
    }

    /// The currency of all prices.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The items, as the upload has them.
    pub fn items(&self) -> &[CatalogueItem] {
        &self.items
    }

    /// The price list, with promotions of all times in order of preference.
    ///
    /// # Errors
    /// If a promotion can't be.
    pub fn price_book(&self, promotions: Vec<Promotion>) -> Result<PriceBook, BookError> {
        let entries = self.items.iter().flat_map(|item| {
            item.prices.iter().map(|price| (item.sku.clone(), price.from, item.entry(price)))
        });
        PriceBook::new(entries, promotions)
    }

    /// The products whose masses are known, as the store file has them, with what a unit costs at a moment.
    pub fn products_at(&self, time: Time) -> Vec<ProductFile> {
        self.items.iter().filter_map(|item| item.product_at(time)).collect()
    }
}

/// A catalogue, and what was in the upload besides.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogueRead {
    /// What is sold.
    pub catalogue: Catalogue,
    /// What is not, and why.
    pub left_out: Vec<LeftOut>,
}

/// What an upload is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "form")]
pub enum Form {
    /// A JSON list of items, as in `docs/catalogue.md`.
    Json,
    /// Shopify's product CSV, with the column names of before or after they were changed.
    Shopify {
        /// The rate of what is taxed, millionths: the file only says whether tax is charged.
        tax: TaxRate,
    },
}

impl Form {
    /// Reads a catalogue. What has no date of its own holds from `from` on.
    ///
    /// # Errors
    /// [`CatalogueError`], with every problem of every item at once.
    pub fn read(self, bytes: &[u8], currency: Currency, from: Time) -> Result<CatalogueRead, CatalogueError> {
        match self {
            Self::Json => json::read(bytes, currency, from)
                .map(|catalogue| CatalogueRead { catalogue, left_out: Vec::new() }),
            Self::Shopify { tax } => shopify::read(bytes, currency, tax, from),
        }
    }
}
