//! Why lines stand on receipts, and what shoppers wrote about them.

use std::collections::BTreeSet;

use model::{ProductId, Time};
use payments::scrub;
use serde_json::Value as Json;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::office::Office;
use crate::people::PeopleError;
use crate::storage::{Database, StorageError};
use crate::trip::Cart;

/// The most characters of what a shopper writes about a dispute.
const WORDS: usize = 2000;

/// Which of a cart's lists a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// [`crate::Cart::sure`].
    Sure,
    /// [`crate::Cart::doubtful`].
    Doubtful,
}

impl LineKind {
    /// The word that the table has.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Doubtful => "doubtful",
        }
    }
}

/// What the engine says of a line: weight curve, hands, alternatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// In which list of the cart.
    pub kind: LineKind,
    /// Which, from 0.
    pub line: usize,
    /// What it says. The office only keeps it.
    pub body: Json,
}

impl Office {
    /// Keeps evidence of a trip's lines. Said twice of a line, the later counts.
    ///
    /// # Errors
    /// If there is no such trip, or the tables can't be written.
    pub fn put_evidence(&self, trip: TripKey, evidence: Vec<Evidence>, now: Time) -> Result<(), OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            must_be_here(database, &store, trip)?;
            Ok(put(database, trip, &evidence, now)?)
        })
    }

    /// What is known of a trip's lines; nothing once it was dropped.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn evidence(&self, trip: TripKey) -> Result<Vec<Evidence>, OfficeError> {
        self.storage.read(|database| Ok(of(database, trip)?))
    }

    /// Keeps what a shopper wrote about a dispute of a trip (from 0), without card numbers.
    ///
    /// # Errors
    /// If there is no such trip, or the text is too long.
    pub fn put_words(
        &self,
        trip: TripKey,
        dispute: usize,
        words: &str,
        now: Time,
    ) -> Result<(), OfficeError> {
        if words.chars().count() > WORDS {
            return Err(PeopleError::TooLong(WORDS).into());
        }
        let (store, words) = (self.policy.store.clone(), scrub(words).into_owned());
        self.storage.write(move |database| {
            must_be_here(database, &store, trip)?;
            database.execute(
                "INSERT INTO dispute_texts (trip, dispute, words, at_ns) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (trip, dispute) DO UPDATE SET words = excluded.words",
                &[(&trip).into(), (dispute as i64).into(), words.as_str().into(), now.nanos().into()],
            )?;
            Ok(())
        })
    }

    /// What the shopper wrote about a dispute, if anything.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn words(&self, trip: TripKey, dispute: usize) -> Result<Option<String>, OfficeError> {
        self.storage.read(|database| {
            let row = database.query_one(
                "SELECT words FROM dispute_texts WHERE trip = $1 AND dispute = $2",
                &[(&trip).into(), (dispute as i64).into()],
            )?;
            Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?)
        })
    }
}

/// Keeps evidence.
pub(crate) fn put(
    database: &mut dyn Database,
    trip: TripKey,
    evidence: &[Evidence],
    now: Time,
) -> Result<(), StorageError> {
    for one in evidence {
        let body = one.body.to_string();
        database.execute(
            "INSERT INTO evidence (trip, kind, line, body, at_ns) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (trip, kind, line) DO UPDATE SET body = excluded.body, at_ns = excluded.at_ns",
            &[
                (&trip).into(),
                one.kind.as_str().into(),
                (one.line as i64).into(),
                body.as_str().into(),
                now.nanos().into(),
            ],
        )?;
    }
    Ok(())
}

/// The evidence of a cart's lines where they stand once it is taken in ([`Cart::doubting`]).
pub(crate) fn after_flags(
    evidence: Vec<Evidence>,
    cart: &Cart,
    flagged: &BTreeSet<ProductId>,
) -> Vec<Evidence> {
    let is_moved = |line: usize| cart.sure.get(line).is_some_and(|item| flagged.contains(&item.product));
    let place = |one: Evidence| {
        let moved_before = (0..one.line).filter(|line| is_moved(*line)).count();
        match one.kind {
            LineKind::Sure if is_moved(one.line) => {
                Evidence { kind: LineKind::Doubtful, line: cart.doubtful.len() + moved_before, ..one }
            }
            LineKind::Sure => Evidence { line: one.line - moved_before, ..one },
            LineKind::Doubtful => one,
        }
    };
    evidence.into_iter().map(place).collect()
}

/// What is known of a trip's lines.
pub(crate) fn of(database: &mut dyn Database, trip: TripKey) -> Result<Vec<Evidence>, StorageError> {
    let rows = database.query(
        "SELECT kind, line, body FROM evidence WHERE trip = $1 ORDER BY kind DESC, line",
        &[(&trip).into()],
    )?;
    rows.iter()
        .map(|row| {
            let damaged = |what: &str| StorageError::Damaged(format!("evidence of trip {trip}: {what}"));
            Ok(Evidence {
                kind: match row.text(0)? {
                    "sure" => LineKind::Sure,
                    "doubtful" => LineKind::Doubtful,
                    other => return Err(damaged(other)),
                },
                line: usize::try_from(row.int(1)?).map_err(|error| damaged(&error.to_string()))?,
                body: serde_json::from_str(row.text(2)?).map_err(|error| damaged(&error.to_string()))?,
            })
        })
        .collect()
}

/// Fails if the store has no such trip.
fn must_be_here(database: &mut dyn Database, store: &str, trip: TripKey) -> Result<(), OfficeError> {
    let there = database.query_one(
        "SELECT trip FROM trips WHERE trip = $1 AND store = $2",
        &[(&trip).into(), store.into()],
    )?;
    there.map(drop).ok_or(OfficeError::NoTrip(trip))
}
