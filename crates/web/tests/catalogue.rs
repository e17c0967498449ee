//! The catalogue and what partners' systems are told, by the API.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{Served, cart_of, line};
use serde_json::{Value, json};

fn item(sku: &str, code: &str) -> Value {
    json!({
        "sku": sku, "name": sku, "barcodes": [{ "type": "ean13", "code": code }],
        "prices": [{ "price": "0.99", "tax_percent": "19", "deposit": "0.25" }], "mass_g": 527.0,
    })
}

fn upload(store: &Served, name: &str, items: &Value) -> common::Answer {
    store.put(&format!("/catalogue/uploads/{name}"), "application/json", &items.to_string())
}

#[test]
fn a_catalogue_is_sent_and_read_back_in_the_same_form() {
    let store = Served::new();
    let items = json!([item("cola", "4006381333931"), item("water", "9521141012345")]);
    let sent = upload(&store, "monday", &items);
    assert_eq!((sent.status, &sent.json()["items"]), (200, &json!(2)), "{sent:?}");
    assert_eq!(upload(&store, "monday", &items).body, sent.body, "sent twice, it counts once");
    assert_eq!(store.get("/catalogue/uploads/monday").body, sent.body);
    assert_eq!(upload(&store, "monday", &json!([item("cola", "4006381333931")])).problem(), "other-upload");
    assert_eq!(store.get("/catalogue/uploads/tuesday").problem(), "no-such-upload");

    let first = store.get("/catalogue?limit=1").json();
    assert_eq!((&first["items"][0]["sku"], &first["next"]), (&json!("cola"), &json!("cola")));
    assert_eq!(first["items"][0]["prices"][0]["deposit"], "0.25");
    let second = store.get("/catalogue?limit=1&after=cola").json();
    assert_eq!((&second["items"][0]["sku"], &second["next"]), (&json!("water"), &Value::Null));
    let all = store.get("/catalogue").json()["items"].clone();
    let again = upload(&store, "tuesday", &all);
    assert_eq!((again.status, &again.json()["new_prices"]), (200, &json!(0)), "{again:?}");
}

#[test]
fn a_bar_code_without_its_check_digit_is_refused_by_name() {
    let store = Served::new();
    // One of them has the form of a card number: it is not taken for one. With 0 at the end it would be a UPC.
    for last in 1..=9 {
        let (name, digits) = (format!("upload-{last}"), format!("40063813339{last}"));
        let items = json!([item("water", "9521141012345"), item("cola", &digits)]);
        let refused = upload(&store, &name, &items);
        assert_eq!((refused.status, refused.problem().as_str()), (422, "wrong-catalogue"), "{refused:?}");
        let fault = refused.json()["errors"][0].clone();
        assert_eq!(fault["pointer"], "#/1/barcodes/0/code");
        let told = fault["detail"].as_str().unwrap();
        assert!(told.starts_with(&format!("item 1 (cola), barcodes[0].code: is \"{digits}\"")), "{told}");
        assert!(told.contains("check digit"), "{told}");
        let kept = store.get(&format!("/catalogue/uploads/{name}")).json();
        assert_eq!((&kept["outcome"], &kept["errors"][0]), (&json!("refused"), &fault));
    }
    assert_eq!(store.get("/catalogue").json()["items"], json!([]), "nothing of it counts");
    let number = "4242".repeat(4);
    for wrong in [item("cola", &number), item(&number, "4006381333931"), item(&format!("my {number}"), "")] {
        let refused = upload(&store, "card", &json!([wrong]));
        assert_eq!(refused.problem(), "card-number");
        assert!(!refused.body.contains(&number), "{refused:?}");
    }
    assert_eq!(store.get("/catalogue/uploads/card").problem(), "no-such-upload", "and is kept nowhere");
}

