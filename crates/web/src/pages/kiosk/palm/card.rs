//! The card that pays: what the palm will stand for.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{IDLE_S, cards, screen as kiosk};
use super::{begin, enrolment, equal};
use crate::pages::error::PageError;
use crate::pages::palm::locked;
use crate::pages::playing::{PlayCard, visitor};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// `GET /kiosk/palm/card`
pub(in super::super) async fn screen(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Markup, PageError> {
    site.demo()?;
    if enrolment(&site, &headers).is_none() {
        return Ok(begin(speech));
    }
    let title = speech.say("Now the card that pays", "Nun die Karte, die zahlt");
    let body = html! {
        h1 { (title) }
        p.lead { (speech.say("Hold it to the reader. Your palm will stand for it.", "Halten Sie sie an den Leser. Ihre Handfläche wird für sie stehen.")) }
        form action="/kiosk/palm/card" method="post" { (cards(speech)) }
        form.middle action="/kiosk/palm/stop" method="post" { button.quiet { (speech.say("Stop, keep nothing", "Abbrechen, nichts behalten")) } }
        (equal(speech))
    };
    Ok(kiosk(speech, title, Some(("/kiosk/palm", IDLE_S)), &body))
}

/// What is held to the reader.
#[derive(Deserialize)]
pub(in super::super) struct Held {
    #[serde(default)]
    card: String,
}

/// `POST /kiosk/palm/card`
pub(in super::super) async fn show(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(held): Form<Held>,
) -> Result<Redirect, PageError> {
    site.demo()?;
    let Some(enrolment) = enrolment(&site, &headers) else { return Ok(Redirect::to("/kiosk/palm")) };
    let card = PlayCard::named(&held.card).ok_or(PageError::NotFound)?.of(&visitor(&headers)?)?;
    locked(&enrolment).set_card(card);
    Ok(Redirect::to("/kiosk/palm/hands"))
}
