//! Forgetting somebody: everything personal goes; receipts and books stay, as tax law asks, without a way back.

use std::collections::BTreeMap;

use model::Time;
use serde::Serialize;

use super::accounts::{cards, choose_default};
use super::log::{LogEvent, note};
use super::{Owner, PeopleError, consents, devices};
use crate::error::OfficeError;
use crate::ids::{AccountKey, ErasureKey, InstrumentKey, TripKey};
use crate::journal;
use crate::office::Office;
use crate::palms;
use crate::policy::Policy;
use crate::sessions::{self, Visitor};
use crate::storage::{Database, StorageError};
use crate::trip::{Actor, TripEvent};

/// What came of the wish to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// It is done.
    Done(Erased),
    /// It is not possible yet; [`Office::sweep`] does it as soon as it is.
    Deferred(WhyNot),
}

/// Proof that somebody was deleted. Holds nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The number under which the store keeps this proof.
    pub erasure: ErasureKey,
    /// When.
    pub at: Time,
    /// How many rows of what were deleted or blanked.
    pub deleted: BTreeMap<String, u64>,
}

/// Why somebody can't be deleted yet. The text is what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// A visit is not over.
    #[error("A visit is still open. Your data is deleted as soon as it is over and paid.")]
    Open {
        /// Which.
        trip: TripKey,
    },
    /// Something is still to be paid.
    #[error("Something of a visit is still to be paid. Your data is deleted as soon as it is.")]
    Owed {
        /// Of which.
        trip: TripKey,
    },
    /// Money or paper is on its way.
    #[error("Money or a receipt is still on its way. Your data is deleted as soon as it has arrived.")]
    OnItsWay {
        /// Of which.
        trip: TripKey,
    },
}

impl Office {
    /// Deletes everything personal of somebody. An account's cards go with it. Palms are deleted at once, also
    /// where the rest must wait.
    ///
    /// # Errors
    /// If nothing is known of them, or the tables can't be written.
    pub fn erase(&self, owner: Owner, by: Actor, now: Time) -> Result<Erasure, OfficeError> {
        let office = self.clone();
        self.storage.write(move |database| {
            let outcome = erase(database, &office, owner, &by, now)?;
            if matches!(outcome, Erasure::Deferred(_)) {
                want(database, &office.policy, owner, &by, now)?;
            }
            Ok(outcome)
        })
    }

    /// The proof of an erasure, by its number.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn erasure(&self, number: ErasureKey) -> Result<Option<Erased>, OfficeError> {
        self.storage.read(|database| {
            let row = database.query_one(
                "SELECT erasure, at_ns, deleted FROM erasures WHERE erasure = $1",
                &[(&number).into()],
            )?;
            Ok(row.map(|row| erased(&row)).transpose()?)
        })
    }

    /// The proofs that somebody was deleted, by the key that leads nowhere any more, oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn erasures_of(&self, owner: Owner) -> Result<Vec<Erased>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT erasure, at_ns, deleted FROM erasures WHERE owner = $1 ORDER BY erasure",
                &[(&owner).into()],
            )?;
            Ok(rows.iter().map(erased).collect::<Result<_, _>>()?)
        })
    }
}

/// A proof from its number, moment and counts.
fn erased(row: &crate::storage::Row) -> Result<Erased, StorageError> {
    let deleted = serde_json::from_str(row.text(2)?)
        .map_err(|error| StorageError::Damaged(format!("an erasure's counts: {error}")))?;
    Ok(Erased { erasure: ErasureKey::from_bytes(row.blob(0)?)?, at: Time::from_nanos(row.int(1)?), deleted })
}

