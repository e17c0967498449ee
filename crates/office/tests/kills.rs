//! The office is killed at every step between exit and receipt, and afterwards each trip is charged once, mailed
//! once, and the books balance.
//!
//! The bank is a server of its own that outlives the office; the office runs in a child process that ends itself
//! without a word (`abort`) at the step it was told, as a power cut would. What comes before, the gate, is done once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

/// Which database these run on.
const POSTGRES: bool = false;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use common::{cart, gate, item, policy};
use model::Time;
use office::{
    ConsentText, Dispute, DisputeKind, Entry, Office, Post, Shown, Storage, TripKey, TripState, Worker,
};
use payments::acquirer::{Acquirer, AcquirerServer, Deed, ServerOptions};
use payments::stripe::StripeConfig;
use payments::{CardToken, Secret, SimulatedProcessor, StripeProcessor};
use pricing::Quantity;
use receipts::{MailAddress, Mailer, Sender};

/// The variable that tells a child what to do: step to end at, database, bank, and visits as `trip=euro-cents`.
const CHILD: &str = "OFFICE_KILL_CHILD";

/// A visit whose end is interrupted.
#[derive(Clone, Copy)]
struct Visit {
    token: &'static str,
    cents: i64,
    /// Whether the shopper disputes it afterwards.
    disputed: bool,
    /// Money that the bank may have taken in the end, and mails that may have come.
    net: i64,
    mails: usize,
}

const VISITS: [Visit; 7] = [
    Visit { token: "tok_visa_ok", cents: 499, disputed: false, net: 499, mails: 1 },
    Visit { token: "tok_visa_ok", cents: 2599, disputed: false, net: 2599, mails: 1 },
    Visit { token: "tok_no_raise", cents: 2599, disputed: false, net: 2599, mails: 1 },
    Visit { token: "tok_visa_ok", cents: 0, disputed: false, net: 0, mails: 0 },
    Visit { token: "tok_timeout_after_on_capture", cents: 499, disputed: false, net: 499, mails: 1 },
    Visit { token: "tok_expired_hold", cents: 499, disputed: false, net: 499, mails: 1 },
    Visit { token: "tok_visa_ok", cents: 499, disputed: true, net: 0, mails: 2 },
];

#[test]
fn killed_at_every_step_each_trip_is_charged_once_and_mailed_once() {
    for (number, visit) in VISITS.iter().enumerate() {
        let mut step = 1;
        loop {
            let shop = Killed::open();
            let trip = shop.come_in(number, visit);
            let died = shop.run(Some(step), &[(trip, *visit)], false);
            if died {
                assert!(!shop.run(None, &[(trip, *visit)], false), "the second life ends well");
            }
            shop.check(&[(trip, *visit)], &format!("visit {number}, step {step}"));
            if !died {
                break;
            }
            step += 1;
        }
        assert!(step > 5, "visit {number} was killed at {} steps only", step - 1);
    }
}

/// The long way: a thousand kills at random moments, with all threads at work.
/// `cargo test --release -p office --test kills -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes; docs/benchmarks.md says what it showed last"]
fn a_thousand_random_kills() {
    let (mut kills, mut trips, mut rounds) = (0, 0, 0_u64);
    let mut chance = 1_u64;
    while kills < 1000 {
        let shop = Killed::open();
        let visits: Vec<(TripKey, Visit)> = (0..20)
            .map(|shopper| {
                let visit = VISITS[shopper % VISITS.len()];
                (shop.come_in(shopper, &visit), visit)
            })
            .collect();
        loop {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let step = 1 + (chance >> 33) as usize % 400;
            if !shop.run(Some(step), &visits, true) {
                break;
            }
            kills += 1;
            if kills % 50 == 0 {
                println!("{kills} kills");
            }
        }
        shop.check(&visits, &format!("round {rounds}"));
        rounds += 1;
        trips += visits.len();
    }
    println!("{kills} kills, {trips} trips: each charged once, mailed once, books in balance");
}

/// The child: does nothing unless a parent told it what.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let mut words = order.split('|');
    let mut word = || words.next().unwrap().to_owned();
    let (step, threaded, database, bank, mails) = (word(), word(), word(), word(), word());
    let office = open(&database, &bank, &mails, step.parse().ok());
    let visits: Vec<(TripKey, i64, bool)> = word()
        .split(',')
        .map(|visit| {
            let mut parts = visit.split('=');
            let mut part = || parts.next().unwrap();
            (part().parse().unwrap(), part().parse().unwrap(), part() == "true")
        })
        .collect();
    let worker = (threaded == "true").then(|| {
        let complain =
            Arc::new(|errand: &office::Errand, error: &office::OfficeError| panic!("{errand:?}: {error}"));
        Worker::start(office.clone(), Arc::new(now), 4, complain).unwrap()
    });
    for (trip, cents, _) in &visits {
        let sure = if *cents > 0 { vec![item("coffee", 1, *cents)] } else { Vec::new() };
        office.walked_in(*trip, now()).unwrap();
        office.close_cart(*trip, cart(sure), now()).unwrap();
    }
    finish(&office, worker.is_some());
    for (trip, ..) in visits.iter().filter(|(.., disputed)| *disputed) {
        if office.trip(*trip).unwrap().disputes.is_empty() {
            let wrong = Dispute { lines: vec![(0, Quantity::Units(1))], kind: DisputeKind::NotTaken };
            office.dispute(*trip, wrong, now()).unwrap();
        }
    }
    finish(&office, worker.is_some());
}

