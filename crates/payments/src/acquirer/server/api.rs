//! Stripe's calls, as far as a shop needs them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{Money, Time};
use serde_json::{Value, json};

use super::super::{Acquirer, Answer, Payment, Request, SimulatedProcessor, State};
use super::hooks::Hooks;
use super::{fields, http, shape};
use crate::stripe::from_wire;
use crate::stripe::wire::REFERENCE;
use crate::{CardToken, IdempotencyKey, PaymentError, PaymentId, Reference, Secret};

/// Most payments on a page (Stripe's limit).
const PAGE_MAX: usize = 100;
/// Search does not know payments that are younger, as Stripe's may not: an hour.
const SEARCH_LAG_NANOS: i64 = 3_600_000_000_000;
/// Payments on a page if nothing is said.
const PAGE: usize = 10;

/// Answers calls.
#[derive(Debug)]
pub(super) struct Api {
    processor: SimulatedProcessor,
    secret_key: Secret,
    hooks: Option<Arc<Hooks>>,
    keep: Option<PathBuf>,
    /// For calls without a key of their own.
    keys: AtomicU64,
}

/// Fields of a form or a query.
type Fields = BTreeMap<String, String>;

fn refused(code: &str, message: impl Into<String>) -> PaymentError {
    PaymentError::Refused { code: code.to_owned(), message: message.into() }
}

fn field<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, PaymentError> {
    let missing = || refused("parameter_missing", format!("Missing required param: {name}."));
    fields.get(name).map(String::as_str).ok_or_else(missing)
}

fn number(fields: &Fields, name: &str) -> Result<Option<i64>, PaymentError> {
    let invalid = |_| refused("parameter_invalid_integer", format!("Invalid integer: {name}"));
    fields.get(name).map(|text| text.parse().map_err(invalid)).transpose()
}

fn wire_money(amount: i64, currency: &str) -> Result<Money, PaymentError> {
    from_wire(amount, currency).ok_or_else(|| refused("parameter_invalid", format!("{amount} {currency}")))
}

impl Api {
    pub(super) const fn new(
        processor: SimulatedProcessor,
        secret_key: Secret,
        hooks: Option<Arc<Hooks>>,
        keep: Option<PathBuf>,
    ) -> Self {
        Self { processor, secret_key, hooks, keep, keys: AtomicU64::new(0) }
    }

    /// Answers one call.
    pub(super) fn answer(&self, request: &http::Request) -> http::Answer {
        let expected = format!("Bearer {}", self.secret_key.reveal());
        if request.header("authorization") != Some(&expected) {
            let error = json!({ "type": "invalid_request_error", "message": "Invalid API Key provided" });
            return Some((401, json!({ "error": error })));
        }
        let now = self.processor.now();
        let mut acquirer = self.processor.acquirer();
        let told = acquirer.journal().len();
        acquirer.advance(now);
        let answer = match acquirer.is_down() {
            true => Err((PaymentError::Unavailable { why: "the acquirer is down".to_owned() }, None)),
            false => self.route(&mut acquirer, now, request),
        };
        if let Some(hooks) = &self.hooks {
            hooks.tell(&acquirer, told);
        }
        if let Some(path) = &self.keep
            && keep(path, &acquirer).is_err()
        {
            return Some((500, json!({ "error": { "type": "api_error", "message": "can't be kept" } })));
        }
        drop(acquirer);
        match answer {
            Ok(body) => Some((200, body)),
            Err((error, intent)) => shape::error(&error, intent),
        }
    }

