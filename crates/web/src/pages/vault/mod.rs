//! The simulated vault: what a payment processor's form is in a real store. It takes a number, gives a token, and
//! forgets the number. Only where the store is simulated, and only for numbers that are published for tests.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;
use serde_json::json;

use super::error::PageError;
use super::layout::{Frame, page};
use super::playing::{PlayCard, visitor, welcome};
use super::site::Site;
use super::speech::Speech;

/// `GET /vault`: the form, to stand in a frame of the app.
pub(crate) async fn form(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    let title = speech.say("Card", "Karte");
    let body = html! {
        form #vault autocomplete="off" novalidate
            data-number=(speech.say("This is no card number: please check the digits.", "Das ist keine Kartennummer: Bitte prüfen Sie die Ziffern."))
            data-test=(speech.say("Only the test numbers below are taken here. Never type a real card into a demo.", "Hier gelten nur die Testnummern unten. Tippen Sie nie eine echte Karte in eine Demo."))
            data-broken=(speech.say("That did not work. Please try again.", "Das hat nicht geklappt. Bitte noch einmal."))
        {
            label for="number" { (speech.say("Card number", "Kartennummer")) }
            input #number inputmode="numeric" maxlength="23" required aria-describedby="wrong tests";
            div.two {
                div { label for="expiry" { (speech.say("Good until", "Gültig bis")) } input #expiry inputmode="numeric" placeholder="MM/YY" maxlength="5"; }
                div { label for="cvc" { (speech.say("Check digits", "Prüfziffer")) } input #cvc inputmode="numeric" maxlength="4"; }
            }
            p.wrong #wrong role="alert" {}
            div.buttons { button.button { (speech.say("Add card", "Karte hinzufügen")) } }
            p.small #tests { (speech.say("Test numbers (spaces don’t matter): four times 4242 works; twelve 5s and 4444 too; 4, eleven 0s and 9995 is declined at the gate; 4, eleven 0s and 0341 fails when it is charged.",
                "Testnummern (ohne Rücksicht auf Leerzeichen): viermal 4242 geht; zwölfmal 5 und 4444 auch; 4, elf Nullen und 9995 wird am Tor abgelehnt; 4, elf Nullen und 0341 versagt beim Abbuchen.")) }
            noscript { p.wrong { (speech.say("This form needs JavaScript.", "Dieses Formular braucht JavaScript.")) } }
        }
    };
    let frame = Frame { title, kind: "vault", scripts: &["vault.js"], navigation: None };
    Ok((welcome(&headers), page(speech, &frame, &body)).into_response())
}

/// A number. It has no `Debug`, and lives no longer than the answer takes.
#[derive(Deserialize)]
pub(crate) struct Number {
    number: String,
}

/// `POST /vault/tokens`: the token of a card.
pub(crate) async fn tokens(
    State(site): State<Site>,
    headers: HeaderMap,
    Json(Number { number }): Json<Number>,
) -> Result<Response, PageError> {
    site.demo()?;
    let card = PlayCard::numbered(&number);
    drop(number);
    let Some(card) = card else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    let visitor = visitor(&headers)?;
    let told = json!({ "token": card.token(&visitor), "brand": card.brand, "last_four": card.last_four });
    Ok(Json(told).into_response())
}
