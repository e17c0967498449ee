//! What can happen to a trip. The journal holds these, in order; how a trip stands follows from them.

use model::{CredentialKind, Money, ProductId, SensorId, Time};
use payments::{Captured, Held, IdempotencyKey, PaymentId, Reference, RefundId};
use pricing::{Item, PricedReceipt, Quantity};
use serde::{Deserialize, Serialize};

use crate::ids::{AccountKey, InstrumentKey};

/// Something that happened to a trip. Holds no name, no address, no card: those stand in tables of their own,
/// where they can be deleted without breaking the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum TripEvent {
    /// Somebody showed a credential at a gate.
    Opened {
        /// Where.
        gate: SensorId,
        /// What was shown.
        credential: CredentialKind,
        /// Who pays.
        payer: Payer,
        /// The shopper's account, if known.
        account: Option<AccountKey>,
    },
    /// The gate stayed shut.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// The gate opened.
    Admitted,
    /// A second credential came to the trip: its people shop on the same payer.
    Joined {
        /// What was shown.
        credential: CredentialKind,
        /// The instrument behind it, if it is one: it may look the receipt up too.
        instrument: Option<InstrumentKey>,
        /// The account behind it, likewise.
        account: Option<AccountKey>,
    },
    /// The store saw them inside.
    WalkedIn,
    /// Somebody inside says that they don't have a product which the store believes in their cart.
    Flagged {
        /// Which.
        product: ProductId,
    },
    /// They take that back.
    Unflagged {
        /// Of which.
        product: ProductId,
    },
    /// The last of them left.
    Left {
        /// When, by the store's sensors.
        at: Time,
    },
    /// All of the visit is known to the store.
    CartClosed(Cart),
    /// Somebody looked at a doubtful line, or its deadline passed.
    Reviewed {
        /// Which, from 0 in [`Cart::doubtful`].
        line: usize,
        /// What counts.
        verdict: Verdict,
        /// Who says so.
        by: Actor,
    },
    /// The retailer calls the visit off before anything was charged: nothing of it is.
    Cancelled {
        /// Why.
        reason: String,
        /// Who says so.
        by: Actor,
    },
    /// The amount is final.
    Settled {
        /// The receipt's number, as printed.
        number: String,
        /// What it costs.
        receipt: PricedReceipt,
    },
    /// The processor shall do something.
    Wanted(Wish),
    /// Money is held, or the hold was raised.
    Held(Held),
    /// Money was taken.
    Captured(Captured),
    /// A hold was given back.
    Voided {
        /// Which.
        payment: PaymentId,
    },
    /// A wish was refused for good.
    Declined {
        /// Which wish.
        key: IdempotencyKey,
        /// The processor's code.
        code: String,
    },
    /// So much could not be taken: it is owed.
    Owed {
        /// How much.
        amount: Money,
    },
    /// Another card is given for what is owed.
    PayBy {
        /// Which.
        instrument: InstrumentKey,
    },
    /// Somebody decided to give money back.
    RefundDecided(Refund),
    /// Money was given back.
    Refunded {
        /// The wish it answers.
        key: IdempotencyKey,
        /// The processor's name of it.
        refund: RefundId,
        /// How much.
        amount: Money,
    },
    /// The shopper says that lines are not right.
    Disputed(Dispute),
    /// Somebody decided about a dispute.
    DisputeDecided {
        /// Which, from 0.
        dispute: usize,
        /// Whether money is given back.
        granted: bool,
        /// Why, as the shopper reads it.
        reason: String,
        /// Who decided.
        by: Actor,
    },
    /// Paper shall be sent.
    MailWanted {
        /// Which.
        paper: Paper,
    },
    /// It was sent.
    Mailed {
        /// Which.
        paper: Paper,
    },
    /// It can't be sent.
    MailFailed {
        /// Which.
        paper: Paper,
        /// Why, without an address.
        why: String,
    },
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "payer", content = "instrument")]
pub enum Payer {
    /// A card or what stands for one.
    Instrument(InstrumentKey),
    /// Nobody: staff at work.
    Staff,
}

/// Why a gate stays shut. The text is what the person at the gate reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Refusal {
    /// The bank said no to the hold.
    #[error("Your bank declined this card. Please try another one.")]
    HoldDeclined {
        /// The processor's code.
        code: String,
    },
    /// The bank did not answer in time.
    #[error("Your bank did not answer. Please try again in a moment.")]
    NoAnswer,
    /// An earlier visit is not paid.
    #[error(
        "{owed} of an earlier visit is still open. Please pay it first, with the link in your mail or at the desk."
    )]
    Debt {
        /// How much.
        owed: Money,
    },
    /// As many people as may be are inside.
    #[error("The store is full right now. Please wait until somebody leaves.")]
    StoreFull,
    /// The code is too old.
    #[error("This code has expired. Please open the app again for a new one.")]
    ExpiredCode,
    /// The code was shown before.
    #[error("This code was used already. Please wait for the next one in your app.")]
    UsedCode,
    /// The code is not one of ours, or of a device that was removed.
    #[error("This code is not valid here. Please open the app and sign in again.")]
    InvalidCode,
    /// The account has no way to pay.
    #[error("There is no card in your account. Please add one in the app.")]
    NoCard,
    /// Nobody knows this palm or badge.
    #[error("We don't know this one. Please use a card, or enrol at the kiosk.")]
    Unknown,
    /// The store lets nobody in.
    #[error("The store is closed.")]
    Closed,
}

