//! The journal: what happened, in order, each entry chained to the one before, and what is kept beside it.
//!
//! [`append`] is the only way in. It writes the entries, and in the same transaction all that follows from
//! them: how the trip stands, the books, the receipt, and what is still to be done outside.

mod chain;

use model::Time;

pub use chain::{Audit, AuditError};
use chain::{Head, next_hash};
pub(crate) use chain::{audit, head};

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::ledger;
use crate::policy::{HOUR_S, Policy, later};
use crate::receipt_rows;
use crate::storage::{Database, Param, StorageError};
use crate::trip::{Payer, Trip, TripEvent, Wish};

/// All that happened to a trip, oldest first; empty if nobody knows it.
pub(crate) fn events_of(
    database: &mut dyn Database,
    store: &str,
    trip: TripKey,
) -> Result<Vec<(Time, TripEvent)>, StorageError> {
    let rows = database.query(
        "SELECT at_ns, event, store FROM journal WHERE trip = $1 ORDER BY sequence",
        &[(&trip).into()],
    )?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        // Not in the statement: the planner would walk all of the store's chain for it.
        if row.text(2)? == store {
            events.push((Time::from_nanos(row.int(0)?), decode(row.text(1)?)?));
        }
    }
    Ok(events)
}

/// The trip as it stands, or `None` if nobody knows it.
///
/// # Errors
/// If the tables can't be read or the trip's journal makes no sense.
pub(crate) fn trip(
    database: &mut dyn Database,
    store: &str,
    key: TripKey,
) -> Result<Option<Trip>, OfficeError> {
    let events = events_of(database, store, key)?;
    if events.is_empty() { Ok(None) } else { Ok(Some(Trip::from_events(key, &events)?)) }
}

/// The trip as it stands.
///
/// # Errors
/// As [`trip`], and if nobody knows it.
pub(crate) fn known(database: &mut dyn Database, store: &str, key: TripKey) -> Result<Trip, OfficeError> {
    trip(database, store, key)?.ok_or(OfficeError::NoTrip(key))
}

/// An event from the journal's text.
pub(crate) fn decode(text: &str) -> Result<TripEvent, StorageError> {
    serde_json::from_str(text)
        .map_err(|error| StorageError::Damaged(format!("an event of the journal: {error}")))
}

/// What was written down.
pub(crate) struct Written {
    /// The trip as it stands now.
    pub(crate) trip: Trip,
    /// The numbers of the entries.
    pub(crate) sequences: Vec<i64>,
}

/// Writes the first events of a trip down; the first of them opens it.
///
/// # Errors
/// If it does not, or the tables can't be written.
pub(crate) fn open(
    database: &mut dyn Database,
    policy: &Policy,
    key: TripKey,
    at: Time,
    events: &[TripEvent],
) -> Result<Written, OfficeError> {
    let first = events.iter().take(1).map(|event| (at, event.clone())).collect::<Vec<_>>();
    write(database, policy, Trip::from_events(key, &first)?, at, events, 1)
}

/// Writes further events of a trip down, all that one decision added to it. No events change nothing.
///
/// # Errors
/// If the tables can't be written.
pub(crate) fn append(
    database: &mut dyn Database,
    policy: &Policy,
    trip: Trip,
    at: Time,
    events: &[TripEvent],
) -> Result<Written, OfficeError> {
    if events.is_empty() {
        Ok(Written { trip, sequences: Vec::new() })
    } else {
        write(database, policy, trip, at, events, 0)
    }
}

/// Writes events down, with everything that follows. `applied` of them are in `trip` already.
fn write(
    database: &mut dyn Database,
    policy: &Policy,
    mut trip: Trip,
    at: Time,
    events: &[TripEvent],
    applied: usize,
) -> Result<Written, OfficeError> {
    let mut head = Head::read(database, &policy.store)?;
    let mut sequences = Vec::with_capacity(events.len());
    for (place, event) in events.iter().enumerate() {
        let text = serde_json::to_string(event).map_err(|error| StorageError::Damaged(error.to_string()))?;
        head = next_hash(&head, &policy.store, trip.key, at, &text);
        insert(database, &policy.store, &head, trip.key, at, &text)?;
        if place >= applied {
            trip.apply(at, event);
        }
        follow(database, policy, &trip, head.sequence, at, event)?;
        sequences.push(head.sequence);
    }
    stand(database, policy, &trip, at)?;
    Ok(Written { trip, sequences })
}

