//! The threads that do what is due, until they are told to stop.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use model::Time;

use crate::error::OfficeError;
use crate::office::Office;
use crate::outbox::Errand;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How long the worker sleeps when nobody rings: what is put off becomes due meanwhile.
const NAP: Duration = Duration::from_millis(200);

/// Errands that are looked up at once.
const TOGETHER: usize = 256;

/// Looks for more only once so few are in hand.
const FEW: usize = TOGETHER / 4;

/// Wakes the worker: rung after every write that may ask for something.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<bool>,
    woken: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_one();
    }

    fn wait(&self) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.woken.wait_timeout_while(rung, NAP, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// Runs until it is dropped; then finishes what it is at.
pub struct Worker {
    stop: Arc<AtomicBool>,
    bell: Arc<Bell>,
    dispatcher: Option<JoinHandle<()>>,
}

/// An errand that went wrong inside the office. `message` is for the log.
pub type Complain = Arc<dyn Fn(&Errand, &OfficeError) + Send + Sync>;

/// What the worker's threads share.
struct Shared {
    office: Office,
    clock: Clock,
    complain: Complain,
    in_hand: Mutex<HashSet<i64>>,
}

impl Worker {
    /// Starts `threads` threads that do what is due by `clock`.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(office: Office, clock: Clock, threads: usize, complain: Complain) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let bell = Arc::clone(&office.bell);
        let shared = Arc::new(Shared { office, clock, complain, in_hand: Mutex::default() });
        let (give, take) = sync_channel(TOGETHER);
        let take = Arc::new(Mutex::new(take));
        let hands = (0..threads.max(1))
            .map(|_| {
                let (shared, take) = (Arc::clone(&shared), Arc::clone(&take));
                thread::Builder::new().name("office-errands".to_owned()).spawn(move || shared.work(&take))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let stopped = Arc::clone(&stop);
        let dispatcher = thread::Builder::new().name("office-outbox".to_owned()).spawn(move || {
            shared.dispatch(&give, &stopped);
            drop(give);
            // A hand that panicked has said so already.
            hands.into_iter().for_each(|hand| drop(hand.join()));
        })?;
        Ok(Self { stop, bell, dispatcher: Some(dispatcher) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.bell.ring();
        if let Some(dispatcher) = self.dispatcher.take() {
            drop(dispatcher.join());
        }
    }
}

impl Shared {
    /// Hands out what is due, each errand to one thread at a time.
    fn dispatch(&self, give: &SyncSender<Errand>, stop: &AtomicBool) {
        while !stop.load(Ordering::Acquire) {
            let busy = self.in_hand().len();
            if busy > FEW {
                self.office.bell.wait();
                continue;
            }
            let due = self.office.due((self.clock)(), busy + TOGETHER).unwrap_or_default();
            let fresh: Vec<Errand> =
                due.into_iter().filter(|errand| self.in_hand().insert(errand.sequence)).collect();
            if fresh.is_empty() {
                self.office.bell.wait();
            }
            for errand in fresh {
                if give.send(errand).is_err() {
                    return;
                }
            }
        }
    }

    /// Does errands until there are none to come.
    fn work(&self, take: &Mutex<Receiver<Errand>>) {
        loop {
            let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(errand) = next else { return };
            let now = (self.clock)();
            let outcome = catch_unwind(AssertUnwindSafe(|| self.office.run_errand(&errand, now)));
            if let Ok(Err(error)) = outcome {
                (self.complain)(&errand, &error);
                // So that one that can't be done does not keep the others from their turn.
                drop(self.office.put_off(&errand, now));
            }
            let left = {
                let mut in_hand = self.in_hand();
                in_hand.remove(&errand.sequence);
                in_hand.len()
            };
            if left == FEW {
                self.office.bell.ring();
            }
        }
    }

    fn in_hand(&self) -> std::sync::MutexGuard<'_, HashSet<i64>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
