//! What Stripe tells without being asked.
//!
//! Events come at least once and in any order. [`fold`] makes the same of them whatever the order.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use model::Time;
use sha2::Sha256;

use super::wire::{Charge, Event, Intent, moment, seconds};
use crate::{Held, PaymentId, PaymentStatus, Reference, Secret};

/// How old a signature may be (Stripe's own libraries: five minutes).
pub const TOLERANCE_SECONDS: i64 = 300;

/// Why a message is not taken for Stripe's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The header can't be read.
    #[error("the Stripe-Signature header is not t=…,v1=…: the sender is not Stripe, or a proxy changed it")]
    Header,
    /// No signature fits any secret.
    #[error(
        "no signature fits: check the endpoint's signing secret (whsec_…) and that the body comes unchanged"
    )]
    Signature,
    /// The signature is too old or from the future.
    #[error("signed {seconds} s ago: a replayed message, or this machine's clock is wrong")]
    Stale {
        /// Seconds between the signature and now.
        seconds: i64,
    },
    /// The body is signed and still no event.
    #[error("the signed body is no event: {why}")]
    Body {
        /// What was wrong.
        why: String,
    },
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookKind {
    /// A hold was made or raised.
    Held,
    /// Money was taken.
    Succeeded,
    /// A hold or charge was declined.
    Failed,
    /// A hold was given back or lapsed.
    Canceled,
    /// Money was given back.
    Refunded,
    /// Something else.
    Other,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Stripe's name of it, the same at each delivery.
    pub id: String,
    /// When it happened.
    pub created: Time,
    /// What it is about.
    pub kind: WebhookKind,
    /// Which payment, if any.
    pub payment: Option<PaymentId>,
    /// What the payment is for, if it is one of ours.
    pub reference: Option<Reference>,
    /// How the payment stood then, if the event tells.
    pub status: Option<PaymentStatus>,
}

/// Makes sure that a message is Stripe's and fresh, and reads it.
///
/// Several `secrets` may be given while one replaces another. `header` is the `Stripe-Signature` header,
/// `payload` the body as it came, to the byte.
///
/// # Errors
/// If the message is not signed with one of the secrets, is older than the tolerance, or is no event.
pub fn verify_webhook(
    payload: &[u8],
    header: &str,
    secrets: &[Secret],
    now: Time,
    tolerance_seconds: i64,
) -> Result<WebhookEvent, WebhookError> {
    let (signed_at, signatures) = parse_header(header).ok_or(WebhookError::Header)?;
    let fits =
        |secret: &Secret| signatures.iter().any(|signature| fits(secret, signed_at, payload, signature));
    if !secrets.iter().any(fits) {
        return Err(WebhookError::Signature);
    }
    let age = seconds(now).saturating_sub(signed_at);
    if age.saturating_abs() > tolerance_seconds {
        return Err(WebhookError::Stale { seconds: age });
    }
    decode(payload)
}

/// The `Stripe-Signature` header for a body.
pub(crate) fn sign(secret: &Secret, now: Time, payload: &[u8]) -> String {
    let signed_at = seconds(now);
    let signature = mac(secret, signed_at, payload).map(|mac| mac.finalize().into_bytes());
    let hex: String = signature.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
    format!("t={signed_at},v1={hex}")
}

/// The authentication code of `<t>.<payload>`.
fn mac(secret: &Secret, signed_at: i64, payload: &[u8]) -> Option<Hmac<Sha256>> {
    // A key of any length will do, so this is never `None`.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(signed_at.to_string().as_bytes());
    mac.update(b".");
    mac.update(payload);
    Some(mac)
}

/// Compares in constant time.
fn fits(secret: &Secret, signed_at: i64, payload: &[u8], signature: &[u8; 32]) -> bool {
    mac(secret, signed_at, payload).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

/// The time and the signatures of scheme `v1` in a header; others are passed over.
fn parse_header(header: &str) -> Option<(i64, Vec<[u8; 32]>)> {
    let mut signed_at = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            ("t", seconds) if signed_at.is_none() && seconds.bytes().all(|b| b.is_ascii_digit()) => {
                signed_at = Some(seconds.parse().ok()?);
            }
            ("t", _) => return None,
            ("v1", hex) => signatures.extend(unhex(hex)),
            _ => {}
        }
    }
    Some((signed_at?, signatures))
}

