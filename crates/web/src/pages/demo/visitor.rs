//! Who plays: a visitor, known by a cookie, and their shoppers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use office::TripKey;
use uuid::Uuid;

use super::command::{Truth, TruthShopper};
use crate::pages::cookies;
use crate::pages::error::PageError;

/// The cookie.
const COOKIE: &str = "visitor";
/// A visitor may have this many shoppers inside at once.
pub(super) const SHOPPERS: usize = 4;

/// A visitor of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visitor(String);

impl Visitor {
    /// A new visitor, and the cookie to know them by.
    pub(super) fn new() -> (Self, String) {
        let visitor = Self(Uuid::now_v7().simple().to_string());
        let cookie = cookies::set(COOKIE, &visitor.0, cookies::YEAR_S);
        (visitor, cookie)
    }

    /// Their part in the names of their shoppers: random, and the same for all of them.
    pub(super) fn tag(&self) -> &str {
        let start = self.0.len().saturating_sub(12);
        &self.0[start..]
    }

    /// Their shoppers who are in the store, the first to come first.
    pub(super) fn shoppers<'a>(&self, truth: &'a Truth) -> Vec<&'a TruthShopper> {
        let prefix = format!("{}-", self.tag());
        truth.shoppers.iter().filter(|shopper| shopper.name.starts_with(&prefix)).collect()
    }

    /// Whether a shopper of this name is theirs.
    pub(super) fn owns(&self, name: &str) -> bool {
        name.strip_prefix(self.tag()).is_some_and(|rest| rest.starts_with('-'))
    }

    /// A name for one more shopper of theirs, which says whose it is and on which trip.
    pub(super) fn name(&self, trip: TripKey) -> String {
        let number = Uuid::now_v7().simple().to_string();
        format!("{}-{trip}-{}", self.tag(), &number[number.len() - 8..])
    }
}

/// The trip that the name of a visitor's shopper says.
pub(super) fn trip_of(name: &str) -> Option<TripKey> {
    let (_, rest) = name.split_once('-')?;
    rest.get(..36)?.parse().ok()
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let id = cookies::get(&parts.headers, COOKIE).unwrap_or_default();
        let plain = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| Self(id.to_owned())).ok_or_else(|| {
            PageError::NotNow("Please open the demo's page first: it needs its cookie.".to_owned())
        })
    }
}
