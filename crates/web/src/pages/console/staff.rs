//! `/console/staff`: who works here, and as what.

use axum::extract::Path;
use axum::response::Redirect;
use maud::{Markup, html};
use office::{Password, Right, Role, StaffKey, StaffMember};
use serde::Deserialize;

use super::desk::{Desk, Nothing};
use super::words;
use crate::pages::error::PageError;
use crate::pages::session::Sent;

const HERE: &str = "/console/staff";

/// `GET /console/staff`
pub(super) async fn staff(desk: Desk) -> Result<Markup, PageError> {
    desk.must(Right::ManageStaff)?;
    let staff = desk.office(|office| office.staff()).await?;
    let title = desk.say("Staff", "Personal");
    let body = html! {
        h1 { (title) }
        div.columns {
            section.card {
                h2 { (desk.say("Who works here", "Wer hier arbeitet")) }
                @for member in &staff { (card(&desk, member)) }
            }
            (add_form(&desk))
        }
    };
    Ok(desk.page(title, HERE, &[], &body))
}

fn card(desk: &Desk, member: &StaffMember) -> Markup {
    let is_you = member.key == desk.staff.member.key;
    html! {
        article.member {
            h3 {
                (member.name) " " span.tag { (words::role(desk.speech, member.role)) }
                @if is_you { " " span.small { (desk.say("that's you", "das sind Sie")) } }
            }
            p.small { (desk.say("since ", "seit ")) (desk.local.show(member.added)) }
            @match member.disabled {
                Some(disabled) => p { span.tag.bad { (desk.say("works here no more", "arbeitet hier nicht mehr")) } " " (desk.local.show(disabled)) },
                None => p { a href={ (HERE) "/" (member.key) } { (desk.say("Change", "Ändern")) span.unseen { ": " (member.name) } } },
            }
        }
    }
}

/// `GET /console/staff/{key}`: what can be changed of somebody.
pub(super) async fn member(desk: Desk, Path(key): Path<String>) -> Result<Markup, PageError> {
    desk.must(Right::ManageStaff)?;
    let key = staff_key(&key)?;
    let staff = desk.office(|office| office.staff()).await?;
    let here = staff.iter().find(|one| one.key == key && one.disabled.is_none());
    let member = here.ok_or(PageError::NotFound)?;
    let body = html! {
        p { a href=(HERE) { (desk.say("Back to the staff", "Zurück zum Personal")) } }
        h1 { (member.name) " " span.tag { (words::role(desk.speech, member.role)) } }
        div.columns {
            section.card { (role_form(&desk, member)) }
            section.card { (password_form(&desk, member)) }
            section.card { (disable_form(&desk, member)) }
        }
    };
    Ok(desk.page(&member.name, HERE, &[], &body))
}

fn roles(desk: &Desk, chosen: Option<Role>) -> Markup {
    html! {
        @for role in Role::ALL { option value=(role) selected[chosen == Some(role)] { (words::role(desk.speech, role)) } }
    }
}

fn role_form(desk: &Desk, member: &StaffMember) -> Markup {
    let id = format!("role-{}", member.key);
    html! {
        form action={ (HERE) "/" (member.key) "/role" } method="post" {
            (desk.token())
            label for=(id) { (desk.say("Role", "Rolle")) }
            select id=(id) name="role" { (roles(desk, Some(member.role))) }
            div.buttons { button.second { (desk.say("Set the role", "Rolle setzen")) } }
        }
    }
}

fn password_form(desk: &Desk, member: &StaffMember) -> Markup {
    let id = format!("password-{}", member.key);
    html! {
        form action={ (HERE) "/" (member.key) "/password" } method="post" {
            (desk.token())
            (password_field(&id, desk.say("New password (12 characters or more)", "Neues Passwort (12 Zeichen oder mehr)")))
            div.buttons { button.second { (desk.say("Set the password", "Passwort setzen")) } }
        }
    }
}

/// Where somebody types a password that is to be theirs.
pub(super) fn password_field(id: &str, label: &str) -> Markup {
    html! {
        label for=(id) { (label) }
        input id=(id) name="password" type="password" minlength="12" maxlength="200" required autocomplete="new-password";
    }
}

