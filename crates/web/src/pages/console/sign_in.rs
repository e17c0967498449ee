//! Signing in and out, and what somebody sees before there is anybody to sign in.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Time;
use office::{Password, Role, SignIn, Visitor};
use serde::Deserialize;

use super::desk::Nothing;
use super::moment::span;
use super::passkeys;
use super::words;
use crate::pages::client::Client;
use crate::pages::error::PageError;
use crate::pages::layout::{Frame, page};
use crate::pages::session::{Sent, Staff, begin_staff, end_staff};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// The roles that a demo offers, the most to see first.
const OFFERED: [Role; 5] = [Role::Owner, Role::Operator, Role::Reviewer, Role::Support, Role::Viewer];

/// `GET /console/sign-in`
pub(super) async fn form(State(site): State<Site>, speech: Speech) -> Result<Response, PageError> {
    Ok(sign_in_page(&site, speech, None).await?.into_response())
}

/// What somebody types to sign in.
#[derive(Deserialize)]
pub(super) struct Typed {
    name: String,
    password: String,
}

/// `POST /console/sign-in`
pub(super) async fn sign_in(
    State(site): State<Site>,
    speech: Speech,
    client: Client,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let now = site.web.now();
    if !site.sign_ins.may(&client, now) {
        let told = speech.say(
            "Too many sign-ins failed from here. Please wait until the next hour.",
            "Von hier sind zu viele Anmeldungen gescheitert. Bitte warten Sie bis zur nächsten vollen Stunde.",
        );
        let page = sign_in_page(&site, speech, Some(told)).await?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let password = Password::new(typed.password);
    let came = site.office(move |office| office.sign_in_staff(typed.name.trim(), &password, now)).await?;
    let (status, told) = match came {
        SignIn::Welcome(token, _) => {
            site.sign_ins.forget(&client, now);
            return Ok((begin_staff(&token), Redirect::to("/console")).into_response());
        }
        SignIn::Wrong => (
            StatusCode::UNAUTHORIZED,
            speech.say("Name or password is not right.", "Name oder Passwort stimmt nicht.").to_owned(),
        ),
        SignIn::Wait { until } => (StatusCode::TOO_MANY_REQUESTS, waits(speech, now, until)),
    };
    Ok((status, sign_in_page(&site, speech, Some(&told)).await?).into_response())
}

/// What somebody reads whose passwords are not looked at for a while.
pub(super) fn waits(speech: Speech, now: Time, until: Time) -> String {
    let wait = span(until.seconds_since(now) + 1.0, speech);
    speech.say(
        format!("Too many wrong ones in a row. Please wait {wait}, then try again."),
        format!("Zu viele falsche hintereinander. Bitte warten Sie {wait} und versuchen es dann wieder."),
    )
}

/// `POST /console/sign-out`
pub(super) async fn sign_out(
    State(site): State<Site>,
    staff: Staff,
    headers: HeaderMap,
    sent: Sent<Nothing>,
) -> Result<Response, PageError> {
    sent.of(&staff.session)?;
    Ok((end_staff(&headers, &site).await?, Redirect::to("/console/sign-in")).into_response())
}

/// As whom somebody looks at a demo.
#[derive(Deserialize)]
pub(super) struct Chosen {
    role: Role,
}

/// `POST /console/demo-sign-in`: in a demo, anybody is any of its staff.
pub(super) async fn demo_sign_in(
    State(site): State<Site>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    site.demo()?;
    let now = site.web.now();
    let token = site
        .office(move |office| {
            let staff = office.staff()?;
            let member = staff.iter().find(|one| one.name == chosen.role.as_str() && one.disabled.is_none());
            member.map(|member| office.open_session(Visitor::Staff(member.key), now)).transpose()
        })
        .await?;
    let token = token.ok_or(PageError::NotFound)?;
    Ok((begin_staff(&token), Redirect::to("/console")).into_response())
}

async fn sign_in_page(site: &Site, speech: Speech, told: Option<&str>) -> Result<Markup, PageError> {
    let has_staff = site.office(|office| office.has_staff()).await?;
    let host = passkeys::host(site).await?.filter(|_| has_staff);
    let body = html! {
        section.card.narrow {
            h1 { (speech.say("Sign in", "Anmelden")) }
            p.soft { (site.web.store_name()) }
            @if let Some(told) = told { p.note.bad role="alert" { (told) } }
            @if has_staff { (fields(speech)) } @else { (first_start(speech)) }
            @if let Some(host) = &host { (passkey(speech, host)) }
            @if site.demo.is_some() { (demo(speech)) }
        }
    };
    let title = speech.say("Sign in", "Anmelden");
    let scripts: &[_] = if host.is_some() { &["passkey.js"] } else { &[] };
    Ok(page(speech, &Frame { scripts, ..Frame::plain(title) }, &body))
}

fn fields(speech: Speech) -> Markup {
    html! {
        form action="/console/sign-in" method="post" {
            label for="name" { (speech.say("Name", "Name")) }
            input #name name="name" autocomplete="username" required maxlength="64" autocapitalize="none" spellcheck="false";
            label for="password" { (speech.say("Password", "Passwort")) }
            input #password name="password" type="password" autocomplete="current-password" required maxlength="200";
            div.buttons { button.button { (speech.say("Sign in", "Anmelden")) } }
        }
    }
}

/// The script shows it where it can work.
fn passkey(speech: Speech, host: &str) -> Markup {
    html! {
        form #passkey-sign-in hidden data-host=(host)
            data-broken=(speech.say("That did not work. Load the page again and try once more.", "Das hat nicht geklappt. Laden Sie die Seite neu und versuchen Sie es noch einmal."))
        {
            p.note.bad role="alert" hidden {}
            div.buttons { button.second { (speech.say("Sign in with a passkey", "Mit Passkey anmelden")) } }
        }
    }
}

fn first_start(speech: Speech) -> Markup {
    html! {
        div.note {
            p { (speech.say(
                "Nobody works here yet. Add the first owner on the machine that runs the store:",
                "Hier arbeitet noch niemand. Legen Sie den ersten Inhaber auf dem Rechner des Ladens an:",
            )) }
            pre.command { code { "saunter staff add NAME --role owner --office office.toml" } }
            p { (speech.say(
                "It asks for a password. Owners add the others here.",
                "Es fragt nach einem Passwort. Inhaber legen die anderen hier an.",
            )) }
        }
    }
}

fn demo(speech: Speech) -> Markup {
    html! {
        h2 { (speech.say("This is a demo", "Dies ist eine Demo")) }
        p { (speech.say("Look around as one of its staff; no password is needed.", "Sehen Sie sich als eine ihrer Rollen um; ein Passwort ist nicht nötig.")) }
        form.buttons action="/console/demo-sign-in" method="post" {
            @for role in OFFERED {
                button.second name="role" value=(role) { (words::role(speech, role)) }
            }
        }
    }
}
