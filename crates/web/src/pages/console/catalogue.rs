//! `/console/catalogue`: what is sold, for how much, and where it lies; and the form that changes it.

use std::collections::BTreeMap;

use axum::extract::Query;
use exchange::{CatalogueItem, Form};
use maud::{Markup, html};
use model::{PlateIndex, ProductId};
use office::{Right, Upload, UploadOutcome};
use pricing::{SoldBy, TaxRate};
use serde::Deserialize;

use super::desk::Desk;
use crate::pages::error::PageError;
use crate::pages::session::Sent;

/// Products of a page.
const PAGE: usize = 100;
/// Lines of a report that are shown.
const REPORT: usize = 100;
/// The longest form, bytes: 10 000 products with their descriptions, and what a form adds to them.
pub(super) const FORM_BYTES: usize = 24 << 20;

/// Which products.
#[derive(Deserialize)]
pub(super) struct Wanted {
    find: Option<String>,
    from: Option<usize>,
}

/// `GET /console/catalogue`
pub(super) async fn catalogue(desk: Desk, Query(wanted): Query<Wanted>) -> Result<Markup, PageError> {
    desk.must(Right::SeeCatalogue)?;
    let find = wanted.find.unwrap_or_default();
    let all = desk.office(|office| office.catalogue()).await?;
    let found: Vec<&CatalogueItem> = all.iter().filter(|item| fits(item, find.trim())).collect();
    let from = wanted.from.unwrap_or(0).min(found.len());
    let rows = &found[from..found.len().min(from + PAGE)];
    let title = desk.say("Catalogue", "Sortiment");
    let body = html! {
        h1 { (title) }
        form.filter action="/console/catalogue" method="get" {
            div {
                label for="find" { (desk.say("Name, SKU or GTIN", "Name, SKU oder GTIN")) }
                input #find name="find" type="search" value=(find) maxlength="100" autocomplete="off";
            }
            button.button { (desk.say("Search", "Suchen")) }
        }
        p.small { (found.len()) " " (desk.say("products", "Produkte")) }
        @if rows.is_empty() { p.card.empty-state { (desk.say("No product is here.", "Hier ist kein Produkt.")) } } @else { (list(&desk, rows)) }
        p.buttons {
            @if from > 0 { a.second href=(address(&find, from.saturating_sub(PAGE))) { (desk.say("Back", "Zurück")) } }
            @if from + PAGE < found.len() { a.second href=(address(&find, from + PAGE)) { (desk.say("More", "Weiter")) } }
        }
        @if desk.may(Right::ChangeCatalogue) { (upload_form(&desk)) }
    };
    Ok(desk.page(title, "/console/catalogue", &["upload.js"], &body))
}

/// The page of a search that begins at a product.
fn address(find: &str, from: usize) -> String {
    let query = serde_urlencoded::to_string([("find", find), ("from", &from.to_string())]);
    format!("/console/catalogue?{}", query.unwrap_or_default())
}

fn fits(item: &CatalogueItem, find: &str) -> bool {
    let find = find.to_lowercase();
    item.name.to_lowercase().contains(&find)
        || item.sku.as_str().to_lowercase().contains(&find)
        || item.barcodes.iter().any(|barcode| barcode.as_str().contains(&find))
}

fn list(desk: &Desk, rows: &[&CatalogueItem]) -> Markup {
    let places = places(desk);
    html! {
        div.card.wide { table {
            thead { tr {
                th scope="col" { (desk.say("Product", "Produkt")) }
                th scope="col" { "SKU" }
                th scope="col" { "GTIN" }
                th.number scope="col" { (desk.say("Price", "Preis")) }
                th.number scope="col" { (desk.say("Tax", "Steuer")) }
                th.number scope="col" { (desk.say("Mass", "Masse")) }
                th scope="col" { (desk.say("Lies on", "Liegt auf")) }
                th.number scope="col" { (desk.say("Fill", "Füllung")) }
            } }
            tbody { @for item in rows { (row(desk, item, places.get(&item.sku).map(Vec::as_slice).unwrap_or_default())) } }
        } }
    }
}

fn row(desk: &Desk, item: &CatalogueItem, places: &[PlateIndex]) -> Markup {
    let price = item.price_at(desk.now());
    let per = if item.sold_by == SoldBy::Kilogram { "/kg" } else { "" };
    html! {
        tr {
            td { (item.name) @if let Some(years) = item.age_limit { " " span.tag { (years) "+" } } }
            td { (item.sku) }
            td { @if let Some(gtin) = item.gtin() { (gtin.as_str()) } @else { "–" } }
            td.number { @if let Some(price) = price { (desk.money(price.minor)) (per) } @else { "–" } }
            td.number { @if let Some(price) = price { (price.tax) } @else { "–" } }
            td.number { @match item.mass {
                Some(mass) => { (format!("{:.0} g", mass.mean_g)) @if let Some(sd_g) = mass.sd_g { " " span.small { (format!("± {sd_g:.1} g")) } } },
                None => "–",
            } }
            td { (lies_on(desk, places)) }
            td.number { (fill(desk, places)) }
        }
    }
}

/// On which plates each product lies.
fn places(desk: &Desk) -> BTreeMap<ProductId, Vec<PlateIndex>> {
    let mut places = BTreeMap::<_, Vec<_>>::new();
    if let Some(live) = &desk.site.live {
        for facing in live.store().facings() {
            let product = live.store().product(facing.product).id.clone();
            places.entry(product).or_default().extend(&facing.plates);
        }
    }
    places
}

