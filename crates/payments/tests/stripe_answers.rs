//! What each answer of a payment processor, and none, is taken for; and what is asked in which words.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use payments::stripe::{StripeConfig, StripeError, StripeProcessor};
use payments::{Held, PaymentError, PaymentProcessor, Secret};
use support::{card, dollars, key, reference};

fn config(base_url: String) -> StripeConfig {
    StripeConfig {
        base_url,
        answer_timeout: Duration::from_millis(300),
        ..StripeConfig::new(Secret::new("sk_test_1"))
    }
}

/// Reads one request from the stream, body and all.
fn read_request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let length = text.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
        });
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length.unwrap_or(0)
        {
            return text;
        }
        assert!(read > 0, "half a request: {text}");
    }
}

/// Lets `act` answer one request, and a client of it.
fn one(act: impl FnOnce(TcpStream) -> String + Send + 'static) -> (StripeProcessor, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || act(listener.accept().unwrap().0));
    (StripeProcessor::new(&config(url)).unwrap(), thread)
}

fn hold(processor: &StripeProcessor) -> Result<Held, PaymentError> {
    processor.hold(&key("key 1"), &reference("trip/1"), &card("cus_9:pm_7"), dollars(1099))
}

/// What a hold comes to if this is answered, and what was asked.
fn answered(status: &str, body: &str) -> (Result<Held, PaymentError>, String) {
    let answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let (processor, thread) = one(move |mut stream| {
        let request = read_request(&mut stream);
        stream.write_all(answer.as_bytes()).unwrap();
        request
    });
    (hold(&processor), thread.join().unwrap())
}

const HELD: &str = r#"{"id":"pi_1","status":"requires_capture","amount":1099,"amount_capturable":1099,"currency":"usd",
    "created":1800000000,"latest_charge":{"id":"ch_1","amount":1099,"currency":"usd",
    "payment_method_details":{"type":"card","card":{"capture_before":1800400000}}}}"#;

#[test]
fn a_hold_is_asked_for_in_stripes_words() {
    let (held, request) = answered("200 OK", HELD);
    let held = held.unwrap();
    assert_eq!(held.amount, dollars(1099));
    assert_eq!(held.capture_before.nanos(), 1_800_400_000_000_000_000);
    let lower = request.to_ascii_lowercase();
    assert!(request.starts_with("POST /v1/payment_intents HTTP/1.1\r\n"), "{request}");
    assert!(lower.contains("authorization: bearer sk_test_1\r\n"), "{request}");
    assert!(lower.contains("idempotency-key: key 1\r\n"), "{request}");
    assert!(lower.contains("stripe-version: 2025-03-31.basil\r\n"), "{request}");
    assert!(lower.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let mut fields: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    fields.sort();
    let expected = [
        ("amount", "1099"),
        ("capture_method", "manual"),
        ("confirm", "true"),
        ("currency", "usd"),
        ("customer", "cus_9"),
        ("expand[]", "latest_charge"),
        ("metadata[reference]", "trip/1"),
        ("payment_method", "pm_7"),
        ("payment_method_options[card][request_incremental_authorization]", "if_available"),
        ("payment_method_types[]", "card"),
    ];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, expected);
}

