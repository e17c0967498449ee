//! The catalogue: what the store sells, and what it cost when.
//!
//! An upload counts as a whole or not at all, and once, however often it is sent: its id is kept with what
//! became of it. Prices of the past are never changed, so that receipts can be reckoned anew.

mod rows;

use std::collections::{BTreeMap, BTreeSet};

use exchange::{Catalogue, CatalogueError, CatalogueItem, CatalogueRead, Form, LeftOut, Place, Problem};
use model::{ProductId, Store, Time};
use pricing::{PriceBook, PriceEntry, TaxRate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::OfficeError;
use crate::office::Office;
use crate::storage::{Database, StorageError};

/// The longest that the id of an upload may be, bytes.
const LONGEST_ID: usize = 100;

/// An upload of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// When it came first.
    pub at: Time,
    /// What became of it.
    pub outcome: UploadOutcome,
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum UploadOutcome {
    /// It holds.
    Accepted {
        /// How many products it has.
        items: u64,
        /// How many prices are new in it, or come otherwise than was planned.
        new_prices: u64,
        /// What was in it and is not sold here.
        left_out: Vec<LeftOut>,
    },
    /// Nothing of it counts.
    Refused {
        /// Why.
        error: CatalogueError,
    },
}

impl Office {
    /// Takes a catalogue in. Its products are added, or replaced where the SKU is known; others stay as they
    /// are. What a known product costs changes from `now` on at the earliest, and its plans for later are
    /// replaced. An id that was sent before with the same content gives what became of it then.
    ///
    /// # Errors
    /// If the id is none, or was used for another content; or the tables can't be written. A catalogue that is
    /// wrong is no error here but an outcome.
    pub fn upload_catalogue(
        &self,
        id: &str,
        form: Form,
        bytes: &[u8],
        now: Time,
    ) -> Result<Upload, OfficeError> {
        let mut digest = Sha256::new();
        digest.update(format!("{form:?} {} ", self.policy.price.currency.code()));
        digest.update(bytes);
        self.take_in(id, digest.finalize().to_vec(), now, || {
            form.read(bytes, self.policy.price.currency, now)
        })
    }

    /// Takes the products of the store file in as a catalogue, all taxed alike: a first price list.
    ///
    /// # Errors
    /// As with [`Self::upload_catalogue`].
    pub fn upload_store(
        &self,
        id: &str,
        store: &Store,
        tax: TaxRate,
        now: Time,
    ) -> Result<Upload, OfficeError> {
        let products = serde_json::to_vec(&(store.currency(), &store.file().products, tax))
            .map_err(|error| StorageError::Damaged(error.to_string()))?;
        self.take_in(id, Sha256::digest(&products).to_vec(), now, || {
            if store.currency() == self.policy.price.currency {
                Catalogue::from_store(store, tax, now)
            } else {
                let (theirs, ours) = (store.currency().code(), self.policy.price.currency.code());
                let what = format!(
                    "the store file's prices are in {theirs}, the office's in {ours}: set one of them right"
                );
                Err(CatalogueError::Text { line: 1, column: 1, what })
            }
        })
    }

    /// What became of an upload; `None` if none of this id came.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn upload(&self, id: &str) -> Result<Option<Upload>, OfficeError> {
        self.storage
            .read(|database| Ok(rows::upload(database, &self.policy.store, id)?.map(|(upload, _)| upload)))
    }

    /// The price list, with all its past and its plans, and the promotions of the store's rules.
    ///
    /// # Errors
    /// If the tables can't be read, or a promotion can't be.
    pub fn price_book(&self) -> Result<PriceBook, OfficeError> {
        let entries = self.storage.read(|database| rows::price_entries(database, &self.policy.store))?;
        Ok(PriceBook::new(entries, self.policy.promotions.clone())?)
    }

    /// All products as they are now, by SKU, each with the prices it has had by its present measure.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn catalogue(&self) -> Result<Vec<CatalogueItem>, OfficeError> {
        self.storage.read(|database| Ok(rows::items(database, &self.policy.store)?))
    }

    /// Takes an upload in unless it was before. What is slow, reading it, happens outside the transaction.
    fn take_in(
        &self,
        id: &str,
        digest: Vec<u8>,
        now: Time,
        read: impl FnOnce() -> Result<CatalogueRead, CatalogueError>,
    ) -> Result<Upload, OfficeError> {
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(OfficeError::UploadId { most: LONGEST_ID });
        }
        let (store, id) = (self.policy.store.clone(), id.to_owned());
        if let Some(before) = self.storage.read(|database| before(database, &store, &id, &digest))? {
            return Ok(before);
        }
        let read = read();
        self.storage.write(move |database| {
            if let Some(before) = before(database, &store, &id, &digest)? {
                return Ok(before);
            }
            let outcome = match read {
                Ok(read) => put(database, &store, &id, read, now)?,
                Err(error) => UploadOutcome::Refused { error },
            };
            let upload = Upload { at: now, outcome };
            rows::note_upload(database, &store, &id, &digest, &upload)?;
            Ok(upload)
        })
    }
}

