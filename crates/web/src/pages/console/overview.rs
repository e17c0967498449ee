//! `GET /console`: how the store does at this moment, with ways on.

use maud::{Markup, html};
use model::Time;
use office::{OfficeError, Right, Tally, Trip, WaitingDispute};

use super::desk::Desk;
use super::moment::span;
use super::words;
use crate::pages::error::PageError;

/// What the office says for the tiles; what the role may not see is not asked for.
struct Facts {
    reviews: Option<Vec<(Time, Trip)>>,
    disputes: Option<Vec<WaitingDispute>>,
    states: Option<Vec<(String, i64)>>,
    tally: Option<Tally>,
    owed: Option<(i64, usize)>,
}

/// The page.
pub(super) async fn overview(desk: Desk) -> Result<Markup, PageError> {
    let facts = facts(&desk).await?;
    let body = html! {
        h1 { (desk.site.web.store_name()) }
        p.soft { (desk.say("Now: ", "Jetzt: ")) (desk.local.text(desk.now())) }
        div.tiles {
            @if desk.may(Right::SeeFloor) { (inside(&desk)) }
            @if let Some(reviews) = &facts.reviews { (reviews_tile(&desk, reviews)) }
            @if let Some(disputes) = &facts.disputes { (disputes_tile(&desk, disputes)) }
            @if let Some(states) = &facts.states { (trips_tile(&desk, states)) }
            @if let Some(tally) = &facts.tally { (money_tile(&desk, tally)) (time_tile(&desk, tally)) }
            @if let Some((minor, trips)) = facts.owed { (debts_tile(&desk, minor, trips)) }
            @if desk.may(Right::SeeDevices) { (devices_tile(&desk)) }
        }
    };
    Ok(desk.fresh_page(desk.say("Overview", "Überblick"), "/console", &body))
}

async fn facts(desk: &Desk) -> Result<Facts, PageError> {
    let may = |right| desk.may(right);
    let (reviews, disputes) = (may(Right::Review), may(Right::DecideDisputes));
    let (trips, figures, receipts) = (may(Right::SeeTrips), may(Right::SeeFigures), may(Right::SeeReceipts));
    let (now, today) = (desk.now(), desk.local.days_ago(0));
    desk.office(move |office| {
        let owed = || {
            let rows = office.trips(Some(office::TripState::Owed), None, 10_000)?;
            Ok::<_, OfficeError>((rows.iter().map(|row| row.owed_minor).sum(), rows.len()))
        };
        Ok(Facts {
            reviews: reviews.then(|| office.reviews_waiting()).transpose()?,
            disputes: disputes.then(|| office.disputes_waiting(now)).transpose()?,
            states: trips.then(|| office.states_since(today)).transpose()?,
            tally: figures.then(|| office.tally(today)).transpose()?,
            owed: receipts.then(owed).transpose()?,
        })
    })
    .await
}

fn tile(href: &str, title: &str, figure: &str, kind: &str, rest: &Markup) -> Markup {
    html! {
        a.tile href=(href) {
            h2 { (title) }
            p class={ "figure " (kind) } { (figure) }
            (rest)
        }
    }
}

fn inside(desk: &Desk) -> Markup {
    let title = desk.say("Inside now", "Jetzt im Laden");
    let Some(live) = &desk.site.live else {
        let told = desk.say("No sensors are connected.", "Keine Sensoren sind verbunden.");
        return tile("/console/floor", title, "–", "", &html! { p.small { (told) } });
    };
    let carts = live.all_carts();
    let people: usize = carts.iter().map(|cart| cart.tracks.len().saturating_sub(cart.left)).sum();
    let unit = desk
        .say(if people == 1 { "person" } else { "people" }, if people == 1 { "Person" } else { "Personen" });
    let rest = html! { p.small { (carts.len()) " " (desk.say("carts", "Körbe")) } };
    tile("/console/floor", title, &format!("{people} {unit}"), "", &rest)
}

