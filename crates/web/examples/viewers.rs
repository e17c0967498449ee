//! How many can look at the floor and fetch receipts at once.
//!
//! `cargo run --release -p web --example viewers` serves a store of 1,000 plates with 100 people in it from a process of
//! its own, and measures over loopback:
//! 1. what one viewer gets (pictures and bytes a second) and what that costs the server, beside what it costs without
//!    a viewer;
//! 2. with 500 viewers and 200 receipts asked for a second, how long the receipts take, from the moment each was due.
//!
//! It ends by itself after about 40 seconds.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a measurement, not a part of the product"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use model::{
    DVec3, Joint, Keypoint, People, Person, PlateBatch, PlateId, Record, SensorId, Store, Time, TrackId,
};
use office::{Cart, Office, Policy, Shown, Storage};
use payments::acquirer::Acquirer;
use payments::{Card, SimulatedProcessor};
use pricing::{Item, PriceBasis, PricePolicy, Quantity, Rounding, TaxPer, TaxRate};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use web::{ApiKey, Config, Demo, KeyHash, Limits, Live, Pages, Scope};

const PEOPLE: u32 = 100;
const GONDOLAS: u16 = 10;
const SHELVES: u16 = 5;
const PLATES: u16 = 20;
const VIEWERS: usize = 500;
const RECEIPTS_A_SECOND: u32 = 200;
const CONNECTIONS: u32 = 20;
const MEASURED: Duration = Duration::from_secs(15);
const KEY: &str = "a-key-that-reads-receipts";

fn main() {
    if std::env::args().any(|argument| argument == "--serve") {
        return serve();
    }
    let mut server = Server::start();
    let (address, trip) = (server.address.clone(), server.trip.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    println!("server: {} plates, {PEOPLE} people, 10 pictures a second", GONDOLAS * SHELVES * PLATES);
    let idle = server.cpu_share(|| std::thread::sleep(MEASURED));
    println!("nobody looks:  {:5.2} % of one core", idle * 100.0);
    let (bytes, pictures) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let one = server.cpu_share(|| {
        let viewer = view(address.clone(), Arc::clone(&bytes), Arc::clone(&pictures));
        runtime.block_on(async { drop(tokio::time::timeout(MEASURED, viewer).await) });
    });
    let each_second = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / MEASURED.as_secs_f64();
    println!(
        "one viewer:    {:5.2} % of one core, {:.1} kB/s, {:.1} pictures/s",
        one * 100.0,
        each_second(&bytes) / 1000.0,
        each_second(&pictures)
    );
    let (bytes, pictures) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut times = Vec::new();
    let many = server.cpu_share(|| {
        runtime.block_on(async {
            let viewers: Vec<_> = (0..VIEWERS)
                .map(|_| tokio::spawn(view(address.clone(), Arc::clone(&bytes), Arc::clone(&pictures))))
                .collect();
            // All look before the first receipt is asked for: a crowd that comes at once is another question.
            while pictures.load(Ordering::Relaxed) < 5 * VIEWERS as u64 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            pictures.store(0, Ordering::Relaxed);
            times = receipts(&address, &trip).await;
            viewers.iter().for_each(tokio::task::JoinHandle::abort);
        });
    });
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "{VIEWERS} viewers and {RECEIPTS_A_SECOND} receipts/s: {:.0} % of one core, {:.1} pictures/s each, receipts median \
         {:.1} ms, p99 {:.1} ms, longest {:.1} ms ({} asked for)",
        many * 100.0,
        each_second(&pictures) / VIEWERS as f64,
        at(0.5),
        at(0.99),
        at(1.0),
        times.len()
    );
}

/// Looks at the floor until it is dropped.
async fn view(address: String, bytes: Arc<AtomicU64>, pictures: Arc<AtomicU64>) {
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET /floor/live HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the server ended the floor");
        let text = String::from_utf8_lossy(&buffer[..read]);
        bytes.fetch_add(read as u64, Ordering::Relaxed);
        pictures.fetch_add(text.matches("event: places").count() as u64, Ordering::Relaxed);
    }
}