fn lies_on(desk: &Desk, places: &[PlateIndex]) -> Markup {
    html! {
        @if let Some((live, first)) = desk.site.live.as_ref().zip(places.first()) {
            @let id = live.store().plate(*first).id;
            a href={ "/console/planogram?gondola=" (id.gondola) } { (id) }
            @if places.len() > 1 { " +" (places.len() - 1) }
        } @else { "–" }
    }
}

/// How full the plates are, on the mean of those that were weighed.
fn fill(desk: &Desk, places: &[PlateIndex]) -> String {
    let fills = desk.site.live.iter().flat_map(|live| places.iter().filter_map(|plate| live.fill(*plate)));
    let fills: Vec<f32> = fills.collect();
    if fills.is_empty() {
        return "–".to_owned();
    }
    format!("{:.0} %", fills.iter().sum::<f32>() / fills.len() as f32 * 100.0)
}

fn upload_form(desk: &Desk) -> Markup {
    html! {
        section.card {
            h2 { (desk.say("Upload a catalogue", "Sortiment hochladen")) }
            p { (desk.say(
                "Known products are replaced, new ones added, others stay as they are. It counts as a whole or not at all.",
                "Bekannte Produkte werden ersetzt, neue kommen dazu, andere bleiben. Es zählt ganz oder gar nicht.",
            )) }
            form #upload action="/console/catalogue" method="post" {
                (desk.token())
                input type="hidden" name="id" value={ "console-" (desk.now().nanos()) };
                label for="form" { (desk.say("Written in", "Format")) }
                select #form name="form" {
                    option value="shopify" { "Shopify CSV" }
                    option value="json" { "JSON (docs/catalogue.md)" }
                }
                label for="tax" { (desk.say("Tax rate of what a Shopify file says is taxed, percent", "Steuersatz für das, was laut Shopify-Datei besteuert wird, Prozent")) }
                input.short #tax name="tax" inputmode="decimal" value="19";
                div data-file="" hidden {
                    label for="file" { (desk.say("File", "Datei")) }
                    input #file type="file" accept=".csv,.json,text/csv,application/json";
                }
                label for="text" { (desk.say("Content of the file", "Inhalt der Datei")) }
                textarea #text name="text" rows="8" required spellcheck="false" {}
                div.buttons { button.button { (desk.say("Upload", "Hochladen")) } }
            }
        }
    }
}

/// What is uploaded.
#[derive(Deserialize)]
pub(super) struct Sheet {
    id: String,
    form: String,
    tax: String,
    text: String,
}

/// `POST /console/catalogue`: takes it in and tells what came of it.
pub(super) async fn upload(desk: Desk, sent: Sent<Sheet>) -> Result<Markup, PageError> {
    desk.must(Right::ChangeCatalogue)?;
    let sheet = sent.of(&desk.staff.session)?;
    let form = match sheet.form.as_str() {
        "json" => Form::Json,
        "shopify" => Form::Shopify { tax: rate(&sheet.tax)? },
        _ => return Err(PageError::BadForm("the format is neither Shopify CSV nor JSON".to_owned())),
    };
    let now = desk.now();
    // A form turns line ends into CR LF; a quoted text of several lines may have had others, which is no difference here.
    let upload = desk
        .office(move |office| office.upload_catalogue(&sheet.id, form, sheet.text.as_bytes(), now))
        .await?;
    let title = desk.say("Catalogue upload", "Sortiment hochgeladen");
    Ok(desk.page(title, "/console/catalogue", &[], &report(&desk, title, &upload)))
}

/// A rate in percent.
fn rate(percent: &str) -> Result<TaxRate, PageError> {
    let rate: Option<f64> = percent.trim().replace(',', ".").parse().ok();
    let rate = rate.filter(|rate| (0.0..=100.0).contains(rate));
    let rate = rate.ok_or_else(|| PageError::BadForm("a tax rate is a number from 0 to 100".to_owned()))?;
    Ok(TaxRate((rate * 10_000.0).round() as u32))
}

fn report(desk: &Desk, title: &str, upload: &Upload) -> Markup {
    html! {
        h1 { (title) }
        section.card {
            @match &upload.outcome {
                UploadOutcome::Accepted { items, new_prices, left_out } => {
                    p.note.good role="status" {
                        (items) " " (desk.say("products taken in,", "Produkte übernommen,")) " "
                        (new_prices) " " (desk.say("prices are new.", "Preise sind neu."))
                    }
                    @if !left_out.is_empty() {
                        h2 { (left_out.len()) " " (desk.say("are not sold here", "werden hier nicht verkauft")) }
                        ul lang="en" { @for one in left_out.iter().take(REPORT) { li { strong { (one.sku) } ": " (one.why) } } }
                    }
                }
                UploadOutcome::Refused { error } => {
                    p.note.bad role="alert" { (desk.say("Nothing of it counts. Mend this and send it again:", "Nichts davon zählt. Bitte beheben und erneut senden:")) }
                    pre.report lang="en" { @for line in error.to_string().lines().take(REPORT) { (line) "\n" } }
                }
            }
            p.small { (desk.say("Taken in at ", "Eingegangen ")) (desk.local.show(upload.at)) }
            p { a.second href="/console/catalogue" { (desk.say("Back to the catalogue", "Zurück zum Sortiment")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_percent_with_a_point_or_a_comma() {
        let read = |text| rate(text).ok();
        assert_eq!(read("19"), Some(TaxRate(190_000)));
        assert_eq!(read("8,875"), Some(TaxRate(88_750)));
        for wrong in ["", "-1", "101", "NaN", "x"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
