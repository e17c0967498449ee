//! Where people's paper goes.

use model::Time;
use receipts::MailAddress;

use super::log::{LogEvent, note};
use super::{Channel, Consent, ConsentText, Owner, PeopleError, Purpose, consents};
use crate::credentials::{self, Holder, Shown};
use crate::error::OfficeError;
use crate::ids::{AccountKey, TripKey};
use crate::journal;
use crate::office::Office;
use crate::policy::{DAY_S, Policy, later};
use crate::storage::{Database, StorageError};
use crate::trip::{Actor, Paper, Refusal, TripEvent};

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

/// What came of an address typed at a kiosk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkedEmail {
    /// Receipts go there from now on; the one of this trip is on its way, if there is a recent one.
    Linked(Owner, Option<TripKey>),
    /// Nobody stands behind what was shown.
    Unknown(Refusal),
}

impl Office {
    /// The receipt kiosk: this receipt and every later one of the card, palm or account that was shown goes to
    /// `address`, as its owner agreed to by this text. They read its language.
    ///
    /// # Errors
    /// If the language is none, or the account behind it has an address that was proven.
    pub fn link_email(
        &self,
        shown: Shown,
        address: MailAddress,
        agreed: &ConsentText<'_>,
        now: Time,
    ) -> Result<LinkedEmail, OfficeError> {
        let consent = Consent::to(Purpose::ReceiptMail, true, agreed, Channel::Kiosk, now)?;
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
            set(database, owner, &address, &consent.language, None, now)?;
            let subject = (&owner).into();
            note(database, &policy.store, now, subject, LogEvent::AddressLinked, &Actor::Shopper)?;
            consents::record(database, &policy.store, owner.as_bytes(), &consent, &Actor::Shopper)?;
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
    Ok(contact_for(database, trip)?.map(|(contact, _)| contact))
}

/// Whether paper of a trip was mailed to the address that an account has proven. If another address was given since,
/// neither counts.
pub(crate) fn was_mailed_to(
    database: &mut dyn Database,
    store: &str,
    trip: TripKey,
    account: AccountKey,
) -> Result<bool, StorageError> {
    let Some((contact, since)) = contact_for(database, trip)? else { return Ok(false) };
    let own = of(database, Owner::Account(account))?;
    if own.is_none_or(|own| !own.proven || own.address != contact.address) {
        return Ok(false);
    }
    let is_mailed =
        |(at, event): &(Time, TripEvent)| *at >= since && matches!(event, TripEvent::Mailed { .. });
    Ok(journal::events_of(database, store, trip)?.iter().any(is_mailed))
}

/// Where the paper of a trip goes, and since when that is known.
fn contact_for(database: &mut dyn Database, trip: TripKey) -> Result<Option<(Contact, Time)>, StorageError> {
    let row = database.query_one(
        "SELECT contacts.address, contacts.language, contacts.proven_ns, contacts.added_ns FROM trips \
         LEFT JOIN instruments ON instruments.instrument = trips.instrument \
         JOIN contacts ON contacts.owner IN (trips.account, trips.instrument, instruments.account) \
         WHERE trips.trip = $1 ORDER BY CASE WHEN contacts.owner = trips.account THEN 0 \
         WHEN contacts.owner = trips.instrument THEN 1 ELSE 2 END LIMIT 1",
        &[(&trip).into()],
    )?;
    row.map(|row| Ok((contact(&row)?, Time::from_nanos(row.int(3)?)))).transpose()
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
    let trip = journal::known(database, &policy.store, key)?;
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

/// Sets somebody's contact. The same address again is known since before.
pub(super) fn set(
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
         added_ns = CASE WHEN contacts.address = excluded.address THEN contacts.added_ns ELSE excluded.added_ns END, \
         proven_ns = excluded.proven_ns",
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
pub(super) fn small(address: &MailAddress) -> String {
    address.reveal().to_lowercase()
}

/// An address of the tables.
pub(super) fn address(text: &str) -> Result<MailAddress, StorageError> {
    MailAddress::parse(text).map_err(|error| StorageError::Damaged(error.to_string()))
}
