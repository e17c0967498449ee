//! Whatever is sent, the server does not break, and what it refuses leaves no trace.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::cell::RefCell;

use common::{ALL, Served, bearer, cart, line};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, with the names and values that the API knows among it.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "gate-1",
        "not_taken",
        "charge",
        "drop",
        "4.99",
        "19",
        "2027-01-15T07:59:00Z",
        "tok_visa_ok",
        "visa",
        "4242",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..3_u32).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = prop_oneof![
        9 => prop::sample::select(vec![
            "gate", "credential", "card", "badge", "token", "fingerprint", "brand", "last_four", "at", "entered",
            "left", "people", "lines", "doubtful", "line", "probability", "product", "name", "quantity", "units",
            "grams", "unit_price", "tax_percent", "deposit", "taken", "verdict", "kind", "reason", "date", "total",
            "asker", "address", "consent", "language", "version", "words", "text", "purpose", "given", "id", "sku",
            "barcodes", "type", "code", "prices", "price", "from",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A right body with one thing in it exchanged.
fn spoilt() -> impl Strategy<Value = Value> {
    let lines = json!([{ "line": 0, "quantity": { "units": 1 } }]);
    let text = json!({ "version": "1", "language": "de", "words": "w" });
    let right = vec![
        cart(),
        json!({ "gate": "gate-1", "credential": { "badge": { "id": "b" } } }),
        json!({ "kind": "damaged", "lines": lines }),
        json!({ "lines": lines, "reason": "r" }),
        json!({ "line": 0, "verdict": "charge", "quantity": { "units": 1 } }),
        json!({ "at": "2027-01-15T08:00:00Z" }),
        line("x", 1, "1"),
        json!({ "date": "2027-01-15", "last_four": "4242", "total": "6.77", "asker": "a" }),
        json!({ "credential": { "palm": { "identity": "p" } }, "address": "a@b.example", "consent": text }),
        json!({ "purpose": "offers", "given": true, "text": text }),
        json!({ "id": "b", "name": "ann" }),
        json!([{ "sku": "x", "name": "x", "barcodes": [{ "type": "plu", "code": "4011" }],
            "prices": [{ "price": "1.00", "tax_percent": "19" }], "mass_g": 5 }]),
    ];
    (prop::sample::select(right), any::<prop::sample::Index>(), any_json()).prop_map(
        |(mut body, which, other)| {
            let places = places(&body, String::new());
            if let Some(place) = body.pointer_mut(&places[which.index(places.len())]) {
                *place = other;
            }
            body
        },
    )
}

fn places(json: &Value, here: String) -> Vec<String> {
    let below: Vec<String> = match json {
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, item)| places(item, format!("{here}/{i}"))).collect()
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, field)| places(field, format!("{here}/{name}"))).collect()
        }
        _ => Vec::new(),
    };
    below.into_iter().chain([here]).collect()
}

/// Methods and addresses that take a body. `ACCOUNT` stands for an account, `UPLOAD` for a name.
const ADDRESSES: [(&str, &str); 19] = [
    ("POST", "/entry"),
    ("POST", "/trips/TRIP/left"),
    ("POST", "/trips/TRIP/cart"),
    ("POST", "/trips/TRIP/review"),
    ("POST", "/trips/TRIP/disputes"),
    ("POST", "/trips/TRIP/disputes/0/decision"),
    ("POST", "/trips/TRIP/refunds"),
    ("POST", "/trips/TRIP/cancel"),
    ("POST", "/trips/TRIP/join"),
    ("POST", "/trips/TRIP/debt/pay"),
    ("POST", "/receipts/look-up"),
    ("POST", "/receipts/of-card"),
    ("POST", "/receipts/kiosk"),
    ("POST", "/accounts"),
    ("PUT", "/accounts/ACCOUNT/language"),
    ("POST", "/accounts/ACCOUNT/consents"),
    ("POST", "/badges"),
    ("PUT", "/catalogue/uploads/UPLOAD"),
    ("POST", "/webhooks/payments"),
];

thread_local! {
    static STORE: RefCell<Option<(Served, [String; 3], String)>> = const { RefCell::new(None) };
}

/// One store for all cases: a trip that is inside, one in review, one that is paid; and an account.
fn with_store(test: impl FnOnce(&Served, &[String; 3], &str)) {
    STORE.with_borrow_mut(|kept| {
        let (store, trips, account) = kept.get_or_insert_with(|| {
            let store = Served::new();
            let inside = store.come_in("tok_visa_ok");
            let review = store.come_in("tok_amex_ok");
            let doubtful = common::cart_of(&[], &[line("wine", 2, "7.50")]);
            store.post(&format!("/trips/{review}/cart"), &doubtful);
            let paid = store.paid("tok_mastercard_ok");
            let account = store.account();
            (store, [inside, review, paid], account)
        });
        test(store, trips, account);
    });
}

/// Sends a body; it breaks nothing, and where it is refused nothing of it is kept.
fn harmless(store: &Served, method: &str, path: &str, body: &[u8]) {
    let before = store.entries();
    let bearer = bearer(ALL);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let answer = store.send(method, path, &headers, body);
    assert!(answer.status < 500, "{path} {:?}: {answer:?}", String::from_utf8_lossy(body));
    if answer.status >= 400 {
        answer.problem();
        assert_eq!(store.entries(), before, "something of a refused request was kept: {answer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_breaks_nothing(
        address in prop::sample::select(&ADDRESSES[..]),
        trip in 0..3_usize,
        upload: u16,
        body in prop_oneof![any_json(), spoilt()],
    ) {
        with_store(|store, trips, account| {
            let path = address.1.replace("TRIP", &trips[trip]).replace("ACCOUNT", account);
            let path = path.replace("UPLOAD", &upload.to_string());
            harmless(store, address.0, &path, body.to_string().as_bytes());
        });
    }

    #[test]
    fn any_bytes_break_nothing(
        address in prop::sample::select(&ADDRESSES[..]),
        trip in 0..3_usize,
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        with_store(|store, trips, account| {
            let path = address.1.replace("TRIP", &trips[trip]).replace("ACCOUNT", account);
            harmless(store, address.0, &path, &body);
        });
    }

    #[test]
    fn any_address_breaks_nothing(path in "/[ -~]{0,40}", query in "[ -~]{0,40}") {
        with_store(|store, _, _| {
            let encode = |text: &str| text.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'=' | b'&' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            }).collect::<String>();
            let (path, query) = (encode(&path), encode(&query));
            for path in [path.as_str(), "/trips", "/catalogue", "/epcis"] {
                let path = format!("{path}?{query}");
                let answer = store.get(&path);
                assert!(answer.status < 500, "{path}: {answer:?}");
            }
        });
    }
}
