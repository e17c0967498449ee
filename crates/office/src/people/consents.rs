//! What people agreed to, and took back.

use model::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::log::{LogEvent, note};
use super::{Owner, PeopleError, language};
use crate::code::{PassKey, PassPublicKey};
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

/// Where somebody said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the app, or by a system that speaks for it.
    App,
    /// At a kiosk, by a touch.
    Kiosk,
    /// To somebody of the store, who did it for them.
    Desk,
    /// Nobody said it: a rule of the store took it back.
    Rule,
}

impl Channel {
    /// All of them.
    const ALL: [Self; 4] = [Self::App, Self::Kiosk, Self::Desk, Self::Rule];

    /// The word that tables and receipts have.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Kiosk => "kiosk",
            Self::Desk => "desk",
            Self::Rule => "rule",
        }
    }

    /// From a word of the tables.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }

    /// Where whoever does something stands, if nothing else is known.
    pub(crate) fn of(by: &Actor) -> Self {
        match by {
            Actor::Shopper | Actor::System(_) => Self::App,
            Actor::Staff(_) => Self::Desk,
            Actor::Policy => Self::Rule,
        }
    }
}

/// Stands before what the office signs of a consent, so that its signature counts for nothing else.
const CONSENT_CONTEXT: &[u8] = b"saunter-consent-1";

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
    /// Where.
    pub how: Channel,
    /// The office's signature over all of this and whom it is of, 64 bytes; consents to palms have one.
    pub signature: Option<Vec<u8>>,
}

impl Consent {
    /// That somebody who read this text agrees (`given`), or takes it back.
    pub(crate) fn to(
        purpose: Purpose,
        given: bool,
        text: &ConsentText<'_>,
        how: Channel,
        at: Time,
    ) -> Result<Self, PeopleError> {
        Ok(Self {
            purpose,
            given,
            version: text.version.to_owned(),
            text_hash: Sha256::digest(text.words.as_bytes()).into(),
            language: language(text.language)?.to_owned(),
            at,
            how,
            signature: None,
        })
    }

    /// That it is taken back.
    pub(crate) fn withdrawn(&self, how: Channel, at: Time) -> Self {
        Self { given: false, at, how, signature: None, ..self.clone() }
    }

    /// The same, signed by the office as `owner`'s.
    pub(crate) fn signed(self, key: &PassKey, owner: &[u8]) -> Self {
        let signature = key.sign(CONSENT_CONTEXT, &self.signed_bytes(owner));
        Self { signature: Some(signature.to_vec()), ..self }
    }

    /// Whether the office signed it as that of `owner`, a key's 16 bytes.
    pub fn is_signed(&self, key: &PassPublicKey, owner: &[u8]) -> bool {
        let signature = self.signature.as_deref().unwrap_or_default();
        key.has_signed(CONSENT_CONTEXT, &self.signed_bytes(owner), signature)
    }

    /// What is signed: every field after its length, so that none can pass for a part of another.
    fn signed_bytes(&self, owner: &[u8]) -> Vec<u8> {
        let fields: [&[u8]; 8] = [
            owner,
            self.purpose.as_str().as_bytes(),
            &[u8::from(self.given)],
            self.version.as_bytes(),
            &self.text_hash,
            self.language.as_bytes(),
            &self.at.nanos().to_be_bytes(),
            self.how.as_str().as_bytes(),
        ];
        let framed =
            fields.iter().flat_map(|field| [&(field.len() as u64).to_be_bytes()[..], field].concat());
        framed.collect()
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
        let consent = Consent::to(purpose, given, text, Channel::App, now)?;
        let store = self.policy.store.clone();
        self.storage
            .write(move |database| Ok(record(database, &store, owner.as_bytes(), &consent, &Actor::Shopper)?))
    }

    /// All that somebody agreed to and took back, oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn consents(&self, owner: Owner) -> Result<Vec<Consent>, OfficeError> {
        self.storage.read(|database| Ok(of(database, owner.as_bytes())?))
    }

    /// Whether somebody agrees to a purpose now.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn agrees(&self, owner: Owner, purpose: Purpose) -> Result<bool, OfficeError> {
        Ok(given(&self.consents(owner)?, purpose).is_some())
    }
}

/// Adds a consent of the one whose key it is.
pub(crate) fn record(
    database: &mut dyn Database,
    store: &str,
    owner: &[u8],
    consent: &Consent,
    by: &Actor,
) -> Result<(), StorageError> {
    let number = of(database, owner)?.len() as i64 + 1;
    database.execute(
        "INSERT INTO consents (owner, number, purpose, given, version, text_hash, language, at_ns, how, signature) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            owner.into(),
            number.into(),
            consent.purpose.as_str().into(),
            i64::from(consent.given).into(),
            consent.version.as_str().into(),
            consent.text_hash.as_slice().into(),
            consent.language.as_str().into(),
            consent.at.nanos().into(),
            consent.how.as_str().into(),
            consent.signature.as_deref().into(),
        ],
    )?;
    let event = if consent.given { LogEvent::ConsentGiven } else { LogEvent::ConsentWithdrawn };
    note(database, store, consent.at, owner.into(), event, by)
}

/// The consents of the one whose key it is, oldest first.
pub(crate) fn of(database: &mut dyn Database, owner: &[u8]) -> Result<Vec<Consent>, StorageError> {
    let rows = database.query(
        "SELECT purpose, given, version, text_hash, language, at_ns, how, signature FROM consents \
         WHERE owner = $1 ORDER BY number",
        &[owner.into()],
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
                how: Channel::from_word(row.text(6)?).ok_or_else(|| damaged("channel"))?,
                signature: row.blob_if_any(7)?.map(<[u8]>::to_vec),
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
    let consents = of(database, owner.as_bytes())?;
    for purpose in Purpose::ALL {
        if let Some(latest) = given(&consents, purpose) {
            let withdrawn = latest.withdrawn(Channel::of(by), now);
            record(database, store, owner.as_bytes(), &withdrawn, by)?;
        }
    }
    Ok(())
}

/// The latest word of a purpose, if it is a yes.
pub(crate) fn given(consents: &[Consent], purpose: Purpose) -> Option<&Consent> {
    consents.iter().rev().find(|consent| consent.purpose == purpose).filter(|consent| consent.given)
}
