//! Payments in the shape of Stripe's resources.

use serde_json::{Value, json};

use super::super::tokens::{self, Fate};
use super::super::{Deed, Entry, Payment, State};
use crate::stripe::to_wire;
use crate::stripe::wire::{REFERENCE, seconds};
use crate::{PaymentError, PaymentId, PaymentStatus};

/// An amount as Stripe writes it; amounts that can't be expressed were refused on the way in.
fn amount(payment: &Payment, minor: i64) -> i64 {
    to_wire(model::Money { minor, ..payment.asked }).unwrap_or(minor)
}

fn currency(payment: &Payment) -> String {
    payment.asked.currency.code().to_lowercase()
}

/// The id of a payment's charge.
pub(super) fn charge_id(payment: &PaymentId) -> String {
    format!("ch{}", payment.0.trim_start_matches("pi"))
}

/// The payment of a charge's id.
pub(super) fn payment_of_charge(charge: &str) -> PaymentId {
    PaymentId(format!("pi{}", charge.trim_start_matches("ch")))
}

/// A payment intent, its charge expanded or not.
pub(super) fn intent(payment: &Payment, expanded: bool) -> Value {
    let (status, capturable, received) = match &payment.state {
        State::Held { .. } => ("requires_capture", payment.asked.minor, 0),
        State::Captured { minor, .. } => ("succeeded", 0, *minor),
        State::Released => ("canceled", 0, 0),
        State::Declined { .. } => ("requires_payment_method", 0, 0),
    };
    let error = match &payment.state {
        State::Declined { code } => card_error(code),
        _ => Value::Null,
    };
    let latest_charge = match expanded {
        true => charge(payment),
        false => Value::String(charge_id(&payment.id)),
    };
    json!({
        "id": payment.id.0,
        "object": "payment_intent",
        "amount": amount(payment, payment.asked.minor),
        "amount_capturable": amount(payment, capturable),
        "amount_received": amount(payment, received),
        "created": seconds(payment.created),
        "currency": currency(payment),
        "last_payment_error": error,
        "latest_charge": latest_charge,
        "livemode": false,
        "metadata": { REFERENCE: payment.reference.0 },
        "payment_method": payment.card.reveal(),
        "payment_method_types": ["card"],
        "status": status,
    })
}

/// A charge.
pub(super) fn charge(payment: &Payment) -> Value {
    let captured = match &payment.state {
        State::Captured { minor, .. } => *minor,
        _ => 0,
    };
    let capture_before = match payment.status() {
        PaymentStatus::Held(held) => json!(seconds(held.capture_before)),
        _ => Value::Null,
    };
    let declined = matches!(payment.state, State::Declined { .. });
    let mut method = method(&payment.card);
    let raises = Fate::of(&payment.card) != Some(Fate::NoRaise);
    method["capture_before"] = capture_before;
    method["incremental_authorization"] =
        json!({ "status": if raises { "available" } else { "unavailable" } });
    json!({
        "id": charge_id(&payment.id),
        "object": "charge",
        "amount": amount(payment, payment.asked.minor),
        "amount_captured": amount(payment, captured),
        "amount_refunded": amount(payment, payment.refunded_minor()),
        "captured": matches!(payment.state, State::Captured { .. }),
        "created": seconds(payment.created),
        "currency": currency(payment),
        "livemode": false,
        "metadata": { REFERENCE: payment.reference.0 },
        "paid": !declined,
        "payment_intent": payment.id.0,
        "payment_method": payment.card.reveal(),
        "payment_method_details": { "type": "card", "card": method },
        "refunded": captured > 0 && captured == payment.refunded_minor(),
        "status": if declined { "failed" } else { "succeeded" },
    })
}

/// What is told of a card.
fn method(card: &crate::CardToken) -> Value {
    match tokens::card(card) {
        Ok(card) => json!({
            "brand": card.brand,
            "fingerprint": card.fingerprint.as_str(),
            "last4": card.last_four.to_string(),
        }),
        Err(_) => json!({}),
    }
}

/// A payment method.
pub(super) fn payment_method(card: &crate::CardToken) -> Value {
    json!({ "id": card.reveal(), "object": "payment_method", "type": "card", "card": method(card) })
}

/// The error of a card that was declined.
fn card_error(code: &str) -> Value {
    // Some codes are errors of their own at Stripe.
    let own = matches!(code, "authentication_required" | "expired_card");
    json!({
        "type": "card_error",
        "code": if own { code } else { "card_declined" },
        "decline_code": code,
        "message": "Your card was declined.",
    })
}

/// The status and body of an error; `None` for an answer that gets lost.
pub(super) fn error(error: &PaymentError, intent: Option<Value>) -> Option<(u16, Value)> {
    let (status, mut body) = match error {
        PaymentError::Unclear { .. } => return None,
        PaymentError::Declined { code } => (402, card_error(code)),
        PaymentError::Unavailable { why } => {
            (429, json!({ "type": "invalid_request_error", "code": "rate_limit", "message": why }))
        }
        PaymentError::Expired { .. } => (
            400,
            json!({
                "type": "invalid_request_error",
                "code": "payment_intent_unexpected_state",
                "message": "This PaymentIntent has a status of canceled.",
            }),
        ),
        PaymentError::Refused { code, message } if code == "idempotency_error" => {
            (400, json!({ "type": "idempotency_error", "message": message }))
        }
        PaymentError::Refused { code, message } => {
            let status = if code == "resource_missing" { 404 } else { 400 };
            (status, json!({ "type": "invalid_request_error", "code": code, "message": message }))
        }
    };
    if let Some(intent) = intent {
        body["payment_intent"] = intent;
    }
    Some((status, json!({ "error": body })))
}

/// The event that a deed is told by, if by any.
pub(super) fn event(number: usize, entry: &Entry, payment: &Payment) -> Option<Value> {
    let kind = match &entry.deed {
        Deed::Held { .. } | Deed::Raised { .. } => "payment_intent.amount_capturable_updated",
        Deed::Captured { .. } | Deed::Charged { .. } => "payment_intent.succeeded",
        Deed::Declined { .. } => "payment_intent.payment_failed",
        Deed::Voided | Deed::Lapsed => "payment_intent.canceled",
        Deed::Refunded { .. } => "charge.refunded",
        Deed::RaiseDeclined { .. } | Deed::MoveDeclined { .. } => return None,
    };
    let object = if kind == "charge.refunded" { charge(payment) } else { intent(payment, false) };
    Some(json!({
        "id": format!("evt_sim_{number}"),
        "object": "event",
        "created": seconds(entry.at),
        "data": { "object": object },
        "livemode": false,
        "type": kind,
    }))
}
