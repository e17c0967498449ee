//! `/kiosk/receipt`: receipts by the card that paid, and an address given once for all later ones.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use maud::{Markup, html};
use model::Money;
use office::{ConsentText, LinkedEmail, OfficeError, Page, Shown};
use receipts::MailAddress;
use serde::Deserialize;

use super::{IDLE_S, cards, screen as kiosk};
use crate::pages::error::PageError;
use crate::pages::playing::{PlayCard, visitor};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::{day, money, people_error};

/// The version of [`consent`].
const VERSION: &str = "receipt-mail-1";
/// Receipts that are listed.
const ROWS: usize = 5;

fn consent(speech: Speech) -> &'static str {
    speech.say(
        "Mail me this receipt and later ones of this card. I can stop this at any time with the store.",
        "Mailen Sie mir diese und künftige Quittungen dieser Karte. Das kann ich beim Laden jederzeit beenden.",
    )
}

/// `GET /kiosk/receipt`
pub(super) async fn screen(State(site): State<Site>, speech: Speech) -> Result<Markup, PageError> {
    site.demo()?;
    let title = speech.say("Your receipt", "Ihre Quittung");
    let body = html! {
        h1 { (title) }
        p.lead { (speech.say("Hold the card that you came in with to the reader.", "Halten Sie die Karte an den Leser, mit der Sie hereinkamen.")) }
        form action="/kiosk/receipt" method="post" { (cards(speech)) }
        p.middle { a href="/look-up" { (speech.say("No card at hand? Find it by day and amount", "Karte nicht dabei? Nach Tag und Betrag finden")) } }
    };
    Ok(kiosk(speech, title, Some(("/kiosk/receipt", IDLE_S)), &body))
}

/// What was held to the reader, and what was typed.
#[derive(Deserialize)]
pub(super) struct Held {
    #[serde(default)]
    card: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    agreed: String,
}

/// `POST /kiosk/receipt`: the card's receipts.
pub(super) async fn list(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
    Form(held): Form<Held>,
) -> Result<Markup, PageError> {
    show(&site, speech, &headers, &held, None).await
}

async fn show(
    site: &Site,
    speech: Speech,
    headers: &HeaderMap,
    held: &Held,
    wrong: Option<&str>,
) -> Result<Markup, PageError> {
    site.demo()?;
    let card = PlayCard::named(&held.card).ok_or(PageError::NotFound)?;
    let tapped = card.of(&visitor(headers)?)?;
    let found = site.office(move |office| office.receipts_of_card(&tapped, None, ROWS)).await?;
    let title = speech.say("Your receipts", "Ihre Quittungen");
    let body = html! {
        h1 { (title) }
        @if found.rows.is_empty() {
            p.lead { (speech.say("There is no receipt of this card yet. A fresh one takes a minute.", "Zu dieser Karte gibt es noch keine Quittung. Eine frische braucht eine Minute.")) }
            p.middle { a.button href="/kiosk/receipt" { (speech.say("Another card", "Andere Karte")) } }
        } @else {
            (rows(site, speech, &found))
            @if let Some(wrong) = wrong { p.note.bad role="alert" { (wrong) } }
            form.card action="/kiosk/receipt/mail" method="post" {
                input type="hidden" name="card" value=(card.name);
                label for="email" { (speech.say("Where shall we mail it?", "Wohin sollen wir sie mailen?")) }
                input #email name="email" type="email" autocomplete="off" inputmode="email" required maxlength="254" value=(held.email);
                label.choice { input type="checkbox" name="agreed" value="yes" required; " " (consent(speech)) }
                div.buttons.big { button.button { (speech.say("Mail it", "Mailen")) } a.second href="/kiosk/receipt" { (speech.say("No, done", "Nein, fertig")) } }
            }
        }
    };
    Ok(kiosk(speech, title, Some(("/kiosk/receipt", IDLE_S)), &body))
}

fn rows(site: &Site, speech: Speech, found: &Page) -> Markup {
    html! {
        ul.rows {
            @for row in &found.rows {
                li.row { span { strong { (day(speech, &row.date)) } br; span.small { (row.number) } }
                    span.number { (money(speech, Money::new(row.total_minor, site.web.currency()))) } }
            }
        }
    }
}

/// `POST /kiosk/receipt/mail`: links an address to the card.
pub(super) async fn mail(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
    Form(held): Form<Held>,
) -> Result<Markup, PageError> {
    site.demo()?;
    let card = PlayCard::named(&held.card).ok_or(PageError::NotFound)?.of(&visitor(&headers)?)?;
    let address = MailAddress::parse(&held.email).ok().filter(|_| held.agreed == "yes");
    let Some(address) = address else {
        let why = speech.say(
            "Please type an address such as ann@example.org, and agree below it.",
            "Bitte eine Adresse wie anna@example.org eingeben und darunter einwilligen.",
        );
        return show(&site, speech, &headers, &held, Some(why)).await;
    };
    let now = site.web.now();
    let agreed = ConsentText { version: VERSION, language: speech.tag(), words: consent(speech) };
    let linked = site
        .office(move |office| match office.link_email(Shown::Card(card), address, &agreed, now) {
            Ok(LinkedEmail::Linked(_, trip)) => Ok(Ok(trip.is_some())),
            Ok(LinkedEmail::Unknown(reason)) => Ok(Err(reason.to_string())),
            Err(OfficeError::People(error)) => Ok(Err(people_error(speech, &error))),
            Err(other) => Err(other),
        })
        .await?;
    let on_its_way = match linked {
        Ok(on_its_way) => on_its_way,
        Err(why) => return show(&site, speech, &headers, &held, Some(&why)).await,
    };
    let title = speech.say("Thank you", "Danke");
    let text = if on_its_way {
        speech.say(
            "Your receipt is on its way, and later ones of this card follow by themselves.",
            "Ihre Quittung ist unterwegs, und künftige dieser Karte kommen von selbst.",
        )
    } else {
        speech.say(
            "Later receipts of this card come by mail.",
            "Künftige Quittungen dieser Karte kommen per E-Mail.",
        )
    };
    let body = html! {
        div.answer.opens { p.sign aria-hidden="true" { "✓" } h1 { (title) } p.lead { (text) } }
        p.middle { a.button href="/kiosk/receipt" { (speech.say("Done", "Fertig")) } }
    };
    Ok(kiosk(speech, title, Some(("/kiosk/receipt", 8)), &body))
}
