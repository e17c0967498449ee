//! What is known of people, and how it is forgotten: accounts, phones, palms, addresses, consents.
//!
//! None of it stands in the journal, which holds only keys; all of it can be deleted.

mod accounts;
mod badges;
pub(crate) mod consents;
mod contacts;
mod devices;
mod erase;
mod export;
mod log;
mod proofs;
mod sweep;

pub(crate) use accounts::must_be_open;
pub use accounts::{SavedCard, ShopperAccount};
pub use consents::{Channel, Consent, ConsentText, Purpose};
pub use contacts::{Contact, LinkedEmail};
pub(crate) use contacts::{address_for, was_mailed_to};
pub use devices::Device;
pub(crate) use erase::instruments_of;
pub use erase::{Erased, Erasure, WhyNot};
pub(crate) use log::note;
pub use log::{LogEntry, LogEvent, View};
use model::Time;
pub use proofs::MailProof;
use serde::{Deserialize, Serialize};
pub use sweep::SweepReport;

use crate::ids::{AccountKey, InstrumentKey};
use crate::storage::{Param, StorageError};

/// Somebody of whom something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "key")]
pub enum Owner {
    /// A shopper with an account.
    Account(AccountKey),
    /// Whoever pays with this card.
    Instrument(InstrumentKey),
}

impl Owner {
    /// The kind, as the tables have it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Instrument(_) => "instrument",
        }
    }

    /// The key's 16 bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Account(account) => account.as_bytes(),
            Self::Instrument(instrument) => instrument.as_bytes(),
        }
    }

    /// From the tables.
    pub(crate) fn from_columns(kind: &str, key: &[u8]) -> Result<Self, StorageError> {
        match kind {
            "account" => AccountKey::from_bytes(key).map(Self::Account),
            "instrument" => InstrumentKey::from_bytes(key).map(Self::Instrument),
            other => Err(StorageError::Damaged(format!("an owner of kind {other:?}"))),
        }
    }
}

impl<'a> From<&'a Owner> for Param<'a> {
    fn from(owner: &'a Owner) -> Self {
        Self::Blob(owner.as_bytes())
    }
}

/// What can't be done with what is known of people. No text names a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// Nobody, or somebody who was deleted.
    #[error("there is no such account, or it was closed")]
    NoAccount,
    /// No such card, or one that was deleted.
    #[error("there is no such card here")]
    NoCard,
    /// The card is in another account.
    #[error("this card is in another account: remove it there first")]
    CardTaken,
    /// Phones can't be given passes.
    #[error("this office has no key for passes: give it one with `Office::with_pass_key`")]
    NoPassKey,
    /// The phone is another account's, or was removed.
    #[error("this phone's key is in use elsewhere or was removed: the app must make a new one")]
    DeviceTaken,
    /// No such phone.
    #[error("there is no such phone in this account")]
    NoDevice,
    /// Too many phones.
    #[error("an account has at most {0} phones: remove one first")]
    TooManyDevices(i64),
    /// The palm stands for another card already.
    #[error(
        "this palm is enrolled with another card: delete it first, with that card, in the app or with our staff"
    )]
    PalmTaken,
    /// Nobody agreed, or too long ago.
    #[error("nobody agreed to this, or it was taken back, or waited too long: ask anew")]
    NoConsent,
    /// No hand to enrol, or one twice.
    #[error("an enrolment takes one or two hands, each once")]
    NoHand,
    /// No such palms.
    #[error("there are no such palms here, or they were deleted")]
    NoPalm,
    /// The office knows no palms.
    #[error("this office has no keys for palms: give it some with `Office::with_palms`")]
    NoPalmKeys,
    /// Not an age.
    #[error("an age check says from 1 to {0} years")]
    NoAge(u8),
    /// Not a language.
    #[error("{0:?} is no language tag (BCP 47), such as de or en-GB")]
    Language(String),
    /// Receipts go to an address that its owner proved.
    #[error("the receipts of this account go to an address that was proven: change it in the app")]
    AddressProven,
    /// Another account proved the same address.
    #[error("this address belongs to another account: sign in with it instead")]
    AddressTaken,
    /// Too many mails are on their way.
    #[error("{0} mails with a link went to this address within the hour: use one of them, or wait")]
    TooManyMails(i64),
    /// The link can't be used.
    #[error("this link was used, has run out, or never was one: ask for a new one")]
    BadToken,
    /// Somebody guesses receipts.
    #[error("too many receipts were looked up and not found: again after {again}")]
    TooOften {
        /// When it is answered again.
        again: Time,
    },
    /// Nobody, or somebody of whom nothing is left.
    #[error("nothing is known of this person, or all of it was deleted")]
    NoPerson,
    /// Free text that is too long.
    #[error("a text has at most {0} characters")]
    TooLong(usize),
}

/// A language tag, checked for its form (RFC 5646: letters, digits and hyphens, the first part two or more letters).
pub(crate) fn language(text: &str) -> Result<&str, PeopleError> {
    let first = text.split('-').next().unwrap_or_default();
    let form = text.len() <= 35
        && (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if form { Ok(text) } else { Err(PeopleError::Language(text.chars().take(40).collect())) }
}
