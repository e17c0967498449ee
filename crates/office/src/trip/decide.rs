//! What follows: from what the store saw, what the processor answered and what people decided, to the events
//! that are written down. Pure: the same trip and the same news give the same events.

use model::{Money, Time};
use payments::{Captured, Held, IdempotencyKey, Reference, RefundId};
use pricing::{Item, PriceError, PricedReceipt, Quantity, RefundError, price, refund_part};

use super::event::{
    Actor, Cart, Dispute, DisputeKind, Paper, Payer, Refund, RefundPart, Refusal, TripEvent, Verdict, Wish,
};
use super::state::{Trip, TripState};
use crate::ids::InstrumentKey;
use crate::policy::{DAY_S, Policy, later};

/// What the processor said, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The hold stands, or was raised.
    Held(Held),
    /// Money was taken.
    Captured(Captured),
    /// The hold is given back, or had lapsed.
    Voided,
    /// Money was given back.
    Refunded {
        /// The processor's name of it.
        refund: RefundId,
    },
    /// It said no.
    Declined {
        /// Its code.
        code: String,
    },
}

/// What can't be done with a trip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// Not in this state.
    #[error("the trip is {state}: {what} is not possible")]
    NotNow {
        /// Where it stands.
        state: TripState,
        /// What was asked.
        what: &'static str,
    },
    /// There is no such line.
    #[error("there is no line {0} (lines count from 0)")]
    NoLine(usize),
    /// The line, or the dispute, was decided already.
    #[error("{0} was decided already")]
    Decided(usize),
    /// More than the line has, or another measure.
    #[error("the line's quantity is otherwise: {0}")]
    Quantity(#[from] RefundError),
    /// Too late.
    #[error("this was possible until {days} days after the visit")]
    TooLate {
        /// The store's rule.
        days: i64,
    },
    /// No line is named.
    #[error("no line is named: name at least one")]
    Nothing,
    /// The store takes nothing back.
    #[error("this store takes no goods back")]
    NoReturns,
    /// The receipt can't be priced.
    #[error(transparent)]
    Price(#[from] PriceError),
}

/// The events so far, and the trip as they leave it.
pub(super) struct Draft<'a> {
    pub(super) trip: Trip,
    pub(super) events: Vec<TripEvent>,
    now: Time,
    policy: &'a Policy,
}

impl<'a> Draft<'a> {
    pub(super) fn new(trip: &Trip, now: Time, policy: &'a Policy) -> Self {
        Self { trip: trip.clone(), events: Vec::new(), now, policy }
    }

    pub(super) fn push(&mut self, event: TripEvent) {
        self.trip.apply(self.now, &event);
        self.events.push(event);
    }

    /// The key of the next wish. The same trip in the same state always gives the same key.
    fn key(&self) -> IdempotencyKey {
        IdempotencyKey(format!("{}/{}", self.trip.key, self.trip.wishes))
    }

    /// The reference of a new payment.
    fn reference(&self) -> Reference {
        Reference(format!("{}/{}/{}", self.policy.store, self.trip.key, self.trip.wishes))
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.policy.price.currency)
    }

    fn want(&mut self, wish: Wish) {
        self.push(TripEvent::Wanted(wish));
    }

    fn mail(&mut self, paper: Paper) {
        self.push(TripEvent::MailWanted { paper });
    }

    /// What is still to be taken for the receipt, minor units.
    fn due_minor(&self) -> i64 {
        let total = self.trip.receipt.as_ref().map_or(0, |(_, receipt)| receipt.total);
        total - self.trip.taken_minor()
    }

    fn want_charge(&mut self, minor: i64) {
        let (key, reference, amount) = (self.key(), self.reference(), self.money(minor));
        self.want(Wish::Charge { key, reference, amount });
    }

    /// Charges what is still to be taken.
    fn charge_due(&mut self) {
        self.want_charge(self.due_minor());
    }

    /// Takes what is still to be taken out of the hold, as far as it reaches.
    fn capture_due(&mut self, held: &Held) {
        self.want_capture(held, self.due_minor().min(held.amount.minor));
    }

    /// Takes so much of the hold.
    fn want_capture(&mut self, held: &Held, minor: i64) {
        let (key, amount) = (self.key(), self.money(minor));
        let (payment, reference) = (held.payment.clone(), self.hold_reference());
        self.want(Wish::Capture { key, reference, payment, amount });
    }

    fn want_void(&mut self) {
        if let Some(held) = self.trip.held.clone() {
            let (key, reference) = (self.key(), self.hold_reference());
            self.want(Wish::Void { key, reference, payment: held.payment });
        }
    }

    /// The hold's reference; every trip with a hold has one.
    fn hold_reference(&self) -> Reference {
        self.trip.hold_reference.clone().unwrap_or_else(|| self.reference())
    }
}

