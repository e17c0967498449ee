//! Badges of staff.

use model::Time;

use super::log::{LogEvent, note};
use crate::credentials::badge_hash;
use crate::error::OfficeError;
use crate::office::Office;
use crate::storage::Param;
use crate::trip::Actor;

impl Office {
    /// A badge opens the gates of this store, for somebody at work. `badge` is what the reader says, `name` the
    /// login of whoever wears it. A badge that is known gets the new name.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn add_badge(&self, badge: &str, name: &str, by: Actor, now: Time) -> Result<(), OfficeError> {
        let (store, name) = (self.policy.store.clone(), name.to_owned());
        let badge = badge_hash(&store, badge);
        self.storage.write(move |database| {
            database.execute(
                "INSERT INTO badges (store, badge, name, added_ns) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (store, badge) DO UPDATE SET name = excluded.name",
                &[store.as_str().into(), badge.as_slice().into(), name.as_str().into(), now.nanos().into()],
            )?;
            note(database, &store, now, Param::Null, LogEvent::BadgeAdded, &by)?;
            Ok(())
        })
    }

    /// All badges of somebody who works here no more open nothing; how many these were.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn remove_badges(&self, name: &str, by: Actor, now: Time) -> Result<u64, OfficeError> {
        let (store, name) = (self.policy.store.clone(), name.to_owned());
        self.storage.write(move |database| {
            let gone = database.execute(
                "DELETE FROM badges WHERE store = $1 AND name = $2",
                &[store.as_str().into(), name.as_str().into()],
            )?;
            if gone > 0 {
                note(database, &store, now, Param::Null, LogEvent::BadgeRemoved, &by)?;
            }
            Ok(gone)
        })
    }
}
