//! How a trip stands: what follows from its events.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::{Currency, Money, ProductId, SensorId, Time};
use payments::{Captured, Held, IdempotencyKey, PaymentId, Reference};
use pricing::PricedReceipt;
use serde::{Deserialize, Serialize};

use super::event::{Cart, Dispute, Paper, Payer, Refund, Refusal, TripEvent, Verdict, Wish};
use crate::ids::{AccountKey, InstrumentKey, TripKey};

/// Where a trip stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TripState {
    /// A credential was shown; the gate waits for the bank.
    Opened,
    /// The gate opened.
    Entered,
    /// They were seen inside.
    Shopping,
    /// The last of them left; the shelves settle.
    Exited,
    /// Somebody must look at a line.
    InReview,
    /// The amount is final; the money is on its way.
    Settled,
    /// Everything is paid.
    Paid,
    /// Nothing was bought; the hold is given back.
    Empty,
    /// The gate stayed shut.
    Declined,
    /// Some of it could not be taken.
    Owed,
    /// All of it was given back.
    Refunded,
}

impl TripState {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Opened,
        Self::Entered,
        Self::Shopping,
        Self::Exited,
        Self::InReview,
        Self::Settled,
        Self::Paid,
        Self::Empty,
        Self::Declined,
        Self::Owed,
        Self::Refunded,
    ];

    /// The word, as tables and the API have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Entered => "entered",
            Self::Shopping => "shopping",
            Self::Exited => "exited",
            Self::InReview => "in_review",
            Self::Settled => "settled",
            Self::Paid => "paid",
            Self::Empty => "empty",
            Self::Declined => "declined",
            Self::Owed => "owed",
            Self::Refunded => "refunded",
        }
    }

    /// Whether its people are in the store.
    pub fn is_inside(self) -> bool {
        matches!(self, Self::Entered | Self::Shopping)
    }
}

impl fmt::Display for TripState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How money was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Out of the hold.
    Held,
    /// From the saved card, right after the visit.
    Charged,
    /// When it was owed already.
    Late,
}

/// Money that was taken for a trip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The processor's name of the payment.
    pub payment: PaymentId,
    /// Ours.
    pub reference: Reference,
    /// How it was taken.
    pub how: How,
    /// How much was taken, minor units.
    pub minor: i64,
    /// How much of it was given back or is about to be, minor units.
    pub refunded_minor: i64,
    /// How much of it was given back for sure, minor units.
    pub returned_minor: i64,
}

/// A trip, as its events tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// Its name.
    pub key: TripKey,
    /// When it began.
    pub opened: Time,
    /// Where.
    pub gate: SensorId,
    /// Who pays.
    pub payer: Payer,
    /// The card that was given later for what is owed.
    pub pays_by: Option<InstrumentKey>,
    /// The shopper's account, if known.
    pub account: Option<AccountKey>,
    /// Instruments that came to it later.
    pub joined: Vec<InstrumentKey>,
    /// Why the gate stayed shut, if it did.
    pub refused: Option<Refusal>,
    /// Whether the gate opened.
    pub admitted: bool,
    /// Whether they were seen inside.
    pub inside: bool,
    /// What they say is not in their cart.
    pub flagged: BTreeSet<ProductId>,
    /// How often they said so or took it back.
    pub flaggings: usize,
    /// When the last of them left.
    pub left: Option<Time>,
    /// The hold that stands.
    pub held: Option<Held>,
    /// The reference of the hold: finds it again.
    pub hold_reference: Option<Reference>,
    /// What they have, once that is known, and when it became known.
    pub cart: Option<(Time, Cart)>,
    /// Whether the retailer called it off: nothing of it is charged.
    pub cancelled: bool,
    /// What became of the doubtful lines so far.
    pub verdicts: BTreeMap<usize, Verdict>,
    /// The final receipt and its number.
    pub receipt: Option<(String, PricedReceipt)>,
    /// Money taken.
    pub taken: Vec<Taken>,
    /// What is owed, minor units.
    pub owed_minor: i64,
    /// How often a charge to the saved card was declined.
    pub charges_declined: usize,
    /// Refunds that were decided, and when.
    pub refunds: Vec<(Time, Refund)>,
    /// What was given back and has arrived at the processor, minor units.
    pub refunded_minor: i64,
    /// What the shopper says is not right, and what was decided: granted, and why.
    pub disputes: Vec<(Dispute, Option<(bool, String)>)>,
    /// Paper that was sent.
    pub mailed: Vec<Paper>,
    /// Wishes without an answer.
    pub open_wishes: Vec<Wish>,
    /// How many wishes there were: numbers the next one's key.
    pub wishes: usize,
}

/// An event that can't have happened at this point: the journal is damaged, or the program is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("trip {trip}: its journal does not begin with `opened`; run `saunter doctor --audit`")]
pub struct NoBeginning {
    /// Which.
    pub trip: TripKey,
}

