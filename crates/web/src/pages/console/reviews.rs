//! `/console/reviews`: doubtful lines, one at a time, with what speaks for them.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Time;
use office::{LineKind, Right, Trip, TripKey, Verdict};
use pricing::{Item, Quantity};
use serde::Deserialize;

use super::decide::trip_key;
use super::desk::Desk;
use super::evidence::{Alternative, Change, of_line};
use super::moment::span;
use super::trips::trip_link;
use super::why::evidence;
use super::words;
use crate::pages::error::PageError;
use crate::pages::session::Sent;

/// `GET /console/reviews`: the queue, the first deadline first.
pub(super) async fn queue(desk: Desk) -> Result<Markup, PageError> {
    desk.must(Right::Review)?;
    let waiting = desk.office(|office| office.reviews_waiting()).await?;
    let title = desk.say("Reviews", "Prüfungen");
    let body = html! {
        h1 { (title) }
        @if let Some((_, first)) = waiting.first() {
            p { a.button href={ "/console/reviews/" (first.key) } { (desk.say("Begin with the first", "Mit der ersten beginnen")) } }
            (list(&desk, &waiting))
        } @else {
            p.card.empty-state { (desk.say("Nothing waits for a look.", "Nichts wartet auf einen Blick.")) }
        }
    };
    Ok(desk.fresh_page(title, "/console/reviews", &body))
}

fn list(desk: &Desk, waiting: &[(Time, Trip)]) -> Markup {
    html! {
        div.card.wide { table {
            thead { tr {
                th scope="col" { (desk.say("Trip", "Besuch")) }
                th.number scope="col" { (desk.say("Lines to look at", "Zeilen anzusehen")) }
                th scope="col" { (desk.say("Waits since", "Wartet seit")) }
                th scope="col" { (desk.say("Deadline in", "Frist in")) }
                th scope="col" { (desk.say("Look", "Ansehen")) }
            } }
            tbody { @for (deadline, trip) in waiting.iter().take(150) {
                @let left_s = deadline.seconds_since(desk.now());
                tr {
                    td { (trip_link(trip.key)) }
                    td.number { (trip.undecided().len()) }
                    td { @if let Some((closed, _)) = &trip.cart { (desk.local.age(*closed, desk.speech)) } }
                    td { span class={ "tag " (if left_s < 1800.0 { "bad" } else { "doubt" }) } { (span(left_s, desk.speech)) } }
                    td { a.second href={ "/console/reviews/" (trip.key) } { (desk.say("Review", "Prüfen")) } }
                }
            } }
        } }
    }
}

/// Which line of the trip.
#[derive(Deserialize)]
pub(super) struct Which {
    line: Option<usize>,
}

/// `GET /console/reviews/{trip}`: one doubtful line.
pub(super) async fn review(
    desk: Desk,
    Path(key): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    desk.must(Right::Review)?;
    let key = trip_key(&key)?;
    let (trip, waiting) =
        desk.office(move |office| Ok((office.trip(key)?, office.reviews_waiting()?))).await?;
    let deadline = waiting.iter().find(|(_, one)| one.key == key).map(|(deadline, _)| *deadline);
    let undecided = trip.undecided();
    let wanted = which.line.filter(|line| undecided.contains(line)).or(undecided.first().copied());
    let (Some(line), Some((_, cart)), Some(deadline)) = (wanted, &trip.cart, deadline) else {
        return Ok(Redirect::to("/console/reviews").into_response());
    };
    desk.note_seen(key).await?;
    let doubtful = cart.doubtful.get(line).ok_or(PageError::NotFound)?;
    let changes = of_line(&desk, key, LineKind::Doubtful, line).await?;
    let left: usize = waiting.iter().map(|(_, trip)| trip.undecided().len()).sum();
    let body = html! {
        div.review-head {
            h1 { (words::quantity(doubtful.item.quantity)) " " (doubtful.item.name) " " span.tag.doubt { (words::percent(doubtful.probability)) } }
            p.small {
                (desk.say("Trip ", "Besuch ")) (trip_link(key)) " · "
                (desk.say("deadline in ", "Frist in ")) (span(deadline.seconds_since(desk.now()), desk.speech)) " · "
                (left) " " (desk.say("lines wait", "Zeilen warten"))
                @if trip.flagged.contains(&doubtful.item.product) { " · " span.tag.doubt { (desk.say("the shopper says it is not theirs", "der Kunde sagt, es sei nicht seins")) } }
            }
        }
        (decision(&desk, (key, line), &doubtful.item, likeliest(&changes, &doubtful.item), &next(&waiting, key, line)))
        (evidence(&desk, &changes))
        (help(&desk))
    };
    let title = desk.say("Review", "Prüfung");
    Ok(desk.page(title, "/console/reviews", &["review.js"], &body).into_response())
}

/// How much of a line it most probably is: what the likeliest ways to explain its changes say, where they name it.
fn likeliest(changes: &[Change], item: &Item) -> u32 {
    let all = item.quantity.amount();
    let taken = |change: &Change| {
        let units = |one: &Alternative| -> i32 {
            one.items.iter().filter(|(product, _)| *product == item.product).map(|(_, units)| -units).sum()
        };
        // The most probable stands first.
        change.alternatives.iter().map(units).find(|units| *units != 0).unwrap_or(0)
    };
    let units = u32::try_from(changes.iter().map(taken).sum::<i32>()).unwrap_or(0);
    if matches!(item.quantity, Quantity::Units(_)) && (1..=all).contains(&units) { units } else { all }
}

