//! Deleting a palm at the kiosk, in one step: by the card that it stands for.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use maud::{Markup, html};
use office::{Actor, Channel};
use serde::Deserialize;

use super::super::{IDLE_S, cards, screen, screen_with};
use super::equal;
use crate::pages::error::PageError;
use crate::pages::palm::receipt_shown;
use crate::pages::playing::{PlayCard, visitor};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// Long enough to scan the receipt, seconds.
const RECEIPT_S: u32 = 120;

/// `GET /kiosk/palm/forget`
pub(in super::super) async fn screen_of(
    State(site): State<Site>,
    speech: Speech,
) -> Result<Markup, PageError> {
    site.demo()?;
    let title = speech.say("Delete my palm", "Meine Handfläche löschen");
    let body = html! {
        h1 { (title) }
        p.lead { (speech.say("Hold the card that you enrolled with to the reader. Your palm is deleted at once, and you get a receipt.", "Halten Sie die Karte an den Leser, mit der Sie sich angemeldet haben. Ihre Handfläche wird sofort gelöscht, und Sie bekommen eine Quittung.")) }
        form action="/kiosk/palm/forget" method="post" { (cards(speech)) }
        p.middle { a.quiet href="/kiosk/palm" { (speech.say("Back, keep it", "Zurück, behalten")) } }
        (equal(speech))
    };
    Ok(screen(speech, title, Some(("/kiosk/palm", IDLE_S)), &body))
}

/// What is held to the reader.
#[derive(Deserialize)]
pub(in super::super) struct Held {
    #[serde(default)]
    card: String,
}

/// `POST /kiosk/palm/forget`
pub(in super::super) async fn forget(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
    Form(held): Form<Held>,
) -> Result<Markup, PageError> {
    site.demo()?;
    let card = PlayCard::named(&held.card).ok_or(PageError::NotFound)?.of(&visitor(&headers)?)?;
    let now = site.web.now();
    let deleted = site
        .office(move |office| {
            let palms = office.palms_of_card(&card)?;
            let delete = |one: office::PalmPerson| {
                let receipt = office.delete_palms(one.person, Actor::Shopper, Channel::Kiosk, now)?;
                Ok((one.person, receipt))
            };
            palms.into_iter().map(delete).collect::<Result<Vec<_>, office::OfficeError>>()
        })
        .await?;
    let title = if deleted.is_empty() {
        speech.say("There is no palm with this card", "Mit dieser Karte gibt es keine Handfläche")
    } else {
        speech.say("Your palm is deleted", "Ihre Handfläche ist gelöscht")
    };
    let body = html! {
        h1 { (title) }
        @for (person, receipt) in &deleted { (receipt_shown(&site, speech, *person, receipt)) }
        p.middle { a.button href="/kiosk/palm" { (speech.say("Finish", "Fertig")) } }
        (equal(speech))
    };
    Ok(screen_with(speech, title, Some(("/kiosk/palm", RECEIPT_S)), &["kiosk.js", "scan.js"], &body))
}
