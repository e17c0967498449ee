//! Deletion in one step: the person's key and templates are destroyed, their consent is taken back, and a receipt says so.

use model::Time;
use palm::{DeletionReceipt, Destroyed, Hash, KeyId, PersonId, Reason, ReceiptError, Sealed, verify_chain};

use super::consent::withdraw;
use super::rows::{bytes, of, person_id};
use crate::code::PassPublicKey;
use crate::error::OfficeError;
use crate::ids::InstrumentKey;
use crate::office::Office;
use crate::people::{Channel, LogEvent, PeopleError, note};
use crate::policy::{DAY_S, later};
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

/// People whose palms one sweep deletes at most, so that it ends.
const PEOPLE: i64 = 1000;

impl Office {
    /// Somebody's palms are deleted, because they want it. The receipt is theirs to keep.
    ///
    /// # Errors
    /// If there are none, or the tables can't be written.
    pub fn delete_palms(
        &self,
        person: PersonId,
        by: Actor,
        how: Channel,
        now: Time,
    ) -> Result<DeletionReceipt, OfficeError> {
        let office = self.clone();
        self.storage
            .write(move |database| delete(database, &office, person, Reason::Withdrawn, (&by, how), now))
    }

    /// The receipt that somebody's palms were deleted.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn palm_deletion(&self, person: PersonId) -> Result<Option<DeletionReceipt>, OfficeError> {
        self.storage.read(|database| {
            let row = database.query_one(
                "SELECT receipt FROM palm_deletions WHERE person = $1",
                &[bytes(person).as_slice().into()],
            )?;
            Ok(row.map(|row| receipt(row.text(0)?)).transpose()?)
        })
    }

    /// Reads a text as a receipt of a deletion, and checks that this store signed it; the inner error says why it is none.
    ///
    /// # Errors
    /// If this office has no key.
    pub fn check_palm_receipt(
        &self,
        text: &str,
    ) -> Result<Result<DeletionReceipt, ReceiptError>, OfficeError> {
        let key = self.public_key().ok_or(PeopleError::NoPassKey)?;
        let checked = |receipt: DeletionReceipt| receipt.verify(key.verifying()).map(|()| receipt);
        Ok(text.parse().and_then(checked))
    }

    /// Checks all receipts of deletions that this store gave and signed with this key: signatures, numbers and links.
    /// How many there are, and the hash of the last.
    ///
    /// # Errors
    /// If one is missing or was changed, or the tables can't be read.
    pub fn audit_palm_deletions(&self, key: &PassPublicKey) -> Result<(usize, Hash), OfficeError> {
        let receipts = self.storage.read(|database| {
            let rows = database.query(
                "SELECT receipt FROM palm_deletions WHERE store = $1 ORDER BY sequence",
                &[self.policy.store.as_str().into()],
            )?;
            Ok::<_, OfficeError>(rows.iter().map(|row| receipt(row.text(0)?)).collect::<Result<Vec<_>, _>>()?)
        })?;
        let chained = verify_chain(&receipts, key.verifying());
        let last = chained.map_err(|error| StorageError::Damaged(error.to_string()))?;
        Ok((receipts.len(), last))
    }
}

/// Deletes one person's palms.
pub(super) fn delete(
    database: &mut dyn Database,
    office: &Office,
    person: PersonId,
    reason: Reason,
    (by, how): (&Actor, Channel),
    now: Time,
) -> Result<DeletionReceipt, OfficeError> {
    let key = office.pass_key.as_ref().ok_or(PeopleError::NoPassKey)?;
    let store = office.policy.store.as_str();
    let name = bytes(person);
    let row = database.query_one(
        "DELETE FROM palm_people WHERE person = $1 RETURNING instrument",
        &[name.as_slice().into()],
    )?;
    let row = row.ok_or(PeopleError::NoPalm)?;
    let destroyed = destroy(database, person)?;
    if let Some(room) = &office.palms {
        room.forget(person);
    }
    withdraw(database, store, key, person, (by, how), now)?;
    note(database, store, now, row.blob(0)?.into(), LogEvent::PalmRemoved, by)?;
    let before = last(database, store)?;
    let receipt =
        DeletionReceipt::sign(key.signing(), store, person, destroyed, now, reason, before.as_ref())?;
    keep(database, store, person, &receipt)?;
    Ok(receipt)
}

