//! `GET /demo/mail`: the mails that would have been sent. In a demo no mail leaves the machine, so all are shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use axum::extract::{Path as InPath, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use mail_parser::{Message, MessageParser};
use maud::{Markup, html};

use super::page::navigation;
use crate::pages::error::PageError;
use crate::pages::headers::PAPER_POLICY;
use crate::pages::layout::{Frame, page};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// Mails that are listed.
const LISTED: usize = 50;

/// What a list shows of a mail.
struct Row {
    file: String,
    to: String,
    subject: String,
}

/// The mails, the newest first.
pub(super) async fn mailbox(State(site): State<Site>, speech: Speech) -> Result<Markup, PageError> {
    let folder = site.demo()?.outbox().to_owned();
    let rows = blocking(move || list(&folder)).await?;
    let body = html! {
        h1 { (speech.say("Mailbox", "Postfach")) }
        p.soft { (speech.say(
            "What a real store would have mailed. No mail leaves this machine.",
            "Was ein echter Laden verschickt hätte. Keine E-Mail verlässt diesen Rechner.",
        )) }
        @if rows.is_empty() {
            p.empty-state { (speech.say("No mail yet. Walk out with something.", "Noch keine E-Mail. Gehen Sie mit etwas hinaus.")) }
        } @else {
            ul.mails {
                @for row in &rows {
                    li { a.card.way href=(format!("/demo/mail/{}", row.file)) { h2 { (row.subject) } p.soft { (row.to) } } }
                }
            }
        }
    };
    let title = speech.say("Mailbox", "Postfach");
    let frame = Frame { title, kind: "plain", scripts: &[], navigation: Some(navigation(speech)) };
    Ok(page(speech, &frame, &body))
}

/// `GET /demo/mail/{file}`: one of them, as its reader sees it.
pub(super) async fn mail(
    State(site): State<Site>,
    InPath(file): InPath<String>,
) -> Result<Response, PageError> {
    let name = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    if !file.ends_with(".eml") || !file.chars().all(name) || file.starts_with('.') {
        return Err(PageError::NotFound);
    }
    let path = site.demo()?.outbox().join(file);
    let bytes = blocking(move || fs::read(path).ok()).await?.ok_or(PageError::NotFound)?;
    let message = MessageParser::new().parse(&bytes).ok_or(PageError::NotFound)?;
    let body = message.body_html(0).ok_or(PageError::NotFound)?.into_owned();
    let policy = HeaderValue::from_static(PAPER_POLICY);
    Ok(([(CONTENT_SECURITY_POLICY, policy)], Html(body)).into_response())
}

/// The newest mails of a folder.
fn list(folder: &Path) -> Vec<Row> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "eml"))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_by(|one, other| other.cmp(one));
    files.iter().take(LISTED).filter_map(|(_, path)| row(path)).collect()
}

fn row(path: &Path) -> Option<Row> {
    let bytes = fs::read(path).ok()?;
    let message: Message<'_> = MessageParser::new().parse(&bytes)?;
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
    Some(Row {
        file: path.file_name()?.to_str()?.to_owned(),
        to: to.to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
    })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PageError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| PageError::Broken(error.to_string()))
}
