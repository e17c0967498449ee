//! What is still to be done outside: asked for in the same transaction as the event that needs it, done after,
//! done once.
//!
//! Before an errand that may have been carried out already is tried again, the processor is asked how the
//! payment stands; only what it did not do is asked for anew, with the same key.

use model::Time;
use payments::{PaymentError, PaymentStatus, RefundId};

use crate::error::OfficeError;
use crate::flags;
use crate::ids::TripKey;
use crate::instruments;
use crate::journal;
use crate::office::{Office, decide_in};
use crate::policy::later;
use crate::storage::{Database, Step, StorageError};
use crate::trip::{self, Answer, Payer, Trip, TripEvent, Wish};

/// Something to be done: an entry of the journal that asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// The entry's number.
    pub sequence: i64,
    /// The trip.
    pub trip: TripKey,
    /// When it was asked for.
    pub asked: Time,
    /// How often it was tried.
    pub attempts: i64,
    /// What the entry says.
    pub event: TripEvent,
}

/// What became of an errand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Done,
    /// It will be tried again.
    Later,
}

/// An errand older than this may have been called by a process that is gone, seconds.
const FRESH_S: i64 = 5;

/// The longest wait between two tries, seconds.
const PATIENCE_S: i64 = 15 * 60;

impl Office {
    /// What is due at `now`, the longest due first.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn due(&self, now: Time, limit: usize) -> Result<Vec<Errand>, OfficeError> {
        self.storage.read(|database| due(database, &self.policy.store, now, limit).map_err(Into::into))
    }

    /// Does an errand.
    ///
    /// # Errors
    /// If the tables can't be read or written. What goes wrong outside is [`Done::Later`].
    pub fn run_errand(&self, errand: &Errand, now: Time) -> Result<Done, OfficeError> {
        match &errand.event {
            TripEvent::Wanted(wish) => self.ask(errand, wish, now),
            TripEvent::MailWanted { .. } => self.post(errand, now),
            TripEvent::Owed { .. } => {
                self.finish(errand, now, move |trip, _, policy| Ok(trip::collect(trip, now, policy)))
            }
            TripEvent::CartClosed(_) => self.lapse(errand, now),
            _ => self.finish(errand, now, |_, _, _| Ok(Vec::new())),
        }
    }

    /// Asks the processor.
    fn ask(&self, errand: &Errand, wish: &Wish, now: Time) -> Result<Done, OfficeError> {
        let trip = self.trip(errand.trip)?;
        if !trip.open_wishes.contains(wish) {
            return self.finish(errand, now, |_, _, _| Ok(Vec::new()));
        }
        let may_be_done = errand.attempts > 0 || now > later(errand.asked, FRESH_S);
        let answer = if may_be_done { self.reconcile(&trip, wish) } else { Ok(None) };
        let answer = match answer {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => self.call(&trip, wish)?,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                self.take_answer(errand.trip, errand.sequence, wish.clone(), answer, now)?;
                Ok(Done::Done)
            }
            Err(_) => self.put_off(errand, now),
        }
    }

    /// Calls the processor. The inner error is worth another try.
    pub(crate) fn call(&self, trip: &Trip, wish: &Wish) -> Result<Result<Answer, PaymentError>, OfficeError> {
        let token = || match trip.pays_by.map_or(trip.payer, Payer::Instrument) {
            Payer::Instrument(instrument) => {
                self.storage.read(|database| instruments::token(database, instrument))
            }
            Payer::Staff => Err(StorageError::Damaged("staff have no card".to_owned()).into()),
        };
        let processor = &self.processor;
        self.storage.probe(Step::BeforeCall);
        let answer = match wish {
            Wish::Hold { key, reference, amount } => {
                processor.hold(key, reference, &token()?, *amount).map(Answer::Held)
            }
            Wish::Raise { key, payment, amount, .. } => {
                processor.raise(key, payment, *amount).map(Answer::Held)
            }
            Wish::Capture { key, payment, amount, .. } => {
                processor.capture(key, payment, *amount).map(Answer::Captured)
            }
            Wish::Void { key, payment, .. } => processor.void(key, payment).map(|()| Answer::Voided),
            Wish::Charge { key, reference, amount } => {
                processor.charge(key, reference, &token()?, *amount).map(Answer::Captured)
            }
            Wish::Refund { key, payment, amount, .. } => processor
                .refund(key, payment, *amount)
                .map(|refunded| Answer::Refunded { refund: refunded.refund }),
        };
        self.storage.probe(Step::AfterCall);
        Ok(match answer {
            Ok(answer) => Ok(answer),
            Err(PaymentError::Expired { .. }) if matches!(wish, Wish::Void { .. }) => Ok(Answer::Voided),
            Err(PaymentError::Expired { .. }) => Ok(Answer::Declined { code: "expired".to_owned() }),
            Err(PaymentError::Declined { code } | PaymentError::Refused { code, .. }) => {
                Ok(Answer::Declined { code })
            }
            Err(error) => Err(error),
        })
    }

    /// What the processor knows of a wish whose answer was lost; `None` if it must be asked again.
    fn reconcile(&self, trip: &Trip, wish: &Wish) -> Result<Option<Answer>, PaymentError> {
        let status = self.processor.find(wish.reference())?;
        Ok(status.and_then(|status| answer_in(trip, wish, status)))
    }

    /// Takes the processor's answer to a wish, and drops its errand.
    pub(crate) fn take_answer(
        &self,
        key: TripKey,
        sequence: i64,
        wish: Wish,
        answer: Answer,
        now: Time,
    ) -> Result<Trip, OfficeError> {
        self.write(move |database, policy| {
            let trip = journal::known(database, &policy.store, key)?;
            let events = trip::answered(&trip, &wish, answer, now, policy);
            drop_errand(database, &policy.store, sequence)?;
            Ok(journal::append(database, policy, trip, now, &events)?.trip)
        })
    }

    /// Drops an errand and writes down what follows.
    pub(crate) fn finish(
        &self,
        errand: &Errand,
        now: Time,
        follows: impl FnOnce(&Trip, &str, &crate::Policy) -> Result<Vec<TripEvent>, trip::DecideError>
        + Send
        + 'static,
    ) -> Result<Done, OfficeError> {
        let (key, sequence) = (errand.trip, errand.sequence);
        self.write(move |database, policy| {
            drop_errand(database, &policy.store, sequence)?;
            decide_in(database, policy, key, now, follows)?;
            Ok(Done::Done)
        })
    }

    /// Decides by the store's rules what nobody has looked at in time.
    fn lapse(&self, errand: &Errand, now: Time) -> Result<Done, OfficeError> {
        let (key, sequence) = (errand.trip, errand.sequence);
        self.write(move |database, policy| {
            drop_errand(database, &policy.store, sequence)?;
            let trip = journal::known(database, &policy.store, key)?;
            let dropped = flags::dropped_lately(database, &policy.store, &trip, now)?;
            decide_in(database, policy, key, now, |trip, number, policy| {
                trip::review_lapsed(trip, dropped, number, now, policy)
            })?;
            Ok(Done::Done)
        })
    }

    /// Tries again later: after 1, 2, 4 … seconds, at most [`PATIENCE_S`].
    pub(crate) fn put_off(&self, errand: &Errand, now: Time) -> Result<Done, OfficeError> {
        let wait =
            1_i64.checked_shl(u32::try_from(errand.attempts).unwrap_or(u32::MAX)).unwrap_or(PATIENCE_S);
        let due = later(now, wait.clamp(1, PATIENCE_S)).nanos();
        let sequence = errand.sequence;
        self.write(move |database, policy| {
            database.execute(
                "UPDATE outbox SET attempts = attempts + 1, due_ns = $3 WHERE store = $1 AND sequence = $2",
                &[policy.store.as_str().into(), sequence.into(), due.into()],
            )?;
            Ok(Done::Later)
        })
    }
}

