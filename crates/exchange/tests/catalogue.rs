//! Catalogues as retailers send them: what is read, and what they are told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use exchange::{Catalogue, CatalogueError, CatalogueRead, Form, MAX_ITEMS};
use model::{Currency, Store, Time};
use pricing::{Quantity, SoldBy, TaxRate};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The example of `docs/catalogue.md`.
const EXAMPLE: &str = include_str!("../../../docs/catalogue.md");

fn moment(text: &str) -> Time {
    text.parse().unwrap()
}

fn now() -> Time {
    moment("2026-11-24T12:00:00Z")
}

fn read(list: &Value) -> Result<Catalogue, CatalogueError> {
    Form::Json.read(list.to_string().as_bytes(), Currency::EUR, now()).map(|read| read.catalogue)
}

fn refused(list: &Value) -> String {
    read(list).unwrap_err().to_string()
}

fn shopify(text: &str) -> Result<CatalogueRead, CatalogueError> {
    Form::Shopify { tax: TaxRate(190_000) }.read(text.as_bytes(), Currency::EUR, now())
}

/// A block of the page for retailers.
fn block(language: &str) -> &'static str {
    let (_, rest) = EXAMPLE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_example_for_retailers_works() {
    let catalogue = Form::Json.read(block("json").as_bytes(), Currency::EUR, now()).unwrap().catalogue;
    let book = catalogue.price_book(Vec::new()).unwrap();
    let price = |sku: &str, quantity, at| {
        let item = book.item(&sku.into(), quantity, moment(at)).unwrap();
        (item.unit_price, item.tax, item.deposit)
    };
    let (before, after) = ("2026-11-30T22:59:59Z", "2026-11-30T23:00:00Z");
    assert_eq!(price("cola-05", Quantity::Units(1), before), (99, TaxRate(190_000), 25));
    assert_eq!(price("cola-05", Quantity::Units(1), after), (109, TaxRate(190_000), 25));
    assert_eq!(price("apples", Quantity::Grams(312), before), (299, TaxRate(70_000), 0));
    let products = catalogue.products_at(moment(after));
    let known: Vec<_> = products.iter().map(|product| (product.id.as_str(), product.price_minor)).collect();
    assert_eq!(known, [("cola-05", Some(109))]);
    assert_eq!(products[0].gtin.as_ref().unwrap().as_str(), "4006381333931");
    assert_eq!(products[0].mass_g, Some(527.0));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let right = json!([{ "price": "1.99", "tax_percent": "19" }]);
    insta::assert_snapshot!(refused(&json!([
        { "sku": "a", "name": "A", "prices": [{ "price": 1.99, "tax_percent": "19" }] },
        { "sku": "b", "name": "", "prices": [{ "price": "1.999", "tax_percent": "8.87501", "from": "soon" }] },
        { "sku": "c", "name": "C", "prices": right,
          "barcodes": [{ "type": "ean13", "code": "400638133393" }, { "type": "ean13", "code": "4006381333932" },
                       { "type": "qr", "code": "1" }, "4006381333931"] },
        { "name": "No key", "prices": right },
        { "sku": "d", "name": "D" },
        { "sku": "a", "name": "A again", "prices": right },
        { "sku": "e", "name": "E", "prices": right, "weight": 5, "mass_g": 0, "age_limit": 100 },
        { "sku": "f", "name": "F", "sold_by": "litre", "mass_sd_g": 2, "prices": right },
        { "sku": "g", "name": "G", "sold_by": "kilogram",
          "prices": [{ "price": "1", "tax_percent": "7", "deposit": "0.25" }, { "price": "2", "tax_percent": "7" }] },
        { "sku": "h", "name": "H", "prices": right, "barcodes": [{ "type": "upc", "code": "04252614" }] },
        { "sku": "i", "name": "I", "prices": right, "barcodes": [{ "type": "ean13", "code": "0042100005264" }] },
        "j",
    ])));
}

#[test]
fn a_problem_reads_as_json_too() {
    let CatalogueError::Problems { problems } =
        read(&json!([{ "sku": "a", "name": "A", "prices": [{ "price": 1, "tax_percent": "19" }] }]))
            .unwrap_err()
    else {
        panic!()
    };
    let problem = serde_json::to_value(&problems[0]).unwrap();
    assert_eq!(problem["item"], 0);
    assert_eq!(problem["sku"], "a");
    assert_eq!(problem["field"], "prices[0].price");
    assert_eq!(serde_json::from_value::<exchange::Problem>(problem).unwrap(), problems[0]);
}

#[test]
fn an_upload_has_an_item_and_not_too_many() {
    assert_eq!(read(&json!([])), Err(CatalogueError::Empty));
    let item = |place: usize| json!({ "sku": place.to_string(), "name": "A", "prices": [{ "price": "1", "tax_percent": "0" }] });
    let items: Vec<Value> = (0..=MAX_ITEMS).map(item).collect();
    assert_eq!(read(&json!(items)), Err(CatalogueError::TooMany { most: MAX_ITEMS }));
    assert_eq!(read(&json!(items[1..])).unwrap().items().len(), MAX_ITEMS);
    assert!(refused(&json!({})).contains("should be a list"));
    let broken = Form::Json.read(b"[\n  {\"sku\": }]", Currency::EUR, now()).unwrap_err().to_string();
    assert!(broken.starts_with("line 2, column 11"), "{broken}");
}

