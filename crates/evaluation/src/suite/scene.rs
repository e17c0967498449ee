//! One scene, played through the engine and through the naive system beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use cpu_time::ThreadTime;
use engine::Engine;
use model::{
    CredentialKind, Currency, Event, EventKind, Handled, Receipt, Record, Store, Time, Truth, TruthAct,
};
use simulator::scenarios::{Level, Scene, SceneError, scene_at};
use tracking::Tracker;

use super::wrong::WrongReceipt;
use super::{Figures, Sums};
use crate::{Calibration, Latencies, Scores, naive_receipts, score};

/// A change that was noticed is that of an act if it lies this near, seconds: longer than a hand needs at a
/// shelf and than clocks go amiss, shorter than the way back to it.
const SAME_ACT_S: f64 = 1.5;

/// What one scene came to.
#[derive(Debug)]
pub(super) struct SceneFigures {
    pub(super) currency: Currency,
    /// Seconds from its first record to its last one.
    pub(super) store_s: f64,
    /// Processor time that the engine took, seconds.
    pub(super) engine_s: f64,
    pub(super) sums: Sums,
    pub(super) wrong: Vec<WrongReceipt>,
}

/// What the engine said, and what the store's clock showed then; no time for what it only said because the
/// records had ended.
struct Told {
    clock: Option<Time>,
    event: Event,
}

/// Plays a scene and counts what came of it.
pub(super) fn measure(eyes: Level, name: &str, seed: u64, number: u64) -> Result<SceneFigures, SceneError> {
    let Scene { store, records, truth, .. } = scene_at(eyes, name, seed, number, &[])?;
    let truth = without_staff(truth, &records);
    let store_s = span_s(&records);
    let start = ThreadTime::now();
    let (records, clocks) = track(&store, records);
    let tracker_s = start.elapsed().as_secs_f64();
    let naive = score(&naive_receipts(&store, &records), &truth, &store);
    let (told, engine_s) = follow(&store, records, &clocks);
    let receipts = told.iter().filter_map(|told| match &told.event.kind {
        EventKind::Settled(receipt) if !is_empty_staff_receipt(receipt) => Some(receipt.as_ref().clone()),
        _ => None,
    });
    let receipts: Vec<Receipt> = receipts.collect();
    let scores = score(&receipts, &truth, &store);
    let sums = Sums {
        ours: Figures::of_scene(&scores, &truth, &store),
        naive: Figures::of_scene(&naive, &truth, &store),
        calibration: calibration(&scores, &receipts, &truth),
        takes: take_latencies(&scores, &truth, &told),
        settling: settling_latencies(&told),
    };
    let wrong = WrongReceipt::of_scene(&scores, &truth, &store, number);
    Ok(SceneFigures { currency: store.currency(), store_s, engine_s: tracker_s + engine_s, sums, wrong })
}

/// The truth without the trips of staff, who are charged nothing and kept nothing of their own.
fn without_staff(mut truth: Truth, records: &[Record]) -> Truth {
    let badges: BTreeSet<&str> = records
        .iter()
        .filter_map(|record| match record {
            Record::Credential(shown) if shown.kind == CredentialKind::Staff => Some(shown.token.as_str()),
            _ => None,
        })
        .collect();
    truth.trips.retain(|trip| trip.token.as_ref().is_none_or(|token| !badges.contains(token.as_str())));
    truth
}

/// A receipt as staff should get; one that charges staff counts as a receipt without a visit.
fn is_empty_staff_receipt(receipt: &Receipt) -> bool {
    let is_staff = receipt.credential.as_ref().is_some_and(|(kind, _)| *kind == CredentialKind::Staff);
    is_staff && receipt.lines.is_empty() && receipt.review.is_empty()
}

fn span_s(records: &[Record]) -> f64 {
    let times = || records.iter().map(Record::time);
    times().max().zip(times().min()).map_or(0.0, |(last, first)| last.seconds_since(first))
}

/// The records with people where cameras saw them, and what the store's clock showed as each came: the newest capture time
/// that had arrived; no time for what came only because the records had ended.
fn track(store: &Store, records: Vec<Record>) -> (Vec<Record>, Vec<Option<Time>>) {
    let mut tracker = Tracker::of(store);
    let mut followed = Vec::with_capacity(records.len());
    let mut clocks = Vec::with_capacity(records.len());
    let mut now = Time::MIN;
    for record in records {
        now = now.max(record.time());
        tracker.pass(record, &mut followed);
        clocks.resize(followed.len(), Some(now));
    }
    tracker.finish(&mut followed);
    clocks.resize(followed.len(), None);
    (followed, clocks)
}

/// Plays the records in the order of their arrival; tells what the engine said, and the processor time that
/// it took, seconds. An event is seen only when its clock shows, though it bears the time of an older record, because the
/// engine waits for late ones.
fn follow(store: &Arc<Store>, records: Vec<Record>, clocks: &[Option<Time>]) -> (Vec<Told>, f64) {
    let mut engine = Engine::new(Arc::clone(store));
    let (mut told, mut events) = (Vec::new(), Vec::new());
    let start = ThreadTime::now();
    for (record, &clock) in records.into_iter().zip(clocks) {
        engine.push(record, &mut events);
        told.extend(events.drain(..).map(|event| Told { clock, event }));
    }
    engine.finish(&mut events);
    told.extend(events.drain(..).map(|event| Told { clock: None, event }));
    (told, start.elapsed().as_secs_f64())
}

fn calibration(scores: &Scores, receipts: &[Receipt], truth: &Truth) -> Calibration {
    let mut calibration = Calibration::default();
    for trip in &scores.per_trip {
        let Some(receipt) = receipts.iter().find(|receipt| Some(receipt.trip) == trip.trip) else { continue };
        let true_trip = trip.truth.and_then(|number| truth.trips.get(number - 1));
        calibration.add_receipt(receipt, true_trip);
    }
    calibration
}

/// From the moment at which a hand with its goods left the shelf until the cart showed them.
fn take_latencies(scores: &Scores, truth: &Truth, told: &[Told]) -> Latencies {
    let mut latencies = Latencies::default();
    for (number, trip) in (1..).zip(&truth.trips) {
        let receipt = scores.per_trip.iter().find(|score| score.truth == Some(number));
        let id = receipt.and_then(|score| score.trip);
        for act in trip.acts.iter().filter(|act| act.quantity < 0) {
            let shown = told.iter().filter_map(|told| match &told.event.kind {
                EventKind::Took(took) if Some(took.trip) == id && is_of(took, act) => told.clock,
                _ => None,
            });
            match shown.min() {
                Some(clock) => latencies.add(clock.seconds_since(act.time)),
                None => latencies.unmeasured += 1,
            }
        }
    }
    latencies
}

/// Whether a conclusion is about an act: the same product, and a mass change at its time.
fn is_of(took: &Handled, act: &TruthAct) -> bool {
    took.product == act.product
        && act.time.seconds_since(took.evidence.start) > -SAME_ACT_S
        && act.time.seconds_since(took.evidence.end) < SAME_ACT_S
}

/// From the exit of the last of a party to its receipt, where nothing is in doubt.
fn settling_latencies(told: &[Told]) -> Latencies {
    let mut latencies = Latencies::default();
    for Told { clock, event } in told {
        let EventKind::Settled(receipt) = &event.kind else { continue };
        match clock {
            _ if !receipt.review.is_empty() => {}
            Some(clock) => latencies.add(clock.seconds_since(receipt.left)),
            None => latencies.unmeasured += 1,
        }
    }
    latencies
}
