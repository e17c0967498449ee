//! Palms on the page of a trip: that there are some, an age check, and deleting them for a shopper who asks. Never a
//! template.

use axum::extract::Path;
use axum::response::Redirect;
use maud::{Markup, html};
use office::{Channel, Owner, PalmPerson, Payer, Right, Trip, TripKey};
use palm::{PersonId, Side};
use serde::Deserialize;

use super::desk::{Desk, Nothing};
use crate::pages::error::PageError;
use crate::pages::palm::receipt_shown;
use crate::pages::session::Sent;

/// Ages that are asked for in shops.
const AGES: [u8; 3] = [16, 18, 21];

/// The palms that stand for the card that pays.
pub(super) async fn of(desk: &Desk, trip: &Trip) -> Result<Vec<PalmPerson>, PageError> {
    let Payer::Instrument(card) = trip.payer else { return Ok(Vec::new()) };
    desk.office(move |office| office.palms_of(Owner::Instrument(card))).await
}

/// What is told of them.
pub(super) fn section(desk: &Desk, trip: TripKey, palms: &[PalmPerson]) -> Markup {
    html! {
        @for one in palms {
            section.card {
                h2 { (desk.say("Palm", "Handfläche")) }
                dl.facts {
                    dt { (desk.say("Hands", "Hände")) } dd { (hands(desk, one)) }
                    dt { (desk.say("Enrolled", "Angemeldet")) } dd { (desk.local.show(one.enrolled)) }
                    dt { (desk.say("Last used", "Zuletzt benutzt")) } dd { (desk.local.show(one.used)) }
                    dt { (desk.say("Age check", "Alter geprüft")) }
                    dd { @match &one.age {
                        Some(age) => { (age.over) "+, " (age.by) ", " (desk.local.show(age.at)) },
                        None => (desk.say("none", "keine")),
                    } }
                }
                form.buttons action={ "/console/trips/" (trip) "/palms/" (one.person) "/age" } method="post" {
                    (desk.token())
                    span { (desk.say("Paper seen:", "Ausweis gesehen:")) }
                    @for age in AGES { button.second name="over" value=(age) { (desk.say("at least ", "mindestens ")) (age) } }
                }
                form.buttons action={ "/console/trips/" (trip) "/palms/" (one.person) "/delete" } method="post" {
                    (desk.token())
                    button.danger { (desk.say("Delete, the shopper asked", "Löschen, auf Wunsch")) }
                }
            }
        }
    }
}

fn hands(desk: &Desk, one: &PalmPerson) -> String {
    let name = |side: &Side| match side {
        Side::Left => desk.say("left", "links"),
        Side::Right => desk.say("right", "rechts"),
    };
    one.sides.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The person of an address, if their palms stand for the trip's card.
async fn person(desk: &Desk, trip: &str, person: &str) -> Result<(TripKey, PersonId), PageError> {
    let key: TripKey = trip.parse().map_err(|_| PageError::NotFound)?;
    let person: PersonId = person.parse().map_err(|_| PageError::NotFound)?;
    let trip = desk.office(move |office| office.trip(key)).await?;
    let known = of(desk, &trip).await?;
    known.iter().any(|one| one.person == person).then_some((key, person)).ok_or(PageError::NotFound)
}

/// What a paper says.
#[derive(Deserialize)]
pub(super) struct Seen {
    over: u8,
}

/// `POST /console/trips/{trip}/palms/{person}/age`
pub(super) async fn age(
    desk: Desk,
    Path((trip, whose)): Path<(String, String)>,
    sent: Sent<Seen>,
) -> Result<Redirect, PageError> {
    desk.must(Right::SeePeople)?;
    let over = sent.of(&desk.staff.session)?.over;
    let (trip, person) = person(&desk, &trip, &whose).await?;
    let (by, now) = (desk.staff.member.name.clone(), desk.now());
    desk.office(move |office| office.note_age(person, over, &by, now)).await?;
    Ok(Redirect::to(&format!("/console/trips/{trip}")))
}

/// `POST /console/trips/{trip}/palms/{person}/delete`: the receipt is the shopper's.
pub(super) async fn delete(
    desk: Desk,
    Path((trip, whose)): Path<(String, String)>,
    sent: Sent<Nothing>,
) -> Result<Markup, PageError> {
    desk.must(Right::SeePeople)?;
    sent.of(&desk.staff.session)?;
    let (trip, person) = person(&desk, &trip, &whose).await?;
    let (by, now) = (desk.staff.member.actor(), desk.now());
    let receipt = desk.office(move |office| office.delete_palms(person, by, Channel::Desk, now)).await?;
    let title = desk.say("The palm is deleted", "Die Handfläche ist gelöscht");
    let body = html! {
        h1 { (title) }
        section.card { (receipt_shown(&desk.site, desk.speech, person, &receipt)) }
        p { a.second href={ "/console/trips/" (trip) } { (desk.say("Back to the trip", "Zurück zum Besuch")) } }
    };
    Ok(desk.page(title, "/console/trips", &["scan.js"], &body))
}
