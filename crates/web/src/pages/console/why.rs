//! The evidence of a line, as whoever decides about it sees it.

use axum::extract::Path;
use maud::{Markup, html};
use model::{EvidenceSource, PlatePart, ProductId, Side, Store};
use office::{LineKind, Right, Trip};
use pricing::Item;

use super::decide::trip_key;
use super::desk::Desk;
use super::evidence::{Alternative, Change, of_line};
use super::shelf::{Box, gondola};
use super::{curve, plan, words};
use crate::pages::error::PageError;

/// Changes of a line that are shown; more are counted.
const CHANGES: usize = 6;
/// Rows of a table of one change.
const ROWS: usize = 12;

/// `GET /console/trips/{trip}/{kind}/{line}`: why a line stands in the cart.
pub(super) async fn line(
    desk: Desk,
    Path((key, kind, line)): Path<(String, String, usize)>,
) -> Result<Markup, PageError> {
    desk.must(Right::SeeEvidence)?;
    let key = trip_key(&key)?;
    let kind = match kind.as_str() {
        "sure" => LineKind::Sure,
        "doubtful" => LineKind::Doubtful,
        _ => return Err(PageError::NotFound),
    };
    desk.note_seen(key).await?;
    let trip = desk.office(move |office| office.trip(key)).await?;
    let item = item(&trip, kind, line).ok_or(PageError::NotFound)?;
    let changes = of_line(&desk, key, kind, line).await?;
    let body = html! {
        p { a href={ "/console/trips/" (key) } { (desk.say("Back to the trip", "Zurück zum Besuch")) } }
        h1 { (words::quantity(item.quantity)) " " (item.name) }
        (evidence(&desk, &changes))
    };
    Ok(desk.page(&item.name, "/console/trips", &[], &body))
}

fn item(trip: &Trip, kind: LineKind, line: usize) -> Option<&Item> {
    let (_, cart) = trip.cart.as_ref()?;
    match kind {
        LineKind::Sure => cart.sure.get(line),
        LineKind::Doubtful => cart.doubtful.get(line).map(|doubtful| &doubtful.item),
    }
}

/// All that the engine said of a line.
pub(super) fn evidence(desk: &Desk, changes: &[Change]) -> Markup {
    html! {
        @if changes.is_empty() {
            p.card.empty-state { (desk.say(
                "There is no evidence of this line: it came without one, or it was dropped when its time was over.",
                "Zu dieser Zeile gibt es keine Belege: Sie kam ohne, oder sie wurden nach ihrer Frist gelöscht.",
            )) }
        }
        @for change in changes.iter().take(CHANGES) { (one(desk, change)) }
        @if changes.len() > CHANGES {
            p.note { (changes.len() - CHANGES) " " (desk.say("more changes are not shown.", "weitere Änderungen werden nicht gezeigt.")) }
        }
    }
}

fn one(desk: &Desk, change: &Change) -> Markup {
    let source = match change.source {
        EvidenceSource::Weight => grams(change.grams, change.grams_sd),
        EvidenceSource::Hand => desk
            .say(
                "a hand at a plate that could not be weighed with",
                "eine Hand an einer Platte, mit der nicht gewogen werden konnte",
            )
            .to_owned(),
        EvidenceSource::Meeting => desk.say("hands that met", "Hände, die sich trafen").to_owned(),
    };
    html! {
        section.card.change {
            h2 { (desk.local.show(change.moment)) ": " (source) }
            div.columns {
                div { (curve::curve(desk, change)) (place(desk, change)) }
                div { (alternatives(desk, &change.alternatives)) (hands(desk, change)) }
            }
        }
    }
}

/// A change of mass with its standard deviation.
fn grams(grams: Option<f64>, sd: Option<f64>) -> String {
    match (grams, sd) {
        (Some(grams), Some(sd)) => format!("{grams:+.0} g (± {sd:.1} g)"),
        (Some(grams), None) => format!("{grams:+.0} g"),
        (None, _) => "– g".to_owned(),
    }
}

fn place(desk: &Desk, change: &Change) -> Markup {
    html! {
        @if !change.plates.is_empty() {
            h3 { (desk.say("Plates", "Platten")) }
            @if let (Some(live), Some(first)) = (&desk.site.live, change.plates.first()) {
                (drawn(desk, live.store(), first.plate.gondola, &change.plates))
            }
            div.wide { table {
                thead { tr {
                    th scope="col" { (desk.say("Gondola / board / plate", "Gondel / Brett / Platte")) }
                    th.number scope="col" { (desk.say("Change", "Änderung")) }
                } }
                tbody { @for part in change.plates.iter().take(ROWS) { tr {
                    td { (part.plate) @if part.knock_on { " " span.tag { (desk.say("shaken by its neighbour", "vom Nachbarn erschüttert")) } } }
                    td.number { (grams(Some(part.grams), Some(part.grams_sd))) }
                } } }
            } }
        }
    }
}

