//! `GET /demo`: the floor, the visitor's phone beside it, and what they can do.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::pages::error::PageError;
use crate::pages::layout::{Frame, page};
use crate::pages::playing::welcome;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// The page.
pub(super) async fn demo(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    site.demo()?;
    let frame = Frame {
        title: speech.say("Demo", "Demo"),
        kind: "demo",
        scripts: &["demo.js"],
        navigation: Some(navigation(speech)),
    };
    Ok((welcome(&headers), page(speech, &frame, &body(&site, speech))).into_response())
}

/// The ways on from a demo.
pub(crate) fn navigation(speech: Speech) -> Markup {
    html! {
        a href="/demo" { (speech.say("Floor", "Laden")) }
        a href="/app" { "App" }
        a href="/kiosk" { (speech.say("Kiosks", "Kioske")) }
        a href="/look-up" { (speech.say("Receipt", "Quittung")) }
        a href="/console" { (speech.say("Console", "Konsole")) }
        a href="/demo/mail" { (speech.say("Mailbox", "Postfach")) }
    }
}

fn body(site: &Site, speech: Speech) -> Markup {
    html! {
        div.stage {
            section.floor aria-labelledby="floor-title" {
                h1 #floor-title { (site.web.store_name()) }
                p.lead { (speech.say(
                    "A simulated store, live. What you see of carts is what the scales and the cameras conclude, never the simulator's own knowledge.",
                    "Ein simulierter Laden, live. Was Sie von Körben sehen, schließen Waagen und Kameras; nichts davon weiß der Simulator vorab.",
                )) }
                div #floor role="group" aria-label=(speech.say("The store from above", "Der Laden von oben")) {}
                (legend(speech))
            }
            section.play aria-labelledby="play-title" {
                h2 #play-title { (speech.say("You are a shopper", "Sie sind Kunde")) }
                p #told role="status" aria-live="polite" {}
                div.buttons #enter {
                    button.button type="button" data-enter="good" { (speech.say("Tap a card, walk in", "Karte zeigen, hinein")) }
                    button.second #by-code type="button" data-none=(speech.say("Your phone shows no code just now.", "Ihr Telefon zeigt gerade keinen Code.")) {
                        (speech.say("Show the phone's code", "Den Code vom Telefon zeigen"))
                    }
                    button.second type="button" data-enter="declined" { (speech.say("A card that is declined", "Eine Karte ohne Deckung")) }
                    button.second type="button" data-enter="debt" { (speech.say("A card that fails later", "Eine Karte, die später versagt")) }
                }
                @if site.palms.eye.is_some() {
                    p.small { a href="/kiosk/palm" { (speech.say("Enrol your palm at the kiosk", "Handfläche am Kiosk anmelden")) } " · "
                        a href="/kiosk/entry" { (speech.say("Come in by the gate’s screen", "Über den Bildschirm am Tor hinein")) } }
                }
                div #shoppers data-leave=(speech.say("Walk out", "Hinausgehen")) data-friend=(speech.say("Bring a friend", "Mit Begleitung"))
                    data-back=(speech.say("Put back", "Zurück")) data-give=(speech.say("Hand over", "Geben"))
                    data-empty=(speech.say("Hands are empty. Click a shelf on the floor, then a product.", "Die Hände sind leer. Klicken Sie ein Regal an, dann ein Produkt."))
                    data-you=(speech.say("You", "Sie")) data-guest=(speech.say("Friend", "Begleitung"))
                    data-busy=(speech.say("on the way", "unterwegs")) {}
            }
            section.phone aria-label=(speech.say("Your phone", "Ihr Telefon")) {
                iframe #phone title=(speech.say("Your phone", "Ihr Telefon")) src="/demo/phone" loading="lazy" {}
            }
            section.happened tabindex="0" aria-labelledby="happened-title" {
                h2 #happened-title { (speech.say("What the store concludes", "Was der Laden schließt")) }
                ol #happened
                    data-took=(speech.say("took", "nahm")) data-put_back=(speech.say("put back", "stellte zurück"))
                    data-handed_over=(speech.say("handed over", "übergab")) data-entered=(speech.say("came in", "kam herein"))
                    data-left=(speech.say("left", "ging")) data-settled=(speech.say("settled", "abgerechnet"))
                    data-withdrawn=(speech.say("changed its mind", "überlegte es sich anders"))
                    data-unattributed=(speech.say("a weight changed, by nobody seen", "ein Gewicht änderte sich, durch niemanden"))
                    data-notice=(speech.say("notice", "Hinweis")) data-doubtful=(speech.say("to review", "zur Prüfung")) {}
            }
            section.break aria-labelledby="break-title" {
                h2 #break-title { (speech.say("Break things", "Etwas kaputt machen")) }
                div.buttons {
                    button.second type="button" data-break="camera" aria-pressed="false" { (speech.say("Cameras off", "Kameras aus")) }
                    button.second type="button" data-break="plate" aria-pressed="false" { (speech.say("Kill the next plate you click", "Nächste Platte abschalten")) }
                    button.second type="button" data-break="clock" aria-pressed="false" { (speech.say("Scales 300 ms late", "Waagen 300 ms zu spät")) }
                    button.second type="button" data-break="crowd" { (speech.say("Crowd in", "Andrang")) }
                    button.second type="button" data-truth="" aria-pressed="false" { (speech.say("Show the truth", "Wahrheit zeigen")) }
                }
                p.small #truth-note hidden { (speech.say(
                    "Truth in outline: where people really are and what they really hold, beside what was concluded.",
                    "Wahrheit im Umriss: wo Menschen wirklich sind und was sie wirklich halten, neben dem, was geschlossen wurde.",
                )) }
            }
        }
        dialog #shelf aria-label=(speech.say("Shelf", "Regal")) {
            div #shelf-body {}
            form method="dialog" { button.second { (speech.say("Close", "Schließen")) } }
        }
    }
}

fn legend(speech: Speech) -> Markup {
    html! {
        ul.legend {
            li { span.key.you {} (speech.say("you", "Sie")) }
            li { span.key.other {} (speech.say("other shoppers", "andere Kunden")) }
            li { span.key.unknown {} (speech.say("not yet bound to a visit", "noch keinem Besuch zugeordnet")) }
            li { span.key.doubt {} (speech.say("doubt in the cart", "Zweifel im Korb")) }
            li { span.key.full {} span.key.half {} span.key.out {} (speech.say("shelf full to empty", "Regal voll bis leer")) }
        }
    }
}