fn disable_form(desk: &Desk, member: &StaffMember) -> Markup {
    html! {
        form action={ (HERE) "/" (member.key) "/disable" } method="post" {
            (desk.token())
            p.small { (desk.say("They can't sign in any more; the name stays theirs.", "Anmelden ist nicht mehr möglich; der Name bleibt vergeben.")) }
            div.buttons { button.danger { (desk.say("Disable", "Sperren")) } }
        }
    }
}

fn add_form(desk: &Desk) -> Markup {
    html! {
        section.card {
            h2 { (desk.say("Add somebody", "Jemanden hinzufügen")) }
            form action=(HERE) method="post" {
                (desk.token())
                label for="name" { (desk.say("Name", "Name")) }
                input #name name="name" required maxlength="64" autocomplete="off";
                label for="role" { (desk.say("Role", "Rolle")) }
                select #role name="role" { (roles(desk, Some(Role::Viewer))) }
                (password_field("password", desk.say("Password (12 characters or more)", "Passwort (12 Zeichen oder mehr)")))
                div.buttons { button.button { (desk.say("Add", "Hinzufügen")) } }
            }
            p.small { (desk.say(
                "Another role or password, or being disabled, ends all sessions of that person.",
                "Eine andere Rolle, ein anderes Passwort oder eine Sperre beendet alle Sitzungen dieser Person.",
            )) }
        }
    }
}

/// Somebody new.
#[derive(Deserialize)]
pub(super) struct New {
    name: String,
    role: Role,
    password: String,
}

/// `POST /console/staff`
pub(super) async fn add(desk: Desk, sent: Sent<New>) -> Result<Redirect, PageError> {
    desk.must(Right::ManageStaff)?;
    let new = sent.of(&desk.staff.session)?;
    let (by, now, password) = (desk.staff.member.actor(), desk.now(), Password::new(new.password));
    desk.office(move |office| office.add_staff(new.name.trim(), &password, new.role, by, now)).await?;
    Ok(Redirect::to(HERE))
}

/// What somebody does from now on.
#[derive(Deserialize)]
pub(super) struct NewRole {
    role: Role,
}

/// `POST /console/staff/{key}/role`
pub(super) async fn set_role(
    desk: Desk,
    Path(key): Path<String>,
    sent: Sent<NewRole>,
) -> Result<Redirect, PageError> {
    desk.must(Right::ManageStaff)?;
    let (key, new) = (staff_key(&key)?, sent.of(&desk.staff.session)?);
    let (by, now) = (desk.staff.member.actor(), desk.now());
    desk.office(move |office| office.set_role(key, new.role, by, now)).await?;
    Ok(Redirect::to(HERE))
}

/// How somebody signs in from now on.
#[derive(Deserialize)]
pub(super) struct NewPassword {
    password: String,
}

/// `POST /console/staff/{key}/password`
pub(super) async fn set_password(
    desk: Desk,
    Path(key): Path<String>,
    sent: Sent<NewPassword>,
) -> Result<Redirect, PageError> {
    desk.must(Right::ManageStaff)?;
    let (key, new) = (staff_key(&key)?, sent.of(&desk.staff.session)?);
    let (by, now, password) = (desk.staff.member.actor(), desk.now(), Password::new(new.password));
    desk.office(move |office| office.set_password(key, &password, by, now)).await?;
    Ok(Redirect::to(HERE))
}

/// `POST /console/staff/{key}/disable`
pub(super) async fn disable(
    desk: Desk,
    Path(key): Path<String>,
    sent: Sent<Nothing>,
) -> Result<Redirect, PageError> {
    desk.must(Right::ManageStaff)?;
    let key = staff_key(&key)?;
    sent.of(&desk.staff.session)?;
    let (by, now) = (desk.staff.member.actor(), desk.now());
    desk.office(move |office| office.disable_staff(key, by, now)).await?;
    Ok(Redirect::to(HERE))
}

fn staff_key(text: &str) -> Result<StaffKey, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}