/// Asks for receipts at fixed moments, whether or not those before were answered; how long each took from its moment.
async fn receipts(address: &str, trip: &str) -> Vec<Duration> {
    let asked = MEASURED.as_secs() as u32 * RECEIPTS_A_SECOND / CONNECTIONS;
    let start = Instant::now();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let request = format!(
                "GET /api/v1/receipts/{trip} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {KEY}\r\naccept: \
                 text/html\r\n\r\n"
            );
            let address = address.to_owned();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(&address).await.unwrap();
                let mut times = Vec::new();
                for ask in 0..asked {
                    let due = start + Duration::from_secs(1) * (ask * CONNECTIONS + number) / RECEIPTS_A_SECOND;
                    tokio::time::sleep_until(due.into()).await;
                    stream.write_all(request.as_bytes()).await.unwrap();
                    answer(&mut stream).await;
                    times.push(due.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for connection in connections {
        times.extend(connection.await.unwrap());
    }
    times
}

/// Reads one answer to its end.
async fn answer(stream: &mut TcpStream) {
    let mut read = Vec::new();
    loop {
        let mut buffer = [0; 16 * 1024];
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the server broke off");
        read.extend_from_slice(&buffer[..count]);
        let Some(end) = read.windows(4).position(|part| part == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if read.len() == end + 4 + length.parse::<usize>().unwrap() {
            return;
        }
    }
}

/// The server, in a process of its own, so that its work can be told from ours.
struct Server {
    child: Child,
    say: ChildStdin,
    hear: BufReader<ChildStdout>,
    address: String,
    trip: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let say = child.stdin.take().unwrap();
        let mut hear = BufReader::new(child.stdout.take().unwrap());
        let [address, trip] = [line(&mut hear), line(&mut hear)];
        Self { child, say, hear, address, trip }
    }

    /// How much of one core the server used while something was done.
    fn cpu_share(&mut self, work: impl FnOnce()) -> f64 {
        let (before, start) = (self.cpu(), Instant::now());
        work();
        (self.cpu() - before) / start.elapsed().as_secs_f64()
    }

    /// Seconds that the server has worked so far.
    fn cpu(&mut self) -> f64 {
        self.say.write_all(b"cpu\n").unwrap();
        line(&mut self.hear).parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(hear: &mut BufReader<ChildStdout>) -> String {
    let mut text = String::new();
    hear.read_line(&mut text).unwrap();
    text.trim().to_owned()
}

/// The server's process.
fn serve() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let started = ProcessTime::now();
    let store = Arc::new(store());
    let folder = tempfile::tempdir().unwrap();
    let clock: office::Clock = Arc::new(now);
    let bank = SimulatedProcessor::new(Acquirer::new(), Arc::clone(&clock));
    let storage = Storage::open(folder.path().join("office.db").to_str().unwrap()).unwrap();
    let office = Office::new(storage, policy(), Arc::new(bank.clone())).unwrap();
    let trip = paid(&office, &bank);
    let live = Live::new(Arc::clone(&store));
    let sensors = live.clone();
    std::thread::spawn(move || sense(&store, &sensors));
    let (orders, _keeps) = std::sync::mpsc::sync_channel(1);
    let (_truth, truth) = tokio::sync::watch::channel(Arc::default());
    let demo = Demo::new(orders, truth, PathBuf::new());
    let key =
        ApiKey { name: "receipts".to_owned(), sha256: KeyHash::of(KEY), scopes: [Scope::Receipts].into() };
    let config = Config {
        keys: vec![key],
        webhook_secrets: Vec::new(),
        clock,
        limits: Limits { per_second: 1000, burst: 1000, ..Limits::default() },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}\n{trip}", listener.local_addr().unwrap());
        let pages = Pages { live: Some(live), demo: Some(demo), eye: None };
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            for _ in std::io::stdin().lines() {
                println!("{}", started.elapsed().as_secs_f64());
            }
            drop(stop);
        });
        web::serve(office, config, pages, listener, async { drop(stopped.await) }).await.unwrap();
    });
}

/// What the sensors say, in real time: people who walk in circles and reach out, plates that lose a unit now and then.
fn sense(store: &Store, live: &Live) {
    let ids: Arc<[PlateId]> = store.plates().iter().map(|plate| plate.id).collect();
    let (camera, scale) = (SensorId::from("cameras"), SensorId::from("scales"));
    let start = Instant::now();
    for tick in 0_u32.. {
        std::thread::sleep(
            (start + Duration::from_nanos(33_333_333) * tick).saturating_duration_since(Instant::now()),
        );
        let time = now();
        let seconds = f64::from(tick) / 30.0;
        let people = (0..PEOPLE).map(|number| person(number, seconds)).collect();
        live.look(&Record::People(People { sensor: camera.clone(), time, people }));
        if tick.is_multiple_of(6) {
            let gone = |plate: usize| (seconds / 7.0 + plate as f64 * 0.37).floor() % 9.0;
            let sample = (0..ids.len()).map(|plate| 5000.0 - 100.0 * gone(plate) as f32);
            let grams: Vec<f32> = std::iter::repeat_n(sample.collect::<Vec<_>>(), 12).flatten().collect();
            let batch = PlateBatch::new(scale.clone(), time, 16_666_667, Arc::clone(&ids), grams).unwrap();
            live.look(&Record::Plates(batch));
        }
        if tick.is_multiple_of(3) {
            live.tell_places();
        }
    }
}