    fn route(
        &self,
        acquirer: &mut Acquirer,
        now: Time,
        request: &http::Request,
    ) -> Result<Value, (PaymentError, Option<Value>)> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let plain = |error| (error, None);
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["v1", resource @ ..]) => {
                read(acquirer, now, resource, &fields(query.as_bytes())).map_err(plain)
            }
            ("POST", ["v1", resource @ ..]) => {
                let form = fields(&request.body);
                let wish = wish(acquirer, resource, &form).map_err(plain)?;
                let key = request.header("idempotency-key").map_or_else(
                    || format!("unkeyed-{}", self.keys.fetch_add(1, Ordering::Relaxed)),
                    str::to_owned,
                );
                self.act(acquirer, now, &IdempotencyKey(key), &wish, &form)
            }
            _ => Err(plain(refused("resource_missing", "Unrecognized request URL"))),
        }
    }

    fn act(
        &self,
        acquirer: &mut Acquirer,
        now: Time,
        key: &IdempotencyKey,
        wish: &Request,
        form: &Fields,
    ) -> Result<Value, (PaymentError, Option<Value>)> {
        let answer = acquirer.handle(now, key, wish);
        let about = match (wish, &answer) {
            (_, Ok(Answer::Held(held))) => Some(held.payment.clone()),
            (_, Ok(Answer::Captured(captured))) => Some(captured.payment.clone()),
            (
                Request::Raise { payment, .. }
                | Request::Capture { payment, .. }
                | Request::Void { payment }
                | Request::Refund { payment, .. },
                _,
            ) => Some(payment.clone()),
            _ => None,
        };
        let payment = about.and_then(|payment| acquirer.payment(&payment));
        match (answer, payment) {
            (Err(error), payment) => Err((error, payment.map(|payment| shape::intent(payment, false)))),
            (Ok(Answer::Refunded(refunded)), Some(payment)) => Ok(json!({
                "id": refunded.refund.0,
                "object": "refund",
                "amount": crate::stripe::to_wire(refunded.amount),
                "charge": shape::charge_id(&payment.id),
                "currency": refunded.amount.currency.code().to_lowercase(),
                "payment_intent": payment.id.0,
                "status": "succeeded",
            })),
            (Ok(answer), Some(payment)) => Ok(shape::intent(&as_told(payment, &answer), expands(form))),
            (Ok(_), None) => Err((refused("resource_missing", "No such payment_intent"), None)),
        }
    }
}

/// The payment as it was when the answer was given first: a repeated key gets the same answer, not the newest.
fn as_told(payment: &Payment, answer: &Answer) -> Payment {
    let payment = payment.clone();
    match answer {
        Answer::Held(held) => {
            let state = State::Held { capture_before: held.capture_before };
            Payment { asked: held.amount, state, ..payment }
        }
        Answer::Captured(captured) => {
            let state = State::Captured { minor: captured.amount.minor, refunds: Vec::new() };
            Payment { state, ..payment }
        }
        Answer::Voided | Answer::Refunded(_) => Payment { state: State::Released, ..payment },
    }
}

/// What a call reads.
fn read(acquirer: &Acquirer, now: Time, resource: &[&str], query: &Fields) -> Result<Value, PaymentError> {
    let missing = || refused("resource_missing", "No such resource");
    match resource {
        ["payment_intents"] => list(acquirer, query),
        ["payment_intents", "search"] => search(acquirer, now, query),
        ["payment_intents", id] => {
            let payment = acquirer.payment(&PaymentId((*id).to_owned())).ok_or_else(missing)?;
            Ok(shape::intent(payment, expands(query)))
        }
        ["charges", id] => {
            let payment = acquirer.payment(&shape::payment_of_charge(id)).ok_or_else(missing)?;
            Ok(shape::charge(payment))
        }
        ["payment_methods", encoded] => {
            let decoded = fields(format!("id={encoded}").as_bytes()).remove("id").unwrap_or_default();
            let token = CardToken::try_from(decoded).map_err(|_| missing())?;
            acquirer.card(&token)?;
            Ok(shape::payment_method(&token))
        }
        _ => Err(missing()),
    }
}

fn expands(fields: &Fields) -> bool {
    fields.get("expand[]").is_some_and(|expand| expand.contains("latest_charge"))
}

/// What a call asks for.
fn wish(acquirer: &Acquirer, resource: &[&str], form: &Fields) -> Result<Request, PaymentError> {
    match resource {
        ["payment_intents"] => creation(form),
        ["payment_intents", id, action] => {
            let payment = PaymentId((*id).to_owned());
            match *action {
                "capture" => Ok(Request::Capture {
                    amount: amount_of(acquirer, &payment, number(form, "amount_to_capture")?)?,
                    payment,
                }),
                "increment_authorization" => {
                    let amount = number(form, "amount")?
                        .ok_or_else(|| refused("parameter_missing", "Missing required param: amount."))?;
                    Ok(Request::Raise { amount: amount_of(acquirer, &payment, Some(amount))?, payment })
                }
                "cancel" => Ok(Request::Void { payment }),
                _ => Err(refused("resource_missing", "Unrecognized request URL")),
            }
        }
        ["refunds"] => {
            let payment = PaymentId(field(form, "payment_intent")?.to_owned());
            Ok(Request::Refund { amount: amount_of(acquirer, &payment, number(form, "amount")?)?, payment })
        }
        _ => Err(refused("resource_missing", "Unrecognized request URL")),
    }
}

