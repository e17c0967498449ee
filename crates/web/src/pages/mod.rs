//! The pages: what people see of the store in a browser.
//!
//! `routes` says what there is. Pages are written on the server with `maud`, in the visitor's language (`speech`), in one
//! frame (`layout`) with one style sheet; what is live comes by server-sent events to small scripts (`assets`). No
//! page holds a rule of the business: it asks the office and shows what it says.

mod app;
mod assets;
mod client;
mod console;
mod cookies;
mod demo;
mod error;
mod floor;
mod front;
mod headers;
mod kiosk;
mod layout;
mod look_up;
mod next;
mod palm;
mod playing;
mod printed;
mod session;
mod site;
mod speech;
mod stream;
mod vault;
mod words;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

pub use self::palm::{Eye, Gaze, Seen};
pub(crate) use client::Peer;
pub use demo::{Command, Demo, Order, Truth, TruthShopper};
pub(crate) use error::PageError;
pub(crate) use headers::secure;
pub(crate) use site::Site;

/// All pages, ready to be served.
pub(crate) fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(front::front))
        .route("/language", post(speech::choose))
        .route("/floor/plan.json", get(floor::plan))
        .route("/floor/live", get(floor::live))
        .nest("/console", console::routes())
        .route("/look-up", get(look_up::form).post(look_up::look))
        .route("/r/{trip}", get(printed::receipt))
        .route("/r/{trip}/pay", get(printed::pay))
        .route("/vault", get(vault::form))
        .route("/vault/tokens", post(vault::tokens))
        .nest("/app", app::routes())
        .nest("/kiosk", kiosk::routes())
        .nest("/palm", palm::routes())
        .nest("/demo", demo::routes())
        .merge(assets::routes())
        .layer(from_fn(headers::own_site))
        .layer(from_fn_with_state(site.clone(), headers::at_once))
        .layer(from_fn(headers::secure))
        .with_state(site)
}
