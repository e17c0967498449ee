//! What the payment processor tells by itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{Served, WEBHOOK_SECRET, cart};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

fn signed(store: &Served, secret: &str, ago_s: i64, event: &Value) -> common::Answer {
    let (body, at) = (event.to_string(), store.now().nanos() / 1_000_000_000 - ago_s);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let signature = format!("t={at},v1={hex}");
    store.send("POST", "/webhooks/payments", &[("stripe-signature", &signature)], body.as_bytes())
}

fn event(name: &str, reference: &str) -> Value {
    json!({ "id": name, "object": "event", "created": 1_800_000_000, "type": "payment_intent.succeeded", "data": { "object": {
        "id": "pi_1", "object": "payment_intent", "amount": 677, "amount_received": 677, "amount_capturable": 0,
        "currency": "eur", "status": "succeeded", "metadata": { "reference": reference }, "created": 1_800_000_000,
    } } })
}

#[test]
fn an_answer_that_got_lost_is_cleared_up_when_the_processor_calls() {
    let store = Served::new();
    let trip = store.come_in("tok_timeout_after_on_capture");
    store.post(&format!("/trips/{trip}/cart"), &cart());
    for errand in store.office.due(store.now(), 10).unwrap() {
        store.office.run_errand(&errand, store.now()).unwrap();
    }
    let state = || store.get(&format!("/trips/{trip}")).json()["state"].clone();
    assert_eq!((state(), store.office.due(store.now(), 10).unwrap().len()), (json!("settled"), 0));
    let event = event("evt_1", &format!("main-street/{trip}/0"));
    assert_eq!(signed(&store, WEBHOOK_SECRET, 0, &event).json()["outcome"], "looking");
    store.run();
    assert_eq!(state(), "paid");
    assert_eq!(signed(&store, WEBHOOK_SECRET, 0, &event).json()["outcome"], "known");
}

#[test]
fn what_is_not_signed_or_not_ours_changes_nothing() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let ours = event("evt_1", &format!("main-street/{trip}/0"));
    assert_eq!(signed(&store, "whsec_other", 0, &ours).problem(), "invalid-signature");
    assert_eq!(signed(&store, WEBHOOK_SECRET, 3600, &ours).problem(), "invalid-signature");
    assert_eq!(store.send("POST", "/webhooks/payments", &[], b"{}").problem(), "invalid-signature");
    assert_eq!(signed(&store, WEBHOOK_SECRET, 0, &json!([1])).problem(), "invalid-body");
    for reference in ["", "main-street/x/0", "other/0199c0de-0000-7000-8000-000000000000/0"] {
        let other = event(&format!("evt_{reference}"), reference);
        assert_eq!(signed(&store, WEBHOOK_SECRET, 0, &other).json()["outcome"], "not_ours");
    }
    let none = Served::with(|_, config| config.webhook_secrets.clear());
    assert_eq!(signed(&none, WEBHOOK_SECRET, 0, &ours).problem(), "no-webhooks");
}

#[test]
fn deadlines_of_reviews_stay_when_the_processor_calls() {
    let store = Served::new();
    let trip = store.come_in("tok_visa_ok");
    let doubtful = common::cart_of(&[], &[common::line("wine", 1, "7.50")]);
    store.post(&format!("/trips/{trip}/cart"), &doubtful);
    let event = event("evt_1", &format!("main-street/{trip}/0"));
    assert_eq!(signed(&store, WEBHOOK_SECRET, 0, &event).json()["outcome"], "looking");
    store.run();
    let state = || store.get(&format!("/trips/{trip}")).json()["state"].clone();
    assert_eq!(state(), "in_review");
    store.wait(5 * 3600);
    assert_eq!(state(), "empty");
}
