//! What anybody who moves money must be able to do.

use model::{Money, Time};
use serde::{Deserialize, Serialize};

use crate::CardToken;

/// Declares a cheap text id.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text_id!(
    /// Names one wish, so that asking twice does it once. Kept before the first call; at most 255 characters.
    IdempotencyKey
);
text_id!(
    /// The processor's name of a hold or charge.
    PaymentId
);
text_id!(
    /// The processor's name of a refund.
    RefundId
);
text_id!(
    /// Our name of what the money is for; the processor keeps it with the payment, so that a payment whose
    /// answer was lost can be found again. Unique for each payment.
    Reference
);

/// A hold that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The processor's name of it.
    pub payment: PaymentId,
    /// What is held now.
    pub amount: Money,
    /// It must be captured before this.
    pub capture_before: Time,
}

/// Money that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// The processor's name of the payment.
    pub payment: PaymentId,
    /// What was taken; the rest of the hold is free again.
    pub amount: Money,
}

/// Money that was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The processor's name of the refund.
    pub refund: RefundId,
    /// How much.
    pub amount: Money,
}

/// How a payment stands at the processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PaymentStatus {
    /// The hold stands.
    Held(Held),
    /// It was captured; so much of it was given back since, minor units.
    Captured {
        /// What was taken.
        #[serde(flatten)]
        captured: Captured,
        /// What was given back, minor units.
        refunded_minor: i64,
    },
    /// It was voided or expired: nothing is held.
    Released {
        /// The processor's name of it.
        payment: PaymentId,
    },
    /// It was declined.
    Declined {
        /// The processor's code.
        code: String,
    },
}

impl PaymentStatus {
    /// The most telling of several payments of one reference, oldest first: one that took money before one
    /// that holds money, before one that did, before one that was declined; the last one of these.
    pub(crate) fn most_telling(payments: impl IntoIterator<Item = Self>) -> Option<Self> {
        payments.into_iter().max_by_key(|status| match status {
            Self::Declined { .. } => 0,
            Self::Released { .. } => 1,
            Self::Held(_) => 2,
            Self::Captured { .. } => 3,
        })
    }
}

/// Why a wish was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum PaymentError {
    /// The bank said no. Nothing happened; asking again with the same key gives the same answer.
    #[error("the card was declined ({code})")]
    Declined {
        /// The processor's code, such as `insufficient_funds`.
        code: String,
    },
    /// The hold is gone: it expired or was voided.
    #[error("payment {payment} holds nothing any more: charge the saved token instead")]
    Expired {
        /// Which.
        payment: PaymentId,
    },
    /// No or half an answer: it may have happened. Ask [`PaymentProcessor::find`], or again with the same key.
    #[error("the processor's answer is unclear ({why}): ask again with the same key")]
    Unclear {
        /// What was seen.
        why: String,
    },
    /// It surely did not happen and may work later (no connection, too many requests).
    #[error("the processor can't be reached ({why}): ask again later")]
    Unavailable {
        /// What was seen.
        why: String,
    },
    /// The wish itself is wrong: more refunded than captured, an unknown payment, a used key. Asking again does not help.
    #[error("the processor refused the request ({code}): {message}")]
    Refused {
        /// The processor's code.
        code: String,
        /// Its words.
        message: String,
    },
}

/// Whoever moves the money.
///
/// Every wish carries its [`IdempotencyKey`]: the same key and wish give the same answer for at least a day.
/// Calls block, with time limits of the adapter's own.
pub trait PaymentProcessor: Send + Sync {
    /// Holds `amount` on a card, to be captured later.
    fn hold(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
    ) -> Result<Held, PaymentError>;

    /// Raises a hold to `amount` in all.
    fn raise(&self, key: &IdempotencyKey, payment: &PaymentId, amount: Money) -> Result<Held, PaymentError>;

    /// Takes `amount`, at most what is held; the rest is free again. Once for each hold.
    fn capture(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Captured, PaymentError>;

    /// Gives a hold back.
    fn void(&self, key: &IdempotencyKey, payment: &PaymentId) -> Result<(), PaymentError>;

    /// Takes `amount` from a saved card at once, without the shopper there.
    fn charge(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
    ) -> Result<Captured, PaymentError>;

    /// Gives back `amount` of a captured payment, at most what was captured less what was given back before.
    fn refund(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Refunded, PaymentError>;

    /// How the payment of this reference stands; `None` if the processor never heard of it.
    fn find(&self, reference: &Reference) -> Result<Option<PaymentStatus>, PaymentError>;
}
