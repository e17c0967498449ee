//! The catalogue (`benchmark-1/products`) and the planogram (`benchmark-1/planogram`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::{Currency, FacingFile, PlateId, ProductFile, ProductId};
use serde::Deserialize;

use super::source::{PlateKey, Source, Wrapped, tidy};
use super::summary::{note, plate_list};
use super::{ImportError, ImportSummary};

#[derive(Deserialize)]
struct ProductDocument {
    product_id: Wrapped<String>,
    metadata: Metadata,
}

#[derive(Deserialize, PartialEq)]
struct Metadata {
    name: String,
    /// Whole units of a currency that is not named.
    price: Option<i64>,
    /// Grams.
    weight: Option<f64>,
}

impl fmt::Display for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number =
            |number: Option<f64>| number.map_or("none".to_owned(), |number| tidy(number).to_string());
        let price = number(self.price.map(|price| price as f64));
        write!(f, "\"{}\" (price {price}, weight {})", self.name, number(self.weight))
    }
}

/// The products in the order of the source, each once.
pub(super) fn read_products(
    source: &Source,
    currency: Currency,
    summary: &mut ImportSummary,
) -> Result<Vec<ProductFile>, ImportError> {
    let mut first_seen: BTreeMap<String, (usize, Metadata)> = BTreeMap::new();
    let mut products = Vec::new();
    source.lines("benchmark-1/products", |line, document: ProductDocument| {
        let (id, metadata) = (document.product_id.id, document.metadata);
        match first_seen.get(&id) {
            Some((_, same)) if *same == metadata => summary.duplicate_products += 1,
            Some((first, other)) => {
                return Err(format!(
                    "product {id} is {metadata} here and {other} in line {first}: remove the wrong one"
                ));
            }
            None => {
                products.push(product_file(&id, &metadata, currency)?);
                first_seen.insert(id, (line, metadata));
            }
        }
        Ok(())
    })?;
    report_products(&products, currency, summary);
    Ok(products)
}

fn product_file(id: &str, metadata: &Metadata, currency: Currency) -> Result<ProductFile, String> {
    let minor_in_whole = 10_i64.pow(currency.exponent().unwrap_or(0).into());
    let to_minor = |price: i64| {
        let minor = price.checked_mul(minor_in_whole);
        minor.ok_or_else(|| format!("product {id} has a price beyond all measure: correct it"))
    };
    Ok(ProductFile {
        id: id.into(),
        name: metadata.name.clone(),
        gtin: id.parse().ok(),
        price_minor: metadata.price.map(to_minor).transpose()?,
        mass_g: metadata.weight.map(tidy),
        mass_sd_g: None,
    })
}

fn report_products(products: &[ProductFile], currency: Currency, summary: &mut ImportSummary) {
    let count = |has: fn(&ProductFile) -> bool| products.iter().filter(|product| has(product)).count();
    let unweighed: Vec<String> = products
        .iter()
        .filter(|product| product.mass_g.is_none())
        .map(|product| format!("{} ({})", product.name, product.id))
        .collect();
    summary.products = products.len();
    summary.products_without_mass = unweighed.len();
    summary.products_without_price = count(|product| product.price_minor.is_none());
    summary.products_without_gtin = count(|product| product.gtin.is_none());
    note(&mut summary.taken_over, summary.products, "products");
    note(&mut summary.left_out, summary.duplicate_products, "documents that repeat a product");
    let missing = &mut summary.missing;
    note(missing, summary.products_without_price, "products have no price: their lines go to review");
    note(missing, summary.products_without_gtin, "products have no valid GTIN as their id");
    let what = format!("products have no weight, so scales can't recognise them: {}", unweighed.join(", "));
    note(missing, summary.products_without_mass, &what);
    summary.assumed.push(format!("prices are whole {}: the source names no currency", currency.code()));
}

#[derive(Deserialize)]
struct FacingDocument {
    plate_ids: Vec<PlateKey>,
    planogram_product_id: MaybeProduct,
}

#[derive(Deserialize)]
struct MaybeProduct {
    #[serde(default)]
    id: String,
}

/// The facings in the order of the source; those without a product of the catalogue are left out.
pub(super) fn read_facings(
    source: &Source,
    products: &[ProductFile],
    summary: &mut ImportSummary,
) -> Result<Vec<FacingFile>, ImportError> {
    let known: BTreeSet<&str> = products.iter().map(|product| product.id.as_str()).collect();
    let mut facings = Vec::new();
    source.lines("benchmark-1/planogram", |_, document: FacingDocument| {
        let plates: Vec<PlateId> = document.plate_ids.into_iter().map(PlateId::from).collect();
        let product = document.planogram_product_id.id;
        if known.contains(product.as_str()) {
            facings.push(FacingFile { product: ProductId::from(product.as_str()), plates });
            return Ok(());
        }
        summary.facings_without_product += 1;
        let why = match product.as_str() {
            "" => "no product".to_owned(),
            id => format!("product {id}, which the catalogue does not have"),
        };
        summary.left_out.push(format!("the facing on {} with {why}", plate_list(&plates)));
        Ok(())
    })?;
    summary.facings = facings.len();
    note(&mut summary.taken_over, summary.facings, "facings");
    summary.left_out.push("the planogram's own coordinates: the plates' places hold".to_owned());
    Ok(facings)
}