/// What a party has when its visit is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cart {
    /// When the first of them came in.
    pub entered: Time,
    /// When the last of them left.
    pub left: Time,
    /// How many people.
    pub people: u32,
    /// What they surely have.
    pub sure: Vec<Item>,
    /// What is not charged until somebody has looked.
    pub doubtful: Vec<Doubtful>,
}

/// A line that somebody must look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubtful {
    /// What it may be.
    pub item: Item,
    /// How probable it is; 1 where it is contested.
    pub probability: f64,
    /// Whether the store is sure and the shopper says otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contested: bool,
}

/// What became of a doubtful line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// So much of it is charged.
    Charge(Quantity),
    /// Nothing of it is charged.
    Drop,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "who", content = "name")]
pub enum Actor {
    /// A rule of the store's policy.
    Policy,
    /// Somebody of the store, by the name of their login.
    Staff(String),
    /// The shopper.
    Shopper,
    /// The retailer's own system, by the name of its key.
    System(String),
}

/// Something the processor shall do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wish")]
pub enum Wish {
    /// Hold an amount on the payer's card.
    Hold {
        /// Does it once.
        key: IdempotencyKey,
        /// Finds the payment again.
        reference: Reference,
        /// How much.
        amount: Money,
    },
    /// Raise a hold to an amount.
    Raise {
        /// Does it once.
        key: IdempotencyKey,
        /// Finds the payment again.
        reference: Reference,
        /// Which.
        payment: PaymentId,
        /// To how much in all.
        amount: Money,
    },
    /// Take money that is held.
    Capture {
        /// Does it once.
        key: IdempotencyKey,
        /// Finds the payment again.
        reference: Reference,
        /// Which.
        payment: PaymentId,
        /// How much.
        amount: Money,
    },
    /// Give a hold back.
    Void {
        /// Does it once.
        key: IdempotencyKey,
        /// Finds the payment again.
        reference: Reference,
        /// Which.
        payment: PaymentId,
    },
    /// Take money from the saved card.
    Charge {
        /// Does it once.
        key: IdempotencyKey,
        /// Finds the payment again.
        reference: Reference,
        /// How much.
        amount: Money,
    },
    /// Give money back.
    Refund {
        /// Does it once.
        key: IdempotencyKey,
        /// Finds the payment again.
        reference: Reference,
        /// Of which payment.
        payment: PaymentId,
        /// How much.
        amount: Money,
    },
}

impl Wish {
    /// The key that does it once.
    pub fn key(&self) -> &IdempotencyKey {
        match self {
            Self::Hold { key, .. }
            | Self::Raise { key, .. }
            | Self::Capture { key, .. }
            | Self::Void { key, .. }
            | Self::Charge { key, .. }
            | Self::Refund { key, .. } => key,
        }
    }

    /// The reference that finds its payment again.
    pub fn reference(&self) -> &Reference {
        match self {
            Self::Hold { reference, .. }
            | Self::Raise { reference, .. }
            | Self::Capture { reference, .. }
            | Self::Void { reference, .. }
            | Self::Charge { reference, .. }
            | Self::Refund { reference, .. } => reference,
        }
    }
}

/// Money that is given back, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// What of which line.
    pub parts: Vec<RefundPart>,
    /// What the shopper had said, if they asked for it.
    pub kind: Option<DisputeKind>,
    /// Why, as the shopper reads it.
    pub reason: String,
    /// Who decided.
    pub by: Actor,
}

/// What is given back of one line: the line's own tax and deposit, as the receipt has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundPart {
    /// The receipt's line, from 0.
    pub line: usize,
    /// How much of it.
    pub quantity: Quantity,
    /// Without tax and deposit, minor units.
    pub net: i64,
    /// Tax, minor units.
    pub tax: i64,
    /// Deposit, minor units.
    pub deposit: i64,
}

impl RefundPart {
    /// What the shopper gets back for it, minor units.
    pub fn total(&self) -> i64 {
        self.net + self.tax + self.deposit
    }
}

/// What a shopper says is not right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Which lines of the receipt, from 0, and how much of each they did not have.
    pub lines: Vec<(usize, Quantity)>,
    /// Why.
    pub kind: DisputeKind,
}

/// Why money is asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeKind {
    /// "I did not take it."
    NotTaken,
    /// "It cost something else on the shelf."
    WrongPrice,
    /// "It was spoiled or broken."
    Damaged,
    /// "I bring it back."
    Returned,
}

/// Paper that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// The receipt.
    Receipt,
    /// The receipt with what was given back since: so many refunds were decided by then.
    Refund(usize),
    /// What is owed and how to pay it.
    Debt,
    /// What came of a dispute, from 0.
    Dispute(usize),
}
