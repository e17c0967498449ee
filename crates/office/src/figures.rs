//! What is looked up across trips: lists, the feed of events, counts and sums.

use model::{Money, Time};

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::journal;
use crate::ledger::{self, Account};
use crate::office::Office;
use crate::storage::{Database, Row, StorageError};
use crate::trip::{TripEvent, TripState};

/// Comes after each key of a trip.
const AFTER_ALL: [u8; 16] = [0xFF; 16];

/// A trip in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TripRow {
    /// Which.
    pub trip: TripKey,
    /// Where it stands, in a word.
    pub state: String,
    /// When it began.
    pub opened: Time,
    /// When something happened to it last.
    pub changed: Time,
    /// What is owed, minor units.
    pub owed_minor: i64,
}

/// An entry of the store's journal.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEntry {
    /// Its number, from 1 without gaps.
    pub sequence: i64,
    /// Which trip.
    pub trip: TripKey,
    /// When it was written down.
    pub at: Time,
    /// What happened.
    pub event: TripEvent,
}

/// How the store stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How many trips stand where, by the state's word.
    pub trips: Vec<(String, i64)>,
    /// What shoppers owe for visits whose payment was declined.
    pub owed: Money,
    /// The books: each account's debits less its credits.
    pub accounts: Vec<(Account, Money)>,
}

/// The latest entry of the store's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 before the first.
    pub entries: i64,
    /// Its hash, in hexadecimal digits. Kept elsewhere, it shows later that nothing before it was changed.
    pub hash: String,
}

impl Office {
    /// Trips of this store after the one named, the oldest first; all states, or one.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn trips(
        &self,
        state: Option<TripState>,
        after: Option<TripKey>,
        limit: u32,
    ) -> Result<Vec<TripRow>, OfficeError> {
        let after = after.as_ref().map_or(&[][..], TripKey::as_bytes);
        let store = self.policy.store.as_str();
        let rows = self.storage.read(|database| match state {
            None => database.query(
                "SELECT trip, state, opened_ns, changed_ns, owed_minor FROM trips \
                 WHERE store = $1 AND trip > $2 ORDER BY trip LIMIT $3",
                &[store.into(), after.into(), i64::from(limit).into()],
            ),
            Some(state) => database.query(
                "SELECT trip, state, opened_ns, changed_ns, owed_minor FROM trips \
                 WHERE store = $1 AND trip > $2 AND state = $4 ORDER BY trip LIMIT $3",
                &[store.into(), after.into(), i64::from(limit).into(), state.as_str().into()],
            ),
        })?;
        Ok(rows.iter().map(trip_row).collect::<Result<_, StorageError>>()?)
    }

    /// Trips of this store before the one named, the newest first; all states, or one.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn trips_newest(
        &self,
        state: Option<TripState>,
        before: Option<TripKey>,
        limit: u32,
    ) -> Result<Vec<TripRow>, OfficeError> {
        let before = before.as_ref().map_or(&AFTER_ALL[..], TripKey::as_bytes);
        let store = self.policy.store.as_str();
        let rows = self.storage.read(|database| match state {
            None => database.query(
                "SELECT trip, state, opened_ns, changed_ns, owed_minor FROM trips \
                 WHERE store = $1 AND trip < $2 ORDER BY trip DESC LIMIT $3",
                &[store.into(), before.into(), i64::from(limit).into()],
            ),
            Some(state) => database.query(
                "SELECT trip, state, opened_ns, changed_ns, owed_minor FROM trips \
                 WHERE store = $1 AND trip < $2 AND state = $4 ORDER BY trip DESC LIMIT $3",
                &[store.into(), before.into(), i64::from(limit).into(), state.as_str().into()],
            ),
        })?;
        Ok(rows.iter().map(trip_row).collect::<Result<_, StorageError>>()?)
    }

    /// The trip of a receipt, by its number as printed.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn trip_of_receipt(&self, number: &str) -> Result<Option<TripKey>, OfficeError> {
        let store = self.policy.store.as_str();
        let number = number.strip_prefix(store).and_then(|rest| rest.strip_prefix('-')).unwrap_or(number);
        // Numbers count up from 1; what is no number was never printed.
        let Ok(serial) = number.parse::<i64>() else { return Ok(None) };
        self.storage.read(|database| {
            let row = database.query_one(
                "SELECT trip FROM receipts WHERE store = $1 AND serial = $2",
                &[store.into(), serial.into()],
            )?;
            Ok(row.map(|row| TripKey::from_bytes(row.blob(0)?)).transpose()?)
        })
    }

    /// How many trips that began since a moment stand where, by the state's word.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn states_since(&self, since: Time) -> Result<Vec<(String, i64)>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT state, COUNT(*) FROM trips WHERE store = $1 AND opened_ns >= $2 \
                 GROUP BY state ORDER BY state",
                &[self.policy.store.as_str().into(), since.nanos().into()],
            )?;
            let counts = rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)));
            Ok(counts.collect::<Result<_, StorageError>>()?)
        })
    }

    /// Entries of the store's journal after the one numbered so, in order.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn feed(&self, after: i64, limit: u32) -> Result<Vec<FeedEntry>, OfficeError> {
        let rows = self.storage.read(|database| {
            database.query(
                "SELECT sequence, trip, at_ns, event FROM journal WHERE store = $1 AND sequence > $2 \
                 ORDER BY sequence LIMIT $3",
                &[self.policy.store.as_str().into(), after.into(), i64::from(limit).into()],
            )
        })?;
        Ok(rows.iter().map(feed_entry).collect::<Result<_, StorageError>>()?)
    }

    /// How the store stands.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn figures(&self) -> Result<Figures, OfficeError> {
        let (store, currency) = (self.policy.store.as_str(), self.policy.price.currency);
        self.storage.read(|database| {
            let trips = database.query(
                "SELECT state, COUNT(*) FROM trips WHERE store = $1 GROUP BY state ORDER BY state",
                &[store.into()],
            )?;
            let trips = trips.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)));
            let accounts = Account::ALL.into_iter().map(|account| {
                Ok((account, Money::new(ledger::balance(database, store, account)?, currency)))
            });
            let accounts = accounts.collect::<Result<_, StorageError>>()?;
            Ok(Figures {
                trips: trips.collect::<Result<_, StorageError>>()?,
                owed: Money::new(owed(database, store)?, currency),
                accounts,
            })
        })
    }

    /// The latest entry of the store's chain.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn head(&self) -> Result<Head, OfficeError> {
        let (entries, hash) = self.storage.read(|database| journal::head(database, &self.policy.store))?;
        Ok(Head { entries, hash })
    }
}

fn trip_row(row: &Row) -> Result<TripRow, StorageError> {
    Ok(TripRow {
        trip: TripKey::from_bytes(row.blob(0)?)?,
        state: row.text(1)?.to_owned(),
        opened: Time::from_nanos(row.int(2)?),
        changed: Time::from_nanos(row.int(3)?),
        owed_minor: row.int(4)?,
    })
}

fn feed_entry(row: &Row) -> Result<FeedEntry, StorageError> {
    Ok(FeedEntry {
        sequence: row.int(0)?,
        trip: TripKey::from_bytes(row.blob(1)?)?,
        at: Time::from_nanos(row.int(2)?),
        event: journal::decode(row.text(3)?)?,
    })
}

/// What shoppers owe, minor units.
fn owed(database: &mut dyn Database, store: &str) -> Result<i64, StorageError> {
    let row = database.query_one(
        "SELECT CAST(COALESCE(SUM(owed_minor), 0) AS BIGINT) FROM trips WHERE store = $1 AND owed_minor > 0",
        &[store.into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}
