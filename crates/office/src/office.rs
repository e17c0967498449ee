//! The office of one store: what it is asked from outside.

use std::sync::Arc;

use model::Time;
use payments::{Card, PaymentProcessor};
use pricing::Quantity;

use crate::code::{PassKey, PassPublicKey};
use crate::desk::Desk;
use crate::error::OfficeError;
use crate::evidence::{self, Evidence};
use crate::ids::TripKey;
use crate::instruments;
use crate::journal::{self, Audit, AuditError};
use crate::palms::PalmRoom;
use crate::policy::{DAY_S, Policy, later};
use crate::post::Post;
use crate::receipt_rows;
use crate::storage::{Database, Storage};
use crate::trip::{self, Actor, Cart, DecideError, Dispute, Trip, TripEvent, Verdict};
use crate::worker::Bell;

/// The office of one store. Cheap to clone; all methods block until what they did is on the disk.
#[derive(Clone)]
pub struct Office {
    pub(crate) storage: Storage,
    pub(crate) policy: Arc<Policy>,
    pub(crate) processor: Arc<dyn PaymentProcessor>,
    pub(crate) pass_key: Option<Arc<PassKey>>,
    pub(crate) bell: Arc<Bell>,
    pub(crate) post: Option<Arc<Post>>,
    pub(crate) palms: Option<Arc<PalmRoom>>,
}

/// Days that [`crate::RefundPolicy::at_once_per_90_days`] counts over.
const TRUST_DAYS: i64 = 90;

impl Office {
    /// An office over these tables.
    ///
    /// # Errors
    /// If the store's rules make no sense.
    pub fn new(
        storage: Storage,
        policy: Policy,
        processor: Arc<dyn PaymentProcessor>,
    ) -> Result<Self, OfficeError> {
        receipt_rows::local_date(&policy, Time::from_nanos(0))?;
        let (policy, bell) = (Arc::new(policy), Arc::default());
        Ok(Self { storage, policy, processor, bell, pass_key: None, post: None, palms: None })
    }

    /// The same office with a key for passes; without one, phones are given none and their codes count nowhere.
    #[must_use]
    pub fn with_pass_key(self, key: PassKey) -> Self {
        Self { pass_key: Some(Arc::new(key)), ..self }
    }

    /// What others check passes, consents and receipts of deletions with, if this office has a key.
    pub fn public_key(&self) -> Option<PassPublicKey> {
        self.pass_key.as_ref().map(|key| key.public())
    }

    /// The store's rules.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How a trip stands.
    ///
    /// # Errors
    /// If there is no such trip here.
    pub fn trip(&self, key: TripKey) -> Result<Trip, OfficeError> {
        self.storage.read(|database| journal::known(database, &self.policy.store, key))
    }

