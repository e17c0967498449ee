//! `/r/…`: the addresses that stand on receipts. They stay as they are for as long as papers are kept, so they only
//! lead on to where the app shows it today.

use axum::extract::Path;
use axum::response::Redirect;
use office::TripKey;

use super::error::PageError;

/// `GET /r/{trip}`: the receipt.
pub(crate) async fn receipt(Path(trip): Path<String>) -> Result<Redirect, PageError> {
    let trip = key(&trip)?;
    Ok(Redirect::to(&format!("/app/receipts/{trip}")))
}

/// `GET /r/{trip}/pay`: what is owed is paid on the app's first page.
pub(crate) async fn pay(Path(trip): Path<String>) -> Result<Redirect, PageError> {
    key(&trip)?;
    Ok(Redirect::to("/app"))
}

/// Whether there is such a trip, only its shopper is told.
fn key(trip: &str) -> Result<TripKey, PageError> {
    trip.parse().map_err(|_| PageError::NotFound)
}
