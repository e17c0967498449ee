//! How many trips a second the office settles, and how long each takes to be on the disk.
//!
//! `cargo run --release -p office --example settle_rate -- [DATABASE] [TRIPS] [PER_SECOND]`
//!
//! DATABASE is a folder for an SQLite file (default: a new one here) or `postgres://…`; PER_SECOND is the rate at
//! which visits end (default 2000; 0: as fast as it goes). Each visit is held, settled, captured at an acquirer in the same process
//! and its paper handed out, everything committed to the disk. For one core: `taskset -c 0` before it.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring tool")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use model::{Currency, SensorId, Time};
use office::{Cart, Entry, Office, Policy, Shown, Storage, TripKey, Worker};
use payments::acquirer::Acquirer;
use payments::{CardToken, SimulatedProcessor};
use pricing::{Item, PriceBasis, PricePolicy, Quantity, Rounding, TaxPer, TaxRate};

/// Exits that are on their way at the same time.
const CLIENTS: usize = 64;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = tempfile::tempdir_in(".").unwrap();
    let address = args.next().filter(|address| address != "-");
    let address = match address {
        Some(address) if address.contains("://") => address,
        Some(path) => format!("{path}/office-bench.db"),
        None => folder.path().join("office.db").to_str().unwrap().to_owned(),
    };
    let trips: usize = args.next().map_or(20_000, |text| text.parse().unwrap());
    let per_second: f64 = args.next().map_or(2000.0, |text| text.parse().unwrap());

    let bank = SimulatedProcessor::new(Acquirer::new(), Arc::new(now));
    let storage = Storage::open(&address).unwrap();
    let office = Office::new(storage, policy(), Arc::new(bank.clone())).unwrap();
    let begun = Instant::now();
    let keys = Arc::new(enter_all(&office, &bank, trips));
    println!(
        "entered    {:>8.0} trips/s ({trips} trips, {CLIENTS} gates)",
        trips as f64 / begun.elapsed().as_secs_f64()
    );

    let worker = Worker::start(office.clone(), Arc::new(now), 16, Arc::new(|_, _| {})).unwrap();
    let begun = Instant::now();
    let latencies = settle_all(&office, &keys, per_second);
    let settled = begun.elapsed();
    while !office.due(now(), 1).unwrap().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    let all = begun.elapsed();
    drop(worker);
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("settled    {:>8.0} trips/s (asked: {per_second})", trips as f64 / settled.as_secs_f64());
    println!("latency    p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms", at(0.5), at(0.99), at(1.0));
    println!(
        "all paid   {:>8.0} trips/s, {:.2} s after the last exit",
        trips as f64 / all.as_secs_f64(),
        (all - settled).as_secs_f64()
    );
    println!("audit      {:?}", office.audit().unwrap().unwrap());
}

/// Lets everybody in.
fn enter_all(office: &Office, bank: &SimulatedProcessor, trips: usize) -> Vec<TripKey> {
    let next = AtomicUsize::new(0);
    let keys = Mutex::new(Vec::with_capacity(trips));
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while let Some(shopper) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|shopper| *shopper < trips)
                {
                    let token = CardToken::try_from(format!("tok_visa_ok/{shopper}")).unwrap();
                    let card = bank.acquirer().card(&token).unwrap();
                    let entry = office.enter(SensorId::from("gate-1"), Shown::Card(card), now()).unwrap();
                    let Entry::Admitted(key) = entry else { unreachable!("{entry:?}") };
                    keys.lock().unwrap().push(key);
                }
            });
        }
    });
    keys.into_inner().unwrap()
}

/// Lets everybody leave at a rate; how long each took, shortest first, counted from when it should have begun.
fn settle_all(office: &Office, keys: &Arc<Vec<TripKey>>, per_second: f64) -> Vec<Duration> {
    let next = AtomicUsize::new(0);
    let latencies = Mutex::new(Vec::with_capacity(keys.len()));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let visit = next.fetch_add(1, Ordering::Relaxed);
                    let Some(key) = keys.get(visit) else { return };
                    let planned = if per_second > 0.0 {
                        begun + Duration::from_secs_f64(visit as f64 / per_second)
                    } else {
                        Instant::now()
                    };
                    thread::sleep(planned.saturating_duration_since(Instant::now()));
                    office.close_cart(*key, cart(), now()).unwrap();
                    latencies.lock().unwrap().push(planned.elapsed());
                }
            });
        }
    });
    let mut latencies = latencies.into_inner().unwrap();
    latencies.sort_unstable();
    latencies
}

/// A cart of three lines.
fn cart() -> Cart {
    let item = |name: &str, units, unit_price| Item {
        product: name.into(),
        name: name.to_owned(),
        quantity: Quantity::Units(units),
        taken: now(),
        unit_price,
        tax: TaxRate(70_000),
        deposit: 0,
    };
    let sure = vec![item("Ground coffee, 500 g", 1, 499), item("Water", 2, 89), item("Spaghetti", 1, 129)];
    Cart { entered: now(), left: now(), people: 1, sure, doubtful: Vec::new() }
}

fn policy() -> Policy {
    let price = PricePolicy {
        currency: Currency::EUR,
        basis: PriceBasis::TaxIncluded,
        tax_per: TaxPer::Line,
        rounding: Rounding::HalfUp,
    };
    Policy::example("bench", price)
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Time::from_nanos(since.as_nanos() as i64)
}