/// Works until nothing is left to do. What is put off is done as if its time had come.
fn finish(office: &Office, threaded: bool) {
    loop {
        let later = now().plus_seconds(3600.0);
        let due = office.due(later, 100).unwrap();
        if due.is_empty() {
            return;
        }
        if threaded {
            std::thread::yield_now();
        } else {
            for errand in due {
                office.run_errand(&errand, now()).unwrap();
            }
        }
    }
}

/// The office of the child; ends the process at step `end_at`.
fn open(database: &str, bank: &str, mails: &str, end_at: Option<usize>) -> Office {
    let steps = AtomicUsize::new(0);
    let probe: office::Probe = Arc::new(move |_| {
        if end_at == Some(steps.fetch_add(1, Ordering::SeqCst) + 1) {
            std::process::abort();
        }
    });
    let storage = Storage::open_probed(database, Some(probe)).unwrap();
    let config =
        StripeConfig { base_url: bank.to_owned(), ..StripeConfig::new(Secret::new("sk_test".to_owned())) };
    let processor = StripeProcessor::new(&config).unwrap();
    Office::new(storage, policy(), Arc::new(processor)).unwrap().with_post(post(Path::new(mails)))
}

fn post(folder: &Path) -> Post {
    let from = MailAddress::parse("receipts@shop.example").unwrap();
    let sender = Sender { name: "The shop".to_owned(), from, reply_to: None, dkim: Vec::new() };
    Post { sender, mailer: Mailer::Folder(folder.to_owned()) }
}

/// What outlives the office: its files, and the bank.
struct Killed {
    folder: tempfile::TempDir,
    bank: AcquirerServer,
}

impl Killed {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mails")).unwrap();
        let processor = SimulatedProcessor::new(Acquirer::new(), Arc::new(now));
        let key = Secret::new("sk_test".to_owned());
        let bank = AcquirerServer::start("127.0.0.1:0", key, processor, ServerOptions::default()).unwrap();
        Self { folder, bank }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("office.db")
    }

    fn mails(&self) -> PathBuf {
        self.folder.path().join("mails")
    }

    /// An office in this process.
    fn office(&self) -> Office {
        open(self.database().to_str().unwrap(), &self.bank.url(), self.mails().to_str().unwrap(), None)
    }

    /// Lets a shopper in who wants the receipt by mail.
    fn come_in(&self, shopper: usize, visit: &Visit) -> TripKey {
        let office = self.office();
        let token = CardToken::try_from(format!("{}/{shopper}", visit.token)).unwrap();
        let card = self.bank.processor().acquirer().card(&token).unwrap();
        let Entry::Admitted(trip) = office.enter(gate(), Shown::Card(card.clone()), now()).unwrap() else {
            panic!("not let in")
        };
        let address = MailAddress::parse(&format!("shopper-{shopper}@home.example")).unwrap();
        let agreed = ConsentText { version: "1", language: "en", words: "Receipts by mail." };
        office.link_email(Shown::Card(card), address, &agreed, now()).unwrap();
        trip
    }

    /// Runs the office in a child; whether it was killed.
    fn run(&self, step: Option<usize>, visits: &[(TripKey, Visit)], threaded: bool) -> bool {
        let visits: Vec<String> =
            visits.iter().map(|(trip, visit)| format!("{trip}={}={}", visit.cents, visit.disputed)).collect();
        let order = [
            step.map_or("-".to_owned(), |step| step.to_string()),
            threaded.to_string(),
            self.database().display().to_string(),
            self.bank.url(),
            self.mails().display().to_string(),
            visits.join(","),
        ];
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, order.join("|"))
            .output()
            .unwrap();
        let killed = output.status.code().is_none();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(killed || output.status.success(), "the child failed of itself: {said}");
        killed
    }

    /// Each trip ended well, the bank took what it should once, each mail came once, and the books agree.
    fn check(&self, visits: &[(TripKey, Visit)], at: &str) {
        let office = self.office();
        office.audit().unwrap().unwrap_or_else(|broken| panic!("{at}: {broken}"));
        let journal = self.bank.processor().acquirer().journal().to_vec();
        // A life that ends while it writes leaves half a file under another name.
        let whole =
            |name: &std::ffi::OsStr| Path::new(name).extension().is_some_and(|ending| ending == "eml");
        let files = std::fs::read_dir(self.mails()).unwrap().map(|file| file.unwrap().file_name());
        let files: Vec<_> = files.collect();
        let mails = files.iter().filter(|name| whole(name)).count();
        assert_eq!(
            mails,
            visits.iter().map(|(_, visit)| visit.mails).sum::<usize>(),
            "{at}: mails {files:?}"
        );
        for (trip, visit) in visits {
            let mine = |reference: &str| reference.contains(&trip.to_string());
            let net: i64 =
                journal.iter().filter(|entry| mine(&entry.reference.0)).map(|entry| net(&entry.deed)).sum();
            let trip = office.trip(*trip).unwrap();
            let end = match (visit.cents, visit.disputed) {
                (0, _) => TripState::Empty,
                (_, true) => TripState::Refunded,
                (_, false) => TripState::Paid,
            };
            assert_eq!((net, trip.state()), (visit.net, end), "{at}: {:?}", office.history(trip.key));
            assert!(trip.open_wishes.is_empty() && trip.held.is_none(), "{at}: something is left to do");
        }
    }
}

/// What a deed of the bank moved, minor units.
fn net(deed: &Deed) -> i64 {
    match deed {
        Deed::Captured { amount } | Deed::Charged { amount } => amount.minor,
        Deed::Refunded { amount, .. } => -amount.minor,
        _ => 0,
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Time::from_nanos(since.as_nanos() as i64)
}
