//! Shoppers with and without an account, and staff, by the API.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{PHONE, Served, cart, cart_of, line};
use serde_json::{Value, json};

fn asked(date: &str, last_four: &str, total: &str, asker: &str) -> Value {
    json!({ "date": date, "last_four": last_four, "total": total, "asker": asker })
}

#[test]
fn a_receipt_is_found_by_what_stands_on_the_statement_and_told_without_its_secrets() {
    let store = Served::new();
    let trip = store.paid("tok_visa_ok");
    let last_four = store.card("tok_visa_ok")["last_four"].as_str().unwrap().to_owned();
    let found = store.post("/receipts/look-up", &asked("2027-01-15", &last_four, "6.77", "a"));
    assert_eq!((found.status, &found.json()["items"]), (200, &json!(3)), "{found:?}");
    for secret in ["coffee", "water", &trip, "000001", "4.99"] {
        assert!(!found.body.contains(secret), "{found:?}");
    }
    let misses = [
        asked("2027-01-16", &last_four, "6.77", "b"),
        asked("2027-01-15", "0001", "6.77", "b"),
        asked("2027-01-15", &last_four, "6.78", "b"),
    ];
    let told: Vec<_> = misses.iter().map(|miss| store.post("/receipts/look-up", miss)).collect();
    assert!(told.iter().all(|answer| (answer.status, &answer.body) == (404, &told[0].body)), "{told:?}");
    assert_eq!(told[0].problem(), "no-such-receipt");
}

#[test]
fn guessing_a_receipt_is_stopped_for_whoever_guesses() {
    let store = Served::new();
    let guess = |number: u32, asker: &str| {
        let last_four = format!("{number:04}");
        store.post("/receipts/look-up", &asked("2027-01-15", &last_four, "1.00", asker))
    };
    let statuses: Vec<u16> = (0..11).map(|number| guess(number, "one").status).collect();
    assert_eq!((&statuses[..10], statuses[10]), (&[404; 10][..], 429));
    let stopped = guess(99, "one");
    assert_eq!(
        (stopped.problem().as_str(), stopped.headers["retry-after"].as_str()),
        ("too-many-misses", "3601")
    );
    assert_eq!(guess(100, "another").status, 404);
    store.wait(3601);
    assert_eq!(guess(101, "one").status, 404);
}

#[test]
fn whoever_has_the_card_sees_its_receipts_and_gets_them_by_mail() {
    let store = Served::new();
    let trip = store.paid("tok_visa_ok");
    let card = store.card("tok_visa_ok");
    let listed = store.post("/receipts/of-card", &json!({ "card": card })).json();
    assert_eq!(
        (&listed["receipts"][0]["trip"], &listed["receipts"][0]["total"]),
        (&json!(trip), &json!("6.77"))
    );
    let other = store.post("/receipts/of-card", &json!({ "card": store.card("tok_amex_ok") }));
    assert_eq!(other.json(), json!({ "receipts": [], "next": null }));

    let link = |credential: Value, address: &str| {
        let consent = json!({ "version": "1", "language": "de", "words": "Belege per Mail." });
        let body = json!({ "credential": credential, "address": address, "consent": consent });
        store.post_with("/receipts/kiosk", &body, &[("idempotency-key", "kiosk-1")])
    };
    let first = link(json!({ "card": card }), "Anna@Example.org");
    assert_eq!((&first.json()["linked"], &first.json()["mailed"]), (&json!(true), &json!(trip)), "{first:?}");
    let entries = store.entries();
    assert_eq!(link(json!({ "card": card }), "Anna@Example.org").body, first.body);
    assert_eq!(store.entries(), entries, "sent twice, it is mailed once");
    assert!(!first.body.contains("xample"), "no answer that is kept names the address");
    let contact = store.office.address_for(trip.parse().unwrap()).unwrap().unwrap();
    assert_eq!((contact.address.reveal(), contact.language.as_str()), ("anna@example.org", "de"));

    let body = |address: &str, language: &str| {
        json!({ "credential": { "palm": { "identity": "p" } }, "address": address,
            "consent": { "version": "1", "language": language, "words": "w" } })
    };
    assert_eq!(store.post("/receipts/kiosk", &body("a@b.example", "de")).json()["linked"], false);
    assert_eq!(store.post("/receipts/kiosk", &body("nobody", "de")).problem(), "wrong-values");
    assert_eq!(store.post("/receipts/kiosk", &body("a@b.example", "german!")).problem(), "wrong-values");
}

#[test]
fn a_debt_is_paid_with_another_card() {
    let store = Served::new();
    let trip = store.come_in("tok_debt");
    store.post(&format!("/trips/{trip}/cart"), &cart_of(&[line("wine", 2, "9.00")], &[]));
    store.run();
    let state = || store.get(&format!("/trips/{trip}")).json()["state"].clone();
    assert_eq!(state(), "owed");
    assert_eq!(store.post("/entry", &store.entry("tok_debt")).json()["decision"], "refused");
    let pay =
        || store.post(&format!("/trips/{trip}/debt/pay"), &json!({ "card": store.card("tok_visa_ok") }));
    assert_eq!(pay().json()["money"]["under_way"], true);
    assert_eq!(pay().problem(), "wrong-state", "nothing is paid twice");
    store.run();
    assert_eq!(state(), "paid");
    assert_eq!(pay().problem(), "wrong-state");
    assert_eq!(store.post("/entry", &store.entry("tok_visa_ok")).json()["decision"], "admitted");
}

