//! Enrolment: the templates of somebody's hands are made, encrypted and kept.

use model::Time;
use palm::{
    DataKey, DeletionReceipt, Embedding, Owner as PalmOwner, PalmId, PersonId, Reason, Side, Template,
};
use payments::Card;

use super::consent::{PalmConsent, must_agree};
use super::delete::delete;
use super::room::PalmRoom;
use super::rows::{bytes, of};
use crate::error::OfficeError;
use crate::ids::InstrumentKey;
use crate::instruments;
use crate::office::Office;
use crate::people::{Channel, LogEvent, PeopleError, note};
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

/// Somebody who comes in with a palm from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// As whom.
    pub person: PersonId,
    /// Who stood for the card before, and the receipt that their palms were deleted for it.
    pub replaced: Vec<(PersonId, DeletionReceipt)>,
}

/// One hand, with all that was seen of it.
pub type Hand = (Side, Vec<Embedding>);

impl Office {
    /// Palms stand for a card from now on, by the consent of whoever shows both. Palms that stood for the card before are
    /// deleted: whoever enrols anew is issued anew.
    ///
    /// # Errors
    /// If the consent has waited too long, no hand was seen, one is known as somebody else's, or the tables can't be written.
    pub fn enrol_palms(
        &self,
        consent: PalmConsent,
        card: Card,
        hands: &[Hand],
        now: Time,
    ) -> Result<Enrolled, OfficeError> {
        consent.must_be_fresh(now)?;
        let room = self.palm_room()?;
        let templates = room.templates(hands)?;
        if templates.is_empty() {
            return Err(PeopleError::NoHand.into());
        }
        let known: Vec<PersonId> = templates.iter().filter_map(|(side, one)| room.find(*side, one)).collect();
        let (office, person) = (self.clone(), consent.person());
        let enrolled = self.storage.write(move |database| {
            must_agree(database, person)?;
            let room = office.palm_room()?;
            let replaced = replace(database, &office, person, &card, &known, now)?;
            keep(database, room, person, &templates)?;
            // Inside, so that a deletion that comes right after this finds them in memory, too.
            room.learn(person, &templates);
            Ok::<_, OfficeError>(Enrolled { person, replaced })
        });
        if enrolled.is_err() {
            room.forget(person);
        }
        enrolled
    }
}

/// The person stands for the card from now on, and whoever did before is deleted. Fails if somebody else's palm is
/// among the hands.
fn replace(
    database: &mut dyn Database,
    office: &Office,
    person: PersonId,
    card: &Card,
    known: &[PersonId],
    now: Time,
) -> Result<Vec<(PersonId, DeletionReceipt)>, OfficeError> {
    let store = office.policy.store.as_str();
    let card = instruments::of_card(database, store, card, now)?.key;
    let before: Vec<PersonId> = of(database, card)?.iter().map(|before| before.person).collect();
    if known.iter().any(|known| !before.contains(known)) {
        return Err(PeopleError::PalmTaken.into());
    }
    let by = (&Actor::Shopper, Channel::Kiosk);
    let mut replaced = Vec::new();
    for before in before {
        replaced.push((before, delete(database, office, before, Reason::Renewed, by, now)?));
    }
    keep_person(database, store, person, card, now)?;
    note(database, store, now, (&card).into(), LogEvent::PalmAdded, &Actor::Shopper)?;
    Ok(replaced)
}

fn keep_person(
    database: &mut dyn Database,
    store: &str,
    person: PersonId,
    card: InstrumentKey,
    now: Time,
) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO palm_people (person, store, instrument, enrolled_ns, used_ns) VALUES ($1, $2, $3, $4, $4)",
        &[bytes(person).as_slice().into(), store.into(), (&card).into(), now.nanos().into()],
    )?;
    Ok(())
}

/// Keeps a person's templates under a key that is made for them.
fn keep(
    database: &mut dyn Database,
    room: &PalmRoom,
    person: PersonId,
    templates: &[(Side, Template)],
) -> Result<(), OfficeError> {
    let key = DataKey::fresh()?;
    let wrapped = room.keys.keeper.wrap(&key, &room.tenant, person)?;
    let name = bytes(person);
    database.execute(
        "INSERT INTO palm_keys (person, key_id, wrapped) VALUES ($1, $2, $3)",
        &[name.as_slice().into(), key.id().0.as_slice().into(), wrapped.as_bytes().into()],
    )?;
    for (side, template) in templates {
        let owner =
            PalmOwner { tenant: &room.tenant, palm: PalmId { person, side: *side }, epoch: room.epoch };
        let sealed = key.seal(template, &owner)?;
        database.execute(
            "INSERT INTO palms (person, side, epoch, sealed) VALUES ($1, $2, $3, $4)",
            &[
                name.as_slice().into(),
                side.name().into(),
                i64::from(room.epoch).into(),
                sealed.as_bytes().into(),
            ],
        )?;
    }
    Ok(())
}
