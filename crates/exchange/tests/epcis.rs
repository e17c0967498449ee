//! Every document is valid against GS1's own schema, and the schema, as it is used here, means something.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use exchange::epcis::{CompanyPrefix, Extension, MovedLine, Movement, Names, Offset, Site, Way, document};
use exchange::{Barcode, BarcodeKind};
use jsonschema::Validator;
use model::Time;
use pricing::Quantity;
use proptest::prelude::*;
use serde_json::Value;

const RETAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/retail");
const EXAMPLES: &str = "openepcis/core/src/main/resources/2.0/EPCIS/JSON/Capture";

/// GS1's schema with `uri` and `date-time` checked, or nothing where the data is not at hand.
fn schema() -> Option<Validator> {
    let path = Path::new(RETAIL).join("gs1-epcis/EPCIS-JSON-Schema.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: shared/data/retail is not beside the project");
        return None;
    };
    let schema = serde_json::from_str(&text).unwrap();
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

/// The JSON documents below a folder.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(documents(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found
}

/// How many examples of a folder the schema accepts, and of how many.
fn accepted(schema: &Validator, folder: &str) -> (usize, usize) {
    let documents = documents(&Path::new(RETAIL).join(EXAMPLES).join(folder));
    let valid = documents.iter().filter(|path| {
        let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        schema.is_valid(&document)
    });
    (valid.count(), documents.len())
}

#[test]
fn the_schema_tells_good_examples_from_bad_ones() {
    let Some(schema) = schema() else { return };
    assert_eq!(accepted(&schema, "Documents"), (35, 38));
    assert_eq!(accepted(&schema, "Events"), (5, 5));
    assert_eq!(accepted(&schema, "Invalid"), (0, 15));
}

fn barcode() -> impl Strategy<Value = Barcode> {
    let kinds = prop_oneof![
        Just((BarcodeKind::Upc, 12)),
        Just((BarcodeKind::Ean8, 8)),
        Just((BarcodeKind::Ean13, 13)),
        Just((BarcodeKind::Gtin14, 14)),
    ];
    (kinds, "[0-9]{13}").prop_map(|((kind, length), digits)| {
        (0..10)
            .find_map(|check| Barcode::new(kind, &format!("{}{check}", &digits[..length - 1])).ok())
            .unwrap()
    })
}

fn line() -> impl Strategy<Value = MovedLine> {
    let quantity =
        prop_oneof![any::<u32>().prop_map(Quantity::Units), any::<u32>().prop_map(Quantity::Grams)];
    (proptest::option::weighted(0.9, barcode()), quantity)
        .prop_map(|(barcode, quantity)| MovedLine { gtin: barcode.and_then(|code| code.gtin()), quantity })
}

fn movement() -> impl Strategy<Value = Movement> {
    let way = prop_oneof![Just(Way::Sold), ".{0,8}".prop_map(|number| Way::Returned { number })];
    let lines = proptest::collection::vec(line(), 0..6);
    (way, ".{0,12}", any::<i64>(), -840..=840_i16, lines).prop_map(|(way, receipt, nanos, minutes, lines)| {
        let offset = Offset::from_minutes(minutes).unwrap();
        Movement { way, receipt, time: Time::from_nanos(nanos), offset, lines }
    })
}

fn site() -> impl Strategy<Value = Site> {
    let prefix = "[0-9]{6,12}".prop_map(|digits| CompanyPrefix::try_from(digits).unwrap());
    let names = prop_oneof![
        Just(Names::DigitalLink),
        proptest::collection::vec(prefix, 0..4).prop_map(Names::EpcUrn),
        // One that fits the store.
        Just(Names::EpcUrn(vec![CompanyPrefix::try_from("9521141".to_owned()).unwrap()])),
    ];
    let extension = "[A-Za-z0-9.-]{1,20}".prop_map(|text| Extension::try_from(text).unwrap());
    (proptest::option::of(extension), names).prop_map(|(read_point, names)| Site {
        gln: "9521141000007".parse().unwrap(),
        read_point,
        names,
    })
}

#[test]
fn every_document_is_valid() {
    let Some(schema) = schema() else { return };
    let movements = proptest::collection::vec(movement(), 0..5);
    proptest!(|(site in site(), movements in movements, created in any::<i64>())| {
        let export = document(&site, &movements, Time::from_nanos(created));
        let wrong: Vec<String> =
            schema.iter_errors(&export.document).map(|error| error.to_string()).collect();
        prop_assert!(wrong.is_empty(), "{wrong:?}\n{:#}", export.document);
        let events = export.document["epcisBody"]["eventList"].as_array().unwrap().len() as u64;
        prop_assert_eq!(events + export.untold.whole_movements, movements.len() as u64);
        // No lines are lost: what is not in the document is counted.
        let told: f64 = quantities(&export.document);
        let all = movements.iter().flat_map(|movement| &movement.lines);
        let in_lines: f64 = all.map(|line| match line.quantity {
            Quantity::Units(units) => f64::from(units),
            Quantity::Grams(grams) => f64::from(grams) / 1000.0,
        }).sum();
        if export.untold.without_gtin + export.untold.store_numbers == 0 {
            prop_assert!((told - in_lines).abs() <= 1e-6 * in_lines);
        }
    });
}

/// All quantities of a document, whatever they are of.
fn quantities(document: &Value) -> f64 {
    let events = document["epcisBody"]["eventList"].as_array().unwrap();
    let all = events.iter().flat_map(|event| event["quantityList"].as_array().unwrap());
    all.map(|quantity| quantity["quantity"].as_f64().unwrap()).sum()
}

#[test]
fn a_document_with_one_thing_broken_is_not_valid() {
    let Some(schema) = schema() else { return };
    let movement = Movement {
        way: Way::Sold,
        receipt: "000017".to_owned(),
        time: Time::from_nanos(0),
        offset: Offset::default(),
        lines: vec![MovedLine { gtin: "4006381333931".parse().ok(), quantity: Quantity::Units(1) }],
    };
    let site = Site { gln: "9521141000007".parse().unwrap(), read_point: None, names: Names::default() };
    let right = document(&site, &[movement], Time::from_nanos(0)).document;
    assert!(schema.is_valid(&right));
    for (place, value) in [
        ("/creationDate", "yesterday"),
        ("/epcisBody/eventList/0/action", "SELL"),
        ("/epcisBody/eventList/0/eventTimeZoneOffset", "+1"),
        ("/epcisBody/eventList/0/readPoint/id", "the exit"),
        ("/epcisBody/eventList/0/quantityList/0/epcClass", "4006381333931"),
        ("/epcisBody/eventList/0/bizTransactionList/0/bizTransaction", "receipt 17"),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).unwrap() = value.into();
        assert!(!schema.is_valid(&wrong), "{place}");
    }
}
