//! "That's not mine", said while still inside.

use model::{ProductId, Time};

use crate::error::OfficeError;
use crate::ids::{AccountKey, TripKey};
use crate::look_up::is_theirs;
use crate::office::{Office, decide_in};
use crate::people::{Owner, PeopleError};
use crate::trip::{self, Trip};

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
