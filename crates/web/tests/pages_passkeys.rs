//! Passkeys in the console, with an authenticator made of a few lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Answer, Served};
use office::{Actor, Password, Role, SessionToken, StaffKey, Visitor};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PASSWORD: &str = "four plain words here";
const HOST: &str = "shop.example";

/// A store whose pages have a name.
fn store() -> Served {
    Served::with(|policy, _| policy.url = format!("https://{HOST}"))
}

fn hire(store: &Served, name: &str) -> StaffKey {
    let password = Password::new(PASSWORD.to_owned());
    store.office.add_staff(name, &password, Role::Viewer, Actor::Policy, store.now()).unwrap()
}

/// The cookie of a new session.
fn come(store: &Served, staff: StaffKey) -> String {
    let token = store.office.open_session(Visitor::Staff(staff), store.now()).unwrap();
    format!("staff={}", token.reveal())
}

/// What the forms of a cookie's session must say.
fn csrf(store: &Served, cookie: &str) -> String {
    let token = SessionToken::parse(cookie.strip_prefix("staff=").unwrap()).unwrap();
    store.office.session(&token, store.now()).unwrap().unwrap().csrf()
}

/// The cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    answer.headers["set-cookie"].split(';').next().unwrap().to_owned()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A security key with one passkey.
struct Authenticator {
    keys: EcdsaKeyPair,
}

