//! `Idempotency-Key`: a request that is sent twice counts once.

use axum::extract::FromRequestParts;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use model::Time;
use office::{Office, OfficeError, Once, Request, StorageError};
use payments::has_card_number;
use serde::Serialize;

use super::guard::Caller;
use super::problem::{Fault, Kind, Problem};
use super::state::Web;

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Says that the answer is one of before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The sender's name of the request, if it has one.
pub(crate) struct RequestKey(Option<String>);

impl FromRequestParts<Web> for RequestKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(key) = keys.next() else { return Ok(Self(None)) };
        let text = key.to_str().ok().filter(|text| (1..=255).contains(&text.len()));
        let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        let text = text.filter(|text| !has_card_number(text) && keys.next().is_none());
        text.map(|text| Self(Some(text.to_owned()))).ok_or_else(|| {
            let detail = "it must be sent once, of 1 to 255 visible ASCII characters, best a UUID";
            Problem::of(Kind::Parameter, vec![Fault::in_header("Idempotency-Key", detail)])
        })
    }
}

impl RequestKey {
    /// The request, as the office keeps it.
    pub(crate) fn request(self, caller: &Caller, hash: [u8; 32]) -> Option<Request> {
        self.0.map(|key| Request { sender: caller.0.clone(), key, hash })
    }
}

/// An answer as the text that is kept.
pub(crate) fn text(answer: &impl Serialize) -> Result<String, OfficeError> {
    let text = serde_json::to_string(answer);
    text.map_err(|error| StorageError::Statement(format!("an answer is no JSON: {error}")).into())
}

/// Carries a request out that takes more than one transaction, once if it has a key.
pub(crate) async fn outside(
    web: &Web,
    request: Option<Request>,
    now: Time,
    work: impl FnOnce(&Office) -> Result<String, OfficeError> + Send + 'static,
) -> Result<Once, Problem> {
    let once = web.office(move |office| match request {
        Some(request) => office.once_outside(request, now, work),
        None => work(office).map(Once::Done),
    });
    once.await
}

/// Answers a request that was carried out, just now or before.
pub(crate) fn answer(status: StatusCode, once: Once) -> Result<Response, Problem> {
    let (text, replayed) = match once {
        Once::Done(text) => (text, false),
        Once::Again(text) => (text, true),
        Once::Other => {
            let detail = "A key names one request for a day; send a new key with a new request.";
            return Err(Problem::new(Kind::OtherRequest, detail));
        }
        Once::Running => {
            return Err(Problem::new(Kind::Running, "Wait a second and send the same request again."));
        }
    };
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, [(CONTENT_TYPE, json)], text).into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
