//! Decisions about one trip: money given back, a visit called off, disputes.

use axum::extract::Path;
use axum::response::Redirect;
use maud::{Markup, html};
use office::{Right, Trip, TripKey, TripState};
use pricing::Quantity;
use serde::Deserialize;

use super::desk::Desk;
use super::words;
use crate::pages::error::PageError;
use crate::pages::session::Sent;

/// Characters of a reason.
const REASON: usize = 500;

/// The fields of a form with as many lines as the receipt has: `line0`, `line1`, …
type Fields = Vec<(String, String)>;

/// The form that gives money back line by line; nothing where nothing can be given back.
pub(super) fn refund_form(desk: &Desk, trip: &Trip) -> Markup {
    let Some((_, receipt)) = trip.receipt.as_ref().filter(|_| trip.is_at_rest()) else { return html! {} };
    if !desk.may(Right::Refund) {
        return html! {};
    }
    html! {
        section.card {
            h2 { (desk.say("Give money back", "Geld erstatten")) }
            form action={ "/console/trips/" (trip.key) "/refund" } method="post" {
                (desk.token())
                (line_fields(desk, trip, &vec![0; receipt.lines.len()]))
                (reason_field(desk, "refund-reason"))
                div.buttons { button.button { (desk.say("Give back", "Erstatten")) } }
            }
        }
    }
}

/// One field for how much of each line, with what it begins at.
fn line_fields(desk: &Desk, trip: &Trip, begin: &[u32]) -> Markup {
    let lines = trip.receipt.iter().flat_map(|(_, receipt)| &receipt.lines).enumerate();
    html! {
        div.wide { table {
            thead { tr {
                th scope="col" { (desk.say("Product", "Produkt")) }
                th.number scope="col" { (desk.say("Paid", "Bezahlt")) }
                th scope="col" { (desk.say("Give back", "Erstatten")) }
            } }
            tbody { @for (line, priced) in lines {
                @let (unit, left) = (unit(priced.quantity), priced.quantity.amount().saturating_sub(trip.given_back(line)));
                tr {
                    td { label.plain for={ "line" (line) } { (priced.name) } }
                    td.number { (words::quantity(priced.quantity)) " · " (desk.money(priced.total)) }
                    td { @if left == 0 { (desk.say("all given back", "alles erstattet")) } @else {
                        input.short id={ "line" (line) } name={ "line" (line) } type="number" min="0" max=(left) value=(begin.get(line).copied().unwrap_or(0).min(left)) inputmode="numeric";
                        " " (unit) " " (desk.say("of", "von")) " " (left)
                    } }
                }
            } }
        } }
    }
}

fn unit(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Units(_) => "×",
        Quantity::Grams(_) => "g",
    }
}

fn reason_field(desk: &Desk, id: &str) -> Markup {
    html! {
        label for=(id) { (desk.say("Why, as the shopper reads it", "Warum, wie es der Kunde liest")) }
        input id=(id) name="reason" required maxlength=(REASON);
    }
}

/// The form that calls a visit off; nothing where it is too late.
pub(super) fn cancel_form(desk: &Desk, trip: &Trip) -> Markup {
    let state = trip.state();
    let is_open = state.is_inside() || matches!(state, TripState::Exited | TripState::InReview);
    if !is_open {
        return html! {};
    }
    html! {
        section.card {
            h2 { (desk.say("Call the visit off", "Besuch abbrechen")) }
            p { (desk.say("Nothing of it is charged, and the hold is given back.", "Nichts davon wird berechnet, die Reservierung wird aufgehoben.")) }
            form action={ "/console/trips/" (trip.key) "/cancel" } method="post" {
                (desk.token())
                (reason_field(desk, "cancel-reason"))
                div.buttons { button.danger { (desk.say("Call off", "Abbrechen")) } }
            }
        }
    }
}

/// The form that decides a dispute; `number` is from 0.
pub(super) fn dispute_form(desk: &Desk, trip: &Trip, number: usize) -> Markup {
    let mut begin = vec![0; trip.receipt.as_ref().map_or(0, |(_, receipt)| receipt.lines.len())];
    for (line, some) in trip.disputes.get(number).iter().flat_map(|(said, _)| &said.lines) {
        if let Some(begin) = begin.get_mut(*line) {
            *begin += some.amount();
        }
    }
    html! {
        form #decide action={ "/console/disputes/" (trip.key) "/" (number) } method="post" {
            (desk.token())
            (line_fields(desk, trip, &begin))
            (reason_field(desk, "dispute-reason"))
            div.buttons {
                button.button name="decision" value="grant" data-key="g" { (desk.say("Grant", "Anerkennen")) " " kbd { "G" } }
                button.danger name="decision" value="reject" data-key="r" { (desk.say("Reject", "Ablehnen")) " " kbd { "R" } }
            }
        }
    }
}

