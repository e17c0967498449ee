//! `/kiosk/palm`: enrolling a palm: consent, card, left hand, right hand, done. And deleting it in one step.
//!
//! The page with the camera's script comes only once consent stands in the tables and a card was shown; before that no
//! page of a kiosk has a script that could open a camera, and browsers are told to allow none.

pub(super) mod card;
pub(super) mod consent;
pub(super) mod forget;
pub(super) mod hands;

use std::sync::{Arc, Mutex};

use axum::http::HeaderMap;
use maud::{Markup, html};

use super::{IDLE_S, screen};
use crate::pages::cookies;
use crate::pages::palm::Enrolment;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// The cookie with the ticket of somebody at the kiosk.
const COOKIE: &str = "palm";

/// The ticket that a browser has.
fn ticket(headers: &HeaderMap) -> &str {
    cookies::get(headers, COOKIE).unwrap_or_default()
}

/// Whoever stands before this kiosk and has agreed.
fn enrolment(site: &Site, headers: &HeaderMap) -> Option<Arc<Mutex<Enrolment>>> {
    site.palms.enrolments.find(ticket(headers), site.web.now())
}

/// What stands on every page about palms.
fn equal(speech: Speech) -> Markup {
    html! {
        p.small.middle { (speech.say(
            "Nobody needs a palm here: card and code open the same gates, at the same price.",
            "Niemand braucht hier eine Handfläche: Karte und Code öffnen dieselben Tore, zum selben Preis.",
        )) }
    }
}

/// For whoever comes to a later step without the first.
fn begin(speech: Speech) -> Markup {
    let title = speech.say("Please begin here", "Bitte hier beginnen");
    let body = html! {
        h1 { (title) }
        p.lead { (speech.say("First read what it means, and agree.", "Lesen Sie zuerst, was es bedeutet, und willigen Sie ein.")) }
        p.middle { a.button href="/kiosk/palm" { (speech.say("Begin", "Beginnen")) } }
        (equal(speech))
    };
    screen(speech, title, Some(("/kiosk/palm", IDLE_S)), &body)
}