/// A hold at the gate.
pub(crate) fn hold(trip: &Trip, now: Time, policy: &Policy) -> Vec<TripEvent> {
    let mut draft = Draft::new(trip, now, policy);
    let (key, reference) = (draft.key(), draft.reference());
    draft.want(Wish::Hold { key, reference, amount: policy.hold() });
    draft.events
}

/// The visit is over and its cart is known. What the shopper flagged is in doubt. `number` is the receipt's,
/// should it be final at once.
pub(crate) fn close_cart(
    trip: &Trip,
    cart: Cart,
    number: &str,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    if !trip.admitted || trip.cart.is_some() || trip.receipt.is_some() {
        return Err(DecideError::NotNow { state: trip.state(), what: "closing its cart" });
    }
    let mut draft = Draft::new(trip, now, policy);
    if draft.trip.left.is_none() {
        draft.push(TripEvent::Left { at: cart.left });
    }
    draft.push(TripEvent::CartClosed(cart.doubting(&trip.flagged)));
    settle_if_decided(&mut draft, number)?;
    Ok(draft.events)
}

/// Somebody looked at a doubtful line.
pub(crate) fn review(
    trip: &Trip,
    line: usize,
    verdict: Verdict,
    by: Actor,
    number: &str,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    let Some((_, cart)) = trip.cart.as_ref().filter(|_| trip.receipt.is_none()) else {
        return Err(DecideError::NotNow { state: trip.state(), what: "a review" });
    };
    let doubtful = cart.doubtful.get(line).ok_or(DecideError::NoLine(line))?;
    if trip.verdicts.contains_key(&line) {
        return Err(DecideError::Decided(line));
    }
    if let Verdict::Charge(quantity) = verdict {
        within(doubtful.item.quantity, quantity)?;
    }
    let mut draft = Draft::new(trip, now, policy);
    draft.push(TripEvent::Reviewed { line, verdict, by });
    settle_if_decided(&mut draft, number)?;
    Ok(draft.events)
}

/// The deadline of a review has passed: what nobody decided is dropped, in the shopper's favour. Of contested lines only
/// as many are as the store's rules have left after the `dropped_before` of this payer; the others are charged, because
/// the store is sure of them, and can be disputed.
pub(crate) fn review_lapsed(
    trip: &Trip,
    dropped_before: u32,
    number: &str,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    let mut draft = Draft::new(trip, now, policy);
    let closed = trip.cart.as_ref().filter(|_| trip.receipt.is_none()).map(|(closed, _)| *closed);
    if closed.is_none_or(|closed| now < later(closed, policy.review.within_s)) {
        return Ok(Vec::new());
    }
    let mut left = policy.review.contested_dropped_per_30_days.saturating_sub(dropped_before);
    let doubtful = trip.cart.as_ref().map_or(&[][..], |(_, cart)| &cart.doubtful);
    for line in trip.undecided() {
        let contested = doubtful.get(line).filter(|doubtful| doubtful.contested);
        let verdict = match contested {
            Some(doubtful) if left == 0 => Verdict::Charge(doubtful.item.quantity),
            _ => Verdict::Drop,
        };
        left -= u32::from(contested.is_some() && verdict == Verdict::Drop);
        draft.push(TripEvent::Reviewed { line, verdict, by: Actor::Policy });
    }
    settle_if_decided(&mut draft, number)?;
    Ok(draft.events)
}

