//! The floor, live: its plan, and what goes on there.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use office::Right;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::error::PageError;
use super::session::Staff;
use super::site::Site;
use super::stream::{KEEP, answer, event, silence};
use crate::live::{Live, Message};

/// What whoever may not see the floor is told: in a demo everybody may, else staff who have the right.
fn refusal(site: &Site, staff: Result<Staff, Response>) -> Option<Response> {
    if site.demo.is_some() {
        return None;
    }
    match staff {
        Ok(staff) => staff.must(Right::SeeFloor).err().map(IntoResponse::into_response),
        Err(stranger) => Some(stranger),
    }
}

/// `GET /floor/plan.json`
pub(crate) async fn plan(
    State(site): State<Site>,
    staff: Result<Staff, Response>,
) -> Result<Response, PageError> {
    if let Some(refused) = refusal(&site, staff) {
        return Ok(refused);
    }
    let plan = site.live()?.plan().to_owned();
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], plan).into_response())
}

/// `GET /floor/live`: the whole state, then what changes, ten times a second.
pub(crate) async fn live(
    State(site): State<Site>,
    staff: Result<Staff, Response>,
) -> Result<Response, PageError> {
    if let Some(refused) = refusal(&site, staff) {
        return Ok(refused);
    }
    let live = site.live()?.clone();
    let (whole, messages) = live.watch();
    let viewer = Viewer { first: Some(whole), messages, live, stopping: site.web.stopping() };
    Ok(answer(stream::unfold(viewer, async |mut viewer| viewer.next().await.map(|event| (event, viewer)))))
}

/// Somebody who looks at the floor.
struct Viewer {
    first: Option<Message>,
    messages: Receiver<Arc<Message>>,
    live: Live,
    stopping: watch::Receiver<bool>,
}

impl Viewer {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(whole) = self.first.take() {
            return Some(event(whole.kind, &whole.text));
        }
        let told = tokio::select! {
            told = tokio::time::timeout(KEEP, self.messages.recv()) => told,
            _ = self.stopping.wait_for(|stopping| *stopping) => return None,
        };
        match told {
            Ok(Ok(message)) => Some(event(message.kind, &message.text)),
            Ok(Err(RecvError::Lagged(_))) => {
                self.messages = self.messages.resubscribe();
                let whole = self.live.whole();
                Some(event(whole.kind, &whole.text))
            }
            Ok(Err(RecvError::Closed)) => None,
            Err(_) => Some(silence()),
        }
    }
}
