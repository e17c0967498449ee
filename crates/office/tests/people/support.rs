//! A store with a bank that says yes, and what happens in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ed25519_dalek::SigningKey;
use model::{Currency, Money, Time};
use office::code::{DeviceKey, PassKey, Scope, make, slot};
use office::{
    AccountKey, Cart, Channel, ConsentText, Entry, Hand, Office, PalmKeys, Policy, Shown, Storage, TripKey,
};
use palm::fuse::{Normal, ScoreModel};
use palm::{Embedding, KeyKeeper, PersonId, SecretKey, Side};
use payments::{
    Captured, Card, CardToken, Held, IdempotencyKey, PaymentError, PaymentId, PaymentProcessor,
    PaymentStatus, Reference, RefundId, Refunded,
};
use postgres::{Client, NoTls};
use pricing::{Item, PriceBasis, PricePolicy, Quantity, Rounding, TaxPer, TaxRate};

/// Runs a test on a fresh SQLite file, and in a fresh schema of the PostgreSQL database that `SAUNTER_POSTGRES`
/// names, such as `postgres://postgres@127.0.0.1:5432/postgres`.
pub(crate) fn each_database(test: impl Fn(Storage)) {
    each_address(|address| test(Storage::open(address).unwrap()));
}

/// As [`each_database`], for tests that open it themselves.
pub(crate) fn each_address(test: impl Fn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    test(folder.path().join("office.db").to_str().unwrap());
    let Ok(url) = std::env::var("SAUNTER_POSTGRES") else {
        assert!(std::env::var_os("SAUNTER_SERVICES").is_none(), "SAUNTER_POSTGRES names no server");
        println!("SAUNTER_POSTGRES is not set: not tested on PostgreSQL");
        return;
    };
    static SCHEMAS: AtomicU64 = AtomicU64::new(0);
    let schema = format!("people_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let mut client = Client::connect(&url, NoTls).unwrap();
    client.batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    test(&format!("{url}{joint}options=-csearch_path%3D{schema}"));
    client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).unwrap();
}

/// So many seconds after the store opened on 2026-11-24, at 10:00 in Berlin.
pub(crate) fn at(seconds: i64) -> Time {
    "2026-11-24T09:00:00Z".parse::<Time>().unwrap().plus_nanos(seconds * 1_000_000_000)
}

pub(crate) const DAY_S: i64 = 86_400;

/// A bank that says yes until it is told that shoppers are broke: then it holds, and pays no more than that.
#[derive(Default)]
pub(crate) struct Bank {
    pub(crate) broke: AtomicBool,
    payments: AtomicU64,
}

impl Bank {
    fn payment(&self) -> PaymentId {
        PaymentId(format!("pay-{}", self.payments.fetch_add(1, Ordering::Relaxed)))
    }

    fn if_rich<T>(&self, value: T) -> Result<T, PaymentError> {
        let broke = self.broke.load(Ordering::Relaxed);
        if broke { Err(PaymentError::Declined { code: "insufficient_funds".into() }) } else { Ok(value) }
    }
}

impl PaymentProcessor for Bank {
    fn hold(
        &self,
        _: &IdempotencyKey,
        _: &Reference,
        _: &CardToken,
        amount: Money,
    ) -> Result<Held, PaymentError> {
        Ok(Held { payment: self.payment(), amount, capture_before: Time::MAX })
    }

    fn raise(&self, _: &IdempotencyKey, payment: &PaymentId, amount: Money) -> Result<Held, PaymentError> {
        self.if_rich(Held { payment: payment.clone(), amount, capture_before: Time::MAX })
    }

