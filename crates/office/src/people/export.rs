//! Everything that is known of somebody, to read and to take along.

use model::Time;
use serde_json::{Value as Json, json};

use super::erase::{instruments_of, must_be_known};
use super::log::{LogEvent, note};
use super::{Owner, accounts, consents, contacts, log};
use crate::error::OfficeError;
use crate::evidence;
use crate::ids::{InstrumentKey, TripKey};
use crate::journal;
use crate::office::Office;
use crate::palms;
use crate::sessions;
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

impl Office {
    /// Everything that is known of somebody. The processor's tokens are told of, not told: whoever has one could
    /// charge with it.
    ///
    /// # Errors
    /// If nothing is known of them, or the tables can't be read.
    pub fn export(&self, owner: Owner, by: Actor, now: Time) -> Result<Json, OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            must_be_known(database, owner)?;
            note(database, &store, now, (&owner).into(), LogEvent::Exported, &by)?;
            Ok::<_, OfficeError>(())
        })?;
        self.storage.read(|database| export(database, owner, now))
    }
}

/// Everything that is known of somebody, as of one moment.
fn export(database: &mut dyn Database, owner: Owner, now: Time) -> Result<Json, OfficeError> {
    let instruments = instruments_of(database, owner)?;
    let mut owners = vec![owner];
    owners.extend(instruments.iter().map(|key| Owner::Instrument(*key)).filter(|other| *other != owner));
    let mut told = json!({ "made": now, "account": account(database, owner)? });
    told["cards"] = instruments.iter().map(|key| card(database, *key)).collect::<Result<_, _>>()?;
    for (part, tell) in PARTS {
        let mut list = Vec::new();
        for owner in &owners {
            list.extend(tell(database, *owner)?);
        }
        told[part] = Json::Array(list);
    }
    told["visits"] = visits(database, &owners)?;
    Ok(told)
}

/// Tells one part of what is known of an owner.
type Tell = fn(&mut dyn Database, Owner) -> Result<Vec<Json>, StorageError>;

/// What hangs on any key.
const PARTS: [(&str, Tell); 4] =
    [("addresses", addresses), ("palms", palms_told), ("consents", consents_told), ("log", log_told)];

fn account(database: &mut dyn Database, owner: Owner) -> Result<Json, OfficeError> {
    let Owner::Account(key) = owner else { return Ok(Json::Null) };
    let account = accounts::read(database, key)?;
    let phones = account.devices.iter().map(|phone| {
        json!({
            "public_key": phone.key.to_string(),
            "added": phone.added,
            "codes_until": Time::from_nanos(0).plus_seconds(phone.until_day as f64 * 86400.0),
        })
    });
    let sessions = sessions::of(database, key)?.into_iter();
    let sessions =
        sessions.map(|(opened, seen, until)| json!({ "since": opened, "last_used": seen, "until": until }));
    Ok(json!({
        "account": key,
        "created": account.created,
        "language": account.language,
        "phones": phones.collect::<Vec<_>>(),
        "signed_in": sessions.collect::<Vec<_>>(),
    }))
}

fn card(database: &mut dyn Database, key: InstrumentKey) -> Result<Json, StorageError> {
    let row = database.query_one(
        "SELECT store, brand, last_four, added_ns, fingerprint FROM instruments WHERE instrument = $1",
        &[(&key).into()],
    )?;
    let Some(row) = row else { return Ok(Json::Null) };
    Ok(json!({
        "card": key,
        "store": row.text(0)?,
        "brand": row.text(1)?,
        "last_four": row.text(2)?,
        "first_seen": Time::from_nanos(row.int(3)?),
        "fingerprint": row.text_if_any(4)?,
        "token": "kept, to charge visits; known to the payment processor and to us only",
    }))
}

fn addresses(database: &mut dyn Database, owner: Owner) -> Result<Vec<Json>, StorageError> {
    let contact = contacts::of(database, owner)?;
    Ok(contact
        .map(|contact| {
            json!({
                "of": owner,
                "address": contact.address.reveal(),
                "language": contact.language,
                "proven": contact.proven,
            })
        })
        .into_iter()
        .collect())
}