/// 32 bytes from 64 hexadecimal digits.
fn unhex(hex: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect::<Option<Vec<u8>>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

/// Reads an event.
fn decode(payload: &[u8]) -> Result<WebhookEvent, WebhookError> {
    let broken = |error: serde_json::Error| WebhookError::Body { why: error.to_string() };
    let event: Event = serde_json::from_slice(payload).map_err(broken)?;
    let is_old = event.is_old();
    let kind = match event.kind.as_str() {
        "payment_intent.amount_capturable_updated" => WebhookKind::Held,
        "payment_intent.succeeded" => WebhookKind::Succeeded,
        "payment_intent.payment_failed" => WebhookKind::Failed,
        "payment_intent.canceled" => WebhookKind::Canceled,
        "charge.refunded" => WebhookKind::Refunded,
        _ => WebhookKind::Other,
    };
    let (payment, reference, status) = match kind {
        WebhookKind::Other => (None, None, None),
        WebhookKind::Refunded => {
            let charge: Charge = serde_json::from_value(event.data.object).map_err(broken)?;
            let status = charge.payment_status(is_old);
            (charge.payment_intent.clone().map(PaymentId), charge.reference(), status)
        }
        _ => {
            let intent: Intent = serde_json::from_value(event.data.object).map_err(broken)?;
            let status = intent.payment_status().ok();
            (Some(PaymentId(intent.id.clone())), intent.reference(), status)
        }
    };
    Ok(WebhookEvent { id: event.id, created: moment(event.created), kind, payment, reference, status })
}

/// How each payment stands after these events: the same for any order and any duplicates.
///
/// A payment only moves on: declined, held, released, captured; holds and refunds only grow. (A refund that fails
/// later is not seen here; ask [`crate::PaymentProcessor::find`].)
pub fn fold<'a>(events: impl IntoIterator<Item = &'a WebhookEvent>) -> BTreeMap<PaymentId, PaymentStatus> {
    let mut payments: BTreeMap<PaymentId, PaymentStatus> = BTreeMap::new();
    for event in events {
        let (Some(payment), Some(status)) = (&event.payment, &event.status) else { continue };
        let joined = match payments.remove(payment) {
            Some(known) => known.join(status.clone()),
            None => status.clone(),
        };
        payments.insert(payment.clone(), joined);
    }
    payments
}

impl PaymentStatus {
    /// What two words about one payment come to, whichever came first; one that is known already changes
    /// nothing. See [`fold`].
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let stage = |status: &Self| match status {
            Self::Declined { .. } => 0,
            Self::Held(_) => 1,
            Self::Released { .. } => 2,
            Self::Captured { .. } => 3,
        };
        match (self, other) {
            (Self::Declined { code: one }, Self::Declined { code: two }) => {
                Self::Declined { code: one.max(two) }
            }
            (Self::Held(one), Self::Held(two)) => Self::Held(later(one, two)),
            (
                Self::Captured { captured: one, refunded_minor: refunded_one },
                Self::Captured { captured: two, refunded_minor: refunded_two },
            ) => Self::Captured {
                captured: if one.amount.minor < two.amount.minor { two } else { one },
                refunded_minor: refunded_one.max(refunded_two),
            },
            (one, two) if stage(&one) < stage(&two) => two,
            (one, _) => one,
        }
    }
}

/// The hold that was raised more often.
fn later(one: Held, two: Held) -> Held {
    let order = |held: &Held| (held.amount.minor, held.capture_before);
    if order(&one) < order(&two) { two } else { one }
}

#[cfg(test)]
mod tests {
    use model::{Currency, Money};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Captured;

    const NOW: Time = moment(1_700_000_000);

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    fn verify(
        payload: &[u8],
        header: &str,
        secrets: &[&str],
        now: Time,
    ) -> Result<WebhookEvent, WebhookError> {
        let secrets: Vec<Secret> = secrets.iter().map(|text| secret(text)).collect();
        verify_webhook(payload, header, &secrets, now, TOLERANCE_SECONDS)
    }

    fn body() -> Vec<u8> {
        json!({ "id": "evt_1", "created": 1_700_000_000, "type": "plan.created", "data": { "object": {} } })
            .to_string()
            .into_bytes()
    }

