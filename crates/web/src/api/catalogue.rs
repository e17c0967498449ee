//! What the store sells: uploads of the catalogue, and what it says now.

use axum::Json;
use axum::extract::{Request, State};
use exchange::{CatalogueError, CatalogueItem, Form, Place};
use model::Currency;
use office::{Upload, UploadOutcome};
use payments::has_card_number;
use pricing::SoldBy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::amount::{decimal, percent, rate};
use super::input::{NameInPath, Parameters, is_code, is_said_to_be, read, whole, without_card_numbers};
use super::problem::{Fault, Kind, Problem};
use super::state::Web;

/// Products of a page, if nothing is said.
const PAGE: i64 = 100;
/// Most products of a page.
const PAGE_MAX: i64 = 1000;
/// Of what is wrong with a catalogue, at most so much is told one by one.
const FAULTS: usize = 1000;

/// How an upload is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadQuery {
    tax_percent: Option<String>,
}

/// An upload, and what became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadView {
    /// Its name.
    name: String,
    /// When it came first.
    #[schema(format = "date-time")]
    at: String,
    /// `accepted`: it holds; `refused`: nothing of it counts.
    outcome: String,
    /// How many products it has, if it was accepted.
    items: Option<u64>,
    /// How many prices in it are new, or come otherwise than was planned, if it was accepted.
    new_prices: Option<u64>,
    /// What was in it and is not sold here.
    left_out: Vec<LeftOutView>,
    /// Why it was refused, the first thousand reasons.
    errors: Vec<Fault>,
}

/// Something that was in an upload and is no part of the catalogue.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeftOutView {
    /// What, by its key.
    sku: String,
    /// Why.
    why: String,
}

/// A page of the catalogue.
#[derive(Serialize, ToSchema)]
pub(crate) struct CatalogueView {
    /// The products by their keys, each in the form of an upload.
    items: Vec<ItemView>,
    /// Give this as `after` for the next page; none on the last.
    next: Option<String>,
}

/// A product, in the form of an upload.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// Your key.
    sku: String,
    /// Its name, as on receipts.
    name: String,
    /// Its bar codes, the most usual one first.
    barcodes: Vec<BarcodeView>,
    /// What its price is for: `unit` or `kilogram`.
    sold_by: String,
    /// Its prices, the oldest first.
    prices: Vec<PriceView>,
    /// What a unit weighs, grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    mass_g: Option<f64>,
    /// How much that differs from unit to unit: the standard deviation, grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    mass_sd_g: Option<f64>,
    /// How old a shopper must be, years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    age_limit: Option<u8>,
}

/// A bar code.
#[derive(Serialize, ToSchema)]
pub(crate) struct BarcodeView {
    /// Which kind.
    #[schema(example = "ean13")]
    r#type: String,
    /// Its digits.
    #[schema(example = "4006381333931")]
    code: String,
}

/// A price.
#[derive(Serialize, ToSchema)]
pub(crate) struct PriceView {
    /// From when.
    #[schema(format = "date-time")]
    from: String,
    /// Of one unit, or of a kilogram.
    #[schema(example = "0.99")]
    price: String,
    /// Tax rate, percent.
    #[schema(example = "19")]
    tax_percent: String,
    /// Deposit on one unit.
    #[schema(example = "0.25")]
    deposit: String,
}

