//! All templates of the store in memory, to be searched.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use palm::fuse::{Decision, Evidence, Operating, ScoreModel, decide};
use palm::search::Wanted;
use palm::{
    Embedding, Gallery, Owner as PalmOwner, PalmId, PersonId, Protection, Sealed, Side, Template, WrappedKey,
};

use super::enrol::Hand;
use super::keys::PalmKeys;
use super::rows::{bytes, person_id, side};
use crate::error::OfficeError;
use crate::office::Office;
use crate::people::PeopleError;
use crate::storage::{Database, StorageError};

/// How often a palm that nobody enrolled may be taken for somebody's.
const FALSE_IDENTITIES: f64 = 0.001;
/// How much likelier the best must be than the next, as a logarithm: twenty times.
const LEAD: f64 = 3.0;
/// The likest that are looked at: the best and whoever it may be confused with, none of them a stranger by far.
const WANTED: Wanted = Wanted { count: 4, similarity_min: 0.2 };

/// All templates of the store, and what makes and opens them.
pub(crate) struct PalmRoom {
    pub(super) tenant: String,
    pub(super) keys: PalmKeys,
    pub(super) epoch: u32,
    scores: ScoreModel,
    left: Wall,
    right: Wall,
}

/// The templates of one hand.
struct Wall {
    protection: Protection,
    gallery: RwLock<Gallery>,
}

impl PalmRoom {
    fn wall(&self, side: Side) -> &Wall {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The templates of hands.
    pub(super) fn templates(&self, hands: &[Hand]) -> Result<Vec<(Side, Template)>, OfficeError> {
        let seen: BTreeSet<Side> = hands.iter().map(|(side, _)| *side).collect();
        if seen.len() < hands.len() {
            return Err(PeopleError::NoHand.into());
        }
        hands
            .iter()
            .map(|(side, looks)| Ok((*side, self.wall(*side).protection.protect(&mean(looks)?))))
            .collect()
    }

    /// Whose palm a template is; `None` if nobody's, or two people's alike.
    pub(super) fn find(&self, side: Side, template: &Template) -> Option<PersonId> {
        let gallery = self.wall(side).gallery.read().unwrap_or_else(PoisonError::into_inner);
        let candidates = gallery.search(template, WANTED);
        let evidence = |candidate: &palm::Candidate| Evidence {
            person: candidate.person,
            log_ratio: self.scores.log_ratio(candidate.similarity),
        };
        let evidence: Vec<Evidence> = candidates.iter().map(evidence).collect();
        match decide(&evidence, &Operating::bounded(gallery.len(), FALSE_IDENTITIES), LEAD) {
            Decision::Known(person) => Some(person),
            Decision::Unknown | Decision::Doubt(..) => None,
        }
    }

    /// From now on these templates are found.
    pub(super) fn learn(&self, person: PersonId, templates: &[(Side, Template)]) {
        for (side, template) in templates {
            let mut gallery = self.wall(*side).gallery.write().unwrap_or_else(PoisonError::into_inner);
            gallery.insert(person, template);
        }
    }

    /// From now on they are not.
    pub(super) fn forget(&self, person: PersonId) {
        for wall in [&self.left, &self.right] {
            wall.gallery.write().unwrap_or_else(PoisonError::into_inner).remove(person);
        }
    }
}

/// Several looks at one hand, as one.
fn mean(looks: &[Embedding]) -> Result<Embedding, PeopleError> {
    Embedding::mean(looks).ok_or(PeopleError::NoHand)
}

impl Office {
    /// The same office, which knows palms from now on: all that are enrolled are read into memory. Templates of another
    /// epoch than the store's rules say are made anew. `scores` says how the network's scores are spread.
    ///
    /// # Errors
    /// If a template does not open with these keys, or the tables can't be used.
    pub fn with_palms(self, keys: PalmKeys, scores: ScoreModel) -> Result<Self, OfficeError> {
        let (tenant, epoch) = (self.policy.store.clone(), self.policy.palm.epoch);
        let wall = |side| Wall {
            protection: Protection::new(&keys.secret, &tenant, side, epoch),
            gallery: RwLock::new(Gallery::new()),
        };
        let (left, right) = (wall(Side::Left), wall(Side::Right));
        let room = PalmRoom { tenant, keys, epoch, scores, left, right };
        let room = self.storage.write(move |database| fill(database, room))?;
        Ok(Self { palms: Some(std::sync::Arc::new(room)), ..self })
    }

    /// Whose palm it is, by one or more looks at one hand; `None` if nobody's who is enrolled.
    ///
    /// # Errors
    /// If this office has no keys for palms, or there is no look.
    pub fn whose_palm(&self, side: Side, looks: &[Embedding]) -> Result<Option<PersonId>, OfficeError> {
        let room = self.palm_room()?;
        Ok(room.find(side, &room.wall(side).protection.protect(&mean(looks)?)))
    }

    /// The templates in memory.
    pub(super) fn palm_room(&self) -> Result<&PalmRoom, PeopleError> {
        self.palms.as_deref().ok_or(PeopleError::NoPalmKeys)
    }
}

/// Reads all templates of the store.
fn fill(database: &mut dyn Database, room: PalmRoom) -> Result<PalmRoom, OfficeError> {
    let rows = database.query(
        "SELECT palms.person, palms.side, palms.epoch, palms.sealed, palm_keys.wrapped FROM palms \
         JOIN palm_people ON palm_people.person = palms.person JOIN palm_keys ON palm_keys.person = palms.person \
         WHERE palm_people.store = $1 ORDER BY palms.person, palms.side",
        &[room.tenant.as_str().into()],
    )?;
    for row in rows {
        let (person, side) = (person_id(row.blob(0)?)?, side(row.text(1)?)?);
        let epoch =
            u32::try_from(row.int(2)?).map_err(|_| StorageError::Damaged("a palm's epoch".to_owned()))?;
        let key = room.keys.keeper.unwrap(&WrappedKey::from_bytes(row.blob(4)?), &room.tenant, person)?;
        let owner = |epoch| PalmOwner { tenant: &room.tenant, palm: PalmId { person, side }, epoch };
        let mut template = key.open(&Sealed::from_bytes(row.blob(3)?), &owner(epoch))?;
        if epoch != room.epoch {
            let old = Protection::new(&room.keys.secret, &room.tenant, side, epoch);
            template = old.reissue(&template, &room.wall(side).protection);
            let sealed = key.seal(&template, &owner(room.epoch))?;
            database.execute(
                "UPDATE palms SET epoch = $3, sealed = $4 WHERE person = $1 AND side = $2",
                &[
                    bytes(person).as_slice().into(),
                    side.name().into(),
                    i64::from(room.epoch).into(),
                    sealed.as_bytes().into(),
                ],
            )?;
        }
        room.learn(person, &[(side, template)]);
    }
    Ok(room)
}
