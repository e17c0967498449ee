//! `POST /entry`

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use office::Office;

use super::guard::Caller;
use super::input::{Body, TripInPath};
use super::once::{self, RequestKey};
use super::problem::Problem;
use super::shapes::{EntryRequest, Faults, JoinRequest};
use super::state::Web;
use super::views::EntryView;

/// Somebody shows a credential at a gate
///
/// Asks the bank for a hold and waits for it, half a minute at most. A refusal is a decision, not an error: show
/// its text to the person. Without an Idempotency-Key a card that is sent twice within the store's party time
/// joins its own trip.
#[utoipa::path(
    post, path = "/entry", operation_id = "enter", tag = "gates",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = EntryRequest,
    responses((status = 200, description = "What the gate does.", body = EntryView)),
)]
pub(crate) async fn enter(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    key: RequestKey,
    body: Body<EntryRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let (gate, shown) = body.value.checked()?;
    let now = web.now();
    let work = move |office: &Office| once::text(&EntryView::from(office.enter(gate, shown, now)?));
    let answer = once::outside(&web, request, now, work).await?;
    once::answer(StatusCode::OK, answer)
}

/// Somebody comes to the people of a trip on a credential of their own
///
/// As friends do who shop as a group: the trip's payer pays, and whoever came may look the receipt up.
#[utoipa::path(
    post, path = "/trips/{trip}/join", operation_id = "join", tag = "gates",
    params(
        ("trip" = String, Path, description = "The trip.", format = "uuid"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID. Without one, somebody who is sent twice counts twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = JoinRequest,
    responses((status = 200, description = "What the gate does.", body = EntryView)),
)]
pub(crate) async fn join(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    TripInPath(trip): TripInPath,
    key: RequestKey,
    body: Body<JoinRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let shown = body.value.credential.checked(Faults::default())?;
    let now = web.now();
    let work = move |office: &Office| once::text(&EntryView::from(office.join(trip, shown, now)?));
    let answer = once::outside(&web, request, now, work).await?;
    once::answer(StatusCode::OK, answer)
}
