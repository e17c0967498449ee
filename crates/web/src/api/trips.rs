//! `/trips`: what the store saw of a visit, its cart, and how it stands.

use axum::extract::State;
use axum::{Extension, Json};
use office::{TripState, Verdict};
use serde::Deserialize;

use super::guard::Caller;
use super::input::{Body, Parameters, TripInPath, parameter, trip_key, whole};
use super::problem::{Fault, Kind, Problem};
use super::shapes::{
    CancelRequest, CardRequest, CartRequest, Faults, LeftRequest, ReviewRequest, VerdictShape,
};
use super::state::Web;
use super::views::{CartView, TripInList, TripView, TripsView};

/// Trips of a page, if nothing is said.
const PAGE: i64 = 100;
/// Most trips of a page.
const PAGE_MAX: i64 = 1000;

/// The store saw the trip's people inside
///
/// Said twice, it counts once. Send no body.
#[utoipa::path(
    post, path = "/trips/{trip}/entered", operation_id = "entered", tag = "gates",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    responses((status = 200, description = "The trip as it stands now.", body = TripView)),
)]
pub(crate) async fn entered(
    State(web): State<Web>,
    TripInPath(trip): TripInPath,
) -> Result<Json<TripView>, Problem> {
    let now = web.now();
    let trip = web.office(move |office| office.walked_in(trip, now)).await?;
    Ok(Json(TripView::new(&trip, web.currency())))
}

/// The last of the trip's people left
///
/// Said twice, it counts once.
#[utoipa::path(
    post, path = "/trips/{trip}/left", operation_id = "left", tag = "gates",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    request_body = LeftRequest,
    responses((status = 200, description = "The trip as it stands now.", body = TripView)),
)]
pub(crate) async fn left(
    State(web): State<Web>,
    TripInPath(trip): TripInPath,
    body: Body<LeftRequest>,
) -> Result<Json<TripView>, Problem> {
    let now = web.now();
    let at = body.value.checked(now)?;
    let trip = web.office(move |office| office.left(trip, at, now)).await?;
    Ok(Json(TripView::new(&trip, web.currency())))
}

/// All of a visit is known
///
/// What is sure is charged, what is doubtful waits for a review. The trip is the request's key: the same trip and
/// cart sent again give the same answer, another cart for it is refused.
#[utoipa::path(
    post, path = "/trips/{trip}/cart", operation_id = "cart", tag = "carts",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    request_body = CartRequest,
    responses((status = 200, description = "The cart was taken in, now or before.", body = CartView)),
)]
pub(crate) async fn cart(
    State(web): State<Web>,
    TripInPath(key): TripInPath,
    body: Body<CartRequest>,
) -> Result<Json<CartView>, Problem> {
    let now = web.now();
    let cart = body.value.checked(web.currency(), now)?;
    let sent = cart.clone();
    let trip = web.office(move |office| office.close_cart(key, cart, now)).await?;
    let (closed, kept) = trip.cart.ok_or_else(|| Problem::broken("a closed cart is not there"))?;
    if kept != sent.doubting(&trip.flagged) {
        let detail =
            "The cart of a trip is final. Mend it with a refund, or look whether two trips were mixed up.";
        return Err(Problem::new(Kind::OtherCart, detail));
    }
    Ok(Json(CartView {
        trip: key.to_string(),
        closed: closed.to_string(),
        lines: kept.sure.len(),
        doubtful: kept.doubtful.len(),
    }))
}

/// How a trip stands
#[utoipa::path(
    get, path = "/trips/{trip}", operation_id = "trip", tag = "trips",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    responses((status = 200, description = "The trip, with all that happened to it.", body = TripView)),
)]
pub(crate) async fn look(
    State(web): State<Web>,
    TripInPath(key): TripInPath,
) -> Result<Json<TripView>, Problem> {
    let currency = web.currency();
    let view = web.office(move |office| {
        let trip = office.trip(key)?;
        TripView::new(&trip, currency).with_history(&office.history(key)?)
    });
    Ok(Json(view.await?))
}

/// What of the trips is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TripsQuery {
    state: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

