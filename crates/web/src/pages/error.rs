//! What a visitor reads when something is wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use office::OfficeError;
use payments::scrub;

use super::layout::{Frame, page};
use super::speech::Speech;

/// Why a page can't be shown. Its answer has a status and no words yet: `headers::secure`, which stands around all
/// pages and knows the visitor's language, writes them.
#[derive(Clone, Debug)]
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
    /// A browser that has not been to the demo's page, and so has no cards to play with.
    NoVisitor,
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
        if let Self::Broken(why) = &self {
            tracing::error!(why = %scrub(why), "a page can't be shown");
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotAllowed | Self::Forged => StatusCode::FORBIDDEN,
            Self::BadForm(_) => StatusCode::BAD_REQUEST,
            Self::NoVisitor | Self::NotNow(_) => StatusCode::CONFLICT,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page. The demo's script shows the first paragraph of its content.
    pub(super) fn page(&self, speech: Speech) -> Markup {
        let title = self.title(speech);
        let body = html! {
            section.card.narrow {
                h1 { (title) }
                p { (scrub(&self.text(speech))) }
                p { a.button href="/" { (speech.say("Back to the start", "Zurück zum Anfang")) } }
            }
        };
        page(speech, &Frame::plain(title), &body)
    }

    fn title(&self, speech: Speech) -> &'static str {
        match self {
            Self::NotFound => speech.say("There is nothing here", "Hier ist nichts"),
            Self::Busy => speech.say("One moment", "Einen Augenblick"),
            Self::NotAllowed => speech.say("This is not yours to do", "Das ist nicht Ihre Aufgabe"),
            Self::Forged => speech.say("Please send it again", "Bitte senden Sie es noch einmal"),
            Self::BadForm(_) => speech.say("That could not be read", "Das war nicht zu lesen"),
            Self::NoVisitor | Self::NotNow(_) => {
                speech.say("That is not possible now", "Das geht jetzt nicht")
            }
            Self::Broken(_) => speech.say("Something broke", "Etwas ist kaputtgegangen"),
        }
    }

    fn text(&self, speech: Speech) -> String {
        let text = match self {
            Self::NotFound => speech.say(
                "The address may be mistyped, or the page is not for you.",
                "Vielleicht ist die Adresse vertippt, oder die Seite ist nicht für Sie.",
            ),
            Self::Busy => speech.say(
                "Many people are here just now. Please try again in a second.",
                "Gerade sind viele hier. Bitte versuchen Sie es gleich noch einmal.",
            ),
            Self::NotAllowed => speech.say(
                "Your role does not include it. Ask an owner of the store.",
                "Ihre Rolle umfasst es nicht. Fragen Sie einen Inhaber des Ladens.",
            ),
            Self::Forged => speech.say(
                "The page was open for too long, or was not ours. Open it again and repeat what you did.",
                "Die Seite war zu lange offen, oder es war nicht unsere. Öffnen Sie sie neu und wiederholen Sie es.",
            ),
            Self::BadForm(why) => {
                return speech.say(
                    format!("Please go back and try again: {why}."),
                    format!("Bitte gehen Sie zurück und versuchen es noch einmal: {why}."),
                );
            }
            Self::NoVisitor => speech.say(
                "Please open the demo's page first: it needs its cookie.",
                "Bitte öffnen Sie zuerst die Seite der Demo: Sie braucht deren Cookie.",
            ),
            Self::NotNow(text) => return text.clone(),
            Self::Broken(_) => speech.say(
                "This was not your mistake. Please try again later.",
                "Das lag nicht an Ihnen. Bitte versuchen Sie es später noch einmal.",
            ),
        };
        text.to_owned()
    }
}
