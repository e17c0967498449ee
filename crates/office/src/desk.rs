//! The office inside one transaction: for what must be written down together with something else.

use model::Time;
use pricing::Quantity;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::journal;
use crate::office::{Office, granted_at_once};
use crate::policy::Policy;
use crate::storage::Database;
use crate::trip::{self, Actor, DecideError, Dispute, Trip, TripEvent};

/// The office inside one transaction; see [`Office::once`].
pub struct Desk<'a> {
    pub(crate) database: &'a mut dyn Database,
    pub(crate) policy: &'a Policy,
    pub(crate) now: Time,
}

impl Desk<'_> {
    /// As [`Office::dispute`].
    ///
    /// # Errors
    /// As there.
    pub fn dispute(&mut self, key: TripKey, dispute: Dispute) -> Result<Trip, OfficeError> {
        let trip = self.trip(key)?;
        let granted_before = granted_at_once(self.database, &self.policy.store, &trip, self.now)?;
        let events = trip::dispute(&trip, dispute, granted_before, self.now, self.policy);
        self.append(trip, events)
    }

    /// As [`Office::refund`].
    ///
    /// # Errors
    /// As there.
    pub fn refund(
        &mut self,
        key: TripKey,
        lines: &[(usize, Quantity)],
        reason: String,
        by: Actor,
    ) -> Result<Trip, OfficeError> {
        let trip = self.trip(key)?;
        let events = trip::refund(&trip, lines, reason, by, self.now, self.policy);
        self.append(trip, events)
    }

    fn trip(&mut self, key: TripKey) -> Result<Trip, OfficeError> {
        journal::known(self.database, &self.policy.store, key)
    }

    fn append(
        &mut self,
        trip: Trip,
        events: Result<Vec<TripEvent>, DecideError>,
    ) -> Result<Trip, OfficeError> {
        Ok(journal::append(self.database, self.policy, trip, self.now, &events?)?.trip)
    }
}

impl Office {
    /// Somebody of the store gives money back for lines, without a dispute.
    ///
    /// # Errors
    /// If nothing is paid, money is on its way, or the lines have less.
    pub fn refund(
        &self,
        key: TripKey,
        lines: Vec<(usize, Quantity)>,
        reason: String,
        by: Actor,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| Desk { database, policy, now }.refund(key, &lines, reason, by))
    }

    /// The retailer calls a visit off before its amount is final: nothing of it is charged. Said twice, it
    /// counts once.
    ///
    /// # Errors
    /// If there is no such trip, nobody was let in on it, or its amount is final.
    pub fn cancel(&self, key: TripKey, reason: String, by: Actor, now: Time) -> Result<Trip, OfficeError> {
        self.decide(key, now, move |trip, number, policy| trip::cancel(trip, reason, by, number, now, policy))
    }
}