/// A quantity that is charged of a doubtful line: in its measure, more than nothing, at most all of it.
fn within(of: Quantity, some: Quantity) -> Result<(), DecideError> {
    match (of, some) {
        (Quantity::Units(of), Quantity::Units(some)) | (Quantity::Grams(of), Quantity::Grams(some))
            if some > 0 && some <= of =>
        {
            Ok(())
        }
        (Quantity::Units(of), Quantity::Units(_)) => {
            Err(RefundError::TooMuch { of, already: 0, measure: "units" }.into())
        }
        (Quantity::Grams(of), Quantity::Grams(_)) => {
            Err(RefundError::TooMuch { of, already: 0, measure: "grams" }.into())
        }
        (Quantity::Units(_), _) => Err(RefundError::OtherMeasure { line: "unit" }.into()),
        (Quantity::Grams(_), _) => Err(RefundError::OtherMeasure { line: "gram" }.into()),
    }
}

/// Makes the receipt once nothing is in doubt, and asks for the money.
pub(super) fn settle_if_decided(draft: &mut Draft<'_>, number: &str) -> Result<(), DecideError> {
    if !draft.trip.undecided().is_empty() && !draft.trip.cancelled {
        return Ok(());
    }
    let receipt = price(&bought(&draft.trip), &draft.policy.price, &draft.policy.promotions)?;
    draft.push(TripEvent::Settled { number: number.to_owned(), receipt: receipt.clone() });
    if draft.trip.payer != Payer::Staff {
        ask_for_money(draft, &receipt);
    }
    Ok(())
}

/// What is charged: what is sure, and of the doubtful what somebody confirmed.
fn bought(trip: &Trip) -> Vec<Item> {
    let Some((_, cart)) = trip.cart.as_ref().filter(|_| !trip.cancelled) else { return Vec::new() };
    let confirmed = cart.doubtful.iter().enumerate().filter_map(|(line, doubtful)| {
        let Some(Verdict::Charge(quantity)) = trip.verdicts.get(&line) else { return None };
        Some(Item { quantity: *quantity, ..doubtful.item.clone() })
    });
    cart.sure.iter().cloned().chain(confirmed).collect()
}

/// Asks for what the receipt costs: by what is held if that suffices, by a raised hold if it does not.
fn ask_for_money(draft: &mut Draft<'_>, receipt: &PricedReceipt) {
    match draft.trip.held.clone() {
        held if receipt.total == 0 => {
            if held.is_some() {
                draft.want_void();
            }
            if !receipt.lines.is_empty() {
                draft.mail(Paper::Receipt);
            }
        }
        Some(held) if receipt.total <= held.amount.minor => draft.want_capture(&held, receipt.total),
        Some(held) => {
            let (key, reference, amount) = (draft.key(), draft.hold_reference(), receipt.total());
            draft.want(Wish::Raise { key, reference, payment: held.payment, amount });
        }
        None => draft.want_charge(receipt.total),
    }
}

/// What follows from the processor's answer to a wish. Nothing, if the wish was answered before.
pub(crate) fn answered(
    trip: &Trip,
    wish: &Wish,
    answer: Answer,
    now: Time,
    policy: &Policy,
) -> Vec<TripEvent> {
    if !trip.open_wishes.contains(wish) {
        return Vec::new();
    }
    let mut draft = Draft::new(trip, now, policy);
    match answer {
        Answer::Held(held) => on_held(&mut draft, wish, held),
        Answer::Captured(captured) => on_captured(&mut draft, captured),
        Answer::Voided => {
            if let Wish::Void { payment, .. } = wish {
                draft.push(TripEvent::Voided { payment: payment.clone() });
            }
        }
        Answer::Refunded { refund } => on_refunded(&mut draft, wish, refund),
        Answer::Declined { code } => on_declined(&mut draft, wish, code),
    }
    draft.events
}

