//! Stripe's resources, as far as we read them.

use std::collections::BTreeMap;

use model::{Money, Time};
use serde::Deserialize;

use super::from_wire;
use crate::{Captured, Held, PaymentError, PaymentId, PaymentStatus, Reference};

/// The key of [`Reference`] in a payment's metadata.
pub(crate) const REFERENCE: &str = "reference";
/// Nanoseconds of a second.
const SECOND_NANOS: i64 = 1_000_000_000;
/// How long a hold stands if nobody says so: the shortest that card networks grant (4 days and 18 hours, Visa,
/// without the shopper there).
const HOLD_SECONDS_MIN: i64 = (4 * 24 + 18) * 3600;

/// A payment intent.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) amount: i64,
    pub(crate) amount_capturable: Option<i64>,
    pub(crate) amount_received: Option<i64>,
    pub(crate) currency: String,
    #[serde(default)]
    pub(crate) created: i64,
    #[serde(default)]
    pub(crate) metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) latest_charge: Option<ChargeRef>,
    #[serde(default)]
    pub(crate) last_payment_error: Option<ApiError>,
}

/// A charge's id, or the charge itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ChargeRef {
    Id(String),
    Whole(Box<Charge>),
}

/// A charge.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Charge {
    pub(crate) amount: i64,
    pub(crate) amount_captured: Option<i64>,
    #[serde(default)]
    pub(crate) amount_refunded: i64,
    #[serde(default)]
    pub(crate) captured: bool,
    #[serde(default)]
    pub(crate) created: i64,
    pub(crate) currency: String,
    #[serde(default)]
    pub(crate) metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) payment_intent: Option<String>,
    #[serde(default)]
    payment_method_details: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A refund.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: Option<String>,
    #[serde(default)]
    pub(crate) failure_reason: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    #[serde(default)]
    pub(crate) has_more: bool,
}

/// The body of an answer that is an error.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ErrorBody {
    pub(crate) error: ApiError,
}

/// An error.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ApiError {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) decline_code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) payment_intent: Option<Box<ErrorIntent>>,
}

/// What we read of the payment intent within an error.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ErrorIntent {
    pub(crate) id: String,
    pub(crate) status: Option<String>,
}

/// A webhook's event.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    api_version: Option<String>,
    pub(crate) created: i64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) data: EventData,
}

/// What an event is about.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct EventData {
    pub(crate) object: serde_json::Value,
}

/// The moment of so many seconds since 1970.
pub(crate) const fn moment(seconds: i64) -> Time {
    Time::from_nanos(seconds.saturating_mul(SECOND_NANOS))
}

/// Seconds since 1970, the rest cut off.
pub(crate) const fn seconds(time: Time) -> i64 {
    time.nanos().div_euclid(SECOND_NANOS)
}

/// An answer that makes no sense.
pub(crate) fn senseless(what: impl Into<String>) -> PaymentError {
    PaymentError::Unclear { why: what.into() }
}

fn reference(metadata: Option<&BTreeMap<String, String>>) -> Option<Reference> {
    metadata.and_then(|metadata| metadata.get(REFERENCE)).cloned().map(Reference)
}

impl ApiError {
    /// The code that says most.
    pub(crate) fn telling_code(&self) -> String {
        [&self.decline_code, &self.code, &self.kind]
            .into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_else(|| "unknown".to_owned())
    }
}

impl Intent {
    /// What the payment is for.
    pub(crate) fn reference(&self) -> Option<Reference> {
        reference(self.metadata.as_ref())
    }

    /// The expanded charge.
    pub(crate) fn charge(&self) -> Option<&Charge> {
        match &self.latest_charge {
            Some(ChargeRef::Whole(charge)) => Some(charge),
            _ => None,
        }
    }

    /// An amount in the payment's currency.
    pub(crate) fn money(&self, amount: i64) -> Result<Money, PaymentError> {
        from_wire(amount, &self.currency)
            .ok_or_else(|| senseless(format!("an amount of {amount} in \"{}\"", self.currency)))
    }

    /// How the payment stands.
    ///
    /// # Errors
    /// Unclear while it is in flight or if its state is unknown.
    pub(crate) fn payment_status(&self) -> Result<PaymentStatus, PaymentError> {
        let payment = PaymentId(self.id.clone());
        Ok(match self.status.as_str() {
            "requires_capture" => PaymentStatus::Held(self.held()?),
            "succeeded" => PaymentStatus::Captured {
                captured: self.captured(None)?,
                refunded_minor: self.money(self.charge().map_or(0, |charge| charge.amount_refunded))?.minor,
            },
            "canceled" => PaymentStatus::Released { payment },
            "requires_action" | "requires_confirmation" => {
                PaymentStatus::Declined { code: "authentication_required".to_owned() }
            }
            "requires_payment_method" => PaymentStatus::Declined {
                code: self.last_payment_error.as_ref().map_or("no_card".to_owned(), ApiError::telling_code),
            },
            other => return Err(senseless(format!("the payment is \"{other}\""))),
        })
    }

