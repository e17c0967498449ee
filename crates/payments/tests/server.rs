//! The acquirer's server: its events, and what it keeps.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use payments::acquirer::{AcquirerServer, Delivery, ServerOptions, WebhookTarget};
use payments::stripe::{TOLERANCE_SECONDS, WebhookEvent, WebhookKind, fold, verify_webhook};
use payments::{PaymentProcessor, PaymentStatus, Secret};
use support::{START, TestClock, card, dollars, key, reference};

fn secret_key() -> Secret {
    Secret::new("sk_test_server")
}

/// Receives webhooks, the first of them with a failure, and verifies them; ends with a connection that says
/// nothing.
fn receiver() -> (SocketAddr, JoinHandle<Vec<WebhookEvent>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        support::receive(&listener, 500);
        let verified = |(signature, body): (String, Vec<u8>)| {
            verify_webhook(&body, &signature, &[Secret::new("whsec_1")], START, TOLERANCE_SECONDS).unwrap()
        };
        std::iter::repeat_with(|| support::receive(&listener, 200))
            .take_while(|(signature, _)| !signature.is_empty())
            .map(verified)
            .collect()
    });
    (address, thread)
}

/// What a shop does in a day: each event there is, and how everything stands in the end.
fn day(delivery: Delivery) -> (Vec<WebhookEvent>, Vec<PaymentStatus>) {
    let clock = TestClock::new();
    let (address, received) = receiver();
    let url = format!("http://{address}/hook");
    let webhook = WebhookTarget { url, secret: Secret::new("whsec_1"), delivery };
    let options = ServerOptions { webhook: Some(webhook), keep: None };
    let server = AcquirerServer::start("127.0.0.1:0", secret_key(), clock.processor(), options).unwrap();
    let p = server.client().unwrap();
    let hold = |name: &str, token| p.hold(&key(name), &reference(name), &card(token), dollars(1000));
    let one = hold("one", "tok_visa_ok").unwrap().payment;
    p.raise(&key("raise"), &one, dollars(2000)).unwrap();
    p.capture(&key("capture"), &one, dollars(1500)).unwrap();
    p.refund(&key("refund"), &one, dollars(200)).unwrap();
    let two = hold("two", "tok_visa_ok").unwrap().payment;
    p.void(&key("void"), &two).unwrap();
    hold("three", "tok_do_not_honor").unwrap_err();
    assert_eq!(server.flush_webhooks(), 0);
    drop(TcpStream::connect(address).unwrap());
    let found = ["one", "two", "three"].map(|name| p.find(&reference(name)).unwrap().unwrap());
    (received.join().unwrap(), found.to_vec())
}

#[test]
fn every_deed_is_told_in_order_by_a_signed_event() {
    let (events, found) = day(Delivery::InOrder);
    let kinds: Vec<WebhookKind> = events.iter().map(|event| event.kind).collect();
    use WebhookKind::{Canceled, Failed, Held, Refunded, Succeeded};
    assert_eq!(kinds, [Held, Held, Succeeded, Refunded, Held, Canceled, Failed]);
    assert!(events.iter().all(|event| event.created == START));
    assert!(events[..4].iter().all(|event| event.reference == Some(reference("one"))));
    assert_eq!(fold(&events).into_values().collect::<Vec<_>>(), found);
}

#[test]
fn events_twice_and_out_of_order_come_to_the_same() {
    let (events, found) = day(Delivery::Disordered);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &events {
        *times.entry(&event.id).or_default() += 1;
    }
    assert_eq!(times.into_values().collect::<Vec<_>>(), [2; 7]);
    assert!(!events.is_sorted_by_key(|event| &event.id));
    assert_eq!(fold(&events).into_values().collect::<Vec<_>>(), found);
}

#[test]
fn a_server_that_was_killed_remembers_what_it_said() {
    let clock = TestClock::new();
    let folder = tempfile::tempdir().unwrap();
    let options = || ServerOptions { webhook: None, keep: Some(folder.path().join("acquirer.json")) };
    let start = || AcquirerServer::start("127.0.0.1:0", secret_key(), clock.processor(), options()).unwrap();
    let charge = |server: &AcquirerServer| {
        let p = server.client().unwrap();
        p.charge(&key("c"), &reference("trip"), &card("tok_timeout_after"), dollars(500))
    };
    let server = start();
    charge(&server).unwrap_err();
    drop(server);
    let server = start();
    let captured = charge(&server).unwrap();
    assert_eq!(captured.amount, dollars(500));
    assert_eq!(server.processor().acquirer().journal().len(), 1);
}

#[test]
fn nobody_gets_in_without_the_key() {
    let clock = TestClock::new();
    let server =
        AcquirerServer::start("127.0.0.1:0", secret_key(), clock.processor(), ServerOptions::default())
            .unwrap();
    let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
    for (path, token, status) in [
        ("/v1/payment_intents", "sk_test_other", 401),
        ("/v1/payment_intents", "sk_test_server", 200),
        ("/v1/payment_methods/tok_visa_ok%2Fanna", "sk_test_server", 200),
        ("/v1/payment_methods/pm_1", "sk_test_server", 404),
        ("/v1/nothing", "sk_test_server", 404),
        ("/", "sk_test_server", 404),
    ] {
        let answer = agent
            .get(format!("{}{path}", server.url()))
            .header("Authorization", format!("Bearer {token}"))
            .call()
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}
