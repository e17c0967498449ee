//! What the retailer takes back on their own account: lines that were paid, or a visit as a whole.

use model::Time;
use pricing::Quantity;

use super::decide::{DecideError, Draft, give_back, parts, settle_if_decided};
use super::event::{Actor, Refund, TripEvent};
use super::state::Trip;
use crate::policy::Policy;

/// Somebody of the store gives money back for lines, without a dispute. No rule of the policy limits when.
pub(crate) fn refund(
    trip: &Trip,
    lines: &[(usize, Quantity)],
    reason: String,
    by: Actor,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    if !trip.is_at_rest() {
        return Err(DecideError::NotNow { state: trip.state(), what: "a refund" });
    }
    if lines.is_empty() {
        return Err(DecideError::Nothing);
    }
    let parts = parts(trip, lines)?;
    let mut draft = Draft::new(trip, now, policy);
    give_back(&mut draft, Refund { parts, kind: None, reason, by });
    Ok(draft.events)
}

/// The retailer calls a visit off: its receipt is empty and its hold is given back. Only until its amount is
/// final. `number` is the receipt's.
pub(crate) fn cancel(
    trip: &Trip,
    reason: String,
    by: Actor,
    number: &str,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    if trip.cancelled {
        return Ok(Vec::new());
    }
    if !trip.admitted || trip.receipt.is_some() {
        return Err(DecideError::NotNow { state: trip.state(), what: "calling it off" });
    }
    let mut draft = Draft::new(trip, now, policy);
    if draft.trip.left.is_none() {
        draft.push(TripEvent::Left { at: now });
    }
    draft.push(TripEvent::Cancelled { reason, by });
    settle_if_decided(&mut draft, number)?;
    Ok(draft.events)
}
