//! `/app/palm`: the palms that stand for the account's cards, and deleting them in one step.

use axum::extract::State;
use maud::{Markup, html};
use office::{Channel, Owner, PalmPerson};
use palm::{PersonId, Side};
use serde::Deserialize;

use super::frame::{Tab, tabbed};
use crate::pages::error::PageError;
use crate::pages::palm::receipt_shown;
use crate::pages::session::{Sent, Shopper, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::{card, moment};

/// `GET /app/palm`
pub(super) async fn look(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
) -> Result<Markup, PageError> {
    let key = shopper.account;
    let (palms, cards) = site
        .office(move |office| Ok((office.palms_of(Owner::Account(key))?, office.account(key)?.cards)))
        .await?;
    let title = speech.say("Your palm", "Ihre Handfläche");
    let body = html! {
        h1 { (title) }
        @if palms.is_empty() {
            div.empty-state { p { (speech.say("None is known. If you like, enrol at the palm kiosk in the store.", "Keine bekannt. Wenn Sie möchten, melden Sie sich am Handflächen-Kiosk im Laden an.")) } }
        }
        @for one in &palms {
            section.card {
                h2 { (hands(speech, one)) }
                dl.facts {
                    dt { (speech.say("Enrolled", "Angemeldet")) } dd { (moment(speech, site.web.policy(), one.enrolled)) }
                    dt { (speech.say("Last used", "Zuletzt benutzt")) } dd { (moment(speech, site.web.policy(), one.used)) }
                    @if let Some(paying) = cards.iter().find(|paying| paying.key == one.card) {
                        dt { (speech.say("Pays with", "Zahlt mit")) } dd { (card(speech, &paying.brand, &paying.last_four)) }
                    }
                    @if let Some(age) = &one.age { dt { (speech.say("Age check", "Alter geprüft")) } dd { (age.over) "+, " (moment(speech, site.web.policy(), age.at)) } }
                }
                form action="/app/palm/delete" method="post" {
                    (token(&shopper.session))
                    input type="hidden" name="person" value=(one.person);
                    div.buttons { button.danger { (speech.say("Delete it now", "Jetzt löschen")) } }
                }
            }
        }
        p { (speech.say("Your card and the code of this app open the same gates, at the same price.", "Ihre Karte und der Code dieser App öffnen dieselben Tore, zum selben Preis.")) }
        p { a href="/palm" { (speech.say("How we keep palms", "Wie wir Handflächen aufbewahren")) } }
    };
    Ok(tabbed(speech, title, Tab::Me, &[], &body))
}

/// Which hands are known.
fn hands(speech: Speech, one: &PalmPerson) -> &'static str {
    match one.sides.as_slice() {
        [Side::Left] => speech.say("Left hand", "Linke Hand"),
        [Side::Right] => speech.say("Right hand", "Rechte Hand"),
        _ => speech.say("Both hands", "Beide Hände"),
    }
}

/// Whose palms.
#[derive(Deserialize)]
pub(super) struct Whose {
    person: String,
}

/// `POST /app/palm/delete`: one step, and the receipt.
pub(super) async fn delete(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    sent: Sent<Whose>,
) -> Result<Markup, PageError> {
    let person: PersonId = sent.of(&shopper.session)?.person.parse().map_err(|_| PageError::NotFound)?;
    let (key, by, now) = (shopper.account, shopper.session.actor(), site.web.now());
    let palms = site.office(move |office| office.palms_of(Owner::Account(key))).await?;
    if !palms.iter().any(|one| one.person == person) {
        return Err(PageError::NotFound);
    }
    let receipt = site.office(move |office| office.delete_palms(person, by, Channel::App, now)).await?;
    let title = speech.say("Your palm is deleted", "Ihre Handfläche ist gelöscht");
    let body = html! {
        h1 { (title) }
        (receipt_shown(&site, speech, person, &receipt))
        p { a.button href="/app/palm" { (speech.say("Done", "Fertig")) } }
    };
    Ok(tabbed(speech, title, Tab::Me, &["scan.js"], &body))
}