/// `POST /console/trips/{trip}/refund`
pub(super) async fn refund(
    desk: Desk,
    Path(key): Path<String>,
    sent: Sent<Fields>,
) -> Result<Redirect, PageError> {
    desk.must(Right::Refund)?;
    let (key, fields) = (trip_key(&key)?, sent.of(&desk.staff.session)?);
    let (reason, by, now) = (reason(&fields)?, desk.staff.member.actor(), desk.now());
    desk.office(move |office| {
        let lines = lines(&office.trip(key)?, &fields);
        office.refund(key, lines, reason, by, now)
    })
    .await?;
    Ok(Redirect::to(&format!("/console/trips/{key}")))
}

/// Why, as a form says it.
#[derive(Deserialize)]
pub(super) struct Why {
    reason: String,
}

/// `POST /console/trips/{trip}/cancel`
pub(super) async fn cancel(
    desk: Desk,
    Path(key): Path<String>,
    sent: Sent<Why>,
) -> Result<Redirect, PageError> {
    desk.must(Right::CallOff)?;
    let (key, why) = (trip_key(&key)?, sent.of(&desk.staff.session)?);
    let (reason, by, now) = (checked(&why.reason)?, desk.staff.member.actor(), desk.now());
    desk.office(move |office| office.cancel(key, reason, by, now)).await?;
    Ok(Redirect::to(&format!("/console/trips/{key}")))
}

/// `POST /console/disputes/{trip}/{number}`
pub(super) async fn dispute(
    desk: Desk,
    Path((key, number)): Path<(String, usize)>,
    sent: Sent<Fields>,
) -> Result<Redirect, PageError> {
    desk.must(Right::DecideDisputes)?;
    let (key, fields) = (trip_key(&key)?, sent.of(&desk.staff.session)?);
    let grants = match field(&fields, "decision") {
        Some("grant") => true,
        Some("reject") => false,
        _ => return Err(PageError::BadForm("it says neither grant nor reject".to_owned())),
    };
    let (reason, by, now) = (reason(&fields)?, desk.staff.member.actor(), desk.now());
    let told_nothing = PageError::BadForm("nothing is given back of any line: reject it instead".to_owned());
    let trip = desk.office(move |office| office.trip(key)).await?;
    let lines = if grants { lines(&trip, &fields) } else { Vec::new() };
    if grants && lines.is_empty() {
        return Err(told_nothing);
    }
    desk.office(move |office| office.decide_dispute(key, number, lines, reason, by, now)).await?;
    Ok(Redirect::to("/console/disputes"))
}

/// A trip's key in an address.
pub(super) fn trip_key(text: &str) -> Result<TripKey, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// How much of which line a form says, in the line's own measure; lines with nothing are left out.
fn lines(trip: &Trip, fields: &Fields) -> Vec<(usize, Quantity)> {
    let priced = trip.receipt.iter().flat_map(|(_, receipt)| &receipt.lines).enumerate();
    let some = |(line, priced): (usize, &pricing::PricedLine)| {
        let amount: u32 = field(fields, &format!("line{line}"))?.trim().parse().ok()?;
        let quantity = match priced.quantity {
            Quantity::Units(_) => Quantity::Units(amount),
            Quantity::Grams(_) => Quantity::Grams(amount),
        };
        (amount > 0).then_some((line, quantity))
    };
    priced.filter_map(some).collect()
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().find(|(this, _)| this == name).map(|(_, value)| value.as_str())
}

fn reason(fields: &Fields) -> Result<String, PageError> {
    checked(field(fields, "reason").unwrap_or_default())
}

/// A reason that says something.
fn checked(reason: &str) -> Result<String, PageError> {
    let reason = payments::scrub(reason.trim()).into_owned();
    let length = reason.chars().count();
    if (1..=REASON).contains(&length) {
        Ok(reason)
    } else {
        Err(PageError::BadForm(format!("a reason has 1 to {REASON} characters")))
    }
}
