//! At the gate: who may come in, and on whose payment.

use model::{CredentialKind, Money, SensorId, Time};

use crate::credentials::{self, Holder, Shopper, Shown};
use crate::error::OfficeError;
use crate::ids::{AccountKey, InstrumentKey, TripKey};
use crate::instruments::Instrument;
use crate::journal;
use crate::office::Office;
use crate::policy::{Policy, later};
use crate::storage::{Database, StorageError};
use crate::trip::{self, DecideError, Payer, Refusal, Trip, TripEvent, Wish};

/// What the gate does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Opens, for a new trip.
    Admitted(TripKey),
    /// Opens, for somebody of a party that came in a moment before.
    Joined(TripKey),
    /// Stays shut, and says why.
    Refused(TripKey, Refusal),
    /// Stays shut for somebody whom nobody knows, or whose code does not count: no trip was opened.
    TurnedAway(Refusal),
}

/// What is known before the bank is asked.
enum Asked {
    /// Nothing is to be asked.
    Known(Entry),
    /// The bank must hold money.
    Hold { trip: Box<Trip>, sequence: i64, wish: Wish },
}

impl Office {
    /// Somebody shows a credential at a gate. Asks the bank for a hold and waits for it.
    ///
    /// # Errors
    /// If the tables can't be written. What the person should know is no error but [`Entry::Refused`].
    pub fn enter(&self, gate: SensorId, shown: Shown, now: Time) -> Result<Entry, OfficeError> {
        let shown = match self.check(shown, now) {
            Ok(shown) => shown,
            Err(reason) => return Ok(Entry::TurnedAway(reason)),
        };
        let asked = self.write(move |database, policy| {
            match credentials::holder(database, &policy.store, &shown, now)? {
                Ok(Holder::Staff) => by_badge(database, policy, gate, now),
                Ok(Holder::Shopper(shopper)) => by_shopper(database, policy, gate, shopper, now),
                Err(reason) => Ok(Asked::Known(Entry::TurnedAway(reason))),
            }
        })?;
        match asked {
            Asked::Known(entry) => Ok(entry),
            Asked::Hold { trip, sequence, wish } => self.hold(*trip, sequence, wish, now),
        }
    }

    /// Somebody comes to the people of a trip on a credential of their own, as a group of an app does. The trip's
    /// payer pays; who comes may look the receipt up.
    ///
    /// # Errors
    /// If there is no such trip, or its people are not inside any more.
    pub fn join(&self, key: TripKey, shown: Shown, now: Time) -> Result<Entry, OfficeError> {
        let shown = match self.check(shown, now) {
            Ok(shown) => shown,
            Err(reason) => return Ok(Entry::TurnedAway(reason)),
        };
        self.write(move |database, policy| {
            let trip = journal::known(database, &policy.store, key)?;
            if !trip.state().is_inside() {
                return Err(DecideError::NotNow { state: trip.state(), what: "joining it" }.into());
            }
            let shopper = match credentials::holder(database, &policy.store, &shown, now)? {
                Ok(Holder::Shopper(shopper)) => shopper,
                // Staff at work are no shopper's guests.
                Ok(Holder::Staff) => return Ok(Entry::TurnedAway(Refusal::Unknown)),
                Err(reason) => return Ok(Entry::TurnedAway(reason)),
            };
            let instrument = shopper.instrument.filter(|card| trip.payer != Payer::Instrument(*card));
            let account = shopper.account.filter(|account| trip.account != Some(*account));
            let joined = TripEvent::Joined { credential: shopper.kind, instrument, account };
            journal::append(database, policy, trip, now, &[joined])?;
            Ok(Entry::Joined(key))
        })
    }

    /// Asks the bank. Where its answer is unclear the gate stays shut; the outbox clears it up and gives a hold
    /// that came after all back.
    fn hold(&self, trip: Trip, sequence: i64, wish: Wish, now: Time) -> Result<Entry, OfficeError> {
        let trip = match self.call(&trip, &wish)? {
            Ok(answer) => self.take_answer(trip.key, sequence, wish, answer, now)?,
            Err(_) => self.decide(trip.key, now, |trip, _, _| {
                let undecided = !trip.admitted && trip.refused.is_none();
                Ok(if undecided {
                    vec![TripEvent::Refused { reason: Refusal::NoAnswer }]
                } else {
                    Vec::new()
                })
            })?,
        };
        Ok(trip.refused.map_or(Entry::Admitted(trip.key), |reason| Entry::Refused(trip.key, reason)))
    }
}

/// A shopper at the gate.
fn by_shopper(
    database: &mut dyn Database,
    policy: &Policy,
    gate: SensorId,
    shopper: Shopper,
    now: Time,
) -> Result<Asked, OfficeError> {
    if let (Some(account), true) = (shopper.account, shopper.guest > 0)
        && let Some(trip) = trip_inside(database, policy, account)?
    {
        return join_party(database, policy, trip, shopper.kind, now);
    }
    let Some(key) = shopper.instrument else {
        return Ok(Asked::Known(Entry::TurnedAway(Refusal::NoCard)));
    };
    let instrument = Instrument { key, account: shopper.account };
    by_instrument(database, policy, gate, shopper.kind, instrument, now)
}