#[test]
fn a_friend_joins_a_trip_once_and_sees_its_receipt() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let join = |key: &str| {
        let body = json!({ "credential": { "card": store.card("tok_amex_ok") } });
        store.post_with(&format!("/trips/{trip}/join"), &body, &[("idempotency-key", key)])
    };
    let joined = join("one");
    assert_eq!((&joined.json()["decision"], &joined.json()["trip"]), (&json!("joined"), &json!(trip)));
    let entries = store.entries();
    assert_eq!((join("one").body, store.entries()), (joined.body, entries));
    store.post(&format!("/trips/{trip}/cart"), &cart());
    store.run();
    assert_eq!(join("two").problem(), "wrong-state");
    let listed = store.post("/receipts/of-card", &json!({ "card": store.card("tok_amex_ok") })).json();
    assert_eq!(listed["receipts"][0]["trip"], json!(trip));
}

#[test]
fn an_account_from_the_first_card_to_being_forgotten() {
    let store = Served::new();
    let account = store.account();
    let at = |end: &str| format!("/accounts/{account}{end}");
    for token in ["tok_visa_ok", "tok_amex_ok", "tok_amex_ok"] {
        assert_eq!(store.post(&at("/cards"), &json!({ "card": store.card(token) })).status, 200);
        // Cards are in the order of their moments.
        store.wait(1);
    }
    let cards = store.get(&at("")).json()["cards"].clone();
    assert_eq!(cards.as_array().unwrap().len(), 2);
    assert_eq!((&cards[0]["default"], &cards[1]["default"]), (&json!(true), &json!(false)));
    let card = |place: usize| at(&format!("/cards/{}", cards[place]["card"].as_str().unwrap()));
    let chosen = store.put(&format!("{}/default", card(1)), "", "").json();
    assert_eq!(chosen["cards"][1]["default"], true);
    assert_eq!(store.delete(&card(1)).json()["cards"].as_array().unwrap().len(), 1);
    assert_eq!(store.delete(&card(1)).problem(), "no-such-card");
    let other = format!("/accounts/{}/cards", store.account());
    let taken = store.post(&other, &json!({ "card": store.card("tok_visa_ok") }));
    assert_eq!(taken.problem(), "wrong-account-state");
    let language = store.put(&at("/language"), "application/json", r#"{"language":"en-GB"}"#);
    assert_eq!(language.json()["language"], "en-GB");

    let phone = at(&format!("/phones/{PHONE}"));
    let pass = store.put(&phone, "", "").json();
    assert!(pass["pass"].as_str().unwrap().len() > 100);
    let phones = store.get(&at("")).json()["phones"].clone();
    assert_eq!((&phones[0]["device"], &phones[0]["until"]), (&json!(PHONE), &json!("2027-02-14")));
    assert_eq!(store.delete(&phone).json()["phones"], json!([]));
    assert_eq!(store.delete(&phone).problem(), "no-such-phone");
    assert_eq!(store.put(&phone, "", "").problem(), "wrong-account-state", "its codes count no more");

    let consent = |given: bool| {
        let text = json!({ "version": "1", "language": "de", "words": "Angebote per Mail." });
        let body = json!({ "purpose": "offers", "given": given, "text": text });
        store.post(&at("/consents"), &body).json()["consents"].clone()
    };
    consent(true);
    let consents = consent(false);
    assert_eq!((&consents[0]["given"], &consents[1]["given"]), (&json!(true), &json!(false)));
    assert_eq!(store.get(&at("/consents")).json()["consents"], consents);

    let trip = store.come_in("tok_visa_ok");
    let waits = store.delete(&at("")).json();
    assert_eq!((&waits["erased"], waits["text"].is_string()), (&json!(false), true), "{waits}");
    store.post(&format!("/trips/{trip}/cart"), &cart());
    store.run();
    let receipts = store.get(&at("/receipts")).json();
    assert_eq!(receipts["receipts"][0]["trip"], json!(trip));
    let export = store.get(&at("/export")).json();
    assert_eq!(
        (&export["account"]["language"], &export["visits"]["paid"][0]["visit"]),
        (&json!("en-GB"), &json!(trip))
    );
    let gone = store.delete(&at("")).json();
    assert_eq!((&gone["erased"], gone["proof"].is_string()), (&json!(true), true), "{gone}");
    for after in
        [store.get(&at("")), store.get(&at("/export")), store.delete(&at("")), store.get(&at("/receipts"))]
    {
        assert_eq!(after.problem(), "no-such-account");
    }
}

#[test]
fn an_account_is_made_once_though_it_is_asked_for_twice() {
    let store = Served::new();
    let make = || store.post_with("/accounts", &json!({ "language": "de" }), &[("idempotency-key", "new-1")]);
    assert_eq!(make().body, make().body);
    assert_eq!(store.post("/accounts", &json!({ "language": "?" })).problem(), "wrong-values");
}

#[test]
fn a_badge_opens_the_gate_until_it_is_taken_back() {
    let store = Served::new();
    let show = || {
        let entry = json!({ "gate": "gate-1", "credential": { "badge": { "id": "04a2b1c3" } } });
        store.post("/entry", &entry).json()["decision"].clone()
    };
    assert_eq!(show(), "refused");
    for _ in 0..2 {
        assert_eq!(store.post("/badges", &json!({ "id": "04a2b1c3", "name": "ann" })).status, 200);
    }
    assert_eq!(show(), "admitted");
    assert_eq!(store.delete("/badges/ann").json()["removed"], 1);
    assert_eq!(show(), "refused");
    assert_eq!(
        store.post("/badges", &json!({ "id": "04a2b1c3", "name": "ann lee" })).problem(),
        "wrong-values"
    );
}
