//! Disputes, decisions about them, and refunds without one.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use model::Currency;
use office::{Desk, Dispute, OfficeError, Once, Trip, TripKey};

use super::guard::Caller;
use super::input::{Body, DisputeInPath, TripInPath};
use super::once::{self, RequestKey};
use super::problem::{Kind, Problem};
use super::shapes::{DecisionRequest, DisputeRequest, Faults, RefundRequest};
use super::state::Web;
use super::views::{TripView, UndoneView};

/// A shopper says that lines are not right
///
/// Small ones are granted at once, as the store's rules say; the others wait for a decision.
#[utoipa::path(
    post, path = "/trips/{trip}/disputes", operation_id = "dispute", tag = "money back",
    params(
        ("trip" = String, Path, description = "The trip.", format = "uuid"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID.", min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = DisputeRequest,
    responses((status = 201, description = "The dispute was taken in.", body = UndoneView)),
)]
pub(crate) async fn dispute(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    TripInPath(trip): TripInPath,
    key: RequestKey,
    body: Body<DisputeRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let (kind, lines) = body.value.checked()?;
    let currency = web.currency();
    undo(&web, trip, request, move |desk| {
        let trip = desk.dispute(trip, Dispute { lines, kind })?;
        let number = trip.disputes.len().saturating_sub(1);
        let decided = trip.disputes.last().and_then(|(_, decided)| decided.as_ref());
        undone(&trip, number, decided.map(|(granted, _)| *granted), currency)
    })
    .await
}

/// Somebody of the store gives money back for lines, without a dispute
#[utoipa::path(
    post, path = "/trips/{trip}/refunds", operation_id = "refund", tag = "money back",
    params(
        ("trip" = String, Path, description = "The trip.", format = "uuid"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID. Without one, a request that is sent twice gives twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = RefundRequest,
    responses((status = 201, description = "The money is given back.", body = UndoneView)),
)]
pub(crate) async fn refund(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    TripInPath(trip): TripInPath,
    key: RequestKey,
    body: Body<RefundRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let RefundRequest { lines, reason } = body.value;
    let mut faults = Faults::default();
    let lines = faults.lines(&lines, 1);
    faults.reason(&reason);
    faults.done()?;
    let currency = web.currency();
    undo(&web, trip, request, move |desk| {
        let trip = desk.refund(trip, &lines, reason, caller.actor())?;
        undone(&trip, trip.refunds.len().saturating_sub(1), Some(true), currency)
    })
    .await
}

/// Carries a request out, once if it has a key, and says where the trip is.
async fn undo(
    web: &Web,
    trip: TripKey,
    request: Option<office::Request>,
    work: impl FnOnce(&mut Desk<'_>) -> Result<String, OfficeError> + Send + 'static,
) -> Result<Response, Problem> {
    let now = web.now();
    let answer = web.office(move |office| match request {
        Some(request) => office.once(request, now, work),
        None => office.at_desk(now, work).map(Once::Done),
    });
    let mut response = once::answer(StatusCode::CREATED, answer.await?)?;
    let location = HeaderValue::try_from(format!("{}/trips/{trip}", super::ROOT));
    response.headers_mut().extend(location.ok().map(|location| (LOCATION, location)));
    Ok(response)
}

fn undone(
    trip: &Trip,
    number: usize,
    granted: Option<bool>,
    currency: Currency,
) -> Result<String, OfficeError> {
    once::text(&UndoneView { number, granted, trip: TripView::new(trip, currency) })
}

/// Somebody decides about a dispute
///
/// The lines that are given back may be fewer than were disputed; none rejects the dispute.
#[utoipa::path(
    post, path = "/trips/{trip}/disputes/{dispute}/decision", operation_id = "decide", tag = "money back",
    params(
        ("trip" = String, Path, description = "The trip.", format = "uuid"),
        ("dispute" = u32, Path, description = "The dispute's number, from 0.", minimum = 0),
    ),
    request_body = DecisionRequest,
    responses((status = 200, description = "The trip as it stands now.", body = TripView)),
)]
pub(crate) async fn decide(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    TripInPath(key): TripInPath,
    DisputeInPath(dispute): DisputeInPath,
    body: Body<DecisionRequest>,
) -> Result<Json<TripView>, Problem> {
    let DecisionRequest { lines, reason } = body.value;
    let mut faults = Faults::default();
    let lines = faults.lines(&lines, 0);
    faults.reason(&reason);
    faults.done()?;
    let trip = web.office(move |office| office.trip(key)).await?;
    if dispute >= trip.disputes.len() {
        let detail = format!("The trip has {} disputes, numbered from 0.", trip.disputes.len());
        return Err(Problem::new(Kind::NoDispute, detail));
    }
    let (now, by) = (web.now(), caller.actor());
    let trip = web.office(move |office| office.decide_dispute(key, dispute, lines, reason, by, now)).await?;
    Ok(Json(TripView::new(&trip, web.currency())))
}
