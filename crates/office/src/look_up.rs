//! Finding receipts again: by what stands on them, by the card, by the account.
//!
//! Whoever types a day, four digits and an amount may be guessing. So every miss is answered alike, whatever was
//! wrong, after the same work; misses are counted for who asks and for what is asked for; and what is found this
//! way comes with [`Proof::None`], for which the receipt's redacted form is shown.

use jiff::civil::Date;
use model::Time;
use payments::{Card, LastFour};
use sha2::{Digest, Sha256};

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::instruments;
use crate::office::Office;
use crate::people::{Owner, PeopleError, was_mailed_to};
use crate::policy::{DAY_S, HOUR_S, later};
use crate::storage::{Database, StorageError};

/// A limit on misses: so many within so many seconds.
struct Limit {
    misses: usize,
    within_s: i64,
}

/// Of one who asks: enough for typing errors over a few receipts. With totals up to 50.00 a guess at a known day
/// and card is right once in 5000, so a day's guessing finds it with 5 %, if the next limit did not stand.
const OF_CLIENT: Limit = Limit { misses: 10, within_s: HOUR_S };

/// Of one day and card in a store, whoever asks: many who guess together find a receipt with 0.2 % a day. Whoever
/// is shut out by others' guesses still has the kiosk and the account.
const OF_CARD: Limit = Limit { misses: 10, within_s: DAY_S };

/// Misses older than this count nowhere.
pub(crate) const MISSES_S: i64 = DAY_S;

/// Rows of a page, at most.
const PAGE: usize = 100;

/// What a shopper types from a receipt or a bank statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptQuery {
    /// The day of the visit, where the store stands.
    pub date: Date,
    /// The card's last four digits.
    pub last_four: LastFour,
    /// What was paid, to the minor unit.
    pub total_minor: i64,
}

/// How surely whoever asks may see a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They know what stands on it: show the redacted form.
    None,
    /// It was mailed to the address that their account has proven.
    Mailed,
    /// They have the card that paid, or that joined.
    CardTapped,
    /// It is in their account.
    Account,
}

/// A receipt that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its trip.
    pub trip: TripKey,
    /// How much of it may be shown.
    pub proof: Proof,
}

/// A receipt in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Its trip.
    pub trip: TripKey,
    /// The store.
    pub store: String,
    /// Its number, as printed.
    pub number: String,
    /// The day of the visit, where the store stands, such as `2026-11-24`.
    pub date: String,
    /// What was paid, minor units.
    pub total_minor: i64,
}

/// A part of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The receipts.
    pub rows: Vec<ReceiptRow>,
    /// The next page begins before this trip; `None` if this is the last one.
    pub before: Option<TripKey>,
}

impl Office {
    /// Looks a receipt up by what stands on it. `client` names whoever asks (an address of the network, a kiosk);
    /// only its hash is kept, for a day.
    ///
    /// # Errors
    /// [`PeopleError::TooOften`] where there were too many misses; it says nothing about the receipt.
    pub fn look_up(
        &self,
        client: &str,
        query: &ReceiptQuery,
        now: Time,
    ) -> Result<Option<Found>, OfficeError> {
        let store = self.policy.store.clone();
        let buckets = buckets(&store, client, query);
        // Who is over the limit does not get as far as the writing thread.
        self.storage.read(|database| within_limits(database, &buckets, now))?;
        let query = query.clone();
        self.storage.write(move |database| {
            within_limits(database, &buckets, now)?;
            let found = by_face(database, &store, &query)?;
            if found.is_none() {
                for (bucket, _) in &buckets {
                    database.execute(
                        "INSERT INTO look_up_misses (bucket, at_ns) VALUES ($1, $2)",
                        &[bucket.as_slice().into(), now.nanos().into()],
                    )?;
                }
            }
            Ok(found.map(|trip| Found { trip, proof: Proof::None }))
        })
    }

    /// All receipts of somebody, newest first: that they paid, or whose trip they joined. `before` is the last
    /// page's; at most `limit` or 100.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn receipts_of(
        &self,
        owner: Owner,
        before: Option<TripKey>,
        limit: usize,
    ) -> Result<Page, OfficeError> {
        self.storage.read(|database| Ok(receipts_of(database, owner, before, limit)?))
    }

    /// All receipts of the card that was tapped, newest first, as [`Office::receipts_of`].
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn receipts_of_card(
        &self,
        card: &Card,
        before: Option<TripKey>,
        limit: usize,
    ) -> Result<Page, OfficeError> {
        self.storage.read(|database| match instruments::find(database, &self.policy.store, card)? {
            Some(key) => Ok(receipts_of(database, Owner::Instrument(key), before, limit)?),
            None => Ok(Page { rows: Vec::new(), before: None }),
        })
    }

    /// How much of a trip's receipt somebody may see.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn proof_of(&self, trip: TripKey, owner: Owner) -> Result<Proof, OfficeError> {
        self.storage.read(|database| {
            Ok(match (is_theirs(database, trip, owner)?, owner) {
                (true, Owner::Account(_)) => Proof::Account,
                (true, Owner::Instrument(_)) => Proof::CardTapped,
                (false, Owner::Account(account))
                    if was_mailed_to(database, &self.policy.store, trip, account)? =>
                {
                    Proof::Mailed
                }
                (false, _) => Proof::None,
            })
        })
    }
}

