//! The catalogue's tables.

use std::collections::BTreeMap;

use exchange::{Barcode, BarcodeKind, CatalogueItem, Mass, Price};
use model::{ProductId, Time};
use pricing::{PriceEntry, SoldBy, TaxRate};

use super::Upload;
use crate::storage::{Database, Row, StorageError};

/// An upload of this id, and the digest of what was sent.
pub(super) fn upload(
    database: &mut dyn Database,
    store: &str,
    id: &str,
) -> Result<Option<(Upload, Vec<u8>)>, StorageError> {
    let row = database.query_one(
        "SELECT at_ns, outcome, digest FROM catalogue_uploads WHERE store = $1 AND upload = $2",
        &[store.into(), id.into()],
    )?;
    row.map(|row| {
        let outcome = serde_json::from_str(row.text(1)?)
            .map_err(|error| StorageError::Damaged(format!("the outcome of upload {id:?}: {error}")))?;
        Ok((Upload { at: Time::from_nanos(row.int(0)?), outcome }, row.blob(2)?.to_vec()))
    })
    .transpose()
}

/// Notes what became of an upload.
pub(super) fn note_upload(
    database: &mut dyn Database,
    store: &str,
    id: &str,
    digest: &[u8],
    upload: &Upload,
) -> Result<(), StorageError> {
    let outcome =
        serde_json::to_string(&upload.outcome).map_err(|error| StorageError::Damaged(error.to_string()))?;
    database.execute(
        "INSERT INTO catalogue_uploads (store, upload, at_ns, digest, outcome) VALUES ($1, $2, $3, $4, $5)",
        &[store.into(), id.into(), upload.at.nanos().into(), digest.into(), outcome.as_str().into()],
    )?;
    Ok(())
}

/// Takes all bar codes from a product.
pub(super) fn drop_barcodes(
    database: &mut dyn Database,
    store: &str,
    sku: &ProductId,
) -> Result<(), StorageError> {
    database.execute(
        "DELETE FROM product_barcodes WHERE store = $1 AND sku = $2",
        &[store.into(), sku.as_str().into()],
    )?;
    Ok(())
}

/// Adds a product, or replaces it, with its bar codes; those it had must be gone.
pub(super) fn put_product(
    database: &mut dyn Database,
    store: &str,
    item: &CatalogueItem,
    now: Time,
) -> Result<(), StorageError> {
    // Rust writes a number so that it reads back as the same number.
    let mean_g = item.mass.map(|mass| mass.mean_g.to_string());
    let sd_g = item.mass.and_then(|mass| mass.sd_g).map(|sd_g| sd_g.to_string());
    database.execute(
        "INSERT INTO products (store, sku, name, sold_by, mass_g, mass_sd_g, age_limit, changed_ns) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (store, sku) DO UPDATE SET \
         name = excluded.name, sold_by = excluded.sold_by, mass_g = excluded.mass_g, \
         mass_sd_g = excluded.mass_sd_g, age_limit = excluded.age_limit, changed_ns = excluded.changed_ns",
        &[
            store.into(),
            item.sku.as_str().into(),
            item.name.as_str().into(),
            measure(item.sold_by).into(),
            mean_g.as_deref().into(),
            sd_g.as_deref().into(),
            i64::from(item.age_limit.unwrap_or(0)).into(),
            now.nanos().into(),
        ],
    )?;
    for (place, barcode) in (0_i64..).zip(&item.barcodes) {
        database.execute(
            "INSERT INTO product_barcodes (store, number, sku, place, kind, digits) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                store.into(),
                barcode.key().as_str().into(),
                item.sku.as_str().into(),
                place.into(),
                barcode.kind().as_str().into(),
                barcode.as_str().into(),
            ],
        )?;
    }
    Ok(())
}

/// Drops what a product was to cost later.
pub(super) fn drop_plans(
    database: &mut dyn Database,
    store: &str,
    sku: &ProductId,
    now: Time,
) -> Result<(), StorageError> {
    database.execute(
        "DELETE FROM prices WHERE store = $1 AND sku = $2 AND from_ns > $3",
        &[store.into(), sku.as_str().into(), now.nanos().into()],
    )?;
    Ok(())
}

/// Puts a price into the list; of two uploads in one moment the later counts.
pub(super) fn put_price(
    database: &mut dyn Database,
    store: &str,
    upload: &str,
    sku: &ProductId,
    from: Time,
    entry: &PriceEntry,
) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO prices \
         (store, sku, from_ns, name, sold_by, minor, tax_millionths, deposit_minor, upload) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (store, sku, from_ns) DO UPDATE SET \
         name = excluded.name, sold_by = excluded.sold_by, minor = excluded.minor, \
         tax_millionths = excluded.tax_millionths, deposit_minor = excluded.deposit_minor, \
         upload = excluded.upload",
        &[
            store.into(),
            sku.as_str().into(),
            from.nanos().into(),
            entry.name.as_str().into(),
            measure(entry.sold_by).into(),
            entry.unit_price.into(),
            i64::from(entry.tax.0).into(),
            entry.deposit.into(),
            upload.into(),
        ],
    )?;
    Ok(())
}

