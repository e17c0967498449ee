//! The acquirer's state machine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{Money, Time};
use serde::{Deserialize, Serialize};

use super::payment::{Payment, State};
use super::tokens::{self, Effect, Fate, Step};
use super::{Deed, Entry};
use crate::{
    Captured, Card, CardToken, Fingerprint, Held, IdempotencyKey, PaymentError, PaymentId, PaymentStatus,
    Reference, RefundId, Refunded,
};

/// Nanoseconds of an hour.
const HOUR_NANOS: i64 = 3_600_000_000_000;
/// How long an answer is kept for its key (Stripe keeps them for at least a day).
const ANSWERS_KEPT_NANOS: i64 = 24 * HOUR_NANOS;
/// How long a hold stands (Visa in a shop: five days).
const HOLD_NANOS: i64 = 5 * 24 * HOUR_NANOS;
/// How often a raise may be tried on one hold (Stripe's limit).
const RAISES_MAX: u32 = 10;
/// Longest idempotency key.
const KEY_BYTES_MAX: usize = 255;

/// A wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wish")]
pub enum Request {
    /// Hold money on a card.
    Hold {
        /// What for.
        reference: Reference,
        /// On which card.
        card: CardToken,
        /// How much.
        amount: Money,
    },
    /// Raise a hold.
    Raise {
        /// Which.
        payment: PaymentId,
        /// To how much in all.
        amount: Money,
    },
    /// Take a part of a hold or all of it.
    Capture {
        /// Which.
        payment: PaymentId,
        /// How much.
        amount: Money,
    },
    /// Give a hold back.
    Void {
        /// Which.
        payment: PaymentId,
    },
    /// Take money at once.
    Charge {
        /// What for.
        reference: Reference,
        /// From which card.
        card: CardToken,
        /// How much.
        amount: Money,
    },
    /// Give money back.
    Refund {
        /// Of which payment.
        payment: PaymentId,
        /// How much.
        amount: Money,
    },
}

/// What came of a wish that was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Answer {
    /// The hold as it stands now.
    Held(Held),
    /// Money was taken.
    Captured(Captured),
    /// The hold is given back.
    Voided,
    /// Money was given back.
    Refunded(Refunded),
}

/// What is remembered of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    request: Request,
    /// `None` while it was tried and not done.
    answer: Option<Result<Answer, PaymentError>>,
}

/// The acquirer: payments, answers by key, and a journal of what was really done.
///
/// Kept in memory without bound, for tests and shows. [`Acquirer::snapshot`] keeps it elsewhere.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Acquirer {
    payments: BTreeMap<PaymentId, Payment>,
    by_reference: BTreeMap<Reference, Vec<PaymentId>>,
    /// Holds by when they lapse.
    holds: BTreeSet<(Time, PaymentId)>,
    known: BTreeMap<IdempotencyKey, Known>,
    /// Keys by when they were first seen, to forget them in time.
    keys: VecDeque<(Time, IdempotencyKey)>,
    /// How many charges of a card were declined.
    declined_charges: BTreeMap<Fingerprint, u32>,
    journal: Vec<Entry>,
    ids: u64,
    /// Whether nobody can reach it.
    down: bool,
}

/// A refusal.
fn refused<T>(code: &str, message: impl Into<String>) -> Result<T, PaymentError> {
    Err(PaymentError::Refused { code: code.to_owned(), message: message.into() })
}

fn unclear(why: &str) -> PaymentError {
    PaymentError::Unclear { why: why.to_owned() }
}

fn unavailable<T>(why: &str) -> Result<T, PaymentError> {
    Err(PaymentError::Unavailable { why: why.to_owned() })
}

impl Acquirer {
    /// An acquirer that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything it knows, as JSON.
    ///
    /// # Errors
    /// None in practice: everything it knows can be written.
    pub fn snapshot(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// An acquirer as it was at a snapshot.
    ///
    /// # Errors
    /// If the text is no snapshot.
    pub fn restore(snapshot: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(snapshot)
    }

    /// Cuts the acquirer off (every wish is [`PaymentError::Unavailable`]) or on again.
    pub const fn set_down(&mut self, down: bool) {
        self.down = down;
    }

    /// Whether it is cut off.
    pub const fn is_down(&self) -> bool {
        self.down
    }

    /// What was really done, in order.
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// Every payment there is, by id.
    pub fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments.values()
    }

