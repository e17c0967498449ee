//! Palms: how they are kept, for everybody to read; receipts of their deletion, for everybody to check; and what the
//! kiosks with cameras share.

mod enrolment;
mod eye;
mod hover;
mod lit;
mod receipt;
mod text;
mod tickets;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use maud::{Markup, html};

pub(crate) use enrolment::{Enrolment, Say};
pub use eye::{Eye, Gaze, Seen};
pub(crate) use hover::{Hover, Look};
pub(crate) use lit::Lit;
pub(crate) use receipt::shown as receipt_shown;
pub(crate) use text::{VERSION, consent as consent_text, guide, say, side, too_large};
use tickets::Tickets;

use super::demo::navigation;
use super::error::PageError;
use super::layout::{Frame, page};
use super::site::Site;
use super::speech::Speech;

/// How long an enrolment may take, seconds: ten times what it should.
pub(crate) const ENROLMENT_S: u32 = 600;
/// How long a hand may be held to the gate, seconds.
pub(crate) const HOVER_S: u32 = 20;

/// Bytes that a picture may have: ten times what the kiosk's script sends.
pub(crate) const PICTURE_BYTES: usize = 1 << 20;

/// What the kiosks with cameras share.
pub(crate) struct Palms {
    /// What looks at their pictures; `None` where there are no cameras.
    pub(crate) eye: Option<Eye>,
    pub(crate) enrolments: Tickets<Enrolment>,
    pub(crate) hovers: Tickets<Hover>,
}

impl Palms {
    pub(crate) fn new(eye: Option<Eye>) -> Self {
        let (enrolments, hovers) = (Tickets::new(i64::from(ENROLMENT_S)), Tickets::new(i64::from(HOVER_S)));
        Self { eye, enrolments, hovers }
    }

    /// What looks at pictures, or "there is nothing here".
    pub(crate) fn eye(&self) -> Result<&Eye, PageError> {
        self.eye.as_ref().ok_or(PageError::NotFound)
    }
}

/// What a ticket stands for, for one at a time.
pub(crate) fn locked<T>(thing: &Arc<Mutex<T>>) -> MutexGuard<'_, T> {
    thing.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What there is below `/palm`.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(kept))
        .route("/receipt", get(receipt::form).post(receipt::check))
        .route("/receipts/{person}", get(receipt::file))
}

/// A page of text for everybody.
fn public(site: &Site, speech: Speech, title: &str, body: &Markup) -> Markup {
    let navigation = if site.demo.is_some() {
        navigation(speech)
    } else {
        html! {}
    };
    page(speech, &Frame { title, kind: "plain", scripts: &[], navigation: Some(navigation) }, body)
}

/// `GET /palm`: how palms are kept and deleted.
async fn kept(State(site): State<Site>, speech: Speech) -> Result<Markup, PageError> {
    let key = site.office(|office| Ok(office.public_key())).await?;
    let days = site.web.policy().palm.days();
    let title = speech.say("How we keep palms", "Wie wir Handflächen aufbewahren");
    let rules = [
        (speech.say("Who comes in without a palm?", "Wer kommt ohne Handfläche hinein?"), speech.say(
            "Everybody. Card and code open the same gates, at the same price, and nobody needs to enrol.".to_owned(),
            "Alle. Karte und Code öffnen dieselben Tore, zum selben Preis, und niemand muss sich anmelden.".to_owned())),
        (speech.say("What is kept?", "Was wird aufbewahrt?"), speech.say(
            "A list of numbers for each hand, turned by a secret of this store and encrypted under a key of your own; your consent, with its words, language and time; the card that pays. Never a picture.".to_owned(),
            "Je Hand eine Liste von Zahlen, mit einem Geheimnis dieses Ladens verdreht und mit einem eigenen Schlüssel für Sie verschlüsselt; Ihre Einwilligung mit Wortlaut, Sprache und Zeit; die Karte, die zahlt. Nie ein Bild.".to_owned())),
        (speech.say("For how long?", "Wie lange?"), speech.say(
            format!("Until you delete it. At once when you delete your card or account. And at the latest {days} days after you last came in with it."),
            format!("Bis Sie sie löschen. Sofort, wenn Sie Ihre Karte oder Ihr Konto löschen. Und spätestens {days} Tage, nachdem Sie zuletzt damit hereinkamen."))),
        (speech.say("How do I delete it?", "Wie lösche ich sie?"), speech.say(
            "In one step: at the palm kiosk with your card, in the app under “You”, or with our staff. Your key is destroyed, which makes the numbers unreadable in every copy. You get a signed receipt.".to_owned(),
            "In einem Schritt: am Handflächen-Kiosk mit Ihrer Karte, in der App unter „Sie“ oder bei unserem Personal. Ihr Schlüssel wird vernichtet; damit sind die Zahlen in jeder Kopie unlesbar. Sie bekommen eine unterschriebene Quittung.".to_owned())),
        (speech.say("Who else gets it?", "Wer bekommt sie noch?"), speech.say(
            "Nobody. It is kept in this store’s own computer, is not sold, and not given to other stores.".to_owned(),
            "Niemand. Sie liegt im eigenen Rechner dieses Ladens, wird nicht verkauft und nicht an andere Läden gegeben.".to_owned())),
    ];
    let body = html! {
        article.text.card {
            h1 { (title) }
            @for (question, answer) in rules { h2 { (question) } p { (answer) } }
            p { a href="/palm/receipt" { (speech.say("Check a receipt of a deletion", "Die Quittung einer Löschung prüfen")) } }
            @if let Some(key) = key {
                p.small { (speech.say("The key that receipts are signed with (ed25519, base64url): ", "Der Schlüssel, mit dem Quittungen unterschrieben sind (ed25519, base64url): ")) span.id { (key) } }
            }
        }
    };
    Ok(public(&site, speech, title, &body))
}
