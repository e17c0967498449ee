//! Accounts: shoppers with the app.

use model::Time;
use payments::Card;

use super::contacts::{self, Contact};
use super::devices::{self, Device};
use super::log::{LogEvent, note};
use super::{Owner, PeopleError, language};
use crate::error::OfficeError;
use crate::ids::{AccountKey, InstrumentKey};
use crate::instruments;
use crate::office::Office;
use crate::storage::{Database, Param, StorageError};
use crate::trip::Actor;

/// An account, as its shopper sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopperAccount {
    /// Its name.
    pub key: AccountKey,
    /// The language its shopper reads, BCP 47.
    pub language: String,
    /// When it was made.
    pub created: Time,
    /// Where its receipts go.
    pub contact: Option<Contact>,
    /// What it pays with.
    pub cards: Vec<SavedCard>,
    /// Its phones.
    pub devices: Vec<Device>,
}

/// A card in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCard {
    /// Its name.
    pub key: InstrumentKey,
    /// Brand, such as `visa`.
    pub brand: String,
    /// Its last four digits.
    pub last_four: String,
    /// Whether it pays where the account is shown.
    pub is_default: bool,
}

impl Office {
    /// Makes an account, for somebody who reads this language (BCP 47).
    ///
    /// # Errors
    /// If that is no language.
    pub fn create_account(&self, speaks: &str, now: Time) -> Result<AccountKey, OfficeError> {
        let (store, speaks) = (self.policy.store.clone(), language(speaks)?.to_owned());
        let key = AccountKey::new(now);
        self.storage.write(move |database| {
            make(database, &store, key, &speaks, now)?;
            Ok(key)
        })
    }

    /// An account.
    ///
    /// # Errors
    /// If there is none, or it was closed.
    pub fn account(&self, key: AccountKey) -> Result<ShopperAccount, OfficeError> {
        self.storage.read(|database| read(database, key))
    }

    /// Puts a card into an account; the first is its default. The card is one that the processor's form or a
    /// reader told, so whoever asks has it. Its earlier visits stay out of the account's history: a form does not
    /// prove that they made them.
    ///
    /// # Errors
    /// If there is no such account, or the card is in another one.
    pub fn add_card(&self, account: AccountKey, card: Card, now: Time) -> Result<InstrumentKey, OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            must_be_open(database, account)?;
            let instrument = instruments::of_card(database, &store, &card, now)?;
            match instrument.account {
                Some(other) if other != account => return Err(PeopleError::CardTaken.into()),
                Some(_) => return Ok(instrument.key),
                None => {}
            }
            database.execute(
                "UPDATE instruments SET account = $2 WHERE instrument = $1",
                &[(&instrument.key).into(), (&account).into()],
            )?;
            database.execute(
                "UPDATE accounts SET default_card = $2 WHERE account = $1 AND default_card IS NULL",
                &[(&account).into(), (&instrument.key).into()],
            )?;
            note(database, &store, now, (&account).into(), LogEvent::CardAdded, &Actor::Shopper)?;
            Ok(instrument.key)
        })
    }

    /// Makes a card of the account the one that pays where the account is shown.
    ///
    /// # Errors
    /// If the card is not in the account.
    pub fn set_default_card(&self, account: AccountKey, card: InstrumentKey) -> Result<(), OfficeError> {
        self.storage.write(move |database| {
            must_be_open(database, account)?;
            let changed = database.execute(
                "UPDATE accounts SET default_card = $2 WHERE account = $1 AND EXISTS \
                 (SELECT instrument FROM instruments WHERE instrument = $2 AND account = $1)",
                &[(&account).into(), (&card).into()],
            )?;
            if changed == 0 { Err(PeopleError::NoCard.into()) } else { Ok(()) }
        })
    }

    /// Takes a card out of an account. If it was the default, the card added before the others becomes it.
    ///
    /// # Errors
    /// If the card is not in the account.
    pub fn remove_card(
        &self,
        account: AccountKey,
        card: InstrumentKey,
        now: Time,
    ) -> Result<(), OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            must_be_open(database, account)?;
            let changed = database.execute(
                "UPDATE instruments SET account = NULL WHERE instrument = $1 AND account = $2",
                &[(&card).into(), (&account).into()],
            )?;
            if changed == 0 {
                return Err(PeopleError::NoCard.into());
            }
            choose_default(database, account, card)?;
            note(database, &store, now, (&account).into(), LogEvent::CardRemoved, &Actor::Shopper)?;
            Ok(())
        })
    }

    /// The language that the account's shopper reads, BCP 47.
    ///
    /// # Errors
    /// If that is no language, or there is no such account.
    pub fn set_language(&self, account: AccountKey, speaks: &str) -> Result<(), OfficeError> {
        let speaks = language(speaks)?.to_owned();
        self.storage.write(move |database| {
            must_be_open(database, account)?;
            for statement in [
                "UPDATE accounts SET language = $2 WHERE account = $1",
                "UPDATE contacts SET language = $2 WHERE owner = $1",
            ] {
                database.execute(statement, &[(&account).into(), speaks.as_str().into()])?;
            }
            Ok(())
        })
    }
}

