//! Signing in with a name and a password, so that neither can be guessed.

use model::Time;
use sha2::{Digest, Sha256};

use super::log::{StaffEvent, note};
use super::members::{StaffMember, folded, member};
use super::password::Password;
use crate::error::OfficeError;
use crate::office::Office;
use crate::policy::{DAY_S, HOUR_S, later};
use crate::sessions::{self, SessionToken, Visitor};
use crate::storage::{Database, Param, StorageError};
use crate::trip::Actor;

/// Wrong passwords in a row that make nobody wait: enough for typing errors.
const FREE: i64 = 5;

/// How long the next one waits, seconds; each further one twice as long, up to [`LONGEST_S`].
const WAIT_S: i64 = 30;

/// So long at most, so that whoever guesses at a name can't shut its owner out for good. Then 24 guesses a day are
/// possible, and each is in the log.
const LONGEST_S: i64 = HOUR_S;

/// Wrong passwords are forgotten after so long without another one.
const FORGOTTEN_S: i64 = DAY_S;

/// What came of a sign-in.
#[derive(Debug)]
pub enum SignIn {
    /// They are in.
    Welcome(SessionToken, StaffMember),
    /// Name or password is wrong. Say no more than this.
    Wrong,
    /// Too many were wrong in a row; until then no password is looked at, not even the right one.
    Wait {
        /// When the next one is looked at.
        until: Time,
    },
}

/// What the tables know of a name.
struct Known {
    member: StaffMember,
    password: String,
}

impl Office {
    /// Somebody who works here signs in. It takes as long for a name that nobody has as for a wrong password.
    ///
    /// # Errors
    /// If the tables can't be used.
    pub fn sign_in_staff(&self, name: &str, password: &Password, now: Time) -> Result<SignIn, OfficeError> {
        let store = self.policy.store.clone();
        let name = folded(name);
        let bucket = bucket(&store, &name);
        let (known, wait) = self.storage.read(|database| {
            Ok::<_, OfficeError>((known(database, &store, &name)?, wait(database, &bucket, now)?))
        })?;
        if let Some(until) = wait {
            return Ok(SignIn::Wait { until });
        }
        // Outside of the transaction: it is slow by design, and gates must not wait for it.
        let fits = password.is(known.as_ref().map(|known| known.password.as_str()))?;
        let token = SessionToken::new()?;
        self.storage.write(move |database| {
            // Others may have guessed meanwhile: then this one does not count, right or wrong.
            if let Some(until) = self::wait(database, &bucket, now)? {
                return Ok(SignIn::Wait { until });
            }
            let still = self::known(database, &store, &name)?;
            match (known, still) {
                (Some(before), Some(still)) if fits && before.password == still.password => {
                    forget(database, &bucket)?;
                    let who = still.member;
                    sessions::open(database, &store, &token, Visitor::Staff(who.key), now)?;
                    note(database, &store, now, Some(who.key), &StaffEvent::SignedIn, &who.actor())?;
                    Ok(SignIn::Welcome(token, who))
                }
                (_, still) => {
                    count(database, &bucket, now)?;
                    let who = still.map(|still| still.member);
                    let by = who.as_ref().map_or(Actor::Policy, StaffMember::actor);
                    let key = who.map(|who| who.key);
                    note(database, &store, now, key, &StaffEvent::SignInRefused, &by)?;
                    Ok(SignIn::Wrong)
                }
            }
        })
    }
}

/// Under what failures of a name are counted.
fn bucket(store: &str, folded: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [store, folded] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Somebody who works here, by the name in lower case.
fn known(database: &mut dyn Database, store: &str, folded: &str) -> Result<Option<Known>, StorageError> {
    let row = database.query_one(
        "SELECT staff, name, role, added_ns, disabled_ns, password FROM staff \
         WHERE store = $1 AND folded = $2 AND disabled_ns IS NULL",
        &[store.into(), folded.into()],
    )?;
    row.map(|row| Ok(Known { member: member(&row)?, password: row.text(5)?.to_owned() })).transpose()
}

/// Until when no password of a name is looked at.
fn wait(database: &mut dyn Database, bucket: &[u8], now: Time) -> Result<Option<Time>, StorageError> {
    let row = database
        .query_one("SELECT failures, last_ns FROM sign_in_failures WHERE name = $1", &[bucket.into()])?;
    let Some(row) = row else { return Ok(None) };
    let until = later(Time::from_nanos(row.int(1)?), wait_s(row.int(0)?));
    Ok(Some(until).filter(|until| now < *until))
}

/// How long one waits after so many wrong passwords in a row, seconds.
fn wait_s(failures: i64) -> i64 {
    match u32::try_from(failures - FREE) {
        Ok(more) => WAIT_S.saturating_mul(2_i64.saturating_pow(more)).min(LONGEST_S),
        Err(_) => 0,
    }
}

/// Counts a wrong password. What lies far back is forgotten.
fn count(database: &mut dyn Database, bucket: &[u8], now: Time) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO sign_in_failures (name, failures, last_ns) VALUES ($1, 1, $2) \
         ON CONFLICT (name) DO UPDATE SET last_ns = excluded.last_ns, failures = \
         CASE WHEN sign_in_failures.last_ns <= $3 THEN 1 ELSE sign_in_failures.failures + 1 END",
        &[bucket.into(), now.nanos().into(), later(now, -FORGOTTEN_S).nanos().into()],
    )?;
    Ok(())
}

/// The right password came.
fn forget(database: &mut dyn Database, bucket: &[u8]) -> Result<(), StorageError> {
    database.execute("DELETE FROM sign_in_failures WHERE name = $1", &[bucket.into()])?;
    Ok(())
}

/// Drops failures that are forgotten.
pub(crate) fn drop_old_failures(database: &mut dyn Database, now: Time) -> Result<u64, StorageError> {
    let before = Param::Int(later(now, -FORGOTTEN_S).nanos());
    database.execute("DELETE FROM sign_in_failures WHERE last_ns <= $1", &[before])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<i64> = [0, 4, 5, 6, 7, 11, 12, 1_000_000].map(wait_s).to_vec();
        assert_eq!(waits, [0, 0, 30, 60, 120, 1920, 3600, 3600]);
    }
}
