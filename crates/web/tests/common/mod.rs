//! What the tests of the API share: a store that is served on loopback, and a client.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests; each file uses its part"
)]

pub mod kiosk;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use exchange::epcis::{Names, Site};
use model::{Currency, Store, Time};
use office::code::PassKey;
use office::{AccountKey, Channel, ConsentText, Office, PalmKeys, Policy, Post, Storage, Visitor};
use palm::fuse::{Normal, ScoreModel};
use palm::liveness::{Cue, Verdict};
use palm::{Embedding, KeyKeeper, PersonId, Refusal, SecretKey, Side};
use payments::acquirer::Acquirer;
use payments::{CardToken, Secret, SimulatedProcessor};
use pricing::{PriceBasis, PricePolicy, Rounding, TaxPer};
use receipts::{MailAddress, Mailer, Sender};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use web::{ApiKey, Config, Demo, Eye, KeyHash, Limits, Live, Pages, Scope, Seen, Truth};

/// A key that may do everything.
pub const ALL: &str = "key-that-may-do-everything";
/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_test";
/// A phone's public key: that of the first test in RFC 8032, section 7.1.
pub const PHONE: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
/// Where the clock begins: 2027-01-15T08:00:00Z.
const START_NS: i64 = 1_800_000_000_000_000_000;

const SCOPES: [Scope; 15] = [
    Scope::Gate,
    Scope::Carts,
    Scope::Trips,
    Scope::Reviews,
    Scope::Disputes,
    Scope::Refunds,
    Scope::Receipts,
    Scope::Events,
    Scope::Figures,
    Scope::Audit,
    Scope::Catalogue,
    Scope::Epcis,
    Scope::Kiosk,
    Scope::People,
    Scope::Staff,
];

/// A store that is served.
pub struct Served {
    pub office: Office,
    pub bank: SimulatedProcessor,
    /// What goes on in the store, if its pages are tested.
    pub live: Option<Live>,
    pub address: SocketAddr,
    agent: ureq::Agent,
    clock: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    folder: TempDir,
}

/// An answer. Headers that come more than once stand on lines of their own; a stream of events has no body here.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The end of the problem's `type`; panics if it is no problem that is whole.
    pub fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{self:?}");
        assert!(self.headers.contains_key("x-request-id"), "{self:?}");
        problem["type"].as_str().unwrap().strip_prefix("/api/v1/docs#").unwrap().to_owned()
    }
}

impl Served {
    pub fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// A store with rules and limits of its own.
    pub fn with(change: impl FnOnce(&mut Policy, &mut Config)) -> Self {
        Self::with_pages(Pages::default(), change)
    }

    /// The same, whose pages show a live store or a demo.
    pub fn with_pages(pages: Pages, change: impl FnOnce(&mut Policy, &mut Config)) -> Self {
        Self::build(tempfile::tempdir().unwrap(), pages, change)
    }

    /// A store whose mails go into a folder, whose phones show codes, and whose floor can be looked at.
    pub fn with_floor() -> Self {
        Self::with_pages(Pages { live: Some(live()), ..Pages::default() }, |_, _| {})
    }

    /// The same, simulated: whatever visitors order is done at once, without any effect.
    pub fn demo() -> Self {
        Self::demo_with(eye())
    }

