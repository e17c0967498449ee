//! `/app/privacy`: the language, the address, consents, phones; taking everything along, and being forgotten.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::code::{DeviceKey, NoPublicKey};
use office::{ConsentText, Device, Erasure, Owner, Purpose, ShopperAccount, WhyNot};
use receipts::Language;
use serde::Deserialize;

use super::frame::{Tab, outside, tabbed};
use crate::pages::cookies;
use crate::pages::error::PageError;
use crate::pages::session::{self, Sent, Shopper, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::moment;

/// The version of the texts of [`consent_text`].
const VERSION: &str = "app-1";

/// What is asked for here. Palms are enrolled at a kiosk; mail follows from the address.
const ASKED: [(Purpose, &str); 2] = [(Purpose::Offers, "offers"), (Purpose::Improvement, "improvement")];

fn consent_text(speech: Speech, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Offers => speech.say(
            "You may mail me offers. I can take this back here at any time.",
            "Sie dürfen mir Angebote mailen. Ich kann das hier jederzeit zurücknehmen.",
        ),
        Purpose::Improvement => speech.say(
            "Recordings of my visits may be used to make the store better. I can take this back here at any time.",
            "Aufzeichnungen meiner Besuche dürfen genutzt werden, um den Laden zu verbessern. Ich kann das hier jederzeit zurücknehmen.",
        ),
        Purpose::Palm | Purpose::ReceiptMail => "",
    }
}

/// The page.
pub(super) async fn me(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
) -> Result<Markup, PageError> {
    let key = shopper.account;
    let (account, given) = site
        .office(move |office| {
            let owner = Owner::Account(key);
            let given = ASKED.iter().map(|(purpose, _)| office.agrees(owner, *purpose));
            Ok((office.account(key)?, given.collect::<Result<Vec<_>, _>>()?))
        })
        .await?;
    let title = speech.say("You", "Sie");
    let body = html! {
        h1 { (title) }
        (address(speech, &account))
        (languages(speech, &shopper))
        section.card {
            h2 { (speech.say("What you agree to", "Worin Sie einwilligen")) }
            @for ((purpose, name), given) in ASKED.iter().zip(given) { (consent_form(speech, &shopper, *purpose, name, given)) }
        }
        (phones(&site, speech, &shopper, &account.devices))
        section.card {
            h2 { (speech.say("Your palm", "Ihre Handfläche")) }
            p { a.second href="/app/palm" { (speech.say("See it, or delete it", "Ansehen oder löschen")) } }
        }
        section.card {
            h2 { (speech.say("Your data", "Ihre Daten")) }
            p { (speech.say("Everything that this store knows of you, in one file.", "Alles, was dieser Laden von Ihnen weiß, in einer Datei.")) }
            div.buttons {
                form action="/app/privacy/export.json" method="post" { (token(&shopper.session)) button.second { (speech.say("Take it along", "Mitnehmen")) } }
                a.danger href="/app/privacy/delete" { (speech.say("Delete my account", "Mein Konto löschen")) }
            }
        }
        form action="/app/sign-out" method="post" { (token(&shopper.session)) div.buttons { button.second { (speech.say("Sign out", "Abmelden")) } } }
    };
    Ok(tabbed(speech, title, Tab::Me, &[], &body))
}

fn address(speech: Speech, account: &ShopperAccount) -> Markup {
    html! {
        section.card {
            h2 { (speech.say("Receipts go to", "Quittungen gehen an")) }
            @match &account.contact {
                Some(contact) => p { bdi { (contact.address.reveal()) } " " @if contact.proven { span.tag.good { (speech.say("confirmed", "bestätigt")) } } },
                None => p.soft { (speech.say("No address: they are in this app only.", "Keine Adresse: Sie liegen nur in dieser App.")) },
            }
        }
    }
}