fn person(number: u32, seconds: f64) -> Person {
    let angle = seconds * 0.3 + f64::from(number);
    let radius = 2.0 + f64::from(number % 10);
    let middle = DVec3::new(12.0 + radius * libm::cos(angle), 12.0 + radius * libm::sin(angle), 1.3);
    let reach = 0.25 + 0.25 * libm::sin(seconds + f64::from(number));
    let joints = [
        (Joint::LeftShoulder, DVec3::new(0.2, 0.0, 0.1)),
        (Joint::RightShoulder, DVec3::new(-0.2, 0.0, 0.1)),
        (Joint::LeftHip, DVec3::new(0.15, 0.0, -0.4)),
        (Joint::RightHip, DVec3::new(-0.15, 0.0, -0.4)),
        (Joint::LeftWrist, DVec3::new(0.2, reach, 0.0)),
        (Joint::RightWrist, DVec3::new(-0.2, 0.1, -0.2)),
    ];
    let keypoint = |(joint, offset)| Keypoint { joint, position: middle + offset, score: 0.9 };
    Person { track: TrackId(number.into()), keypoints: joints.map(keypoint).to_vec(), holding: [None; 2] }
}

/// A visit that is over and paid.
fn paid(office: &Office, bank: &SimulatedProcessor) -> String {
    let token = "tok_visa_ok/viewers".to_owned().try_into().unwrap();
    let known = bank.acquirer().card(&token).unwrap();
    let card = Card {
        token,
        fingerprint: known.fingerprint.clone(),
        brand: known.brand.to_string(),
        last_four: known.last_four,
    };
    let office::Entry::Admitted(trip) =
        office.enter(SensorId::from("gate"), Shown::Card(card), now()).unwrap()
    else {
        panic!("the bank refuses");
    };
    let item = |number: u32| Item {
        product: format!("product-{number}").as_str().into(),
        name: format!("Product {number}"),
        quantity: Quantity::Units(1),
        taken: now(),
        unit_price: 199,
        tax: TaxRate(1900),
        deposit: 0,
    };
    let cart = Cart {
        entered: now(),
        left: now(),
        people: 1,
        sure: (0..12).map(item).collect(),
        doubtful: Vec::new(),
    };
    office.close_cart(trip, cart, now()).unwrap();
    while let Some(errand) = office.due(now(), 1).unwrap().first() {
        office.run_errand(errand, now()).unwrap();
    }
    assert!(office.paper(trip, receipts::Language::English).unwrap().is_some(), "there is a receipt");
    trip.to_string()
}

fn policy() -> Policy {
    let price = PricePolicy {
        currency: model::Currency::EUR,
        basis: PriceBasis::TaxIncluded,
        tax_per: TaxPer::Line,
        rounding: Rounding::HalfUp,
    };
    Policy::example("viewers", price)
}

fn store() -> Store {
    let mut text = "schema = \"saunter-store/1\"\nname = \"Viewers\"\ncurrency = \"EUR\"\n".to_owned();
    for gondola in 1..=GONDOLAS {
        let y = f64::from(gondola) * 2.0;
        text += &format!("[[gondola]]\nid = {gondola}\norigin_m = [2.0, {y}, 0.0]\n");
        for shelf in 1..=SHELVES {
            let z = f64::from(shelf) * 0.3;
            text += &format!(
                "[[gondola.shelf]]\nid = {shelf}\norigin_m = [0.0, 0.0, {z}]\nsize_m = [20.0, 0.4, 0.3]\nplates = ["
            );
            for plate in 1..=PLATES {
                let x = f64::from(plate - 1);
                text += &format!("{{ id = {plate}, origin_m = [{x}.0, 0.0], size_m = [0.98, 0.4] }},");
            }
            text += "]\n";
        }
    }
    text += "[[product]]\nid = \"p\"\nname = \"Product\"\nmass_g = 100.0\n[[facing]]\nproduct = \"p\"\nplates = [";
    for gondola in 1..=GONDOLAS {
        for shelf in 1..=SHELVES {
            for plate in 1..=PLATES {
                text += &format!("\"{gondola}/{shelf}/{plate}\",");
            }
        }
    }
    text += "]\n";
    Store::from_toml(&text).unwrap()
}

fn now() -> Time {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Time::from_nanos(i64::try_from(since.as_nanos()).unwrap())
}