/// What a payment's status says about a wish, if it was carried out.
fn answer_in(trip: &Trip, wish: &Wish, status: PaymentStatus) -> Option<Answer> {
    match (wish, status) {
        (Wish::Hold { .. }, PaymentStatus::Held(held)) => Some(Answer::Held(held)),
        (Wish::Raise { amount, .. }, PaymentStatus::Held(held)) => {
            (held.amount == *amount).then_some(Answer::Held(held))
        }
        (Wish::Capture { .. } | Wish::Charge { .. }, PaymentStatus::Captured { captured, .. }) => {
            Some(Answer::Captured(captured))
        }
        (Wish::Void { .. }, PaymentStatus::Released { .. }) => Some(Answer::Voided),
        (Wish::Hold { .. } | Wish::Capture { .. } | Wish::Raise { .. }, PaymentStatus::Released { .. }) => {
            Some(Answer::Declined { code: "expired".to_owned() })
        }
        (Wish::Hold { .. } | Wish::Charge { .. }, PaymentStatus::Declined { code }) => {
            Some(Answer::Declined { code })
        }
        (Wish::Refund { key, payment, amount, .. }, PaymentStatus::Captured { refunded_minor, .. }) => {
            let taken = trip.taken.iter().find(|taken| taken.payment == *payment)?;
            // The processor's name of the refund got lost with its answer; the key finds it there.
            let refund = RefundId(key.to_string());
            (refunded_minor >= taken.returned_minor + amount.minor).then_some(Answer::Refunded { refund })
        }
        _ => None,
    }
}

/// What is due.
fn due(
    database: &mut dyn Database,
    store: &str,
    now: Time,
    limit: usize,
) -> Result<Vec<Errand>, StorageError> {
    let rows = database.query(
        "SELECT outbox.sequence, outbox.trip, outbox.attempts, journal.event, journal.at_ns FROM outbox \
         JOIN journal ON journal.store = outbox.store AND journal.sequence = outbox.sequence \
         WHERE outbox.store = $1 AND outbox.due_ns <= $2 ORDER BY outbox.due_ns LIMIT $3",
        &[store.into(), now.nanos().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Errand {
                sequence: row.int(0)?,
                trip: TripKey::from_bytes(row.blob(1)?)?,
                attempts: row.int(2)?,
                event: journal::decode(row.text(3)?)?,
                asked: Time::from_nanos(row.int(4)?),
            })
        })
        .collect()
}

/// It is done.
fn drop_errand(database: &mut dyn Database, store: &str, sequence: i64) -> Result<(), StorageError> {
    database
        .execute("DELETE FROM outbox WHERE store = $1 AND sequence = $2", &[store.into(), sequence.into()])?;
    Ok(())
}
