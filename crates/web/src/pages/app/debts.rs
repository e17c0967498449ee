//! What is owed, and paying it with the account's card.

use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};
use model::Money;
use office::{OfficeError, Owner, PeopleError, Proof, SavedCard, Trip, TripKey};
use serde::Deserialize;

use crate::pages::error::PageError;
use crate::pages::session::{Sent, Shopper, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::{card, money};

/// A debt on the app's first page.
pub(super) fn note(
    speech: Speech,
    shopper: &Shopper,
    trip: TripKey,
    owed: Money,
    pays: Option<&SavedCard>,
) -> Markup {
    html! {
        section.note.bad {
            p { strong { (money(speech, owed)) } " "
                (speech.say("of an earlier visit could not be taken from your card. ", "eines früheren Besuchs konnten nicht von Ihrer Karte abgebucht werden. "))
                a href=(format!("/app/receipts/{trip}")) { (speech.say("Receipt", "Quittung")) } }
            @if let Some(pays) = pays { (button(speech, shopper, trip, pays)) }
        }
    }
}

/// What a receipt says of what is still to be paid of it, and how to pay it. Whoever sees the receipt may, with any card
/// of their own: it may have been mailed to them, and the card that was declined be in nobody's account.
pub(super) fn on_receipt(
    site: &Site,
    speech: Speech,
    shopper: &Shopper,
    trip: &Trip,
    pays: Option<&SavedCard>,
) -> Markup {
    let owed = Money::new(trip.owed_minor, site.web.currency());
    html! {
        section.note.bad {
            p { strong { (money(speech, owed)) } " " (speech.say("is still to be paid.", "ist noch offen.")) }
            @match pays {
                _ if trip.money_is_coming() => {}
                Some(pays) => (button(speech, shopper, trip.key, pays)),
                None => (without_card(site, speech)),
            }
        }
    }
}

fn button(speech: Speech, shopper: &Shopper, trip: TripKey, pays: &SavedCard) -> Markup {
    html! {
        form action=(format!("/app/debts/{trip}")) method="post" {
            (token(&shopper.session))
            button.button { (speech.say("Pay with ", "Zahlen mit ")) (card(speech, &pays.brand, &pays.last_four)) }
        }
    }
}

fn without_card(site: &Site, speech: Speech) -> Markup {
    html! {
        @if site.demo.is_some() {
            p { a href="/app/cards" { (speech.say("Add a card", "Fügen Sie eine Karte hinzu")) }
                (speech.say(" to your account, and pay with it here.", " und zahlen Sie hier mit ihr.")) }
        } @else {
            p { (speech.say(
                "There is no card in your account. Pay with any card at the receipt kiosk in the store.",
                "In Ihrem Konto ist keine Karte. Zahlen Sie mit einer beliebigen Karte am Quittungskiosk im Laden.",
            )) }
        }
    }
}

/// A form without fields.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `POST /app/debts/{trip}`: pays with the default card.
pub(super) async fn pay(
    State(site): State<Site>,
    shopper: Shopper,
    Path(trip): Path<TripKey>,
    sent: Sent<Nothing>,
) -> Result<Redirect, PageError> {
    sent.of(&shopper.session)?;
    let (key, now) = (shopper.account, site.web.now());
    site.office(move |office| {
        let shown = office.debts_of(key)?.iter().any(|(other, _)| *other == trip)
            || office.proof_of(trip, Owner::Account(key))? != Proof::None;
        if !shown {
            return Err(OfficeError::NoTrip(trip));
        }
        let card = office.account(key)?.cards.into_iter().find(|card| card.is_default);
        office.pay_debt_with(key, card.ok_or(PeopleError::NoCard)?.key, trip, now)
    })
    .await?;
    Ok(Redirect::to(&format!("/app/receipts/{trip}")))
}