/// The catalogue is sent
///
/// At most 10,000 products; it counts as a whole or not at all, and once: the same name and content give what became
/// of it the first time. Other products stay as they are. docs/catalogue.md explains the form.
#[utoipa::path(
    put, path = "/catalogue/uploads/{name}", operation_id = "upload", tag = "catalogue",
    params(
        ("name" = String, Path, description = "Your name of this upload: a new one for each.", pattern = "^[A-Za-z0-9._@-]{1,100}$"),
        ("tax_percent" = Option<String>, Query, description = "The rate of what is taxed, with text/csv only: there it must be given.", pattern = "^[0-9]{1,3}([.][0-9]{1,4})?$"),
    ),
    request_body(content(
        (Vec<serde_json::Value> = "application/json"),
        (String = "text/csv"),
    ), description = "A list of products, or Shopify's product export."),
    responses((status = 200, description = "It holds, since now or before.", body = UploadView)),
)]
pub(crate) async fn upload(
    State(web): State<Web>,
    NameInPath(name): NameInPath,
    Parameters(query): Parameters<UploadQuery>,
    request: Request,
) -> Result<Json<UploadView>, Problem> {
    let form = form(&request, query.tax_percent.as_deref())?;
    let bytes = read(request, &web, web.config().limits.catalogue_bytes).await?;
    let (now, id) = (web.now(), name.clone());
    let upload = web.blocking(move |office| {
        match form {
            Form::Json => drop(without_card_numbers(&bytes)?),
            Form::Shopify { .. } => cells_without_card_numbers(&bytes)?,
        }
        Ok(office.upload_catalogue(&id, form, &bytes, now)?)
    });
    let upload = upload.await?;
    match &upload.outcome {
        UploadOutcome::Accepted { .. } => Ok(Json(UploadView::new(name, upload))),
        UploadOutcome::Refused { error } => Err(refused(error)),
    }
}

/// What is sent, by its media type.
fn form(request: &Request, tax_percent: Option<&str>) -> Result<Form, Problem> {
    let wrong = |why: String| Problem::of(Kind::Lines, vec![Fault::in_parameter("tax_percent", why)]);
    if is_said_to_be(request.headers(), "application/json") {
        return match tax_percent {
            None => Ok(Form::Json),
            Some(_) => Err(wrong("only with text/csv: each price of the JSON list has its own".to_owned())),
        };
    }
    if !is_said_to_be(request.headers(), "text/csv") {
        let detail = "Send `Content-Type: application/json`, or `text/csv` for Shopify's product export.";
        return Err(Problem::new(Kind::ContentType, detail));
    }
    let missing = "Shopify only says whether something is taxed: give the rate, such as tax_percent=19";
    let tax = tax_percent.map_or_else(|| Err(missing.to_owned()), rate);
    Ok(Form::Shopify { tax: tax.map_err(wrong)? })
}

/// Refuses a table with a card number in a cell. Addresses and descriptions in HTML are passed over: nothing of them is
/// kept, and the numbers of pictures look like anything.
fn cells_without_card_numbers(bytes: &[u8]) -> Result<(), Problem> {
    for (line, text) in (1..).zip(String::from_utf8_lossy(bytes).lines()) {
        let cells = text.split(',').map(|cell| cell.trim().trim_matches(['"', '\'']));
        let mut kept = cells.filter(|cell| !is_code(cell) && !cell.contains("://") && !cell.contains('<'));
        if kept.any(has_card_number) {
            let detail =
                format!("In line {line} something looks like a card number; no catalogue needs one.");
            return Err(Problem::new(Kind::CardNumber, detail));
        }
    }
    Ok(())
}

/// What became of an upload
#[utoipa::path(
    get, path = "/catalogue/uploads/{name}", operation_id = "upload_status", tag = "catalogue",
    params(("name" = String, Path, description = "The name it was sent by.", pattern = "^[A-Za-z0-9._@-]{1,100}$")),
    responses((status = 200, description = "The upload.", body = UploadView)),
)]
pub(crate) async fn status(
    State(web): State<Web>,
    NameInPath(name): NameInPath,
) -> Result<Json<UploadView>, Problem> {
    let id = name.clone();
    let upload = web.office(move |office| office.upload(&id)).await?;
    let none = || Problem::new(Kind::NoUpload, "No upload of this name came.");
    Ok(Json(UploadView::new(name, upload.ok_or_else(none)?)))
}

/// Which part of the catalogue is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogueQuery {
    after: Option<String>,
    limit: Option<String>,
}

/// The products as they are now
#[utoipa::path(
    get, path = "/catalogue", operation_id = "catalogue", tag = "catalogue",
    params(
        ("after" = Option<String>, Query, description = "Only products after this one: `next` of the page before."),
        ("limit" = Option<u32>, Query, description = "Most products of the page; 100 without it.", minimum = 1, maximum = 1000),
    ),
    responses((status = 200, description = "A page of products.", body = CatalogueView)),
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Parameters(query): Parameters<CatalogueQuery>,
) -> Result<Json<CatalogueView>, Problem> {
    let limit = query.limit.as_deref().map_or(Ok(PAGE), |limit| whole("limit", limit, 1, PAGE_MAX))?;
    let after = query.after.unwrap_or_default();
    let items = web.office(office::Office::catalogue).await?;
    let mut rest = items.into_iter().filter(|item| item.sku.as_str() > after.as_str());
    let currency = web.currency();
    let items: Vec<_> =
        rest.by_ref().take(limit as usize).map(|item| ItemView::new(&item, currency)).collect();
    let next = items.last().filter(|_| rest.next().is_some()).map(|item| item.sku.clone());
    Ok(Json(CatalogueView { items, next }))
}

