//! `/look-up`: a receipt by what stands on a bank statement. Whoever has only that sees its redacted form.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::Time;
use office::{OfficeError, PeopleError, ReceiptQuery};
use receipts::Redacted;
use serde::Deserialize;

use super::client::Client;
use super::demo::navigation;
use super::error::PageError;
use super::layout::{Frame, page};
use super::site::Site;
use super::speech::Speech;
use super::words::moment;
use crate::api::amount_minor;

/// What was typed, kept to be shown again.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    date: String,
    #[serde(default)]
    last_four: String,
    #[serde(default)]
    total: String,
}

/// What came of it.
enum Outcome {
    Found(Redacted),
    Missed,
    TooOften(Time),
}

/// `GET /look-up`
pub(super) async fn form(State(site): State<Site>, speech: Speech) -> Markup {
    show(&site, speech, &Typed::default(), None)
}

/// `POST /look-up`
pub(super) async fn look(
    State(site): State<Site>,
    speech: Speech,
    Client(client): Client,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let Some(query) = query(&site, &typed) else {
        let why = speech.say(
            "Please fill in all three: the day, four digits, and the amount such as 12.34.",
            "Bitte alle drei ausfüllen: den Tag, vier Ziffern, und den Betrag wie 12,34.",
        );
        return Ok((StatusCode::BAD_REQUEST, show(&site, speech, &typed, Some(why))).into_response());
    };
    let now = site.web.now();
    let outcome = site
        .office(move |office| match office.look_up(&client, &query, now) {
            Ok(Some(found)) => {
                let paper = office.paper(found.trip, speech.0)?;
                Ok(paper.map_or(Outcome::Missed, |paper| Outcome::Found(receipts::redacted(&paper))))
            }
            Ok(None) => Ok(Outcome::Missed),
            Err(OfficeError::People(PeopleError::TooOften { again })) => Ok(Outcome::TooOften(again)),
            Err(other) => Err(other),
        })
        .await?;
    Ok(match outcome {
        Outcome::Found(found) => shown(&site, speech, &found).into_response(),
        Outcome::Missed => {
            let why = speech.say(
                "There is no such receipt. Check the day, the digits and the exact amount; a fresh one takes a minute.",
                "Diese Quittung gibt es nicht. Prüfen Sie Tag, Ziffern und den genauen Betrag; eine frische braucht eine Minute.",
            );
            (StatusCode::NOT_FOUND, show(&site, speech, &typed, Some(why))).into_response()
        }
        Outcome::TooOften(again) => {
            let when = moment(speech, site.web.policy(), again);
            let why = speech.say(
                format!("Too many were looked up and not found. Please try again after {when}, or hold the card to a receipt kiosk."),
                format!("Zu viele wurden gesucht und nicht gefunden. Bitte versuchen Sie es nach {when} wieder, oder halten Sie die Karte an einen Quittungskiosk."),
            );
            (StatusCode::TOO_MANY_REQUESTS, show(&site, speech, &typed, Some(&why))).into_response()
        }
    })
}

fn query(site: &Site, typed: &Typed) -> Option<ReceiptQuery> {
    let total = typed.total.trim().trim_end_matches(['€', '$', '£']).trim().replace(',', ".");
    Some(ReceiptQuery {
        date: typed.date.trim().parse().ok()?,
        last_four: typed.last_four.trim().to_owned().try_into().ok()?,
        total_minor: amount_minor(&total, site.web.currency()).ok()?,
    })
}

fn frame<'a>(site: &Site, speech: Speech, title: &'a str) -> Frame<'a> {
    let navigation = site.demo.as_ref().map_or_else(Markup::default, |_| navigation(speech));
    Frame { navigation: Some(navigation), ..Frame::plain(title) }
}

fn show(site: &Site, speech: Speech, typed: &Typed, wrong: Option<&str>) -> Markup {
    let title = speech.say("Find a receipt", "Quittung finden");
    let body = html! {
        section.narrow {
            h1 { (title) }
            p.soft { (site.web.store_name()) ". " (speech.say("All three stand on your bank statement.", "Alle drei Angaben stehen auf Ihrem Kontoauszug.")) }
            @if let Some(wrong) = wrong { p.note.bad role="alert" { (wrong) } }
            form.card action="/look-up" method="post" {
                label for="date" { (speech.say("Day of the visit", "Tag des Besuchs")) }
                input #date name="date" type="date" required value=(typed.date);
                label for="last_four" { (speech.say("Last four digits of the card", "Letzte vier Ziffern der Karte")) }
                input #last_four name="last_four" inputmode="numeric" pattern="[0-9]{4}" maxlength="4" required autocomplete="off" value=(typed.last_four);
                label for="total" { (speech.say("Amount paid", "Bezahlter Betrag")) }
                input #total name="total" inputmode="decimal" maxlength="16" required autocomplete="off" placeholder=(speech.say("12.34", "12,34")) value=(typed.total);
                div.buttons { button.button { (speech.say("Find it", "Finden")) } }
            }
        }
    };
    page(speech, &frame(site, speech, title), &body)
}

fn shown(site: &Site, speech: Speech, found: &Redacted) -> Markup {
    let title = speech.say("Here it is", "Hier ist sie");
    let body = html! {
        section.narrow {
            h1 { (title) }
            div.card.receipt {
                h2 { (found.store) }
                p.total { (found.total) }
                dl.sums {
                    dt { (speech.say("Day", "Tag")) } dd { (found.day) }
                    dt { (speech.say("Things", "Artikel")) } dd { (found.items) }
                    @for card in &found.cards { dt { (speech.say("Card", "Karte")) } dd { (card) } }
                }
                p.small { (speech.say("What was bought is shown only to whoever paid: hold the same card to a receipt kiosk, or open the app that it is in.",
                    "Was gekauft wurde, sieht nur, wer bezahlt hat: Halten Sie dieselbe Karte an einen Quittungskiosk, oder öffnen Sie die App, in der sie ist.")) }
            }
            p { a href="/look-up" { (speech.say("Find another", "Eine andere finden")) } }
        }
    };
    page(speech, &frame(site, speech, title), &body)
}
