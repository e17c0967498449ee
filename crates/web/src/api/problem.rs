//! What is said when something is wrong: problem details (RFC 9457).

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use office::{DecideError, OfficeError, PeopleError};
use payments::scrub;
use serde::Serialize;
use utoipa::ToSchema;

/// Declares the kinds of problems; each has a section of its own in `docs/api.md`.
macro_rules! kinds {
    ($($name:ident: $status:ident, $slug:literal, $title:literal;)*) => {
        /// What kind of problem it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $(#[doc = $title] $name,)* }

        impl Kind {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// Where it is explained: the end of its `type`.
            pub(crate) fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    Malformed: BAD_REQUEST, "malformed-json", "The body is no JSON";
    Invalid: BAD_REQUEST, "invalid-body", "The body has another form than it should";
    Parameter: BAD_REQUEST, "invalid-parameter", "The address or a header has another form than it should";
    Signature: FORBIDDEN, "invalid-signature", "The message is not signed by the payment processor";
    Unauthorized: UNAUTHORIZED, "invalid-key", "A valid API key is needed";
    Forbidden: FORBIDDEN, "missing-scope", "This API key may not do that";
    UnknownPath: NOT_FOUND, "unknown-path", "There is nothing at this path";
    NoTrip: NOT_FOUND, "no-such-trip", "There is no such trip";
    NoDispute: NOT_FOUND, "no-such-dispute", "There is no such dispute";
    NoReceipt: NOT_FOUND, "no-receipt-yet", "The trip has no receipt yet";
    NoUpload: NOT_FOUND, "no-such-upload", "There is no such upload";
    NoEpcis: NOT_FOUND, "no-epcis", "Partners' systems know no such store";
    ReceiptUnknown: NOT_FOUND, "no-such-receipt", "No receipt was found";
    NoAccount: NOT_FOUND, "no-such-account", "There is no such account";
    NoCard: NOT_FOUND, "no-such-card", "There is no such card in the account";
    NoDevice: NOT_FOUND, "no-such-phone", "There is no such phone in the account";
    NoWebhooks: NOT_FOUND, "no-webhooks", "No webhooks are set up";
    Method: METHOD_NOT_ALLOWED, "wrong-method", "The path is not used with this method";
    NotAcceptable: NOT_ACCEPTABLE, "not-acceptable", "It can't be given in that form";
    SlowBody: REQUEST_TIMEOUT, "slow-body", "The body took too long to come";
    State: CONFLICT, "wrong-state", "That is not possible as the trip stands";
    OtherCart: CONFLICT, "other-cart", "The trip has another cart already";
    OtherUpload: CONFLICT, "other-upload", "The upload's name stands for another catalogue";
    People: CONFLICT, "wrong-account-state", "That is not possible as the account stands";
    Running: CONFLICT, "request-running", "The same request is being worked on";
    TooLarge: PAYLOAD_TOO_LARGE, "too-large", "The body is too large";
    ContentType: UNSUPPORTED_MEDIA_TYPE, "wrong-content-type", "The body is of a kind that is not read here";
    CardNumber: UNPROCESSABLE_ENTITY, "card-number", "Card numbers must never come here";
    Lines: UNPROCESSABLE_ENTITY, "wrong-values", "Values can't be as they are";
    Catalogue: UNPROCESSABLE_ENTITY, "wrong-catalogue", "The catalogue can't be as it is";
    OtherRequest: UNPROCESSABLE_ENTITY, "key-used", "The Idempotency-Key was used for another request";
    Misses: TOO_MANY_REQUESTS, "too-many-misses", "Too many receipts were looked up and not found";
    TooMany: TOO_MANY_REQUESTS, "too-many-requests", "Too many requests";
    Broken: INTERNAL_SERVER_ERROR, "internal-error", "Something broke on our side";
    Busy: SERVICE_UNAVAILABLE, "busy", "Too much is being worked on";
    Slow: SERVICE_UNAVAILABLE, "slow", "The answer took too long";
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    /// What is wrong here, where, and how to mend it.
    pub(crate) detail: String,
    /// One by one, where there are several things or a place can be named.
    pub(crate) faults: Vec<Fault>,
    /// When to ask again, seconds from now, where that helps.
    pub(crate) again_after_s: i64,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// What is wrong, and how to mend it.
    pub(crate) detail: String,
    /// Where in the body: a JSON pointer (RFC 6901) as a URI fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#/lines/0/unit_price")]
    pub(crate) pointer: Option<String>,
    /// Which parameter of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// Which header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
}

/// Problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView {
    /// Which kind of problem; leads to its explanation.
    #[schema(example = "/api/v1/docs#wrong-values", format = "uri-reference")]
    r#type: String,
    /// The kind in words.
    title: String,
    /// The status, as in the answer's head.
    status: u16,
    /// What is wrong here, and how to mend it.
    detail: String,
    /// Each thing that is wrong, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Fault>,
}

impl Fault {
    /// Something in the body; `pointer` as `/lines/0`, empty for the body as a whole.
    pub(crate) fn in_body(pointer: impl AsRef<str>, detail: impl Into<String>) -> Self {
        let pointer = Some(format!("#{}", pointer.as_ref()));
        Self { detail: detail.into(), pointer, parameter: None, header: None }
    }

    pub(crate) fn in_parameter(parameter: &str, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), pointer: None, parameter: Some(parameter.to_owned()), header: None }
    }

    pub(crate) fn in_header(header: &str, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), pointer: None, parameter: None, header: Some(header.to_owned()) }
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), faults: Vec::new(), again_after_s: 1 }
    }

    /// A problem of these faults, one or more.
    pub(crate) fn of(kind: Kind, faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [one] => match one.pointer.as_ref().or(one.parameter.as_ref()).or(one.header.as_ref()) {
                Some(place) if place != "#" => format!("{place}: {}", one.detail),
                _ => one.detail.clone(),
            },
            several => format!("{} things are wrong; errors names each.", several.len()),
        };
        Self { kind, detail, faults, again_after_s: 1 }
    }

    /// Something that must not happen. `why` is for the log.
    pub(crate) fn broken(why: &str) -> Self {
        tracing::error!(why = %scrub(why), "a request can't be answered");
        Self::new(
            Kind::Broken,
            "This was not your mistake. Try again later; if it stays, tell the store's operator the X-Request-Id.",
        )
    }

    /// What is told, without anything that looks like a card number. What is wrong with a catalogue names bar codes,
    /// some of which look so; no card number gets as far as there.
    fn view(&self) -> ProblemView {
        let scrub = |text: &str| match self.kind {
            Kind::Catalogue => text.to_owned(),
            _ => scrub(text).into_owned(),
        };
        let clean = |fault: &Fault| Fault {
            detail: scrub(&fault.detail),
            pointer: fault.pointer.as_deref().map(scrub),
            ..fault.clone()
        };
        ProblemView {
            r#type: format!("{}/docs#{}", super::ROOT, self.kind.slug()),
            title: self.kind.title().to_owned(),
            status: self.kind.status().as_u16(),
            detail: scrub(&self.detail),
            errors: self.faults.iter().map(clean).collect(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.kind.status(), Json(self.view())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.kind {
            Kind::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"saunter\""));
            }
            Kind::Misses | Kind::TooMany | Kind::Busy | Kind::Running | Kind::Slow => {
                headers.insert(RETRY_AFTER, HeaderValue::from(self.again_after_s));
            }
            _ => {}
        }
        response
    }
}

