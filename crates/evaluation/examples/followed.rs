//! How well people are followed in a busy simulated store, by the measures trackers are known by, and what becomes of their
//! receipts:
//! `cargo run --release -p evaluation --example followed -- [STORE] [PEOPLE] [SECONDS] [SEED] [FAULT]`.
//!
//! STORE is one of the examples' stores, or `hall` for 28 cameras. FAULT is `silent` or `shifted`: a third of the time
//! into it, one camera says nothing more, or is knocked askew by two degrees.

#![allow(clippy::print_stdout, reason = "an example")]

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use engine::Engine;
use evaluation::tracks::{people_rows, score_tracks};
use evaluation::{Figures, score};
use model::{Event, EventKind, Receipt, Record, SensorId, Store, Time, Truth};
use simulator::{Bodies, CameraOptions, Flow, Shift, Silence, busy_with_cameras, stores};
use tracking::{Tracker, TracksFrame};

/// The truth is taken down this often, and kept this long, until an answer asks for it.
const TRUTH_HZ: f64 = 100.0;
const TRUTH_S: f64 = 2.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "corner-shop".to_owned());
    let people = words.next().map_or(Ok(10), |text| text.parse())?;
    let seconds = words.next().map_or(Ok(180.0), |text| text.parse())?;
    let seed = words.next().map_or(Ok(101), |text| text.parse())?;
    let fault = words.next();
    let mut file = match name.as_str() {
        "stadium" => stores::stadium(),
        "grocery" => stores::grocery(),
        _ => stores::corner_shop(),
    };
    if name == "hall" {
        stores::hang_cameras(&mut file, 28);
    }
    let store = Arc::new(Store::new(file)?);
    let cameras = options(fault.as_deref(), store.cameras()[0].id.clone(), seconds / 3.0);
    let mut busy = busy_with_cameras(Arc::clone(&store), Flow::Inside(people), seconds, seed, cameras)?;
    let mut tracker = Tracker::of(&store);
    let mut engine = Engine::new(Arc::clone(&store));
    let (mut truth, mut answer, mut passed, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut lately: VecDeque<Bodies> = VecDeque::new();
    let (mut next_s, mut tracking_s) = (0.0, 0.0);
    while let Some(record) = busy.next() {
        if busy.now_s() >= next_s {
            next_s += 1.0 / TRUTH_HZ;
            lately.push_back(busy.bodies());
            if lately.len() as f64 > TRUTH_S * TRUTH_HZ {
                lately.pop_front();
            }
        }
        let start = Instant::now();
        tracker.pass(record, &mut passed);
        tracking_s += start.elapsed().as_secs_f64();
        for record in passed.drain(..) {
            if let Record::People(people) = &record {
                answer.push(TracksFrame::from(people));
                truth.extend(true_frame(&lately, people.time));
            }
            engine.push(record, &mut events);
        }
    }
    tracker.finish(&mut passed);
    passed.drain(..).for_each(|record| engine.push(record, &mut events));
    engine.finish(&mut events);
    let scores = score_tracks(&truth, &answer);
    println!("{name}: {} cameras, {people} people, {seconds} s, seed {seed}", store.cameras().len());
    for (what, value) in people_rows(&scores) {
        println!("  {what}: {value}");
    }
    let wrists = &scores.joints.wrists;
    let cm =
        |metres: Option<f64>| metres.map_or("-".to_owned(), |metres| format!("{:.1} cm", metres * 100.0));
    println!(
        "  wrists: median {}, p95 {}, {} not seen of {}",
        cm(wrists.median_m),
        cm(wrists.p95_m),
        wrists.missing,
        wrists.count + wrists.missing
    );
    println!(
        "  {:.0} µs a set of pictures, {:.0} sets a second",
        tracking_s * 1e6 / answer.len() as f64,
        answer.len() as f64 / tracking_s
    );
    println!("  {}", receipts(&events, &busy.truth(), &store));
    for notice in tracker.notices().iter() {
        println!(
            "  {:?} {}: {} × from {} s on",
            notice.kind,
            notice.subject,
            notice.count,
            truth.first().map_or(0.0, |first| notice.first.seconds_since(first.time))
        );
    }
    Ok(())
}

fn options(fault: Option<&str>, camera: SensorId, at_s: f64) -> CameraOptions {
    let mut options = CameraOptions::default();
    match fault {
        Some("silent") => options.silences.push(Silence { camera, from_s: at_s, to_s: f64::MAX }),
        Some("shifted") => options.shifts.push(Shift { camera, at_s, degrees: 2.0 }),
        _ => {}
    }
    options
}

/// Where everybody was at the time of an answer.
fn true_frame(lately: &VecDeque<Bodies>, time: Time) -> Option<TracksFrame> {
    let off_s = |bodies: &&Bodies| bodies.time.seconds_since(time).abs();
    let bodies = lately.iter().min_by(|one, other| off_s(one).total_cmp(&off_s(other)))?;
    Some(TracksFrame { time, ..TracksFrame::from(bodies) })
}

/// How many receipts are right, in a line.
fn receipts(events: &[Event], truth: &Truth, store: &Store) -> String {
    let settled = events.iter().filter_map(|event| match &event.kind {
        EventKind::Settled(receipt) => Some(receipt.as_ref().clone()),
        _ => None,
    });
    let receipts: Vec<Receipt> = settled.collect();
    let figures = Figures::of_scene(&score(&receipts, truth, store), truth, store);
    format!(
        "receipts: {} of {} exact or rightly in review, {} in review; lines: {} charged, {} of them wrongly, {} missed",
        figures.exact_or_reviewed,
        figures.visits,
        figures.reviewed,
        figures.lines_charged,
        figures.lines_charged_wrongly,
        figures.lines_missed
    )
}
