//! What it means, before anything is asked; and that somebody agrees.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{Channel, ConsentText};
use serde::Deserialize;

use super::super::{IDLE_S, screen as kiosk};
use super::{COOKIE, equal, ticket};
use crate::pages::cookies;
use crate::pages::error::PageError;
use crate::pages::palm::{ENROLMENT_S, Enrolment, VERSION, consent_text};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// `GET /kiosk/palm`: for the next one; whoever stood here before is forgotten.
pub(in super::super) async fn screen(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Markup, PageError> {
    site.demo()?;
    drop(site.palms.enrolments.take(ticket(&headers), site.web.now()));
    let title = speech.say("Come in with your palm", "Mit der Handfläche hinein");
    let body = html! {
        h1 { (title) }
        @if site.palms.eye.is_some() {
            div.card.text tabindex="0" role="region" aria-label=(speech.say("What you agree to", "Worin Sie einwilligen")) {
                @for paragraph in consent_text(speech, site.web.policy()) { p { (paragraph) } }
                p.small { (speech.say("Text ", "Text ")) (VERSION) ". " a href="/palm" { (speech.say("How palms are kept and deleted", "Wie Handflächen aufbewahrt und gelöscht werden")) } }
            }
            form.buttons.big action="/kiosk/palm" method="post" {
                button.button name="agreed" value=(VERSION) { (speech.say("I agree", "Ich willige ein")) }
                a.second href="/kiosk" { (speech.say("No, thank you", "Nein, danke")) }
            }
        } @else {
            p.lead { (speech.say("This kiosk has no palm camera. Please come in with your card or the app.", "Dieser Kiosk hat keine Handkamera. Bitte kommen Sie mit Karte oder App herein.")) }
        }
        p.middle { a href="/kiosk/palm/forget" { (speech.say("Delete my palm", "Meine Handfläche löschen")) } }
        (equal(speech))
    };
    Ok(kiosk(speech, title, Some(("/kiosk/palm", IDLE_S)), &body))
}

/// The version of the text that was agreed to.
#[derive(Deserialize)]
pub(in super::super) struct Agreed {
    #[serde(default)]
    agreed: String,
}

/// `POST /kiosk/palm`: the consent is written down. Whoever agreed to an older text reads the new one.
pub(in super::super) async fn agree(
    State(site): State<Site>,
    speech: Speech,
    Form(Agreed { agreed }): Form<Agreed>,
) -> Result<Response, PageError> {
    site.demo()?;
    let eye = site.palms.eye()?.clone();
    if agreed != VERSION {
        return Ok(Redirect::to("/kiosk/palm").into_response());
    }
    let words = consent_text(speech, site.web.policy()).join("\n\n");
    let now = site.web.now();
    let consent = site
        .office(move |office| {
            let text = ConsentText { version: VERSION, language: speech.tag(), words: &words };
            office.consent_to_palms(&text, Channel::Kiosk, now)
        })
        .await?;
    let ticket = site.palms.enrolments.open(Enrolment::new(consent, &eye), now);
    let cookie = cookies::header(COOKIE, &ticket, ENROLMENT_S);
    Ok((cookie, Redirect::to("/kiosk/palm/card")).into_response())
}
