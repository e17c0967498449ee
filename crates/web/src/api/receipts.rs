//! `GET /receipts/{trip}`

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

use super::input::TripInPath;
use super::problem::{Kind, Problem};
use super::state::Web;
use super::views::PaidReceiptView;

/// A trip's receipt and how it is paid
#[utoipa::path(
    get, path = "/receipts/{trip}", operation_id = "receipt", tag = "receipts",
    params(("trip" = String, Path, description = "The trip.", format = "uuid")),
    responses((status = 200, description = "The receipt.", body = PaidReceiptView)),
)]
pub(crate) async fn look(
    State(web): State<Web>,
    TripInPath(trip): TripInPath,
    headers: HeaderMap,
) -> Result<Json<PaidReceiptView>, Problem> {
    if !accepts_json(&headers) {
        return Err(Problem::new(
            Kind::NotAcceptable,
            "A receipt is given as application/json; ask for that.",
        ));
    }
    let trip = web.office(move |office| office.trip(trip)).await?;
    PaidReceiptView::new(&trip, web.store_name()).map(Json).ok_or_else(|| {
        let detail = format!("The trip is {}; a receipt is made once its amount is final.", trip.state());
        Problem::new(Kind::NoReceipt, detail)
    })
}

/// Whether JSON is among what is accepted.
fn accepts_json(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().peekable();
    accepted.peek().is_none()
        || accepted.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|range| {
            let kind = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            let refused = range
                .split(';')
                .skip(1)
                .any(|weight| weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>() == Ok(0.0)));
            ["*/*", "application/*", "application/json"].contains(&kind.as_str()) && !refused
        })
}
