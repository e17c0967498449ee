//! Whatever is wrong is told as problem details, and nothing of it is kept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use common::{ALL, PHONE, Served, bearer, cart, cart_of, line, only};
use serde_json::{Value, json};
use web::Scope;

/// An operation: its method, its address, its scope, and a body that is right.
type Operation = (&'static str, &'static str, Option<Scope>, Option<Value>);

/// Every operation: its method, its address (`TRIP` for a trip), its scope, and a body that is right.
fn operations() -> Vec<Operation> {
    let lines = json!([{ "line": 0, "quantity": { "units": 1 } }]);
    let card = json!({ "token": "tok_visa_ok", "fingerprint": "f", "brand": "visa", "last_four": "4242" });
    let entry = json!({ "gate": "gate-1", "credential": { "card": card } });
    vec![
        ("POST", "/entry", Some(Scope::Gate), Some(entry)),
        ("POST", "/trips/TRIP/entered", Some(Scope::Gate), None),
        ("POST", "/trips/TRIP/left", Some(Scope::Gate), Some(json!({ "at": "2027-01-15T08:00:00Z" }))),
        ("POST", "/trips/TRIP/cart", Some(Scope::Carts), Some(cart())),
        ("GET", "/trips/TRIP", Some(Scope::Trips), None),
        ("GET", "/trips", Some(Scope::Trips), None),
        ("POST", "/trips/TRIP/review", Some(Scope::Reviews), Some(json!({ "line": 0, "verdict": "drop" }))),
        (
            "POST",
            "/trips/TRIP/disputes",
            Some(Scope::Disputes),
            Some(json!({ "kind": "damaged", "lines": lines })),
        ),
        (
            "POST",
            "/trips/TRIP/disputes/0/decision",
            Some(Scope::Refunds),
            Some(json!({ "lines": lines, "reason": "r" })),
        ),
        ("POST", "/trips/TRIP/refunds", Some(Scope::Refunds), Some(json!({ "lines": lines, "reason": "r" }))),
        ("POST", "/trips/TRIP/cancel", Some(Scope::Refunds), Some(json!({ "reason": "r" }))),
        ("GET", "/receipts/TRIP", Some(Scope::Receipts), None),
        ("GET", "/events", Some(Scope::Events), None),
        ("GET", "/figures", Some(Scope::Figures), None),
        ("GET", "/audit", Some(Scope::Audit), None),
    ]
    .into_iter()
    .chain(operations_for_people())
    .chain(operations_for_partners())
    .collect()
}

/// Those for kiosks, apps and staff; `ACCOUNT` stands for an account, `PHONE` for a phone's key.
fn operations_for_people() -> Vec<Operation> {
    let card = json!({ "token": "tok_visa_ok", "fingerprint": "f", "brand": "visa", "last_four": "4242" });
    let (card, shown) = (json!({ "card": card }), json!({ "credential": { "card": card } }));
    let text = json!({ "version": "1", "language": "de", "words": "w" });
    let look_up = json!({ "date": "2027-01-15", "last_four": "4242", "total": "6.77", "asker": "a" });
    let kiosk = json!({ "credential": shown["credential"], "address": "a@b.example", "consent": text });
    let language = json!({ "language": "de" });
    let consent = json!({ "purpose": "offers", "given": true, "text": text });
    let people = Some(Scope::People);
    vec![
        ("POST", "/trips/TRIP/join", Some(Scope::Gate), Some(shown)),
        ("POST", "/trips/TRIP/debt/pay", Some(Scope::Kiosk), Some(card.clone())),
        ("POST", "/receipts/look-up", Some(Scope::Kiosk), Some(look_up)),
        ("POST", "/receipts/of-card", Some(Scope::Kiosk), Some(card.clone())),
        ("POST", "/receipts/kiosk", Some(Scope::Kiosk), Some(kiosk)),
        ("POST", "/accounts", people, Some(language.clone())),
        ("GET", "/accounts/ACCOUNT", people, None),
        ("PUT", "/accounts/ACCOUNT/language", people, Some(language)),
        ("POST", "/accounts/ACCOUNT/cards", people, Some(card)),
        ("DELETE", "/accounts/ACCOUNT/cards/TRIP", people, None),
        ("PUT", "/accounts/ACCOUNT/cards/TRIP/default", people, None),
        ("PUT", "/accounts/ACCOUNT/phones/PHONE", people, None),
        ("DELETE", "/accounts/ACCOUNT/phones/PHONE", people, None),
        ("GET", "/accounts/ACCOUNT/consents", people, None),
        ("POST", "/accounts/ACCOUNT/consents", people, Some(consent)),
        ("GET", "/accounts/ACCOUNT/receipts", people, None),
        ("GET", "/accounts/ACCOUNT/export", people, None),
        ("DELETE", "/accounts/ACCOUNT", people, None),
        ("POST", "/badges", Some(Scope::Staff), Some(json!({ "id": "b", "name": "ann" }))),
        ("DELETE", "/badges/ann", Some(Scope::Staff), None),
    ]
}

