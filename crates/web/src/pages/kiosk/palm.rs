//! `/kiosk/palm`: how a palm is enrolled, as far as that goes without a palm camera.

use axum::extract::{Form, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::{IDLE_S, cards, screen as kiosk};
use crate::pages::error::PageError;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// The version of the text that is agreed to.
const VERSION: &str = "palm-1";

/// `GET /kiosk/palm`: what it means, before anything is asked.
pub(super) async fn screen(State(site): State<Site>, speech: Speech) -> Result<Markup, PageError> {
    site.demo()?;
    let title = speech.say("Come in with your palm", "Mit der Handfläche hinein");
    let body = html! {
        h1 { (title) }
        div.card.text {
            p { (speech.say(
                "A camera measures the lines of your palm and the veins below them. A template of numbers is kept, encrypted; no picture is. It serves to let you in and to charge your card, and nothing else.",
                "Eine Kamera misst die Linien Ihrer Handfläche und die Adern darunter. Bewahrt wird eine verschlüsselte Vorlage aus Zahlen, kein Bild. Sie dient dazu, Sie einzulassen und Ihre Karte zu belasten, zu nichts sonst.")) }
            p { (speech.say(
                "You can take this back at any time, here or in the app; the template is then deleted for good. Card and code work just as well.",
                "Sie können das jederzeit zurücknehmen, hier oder in der App; die Vorlage wird dann endgültig gelöscht. Karte und Code gehen genauso gut.")) }
            p.small { (speech.say("Text ", "Text ")) (VERSION) }
        }
        form.buttons.big action="/kiosk/palm" method="post" {
            button.button name="agreed" value="yes" { (speech.say("I agree", "Ich willige ein")) }
            a.second href="/kiosk/palm" { (speech.say("No, thank you", "Nein, danke")) }
        }
    };
    Ok(kiosk(speech, title, Some(("/kiosk/palm", IDLE_S)), &body))
}

/// Where in it somebody is.
#[derive(Deserialize)]
pub(super) struct Step {
    #[serde(default)]
    card: String,
}

/// `POST /kiosk/palm`: the card, then the palm. Nothing is written down, since nothing is enrolled in the end.
pub(super) async fn step(
    State(site): State<Site>,
    speech: Speech,
    Form(step): Form<Step>,
) -> Result<Markup, PageError> {
    site.demo()?;
    let (title, body) = if step.card.is_empty() {
        let title = speech.say("Now the card that pays", "Nun die Karte, die zahlt");
        (title, html! { h1 { (title) } form action="/kiosk/palm" method="post" { (cards(speech)) } })
    } else {
        let title = speech.say("The palm step is not available yet", "Der Schritt mit der Hand fehlt noch");
        let text = speech.say(
            "This kiosk has no palm camera. Nothing was kept: neither your consent nor your card. Please come in with your card or the app.",
            "Dieser Kiosk hat keine Handkamera. Nichts wurde behalten: weder Ihre Einwilligung noch Ihre Karte. Bitte kommen Sie mit Karte oder App herein.",
        );
        (
            title,
            html! { h1 { (title) } p.lead { (text) } p.middle { a.button href="/kiosk/palm" { (speech.say("Done", "Fertig")) } } },
        )
    };
    Ok(kiosk(speech, title, Some(("/kiosk/palm", IDLE_S)), &body))
}
