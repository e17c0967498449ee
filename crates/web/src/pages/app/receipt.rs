//! `/app/receipts/{trip}`: one receipt, with what came of what was said about it; as PDF and to print.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use model::Money;
use office::{DisputeKind, How, Owner, Proof, SavedCard, Trip, TripKey};
use payments::LastFour;
use pricing::{PricedLine, PricedReceipt, Quantity};
use receipts::ReceiptDocument;

use super::debts;
use super::frame::{Tab, tabbed};
use crate::pages::error::PageError;
use crate::pages::headers::PAPER_POLICY;
use crate::pages::session::Shopper;
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::{card, moment, money, quantity};

/// A receipt that the shopper may see.
pub(super) struct Own {
    pub(super) trip: Trip,
    pub(super) document: ReceiptDocument,
    /// The card of the shopper's that pays what is still owed.
    pays: Option<SavedCard>,
}

/// Fetches a receipt; of others there is none.
pub(super) async fn own(
    site: &Site,
    speech: Speech,
    shopper: &Shopper,
    trip: TripKey,
) -> Result<Own, PageError> {
    let account = shopper.account;
    let found = site
        .office(move |office| {
            if office.proof_of(trip, Owner::Account(account))? == Proof::None {
                return Ok(None);
            }
            let Some(document) = office.paper(trip, speech.0)? else { return Ok(None) };
            let trip = office.trip(trip)?;
            let pays = office.account(account)?.cards.into_iter().find(|card| card.is_default);
            Ok(Some(Own { trip, document, pays }))
        })
        .await?;
    found.ok_or(PageError::NotFound)
}

/// `GET /app/receipts/{trip}`, and `.pdf` behind it.
pub(super) async fn look(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    let (name, is_pdf) = name.strip_suffix(".pdf").map_or((name.as_str(), false), |name| (name, true));
    let key: TripKey = name.parse().map_err(|_| PageError::NotFound)?;
    let own = own(&site, speech, &shopper, key).await?;
    if is_pdf {
        return pdf(own.document).await;
    }
    let title = speech.say("Receipt", "Quittung");
    Ok(tabbed(speech, title, Tab::Receipts, &[], &body(&site, speech, &shopper, &own)).into_response())
}

/// `GET /app/receipts/{trip}/print`: as it was mailed.
pub(super) async fn print(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    Path(key): Path<TripKey>,
) -> Result<Response, PageError> {
    let own = own(&site, speech, &shopper, key).await?;
    let policy = HeaderValue::from_static(PAPER_POLICY);
    Ok(([(CONTENT_SECURITY_POLICY, policy)], Html(receipts::html(&own.document))).into_response())
}

async fn pdf(document: ReceiptDocument) -> Result<Response, PageError> {
    let name = format!("inline; filename=\"receipt-{}.pdf\"", document.parts().number.as_str());
    // A long receipt takes a while to set, which must not hold up others.
    let set = tokio::task::spawn_blocking(move || receipts::pdf(&document)).await;
    let set = set.map_err(|error| error.to_string()).and_then(|set| set.map_err(|error| error.to_string()));
    let name = HeaderValue::try_from(name).map_err(|error| PageError::Broken(error.to_string()))?;
    let kind = HeaderValue::from_static("application/pdf");
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], set.map_err(PageError::Broken)?).into_response())
}

fn body(site: &Site, speech: Speech, shopper: &Shopper, own: &Own) -> Markup {
    let parts = own.document.parts();
    let receipt = &parts.priced;
    let say = |minor: i64| money(speech, Money::new(minor, receipt.currency));
    html! {
        p { a href="/app/receipts" { "‹ " (speech.say("Receipts", "Quittungen")) } }
        section.receipt.card {
            h1 { (parts.store.name) }
            p.total { (say(receipt.total)) }
            p.soft { (moment(speech, site.web.policy(), parts.visit.left)) br; (parts.number.as_str()) }
            @if own.trip.owed_minor > 0 { (debts::on_receipt(site, speech, shopper, &own.trip, own.pays.as_ref())) }
            ul.lines {
                @for (number, line) in receipt.lines.iter().enumerate() { (row(speech, own, number, line)) }
            }
            dl.sums {
                @if receipt.deposit > 0 { dt { (speech.say("Deposit", "Pfand")) } dd { (say(receipt.deposit)) } }
                @for tax in &receipt.taxes {
                    dt { (speech.say("Tax", "MwSt.")) " " (tax.rate) } dd { (say(tax.tax)) }
                }
                dt.strong { (speech.say("Total", "Summe")) } dd.strong { (say(receipt.total)) }
            }
            (payment(speech, own, receipt))
            (refunds(site, speech, own, receipt))
        }
        div.buttons {
            a.second href=(format!("/app/receipts/{}.pdf", own.trip.key)) { "PDF" }
            a.second href=(format!("/app/receipts/{}/print", own.trip.key)) { (speech.say("To print", "Zum Drucken")) }
        }
    }
}