const OLD: &str = "\u{feff}Handle,Title,Body (HTML),Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
Variant Grams,Variant Price,Variant Taxable,Variant Barcode,Image Src,Status\r\n\
shirt,Shirt,\"Cotton,\r\n\"\"soft\"\"\",Size,S,Colour,Red,SH-S,180,19.99,TRUE,'4006381333931,a.png,active\r\n\
shirt,,,,M,,Red,,190.5,21,FALSE,,b.png,\r\n\
shirt,,,,,,,,,,,,c.png,\r\n\
\r\n\
tea,Tea,,Title,Default Title,,,,0,2.50,TRUE,,,active\r\n\
old,Old,,Title,Default Title,,,OLD,0,2.50,TRUE,,,archived\r\n\
free,Free,,Title,Default Title,,,FREE,0,,TRUE,,,active\r\n";

#[test]
fn shopifys_csv_as_it_was() {
    let read = shopify(OLD).unwrap();
    let items: Vec<_> = read
        .catalogue
        .items()
        .iter()
        .map(|item| (item.sku.as_str(), item.name.as_str(), item.prices[0].minor, item.prices[0].tax.0))
        .collect();
    assert_eq!(
        items,
        [
            ("SH-S", "Shirt, S / Red", 1999, 190_000),
            ("shirt/m/red", "Shirt, M / Red", 2100, 0),
            ("tea", "Tea", 250, 190_000),
        ]
    );
    let first = &read.catalogue.items()[0];
    assert_eq!(first.barcodes[0].as_str(), "4006381333931");
    assert_eq!(first.mass.unwrap().mean_g, 180.0);
    assert_eq!((first.sold_by, first.prices[0].from), (SoldBy::Unit, now()));
    assert_eq!(read.catalogue.items()[2].mass, None);
    let left_out: Vec<_> = read.left_out.iter().map(|left| (left.sku.as_str(), left.why.as_str())).collect();
    assert_eq!(left_out, [("OLD", "is archived"), ("FREE", "has no price")]);
}

#[test]
fn shopifys_csv_as_it_is() {
    let text = "Title,URL handle,SKU,Barcode,Option1 name,Option1 value,Price,Charge tax,Inventory quantity,\
                Weight value (grams),Status,Gift card\n\
                Shirt,shirt,SH-S,96385074,Size,S,19.99,TRUE,5,180,Active,FALSE\n\
                ,shirt,,,,M,19.99,TRUE,5,180,,\n\
                Voucher,voucher,V,,,,10.00,FALSE,,,Active,TRUE\n";
    let read = shopify(text).unwrap();
    let keys: Vec<_> = read.catalogue.items().iter().map(|item| item.sku.as_str()).collect();
    assert_eq!(keys, ["SH-S", "shirt/m"]);
    assert_eq!(read.left_out[0].why, "is a gift card");
    // Title alone is enough for Shopify; here a price must be somewhere.
    assert_eq!(shopify("Title\nTea\n").unwrap_err(), CatalogueError::Empty);
    assert_eq!(
        shopify("Title,Price\nGreen Tea,2.5\n").unwrap().catalogue.items()[0].sku.as_str(),
        "green-tea"
    );
}

#[test]
fn problems_of_a_csv_are_told_by_line() {
    insta::assert_snapshot!(
        shopify(
            "Handle,Title,Option1 Value,Variant SKU,Variant Price,Variant Barcode,Variant Grams\n\
         a,A,,A,\"1,99\",4.00638E+12,heavy\n\
         b,\"B\nover two lines\",,B,1,4006381333932,-5\n\
         c,,S,C,1,,\n\
         d,D,,A,1,,\n\
         e,E,,E,1,,,too many\n\
         f,F,,A,1.00,,\n\
         g,G,,A,1.00,,\n"
        )
        .unwrap_err()
    );
    let semicolons = shopify("Handle;Title;Variant Price\na;A;1\n").unwrap_err().to_string();
    assert!(semicolons.contains("with commas between them"), "{semicolons}");
    let latin = Form::Shopify { tax: TaxRate(0) }.read(b"Title,Price\nCaf\xe9,1\n", Currency::EUR, now());
    let latin = latin.unwrap_err().to_string();
    assert!(latin.starts_with("line 2") && latin.contains("CSV UTF-8"), "{latin}");
}

#[test]
fn the_store_file_gives_a_first_catalogue() {
    let store = Store::from_toml(
        r#"
        schema = "saunter-store/1"
        name = "Corner"
        currency = "EUR"
        [[product]]
        id = "tea"
        name = "Tea"
        gtin = "4006381333931"
        price_minor = 250
        mass_g = 100.0
        mass_sd_g = 1.5
        [[product]]
        id = "gift"
        name = "Gift"
    "#,
    )
    .unwrap();
    let read = Catalogue::from_store(&store, TaxRate(70_000), now()).unwrap();
    assert_eq!(read.catalogue.products_at(now()), [store.file().products[0].clone()]);
    assert_eq!(read.catalogue.items()[0].prices[0].tax, TaxRate(70_000));
    assert_eq!(read.left_out[0].sku.as_str(), "gift");
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\",:a-z0-9\n]{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = Form::Json.read(bytes, Currency::EUR, now());
            let _ = Form::Shopify { tax: TaxRate(0) }.read(bytes, Currency::EUR, now());
        }
    }

    #[test]
    fn every_amount_of_an_upload_is_exact(minor in 0..1_000_000_000_000_i64, millionths in 0..=1_000_000_u32) {
        let price = format!("{}.{:02}", minor / 100, minor % 100);
        let percent = format!("{}.{:04}", millionths / 10_000, millionths % 10_000);
        let list = json!([{ "sku": "a", "name": "A", "prices": [{ "price": price, "tax_percent": percent }] }]);
        let read = read(&list).unwrap();
        let got = read.items()[0].prices[0];
        prop_assert_eq!((got.minor, got.tax, got.from), (minor, TaxRate(millionths), now()));
    }
}
