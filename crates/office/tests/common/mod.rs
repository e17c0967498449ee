//! What the tests of the office share: a store, its shoppers, and a bank that can be looked at.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests; each file uses its part"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::{Currency, SensorId, Time};
use office::{Cart, Doubtful, Entry, Office, Policy, Shown, Storage, Trip, TripKey};
use payments::acquirer::{Acquirer, Deed};
use payments::{Card, CardToken, SimulatedProcessor};
use pricing::{Item, PriceBasis, PricePolicy, Quantity, Rounding, TaxPer, TaxRate};
use tempfile::TempDir;

/// A store with its office, its bank and its clock.
pub struct Shop {
    pub office: Office,
    pub bank: SimulatedProcessor,
    pub folder: TempDir,
    clock: Arc<AtomicI64>,
}

impl Shop {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A store with rules of its own.
    pub fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(START_NS));
        let reads = Arc::clone(&clock);
        let now = Arc::new(move || Time::from_nanos(reads.load(Ordering::SeqCst)));
        let bank = SimulatedProcessor::new(Acquirer::new(), now);
        let mut policy = policy();
        change(&mut policy);
        let address = if crate::POSTGRES { postgres() } else { None };
        let file = folder.path().join("office.db").to_str().unwrap().to_owned();
        let storage = Storage::open(&address.unwrap_or(file)).unwrap();
        let office = Office::new(storage, policy, Arc::new(bank.clone())).unwrap();
        Self { office, bank, folder, clock }
    }

    pub fn now(&self) -> Time {
        Time::from_nanos(self.clock.load(Ordering::SeqCst))
    }

    /// Lets time pass, and does what becomes due.
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

    /// The card of a token, as a reader tells it.
    pub fn card(&self, token: &str) -> Card {
        let token = CardToken::try_from(token.to_owned()).unwrap();
        self.bank.acquirer().card(&token).unwrap()
    }

    /// Shows a card at the gate.
    pub fn tap(&self, token: &str) -> Entry {
        let card = self.card(token);
        self.office.enter(gate(), Shown::Card(card), self.now()).unwrap()
    }

    /// Shows a card that must be let in.
    pub fn come_in(&self, token: &str) -> TripKey {
        match self.tap(token) {
            Entry::Admitted(trip) | Entry::Joined(trip) => trip,
            Entry::Refused(_, reason) | Entry::TurnedAway(reason) => panic!("refused: {reason}"),
        }
    }

    /// Leaves with these things, and lets everything that follows happen.
    pub fn leave(&self, trip: TripKey, cart: Cart) -> Trip {
        self.office.walked_in(trip, self.now()).unwrap();
        self.office.close_cart(trip, cart, self.now()).unwrap();
        self.run();
        self.office.trip(trip).unwrap()
    }

    /// What the bank really did, in words.
    pub fn deeds(&self) -> Vec<String> {
        self.bank.acquirer().journal().iter().map(|entry| deed(&entry.deed)).collect()
    }

    /// The books, the tables and the journal agree.
    pub fn audit(&self) {
        self.office.audit().unwrap().unwrap();
    }
}

/// A new schema in the PostgreSQL database that `SAUNTER_POSTGRES` names; `None` where it names none.
fn postgres() -> Option<String> {
    let Ok(url) = std::env::var("SAUNTER_POSTGRES") else {
        assert!(std::env::var_os("SAUNTER_SERVICES").is_none(), "SAUNTER_POSTGRES names no server");
        println!("SAUNTER_POSTGRES is not set: not tested on PostgreSQL");
        return None;
    };
    static SCHEMAS: AtomicI64 = AtomicI64::new(0);
    let schema = format!("visits_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let mut client = ::postgres::Client::connect(&url, ::postgres::NoTls).unwrap();
    client.batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{joint}options=-csearch_path%3D{schema}"))
}

/// Where the clock of a shop begins.
const START_NS: i64 = 1_800_000_000_000_000_000;

/// A deed of the bank in a word and an amount.
fn deed(deed: &Deed) -> String {
    let text = serde_json::to_value(deed).unwrap();
    let minor = text.get("amount").map(|amount| format!(" {}", amount["minor"])).unwrap_or_default();
    format!("{}{minor}", text["deed"].as_str().unwrap())
}

pub fn gate() -> SensorId {
    SensorId::from("gate-1")
}

pub fn policy() -> Policy {
    let price = PricePolicy {
        currency: Currency::EUR,
        basis: PriceBasis::TaxIncluded,
        tax_per: TaxPer::Line,
        rounding: Rounding::HalfUp,
    };
    Policy::example("main-street", price)
}

/// So many of something, at so many cents each.
pub fn item(name: &str, units: u32, unit_price: i64) -> Item {
    Item {
        product: name.into(),
        name: name.to_owned(),
        quantity: Quantity::Units(units),
        taken: Time::from_nanos(START_NS),
        unit_price,
        tax: TaxRate(190_000),
        deposit: 0,
    }
}

/// A cart of what is sure.
pub fn cart(sure: Vec<Item>) -> Cart {
    doubtful_cart(sure, Vec::new())
}

/// A cart with things that somebody must look at.
pub fn doubtful_cart(sure: Vec<Item>, doubtful: Vec<Item>) -> Cart {
    let doubtful =
        doubtful.into_iter().map(|item| Doubtful { item, probability: 0.6, contested: false }).collect();
    let (entered, left) = (Time::from_nanos(START_NS), Time::from_nanos(START_NS + 60_000_000_000));
    Cart { entered, left, people: 1, sure, doubtful }
}
