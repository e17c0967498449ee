//! Who is signed in, and forms that only their own pages can send.
//!
//! Staff and shoppers have cookies of their own, so that one browser can be both, as at a demo. A page names whom it
//! is for by its arguments: [`Staff`] for the console, [`Shopper`] for the app; nobody else gets as far as the handler.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{AccountKey, Right, Session, SessionToken, SignedIn, StaffMember};
use serde::de::DeserializeOwned;

use super::error::PageError;
use super::site::Site;
use super::{cookies, next};

/// The cookie of staff.
const STAFF: &str = "staff";
/// The cookie of shoppers.
const SHOPPER: &str = "shopper";
/// A working day, seconds; the office ends the session earlier.
const STAFF_S: u32 = 12 * 3600;
/// The header of what a page asks by itself, while nobody may sit before it.
const BY_ITSELF: &str = "x-by-itself";
/// The field of every form that changes something.
const TOKEN: &str = "csrf";

/// Somebody who works here.
pub(crate) struct Staff {
    /// Who.
    pub(crate) member: StaffMember,
    /// Their session.
    pub(crate) session: Session,
}

/// A shopper with an account.
pub(crate) struct Shopper {
    /// Their account.
    pub(crate) account: AccountKey,
    /// Their session.
    pub(crate) session: Session,
}

impl Staff {
    /// Goes on if they may do something.
    pub(crate) fn must(&self, right: Right) -> Result<(), PageError> {
        if self.session.may(right) { Ok(()) } else { Err(PageError::NotAllowed) }
    }
}

impl FromRequestParts<Site> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let session = session(&parts.headers, STAFF, site).await.map_err(IntoResponse::into_response)?;
        match session.as_ref().map(|session| session.who.clone()) {
            Some(SignedIn::Staff(member)) => session.map(|session| Self { member, session }),
            _ => None,
        }
        .ok_or_else(|| Redirect::to("/console/sign-in").into_response())
    }
}

impl FromRequestParts<Site> for Shopper {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let session = session(&parts.headers, SHOPPER, site).await.map_err(IntoResponse::into_response)?;
        match session.as_ref().map(|session| session.who.clone()) {
            Some(SignedIn::Shopper(account)) => session.map(|session| Self { account, session }),
            _ => None,
        }
        .ok_or_else(|| (next::keep(parts), Redirect::to("/app/sign-in")).into_response())
    }
}

/// The session of a cookie.
async fn session(headers: &HeaderMap, cookie: &str, site: &Site) -> Result<Option<Session>, PageError> {
    let Some(token) = cookies::get(headers, cookie).and_then(SessionToken::parse) else { return Ok(None) };
    let now = site.web.now();
    if headers.contains_key(BY_ITSELF) {
        return site.office(move |office| office.session_unused(&token, now)).await;
    }
    site.office(move |office| office.session(&token, now)).await
}

/// The header that begins a session of staff.
pub(crate) fn begin_staff(token: &SessionToken) -> HeaderMap {
    cookies::header(STAFF, &token.reveal(), STAFF_S)
}

/// The header that begins a session of a shopper.
pub(crate) fn begin_shopper(token: &SessionToken) -> HeaderMap {
    cookies::header(SHOPPER, &token.reveal(), cookies::YEAR_S)
}

/// Ends the session of staff; the header that takes the cookie away.
pub(crate) async fn end_staff(headers: &HeaderMap, site: &Site) -> Result<HeaderMap, PageError> {
    end(headers, STAFF, site).await
}

/// Ends the session of a shopper; the header that takes the cookie away.
pub(crate) async fn end_shopper(headers: &HeaderMap, site: &Site) -> Result<HeaderMap, PageError> {
    end(headers, SHOPPER, site).await
}

async fn end(headers: &HeaderMap, cookie: &str, site: &Site) -> Result<HeaderMap, PageError> {
    if let Some(token) = cookies::get(headers, cookie).and_then(SessionToken::parse) {
        site.office(move |office| office.end_session(&token)).await?;
    }
    Ok(cookies::header(cookie, "", 0))
}

/// The field that a form of a session must have.
pub(crate) fn token(session: &Session) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(session.csrf()); }
}

/// A form that was sent, not yet known to be of a page of the session; [`Sent::of`] looks.
pub(crate) struct Sent<T> {
    form: T,
    token: String,
}

impl<T> Sent<T> {
    /// What the form says, if a page of this session sent it.
    pub(crate) fn of(self, session: &Session) -> Result<T, PageError> {
        if session.csrf_fits(&self.token) { Ok(self.form) } else { Err(PageError::Forged) }
    }
}

impl<T: DeserializeOwned> FromRequest<Site> for Sent<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, site: &Site) -> Result<Self, PageError> {
        let bytes = Bytes::from_request(request, site).await;
        let bytes = bytes.map_err(|_| PageError::BadForm("it is too large or broke off".to_owned()))?;
        let fields: Vec<(String, String)> = parse(&bytes)?;
        let token = fields.into_iter().find(|(name, _)| name == TOKEN).map(|(_, value)| value);
        Ok(Self { form: parse(&bytes)?, token: token.unwrap_or_default() })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, PageError> {
    serde_urlencoded::from_bytes(bytes).map_err(|error| PageError::BadForm(error.to_string()))
}