/// Those for partners' systems. What is wrong with a catalogue is told in another way: tests of its own look at that.
fn operations_for_partners() -> Vec<Operation> {
    let span = "/epcis?from=2027-01-15T00:00:00Z&until=2027-01-16T00:00:00Z";
    vec![
        ("GET", "/catalogue", Some(Scope::Catalogue), None),
        ("GET", "/catalogue/uploads/u1", Some(Scope::Catalogue), None),
        ("PUT", "/catalogue/uploads/u1", Some(Scope::Catalogue), Some(json!([]))),
        ("GET", span, Some(Scope::Epcis), None),
    ]
}

/// An address with what it names.
fn at(path: &str, trip: &str, account: &str) -> String {
    path.replace("TRIP", trip).replace("ACCOUNT", account).replace("PHONE", PHONE)
}

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

#[test]
fn every_operation_wants_a_key_with_its_scope_and_no_more() {
    let store = Served::new();
    for (method, path, scope, body) in operations() {
        let (path, scope) = (at(path, NOBODY, NOBODY), scope.unwrap());
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let ask = |key: Option<&str>| {
            let bearer = key.map(bearer);
            let mut headers = vec![("content-type", "application/json")];
            headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
            store.send(method, &path, &headers, body.as_bytes())
        };
        for key in [None, Some("wrong"), Some("")] {
            let answer = ask(key);
            assert_eq!((answer.status, answer.problem().as_str()), (401, "invalid-key"), "{path}");
            assert!(answer.headers["www-authenticate"].starts_with("Bearer"));
        }
        for other in [Scope::Gate, Scope::Trips, Scope::Refunds, Scope::Audit] {
            let answer = ask(Some(&only(other)));
            let refused = answer.status == 403;
            assert_eq!(refused, other != scope, "{method} {path} with the key of {other:?}: {answer:?}");
        }
        assert!(![401, 403].contains(&ask(Some(&only(scope))).status), "{path}");
    }
    assert_eq!(store.post(&format!("/trips/{NOBODY}/cart"), &cart()).problem(), "no-such-trip");
}

/// A name of each bad input, and what is sent instead of a right body.
fn bad_bodies(right: &Value) -> Vec<(&'static str, String)> {
    let number = "4242".repeat(4);
    let with = |name: &str, value: Value| {
        let mut body = right.clone();
        body[name] = value;
        body.to_string()
    };
    let needed = right.as_object().unwrap().keys().next_back().unwrap().clone();
    let without = || {
        let mut body = right.clone();
        body.as_object_mut().unwrap().remove(&needed);
        body.to_string()
    };
    let text = right.to_string();
    vec![
        ("nothing", String::new()),
        ("no JSON", "{\"gate\": ".to_owned()),
        ("two values", format!("{text} {text}")),
        ("too deep", "[".repeat(1000)),
        ("null", "null".to_owned()),
        ("an array", "[]".to_owned()),
        ("an unknown field", with("surprise", json!(1))),
        ("a missing field", without()),
        ("a field twice", text.replacen('{', &format!("{{\"{needed}\":null,"), 1)),
        ("a field of another type", with(&needed, json!({ "a": [1] }))),
        ("a number too large", with(&needed, json!(1e300))),
        ("a card number", with("surprise", json!([{ "deep": format!("my card {number}") }]))),
        ("a card number as a name", with(&number, json!(1))),
    ]
}

