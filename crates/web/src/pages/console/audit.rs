//! `GET /console/audit`: who looked at which trip, and what was done about staff.

use axum::extract::Query;
use maud::{Markup, html};
use office::{Right, StaffEvent, StaffLogEntry, View};
use serde::Deserialize;

use super::desk::Desk;
use super::trips::trip_link;
use super::words;
use crate::pages::error::PageError;

/// Entries of each list.
const PAGE: u32 = 50;

/// Where each list begins.
#[derive(Deserialize)]
pub(super) struct From {
    views: Option<i64>,
    log: Option<i64>,
}

/// The page.
pub(super) async fn audit(desk: Desk, Query(from): Query<From>) -> Result<Markup, PageError> {
    desk.must(Right::SeeAudit)?;
    let (views_from, log_from) = (from.views, from.log);
    let (views, log, head) = desk
        .office(move |office| {
            Ok((office.views(PAGE, views_from)?, office.staff_log(PAGE, log_from)?, office.head()?))
        })
        .await?;
    let title = desk.say("Audit", "Protokoll");
    let body = html! {
        h1 { (title) }
        p.small { (desk.say("The journal has ", "Das Journal hat ")) (head.entries) " " (desk.say("entries; its last hash is ", "Einträge; sein letzter Hash ist ")) code.id { (head.hash) } }
        div.columns { (seen(&desk, &views)) (changed(&desk, &log)) }
    };
    Ok(desk.page(title, "/console/audit", &[], &body))
}

fn seen(desk: &Desk, views: &[View]) -> Markup {
    let last = views.last().filter(|_| views.len() == PAGE as usize);
    html! {
        section.card {
            h2 { (desk.say("Who looked at which trip", "Wer welchen Besuch ansah")) }
            @if views.is_empty() { p.empty-state { (desk.say("Nobody looked.", "Niemand sah etwas an.")) } } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("When", "Wann")) }
                        th scope="col" { (desk.say("Who", "Wer")) }
                        th scope="col" { (desk.say("Trip", "Besuch")) }
                    } }
                    tbody { @for view in views { tr {
                        td { (desk.local.show(view.at)) }
                        td { (words::actor(desk.speech, &view.by)) }
                        td { (trip_link(view.trip)) }
                    } } }
                } }
            }
            @if let Some(last) = last { p { a.second href={ "/console/audit?views=" (last.sequence) } { (desk.say("Older", "Ältere")) } } }
        }
    }
}

fn changed(desk: &Desk, log: &[StaffLogEntry]) -> Markup {
    let last = log.last().filter(|_| log.len() == PAGE as usize);
    html! {
        section.card {
            h2 { (desk.say("Staff and sign-ins", "Personal und Anmeldungen")) }
            @if log.is_empty() { p.empty-state { (desk.say("Nothing happened.", "Nichts geschah.")) } } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("When", "Wann")) }
                        th scope="col" { (desk.say("About", "Über")) }
                        th scope="col" { (desk.say("What", "Was")) }
                        th scope="col" { (desk.say("By", "Von")) }
                    } }
                    tbody { @for entry in log { tr {
                        td { (desk.local.show(entry.at)) }
                        td { (entry.about.as_deref().unwrap_or(desk.say("a name nobody has", "einen Namen, den niemand hat"))) }
                        td { (event(desk, entry.event)) }
                        td { (words::actor(desk.speech, &entry.by)) }
                    } } }
                } }
            }
            @if let Some(last) = last { p { a.second href={ "/console/audit?log=" (last.sequence) } { (desk.say("Older", "Ältere")) } } }
        }
    }
}

fn event(desk: &Desk, event: StaffEvent) -> String {
    match event {
        StaffEvent::Added { role } => {
            format!("{} {}", desk.say("added as", "hinzugefügt als"), words::role(desk.speech, role))
        }
        StaffEvent::RoleSet { role } => {
            format!("{} {}", desk.say("is now", "ist jetzt"), words::role(desk.speech, role))
        }
        StaffEvent::PasswordSet => desk.say("has a new password", "hat ein neues Passwort").to_owned(),
        StaffEvent::Disabled => desk.say("works here no more", "arbeitet hier nicht mehr").to_owned(),
        StaffEvent::SignedIn => desk.say("signed in", "meldete sich an").to_owned(),
        StaffEvent::PasskeyAdded => desk.say("has a new passkey", "hat einen neuen Passkey").to_owned(),
        StaffEvent::PasskeyRemoved => desk.say("lost a passkey", "hat einen Passkey weniger").to_owned(),
        StaffEvent::SignInRefused => desk.say("sign-in refused", "Anmeldung abgelehnt").to_owned(),
    }
}
