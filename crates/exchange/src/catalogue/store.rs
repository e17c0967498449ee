//! The products of a store file as a first catalogue.

use model::{ProductFile, Store, Time};
use pricing::{SoldBy, TaxRate};

use super::{Catalogue, CatalogueError, CatalogueItem, CatalogueRead, LeftOut, Mass, Price};
use crate::Barcode;

impl Catalogue {
    /// What the store file says of its products, all taxed alike, from a moment on. Products without a price are
    /// left out, and named.
    ///
    /// # Errors
    /// Where two products have one GTIN or a name is none, for example.
    pub fn from_store(store: &Store, tax: TaxRate, from: Time) -> Result<CatalogueRead, CatalogueError> {
        let mut left_out = Vec::new();
        let mut items = Vec::new();
        for product in &store.file().products {
            match product.price_minor {
                Some(minor) => items.push(item(product, Price { from, minor, tax, deposit: 0 })),
                None => left_out.push(LeftOut {
                    sku: product.id.clone(),
                    why: "the store file has no price for it: its lines go to review".to_owned(),
                }),
            }
        }
        Ok(CatalogueRead { catalogue: Self::new(store.currency(), items)?, left_out })
    }
}

fn item(product: &ProductFile, price: Price) -> CatalogueItem {
    let barcode = product.gtin.as_ref().and_then(|gtin| Barcode::guess(gtin.as_str()).ok());
    CatalogueItem {
        sku: product.id.clone(),
        name: product.name.clone(),
        barcodes: barcode.into_iter().collect(),
        sold_by: SoldBy::Unit,
        prices: vec![price],
        mass: product.mass_g.map(|mean_g| Mass { mean_g, sd_g: product.mass_sd_g }),
        age_limit: None,
    }
}