    /// A payment as it stands; call [`Acquirer::advance`] first to have holds lapse.
    pub fn payment(&self, payment: &PaymentId) -> Option<&Payment> {
        self.payments.get(payment)
    }

    /// What a reader would tell of the card with this token.
    ///
    /// # Errors
    /// Refused if the token names no card.
    pub fn card(&self, token: &CardToken) -> Result<Card, PaymentError> {
        if Fate::of(token).is_none() {
            return refused("resource_missing", "there is no such card: see the table of tokens");
        }
        tokens::card(token)
            .map_err(|error| PaymentError::Refused { code: "card".to_owned(), message: error.to_string() })
    }

    /// Lets holds lapse and answers be forgotten whose time has come.
    pub fn advance(&mut self, now: Time) {
        while self.holds.first().is_some_and(|(lapses, _)| *lapses <= now) {
            let Some((_, payment)) = self.holds.pop_first() else { break };
            self.release(now, &payment, Deed::Lapsed);
        }
        while self.keys.front().is_some_and(|(at, _)| now.nanos_since(*at) >= ANSWERS_KEPT_NANOS) {
            let Some((_, key)) = self.keys.pop_front() else { break };
            self.known.remove(&key);
        }
    }

    /// Carries a wish out, or says what was said to it before.
    ///
    /// # Errors
    /// As [`crate::PaymentProcessor`] says. Unclear where the card's token wants the answer to be lost.
    pub fn handle(
        &mut self,
        now: Time,
        key: &IdempotencyKey,
        request: &Request,
    ) -> Result<Answer, PaymentError> {
        if self.down {
            return unavailable("the acquirer is down");
        }
        if key.0.is_empty() || key.0.len() > KEY_BYTES_MAX {
            return refused("parameter_invalid", "an idempotency key has 1 to 255 bytes");
        }
        self.advance(now);
        let known = self.known.get(key);
        let tried = known.is_some();
        if let Some(known) = known {
            if known.request != *request {
                return refused("idempotency_error", "this key was used for another wish: use a new one");
            }
            if let Some(answer) = &known.answer {
                return answer.clone();
            }
        } else {
            self.keys.push_back((now, key.clone()));
            self.known.insert(key.clone(), Known { request: request.clone(), answer: None });
        }
        let effect = self.effect(request);
        match effect {
            Effect::Unavailable => return unavailable("no connection"),
            Effect::UnavailableOnce if !tried => return unavailable("no connection"),
            Effect::TimeoutBefore if !tried => return Err(unclear("no answer in time")),
            _ => {}
        }
        let declined = if let Effect::Declined(code) = effect { Some(code) } else { None };
        let answer = self.carry_out(now, request, declined);
        if let Some(known) = self.known.get_mut(key) {
            known.answer = Some(answer.clone());
        }
        if effect == Effect::TimeoutAfter { Err(unclear("no answer in time")) } else { answer }
    }

    /// How the payment of this reference stands: the most telling one, should there be several.
    ///
    /// # Errors
    /// Unavailable while the acquirer is down.
    pub fn find(&mut self, now: Time, reference: &Reference) -> Result<Option<PaymentStatus>, PaymentError> {
        if self.down {
            return unavailable("the acquirer is down");
        }
        self.advance(now);
        let payments = self.by_reference.get(reference).into_iter().flatten();
        let statuses = payments.filter_map(|payment| self.payments.get(payment)).map(Payment::status);
        Ok(PaymentStatus::most_telling(statuses))
    }

    /// What the card's token wants to happen.
    fn effect(&self, request: &Request) -> Effect {
        let card = match request {
            Request::Hold { card, .. } | Request::Charge { card, .. } => Some(card),
            Request::Raise { payment, .. }
            | Request::Capture { payment, .. }
            | Request::Void { payment }
            | Request::Refund { payment, .. } => self.payments.get(payment).map(|payment| &payment.card),
        };
        let Some((card, fate)) = card.and_then(|card| Some((card, Fate::of(card)?))) else {
            return Effect::Works;
        };
        let declined = tokens::card(card).ok().and_then(|card| self.declined_charges.get(&card.fingerprint));
        fate.effect(Step::of(request), declined.copied().unwrap_or(0))
    }