/// Whatever stands for an instrument at the gate.
fn by_instrument(
    database: &mut dyn Database,
    policy: &Policy,
    gate: SensorId,
    credential: CredentialKind,
    instrument: Instrument,
    now: Time,
) -> Result<Asked, OfficeError> {
    if let Some(trip) = party_of(database, policy, instrument.key, now)? {
        return join_party(database, policy, trip, credential, now);
    }
    let key = TripKey::new(now);
    let payer = Payer::Instrument(instrument.key);
    let opened = TripEvent::Opened { gate, credential, payer, account: instrument.account };
    if let Some(reason) = refusal(database, policy, instrument)? {
        let refused = TripEvent::Refused { reason: reason.clone() };
        journal::open(database, policy, key, now, &[opened, refused])?;
        return Ok(Asked::Known(Entry::Refused(key, reason)));
    }
    let trip = journal::open(database, policy, key, now, &[opened])?.trip;
    let wanted = trip::hold(&trip, now, policy);
    let written = journal::append(database, policy, trip, now, &wanted)?;
    match (wanted.into_iter().next(), written.sequences.first()) {
        (Some(TripEvent::Wanted(wish)), Some(sequence)) => {
            Ok(Asked::Hold { trip: Box::new(written.trip), sequence: *sequence, wish })
        }
        _ => Ok(Asked::Known(Entry::Admitted(key))),
    }
}

/// Somebody comes in on the payer's own credential, for whom nothing more is held.
fn join_party(
    database: &mut dyn Database,
    policy: &Policy,
    trip: Trip,
    credential: CredentialKind,
    now: Time,
) -> Result<Asked, OfficeError> {
    let key = trip.key;
    let joined = TripEvent::Joined { credential, instrument: None, account: None };
    journal::append(database, policy, trip, now, &[joined])?;
    Ok(Asked::Known(Entry::Joined(key)))
}

/// Staff come in without a hold, and nothing is charged.
fn by_badge(
    database: &mut dyn Database,
    policy: &Policy,
    gate: SensorId,
    now: Time,
) -> Result<Asked, OfficeError> {
    let key = TripKey::new(now);
    let opened =
        TripEvent::Opened { gate, credential: CredentialKind::Staff, payer: Payer::Staff, account: None };
    journal::open(database, policy, key, now, &[opened, TripEvent::Admitted])?;
    Ok(Asked::Known(Entry::Admitted(key)))
}

/// The trip that the same instrument opened a moment ago: whoever comes now is of the party.
fn party_of(
    database: &mut dyn Database,
    policy: &Policy,
    instrument: InstrumentKey,
    now: Time,
) -> Result<Option<Trip>, OfficeError> {
    let since = later(now, -policy.entry.party_s).nanos();
    let rows = database.query(
        "SELECT trip, store FROM trips WHERE instrument = $1 AND opened_ns >= $2 ORDER BY opened_ns DESC",
        &[(&instrument).into(), since.into()],
    )?;
    for row in rows.iter().filter(|row| row.text(1).is_ok_and(|store| store == policy.store)) {
        let trip = journal::trip(database, &policy.store, TripKey::from_bytes(row.blob(0)?)?)?;
        if let Some(trip) = trip.filter(|trip| trip.state().is_inside()) {
            return Ok(Some(trip));
        }
    }
    Ok(None)
}

/// The account's latest trip whose people are inside: a guest's code joins it, however long ago it began.
fn trip_inside(
    database: &mut dyn Database,
    policy: &Policy,
    account: AccountKey,
) -> Result<Option<Trip>, OfficeError> {
    let row = database.query_one(
        "SELECT trip FROM trips WHERE account = $1 AND state IN ('entered', 'shopping') AND store = $2 \
         ORDER BY opened_ns DESC LIMIT 1",
        &[(&account).into(), policy.store.as_str().into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    journal::trip(database, &policy.store, TripKey::from_bytes(row.blob(0)?)?)
}

/// Why somebody may not come in, before the bank is asked.
fn refusal(
    database: &mut dyn Database,
    policy: &Policy,
    instrument: Instrument,
) -> Result<Option<Refusal>, StorageError> {
    let owed = database.query_one(
        "SELECT CAST(COALESCE(SUM(owed_minor), 0) AS BIGINT) FROM trips \
         WHERE (instrument = $1 OR account = $2) AND owed_minor > 0",
        &[(&instrument.key).into(), instrument.account.as_ref().into()],
    )?;
    let owed = owed.map_or(Ok(0), |row| row.int(0))?;
    if owed > 0 && !policy.entry.admit_debtors {
        return Ok(Some(Refusal::Debt { owed: Money::new(owed, policy.price.currency) }));
    }
    let Some(limit) = policy.entry.trips_inside else { return Ok(None) };
    let inside = database.query_one(
        "SELECT COUNT(*) FROM trips WHERE store = $1 AND state IN ('opened', 'entered', 'shopping')",
        &[policy.store.as_str().into()],
    )?;
    let inside = inside.map_or(Ok(0), |row| row.int(0))?;
    Ok((inside >= i64::from(limit)).then_some(Refusal::StoreFull))
}
