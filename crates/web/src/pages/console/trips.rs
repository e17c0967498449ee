//! `GET /console/trips`: all trips, newest first, by state, and a search.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{Right, TripKey, TripRow, TripState};
use serde::Deserialize;

use super::desk::Desk;
use super::words;
use crate::pages::error::PageError;

/// Trips of a page.
const PAGE: u32 = 50;

/// Which trips.
#[derive(Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
    before: Option<String>,
    find: Option<String>,
}

/// The page; a search that finds goes on to the trip.
pub(super) async fn trips(desk: Desk, Query(wanted): Query<Wanted>) -> Result<Response, PageError> {
    desk.must(Right::SeeTrips)?;
    let find = wanted.find.map(|find| find.trim().to_owned()).filter(|find| !find.is_empty());
    if let Some(find) = &find
        && let Some(trip) = found(&desk, find.clone()).await?
    {
        return Ok(Redirect::to(&format!("/console/trips/{trip}")).into_response());
    }
    let state = wanted.state.as_deref().and_then(words::state_of);
    let before: Option<TripKey> = wanted.before.and_then(|before| before.parse().ok());
    let rows = desk.office(move |office| office.trips_newest(state, before, PAGE + 1)).await?;
    let body = html! {
        h1 { (desk.say("Trips", "Besuche")) }
        (search(&desk, state, find.as_deref()))
        (list(&desk, &rows))
        (pages(&desk, state, before, &rows))
    };
    Ok(desk.page(desk.say("Trips", "Besuche"), "/console/trips", &[], &body).into_response())
}

/// A trip by its id or by the number of its receipt.
async fn found(desk: &Desk, find: String) -> Result<Option<TripKey>, PageError> {
    desk.office(move |office| match find.parse::<TripKey>() {
        Ok(key) => match office.trip(key) {
            Ok(trip) => Ok(Some(trip.key)),
            Err(office::OfficeError::NoTrip(_)) => Ok(None),
            Err(error) => Err(error),
        },
        Err(_) => office.trip_of_receipt(&find),
    })
    .await
}

fn search(desk: &Desk, state: Option<TripState>, missed: Option<&str>) -> Markup {
    html! {
        form.filter action="/console/trips" method="get" {
            div {
                label for="state" { (desk.say("State", "Stand")) }
                select #state name="state" {
                    option value="" { (desk.say("all", "alle")) }
                    @for one in TripState::ALL {
                        option value=(one) selected[state == Some(one)] { (words::state_word(desk.speech, one)) }
                    }
                }
            }
            div {
                label for="find" { (desk.say("Trip or receipt number", "Besuch oder Quittungsnummer")) }
                input #find name="find" type="search" value=[missed] maxlength="100" autocomplete="off";
            }
            button.button { (desk.say("Show", "Anzeigen")) }
        }
        @if let Some(missed) = missed {
            p.note.doubt role="status" { (desk.say("There is no trip or receipt ", "Es gibt keinen Besuch und keine Quittung ")) "“" (missed) "”." }
        }
    }
}

fn list(desk: &Desk, rows: &[TripRow]) -> Markup {
    let sees_money = desk.may(Right::SeeReceipts);
    html! {
        @if rows.is_empty() {
            p.card.empty-state { (desk.say("No trips here.", "Hier sind keine Besuche.")) }
        } @else {
            div.card.wide tabindex="0" role="region" aria-label=(desk.say("Trips", "Besuche")) {
                table {
                    thead { tr {
                        th scope="col" { (desk.say("Trip", "Besuch")) }
                        th scope="col" { (desk.say("State", "Stand")) }
                        th scope="col" { (desk.say("Began", "Beginn")) }
                        th scope="col" { (desk.say("Last change", "Letzte Änderung")) }
                        @if sees_money { th.number scope="col" { (desk.say("Owed", "Offen")) } }
                    } }
                    tbody { @for row in rows.iter().take(PAGE as usize) { tr {
                        td { (trip_link(row.trip)) }
                        td { @match words::state_of(&row.state) {
                            Some(state) => (words::state(desk.speech, state)),
                            None => (row.state),
                        } }
                        td { (desk.local.show(row.opened)) }
                        td { (desk.local.show(row.changed)) }
                        @if sees_money { td.number { @if row.owed_minor > 0 { (desk.money(row.owed_minor)) } @else { "–" } } }
                    } } }
                }
            }
        }
    }
}

fn pages(desk: &Desk, state: Option<TripState>, before: Option<TripKey>, rows: &[TripRow]) -> Markup {
    let state = state.map_or_else(String::new, |state| state.to_string());
    let last = rows.get(PAGE as usize - 1).filter(|_| rows.len() > PAGE as usize);
    html! {
        p.buttons {
            @if before.is_some() { a.second href={ "/console/trips?state=" (state) } { (desk.say("Newest", "Neueste")) } }
            @if let Some(last) = last {
                a.second href={ "/console/trips?state=" (state) "&before=" (last.trip) } { (desk.say("Older", "Ältere")) }
            }
        }
    }
}

/// A trip by the end of its id, which is enough to tell those of a day apart.
pub(super) fn trip_link(trip: TripKey) -> Markup {
    let id = trip.to_string();
    let end = id.get(id.len() - 12..).unwrap_or(&id);
    html! { a.id href={ "/console/trips/" (id) } title=(id) { "…" (end) } }
}
