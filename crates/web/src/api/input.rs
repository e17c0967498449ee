//! What comes in: bodies, addresses, and what is refused of them before anything looks at it.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use model::Gtin;
use office::code::{DeviceKey, NoPublicKey};
use office::{AccountKey, InstrumentKey, TripKey};
use payments::has_card_number;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use sha2::{Digest, Sha256};

use super::problem::{Fault, Kind, Problem};
use super::state::Web;

/// A JSON body of a known form.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    /// SHA-256 of the method, the address and the body.
    pub(crate) hash: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest<Web> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        if !is_said_to_be(request.headers(), "application/json") {
            return Err(Problem::new(Kind::ContentType, "Send `Content-Type: application/json`."));
        }
        let mut digest = Sha256::new();
        for part in [request.method().as_str(), request.uri().path()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let bytes = read(request, web, web.config().limits.body_bytes).await?;
        digest.update(&bytes);
        let value = parse(&bytes)?;
        Ok(Self { value, hash: digest.finalize().into() })
    }
}

/// A body as it came, to the byte. It has at most `most` bytes, which the route's layer holds it to.
pub(crate) async fn read(request: Request, web: &Web, most: usize) -> Result<Bytes, Problem> {
    let limits = web.config().limits;
    let bytes = tokio::time::timeout(limits.body_within, Bytes::from_request(request, web)).await;
    let bytes = bytes.map_err(|_| {
        let seconds = limits.body_within.as_secs();
        Problem::new(Kind::SlowBody, format!("A body must have come within {seconds} s; send it again."))
    })?;
    bytes.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Kind::TooLarge, format!("A body has at most {most} bytes; send less at once."))
        }
        _ => Problem::new(Kind::Malformed, "The body broke off; send it again."),
    })
}

/// Whether a body is said to be of this media type.
pub(crate) fn is_said_to_be(headers: &HeaderMap, media: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(media))
}

/// A body's text as a value of the form that is expected. Card numbers are looked for first, so that nothing that
/// holds one is told back, kept or logged.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let json = without_card_numbers(bytes)?;
    if let Some(place) = stray_array(&json, &mut String::new(), false) {
        let fault = Fault::in_body(place, "invalid type: an array, expected an object or a plain value");
        return Err(Problem::of(Kind::Invalid, vec![fault]));
    }
    // From the text again: a field that stands there twice is refused.
    let mut text = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut text).map_err(|error| {
        let place = pointer(error.path());
        match error.inner().classify() {
            Category::Data => {
                Problem::of(Kind::Invalid, vec![Fault::in_body(place, error.inner().to_string())])
            }
            _ => malformed(error.inner()),
        }
    })
}

/// All values of a header, as one.
pub(crate) fn header_values(headers: &HeaderMap, name: HeaderName) -> String {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",")
}

/// A body's text as JSON, unless a card number stands in it.
pub(crate) fn without_card_numbers(bytes: &[u8]) -> Result<Value, Problem> {
    let json: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    match card_number(&json, &mut String::new()) {
        None => Ok(json),
        Some(place) => {
            let detail = "this looks like a card number: send the processor's token and the last four digits";
            Err(Problem::of(Kind::CardNumber, vec![Fault::in_body(place, detail)]))
        }
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Kind::Malformed, format!("{error}; send one JSON value, in UTF-8."))
}

/// Fields of a catalogue that hold bar codes and keys made of them.
const CODES: [&str; 2] = ["/code", "/sku"];