    #[test]
    fn a_signature_is_what_another_implementation_computes() {
        // From Python's hmac and hashlib.
        let expected = "t=1700000000,v1=2f441ba4b3b2d50d28a9ab9d9fd8880376ecd1eb5d0435401553f5d8d0a5dcf8";
        assert_eq!(sign(&secret("whsec_test"), NOW, br#"{"id":1}"#), expected);
    }

    #[test]
    fn a_signed_message_is_taken_with_any_of_the_secrets_and_any_of_the_signatures() {
        let header = sign(&secret("new"), NOW, &body());
        let event = verify(&body(), &header, &["old", "new"], NOW).unwrap();
        assert_eq!((event.id.as_str(), event.kind), ("evt_1", WebhookKind::Other));
        let old = sign(&secret("old"), NOW, &body());
        let both = format!("{header},{},v0=abc", old.split_once(',').unwrap().1);
        for known in ["old", "new"] {
            verify(&body(), &both, &[known], NOW).unwrap();
        }
        assert_eq!(verify(&body(), &both, &["other"], NOW), Err(WebhookError::Signature));
    }

    #[test]
    fn a_message_is_fresh_for_five_minutes() {
        let header = sign(&secret("s"), NOW, &body());
        for (seconds, fresh) in [(-301.0, false), (-300.0, true), (0.0, true), (300.0, true), (301.0, false)]
        {
            let verified = verify(&body(), &header, &["s"], NOW.plus_seconds(seconds));
            assert_eq!(verified.is_ok(), fresh, "{seconds}");
        }
    }

    #[test]
    fn headers_that_are_none_are_told_from_wrong_signatures() {
        for header in ["", "t=1", "v1=00", "t=x,v1=00", "t=1,t=2,v1=00", "t=-1,v1=00", "nonsense"] {
            let expected = if header == "t=1" { WebhookError::Signature } else { WebhookError::Header };
            assert_eq!(verify(&body(), header, &["s"], NOW), Err(expected), "{header}");
        }
        let signed = sign(&secret("s"), NOW, b"no event");
        assert!(matches!(verify(b"no event", &signed, &["s"], NOW), Err(WebhookError::Body { .. })));
    }

    #[test]
    fn what_was_not_captured_is_no_refund_in_any_version_of_the_api() {
        for (version, amount_refunded) in
            [("2024-06-20", 500), ("2025-03-31.basil", 200), ("2025-10-29.clover", 200)]
        {
            let charge = json!({
                "amount": 1000, "amount_captured": 700, "amount_refunded": amount_refunded, "captured": true,
                "currency": "usd", "payment_intent": "pi_1",
            });
            let event = json!({
                "id": "evt_1", "created": 1, "type": "charge.refunded", "api_version": version,
                "data": { "object": charge },
            });
            let event = decode(event.to_string().as_bytes()).unwrap();
            let Some(PaymentStatus::Captured { captured, refunded_minor }) = event.status else {
                panic!("{version}")
            };
            assert_eq!((captured.amount.minor, refunded_minor), (700, 200), "{version}");
        }
    }

    fn event() -> impl Strategy<Value = WebhookEvent> {
        let payment = prop::sample::select(&["pi_1", "pi_2"][..]).prop_map(|id| PaymentId(id.to_owned()));
        let money = |minor| Money::new(minor, Currency::USD);
        (payment, 0..4, 1..100_i64, 0..100_i64, any::<u16>()).prop_map(
            move |(payment, stage, amount, more, id)| {
                let status = match stage {
                    0 => PaymentStatus::Declined { code: format!("code_{more}") },
                    1 => PaymentStatus::Held(Held {
                        payment: payment.clone(),
                        amount: money(amount),
                        capture_before: moment(more),
                    }),
                    2 => PaymentStatus::Released { payment: payment.clone() },
                    _ => PaymentStatus::Captured {
                        captured: Captured { payment: payment.clone(), amount: money(amount) },
                        refunded_minor: more,
                    },
                };
                WebhookEvent {
                    id: format!("evt_{id}"),
                    created: NOW,
                    kind: WebhookKind::Other,
                    payment: Some(payment),
                    reference: None,
                    status: Some(status),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn any_order_and_any_duplicates_come_to_the_same(
            events in prop::collection::vec(event(), 0..12),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
        ) {
            let again = order.iter().filter(|_| !events.is_empty()).map(|index| index.get(&events));
            let mixed: Vec<&WebhookEvent> = again.chain(events.iter().rev()).collect();
            prop_assert_eq!(fold(mixed), fold(&events));
        }

        #[test]
        fn a_message_that_was_touched_is_refused(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let header = sign(&secret("s"), NOW, &body());
            let mut touched = body();
            let at = at.index(touched.len());
            touched[at] ^= flip;
            prop_assert_eq!(verify(&touched, &header, &["s"], NOW), Err(WebhookError::Signature));
        }

        #[test]
        fn no_header_and_no_body_make_it_fall_over(header in ".*", body in prop::collection::vec(any::<u8>(), 0..99)) {
            prop_assert!(verify(&body, &header, &["s"], NOW).is_err());
        }
    }
}
