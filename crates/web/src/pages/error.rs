//! What a visitor reads when something is wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use office::OfficeError;
use payments::scrub;
use receipts::Language;

use super::layout::{Frame, page};
use super::speech::Speech;

/// Why a page can't be shown.
#[derive(Debug)]
pub(crate) enum PageError {
    /// There is nothing at this address, or nothing for this visitor.
    NotFound,
    /// Too much is being worked on.
    Busy,
    /// Somebody is signed in, and this is not theirs to do.
    NotAllowed,
    /// A form that no page of this session sent.
    Forged,
    /// A form that is no form; why.
    BadForm(String),
    /// It is not possible as things stand; what to read about it, in the visitor's language already.
    NotNow(String),
    /// Something broke on our side; for the log.
    Broken(String),
}

impl From<OfficeError> for PageError {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::NoTrip(_) => Self::NotFound,
            OfficeError::Decide(error) => Self::NotNow(error.to_string()),
            OfficeError::People(error) => Self::NotNow(error.to_string()),
            OfficeError::Staff(error) => Self::NotNow(error.to_string()),
            OfficeError::Card(error) => Self::NotNow(error.to_string()),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title, text) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "There is nothing here",
                "The address may be mistyped, or the page is not for you.".to_owned(),
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "One moment",
                "Many people are here just now. Please try again in a second.".to_owned(),
            ),
            Self::NotAllowed => (
                StatusCode::FORBIDDEN,
                "This is not yours to do",
                "Your role does not include it. Ask an owner of the store.".to_owned(),
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "Please send it again",
                "The page was open for too long, or was not ours. Open it again and repeat what you did."
                    .to_owned(),
            ),
            Self::BadForm(why) => (
                StatusCode::BAD_REQUEST,
                "That could not be read",
                format!("Please go back and try again: {why}."),
            ),
            Self::NotNow(text) => (StatusCode::CONFLICT, "That is not possible now", text),
            Self::Broken(why) => {
                tracing::error!(why = %scrub(&why), "a page can't be shown");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something broke",
                    "This was not your mistake. Please try again later.".to_owned(),
                )
            }
        };
        let body = html! {
            section.card.narrow {
                h1 { (title) }
                p { (scrub(&text)) }
                p { a.button href="/" { "Back to the start" } }
            }
        };
        (status, page(Speech(Language::English), &Frame::plain(title), &body)).into_response()
    }
}
