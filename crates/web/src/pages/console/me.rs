//! `/console/me`: how whoever is signed in signs in.

use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{Passkey, Password, SignIn, Visitor};
use serde::Deserialize;

use super::desk::Desk;
use super::passkeys::{binary, host};
use super::sign_in::waits;
use super::staff::password_field;
use super::words;
use crate::pages::error::PageError;
use crate::pages::session::{Sent, begin_staff};

/// Where this page is.
pub(super) const HERE: &str = "/console/me";

/// `GET /console/me`
pub(super) async fn me(desk: Desk) -> Result<Markup, PageError> {
    let member = &desk.staff.member;
    let key = member.key;
    let passkeys = desk.office(move |office| office.passkeys(key)).await?;
    let host = host(&desk.site).await?;
    let body = html! {
        h1 { (member.name) " " span.tag { (words::role(desk.speech, member.role)) } }
        div.columns {
            section.card {
                h2 { (desk.say("Passkeys", "Passkeys")) }
                p.small { (desk.say(
                    "Sign in with a finger, a face, a PIN or a security key instead of a password.",
                    "Melden Sie sich mit Finger, Gesicht, PIN oder Sicherheitsschlüssel statt mit einem Passwort an.",
                )) }
                @if passkeys.is_empty() { p.soft { (desk.say("You have none yet.", "Sie haben noch keinen.")) } }
                @for passkey in &passkeys { (card(&desk, passkey)) }
                (add_form(&desk, host.as_deref()))
            }
            section.card { (password_form(&desk)) }
        }
    };
    Ok(desk.page(&member.name, HERE, &["passkey.js"], &body))
}

fn card(desk: &Desk, passkey: &Passkey) -> Markup {
    html! {
        article.member {
            h3 { (passkey.label) }
            p.small {
                (desk.say("added ", "seit ")) (desk.local.show(passkey.added)) " · "
                @match passkey.used {
                    Some(used) => { (desk.say("last used ", "zuletzt benutzt ")) (desk.local.show(used)) },
                    None => (desk.say("not used yet", "noch nicht benutzt")),
                }
            }
            form action="/console/passkeys/remove" method="post" {
                (desk.token())
                input type="hidden" name="credential" value=(binary(&passkey.credential));
                button.danger { (desk.say("Remove", "Entfernen")) span.unseen { ": " (passkey.label) } }
            }
        }
    }
}

/// The script shows the form where a passkey can be made, and what is said instead where none can.
fn add_form(desk: &Desk, host: Option<&str>) -> Markup {
    let Some(host) = host else {
        return html! {
            p.small { (desk.say(
                "They can't be added here: this store's pages are at an IP address, and browsers want a name.",
                "Hier lässt sich keiner hinzufügen: Die Seiten dieses Ladens stehen unter einer IP-Adresse, und Browser wollen einen Namen.",
            )) }
        };
    };
    html! {
        form #passkey-add hidden data-host=(host)
            data-known=(desk.say("One of your passkeys is on this device already.", "Auf diesem Gerät ist schon einer Ihrer Passkeys."))
            data-broken=(desk.say("That did not work. Load the page again and try once more.", "Das hat nicht geklappt. Laden Sie die Seite neu und versuchen Sie es noch einmal."))
        {
            (desk.token())
            label for="label" { (desk.say("What you call it", "Wie Sie ihn nennen")) }
            input #label name="label" required maxlength="64" autocomplete="off";
            p.note.bad role="alert" hidden {}
            div.buttons { button.button { (desk.say("Add a passkey", "Einen Passkey hinzufügen")) } }
        }
        p #passkey-elsewhere .small { (desk.say(
            format!("They are added in a browser that knows passkeys, at {host}."),
            format!("Hinzugefügt werden sie in einem Browser, der Passkeys kennt, unter {host}."),
        )) }
    }
}

fn password_form(desk: &Desk) -> Markup {
    html! {
        h2 { (desk.say("Password", "Passwort")) }
        form action={ (HERE) "/password" } method="post" {
            (desk.token())
            label for="present" { (desk.say("Present password", "Jetziges Passwort")) }
            input #present name="present" type="password" maxlength="200" required autocomplete="current-password";
            (password_field("password", desk.say("New password (12 characters or more)", "Neues Passwort (12 Zeichen oder mehr)")))
            div.buttons { button.second { (desk.say("Set the password", "Passwort setzen")) } }
        }
        p.small { (desk.say(
            "Another password, or a passkey removed, signs you out everywhere else.",
            "Ein anderes Passwort oder ein entfernter Passkey meldet Sie überall sonst ab.",
        )) }
    }
}

/// Two passwords.
#[derive(Deserialize)]
pub(super) struct Changed {
    present: String,
    password: String,
}

/// `POST /console/me/password`: guesses at the present one count like those at the sign-in. All sessions end, so
/// this browser gets a new one.
pub(super) async fn set_password(desk: Desk, sent: Sent<Changed>) -> Result<Response, PageError> {
    let Changed { present, password } = sent.of(&desk.staff.session)?;
    let (present, password) = (Password::new(present), Password::new(password));
    let (member, now) = (desk.staff.member.clone(), desk.now());
    let came = desk.office(move |office| {
        let came = office.sign_in_staff(&member.name, &present, now)?;
        if let SignIn::Welcome(checked, _) = &came {
            office.end_session(checked)?;
            office.set_password(member.key, &password, member.actor(), now)?;
            let token = office.open_session(Visitor::Staff(member.key), now)?;
            return Ok(SignIn::Welcome(token, member));
        }
        Ok(came)
    });
    match came.await? {
        SignIn::Welcome(token, _) => Ok((begin_staff(&token), Redirect::to(HERE)).into_response()),
        SignIn::Wrong => {
            let why = desk.say("The present password is not right.", "Das jetzige Passwort stimmt nicht.");
            Err(PageError::NotNow(why.to_owned()))
        }
        SignIn::Wait { until } => Err(PageError::NotNow(waits(desk.speech, now, until))),
    }
}
