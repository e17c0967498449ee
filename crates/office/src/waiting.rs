//! What waits for somebody who works here: lines to look at, disputes to decide.

use std::collections::BTreeSet;

use model::Time;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::office::Office;
use crate::policy::{DAY_S, later};
use crate::storage::StorageError;
use crate::tally::first_since;
use crate::trip::{Trip, TripEvent, TripState};

/// A dispute that nobody decided yet, in its trip.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingDispute {
    /// The trip.
    pub trip: Trip,
    /// Which of the trip's disputes, from 0.
    pub dispute: usize,
    /// When it was raised.
    pub since: Time,
}

/// Days after the last moment at which a dispute can be raised that an undecided one is still looked for.
const PATIENCE_DAYS: i64 = 60;

/// Trips in review that are told at once.
const REVIEWS: u32 = 500;

impl Office {
    /// Trips with lines that somebody must look at, and until when: the first deadline first. What nobody decided by
    /// then is not charged.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn reviews_waiting(&self) -> Result<Vec<(Time, Trip)>, OfficeError> {
        let rows = self.trips(Some(TripState::InReview), None, REVIEWS)?;
        let mut waiting = Vec::with_capacity(rows.len());
        for row in rows {
            let trip = self.trip(row.trip)?;
            // It may have been decided since the list was made.
            if let (TripState::InReview, Some((closed, _))) = (trip.state(), &trip.cart) {
                waiting.push((later(*closed, self.policy.review.within_s), trip));
            }
        }
        waiting.sort_by_key(|(deadline, trip)| (*deadline, trip.key));
        Ok(waiting)
    }

    /// Disputes that nobody decided yet, the oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn disputes_waiting(&self, now: Time) -> Result<Vec<WaitingDispute>, OfficeError> {
        let store = self.policy.store.as_str();
        let since = later(now, -(self.policy.refund.within_days + PATIENCE_DAYS) * DAY_S);
        let trips = self.storage.read(|database| {
            let first = first_since(database, store, since)?;
            let rows = database.query(
                "SELECT trip FROM journal WHERE store = $1 AND sequence >= $2 \
                 AND event LIKE '{\"event\":\"disputed\"%' ORDER BY sequence",
                &[store.into(), first.into()],
            )?;
            let trips = rows.iter().map(|row| TripKey::from_bytes(row.blob(0)?));
            trips.collect::<Result<BTreeSet<_>, StorageError>>()
        })?;
        let mut waiting = Vec::new();
        for key in trips {
            let history = self.history(key)?;
            let trip = Trip::from_events(key, &history)?;
            let raised = history.iter().filter(|(_, event)| matches!(event, TripEvent::Disputed(_)));
            let undecided = raised.zip(&trip.disputes).enumerate();
            let undecided = undecided.filter(|(_, (_, (_, decided)))| decided.is_none());
            waiting.extend(undecided.map(|(dispute, ((since, _), _))| WaitingDispute {
                trip: trip.clone(),
                dispute,
                since: *since,
            }));
        }
        waiting.sort_by_key(|waiting| (waiting.since, waiting.trip.key, waiting.dispute));
        Ok(waiting)
    }
}
