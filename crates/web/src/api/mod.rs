//! The API, version 1.
//!
//! `routes` says what there is and who may use it; each handler is a function of a module named after what it is
//! about; `shapes` is what comes in, `views` what goes out, `problem` what is said when something is wrong.

mod accounts;
mod amount;
mod around;
mod badges;
mod catalogue;
mod disputes;
mod entry;
mod epcis;
mod events;
mod figures;
mod guard;
mod input;
mod kiosk;
mod once;
mod openapi;
mod problem;
mod receipts;
mod rest;
mod shapes;
mod state;
mod trips;
mod views;
mod webhooks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::config::Scope;
use crate::pages::{PageError, secure};
pub(crate) use amount::minor as amount_minor;
use guard::Guard;
pub use openapi::openapi;
use problem::{Kind, Problem};
pub(crate) use rest::lend;
pub(crate) use state::Web;

/// Where it stands.
const ROOT: &str = "/api/v1";

/// All of it, ready to be served.
pub(crate) fn router(web: Web) -> Router {
    Router::new()
        .nest(ROOT, routes(&web))
        .fallback(unknown.layer(from_fn(secure)))
        .method_not_allowed_fallback(async || {
            Problem::new(Kind::Method, "This path is not used with this method; Allow says with which.")
        })
        .layer(DefaultBodyLimit::max(web.config().limits.body_bytes))
        .layer(from_fn_with_state(web.clone(), around::around))
        .with_state(web)
}

/// Nothing is at this path, in words for a program or for a person.
async fn unknown(headers: HeaderMap) -> Response {
    let wants = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wants.contains("text/html") {
        return PageError::NotFound.into_response();
    }
    Problem::new(Kind::UnknownPath, "There is nothing at this path.").into_response()
}

/// What there is, and which scope each needs.
fn routes(web: &Web) -> Router<Web> {
    let most = web.config().limits.catalogue_bytes;
    let guarded = Routes { web, router: Router::new() };
    guarded
        .post("/entry", Scope::Gate, entry::enter)
        .post("/trips/{trip}/join", Scope::Gate, entry::join)
        .post("/trips/{trip}/entered", Scope::Gate, trips::entered)
        .post("/trips/{trip}/left", Scope::Gate, trips::left)
        .post("/trips/{trip}/cart", Scope::Carts, trips::cart)
        .get("/trips/{trip}", Scope::Trips, trips::look)
        .get("/trips", Scope::Trips, trips::list)
        .post("/trips/{trip}/review", Scope::Reviews, trips::review)
        .post("/trips/{trip}/disputes", Scope::Disputes, disputes::dispute)
        .post("/trips/{trip}/disputes/{dispute}/decision", Scope::Refunds, disputes::decide)
        .post("/trips/{trip}/refunds", Scope::Refunds, disputes::refund)
        .post("/trips/{trip}/cancel", Scope::Refunds, trips::cancel)
        .post("/trips/{trip}/debt/pay", Scope::Kiosk, trips::pay)
        .post("/receipts/look-up", Scope::Kiosk, kiosk::look_up)
        .post("/receipts/of-card", Scope::Kiosk, kiosk::of_card)
        .post("/receipts/kiosk", Scope::Kiosk, kiosk::link)
        .get("/receipts/{trip}", Scope::Receipts, receipts::look)
        .get("/events", Scope::Events, events::feed)
        .get("/figures", Scope::Figures, figures::figures)
        .get("/audit", Scope::Audit, figures::audit)
        .get("/epcis", Scope::Epcis, epcis::export)
        .get("/catalogue", Scope::Catalogue, catalogue::list)
        .route(
            "/catalogue/uploads/{name}",
            Scope::Catalogue,
            put(catalogue::upload).layer(DefaultBodyLimit::max(most)).get(catalogue::status),
        )
        .post("/badges", Scope::Staff, badges::add)
        .route("/badges/{name}", Scope::Staff, delete(badges::remove))
        .post("/accounts", Scope::People, accounts::create)
        .route("/accounts/{account}", Scope::People, get(accounts::look).delete(accounts::erase))
        .route("/accounts/{account}/language", Scope::People, put(accounts::set_language))
        .post("/accounts/{account}/cards", Scope::People, accounts::add_card)
        .route("/accounts/{account}/cards/{card}", Scope::People, delete(accounts::remove_card))
        .route("/accounts/{account}/cards/{card}/default", Scope::People, put(accounts::set_default_card))
        .route(
            "/accounts/{account}/phones/{device}",
            Scope::People,
            put(accounts::give_pass).delete(accounts::remove_phone),
        )
        .route("/accounts/{account}/consents", Scope::People, get(accounts::consents).post(accounts::consent))
        .get("/accounts/{account}/receipts", Scope::People, accounts::receipts)
        .get("/accounts/{account}/export", Scope::People, accounts::export)
        .router
        .route("/health", open(web, get(figures::health)))
        .route("/webhooks/payments", open(web, post(webhooks::payments)))
        .route("/openapi.json", get(openapi::document))
        .route("/docs", get(openapi::guide))
}

/// Routes that need a key.
struct Routes<'a> {
    web: &'a Web,
    router: Router<Web>,
}

impl Routes<'_> {
    fn get<H: Handler<T, Web>, T: 'static>(self, path: &str, scope: Scope, handler: H) -> Self {
        self.route(path, scope, get(handler))
    }

    fn post<H: Handler<T, Web>, T: 'static>(self, path: &str, scope: Scope, handler: H) -> Self {
        self.route(path, scope, post(handler))
    }

    fn route(self, path: &str, scope: Scope, method: MethodRouter<Web>) -> Self {
        let guard = from_fn_with_state(Guard { web: self.web.clone(), scope }, guard::keyed);
        Self { router: self.router.route(path, method.route_layer(guard)), ..self }
    }
}

/// A route that anybody may use, so often.
fn open(web: &Web, method: MethodRouter<Web>) -> MethodRouter<Web> {
    let web = web.clone();
    method.route_layer(from_fn(move |request, next| guard::keyless(web.clone(), request, next)))
}
