//! What people show, and who stands behind it.

use std::fmt;

use model::{CredentialKind, Time};
use payments::Card;
use sha2::{Digest, Sha256};

use crate::code::{self, Code};
use crate::error::OfficeError;
use crate::ids::{AccountKey, InstrumentKey};
use crate::instruments;
use crate::office::Office;
use crate::palms;
use crate::storage::{Database, StorageError};
use crate::trip::Refusal;

/// What was shown at a gate or a kiosk. `Debug` says only what kind it is: the rest names people.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// A card, as the reader tells it.
    Card(Card),
    /// A code on a phone: the text in it.
    Code(String),
    /// A palm.
    Palm {
        /// The number of whoever's palm it is, as [`Office::whose_palm`] says it.
        identity: String,
    },
    /// A badge of somebody at work, as the reader tells it.
    Badge(String),
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Card(_) => "Card(…)",
            Self::Code(_) => "Code(…)",
            Self::Palm { .. } => "Palm(…)",
            Self::Badge(_) => "Badge(…)",
        })
    }
}

/// What was shown, once everything is checked that needs no table.
pub(crate) enum Checked {
    /// A card.
    Card(Card),
    /// A code that the office's key vouches for.
    Code(Code),
    /// A palm's identity.
    Palm(String),
    /// What a badge's reader said.
    Badge(String),
}

/// Who stands behind a credential.
pub(crate) enum Holder {
    /// Somebody at work.
    Staff,
    /// A shopper.
    Shopper(Shopper),
}

/// A shopper behind a credential.
#[derive(Clone, Copy)]
pub(crate) struct Shopper {
    /// What they showed.
    pub(crate) kind: CredentialKind,
    /// Their account, if they have one.
    pub(crate) account: Option<AccountKey>,
    /// What they pay with, if anything.
    pub(crate) instrument: Option<InstrumentKey>,
    /// By the code: 0 for the shopper, from 1 for who comes along.
    pub(crate) guest: u8,
}

impl Office {
    /// Checks what needs no table, so that signatures are not counted out on the writing thread.
    pub(crate) fn check(&self, shown: Shown, now: Time) -> Result<Checked, Refusal> {
        Ok(match shown {
            Shown::Card(card) => Checked::Card(card),
            Shown::Palm { identity } => Checked::Palm(identity),
            Shown::Badge(badge) => Checked::Badge(badge),
            Shown::Code(text) => {
                let key = self.pass_key.as_ref().ok_or(Refusal::InvalidCode)?;
                Checked::Code(code::verify(&text, &key.public(), &self.policy.store, now)?)
            }
        })
    }
}

/// Who stands behind it; the inner error is what they are told if nobody does. A code is used up by this.
pub(crate) fn holder(
    database: &mut dyn Database,
    store: &str,
    shown: &Checked,
    now: Time,
) -> Result<Result<Holder, Refusal>, OfficeError> {
    Ok(match shown {
        Checked::Card(card) => {
            let instrument = instruments::of_card(database, store, card, now)?;
            Ok(Holder::Shopper(Shopper {
                kind: CredentialKind::Card,
                account: instrument.account,
                instrument: Some(instrument.key),
                guest: 0,
            }))
        }
        Checked::Code(code) => of_code(database, code)?.map(Holder::Shopper),
        Checked::Palm(person) => palms::holder(database, person, now)?.map(Holder::Shopper),
        Checked::Badge(badge) => {
            let known = database.query_one(
                "SELECT badge FROM badges WHERE store = $1 AND badge = $2",
                &[store.into(), badge_hash(store, badge).as_slice().into()],
            )?;
            known.map(|_| Holder::Staff).ok_or(Refusal::Unknown)
        }
    })
}

/// What stands for a badge in the tables. A reader's numbers are short: whoever has the tables can find them by
/// trying; the hash only keeps them from being read off.
pub(crate) fn badge_hash(store: &str, badge: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update((store.len() as u64).to_be_bytes());
    digest.update(store);
    digest.update(badge);
    digest.finalize().into()
}

/// The shopper whose phone showed a code.
fn of_code(database: &mut dyn Database, code: &Code) -> Result<Result<Shopper, Refusal>, StorageError> {
    let removed = database
        .query_one("SELECT device FROM removed_devices WHERE device = $1", &[(&code.pass.device).into()])?;
    let Some(default_card) = default_card(database, code.pass.account)?.filter(|_| removed.is_none()) else {
        return Ok(Err(Refusal::InvalidCode));
    };
    let first = database.execute(
        "INSERT INTO used_codes (device, slot, guest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[(&code.pass.device).into(), i64::from(code.slot).into(), i64::from(code.guest).into()],
    )?;
    if first == 0 {
        return Ok(Err(Refusal::UsedCode));
    }
    Ok(Ok(Shopper {
        kind: CredentialKind::Code,
        account: Some(code.pass.account),
        instrument: default_card,
        guest: code.guest,
    }))
}

/// The default card of an open account, if it has one; the outer `None` if there is no such account.
fn default_card(
    database: &mut dyn Database,
    account: AccountKey,
) -> Result<Option<Option<InstrumentKey>>, StorageError> {
    let row = database.query_one(
        "SELECT default_card FROM accounts WHERE account = $1 AND closed_ns IS NULL",
        &[(&account).into()],
    )?;
    row.map(|row| row.blob_if_any(0)?.map(InstrumentKey::from_bytes).transpose()).transpose()
}
