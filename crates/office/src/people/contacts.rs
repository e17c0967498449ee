//! Where people's paper goes, and the mailed links that prove it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Time;
use receipts::MailAddress;
use sha2::{Digest, Sha256};

use super::accounts::must_be_open;
use super::log::{LogEvent, note};
use super::{Owner, PeopleError, language};
use crate::code::KeyError;
use crate::credentials::{self, Holder, Shown};
use crate::error::OfficeError;
use crate::ids::{AccountKey, TripKey};
use crate::journal;
use crate::office::Office;
use crate::policy::{DAY_S, HOUR_S, Policy, later};
use crate::storage::{Database, StorageError};
use crate::trip::{Actor, Paper, Refusal, TripEvent};

/// How long a mailed link counts, seconds.
const PROOF_S: i64 = HOUR_S;

/// Links that may be on their way to one address at once: enough for mistakes, too few to flood a mailbox.
const PROOFS: i64 = 5;

/// A receipt not older than this is mailed when its card is shown at the kiosk.
const KIOSK_S: i64 = DAY_S;

/// Where paper goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The address.
    pub address: MailAddress,
    /// The language that is read there, BCP 47.
    pub language: String,
    /// Whether its owner answered a mail; else it was typed at a kiosk.
    pub proven: bool,
}

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

/// What came of an address typed at a kiosk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkedEmail {
    /// Receipts go there from now on; the one of this trip is on its way, if there is a recent one.
    Linked(Owner, Option<TripKey>),
    /// Nobody stands behind what was shown.
    Unknown(Refusal),
}

/// What a mailed link is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ProofOf {
    /// An account's new address.
    Contact,
    /// That somebody may use the account.
    SignIn,
}

impl ProofOf {
    fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::SignIn => "sign_in",
        }
    }
}

impl Office {
    /// The receipt kiosk: this receipt and every later one of the card, palm or account that was shown goes to
    /// `address`.
    ///
    /// # Errors
    /// If the language is none, or the account behind it has an address that was proven.
    pub fn link_email(
        &self,
        shown: Shown,
        address: MailAddress,
        speaks: &str,
        now: Time,
    ) -> Result<LinkedEmail, OfficeError> {
        let speaks = language(speaks)?.to_owned();
        let shown = match self.check(shown, now) {
            Ok(shown) => shown,
            Err(reason) => return Ok(LinkedEmail::Unknown(reason)),
        };
        self.write(move |database, policy| {
            let owner = match credentials::holder(database, &policy.store, &shown, now)? {
                Ok(holder) => match owner_at_kiosk(&holder) {
                    Some(owner) => owner,
                    None => return Ok(LinkedEmail::Unknown(Refusal::Unknown)),
                },
                Err(reason) => return Ok(LinkedEmail::Unknown(reason)),
            };
            if of(database, owner)?.is_some_and(|contact| contact.proven) {
                return Err(PeopleError::AddressProven.into());
            }
            set(database, owner, &address, &speaks, None, now)?;
            let subject = (&owner).into();
            note(database, &policy.store, now, subject, LogEvent::AddressLinked, &Actor::Shopper)?;
            Ok(LinkedEmail::Linked(owner, mail_latest(database, policy, owner, now)?))
        })
    }

    /// Nothing goes to this address any more; whether it did.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn unlink_email(&self, owner: Owner, now: Time) -> Result<bool, OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            let gone = database.execute("DELETE FROM contacts WHERE owner = $1", &[(&owner).into()])? > 0;
            if gone {
                note(database, &store, now, (&owner).into(), LogEvent::AddressRemoved, &Actor::Shopper)?;
            }
            Ok(gone)
        })
    }

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

    /// Where the paper of a trip goes: to the account's address, else to the card's, else to that of the account
    /// that the card is in by now. Who joined on a card of their own gets none: what was bought is the payer's.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn address_for(&self, trip: TripKey) -> Result<Option<Contact>, OfficeError> {
        self.storage.read(|database| Ok(address_for(database, trip)?))
    }
}

