//! The import of an AutoCheckout store's data (AiFi's NanoStore, CPS-IoT Week 2020).
//!
//! The source is a folder with `benchmark-1/` (one JSON document a line, as exported from the
//! competition's database: `plate_data`, `full_targets`, `products`, `planogram`) and `store/` (one JSON
//! text each: `Gondolas`, `Shelves`, `Plates`, `calibration`), gzipped or not. Nothing is guessed in
//! silence: [`ImportSummary`] says what was taken over, left out, missing and assumed.

mod catalogue;
mod layout;
mod people;
mod scales;
mod source;
mod summary;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::{
    Currency, GateFile, PlateId, Policy, Record, STORE_SCHEMA, SensorId, Store, StoreError, StoreFile,
};
use thiserror::Error;

use crate::{RecordingWriter, WriteError};
use source::Source;
pub use summary::ImportSummary;

/// The source gives lengths of bodies and cameras in inches.
const METRES_PER_INCH: f64 = 0.0254;
/// The gate that people who entered validly are said to have come through.
const GATE: &str = "entrance";

/// What the source does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutocheckoutOptions {
    /// The store's name, as on its receipts.
    pub store_name: String,
    /// The currency whose whole units the prices are.
    pub currency: Currency,
}

impl Default for AutocheckoutOptions {
    fn default() -> Self {
        Self { store_name: "NanoStore".to_owned(), currency: Currency::USD }
    }
}

/// Why data can't be imported. Nothing was written then.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file of the source is not there.
    #[error("{file}[.gz]: not there: give the folder that holds benchmark-1/ and store/", file = file.display())]
    Missing {
        /// The file, by the shorter of its two names.
        file: PathBuf,
    },
    /// A document can't be read, or is not what it should be.
    #[error("{place}: {what}")]
    Document {
        /// The file, and its line for files of one document a line.
        place: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// The documents make no sound store together.
    #[error("{folder}: store/ and benchmark-1/planogram, products make no sound store: {why}", folder = folder.display())]
    Store {
        /// The source.
        folder: PathBuf,
        /// What is wrong with it.
        why: StoreError,
    },
    /// The recording can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Turns the AutoCheckout data in `folder` into a recording at `out`, and says how.
///
/// Inches become metres, and records are written in the order of capture. The last sample of a batch of
/// plates is taken to be captured at the message's origin, give or take 0.1 s. Reads all of the source
/// into memory.
///
/// # Errors
/// [`ImportError`], with the file and line; nothing stands at `out` then that did not stand there before.
pub fn import_autocheckout(
    folder: &Path,
    out: &Path,
    options: &AutocheckoutOptions,
) -> Result<ImportSummary, ImportError> {
    let source = Source::new(folder);
    let mut summary = ImportSummary::default();
    let store = read_store(&source, options, &mut summary)?;
    let layout: BTreeSet<PlateId> = store.plates().iter().map(|plate| plate.id).collect();

    let mut records = people::read(&source, &mut summary)?;
    records.extend(scales::read(&source, &layout, &mut summary)?);
    records.sort_by_key(Record::time);
    summary.first = records.first().map(Record::time);
    summary.last = records.last().map(Record::time);

    let mut writer = RecordingWriter::create(out, &store)?;
    for record in &records {
        writer.write(record)?;
    }
    writer.finish()?;
    Ok(summary)
}

fn read_store(
    source: &Source,
    options: &AutocheckoutOptions,
    summary: &mut ImportSummary,
) -> Result<Store, ImportError> {
    let gondolas = layout::read_gondolas(source, summary)?;
    let products = catalogue::read_products(source, options.currency, summary)?;
    let facings = catalogue::read_facings(source, &products, summary)?;
    let file = StoreFile {
        schema: STORE_SCHEMA.to_owned(),
        name: options.store_name.clone(),
        currency: options.currency,
        policy: Policy::default(),
        gates: vec![GateFile { id: SensorId::from(GATE), position_m: None }],
        gondolas,
        facings,
        products,
        cameras: layout::read_cameras(source, summary)?,
    };
    Store::new(file).map_err(|why| ImportError::Store { folder: source.folder().to_owned(), why })
}