/// Makes an account.
pub(super) fn make(
    database: &mut dyn Database,
    store: &str,
    key: AccountKey,
    speaks: &str,
    now: Time,
) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO accounts (account, language, default_card, created_ns, closed_ns) \
         VALUES ($1, $2, NULL, $3, NULL)",
        &[(&key).into(), speaks.into(), now.nanos().into()],
    )?;
    note(database, store, now, (&key).into(), LogEvent::AccountCreated, &Actor::Shopper)
}

/// An account as it stands.
pub(super) fn read(database: &mut dyn Database, key: AccountKey) -> Result<ShopperAccount, OfficeError> {
    let row = database.query_one(
        "SELECT language, created_ns FROM accounts WHERE account = $1 AND closed_ns IS NULL",
        &[(&key).into()],
    )?;
    let row = row.ok_or(PeopleError::NoAccount)?;
    Ok(ShopperAccount {
        key,
        language: row.text(0)?.to_owned(),
        created: Time::from_nanos(row.int(1)?),
        contact: contacts::of(database, Owner::Account(key))?,
        cards: cards(database, key)?,
        devices: devices::of(database, key)?,
    })
}

/// The cards of an account, in the order in which they came.
pub(super) fn cards(
    database: &mut dyn Database,
    account: AccountKey,
) -> Result<Vec<SavedCard>, StorageError> {
    let rows = database.query(
        "SELECT instruments.instrument, brand, last_four, \
         CASE WHEN accounts.default_card = instruments.instrument THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END \
         FROM instruments JOIN accounts ON accounts.account = instruments.account \
         WHERE instruments.account = $1 ORDER BY instruments.instrument",
        &[(&account).into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(SavedCard {
                key: InstrumentKey::from_bytes(row.blob(0)?)?,
                brand: row.text(1)?.to_owned(),
                last_four: row.text(2)?.to_owned(),
                is_default: row.int(3)? == 1,
            })
        })
        .collect()
}

/// Makes another card the default, if the one that is gone was it.
pub(super) fn choose_default(
    database: &mut dyn Database,
    account: AccountKey,
    gone: InstrumentKey,
) -> Result<(), StorageError> {
    let next = cards(database, account)?.into_iter().map(|card| card.key).find(|card| *card != gone);
    database.execute(
        "UPDATE accounts SET default_card = $3 WHERE account = $1 AND default_card = $2",
        &[(&account).into(), (&gone).into(), next.as_ref().map_or(Param::Null, Param::from)],
    )?;
    Ok(())
}

/// Fails if there is no such account.
pub(crate) fn must_be_open(database: &mut dyn Database, account: AccountKey) -> Result<(), OfficeError> {
    let open = database.query_one(
        "SELECT account FROM accounts WHERE account = $1 AND closed_ns IS NULL",
        &[(&account).into()],
    )?;
    open.map(drop).ok_or_else(|| PeopleError::NoAccount.into())
}