/// The form that decides about a line, of which so much is probable.
fn decision(desk: &Desk, (trip, line): (TripKey, usize), item: &Item, amount: u32, next: &str) -> Markup {
    let quantity = item.quantity;
    let unit = if matches!(quantity, Quantity::Units(_)) { "×" } else { "g" };
    html! {
        form #decide.decide.card action={ "/console/reviews/" (trip) "/" (line) } method="post" {
            (desk.token())
            input type="hidden" name="next" value=(next);
            div {
                label for="amount" { (desk.say("Charge", "Berechnen")) " (" (unit) ")" }
                input.short #amount name="amount" type="number" min="1" max=(quantity.amount()) value=(amount) inputmode="numeric" required;
            }
            p.small { (desk.say("at ", "zu je ")) (desk.money(item.unit_price)) }
            div.buttons {
                button.button name="verdict" value="charge" data-key="c" { (desk.say("Charge", "Berechnen")) " " kbd { "C" } }
                button.danger name="verdict" value="drop" data-key="d" formnovalidate { (desk.say("Don't charge", "Nicht berechnen")) " " kbd { "D" } }
                a.second href=(next) data-key="s" { (desk.say("Skip", "Überspringen")) " " kbd { "S" } }
                button.quiet type="button" data-key="?" data-help="" hidden { (desk.say("Keys", "Tasten")) " " kbd { "?" } }
            }
        }
    }
}

fn help(desk: &Desk) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { (desk.say("Keys", "Tasten")) }
            dl.facts {
                dt { kbd { "C" } } dd { (desk.say("charge what the field says", "berechnen, was im Feld steht")) }
                dt { kbd { "1" } "–" kbd { "9" } } dd { (desk.say("so many of it", "so viele davon")) }
                dt { kbd { "D" } } dd { (desk.say("charge nothing of it", "nichts davon berechnen")) }
                dt { kbd { "S" } } dd { (desk.say("skip to the next line", "weiter zur nächsten Zeile")) }
                dt { kbd { "?" } } dd { (desk.say("this help", "diese Hilfe")) }
            }
            (key_switch(desk))
            form method="dialog" { button.second { (desk.say("Close", "Schließen")) } }
        }
    }
}

/// Whether single keys do something: people who speak to their computer, or whose hands shake, turn them off.
pub(super) fn key_switch(desk: &Desk) -> Markup {
    html! {
        p #key-switch hidden {
            label.plain {
                input #keys-on type="checkbox" checked;
                " " (desk.say("Single keys decide", "Einzelne Tasten entscheiden"))
            }
        }
    }
}

/// Where to go after a line: the next undecided one of the queue, from its beginning after its end.
fn next(waiting: &[(Time, Trip)], key: TripKey, line: usize) -> String {
    let all: Vec<(TripKey, usize)> = waiting
        .iter()
        .flat_map(|(_, trip)| trip.undecided().into_iter().map(|line| (trip.key, line)))
        .collect();
    let here = all.iter().position(|one| *one == (key, line)).unwrap_or(0);
    match all.get(here + 1).or_else(|| all.first()).filter(|one| **one != (key, line)) {
        Some((key, line)) => format!("/console/reviews/{key}?line={line}"),
        None => "/console/reviews".to_owned(),
    }
}

/// What somebody decides about a line.
#[derive(Deserialize)]
pub(super) struct Decision {
    verdict: Word,
    /// How much is charged, in the line's own measure.
    amount: Option<u32>,
    next: Option<String>,
}

/// The verdict in a word.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Charge,
    Drop,
}

/// `POST /console/reviews/{trip}/{line}`
pub(super) async fn decide(
    desk: Desk,
    Path((key, line)): Path<(String, usize)>,
    sent: Sent<Decision>,
) -> Result<Redirect, PageError> {
    desk.must(Right::Review)?;
    let (key, decision) = (trip_key(&key)?, sent.of(&desk.staff.session)?);
    let trip = desk.office(move |office| office.trip(key)).await?;
    let doubtful =
        trip.cart.as_ref().and_then(|(_, cart)| cart.doubtful.get(line)).ok_or(PageError::NotFound)?;
    let verdict = match (decision.verdict, decision.amount, doubtful.item.quantity) {
        (Word::Drop, ..) => Verdict::Drop,
        (Word::Charge, Some(amount), Quantity::Units(_)) if amount > 0 => {
            Verdict::Charge(Quantity::Units(amount))
        }
        (Word::Charge, Some(amount), Quantity::Grams(_)) if amount > 0 => {
            Verdict::Charge(Quantity::Grams(amount))
        }
        (Word::Charge, ..) => {
            return Err(PageError::BadForm("it does not say how much to charge".to_owned()));
        }
    };
    let (by, now) = (desk.staff.member.actor(), desk.now());
    desk.office(move |office| office.review(key, line, verdict, by, now)).await?;
    // Nobody is sent elsewhere by what a form says.
    let next = decision.next.filter(|next| next.starts_with("/console/reviews"));
    Ok(Redirect::to(next.as_deref().unwrap_or("/console/reviews")))
}
