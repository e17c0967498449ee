//! A trip's paper: what stands on it, from the trip and its payer.

use std::num::NonZeroU32;

use model::Time;
use payments::LastFour;
use pricing::PricedReceipt;
use receipts::{
    CardMark, Charge, ChargeKind, Language, Link, Parts, Payment, PrintError, ReceiptDocument, ReceiptNumber,
    RefundLine, RefundNote, RefundReason, ReviewOutcome, StoreDetails, Visit, Zone,
};

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::instruments;
use crate::office::Office;
use crate::policy::Policy;
use crate::trip::{Cart, DisputeKind, How, Payer, Refund, Trip, Verdict};

impl Office {
    /// A trip's receipt as it stands now, or `None` if it has none: not settled yet, its money is still on its way, or
    /// nothing was bought.
    ///
    /// # Errors
    /// If there is no such trip, or its parts contradict one another.
    pub fn paper(&self, key: TripKey, language: Language) -> Result<Option<ReceiptDocument>, OfficeError> {
        let trip = self.trip(key)?;
        let card = self.storage.read(|database| instruments::card_of(database, trip.payer))?;
        document(&self.policy, &trip, card, language)
    }
}

/// What stands on a trip's receipt. `card` is what may be shown of the payer's card.
pub(crate) fn document(
    policy: &Policy,
    trip: &Trip,
    card: Option<(String, LastFour)>,
    language: Language,
) -> Result<Option<ReceiptDocument>, OfficeError> {
    let (Some((number, priced)), Some((_, cart))) = (&trip.receipt, &trip.cart) else { return Ok(None) };
    let is_known = trip.taken_minor() + trip.owed_minor == priced.total || matches!(trip.payer, Payer::Staff);
    if priced.lines.is_empty() || !is_known {
        return Ok(None);
    }
    let mark = card.map(|(brand, last_four)| CardMark::new(&brand, last_four));
    let page = format!("{}/r/{}", policy.url, trip.key);
    let parts = Parts {
        store: StoreDetails {
            name: policy.name.clone(),
            address: policy.address.clone(),
            tax_number: policy.tax_number.clone(),
        },
        number: ReceiptNumber::new(format!("{}-{number}", policy.store))?,
        visit: visit(policy, cart)?,
        priced: priced.clone(),
        payment: payment(trip, mark, &page)?,
        review: review(trip),
        refunds: trip.refunds.iter().map(|(at, refund)| note(*at, refund, priced, mark)).collect(),
        dispute: Link::new(format!("{page}#not-right"))?,
        page: Link::new(page)?,
        language,
    };
    Ok(Some(ReceiptDocument::new(parts)?))
}

/// When they were there.
fn visit(policy: &Policy, cart: &Cart) -> Result<Visit, PrintError> {
    Ok(Visit {
        entered: cart.entered,
        left: cart.left,
        zone: Zone::named(&policy.time_zone)?,
        people: NonZeroU32::new(cart.people).unwrap_or(NonZeroU32::MIN),
    })
}

/// How it was paid.
fn payment(trip: &Trip, mark: Option<CardMark>, page: &str) -> Result<Payment, PrintError> {
    let (Payer::Instrument(_), Some(card)) = (trip.payer, mark) else { return Ok(Payment::Staff) };
    let kind = |how| match how {
        How::Held => ChargeKind::Held,
        How::Charged => ChargeKind::Rest,
        How::Late => ChargeKind::PaidLater,
    };
    let paid =
        trip.taken.iter().map(|taken| Charge { card, amount: taken.minor, kind: kind(taken.how) }).collect();
    Ok(if trip.owed_minor > 0 {
        Payment::Owed { paid, owed: trip.owed_minor, link: Link::new(format!("{page}/pay"))? }
    } else {
        Payment::Paid(paid)
    })
}

/// What came of the doubtful lines.
fn review(trip: &Trip) -> ReviewOutcome {
    let charged = trip.verdicts.values().filter(|verdict| matches!(verdict, Verdict::Charge(_))).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    ReviewOutcome { charged: count(charged), not_charged: count(trip.verdicts.len() - charged) }
}

/// Money given back.
fn note(at: Time, refund: &Refund, priced: &PricedReceipt, card: Option<CardMark>) -> RefundNote {
    let name = |line: usize| priced.lines.get(line).map_or_else(String::new, |line| line.name.clone());
    let lines = refund
        .parts
        .iter()
        .map(|part| RefundLine { name: name(part.line), quantity: part.quantity, amount: part.total() })
        .collect();
    let amount = refund.parts.iter().map(crate::trip::RefundPart::total).sum();
    let reason = match refund.kind {
        Some(DisputeKind::NotTaken) => RefundReason::NotTaken,
        Some(DisputeKind::WrongPrice) => RefundReason::WrongPrice,
        Some(DisputeKind::Damaged) => RefundReason::Damaged,
        Some(DisputeKind::Returned) => RefundReason::Returned,
        None => RefundReason::Other(refund.reason.clone()),
    };
    RefundNote { at, reason, lines, amount, card }
}