    /// All that happened to a trip, oldest first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn history(&self, key: TripKey) -> Result<Vec<(Time, TripEvent)>, OfficeError> {
        self.storage.read(|database| Ok(journal::events_of(database, &self.policy.store, key)?))
    }

    /// The store saw the trip's people inside. Said twice, it counts once.
    ///
    /// # Errors
    /// If there is no such trip.
    pub fn walked_in(&self, key: TripKey, now: Time) -> Result<Trip, OfficeError> {
        self.decide(key, now, |trip, _, _| {
            Ok(if trip.admitted && !trip.inside { vec![TripEvent::WalkedIn] } else { Vec::new() })
        })
    }

    /// The last of the trip's people left. Said twice, it counts once.
    ///
    /// # Errors
    /// If there is no such trip.
    pub fn left(&self, key: TripKey, at: Time, now: Time) -> Result<Trip, OfficeError> {
        self.decide(key, now, move |trip, _, _| {
            Ok(if trip.admitted && trip.left.is_none() { vec![TripEvent::Left { at }] } else { Vec::new() })
        })
    }

    /// All of a visit is known: what is sure is charged, what is not waits for somebody. Said twice, it counts once.
    ///
    /// # Errors
    /// If there is no such trip, nobody was let in on it, or it can't be priced.
    pub fn close_cart(&self, key: TripKey, cart: Cart, now: Time) -> Result<Trip, OfficeError> {
        self.close_cart_with(key, cart, Vec::new(), now)
    }

    /// As [`Office::close_cart`], and keeps why its lines stand there, for whoever reviews them.
    ///
    /// # Errors
    /// As there.
    pub fn close_cart_with(
        &self,
        key: TripKey,
        cart: Cart,
        evidence: Vec<Evidence>,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| {
            let trip = journal::known(database, &policy.store, key)?;
            if trip.cart.is_some() {
                return Ok(trip);
            }
            let evidence = evidence::after_flags(evidence, &cart, &trip.flagged);
            evidence::put(database, key, &evidence, now)?;
            decide_in(database, policy, key, now, |trip, number, policy| {
                trip::close_cart(trip, cart, number, now, policy)
            })
        })
    }

    /// Somebody looked at a doubtful line.
    ///
    /// # Errors
    /// If the trip is not in review, has no such line, or the line was decided already.
    pub fn review(
        &self,
        key: TripKey,
        line: usize,
        verdict: Verdict,
        by: Actor,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.decide(key, now, move |trip, number, policy| {
            trip::review(trip, line, verdict, by, number, now, policy)
        })
    }

    /// Somebody pays what a trip still owes with this card, as the link on their receipt offers. It is charged by
    /// the outbox, and what is declined is owed again.
    ///
    /// # Errors
    /// If nothing is owed, or the saved card is being charged at this moment.
    pub fn pay_debt(&self, key: TripKey, card: Card, now: Time) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| {
            let trip = journal::known(database, &policy.store, key)?;
            let instrument = instruments::of_card(database, &policy.store, &card, now)?.key;
            let events = trip::pay_debt(&trip, instrument, now, policy)?;
            Ok(journal::append(database, policy, trip, now, &events)?.trip)
        })
    }

    /// The shopper says that lines are not right.
    ///
    /// # Errors
    /// If nothing was paid yet, it is too late, or the lines have less.
    pub fn dispute(&self, key: TripKey, dispute: Dispute, now: Time) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| Desk { database, policy, now }.dispute(key, dispute))
    }

    /// Somebody decides about a dispute: what is given back of which lines; no lines reject it.
    ///
    /// # Errors
    /// If there is no such dispute, it was decided already, or the lines have less.
    pub fn decide_dispute(
        &self,
        key: TripKey,
        dispute: usize,
        lines: Vec<(usize, Quantity)>,
        reason: String,
        by: Actor,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.decide(key, now, move |trip, _, policy| {
            trip::decide_dispute(trip, dispute, &lines, reason, by, now, policy)
        })
    }

    /// Walks the store's journal and holds everything kept beside it against it.
    ///
    /// # Errors
    /// If the tables can't be read; what is broken stands in the inner result.
    pub fn audit(&self) -> Result<Result<Audit, AuditError>, OfficeError> {
        self.storage.read(|database| journal::audit(database, &self.policy.store))
    }

    /// Decides what follows for a trip and writes it down, in one transaction. `decide` gets the trip, the number
    /// of the next receipt, and the store's rules.
    pub(crate) fn decide(
        &self,
        key: TripKey,
        now: Time,
        decide: impl FnOnce(&Trip, &str, &Policy) -> Result<Vec<TripEvent>, DecideError> + Send + 'static,
    ) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| decide_in(database, policy, key, now, decide))
    }

    /// Writes, and wakes the worker: something may be due now.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Database, &Policy) -> Result<T, OfficeError> + Send + 'static,
    ) -> Result<T, OfficeError> {
        let policy = Arc::clone(&self.policy);
        let written = self.storage.write(move |database| work(database, &policy));
        self.bell.ring();
        written
    }
}

/// As [`Office::decide`], inside a transaction.
pub(crate) fn decide_in(
    database: &mut dyn Database,
    policy: &Policy,
    key: TripKey,
    now: Time,
    decide: impl FnOnce(&Trip, &str, &Policy) -> Result<Vec<TripEvent>, DecideError>,
) -> Result<Trip, OfficeError> {
    let trip = journal::known(database, &policy.store, key)?;
    let number = receipt_rows::number(receipt_rows::next_serial(database, &policy.store)?);
    let events = decide(&trip, &number, policy)?;
    Ok(journal::append(database, policy, trip, now, &events)?.trip)
}

/// How many disputes of this payer were granted by the rules alone lately.
pub(crate) fn granted_at_once(
    database: &mut dyn Database,
    store: &str,
    trip: &Trip,
    now: Time,
) -> Result<u32, OfficeError> {
    let crate::trip::Payer::Instrument(instrument) = &trip.payer else { return Ok(0) };
    let since = later(now, -TRUST_DAYS * DAY_S).nanos();
    let rows = database.query(
        "SELECT journal.event FROM journal JOIN trips ON trips.trip = journal.trip \
         WHERE trips.store = $1 AND trips.instrument = $2 AND journal.store = $1 AND journal.at_ns >= $3 \
         AND journal.event LIKE '%dispute_decided%'",
        &[store.into(), instrument.into(), since.into()],
    )?;
    let mut granted = 0;
    for row in rows {
        let event = journal::decode(row.text(0)?)?;
        granted +=
            u32::from(matches!(event, TripEvent::DisputeDecided { granted: true, by: Actor::Policy, .. }));
    }
    Ok(granted)
}