/// All prices of a store, by SKU, oldest first.
pub(super) fn price_entries(
    database: &mut dyn Database,
    store: &str,
) -> Result<Vec<(ProductId, Time, PriceEntry)>, StorageError> {
    let rows = database.query(
        "SELECT sku, from_ns, name, sold_by, minor, tax_millionths, deposit_minor FROM prices \
         WHERE store = $1 ORDER BY sku, from_ns",
        &[store.into()],
    )?;
    let priced = |row: &Row| {
        let (from, entry) = entry(row, 1)?;
        Ok((ProductId::from(row.text(0)?), from, entry))
    };
    rows.iter().map(priced).collect()
}

/// All products of a store, by SKU.
pub(super) fn items(database: &mut dyn Database, store: &str) -> Result<Vec<CatalogueItem>, StorageError> {
    let mut barcodes = barcodes(database, store)?;
    let mut prices: BTreeMap<ProductId, Vec<(Time, PriceEntry)>> = BTreeMap::new();
    for (sku, from, entry) in price_entries(database, store)? {
        prices.entry(sku).or_default().push((from, entry));
    }
    let rows = database.query(
        "SELECT sku, name, sold_by, mass_g, mass_sd_g, age_limit FROM products WHERE store = $1 ORDER BY sku",
        &[store.into()],
    )?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let sku = ProductId::from(row.text(0)?);
        let sold_by = sold_by(row.text(2)?)?;
        let sd_g = number(row.text_if_any(4)?)?;
        items.push(CatalogueItem {
            name: row.text(1)?.to_owned(),
            barcodes: barcodes.remove(&sku).unwrap_or_default(),
            prices: prices.remove(&sku).map_or_else(Vec::new, |prices| by_measure(&prices, sold_by)),
            sold_by,
            mass: number(row.text_if_any(3)?)?.map(|mean_g| Mass { mean_g, sd_g }),
            age_limit: u8::try_from(row.int(5)?).ok().filter(|years| *years > 0),
            sku,
        });
    }
    Ok(items)
}

/// The prices of a product that are for its measure.
fn by_measure(prices: &[(Time, PriceEntry)], sold_by: SoldBy) -> Vec<Price> {
    let same = prices.iter().filter(|(_, entry)| entry.sold_by == sold_by);
    same.map(|(from, entry)| Price {
        from: *from,
        minor: entry.unit_price,
        tax: entry.tax,
        deposit: entry.deposit,
    })
    .collect()
}

/// The bar codes of all products of a store.
fn barcodes(
    database: &mut dyn Database,
    store: &str,
) -> Result<BTreeMap<ProductId, Vec<Barcode>>, StorageError> {
    let rows = database.query(
        "SELECT sku, kind, digits FROM product_barcodes WHERE store = $1 ORDER BY sku, place",
        &[store.into()],
    )?;
    let mut barcodes: BTreeMap<ProductId, Vec<Barcode>> = BTreeMap::new();
    for row in rows {
        let (kind, digits) = (row.text(1)?, row.text(2)?);
        let barcode = BarcodeKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .and_then(|kind| Barcode::new(kind, digits).ok())
            .ok_or_else(|| StorageError::Damaged(format!("bar code {kind} {digits}")))?;
        barcodes.entry(row.text(0)?.into()).or_default().push(barcode);
    }
    Ok(barcodes)
}

/// A price of the list, whose columns begin with `from_ns` at this place.
fn entry(row: &Row, first: usize) -> Result<(Time, PriceEntry), StorageError> {
    let tax = row.int(first + 4)?;
    let tax = u32::try_from(tax).map_err(|_| StorageError::Damaged(format!("a tax rate of {tax}")))?;
    let entry = PriceEntry {
        name: row.text(first + 1)?.to_owned(),
        sold_by: sold_by(row.text(first + 2)?)?,
        unit_price: row.int(first + 3)?,
        tax: TaxRate(tax),
        deposit: row.int(first + 5)?,
    };
    Ok((Time::from_nanos(row.int(first)?), entry))
}

/// How the tables write what a price is for.
const fn measure(sold_by: SoldBy) -> &'static str {
    match sold_by {
        SoldBy::Unit => "unit",
        SoldBy::Kilogram => "kilogram",
    }
}

fn sold_by(text: &str) -> Result<SoldBy, StorageError> {
    match text {
        "unit" => Ok(SoldBy::Unit),
        "kilogram" => Ok(SoldBy::Kilogram),
        other => Err(StorageError::Damaged(format!("a price for a {other:?}"))),
    }
}

fn number(text: Option<&str>) -> Result<Option<f64>, StorageError> {
    text.map(|text| text.parse().map_err(|_| StorageError::Damaged(format!("a mass of {text:?} g"))))
        .transpose()
}