/// Where the paper of a trip goes.
pub(crate) fn address_for(
    database: &mut dyn Database,
    trip: TripKey,
) -> Result<Option<Contact>, StorageError> {
    let row = database.query_one(
        "SELECT contacts.address, contacts.language, contacts.proven_ns FROM trips \
         LEFT JOIN instruments ON instruments.instrument = trips.instrument \
         JOIN contacts ON contacts.owner IN (trips.account, trips.instrument, instruments.account) \
         WHERE trips.trip = $1 ORDER BY CASE WHEN contacts.owner = trips.account THEN 0 \
         WHEN contacts.owner = trips.instrument THEN 1 ELSE 2 END LIMIT 1",
        &[(&trip).into()],
    )?;
    row.map(|row| contact(&row)).transpose()
}

/// Whose receipts an address at the kiosk is for: the account's, where there is one, so that it counts for all its
/// cards; else the card's.
fn owner_at_kiosk(holder: &Holder) -> Option<Owner> {
    let Holder::Shopper(shopper) = holder else { return None };
    shopper.account.map(Owner::Account).or(shopper.instrument.map(Owner::Instrument))
}

/// Asks for the newest receipt to be mailed, if it is recent.
fn mail_latest(
    database: &mut dyn Database,
    policy: &Policy,
    owner: Owner,
    now: Time,
) -> Result<Option<TripKey>, OfficeError> {
    let row = database.query_one(
        "SELECT receipts.trip FROM receipts JOIN trips ON trips.trip = receipts.trip \
         WHERE (trips.instrument = $1 OR trips.account = $1) AND trips.store = $2 AND trips.opened_ns >= $3 \
         AND trips.state <> 'empty' ORDER BY trips.opened_ns DESC LIMIT 1",
        &[(&owner).into(), policy.store.as_str().into(), later(now, -KIOSK_S).nanos().into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let key = TripKey::from_bytes(row.blob(0)?)?;
    let trip = journal::trip(database, &policy.store, key)?.ok_or(OfficeError::NoTrip(key))?;
    let wanted = TripEvent::MailWanted { paper: Paper::Receipt };
    journal::append(database, policy, trip, now, &[wanted])?;
    Ok(Some(key))
}

/// Somebody's contact.
pub(super) fn of(database: &mut dyn Database, owner: Owner) -> Result<Option<Contact>, StorageError> {
    let row = database.query_one(
        "SELECT address, language, proven_ns FROM contacts WHERE owner = $1",
        &[(&owner).into()],
    )?;
    row.map(|row| contact(&row)).transpose()
}

/// A contact from address, language and the moment of its proof.
fn contact(row: &crate::storage::Row) -> Result<Contact, StorageError> {
    Ok(Contact {
        address: address(row.text(0)?)?,
        language: row.text(1)?.to_owned(),
        proven: row.int_if_any(2)?.is_some(),
    })
}

/// Sets somebody's contact.
fn set(
    database: &mut dyn Database,
    owner: Owner,
    address: &MailAddress,
    speaks: &str,
    proven: Option<Time>,
    now: Time,
) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO contacts (owner, address, language, added_ns, proven_ns) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (owner) DO UPDATE SET address = excluded.address, language = excluded.language, \
         added_ns = excluded.added_ns, proven_ns = excluded.proven_ns",
        &[
            (&owner).into(),
            small(address).as_str().into(),
            speaks.into(),
            now.nanos().into(),
            proven.map(Time::nanos).into(),
        ],
    )?;
    Ok(())
}

/// An address as the tables have it: in small letters, because no mail system in use tells them apart.
fn small(address: &MailAddress) -> String {
    address.reveal().to_lowercase()
}

/// An address of the tables.
fn address(text: &str) -> Result<MailAddress, StorageError> {
    MailAddress::parse(text).map_err(|error| StorageError::Damaged(error.to_string()))
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