/// Deletes somebody, or says why it is not possible yet.
pub(super) fn erase(
    database: &mut dyn Database,
    office: &Office,
    owner: Owner,
    by: &Actor,
    now: Time,
) -> Result<Erasure, OfficeError> {
    must_be_known(database, owner)?;
    let policy = &office.policy;
    let instruments = instruments_of(database, owner)?;
    let mut deleted = BTreeMap::new();
    for instrument in &instruments {
        count(&mut deleted, "palms", palms::delete_of(database, office, *instrument, by, now)?);
    }
    if let Some(why) = why_not(database, owner, &instruments)? {
        return Ok(Erasure::Deferred(why));
    }
    for instrument in &instruments {
        erase_instrument(database, *instrument, &mut deleted)?;
        consents::withdraw_all(database, &policy.store, Owner::Instrument(*instrument), by, now)?;
    }
    if let Owner::Account(account) = owner {
        erase_account(database, account, now, &mut deleted)?;
        consents::withdraw_all(database, &policy.store, owner, by, now)?;
    }
    let erased = Erased { erasure: ErasureKey::new(now), at: now, deleted };
    keep_proof(database, policy, owner, &erased, by)?;
    Ok(Erasure::Done(erased))
}

/// Fails if nothing is known of somebody, or they were deleted.
pub(super) fn must_be_known(database: &mut dyn Database, owner: Owner) -> Result<(), OfficeError> {
    let row = database.query_one(
        "SELECT account FROM accounts WHERE account = $1 AND closed_ns IS NULL \
         UNION ALL SELECT instrument FROM instruments WHERE instrument = $1 AND token IS NOT NULL",
        &[(&owner).into()],
    )?;
    row.map(drop).ok_or_else(|| PeopleError::NoPerson.into())
}

/// The instruments that are somebody's.
pub(crate) fn instruments_of(
    database: &mut dyn Database,
    owner: Owner,
) -> Result<Vec<InstrumentKey>, StorageError> {
    Ok(match owner {
        Owner::Instrument(instrument) => vec![instrument],
        Owner::Account(account) => cards(database, account)?.into_iter().map(|card| card.key).collect(),
    })
}

/// Why somebody can't be deleted yet.
fn why_not(
    database: &mut dyn Database,
    owner: Owner,
    instruments: &[InstrumentKey],
) -> Result<Option<WhyNot>, OfficeError> {
    let instruments = instruments.iter().map(|instrument| Owner::Instrument(*instrument));
    for one in std::iter::once(owner).chain(instruments) {
        if let Some(why) = why_not_one(database, one)? {
            return Ok(Some(why));
        }
    }
    Ok(None)
}

/// Why trips of an account or of an instrument stand in the way.
fn why_not_one(database: &mut dyn Database, owner: Owner) -> Result<Option<WhyNot>, OfficeError> {
    let open = database.query_one(
        "SELECT trip, owed_minor, state FROM trips WHERE (instrument = $1 OR account = $1) AND (owed_minor > 0 \
         OR state IN ('opened', 'entered', 'shopping', 'exited', 'in_review', 'settled')) LIMIT 1",
        &[(&owner).into()],
    )?;
    if let Some(row) = open {
        let trip = TripKey::from_bytes(row.blob(0)?)?;
        let owed = row.int(1)? > 0;
        return Ok(Some(if owed { WhyNot::Owed { trip } } else { WhyNot::Open { trip } }));
    }
    let errands = database.query(
        "SELECT outbox.trip, journal.event FROM outbox \
         JOIN trips ON trips.trip = outbox.trip \
         JOIN journal ON journal.store = outbox.store AND journal.sequence = outbox.sequence \
         WHERE trips.instrument = $1 OR trips.account = $1",
        &[(&owner).into()],
    )?;
    for row in errands {
        let needed = matches!(
            journal::decode(row.text(1)?)?,
            TripEvent::Wanted(_) | TripEvent::MailWanted { .. } | TripEvent::Owed { .. }
        );
        if needed {
            return Ok(Some(WhyNot::OnItsWay { trip: TripKey::from_bytes(row.blob(0)?)? }));
        }
    }
    Ok(None)
}

/// Notes that somebody wants to be deleted.
fn want(
    database: &mut dyn Database,
    policy: &Policy,
    owner: Owner,
    by: &Actor,
    now: Time,
) -> Result<(), StorageError> {
    let first = database.execute(
        "INSERT INTO erasures_wanted (owner, kind, asked_ns) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[(&owner).into(), owner.kind().into(), now.nanos().into()],
    )?;
    if first > 0 {
        note(database, &policy.store, now, (&owner).into(), LogEvent::ErasureWanted, by)?;
    }
    Ok(())
}

