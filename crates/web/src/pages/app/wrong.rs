//! `/app/receipts/{trip}/lines/{line}`: saying that a line is wrong.

use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};
use model::Money;
use office::{Dispute, DisputeKind, TripKey};
use pricing::{PricedLine, Quantity};
use serde::Deserialize;

use super::frame::{Tab, tabbed};
use super::receipt::{Own, kind, own};
use crate::pages::error::PageError;
use crate::pages::session::{Sent, Shopper, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::money;

/// What may be wrong with a line.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Wrong {
    NotTaken,
    OtherProduct,
    #[serde(rename = "wrong_price")]
    Price,
    Damaged,
}

impl Wrong {
    const ALL: [(Self, &'static str); 4] = [
        (Self::NotTaken, "not_taken"),
        (Self::OtherProduct, "other_product"),
        (Self::Price, "wrong_price"),
        (Self::Damaged, "damaged"),
    ];

    /// As the office knows it: who took something else did not take this.
    fn kind(self) -> DisputeKind {
        match self {
            Self::NotTaken | Self::OtherProduct => DisputeKind::NotTaken,
            Self::Price => DisputeKind::WrongPrice,
            Self::Damaged => DisputeKind::Damaged,
        }
    }

    fn name(self, speech: Speech) -> &'static str {
        match self {
            Self::OtherProduct => {
                speech.say("I took another product", "Ich habe ein anderes Produkt genommen")
            }
            other => kind(speech, other.kind()),
        }
    }
}

/// A line of a receipt, and how much of it may still be wrong.
fn line(own: &Own, number: usize) -> Result<(&PricedLine, Quantity), PageError> {
    let line = own.document.parts().priced.lines.get(number).ok_or(PageError::NotFound)?;
    let left = line.quantity.amount().saturating_sub(own.trip.given_back(number));
    let left = match line.quantity {
        Quantity::Units(_) => Quantity::Units(left),
        Quantity::Grams(_) => Quantity::Grams(left),
    };
    if left.amount() == 0 { Err(PageError::NotFound) } else { Ok((line, left)) }
}

/// The form.
pub(super) async fn form(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    Path((trip, number)): Path<(TripKey, usize)>,
) -> Result<Markup, PageError> {
    let own = own(&site, speech, &shopper, trip).await?;
    let (line, left) = line(&own, number)?;
    let total = Money::new(line.total, own.document.parts().priced.currency);
    let title = speech.say("What is wrong?", "Was stimmt nicht?");
    let body = html! {
        p { a href=(format!("/app/receipts/{trip}")) { "‹ " (speech.say("Receipt", "Quittung")) } }
        h1 { (title) }
        p.lead { (line.name) ", " (money(speech, total)) }
        form.card method="post" action=(format!("/app/receipts/{trip}/lines/{number}")) {
            (token(&shopper.session))
            fieldset {
                legend { (speech.say("Choose one", "Bitte wählen")) }
                @for (wrong, value) in Wrong::ALL {
                    label.choice { input type="radio" name="wrong" value=(value) required checked[wrong == Wrong::NotTaken]; " " (wrong.name(speech)) }
                }
            }
            @match left {
                Quantity::Units(most) if most > 1 => {
                    label for="amount" { (speech.say("How many of them", "Wie viele davon")) }
                    input #amount name="amount" type="number" inputmode="numeric" min="1" max=(most) value=(most) required;
                }
                other => input type="hidden" name="amount" value=(other.amount());,
            }
            label for="words" { (speech.say("In your words (if you like)", "In Ihren Worten (wenn Sie mögen)")) }
            textarea #words name="words" rows="3" maxlength="1000" {}
            p.small { (speech.say("Small amounts are given back at once; else somebody looks at it, and you find the answer on this receipt.", "Kleine Beträge erstatten wir sofort; sonst sieht es sich jemand an, und die Antwort steht auf dieser Quittung.")) }
            div.buttons { button.button { (speech.say("Send", "Absenden")) } }
        }
    };
    Ok(tabbed(speech, title, Tab::Receipts, &[], &body))
}

/// What was sent.
#[derive(Deserialize)]
pub(super) struct Said {
    wrong: Wrong,
    amount: u32,
    #[serde(default)]
    words: String,
}

/// `POST`: tells the office.
pub(super) async fn send(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    Path((trip, number)): Path<(TripKey, usize)>,
    sent: Sent<Said>,
) -> Result<Redirect, PageError> {
    let said = sent.of(&shopper.session)?;
    let own = own(&site, speech, &shopper, trip).await?;
    let amount = match line(&own, number)?.1 {
        Quantity::Units(left) => Quantity::Units(said.amount.clamp(1, left)),
        grams @ Quantity::Grams(_) => grams,
    };
    let other = if said.wrong == Wrong::OtherProduct { "I took another product. " } else { "" };
    let words: String = format!("{other}{}", said.words.trim()).trim().chars().take(1000).collect();
    let dispute = Dispute { lines: vec![(number, amount)], kind: said.wrong.kind() };
    let now = site.web.now();
    site.office(move |office| {
        let trip = office.dispute(trip, dispute, now)?;
        if words.is_empty() {
            return Ok(());
        }
        office.put_words(trip.key, trip.disputes.len().saturating_sub(1), &words, now)
    })
    .await?;
    Ok(Redirect::to(&format!("/app/receipts/{trip}#line-{number}")))
}
