//! "That's not mine", said while still inside.

use model::{ProductId, Time};

use crate::error::OfficeError;
use crate::ids::{AccountKey, TripKey};
use crate::journal;
use crate::look_up::is_theirs;
use crate::office::{Office, decide_in};
use crate::people::{Owner, PeopleError};
use crate::policy::{DAY_S, later};
use crate::storage::Database;
use crate::trip::{self, Actor, Cart, Payer, Trip, TripEvent, Verdict};

/// Days that [`crate::ReviewPolicy::contested_dropped_per_30_days`] counts over.
const DROPPED_DAYS: i64 = 30;

/// The most characters of a product's key that a shopper may name.
const PRODUCT: usize = 100;

impl Office {
    /// The shopper says that they don't have this product: when their cart closes, somebody looks at it before it
    /// is charged. Said twice, it counts once. The page offers what the live cart has; the office does not know it.
    ///
    /// # Errors
    /// If the account has no such trip, nor joined it, or its people are not inside.
    pub fn flag(
        &self,
        trip: TripKey,
        product: ProductId,
        by: AccountKey,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.say(trip, product, by, false, now)
    }

    /// The shopper takes back what [`Office::flag`] noted.
    ///
    /// # Errors
    /// As there.
    pub fn unflag(
        &self,
        trip: TripKey,
        product: ProductId,
        by: AccountKey,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.say(trip, product, by, true, now)
    }

    fn say(
        &self,
        key: TripKey,
        product: ProductId,
        by: AccountKey,
        theirs: bool,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        if product.as_str().chars().count() > PRODUCT {
            return Err(PeopleError::TooLong(PRODUCT).into());
        }
        self.write(move |database, policy| {
            if !is_theirs(database, key, Owner::Account(by))? {
                return Err(OfficeError::NoTrip(key));
            }
            decide_in(database, policy, key, now, |trip, _, _| trip::flag(trip, product, theirs))
        })
    }
}

/// How many contested lines of a trip's payer, or of the payer's account, were dropped lately because nobody looked.
pub(crate) fn dropped_lately(
    database: &mut dyn Database,
    store: &str,
    trip: &Trip,
    now: Time,
) -> Result<u32, OfficeError> {
    let Payer::Instrument(instrument) = &trip.payer else { return Ok(0) };
    let since = later(now, -DROPPED_DAYS * DAY_S).nanos();
    let rows = database.query(
        "SELECT journal.trip, journal.event FROM journal JOIN trips ON trips.trip = journal.trip \
         WHERE trips.store = $1 AND (trips.instrument = $2 OR trips.account = $3) AND journal.store = $1 \
         AND journal.at_ns >= $4 AND journal.event LIKE '{\"event\":\"reviewed\"%'",
        &[store.into(), instrument.into(), trip.account.as_ref().into(), since.into()],
    )?;
    let mut dropped = 0;
    for row in rows {
        let event = journal::decode(row.text(1)?)?;
        if let TripEvent::Reviewed { line, verdict: Verdict::Drop, by: Actor::Policy } = event {
            let trip = journal::known(database, store, TripKey::from_bytes(row.blob(0)?)?)?;
            let cart = trip.cart.as_ref().map(|(_, cart)| cart);
            let is_contested = |cart: &Cart| cart.doubtful.get(line).is_some_and(|line| line.contested);
            dropped += u32::from(cart.is_some_and(is_contested));
        }
    }
    Ok(dropped)
}