impl UploadView {
    fn new(name: String, upload: Upload) -> Self {
        let at = upload.at.to_string();
        match upload.outcome {
            UploadOutcome::Accepted { items, new_prices, left_out } => Self {
                name,
                at,
                outcome: "accepted".to_owned(),
                items: Some(items),
                new_prices: Some(new_prices),
                left_out: left_out
                    .into_iter()
                    .map(|left| LeftOutView { sku: left.sku.to_string(), why: left.why })
                    .collect(),
                errors: Vec::new(),
            },
            UploadOutcome::Refused { error } => Self {
                name,
                at,
                outcome: "refused".to_owned(),
                items: None,
                new_prices: None,
                left_out: Vec::new(),
                errors: faults(&error),
            },
        }
    }
}

/// A catalogue that is refused, with what is wrong with it.
fn refused(error: &CatalogueError) -> Problem {
    let found = match error {
        CatalogueError::Problems { problems } => problems.len(),
        _ => 1,
    };
    let mut problem = Problem::of(Kind::Catalogue, faults(error));
    if found > FAULTS {
        problem.detail = format!("{found} things are wrong; errors names the first {FAULTS}.");
    }
    problem
}

/// What is wrong with a catalogue, one by one.
fn faults(error: &CatalogueError) -> Vec<Fault> {
    let CatalogueError::Problems { problems } = error else {
        return vec![Fault::in_body("", error.to_string())];
    };
    let fault = |problem: &exchange::Problem| {
        let place = match problem.place {
            // `prices[0].price` of an item is `/prices/0/price` in it.
            Place::Item(item) => {
                format!("/{item}/{}", problem.field.replace(['.', '['], "/").replace(']', ""))
            }
            Place::Line(_) => String::new(),
        };
        Fault::in_body(place.trim_end_matches('/'), problem.to_string())
    };
    problems.iter().take(FAULTS).map(fault).collect()
}

impl ItemView {
    fn new(item: &CatalogueItem, currency: Currency) -> Self {
        let price = |price: &exchange::Price| PriceView {
            from: price.from.to_string(),
            price: decimal(price.minor, currency),
            tax_percent: percent(price.tax),
            deposit: decimal(price.deposit, currency),
        };
        let barcode = |barcode: &exchange::Barcode| BarcodeView {
            r#type: barcode.kind().as_str().to_owned(),
            code: barcode.as_str().to_owned(),
        };
        Self {
            sku: item.sku.to_string(),
            name: item.name.clone(),
            barcodes: item.barcodes.iter().map(barcode).collect(),
            sold_by: match item.sold_by {
                SoldBy::Unit => "unit".to_owned(),
                SoldBy::Kilogram => "kilogram".to_owned(),
            },
            prices: item.prices.iter().map(price).collect(),
            mass_g: item.mass.map(|mass| mass.mean_g),
            mass_sd_g: item.mass.and_then(|mass| mass.sd_g),
            age_limit: item.age_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_may_have_bar_codes_and_pictures_but_no_card_number() {
        let number = "4242".repeat(4);
        let told = |text: &str| cells_without_card_numbers(text.replace('N', &number).as_bytes()).err();
        assert_eq!(told("Handle,Barcode\ncola,4006381333931\n"), None);
        assert_eq!(told("cola,https://cdn.example/N.jpg,\"<p>N</p>\"\n"), None);
        let found = told("Handle,SKU\ncola,\"N\"\n").unwrap();
        assert!(found.kind == Kind::CardNumber && found.detail.contains("line 2"), "{found:?}");
        assert!(told("Title\nShirt of 4242 4242 4242 4242\n").is_some());
    }
}