/// What hangs on any key, with the name under which the proof counts it.
const OF_ANYBODY: [(&str, &str); 3] = [
    ("contacts", "DELETE FROM contacts WHERE owner = $1"),
    (
        "dispute_texts",
        "DELETE FROM dispute_texts WHERE trip IN (SELECT trip FROM trips WHERE instrument = $1 OR account = $1)",
    ),
    (
        "evidence",
        "DELETE FROM evidence WHERE trip IN (SELECT trip FROM trips WHERE instrument = $1 OR account = $1)",
    ),
];

/// Deletes what hangs on any key.
fn erase_common(
    database: &mut dyn Database,
    owner: Owner,
    deleted: &mut BTreeMap<String, u64>,
) -> Result<(), StorageError> {
    for (what, statement) in OF_ANYBODY {
        let rows = database.execute(statement, &[(&owner).into()])?;
        count(deleted, what, rows);
    }
    Ok(())
}

/// Blanks a card: brand and last four stay, as on its receipts.
fn erase_instrument(
    database: &mut dyn Database,
    instrument: InstrumentKey,
    deleted: &mut BTreeMap<String, u64>,
) -> Result<(), StorageError> {
    erase_common(database, Owner::Instrument(instrument), deleted)?;
    let row = database
        .query_one("SELECT account FROM instruments WHERE instrument = $1", &[(&instrument).into()])?;
    let account = row.as_ref().map(|row| row.blob_if_any(0)).transpose()?.flatten();
    if let Some(account) = account {
        choose_default(database, AccountKey::from_bytes(account)?, instrument)?;
    }
    let rows = database.execute(
        "UPDATE instruments SET token = NULL, fingerprint = NULL, account = NULL WHERE instrument = $1",
        &[(&instrument).into()],
    )?;
    count(deleted, "cards", rows);
    Ok(())
}

/// Closes an account: only its key and its times stay.
fn erase_account(
    database: &mut dyn Database,
    account: AccountKey,
    now: Time,
    deleted: &mut BTreeMap<String, u64>,
) -> Result<(), StorageError> {
    erase_common(database, Owner::Account(account), deleted)?;
    let phones = devices::of(database, account)?;
    for phone in &phones {
        devices::remove(database, phone.key)?;
    }
    count(deleted, "phones", phones.len() as u64);
    let links = database.execute("DELETE FROM mail_proofs WHERE account = $1", &[(&account).into()])?;
    count(deleted, "mail_proofs", links);
    count(deleted, "sessions", sessions::end_of(database, Visitor::Shopper(account))?);
    let rows = database.execute(
        "UPDATE accounts SET language = '', default_card = NULL, closed_ns = $2 WHERE account = $1",
        &[(&account).into(), now.nanos().into()],
    )?;
    count(deleted, "accounts", rows);
    Ok(())
}

fn count(deleted: &mut BTreeMap<String, u64>, what: &str, rows: u64) {
    *deleted.entry(what.to_owned()).or_default() += rows;
}

/// Leaves the proof.
fn keep_proof(
    database: &mut dyn Database,
    policy: &Policy,
    owner: Owner,
    erased: &Erased,
    by: &Actor,
) -> Result<(), StorageError> {
    let counts =
        serde_json::to_string(&erased.deleted).map_err(|error| StorageError::Damaged(error.to_string()))?;
    database.execute(
        "INSERT INTO erasures (erasure, owner, kind, deleted, at_ns) VALUES ($1, $2, $3, $4, $5)",
        &[
            (&erased.erasure).into(),
            (&owner).into(),
            owner.kind().into(),
            counts.as_str().into(),
            erased.at.nanos().into(),
        ],
    )?;
    database.execute("DELETE FROM erasures_wanted WHERE owner = $1", &[(&owner).into()])?;
    note(database, &policy.store, erased.at, (&owner).into(), LogEvent::Erased, by)
}