/// A hold or a charge.
fn creation(form: &Fields) -> Result<Request, PaymentError> {
    if form.get("confirm").map(String::as_str) != Some("true") {
        return Err(refused("parameter_invalid", "only intents with confirm=true are simulated"));
    }
    let amount = number(form, "amount")?
        .ok_or_else(|| refused("parameter_missing", "Missing required param: amount."))?;
    let amount = wire_money(amount, field(form, "currency")?)?;
    let card = CardToken::try_from(field(form, "payment_method")?.to_owned())
        .map_err(|error| refused("resource_missing", error.to_string()))?;
    let reference = Reference(form.get(&format!("metadata[{REFERENCE}]")).cloned().unwrap_or_default());
    Ok(match form.get("capture_method").map(String::as_str) {
        Some("manual") => Request::Hold { reference, card, amount },
        _ => Request::Charge { reference, card, amount },
    })
}

/// An amount in a payment's currency; all that is held or left where none is told.
fn amount_of(acquirer: &Acquirer, id: &PaymentId, told: Option<i64>) -> Result<Money, PaymentError> {
    let payment = acquirer
        .payment(id)
        .ok_or_else(|| refused("resource_missing", format!("No such payment_intent: '{id}'")))?;
    match told {
        Some(amount) => wire_money(amount, payment.asked.currency.code()),
        None => Ok(Money { minor: payment.asked.minor - payment.refunded_minor(), ..payment.asked }),
    }
}

/// Payments, newest first.
fn newest(acquirer: &Acquirer) -> Vec<&Payment> {
    let mut payments: Vec<&Payment> = acquirer.payments().collect();
    let number = |payment: &Payment| payment.id.0.rsplit('_').next().and_then(|n| n.parse::<u64>().ok());
    payments.sort_by_key(|payment| std::cmp::Reverse(number(payment)));
    payments
}

fn page<'a>(
    payments: impl Iterator<Item = &'a Payment>,
    query: &Fields,
    object: &str,
) -> Result<Value, PaymentError> {
    let limit = number(query, "limit")?.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let limit = limit.clamp(1, PAGE_MAX);
    let mut data: Vec<Value> =
        payments.take(limit + 1).map(|payment| shape::intent(payment, expands(query))).collect();
    let has_more = data.len() > limit;
    data.truncate(limit);
    Ok(json!({ "object": object, "data": data, "has_more": has_more, "url": "/v1/payment_intents" }))
}

fn list(acquirer: &Acquirer, query: &Fields) -> Result<Value, PaymentError> {
    let payments = newest(acquirer);
    let start = match query.get("starting_after") {
        Some(after) => {
            payments.iter().position(|payment| payment.id.0 == *after).map_or(payments.len(), |at| at + 1)
        }
        None => 0,
    };
    page(payments.into_iter().skip(start), query, "list")
}

/// Payments of one reference that are old enough; no other query is understood.
fn search(acquirer: &Acquirer, now: Time, query: &Fields) -> Result<Value, PaymentError> {
    let text = field(query, "query")?;
    let reference = text
        .strip_prefix(&format!("metadata['{REFERENCE}']:'"))
        .and_then(|rest| rest.strip_suffix('\''))
        .ok_or_else(|| {
            refused("parameter_invalid", format!("only metadata['{REFERENCE}']:'…' is understood"))
        })?;
    let reference = reference.replace("\\'", "'").replace("\\\\", "\\");
    let known = |payment: &&Payment| {
        payment.reference.0 == reference && now.nanos_since(payment.created) >= SEARCH_LAG_NANOS
    };
    page(newest(acquirer).into_iter().filter(known), query, "search_result")
}

/// Writes everything down before it is told.
fn keep(path: &Path, acquirer: &Acquirer) -> io::Result<()> {
    let new = path.with_extension("new");
    std::fs::write(&new, acquirer.snapshot().map_err(io::Error::other)?)?;
    std::fs::rename(new, path)
}