/// Whether a text may be the digits of a bar code, also of one that lacks its check digit or has a wrong one: what is
/// wrong with it is told by its name. Cards that are in use have more digits, but for a few of the oldest.
pub(crate) fn is_code(text: &str) -> bool {
    text.len() <= 14 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first place with a card number. A product may be named by its GTIN: one in twenty has a card number's form.
fn card_number(json: &Value, place: &mut String) -> Option<String> {
    let length = place.len();
    let names_code = |text: &str| is_code(text) && CODES.iter().any(|field| place.ends_with(field));
    let found = match json {
        Value::String(text) => {
            let product = place.ends_with("/product") && text.parse::<Gtin>().is_ok();
            (!product && !names_code(text) && has_card_number(text)).then(|| place.clone())
        }
        // A fraction's digits are no number of their own.
        Value::Number(number) => {
            let text = number.to_string();
            (!number.is_f64() && !names_code(&text) && has_card_number(&text)).then(|| place.clone())
        }
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            place.push_str(&format!("/{index}"));
            let found = card_number(item, place);
            place.truncate(length);
            found
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            if has_card_number(name) {
                return Some(place.clone());
            }
            place.push('/');
            place.push_str(&token(name));
            let found = card_number(field, place);
            place.truncate(length);
            found
        }),
        Value::Null | Value::Bool(_) => None,
    };
    place.truncate(length);
    found
}

/// The fields that hold arrays.
const ARRAYS: [&str; 2] = ["lines", "doubtful"];

/// The first array where none may be: `serde` would take one for an object, its items for the fields in order.
fn stray_array(json: &Value, place: &mut String, may_be: bool) -> Option<String> {
    let length = place.len();
    let found = match json {
        Value::Array(_) if !may_be => Some(place.clone()),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            place.push_str(&format!("/{index}"));
            let found = stray_array(item, place, false);
            place.truncate(length);
            found
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            place.push_str(&format!("/{}", token(name)));
            let found = stray_array(field, place, ARRAYS.contains(&name.as_str()));
            place.truncate(length);
            found
        }),
        _ => None,
    };
    place.truncate(length);
    found
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", token(key))),
            Segment::Enum { variant } => Some(format!("/{}", token(variant))),
            Segment::Unknown => None,
        })
        .collect()
}

/// A name within a JSON pointer within a URI fragment.
fn token(name: &str) -> String {
    let mut token = String::with_capacity(name.len());
    for byte in name.bytes().take(100) {
        match byte {
            b'~' => token.push_str("~0"),
            b'/' => token.push_str("~1"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => token.push(char::from(byte)),
            other => token.push_str(&format!("%{other:02X}")),
        }
    }
    token
}

/// The trip in an address.
pub(crate) struct TripInPath(pub(crate) TripKey);

impl FromRequestParts<Web> for TripInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        trip_key("trip", &in_path(parts, web, "trip").await?).map(Self)
    }
}

/// The account in an address.
pub(crate) struct AccountInPath(pub(crate) AccountKey);

impl FromRequestParts<Web> for AccountInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        key("account", "an account", &in_path(parts, web, "account").await?).map(Self)
    }
}

/// The card of an account in an address.
pub(crate) struct CardInPath(pub(crate) InstrumentKey);

impl FromRequestParts<Web> for CardInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        key("card", "a card of an account", &in_path(parts, web, "card").await?).map(Self)
    }
}

/// The public key of a phone in an address.
pub(crate) struct DeviceInPath(pub(crate) DeviceKey);

impl FromRequestParts<Web> for DeviceInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let text = in_path(parts, web, "device").await?;
        let form = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if text.len() != 43 || !form {
            return Err(parameter(
                "device",
                "a phone is named by its public key: 43 characters of base64url",
            ));
        }
        text.parse().map(Self).map_err(|error: NoPublicKey| {
            Problem::of(Kind::Lines, vec![Fault::in_parameter("device", error.to_string())])
        })
    }
}

/// A name that the sender chose, in an address: of an upload, or of whoever wears a badge.
pub(crate) struct NameInPath(pub(crate) String);

impl FromRequestParts<Web> for NameInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let text = in_path(parts, web, "name").await?;
        name(&text).then_some(Self(text)).ok_or_else(|| parameter("name", NAME_FORM))
    }
}

/// What a name that the sender chose may be.
pub(crate) const NAME_FORM: &str =
    "a name has 1 to 100 letters, digits, dashes, underscores, full stops and @, and is no card number";

/// Whether a text may be a name that the sender chose.
pub(crate) fn name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
    (1..=100).contains(&text.len()) && text.bytes().all(plain) && !has_card_number(text)
}

/// The dispute's number in an address.
pub(crate) struct DisputeInPath(pub(crate) usize);

