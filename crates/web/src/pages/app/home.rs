//! `/app`: the code for the gate.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use office::code::{DeviceKey, GUESTS, Scope};
use serde::Deserialize;

use super::debts;
use super::frame::{Tab, tabbed};
use crate::pages::error::PageError;
use crate::pages::session::{Sent, Shopper};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::card;

/// The page. It says nothing that must not stand in the phone's memory, since it is kept for when there is no network.
pub(super) async fn home(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
) -> Result<Markup, PageError> {
    let key = shopper.account;
    let (account, debts) =
        site.office(move |office| Ok((office.account(key)?, office.debts_of(key)?))).await?;
    let pays = account.cards.iter().find(|card| card.is_default);
    let title = speech.say("Your code", "Ihr Code");
    let body = html! {
        h1 { (title) }
        @for (trip, owed) in &debts { (debts::note(speech, &shopper, *trip, *owed, pays)) }
        @if pays.is_none() {
            p.note.doubt { (speech.say("The gate opens once there is a card in your account. ", "Das Tor öffnet, sobald eine Karte in Ihrem Konto ist. "))
                a href="/app/cards" { (speech.say("Add a card", "Karte hinzufügen")) } }
        }
        (code(speech, &shopper))
        @if let Some(pays) = pays {
            p.small.middle { (speech.say("You pay with ", "Sie zahlen mit ")) (card(speech, &pays.brand, &pays.last_four)) }
        }
    };
    Ok(tabbed(speech, title, Tab::Code, &["app.js"], &body))
}

/// Where the script puts the code, with all that it says.
fn code(speech: Speech, shopper: &Shopper) -> Markup {
    html! {
        section.code.card #code data-csrf=(shopper.session.csrf())
            data-guest=(speech.say("Code for guest", "Code für Gast"))
            data-own=(speech.say("Your own code", "Ihr eigener Code"))
            data-offline=(speech.say("No network: this code works all the same.", "Kein Netz: Dieser Code gilt trotzdem."))
            data-none=(speech.say("There is no code without network the first time. Please open this page once with network.", "Beim ersten Mal braucht der Code Netz. Bitte öffnen Sie diese Seite einmal mit Netz."))
            data-old=(speech.say("This browser can't make codes (it lacks Ed25519). Update it, or come in with your card.", "Dieser Browser kann keine Codes machen (ihm fehlt Ed25519). Aktualisieren Sie ihn, oder kommen Sie mit der Karte herein."))
            data-refused=(speech.say("This phone gets no code. Under “You”, remove phones that you no longer use, or sign in again.", "Dieses Telefon bekommt keinen Code. Entfernen Sie unter „Sie“ alte Telefone, oder melden Sie sich neu an."))
        {
            p.who #code-who aria-live="polite" { (speech.say("Your own code", "Ihr eigener Code")) }
            div.qr #qr role="img" aria-label=(speech.say("Entry code to hold to the gate’s reader", "Code für den Leser am Tor")) {
                noscript { p { (speech.say("The code is made on your phone and needs JavaScript. You can always come in with your card.", "Der Code entsteht auf Ihrem Telefon und braucht JavaScript. Mit der Karte kommen Sie immer herein.")) } }
            }
            div.below {
                svg.ring viewBox="0 0 40 40" aria-hidden="true" {
                    circle cx="20" cy="20" r="17" {}
                    circle.left #ring cx="20" cy="20" r="17" pathLength="100" stroke-dasharray="100" {}
                }
                p #code-state role="status" { (speech.say("Hold it to the reader at the gate. It changes every 20 seconds and counts once.", "Halten Sie ihn an den Leser am Tor. Er wechselt alle 20 Sekunden und gilt einmal.")) }
            }
            div.stepper role="group" aria-label=(speech.say("Who comes along", "Wer mitkommt")) {
                button.second #fewer type="button" disabled aria-label=(speech.say("Previous person", "Vorige Person")) { "−" }
                span #person aria-live="polite" { "1" }
                button.second #more type="button" data-most=(GUESTS) aria-label=(speech.say("+1 guest", "+1 Gast")) { "+1" }
            }
            p.small.middle { (speech.say("With guests: show one code after the other, yours first. You pay for all.", "Mit Gästen: einen Code nach dem anderen zeigen, Ihren zuerst. Sie zahlen für alle.")) }
            p.middle hidden { button.quiet #copy type="button" data-done=(speech.say("Copied", "Kopiert")) { (speech.say("Copy this code as text", "Diesen Code als Text kopieren")) } }
        }
    }
}

/// The phone's public key.
#[derive(Deserialize)]
pub(super) struct Device {
    device: String,
}

/// `POST /app/pass`: a pass for the phone's key, as text.
pub(super) async fn pass(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Device>,
) -> Result<String, PageError> {
    let device: DeviceKey = sent
        .of(&shopper.session)?
        .device
        .parse()
        .map_err(|error: office::code::NoPublicKey| PageError::BadForm(error.to_string()))?;
    let (account, now) = (shopper.account, site.web.now());
    site.office(move |office| office.give_pass(account, device, Scope::Everywhere, now)).await
}

/// `GET /app/sw.js`: keeps the code's page for when there is no network. It must stand below `/app` to reach it, and be
/// looked for anew each time.
pub(super) async fn worker() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, include_str!("../assets/sw.js")).into_response()
}