fn languages(speech: Speech, shopper: &Shopper) -> Markup {
    html! {
        section.card {
            h2 { (speech.say("Language of app and receipts", "Sprache von App und Quittungen")) }
            form.buttons action="/app/privacy/language" method="post" {
                (token(&shopper.session))
                @for (tag, name) in [("en", "English"), ("de", "Deutsch")] {
                    button.second name="language" value=(tag) lang=(tag) aria-pressed=(if tag == speech.tag() { "true" } else { "false" }) { (name) }
                }
            }
        }
    }
}

fn consent_form(speech: Speech, shopper: &Shopper, purpose: Purpose, name: &str, given: bool) -> Markup {
    html! {
        form.row action="/app/privacy/consent" method="post" {
            (token(&shopper.session))
            input type="hidden" name="purpose" value=(name);
            input type="hidden" name="given" value=(!given);
            span { (consent_text(speech, purpose)) br; span.tag.good[given] { (if given { speech.say("agreed", "eingewilligt") } else { speech.say("not agreed", "nicht eingewilligt") }) } }
            button.second { (if given { speech.say("Take back", "Zurücknehmen") } else { speech.say("Agree", "Einwilligen") }) span.unseen { ": " (consent_text(speech, purpose)) } }
        }
    }
}

fn phones(site: &Site, speech: Speech, shopper: &Shopper, phones: &[Device]) -> Markup {
    html! {
        section.card {
            h2 { (speech.say("Phones that show your code", "Telefone mit Ihrem Code")) }
            @if phones.is_empty() { p.soft { (speech.say("None yet.", "Noch keine.")) } }
            @for phone in phones {
                form.row action="/app/privacy/phone" method="post" {
                    (token(&shopper.session))
                    input type="hidden" name="device" value=(phone.key);
                    span { (speech.say("since ", "seit ")) (moment(speech, site.web.policy(), phone.added)) br;
                        code.small { (phone.key.to_string().chars().take(8).collect::<String>()) "…" } }
                    button.second { (speech.say("Remove", "Entfernen")) }
                }
            }
        }
    }
}

/// A language.
#[derive(Deserialize)]
pub(super) struct Chosen {
    language: String,
}

/// `POST /app/privacy/language`
pub(super) async fn language(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Chosen>,
) -> Result<Response, PageError> {
    let speech = Speech(Language::from_tag(&sent.of(&shopper.session)?.language));
    let account = shopper.account;
    site.office(move |office| office.set_language(account, speech.tag())).await?;
    let cookie = cookies::set("language", speech.tag(), cookies::YEAR_S);
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/app/privacy")).into_response())
}

/// A consent, or that it is taken back.
#[derive(Deserialize)]
pub(super) struct Consents {
    purpose: String,
    given: bool,
}

/// `POST /app/privacy/consent`
pub(super) async fn consent(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    sent: Sent<Consents>,
) -> Result<Redirect, PageError> {
    let Consents { purpose, given } = sent.of(&shopper.session)?;
    let purpose = ASKED.iter().find(|(_, name)| *name == purpose).ok_or(PageError::NotFound)?.0;
    let (owner, now) = (Owner::Account(shopper.account), site.web.now());
    let text = ConsentText { version: VERSION, language: speech.tag(), words: consent_text(speech, purpose) };
    site.office(move |office| office.record_consent(owner, purpose, given, &text, now)).await?;
    Ok(Redirect::to("/app/privacy"))
}

/// A phone.
#[derive(Deserialize)]
pub(super) struct Phone {
    device: String,
}

/// `POST /app/privacy/phone`
pub(super) async fn remove_phone(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Phone>,
) -> Result<Redirect, PageError> {
    let device: Result<DeviceKey, NoPublicKey> = sent.of(&shopper.session)?.device.parse();
    let device = device.map_err(|error| PageError::BadForm(error.to_string()))?;
    let (account, now) = (shopper.account, site.web.now());
    site.office(move |office| office.remove_device(account, device, now)).await?;
    Ok(Redirect::to("/app/privacy"))
}

/// A form without fields.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `POST /app/privacy/export.json`: by a form, since it writes down that somebody took it.
pub(super) async fn export(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Nothing>,
) -> Result<Response, PageError> {
    sent.of(&shopper.session)?;
    let (owner, by, now) = (Owner::Account(shopper.account), shopper.session.actor(), site.web.now());
    let told = site.office(move |office| office.export(owner, by, now)).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
    ];
    Ok((headers, format!("{told:#}")).into_response())
}

