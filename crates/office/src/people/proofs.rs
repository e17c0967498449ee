//! Mailed links: that somebody reads the mail of an address.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Time;
use palm::KeyError;
use receipts::MailAddress;
use sha2::{Digest, Sha256};

use super::accounts::{make, must_be_open};
use super::contacts::{address, set, small};
use super::log::{LogEvent, note};
use super::{Owner, PeopleError, language};
use crate::error::OfficeError;
use crate::ids::AccountKey;
use crate::office::Office;
use crate::policy::{HOUR_S, later};
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

/// How long a mailed link counts, seconds.
const PROOF_S: i64 = HOUR_S;

/// Links that may be on their way to one address at once: enough for mistakes, too few to flood a mailbox.
const PROOFS: i64 = 5;

/// A link to be mailed. Whoever sends it drops it; the tables have only a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct MailProof {
    /// What the link carries: 43 characters of base64url.
    pub token: String,
    /// Where it must be sent.
    pub address: MailAddress,
    /// Until when it counts.
    pub until: Time,
}

impl fmt::Debug for MailProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailProof").field("until", &self.until).finish_non_exhaustive()
    }
}

/// What a mailed link is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ProofOf {
    /// An account's new address.
    Contact,
    /// That somebody may use the account.
    SignIn,
    /// The same, of an account that is made when the link is opened, if the address has none by then.
    ComeIn,
}

impl ProofOf {
    fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::SignIn => "sign_in",
            Self::ComeIn => "come_in",
        }
    }
}

impl Office {
    /// Somebody wants an account's receipts at an address: the link that must be mailed there to prove it.
    ///
    /// # Errors
    /// If there is no such account, or too many links are on their way.
    pub fn ask_address(
        &self,
        account: AccountKey,
        address: MailAddress,
        now: Time,
    ) -> Result<MailProof, OfficeError> {
        let token = new_token()?;
        self.storage.write(move |database| {
            must_be_open(database, account)?;
            ask(database, ProofOf::Contact, account, address, token, now)
        })
    }

    /// The link was opened: the account's receipts go there now.
    ///
    /// # Errors
    /// If the link does not count, or another account proved the address before.
    pub fn prove_address(&self, token: &str, now: Time) -> Result<AccountKey, OfficeError> {
        let (store, token) = (self.policy.store.clone(), hash(token));
        self.storage.write(move |database| {
            let (account, address) = take(database, ProofOf::Contact, &token, now)?;
            must_be_open(database, account)?;
            let other = account_of(database, &address)?.filter(|other| *other != account);
            if other.is_some() {
                return Err(PeopleError::AddressTaken.into());
            }
            let row = database
                .query_one("SELECT language FROM accounts WHERE account = $1", &[(&account).into()])?;
            let speaks = row.ok_or(PeopleError::NoAccount)?.text(0)?.to_owned();
            set(database, Owner::Account(account), &address, &speaks, Some(now), now)?;
            note(database, &store, now, (&account).into(), LogEvent::AddressProven, &Actor::Shopper)?;
            Ok(account)
        })
    }

    /// Somebody wants into the account of an address: the link to mail there, or `None` where no account has
    /// proven it. The page must say the same either way; this takes as long either way.
    ///
    /// # Errors
    /// If too many links are on their way.
    pub fn ask_sign_in(&self, address: MailAddress, now: Time) -> Result<Option<MailProof>, OfficeError> {
        let token = new_token()?;
        self.storage.write(move |database| {
            let account = account_of(database, &address)?;
            // Of a stranger the same is written, for nobody, so that the answer takes as long.
            let link =
                ask(database, ProofOf::SignIn, account.unwrap_or(AccountKey::new(now)), address, token, now)?;
            Ok(account.map(|_| link))
        })
    }

    /// The link was opened: whose account it is.
    ///
    /// # Errors
    /// If the link does not count.
    pub fn sign_in(&self, token: &str, now: Time) -> Result<AccountKey, OfficeError> {
        let token = hash(token);
        self.storage.write(move |database| {
            let (account, _) = take(database, ProofOf::SignIn, &token, now)?;
            must_be_open(database, account)?;
            Ok(account)
        })
    }

