//! `GET /console/debts`: visits whose money could not be taken.

use maud::{Markup, html};
use model::Time;
use office::{Right, Trip, TripEvent, TripState};

use super::desk::Desk;
use super::trips::trip_link;
use crate::pages::error::PageError;

/// Trips of the page: the oldest first.
const SHOWN: u32 = 150;

/// The page.
pub(super) async fn debts(desk: Desk) -> Result<Markup, PageError> {
    desk.must(Right::SeeReceipts)?;
    let (debts, sum, tries) = desk
        .office(|office| {
            let rows = office.trips(Some(TripState::Owed), None, SHOWN)?;
            let mut debts = Vec::with_capacity(rows.len());
            for row in rows {
                debts.push((office.trip(row.trip)?, since(&office.history(row.trip)?)));
            }
            Ok((debts, office.figures()?.owed, office.policy().debt.tries))
        })
        .await?;
    let title = desk.say("Debts", "Schulden");
    let body = html! {
        h1 { (title) }
        @if debts.is_empty() {
            p.card.empty-state { (desk.say("Nobody owes anything.", "Niemand schuldet etwas.")) }
        } @else {
            p { (desk.say("In all ", "Insgesamt ")) strong { (sum) } "." }
            (list(&desk, &debts, tries))
        }
    };
    Ok(desk.fresh_page(title, "/console/debts", &body))
}

/// When it was first known that money could not be taken.
fn since(history: &[(Time, TripEvent)]) -> Option<Time> {
    history.iter().find(|(_, event)| matches!(event, TripEvent::Owed { .. })).map(|(at, _)| *at)
}

fn list(desk: &Desk, debts: &[(Trip, Option<Time>)], tries: usize) -> Markup {
    html! {
        div.card.wide { table {
            thead { tr {
                th scope="col" { (desk.say("Trip", "Besuch")) }
                th.number scope="col" { (desk.say("Owed", "Offen")) }
                th.number scope="col" { (desk.say("Of", "Von")) }
                th scope="col" { (desk.say("Since", "Seit")) }
                th.number scope="col" { (desk.say("Charges declined", "Abbuchungen abgelehnt")) }
                th scope="col" { (desk.say("Under way", "Unterwegs")) }
            } }
            tbody { @for (trip, since) in debts { tr {
                td { (trip_link(trip.key)) }
                td.number { (desk.money(trip.owed_minor)) }
                td.number { @if let Some((_, receipt)) = &trip.receipt { (receipt.total()) } }
                td { @if let Some(since) = since { (desk.local.age(*since, desk.speech)) } @else { "–" } }
                td.number { (trip.charges_declined) " " (desk.say("times", "Mal")) }
                td { @if trip.money_is_coming() { span.tag { (desk.say("being charged", "wird eingezogen")) } }
                    @else if trip.charges_declined > tries { span.tag.bad { (desk.say("given up: ask for another card", "aufgegeben: andere Karte nötig")) } }
                    @else { span.tag.doubt { (desk.say("tried again by itself", "wird von selbst erneut versucht")) } } }
            } } }
        } }
    }
}