fn row(speech: Speech, own: &Own, number: usize, line: &PricedLine) -> Markup {
    let receipt = &own.document.parts().priced;
    let say = |minor: i64| money(speech, Money::new(minor, receipt.currency));
    let address = format!("/app/receipts/{}/lines/{number}", own.trip.key);
    let more = own.trip.given_back(number) < line.quantity.amount();
    html! {
        li.line id=(format!("line-{number}")) {
            div.what { strong { (line.name) } span.number { (say(line.total)) } }
            div.small {
                (quantity(line.quantity)) " " (say(line.unit_price)) @if matches!(line.quantity, Quantity::Grams(_)) { "/kg" }
                @for discount in &line.discounts { br; (discount.name) " −" (say(discount.amount)) }
                @if line.deposit > 0 { br; (speech.say("with deposit ", "mit Pfand ")) (say(line.deposit)) }
            }
            (said(speech, own, number))
            @if more && own.trip.is_at_rest() {
                a.small href=(address) { (speech.say("Something is wrong", "Etwas stimmt nicht")) span.unseen { ": " (line.name) } }
            }
        }
    }
}

/// What came of what was said about a line.
fn said(speech: Speech, own: &Own, number: usize) -> Markup {
    let about =
        own.trip.disputes.iter().filter(|(dispute, _)| dispute.lines.iter().any(|(line, _)| *line == number));
    html! {
        @for (dispute, outcome) in about {
            p.said {
                @match outcome {
                    None => span.tag.doubt { (speech.say("We are looking at it", "Wir prüfen es")) },
                    Some((true, _)) => span.tag.good { (speech.say("Given back", "Erstattet")) },
                    Some((false, _)) => span.tag.bad { (speech.say("Not given back", "Nicht erstattet")) },
                }
                " " span.small { (kind(speech, dispute.kind)) @if let Some((false, why)) = outcome { ". " (why) } }
            }
        }
    }
}

/// What was said, in a few words.
pub(super) fn kind(speech: Speech, kind: DisputeKind) -> &'static str {
    match kind {
        DisputeKind::NotTaken => speech.say("I did not take it", "Habe ich nicht genommen"),
        DisputeKind::WrongPrice => {
            speech.say("The price on the shelf was another", "Am Regal stand ein anderer Preis")
        }
        DisputeKind::Damaged => speech.say("It was damaged or spoilt", "War beschädigt oder verdorben"),
        DisputeKind::Returned => speech.say("I bring it back", "Ich bringe es zurück"),
    }
}

fn payment(speech: Speech, own: &Own, receipt: &PricedReceipt) -> Markup {
    let charges = own.document.parts().payment.charges();
    html! {
        h2 { (speech.say("Payment", "Zahlung")) }
        @if charges.is_empty() && own.trip.owed_minor == 0 { p { (speech.say("Nothing to pay", "Nichts zu bezahlen")) } }
        dl.sums {
            @for (charge, taken) in charges.iter().zip(&own.trip.taken) {
                dt { (mark(speech, charge.card.brand(), charge.card.last_four())) " " span.small { (how(speech, taken.how)) } }
                dd { (money(speech, Money::new(charge.amount, receipt.currency))) }
            }
        }
        @if own.trip.money_is_coming() { p.small { (speech.say("A payment is on its way.", "Eine Zahlung ist unterwegs.")) } }
    }
}

fn mark(speech: Speech, brand: Option<&str>, last_four: LastFour) -> Markup {
    card(speech, brand.unwrap_or(speech.say("Card", "Karte")), &last_four.to_string())
}

fn how(speech: Speech, how: How) -> &'static str {
    match how {
        How::Held => speech.say("held at the gate", "am Eingang reserviert"),
        How::Charged => speech.say("after the visit", "nach dem Besuch"),
        How::Late => speech.say("paid later", "später bezahlt"),
    }
}

fn refunds(site: &Site, speech: Speech, own: &Own, receipt: &PricedReceipt) -> Markup {
    let refunds = &own.document.parts().refunds;
    html! {
        @if !refunds.is_empty() {
            h2 { (speech.say("Given back", "Erstattet")) }
            dl.sums {
                @for refund in refunds {
                    dt { (refund.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", "))
                        " " span.small { (moment(speech, site.web.policy(), refund.at)) } }
                    dd { "−" (money(speech, Money::new(refund.amount, receipt.currency))) }
                }
            }
            @if own.trip.refund_is_coming() { p.small { (speech.say("The bank needs a few days until it stands on your account.", "Bis es auf Ihrem Konto steht, braucht die Bank ein paar Tage.")) } }
        }
    }
}