fn drawn(desk: &Desk, store: &Store, number: u16, plates: &[PlatePart]) -> Markup {
    let told = desk.say(format!("Gondola {number} from the front"), format!("Gondel {number} von vorn"));
    let look = |plate| {
        let id = store.plate(plate).id;
        let part = plates.iter().find(|part| part.plate == id);
        let class = match part {
            Some(part) if part.knock_on => "shaken",
            Some(_) => "hit",
            None => "calm",
        };
        let text = part.map_or_else(String::new, |part| format!("{:+.0} g", part.grams));
        Box { class: class.to_owned(), title: format!("{id} {text}"), text }
    };
    html! { (gondola(store, number, &told, look)) p.small { (told) } }
}

fn alternatives(desk: &Desk, all: &[Alternative]) -> Markup {
    html! {
        h3 { (desk.say("What it may have been", "Was es gewesen sein kann")) }
        @if all.is_empty() { p.soft { (desk.say("Nothing was considered.", "Nichts wurde erwogen.")) } } @else {
            div.wide { table {
                thead { tr {
                    th scope="col" { (desk.say("Who", "Wer")) }
                    th scope="col" { (desk.say("What", "Was")) }
                    th.number scope="col" { (desk.say("Would weigh", "Wöge")) }
                    th.number scope="col" { (desk.say("Probability", "Wahrscheinlichkeit")) }
                } }
                tbody { @for one in all.iter().take(ROWS) { tr {
                    td { (who(desk, one)) }
                    td { (items(desk, &one.items)) }
                    td.number { @match one.expected_grams { Some(grams) => (format!("{grams:+.0} g")), None => "–" } }
                    td.number {
                        (words::percent(one.probability)) " "
                        meter min="0" max="1" value=(format!("{:.3}", one.probability)) aria-label=(words::percent(one.probability)) {}
                    }
                } } }
            } }
        }
    }
}

fn who(desk: &Desk, one: &Alternative) -> String {
    let id = one.id.as_deref().unwrap_or_default();
    match one.who.as_str() {
        "trip" => format!("{} {id}", desk.say("trip", "Besuch")),
        "track" => format!("{} {id}", desk.say("person", "Person")),
        _ => desk.say("nobody seen", "niemand Gesehenes").to_owned(),
    }
}

fn items(desk: &Desk, items: &[(ProductId, i32)]) -> Markup {
    let name = |product: &ProductId| -> String {
        let known = desk.site.live.as_ref().and_then(|live| {
            let store = live.store();
            store.product_index(product).map(|index| store.product(index).name.clone())
        });
        known.unwrap_or_else(|| product.to_string())
    };
    html! {
        @if items.is_empty() { (desk.say("no product moved", "kein Produkt bewegt")) }
        @for (place, (product, units)) in items.iter().enumerate() {
            @if place > 0 { br; }
            (units.unsigned_abs()) " × " (name(product)) " "
            span.small { @if *units < 0 { (desk.say("taken", "genommen")) } @else { (desk.say("put back", "zurückgestellt")) } }
        }
    }
}

fn hands(desk: &Desk, change: &Change) -> Markup {
    html! {
        h3 { (desk.say("Hands near it", "Hände in der Nähe")) }
        (plan::hands(desk, change))
        @if change.hands.is_empty() { p.soft { (desk.say("No hand was seen near it.", "Keine Hand wurde in der Nähe gesehen.")) } } @else {
            div.wide { table {
                thead { tr {
                    th scope="col" { (desk.say("Person", "Person")) }
                    th scope="col" { (desk.say("Hand", "Hand")) }
                    th.number scope="col" { (desk.say("Distance", "Abstand")) }
                    th.number scope="col" { (desk.say("When", "Wann")) }
                    th.number scope="col" { (desk.say("Log-likelihood", "Log-Likelihood")) }
                } }
                tbody { @for hand in change.hands.iter().take(ROWS) { tr {
                    td { (hand.track) @if let Some(trip) = hand.trip { " (" (desk.say("trip", "Besuch")) " " (trip) ")" } }
                    td { @match hand.side {
                        Some(Side::Left) => (desk.say("left", "links")),
                        Some(Side::Right) => (desk.say("right", "rechts")),
                        None => (desk.say("not seen", "nicht gesehen")),
                    } }
                    td.number { @match hand.distance_m { Some(distance_m) => (format!("{:.0} cm", distance_m * 100.0)), None => "–" } }
                    td.number { (format!("{:+.2} s", hand.time.seconds_since(change.moment))) }
                    td.number { @match hand.log_likelihood { Some(likelihood) => (format!("{likelihood:.1}")), None => "–∞" } }
                } } }
            } }
        }
    }
}
