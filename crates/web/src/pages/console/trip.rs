//! `GET /console/trips/{trip}`: all of one trip.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use model::Time;
use office::{LineKind, LogEntry, Payer, Right, Trip, TripEvent, TripKey, TripState, Verdict};
use pricing::{Item, Quantity};

use super::desk::Desk;
use super::timeline::timeline;
use super::{decide, palms, words};
use crate::pages::error::PageError;
use crate::pages::headers::PAPER_POLICY;

/// What the office knows of a trip.
pub(super) struct Known {
    pub(super) trip: Trip,
    pub(super) history: Vec<(Time, TripEvent)>,
    /// What the shopper wrote, by dispute.
    pub(super) words: BTreeMap<usize, String>,
    seen: Vec<LogEntry>,
}

/// The page.
pub(super) async fn trip(desk: Desk, Path(key): Path<String>) -> Result<Markup, PageError> {
    desk.must(Right::SeeTrips)?;
    let key: TripKey = key.parse().map_err(|_| PageError::NotFound)?;
    desk.note_seen(key).await?;
    let known = known(&desk, key).await?;
    let trip = &known.trip;
    let theirs = if desk.may(Right::SeePeople) { palms::of(&desk, trip).await? } else { Vec::new() };
    let body = html! {
        h1 { (desk.say("Trip", "Besuch")) " " (words::state(desk.speech, trip.state())) }
        p.id { (key) }
        div.columns {
            div {
                (cart(&desk, trip))
                @if desk.may(Right::SeeReceipts) { (money(&desk, trip)) (decide::refund_form(&desk, trip)) }
                @if !trip.disputes.is_empty() && desk.may(Right::SeeReceipts) { (disputes(&desk, &known)) }
                @if desk.may(Right::CallOff) { (decide::cancel_form(&desk, trip)) }
            }
            div {
                (about(&desk, trip))
                (palms::section(&desk, key, &theirs))
                section.card { h2 { (desk.say("What happened", "Was geschah")) } (timeline(&desk, &known.history)) }
                @if desk.may(Right::SeeAudit) { (seen(&desk, &known.seen)) }
            }
        }
    };
    Ok(desk.page(desk.say("Trip", "Besuch"), "/console/trips", &[], &body))
}

/// All that the office knows of a trip.
pub(super) async fn known(desk: &Desk, key: TripKey) -> Result<Known, PageError> {
    desk.office(move |office| {
        let trip = office.trip(key)?;
        let mut words = BTreeMap::new();
        for dispute in 0..trip.disputes.len() {
            if let Some(text) = office.words(key, dispute)? {
                words.insert(dispute, text);
            }
        }
        Ok(Known { history: office.history(key)?, seen: office.seen_by(key)?, words, trip })
    })
    .await
}

/// `GET /console/trips/{trip}/receipt`: its paper.
pub(super) async fn receipt(desk: Desk, Path(key): Path<String>) -> Result<Response, PageError> {
    desk.must(Right::SeeReceipts)?;
    let key: TripKey = key.parse().map_err(|_| PageError::NotFound)?;
    desk.note_seen(key).await?;
    let language = desk.speech.0;
    let paper = desk.office(move |office| office.paper(key, language)).await?.ok_or(PageError::NotFound)?;
    let policy = [(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAPER_POLICY))];
    Ok((policy, Html(receipts::html(&paper))).into_response())
}

fn about(desk: &Desk, trip: &Trip) -> Markup {
    html! {
        section.card {
            h2 { (desk.say("Visit", "Besuch")) }
            dl.facts {
                dt { (desk.say("Gate", "Tor")) } dd { (trip.gate) }
                dt { (desk.say("Began", "Beginn")) } dd { (desk.local.show(trip.opened)) }
                @if let Some(left) = trip.left { dt { (desk.say("Left", "Gegangen")) } dd { (desk.local.show(left)) } }
                @if let Some((_, cart)) = &trip.cart { dt { (desk.say("People", "Personen")) } dd { (cart.people) } }
                @if trip.payer == Payer::Staff { dt { (desk.say("Payer", "Zahlt")) } dd { (desk.say("nobody: staff at work", "niemand: Personal bei der Arbeit")) } }
                @if !trip.joined.is_empty() { dt { (desk.say("Joined later", "Kamen dazu")) } dd { (trip.joined.len()) } }
                @if let Some(reason) = &trip.refused { dt { (desk.say("Gate stayed shut", "Tor blieb zu")) } dd { (reason) } }
                @if trip.cancelled { dt { (desk.say("Called off", "Abgebrochen")) } dd { (desk.say("nothing is charged", "nichts wird berechnet")) } }
                @if desk.may(Right::SeePeople) {
                    dt { (desk.say("Account", "Konto")) }
                    dd { @match trip.account { Some(account) => span.id { (account) }, None => (desk.say("none", "keins")) } }
                }
            }
        }
    }
}

