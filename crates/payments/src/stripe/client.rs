//! The client of Stripe's API.

use std::time::Duration;

use model::Money;
use serde::de::DeserializeOwned;
use ureq::http::StatusCode;

use super::reach::{agent, never_sent, tls};
use super::to_wire;
use super::wire::{ChargeRef, ErrorBody, Intent, Page, REFERENCE, Refund, senseless};
use crate::{
    Captured, CardToken, Held, IdempotencyKey, PaymentError, PaymentId, PaymentProcessor, PaymentStatus,
    Reference, RefundId, Refunded, Secret,
};

/// The version of the API that is asked for. Before it, what was not captured counted as refunded
/// (docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow).
pub(super) const VERSION: &str = "2025-03-31.basil";
/// Most bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 4 << 20;
/// Payments on a page of a list (Stripe's limit).
const PAGE: usize = 100;
/// Most pages that are looked through for a payment.
const PAGES_MAX: usize = 20;
/// After so long a payment can surely be found by search, which lags behind (an hour during outages).
const SEARCH_LAG_SECONDS: i64 = 2 * 3600;

/// How to reach Stripe.
#[derive(Clone, Debug)]
pub struct StripeConfig {
    /// Where it is, such as `https://api.stripe.com`. Without TLS on this machine only.
    pub base_url: String,
    /// The secret or, better, restricted key.
    pub secret_key: Secret,
    /// Certificates to trust, PEM; the system's if none are given.
    pub ca_pem: Option<Vec<u8>>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long an answer may take.
    pub answer_timeout: Duration,
}

/// What is wrong with a [`StripeConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// The secret key would travel in the clear.
    #[error("base_url must begin with https:// (http:// only for 127.0.0.1, [::1] and localhost)")]
    NotSecure,
    /// The key can't be sent.
    #[error("secret_key must be 1 to 255 visible ASCII characters, such as rk_live_…")]
    Key,
    /// There is nobody to trust.
    #[error("no certificates to trust: install the system's (ca-certificates), or give ca_pem")]
    Certificates,
}

/// A [`PaymentProcessor`] that speaks Stripe's API.
///
/// A [`CardToken`] is a payment method (`pm_…`) or, where one is used again, a customer and its payment
/// method (`cus_…:pm_…`). Answers are mapped as `docs/payments.md` says.
#[derive(Debug)]
pub struct StripeProcessor {
    agent: ureq::Agent,
    base_url: String,
    authorization: Secret,
}

/// How far back a list of the newest payments was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// To the first there ever was.
    All,
    /// As far as search may not know yet.
    Recent,
    /// Less than that.
    TooFew,
}

impl StripeConfig {
    /// Stripe itself, with time limits that a gate can live with.
    pub fn new(secret_key: Secret) -> Self {
        Self {
            base_url: "https://api.stripe.com".to_owned(),
            secret_key,
            ca_pem: None,
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(30),
        }
    }
}

