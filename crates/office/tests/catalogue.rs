//! The catalogue in the tables: an upload counts once and whole, and the past stays.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use exchange::{CatalogueError, Form};
use model::{Currency, Store, Time};
use office::{Office, OfficeError, Policy, Storage, UploadOutcome};
use payments::SimulatedProcessor;
use payments::acquirer::Acquirer;
use pricing::{PriceBasis, PricePolicy, Rounding, TaxPer, TaxRate};

/// Runs a test on SQLite, and on PostgreSQL where one is told of.
fn each_database(test: impl Fn(&Office)) {
    let folder = tempfile::tempdir().unwrap();
    test(&office(folder.path().join("office.db").to_str().unwrap()));
    match std::env::var("SAUNTER_POSTGRES") {
        Ok(address) => test(&office(&address)),
        Err(_) => println!("PostgreSQL skipped: SAUNTER_POSTGRES does not tell where one is"),
    }
}

/// Held while tables are made: two that begin in one empty PostgreSQL database at once get into each other's way.
static OPENING: Mutex<()> = Mutex::new(());

/// The office of a store that no other test uses, in a database that others may use too.
fn office(address: &str) -> Office {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let store = format!("catalogue-{}-{nanos}", std::process::id());
    let price = PricePolicy {
        currency: Currency::EUR,
        basis: PriceBasis::TaxIncluded,
        tax_per: TaxPer::Line,
        rounding: Rounding::HalfUp,
    };
    let policy = Policy::example(&store, price);
    let bank = SimulatedProcessor::new(Acquirer::new(), Arc::new(|| hour(0)));
    let one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    let storage = Storage::open(address).unwrap();
    drop(one_at_a_time);
    Office::new(storage, policy, Arc::new(bank)).unwrap()
}

fn hour(hour: i64) -> Time {
    Time::from_nanos(1_800_000_000_000_000_000 + hour * 3_600_000_000_000)
}