fn on_held(draft: &mut Draft<'_>, wish: &Wish, held: Held) {
    draft.push(TripEvent::Held(held.clone()));
    if matches!(wish, Wish::Raise { .. }) {
        return draft.capture_due(&held);
    }
    let late = draft.now > later(draft.trip.opened, draft.policy.entry.answer_within_s);
    if late && draft.trip.refused.is_none() {
        draft.push(TripEvent::Refused { reason: Refusal::NoAnswer });
    }
    if draft.trip.refused.is_some() {
        draft.want_void();
    } else {
        draft.push(TripEvent::Admitted);
    }
}

fn on_captured(draft: &mut Draft<'_>, captured: Captured) {
    let owed_before = draft.trip.owed_minor;
    draft.push(TripEvent::Captured(captured));
    let due = draft.due_minor();
    if owed_before == 0 && due > 0 {
        draft.want_charge(due);
    } else if draft.trip.owed_minor == 0 {
        draft.mail(Paper::Receipt);
    }
}

fn on_refunded(draft: &mut Draft<'_>, wish: &Wish, refund: RefundId) {
    let Wish::Refund { key, amount, .. } = wish else { return };
    draft.push(TripEvent::Refunded { key: key.clone(), refund, amount: *amount });
    if !draft.trip.refund_is_coming() {
        draft.mail(Paper::Refund(draft.trip.refunds.len()));
    }
}

fn on_declined(draft: &mut Draft<'_>, wish: &Wish, code: String) {
    draft.push(TripEvent::Declined { key: wish.key().clone(), code: code.clone() });
    match wish {
        Wish::Hold { .. } => draft.push(TripEvent::Refused { reason: Refusal::HoldDeclined { code } }),
        // What is held is taken, the rest is charged to the saved card.
        Wish::Raise { .. } => match draft.trip.held.clone() {
            Some(held) => draft.capture_due(&held),
            None => draft.charge_due(),
        },
        Wish::Capture { .. } => draft.charge_due(),
        Wish::Charge { .. } => {
            let first = draft.trip.owed_minor == 0;
            let amount = draft.money(if first { draft.due_minor() } else { draft.trip.owed_minor });
            draft.push(TripEvent::Owed { amount });
            if first {
                draft.mail(Paper::Debt);
            }
        }
        Wish::Void { .. } | Wish::Refund { .. } => {}
    }
}

/// Tries the saved card for what is owed.
pub(crate) fn collect(trip: &Trip, now: Time, policy: &Policy) -> Vec<TripEvent> {
    let mut draft = Draft::new(trip, now, policy);
    if trip.owed_minor > 0 && !trip.money_is_coming() {
        draft.want_charge(trip.owed_minor);
    }
    draft.events
}

/// Somebody gives a card for what is owed.
pub(crate) fn pay_debt(
    trip: &Trip,
    instrument: InstrumentKey,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    if trip.owed_minor == 0 || trip.money_is_coming() {
        return Err(DecideError::NotNow { state: trip.state(), what: "paying a debt" });
    }
    let mut draft = Draft::new(trip, now, policy);
    draft.push(TripEvent::PayBy { instrument });
    draft.want_charge(trip.owed_minor);
    Ok(draft.events)
}

/// The shopper says that lines are not right. Granted at once where the store's rules say so and the shopper
/// had fewer than so many at once before.
pub(crate) fn dispute(
    trip: &Trip,
    dispute: Dispute,
    granted_before: u32,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    let left = trip.left.filter(|_| trip.is_at_rest());
    let left = left.ok_or(DecideError::NotNow { state: trip.state(), what: "a dispute" })?;
    if now > later(left, policy.refund.within_days * DAY_S) {
        return Err(DecideError::TooLate { days: policy.refund.within_days });
    }
    if dispute.kind == DisputeKind::Returned && !policy.refund.returns {
        return Err(DecideError::NoReturns);
    }
    if dispute.lines.iter().all(|(_, quantity)| quantity.amount() == 0) {
        return Err(DecideError::Nothing);
    }
    let parts = parts(trip, &dispute.lines)?;
    let total: i64 = parts.iter().map(RefundPart::total).sum();
    let mut draft = Draft::new(trip, now, policy);
    let number = trip.disputes.len();
    draft.push(TripEvent::Disputed(dispute.clone()));
    // Goods that come back must be seen first.
    let at_once = dispute.kind != DisputeKind::Returned
        && total <= policy.refund.at_once_minor
        && granted_before < policy.refund.at_once_per_90_days;
    if at_once {
        grant(&mut draft, number, parts, "Refunded at once.".to_owned(), Actor::Policy);
    }
    Ok(draft.events)
}