impl Authenticator {
    fn new() -> Self {
        let (way, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let secret = EcdsaKeyPair::generate_pkcs8(way, &chance).unwrap();
        Self { keys: EcdsaKeyPair::from_pkcs8(way, secret.as_ref(), &chance).unwrap() }
    }

    fn client_data(kind: &str, challenge: &Value) -> Vec<u8> {
        let said =
            json!({ "type": kind, "challenge": challenge["challenge"], "origin": format!("https://{HOST}") });
        said.to_string().into_bytes()
    }

    fn data(flags: u8) -> Vec<u8> {
        [&Sha256::digest(HOST)[..], &[flags, 0, 0, 0, 0]].concat()
    }

    /// The fields of the form that adds it.
    fn create(&self, challenge: &Value) -> Vec<(&'static str, String)> {
        let point = self.keys.public_key().as_ref();
        let mut data = Self::data(0x45);
        data.extend([0; 16]);
        data.extend([0, 3, b'o', b'n', b'e', 0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        let client_data = Self::client_data("webauthn.create", challenge);
        vec![
            ("client_data", text(&client_data)),
            ("authenticator_data", text(&data)),
            ("label", "Key <ring>".to_owned()),
        ]
    }

    /// The fields of the form that signs in.
    fn get(&self, challenge: &Value) -> Vec<(&'static str, String)> {
        let (data, client_data) = (Self::data(0x05), Self::client_data("webauthn.get", challenge));
        let message = [&data[..], &Sha256::digest(&client_data)[..]].concat();
        let signature = self.keys.sign(&SystemRandom::new(), &message).unwrap();
        vec![
            ("credential", text(b"one")),
            ("client_data", text(&client_data)),
            ("authenticator_data", text(&data)),
            ("signature", text(signature.as_ref())),
        ]
    }
}

fn send(store: &Served, path: &str, cookie: &str, fields: &[(&str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    store.form(path, cookie, &fields)
}

/// A challenge to sign in.
fn asked(store: &Served) -> Value {
    store.form("/console/passkeys/sign-in/challenge", "", &[]).json()
}

fn sign_in(store: &Served, fields: &[(&str, String)]) -> Answer {
    send(store, "/console/passkeys/sign-in", "", fields)
}

/// Adds a passkey as the page's script does.
fn add(store: &Served, cookie: &str, key: &Authenticator) -> Answer {
    let token = csrf(store, cookie);
    let challenge = store.form("/console/passkeys/challenge", cookie, &[("csrf", &token)]).json();
    assert_eq!((&challenge["host"], &challenge["name"]), (&json!(HOST), &json!("ann")));
    let mut fields = key.create(&challenge);
    fields.push(("csrf", token));
    send(store, "/console/passkeys", cookie, &fields)
}

#[test]
fn who_adds_a_passkey_signs_in_with_it_until_it_is_removed() {
    let (store, key) = (store(), Authenticator::new());
    let session = come(&store, hire(&store, "ann"));
    let unknown = sign_in(&store, &key.get(&asked(&store)));
    assert_eq!((unknown.status, unknown.headers.contains_key("set-cookie")), (401, false), "{unknown:?}");

    let added = add(&store, &session, &key);
    assert_eq!((added.status, &added.json()["next"]), (200, &json!("/console/me")));
    let again = add(&store, &session, &key);
    assert!(again.status == 409 && again.json()["why"].is_string(), "{again:?}");
    let mine = store.page("/console/me", &session).body;
    assert!(mine.contains("Key &lt;ring&gt;") && mine.contains("not used yet"), "{mine}");

    let proof = key.get(&asked(&store));
    let welcome = sign_in(&store, &proof);
    assert_eq!((welcome.status, &welcome.json()["next"]), (200, &json!("/console")));
    assert!(welcome.headers["set-cookie"].contains("HttpOnly"));
    let session = cookie(&welcome);
    assert!(store.page("/console/me", &session).body.contains("last used"));
    let twice = sign_in(&store, &proof);
    assert_eq!((twice.status, &twice.body), (401, &unknown.body), "nothing tells what was wrong");

    let token = csrf(&store, &session);
    let gone =
        store.form("/console/passkeys/remove", &session, &[("csrf", &token), ("credential", &text(b"one"))]);
    assert_eq!((gone.status, gone.headers["location"].as_str()), (303, "/console/me"));
    assert_eq!(store.page("/console/me", &session).status, 303, "the other sessions ended");
    assert!(store.page("/console/me", &cookie(&gone)).body.contains("You have none yet"));
    assert_eq!(sign_in(&store, &key.get(&asked(&store))).body, unknown.body);
}

#[test]
fn passkeys_are_added_and_removed_from_their_own_pages_only() {
    let (store, key) = (store(), Authenticator::new());
    let (ann, bob) = (hire(&store, "ann"), hire(&store, "bob"));
    let session = come(&store, ann);
    let stranger = asked(&store);
    let mut new = key.create(&stranger);
    let which = vec![("credential", text(b"one"))];
    for (path, fields) in [
        ("/console/passkeys/challenge", &vec![]),
        ("/console/passkeys", &new),
        ("/console/passkeys/remove", &which),
        ("/console/me/password", &vec![("present", PASSWORD.to_owned()), ("password", "x".repeat(12))]),
    ] {
        let nobody = send(&store, path, "", fields);
        assert_eq!((nobody.status, nobody.headers["location"].as_str()), (303, "/console/sign-in"), "{path}");
        assert_eq!(send(&store, path, &session, fields).status, 403, "{path} without a token");
    }
    new.push(("csrf", csrf(&store, &session)));
    let refused = send(&store, "/console/passkeys", &session, &new);
    assert_eq!(refused.status, 409, "the challenge was one to sign in: {refused:?}");
    assert_eq!(add(&store, &session, &key).status, 200);
    let other = come(&store, bob);
    let token = csrf(&store, &other);
    let theirs =
        store.form("/console/passkeys/remove", &other, &[("csrf", &token), ("credential", &text(b"one"))]);
    assert_eq!(theirs.status, 404);
    assert_eq!(store.office.passkeys(ann).unwrap().len(), 1);
}

#[test]
fn passkeys_are_offered_at_a_name_and_not_without_end() {
    let store = store();
    hire(&store, "ann");
    let page = store.page("/console/sign-in", "").body;
    assert!(page.contains("id=\"passkey-sign-in\" hidden") && page.contains("data-host=\"shop.example\""));
    assert!(page.contains("passkey.js"));
    let status = || store.form("/console/passkeys/sign-in/challenge", "", &[]).status;
    assert!((0..120).all(|_| status() == 200));
    assert_eq!(status(), 429);

    let at_an_address = Served::new();
    let ann = hire(&at_an_address, "ann");
    assert!(!at_an_address.page("/console/sign-in", "").body.contains("passkey"));
    let mine = at_an_address.page("/console/me", &come(&at_an_address, ann)).body;
    assert!(mine.contains("IP address") && !mine.contains("passkey-add"));
}

#[test]
fn a_password_is_changed_by_who_knows_it() {
    let store = store();
    let ann = hire(&store, "ann");
    let (here, elsewhere) = (come(&store, ann), come(&store, ann));
    let token = csrf(&store, &here);
    let change = |present: &str, new: &str| {
        let fields = [("csrf", token.as_str()), ("present", present), ("password", new)];
        store.form("/console/me/password", &here, &fields)
    };
    assert_eq!(change("not this one at all", "five plain words are here").status, 409);
    assert_eq!(change(PASSWORD, "short").status, 409);
    assert_eq!(store.page("/console/me", &here).status, 200, "nothing has changed");
    let changed = change(PASSWORD, "five plain words are here");
    assert_eq!((changed.status, changed.headers["location"].as_str()), (303, "/console/me"));
    assert_eq!(store.page("/console/me", &cookie(&changed)).status, 200);
    assert_eq!(store.page("/console/me", &elsewhere).status, 303, "signed out elsewhere");
    let sign_in =
        |password| store.form("/console/sign-in", "", &[("name", "ann"), ("password", password)]).status;
    assert_eq!((sign_in(PASSWORD), sign_in("five plain words are here")), (401, 303));
}
