//! Mails as others see them: a server and a verifier that are not ours, and files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

mod samples;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Time;
use receipts::{
    Credentials, DkimKey, Mail, MailAddress, MailError, MailKind, Mailer, Outcome, Security, Sender,
    SmtpServer, compose, html, text,
};
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use samples::named;
use serde_json::{Value, json};

const AT: Time = Time::from_nanos(1_795_526_000_000_000_000);

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn ed25519() -> DkimKey {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(key));
    DkimKey::from_pem("corner.example", "ed", &pem).unwrap()
}

fn sender(dkim: Vec<DkimKey>) -> Sender {
    Sender {
        name: "Corner Märket\r\nBcc: x@example.org".to_owned(),
        from: address("receipts@corner.example"),
        reply_to: Some(address("help@corner.example")),
        dkim,
    }
}

fn mail(to: &str, kind: MailKind) -> Mail {
    compose(&named("german"), &address(to), &sender(Vec::new()), kind, AT).unwrap()
}

fn smtp(port: u16, limit: Duration) -> Mailer {
    Mailer::Smtp(SmtpServer::new("127.0.0.1", port, Security::Plain, None, limit).unwrap())
}

/// A foreign mail server with a foreign verifier, in Python.
struct Sink {
    child: Child,
    port: u16,
    lines: BufReader<std::process::ChildStdout>,
}

impl Sink {
    fn start(python: &str, keys: &[&DkimKey], certificate: Option<&Path>) -> Self {
        let records: serde_json::Map<String, Value> =
            keys.iter().map(|key| key.dns_record()).map(|(name, text)| (name, Value::String(text))).collect();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/sink.py");
        let mut child = Command::new(python)
            .args([script, &Value::Object(records).to_string()])
            .args(certificate)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        Self { child, port: port.trim().parse().unwrap(), lines }
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// Python with aiosmtpd and dkimpy, if there is one; where everything must be there, its absence fails.
fn python() -> Option<String> {
    let python = std::env::var("SAUNTER_MAIL_PYTHON").ok();
    if python.is_none() {
        assert!(std::env::var("SAUNTER_SERVICES").as_deref() != Ok("1"), "SAUNTER_MAIL_PYTHON is not set");
        eprintln!(
            "passed over: set SAUNTER_MAIL_PYTHON to a python with aiosmtpd, dkimpy, PyNaCl and cryptography"
        );
    }
    python
}

fn rsa(python: &str) -> DkimKey {
    let make = "from cryptography.hazmat.primitives.asymmetric import rsa\n\
                from cryptography.hazmat.primitives import serialization as s\n\
                k = rsa.generate_private_key(65537, 2048)\n\
                print(k.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())";
    let made = Command::new(python).args(["-c", make]).output().unwrap();
    DkimKey::from_pem("corner.example", "rsa", std::str::from_utf8(&made.stdout).unwrap()).unwrap()
}

#[test]
fn a_foreign_server_takes_the_mail_and_a_foreign_verifier_trusts_it() {
    let Some(python) = python() else { return };
    let keys = vec![rsa(&python), ed25519()];
    let mut sink = Sink::start(&python, &keys.iter().collect::<Vec<_>>(), None);
    let sender = sender(keys);
    let document = named("german");
    let mailer = smtp(sink.port, Duration::from_secs(60));
    let post = |kind| {
        let mail = compose(&document, &address("ann@shopper.example"), &sender, kind, AT).unwrap();
        assert_eq!(mailer.send(&mail), Outcome::Sent);
    };
    post(MailKind::Receipt);
    let seen = sink.next();
    assert_eq!(seen["from"], "receipts@corner.example");
    assert_eq!(seen["to"], json!(["ann@shopper.example"]));
    assert_eq!(seen["dkim"], json!([true, true]), "RSA and Ed25519 verify");
    assert_eq!(seen["tampered"], json!([false, false]), "a changed subject does not");
    assert_eq!(seen["defects"], json!([]));
    assert_eq!(seen["message_id"], "<CM-2026-004711.receipt@corner.example>");
    assert_eq!(seen["subject"], "Ihr Kassenbon von Eckladen Süd: 14,30\u{a0}€");
    let kinds: Vec<_> =
        seen["parts"].as_array().unwrap().iter().map(|part| part[0].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text/plain", "text/html", "application/pdf"]);
    assert_eq!(seen["pdf"], json!(["%PDF-"]));
    assert_eq!(seen["text"].as_str().unwrap().replace("\r\n", "\n").trim_end(), text(&document).trim_end());
    assert_eq!(seen["html"].as_str().unwrap().replace("\r\n", "\n").trim_end(), html(&document).trim_end());
    assert!(seen["longest"].as_u64().unwrap() <= 998, "RFC 5322, 2.1.1");

    post(MailKind::Receipt);
    assert_eq!(sink.next(), seen, "a second send is the same mail");
    post(MailKind::Copy(1));
    assert_eq!(sink.next()["message_id"], "<CM-2026-004711.copy-1@corner.example>");
}

#[test]
fn what_a_foreign_server_says_decides_what_the_outbox_does() {
    let Some(python) = python() else { return };
    let sink = Sink::start(&python, &[], None);
    let mailer = smtp(sink.port, Duration::from_secs(60));
    let send = |to: &str| mailer.send(&mail(to, MailKind::Receipt));
    assert_eq!(
        send("nobody@x.example"),
        Outcome::Refused("the mail server answered 550 to the recipient".into())
    );
    assert_eq!(
        send("full@x.example"),
        Outcome::Later("the mail server answered 452 to the recipient".into())
    );
    assert!(matches!(send("lost@x.example"), Outcome::Unclear(why) if !why.contains('@')));
}

/// A key and a certificate for 127.0.0.1 that signs itself.
const CERTIFICATE: &str = "
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'relay')])
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)
here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))])
made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - day).not_valid_after(now + day).add_extension(here, False)
        .sign(key, hashes.SHA256()))
