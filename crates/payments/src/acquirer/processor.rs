//! The acquirer in the same process.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Money, Time};

use super::machine::{Acquirer, Answer, Request};
use crate::{
    Captured, CardToken, Held, IdempotencyKey, PaymentError, PaymentId, PaymentProcessor, PaymentStatus,
    Reference, Refunded,
};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// A [`PaymentProcessor`] that asks an [`Acquirer`] in the same process. Clones share it.
#[derive(Clone)]
pub struct SimulatedProcessor {
    acquirer: Arc<Mutex<Acquirer>>,
    clock: Clock,
}

impl SimulatedProcessor {
    /// A processor before this acquirer, with this clock.
    pub fn new(acquirer: Acquirer, clock: Clock) -> Self {
        Self { acquirer: Arc::new(Mutex::new(acquirer)), clock }
    }

    /// The acquirer itself, to look at it or to cut it off.
    pub fn acquirer(&self) -> MutexGuard<'_, Acquirer> {
        self.acquirer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock's time.
    pub fn now(&self) -> Time {
        (self.clock)()
    }

    /// The clock.
    pub(super) fn clock(&self) -> Clock {
        Arc::clone(&self.clock)
    }

    fn ask(&self, key: &IdempotencyKey, request: &Request) -> Result<Answer, PaymentError> {
        self.acquirer().handle(self.now(), key, request)
    }
}

impl fmt::Debug for SimulatedProcessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedProcessor").finish_non_exhaustive()
    }
}

/// An answer of another kind than was asked for, which the acquirer does not give.
fn other<T>() -> Result<T, PaymentError> {
    Err(PaymentError::Unclear { why: "an answer to another wish".to_owned() })
}

fn held(answer: Answer) -> Result<Held, PaymentError> {
    if let Answer::Held(held) = answer { Ok(held) } else { other() }
}

fn captured(answer: Answer) -> Result<Captured, PaymentError> {
    if let Answer::Captured(captured) = answer { Ok(captured) } else { other() }
}

impl PaymentProcessor for SimulatedProcessor {
    fn hold(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
    ) -> Result<Held, PaymentError> {
        let (reference, card) = (reference.clone(), card.clone());
        self.ask(key, &Request::Hold { reference, card, amount }).and_then(held)
    }

    fn raise(&self, key: &IdempotencyKey, payment: &PaymentId, amount: Money) -> Result<Held, PaymentError> {
        self.ask(key, &Request::Raise { payment: payment.clone(), amount }).and_then(held)
    }

    fn capture(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Captured, PaymentError> {
        self.ask(key, &Request::Capture { payment: payment.clone(), amount }).and_then(captured)
    }

    fn void(&self, key: &IdempotencyKey, payment: &PaymentId) -> Result<(), PaymentError> {
        self.ask(key, &Request::Void { payment: payment.clone() }).map(|_| ())
    }

    fn charge(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
    ) -> Result<Captured, PaymentError> {
        let (reference, card) = (reference.clone(), card.clone());
        self.ask(key, &Request::Charge { reference, card, amount }).and_then(captured)
    }

    fn refund(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Refunded, PaymentError> {
        match self.ask(key, &Request::Refund { payment: payment.clone(), amount })? {
            Answer::Refunded(refunded) => Ok(refunded),
            _ => other(),
        }
    }

    fn find(&self, reference: &Reference) -> Result<Option<PaymentStatus>, PaymentError> {
        self.acquirer().find(self.now(), reference)
    }
}
