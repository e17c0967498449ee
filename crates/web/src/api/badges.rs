//! Badges of staff.

use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::Caller;
use super::input::{Body, NAME_FORM, NameInPath, name};
use super::problem::Problem;
use super::shapes::{Faults, IDENTITY};
use super::state::Web;

/// Somebody is given a badge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BadgeRequest {
    /// What the reader says of it; only a hash of it is kept.
    #[schema(min_length = 1, max_length = 255, example = "04a2b1c3d4e5f6")]
    id: String,
    /// The login of whoever wears it.
    #[schema(pattern = "^[A-Za-z0-9._@-]{1,100}$", example = "j.doe")]
    name: String,
}

/// Whose badge it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct BadgeView {
    /// The login of whoever wears it.
    name: String,
}

/// How many badges open nothing any more.
#[derive(Serialize, ToSchema)]
pub(crate) struct BadgesGoneView {
    /// How many.
    removed: u64,
}

/// A badge opens the gates from now on
///
/// Whoever wears it is at work: nothing is held or charged. A badge that is known is the new wearer's. Sent twice, it
/// counts once.
#[utoipa::path(
    post, path = "/badges", operation_id = "add_badge", tag = "staff",
    request_body = BadgeRequest,
    responses((status = 200, description = "It does.", body = BadgeView)),
)]
pub(crate) async fn add(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    body: Body<BadgeRequest>,
) -> Result<Json<BadgeView>, Problem> {
    let BadgeRequest { id, name: wearer } = body.value;
    let mut faults = Faults::default();
    faults.text("/id", &id, IDENTITY);
    if !name(&wearer) {
        faults.add("/name", NAME_FORM);
    }
    faults.done()?;
    let (now, told) = (web.now(), wearer.clone());
    web.office(move |office| office.add_badge(&id, &wearer, caller.actor(), now)).await?;
    Ok(Json(BadgeView { name: told }))
}

/// No badge of somebody opens anything any more
#[utoipa::path(
    delete, path = "/badges/{name}", operation_id = "remove_badges", tag = "staff",
    params(("name" = String, Path, description = "The login of whoever wore them.", pattern = "^[A-Za-z0-9._@-]{1,100}$")),
    responses((status = 200, description = "They are gone.", body = BadgesGoneView)),
)]
pub(crate) async fn remove(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    NameInPath(name): NameInPath,
) -> Result<Json<BadgesGoneView>, Problem> {
    let now = web.now();
    let removed = web.office(move |office| office.remove_badges(&name, caller.actor(), now)).await?;
    Ok(Json(BadgesGoneView { removed }))
}
