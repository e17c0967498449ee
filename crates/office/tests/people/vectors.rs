//! Codes with fixed keys, published for whoever writes an app or a gate: `docs/entry-code-vectors.json`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use ed25519_dalek::SigningKey;
use office::code::{self, CodeError, DeviceKey, Pass, PassKey, Scope, make, slot, verify};
use serde_json::{Value, json};

use crate::support::at;

const MEND: &str = "docs/entry-code-vectors.json is out of date: run UPDATE_VECTORS=1 cargo test -p office --test people vectors";

const STORE: &str = "main-street";

fn file(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), path].iter().collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The secret keys: 0, 1, 2 … 31, and 32, 33 … 63.
fn keys() -> (PassKey, [u8; 32], [u8; 32]) {
    let office = std::array::from_fn(|place| place as u8);
    let device = std::array::from_fn(|place| place as u8 + 32);
    (PassKey::from_bytes(office), office, device)
}

/// One code, and what a gate of [`STORE`] says to it `late_s` seconds after the slot began.
fn vector(what: &str, scope: Scope, until_day: u16, guest: u8, late_s: i64) -> Value {
    let (office, _, device) = keys();
    let phone = SigningKey::from_bytes(&device);
    let account = "01934f1e-8f1c-7000-8000-000000000001";
    let key = DeviceKey::from_bytes(phone.verifying_key().as_bytes()).unwrap();
    let pass = Pass { account: account.parse().unwrap(), device: key, until_day, scope }.sign(&office);
    let slot = u32::try_from(slot(at(0))).unwrap();
    let code = make(&pass, &phone, slot, guest).unwrap();
    let answer = verify(&code, &office.public(), STORE, at(late_s));
    let scope = match scope {
        Scope::Everywhere => 0,
        Scope::Store(number) => number,
    };
    json!({
        "what": what, "account": account, "until_day": until_day, "scope": scope, "pass": pass,
        "slot": slot, "guest": guest, "code": code, "now_s": at(late_s).nanos() / 1_000_000_000,
        "answer": answer.map_or_else(word, |_| "good"),
    })
}

fn word(error: CodeError) -> &'static str {
    match error {
        CodeError::Form => "form",
        CodeError::ForgedPass => "forged_pass",
        CodeError::ForgedCode => "forged_code",
        CodeError::PassExpired => "pass_expired",
        CodeError::OtherStore => "other_store",
        CodeError::Expired => "expired",
        CodeError::TooEarly => "too_early",
    }
}

fn vectors() -> Value {
    let today = u16::try_from(code::day(at(0))).unwrap();
    let (here, elsewhere) = (Scope::of_store(STORE), Scope::of_store("high-street"));
    let (office, office_secret, device_secret) = keys();
    json!({
        "office_secret_hex": hex(&office_secret),
        "office_public": office.public().to_string(),
        "device_secret_hex": hex(&device_secret),
        "store": STORE,
        "codes": [
            vector("for all stores, on the pass's last day", Scope::Everywhere, today, 0, 0),
            vector("for this store, a guest's, a slot late", here, today + 30, 1, 39),
            vector("a slot early", here, today + 30, 0, -20),
            vector("two slots late", here, today + 30, 0, 40),
            vector("two slots early", here, today + 30, 0, -21),
            vector("for another store", elsewhere, today + 30, 0, 0),
            vector("the pass ran out yesterday", Scope::Everywhere, today - 1, 0, 0),
        ],
    })
}

#[test]
fn published_vectors_are_up_to_date() {
    let mut text = serde_json::to_string_pretty(&vectors()).unwrap();
    text.push('\n');
    let path = file("../../docs/entry-code-vectors.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == text, "{MEND}");
}

/// Another implementation of ed25519, the browsers' WebCrypto as Node.js has it, makes the same codes from the same
/// keys, byte for byte.
#[test]
fn webcrypto_makes_the_same_codes() {
    let run = Command::new("node")
        .arg(file("tests/people/webcrypto.mjs"))
        .arg(file("../../docs/entry-code-vectors.json"))
        .output();
    let Ok(run) = run else {
        assert!(std::env::var_os("SAUNTER_SERVICES").is_none(), "node is not installed");
        println!("node is not installed: not tested against WebCrypto");
        return;
    };
    assert!(
        run.status.success(),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&run.stdout).trim(), "7 codes alike");
}