#[test]
fn bad_inputs_are_told_and_change_nothing() {
    let store = Served::new();
    let (trip, account) = (store.paid("tok_visa_ok"), store.account());
    let entries = store.entries();
    let mut told = String::new();
    for (method, path, _, body) in operations() {
        let Some(right) = body.filter(Value::is_object) else { continue };
        writeln!(told, "{method} {path}").unwrap();
        let address = at(path, &trip, &account);
        let bearer = bearer(ALL);
        let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        for (name, body) in bad_bodies(&right) {
            let answer = store.send(method, &address, &json, body.as_bytes());
            assert!(!answer.body.contains(&"4242".repeat(4)), "a card number is told back: {answer:?}");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            writeln!(told, "  {name}: {} {}: {detail}", answer.status, answer.problem()).unwrap();
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonish"] {
            let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
            let answer = store.send(method, &address, &headers, right.to_string().as_bytes());
            assert_eq!((answer.status, answer.problem().as_str()), (415, "wrong-content-type"));
        }
        assert_eq!(store.send(method, &address, &json[..1], b"").problem(), "wrong-content-type");
        let large = json!({ "a": "x".repeat(1 << 20) }).to_string();
        assert_eq!(store.send(method, &address, &json, large.as_bytes()).problem(), "too-large");
        for (what, none) in [("TRIP", "no-such-trip"), ("ACCOUNT", "no-such-account")] {
            if !path.contains(what) {
                continue;
            }
            let ask = |name: &str| {
                let address = at(&path.replace(what, name), &trip, &account);
                store.send(method, &address, &json, right.to_string().as_bytes())
            };
            assert_eq!(ask(NOBODY).problem(), none);
            for wrong in ["x", "%ff", "0199c0de00007000800000000000000", &"4242".repeat(4)] {
                let answer = ask(wrong);
                assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid-parameter"), "{wrong}");
            }
        }
    }
    assert_eq!(store.entries(), entries, "something of a bad input was kept");
    insta::assert_snapshot!(told);
}

#[test]
fn values_that_can_not_be_are_told_all_at_once() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let entries = store.entries();
    let mut cart = cart_of(&[line("", 0, "1.005"), line("ok", 1, "1,50")], &[line("x", 2_000_000, "-1")]);
    cart["lines"][0]["tax_percent"] = json!("100.1");
    cart["lines"][0]["taken"] = json!("yesterday");
    cart["lines"][1]["quantity"] = json!({ "grams": 312 });
    cart["lines"][1]["deposit"] = json!("0.25");
    cart["doubtful"][0]["probability"] = json!(1.5);
    cart["left"] = json!("2027-01-15T07:57:59Z");
    cart["people"] = json!(0);
    let answer = store.post(&format!("/trips/{trip}/cart"), &cart);
    assert_eq!(answer.problem(), "wrong-values");
    let told: Vec<String> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{}: {}", fault["pointer"].as_str().unwrap(), fault["detail"].as_str().unwrap()))
        .collect();
    assert_eq!(store.entries(), entries);
    let dear: Vec<Value> = (0..999).map(|_| line("x", 1_000_000, "999999999.99")).collect();
    let dear = store.post(&format!("/trips/{trip}/cart"), &cart_of(&dear, &[]));
    assert_eq!(dear.problem(), "wrong-values");
    assert_eq!(store.entries(), entries);
    let card = json!({ "token": "", "fingerprint": "x".repeat(256), "brand": "<b>", "last_four": "424" });
    let entry = store.post("/entry", &json!({ "gate": "\u{7}", "credential": { "card": card } }));
    let entry =
        entry.json()["errors"].as_array().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    let dear = dear.json()["detail"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(format!("{}\n\n{dear}\n\n{}", told.join("\n"), entry.join("\n")));
}

