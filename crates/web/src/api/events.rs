//! `GET /events`: all that happens, in order.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::input::{Parameters, whole};
use super::problem::{Kind, Problem};
use super::state::Web;
use super::views::{EventView, EventsView};

/// Entries of an answer, if nothing is said.
const PAGE: i64 = 100;
/// Most entries of an answer.
const PAGE_MAX: i64 = 1000;
/// Longest wait, seconds.
const WAIT_MAX_S: i64 = 30;
/// How often the journal is looked at while waiting. Another process may write to it too, so nothing can ring.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What of the journal is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    after: Option<String>,
    limit: Option<String>,
    wait: Option<String>,
}

/// All that happens, in order
///
/// Ask for what comes after the last entry you have; with `wait`, the answer comes as soon as there is something, or
/// empty after so long. Nothing is left out and nothing comes twice.
#[utoipa::path(
    get, path = "/events", operation_id = "events", tag = "events",
    params(
        ("after" = Option<i64>, Query, description = "Only entries after this one: `next` of the answer before; 0 without it.", minimum = 0),
        ("limit" = Option<u32>, Query, description = "Most entries of the answer; 100 without it.", minimum = 1, maximum = 1000),
        ("wait" = Option<u32>, Query, description = "How long to wait for the first entry, seconds; 0 without it.", minimum = 0, maximum = 30),
    ),
    responses((status = 200, description = "Entries of the store's journal.", body = EventsView)),
)]
pub(crate) async fn feed(
    State(web): State<Web>,
    Parameters(query): Parameters<EventsQuery>,
) -> Result<Json<EventsView>, Problem> {
    let after = query.after.as_deref().map_or(Ok(0), |after| whole("after", after, 0, i64::MAX))?;
    let limit = query.limit.as_deref().map_or(Ok(PAGE), |limit| whole("limit", limit, 1, PAGE_MAX))?;
    let wait = query.wait.as_deref().map_or(Ok(0), |wait| whole("wait", wait, 0, WAIT_MAX_S))?;
    let until = Instant::now() + Duration::from_secs(wait.unsigned_abs());
    let mut stopping = web.stopping();
    let mut events = look(&web, after, limit).await?;
    if events.is_empty() && wait > 0 {
        let Ok(_place) = web.waiting().try_acquire() else {
            return Err(Problem::new(Kind::Busy, "Too many wait for events; ask again without wait."));
        };
        while events.is_empty() && Instant::now() < until {
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                _ = stopping.wait_for(|stopping| *stopping) => break,
            }
            events = look(&web, after, limit).await?;
        }
    }
    let next = events.last().map_or(after, |event| event.sequence);
    Ok(Json(EventsView { events, next }))
}

async fn look(web: &Web, after: i64, limit: i64) -> Result<Vec<EventView>, Problem> {
    web.office(move |office| office.feed(after, limit as u32)?.iter().map(EventView::new).collect()).await
}
