//! `/app/cards`: what the account pays with.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{InstrumentKey, OfficeError, SavedCard};
use serde::Deserialize;

use super::frame::{Tab, tabbed};
use crate::pages::error::PageError;
use crate::pages::playing::{CARDS, visitor};
use crate::pages::session::{Sent, Shopper, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::{card, people_error};

/// `GET /app/cards`
pub(super) async fn list(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
) -> Result<Markup, PageError> {
    show(&site, speech, &shopper, None).await
}

async fn show(
    site: &Site,
    speech: Speech,
    shopper: &Shopper,
    wrong: Option<String>,
) -> Result<Markup, PageError> {
    let key = shopper.account;
    let cards = site.office(move |office| office.account(key)).await?.cards;
    let title = speech.say("Cards", "Karten");
    let body = html! {
        h1 { (title) }
        @if let Some(wrong) = wrong { p.note.bad role="alert" { (wrong) } }
        @if cards.is_empty() {
            div.empty-state { p { (speech.say("No card yet. The gate opens once there is one.", "Noch keine Karte. Das Tor öffnet, sobald eine da ist.")) } }
        } @else {
            ul.rows { @for one in &cards { (row(speech, shopper, one)) } }
        }
        h2 { (speech.say("Add a card", "Karte hinzufügen")) }
        @if site.demo.is_some() {
            form #new-card action="/app/cards" method="post" hidden { (token(&shopper.session)) input type="hidden" name="token"; }
            iframe.vault #vault-frame src="/vault" title=(speech.say("The vault’s form for a card", "Das Formular des Tresors für eine Karte")) {}
            p.small { (speech.say("The number goes to the (simulated) payment processor alone; the store gets a token.", "Die Nummer geht nur an den (simulierten) Zahlungsdienst; der Laden bekommt ein Kürzel.")) }
        } @else {
            p.note { (speech.say("Tap your card at the gate or at a kiosk: the reader knows it from then on. A form for this page comes from your store’s payment processor.", "Halten Sie Ihre Karte an das Tor oder einen Kiosk: Der Leser kennt sie von da an. Ein Formular für diese Seite kommt vom Zahlungsdienst Ihres Ladens.")) }
        }
    };
    Ok(tabbed(speech, title, Tab::Cards, &["cards.js"], &body))
}

fn row(speech: Speech, shopper: &Shopper, one: &SavedCard) -> Markup {
    let key = html! { (token(&shopper.session)) input type="hidden" name="card" value=(one.key); };
    html! {
        li.row {
            span { strong { (card(speech, &one.brand, &one.last_four)) } @if one.is_default { br; span.tag.good { (speech.say("pays your visits", "zahlt Ihre Besuche")) } } }
            div.buttons {
                @if !one.is_default {
                    form action="/app/cards/default" method="post" { (key) button.quiet { (speech.say("Pay with it", "Damit zahlen")) } }
                }
                form action="/app/cards/remove" method="post" { (key) button.quiet { (speech.say("Remove", "Entfernen")) span.unseen { " " (one.last_four) } } }
            }
        }
    }
}

/// What the vault gave.
#[derive(Deserialize)]
pub(super) struct New {
    token: String,
}

/// `POST /app/cards`: puts a card into the account, by the vault's token. What is known of the card comes from the
/// vault, not from the browser, so that nobody claims a card of somebody else.
pub(super) async fn add(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    headers: HeaderMap,
    sent: Sent<New>,
) -> Result<Response, PageError> {
    site.demo()?;
    let New { token } = sent.of(&shopper.session)?;
    let visitor = visitor(&headers)?;
    let known = CARDS.into_iter().find(|card| card.token(&visitor) == token).ok_or(PageError::NotFound)?;
    let (card, account, now) = (known.of(&visitor)?, shopper.account, site.web.now());
    let added = site
        .office(move |office| match office.add_card(account, card, now) {
            Ok(_) => Ok(Ok(())),
            Err(OfficeError::People(error)) => Ok(Err(error)),
            Err(other) => Err(other),
        })
        .await?;
    match added {
        Ok(()) => Ok(Redirect::to("/app/cards").into_response()),
        Err(error) => {
            Ok(show(&site, speech, &shopper, Some(people_error(speech, &error))).await?.into_response())
        }
    }
}

/// Which card.
#[derive(Deserialize)]
pub(super) struct Which {
    card: InstrumentKey,
}

/// `POST /app/cards/default`
pub(super) async fn set_default(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Which>,
) -> Result<Redirect, PageError> {
    let (card, account) = (sent.of(&shopper.session)?.card, shopper.account);
    site.office(move |office| office.set_default_card(account, card)).await?;
    Ok(Redirect::to("/app/cards"))
}

/// `POST /app/cards/remove`
pub(super) async fn remove(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Which>,
) -> Result<Redirect, PageError> {
    let (card, account, now) = (sent.of(&shopper.session)?.card, shopper.account, site.web.now());
    site.office(move |office| office.remove_card(account, card, now)).await?;
    Ok(Redirect::to("/app/cards"))
}