#[test]
fn addresses_methods_and_parameters() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let mut told = String::new();
    for (method, path) in [
        ("GET", "/nothing"),
        ("GET", "/trips/"),
        ("GET", ""),
        ("DELETE", "/trips"),
        ("PUT", "/entry"),
        ("TRACE", "/health"),
        ("GET", "/entry"),
        ("GET", "/trips?limit=0"),
        ("GET", "/trips?limit=%2B5"),
        ("GET", "/trips?limit=1001"),
        ("GET", "/trips?state=gone"),
        ("GET", "/trips?after=x"),
        ("GET", "/trips?surprise=1"),
        ("GET", "/trips?limit=1&limit=2"),
        ("GET", "/events?after=-1"),
        ("GET", "/events?after=99999999999999999999"),
        ("GET", "/events?wait=31"),
        ("GET", "/events?limit="),
        ("GET", "/trips/TRIP/disputes"),
        ("POST", "/trips/TRIP/disputes/x/decision"),
        ("GET", "/receipts/look-up"),
        ("GET", "/accounts/x"),
        ("PUT", "/accounts"),
        ("DELETE", "/accounts/TRIP/cards/x"),
        ("PUT", "/accounts/TRIP/phones/x"),
        ("PUT", "/accounts/TRIP/phones/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("GET", "/accounts/TRIP/receipts?limit=101"),
        ("DELETE", "/badges/a%20b"),
        ("PUT", "/catalogue/uploads/a%20b"),
        ("PUT", "/catalogue/uploads/a?tax_percent=19"),
        ("GET", "/catalogue/uploads/nothing"),
        ("GET", "/catalogue?limit=0"),
        ("GET", "/epcis"),
        ("GET", "/epcis?from=2027&until=2028"),
        ("GET", "/epcis?from=2027-01-02T00:00:00Z&until=2027-01-01T00:00:00Z"),
        ("GET", "/epcis?from=2027-01-01T00:00:00Z&until=2027-05-01T00:00:00Z"),
    ] {
        let headers = [("authorization", bearer(ALL)), ("content-type", "application/json".to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer =
            store.send(method, &path.replace("TRIP", &trip), &headers, b"{\"lines\":[],\"reason\":\"r\"}");
        let allow = answer.headers.get("allow").map(|allow| format!(" (Allow: {allow})")).unwrap_or_default();
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        writeln!(told, "{method} {path}: {} {}{allow}: {detail}", answer.status, answer.problem()).unwrap();
    }
    let headers = [("authorization", bearer(ALL)), ("accept", "text/csv".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(store.send("GET", &format!("/receipts/{trip}"), &headers, b"").problem(), "not-acceptable");
    insta::assert_snapshot!(told);
}

#[test]
fn too_many_requests_of_one_key_don_t_touch_the_others() {
    let store = Served::with(|_, config| (config.limits.burst, config.limits.per_second) = (3, 1));
    let ask = |key: &str| store.send("GET", "/audit", &[("authorization", &bearer(key))], b"");
    let statuses: Vec<u16> = (0..4).map(|_| ask(ALL).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    let refused = ask(ALL);
    assert_eq!(
        (refused.problem().as_str(), refused.headers["retry-after"].as_str()),
        ("too-many-requests", "1")
    );
    assert_eq!(ask(&only(Scope::Audit)).status, 200);
    let guesses: Vec<u16> = (0..4).map(|_| ask("a guess").status).collect();
    assert_eq!(guesses, [401, 401, 401, 429]);
    store.wait(1);
    assert_eq!(ask(ALL).status, 200);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let store = Served::with(|_, config| config.limits.answer_within = Duration::from_millis(100));
    assert_eq!(store.get("/events?wait=30").problem(), "slow");
    let store = Served::with(|_, config| config.limits.at_once = 0);
    assert_eq!(store.get("/audit").problem(), "busy");
    let store = Served::with(|_, config| config.limits.waiting = 0);
    assert_eq!(store.get("/events?wait=1").problem(), "busy");
    assert_eq!(store.get("/events").status, 200);
}

#[test]
fn a_body_that_does_not_come_is_given_up() {
    let store = Served::with(|_, config| config.limits.body_within = Duration::from_millis(100));
    let mut stream = TcpStream::connect(store.address).unwrap();
    let head = format!(
        "POST /api/v1/entry HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ALL}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[test]
fn requests_have_names_and_answers_are_not_kept_by_others() {
    let store = Served::new();
    let ask =
        |id: &str| store.send("GET", "/health", &[("x-request-id", id)], b"").headers["x-request-id"].clone();
    assert_eq!(ask("till-7.42"), "till-7.42");
    for wrong in ["a b", &"x".repeat(65), &"4242".repeat(4)] {
        assert_ne!(ask(wrong), wrong);
    }
    let headers = store.get("/audit").headers;
    assert_eq!(
        (headers["cache-control"].as_str(), headers["x-content-type-options"].as_str()),
        ("no-store", "nosniff")
    );
}

#[test]
fn the_server_lets_waiting_requests_go_when_it_stops() {
    let store = Served::with(|_, config| config.limits.waiting = 1);
    let url = store.url("/api/v1/events?wait=30");
    let waits = std::thread::spawn(move || {
        loop {
            let asked = ureq::get(&url).header("authorization", bearer(ALL)).call();
            match asked {
                Ok(mut answer) => return answer.body_mut().read_to_string().unwrap(),
                // The place was taken by the one who looks whether it is taken.
                Err(ureq::Error::StatusCode(503)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    while store.get("/events?wait=1").status != 503 {}
    drop(store);
    assert_eq!(waits.join().unwrap(), r#"{"events":[],"next":0}"#);
}
