//! What happens around every request: a name, a time limit, a line in the log.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use payments::has_card_number;
use uuid::Uuid;

use super::guard::Caller;
use super::problem::{Kind, Problem};
use super::rest;
use super::state::Web;

/// Names a request in answers and logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a request in time, and logs that: never its address, its headers or its body, for people may be in it.
pub(crate) async fn around(State(web): State<Web>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let (head, body) = request.into_parts();
    let (body, rest) = rest::lend(body);
    let mut response = answer(&web, Request::from_parts(head, body), next).await;
    let whole = rest.read(web.config().limits).await;
    let headers = response.headers_mut();
    if !whole {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    headers.insert(REQUEST_ID, id.clone());
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    tracing::info!(
        %method,
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        ms = started.elapsed().as_millis() as u64,
        key = response.extensions().get::<Caller>().map_or("-", |caller| caller.0.as_str()),
        request = id.to_str().unwrap_or("-"),
        "answered"
    );
    response
}

/// Runs the handler if there is room, as long as it may take.
async fn answer(web: &Web, request: Request, next: Next) -> Response {
    let Ok(_place) = web.at_once().try_acquire() else {
        return Problem::new(Kind::Busy, "Wait a second and ask again.").into_response();
    };
    let within = web.config().limits.answer_within;
    tokio::time::timeout(within, next.run(request)).await.unwrap_or_else(|_| {
        let detail = "It may be carried out still. Look how the trip stands, or ask again with the same \
                      Idempotency-Key.";
        Problem::new(Kind::Slow, detail).into_response()
    })
}

/// The sender's name of the request if it is a plain one, or a new one.
fn request_id(request: &Request) -> HeaderValue {
    let plain = |id: &&HeaderValue| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&id.len())
            && id.as_bytes().iter().all(plain)
            && id.to_str().is_ok_and(|text| !has_card_number(text))
    };
    let own = || {
        let id = Uuid::now_v7().to_string();
        HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("-"))
    };
    request.headers().get(REQUEST_ID).filter(plain).cloned().unwrap_or_else(own)
}