#[test]
fn each_answer_is_taken_for_what_it_is() {
    let declined = |code: &str| format!("declined {code}");
    let refused = |code: &str| format!("refused {code}");
    let unclear = || "unclear".to_owned();
    let cases = [
        (
            "402 x",
            r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"do_not_honor"}}"#,
            declined("do_not_honor"),
        ),
        ("402 x", r#"{"error":{"type":"card_error","code":"expired_card"}}"#, declined("expired_card")),
        (
            "402 x",
            r#"{"error":{"type":"invalid_request_error","code":"card_declined"}}"#,
            declined("card_declined"),
        ),
        ("402 x", r#"{"error":{"type":"invalid_request_error","code":"other"}}"#, refused("other")),
        ("402 x", "pay here", unclear()),
        ("400 x", r#"{"error":{"type":"idempotency_error","message":"used"}}"#, refused("idempotency_error")),
        (
            "400 x",
            r#"{"error":{"type":"invalid_request_error","code":"payment_intent_unexpected_state","payment_intent":{"id":"pi_1","status":"canceled"}}}"#,
            "expired".to_owned(),
        ),
        (
            "400 x",
            r#"{"error":{"type":"invalid_request_error","code":"payment_intent_unexpected_state","payment_intent":{"id":"pi_1","status":"succeeded"}}}"#,
            refused("payment_intent_unexpected_state"),
        ),
        (
            "400 x",
            r#"{"error":{"type":"invalid_request_error","code":"capture_charge_authorization_expired","payment_intent":{"id":"pi_1"}}}"#,
            "expired".to_owned(),
        ),
        (
            "401 x",
            r#"{"error":{"type":"invalid_request_error","message":"no such key"}}"#,
            refused("invalid_request_error"),
        ),
        (
            "404 x",
            r#"{"error":{"type":"invalid_request_error","code":"resource_missing"}}"#,
            refused("resource_missing"),
        ),
        ("404 x", "<html>a proxy", unclear()),
        ("409 x", r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}"#, unclear()),
        ("429 x", "", "unavailable".to_owned()),
        (
            "429 x",
            r#"{"error":{"type":"invalid_request_error","code":"lock_timeout"}}"#,
            "unavailable".to_owned(),
        ),
        ("500 x", r#"{"error":{"type":"api_error"}}"#, unclear()),
        ("502 x", "<html>bad gateway", unclear()),
        ("503 x", "", unclear()),
        ("302 x", "", unclear()),
        ("200 x", r#"{"id":"pi_1","sta"#, unclear()),
        ("200 x", "{}", unclear()),
        ("200 x", r#"{"id":"pi_1","status":"processing","amount":1099,"currency":"usd"}"#, unclear()),
        (
            "200 x",
            r#"{"id":"pi_1","status":"requires_action","amount":1099,"currency":"usd"}"#,
            declined("authentication_required"),
        ),
        ("200 x", r#"{"id":"pi_1","status":"requires_capture","amount":1099,"currency":"q"}"#, unclear()),
    ];
    for (status, body, expected) in cases {
        let got = match answered(status, body).0.unwrap_err() {
            PaymentError::Declined { code } => declined(&code),
            PaymentError::Refused { code, .. } => refused(&code),
            PaymentError::Expired { payment } => {
                assert_eq!(payment.0, "pi_1");
                "expired".to_owned()
            }
            PaymentError::Unclear { .. } => unclear(),
            PaymentError::Unavailable { .. } => "unavailable".to_owned(),
        };
        assert_eq!(got, expected, "{status} {body}");
    }
}

#[test]
fn no_connection_is_unavailable_and_no_whole_answer_is_unclear() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = hold(&StripeProcessor::new(&config(url)).unwrap()).unwrap_err();
    assert!(matches!(error, PaymentError::Unavailable { .. }), "{error}");

    let closes = |_: TcpStream| String::new();
    let closes_late = |mut stream: TcpStream| read_request(&mut stream);
    let silent = |mut stream: TcpStream| {
        let request = read_request(&mut stream);
        // Until the client has lost its patience and hangs up.
        let _ = stream.read(&mut [0]);
        request
    };
    let half = |mut stream: TcpStream| {
        let request = read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":").unwrap();
        request
    };
    for (name, (processor, thread)) in [
        ("closes", one(closes)),
        ("closes late", one(closes_late)),
        ("silent", one(silent)),
        ("half", one(half)),
    ] {
        let error = hold(&processor).unwrap_err();
        assert!(matches!(error, PaymentError::Unclear { .. }), "{name}: {error}");
        thread.join().unwrap();
    }
}

#[test]
fn a_key_travels_only_where_nobody_can_read_it() {
    for (url, secure) in [
        ("https://api.example", true),
        ("http://127.0.0.1:80", true),
        ("http://localhost:12111/", true),
        ("http://[::1]:80", true),
        ("http://api.example", false),
        ("http://127.0.0.1.example", false),
        ("http://localhost@api.example", false),
        ("ftp://127.0.0.1", false),
    ] {
        let made = StripeProcessor::new(&StripeConfig { ca_pem: Some(ca().1), ..config(url.to_owned()) });
        assert_eq!(made.err(), (!secure).then_some(StripeError::NotSecure), "{url}");
    }
    let processor = StripeProcessor::new(&config("http://127.0.0.1:1".to_owned())).unwrap();
    assert!(!format!("{processor:?}").contains("sk_test_1"));
    let no_key = StripeConfig { secret_key: Secret::new("two words"), ..config("https://a".to_owned()) };
    assert_eq!(StripeProcessor::new(&no_key).err(), Some(StripeError::Key));
    let no_roots = StripeConfig { ca_pem: Some(Vec::new()), ..config("https://a".to_owned()) };
    assert_eq!(StripeProcessor::new(&no_roots).err(), Some(StripeError::Certificates));
}

/// A certificate for `localhost` that signs itself, with its key and as PEM.
fn ca() -> (rcgen::CertifiedKey<rcgen::KeyPair>, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem().into_bytes();
    (made, pem)
}

#[test]
fn tls_works_with_a_certificate_that_is_trusted_and_no_other() {
    let (made, pem) = ca();
    let key_der = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key_der)
        .unwrap();
    let server = Arc::new(server);
    for (trusted, ca_pem) in [(true, pem), (false, ca().1)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = Arc::clone(&server);
        let thread = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut tls = rustls::ServerConnection::new(server).unwrap();
            if tls.complete_io(&mut socket).is_err() {
                return;
            }
            let mut stream = rustls::Stream::new(&mut tls, &mut socket);
            read_request(&mut stream);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{HELD}", HELD.len());
            stream.write_all(head.as_bytes()).unwrap();
        });
        let config =
            StripeConfig { ca_pem: Some(ca_pem), answer_timeout: Duration::from_secs(10), ..config(url) };
        let held = hold(&StripeProcessor::new(&config).unwrap());
        match (trusted, held) {
            (true, Ok(held)) => assert_eq!(held.amount, dollars(1099)),
            (false, Err(PaymentError::Unavailable { why })) => assert!(why.contains("certificate"), "{why}"),
            (_, other) => panic!("{other:?}"),
        }
        thread.join().unwrap();
    }
}
