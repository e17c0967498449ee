//! Signing in: an address, a mail with a link, a button. New shoppers come the same way as known ones.

use axum::extract::{Form, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{OfficeError, Visitor};
use receipts::{MailAddress, Outcome};
use serde::Deserialize;

use super::frame::outside;
use crate::pages::client::Client;
use crate::pages::error::PageError;
use crate::pages::layout::{language_switch, logo};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::words::people_error;
use crate::pages::{next, session};

/// `GET /app/sign-in`
pub(super) async fn ask(State(site): State<Site>, speech: Speech) -> Markup {
    form(&site, speech, "", None)
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

/// `POST /app/sign-in`: mails a link. Says and does the same whether the address is known.
pub(super) async fn send(
    State(site): State<Site>,
    speech: Speech,
    client: Client,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let again = |status: StatusCode, why: &str| {
        Ok((status, form(&site, speech, &typed.email, Some(why))).into_response())
    };
    let Ok(address) = MailAddress::parse(&typed.email) else {
        let why = speech.say(
            "This is no e-mail address. It looks like ann@example.org.",
            "Das ist keine E-Mail-Adresse. Sie sieht aus wie anna@example.org.",
        );
        return again(StatusCode::BAD_REQUEST, why);
    };
    let now = site.web.now();
    if !site.mails.may(&client, now) {
        let why = speech.say(
            "Too many mails were asked for from here. Please wait an hour, or use the last mail.",
            "Von hier wurden zu viele E-Mails angefordert. Bitte warten Sie eine Stunde, oder nutzen Sie die letzte.",
        );
        return again(StatusCode::TOO_MANY_REQUESTS, why);
    }
    let sent = site
        .office(move |office| {
            Ok(match office.ask_in(address, now) {
                Ok(link) => Ok(office.mail_link(&link, speech.0, now)?),
                Err(OfficeError::People(error)) => Err(error),
                Err(other) => return Err(other),
            })
        })
        .await?;
    match sent {
        Ok(Outcome::Sent | Outcome::Unclear(_)) => Ok(on_its_way(&site, speech).into_response()),
        Ok(Outcome::Refused(why) | Outcome::Later(why)) => {
            tracing::warn!(%why, "a mail with a link can't be sent");
            let why = speech.say(
                "No mail can be sent at this moment. Please try again later.",
                "Im Augenblick kann keine E-Mail verschickt werden. Bitte versuchen Sie es später noch einmal.",
            );
            again(StatusCode::SERVICE_UNAVAILABLE, why)
        }
        Err(error) => again(StatusCode::TOO_MANY_REQUESTS, &people_error(speech, &error)),
    }
}

fn form(site: &Site, speech: Speech, email: &str, wrong: Option<&str>) -> Markup {
    let title = speech.say("Sign in", "Anmelden");
    let body = html! {
        p.mark { (logo()) }
        h1 { (site.web.store_name()) }
        p.lead { (speech.say(
            "Walk in with your phone, take what you like, and walk out. The receipt comes to this app.",
            "Mit dem Telefon hinein, nehmen, was Sie möchten, und hinaus. Die Quittung kommt in diese App.",
        )) }
        form.card action="/app/sign-in" method="post" {
            label for="email" { (speech.say("Your e-mail address", "Ihre E-Mail-Adresse")) }
            input #email name="email" type="email" autocomplete="email" inputmode="email" required maxlength="254" value=(email)
                aria-describedby="email-note" aria-invalid=[wrong.map(|_| "true")];
            @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
            p.small #email-note { (speech.say(
                "We mail you a link that opens the app. No password; new here or not.",
                "Wir mailen Ihnen einen Link, der die App öffnet. Ohne Passwort; ob Sie neu sind oder nicht.",
            )) }
            div.buttons { button.button { (speech.say("Send me the link", "Link senden")) } }
        }
        (language_switch(speech))
    };
    outside(speech, title, &body)
}

fn on_its_way(site: &Site, speech: Speech) -> Markup {
    let title = speech.say("Look into your mailbox", "Sehen Sie in Ihr Postfach");
    let body = html! {
        p.mark { (logo()) }
        h1 { (title) }
        p.lead { (speech.say(
            "A mail with a link is on its way. Open it on this phone; it works once, within an hour.",
            "Eine E-Mail mit einem Link ist unterwegs. Öffnen Sie ihn auf diesem Telefon; er gilt einmal, eine Stunde lang.",
        )) }
        @if site.demo.is_some() {
            p.note { (speech.say("This is a demo: the mail is in the ", "Dies ist eine Demo: Die E-Mail liegt im "))
                a href="/demo/mail" target="_top" { (speech.say("mailbox", "Postfach")) } "." }
        }
        p { a href="/app/sign-in" { (speech.say("Another address", "Andere Adresse")) } }
    };
    outside(speech, title, &body)
}

/// What a mailed link has.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// `GET /app/link`: a button, since programs that look through mails open links, too.
pub(super) async fn link(State(site): State<Site>, speech: Speech, Query(link): Query<Link>) -> Markup {
    let title = speech.say("Welcome", "Willkommen");
    let body = html! {
        p.mark { (logo()) }
        h1 { (title) }
        p.lead { (site.web.store_name()) }
        form.card action="/app/link" method="post" {
            input type="hidden" name="token" value=(link.token);
            div.buttons { button.button autofocus { (speech.say("Open the app on this phone", "App auf diesem Telefon öffnen")) } }
        }
    };
    outside(speech, title, &body)
}

/// `POST /app/link`: opens the session, and goes on to where the shopper wanted to.
pub(super) async fn open(
    State(site): State<Site>,
    speech: Speech,
    headers: HeaderMap,
    Form(link): Form<Link>,
) -> Result<Response, PageError> {
    let now = site.web.now();
    let opened = site
        .office(move |office| match office.come_in(&link.token, speech.tag(), now) {
            Ok(account) => office.open_session(Visitor::Shopper(account), now).map(Ok),
            Err(OfficeError::People(error)) => Ok(Err(error)),
            Err(other) => Err(other),
        })
        .await?;
    Ok(match opened {
        Ok(token) => {
            let begin = session::begin_shopper(&token);
            match next::kept(&headers) {
                Some(page) => {
                    let forget = AppendHeaders([(SET_COOKIE, next::forget())]);
                    (begin, forget, Redirect::to(page)).into_response()
                }
                None => (begin, Redirect::to("/app")).into_response(),
            }
        }
        Err(error) => {
            let title = speech.say("This link opens nothing", "Dieser Link öffnet nichts");
            let body = html! {
                h1 { (title) }
                p.lead { (people_error(speech, &error)) }
                p { a.button href="/app/sign-in" { (speech.say("Get a new link", "Neuen Link anfordern")) } }
            };
            (StatusCode::GONE, outside(speech, title, &body)).into_response()
        }
    })
}
