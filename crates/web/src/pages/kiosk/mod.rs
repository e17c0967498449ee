//! Kiosks: full screens with large buttons, in the store. They stand where people are, so they are served only by a
//! simulated store as long as kiosks of a real one can't prove which they are.

mod entry;
mod hover;
mod palm;
mod receipt;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::error::PageError;
use super::front::card;
use super::layout::{Frame, language_switch, logo, page};
use super::palm::PICTURE_BYTES;
use super::playing::{self, CARDS};
use super::site::Site;
use super::speech::Speech;

/// What there is below `/kiosk`.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(chooser))
        .route("/entry", get(entry::screen).post(entry::show))
        .route("/entry/palm", post(hover::picture).layer(DefaultBodyLimit::max(PICTURE_BYTES)))
        .route("/palm", get(palm::consent::screen).post(palm::consent::agree))
        .route("/palm/card", get(palm::card::screen).post(palm::card::show))
        .route("/palm/hands", get(palm::hands::page))
        .route("/palm/picture", post(palm::hands::picture).layer(DefaultBodyLimit::max(PICTURE_BYTES)))
        .route("/palm/skip", post(palm::hands::skip))
        .route("/palm/finish", post(palm::hands::finish))
        .route("/palm/stop", post(palm::hands::stop))
        .route("/palm/forget", get(palm::forget::screen_of).post(palm::forget::forget))
        .route("/receipt", get(receipt::screen).post(receipt::list))
        .route("/receipt/mail", post(receipt::mail))
}

/// `GET /kiosk`: which one this screen is. A browser that has none gets the cookie that its simulated cards hang on.
async fn chooser(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    let title = speech.say("Kiosks", "Kioske");
    let body = html! {
        h1 { (title) }
        div.cards {
            (card("/kiosk/entry", speech.say("Entry", "Eingang"), speech.say("What the gate shows.", "Was das Tor zeigt.")))
            (card("/kiosk/palm", speech.say("Palm", "Handfläche"), speech.say("Come in with your palm from now on.", "Künftig mit der Handfläche hinein.")))
            (card("/kiosk/receipt", speech.say("Receipt", "Quittung"), speech.say("Your receipts, by card; and by mail.", "Ihre Quittungen, per Karte; und per E-Mail.")))
        }
        p { a.quiet href="/" { (speech.say("Back to the store", "Zurück zum Laden")) } }
    };
    Ok((playing::welcome(&headers), screen(speech, title, None, &body)).into_response())
}

/// A kiosk's screen. `back` is where it goes when nobody touches it.
fn screen(speech: Speech, title: &str, back: Option<(&str, u32)>, body: &Markup) -> Markup {
    screen_with(speech, title, back, &["kiosk.js"], body)
}

/// The same, with scripts of its own.
fn screen_with(
    speech: Speech,
    title: &str,
    back: Option<(&str, u32)>,
    scripts: &[&'static str],
    body: &Markup,
) -> Markup {
    let (home, seconds) = back.unwrap_or(("", 0));
    let body = html! {
        div.booth data-home=[back.map(|_| home)] data-seconds=[back.map(|_| seconds)] {
            div.head { (logo()) (language_switch(speech)) }
            (body)
        }
    };
    page(speech, &Frame { title, kind: "kiosk", scripts, navigation: None }, &body)
}

/// Nobody touches the screen for this long, seconds: it goes back to its beginning.
const IDLE_S: u32 = 60;

/// Buttons for the cards that a visitor has: instead of a reader.
fn cards(speech: Speech) -> Markup {
    html! {
        p.small { (speech.say("Simulated cards, instead of a reader:", "Simulierte Karten statt eines Lesers:")) }
        div.buttons.big {
            @for one in CARDS {
                button.second name="card" value=(one.name) {
                    (format!("{} ••••\u{a0}{}", if one.brand == "visa" { "Visa" } else { "Mastercard" }, one.last_four))
                }
            }
        }
    }
}
