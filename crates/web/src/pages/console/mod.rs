//! The console: what staff and operators see and decide.
//!
//! Each page asks for the right it needs before anything else, and the navigation shows only what a role may. Every
//! look at a shopper's trip is written down before it is answered. `desk` is what all pages have in common.

mod audit;
mod catalogue;
mod curve;
mod debts;
mod decide;
mod desk;
mod devices;
mod disputes;
mod doubts;
mod evidence;
mod figures;
mod floor;
mod heat;
mod me;
mod moment;
mod overview;
mod palms;
mod passkeys;
mod plan;
mod planogram;
mod reviews;
mod shelf;
mod sign_in;
mod staff;
mod timeline;
mod trip;
mod trips;
mod why;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::site::Site;

/// The console's pages, beneath `/console`.
pub(super) fn routes() -> Router<Site> {
    let catalogue = get(catalogue::catalogue).post(catalogue::upload);
    Router::new()
        .route("/", get(overview::overview))
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/demo-sign-in", post(sign_in::demo_sign_in))
        .route("/me", get(me::me))
        .route("/me/password", post(me::set_password))
        .route("/passkeys", post(passkeys::add))
        .route("/passkeys/challenge", post(passkeys::challenge))
        .route("/passkeys/remove", post(passkeys::remove))
        .route("/passkeys/sign-in", post(passkeys::sign_in))
        .route("/passkeys/sign-in/challenge", post(passkeys::sign_in_challenge))
        .route("/floor", get(floor::floor))
        .route("/trips", get(trips::trips))
        .route("/trips/{trip}", get(trip::trip))
        .route("/trips/{trip}/receipt", get(trip::receipt))
        .route("/trips/{trip}/refund", post(decide::refund))
        .route("/trips/{trip}/cancel", post(decide::cancel))
        .route("/trips/{trip}/palms/{person}/age", post(palms::age))
        .route("/trips/{trip}/palms/{person}/delete", post(palms::delete))
        .route("/trips/{trip}/{kind}/{line}", get(why::line))
        .route("/reviews", get(reviews::queue))
        .route("/reviews/{trip}", get(reviews::review))
        .route("/reviews/{trip}/{line}", post(reviews::decide))
        .route("/disputes", get(disputes::queue))
        .route("/disputes/{trip}/{number}", get(disputes::dispute).post(decide::dispute))
        .route("/debts", get(debts::debts))
        .route("/devices", get(devices::devices))
        .route("/catalogue", catalogue.layer(DefaultBodyLimit::max(catalogue::FORM_BYTES)))
        .route("/planogram", get(planogram::planogram))
        .route("/figures", get(figures::figures))
        .route("/staff", get(staff::staff).post(staff::add))
        .route("/staff/{key}", get(staff::member))
        .route("/staff/{key}/role", post(staff::set_role))
        .route("/staff/{key}/password", post(staff::set_password))
        .route("/staff/{key}/disable", post(staff::disable))
        .route("/audit", get(audit::audit))
}
