//! `/console/disputes`: what shoppers say is not right, and what becomes of it.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use office::{LineKind, Right, Trip};

use super::decide::{dispute_form, trip_key};
use super::desk::Desk;
use super::evidence::changes;
use super::reviews::key_switch;
use super::trip::{disputed_lines, known};
use super::trips::trip_link;
use super::why::evidence;
use super::words;
use crate::pages::error::PageError;

/// `GET /console/disputes`: the queue, the oldest first.
pub(super) async fn queue(desk: Desk) -> Result<Markup, PageError> {
    desk.must(Right::DecideDisputes)?;
    let now = desk.now();
    let waiting = desk.office(move |office| office.disputes_waiting(now)).await?;
    let title = desk.say("Disputes", "Einsprüche");
    let body = html! {
        h1 { (title) }
        @if waiting.is_empty() {
            p.card.empty-state { (desk.say("Nobody waits for an answer.", "Niemand wartet auf eine Antwort.")) }
        } @else {
            div.card.wide { table {
                thead { tr {
                    th scope="col" { (desk.say("Trip", "Besuch")) }
                    th scope="col" { (desk.say("Why", "Warum")) }
                    th.number scope="col" { (desk.say("Lines", "Zeilen")) }
                    th scope="col" { (desk.say("Waits since", "Wartet seit")) }
                    th scope="col" { (desk.say("Look", "Ansehen")) }
                } }
                tbody { @for one in waiting.iter().take(150) { tr {
                    td { (trip_link(one.trip.key)) }
                    @if let Some((said, _)) = one.trip.disputes.get(one.dispute) {
                        td { (words::dispute(desk.speech, said.kind)) }
                        td.number { (said.lines.len()) }
                    }
                    td { (desk.local.age(one.since, desk.speech)) }
                    td { a.second href={ "/console/disputes/" (one.trip.key) "/" (one.dispute) } { (desk.say("Decide", "Entscheiden")) } }
                } } }
            } }
        }
    };
    Ok(desk.fresh_page(title, "/console/disputes", &body))
}

/// `GET /console/disputes/{trip}/{number}`: one dispute, with the evidence of its lines.
pub(super) async fn dispute(
    desk: Desk,
    Path((key, number)): Path<(String, usize)>,
) -> Result<Response, PageError> {
    desk.must(Right::DecideDisputes)?;
    let key = trip_key(&key)?;
    desk.note_seen(key).await?;
    let known = known(&desk, key).await?;
    let (said, decided) = known.trip.disputes.get(number).ok_or(PageError::NotFound)?;
    if decided.is_some() {
        return Ok(Redirect::to(&format!("/console/trips/{key}")).into_response());
    }
    let all = desk.office(move |office| office.evidence(key)).await?;
    let title = desk.say("Dispute", "Einspruch");
    let body = html! {
        h1 { (title) ": " (words::dispute(desk.speech, said.kind)) }
        p.small { (desk.say("Trip ", "Besuch ")) (trip_link(key)) }
        section.card {
            (disputed_lines(&desk, &known.trip, &said.lines))
            @if let Some(text) = known.words.get(&number) { blockquote { (text) } }
            @else { p.soft { (desk.say("The shopper wrote nothing about it.", "Der Kunde schrieb nichts dazu.")) } }
            (dispute_form(&desk, &known.trip, number))
            (key_switch(&desk))
        }
        @for (line, _) in &said.lines {
            @if let Some((kind, place, name)) = in_cart(&known.trip, *line) {
                h2 { (name) }
                (evidence(&desk, &changes(&all, kind, place)?))
            }
        }
    };
    Ok(desk.page(title, "/console/disputes", &["review.js"], &body).into_response())
}

/// Where a line of the receipt stood in the cart. The receipt merges lines of a product; the first of them is shown.
fn in_cart(trip: &Trip, line: usize) -> Option<(LineKind, usize, String)> {
    let (_, receipt) = trip.receipt.as_ref()?;
    let (_, cart) = trip.cart.as_ref()?;
    let priced = receipt.lines.get(line)?;
    let sure = cart.sure.iter().position(|item| item.product == priced.product);
    let doubtful = || cart.doubtful.iter().position(|one| one.item.product == priced.product);
    let place = sure.map(|place| (LineKind::Sure, place));
    let (kind, place) = place.or_else(|| doubtful().map(|place| (LineKind::Doubtful, place)))?;
    Some((kind, place, priced.name.clone()))
}