    fn carry_out(
        &mut self,
        now: Time,
        request: &Request,
        declined: Option<&str>,
    ) -> Result<Answer, PaymentError> {
        match request {
            Request::Hold { reference, card, amount } => self.hold(now, reference, card, *amount, declined),
            Request::Charge { reference, card, amount } => {
                self.charge(now, reference, card, *amount, declined)
            }
            Request::Raise { payment, amount } => self.raise(now, payment, *amount, declined),
            Request::Capture { payment, amount } => self.capture(now, payment, *amount, declined),
            Request::Void { payment } => self.void(now, payment, declined),
            Request::Refund { payment, amount } => self.refund(now, payment, *amount, declined),
        }
    }

    fn hold(
        &mut self,
        now: Time,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
        declined: Option<&str>,
    ) -> Result<Answer, PaymentError> {
        let fate = self.check(card, amount)?;
        if let Some(code) = declined {
            return Err(self.decline(now, reference, card, amount, code));
        }
        let nanos = if fate == Fate::ShortHold { HOUR_NANOS } else { HOLD_NANOS };
        let capture_before = now.plus_nanos(nanos);
        let state = State::Held { capture_before };
        let payment = self.open(now, reference, card, amount, state, Deed::Held { amount });
        // The bank lets go at the next request, which is after any moment the answer could be used.
        let lapses = if fate == Fate::ExpiredHold { now } else { capture_before };
        self.holds.insert((lapses, payment.clone()));
        Ok(Answer::Held(Held { payment, amount, capture_before }))
    }

    fn charge(
        &mut self,
        now: Time,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
        declined: Option<&str>,
    ) -> Result<Answer, PaymentError> {
        self.check(card, amount)?;
        if let Some(code) = declined {
            *self.declined_charges.entry(self.card(card)?.fingerprint).or_default() += 1;
            return Err(self.decline(now, reference, card, amount, code));
        }
        let state = State::Captured { minor: amount.minor, refunds: Vec::new() };
        let payment = self.open(now, reference, card, amount, state, Deed::Charged { amount });
        Ok(Answer::Captured(Captured { payment, amount }))
    }

    fn raise(
        &mut self,
        now: Time,
        id: &PaymentId,
        amount: Money,
        declined: Option<&str>,
    ) -> Result<Answer, PaymentError> {
        let (payment, capture_before) = self.standing_hold(id, amount)?;
        if Fate::of(&payment.card) == Some(Fate::NoRaise) {
            return refused("raise_not_supported", "holds on this card can't be raised");
        }
        if amount.minor <= payment.asked.minor {
            return refused("amount_too_small", "a raise is to more than is held now");
        }
        if payment.raises >= RAISES_MAX {
            return refused("too_many_raises", "a hold can be raised ten times, declined tries among them");
        }
        payment.raises += 1;
        if let Some(code) = declined {
            self.note(now, id, Deed::RaiseDeclined { code: code.to_owned() });
            return Err(PaymentError::Declined { code: code.to_owned() });
        }
        payment.asked = amount;
        let held = payment.held(capture_before);
        self.note(now, id, Deed::Raised { amount });
        Ok(Answer::Held(held))
    }

    fn capture(
        &mut self,
        now: Time,
        id: &PaymentId,
        amount: Money,
        declined: Option<&str>,
    ) -> Result<Answer, PaymentError> {
        let (payment, capture_before) = self.standing_hold(id, amount)?;
        if amount.minor > payment.asked.minor {
            return refused("amount_too_large", "no more than is held can be captured");
        }
        if let Some(code) = declined {
            self.note(now, id, Deed::MoveDeclined { code: code.to_owned() });
            return Err(PaymentError::Declined { code: code.to_owned() });
        }
        payment.state = State::Captured { minor: amount.minor, refunds: Vec::new() };
        self.holds.remove(&(capture_before, id.clone()));
        self.note(now, id, Deed::Captured { amount });
        Ok(Answer::Captured(Captured { payment: id.clone(), amount }))
    }

    fn void(&mut self, now: Time, id: &PaymentId, declined: Option<&str>) -> Result<Answer, PaymentError> {
        let Some(asked) = self.payments.get(id).map(|payment| payment.asked) else { return no_payment(id) };
        let (_, capture_before) = self.standing_hold(id, asked)?;
        if let Some(code) = declined {
            return Err(PaymentError::Declined { code: code.to_owned() });
        }
        self.holds.remove(&(capture_before, id.clone()));
        self.release(now, id, Deed::Voided);
        Ok(Answer::Voided)
    }