/// Destroys the key and the templates.
fn destroy(database: &mut dyn Database, person: PersonId) -> Result<Vec<Destroyed>, StorageError> {
    let name = bytes(person);
    let key = database
        .query_one("DELETE FROM palm_keys WHERE person = $1 RETURNING key_id", &[name.as_slice().into()])?;
    let key = key.ok_or_else(|| StorageError::Damaged("a person with palms and no key".to_owned()))?;
    let key = key.blob(0)?.try_into().map(KeyId);
    let key = key.map_err(|_| StorageError::Damaged("the name of a palm's key".to_owned()))?;
    let sealed = database
        .query("DELETE FROM palms WHERE person = $1 RETURNING side, sealed", &[name.as_slice().into()])?;
    let mut sealed = sealed
        .iter()
        .map(|row| Ok((row.text(0)?, row.blob(1)?)))
        .collect::<Result<Vec<_>, StorageError>>()?;
    sealed.sort_unstable();
    Ok(sealed.into_iter().map(|(_, sealed)| Destroyed::new(&Sealed::from_bytes(sealed), key)).collect())
}

/// The store's newest receipt.
fn last(database: &mut dyn Database, store: &str) -> Result<Option<DeletionReceipt>, StorageError> {
    let row = database.query_one(
        "SELECT receipt FROM palm_deletions WHERE store = $1 ORDER BY sequence DESC LIMIT 1",
        &[store.into()],
    )?;
    row.map(|row| receipt(row.text(0)?)).transpose()
}

fn keep(
    database: &mut dyn Database,
    store: &str,
    person: PersonId,
    receipt: &DeletionReceipt,
) -> Result<(), StorageError> {
    let number = i64::try_from(receipt.number).unwrap_or(i64::MAX);
    database.execute(
        "INSERT INTO palm_deletions (store, sequence, person, at_ns, receipt) VALUES ($1, $2, $3, $4, $5)",
        &[
            store.into(),
            number.into(),
            bytes(person).as_slice().into(),
            receipt.at.nanos().into(),
            receipt.to_string().as_str().into(),
        ],
    )?;
    Ok(())
}

/// A receipt of the tables.
fn receipt(text: &str) -> Result<DeletionReceipt, StorageError> {
    text.parse().map_err(|error| StorageError::Damaged(format!("a receipt of a palm's deletion: {error}")))
}

/// Deletes the palms that stand for a card; how many hands these were.
pub(crate) fn delete_of(
    database: &mut dyn Database,
    office: &Office,
    card: InstrumentKey,
    by: &Actor,
    now: Time,
) -> Result<u64, OfficeError> {
    let mut hands = 0;
    for one in of(database, card)? {
        delete(database, office, one.person, Reason::AccountDeleted, (by, Channel::of(by)), now)?;
        hands += one.sides.len() as u64;
    }
    Ok(hands)
}

/// Deletes the palms of people who did not come in with one for as long as the store keeps them; how many people
/// these were.
pub(crate) fn delete_idle(office: &Office, now: Time) -> Result<u64, OfficeError> {
    let since = later(now, -office.policy.palm.days() * DAY_S).nanos();
    let store = office.policy.store.clone();
    let rows = office.storage.read(|database| {
        database.query(
            "SELECT person FROM palm_people WHERE store = $1 AND used_ns <= $2 ORDER BY used_ns LIMIT $3",
            &[store.as_str().into(), since.into(), PEOPLE.into()],
        )
    })?;
    let mut gone = 0;
    for row in rows {
        let (person, office) = (person_id(row.blob(0)?)?, office.clone());
        let rule = (&Actor::Policy, Channel::Rule);
        let storage = office.storage.clone();
        let done =
            storage.write(move |database| delete(database, &office, person, Reason::Unused, rule, now));
        match done {
            Ok(_) => gone += 1,
            // Somebody was faster.
            Err(OfficeError::People(PeopleError::NoPalm)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(gone)
}
