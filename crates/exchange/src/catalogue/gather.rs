//! Gathers the items of an upload and holds them against one another.

use std::collections::BTreeMap;

use model::{Currency, ProductId};

use super::desk::Desk;
use super::{Catalogue, CatalogueError, CatalogueItem, Fault, MAX_ITEMS, Place, Problem};

/// The items so far, and what is wrong with them.
pub(super) struct Gathering {
    currency: Currency,
    items: Vec<CatalogueItem>,
    problems: Vec<Problem>,
    skus: BTreeMap<ProductId, Place>,
    barcodes: BTreeMap<String, ProductId>,
    fields: Shared,
}

/// What the upload calls the fields that no two items may share.
pub(super) struct Shared {
    pub(super) sku: String,
    pub(super) barcodes: String,
}

impl Default for Shared {
    fn default() -> Self {
        Self { sku: "sku".to_owned(), barcodes: "barcodes".to_owned() }
    }
}

impl Gathering {
    pub(super) fn new(currency: Currency, fields: Shared) -> Self {
        Self {
            currency,
            fields,
            items: Vec::new(),
            problems: Vec::new(),
            skus: BTreeMap::new(),
            barcodes: BTreeMap::new(),
        }
    }

    /// Where the values of the item at this place are checked.
    pub(super) fn desk(&mut self, place: Place) -> Desk<'_> {
        Desk::new(place, self.currency, &mut self.problems)
    }

    /// Takes an item in: its prices get their order, and what no other item may have is held against the others.
    pub(super) fn add(&mut self, place: Place, mut item: CatalogueItem) {
        item.prices.sort_by_key(|price| price.from);
        let mut desk = Desk::new(place, self.currency, &mut self.problems);
        desk.of(item.sku.as_str());
        desk.whole(&item);
        if let Some(first) = self.skus.insert(item.sku.clone(), place) {
            desk.problem(
                &self.fields.sku,
                Fault::new(format!("stands at {first} too"), "keep one of them, with all its prices"),
            );
        } else {
            for barcode in &item.barcodes {
                if let Some(other) = self.barcodes.insert(barcode.key(), item.sku.clone()) {
                    let whose =
                        if other == item.sku { "twice here".to_owned() } else { format!("on {other} too") };
                    desk.problem(
                        &self.fields.barcodes,
                        Fault::new(
                            format!("\"{}\" stands {whose}", barcode.as_str()),
                            "keep it at one place",
                        ),
                    );
                }
            }
        }
        self.items.push(item);
    }

    /// The catalogue, or all that is wrong.
    pub(super) fn finish(self) -> Result<Catalogue, CatalogueError> {
        if self.items.len() > MAX_ITEMS {
            Err(CatalogueError::TooMany { most: MAX_ITEMS })
        } else if !self.problems.is_empty() {
            Err(CatalogueError::Problems { problems: self.problems })
        } else if self.items.is_empty() {
            Err(CatalogueError::Empty)
        } else {
            Ok(Catalogue { currency: self.currency, items: self.items })
        }
    }
}
