//! The hands, before the camera; and the end.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::OfficeError;
use serde_json::{Value, json};

use super::super::{IDLE_S, screen, screen_with};
use super::{COOKIE, begin, enrolment, equal, ticket};
use crate::pages::cookies;
use crate::pages::error::PageError;
use crate::pages::headers::with_camera;
use crate::pages::palm::{Enrolment, Lit, Say, locked, receipt_shown, say, side as side_name, too_large};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::people_error;

/// `GET /kiosk/palm/hands`: for whoever has agreed and shown a card.
pub(in super::super) async fn page(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    let Some(enrolment) = enrolment(&site, &headers) else {
        return Ok(begin(speech).into_response());
    };
    let (has_card, asked) = {
        let enrolment = locked(&enrolment);
        (enrolment.has_card(), enrolment.asked())
    };
    if !has_card {
        return Ok(begin(speech).into_response());
    }
    let title = asked.map_or(speech.say("Done", "Fertig"), |side| side_name(speech, side));
    let body = html! {
        h1 #hand { (title) }
        @if asked.is_some() { (camera(speech, "/kiosk/palm/picture", true)) }
        div.buttons.big {
            @if asked.is_some() {
                form action="/kiosk/palm/skip" method="post" { button.second { (speech.say("Skip this hand", "Diese Hand auslassen")) } }
            }
            form #finish action="/kiosk/palm/finish" method="post" hidden[asked.is_some()] { button.button { (speech.say("Finish", "Fertig")) } }
            form action="/kiosk/palm/stop" method="post" { button.second { (speech.say("Stop, keep nothing", "Abbrechen, nichts behalten")) } }
        }
        (equal(speech))
    };
    let back = Some(("/kiosk/palm", IDLE_S));
    Ok(match asked {
        Some(_) => with_camera(screen_with(speech, title, back, &["kiosk.js", "palm.js"], &body)),
        None => screen(speech, title, back, &body).into_response(),
    })
}

/// The view of the camera in a ring that fills, and the words below it. The script begins `at_once` or when it is asked
/// to.
pub(in super::super) fn camera(speech: Speech, pictures: &str, at_once: bool) -> Markup {
    html! {
        div.palm #palm data-pictures=(pictures) data-at-once[at_once]
            data-nobody=(speech.say("Nothing was recognised. Please use card or code.", "Nichts wurde erkannt. Bitte nehmen Sie Karte oder Code."))
            data-none=(speech.say("No camera can be used here. Please come in with card or code.", "Hier geht keine Kamera. Bitte kommen Sie mit Karte oder Code."))
            data-lost=(speech.say("One moment, the connection is slow", "Einen Moment, die Verbindung ist langsam")) {
            div.lens {
                video #view muted playsinline aria-hidden="true" {}
                svg.progress viewBox="0 0 100 100" aria-hidden="true" {
                    circle cx="50" cy="50" r="48" pathLength="100" {}
                    circle.done #done cx="50" cy="50" r="48" pathLength="100" {}
                }
            }
            p.lead.guide #guide role="status" { (speech.say("Hold your open palm before the camera", "Halten Sie die offene Hand vor die Kamera")) }
        }
    }
}

/// `POST /kiosk/palm/picture`: one picture. It is looked at and dropped.
pub(in super::super) async fn picture(
    State(site): State<Site>,
    speech: Speech,
    Query(lit): Query<Lit>,
    headers: HeaderMap,
    picture: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, PageError> {
    site.demo()?;
    let Ok(picture) = picture else { return Ok(Json(json!({ "say": too_large(speech) }))) };
    let (now, eye) = (site.web.now(), site.palms.eye()?.clone());
    let enrolment = enrolment(&site, &headers).ok_or(PageError::NotFound)?;
    let told = site.office(move |_| {
        let mut enrolment = locked(&enrolment);
        let said = enrolment.look(&picture, now, lit.lamp(), &eye);
        let hand = enrolment.asked().map(|side| side_name(speech, side));
        let (light, part) = (enrolment.lamp().map(Lit::word), enrolment.part());
        Ok(json!({ "say": say(speech, said), "hand": hand, "part": part, "light": light, "end": said == Say::Done }))
    });
    told.await.map(Json)
}

/// `POST /kiosk/palm/skip`: the hand that is asked for is left out.
pub(in super::super) async fn skip(
    State(site): State<Site>,
    headers: HeaderMap,
) -> Result<Redirect, PageError> {
    site.demo()?;
    let Some(enrolment) = enrolment(&site, &headers) else { return Ok(Redirect::to("/kiosk/palm")) };
    let mut enrolment = locked(&enrolment);
    enrolment.skip(site.palms.eye()?);
    Ok(Redirect::to("/kiosk/palm/hands"))
}

/// `POST /kiosk/palm/finish`: the templates are made, sealed and kept.
pub(in super::super) async fn finish(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    let now = site.web.now();
    let taken = site.palms.enrolments.take(ticket(&headers), now);
    let Some((consent, card, hands)) = taken.and_then(Enrolment::finish) else {
        return Ok(Redirect::to("/kiosk/palm").into_response());
    };
    let enrolled = site
        .office(move |office| match office.enrol_palms(consent, card, &hands, now) {
            Ok(enrolled) => Ok(Ok(enrolled.replaced)),
            Err(OfficeError::People(error)) => Ok(Err(error)),
            Err(other) => Err(other),
        })
        .await?;
    let is_done = enrolled.is_ok();
    let title = if is_done { speech.say("Done", "Fertig") } else { speech.say("Sorry", "Leider nicht") };
    let text = match &enrolled {
        Ok(_) => speech.say(
            "From now on your palm opens the gate. No picture was kept. You can delete it here or in the app, at any time.",
            "Ab jetzt öffnet Ihre Handfläche das Tor. Kein Bild wurde behalten. Sie können sie hier oder in der App jederzeit löschen.",
        ).to_owned(),
        Err(error) => people_error(speech, error),
    };
    let body = html! {
        div.answer.opens[is_done].shut[!is_done] role="alert" {
            p.sign aria-hidden="true" { (if is_done { "✓" } else { "✕" }) }
            h1 { (title) }
            p.lead { (text) }
        }
        div.buttons.big {
            a.button href="/kiosk/palm" { (speech.say("Finish", "Fertig")) }
            a.second href="/kiosk/palm/forget" { (speech.say("Delete it again", "Wieder löschen")) }
        }
        @for (person, receipt) in enrolled.iter().flatten() {
            details {
                summary { (speech.say("The palm that this card had before is deleted", "Die bisherige Handfläche dieser Karte ist gelöscht")) }
                (receipt_shown(&site, speech, *person, receipt))
            }
        }
        (equal(speech))
    };
    let page = screen_with(speech, title, Some(("/kiosk/palm", IDLE_S)), &["kiosk.js", "scan.js"], &body);
    Ok((cookies::header(COOKIE, "", 0), page).into_response())
}

/// `POST /kiosk/palm/stop`: somebody thinks better of it. Card and hands are dropped.
pub(in super::super) async fn stop(
    State(site): State<Site>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    drop(site.palms.enrolments.take(ticket(&headers), site.web.now()));
    Ok((cookies::header(COOKIE, "", 0), Redirect::to("/kiosk/palm")).into_response())
}
