//! The shopper's app: the code for the gate, the cart, receipts, cards and what is known of them. For a phone, and
//! usable on anything.

mod cards;
mod cart;
mod debts;
mod frame;
mod home;
mod me;
mod palm;
mod receipt;
mod receipts;
mod sign_in;
mod wrong;

use axum::Router;
use axum::routing::{get, post};

use super::site::Site;

/// What there is below `/app`.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(home::home))
        .route("/sw.js", get(home::worker))
        .route("/pass", post(home::pass))
        .route("/debts/{trip}", post(debts::pay))
        .route("/sign-in", get(sign_in::ask).post(sign_in::send))
        .route("/link", get(sign_in::link).post(sign_in::open))
        .route("/cart", get(cart::cart))
        .route("/cart/flag", post(cart::flag))
        .route("/live", get(cart::live))
        .route("/receipts", get(receipts::list))
        .route("/receipts/{trip}", get(receipt::look))
        .route("/receipts/{trip}/print", get(receipt::print))
        .route("/receipts/{trip}/lines/{line}", get(wrong::form).post(wrong::send))
        .route("/cards", get(cards::list).post(cards::add))
        .route("/cards/default", post(cards::set_default))
        .route("/cards/remove", post(cards::remove))
        .route("/palm", get(palm::look))
        .route("/palm/delete", post(palm::delete))
        .route("/privacy", get(me::me))
        .route("/privacy/language", post(me::language))
        .route("/privacy/consent", post(me::consent))
        .route("/privacy/phone", post(me::remove_phone))
        .route("/privacy/export.json", post(me::export))
        .route("/privacy/delete", get(me::confirm).post(me::delete))
        .route("/sign-out", post(me::sign_out))
}
