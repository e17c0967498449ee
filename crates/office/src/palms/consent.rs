//! Consent to palms: nothing can be enrolled without it.

use model::Time;
use palm::{KeyError, PersonId};

use crate::code::PassKey;
use crate::error::OfficeError;
use crate::office::Office;
use crate::people::{Channel, Consent, ConsentText, PeopleError, Purpose, consents};
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

/// How long a consent may wait for the hands, seconds: nobody else shall enrol on what somebody who walked away had agreed
/// to.
pub(super) const CONSENT_S: i64 = 600;

/// Somebody agreed to have their palms measured, and that was written down. Only [`Office::consent_to_palms`] makes one, and
/// it is good for one enrolment.
#[derive(Debug)]
pub struct PalmConsent {
    person: PersonId,
    at: Time,
}

impl PalmConsent {
    /// Whom the palms will be known as.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Fails if it has waited for too long.
    pub(super) fn must_be_fresh(&self, now: Time) -> Result<(), PeopleError> {
        let waited_s = now.nanos_since(self.at) / 1_000_000_000;
        if (0..=CONSENT_S).contains(&waited_s) { Ok(()) } else { Err(PeopleError::NoConsent) }
    }
}

impl Office {
    /// Somebody who read this text agrees to have their palms measured and kept. The consent is signed with the
    /// office's key and written down before this returns.
    ///
    /// # Errors
    /// If the text's language is none, the office has no key, or the tables can't be written.
    pub fn consent_to_palms(
        &self,
        text: &ConsentText<'_>,
        how: Channel,
        now: Time,
    ) -> Result<PalmConsent, OfficeError> {
        let key = self.pass_key.clone().ok_or(PeopleError::NoPassKey)?;
        let person = new_person()?;
        let consent = Consent::to(Purpose::Palm, true, text, how, now)?.signed(&key, &person.0.to_be_bytes());
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            let owner = person.0.to_be_bytes();
            Ok::<_, OfficeError>(consents::record(database, &store, &owner, &consent, &Actor::Shopper)?)
        })?;
        Ok(PalmConsent { person, at: now })
    }

    /// All that somebody with palms agreed to and took back, oldest first. It stays when the palms are deleted.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn palm_consents(&self, person: PersonId) -> Result<Vec<Consent>, OfficeError> {
        self.storage.read(|database| Ok(consents::of(database, &person.0.to_be_bytes())?))
    }
}

/// A number that says nothing of who they are or when they came.
fn new_person() -> Result<PersonId, OfficeError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(PersonId(u64::from_be_bytes(bytes)))
}

/// Fails unless the person agrees now.
pub(super) fn must_agree(database: &mut dyn Database, person: PersonId) -> Result<(), OfficeError> {
    let all = consents::of(database, &person.0.to_be_bytes())?;
    consents::given(&all, Purpose::Palm).map(drop).ok_or_else(|| PeopleError::NoConsent.into())
}

/// The person's consent is taken back.
pub(super) fn withdraw(
    database: &mut dyn Database,
    store: &str,
    key: &PassKey,
    person: PersonId,
    (by, how): (&Actor, Channel),
    now: Time,
) -> Result<(), StorageError> {
    let owner = person.0.to_be_bytes();
    let all = consents::of(database, &owner)?;
    let Some(given) = consents::given(&all, Purpose::Palm) else { return Ok(()) };
    let withdrawn = given.withdrawn(how, now).signed(key, &owner);
    consents::record(database, store, &owner, &withdrawn, by)
}
