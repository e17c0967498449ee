//! Reads Shopify's product CSV, whose columns were renamed: both names are known.
//!
//! Source of the columns: Shopify Help Center, "Using CSV files to import and export products", as it is now
//! and as it was (`Variant SKU`, …).

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use model::{Currency, ProductId, Time};
use pricing::{SoldBy, TaxRate};

use super::desk::Desk;
use super::gather::{Gathering, Shared};
use super::{CatalogueError, CatalogueItem, CatalogueRead, Fault, LeftOut, Mass, Place, Price};
use crate::Barcode;

/// Spreadsheets put it before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The value that Shopify writes for the only variant of a product.
const ONLY_VARIANT: &str = "Default Title";

/// Characters of a handle's part of a key.
const KEY_SEPARATOR: &str = "/";

/// The columns that are read, by their names now and before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Handle,
    Title,
    Option1,
    Option2,
    Option3,
    Sku,
    Barcode,
    Price,
    Grams,
    Taxed,
    Status,
    GiftCard,
}

impl Column {
    const ALL: [(Self, &'static [&'static str]); 12] = [
        (Self::Handle, &["URL handle", "Handle"]),
        (Self::Title, &["Title"]),
        (Self::Option1, &["Option1 value"]),
        (Self::Option2, &["Option2 value"]),
        (Self::Option3, &["Option3 value"]),
        (Self::Sku, &["SKU", "Variant SKU"]),
        (Self::Barcode, &["Barcode", "Variant Barcode"]),
        (Self::Price, &["Price", "Variant Price"]),
        (Self::Grams, &["Weight value (grams)", "Variant Grams"]),
        (Self::Taxed, &["Charge tax", "Variant Taxable"]),
        (Self::Status, &["Status"]),
        (Self::GiftCard, &["Gift card"]),
    ];

    const OPTIONS: [Self; 3] = [Self::Option1, Self::Option2, Self::Option3];
}

/// The columns of this file: where they stand and what they are called there.
struct Columns {
    places: BTreeMap<Column, (usize, String)>,
    count: usize,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, CatalogueError> {
        let mut places = BTreeMap::new();
        for (column, names) in Column::ALL {
            let same = |cell: &str| names.iter().any(|name| name.eq_ignore_ascii_case(cell.trim()));
            if let Some((place, name)) = header.iter().enumerate().find(|(_, cell)| same(cell)) {
                places.insert(column, (place, name.trim().to_owned()));
            }
        }
        if places.contains_key(&Column::Title) {
            return Ok(Self { places, count: header.len() });
        }
        let what = "has no column Title: the first line must be Shopify's column names, with commas between \
                    them";
        Err(CatalogueError::Text { line: 1, column: 1, what: what.to_owned() })
    }

    /// What the column is called in this file.
    fn name(&self, column: Column) -> String {
        self.places.get(&column).map_or_else(String::new, |(_, name)| name.clone())
    }

    /// What a row says there; empty if the file has no such column.
    fn cell<'r>(&self, row: &'r StringRecord, column: Column) -> &'r str {
        self.places.get(&column).and_then(|&(place, _)| row.get(place)).unwrap_or_default().trim()
    }
}

/// What the first row of a product says of all its variants.
#[derive(Clone)]
struct Product {
    title: String,
    /// Why it is not sold here, if it is not.
    not_sold: Option<&'static str>,
}

/// Reads a product CSV. Prices hold from `from` on.
pub(super) fn read(
    bytes: &[u8],
    currency: Currency,
    tax: TaxRate,
    from: Time,
) -> Result<CatalogueRead, CatalogueError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut csv = ReaderBuilder::new().flexible(true).from_reader(bytes);
    let columns = Columns::of(csv.headers().map_err(|error| not_csv(&error))?)?;
    let fields = Shared { sku: columns.name(Column::Sku), barcodes: columns.name(Column::Barcode) };
    let mut reader = Reader {
        columns,
        tax,
        from,
        products: BTreeMap::new(),
        gathering: Gathering::new(currency, fields),
        left_out: Vec::new(),
    };
    for row in csv.records() {
        reader.row(&row.map_err(|error| not_csv(&error))?);
    }
    Ok(CatalogueRead { catalogue: reader.gathering.finish()?, left_out: reader.left_out })
}

struct Reader {
    columns: Columns,
    tax: TaxRate,
    from: Time,
    products: BTreeMap<String, Product>,
    gathering: Gathering,
    left_out: Vec<LeftOut>,
}

impl Reader {
    /// One row: a product with its first variant, a further variant, or only a further picture.
    fn row(&mut self, row: &StringRecord) {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let place = Place::Line(row.position().map_or(0, csv::Position::line));
        if row.len() > self.columns.count {
            let what = format!("has {} cells, and the first line {}", row.len(), self.columns.count);
            let mend = "put quotation marks around cells with commas in them";
            self.gathering.desk(place).problem("", Fault::new(what, mend));
            return;
        }
        let Some((handle, product, first)) = self.product(place, row) else { return };
        if first || self.is_variant(row) {
            self.variant(place, row, &handle, &product);
        }
    }

