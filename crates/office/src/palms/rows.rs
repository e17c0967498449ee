//! What the tables have of people with palms.

use model::{CredentialKind, Time};
use palm::{PersonId, Side};
use payments::Card;

use crate::credentials::Shopper;
use crate::error::OfficeError;
use crate::ids::{AccountKey, InstrumentKey};
use crate::instruments;
use crate::office::Office;
use crate::people::{Owner, instruments_of};
use crate::storage::{Database, Row, StorageError};
use crate::trip::Refusal;

/// Somebody whose palms are known, without the palms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PalmPerson {
    /// Who: a number that stands for the palms alone.
    pub person: PersonId,
    /// The card that pays for them.
    pub card: InstrumentKey,
    /// Which hands.
    pub sides: Vec<Side>,
    /// When they enrolled.
    pub enrolled: Time,
    /// When they came in with a palm last, or enrolled.
    pub used: Time,
    /// What somebody of the store saw of their age.
    pub age: Option<AgeCheck>,
}

/// Somebody of the store saw a paper that says how old a shopper is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeCheck {
    /// Years that they have at least.
    pub over: u8,
    /// Who looked, by their login.
    pub by: String,
    /// When.
    pub at: Time,
}

impl Office {
    /// The people whose palms stand for a card, or for the cards of an account, in the order in which they enrolled.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn palms_of(&self, owner: Owner) -> Result<Vec<PalmPerson>, OfficeError> {
        self.storage.read(|database| {
            let cards = instruments_of(database, owner)?;
            let each = cards.into_iter().map(|card| of(database, card)).collect::<Result<Vec<_>, _>>()?;
            let mut all = each.concat();
            all.sort_by_key(|one| (one.enrolled, one.person));
            Ok(all)
        })
    }

    /// The people whose palms stand for a card that was tapped.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn palms_of_card(&self, card: &Card) -> Result<Vec<PalmPerson>, OfficeError> {
        self.storage.read(|database| {
            let known = instruments::find(database, &self.policy.store, card)?;
            Ok(known.map(|card| of(database, card)).transpose()?.unwrap_or_default())
        })
    }
}

/// The people whose palms stand for a card.
pub(crate) fn of(database: &mut dyn Database, card: InstrumentKey) -> Result<Vec<PalmPerson>, StorageError> {
    let rows = database.query(
        "SELECT person, enrolled_ns, used_ns, age_over, age_by, age_ns FROM palm_people WHERE instrument = $1 \
         ORDER BY enrolled_ns, person",
        &[(&card).into()],
    )?;
    rows.iter().map(|row| person(database, card, row)).collect()
}

fn person(database: &mut dyn Database, card: InstrumentKey, row: &Row) -> Result<PalmPerson, StorageError> {
    let person = person_id(row.blob(0)?)?;
    let age = match row.int_if_any(3)? {
        Some(over) => Some(AgeCheck {
            over: u8::try_from(over).map_err(|_| StorageError::Damaged(format!("an age of {over}")))?,
            by: row.text(4)?.to_owned(),
            at: Time::from_nanos(row.int(5)?),
        }),
        None => None,
    };
    let (enrolled, used) = (Time::from_nanos(row.int(1)?), Time::from_nanos(row.int(2)?));
    Ok(PalmPerson { person, card, sides: sides(database, person)?, enrolled, used, age })
}

fn sides(database: &mut dyn Database, person: PersonId) -> Result<Vec<Side>, StorageError> {
    let rows = database.query(
        "SELECT side FROM palms WHERE person = $1 ORDER BY side",
        &[bytes(person).as_slice().into()],
    )?;
    rows.iter().map(|row| side(row.text(0)?)).collect()
}

/// The key of the tables.
pub(super) fn bytes(person: PersonId) -> [u8; 8] {
    person.0.to_be_bytes()
}

/// A person of the tables.
pub(super) fn person_id(bytes: &[u8]) -> Result<PersonId, StorageError> {
    let length = bytes.len();
    let bytes = bytes.try_into().map_err(|_| StorageError::Damaged(format!("a person of {length} bytes")))?;
    Ok(PersonId(u64::from_be_bytes(bytes)))
}

/// A hand of the tables.
pub(super) fn side(word: &str) -> Result<Side, StorageError> {
    word.parse().map_err(|_| StorageError::Damaged(format!("a hand {word:?}")))
}

/// The shopper behind a palm that opens something now, by the person's number as a gate says it.
pub(crate) fn holder(
    database: &mut dyn Database,
    person: &str,
    now: Time,
) -> Result<Result<Shopper, Refusal>, StorageError> {
    let Ok(person) = person.parse::<PersonId>() else { return Ok(Err(Refusal::Unknown)) };
    let known = database.query_one(
        "UPDATE palm_people SET used_ns = $2 WHERE person = $1 RETURNING instrument",
        &[bytes(person).as_slice().into(), now.nanos().into()],
    )?;
    let Some(row) = known else { return Ok(Err(Refusal::Unknown)) };
    let card = InstrumentKey::from_bytes(row.blob(0)?)?;
    let row =
        database.query_one("SELECT account FROM instruments WHERE instrument = $1", &[(&card).into()])?;
    let account = row.as_ref().map(|row| row.blob_if_any(0)).transpose()?.flatten();
    let account = account.map(AccountKey::from_bytes).transpose()?;
    Ok(Ok(Shopper { kind: CredentialKind::Palm, account, instrument: Some(card), guest: 0 }))
}
