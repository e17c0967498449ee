//! Palms: opaque names that stand for a card or an account.

use model::Time;

use super::accounts::must_be_open;
use super::log::{LogEvent, note};
use super::{Owner, PeopleError};
use crate::error::OfficeError;
use crate::office::Office;
use crate::storage::{Database, Param, StorageError};
use crate::trip::Actor;

impl Office {
    /// A palm stands for a card (tapped when it was enrolled) or for an account, whose default card pays.
    /// `identity` is the palm system's opaque name of it.
    ///
    /// # Errors
    /// If there is no such card or account, or the palm stands for somebody already.
    pub fn add_palm(&self, identity: &str, owner: Owner, now: Time) -> Result<(), OfficeError> {
        let (store, identity) = (self.policy.store.clone(), identity.to_owned());
        self.storage.write(move |database| {
            let (card, account): (Param<'_>, Param<'_>) = match &owner {
                Owner::Account(account) => {
                    must_be_open(database, *account)?;
                    (Param::Null, account.into())
                }
                Owner::Instrument(instrument) => {
                    must_be_chargeable(database, &owner)?;
                    (instrument.into(), Param::Null)
                }
            };
            let leaving = database.query_one(
                "SELECT identity FROM palms_to_forget WHERE identity = $1",
                &[identity.as_str().into()],
            )?;
            if leaving.is_some() {
                return Err(PeopleError::PalmTaken.into());
            }
            let added = database.execute(
                "INSERT INTO identities (kind, identity, instrument, account, added_ns) \
                 VALUES ('palm', $1, $2, $3, $4) ON CONFLICT DO NOTHING",
                &[identity.as_str().into(), card, account, now.nanos().into()],
            )?;
            if added == 0 {
                return Err(PeopleError::PalmTaken.into());
            }
            note(database, &store, now, (&owner).into(), LogEvent::PalmAdded, &Actor::Shopper)?;
            Ok(())
        })
    }

    /// A palm stands for nobody any more, and its template is to be deleted. Whether it stood for somebody.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn remove_palm(&self, identity: &str, now: Time) -> Result<bool, OfficeError> {
        let (store, identity) = (self.policy.store.clone(), identity.to_owned());
        self.storage.write(move |database| {
            let gone = database.query_one(
                "DELETE FROM identities WHERE kind = 'palm' AND identity = $1 RETURNING COALESCE(account, instrument)",
                &[identity.as_str().into()],
            )?;
            if let Some(row) = &gone {
                database.execute(
                    "INSERT INTO palms_to_forget (identity, since_ns) VALUES ($1, $2)",
                    &[identity.as_str().into(), now.nanos().into()],
                )?;
                note(database, &store, now, row.blob(0)?.into(), LogEvent::PalmRemoved, &Actor::Shopper)?;
            }
            Ok(gone.is_some())
        })
    }

    /// Palms whose templates must be deleted, by the palm system's names: they were taken out, or their people were
    /// deleted. Stay here until [`Office::palm_forgotten`].
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn palms_to_forget(&self) -> Result<Vec<String>, OfficeError> {
        self.storage.read(|database| {
            let rows =
                database.query("SELECT identity FROM palms_to_forget ORDER BY since_ns, identity", &[])?;
            Ok(rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?)
        })
    }

    /// The palm system deleted a template.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn palm_forgotten(&self, identity: &str) -> Result<(), OfficeError> {
        let identity = identity.to_owned();
        self.storage.write(move |database| {
            database
                .execute("DELETE FROM palms_to_forget WHERE identity = $1", &[identity.as_str().into()])?;
            Ok(())
        })
    }
}

/// All palms of somebody stand for nobody any more, and their templates are to be deleted; how many these were.
pub(super) fn forget_all(database: &mut dyn Database, owner: Owner, now: Time) -> Result<u64, StorageError> {
    database.execute(
        "INSERT INTO palms_to_forget (identity, since_ns) SELECT identity, CAST($2 AS BIGINT) FROM identities \
         WHERE kind = 'palm' AND (instrument = $1 OR account = $1)",
        &[(&owner).into(), now.nanos().into()],
    )?;
    database.execute("DELETE FROM identities WHERE instrument = $1 OR account = $1", &[(&owner).into()])
}

/// Somebody's palms, and when they were enrolled.
pub(super) fn of(database: &mut dyn Database, owner: Owner) -> Result<Vec<(String, Time)>, StorageError> {
    let rows = database.query(
        "SELECT identity, added_ns FROM identities WHERE instrument = $1 OR account = $1 ORDER BY added_ns, identity",
        &[(&owner).into()],
    )?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), Time::from_nanos(row.int(1)?)))).collect()
}

/// Fails if there is no such card, or it was deleted.
fn must_be_chargeable(database: &mut dyn Database, card: &Owner) -> Result<(), OfficeError> {
    let there = database.query_one(
        "SELECT instrument FROM instruments WHERE instrument = $1 AND token IS NOT NULL",
        &[card.into()],
    )?;
    there.map(drop).ok_or_else(|| PeopleError::NoCard.into())
}