print(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())
print(made.public_bytes(s.Encoding.PEM).decode())
";

#[test]
fn a_server_gets_the_mail_only_over_tls_that_is_trusted_and_with_the_right_password() {
    let Some(python) = python() else { return };
    let made = Command::new(&python).args(["-c", CERTIFICATE]).output().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.pem");
    std::fs::write(&file, &made.stdout).unwrap();
    let both = String::from_utf8(made.stdout).unwrap();
    let certificate = &both[both.find("-----BEGIN CERT").unwrap()..];
    let mut sink = Sink::start(&python, &[], Some(&file));
    let port = sink.port;
    let server = |password: &str| {
        let user = Credentials::new("shop", password);
        SmtpServer::new("127.0.0.1", port, Security::StartTls, Some(user), Duration::from_secs(60)).unwrap()
    };
    let send = |server| Mailer::Smtp(server).send(&mail("ann@shopper.example", MailKind::Receipt));
    assert!(matches!(send(server("secret")), Outcome::Later(why) if why.contains("STARTTLS")), "not trusted");
    let wrong = send(server("wrong").trusting(certificate).unwrap());
    assert_eq!(wrong, Outcome::Later("the mail server answered 535 to the login".into()));
    assert_eq!(send(server("secret").trusting(certificate).unwrap()), Outcome::Sent);
    assert_eq!(sink.next()["encrypted"], true);

    let plain = Sink::start(&python, &[], None);
    let bare =
        SmtpServer::new("127.0.0.1", plain.port, Security::StartTls, None, Duration::from_secs(60)).unwrap();
    assert!(matches!(send(bare), Outcome::Later(why) if why.contains("STARTTLS")), "no TLS, no mail");
    assert_eq!(server("x").trusting("hello").map(drop), Err(MailError::Certificate));
    assert!(!format!("{:?}", server("secret")).contains("secret"));
}