/// An item with prices from hours on.
fn item(sku: &str, barcode: &str, prices: &[(i64, &str)]) -> String {
    let prices: Vec<String> = prices
        .iter()
        .map(|(from, price)| format!(r#"{{"from":"{}","price":"{price}","tax_percent":"19"}}"#, hour(*from)))
        .collect();
    let barcodes =
        if barcode.is_empty() { String::new() } else { format!(r#"{{"type":"ean13","code":"{barcode}"}}"#) };
    format!(
        r#"{{"sku":"{sku}","name":"{sku}","barcodes":[{barcodes}],"prices":[{}],"mass_g":100.25}}"#,
        prices.join(",")
    )
}

fn send(office: &Office, id: &str, items: &[String], now: i64) -> UploadOutcome {
    let list = format!("[{}]", items.join(","));
    office.upload_catalogue(id, Form::Json, list.as_bytes(), hour(now)).unwrap().outcome
}

fn new_prices(outcome: &UploadOutcome) -> u64 {
    match outcome {
        UploadOutcome::Accepted { new_prices, .. } => *new_prices,
        UploadOutcome::Refused { error } => panic!("{error}"),
    }
}

fn price(office: &Office, sku: &str, at: i64) -> Option<i64> {
    office.price_book().unwrap().at(&sku.into(), hour(at)).map(|entry| entry.unit_price)
}

#[test]
fn new_prices_hold_from_now_and_the_past_stays() {
    each_database(|office| {
        let first = send(office, "1", &[item("cola", "", &[(-10, "0.99"), (20, "1.29")])], 0);
        assert_eq!(new_prices(&first), 2);
        // It says that the price was another one all along: from now on, then.
        let second = send(office, "2", &[item("cola", "", &[(-10, "1.09"), (30, "1.39")])], 10);
        assert_eq!(new_prices(&second), 2);
        let prices = [-11, -10, 9, 10, 20, 30].map(|at| price(office, "cola", at));
        assert_eq!(prices, [None, Some(99), Some(99), Some(109), Some(109), Some(139)]);
        // The same again changes nothing, and other products stay.
        let third = send(office, "3", &[item("cola", "", &[(-10, "1.09"), (30, "1.39")])], 12);
        assert_eq!(new_prices(&third), 0);
        send(office, "4", &[item("tea", "", &[(0, "2.50")])], 13);
        assert_eq!((price(office, "cola", 14), price(office, "tea", 14)), (Some(109), Some(250)));
    });
}

#[test]
fn an_upload_counts_once_and_can_be_asked_for() {
    each_database(|office| {
        assert_eq!(office.upload("1").unwrap(), None);
        let items = [item("cola", "", &[(0, "0.99")])];
        let first = send(office, "1", &items, 0);
        // Sent again later, it is still what it was.
        assert_eq!(send(office, "1", &items, 5), first);
        let known = office.upload("1").unwrap().unwrap();
        assert_eq!((known.at, &known.outcome), (hour(0), &first));
        let other = office.upload_catalogue("1", Form::Json, b"[]", hour(6)).unwrap_err();
        assert!(matches!(other, OfficeError::UploadIdReused(_)), "{other}");
        assert!(office.upload_catalogue("", Form::Json, b"[]", hour(6)).is_err());
    });
}

#[test]
fn a_wrong_upload_changes_nothing_and_is_remembered() {
    each_database(|office| {
        send(office, "1", &[item("cola", "4006381333931", &[(0, "0.99")])], 0);
        let wrong = [item("cola", "", &[(0, "1.99")]), item("tea", "4006381333930", &[(0, "2.50")])];
        let refused = send(office, "2", &wrong, 1);
        let UploadOutcome::Refused { error: CatalogueError::Problems { problems } } = &refused else {
            panic!()
        };
        assert!(problems[0].mend.contains("4006381333931"), "{}", problems[0]);
        assert_eq!(office.upload("2").unwrap().unwrap().outcome, refused);
        assert_eq!((price(office, "cola", 2), price(office, "tea", 2)), (Some(99), None));
    });
}

#[test]
fn a_bar_code_moves_only_with_both_products() {
    each_database(|office| {
        let code = "4006381333931";
        send(office, "1", &[item("cola", code, &[(0, "0.99")])], 0);
        let taken = send(office, "2", &[item("tea", code, &[(0, "2.50")])], 1);
        let UploadOutcome::Refused { error } = taken else { panic!() };
        assert!(error.to_string().contains("belongs to cola"), "{error}");
        assert_eq!(price(office, "tea", 2), None);
        send(office, "3", &[item("tea", code, &[(0, "2.50")]), item("cola", "", &[(0, "0.99")])], 3);
        let items = office.catalogue().unwrap();
        let codes: Vec<_> = items.iter().map(|item| (item.sku.as_str(), item.barcodes.len())).collect();
        assert_eq!(codes, [("cola", 0), ("tea", 1)]);
    });
}

#[test]
fn products_come_back_as_they_were_sent() {
    each_database(|office| {
        let list = include_str!("../../../docs/catalogue.md");
        let list = list.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
        office.upload_catalogue("1", Form::Json, list.as_bytes(), hour(0)).unwrap();
        let currency = office.policy().price.currency;
        let mut sent =
            Form::Json.read(list.as_bytes(), currency, hour(0)).unwrap().catalogue.items().to_vec();
        sent.sort_by(|one, other| one.sku.cmp(&other.sku));
        assert_eq!(office.catalogue().unwrap(), sent);
    });
}

#[test]
fn the_store_file_gives_a_first_price_list() {
    each_database(|office| {
        let store = Store::from_toml(
            "schema = \"saunter-store/1\"\nname = \"Corner\"\ncurrency = \"EUR\"\n\
             [[product]]\nid = \"tea\"\nname = \"Tea\"\ngtin = \"4006381333931\"\nprice_minor = 250\nmass_g = 100.0\n\
             [[product]]\nid = \"gift\"\nname = \"Gift\"\n",
        )
        .unwrap();
        let upload = office.upload_store("store", &store, TaxRate(70_000), hour(0)).unwrap();
        let UploadOutcome::Accepted { items, left_out, .. } = &upload.outcome else { panic!() };
        assert_eq!((*items, left_out[0].sku.as_str()), (1, "gift"));
        assert_eq!(office.upload_store("store", &store, TaxRate(70_000), hour(9)).unwrap(), upload);
        assert_eq!(price(office, "tea", 0), Some(250));
        assert_eq!(office.catalogue().unwrap()[0].product_at(hour(0)).unwrap(), store.file().products[0]);
    });
}
