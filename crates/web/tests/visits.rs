//! Whole visits by the API.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{ALL, Served, bearer, cart, cart_of, line};
use serde_json::{Value, json};

#[test]
fn a_visit_from_the_gate_to_the_refund() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let at = |end: &str| format!("/trips/{trip}{end}");
    assert_eq!(store.post(&at("/entered"), &json!(null)).json()["state"], "shopping");
    let left = json!({ "at": "2027-01-15T08:00:00Z" });
    assert_eq!(store.post(&at("/left"), &left).json()["state"], "exited");
    let cart = cart_of(&[line("coffee", 1, "4.99"), line("water", 2, "0.89")], &[line("wine", 2, "7.50")]);
    let taken_in = store.post(&at("/cart"), &cart);
    assert_eq!(taken_in.json()["doubtful"], 1, "{taken_in:?}");
    let looked = store.get(&at("")).json();
    assert_eq!((&looked["state"], &looked["review"][0]["verdict"]), (&json!("in_review"), &json!("open")));
    assert_eq!(store.get(&format!("/receipts/{trip}")).problem(), "no-receipt-yet");

    let verdict = json!({ "line": 0, "verdict": "charge", "quantity": { "units": 1.0 } });
    assert_eq!(store.post(&at("/review"), &verdict).json()["state"], "settled");
    assert_eq!(store.post(&at("/review"), &verdict).problem(), "wrong-state");
    let paper = [("authorization", &*bearer(ALL)), ("accept", "text/html")];
    let early = store.send("GET", &format!("/receipts/{trip}"), &paper, b"");
    assert_eq!(early.problem(), "no-receipt-yet", "there is no paper before the money has come");
    store.run();
    let receipt = store.get(&format!("/receipts/{trip}")).json();
    assert_eq!(receipt["receipt"]["total"], "14.27");
    assert_eq!(receipt["receipt"]["lines"][0]["tax"], "0.80");
    assert_eq!(receipt["money"]["taken"], "14.27");
    assert_eq!(store.post(&at("/cart"), &cart).body, taken_in.body, "the same answer, though it is paid");

    let wrong = json!({ "kind": "not_taken", "lines": [{ "line": 1, "quantity": { "units": 1 } }] });
    let disputed = store.post(&at("/disputes"), &wrong);
    assert_eq!((disputed.status, &disputed.json()["granted"]), (201, &json!(true)), "{disputed:?}");
    assert_eq!(disputed.headers["location"], format!("/api/v1/trips/{trip}"));
    let returned = json!({ "kind": "returned", "lines": [{ "line": 2, "quantity": { "units": 1 } }] });
    assert_eq!(store.post(&at("/disputes"), &returned).json()["granted"], json!(null));
    let seen = json!({ "lines": [], "reason": "It was opened." });
    let decided = store.post(&at("/disputes/1/decision"), &seen).json();
    assert_eq!(decided["disputes"][1]["granted"], false);
    assert_eq!(store.post(&at("/disputes/2/decision"), &seen).problem(), "no-such-dispute");

    let broken =
        json!({ "lines": [{ "line": 0, "quantity": { "units": 1 } }], "reason": "The cup was broken." });
    assert_eq!(store.post(&at("/refunds"), &broken).status, 201);
    assert_eq!(store.post(&at("/refunds"), &broken).problem(), "wrong-values");
    store.run();
    let looked = store.get(&at("")).json();
    assert_eq!(looked["money"]["refunded"], "5.88");
    assert_eq!(looked["refunds"][1]["reason"], "The cup was broken.");
    let names: Vec<_> = looked["history"].as_array().unwrap().iter().map(|h| &h["event"]["event"]).collect();
    assert_eq!((names[0], names.last().unwrap()), (&json!("opened"), &&json!("mail_failed")));
    let receipts = store.get("/trips?state=paid").json();
    assert_eq!(receipts["trips"][0]["trip"], json!(trip));
}