/// Somebody decides about a dispute. `lines` is what is given back of which line: all that was disputed, or less.
pub(crate) fn decide_dispute(
    trip: &Trip,
    number: usize,
    lines: &[(usize, Quantity)],
    reason: String,
    by: Actor,
    now: Time,
    policy: &Policy,
) -> Result<Vec<TripEvent>, DecideError> {
    let (_, decided) = trip.disputes.get(number).ok_or(DecideError::NoLine(number))?;
    if decided.is_some() {
        return Err(DecideError::Decided(number));
    }
    if trip.money_is_coming() {
        return Err(DecideError::NotNow {
            state: trip.state(),
            what: "a decision while money is on its way",
        });
    }
    let mut draft = Draft::new(trip, now, policy);
    if lines.is_empty() {
        draft.push(TripEvent::DisputeDecided { dispute: number, granted: false, reason, by });
        draft.mail(Paper::Dispute(number));
    } else {
        let parts = parts(trip, lines)?;
        grant(&mut draft, number, parts, reason, by);
    }
    Ok(draft.events)
}

/// What of which line, with the line's own tax and deposit. A line named twice counts twice.
pub(super) fn parts(trip: &Trip, lines: &[(usize, Quantity)]) -> Result<Vec<RefundPart>, DecideError> {
    let Some((_, receipt)) = &trip.receipt else {
        return Err(DecideError::NotNow { state: trip.state(), what: "a refund" });
    };
    let mut parts: Vec<RefundPart> = Vec::new();
    for (line, quantity) in lines.iter().copied() {
        let priced = receipt.lines.get(line).ok_or(DecideError::NoLine(line))?;
        let asked =
            parts.iter().filter(|part| part.line == line).map(|part| part.quantity.amount()).sum::<u32>();
        let before = trip.given_back(line).saturating_add(asked);
        let already = match priced.quantity {
            Quantity::Units(_) => Quantity::Units(before),
            Quantity::Grams(_) => Quantity::Grams(before),
        };
        let part = refund_part(priced, already, quantity)?;
        parts.push(RefundPart { line, quantity, net: part.net, tax: part.tax, deposit: part.deposit });
    }
    Ok(parts)
}

/// Grants a dispute.
fn grant(draft: &mut Draft<'_>, dispute: usize, parts: Vec<RefundPart>, reason: String, by: Actor) {
    draft.push(TripEvent::DisputeDecided { dispute, granted: true, reason: reason.clone(), by: by.clone() });
    let kind = draft.trip.disputes.get(dispute).map(|(dispute, _)| dispute.kind);
    give_back(draft, Refund { parts, kind, reason, by });
}

/// Gives money back: what is owed becomes less first, then payments are given back, the latest first.
pub(super) fn give_back(draft: &mut Draft<'_>, refund: Refund) {
    let mut left: i64 = refund.parts.iter().map(RefundPart::total).sum();
    draft.push(TripEvent::RefundDecided(refund));
    let forgiven = left.min(draft.trip.owed_minor);
    if forgiven > 0 {
        let amount = draft.money(draft.trip.owed_minor - forgiven);
        draft.push(TripEvent::Owed { amount });
        left -= forgiven;
    }
    for taken in draft.trip.taken.clone().into_iter().rev() {
        let some = left.min(taken.minor - taken.refunded_minor);
        if some > 0 {
            let (key, amount) = (draft.key(), draft.money(some));
            draft.want(Wish::Refund { key, reference: taken.reference, payment: taken.payment, amount });
            left -= some;
        }
    }
    if forgiven > 0 && !draft.trip.refund_is_coming() {
        draft.mail(Paper::Refund(draft.trip.refunds.len()));
    }
}
