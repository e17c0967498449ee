//! `GET /demo/phone`: the app, signed in as the visitor.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use office::Visitor as SignedIn;

use super::account;
use super::visitor::Visitor;
use crate::pages::error::PageError;
use crate::pages::session;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// Signs the visitor in and opens the app. Only a demo does that for anybody.
pub(super) async fn phone(
    State(site): State<Site>,
    visitor: Visitor,
    speech: Speech,
) -> Result<Response, PageError> {
    site.demo()?;
    let account = account::of(&site, &visitor, speech.tag()).await?;
    let now = site.web.now();
    let token = site.office(move |office| office.open_session(SignedIn::Shopper(account), now)).await?;
    Ok((session::begin_shopper(&token), Redirect::to("/app")).into_response())
}
