//! `/app/receipts`: all receipts, newest first.

use axum::extract::{Query, State};
use maud::{Markup, html};
use model::Money;
use office::{Owner, ReceiptRow, TripKey};
use serde::Deserialize;

use super::frame::{Tab, tabbed};
use crate::pages::error::PageError;
use crate::pages::session::Shopper;
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::{day, money};

/// Receipts on a page.
const ROWS: usize = 30;

/// Where the list begins.
#[derive(Deserialize)]
pub(super) struct From {
    before: Option<TripKey>,
}

/// The page.
pub(super) async fn list(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    Query(from): Query<From>,
) -> Result<Markup, PageError> {
    let owner = Owner::Account(shopper.account);
    let found = site.office(move |office| office.receipts_of(owner, from.before, ROWS)).await?;
    let title = speech.say("Receipts", "Quittungen");
    let body = html! {
        h1 { (title) }
        @if found.rows.is_empty() {
            div.empty-state {
                h2 { (speech.say("No receipts yet", "Noch keine Quittungen")) }
                p { (speech.say("Seconds after you have left with something, its receipt is here.", "Sekunden, nachdem Sie mit etwas gegangen sind, liegt die Quittung hier.")) }
            }
        } @else {
            ul.rows { @for row in &found.rows { (entry(&site, speech, row)) } }
        }
        @if let Some(before) = found.before {
            p.middle { a.second href=(format!("/app/receipts?before={before}")) { (speech.say("Older ones", "Ältere")) } }
        }
        p.small { (speech.say("Something paid by card before you had the app? ", "Schon vor der App mit Karte bezahlt? "))
            a href="/look-up" { (speech.say("Find its receipt", "Quittung finden")) } }
    };
    Ok(tabbed(speech, title, Tab::Receipts, &[], &body))
}

fn entry(site: &Site, speech: Speech, row: &ReceiptRow) -> Markup {
    html! {
        li {
            a.row href=(format!("/app/receipts/{}", row.trip)) {
                span { strong { (day(speech, &row.date)) } br; span.small { (row.number) } }
                span.number { (money(speech, Money::new(row.total_minor, site.web.currency()))) }
            }
        }
    }
}
