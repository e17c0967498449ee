//! The demo: the store from above, in which the visitor is a shopper.

mod account;
mod act;
mod command;
mod gate;
mod mailbox;
mod page;
mod phone;
mod shelf;
mod visitor;

use axum::Router;
use axum::routing::{get, post};

pub use command::{Command, Demo, Order, Truth, TruthShopper};
pub(crate) use gate::come_in;
pub(crate) use page::navigation;
pub(crate) use visitor::Visitor;

use super::site::Site;

/// What there is below `/demo`; nothing, where the store is not simulated.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(page::demo))
        .route("/shelf/{gondola}", get(shelf::shelf))
        .route("/phone", get(phone::phone))
        .route("/mail", get(mailbox::mailbox))
        .route("/mail/{file}", get(mailbox::mail))
        .route("/me", get(act::me))
        .route("/enter", post(act::enter))
        .route("/take", post(act::take))
        .route("/put-back", post(act::put_back))
        .route("/give", post(act::give))
        .route("/leave", post(act::leave))
        .route("/break", post(act::spoil))
}
