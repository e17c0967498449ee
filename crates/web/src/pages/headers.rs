//! What stands around every page: what a browser may do with it, and how many are worked on at once.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::error::PageError;
use super::site::Site;
use super::speech::Speech;
use crate::api::lend;

/// Nothing is loaded from elsewhere, nothing inline is run, nobody else frames a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src \
                      'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'self'; \
                      form-action 'self'; base-uri 'none'";
/// A receipt's page is a mail too: its style stands inline.
pub(crate) const PAPER_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'";

/// What devices a page may use.
const PERMISSIONS: &str = "permissions-policy";

/// A page that may use the camera; no other may.
pub(crate) fn with_camera(page: Markup) -> Response {
    let may = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";
    ([(PERMISSIONS, HeaderValue::from_static(may))], page).into_response()
}

/// Says what a browser may do with an answer, and in the visitor's language what is wrong if it is an error.
pub(crate) async fn secure(speech: Speech, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<PageError>() {
        response = (response.status(), error.page(speech)).into_response();
    }
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers
        .entry(PERMISSIONS)
        .or_insert(HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses what another site makes a visitor's browser send.
pub(crate) async fn own_site(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) && is_from_elsewhere(request.headers()) {
        return PageError::Forged.into_response();
    }
    next.run(request).await
}

/// Whether a page of another site made the browser send it. What is no browser says nothing of the kind, and has no
/// cookies of others.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match (header("sec-fetch-site"), header("origin"), header("host")) {
        (Some(site), _, _) => site != "same-origin" && site != "none",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, name)| name != host),
        (None, Some(_), None) => true,
        (None, None, _) => false,
    }
}

/// Runs the handler if there is room. What nobody read of a form, since it was refused, is read all the same: else the
/// browser would lose the answer.
pub(crate) async fn at_once(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let (body, rest) = lend(body);
    let request = Request::from_parts(head, body);
    let mut response = match site.web.at_once().try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => {
            drop(request);
            PageError::Busy.into_response()
        }
    };
    if !rest.read(site.web.config().limits).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
