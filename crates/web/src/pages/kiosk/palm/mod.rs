//! `/kiosk/palm`: enrolling a palm: consent, card, left hand, right hand, done. And deleting it in one step.
//!
//! The page with the camera's script comes only once consent stands in the tables and a card was shown; before that no
//! page of a kiosk has a script that could open a camera, and browsers are told to allow none.

mod card;
mod consent;
mod forget;
mod hands;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};

use crate::pages::cookies;
use crate::pages::palm::Enrolment;
use crate::pages::site::Site;

/// The cookie with the ticket of somebody at the kiosk.
const COOKIE: &str = "palm";

/// What there is below `/kiosk/palm`.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/kiosk/palm", get(consent::screen).post(consent::agree))
        .route("/kiosk/palm/card", get(card::screen).post(card::show))
        .route("/kiosk/palm/hands", get(hands::screen))
        .route("/kiosk/palm/picture", post(hands::picture))
        .route("/kiosk/palm/skip", post(hands::skip))
        .route("/kiosk/palm/finish", post(hands::finish))
        .route("/kiosk/palm/stop", post(hands::stop))
        .route("/kiosk/palm/forget", get(forget::screen).post(forget::forget))
}

/// The ticket that a browser has.
fn ticket(headers: &HeaderMap) -> &str {
    cookies::get(headers, COOKIE).unwrap_or_default()
}

/// Whoever stands before this kiosk.
fn enrolment(site: &Site, headers: &HeaderMap) -> Option<Arc<Mutex<Enrolment>>> {
    site.palms.enrolments.find(ticket(headers), site.web.now())
}
