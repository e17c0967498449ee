//! `/kiosk/entry`: the gate's screen.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::CredentialKind;
use office::{Refusal, Shown};
use serde::Deserialize;

use super::palm::hands::camera;
use super::{IDLE_S, cards, screen as kiosk, screen_with};
use crate::pages::demo::{Visitor, come_in};
use crate::pages::error::PageError;
use crate::pages::headers::with_camera;
use crate::pages::playing::{PlayCard, welcome};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::money;

/// How long an answer is shown, seconds.
const ANSWER_S: u32 = 8;

/// `GET /kiosk/entry`
///
/// Card, code and palm have the same size, always all three: nobody is led to a palm.
pub(super) async fn screen(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    let title = speech.say("Welcome", "Willkommen");
    let body = html! {
        h1 { (site.web.store_name()) }
        p.lead { (speech.say("Come in with what you like best.", "Kommen Sie herein, womit Sie möchten.")) }
        div.ways {
            section.card aria-labelledby="by-card" {
                h2 #by-card { (speech.say("Card", "Karte")) }
                form action="/kiosk/entry" method="post" { (cards(speech)) }
            }
            section.card aria-labelledby="by-code" {
                h2 #by-code { "Code" }
                form action="/kiosk/entry" method="post" {
                    label for="code" { (speech.say("The code from the app, as text", "Der Code aus der App, als Text")) }
                    input #code name="code" autocomplete="off" maxlength="400" required;
                    div.buttons.big { button.button { (speech.say("Show the code", "Code zeigen")) } }
                }
            }
            @if site.palms.eye.is_some() {
                section.card aria-labelledby="by-palm" {
                    h2 #by-palm { (speech.say("Palm", "Handfläche")) }
                    (camera(speech, "/kiosk/entry/palm", false))
                    div.buttons.big { button.button #show-palm type="button" { (speech.say("Show my palm", "Hand zeigen")) } }
                    p.small { (speech.say("Only if you enrolled. Pictures are compared and dropped.", "Nur wenn Sie angemeldet sind. Bilder werden verglichen und verworfen.")) " "
                        a href="/kiosk/palm" { (speech.say("Enrol, or delete", "Anmelden oder löschen")) } }
                }
            }
        }
        div.answer #answer role="alert" hidden data-home="/kiosk/entry" data-seconds=(ANSWER_S) {
            p.sign aria-hidden="true" {}
            h2 {}
            p.lead {}
        }
    };
    let scripts = ["kiosk.js", "palm.js"];
    let page = screen_with(speech, title, Some(("/kiosk/entry", IDLE_S)), &scripts, &body);
    let welcome = welcome(&headers);
    Ok((welcome, if site.palms.eye.is_some() { with_camera(page) } else { page.into_response() })
        .into_response())
}

/// What is held to the reader.
#[derive(Deserialize)]
pub(super) struct Held {
    #[serde(default)]
    card: String,
    #[serde(default)]
    code: String,
}

/// `POST /kiosk/entry`: opens, or says why not. Whoever is let in comes into the simulated store.
pub(super) async fn show(
    State(site): State<Site>,
    speech: Speech,
    visitor: Visitor,
    Form(held): Form<Held>,
) -> Result<Markup, PageError> {
    site.demo()?;
    let (kind, shown) = match PlayCard::named(&held.card) {
        Some(card) => (CredentialKind::Card, Shown::Card(card.of(visitor.tag())?)),
        None => (CredentialKind::Code, Shown::Code(held.code.trim().to_owned())),
    };
    let (opens, text) = match come_in(&site, &visitor, kind, shown, None).await? {
        Ok(_) => {
            let text = speech
                .say("Come in, and take what you like.", "Kommen Sie herein, nehmen Sie, was Sie möchten.");
            (true, text.to_owned())
        }
        Err(reason) => (false, refusal(speech, &reason)),
    };
    let title = if opens { speech.say("Welcome", "Willkommen") } else { speech.say("Sorry", "Leider nicht") };
    let body = html! {
        div.answer.opens[opens].shut[!opens] role="alert" {
            p.sign aria-hidden="true" { (if opens { "✓" } else { "✕" }) }
            h1 { (title) }
            p.lead { (text) }
        }
        p.middle { a.second href="/kiosk/entry" { (speech.say("Next", "Weiter")) } }
    };
    Ok(kiosk(speech, title, Some(("/kiosk/entry", ANSWER_S)), &body))
}

/// Why the gate stays shut, in words for the person before it.
pub(super) fn refusal(speech: Speech, reason: &Refusal) -> String {
    let german = match reason {
        Refusal::HoldDeclined { .. } => {
            "Ihre Bank hat diese Karte abgelehnt. Bitte versuchen Sie eine andere."
        }
        Refusal::NoAnswer => "Ihre Bank hat nicht geantwortet. Bitte versuchen Sie es gleich noch einmal.",
        Refusal::Debt { owed } => {
            let owed = money(speech, *owed);
            return speech.say(
                reason.to_string(),
                format!("{owed} eines früheren Besuchs sind noch offen. Bitte bezahlen Sie zuerst, über den Link in Ihrer E-Mail oder in der App."),
            );
        }
        Refusal::StoreFull => "Der Laden ist gerade voll. Bitte warten Sie, bis jemand geht.",
        Refusal::ExpiredCode => "Dieser Code ist abgelaufen. Bitte öffnen Sie die App noch einmal.",
        Refusal::UsedCode => {
            "Dieser Code wurde schon benutzt. Bitte warten Sie auf den nächsten in Ihrer App."
        }
        Refusal::InvalidCode => {
            "Dieser Code gilt hier nicht. Bitte öffnen Sie die App, und melden Sie sich neu an."
        }
        Refusal::NoCard => "In Ihrem Konto ist keine Karte. Bitte fügen Sie in der App eine hinzu.",
        Refusal::Unknown => {
            "Das kennen wir nicht. Bitte nehmen Sie eine Karte, oder melden Sie sich am Kiosk an."
        }
        Refusal::Closed => "Der Laden ist geschlossen.",
    };
    speech.say(reason.to_string(), german.to_owned())
}
