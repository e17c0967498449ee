//! What was done about those who work for the store, and who signed in: only added to.

use model::Time;
use serde::{Deserialize, Serialize};

use super::role::Role;
use crate::error::OfficeError;
use crate::ids::StaffKey;
use crate::office::Office;
use crate::storage::{Database, Param, Row, StorageError};
use crate::trip::Actor;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum StaffEvent {
    /// Somebody began to work here.
    Added {
        /// As what.
        role: Role,
    },
    /// Somebody does something else from now on.
    RoleSet {
        /// What.
        role: Role,
    },
    /// A password was set anew.
    PasswordSet,
    /// Somebody may sign in with another passkey.
    PasskeyAdded,
    /// Or not any more.
    PasskeyRemoved,
    /// Somebody works here no more.
    Disabled,
    /// Somebody signed in.
    SignedIn,
    /// A sign-in was refused: password or passkey was wrong, or nobody has the name.
    SignInRefused,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffLogEntry {
    /// Its number, from 1 without gaps.
    pub sequence: i64,
    /// When.
    pub at: Time,
    /// The name of whom it is about; none for a name that nobody has: it may be anything, even a password.
    pub about: Option<String>,
    /// What.
    pub event: StaffEvent,
    /// Who did it. Of sign-ins, whom it is about; of those of nobody, a rule of the store.
    pub by: Actor,
}

impl Office {
    /// The newest entries of the log, newest first; `before` is the number of the last one on the page before.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn staff_log(&self, limit: u32, before: Option<i64>) -> Result<Vec<StaffLogEntry>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT staff_log.sequence, staff_log.at_ns, staff.name, staff_log.event, staff_log.actor \
                 FROM staff_log LEFT JOIN staff ON staff.staff = staff_log.staff \
                 WHERE staff_log.store = $1 AND staff_log.sequence < $2 \
                 ORDER BY staff_log.sequence DESC LIMIT $3",
                &[
                    self.policy.store.as_str().into(),
                    before.unwrap_or(i64::MAX).into(),
                    i64::from(limit).into(),
                ],
            )?;
            Ok(rows.iter().map(entry).collect::<Result<_, _>>()?)
        })
    }
}

/// Adds an entry.
pub(super) fn note(
    database: &mut dyn Database,
    store: &str,
    at: Time,
    staff: Option<StaffKey>,
    event: &StaffEvent,
    by: &Actor,
) -> Result<(), StorageError> {
    let newest = database.query_one(
        "SELECT sequence FROM staff_log WHERE store = $1 ORDER BY sequence DESC LIMIT 1",
        &[store.into()],
    )?;
    let sequence = newest.map_or(Ok(0), |row| row.int(0))? + 1;
    let damaged = |error: serde_json::Error| StorageError::Damaged(error.to_string());
    let event = serde_json::to_string(event).map_err(damaged)?;
    let actor = serde_json::to_string(by).map_err(damaged)?;
    database.execute(
        "INSERT INTO staff_log (store, sequence, at_ns, staff, event, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            store.into(),
            sequence.into(),
            at.nanos().into(),
            staff.as_ref().map_or(Param::Null, Param::from),
            event.as_str().into(),
            actor.as_str().into(),
        ],
    )?;
    Ok(())
}

fn entry(row: &Row) -> Result<StaffLogEntry, StorageError> {
    let damaged = |error: serde_json::Error| StorageError::Damaged(format!("the log of staff: {error}"));
    Ok(StaffLogEntry {
        sequence: row.int(0)?,
        at: Time::from_nanos(row.int(1)?),
        about: row.text_if_any(2)?.map(str::to_owned),
        event: serde_json::from_str(row.text(3)?).map_err(damaged)?,
        by: serde_json::from_str(row.text(4)?).map_err(damaged)?,
    })
}
