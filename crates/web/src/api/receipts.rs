//! `GET /receipts/{trip}`

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use receipts::{Language, ReceiptDocument, html, pdf, text};

use super::input::{TripInPath, header_values};
use super::problem::{Kind, Problem};
use super::state::Web;
use super::views::PaidReceiptView;

/// A form that a receipt is given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Html,
    Text,
    Pdf,
}

impl Form {
    /// All of them, what is preferred first.
    const ALL: [Self; 4] = [Self::Json, Self::Html, Self::Text, Self::Pdf];

    /// Its media type, in two halves.
    fn media(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("application", "json"),
            Self::Html => ("text", "html"),
            Self::Text => ("text", "plain"),
            Self::Pdf => ("application", "pdf"),
        }
    }
}

/// A trip's receipt and how it is paid
///
/// As JSON, web page, text or PDF, by `Accept`; paper in the language of `Accept-Language`.
#[utoipa::path(
    get, path = "/receipts/{trip}", operation_id = "receipt", tag = "receipts",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    responses((status = 200, description = "The receipt.", content(
        (PaidReceiptView = "application/json"), (String = "text/html"), (String = "text/plain"), (String = "application/pdf"),
    ))),
)]
pub(crate) async fn look(
    State(web): State<Web>,
    TripInPath(key): TripInPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(form) = form(&header_values(&headers, ACCEPT)) else {
        let detail = "A receipt is given as application/json, text/html, text/plain or application/pdf.";
        return Err(Problem::new(Kind::NotAcceptable, detail));
    };
    let mut response = if form == Form::Json {
        let trip = web.office(move |office| office.trip(key)).await?;
        let view = PaidReceiptView::new(&trip, web.store_name());
        view.map(|view| Json(view).into_response()).ok_or_else(none_yet)?
    } else {
        let language = Language::from_tag(&header_values(&headers, ACCEPT_LANGUAGE));
        let document = web.office(move |office| office.paper(key, language)).await?.ok_or_else(none_yet)?;
        printed(form, document).await?
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept, accept-language"));
    Ok(response)
}

fn none_yet() -> Problem {
    Problem::new(
        Kind::NoReceipt,
        "A receipt is made once the trip's amount is final; paper only if something was bought.",
    )
}

/// A receipt on paper.
async fn printed(form: Form, document: ReceiptDocument) -> Result<Response, Problem> {
    // A long receipt takes a while to set, which must not hold up others.
    let printed = tokio::task::spawn_blocking(move || match form {
        Form::Html => Ok(html(&document).into_bytes()),
        Form::Pdf => pdf(&document).map_err(|error| error.to_string()),
        Form::Text | Form::Json => Ok(text(&document).into_bytes()),
    });
    let printed = printed.await.map_err(|error| error.to_string()).and_then(|printed| printed);
    let bytes = printed.map_err(|why| Problem::broken(&why))?;
    let kind = match form {
        Form::Html => "text/html; charset=utf-8",
        Form::Pdf => "application/pdf",
        Form::Text | Form::Json => "text/plain; charset=utf-8",
    };
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response())
}

/// The form that `Accept` wants most (RFC 9110, section 12.5.1); JSON where it says nothing.
fn form(accept: &str) -> Option<Form> {
    if accept.trim().is_empty() {
        return Some(Form::Json);
    }
    let wanted = Form::ALL.map(|form| (weight(accept, form.media()), form));
    let most = wanted.iter().map(|(weight, _)| *weight).fold(0.0, f32::max);
    wanted.into_iter().find(|(weight, _)| *weight > 0.0 && *weight >= most).map(|(_, form)| form)
}

/// How much a media type is wanted, from 0 to 1: what the range says that names it most closely.
fn weight(accept: &str, (kind, subkind): (&str, &str)) -> f32 {
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let (first, second) = parts.next()?.split_once('/')?;
        let closeness = match (first, second) {
            ("*", "*") => 1,
            (first, "*") if first.eq_ignore_ascii_case(kind) => 2,
            (first, second) if first.eq_ignore_ascii_case(kind) && second.eq_ignore_ascii_case(subkind) => 3,
            _ => return None,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        Some((closeness, weight))
    });
    ranges
        .max_by_key(|(closeness, _)| *closeness)
        .map_or(0.0, |(_, weight): (i32, f32)| weight.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_wanted_most_is_given() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (accept, wanted) in [
            ("", Some(Form::Json)),
            ("*/*", Some(Form::Json)),
            (browser, Some(Form::Html)),
            ("Application/PDF", Some(Form::Pdf)),
            ("text/*", Some(Form::Html)),
            ("text/*;q=0.5, text/plain", Some(Form::Text)),
            ("application/json;q=0.1, text/plain;q=0.2", Some(Form::Text)),
            ("*/*, application/json;q=0", Some(Form::Html)),
            ("image/png", None),
            ("application/json;q=0", None),
            ("nonsense", None),
        ] {
            assert_eq!(form(accept), wanted, "{accept}");
        }
    }
}
