//! `POST /entry`

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use office::{Office, Once};

use super::guard::Caller;
use super::input::Body;
use super::once::{self, RequestKey};
use super::problem::Problem;
use super::shapes::EntryRequest;
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
    let answer = web.office(move |office| match request {
        Some(request) => office.once_outside(request, now, work),
        None => work(office).map(Once::Done),
    });
    once::answer(StatusCode::OK, answer.await?)
}
