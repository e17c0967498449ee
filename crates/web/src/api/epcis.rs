//! `GET /epcis`: what was sold and brought back, for partners' systems.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use model::Time;
use serde::Deserialize;

use super::input::Parameters;
use super::problem::{Fault, Kind, Problem};
use super::state::Web;

/// Longest span that is told at once, days: a document of a quarter is large enough.
const DAYS: f64 = 92.0;

/// What is not in the document, as a dictionary of numbers (RFC 9651).
const LEFT_OUT: HeaderName = HeaderName::from_static("saunter-left-out");

/// Which span is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EpcisQuery {
    from: String,
    until: String,
}

/// What was sold and brought back, as EPCIS 2.0
///
/// The same span gives the same events with the same ids. What can't be told is counted in the header
/// `Saunter-Left-Out`. docs/epcis.md explains what stands in the document.
#[utoipa::path(
    get, path = "/epcis", operation_id = "epcis", tag = "store",
    params(
        ("from" = String, Query, description = "From this moment on.", format = "date-time"),
        ("until" = String, Query, description = "Until before this moment, at most 92 days later.", format = "date-time"),
    ),
    responses((status = 200, description = "An EPCIS document, JSON-LD.", content((serde_json::Value = "application/ld+json")))),
)]
pub(crate) async fn export(
    State(web): State<Web>,
    Parameters(query): Parameters<EpcisQuery>,
) -> Result<Response, Problem> {
    let from = moment("from", &query.from)?;
    let until = moment("until", &query.until)?;
    if until <= from || until > from.plus_seconds(DAYS * 86_400.0) {
        return Err(wrong("until", format!("it must be later than from, by at most {DAYS} days")));
    }
    let now = web.now();
    let export = web.office(move |office| {
        let site = office.policy().epcis.clone();
        site.map(|site| office.epcis(&site, from, until, now)).transpose()
    });
    let export = export.await?.ok_or_else(|| {
        Problem::new(Kind::NoEpcis, "Give the store's configuration its GLN: gln in [epcis].")
    })?;
    let untold = export.untold;
    let left_out = format!(
        "lines-without-gtin={}, lines-of-store-numbers={}, whole-movements={}",
        untold.without_gtin, untold.store_numbers, untold.whole_movements
    );
    let mut response = export.document.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/ld+json"));
    headers.extend(HeaderValue::try_from(left_out).ok().map(|left_out| (LEFT_OUT, left_out)));
    Ok(response)
}

/// A moment in a parameter.
fn moment(name: &str, text: &str) -> Result<Time, Problem> {
    text.parse().map_err(|_| wrong(name, "a moment is written as 2026-11-24T13:08:16Z (RFC 3339)"))
}

fn wrong(name: &str, detail: impl Into<String>) -> Problem {
    Problem::of(Kind::Lines, vec![Fault::in_parameter(name, detail)])
}
