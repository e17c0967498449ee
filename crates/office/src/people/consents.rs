//! What people agreed to, and took back.

use model::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::log::{LogEvent, note};
use super::{Owner, PeopleError, language};
use crate::error::OfficeError;
use crate::office::Office;
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

/// What somebody may agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A palm is measured and kept as a template, to pay with it.
    Palm,
    /// Receipts come by mail.
    ReceiptMail,
    /// Offers come by mail.
    Offers,
    /// Recordings of the visit may be used to make the store better.
    Improvement,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Palm, Self::ReceiptMail, Self::Offers, Self::Improvement];

    /// The word that the table has.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Palm => "palm",
            Self::ReceiptMail => "receipt_mail",
            Self::Offers => "offers",
            Self::Improvement => "improvement",
        }
    }
}

/// That somebody agreed to something, or took it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// To what.
    pub purpose: Purpose,
    /// Agreed, or taken back.
    pub given: bool,
    /// The version of the text that they read.
    pub version: String,
    /// SHA-256 of that text: shows later which words these were.
    pub text_hash: [u8; 32],
    /// The language of the text, BCP 47.
    pub language: String,
    /// When.
    pub at: Time,
}

impl Consent {
    /// That somebody who read this text agrees (`given`), or takes it back.
    pub(super) fn to(
        purpose: Purpose,
        given: bool,
        text: &ConsentText<'_>,
        at: Time,
    ) -> Result<Self, PeopleError> {
        Ok(Self {
            purpose,
            given,
            version: text.version.to_owned(),
            text_hash: Sha256::digest(text.words.as_bytes()).into(),
            language: language(text.language)?.to_owned(),
            at,
        })
    }
}

/// A text that somebody read before they agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentText<'a> {
    /// Its version, as the store counts them.
    pub version: &'a str,
    /// Its language, BCP 47.
    pub language: &'a str,
    /// The words.
    pub words: &'a str,
}

impl Office {
    /// Somebody agrees to a purpose (`given`), or takes it back, having read the text.
    ///
    /// # Errors
    /// If its language is none.
    pub fn record_consent(
        &self,
        owner: Owner,
        purpose: Purpose,
        given: bool,
        text: &ConsentText<'_>,
        now: Time,
    ) -> Result<(), OfficeError> {
        let consent = Consent::to(purpose, given, text, now)?;
        let store = self.policy.store.clone();
        self.storage.write(move |database| Ok(record(database, &store, owner, &consent, &Actor::Shopper)?))
    }

    /// All that somebody agreed to and took back, oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn consents(&self, owner: Owner) -> Result<Vec<Consent>, OfficeError> {
        self.storage.read(|database| Ok(of(database, owner)?))
    }

    /// Whether somebody agrees to a purpose now.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn agrees(&self, owner: Owner, purpose: Purpose) -> Result<bool, OfficeError> {
        Ok(self
            .consents(owner)?
            .iter()
            .rev()
            .find(|consent| consent.purpose == purpose)
            .is_some_and(|c| c.given))
    }
}

/// Adds a consent.
pub(super) fn record(
    database: &mut dyn Database,
    store: &str,
    owner: Owner,
    consent: &Consent,
    by: &Actor,
) -> Result<(), StorageError> {
    let number = of(database, owner)?.len() as i64 + 1;
    database.execute(
        "INSERT INTO consents (owner, number, purpose, given, version, text_hash, language, at_ns) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            (&owner).into(),
            number.into(),
            consent.purpose.as_str().into(),
            i64::from(consent.given).into(),
            consent.version.as_str().into(),
            consent.text_hash.as_slice().into(),
            consent.language.as_str().into(),
            consent.at.nanos().into(),
        ],
    )?;
    let event = if consent.given { LogEvent::ConsentGiven } else { LogEvent::ConsentWithdrawn };
    note(database, store, consent.at, (&owner).into(), event, by)
}

/// Somebody's consents, oldest first.
pub(super) fn of(database: &mut dyn Database, owner: Owner) -> Result<Vec<Consent>, StorageError> {
    let rows = database.query(
        "SELECT purpose, given, version, text_hash, language, at_ns FROM consents WHERE owner = $1 ORDER BY number",
        &[(&owner).into()],
    )?;
    rows.iter()
        .map(|row| {
            let word = row.text(0)?;
            let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == word);
            let damaged = |what: &str| StorageError::Damaged(format!("a consent's {what}"));
            Ok(Consent {
                purpose: purpose.ok_or_else(|| damaged("purpose"))?,
                given: row.int(1)? == 1,
                version: row.text(2)?.to_owned(),
                text_hash: row.blob(3)?.try_into().map_err(|_| damaged("hash"))?,
                language: row.text(4)?.to_owned(),
                at: Time::from_nanos(row.int(5)?),
            })
        })
        .collect()
}

/// Takes back what somebody still agrees to.
pub(super) fn withdraw_all(
    database: &mut dyn Database,
    store: &str,
    owner: Owner,
    by: &Actor,
    now: Time,
) -> Result<(), StorageError> {
    let consents = of(database, owner)?;
    for purpose in Purpose::ALL {
        let latest = consents.iter().rev().find(|consent| consent.purpose == purpose);
        if let Some(latest) = latest.filter(|consent| consent.given) {
            let withdrawn = Consent { given: false, at: now, ..latest.clone() };
            record(database, store, owner, &withdrawn, by)?;
        }
    }
    Ok(())
}