#[test]
fn the_same_receipt_is_the_same_mail_byte_for_byte() {
    let sender = sender(vec![ed25519()]);
    let make = || compose(&named("owed"), &address("a@x.example"), &sender, MailKind::Receipt, AT).unwrap();
    assert_eq!(make().bytes(), make().bytes());
}

#[test]
fn no_text_becomes_a_header_and_no_address_gets_into_a_log() {
    let mail = mail("ann@shopper.example", MailKind::Refund(2));
    let text = std::str::from_utf8(mail.bytes()).unwrap();
    let headers = text.split_once("\r\n\r\n").unwrap().0;
    assert!(headers.lines().all(|line| !line.to_lowercase().starts_with("bcc")), "{headers}");
    assert!(text.is_ascii(), "needs no 8BITMIME");
    assert_eq!(
        format!("{mail:?}"),
        format!("Mail(<CM-2026-004711.refund-2@corner.example>, {} bytes)", text.len())
    );
    assert!(!format!("{:?}", sender(vec![ed25519()])).contains("receipts@"));
}

#[test]
fn a_key_of_another_domain_does_not_sign() {
    let mut sender = sender(vec![ed25519()]);
    sender.from = address("shop@elsewhere.example");
    let made = compose(&named("owed"), &address("a@x.example"), &sender, MailKind::Receipt, AT);
    assert!(matches!(made, Err(MailError::Domain { .. })));
}

#[test]
fn mail_leaves_this_machine_only_encrypted() {
    let server = |host, security| SmtpServer::new(host, 25, security, None, Duration::from_secs(1)).map(drop);
    assert_eq!(
        server("mail.example.org", Security::Plain),
        Err(MailError::Plain { host: "mail.example.org".into() })
    );
    assert_eq!(server("mail.example.org", Security::StartTls), Ok(()));
    assert_eq!(server("localhost", Security::Plain), Ok(()));
}

#[test]
fn a_folder_keeps_one_whole_file_for_each_mail() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer::Folder(folder.path().to_owned());
    let mail = mail("ann@shopper.example", MailKind::Receipt);
    assert_eq!(mailer.send(&mail), Outcome::Sent);
    assert_eq!(mailer.send(&mail), Outcome::Sent);
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["CM-2026-004711.receipt@corner.example.eml"]);
    assert_eq!(std::fs::read(folder.path().join(&names[0])).unwrap(), mail.bytes());
    let nowhere = Mailer::Folder(folder.path().join("missing"));
    assert!(matches!(nowhere.send(&mail), Outcome::Later(_)));
}

/// A server of our own that says what it is told, line for line, and waits where there is nothing left to say.
fn scripted(answers: &'static [&'static str]) -> (u16, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || serve(listener.accept().unwrap().0, answers));
    (port, served)
}

fn serve(mut stream: TcpStream, answers: &[&str]) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    for answer in answers {
        write!(stream, "{answer}\r\n").unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
    }
    // Until the other side hangs up.
    drop(lines.read_to_end(&mut Vec::new()));
}

#[test]
fn a_server_that_falls_silent_is_given_up_in_time() {
    let silent = |answers| {
        let (port, served) = scripted(answers);
        let outcome =
            smtp(port, Duration::from_millis(1500)).send(&mail("ann@shopper.example", MailKind::Receipt));
        served.join().unwrap();
        outcome
    };
    assert!(matches!(silent(&["220 here", "250 hello", "250 ok"]), Outcome::Later(_)), "before the mail");
    let all = &["220 here", "250 hello", "250 ok", "250 ok", "354 go on"];
    assert!(matches!(silent(all), Outcome::Unclear(_)), "after it");
}

#[test]
fn no_server_at_all_is_for_later() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome = smtp(port, Duration::from_secs(20)).send(&mail("ann@shopper.example", MailKind::Receipt));
    assert!(matches!(outcome, Outcome::Later(_)), "{outcome:?}");
}