impl Trip {
    /// A trip from its events, oldest first.
    ///
    /// # Errors
    /// If they don't begin with [`TripEvent::Opened`].
    pub fn from_events<'a>(
        key: TripKey,
        events: impl IntoIterator<Item = &'a (Time, TripEvent)>,
    ) -> Result<Self, NoBeginning> {
        let mut events = events.into_iter();
        let Some((at, TripEvent::Opened { gate, payer, account, .. })) = events.next() else {
            return Err(NoBeginning { trip: key });
        };
        let mut trip = Self::opened(key, *at, gate.clone(), *payer, *account);
        events.for_each(|(at, event)| trip.apply(*at, event));
        Ok(trip)
    }

    /// A trip at its beginning.
    fn opened(key: TripKey, opened: Time, gate: SensorId, payer: Payer, account: Option<AccountKey>) -> Self {
        Self {
            key,
            opened,
            gate,
            payer,
            pays_by: None,
            account,
            joined: Vec::new(),
            refused: None,
            admitted: false,
            inside: false,
            flagged: BTreeSet::new(),
            flaggings: 0,
            left: None,
            held: None,
            hold_reference: None,
            cart: None,
            cancelled: false,
            verdicts: BTreeMap::new(),
            receipt: None,
            taken: Vec::new(),
            owed_minor: 0,
            charges_declined: 0,
            refunds: Vec::new(),
            refunded_minor: 0,
            disputes: Vec::new(),
            mailed: Vec::new(),
            open_wishes: Vec::new(),
            wishes: 0,
        }
    }

    /// Takes in the next event.
    pub fn apply(&mut self, at: Time, event: &TripEvent) {
        match event {
            TripEvent::Opened { .. } => {}
            TripEvent::Refused { reason } => self.refused = Some(reason.clone()),
            TripEvent::Admitted => self.admitted = true,
            TripEvent::Joined { instrument, .. } => self.joined.extend(instrument),
            TripEvent::WalkedIn => self.inside = true,
            TripEvent::Flagged { product } => {
                self.flaggings += 1;
                self.flagged.insert(product.clone());
            }
            TripEvent::Unflagged { product } => {
                self.flaggings += 1;
                self.flagged.remove(product);
            }
            TripEvent::Left { at } => self.left = Some(*at),
            TripEvent::CartClosed(cart) => self.cart = Some((at, cart.clone())),
            TripEvent::Reviewed { line, verdict, .. } => {
                self.verdicts.insert(*line, *verdict);
            }
            TripEvent::Cancelled { .. } => self.cancelled = true,
            TripEvent::Settled { number, receipt } => self.receipt = Some((number.clone(), receipt.clone())),
            TripEvent::PayBy { instrument } => self.pays_by = Some(*instrument),
            TripEvent::Owed { amount } => self.owed_minor = amount.minor,
            TripEvent::RefundDecided(refund) => self.refunds.push((at, refund.clone())),
            TripEvent::Disputed(dispute) => self.disputes.push((dispute.clone(), None)),
            TripEvent::DisputeDecided { dispute, granted, reason, .. } => {
                if let Some((_, decided)) = self.disputes.get_mut(*dispute) {
                    *decided = Some((*granted, reason.clone()));
                }
            }
            TripEvent::Mailed { paper } => self.mailed.push(*paper),
            TripEvent::MailWanted { .. } | TripEvent::MailFailed { .. } => {}
            TripEvent::Wanted(_)
            | TripEvent::Held(_)
            | TripEvent::Captured(_)
            | TripEvent::Voided { .. }
            | TripEvent::Declined { .. }
            | TripEvent::Refunded { .. } => self.apply_money(event),
        }
    }

    /// Takes in an event about money.
    fn apply_money(&mut self, event: &TripEvent) {
        match event {
            TripEvent::Wanted(wish) => {
                self.wishes += 1;
                if let Wish::Hold { reference, .. } = wish {
                    self.hold_reference = Some(reference.clone());
                }
                if let Wish::Refund { payment, amount, .. } = wish {
                    self.give_back(payment, amount.minor);
                }
                self.open_wishes.push(wish.clone());
            }
            TripEvent::Held(held) => {
                self.answered(|wish| matches!(wish, Wish::Hold { .. } | Wish::Raise { .. }));
                self.held = Some(held.clone());
            }
            TripEvent::Captured(captured) => self.captured(captured),
            TripEvent::Voided { .. } => {
                self.answered(|wish| matches!(wish, Wish::Void { .. }));
                self.held = None;
            }
            TripEvent::Declined { key, .. } => self.declined(key),
            TripEvent::Refunded { key, amount, .. } => {
                self.returned(key, amount.minor);
                self.answered(|wish| wish.key() == key);
                self.refunded_minor += amount.minor;
            }
            _ => {}
        }
    }

    /// Takes in money that was taken.
    fn captured(&mut self, captured: &Captured) {
        let asked = |wish: &Wish| matches!(wish, Wish::Capture { .. } | Wish::Charge { .. });
        let wish = self.open_wishes.iter().find(|wish| asked(wish));
        let how = match wish {
            Some(Wish::Capture { .. }) => How::Held,
            _ if self.owed_minor > 0 => How::Late,
            _ => How::Charged,
        };
        // A debt that was paid by link was no wish of ours; the processor's name finds it.
        let reference =
            wish.map_or_else(|| Reference(captured.payment.to_string()), |wish| wish.reference().clone());
        let (payment, minor) = (captured.payment.clone(), captured.amount.minor);
        self.answered(asked);
        self.held = None;
        self.owed_minor = (self.owed_minor - minor).max(0);
        self.taken.push(Taken { payment, reference, how, minor, refunded_minor: 0, returned_minor: 0 });
    }

    /// Drops the wishes that were answered.
    fn answered(&mut self, is: impl Fn(&Wish) -> bool) {
        self.open_wishes.retain(|wish| !is(wish));
    }

    /// Drops a wish that was refused, and what it had set aside.
    fn declined(&mut self, key: &IdempotencyKey) {
        let refused = self.open_wishes.iter().find(|wish| wish.key() == key).cloned();
        match refused {
            Some(Wish::Capture { .. } | Wish::Void { .. }) => self.held = None,
            Some(Wish::Charge { .. }) => self.charges_declined += 1,
            Some(Wish::Refund { payment, amount, .. }) => self.give_back(&payment, -amount.minor),
            _ => {}
        }
        self.answered(|wish| wish.key() == key);
    }

    /// Notes that so much came back to the shopper by this wish.
    fn returned(&mut self, key: &IdempotencyKey, minor: i64) {
        let wish = self.open_wishes.iter().find(|wish| wish.key() == key);
        let Some(Wish::Refund { payment, .. }) = wish else { return };
        if let Some(taken) = self.taken.iter_mut().find(|taken| taken.payment == *payment) {
            taken.returned_minor += minor;
        }
    }

    /// Notes that so much of a payment goes back.
    fn give_back(&mut self, payment: &PaymentId, minor: i64) {
        if let Some(taken) = self.taken.iter_mut().find(|taken| taken.payment == *payment) {
            taken.refunded_minor += minor;
        }
    }

    /// Where it stands.
    pub fn state(&self) -> TripState {
        if self.refused.is_some() {
            return TripState::Declined;
        }
        if let Some((_, receipt)) = &self.receipt {
            return self.state_of_money(receipt);
        }
        match (&self.cart, self.left, self.inside, self.admitted) {
            (Some(_), ..) => TripState::InReview,
            (None, Some(_), ..) => TripState::Exited,
            (None, None, true, _) => TripState::Shopping,
            (None, None, false, true) => TripState::Entered,
            (None, None, false, false) => TripState::Opened,
        }
    }

    /// Where its money stands.
    fn state_of_money(&self, receipt: &PricedReceipt) -> TripState {
        if receipt.lines.is_empty() {
            TripState::Empty
        } else if self.owed_minor > 0 {
            TripState::Owed
        } else if receipt.total > 0 && self.refund_decided_minor() == receipt.total {
            TripState::Refunded
        } else if self.payer != Payer::Staff && !self.money_is_coming() {
            TripState::Paid
        } else {
            TripState::Settled
        }
    }

    /// Whether the processor was asked for money and has not answered yet.
    pub fn money_is_coming(&self) -> bool {
        self.open_wishes
            .iter()
            .any(|wish| matches!(wish, Wish::Raise { .. } | Wish::Capture { .. } | Wish::Charge { .. }))
    }

    /// Whether the processor was asked to give money back and has not answered yet.
    pub fn refund_is_coming(&self) -> bool {
        self.open_wishes.iter().any(|wish| matches!(wish, Wish::Refund { .. }))
    }

    /// Whether money can be given back, or what is owed forgiven: the money has come to rest.
    pub fn is_at_rest(&self) -> bool {
        matches!(self.state(), TripState::Paid | TripState::Owed) && !self.money_is_coming()
    }

    /// Money taken so far, minor units.
    pub fn taken_minor(&self) -> i64 {
        self.taken.iter().map(|taken| taken.minor).sum()
    }

    /// Money that was decided to go back, minor units.
    pub fn refund_decided_minor(&self) -> i64 {
        self.refunds.iter().flat_map(|(_, refund)| &refund.parts).map(super::event::RefundPart::total).sum()
    }

    /// Doubtful lines that nobody decided yet, from 0.
    pub fn undecided(&self) -> Vec<usize> {
        let doubtful = self.cart.as_ref().map_or(0, |(_, cart)| cart.doubtful.len());
        (0..doubtful).filter(|line| !self.verdicts.contains_key(line)).collect()
    }

    /// How much of a line was given back already, in the line's own measure.
    pub fn given_back(&self, line: usize) -> u32 {
        self.refunds
            .iter()
            .flat_map(|(_, refund)| &refund.parts)
            .filter(|part| part.line == line)
            .map(|part| part.quantity.amount())
            .sum()
    }

    /// What is owed.
    pub fn owed(&self, currency: Currency) -> Money {
        Money::new(self.owed_minor, currency)
    }
}