fn cart(desk: &Desk, trip: &Trip) -> Markup {
    let Some((_, cart)) = &trip.cart else {
        return html! {
            section.card {
                h2 { (desk.say("Cart", "Korb")) }
                p.empty-state { (desk.say("Not known yet: it is closed after the exit.", "Noch nicht bekannt: Er steht nach dem Ausgang fest.")) }
            }
        };
    };
    let awaits = trip.state() == TripState::InReview && desk.may(Right::Review);
    html! {
        section.card {
            h2 { (desk.say("Cart", "Korb")) }
            @if cart.sure.is_empty() && cart.doubtful.is_empty() {
                p.empty-state { (desk.say("Nothing was taken.", "Nichts wurde genommen.")) }
            } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("Product", "Produkt")) }
                        th.number scope="col" { (desk.say("Quantity", "Menge")) }
                        th scope="col" { (desk.say("How sure", "Wie sicher")) }
                        th scope="col" { (desk.say("Why", "Warum")) }
                    } }
                    tbody {
                        @for (line, item) in cart.sure.iter().enumerate() {
                            (row(desk, trip.key, LineKind::Sure, line, item, &html! { span.tag.good { (desk.say("sure", "sicher")) } }))
                        }
                        @for (line, doubtful) in cart.doubtful.iter().enumerate() {
                            (row(desk, trip.key, LineKind::Doubtful, line, &doubtful.item, &html! {
                                span.tag.doubt { (words::percent(doubtful.probability)) } " " (verdict(desk, trip, line))
                            }))
                        }
                    }
                } }
            }
            @if awaits { p { a.button href={ "/console/reviews/" (trip.key) } { (desk.say("Review the doubtful lines", "Zweifelhafte Zeilen prüfen")) } } }
        }
    }
}

fn row(desk: &Desk, trip: TripKey, kind: LineKind, line: usize, item: &Item, sure: &Markup) -> Markup {
    html! {
        tr {
            td { (item.name) }
            td.number { (words::quantity(item.quantity)) }
            td { (sure) }
            td { @if desk.may(Right::SeeEvidence) {
                a href={ "/console/trips/" (trip) "/" (kind.as_str()) "/" (line) } {
                    (desk.say("evidence", "Belege")) span.unseen { ": " (item.name) }
                }
            } }
        }
    }
}

fn verdict(desk: &Desk, trip: &Trip, line: usize) -> String {
    match trip.verdicts.get(&line) {
        None => desk.say("not decided", "nicht entschieden").to_owned(),
        Some(Verdict::Charge(some)) => {
            format!("{} {}", desk.say("charged:", "berechnet:"), words::quantity(*some))
        }
        Some(Verdict::Drop) => desk.say("not charged", "nicht berechnet").to_owned(),
    }
}

fn money(desk: &Desk, trip: &Trip) -> Markup {
    let held = trip.held.as_ref().map_or(0, |held| held.amount.minor);
    html! {
        section.card {
            h2 { (desk.say("Money", "Geld")) }
            dl.facts {
                dt { (desk.say("Held", "Reserviert")) } dd { (desk.money(held)) }
                dt { (desk.say("Taken", "Eingezogen")) } dd { (desk.money(trip.taken_minor())) }
                dt { (desk.say("Owed", "Offen")) } dd { (desk.money(trip.owed_minor)) }
                dt { (desk.say("Given back", "Erstattet")) }
                dd { (desk.money(trip.refunded_minor)) " " (desk.say("of", "von")) " " (desk.money(trip.refund_decided_minor())) " " (desk.say("decided", "entschieden")) }
                @if !trip.open_wishes.is_empty() { dt { (desk.say("Under way", "Unterwegs")) } dd { (trip.open_wishes.len()) " " (desk.say("requests to the bank", "Aufträge an die Bank")) } }
            }
            @if let Some((number, receipt)) = trip.receipt.as_ref().filter(|(_, receipt)| !receipt.lines.is_empty()) {
                p {
                    a.second href={ "/console/trips/" (trip.key) "/receipt" } {
                        (desk.say("Receipt", "Quittung")) " " (number) ", " (receipt.total())
                    }
                }
            }
        }
    }
}

fn disputes(desk: &Desk, known: &Known) -> Markup {
    html! {
        section.card {
            h2 { (desk.say("Disputes", "Einsprüche")) }
            @for (number, (said, decided)) in known.trip.disputes.iter().enumerate() {
                article {
                    h3 { (desk.say("Dispute", "Einspruch")) " " (number + 1) ": " (words::dispute(desk.speech, said.kind)) }
                    (disputed_lines(desk, &known.trip, &said.lines))
                    @if let Some(text) = known.words.get(&number) { blockquote { (text) } }
                    @match decided {
                        Some((granted, reason)) => p {
                            @if *granted { span.tag.good { (desk.say("granted", "anerkannt")) } }
                            @else { span.tag.bad { (desk.say("rejected", "abgelehnt")) } }
                            " " (reason)
                        },
                        None => @if desk.may(Right::DecideDisputes) {
                            p { a.button href={ "/console/disputes/" (known.trip.key) "/" (number) } { (desk.say("Decide", "Entscheiden")) } }
                        } @else { p { span.tag.doubt { (desk.say("waits", "wartet")) } } },
                    }
                }
            }
        }
    }
}

/// What of which line of the receipt somebody disputes.
pub(super) fn disputed_lines(desk: &Desk, trip: &Trip, lines: &[(usize, Quantity)]) -> Markup {
    html! {
        ul.lines { @for (line, some) in lines {
            @let priced = trip.receipt.as_ref().and_then(|(_, receipt)| receipt.lines.get(*line));
            @if let Some(priced) = priced {
                li { span { (words::quantity(*some)) " " (priced.name) } span.number { (words::quantity(priced.quantity)) " " "= " (desk.money(priced.total)) } }
            }
        } }
    }
}

fn seen(desk: &Desk, seen: &[LogEntry]) -> Markup {
    html! {
        section.card {
            h2 { (desk.say("Who has looked at it", "Wer hat es angesehen")) }
            ul.timeline {
                @for entry in seen.iter().rev().take(50) { li { (desk.local.show(entry.at)) " " span { (words::actor(desk.speech, &entry.by)) } } }
            }
        }
    }
}