#[test]
fn gates_get_decisions_with_words_for_the_person() {
    let store = Served::new();
    let said = |token: &str| {
        let answer = store.post("/entry", &store.entry(token));
        assert_eq!(answer.status, 200, "{answer:?}");
        let json = answer.json();
        (json["decision"].as_str().unwrap().to_owned(), json["text"].as_str().unwrap().to_owned())
    };
    assert_eq!(said("tok_visa_ok"), ("admitted".into(), "Welcome.".into()));
    assert_eq!(said("tok_visa_ok").0, "joined");
    let declined = ("refused".to_owned(), "Your bank declined this card. Please try another one.".to_owned());
    assert_eq!(said("tok_insufficient_funds"), declined);
    let show = |credential: Value| {
        store.post("/entry", &json!({ "gate": "gate-1", "credential": credential })).json()
    };
    for unknown in [json!({ "badge": { "id": "b" } }), json!({ "palm": { "identity": "p" } })] {
        assert_eq!(
            show(unknown)["text"],
            "We don't know this one. Please use a card, or enrol at the kiosk."
        );
    }
    let code = show(json!({ "code": { "text": "no code" } }));
    assert_eq!((&code["decision"], &code["trip"]), (&json!("refused"), &json!(null)));
    let by = office::Actor::System("test".to_owned());
    store.office.add_badge("04a2b1c3", "ann", by, store.now()).unwrap();
    let badge = show(json!({ "badge": { "id": "04a2b1c3" } }));
    assert_eq!(badge["decision"], "admitted");
    let trip = format!("/trips/{}", badge["trip"].as_str().unwrap());
    assert_eq!(store.post(&format!("{trip}/cart"), &cart()).status, 200);
    store.run();
    let looked = store.get(&trip).json();
    assert_eq!((&looked["staff"], &looked["money"]["taken"]), (&json!(true), &json!("0.00")));
}

#[test]
fn a_visit_that_is_called_off_costs_nothing() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let at = |end: &str| format!("/trips/{trip}{end}");
    let why = json!({ "reason": "Fire alarm." });
    for _ in 0..2 {
        let cancelled = store.post(&at("/cancel"), &why).json();
        assert_eq!((&cancelled["state"], &cancelled["cancelled"]), (&json!("empty"), &json!(true)));
    }
    store.run();
    assert_eq!(store.get(&at("")).json()["money"]["held"], "0.00");
    assert_eq!(store.post(&at("/cart"), &cart()).problem(), "wrong-state");
    let paid = store.paid("tok_mastercard_ok");
    assert_eq!(store.post(&format!("/trips/{paid}/cancel"), &why).problem(), "wrong-state");
}

#[test]
fn another_cart_for_a_trip_is_refused() {
    let store = Served::new();
    let trip = store.paid("tok_visa_ok");
    let other = cart_of(&[line("coffee", 2, "4.99")], &[]);
    assert_eq!(store.post(&format!("/trips/{trip}/cart"), &other).problem(), "other-cart");
}

#[test]
fn what_is_sent_twice_with_a_key_counts_once() {
    let store = Served::new();
    let key = [("idempotency-key", "8a5e5f2c-gate-1")];
    let entry = store.entry("tok_visa_ok");
    let first = store.post_with("/entry", &entry, &key);
    let again = store.post_with("/entry", &entry, &key);
    assert_eq!((&first.body, again.headers["idempotency-replayed"].as_str()), (&again.body, "true"));
    assert_eq!(store.post_with("/entry", &store.entry("tok_amex_ok"), &key).problem(), "key-used");
    assert_eq!(store.post_with("/entry", &entry, &[("idempotency-key", "")]).problem(), "invalid-parameter");

    let trip = store.paid("tok_mastercard_ok");
    let refunds = format!("/trips/{trip}/refunds");
    let water = json!({ "lines": [{ "line": 1, "quantity": { "units": 1 } }], "reason": "It leaks." });
    let key = [("idempotency-key", "refund-1")];
    let first = store.post_with(&refunds, &water, &key);
    let entries = store.entries();
    let again = store.post_with(&refunds, &water, &key);
    assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body));
    assert_eq!(store.entries(), entries, "nothing happened again");
    store.wait(24 * 3600);
    assert_eq!(store.post_with(&refunds, &water, &key).json()["number"], 1, "a day later it is a new one");

    let key = [("idempotency-key", "refund-2")];
    assert_eq!(store.post_with(&refunds, &water, &key).problem(), "wrong-values", "nothing is left of it");
    let coffee = json!({ "lines": [{ "line": 0, "quantity": { "units": 1 } }], "reason": "It was cold." });
    assert_eq!(store.post_with(&refunds, &coffee, &key).status, 201, "a request that failed used no key up");
}