    fn capture(
        &self,
        _: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Captured, PaymentError> {
        Ok(Captured { payment: payment.clone(), amount })
    }

    fn void(&self, _: &IdempotencyKey, _: &PaymentId) -> Result<(), PaymentError> {
        Ok(())
    }

    fn charge(
        &self,
        _: &IdempotencyKey,
        _: &Reference,
        _: &CardToken,
        amount: Money,
    ) -> Result<Captured, PaymentError> {
        self.if_rich(Captured { payment: self.payment(), amount })
    }

    fn refund(
        &self,
        _: &IdempotencyKey,
        payment: &PaymentId,
        amount: Money,
    ) -> Result<Refunded, PaymentError> {
        Ok(Refunded { refund: RefundId(format!("refund of {payment}")), amount })
    }

    fn find(&self, _: &Reference) -> Result<Option<PaymentStatus>, PaymentError> {
        Ok(None)
    }
}

pub(crate) fn policy() -> Policy {
    let price = PricePolicy {
        currency: Currency::EUR,
        basis: PriceBasis::TaxIncluded,
        tax_per: TaxPer::Line,
        rounding: Rounding::HalfUp,
    };
    Policy { time_zone: "Europe/Berlin".into(), ..Policy::example("main-street", price) }
}

/// The office of the store, whose key is all ones.
pub(crate) fn office(storage: Storage) -> Office {
    office_and_bank(storage).0
}

/// Another store of the same chain.
pub(crate) fn office_of(store: &str, storage: Storage) -> Office {
    let policy = Policy { store: store.into(), ..policy() };
    let office = Office::new(storage, policy, Arc::new(Bank::default())).unwrap();
    office.with_pass_key(PassKey::from_bytes([1; 32]))
}

pub(crate) fn office_and_bank(storage: Storage) -> (Office, Arc<Bank>) {
    let bank = Arc::new(Bank::default());
    let office = Office::new(storage, policy(), bank.clone()).unwrap();
    (knowing_palms(office.with_pass_key(PassKey::from_bytes([1; 32]))), bank)
}

/// The office with keys for palms.
pub(crate) fn knowing_palms(office: Office) -> Office {
    let key = |byte| SecretKey::from_bytes([byte; 32]);
    office.with_palms(PalmKeys { secret: key(2), keeper: KeyKeeper::new(key(3)) }, SCORES).unwrap()
}

/// As spread as the tests' palms are.
pub(crate) const SCORES: ScoreModel =
    ScoreModel { genuine: Normal { mean: 0.9, sd: 0.03 }, impostor: Normal { mean: 0.0, sd: 0.1 } };

/// A look at a palm: the same number is the same palm, each time a little otherwise.
pub(crate) fn look(palm: u64, time: u64) -> Embedding {
    let mut of_palm = oorandom::Rand64::new(u128::from(palm));
    let mut of_time = oorandom::Rand64::new(u128::from((palm << 32) | (time + 1)));
    let uniform = |random: &mut oorandom::Rand64| random.rand_float() as f32 - 0.5;
    Embedding::new(std::array::from_fn(|_| uniform(&mut of_palm) + 0.3 * uniform(&mut of_time))).unwrap()
}

/// Both hands of somebody, each looked at three times.
pub(crate) fn hands(palm: u64) -> Vec<Hand> {
    let hand = |side, palm| (side, (0..3).map(|time| look(palm, time)).collect());
    vec![hand(Side::Left, palm), hand(Side::Right, palm + 1000)]
}

/// What somebody reads before they enrol.
pub(crate) const PALM_TEXT: ConsentText<'_> =
    ConsentText { version: "palm-2", language: "de", words: "Wir messen Ihre Hand." };

/// Somebody enrols both hands with their card.
pub(crate) fn enrol(office: &Office, number: u32, palm: u64, now: Time) -> PersonId {
    let consent = office.consent_to_palms(&PALM_TEXT, Channel::Kiosk, now).unwrap();
    office.enrol_palms(consent, card(number), &hands(palm), now).unwrap().person
}

/// The card with this number among the tests', whose last four digits are it.
pub(crate) fn card(number: u32) -> Card {
    Card {
        token: format!("tok-{number}").try_into().unwrap(),
        fingerprint: format!("fp-{number}").try_into().unwrap(),
        brand: "visa".into(),
        last_four: format!("{number:04}").try_into().unwrap(),
    }
}

pub(crate) fn tap(number: u32) -> Shown {
    Shown::Card(card(number))
}

/// A phone with its pass.
pub(crate) struct Phone {
    pub(crate) key: SigningKey,
    pub(crate) pass: String,
}

impl Phone {
    pub(crate) fn new(office: &Office, account: AccountKey, seed: u8, now: Time) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let device = DeviceKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
        Self { pass: office.give_pass(account, device, Scope::Everywhere, now).unwrap(), key }
    }

    pub(crate) fn device(&self) -> DeviceKey {
        DeviceKey::from_bytes(self.key.verifying_key().as_bytes()).unwrap()
    }

    pub(crate) fn code(&self, now: Time) -> Shown {
        self.guest_code(0, now)
    }

    pub(crate) fn guest_code(&self, guest: u8, now: Time) -> Shown {
        let slot = u32::try_from(slot(now)).unwrap();
        Shown::Code(make(&self.pass, &self.key, slot, guest).unwrap())
    }
}

/// An account with a card and a phone.
pub(crate) fn shopper(office: &Office, number: u32) -> (AccountKey, Phone) {
    let account = office.create_account("de", at(0)).unwrap();
    office.add_card(account, card(number), at(0)).unwrap();
    let phone = Phone::new(office, account, 7, at(0));
    (account, phone)
}

pub(crate) fn admitted(entry: Entry) -> TripKey {
    match entry {
        Entry::Admitted(trip) => trip,
        other => panic!("not admitted: {other:?}"),
    }
}

/// Comes in and is seen inside.
pub(crate) fn come_in(office: &Office, shown: Shown, now: Time) -> TripKey {
    let trip = admitted(office.enter("door".into(), shown, now).unwrap());
    office.walked_in(trip, now).unwrap();
    trip
}

/// Buys one thing of this price and leaves; everything that follows within a second is done.
pub(crate) fn buy(office: &Office, trip: TripKey, minor: i64, now: Time) {
    office.left(trip, now, now).unwrap();
    let item = Item {
        product: "wine".into(),
        name: "Wine".into(),
        quantity: Quantity::Units(1),
        taken: now,
        unit_price: minor,
        tax: TaxRate(190_000),
        deposit: 0,
    };
    let cart = Cart { entered: now, left: now, people: 1, sure: vec![item], doubtful: Vec::new() };
    office.close_cart(trip, cart, now).unwrap();
    run_errands(office, now);
}

/// A whole visit, over at `now`.
pub(crate) fn visit(office: &Office, shown: Shown, minor: i64, now: Time) -> TripKey {
    let trip = come_in(office, shown, now);
    buy(office, trip, minor, now);
    trip
}

pub(crate) fn run_errands(office: &Office, now: Time) {
    for _ in 0..20 {
        let due = office.due(now, 100).unwrap();
        if due.is_empty() {
            return;
        }
        for errand in due {
            office.run_errand(&errand, now).unwrap();
        }
    }
    panic!("errands without end");
}
