//! What a shopper's app asks about its account's visits.

use model::{Money, Time};

use crate::error::OfficeError;
use crate::ids::{AccountKey, InstrumentKey, TripKey};
use crate::journal;
use crate::office::Office;
use crate::people::PeopleError;
use crate::trip::{self, Trip};

impl Office {
    /// The account's newest visit whose amount is not final yet: its people are inside, or have just left. Visits
    /// that the account joined count too.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn visit_of(&self, account: AccountKey) -> Result<Option<Trip>, OfficeError> {
        self.storage.read(|database| {
            let row = database.query_one(
                "SELECT trip FROM trips WHERE store = $2 AND (account = $1 \
                 OR trip IN (SELECT trip FROM joined WHERE owner = $1)) \
                 AND state IN ('entered', 'shopping', 'exited', 'in_review') ORDER BY trip DESC LIMIT 1",
                &[(&account).into(), self.policy.store.as_str().into()],
            )?;
            let Some(row) = row else { return Ok(None) };
            let key = TripKey::from_bytes(row.blob(0)?)?;
            journal::known(database, &self.policy.store, key).map(Some)
        })
    }

    /// The visits that are still to be paid, with how much: the account's, and those on cards that are in it now.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn debts_of(&self, account: AccountKey) -> Result<Vec<(TripKey, Money)>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT trip, owed_minor FROM trips WHERE store = $2 AND owed_minor > 0 AND (account = $1 \
                 OR instrument IN (SELECT instrument FROM instruments WHERE account = $1)) ORDER BY trip",
                &[(&account).into(), self.policy.store.as_str().into()],
            )?;
            let debt = |row: &crate::storage::Row| {
                let owed = Money::new(row.int(1)?, self.policy.price.currency);
                Ok((TripKey::from_bytes(row.blob(0)?)?, owed))
            };
            rows.iter().map(debt).collect()
        })
    }

    /// As [`Office::pay_debt`], with a card of the account.
    ///
    /// # Errors
    /// As there, or if the card is not in the account.
    pub fn pay_debt_with(
        &self,
        account: AccountKey,
        card: InstrumentKey,
        key: TripKey,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| {
            let theirs = database.query_one(
                "SELECT instrument FROM instruments WHERE instrument = $1 AND account = $2",
                &[(&card).into(), (&account).into()],
            )?;
            theirs.ok_or(PeopleError::NoCard)?;
            let trip = journal::known(database, &policy.store, key)?;
            let events = trip::pay_debt(&trip, card, now, policy)?;
            Ok(journal::append(database, policy, trip, now, &events)?.trip)
        })
    }
}
