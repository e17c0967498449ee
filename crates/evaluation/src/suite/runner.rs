//! Plays the scenes of a suite on several threads.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use simulator::scenarios::Scenario;

use super::scene::{SceneFigures, measure};
use super::{Measured, Suite, SuiteError};

/// Measured scenes that may wait for each thread; bounds the memory.
const WAITING_PER_THREAD: usize = 4;

/// Plays a suite on so many threads and measures what comes of it; `progress` hears how many scenes are
/// done. The figures are the same on any number of threads.
///
/// # Errors
/// [`SuiteError`], with the scene that can't be played.
pub fn run(suite: &Suite, threads: usize, mut progress: impl FnMut(u64)) -> Result<Measured, SuiteError> {
    let next = &AtomicU64::new(0);
    let (sender, played) = sync_channel(threads * WAITING_PER_THREAD);
    thread::scope(move |scope| {
        for _ in 0..threads.max(1) {
            let sender = sender.clone();
            scope.spawn(move || play(suite, next, &sender));
        }
        drop(sender);
        merge(suite, played, &mut progress)
    })
}

type Played = (u64, Result<SceneFigures, SuiteError>);

/// Plays the next scene that nobody plays yet, until there is none or nobody listens.
fn play(suite: &Suite, next: &AtomicU64, sender: &SyncSender<Played>) {
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        if place >= suite.len() || sender.send((place, play_one(suite, place))).is_err() {
            return;
        }
    }
}

fn play_one(suite: &Suite, place: u64) -> Result<SceneFigures, SuiteError> {
    let (Scenario { name: scenario, .. }, scene) = suite.scene_at(place);
    match catch_unwind(AssertUnwindSafe(|| measure(suite.eyes, scenario, suite.seed, scene))) {
        Ok(measured) => measured.map_err(|why| SuiteError::Scene { scenario, scene, why }),
        Err(panic) => Err(SuiteError::BrokenOff { scenario, scene, why: message(panic.as_ref()) }),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Adds up scenes in the order of the suite, whichever is done first. Takes the receiver along, so that after
/// an error nobody listens any more and all threads end.
fn merge(
    suite: &Suite,
    played: Receiver<Played>,
    progress: &mut impl FnMut(u64),
) -> Result<Measured, SuiteError> {
    let mut measured = Measured::new(suite);
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (done, (place, scene)) in (1..).zip(played) {
        progress(done);
        waiting.insert(place, scene);
        while let Some(scene) = waiting.remove(&next) {
            measured.add(suite, next, scene?);
            next += 1;
        }
    }
    Ok(measured)
}