/// Trips, the oldest first
#[utoipa::path(
    get, path = "/trips", operation_id = "trips", tag = "trips",
    params(
        ("state" = Option<String>, Query, description = "Only trips that stand there.", pattern = "^(opened|entered|shopping|exited|in_review|settled|paid|empty|declined|owed|refunded)$"),
        ("after" = Option<String>, Query, description = "Only trips after this one: `next` of the page before.", format = "uuid"),
        ("limit" = Option<u32>, Query, description = "Most trips of the page; 100 without it.", minimum = 1, maximum = 1000),
    ),
    responses((status = 200, description = "A page of trips.", body = TripsView)),
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Parameters(query): Parameters<TripsQuery>,
) -> Result<Json<TripsView>, Problem> {
    let state = query.state.as_deref().map(state).transpose()?;
    let after = query.after.as_deref().map(|after| trip_key("after", after)).transpose()?;
    let limit = query.limit.as_deref().map_or(Ok(PAGE), |limit| whole("limit", limit, 1, PAGE_MAX))?;
    // One more than asked for tells whether there is a next page.
    let mut rows = web.office(move |office| office.trips(state, after, limit as u32 + 1)).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.trip.to_string());
    let currency = web.currency();
    let trips = rows.into_iter().map(|row| TripInList::new(row, currency)).collect();
    Ok(Json(TripsView { trips, next }))
}

/// A state by its word.
fn state(word: &str) -> Result<TripState, Problem> {
    TripState::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| {
        let words: Vec<_> = TripState::ALL.iter().map(|state| state.as_str()).collect();
        parameter("state", format!("it must be one of {}", words.join(", ")))
    })
}

/// Somebody looked at a doubtful line
///
/// Once all are decided the receipt is made and the money asked for.
#[utoipa::path(
    post, path = "/trips/{trip}/review", operation_id = "review", tag = "trips",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    request_body = ReviewRequest,
    responses((status = 200, description = "The trip as it stands now.", body = TripView)),
)]
pub(crate) async fn review(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    TripInPath(key): TripInPath,
    body: Body<ReviewRequest>,
) -> Result<Json<TripView>, Problem> {
    let ReviewRequest { line, verdict, quantity } = body.value;
    let line = line as usize;
    let mut faults = Faults::default();
    let quantity = quantity.map(|quantity| faults.quantity("/quantity", quantity));
    faults.done()?;
    let verdict = match (verdict, quantity) {
        (VerdictShape::Drop, None) => Verdict::Drop,
        (VerdictShape::Drop, Some(_)) => {
            let fault = Fault::in_body("/quantity", "nothing of a dropped line is charged: leave it out");
            return Err(Problem::of(Kind::Lines, vec![fault]));
        }
        (VerdictShape::Charge, Some(quantity)) => Verdict::Charge(quantity),
        (VerdictShape::Charge, None) => {
            let trip = web.office(move |office| office.trip(key)).await?;
            let doubtful = trip.cart.as_ref().and_then(|(_, cart)| cart.doubtful.get(line));
            // Where there is no such line, the office says what is wrong.
            doubtful.map_or(Verdict::Drop, |doubtful| Verdict::Charge(doubtful.item.quantity))
        }
    };
    let now = web.now();
    let trip = web.office(move |office| office.review(key, line, verdict, caller.actor(), now)).await?;
    Ok(Json(TripView::new(&trip, web.currency())))
}

/// The retailer calls a visit off
///
/// Nothing is charged and the hold is given back. Only until the amount is final; after that, refund. Said twice,
/// it counts once.
#[utoipa::path(
    post, path = "/trips/{trip}/cancel", operation_id = "cancel", tag = "trips",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    request_body = CancelRequest,
    responses((status = 200, description = "The trip as it stands now.", body = TripView)),
)]
pub(crate) async fn cancel(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    TripInPath(key): TripInPath,
    body: Body<CancelRequest>,
) -> Result<Json<TripView>, Problem> {
    let CancelRequest { reason } = body.value;
    let mut faults = Faults::default();
    faults.reason(&reason);
    faults.done()?;
    let now = web.now();
    let trip = web.office(move |office| office.cancel(key, reason, caller.actor(), now)).await?;
    Ok(Json(TripView::new(&trip, web.currency())))
}

/// Somebody pays what a trip still owes, with this card
///
/// The card is charged at once and need not be the one that was declined. If it is declined too, the trip owes again.
/// While a charge is on its way, another is refused, so nothing is paid twice.
#[utoipa::path(
    post, path = "/trips/{trip}/debt/pay", operation_id = "pay", tag = "payments",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    request_body = CardRequest,
    responses((status = 200, description = "The trip as it stands now.", body = TripView)),
)]
pub(crate) async fn pay(
    State(web): State<Web>,
    TripInPath(key): TripInPath,
    body: Body<CardRequest>,
) -> Result<Json<TripView>, Problem> {
    let card = body.value.card.checked("/card", Faults::default())?;
    let now = web.now();
    let trip = web.office(move |office| office.pay_debt(key, card, now)).await?;
    Ok(Json(TripView::new(&trip, web.currency())))
}