    fn refund(
        &mut self,
        now: Time,
        id: &PaymentId,
        amount: Money,
        declined: Option<&str>,
    ) -> Result<Answer, PaymentError> {
        let refund = RefundId(self.next_id("re"));
        let Some(payment) = self.payments.get_mut(id) else { return no_payment(id) };
        check_money(payment.asked, amount)?;
        let refunded = payment.refunded_minor();
        let State::Captured { minor, refunds } = &mut payment.state else {
            return refused("payment_not_captured", format!("nothing was taken by payment {id}"));
        };
        if refunded == *minor {
            return refused("charge_already_refunded", format!("payment {id} was given back in full"));
        }
        if amount.minor > *minor - refunded {
            return refused("refund_too_large", format!("no more than {} is left", *minor - refunded));
        }
        if let Some(code) = declined {
            self.note(now, id, Deed::MoveDeclined { code: code.to_owned() });
            return Err(PaymentError::Declined { code: code.to_owned() });
        }
        refunds.push((refund.clone(), amount.minor));
        self.note(now, id, Deed::Refunded { refund: refund.clone(), amount });
        Ok(Answer::Refunded(Refunded { refund, amount }))
    }

    /// Whether the card and the amount can be worked with.
    fn check(&self, card: &CardToken, amount: Money) -> Result<Fate, PaymentError> {
        check_money(amount, amount)?;
        match Fate::of(card) {
            Some(fate) => Ok(fate),
            None => refused("resource_missing", "there is no such card: see the table of tokens"),
        }
    }

    /// A hold that stands, and until when.
    fn standing_hold(&mut self, id: &PaymentId, amount: Money) -> Result<(&mut Payment, Time), PaymentError> {
        let Some(payment) = self.payments.get_mut(id) else { return no_payment(id) };
        check_money(payment.asked, amount)?;
        match &payment.state {
            State::Held { capture_before } => {
                let capture_before = *capture_before;
                Ok((payment, capture_before))
            }
            State::Released => Err(PaymentError::Expired { payment: id.clone() }),
            State::Captured { .. } => {
                refused("payment_intent_unexpected_state", format!("payment {id} was captured already"))
            }
            State::Declined { .. } => {
                refused("payment_intent_unexpected_state", format!("payment {id} was declined"))
            }
        }
    }

    fn decline(
        &mut self,
        now: Time,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
        code: &str,
    ) -> PaymentError {
        let code = code.to_owned();
        let state = State::Declined { code: code.clone() };
        self.open(now, reference, card, amount, state, Deed::Declined { code: code.clone() });
        PaymentError::Declined { code }
    }

    /// Opens a payment in this state.
    fn open(
        &mut self,
        now: Time,
        reference: &Reference,
        card: &CardToken,
        asked: Money,
        state: State,
        deed: Deed,
    ) -> PaymentId {
        let id = PaymentId(self.next_id("pi"));
        let (reference, card) = (reference.clone(), card.clone());
        let payment = Payment {
            id: id.clone(),
            reference: reference.clone(),
            card,
            created: now,
            asked,
            raises: 0,
            state,
        };
        self.payments.insert(id.clone(), payment);
        self.by_reference.entry(reference).or_default().push(id.clone());
        self.note(now, &id, deed);
        id
    }

    fn release(&mut self, now: Time, id: &PaymentId, deed: Deed) {
        if let Some(payment) = self.payments.get_mut(id) {
            payment.state = State::Released;
            self.note(now, id, deed);
        }
    }

    fn note(&mut self, at: Time, id: &PaymentId, deed: Deed) {
        if let Some(payment) = self.payments.get(id) {
            let reference = payment.reference.clone();
            self.journal.push(Entry { at, payment: id.clone(), reference, deed });
        }
    }

    fn next_id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("{kind}_sim_{}", self.ids)
    }
}

fn no_payment<T>(id: &PaymentId) -> Result<T, PaymentError> {
    refused("resource_missing", format!("there is no payment {id}"))
}

/// Whether the amount can be asked for, in the payment's currency.
fn check_money(payment: Money, amount: Money) -> Result<(), PaymentError> {
    if payment.currency != amount.currency {
        return refused("currency_mismatch", format!("the payment is in {}", payment.currency.code()));
    }
    tokens::check_amount(amount).or_else(|code| refused(code, format!("{amount} can't be asked for")))
}