fn palms_told(database: &mut dyn Database, owner: Owner) -> Result<Vec<Json>, StorageError> {
    let Owner::Instrument(card) = owner else { return Ok(Vec::new()) };
    let palms = palms::of(database, card)?.into_iter().map(|one| {
        json!({
            "of": owner,
            "person": one.person.to_string(),
            "hands": one.sides.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "enrolled": one.enrolled,
            "used": one.used,
            "age_check": one.age.map(|age| json!({ "over": age.over, "at": age.at })),
            "template": "kept, protected and encrypted; no picture of it was ever kept",
        })
    });
    Ok(palms.collect())
}

fn consents_told(database: &mut dyn Database, owner: Owner) -> Result<Vec<Json>, StorageError> {
    let mut all = consents::of(database, owner.as_bytes())?;
    if let Owner::Instrument(card) = owner {
        for one in palms::of(database, card)? {
            all.extend(consents::of(database, &one.person.0.to_be_bytes())?);
        }
    }
    let told = all.into_iter().map(|consent| {
        json!({
            "of": owner,
            "purpose": consent.purpose,
            "given": consent.given,
            "text_version": consent.version,
            "text_sha256": consent.text_hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
            "language": consent.language,
            "at": consent.at,
            "how": consent.how.as_str(),
        })
    });
    Ok(told.collect())
}

fn log_told(database: &mut dyn Database, owner: Owner) -> Result<Vec<Json>, StorageError> {
    Ok(log::of(database, owner.as_bytes())?.iter().map(log_entry).collect())
}

/// Names of staff are not the shopper's to have.
fn log_entry(entry: &log::LogEntry) -> Json {
    let by = match entry.by {
        Actor::Shopper => "you",
        Actor::Staff(_) => "somebody of the store",
        Actor::Policy | Actor::System(_) => "a program of the store",
    };
    json!({ "at": entry.at, "what": entry.event.as_str(), "by": by })
}

/// All visits, newest first: those paid with everything, those joined by name.
fn visits(database: &mut dyn Database, owners: &[Owner]) -> Result<Json, OfficeError> {
    let mut paid = Vec::new();
    let mut joined = Vec::new();
    for owner in owners {
        let rows = database
            .query("SELECT trip, store FROM trips WHERE instrument = $1 OR account = $1", &[owner.into()])?;
        for row in rows {
            paid.push((TripKey::from_bytes(row.blob(0)?)?, row.text(1)?.to_owned()));
        }
        let rows = database.query("SELECT trip FROM joined WHERE owner = $1", &[owner.into()])?;
        for row in rows {
            joined.push(TripKey::from_bytes(row.blob(0)?)?);
        }
    }
    paid.sort_unstable();
    paid.dedup();
    joined.sort_unstable();
    joined.dedup();
    let told = paid.iter().rev().map(|(trip, store)| visit(database, *trip, store));
    Ok(json!({ "paid": told.collect::<Result<Vec<_>, _>>()?, "joined": joined }))
}

/// A visit with all that was written down about it.
fn visit(database: &mut dyn Database, trip: TripKey, store: &str) -> Result<Json, OfficeError> {
    let events = journal::events_of(database, store, trip)?;
    let events = events.iter().map(|(at, event)| json!({ "at": at, "what": event }));
    let words = database.query(
        "SELECT dispute, words FROM dispute_texts WHERE trip = $1 ORDER BY dispute",
        &[(&trip).into()],
    )?;
    let words = words
        .iter()
        .map(|row| Ok(json!({ "dispute": row.int(0)?, "words": row.text(1)? })))
        .collect::<Result<Vec<_>, StorageError>>()?;
    let evidence = evidence::of(database, trip)?
        .into_iter()
        .map(|one| json!({ "list": one.kind.as_str(), "line": one.line, "what": one.body }));
    let seen = log::of(database, trip.as_bytes())?;
    Ok(json!({
        "visit": trip,
        "store": store,
        "history": events.collect::<Vec<_>>(),
        "evidence": evidence.collect::<Vec<_>>(),
        "your_words": words,
        "seen_by": seen.iter().map(log_entry).collect::<Vec<_>>(),
    }))
}