    /// The same with an eye of one's own.
    pub fn demo_with(eye: Eye) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (orders, ordered) = std::sync::mpsc::sync_channel::<web::Order>(8);
        std::thread::spawn(move || ordered.iter().for_each(|order| drop(order.answer.send(Ok(())))));
        let demo =
            Demo::new(orders, watch::channel(Arc::new(Truth::default())).1, folder.path().join("outbox"));
        let pages = Pages { live: Some(live()), demo: Some(demo), eye: Some(eye) };
        Self::build(folder, pages, |_, _| {})
    }

    fn build(folder: TempDir, pages: Pages, change: impl FnOnce(&mut Policy, &mut Config)) -> Self {
        let clock = Arc::new(AtomicI64::new(START_NS));
        let reads = Arc::clone(&clock);
        let now: office::Clock = Arc::new(move || Time::from_nanos(reads.load(Ordering::SeqCst)));
        let bank = SimulatedProcessor::new(Acquirer::new(), Arc::clone(&now));
        let key = |name: &str, key: &str, scopes: &[Scope]| ApiKey {
            name: name.to_owned(),
            sha256: KeyHash::of(key),
            scopes: scopes.iter().copied().collect(),
        };
        let mut config = Config {
            keys: vec![key("all", ALL, &SCOPES)],
            webhook_secrets: vec![Secret::new(WEBHOOK_SECRET)],
            clock: now,
            // The clock stands still, so buckets don't fill.
            limits: Limits { burst: 1_000_000, ..Limits::default() },
        };
        for scope in SCOPES {
            config.keys.push(key(scope.as_str(), &only(scope), &[scope]));
        }
        let mut policy = policy();
        change(&mut policy, &mut config);
        let path = folder.path().join("office.db");
        let storage = Storage::open(path.to_str().unwrap()).unwrap();
        let office = Office::new(storage, policy, Arc::new(bank.clone())).unwrap();
        let keys = PalmKeys {
            secret: SecretKey::from_bytes([8; 32]),
            keeper: KeyKeeper::new(SecretKey::from_bytes([9; 32])),
        };
        let office = office.with_pass_key(PassKey::from_bytes([7; 32]));
        let mut office = office.with_palms(keys, SCORES).unwrap();
        if pages.live.is_some() {
            let outbox = folder.path().join("outbox");
            std::fs::create_dir(&outbox).unwrap();
            let sender = Sender {
                name: "Main Street".to_owned(),
                from: MailAddress::parse("receipts@shop.example").unwrap(),
                reply_to: None,
                dkim: Vec::new(),
            };
            office = office.with_post(Post { sender, mailer: Mailer::Folder(outbox) });
        }
        let live = pages.live.clone();
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let serves = office.clone();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                web::serve(serves, config, pages, listener, async { drop(stopped.await) }).await.unwrap();
            });
        });
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        let address = told.recv().unwrap();
        Self { office, bank, live, address, agent, clock, stop: Some(stop), thread: Some(thread), folder }
    }

    pub fn now(&self) -> Time {
        Time::from_nanos(self.clock.load(Ordering::SeqCst))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Lets milliseconds pass.
    pub fn pass_ms(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds * 1_000_000, Ordering::SeqCst);
    }

    /// Lets time pass, and does what is due.
    pub fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000_000, Ordering::SeqCst);
        self.run();
    }

    /// Does what is due until nothing is.
    pub fn run(&self) {
        loop {
            let due = self.office.due(self.now(), 100).unwrap();
            if due.is_empty() {
                return;
            }
            for errand in due {
                self.office.run_errand(&errand, self.now()).unwrap();
            }
        }
    }

    /// Sends a request as it is; `path` within the API.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.ask(method, &format!("/api/v1{path}"), headers, body)
    }

    /// The same, anywhere.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = value.to_str().unwrap();
            let all = headers.entry(name.to_string()).or_default();
            *all = if all.is_empty() { value.to_owned() } else { format!("{all}\n{value}") };
        }
        // A stream has no end to wait for.
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { String::new() } else { text_of(response.body_mut()) };
        Answer { status: response.status().as_u16(), headers, body }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("authorization", &bearer(ALL))], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, body, &[])
    }

    pub fn post_with(&self, path: &str, body: &Value, more: &[(&str, &str)]) -> Answer {
        let bearer = bearer(ALL);
        let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend(more);
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    pub fn put(&self, path: &str, kind: &str, body: &str) -> Answer {
        let headers = [("authorization", bearer(ALL)), ("content-type", kind.to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.send("PUT", path, &headers, body.as_bytes())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[("authorization", &bearer(ALL))], b"")
    }

    /// A card that the bank knows.
    pub fn card(&self, token: &str) -> Value {
        let card = self.bank.acquirer().card(&CardToken::try_from(token.to_owned()).unwrap()).unwrap();
        json!({
            "token": token, "fingerprint": card.fingerprint.as_str(),
            "brand": card.brand, "last_four": card.last_four.to_string(),
        })
    }

    /// A card that the bank knows, shown at the gate.
    pub fn entry(&self, token: &str) -> Value {
        json!({ "gate": "gate-1", "credential": { "card": self.card(token) } })
    }

    /// A new account.
    pub fn account(&self) -> String {
        let made = self.post("/accounts", &json!({ "language": "de" }));
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["account"].as_str().unwrap().to_owned()
    }

    /// Comes in on a card that is good; the trip.
    pub fn come_in(&self, token: &str) -> String {
        let answer = self.post("/entry", &self.entry(token));
        assert_eq!(answer.json()["decision"], "admitted", "{answer:?}");
        answer.json()["trip"].as_str().unwrap().to_owned()
    }

    /// A trip that is paid: coffee and two bottles of water.
    pub fn paid(&self, token: &str) -> String {
        let trip = self.come_in(token);
        assert_eq!(self.post(&format!("/trips/{trip}/cart"), &cart()).status, 200);
        self.run();
        assert_eq!(self.get(&format!("/trips/{trip}")).json()["state"], "paid");
        trip
    }

    /// Where mails and tables are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A shopper with an account that is good for the bank's card of this token, and their cookie.
    pub fn shopper(&self, token: &str) -> (AccountKey, String) {
        let account = self.office.create_account("en", self.now()).unwrap();
        let card = self.bank.acquirer().card(&CardToken::try_from(token.to_owned()).unwrap()).unwrap();
        self.office.add_card(account, card, self.now()).unwrap();
        let session = self.office.open_session(Visitor::Shopper(account), self.now()).unwrap();
        (account, format!("shopper={}", session.reveal()))
    }

    /// A page.
    pub fn page(&self, path: &str, cookie: &str) -> Answer {
        self.ask("GET", path, &[("cookie", cookie)], b"")
    }

    /// A form, as a page of this site sends it.
    pub fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers = [("cookie", cookie), kind, ("sec-fetch-site", "same-origin")];
        self.ask("POST", path, &headers, serde_urlencoded::to_string(fields).unwrap().as_bytes())
    }

    /// Somebody enrols one hand with the bank's card of this token.
    pub fn enrol(&self, token: &str, hand: &str) -> PersonId {
        let text = ConsentText { version: "palm-2", language: "en", words: "We measure your hand." };
        let consent = self.office.consent_to_palms(&text, Channel::Kiosk, self.now()).unwrap();
        let card = self.bank.acquirer().card(&CardToken::try_from(token.to_owned()).unwrap()).unwrap();
        let side = hand.split(' ').next().unwrap().parse().unwrap();
        self.office.enrol_palms(consent, card, &[(side, vec![palm(hand)])], self.now()).unwrap().person
    }

    /// How many entries the journal has.
    pub fn entries(&self) -> i64 {
        self.office.head().unwrap().entries
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        let served = self.thread.take().map(std::thread::JoinHandle::join);
        if !std::thread::panicking() {
            served.unwrap().unwrap();
            self.office.audit().unwrap().unwrap();
        }
    }
}