impl From<OfficeError> for Problem {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::NoTrip(_) => Self::new(Kind::NoTrip, format!("{error}.")),
            OfficeError::Decide(error) => error.into(),
            OfficeError::Card(error) => Self::new(Kind::Lines, format!("{error}.")),
            OfficeError::UploadIdReused(_) => Self::new(
                Kind::OtherUpload,
                "Another catalogue was sent by this name; give each upload a name of its own.",
            ),
            OfficeError::People(error) => error.into(),
            _ => Self::broken(&error.to_string()),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        let kind = match &error {
            PeopleError::NoAccount | PeopleError::NoPerson => Kind::NoAccount,
            PeopleError::NoCard => Kind::NoCard,
            PeopleError::NoDevice => Kind::NoDevice,
            PeopleError::CardTaken
            | PeopleError::DeviceTaken
            | PeopleError::TooManyDevices(_)
            | PeopleError::AddressProven => Kind::People,
            PeopleError::Language(_) => Kind::Lines,
            PeopleError::TooOften { .. } => Kind::Misses,
            // Not of what can be asked for here.
            PeopleError::NoPassKey
            | PeopleError::PalmTaken
            | PeopleError::NoConsent
            | PeopleError::NoHand
            | PeopleError::NoPalm
            | PeopleError::NoPalmKeys
            | PeopleError::NoAge(_)
            | PeopleError::AddressTaken
            | PeopleError::TooManyMails(_)
            | PeopleError::BadToken
            | PeopleError::TooLong(_) => return Self::broken(&error.to_string()),
        };
        Self::new(kind, format!("{error}."))
    }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        let kind = match &error {
            DecideError::NotNow { .. }
            | DecideError::Decided(_)
            | DecideError::TooLate { .. }
            | DecideError::NoReturns => Kind::State,
            DecideError::NoLine(_)
            | DecideError::Nothing
            | DecideError::Quantity(_)
            | DecideError::Price(_) => Kind::Lines,
        };
        Self::new(kind, format!("{error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_explained_in_the_guide() {
        let guide = super::super::openapi::GUIDE;
        for kind in Kind::ALL {
            assert!(
                guide.contains(&format!("\n### {}\n", kind.slug())),
                "docs/api.md lacks ### {}",
                kind.slug()
            );
        }
    }

    #[test]
    fn no_card_number_is_told_back() {
        let number = "4242".repeat(4);
        let fault = Fault::in_body(format!("/{number}"), format!("unknown field `{number}`"));
        let told = serde_json::to_string(&Problem::of(Kind::Invalid, vec![fault]).view()).unwrap();
        assert!(!told.contains(&number), "{told}");
    }
}