    /// Somebody wants into the app, whether their address has an account or not: the link to mail there. What is
    /// done is the same either way.
    ///
    /// # Errors
    /// If too many links are on their way.
    pub fn ask_in(&self, address: MailAddress, now: Time) -> Result<MailProof, OfficeError> {
        let token = new_token()?;
        self.storage
            .write(move |database| ask(database, ProofOf::ComeIn, AccountKey::new(now), address, token, now))
    }

    /// The link of [`Office::ask_in`] was opened, by somebody who reads this language (BCP 47): the account of its
    /// address. Where there is none, it is made now, so that whoever types others' addresses makes no accounts.
    ///
    /// # Errors
    /// If the link does not count, or that is no language.
    pub fn come_in(&self, token: &str, speaks: &str, now: Time) -> Result<AccountKey, OfficeError> {
        let (store, token, speaks) = (self.policy.store.clone(), hash(token), language(speaks)?.to_owned());
        self.storage.write(move |database| {
            let (new, address) = take(database, ProofOf::ComeIn, &token, now)?;
            if let Some(account) = account_of(database, &address)? {
                return Ok(account);
            }
            make(database, &store, new, &speaks, now)?;
            set(database, Owner::Account(new), &address, &speaks, Some(now), now)?;
            note(database, &store, now, (&new).into(), LogEvent::AddressProven, &Actor::Shopper)?;
            Ok(new)
        })
    }
}

/// The account that proved an address.
fn account_of(
    database: &mut dyn Database,
    address: &MailAddress,
) -> Result<Option<AccountKey>, StorageError> {
    let row = database.query_one(
        "SELECT accounts.account FROM contacts JOIN accounts ON accounts.account = contacts.owner \
         WHERE contacts.address = $1 AND contacts.proven_ns IS NOT NULL AND accounts.closed_ns IS NULL",
        &[small(address).as_str().into()],
    )?;
    row.map(|row| AccountKey::from_bytes(row.blob(0)?)).transpose()
}

/// A secret of 256 random bits.
fn new_token() -> Result<String, OfficeError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What stands for a secret in the tables: it is random, so that its hash can't be searched.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Keeps a link's hash.
fn ask(
    database: &mut dyn Database,
    of: ProofOf,
    account: AccountKey,
    address: MailAddress,
    token: String,
    now: Time,
) -> Result<MailProof, OfficeError> {
    let open = database.query_one(
        "SELECT COUNT(*) FROM mail_proofs WHERE address = $1 AND until_ns > $2",
        &[small(&address).as_str().into(), now.nanos().into()],
    )?;
    if open.map_or(Ok(0), |row| row.int(0))? >= PROOFS {
        return Err(PeopleError::TooManyMails(PROOFS).into());
    }
    let until = later(now, PROOF_S);
    database.execute(
        "INSERT INTO mail_proofs (token, purpose, account, address, until_ns) VALUES ($1, $2, $3, $4, $5)",
        &[
            hash(&token).as_slice().into(),
            of.as_str().into(),
            (&account).into(),
            small(&address).as_str().into(),
            until.nanos().into(),
        ],
    )?;
    Ok(MailProof { token, address, until })
}

/// Uses a link up.
fn take(
    database: &mut dyn Database,
    of: ProofOf,
    token: &[u8],
    now: Time,
) -> Result<(AccountKey, MailAddress), OfficeError> {
    let row = database.query_one(
        "DELETE FROM mail_proofs WHERE token = $1 AND purpose = $2 AND until_ns > $3 RETURNING account, address",
        &[token.into(), of.as_str().into(), now.nanos().into()],
    )?;
    let row = row.ok_or(PeopleError::BadToken)?;
    Ok((AccountKey::from_bytes(row.blob(0)?)?, address(row.text(1)?)?))
}