fn reviews_tile(desk: &Desk, reviews: &[(Time, Trip)]) -> Markup {
    let lines: usize = reviews.iter().map(|(_, trip)| trip.undecided().len()).sum();
    let oldest = reviews.iter().filter_map(|(_, trip)| trip.cart.as_ref().map(|(at, _)| *at)).min();
    let rest = html! {
        @if let (Some((deadline, _)), Some(oldest)) = (reviews.first(), oldest) {
            p.small {
                (desk.say("oldest since ", "älteste seit ")) (desk.local.age(oldest, desk.speech)) br;
                (desk.say("next deadline in ", "nächste Frist in ")) (span(deadline.seconds_since(desk.now()), desk.speech))
            }
        } @else { p.small { (desk.say("Nothing to look at.", "Nichts anzusehen.")) } }
    };
    let figure = format!("{lines} {}", desk.say("lines", "Zeilen"));
    let kind = if lines > 0 { "doubt" } else { "" };
    tile("/console/reviews", desk.say("Reviews waiting", "Prüfungen offen"), &figure, kind, &rest)
}

fn disputes_tile(desk: &Desk, disputes: &[WaitingDispute]) -> Markup {
    let rest = html! {
        @if let Some(oldest) = disputes.first() {
            p.small { (desk.say("oldest since ", "ältester seit ")) (desk.local.age(oldest.since, desk.speech)) }
        } @else { p.small { (desk.say("Nobody complains.", "Niemand beschwert sich.")) } }
    };
    let kind = if disputes.is_empty() { "" } else { "doubt" };
    let figure = format!("{} {}", disputes.len(), desk.say("disputes", "Einsprüche"));
    tile("/console/disputes", desk.say("Disputes waiting", "Einsprüche offen"), &figure, kind, &rest)
}

fn trips_tile(desk: &Desk, states: &[(String, i64)]) -> Markup {
    let sum: i64 = states.iter().map(|(_, count)| count).sum();
    let rest = html! {
        p.tags {
            @for (word, count) in states {
                @if let Some(state) = words::state_of(word) {
                    span.tag { (count) " " (words::state_word(desk.speech, state)) } " "
                }
            }
        }
    };
    let figure = format!("{sum} {}", desk.say("trips", "Besuche"));
    tile("/console/trips", desk.say("Trips today", "Besuche heute"), &figure, "", &rest)
}

fn money_tile(desk: &Desk, tally: &Tally) -> Markup {
    let rest = html! {
        p.small {
            (desk.say("given back ", "erstattet ")) (desk.money(tally.refunded_minor)) br;
            (tally.visits) " " (desk.say("visits ended", "Besuche beendet"))
        }
    };
    tile(
        "/console/figures",
        desk.say("Taken today", "Heute eingenommen"),
        &desk.money(tally.taken_minor),
        "",
        &rest,
    )
}

fn time_tile(desk: &Desk, tally: &Tally) -> Markup {
    let shown = |seconds: Option<f64>| seconds.map_or("–".to_owned(), |seconds| format!("{seconds:.1} s"));
    let rest = html! {
        p.small {
            (desk.say("median; 95 % within ", "Median; 95 % binnen ")) (shown(tally.to_receipt_within(0.95))) br;
            (tally.to_receipt_s.len()) " " (desk.say("receipts today", "Quittungen heute"))
        }
    };
    let title = desk.say("From exit to receipt", "Vom Ausgang zur Quittung");
    tile("/console/figures", title, &shown(tally.to_receipt_within(0.5)), "", &rest)
}

fn debts_tile(desk: &Desk, minor: i64, trips: usize) -> Markup {
    let rest = html! { p.small { (trips) " " (desk.say("trips", "Besuche")) } };
    let kind = if minor > 0 { "bad" } else { "" };
    tile("/console/debts", desk.say("Owed", "Offen"), &desk.money(minor), kind, &rest)
}

fn devices_tile(desk: &Desk) -> Markup {
    let title = desk.say("Devices", "Geräte");
    let Some(live) = &desk.site.live else {
        let told = desk.say("No sensors are connected.", "Keine Sensoren sind verbunden.");
        return tile("/console/devices", title, "–", "", &html! { p.small { (told) } });
    };
    let devices = live.devices();
    let notices = devices.notices();
    let rest = html! {
        @for notice in notices.iter().take(3) {
            p.small { (notice.subject) ": " (super::devices::notice_word(desk.speech, notice.kind)) " · " (notice.count) " ×" }
        }
        @if notices.is_empty() { p.small { (desk.say("All is well.", "Alles in Ordnung.")) } }
    };
    let kind = if notices.is_empty() { "" } else { "doubt" };
    let figure = format!("{} {}", notices.len(), desk.say("notices", "Hinweise"));
    tile("/console/devices", title, &figure, kind, &rest)
}