    /// The handle of the product that a row belongs to, what is known of it, and whether it begins here.
    fn product(&mut self, place: Place, row: &StringRecord) -> Option<(String, Product, bool)> {
        let title = self.columns.cell(row, Column::Title);
        let handle = match self.columns.cell(row, Column::Handle) {
            "" => slug(title),
            handle => handle.to_owned(),
        };
        if let Some(product) = self.products.get(&handle) {
            return Some((handle, product.clone(), false));
        }
        if title.is_empty() {
            let field = self.columns.name(Column::Title);
            let fault =
                Fault::new("is empty, and no row above begins this product", "give the product's title");
            self.gathering.desk(place).problem(field, fault);
            return None;
        }
        let product = Product { title: title.to_owned(), not_sold: self.not_sold(row) };
        self.products.insert(handle.clone(), product.clone());
        Some((handle, product, true))
    }

    /// Why a product is not sold here, if it is not.
    fn not_sold(&self, row: &StringRecord) -> Option<&'static str> {
        let status = self.columns.cell(row, Column::Status);
        if is_yes(self.columns.cell(row, Column::GiftCard)) {
            Some("is a gift card")
        } else if status.eq_ignore_ascii_case("draft") {
            Some("is a draft")
        } else if status.eq_ignore_ascii_case("archived") {
            Some("is archived")
        } else {
            None
        }
    }

    /// Whether a row that begins no product is a variant of one: others bring further pictures.
    fn is_variant(&self, row: &StringRecord) -> bool {
        [Column::Option1, Column::Sku, Column::Barcode, Column::Price]
            .into_iter()
            .any(|column| !self.columns.cell(row, column).is_empty())
    }

    fn variant(&mut self, place: Place, row: &StringRecord, handle: &str, product: &Product) {
        let options: Vec<&str> = Column::OPTIONS
            .into_iter()
            .map(|column| self.columns.cell(row, column))
            .filter(|value| !value.is_empty() && *value != ONLY_VARIANT)
            .collect();
        let sku = match self.columns.cell(row, Column::Sku) {
            "" => key(handle, &options),
            sku => sku.to_owned(),
        };
        let no_price = self.columns.cell(row, Column::Price).is_empty().then_some("has no price");
        if let Some(why) = product.not_sold.or(no_price) {
            self.left_out.push(LeftOut { sku: ProductId::from(sku.as_str()), why: why.to_owned() });
            return;
        }
        let values = Values { columns: &self.columns, row, tax: self.tax, from: self.from };
        let mut desk = self.gathering.desk(place);
        desk.of(&sku);
        if let Some(item) = values.item(&mut desk, &sku, &name(&product.title, &options)) {
            self.gathering.add(place, item);
        }
    }
}

/// The values of one variant.
struct Values<'a> {
    columns: &'a Columns,
    row: &'a StringRecord,
    tax: TaxRate,
    from: Time,
}

impl Values<'_> {
    fn item(&self, desk: &mut Desk<'_>, sku: &str, name: &str) -> Option<CatalogueItem> {
        let key = desk.sku(&self.columns.name(Column::Sku), sku);
        let name = desk.name(&self.columns.name(Column::Title), name);
        let minor = desk.amount(&self.columns.name(Column::Price), self.cell(Column::Price));
        let barcode = self.barcode(desk);
        let tax = if is_no(self.cell(Column::Taxed)) { TaxRate(0) } else { self.tax };
        let mass = self.mass(desk);
        Some(CatalogueItem {
            sku: key?,
            name: name?,
            barcodes: barcode.into_iter().collect(),
            sold_by: SoldBy::Unit,
            prices: vec![Price { from: self.from, minor: minor?, tax, deposit: 0 }],
            mass,
            age_limit: None,
        })
    }

    /// Shopify puts an apostrophe before bar codes so that spreadsheets leave them alone.
    fn barcode(&self, desk: &mut Desk<'_>) -> Option<Barcode> {
        let text = self.cell(Column::Barcode).trim_start_matches('\'');
        if text.is_empty() { None } else { desk.barcode(&self.columns.name(Column::Barcode), None, text) }
    }

    /// Shopify writes 0 where it knows no mass.
    fn mass(&self, desk: &mut Desk<'_>) -> Option<Mass> {
        let (field, text) = (self.columns.name(Column::Grams), self.cell(Column::Grams));
        match text.parse::<f64>() {
            _ if text.is_empty() => None,
            Ok(0.0) => None,
            Ok(mean_g) => desk.mass(&field, mean_g, None),
            Err(_) => {
                desk.problem(field, Fault::new(format!("is {text:?}"), "write a number, in grams"));
                None
            }
        }
    }

    fn cell(&self, column: Column) -> &str {
        self.columns.cell(self.row, column)
    }
}

/// A title with the values of its options: `Shirt, red / S`.
fn name(title: &str, options: &[&str]) -> String {
    if options.is_empty() { title.to_owned() } else { format!("{title}, {}", options.join(" / ")) }
}

/// A key that stays the same as long as handle and options do: `shirt/red/s`.
fn key(handle: &str, options: &[&str]) -> String {
    let parts: Vec<String> =
        std::iter::once(handle.to_owned()).chain(options.iter().map(|value| slug(value))).collect();
    parts.join(KEY_SEPARATOR)
}

/// A text as Shopify makes handles: small letters and digits, with dashes for all between them.
fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

fn is_yes(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("true")
}

fn is_no(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("false")
}

/// Where a text is no CSV.
fn not_csv(error: &csv::Error) -> CatalogueError {
    let line = error.position().map_or(1, csv::Position::line);
    let what = format!("not a CSV in UTF-8: {error}: export it again as \"CSV UTF-8\"");
    CatalogueError::Text { line, column: 1, what }
}
