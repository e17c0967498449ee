//! What the acquirer really did, in order.

use model::{Money, Time};
use serde::{Deserialize, Serialize};

use crate::{PaymentId, Reference, RefundId};

/// One deed and when it was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// To which payment.
    pub payment: PaymentId,
    /// What the payment is for.
    pub reference: Reference,
    /// What was done.
    pub deed: Deed,
}

/// What can be done to a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "deed")]
pub enum Deed {
    /// Money was held.
    Held {
        /// How much.
        amount: Money,
    },
    /// A hold or charge was declined.
    Declined {
        /// The bank's code.
        code: String,
    },
    /// A hold was raised.
    Raised {
        /// To how much in all.
        amount: Money,
    },
    /// A raise was declined; the hold stands as it was.
    RaiseDeclined {
        /// The bank's code.
        code: String,
    },
    /// A part of a hold or all of it was taken, the rest given back.
    Captured {
        /// How much was taken.
        amount: Money,
    },
    /// A capture or refund was declined; nothing moved.
    MoveDeclined {
        /// The bank's code.
        code: String,
    },
    /// The shop gave the hold back.
    Voided,
    /// The hold ran out.
    Lapsed,
    /// Money was taken at once.
    Charged {
        /// How much.
        amount: Money,
    },
    /// Money was given back.
    Refunded {
        /// The refund.
        refund: RefundId,
        /// How much.
        amount: Money,
    },
}

/// How much was taken by these deeds, in minor units: captures and charges less refunds, currencies apart.
pub fn net_minor(journal: &[Entry], currency: model::Currency) -> i64 {
    let signed = |entry: &Entry| match &entry.deed {
        Deed::Captured { amount } | Deed::Charged { amount } if amount.currency == currency => amount.minor,
        Deed::Refunded { amount, .. } if amount.currency == currency => -amount.minor,
        _ => 0,
    };
    journal.iter().map(signed).sum()
}
