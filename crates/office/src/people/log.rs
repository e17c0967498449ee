//! What was done to what is known of people, and by whom: only added to, and without anything personal of a shopper.

use model::Time;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::office::Office;
use crate::people::Owner;
use crate::storage::{Database, Param, Row, StorageError};
use crate::trip::Actor;

/// Declares the events with the words that the table has for them.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum LogEvent {
            $($(#[$doc])* $name,)*
        }

        impl LogEvent {
            /// The word that the table has.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

events!(
    /// An account was made.
    AccountCreated = "account_created",
    /// A card was added to an account.
    CardAdded = "card_added",
    /// A card was taken out of an account.
    CardRemoved = "card_removed",
    /// A phone was given its first pass.
    DeviceAdded = "device_added",
    /// A phone's codes stopped counting.
    DeviceRemoved = "device_removed",
    /// A palm was enrolled.
    PalmAdded = "palm_added",
    /// Somebody's palms were deleted.
    PalmRemoved = "palm_removed",
    /// Somebody of the store saw a paper that says how old somebody with palms is.
    AgeChecked = "age_checked",
    /// An address was proven.
    AddressProven = "address_proven",
    /// An address was typed at a kiosk.
    AddressLinked = "address_linked",
    /// An address was deleted.
    AddressRemoved = "address_removed",
    /// Somebody agreed.
    ConsentGiven = "consent_given",
    /// Somebody took their consent back.
    ConsentWithdrawn = "consent_withdrawn",
    /// Somebody got everything that is known of them.
    Exported = "exported",
    /// Somebody wants to be deleted and can't be yet.
    ErasureWanted = "erasure_wanted",
    /// Somebody was deleted.
    Erased = "erased",
    /// Somebody looked at a trip of a shopper.
    TripSeen = "trip_seen",
    /// A badge was given out.
    BadgeAdded = "badge_added",
    /// A badge stopped counting.
    BadgeRemoved = "badge_removed",
);

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub at: Time,
    /// What.
    pub event: LogEvent,
    /// Who did it.
    pub by: Actor,
}

/// Somebody looked at a trip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The number of the entry in the store's log of people.
    pub sequence: i64,
    /// When.
    pub at: Time,
    /// At which trip.
    pub trip: TripKey,
    /// Who.
    pub by: Actor,
}

impl Office {
    /// Notes that somebody looked at a shopper's trip.
    ///
    /// # Errors
    /// If there is no such trip, or the tables can't be written.
    pub fn note_seen(&self, trip: TripKey, by: Actor, now: Time) -> Result<(), OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            let known = database.query_one("SELECT trip FROM trips WHERE trip = $1", &[(&trip).into()])?;
            known.ok_or(OfficeError::NoTrip(trip))?;
            Ok(note(database, &store, now, (&trip).into(), LogEvent::TripSeen, &by)?)
        })
    }

    /// What was done to what is known of somebody, oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn log_of(&self, owner: Owner) -> Result<Vec<LogEntry>, OfficeError> {
        self.storage.read(|database| Ok(of(database, owner.as_bytes())?))
    }

    /// Who looked at a trip, oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn seen_by(&self, trip: TripKey) -> Result<Vec<LogEntry>, OfficeError> {
        self.storage.read(|database| Ok(of(database, trip.as_bytes())?))
    }

    /// The newest looks at trips of this store, newest first; `before` is the number of the last one on the page
    /// before.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn views(&self, limit: u32, before: Option<i64>) -> Result<Vec<View>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT sequence, at_ns, subject, actor FROM people_log \
                 WHERE store = $1 AND event = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4",
                &[
                    self.policy.store.as_str().into(),
                    LogEvent::TripSeen.as_str().into(),
                    before.unwrap_or(i64::MAX).into(),
                    i64::from(limit).into(),
                ],
            )?;
            Ok(rows.iter().map(view).collect::<Result<_, _>>()?)
        })
    }
}

fn view(row: &Row) -> Result<View, StorageError> {
    Ok(View {
        sequence: row.int(0)?,
        at: Time::from_nanos(row.int(1)?),
        trip: TripKey::from_bytes(row.blob(2)?)?,
        by: actor(row.text(3)?)?,
    })
}

/// Whose name the log has.
fn actor(text: &str) -> Result<Actor, StorageError> {
    serde_json::from_str(text)
        .map_err(|error| StorageError::Damaged(format!("who did it in the log: {error}")))
}

/// Adds an entry.
pub(crate) fn note(
    database: &mut dyn Database,
    store: &str,
    at: Time,
    subject: Param<'_>,
    event: LogEvent,
    by: &Actor,
) -> Result<(), StorageError> {
    let newest = database.query_one(
        "SELECT sequence FROM people_log WHERE store = $1 ORDER BY sequence DESC LIMIT 1",
        &[store.into()],
    )?;
    let sequence = newest.map_or(Ok(0), |row| row.int(0))? + 1;
    let actor = serde_json::to_string(by).map_err(|error| StorageError::Damaged(error.to_string()))?;
    database.execute(
        "INSERT INTO people_log (store, sequence, at_ns, subject, event, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            store.into(),
            sequence.into(),
            at.nanos().into(),
            subject,
            event.as_str().into(),
            actor.as_str().into(),
        ],
    )?;
    Ok(())
}

/// All about a key, oldest first.
pub(super) fn of(database: &mut dyn Database, subject: &[u8]) -> Result<Vec<LogEntry>, StorageError> {
    let rows = database.query(
        "SELECT at_ns, event, actor FROM people_log WHERE subject = $1 ORDER BY at_ns, sequence",
        &[subject.into()],
    )?;
    rows.iter()
        .map(|row| {
            let event = LogEvent::from_word(row.text(1)?)
                .ok_or_else(|| StorageError::Damaged(format!("a log entry {:?}", row.text(1))))?;
            Ok(LogEntry { at: Time::from_nanos(row.int(0)?), event, by: actor(row.text(2)?)? })
        })
        .collect()
}