impl StripeProcessor {
    /// A client. Connects to nobody yet.
    ///
    /// # Errors
    /// If the base URL is not secure or the key can't be sent.
    pub fn new(config: &StripeConfig) -> Result<Self, StripeError> {
        let base_url = config.base_url.trim_end_matches('/');
        let loopback = is_loopback(base_url);
        if !base_url.starts_with("https://") && !loopback {
            return Err(StripeError::NotSecure);
        }
        let key = config.secret_key.reveal();
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StripeError::Key);
        }
        let mut reach = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(config.connect_timeout))
            .timeout_connect(Some(config.connect_timeout))
            .timeout_send_request(Some(config.answer_timeout))
            .timeout_send_body(Some(config.answer_timeout))
            .timeout_recv_response(Some(config.answer_timeout))
            .timeout_recv_body(Some(config.answer_timeout));
        if loopback {
            reach = reach.proxy(None);
        } else {
            reach = reach.tls_config(tls(config.ca_pem.as_deref())?);
        }
        let authorization = Secret::new(format!("Bearer {key}"));
        Ok(Self { agent: agent(reach.build()), base_url: base_url.to_owned(), authorization })
    }

    fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &IdempotencyKey,
        form: &[(&str, &str)],
    ) -> Result<T, PaymentError> {
        let request = self
            .agent
            .post(format!("{}{path}", self.base_url))
            .header("Authorization", self.authorization.reveal())
            .header("Stripe-Version", VERSION)
            .header("Idempotency-Key", &key.0);
        read(request.send_form(form.iter().copied()))
    }

    fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, PaymentError> {
        let request = self
            .agent
            .get(format!("{}{path}", self.base_url))
            .query_pairs(query.iter().copied())
            .header("Authorization", self.authorization.reveal())
            .header("Stripe-Version", VERSION);
        read(request.call())
    }

    /// Creates and confirms a payment intent.
    fn create(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
        more: &[(&str, &str)],
    ) -> Result<Intent, PaymentError> {
        let (customer, method) = match card.reveal().split_once(':') {
            Some((customer, method)) => (Some(customer), method),
            None => (None, card.reveal()),
        };
        let (wire, currency) = wire_amount(amount)?;
        let metadata = format!("metadata[{REFERENCE}]");
        let mut form = vec![
            ("amount", wire.as_str()),
            ("currency", &currency),
            ("payment_method", method),
            ("payment_method_types[]", "card"),
            ("confirm", "true"),
            (&metadata, &reference.0),
            ("expand[]", "latest_charge"),
        ];
        form.extend(customer.map(|customer| ("customer", customer)));
        form.extend(more);
        self.post("/v1/payment_intents", key, &form)
    }

    /// Does one thing to a payment intent.
    fn act(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        action: &str,
        form: &[(&str, &str)],
    ) -> Result<Intent, PaymentError> {
        let path = format!("/v1/payment_intents/{}/{action}", path_segment(payment)?);
        let form = [&[("expand[]", "latest_charge")], form].concat();
        self.post(&path, key, &form)
    }

    /// The intent with its charge, whether or not the server expanded it.
    fn with_charge(&self, mut intent: Intent) -> Result<Intent, PaymentError> {
        if let Some(ChargeRef::Id(charge)) = &intent.latest_charge {
            let charge =
                self.get(&format!("/v1/charges/{}", path_segment(&PaymentId(charge.clone()))?), &[])?;
            intent.latest_charge = Some(ChargeRef::Whole(charge));
        }
        Ok(intent)
    }

    fn held(&self, intent: Intent) -> Result<Held, PaymentError> {
        match self.with_charge(intent)?.payment_status()? {
            PaymentStatus::Held(held) => Ok(held),
            other => Err(not(other)),
        }
    }

    /// The payments of the reference among the newest, oldest first, and how far back these go.
    fn recent(&self, reference: &Reference) -> Result<(Vec<Intent>, Seen), PaymentError> {
        let limit = PAGE.to_string();
        let mut found = Vec::new();
        let mut newest = None;
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", limit.as_str()), ("expand[]", "data.latest_charge")];
            query.extend(after.as_deref().map(|id| ("starting_after", id)));
            let page: Page<Intent> = self.get("/v1/payment_intents", &query)?;
            let Some((last, last_created)) = page.data.last().map(|last| (last.id.clone(), last.created))
            else {
                return Ok((found, Seen::All));
            };
            let newest = *newest.get_or_insert_with(|| page.data.first().map_or(0, |first| first.created));
            found.splice(
                0..0,
                page.data.into_iter().rev().filter(|i| i.reference().as_ref() == Some(reference)),
            );
            if !page.has_more {
                return Ok((found, Seen::All));
            }
            // Whatever is older than this is found by search.
            if !found.is_empty() || newest - last_created > SEARCH_LAG_SECONDS {
                return Ok((found, Seen::Recent));
            }
            after = Some(last);
        }
        Ok((found, Seen::TooFew))
    }

    /// The payments of the reference, oldest first, by search.
    fn searched(&self, reference: &Reference) -> Result<Vec<Intent>, PaymentError> {
        let quoted = reference.0.replace('\\', "\\\\").replace('\'', "\\'");
        let query = format!("metadata['{REFERENCE}']:'{quoted}'");
        let query = [("query", query.as_str()), ("expand[]", "data.latest_charge")];
        let page: Page<Intent> = self.get("/v1/payment_intents/search", &query)?;
        Ok(page.data.into_iter().rev().collect())
    }
}

impl PaymentProcessor for StripeProcessor {
    fn hold(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
    ) -> Result<Held, PaymentError> {
        let manual = [
            ("capture_method", "manual"),
            ("payment_method_options[card][request_incremental_authorization]", "if_available"),
        ];
        self.held(self.create(key, reference, card, amount, &manual)?)
    }

    fn raise(&self, key: &IdempotencyKey, payment: &PaymentId, amount: Money) -> Result<Held, PaymentError> {
        let (wire, _) = wire_amount(amount)?;
        self.held(self.act(key, payment, "increment_authorization", &[("amount", &wire)])?)
    }

