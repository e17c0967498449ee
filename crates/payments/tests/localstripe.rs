//! Stripe's client before a double of Stripe by others: `localstripe` (PyPI, GPL-3.0, a process of its own).
//!
//! It listens on every interface, so it runs within a network namespace of its own, where this test runs itself
//! again beside it. `docs/payments.md` says where it differs from Stripe; nothing is asserted there.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test")]

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use payments::stripe::{
    StripeConfig, StripeProcessor, TOLERANCE_SECONDS, WebhookEvent, WebhookKind, verify_webhook,
};
use payments::{PaymentError, PaymentId, PaymentProcessor, PaymentStatus, Secret};
use support::{card, dollars, key, reference};

/// Where the test within the namespace is told of the program.
const WITHIN: &str = "SAUNTER_LOCALSTRIPE_WITHIN";
/// What webhooks are signed with.
const WEBHOOK_SECRET: &str = "whsec_localstripe";

/// Says why nothing was tested, or fails if services were promised.
fn skip(why: &str) {
    assert!(std::env::var_os("SAUNTER_SERVICES").is_none_or(|set| set != "1"), "{why}");
    println!("skipped: {why}");
}

/// The program: by the environment, or on the path.
fn program() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("SAUNTER_LOCALSTRIPE") {
        return Some(PathBuf::from(program)).filter(|program| program.exists());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("localstripe")).find(|program| program.exists())
}

#[test]
fn localstripe_agrees() {
    let Some(program) = program() else {
        return skip(
            "localstripe is not there; `dev/services localstripe` installs it and says how to name it",
        );
    };
    let allowed = Command::new("unshare").args(["-rn", "ip", "link", "set", "lo", "up"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        return skip(
            "no network namespace can be made here (unshare and ip, as root or with user namespaces)",
        );
    }
    let output = Command::new("unshare")
        .args(["-rn", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["within_the_namespace", "--exact", "--ignored", "--nocapture"])
        .env(WITHIN, program)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// The running double; stopped at the end.
struct Double(Child);

impl Double {
    /// Starts it and waits until it says that it listens.
    fn start(program: &std::ffi::OsStr) -> (Self, String) {
        let mut child = Command::new(program)
            .args(["--from-scratch", "--port", "8420"])
            .env("PYTHONUNBUFFERED", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().contains("Running on")), "it did not start");
        // Nothing else is read from it; it writes little to its standard output.
        std::thread::spawn(move || said.for_each(drop));
        (Self(child), "http://127.0.0.1:8420".to_owned())
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks the double for something beside the trait.
fn post(url: &str, path: &str, form: &[(&str, &str)]) -> serde_json::Value {
    let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
    let mut answer = agent
        .post(format!("{url}{path}"))
        .header("Authorization", "Bearer sk_test_localstripe")
        .send_form(form.iter().copied())
        .unwrap();
    serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap_or_default()
}

/// A saved card: `customer:payment method`.
fn saved_card(url: &str, number: &str) -> String {
    let customer =
        post(url, "/v1/customers", &[("email", "a@example.com")])["id"].as_str().unwrap().to_owned();
    let form = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2099"),
        ("card[cvc]", "123"),
    ];
    let method = post(url, "/v1/payment_methods", &form)["id"].as_str().unwrap().to_owned();
    post(url, &format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]);
    format!("{customer}:{method}")
}

/// Receives one webhook and verifies it, at the time it was signed.
fn webhook(listener: &TcpListener) -> WebhookEvent {
    let (signature, body) = support::receive(listener, 200);
    let signed_at: i64 = signature.split([',', '=']).nth(1).unwrap().parse().unwrap();
    let now = model::Time::from_nanos(signed_at * 1_000_000_000);
    verify_webhook(&body, &signature, &[Secret::new(WEBHOOK_SECRET)], now, TOLERANCE_SECONDS).unwrap()
}

#[test]
#[ignore = "started by localstripe_agrees within a network namespace of its own"]
fn within_the_namespace() {
    let program = std::env::var_os(WITHIN).expect("only localstripe_agrees starts this");
    let (_double, url) = Double::start(&program);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("http://{}", listener.local_addr().unwrap());
    post(&url, "/_config/webhooks/test", &[("url", &hook), ("secret", WEBHOOK_SECRET)]);
    let good = card(&saved_card(&url, &"4242".repeat(4)));
    // Stripe's test number of a card that can be saved and not charged.
    let bad = card(&saved_card(&url, &format!("4{}0341", "0".repeat(11))));
    let config = StripeConfig { base_url: url, ..StripeConfig::new(Secret::new("sk_test_localstripe")) };
    let p = StripeProcessor::new(&config).unwrap();

    let held = p.hold(&key("h1"), &reference("trip 1"), &good, dollars(5000)).unwrap();
    assert_eq!(held.amount, dollars(5000));
    assert_eq!(p.find(&reference("trip 1")).unwrap(), Some(PaymentStatus::Held(held.clone())));
    let captured = p.capture(&key("c1"), &held.payment, dollars(1234)).unwrap();
    assert_eq!((&captured.payment, captured.amount), (&held.payment, dollars(1234)));
    let again = p.capture(&key("c2"), &held.payment, dollars(1)).unwrap_err();
    assert!(matches!(again, PaymentError::Refused { .. }), "{again}");
    assert_eq!(p.refund(&key("r1"), &held.payment, dollars(234)).unwrap().amount, dollars(234));

    let held = p.hold(&key("h2"), &reference("trip 2"), &good, dollars(700)).unwrap();
    p.void(&key("v2"), &held.payment).unwrap();
    let released = PaymentStatus::Released { payment: held.payment };
    assert_eq!(p.find(&reference("trip 2")).unwrap(), Some(released));

    let charged = p.charge(&key("o3"), &reference("trip 3"), &good, dollars(800)).unwrap();
    assert_eq!(charged.amount, dollars(800));
    let declined = p.charge(&key("o4"), &reference("trip 4"), &bad, dollars(800)).unwrap_err();
    assert!(matches!(declined, PaymentError::Declined { .. }), "{declined}");
    assert!(matches!(p.find(&reference("trip 4")).unwrap(), Some(PaymentStatus::Declined { .. })));
    assert_eq!(p.find(&reference("trip 5")).unwrap(), None);
    let unknown = p.void(&key("v5"), &PaymentId("pi_none".to_owned())).unwrap_err();
    assert!(matches!(unknown, PaymentError::Refused { .. }), "{unknown}");

    // Events of things we do not handle come too (customers, payment methods).
    let ours = std::iter::repeat_with(|| webhook(&listener)).filter(|event| event.kind != WebhookKind::Other);
    let events: Vec<WebhookEvent> = ours.take(3).collect();
    let kinds: Vec<WebhookKind> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [WebhookKind::Succeeded, WebhookKind::Succeeded, WebhookKind::Failed]);
    assert_eq!(events[0].reference, Some(reference("trip 1")));
    assert_eq!(events[1].payment, Some(charged.payment));
}
