//! Receipts of deletions: shown, taken along, and checked.

use axum::extract::{Form, Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use palm::{DeletionReceipt, PersonId};
use serde::Deserialize;

use super::public;
use crate::pages::error::PageError;
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::moment;

/// Characters of a text that may be a receipt.
const LONGEST: usize = 4000;

/// A receipt just after the deletion. `person` finds it again: it stands nowhere else any more.
pub(crate) fn shown(site: &Site, speech: Speech, person: PersonId, receipt: &DeletionReceipt) -> Markup {
    let address = format!("/palm/receipts/{person}");
    let whole = format!("{}{address}", site.web.policy().url);
    html! {
        p { (speech.say("This receipt is yours to keep. It is signed; anybody can check it.", "Diese Quittung gehört Ihnen. Sie ist unterschrieben; jeder kann sie prüfen.")) }
        div.receipt-of-palm {
            pre.report tabindex="0" { (receipt) }
            div.qr data-qr=(whole) role="img" aria-label=(speech.say("The receipt’s address, to scan", "Die Adresse der Quittung, zum Scannen")) {}
        }
        p { a href=(address) download { (speech.say("Save the receipt", "Quittung speichern")) } " · " a href="/palm/receipt" { (speech.say("Check a receipt", "Eine Quittung prüfen")) } }
    }
}

/// `GET /palm/receipts/{person}`: a receipt as a file. It holds nothing personal, and only its shopper has the number.
pub(super) async fn file(
    State(site): State<Site>,
    Path(person): Path<String>,
) -> Result<Response, PageError> {
    let person: PersonId = person.parse().map_err(|_| PageError::NotFound)?;
    let receipt =
        site.office(move |office| office.palm_deletion(person)).await?.ok_or(PageError::NotFound)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"palm-deleted.txt\"")),
    ];
    Ok((headers, receipt.to_string()).into_response())
}

/// A text that may be a receipt.
#[derive(Deserialize)]
pub(super) struct Text {
    #[serde(default)]
    receipt: String,
}

/// `GET /palm/receipt`
pub(super) async fn form(State(site): State<Site>, speech: Speech) -> Markup {
    show(&site, speech, "", None)
}

/// `POST /palm/receipt`: whether this store signed it.
pub(super) async fn check(
    State(site): State<Site>,
    speech: Speech,
    Form(text): Form<Text>,
) -> Result<Markup, PageError> {
    let text = text.receipt;
    if text.len() > LONGEST {
        return Err(PageError::BadForm(format!("a receipt has at most {LONGEST} characters")));
    }
    let copy = text.clone();
    let checked = site.office(move |office| office.check_palm_receipt(&copy)).await?;
    Ok(show(&site, speech, &text, Some(checked)))
}

fn show(
    site: &Site,
    speech: Speech,
    text: &str,
    checked: Option<Result<DeletionReceipt, palm::ReceiptError>>,
) -> Markup {
    let title = speech.say("Check a receipt", "Eine Quittung prüfen");
    let body = html! {
        section.card.text {
            h1 { (title) }
            p { (speech.say("Paste the receipt that you got when your palm was deleted. This page tells whether this store signed it.", "Fügen Sie die Quittung ein, die Sie beim Löschen Ihrer Handfläche bekamen. Diese Seite sagt, ob dieser Laden sie unterschrieben hat.")) }
            @match checked {
                Some(Ok(receipt)) => div.note.good role="status" {
                    p { strong { (speech.say("This store signed this receipt.", "Dieser Laden hat diese Quittung unterschrieben.")) } }
                    p { (speech.say("Number ", "Nummer ")) (receipt.number) ", " (moment(speech, site.web.policy(), receipt.at)) ": "
                        (receipt.destroyed.len()) (speech.say(" template(s) and the key that opened them were destroyed.", " Vorlage(n) und der Schlüssel dazu wurden vernichtet.")) }
                },
                Some(Err(error)) => p.note.bad role="alert" { (speech.say("This is no receipt of this store: ", "Das ist keine Quittung dieses Ladens: ")) (error) },
                None => {},
            }
            form action="/palm/receipt" method="post" {
                label for="receipt" { (speech.say("The whole text", "Der ganze Text")) }
                textarea.report #receipt name="receipt" rows="10" required maxlength=(LONGEST) spellcheck="false" { (text) }
                div.buttons { button.button { (speech.say("Check", "Prüfen")) } }
            }
            p.small { (speech.say("On your own computer: ", "Am eigenen Rechner: ")) code { "saunter palm verify FILE --key KEY" } ". " a href="/palm" { (speech.say("The store’s key stands here", "Der Schlüssel des Ladens steht hier")) } }
        }
    };
    public(site, speech, title, &body)
}