    fn capture(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Captured, PaymentError> {
        let (wire, _) = wire_amount(amount)?;
        let intent = self.act(key, payment, "capture", &[("amount_to_capture", &wire)])?;
        took(&intent, amount)
    }

    fn void(&self, key: &IdempotencyKey, payment: &PaymentId) -> Result<(), PaymentError> {
        match self.act(key, payment, "cancel", &[])?.payment_status()? {
            PaymentStatus::Released { .. } => Ok(()),
            other => Err(not(other)),
        }
    }

    fn charge(
        &self,
        key: &IdempotencyKey,
        reference: &Reference,
        card: &CardToken,
        amount: Money,
    ) -> Result<Captured, PaymentError> {
        let off_session = [("capture_method", "automatic"), ("off_session", "true")];
        took(&self.create(key, reference, card, amount, &off_session)?, amount)
    }

    fn refund(
        &self,
        key: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Refunded, PaymentError> {
        let (wire, _) = wire_amount(amount)?;
        let form = [("payment_intent", payment.0.as_str()), ("amount", &wire)];
        let refund: Refund = self.post("/v1/refunds", key, &form)?;
        match refund.status.as_deref() {
            Some("failed" | "canceled") => Err(PaymentError::Refused {
                code: refund.failure_reason.unwrap_or_else(|| "refund_failed".to_owned()),
                message: format!("refund {} failed", refund.id),
            }),
            _ => Ok(Refunded {
                amount: super::from_wire(refund.amount, &refund.currency)
                    .ok_or_else(|| senseless("a refund in an unknown currency"))?,
                refund: RefundId(refund.id),
            }),
        }
    }

    fn find(&self, reference: &Reference) -> Result<Option<PaymentStatus>, PaymentError> {
        let (mut intents, seen) = self.recent(reference)?;
        if intents.is_empty() && seen != Seen::All {
            intents = self.searched(reference)?;
        }
        if intents.is_empty() && seen == Seen::TooFew {
            return Err(senseless("too many payments since: search may not know it yet"));
        }
        let statuses: Result<Vec<_>, _> =
            intents.into_iter().map(|intent| self.with_charge(intent)?.payment_status()).collect();
        Ok(PaymentStatus::most_telling(statuses?))
    }
}

fn is_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { authority }
    });
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// An amount and its currency as they travel.
fn wire_amount(amount: Money) -> Result<(String, String), PaymentError> {
    let wire = to_wire(amount).ok_or_else(|| PaymentError::Refused {
        code: "invalid_charge_amount".to_owned(),
        message: format!("{amount} can't be expressed in Stripe's units: round it"),
    })?;
    Ok((wire.to_string(), amount.currency.code().to_lowercase()))
}

/// An id that may stand in a path.
fn path_segment(payment: &PaymentId) -> Result<&str, PaymentError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !payment.0.is_empty() && payment.0.bytes().all(fits) {
        Ok(&payment.0)
    } else {
        Err(PaymentError::Refused {
            code: "resource_missing".to_owned(),
            message: "that is no id of a payment".to_owned(),
        })
    }
}

/// What was taken, if it was.
fn took(intent: &Intent, asked: Money) -> Result<Captured, PaymentError> {
    match intent.payment_status()? {
        PaymentStatus::Captured { .. } => intent.captured(Some(asked)),
        other => Err(not(other)),
    }
}

/// The error that a payment in this state is to who wanted another.
fn not(status: PaymentStatus) -> PaymentError {
    match status {
        PaymentStatus::Declined { code } => PaymentError::Declined { code },
        PaymentStatus::Released { payment } => PaymentError::Expired { payment },
        PaymentStatus::Held(_) | PaymentStatus::Captured { .. } => {
            senseless("the payment is in another state than asked for")
        }
    }
}

/// Reads an answer.
fn read<T: DeserializeOwned>(
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, PaymentError> {
    let mut answer = answer.map_err(|error| no_answer(&error))?;
    let status = answer.status();
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(PaymentError::Unavailable { why: "too many requests".to_owned() });
    }
    let body = body.map_err(|error| senseless(format!("half an answer: {error}")))?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| senseless(format!("a broken answer: {error}")));
    }
    Err(refusal(status, &body))
}

/// What a call without an answer means: it did not happen only if there never was a connection.
fn no_answer(error: &ureq::Error) -> PaymentError {
    let why = error.to_string();
    if never_sent(error) { PaymentError::Unavailable { why } } else { PaymentError::Unclear { why } }
}

/// What an answer that is an error means.
fn refusal(status: StatusCode, body: &[u8]) -> PaymentError {
    let error = match serde_json::from_slice::<ErrorBody>(body) {
        Ok(body) if status.is_client_error() => body.error,
        _ => return senseless(format!("status {status}")),
    };
    let kind = error.kind.as_deref().unwrap_or_default();
    let code = error.code.as_deref().unwrap_or_default();
    if status == StatusCode::CONFLICT {
        // The first request with this key is still being worked on.
        return senseless(format!("status {status}, {code}"));
    }
    if status == StatusCode::PAYMENT_REQUIRED && (kind == "card_error" || code == "card_declined") {
        return PaymentError::Declined { code: error.telling_code() };
    }
    let canceled = error.payment_intent.as_ref().filter(|i| i.status.as_deref() == Some("canceled"));
    if let Some(intent) = canceled.filter(|_| code == "payment_intent_unexpected_state") {
        return PaymentError::Expired { payment: PaymentId(intent.id.clone()) };
    }
    if let Some(intent) =
        error.payment_intent.as_ref().filter(|_| code == "capture_charge_authorization_expired")
    {
        return PaymentError::Expired { payment: PaymentId(intent.id.clone()) };
    }
    let code = if kind == "idempotency_error" { kind.to_owned() } else { error.telling_code() };
    PaymentError::Refused { code, message: error.message.unwrap_or_else(|| format!("status {status}")) }
}
