//! Ids, a type of their own each.

use std::fmt;
use std::str::FromStr;

use model::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::storage::{Param, StorageError};

/// Declares an id: a UUID of version 7, so that ids made later sort later.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new one, made at `now`.
            pub fn new(now: Time) -> Self {
                Self(uuid_at(now))
            }

            /// Its 16 bytes, as the tables keep it.
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }

            /// From the bytes of a table.
            pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StorageError> {
                Uuid::from_slice(bytes)
                    .map(Self)
                    .map_err(|_| StorageError::Damaged(format!("an id of {} bytes", bytes.len())))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl<'a> From<&'a $name> for Param<'a> {
            fn from(key: &'a $name) -> Self {
                Self::Blob(key.as_bytes())
            }
        }
    };
}

key!(
    /// A trip, unique everywhere. The engine numbers trips within a recording; this is the office's name.
    TripKey
);
key!(
    /// What somebody pays with: a card, or the card behind a palm.
    InstrumentKey
);
key!(
    /// A shopper's account.
    AccountKey
);
key!(
    /// The proof that somebody was deleted.
    ErasureKey
);

key!(
    /// Somebody who works for the store.
    StaffKey
);

/// A UUID of version 7 (RFC 9562) of that moment.
fn uuid_at(now: Time) -> Uuid {
    let nanos = now.nanos().max(0).unsigned_abs();
    let timestamp =
        uuid::Timestamp::from_unix_time(nanos / 1_000_000_000, (nanos % 1_000_000_000) as u32, 0, 0);
    Uuid::new_v7(timestamp)
}
