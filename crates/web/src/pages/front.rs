//! `GET /`: where somebody finds what they came for.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::layout::{Frame, page};
use super::site::Site;
use super::speech::Speech;

/// The front page; a demo begins with its floor.
pub(crate) async fn front(State(site): State<Site>, speech: Speech) -> Response {
    if site.demo.is_some() {
        return Redirect::to("/demo").into_response();
    }
    let title = site.web.store_name().to_owned();
    let body = html! {
        section.hero {
            h1 { (title) }
            p { (speech.say(
                "Come in, take what you like, and walk out. Your receipt follows seconds later.",
                "Kommen Sie herein, nehmen Sie, was Sie möchten, und gehen Sie. Die Quittung folgt Sekunden später.",
            )) }
        }
        section.cards {
            (card("/app", speech.say("Shopper's app", "App für Kunden"), speech.say(
                "Your code for the gate, your cart and your receipts.",
                "Ihr Code fürs Tor, Ihr Korb und Ihre Quittungen.",
            )))
            (card("/look-up", speech.say("Find a receipt", "Quittung finden"), speech.say(
                "By day, amount and the last four digits of the card.",
                "Nach Tag, Betrag und den letzten vier Ziffern der Karte.",
            )))
            (card("/console", speech.say("Console", "Konsole"), speech.say(
                "For the people who run this store.",
                "Für alle, die diesen Laden betreiben.",
            )))
        }
    };
    page(speech, &Frame::plain(&title), &body).into_response()
}

/// A way on, large enough for a thumb.
pub(crate) fn card(href: &str, title: &str, text: &str) -> Markup {
    html! {
        a.card.way href=(href) { h2 { (title) } p { (text) } }
    }
}
