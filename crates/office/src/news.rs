//! What the payment processor tells by itself. It is a hint only: the processor is asked, and its answer counts.

use model::Time;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::journal;
use crate::office::Office;
use crate::policy::{DAY_S, Policy, later};
use crate::storage::{Database, StorageError};
use crate::trip::TripEvent;

/// Events are known again for so many days; processors repeat one for a few.
const KNOWN_DAYS: i64 = 30;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentNews {
    /// It came before.
    Known,
    /// It is about no payment of this store.
    NotOurs,
    /// So many wishes of its trip without an answer are cleared up at once.
    Looking(usize),
}

impl Office {
    /// Something happened to a payment: what the trip still waits for from the processor is due now. An event
    /// counts once, by its name. `reference` is what the event says the payment is for.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn payment_news(
        &self,
        event: String,
        reference: Option<String>,
        now: Time,
    ) -> Result<PaymentNews, OfficeError> {
        self.write(move |database, policy| {
            if !note(database, policy, &event, now)? {
                return Ok(PaymentNews::Known);
            }
            let trip = reference.as_deref().and_then(|reference| trip_of(policy, reference));
            let Some(trip) = trip else { return Ok(PaymentNews::NotOurs) };
            Ok(PaymentNews::Looking(look_now(database, policy, trip, now)?))
        })
    }
}

/// Notes an event; whether it is new.
fn note(database: &mut dyn Database, policy: &Policy, event: &str, now: Time) -> Result<bool, StorageError> {
    let too_old = later(now, -KNOWN_DAYS * DAY_S).nanos();
    database.execute("DELETE FROM webhook_events WHERE at_ns <= $1", &[too_old.into()])?;
    let new = database.execute(
        "INSERT INTO webhook_events (store, event, at_ns) VALUES ($1, $2, $3) ON CONFLICT (store, event) DO NOTHING",
        &[policy.store.as_str().into(), event.into(), now.nanos().into()],
    )?;
    Ok(new > 0)
}

/// The trip in a payment's reference, `store/trip/number`.
fn trip_of(policy: &Policy, reference: &str) -> Option<TripKey> {
    let (trip, _) = reference.strip_prefix(&policy.store)?.strip_prefix('/')?.split_once('/')?;
    trip.parse().ok()
}

/// Makes the trip's open wishes due. Each counts as tried before, so that the processor is asked how the payment
/// stands before anything is wished for again. Deadlines of reviews and debts stay as they are.
fn look_now(
    database: &mut dyn Database,
    policy: &Policy,
    trip: TripKey,
    now: Time,
) -> Result<usize, StorageError> {
    let rows = database.query(
        "SELECT outbox.sequence, journal.event FROM outbox \
         JOIN journal ON journal.store = outbox.store AND journal.sequence = outbox.sequence \
         WHERE outbox.store = $1 AND outbox.trip = $2",
        &[policy.store.as_str().into(), (&trip).into()],
    )?;
    let mut wishes = 0;
    for row in rows {
        if matches!(journal::decode(row.text(1)?)?, TripEvent::Wanted(_)) {
            database.execute(
                "UPDATE outbox SET due_ns = $3, attempts = attempts + 1 WHERE store = $1 AND sequence = $2",
                &[policy.store.as_str().into(), row.int(0)?.into(), now.nanos().into()],
            )?;
            wishes += 1;
        }
    }
    Ok(wishes)
}
