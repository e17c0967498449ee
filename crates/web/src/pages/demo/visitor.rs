//! Who plays: a visitor, known by a cookie, and their shoppers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use office::TripKey;
use uuid::Uuid;

use super::command::{Truth, TruthShopper};
use crate::pages::error::PageError;
use crate::pages::playing::visitor;

/// A visitor may have this many shoppers inside at once.
pub(super) const SHOPPERS: usize = 4;

/// A visitor of the demo: their part in the names of what is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor(String);

impl Visitor {
    /// Their part in the names of their shoppers: random, and the same for all of them.
    pub(crate) fn tag(&self) -> &str {
        &self.0
    }

    /// Their shoppers who are in the store, the first to come first.
    pub(super) fn shoppers<'a>(&self, truth: &'a Truth) -> Vec<&'a TruthShopper> {
        truth.shoppers.iter().filter(|shopper| self.owns(&shopper.name)).collect()
    }

    /// Whether a shopper of this name is theirs.
    pub(super) fn owns(&self, name: &str) -> bool {
        name.strip_prefix(self.tag()).is_some_and(|rest| rest.starts_with('-'))
    }

    /// A name for one more shopper of theirs, which says whose it is and on which trip.
    pub(crate) fn name(&self, trip: TripKey) -> String {
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
        visitor(&parts.headers).map(Self)
    }
}