/// What became of an upload that was sent before.
fn before(
    database: &mut dyn Database,
    store: &str,
    id: &str,
    digest: &[u8],
) -> Result<Option<Upload>, OfficeError> {
    match rows::upload(database, store, id)? {
        Some((_, known)) if known != digest => Err(OfficeError::UploadIdReused(id.to_owned())),
        known => Ok(known.map(|(upload, _)| upload)),
    }
}

/// Puts a catalogue into the tables, all of it or nothing. What the tables say already is not written again: most of
/// a nightly upload is as it was, and gates wait while it is written.
fn put(
    database: &mut dyn Database,
    store: &str,
    id: &str,
    read: CatalogueRead,
    now: Time,
) -> Result<UploadOutcome, StorageError> {
    let items = read.catalogue.items();
    let known = Known::read(database, store)?;
    let problems = known.others_barcodes(items);
    if !problems.is_empty() {
        return Ok(UploadOutcome::Refused { error: CatalogueError::Problems { problems } });
    }
    // Bar codes may go from one product to another within an upload: all go before any comes.
    let changed = || items.iter().filter(|item| !known.has(item));
    for item in changed().filter(|item| known.products.contains_key(&item.sku)) {
        rows::drop_barcodes(database, store, &item.sku)?;
    }
    for item in changed() {
        rows::put_product(database, store, item, now)?;
    }
    let mut new_prices = 0;
    for item in items {
        let prices = known.prices.get(&item.sku).map_or(&[][..], Vec::as_slice);
        new_prices += put_prices(database, store, id, item, prices, now)?;
    }
    Ok(UploadOutcome::Accepted { items: items.len() as u64, new_prices, left_out: read.left_out })
}

/// What the tables say before an upload.
struct Known {
    products: BTreeMap<ProductId, CatalogueItem>,
    prices: BTreeMap<ProductId, Vec<(Time, PriceEntry)>>,
}

impl Known {
    fn read(database: &mut dyn Database, store: &str) -> Result<Self, StorageError> {
        let products =
            rows::items(database, store)?.into_iter().map(|item| (item.sku.clone(), item)).collect();
        let mut prices = BTreeMap::<_, Vec<_>>::new();
        for (sku, from, entry) in rows::price_entries(database, store)? {
            prices.entry(sku).or_default().push((from, entry));
        }
        Ok(Self { products, prices })
    }

    /// Whether a product is known just as it is sent, whatever it costs.
    fn has(&self, item: &CatalogueItem) -> bool {
        self.products.get(&item.sku).is_some_and(|known| {
            known.name == item.name
                && known.barcodes == item.barcodes
                && known.sold_by == item.sold_by
                && known.mass == item.mass
                && known.age_limit == item.age_limit
        })
    }

    /// Bar codes of these items that belong to products which are not among them.
    fn others_barcodes(&self, items: &[CatalogueItem]) -> Vec<Problem> {
        let sent: BTreeSet<&ProductId> = items.iter().map(|item| &item.sku).collect();
        let others = self.products.values().filter(|known| !sent.contains(&known.sku));
        let owners: BTreeMap<String, &ProductId> = others
            .flat_map(|known| known.barcodes.iter().map(|barcode| (barcode.key(), &known.sku)))
            .collect();
        let mut problems = Vec::new();
        for (place, item) in items.iter().enumerate() {
            for barcode in &item.barcodes {
                if let Some(owner) = owners.get(&barcode.key()) {
                    problems.push(Problem {
                        place: Place::Item(place),
                        sku: Some(item.sku.to_string()),
                        field: "barcodes".to_owned(),
                        what: format!("\"{}\" belongs to {owner}", barcode.as_str()),
                        mend: format!("send {owner} without it in the same upload, or take it out here"),
                    });
                }
            }
        }
        problems
    }
}

/// Puts a product's prices into the list; how many of them it did not have before.
///
/// A new product gets them all as they are told. Of a known one, what held until now stays; what should hold
/// now holds from now on, if it is something else; and what is told for later replaces what was planned.
fn put_prices(
    database: &mut dyn Database,
    store: &str,
    upload: &str,
    item: &CatalogueItem,
    known: &[(Time, PriceEntry)],
    now: Time,
) -> Result<u64, StorageError> {
    let holding = known.iter().rev().find(|(from, _)| *from <= now).map(|(_, entry)| entry);
    let mut wanted: Vec<_> = item.prices.iter().map(|price| (price.from, item.entry(price))).collect();
    if let Some(holding) = holding {
        wanted.retain(|(from, _)| *from > now);
        let told = item.price_at(now).map(|price| item.entry(&price));
        wanted.extend(told.filter(|told| told != holding).map(|told| (now, told)));
    }
    let plans_change = known.iter().any(|plan| plan.0 > now && !wanted.contains(plan));
    if plans_change {
        rows::drop_plans(database, store, &item.sku, now)?;
    }
    let mut new = 0;
    for price in &wanted {
        let is_new = !known.contains(price);
        if is_new || plans_change {
            rows::put_price(database, store, upload, &item.sku, price.0, &price.1)?;
        }
        new += u64::from(is_new);
    }
    Ok(new)
}