/// A body, as far as it is text.
fn text_of(body: &mut ureq::Body) -> String {
    String::from_utf8_lossy(&body.read_to_vec().unwrap()).into_owned()
}

/// As spread as the tests' palms are.
const SCORES: ScoreModel =
    ScoreModel { genuine: Normal { mean: 0.9, sd: 0.03 }, impostor: Normal { mean: 0.0, sd: 0.1 } };

/// What looks at the tests' pictures: texts such as `left 7`, the left hand of the seventh person, and `print left 7`, a
/// print of it. Everything else is no hand.
pub fn eye() -> Eye {
    Eye::new(|| {
        Box::new(|_, picture, _| {
            let text = std::str::from_utf8(picture).map_err(|_| Refusal::Corrupt)?;
            let (verdict, hand) = match text.strip_prefix("print ") {
                Some(hand) => (Verdict::Attack { score: -5.0, cue: Cue::Stir }, hand),
                None => (Verdict::Live { score: 5.0 }, text),
            };
            let (side, _) = hand.split_once(' ').ok_or(Refusal::NoHand)?;
            let side: Side = side.parse().map_err(|_| Refusal::NoHand)?;
            Ok(Seen { side, embedding: palm(hand), verdict })
        })
    })
}

/// What a network would say of a hand.
fn palm(hand: &str) -> Embedding {
    let blocks = (0..4_u8).flat_map(|block| Sha256::digest([hand.as_bytes(), &[block]].concat()).to_vec());
    let numbers: Vec<f32> = blocks.map(|byte| f32::from(byte) - 127.5).collect();
    Embedding::new(numbers.try_into().unwrap()).unwrap()
}

/// A floor with nobody on it.
pub fn live() -> Live {
    let store = include_str!("../../../../examples/stores/corner.toml");
    Live::new(Arc::new(Store::from_toml(store).unwrap()))
}

/// The key that has this scope only.
pub fn only(scope: Scope) -> String {
    format!("key-of-{}", scope.as_str())
}

pub fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

pub fn policy() -> Policy {
    let mut policy = Policy::example(
        "main-street",
        PricePolicy {
            currency: Currency::EUR,
            basis: PriceBasis::TaxIncluded,
            tax_per: TaxPer::Line,
            rounding: Rounding::HalfUp,
        },
    );
    let gln = "9521141000007".parse().unwrap();
    policy.epcis = Some(Site { gln, read_point: None, names: Names::default() });
    policy
}

pub fn line(name: &str, units: u32, price: &str) -> Value {
    json!({
        "product": name, "name": name, "quantity": { "units": units },
        "unit_price": price, "tax_percent": "19", "taken": "2027-01-15T07:59:00Z",
    })
}

pub fn cart_of(lines: &[Value], doubtful: &[Value]) -> Value {
    let doubtful: Vec<Value> =
        doubtful.iter().map(|line| json!({ "line": line, "probability": 0.6 })).collect();
    json!({
        "entered": "2027-01-15T07:58:00Z", "left": "2027-01-15T08:00:00Z", "people": 1,
        "lines": lines, "doubtful": doubtful,
    })
}

pub fn cart() -> Value {
    cart_of(&[line("coffee", 1, "4.99"), line("water", 2, "0.89")], &[])
}
