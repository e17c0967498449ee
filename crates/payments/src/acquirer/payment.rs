//! One payment at the acquirer.

use model::{Money, Time};
use serde::{Deserialize, Serialize};

use crate::{Captured, CardToken, Held, PaymentId, PaymentStatus, Reference, RefundId};

/// A hold or charge and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The acquirer's name of it.
    pub id: PaymentId,
    /// What it is for.
    pub reference: Reference,
    /// The card it is on.
    pub card: CardToken,
    /// When it was asked for.
    pub created: Time,
    /// What was asked for, with raises.
    pub asked: Money,
    /// How often a raise was tried.
    pub raises: u32,
    /// How it stands.
    pub state: State,
}

/// How a payment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Money is held.
    Held {
        /// It lapses then.
        capture_before: Time,
    },
    /// Money was taken.
    Captured {
        /// How much, minor units.
        minor: i64,
        /// What was given back of it.
        refunds: Vec<(RefundId, i64)>,
    },
    /// Nothing is held any more.
    Released,
    /// The bank said no.
    Declined {
        /// Its code.
        code: String,
    },
}

impl Payment {
    /// What was given back, minor units.
    pub fn refunded_minor(&self) -> i64 {
        match &self.state {
            State::Captured { refunds, .. } => refunds.iter().map(|(_, minor)| minor).sum(),
            _ => 0,
        }
    }

    /// How it stands, in the words of the trait.
    pub fn status(&self) -> PaymentStatus {
        let payment = self.id.clone();
        match &self.state {
            State::Held { capture_before } => PaymentStatus::Held(self.held(*capture_before)),
            State::Captured { minor, .. } => PaymentStatus::Captured {
                captured: Captured { payment, amount: Money { minor: *minor, ..self.asked } },
                refunded_minor: self.refunded_minor(),
            },
            State::Released => PaymentStatus::Released { payment },
            State::Declined { code } => PaymentStatus::Declined { code: code.clone() },
        }
    }

    /// The hold.
    pub(super) fn held(&self, capture_before: Time) -> Held {
        Held { payment: self.id.clone(), amount: self.asked, capture_before }
    }
}
