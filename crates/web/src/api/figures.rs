//! Counts and sums, the journal's chain, and whether all is well.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::amount::decimal;
use super::problem::Problem;
use super::state::Web;

/// How the store stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct FiguresView {
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    /// How many trips stand where.
    trips: BTreeMap<String, i64>,
    /// What shoppers owe.
    owed: String,
    /// The books: each account's debits less its credits. They add up to nothing.
    accounts: BTreeMap<String, String>,
}

/// The latest entry of the store's journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// Its number: how many entries there are.
    entries: i64,
    /// Its hash, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    head: String,
}

/// That all is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Always `ok`.
    status: String,
    /// Of this program.
    version: String,
}

/// Counts and sums
#[utoipa::path(
    get, path = "/figures", operation_id = "figures", tag = "store",
    responses((status = 200, description = "How the store stands.", body = FiguresView)),
)]
pub(crate) async fn figures(State(web): State<Web>) -> Result<Json<FiguresView>, Problem> {
    let figures = web.office(office::Office::figures).await?;
    let amount = |money: model::Money| decimal(money.minor, money.currency);
    let accounts = figures.accounts.into_iter().map(|(account, sum)| (account.to_string(), amount(sum)));
    Ok(Json(FiguresView {
        currency: web.currency().code().to_owned(),
        trips: figures.trips.into_iter().collect(),
        owed: amount(figures.owed),
        accounts: accounts.collect(),
    }))
}

/// The head of the journal's chain
///
/// Keep it elsewhere: it shows later that nothing before it was changed or cut off (`saunter doctor --audit`).
#[utoipa::path(
    get, path = "/audit", operation_id = "audit", tag = "store",
    responses((status = 200, description = "The latest entry.", body = AuditView)),
)]
pub(crate) async fn audit(State(web): State<Web>) -> Result<Json<AuditView>, Problem> {
    let head = web.office(office::Office::head).await?;
    Ok(Json(AuditView { entries: head.entries, head: head.hash }))
}

/// Whether the office answers and its tables can be read
#[utoipa::path(
    get, path = "/health", operation_id = "health", tag = "store", security(()),
    responses((status = 200, description = "All is well.", body = HealthView)),
)]
pub(crate) async fn health(State(web): State<Web>) -> Result<Json<HealthView>, Problem> {
    web.office(office::Office::head).await?;
    Ok(Json(HealthView { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }))
}
