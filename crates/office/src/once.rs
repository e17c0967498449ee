//! Requests that count once though they are sent twice: what was answered is kept for a day.

use model::Time;

use crate::desk::Desk;
use crate::error::OfficeError;
use crate::office::Office;
use crate::policy::{DAY_S, Policy, later};
use crate::storage::{Database, StorageError};

/// A request that carries a key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks; keys of others are other keys.
    pub sender: String,
    /// The sender's name of the request.
    pub key: String,
    /// SHA-256 of what is asked: a key that comes again with something else is a mistake.
    pub hash: [u8; 32],
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// It was carried out just now.
    Done(String),
    /// It was carried out before, with this answer.
    Again(String),
    /// The key was used for another request.
    Other,
    /// It is being worked on.
    Running,
}

/// A request that is still worked on after so long was given up by a process that died, seconds. The bank is
/// waited for half a minute at most.
const GIVEN_UP_S: i64 = 60;

impl Office {
    /// Does `work` and keeps its answer, both in one transaction: whatever is killed whenever, the request was
    /// carried out and will be answered the same again, or it was not. If `work` fails, nothing is kept.
    ///
    /// # Errors
    /// What `work` says, or that the tables can't be written.
    pub fn once(
        &self,
        request: Request,
        now: Time,
        work: impl FnOnce(&mut Desk<'_>) -> Result<String, OfficeError> + Send + 'static,
    ) -> Result<Once, OfficeError> {
        self.write(move |database, policy| {
            if let Some(known) = known(database, policy, &request, now)? {
                return Ok(known);
            }
            let answer = work(&mut Desk { database: &mut *database, policy, now })?;
            keep(database, policy, &request, Some(&answer), now)?;
            Ok(Once::Done(answer))
        })
    }

    /// Does `work` in one transaction, as often as it is asked.
    ///
    /// # Errors
    /// What `work` says, or that the tables can't be written.
    pub fn at_desk<T: Send + 'static>(
        &self,
        now: Time,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, OfficeError> + Send + 'static,
    ) -> Result<T, OfficeError> {
        self.write(move |database, policy| work(&mut Desk { database, policy, now }))
    }

    /// Does `work`, which takes more than one transaction, and keeps its answer after it. Where the process dies
    /// meanwhile, the request is carried out anew when it comes again after a minute.
    ///
    /// # Errors
    /// What `work` says, or that the tables can't be written.
    pub fn once_outside(
        &self,
        request: Request,
        now: Time,
        work: impl FnOnce(&Self) -> Result<String, OfficeError>,
    ) -> Result<Once, OfficeError> {
        let asked = request.clone();
        let known = self.write(move |database, policy| {
            let known = known(database, policy, &asked, now)?;
            if known.is_none() {
                keep(database, policy, &asked, None, now)?;
            }
            Ok::<_, OfficeError>(known)
        })?;
        if let Some(known) = known {
            return Ok(known);
        }
        let worked = work(self);
        let answer = worked.as_ref().ok().cloned();
        self.write(move |database, policy| match answer {
            Some(answer) => Ok::<_, OfficeError>(keep(database, policy, &request, Some(&answer), now)?),
            None => Ok(forget(database, policy, &request)?),
        })?;
        worked.map(Once::Done)
    }
}

/// What is known of a request; `None` if it is to be carried out.
fn known(
    database: &mut dyn Database,
    policy: &Policy,
    request: &Request,
    now: Time,
) -> Result<Option<Once>, StorageError> {
    let row = database.query_one(
        "SELECT hash, answer, at_ns FROM answered_requests \
         WHERE store = $1 AND sender = $2 AND request_key = $3 AND at_ns > $4",
        &[
            policy.store.as_str().into(),
            request.sender.as_str().into(),
            request.key.as_str().into(),
            later(now, -DAY_S).nanos().into(),
        ],
    )?;
    let Some(row) = row else { return Ok(None) };
    if row.blob(0)? != request.hash {
        return Ok(Some(Once::Other));
    }
    match row.text_if_any(1)? {
        Some(answer) => Ok(Some(Once::Again(answer.to_owned()))),
        None if row.int(2)? > later(now, -GIVEN_UP_S).nanos() => Ok(Some(Once::Running)),
        None => Ok(None),
    }
}

/// Keeps a request and its answer, and drops what is too old.
fn keep(
    database: &mut dyn Database,
    policy: &Policy,
    request: &Request,
    answer: Option<&str>,
    now: Time,
) -> Result<(), StorageError> {
    let too_old = later(now, -DAY_S).nanos();
    database.execute("DELETE FROM answered_requests WHERE at_ns <= $1", &[too_old.into()])?;
    database.execute(
        "INSERT INTO answered_requests (store, sender, request_key, hash, at_ns, answer) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (store, sender, request_key) DO UPDATE SET \
         hash = excluded.hash, at_ns = excluded.at_ns, answer = excluded.answer",
        &[
            policy.store.as_str().into(),
            request.sender.as_str().into(),
            request.key.as_str().into(),
            request.hash.as_slice().into(),
            now.nanos().into(),
            answer.into(),
        ],
    )?;
    Ok(())
}

/// Forgets a request that failed: it may be tried again.
fn forget(database: &mut dyn Database, policy: &Policy, request: &Request) -> Result<(), StorageError> {
    database.execute(
        "DELETE FROM answered_requests WHERE store = $1 AND sender = $2 AND request_key = $3",
        &[policy.store.as_str().into(), request.sender.as_str().into(), request.key.as_str().into()],
    )?;
    Ok(())
}