/// One entry.
fn insert(
    database: &mut dyn Database,
    store: &str,
    head: &Head,
    trip: TripKey,
    at: Time,
    event: &str,
) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO journal (store, sequence, trip, at_ns, event, hash) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            store.into(),
            head.sequence.into(),
            (&trip).into(),
            at.nanos().into(),
            event.into(),
            head.hash.as_slice().into(),
        ],
    )?;
    Ok(())
}

/// What follows from one entry: the books, what is to be done, the receipt.
fn follow(
    database: &mut dyn Database,
    policy: &Policy,
    trip: &Trip,
    sequence: i64,
    at: Time,
    event: &TripEvent,
) -> Result<(), OfficeError> {
    for (part, transfer) in ledger::transfers(trip, event).iter().enumerate() {
        let currency = policy.price.currency.code();
        ledger::write(database, &policy.store, sequence, part, trip.key, transfer, currency)?;
    }
    if let TripEvent::Settled { number, receipt } = event {
        receipt_rows::write(database, policy, trip, number, receipt)?;
    }
    if let TripEvent::Joined { instrument, account, .. } = event {
        note_joined(database, trip.key, instrument.as_ref().into())?;
        note_joined(database, trip.key, account.as_ref().into())?;
    }
    if let Some(due) = due(policy, trip, at, event) {
        database.execute(
            "INSERT INTO outbox (store, sequence, trip, due_ns, attempts) VALUES ($1, $2, $3, $4, 0)",
            &[policy.store.as_str().into(), sequence.into(), (&trip.key).into(), due.nanos().into()],
        )?;
    }
    Ok(())
}

/// Notes that an instrument or an account came to a trip, if there is one.
fn note_joined(database: &mut dyn Database, trip: TripKey, owner: Param<'_>) -> Result<(), StorageError> {
    if !matches!(owner, Param::Null) {
        database.execute(
            "INSERT INTO joined (trip, owner) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[(&trip).into(), owner],
        )?;
    }
    Ok(())
}

/// When something must be done because of an event, if anything.
fn due(policy: &Policy, trip: &Trip, at: Time, event: &TripEvent) -> Option<Time> {
    match event {
        // The gate asks for the hold itself; this is for when it dies meanwhile.
        TripEvent::Wanted(Wish::Hold { .. }) => Some(later(at, policy.entry.answer_within_s)),
        TripEvent::Wanted(_) | TripEvent::MailWanted { .. } => Some(at),
        TripEvent::CartClosed(cart) if !cart.doubtful.is_empty() => Some(later(at, policy.review.within_s)),
        TripEvent::Owed { amount } if amount.minor > 0 && trip.charges_declined <= policy.debt.tries => {
            Some(later(at, policy.debt.again_after_h * HOUR_S))
        }
        _ => None,
    }
}

/// Notes how the trip stands.
fn stand(database: &mut dyn Database, policy: &Policy, trip: &Trip, at: Time) -> Result<(), StorageError> {
    let instrument = match &trip.payer {
        Payer::Instrument(instrument) => Param::from(instrument),
        Payer::Staff => Param::Null,
    };
    database.execute(
        "INSERT INTO trips (trip, store, state, opened_ns, changed_ns, instrument, account, owed_minor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (trip) DO UPDATE SET \
         state = excluded.state, changed_ns = excluded.changed_ns, owed_minor = excluded.owed_minor",
        &[
            (&trip.key).into(),
            policy.store.as_str().into(),
            trip.state().as_str().into(),
            trip.opened.nanos().into(),
            at.nanos().into(),
            instrument,
            trip.account.as_ref().into(),
            trip.owed_minor.into(),
        ],
    )?;
    Ok(())
}
