//! Receipts as they were made, and what they are looked up by.

use jiff::tz::TimeZone;
use model::Time;
use pricing::PricedReceipt;

use crate::error::OfficeError;
use crate::instruments;
use crate::policy::Policy;
use crate::storage::{Database, StorageError};
use crate::trip::Trip;

/// The serial number of the next receipt of a store, from 1 without gaps.
pub(crate) fn next_serial(database: &mut dyn Database, store: &str) -> Result<i64, StorageError> {
    let newest = database.query_one(
        "SELECT serial FROM receipts WHERE store = $1 ORDER BY serial DESC LIMIT 1",
        &[store.into()],
    )?;
    newest.map_or(Ok(1), |row| Ok(row.int(0)? + 1))
}

/// How a serial number is printed.
pub(crate) fn number(serial: i64) -> String {
    format!("{serial:06}")
}

/// Keeps a receipt.
pub(crate) fn write(
    database: &mut dyn Database,
    policy: &Policy,
    trip: &Trip,
    number: &str,
    receipt: &PricedReceipt,
) -> Result<(), OfficeError> {
    let serial =
        number.parse::<i64>().map_err(|_| StorageError::Damaged(format!("receipt number {number:?}")))?;
    let card = instruments::card_of(database, trip.payer)?;
    let last_four = card.map_or_else(String::new, |(_, last_four)| last_four.to_string());
    let date = local_date(policy, trip.left.unwrap_or(trip.opened))?;
    let text = serde_json::to_string(receipt).map_err(|error| StorageError::Damaged(error.to_string()))?;
    database.execute(
        "INSERT INTO receipts (trip, store, serial, number, local_date, last_four, total_minor, receipt) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            (&trip.key).into(),
            policy.store.as_str().into(),
            serial.into(),
            number.into(),
            date.as_str().into(),
            last_four.as_str().into(),
            receipt.total.into(),
            text.as_str().into(),
        ],
    )?;
    Ok(())
}

/// The day of a moment where the store stands, such as `2026-11-24`.
pub(crate) fn local_date(policy: &Policy, at: Time) -> Result<String, OfficeError> {
    let zone = TimeZone::get(&policy.time_zone).map_err(|_| {
        OfficeError::Policy(format!(
            "time_zone {:?} is no IANA time zone, such as Europe/Berlin",
            policy.time_zone
        ))
    })?;
    let moment = jiff::Timestamp::from_nanosecond(i128::from(at.nanos()))
        .map_err(|error| OfficeError::Policy(error.to_string()))?;
    Ok(zone.to_datetime(moment).date().to_string())
}