    /// The hold.
    fn held(&self) -> Result<Held, PaymentError> {
        let promised = self.charge().and_then(Charge::capture_before_seconds);
        let created = self.charge().map_or(self.created, |charge| charge.created.max(self.created));
        Ok(Held {
            payment: PaymentId(self.id.clone()),
            amount: self.money(self.amount_capturable.unwrap_or(self.amount))?,
            capture_before: moment(promised.unwrap_or(created + HOLD_SECONDS_MIN)),
        })
    }

    /// What was taken; `asked` stands where the answer does not tell.
    pub(crate) fn captured(&self, asked: Option<Money>) -> Result<Captured, PaymentError> {
        let told = self.amount_received.or_else(|| self.charge().and_then(|charge| charge.amount_captured));
        let amount = match (told, asked) {
            (Some(amount), _) => self.money(amount)?,
            (None, Some(asked)) => asked,
            (None, None) => self.money(self.amount)?,
        };
        Ok(Captured { payment: PaymentId(self.id.clone()), amount })
    }
}

impl Event {
    /// Whether the event is told in a version of the API before the one we ask for. Versions begin with their date.
    pub(crate) fn is_old(&self) -> bool {
        self.api_version.as_deref().is_some_and(|version| version < super::client::VERSION)
    }
}

impl Charge {
    /// What the payment is for: a charge bears its payment intent's metadata.
    pub(crate) fn reference(&self) -> Option<Reference> {
        reference(self.metadata.as_ref())
    }

    /// When the hold lapses, seconds since 1970.
    fn capture_before_seconds(&self) -> Option<i64> {
        let details = self.payment_method_details.as_ref()?;
        details.values().find_map(|method| method.get("capture_before")?.as_i64())
    }

    /// How the payment stands, as far as the charge tells. Before [`super::client::VERSION`], what was not captured
    /// counted as refunded.
    pub(crate) fn payment_status(&self, rest_is_refunded: bool) -> Option<PaymentStatus> {
        let payment = PaymentId(self.payment_intent.clone().filter(|_| self.captured)?);
        let captured = self.amount_captured.unwrap_or(self.amount);
        let amount = from_wire(captured, &self.currency)?;
        let rest = if rest_is_refunded { self.amount - captured } else { 0 };
        let refunded_minor = from_wire(self.amount_refunded - rest, &self.currency)?.minor;
        Some(PaymentStatus::Captured { captured: Captured { payment, amount }, refunded_minor })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// One of Stripe's own example resources; `None` with a message where they are absent.
    fn fixture(name: &str) -> Option<Value> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/retail/stripe/fixtures3.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: Stripe's example resources are not at {path}");
            return None;
        };
        let mut all: Value = serde_json::from_str(&text).unwrap();
        Some(all["resources"][name].take())
    }

    #[test]
    fn stripes_own_examples_are_read() {
        let Some(mut intent) = fixture("payment_intent") else { return };
        let mut charge = fixture("charge").unwrap();
        let refund: Refund = serde_json::from_value(fixture("refund").unwrap()).unwrap();
        assert_eq!((refund.amount, refund.status.as_deref()), (100, Some("succeeded")));
        let event: Event = serde_json::from_value(fixture("event").unwrap()).unwrap();
        assert_eq!((event.kind.as_str(), event.created), ("plan.created", 1_234_567_890));

        let plain: Intent = serde_json::from_value(intent.clone()).unwrap();
        let declined = PaymentStatus::Declined { code: "idempotency_error".to_owned() };
        assert_eq!(plain.payment_status(), Ok(declined));

        charge["payment_method_details"]["card"]["capture_before"] = json!(1_234_999_999);
        intent["status"] = json!("requires_capture");
        intent["amount_capturable"] = json!(1099);
        intent["latest_charge"] = charge;
        let whole: Intent = serde_json::from_value(intent.clone()).unwrap();
        let Ok(PaymentStatus::Held(held)) = whole.payment_status() else { panic!("{whole:?}") };
        assert_eq!(
            (held.amount.to_string().as_str(), held.capture_before),
            ("10.99 USD", moment(1_234_999_999))
        );

        intent["latest_charge"] = json!("ch_1");
        let by_id: Intent = serde_json::from_value(intent).unwrap();
        assert!(matches!(&by_id.latest_charge, Some(ChargeRef::Id(id)) if id == "ch_1"));
    }

    #[test]
    fn a_hold_without_a_promise_is_taken_to_be_short() {
        let intent = json!({
            "id": "pi_1", "status": "requires_capture", "amount": 100, "currency": "usd", "created": 1000,
        });
        let intent: Intent = serde_json::from_value(intent).unwrap();
        let Ok(PaymentStatus::Held(held)) = intent.payment_status() else { panic!("{intent:?}") };
        assert_eq!(held.capture_before, moment(1000 + 114 * 3600));
    }
}
