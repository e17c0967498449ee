//! The visitor's language.

use std::convert::Infallible;

use axum::extract::{Form, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use receipts::Language;
use serde::Deserialize;

use super::cookies;

/// The language of a page. Both texts stand side by side in the templates, so that none can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speech(pub(crate) Language);

/// The cookie that remembers a choice.
const COOKIE: &str = "language";

impl Speech {
    /// The text in the visitor's language.
    pub(crate) fn say<T>(self, english: T, german: T) -> T {
        match self.0 {
            Language::English => english,
            Language::German => german,
        }
    }

    /// BCP 47 tag.
    pub(crate) fn tag(self) -> &'static str {
        self.say("en", "de")
    }

    fn of(headers: &HeaderMap) -> Self {
        let chosen = cookies::get(headers, COOKIE);
        let wanted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self(Language::from_tag(chosen.or_else(wanted).unwrap_or_default()))
    }
}

impl<S: Sync> FromRequestParts<S> for Speech {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// The form of the switch.
#[derive(Deserialize)]
pub(crate) struct Choice {
    language: String,
}

/// `POST /language`: remembers the choice and goes back to the page.
pub(crate) async fn choose(headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    let speech = Speech(Language::from_tag(&choice.language));
    let back = headers.get(REFERER).and_then(|value| value.to_str().ok()).and_then(path).unwrap_or("/");
    let cookie = cookies::set(COOKIE, speech.tag(), cookies::YEAR_S);
    ([(SET_COOKIE, cookie)], Redirect::to(back)).into_response()
}

/// The path of an address: whatever the browser says, nobody is sent elsewhere.
fn path(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let path = &rest[rest.find('/')?..];
    (!path.starts_with("//") && !path.contains('\\')).then_some(path)
}
