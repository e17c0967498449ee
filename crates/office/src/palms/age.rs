//! What somebody of the store saw of a shopper's age, so that nobody needs to ask again.

use model::Time;
use palm::PersonId;

use super::rows::bytes;
use crate::error::OfficeError;
use crate::office::Office;
use crate::people::{LogEvent, PeopleError, note};
use crate::trip::Actor;

/// The oldest that a paper may say somebody is, years.
const OLDEST: u8 = 99;

impl Office {
    /// Somebody of the store saw a paper that says that somebody with palms has at least so many years. Only that is
    /// kept, with who looked and when; the paper and the day of birth are not.
    ///
    /// # Errors
    /// If there are no such palms, nobody has so many years, or the tables can't be written.
    pub fn note_age(&self, person: PersonId, over: u8, by: &str, now: Time) -> Result<(), OfficeError> {
        if !(1..=OLDEST).contains(&over) {
            return Err(PeopleError::NoAge(OLDEST).into());
        }
        let (store, by) = (self.policy.store.clone(), by.to_owned());
        self.storage.write(move |database| {
            let row = database.query_one(
                "UPDATE palm_people SET age_over = $2, age_by = $3, age_ns = $4 WHERE person = $1 \
                 RETURNING instrument",
                &[
                    bytes(person).as_slice().into(),
                    i64::from(over).into(),
                    by.as_str().into(),
                    now.nanos().into(),
                ],
            )?;
            let row = row.ok_or(PeopleError::NoPalm)?;
            note(database, &store, now, row.blob(0)?.into(), LogEvent::AgeChecked, &Actor::Staff(by))?;
            Ok(())
        })
    }
}
