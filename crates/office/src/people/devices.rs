//! Phones that may show codes.

use model::Time;

use super::PeopleError;
use super::accounts::must_be_open;
use super::log::{LogEvent, note};
use crate::code::{DeviceKey, Pass, Scope, day};
use crate::error::OfficeError;
use crate::ids::AccountKey;
use crate::office::Office;
use crate::storage::{Database, StorageError};
use crate::trip::Actor;

/// Phones that an account may have.
const DEVICES: i64 = 10;

/// A phone of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its public key.
    pub key: DeviceKey,
    /// When it was given its first pass.
    pub added: Time,
    /// The last day its pass counts, days since 1970-01-01 UTC.
    pub until_day: i64,
}

impl Office {
    /// Gives a phone a pass for the account: the text that it puts into its codes. A phone that has one gets one
    /// that counts for longer; it should ask whenever it has network.
    ///
    /// # Errors
    /// If there is no such account, it has too many phones, the key is another's or was removed, or the office
    /// has no key.
    pub fn give_pass(
        &self,
        account: AccountKey,
        device: DeviceKey,
        scope: Scope,
        now: Time,
    ) -> Result<String, OfficeError> {
        let office = self.pass_key.clone().ok_or(PeopleError::NoPassKey)?;
        let until = day(now) + i64::from(self.policy.entry.pass_days);
        let until_day = u16::try_from(until).unwrap_or(u16::MAX);
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            must_be_open(database, account)?;
            let is_new = may_have(database, account, device)?;
            database.execute(
                "INSERT INTO devices (device, account, added_ns, until_day) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (device) DO UPDATE SET until_day = excluded.until_day",
                &[(&device).into(), (&account).into(), now.nanos().into(), i64::from(until_day).into()],
            )?;
            if is_new {
                note(database, &store, now, (&account).into(), LogEvent::DeviceAdded, &Actor::Shopper)?;
            }
            Ok::<_, OfficeError>(())
        })?;
        Ok(Pass { account, device, until_day, scope }.sign(&office))
    }

    /// Takes a phone out of an account: its codes count no more.
    ///
    /// # Errors
    /// If there is no such phone in the account.
    pub fn remove_device(
        &self,
        account: AccountKey,
        device: DeviceKey,
        now: Time,
    ) -> Result<(), OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            let there = database.query_one(
                "SELECT device FROM devices WHERE device = $1 AND account = $2",
                &[(&device).into(), (&account).into()],
            )?;
            there.ok_or(PeopleError::NoDevice)?;
            remove(database, device)?;
            note(database, &store, now, (&account).into(), LogEvent::DeviceRemoved, &Actor::Shopper)?;
            Ok(())
        })
    }

    /// Phones whose passes still read as good and must not count: what a gate keeps for when it is alone.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn removed_devices(&self, now: Time) -> Result<Vec<DeviceKey>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT device FROM removed_devices WHERE until_day >= $1 ORDER BY device",
                &[day(now).into()],
            )?;
            Ok(rows.iter().map(|row| key(row.blob(0)?)).collect::<Result<_, _>>()?)
        })
    }
}

/// Whether the account may have the phone; whether it is new there.
fn may_have(
    database: &mut dyn Database,
    account: AccountKey,
    device: DeviceKey,
) -> Result<bool, OfficeError> {
    let removed =
        database.query_one("SELECT device FROM removed_devices WHERE device = $1", &[(&device).into()])?;
    let known = database.query_one("SELECT account FROM devices WHERE device = $1", &[(&device).into()])?;
    match known {
        _ if removed.is_some() => Err(PeopleError::DeviceTaken.into()),
        Some(row) if row.blob(0)? != account.as_bytes() => Err(PeopleError::DeviceTaken.into()),
        Some(_) => Ok(false),
        None if of(database, account)?.len() as i64 >= DEVICES => {
            Err(PeopleError::TooManyDevices(DEVICES).into())
        }
        None => Ok(true),
    }
}

/// The phones of an account, in the order in which they came.
pub(super) fn of(database: &mut dyn Database, account: AccountKey) -> Result<Vec<Device>, StorageError> {
    let rows = database.query(
        "SELECT device, added_ns, until_day FROM devices WHERE account = $1 ORDER BY added_ns, device",
        &[(&account).into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Device {
                key: key(row.blob(0)?)?,
                added: Time::from_nanos(row.int(1)?),
                until_day: row.int(2)?,
            })
        })
        .collect()
}

/// Forgets whose a phone is, and remembers that it must not count.
pub(super) fn remove(database: &mut dyn Database, device: DeviceKey) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO removed_devices (device, until_day) SELECT device, until_day FROM devices WHERE device = $1 \
         ON CONFLICT DO NOTHING",
        &[(&device).into()],
    )?;
    database.execute("DELETE FROM devices WHERE device = $1", &[(&device).into()])?;
    Ok(())
}

/// A key of the tables.
fn key(bytes: &[u8]) -> Result<DeviceKey, StorageError> {
    DeviceKey::from_bytes(bytes).map_err(|error| StorageError::Damaged(error.to_string()))
}