/// `GET /app/privacy/delete`
pub(super) async fn confirm(speech: Speech, shopper: Shopper) -> Markup {
    let title = speech.say("Delete your account?", "Ihr Konto löschen?");
    let body = html! {
        h1 { (title) }
        section.card {
            p { (speech.say("Your address, cards, phones and consents are deleted. Receipts stay in the store’s books, as tax law asks, without a way back to you. This can’t be undone.",
                "Ihre Adresse, Karten, Telefone und Einwilligungen werden gelöscht. Quittungen bleiben in den Büchern des Ladens, wie das Steuerrecht es verlangt, ohne Weg zurück zu Ihnen. Das lässt sich nicht rückgängig machen.")) }
            form action="/app/privacy/delete" method="post" {
                (token(&shopper.session))
                div.buttons { button.danger { (speech.say("Delete everything", "Alles löschen")) } a.second href="/app/privacy" { (speech.say("Keep it", "Behalten")) } }
            }
        }
    };
    tabbed(speech, title, Tab::Me, &[], &body)
}

/// `POST /app/privacy/delete`
pub(super) async fn delete(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
    headers: HeaderMap,
    sent: Sent<Nothing>,
) -> Result<Response, PageError> {
    sent.of(&shopper.session)?;
    let (owner, by, now) = (Owner::Account(shopper.account), shopper.session.actor(), site.web.now());
    let outcome = site.office(move |office| office.erase(owner, by, now)).await?;
    Ok(match outcome {
        Erasure::Done(proof) => {
            let title = speech.say("Your account is deleted", "Ihr Konto ist gelöscht");
            let body = html! {
                h1 { (title) }
                p.lead { (speech.say("The number of the proof, should you ever need it:", "Die Nummer des Nachweises, falls Sie ihn je brauchen:")) }
                p { code { (proof.erasure) } }
                p { a.button href="/" { (speech.say("Goodbye", "Auf Wiedersehen")) } }
            };
            (session::end_shopper(&headers, &site).await?, forget(), outside(speech, title, &body))
                .into_response()
        }
        Erasure::Deferred(why) => {
            let title = speech.say("Not yet, but soon", "Noch nicht, aber bald");
            let body = html! {
                h1 { (title) }
                p.note.doubt { (not_yet(speech, &why)) }
                p { (speech.say("You need not do anything more.", "Sie müssen nichts weiter tun.")) }
                p { a.second href="/app" { (speech.say("Back", "Zurück")) } }
            };
            tabbed(speech, title, Tab::Me, &[], &body).into_response()
        }
    })
}

fn not_yet(speech: Speech, why: &WhyNot) -> String {
    let german = match why {
        WhyNot::Open { .. } => {
            "Ein Besuch ist noch nicht zu Ende. Ihre Daten werden gelöscht, sobald er vorbei und bezahlt ist."
        }
        WhyNot::Owed { .. } => {
            "Ein Besuch ist noch nicht ganz bezahlt. Ihre Daten werden gelöscht, sobald er es ist."
        }
        WhyNot::OnItsWay { .. } => {
            "Geld oder eine Quittung ist noch unterwegs. Ihre Daten werden gelöscht, sobald es angekommen ist."
        }
    };
    speech.say(why.to_string(), german.to_owned())
}

/// `POST /app/sign-out`
pub(super) async fn sign_out(
    State(site): State<Site>,
    shopper: Shopper,
    headers: HeaderMap,
    sent: Sent<Nothing>,
) -> Result<Response, PageError> {
    sent.of(&shopper.session)?;
    Ok((session::end_shopper(&headers, &site).await?, forget(), Redirect::to("/app/sign-in")).into_response())
}

/// The browser forgets the phone's key, its pass, and the page for when there is no network.
fn forget() -> [(HeaderName, HeaderValue); 1] {
    [(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""))]
}