#[test]
fn the_feed_tells_everything_once_and_in_order() {
    let store = Served::new();
    assert_eq!(store.get("/events").json(), json!({ "events": [], "next": 0 }));
    store.paid("tok_visa_ok");
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = store.get(&format!("/events?after={after}&limit=3")).json();
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        seen.extend(events.iter().map(|event| event["sequence"].as_i64().unwrap()));
        after = page["next"].as_i64().unwrap();
    }
    assert_eq!(seen, (1..=store.entries()).collect::<Vec<_>>());
}

#[test]
fn who_waits_for_events_is_told_when_something_happens() {
    let store = Served::new();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| store.get("/events?wait=30").json());
        store.come_in("tok_visa_ok");
        assert_eq!(waits.join().unwrap()["events"][0]["event"]["event"], "opened");
    });
}

#[test]
fn trips_are_listed_page_by_page() {
    let store = Served::new();
    let trips: Vec<String> = (0..5).map(|card| store.come_in(&format!("tok_visa_ok/{card}"))).collect();
    let mut listed = Vec::new();
    let mut path = "/trips?limit=2&state=entered".to_owned();
    loop {
        let page = store.get(&path).json();
        listed.extend(
            page["trips"].as_array().unwrap().iter().map(|trip| trip["trip"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/trips?limit=2&state=entered&after={next}");
    }
    listed.sort();
    let mut expected = trips;
    expected.sort();
    assert_eq!(listed, expected);
}

#[test]
fn figures_and_the_head_of_the_chain() {
    let store = Served::new();
    assert_eq!(store.get("/audit").json(), json!({ "entries": 0, "head": "0".repeat(64) }));
    store.paid("tok_visa_ok");
    store.come_in("tok_amex_ok");
    insta::assert_snapshot!(format!("{:#}", store.get("/figures").json()));
    let head = store.get("/audit").json();
    assert_eq!(head["head"], store.office.audit().unwrap().unwrap().head);
    assert_eq!(store.send("GET", "/health", &[], b"").json()["status"], "ok");
}

#[test]
fn a_receipt_comes_as_page_text_and_pdf_too() {
    let store = Served::new();
    let trip = store.paid("tok_visa_ok");
    let ask = |accept: &str, language: &str| {
        let (path, key) = (format!("/api/v1/receipts/{trip}"), bearer(ALL));
        let asked = ureq::get(store.url(&path)).header("authorization", key);
        let mut answer = asked.header("accept", accept).header("accept-language", language).call().unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, answer.body_mut().read_to_vec().unwrap())
    };
    let (kind, page) = ask("text/html,*/*;q=0.8", "de-AT,de;q=0.9");
    assert_eq!(kind, "text/html; charset=utf-8");
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("lang=\"de\"") && page.contains("coffee"), "{page}");
    let (kind, text) = ask("text/plain", "en");
    assert_eq!(kind, "text/plain; charset=utf-8");
    assert!(String::from_utf8(text).unwrap().contains("6.77"));
    let (kind, pdf) = ask("application/pdf", "en");
    assert_eq!((kind.as_str(), &pdf[..5]), ("application/pdf", &b"%PDF-"[..]));
}
