//! The demo: the store from above, in which the visitor is a shopper.

mod act;
mod command;
mod page;
mod shelf;
mod visitor;

use axum::Router;
use axum::routing::{get, post};

pub use command::{Command, Demo, Order, Truth, TruthShopper};

use super::site::Site;

/// What there is below `/demo`; nothing, where the store is not simulated.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(page::demo))
        .route("/shelf/{gondola}", get(shelf::shelf))
        .route("/me", get(act::me))
        .route("/enter", post(act::enter))
        .route("/take", post(act::take))
        .route("/put-back", post(act::put_back))
        .route("/give", post(act::give))
        .route("/leave", post(act::leave))
        .route("/break", post(act::spoil))
}