/// Whether somebody pays for a trip or joined it.
pub(crate) fn is_theirs(
    database: &mut dyn Database,
    trip: TripKey,
    owner: Owner,
) -> Result<bool, StorageError> {
    let theirs = database.query_one(
        "SELECT trip FROM trips WHERE trip = $1 AND (instrument = $2 OR account = $2 \
         OR trip IN (SELECT trip FROM joined WHERE owner = $2))",
        &[(&trip).into(), (&owner).into()],
    )?;
    Ok(theirs.is_some())
}

/// What is counted of a question: who asks, and what for.
fn buckets(store: &str, client: &str, query: &ReceiptQuery) -> [([u8; 32], Limit); 2] {
    let bucket = |parts: &[&str]| {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    };
    [
        (bucket(&["client", client]), OF_CLIENT),
        (bucket(&["card", store, &query.date.to_string(), &query.last_four.to_string()]), OF_CARD),
    ]
}

/// Fails if there were too many misses.
fn within_limits(
    database: &mut dyn Database,
    buckets: &[([u8; 32], Limit)],
    now: Time,
) -> Result<(), OfficeError> {
    for (bucket, limit) in buckets {
        let since = later(now, -limit.within_s);
        let rows = database.query(
            "SELECT at_ns FROM look_up_misses WHERE bucket = $1 AND at_ns > $2 ORDER BY at_ns DESC LIMIT $3",
            &[bucket.as_slice().into(), since.nanos().into(), (limit.misses as i64).into()],
        )?;
        if let Some(oldest) = rows.get(limit.misses - 1) {
            let again = later(Time::from_nanos(oldest.int(0)?), limit.within_s);
            return Err(PeopleError::TooOften { again }.into());
        }
    }
    Ok(())
}

/// The one receipt that it can be. Receipts of two cards that look alike from outside are nobody's; a visit
/// without a purchase is none.
fn by_face(
    database: &mut dyn Database,
    store: &str,
    query: &ReceiptQuery,
) -> Result<Option<TripKey>, StorageError> {
    let rows = database.query(
        "SELECT receipts.trip, trips.instrument FROM receipts JOIN trips ON trips.trip = receipts.trip \
         WHERE receipts.store = $1 AND receipts.local_date = $2 AND receipts.last_four = $3 \
         AND receipts.total_minor = $4 AND trips.state <> 'empty' ORDER BY receipts.trip DESC",
        &[
            store.into(),
            query.date.to_string().as_str().into(),
            query.last_four.to_string().as_str().into(),
            query.total_minor.into(),
        ],
    )?;
    let Some(newest) = rows.first() else { return Ok(None) };
    for row in &rows {
        if row.blob_if_any(1)? != newest.blob_if_any(1)? {
            return Ok(None);
        }
    }
    TripKey::from_bytes(newest.blob(0)?).map(Some)
}

/// A page of somebody's receipts.
pub(crate) fn receipts_of(
    database: &mut dyn Database,
    owner: Owner,
    before: Option<TripKey>,
    limit: usize,
) -> Result<Page, StorageError> {
    const AFTER_ALL: [u8; 16] = [0xFF; 16];
    let limit = limit.clamp(1, PAGE);
    let rows = database.query(
        "SELECT receipts.trip, receipts.store, receipts.number, receipts.local_date, receipts.total_minor \
         FROM receipts JOIN trips ON trips.trip = receipts.trip \
         WHERE receipts.trip IN (SELECT trip FROM trips WHERE instrument = $1 \
         UNION SELECT trip FROM trips WHERE account = $1 UNION SELECT trip FROM joined WHERE owner = $1) \
         AND trips.state <> 'empty' AND receipts.trip < $2 ORDER BY receipts.trip DESC LIMIT $3",
        &[
            (&owner).into(),
            before.as_ref().map_or(AFTER_ALL.as_slice(), TripKey::as_bytes).into(),
            (limit as i64 + 1).into(),
        ],
    )?;
    let page = rows.iter().take(limit).map(receipt_row).collect::<Result<Vec<_>, _>>()?;
    let before = page.last().filter(|_| rows.len() > limit).map(|row| row.trip);
    Ok(Page { rows: page, before })
}

fn receipt_row(row: &crate::storage::Row) -> Result<ReceiptRow, StorageError> {
    Ok(ReceiptRow {
        trip: TripKey::from_bytes(row.blob(0)?)?,
        store: row.text(1)?.to_owned(),
        number: row.text(2)?.to_owned(),
        date: row.text(3)?.to_owned(),
        total_minor: row.int(4)?,
    })
}
