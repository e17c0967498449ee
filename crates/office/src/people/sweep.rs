//! Forgetting by itself what is not needed any more.

use std::sync::Arc;

use model::Time;

use super::Owner;
use super::erase::{Erasure, erase};
use crate::code::{SKEW_SLOTS, SLOT_S, day, slot};
use crate::error::OfficeError;
use crate::look_up::MISSES_S;
use crate::office::Office;
use crate::palms;
use crate::policy::{DAY_S, HOUR_S, Policy, later};
use crate::sessions;
use crate::staff;
use crate::storage::{Database, Param, StorageError};
use crate::trip::Actor;

/// How many slots used codes are kept for beyond their life: for clocks that are set back.
const SLOTS_SPARE: i64 = HOUR_S / SLOT_S;

/// People that one sweep forgets at most, so that it ends.
const PEOPLE: i64 = 1000;

/// What a sweep dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Codes that could not be shown again anyway.
    pub used_codes: u64,
    /// Mailed links that ran out.
    pub mail_proofs: u64,
    /// Misses of look-ups that count nowhere any more.
    pub misses: u64,
    /// Removed phones whose pass ran out.
    pub removed_devices: u64,
    /// Sessions that ended.
    pub sessions: u64,
    /// Challenges for passkeys that ran out.
    pub challenges: u64,
    /// Wrong passwords of staff that are forgotten.
    pub failures: u64,
    /// People whose palms were deleted: they did not come in with one for too long.
    pub palms: u64,
    /// Lines whose evidence was dropped.
    pub evidence: u64,
    /// Texts about disputes that were dropped.
    pub dispute_texts: u64,
    /// People who were deleted: they had asked for it, or did not come for too long.
    pub people: u64,
    /// People who want to be deleted and still can't be.
    pub deferred: u64,
}

impl Office {
    /// Drops what the store's rules ([`crate::KeepPolicy`]) keep no longer, and deletes people who asked for it or
    /// did not come for too long. To be called daily or more often.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn sweep(&self, now: Time) -> Result<SweepReport, OfficeError> {
        let policy = Arc::clone(&self.policy);
        let mut report = self.storage.write(move |database| drop_old(database, &policy, now))?;
        let idle_since = later(now, -self.policy.keep.idle_people_days * DAY_S);
        report.palms = palms::delete_idle(self, now)?;
        let people = self.storage.read(|database| {
            let mut people = wanted(database)?;
            people.extend(idle(database, &self.policy.store, idle_since)?);
            Ok::<_, OfficeError>(people)
        })?;
        for owner in people {
            self.forget(owner, now, &mut report)?;
        }
        Ok(report)
    }

    /// Deletes one of the people that a sweep found, in a transaction of its own so that gates need not wait.
    fn forget(&self, owner: Owner, now: Time, report: &mut SweepReport) -> Result<(), OfficeError> {
        let office = self.clone();
        let outcome =
            self.storage.write(move |database| erase(database, &office, owner, &Actor::Policy, now));
        match outcome {
            Ok(Erasure::Done(_)) => report.people += 1,
            Ok(Erasure::Deferred(_)) => report.deferred += 1,
            // Went with an account a moment ago.
            Err(OfficeError::People(super::PeopleError::NoPerson)) => self.drop_wish(owner)?,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// A wish of somebody who is gone.
    fn drop_wish(&self, owner: Owner) -> Result<(), OfficeError> {
        self.storage.write(move |database| {
            database.execute("DELETE FROM erasures_wanted WHERE owner = $1", &[(&owner).into()])?;
            Ok(())
        })
    }
}

/// Drops what is too old.
fn drop_old(database: &mut dyn Database, policy: &Policy, now: Time) -> Result<SweepReport, OfficeError> {
    let evidence_days = policy.keep.evidence_days.max(policy.refund.within_days);
    let evidence = Param::Int(later(now, -evidence_days * DAY_S).nanos());
    let first_slot = Param::Int(slot(now) - SKEW_SLOTS - SLOTS_SPARE);
    let misses_before = Param::Int(later(now, -MISSES_S).nanos());
    let mut drop = |statement, before| database.execute(statement, &[before]);
    let used_codes = drop("DELETE FROM used_codes WHERE slot < $1", first_slot)?;
    let mail_proofs = drop("DELETE FROM mail_proofs WHERE until_ns <= $1", now.nanos().into())?;
    let misses = drop("DELETE FROM look_up_misses WHERE at_ns <= $1", misses_before)?;
    let removed_devices = drop("DELETE FROM removed_devices WHERE until_day < $1", day(now).into())?;
    let sessions = sessions::drop_ended(database, now)?;
    let challenges = staff::drop_old_challenges(database, now)?;
    let failures = staff::drop_old_failures(database, now)?;
    let here: Param<'_> = policy.store.as_str().into();
    let mut drop_here = |statement| database.execute(statement, &[evidence, here]);
    Ok(SweepReport {
        used_codes,
        mail_proofs,
        misses,
        removed_devices,
        sessions,
        challenges,
        failures,
        evidence: drop_here(
            "DELETE FROM evidence WHERE at_ns <= $1 \
             AND EXISTS (SELECT trip FROM trips WHERE trips.trip = evidence.trip AND store = $2)",
        )?,
        dispute_texts: drop_here(
            "DELETE FROM dispute_texts WHERE at_ns <= $1 \
             AND EXISTS (SELECT trip FROM trips WHERE trips.trip = dispute_texts.trip AND store = $2)",
        )?,
        ..SweepReport::default()
    })
}

/// People who want to be deleted.
fn wanted(database: &mut dyn Database) -> Result<Vec<Owner>, StorageError> {
    let rows = database
        .query("SELECT kind, owner FROM erasures_wanted ORDER BY asked_ns LIMIT $1", &[PEOPLE.into()])?;
    rows.iter().map(|row| Owner::from_columns(row.text(0)?, row.blob(1)?)).collect()
}

/// People who did not come since: accounts, and cards in none.
fn idle(database: &mut dyn Database, store: &str, since: Time) -> Result<Vec<Owner>, StorageError> {
    let rows = database.query(
        "SELECT 'account', account FROM accounts WHERE closed_ns IS NULL AND created_ns <= $1 \
         AND NOT EXISTS (SELECT trip FROM trips WHERE trips.account = accounts.account AND opened_ns > $1) \
         AND NOT EXISTS (SELECT owner FROM erasures_wanted WHERE owner = accounts.account) \
         UNION ALL SELECT 'instrument', instrument FROM instruments WHERE token IS NOT NULL AND account IS NULL \
         AND store = $2 AND added_ns <= $1 \
         AND NOT EXISTS (SELECT trip FROM trips WHERE trips.instrument = instruments.instrument AND opened_ns > $1) \
         AND NOT EXISTS (SELECT owner FROM erasures_wanted WHERE owner = instruments.instrument) LIMIT $3",
        &[since.nanos().into(), store.into(), PEOPLE.into()],
    )?;
    rows.iter().map(|row| Owner::from_columns(row.text(0)?, row.blob(1)?)).collect()
}
