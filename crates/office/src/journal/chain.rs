//! The chain of hashes, and the look that finds where it is broken.

use model::Time;
use sha2::{Digest, Sha256};

use super::decode;
use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::ledger;
use crate::storage::{Database, StorageError};
use crate::trip::Trip;

/// Bytes of a hash.
const HASH: usize = 32;

/// Entries that are read at once by an audit.
const PAGE: i64 = 1000;

/// The latest entry of a store's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Its number; 0 before the first.
    pub(super) sequence: i64,
    /// Its hash; zeros before the first.
    pub(super) hash: [u8; HASH],
}

impl Head {
    /// Before the first entry.
    const START: Self = Self { sequence: 0, hash: [0; HASH] };

    /// The latest entry in the tables.
    pub(super) fn read(database: &mut dyn Database, store: &str) -> Result<Self, StorageError> {
        let newest = database.query_one(
            "SELECT sequence, hash FROM journal WHERE store = $1 ORDER BY sequence DESC LIMIT 1",
            &[store.into()],
        )?;
        let Some(row) = newest else { return Ok(Self::START) };
        let hash = row.blob(1)?.try_into();
        let hash = hash.map_err(|_| StorageError::Damaged("a hash of another length".to_owned()))?;
        Ok(Self { sequence: row.int(0)?, hash })
    }

    /// Its hash in hexadecimal digits.
    fn hex(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The entry after `head`: SHA-256 over the hash before, and over every part of the entry with its length, so
/// that no two entries read the same.
pub(super) fn next_hash(head: &Head, store: &str, trip: TripKey, at: Time, event: &str) -> Head {
    let sequence = head.sequence + 1;
    let mut digest = Sha256::new();
    digest.update(head.hash);
    for part in [
        store.as_bytes(),
        &sequence.to_be_bytes(),
        trip.as_bytes(),
        &at.nanos().to_be_bytes(),
        event.as_bytes(),
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    Head { sequence, hash: digest.finalize().into() }
}

/// Number and hash, in hexadecimal digits, of the latest entry of a store's chain.
pub(crate) fn head(database: &mut dyn Database, store: &str) -> Result<(i64, String), StorageError> {
    let head = Head::read(database, store)?;
    Ok((head.sequence, head.hex()))
}

/// What an audit found in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Entries in the chain.
    pub entries: i64,
    /// Trips in it.
    pub trips: usize,
    /// Hash of the latest entry, in hexadecimal digits. Written down elsewhere, it shows later that nothing
    /// before it was changed or cut off.
    pub head: String,
}

/// What an audit found broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// An entry is missing.
    #[error("store {store}: entry {sequence} of the journal is missing")]
    Missing {
        /// Whose chain.
        store: String,
        /// Which.
        sequence: i64,
    },
    /// An entry, or one before it, was changed.
    #[error(
        "store {store}: entry {sequence} of the journal does not fit the one before: it was changed after it was written"
    )]
    Changed {
        /// Whose chain.
        store: String,
        /// Which.
        sequence: i64,
    },
    /// What is kept beside the journal says something else.
    #[error("trip {trip}: the table of {table} says {kept}, its journal {journal}")]
    Beside {
        /// Which trip.
        trip: TripKey,
        /// Which table.
        table: &'static str,
        /// What the table says.
        kept: String,
        /// What follows from the journal.
        journal: String,
    },
}

/// Walks a store's whole chain, and holds what is kept beside it against what follows from it.
///
/// # Errors
/// If the tables can't be read; what it finds broken stands in the inner result.
pub(crate) fn audit(
    database: &mut dyn Database,
    store: &str,
) -> Result<Result<Audit, AuditError>, OfficeError> {
    let mut head = Head::START;
    loop {
        let rows = database.query(
            "SELECT sequence, trip, at_ns, event, hash FROM journal WHERE store = $1 AND sequence > $2 \
             ORDER BY sequence LIMIT $3",
            &[store.into(), head.sequence.into(), PAGE.into()],
        )?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let sequence = row.int(0)?;
            if sequence != head.sequence + 1 {
                return Ok(Err(AuditError::Missing { store: store.to_owned(), sequence: head.sequence + 1 }));
            }
            let trip = TripKey::from_bytes(row.blob(1)?)?;
            head = next_hash(&head, store, trip, Time::from_nanos(row.int(2)?), row.text(3)?);
            if row.blob(4)? != head.hash || decode(row.text(3)?).is_err() {
                return Ok(Err(AuditError::Changed { store: store.to_owned(), sequence }));
            }
        }
    }
    let trips = match beside(database, store)? {
        Ok(trips) => trips,
        Err(broken) => return Ok(Err(broken)),
    };
    Ok(Ok(Audit { entries: head.sequence, trips, head: head.hex() }))
}

/// Holds the tables of trips and the books against the journal; how many trips there are.
fn beside(database: &mut dyn Database, store: &str) -> Result<Result<usize, AuditError>, OfficeError> {
    let rows =
        database.query("SELECT trip, state, owed_minor FROM trips WHERE store = $1", &[store.into()])?;
    for row in &rows {
        let key = TripKey::from_bytes(row.blob(0)?)?;
        let trip = super::known(database, store, key)?;
        let compared = [
            ("trips", row.text(1)?.to_owned(), trip.state().to_string()),
            ("trips", row.int(2)?.to_string(), trip.owed_minor.to_string()),
            (
                "the ledger",
                ledger::shopper_balance(database, key)?.to_string(),
                by_journal(&trip).to_string(),
            ),
        ];
        for (table, kept, journal) in compared {
            if kept != journal {
                return Ok(Err(AuditError::Beside { trip: key, table, kept, journal }));
            }
        }
    }
    Ok(Ok(rows.len()))
}

/// What the shopper owes by the trip's journal, minor units: the receipt, less what was decided to go back,
/// less what was taken, plus what went back.
fn by_journal(trip: &Trip) -> i64 {
    let staff = trip.payer == crate::trip::Payer::Staff;
    let total = trip.receipt.as_ref().filter(|_| !staff).map_or(0, |(_, receipt)| receipt.total);
    total - trip.refund_decided_minor() - trip.taken_minor() + trip.refunded_minor
}
