//! Server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;

/// A comment is sent after this long a silence, so that proxies keep the connection.
pub(crate) const KEEP: Duration = Duration::from_secs(15);

/// One event: its kind and a text on one line.
pub(crate) fn event(kind: &str, line: &str) -> Bytes {
    Bytes::from(format!("event: {kind}\ndata: {line}\n\n"))
}

/// A comment, which browsers pass over.
pub(crate) fn silence() -> Bytes {
    Bytes::from_static(b":\n\n")
}

/// An answer that goes on for as long as the stream does.
pub(crate) fn answer(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let body = Body::from_stream(futures_util::StreamExt::map(events, Ok::<_, Infallible>));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Some proxies collect answers before they pass them on.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}