impl FromRequestParts<Web> for DisputeInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        whole("dispute", &in_path(parts, web, "dispute").await?, 0, u32::MAX.into())
            .map(|number| Self(number as usize))
    }
}

/// A part of the address by its name.
async fn in_path(parts: &mut Parts, web: &Web, name: &'static str) -> Result<String, Problem> {
    let params = RawPathParams::from_request_parts(parts, web).await;
    let unreadable = || parameter(name, "it is no UTF-8: encode it so");
    let params = params.map_err(|_| unreadable())?;
    let found = params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    found.ok_or_else(unreadable)
}

/// The parameters of an address, as texts.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri).map(|Query(value)| Self(value)).map_err(|error| {
            let why = error.body_text();
            let why = why.split_once(": ").map_or(why.as_str(), |(_, why)| why);
            Problem::new(Kind::Parameter, format!("{why}."))
        })
    }
}

/// A trip's key in a parameter.
pub(crate) fn trip_key(name: &str, text: &str) -> Result<TripKey, Problem> {
    key(name, "a trip", text)
}

/// A key in a parameter, of what it names.
fn key<K: FromStr>(name: &str, what: &str, text: &str) -> Result<K, Problem> {
    let key = text.parse().ok().filter(|_| text.len() == 36);
    key.ok_or_else(|| {
        parameter(name, format!("{what} is named by a UUID, such as 0199c0de-0000-7000-8000-000000000000"))
    })
}

/// A whole number in a parameter.
pub(crate) fn whole(name: &str, text: &str, least: i64, most: i64) -> Result<i64, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && (least..=most).contains(number));
    number.ok_or_else(|| parameter(name, format!("it must be a whole number from {least} to {most}")))
}

/// A parameter of the address that is wrong.
pub(crate) fn parameter(name: &str, detail: impl Into<String>) -> Problem {
    Problem::of(Kind::Parameter, vec![Fault::in_parameter(name, detail)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> Option<String> {
        card_number(&serde_json::from_str(json).unwrap(), &mut String::new())
    }

    #[test]
    fn card_numbers_are_found_wherever_they_stand() {
        let number = "4242".repeat(4);
        let place = |json: String| found(&json.replace('N', &number));
        assert_eq!(place(r#"{"a":["x",{"b/c":"N"}]}"#.to_owned()).unwrap(), "/a/1/b~1c");
        assert_eq!(place(r#"{"a":N}"#.to_owned()).unwrap(), "/a");
        assert_eq!(place(r#"{"a":{"N":1}}"#.to_owned()).unwrap(), "/a");
        assert_eq!(place(r#"[["4\u0032N"]]"#.replace("N", &number[2..])).unwrap(), "/0/0");
        assert_eq!(place(r#"{"product":"N"}"#.to_owned()).unwrap(), "/product");
        assert_eq!(place(r#"{"probability":0.N}"#.to_owned()), None);
    }

    #[test]
    fn an_array_is_no_object() {
        let stray = |json: &str| stray_array(&serde_json::from_str(json).unwrap(), &mut String::new(), false);
        assert_eq!(stray(r#"{"lines":[{"quantity":{"units":1}}]}"#), None);
        assert_eq!(stray("[]").unwrap(), "");
        assert_eq!(stray(r#"{"lines":[[0,1]]}"#).unwrap(), "/lines/0");
        assert_eq!(stray(r#"{"doubtful":[{"line":["x"]}]}"#).unwrap(), "/doubtful/0/line");
    }

    #[test]
    fn a_product_may_be_named_by_a_gtin_that_looks_like_a_card() {
        let cards = (4_000_000_000_000_u64..).step_by(10).map(|digits| digits.to_string());
        let gtin = cards
            .flat_map(|digits| (0..10).map(move |check| format!("{}{check}", &digits[..12])))
            .find(|digits| digits.parse::<Gtin>().is_ok() && has_card_number(digits))
            .unwrap();
        assert_eq!(found(&format!(r#"{{"product":"{gtin}"}}"#)), None);
        assert_eq!(found(&format!(r#"{{"name":"{gtin}"}}"#)).unwrap(), "/name");
    }
}