#[test]
fn ten_thousand_products_are_taken_at_once_and_no_more() {
    let store = Served::new();
    let items = |count: usize| -> Value {
        let item = |number: usize| {
            json!({ "sku": format!("p{number}"), "name": "x".repeat(100),
                "prices": [{ "price": "1.00", "tax_percent": "19" }] })
        };
        (0..count).map(item).collect()
    };
    let sent = upload(&store, "all", &items(10_000));
    assert_eq!((sent.status, &sent.json()["items"]), (200, &json!(10_000)), "{sent:?}");
    assert_eq!(upload(&store, "more", &items(10_001)).problem(), "wrong-catalogue");
    let small = Served::with(|_, config| config.limits.catalogue_bytes = 2 << 20);
    let large = small.put("/catalogue/uploads/x", "application/json", &" ".repeat((2 << 20) + 1));
    assert_eq!(large.problem(), "too-large");
    let other = small.put("/catalogue/uploads/x", "application/json", &" ".repeat(2 << 20));
    assert_eq!(other.problem(), "malformed-json", "other bodies may be smaller");
}

#[test]
fn a_shopify_export_is_taken_with_the_rate_it_lacks() {
    let store = Served::new();
    let table = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price,Variant Taxable,\
                 Variant Barcode,Status\n\
                 cola,Cola,Title,Default Title,cola-05,527,0.99,true,4006381333931,active\n\
                 old,Old,Title,Default Title,old-1,527,0.99,true,,draft\n";
    let send = |path: &str| store.put(path, "text/csv; charset=utf-8", table);
    let told = send("/catalogue/uploads/shop");
    assert_eq!(told.problem(), "wrong-values");
    assert_eq!(send("/catalogue/uploads/shop?tax_percent=190").problem(), "wrong-values");
    let sent = send("/catalogue/uploads/shop?tax_percent=19");
    assert_eq!((sent.status, &sent.json()["items"]), (200, &json!(1)), "{sent:?}");
    assert_eq!(sent.json()["left_out"][0]["sku"], "old-1");
    assert_eq!(store.get("/catalogue").json()["items"][0]["prices"][0]["tax_percent"], "19");
    let wrong =
        store.put("/catalogue/uploads/x?tax_percent=19", "text/csv", &table.replace("333931", "33393"));
    assert_eq!(wrong.problem(), "wrong-catalogue");
    let number = format!("Cola {}", "4242".repeat(4));
    let wrong = store.put("/catalogue/uploads/y?tax_percent=19", "text/csv", &table.replace("Cola", &number));
    assert_eq!(wrong.problem(), "card-number");
    assert_eq!(store.put("/catalogue/uploads/z", "text/plain", table).problem(), "wrong-content-type");
}

#[test]
fn partners_are_told_what_was_sold_and_brought_back() {
    let store = Served::new();
    upload(&store, "all", &json!([item("cola", "4006381333931")]));
    let trip = store.come_in("tok_visa_ok");
    let cart = cart_of(&[line("cola", 2, "0.99"), line("cup", 1, "3.00")], &[]);
    store.post(&format!("/trips/{trip}/cart"), &cart);
    store.run();
    let told = store.get("/epcis?from=2027-01-15T00:00:00Z&until=2027-01-16T00:00:00Z");
    assert_eq!(
        (told.status, told.headers["content-type"].as_str()),
        (200, "application/ld+json"),
        "{told:?}"
    );
    let events = told.json()["epcisBody"]["eventList"].clone();
    assert_eq!(events.as_array().unwrap().len(), 1, "{events}");
    assert_eq!(events[0]["quantityList"][0]["epcClass"], "https://id.gs1.org/01/04006381333931");
    let left_out = "lines-without-gtin=1, lines-of-store-numbers=0, whole-movements=0";
    assert_eq!(told.headers["saunter-left-out"], left_out);
    let later = store.get("/epcis?from=2027-01-16T00:00:00Z&until=2027-01-17T00:00:00Z");
    assert_eq!(later.json()["epcisBody"]["eventList"], json!([]));
    let unknown = Served::with(|policy, _| policy.epcis = None);
    let told = unknown.get("/epcis?from=2027-01-15T00:00:00Z&until=2027-01-16T00:00:00Z");
    assert_eq!(told.problem(), "no-epcis");
}
