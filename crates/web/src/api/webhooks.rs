//! `POST /webhooks/payments`: what the payment processor tells by itself.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use office::PaymentNews;
use payments::has_card_number;
use payments::stripe::{TOLERANCE_SECONDS, WebhookError, WebhookEvent, verify_webhook};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::read;
use super::problem::{Fault, Kind, Problem};
use super::state::Web;

const SIGNATURE: &str = "stripe-signature";

/// Longest name of an event.
const EVENT_NAME: usize = 255;

/// What became of an event.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookView {
    /// `looking`: the payment is looked at now; `known`: it came before; `not_ours`: it is about no payment of this
    /// store.
    outcome: String,
}

/// The payment processor tells of a payment
///
/// Signed as Stripe signs (`Stripe-Signature`). The event is only a hint: the processor is asked how the payment
/// stands, and its answer counts. An event counts once, however often it is delivered.
#[utoipa::path(
    post, path = "/webhooks/payments", operation_id = "webhook", tag = "payments", security(()),
    params(("Stripe-Signature" = String, Header, description = "When it was signed, and the signature.", pattern = "^t=[0-9]+,v1=[0-9a-f]{64}$")),
    request_body(content = Object, description = "An event, as Stripe sends it."),
    responses((status = 200, description = "The event was taken in.", body = WebhookView)),
)]
pub(crate) async fn payments(
    State(web): State<Web>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<WebhookView>, Problem> {
    let secrets = &web.config().webhook_secrets;
    if secrets.is_empty() {
        let detail = "Give the store's configuration the secret that the processor signs with.";
        return Err(Problem::new(Kind::NoWebhooks, detail));
    }
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = web.now();
    let body = read(request, &web, web.config().limits.body_bytes).await?;
    let event = verify_webhook(&body, signature, secrets, now, TOLERANCE_SECONDS).map_err(unsigned)?;
    let WebhookEvent { id, reference, .. } = event;
    if id.len() > EVENT_NAME || has_card_number(&id) {
        return Err(Problem::of(Kind::Invalid, vec![Fault::in_body("/id", "this is no name of an event")]));
    }
    let reference = reference.map(|reference| reference.0);
    let news = web.office(move |office| office.payment_news(id, reference, now)).await?;
    let outcome = match news {
        PaymentNews::Known => "known",
        PaymentNews::NotOurs => "not_ours",
        PaymentNews::Looking(_) => "looking",
    };
    Ok(Json(WebhookView { outcome: outcome.to_owned() }))
}

fn unsigned(error: WebhookError) -> Problem {
    let detail = format!("{error}.");
    match error {
        WebhookError::Body { .. } => Problem::new(Kind::Invalid, detail),
        _ => Problem::of(Kind::Signature, vec![Fault::in_header("Stripe-Signature", detail)]),
    }
}
