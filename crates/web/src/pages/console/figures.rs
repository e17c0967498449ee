//! `GET /console/figures`: how the store does over days.

use axum::extract::Query;
use maud::{Markup, html};
use office::{ProductTally, Right, Tally};
use serde::Deserialize;

use super::desk::Desk;
use super::words::share;
use super::{doubts, heat};
use crate::pages::error::PageError;

/// Spans that are offered, days.
const SPANS: [i64; 3] = [1, 7, 30];
/// Products of a list.
const PRODUCTS: usize = 20;

/// Over how many days.
#[derive(Deserialize)]
pub(super) struct Span {
    days: Option<i64>,
}

/// The page.
pub(super) async fn figures(desk: Desk, Query(span): Query<Span>) -> Result<Markup, PageError> {
    desk.must(Right::SeeFigures)?;
    let days = span.days.filter(|days| SPANS.contains(days)).unwrap_or(7);
    let since = desk.local.days_ago(days - 1);
    let (tally, said) = desk
        .office(move |office| Ok((office.tally(since)?, office.evidence_since(since, heat::LINES)?)))
        .await?;
    let title = desk.say("Figures", "Zahlen");
    let body = html! {
        h1 { (title) }
        nav.buttons aria-label=(desk.say("Span", "Zeitraum")) {
            @for one in SPANS {
                a.second href={ "/console/figures?days=" (one) } aria-current=[(one == days).then_some("true")] {
                    @if one == 1 { (desk.say("today", "heute")) } @else { (one) " " (desk.say("days", "Tage")) }
                }
            }
        }
        (accuracy(&desk, &tally))
        div.columns {
            (by_day(&desk, &tally))
            (to_receipt(&desk, &tally))
            (by_product(&desk, &tally))
            (doubts::by_product(&desk, &tally))
        }
        (heat::map(&desk, &said))
    };
    Ok(desk.page(title, "/console/figures", &[], &body))
}

fn accuracy(desk: &Desk, tally: &Tally) -> Markup {
    let lines = tally.sure + tally.doubtful;
    let decided = tally.charged + tally.dropped + tally.lapsed;
    let closed = tally.granted + tally.rejected;
    html! {
        section.card {
            h2 { (desk.say("Accuracy", "Genauigkeit")) }
            dl.facts {
                dt { (desk.say("Lines charged without a doubt", "Zeilen ohne Zweifel berechnet")) }
                dd { (share(tally.sure, lines)) " " span.small { (tally.sure) " " (desk.say("of", "von")) " " (lines) } }
                dt { (desk.say("Reviewed lines that were charged", "Geprüfte Zeilen, berechnet")) }
                dd { (share(tally.charged, decided)) " " span.small { (tally.charged) " " (desk.say("of", "von")) " " (decided) } }
                dt { (desk.say("Reviewed lines that were not charged", "Geprüfte Zeilen, nicht berechnet")) }
                dd { (share(tally.dropped, decided)) " " span.small { (tally.dropped) " " (desk.say("of", "von")) " " (decided) } }
                dt { (desk.say("Reviews that nobody did in time", "Prüfungen, die niemand rechtzeitig machte")) }
                dd { (share(tally.lapsed, decided)) " " span.small { (tally.lapsed) " " (desk.say("of", "von")) " " (decided) } }
                dt { (desk.say("Disputes granted", "Einsprüche anerkannt")) }
                dd { (share(tally.granted, closed)) " " span.small { (tally.granted) " " (desk.say("of", "von")) " " (closed) ", " (tally.disputes) " " (desk.say("raised", "erhoben")) } }
            }
        }
    }
}

fn to_receipt(desk: &Desk, tally: &Tally) -> Markup {
    let parts = [
        (0.5, desk.say("half of them", "die Hälfte")),
        (0.95, "95 %"),
        (0.99, "99 %"),
        (1.0, desk.say("all", "alle")),
    ];
    let longest = tally.to_receipt_within(1.0).unwrap_or(0.0);
    html! {
        section.card {
            h2 { (desk.say("From exit to receipt", "Vom Ausgang zur Quittung")) }
            @if tally.to_receipt_s.is_empty() { p.empty-state { (desk.say("No receipts yet.", "Noch keine Quittungen.")) } } @else {
                div.wide { table { tbody { @for (part, word) in parts {
                    @let seconds = tally.to_receipt_within(part).unwrap_or(0.0);
                    tr { th scope="row" { (word) } td.number { (desk.say("within ", "binnen ")) (format!("{seconds:.1} s")) } td { (bar(seconds, longest)) } }
                } } } }
                p.small { (tally.to_receipt_s.len()) " " (desk.say("receipts; those with a review wait for it.", "Quittungen; solche mit Prüfung warten auf sie.")) }
            }
        }
    }
}

fn by_day(desk: &Desk, tally: &Tally) -> Markup {
    let most = tally.days.values().map(|day| day.minor).max().unwrap_or(0) as f64;
    html! {
        section.card {
            h2 { (desk.say("Sales by day", "Umsatz je Tag")) }
            @if tally.days.is_empty() { p.empty-state { (desk.say("Nothing was sold.", "Nichts wurde verkauft.")) } } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("Day", "Tag")) }
                        th.number scope="col" { (desk.say("Receipts", "Quittungen")) }
                        th.number scope="col" { (desk.say("Sales", "Umsatz")) }
                        th aria-hidden="true" {}
                    } }
                    tbody { @for (day, sales) in &tally.days { tr {
                        td { (day) } td.number { (sales.receipts) } td.number { (desk.money(sales.minor)) } td { (bar(sales.minor as f64, most)) }
                    } } }
                } }
            }
        }
    }
}

fn by_product(desk: &Desk, tally: &Tally) -> Markup {
    let mut products: Vec<&ProductTally> =
        tally.products.values().filter(|product| product.minor > 0).collect();
    products.sort_by(|one, other| other.minor.cmp(&one.minor).then(one.name.cmp(&other.name)));
    let most = products.first().map_or(0.0, |product| product.minor as f64);
    html! {
        section.card {
            h2 { (desk.say("Sales by product", "Umsatz je Produkt")) }
            @if products.is_empty() { p.empty-state { (desk.say("Nothing was sold.", "Nichts wurde verkauft.")) } } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("Product", "Produkt")) }
                        th.number scope="col" { (desk.say("Sold", "Verkauft")) }
                        th.number scope="col" { (desk.say("Sales", "Umsatz")) }
                        th aria-hidden="true" {}
                    } }
                    tbody { @for product in products.iter().take(PRODUCTS) { tr {
                        td { (product.name) }
                        td.number { @if product.grams > 0 { (product.grams) " g" } @else { (product.units) " ×" } }
                        td.number { (desk.money(product.minor)) }
                        td { (bar(product.minor as f64, most)) }
                    } } }
                } }
                (more(desk, products.len()))
            }
        }
    }
}

fn more(desk: &Desk, products: usize) -> Markup {
    html! {
        @if products > PRODUCTS { p.small { (products - PRODUCTS) " " (desk.say("more products", "weitere Produkte")) } }
    }
}

/// A bar beside a number that says the same.
fn bar(value: f64, most: f64) -> Markup {
    let width = if most > 0.0 { (value / most * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width=(format!("{width:.1}")) height="10" rx="2" {}
        }
    }
}
