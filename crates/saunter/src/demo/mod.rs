//! The demo: a simulated store, its engine, its office, its bank and its mail outbox, in one process and in real time.
//!
//! ```text
//!  commands ─► world ─► records ─► engine ─► events ─► clerk ─► office ─► worker ─► bank, outbox
//!                 ▲                                      │
//!                 └────────── who was let in ────────────┘
//! ```
//! One thread runs the world and the engine (`world`), another one speaks with the office (`clerk`), because the office
//! waits for the disk and the bank. What is concluded comes from the engine alone; the truth is only to compare with.

mod clerk;
mod door;
mod folder;
mod pace;
mod premises;
mod refused;
mod show;
#[cfg(test)]
mod tests;
mod world;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use model::Store;
use office::{Clock, Complain, Worker};

use clerk::{Admission, Clerk};
use pace::Pace;
use world::World;

pub(crate) use folder::{Folder, Removed, remove_earlier};
pub(crate) use premises::Premises;
pub(crate) use refused::Refused;
pub(crate) use show::show;
use web::Command;
pub(crate) use world::Observer;

/// How often the world goes on where nobody tells it anything.
const STEP: Duration = Duration::from_millis(33);
/// Threads that ask the bank and write mails.
const ERRANDS: usize = 2;

/// A running demo; it ends when this is dropped.
pub(crate) struct Demo {
    /// Where visitors' wishes go.
    commands: Commands,
    threads: Vec<JoinHandle<()>>,
    _worker: Worker,
}

/// Tells the world what to do. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Commands(Sender<Order>);

/// What the world's thread is told.
enum Order {
    /// By a visitor.
    Obey(Command, std::sync::mpsc::SyncSender<Result<(), Refused>>),
    /// By the clerk.
    Admitted(Admission),
    /// To end.
    Stop,
}

impl Demo {
    /// Opens the store over these premises, with so many shoppers who come by themselves.
    ///
    /// # Errors
    /// If nobody can come into the store, or the system gives no thread.
    pub(crate) fn start(
        premises: &Premises,
        store: Arc<Store>,
        shoppers: usize,
        seed: u64,
        clock: &Clock,
        observer: Observer,
    ) -> Result<Self> {
        let complain: Complain = Arc::new(|errand, error| {
            tracing::error!(trip = %errand.trip, entry = errand.sequence, %error, "an errand failed and is tried again");
        });
        let worker = Worker::start(premises.office.clone(), Arc::clone(clock), ERRANDS, complain)
            .context("no threads for the office's errands")?;
        let clerk = Clerk::new(premises, &store)?;
        let (order, orders) = channel();
        let (word, words) = channel();
        let world = World::open(store, clock(), seed, shoppers, word, observer)?;
        let admit = order.clone();
        let reads = Arc::clone(clock);
        let office_thread = thread::Builder::new().name("demo-clerk".to_owned()).spawn(move || {
            serve(clerk, &words, &admit, &reads);
        })?;
        let world_thread =
            thread::Builder::new().name("demo-world".to_owned()).spawn(move || live(world, &orders))?;
        let threads = vec![world_thread, office_thread];
        Ok(Self { commands: Commands(order), threads, _worker: worker })
    }

    /// Where visitors' wishes go.
    pub(crate) fn commands(&self) -> Commands {
        self.commands.clone()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Where the world has ended already, nobody is left to hear it.
        let _ = self.commands.0.send(Order::Stop);
        // A thread that panicked has said so already.
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

impl Commands {
    /// Tells the world something and waits until it has heard: a few hundredths of a second.
    ///
    /// # Errors
    /// [`Refused`], for the visitor to read.
    pub(crate) fn give(&self, command: Command) -> Result<(), Refused> {
        let (answer, answered) = sync_channel(1);
        self.0.send(Order::Obey(command, answer)).map_err(|_| Refused::Closed)?;
        answered.recv().map_err(|_| Refused::Closed)?
    }
}

/// Runs the world in real time until it is told to stop.
fn live(mut world: World, orders: &Receiver<Order>) {
    let (mut pace, start) = (Pace::default(), Instant::now());
    loop {
        let mut order = orders.recv_timeout(STEP);
        loop {
            match order {
                Ok(Order::Obey(command, answer)) => {
                    // Who does not wait for the answer does not need it.
                    let _ = answer.send(world.obey(command));
                }
                Ok(Order::Admitted(admission)) => world.admit(admission),
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => break,
            }
            order = orders.recv_timeout(Duration::ZERO);
        }
        world.go_on_until(pace.due_s(start.elapsed(), world.now_s()));
    }
}

/// Tells the office what the world says, until the world has ended.
fn serve(mut clerk: Clerk, words: &Receiver<clerk::Word>, admit: &Sender<Order>, clock: &Clock) {
    for word in words {
        if let Some(admission) = clerk.take(word, clock()) {
            // Where the world has ended, nobody comes in any more.
            let _ = admit.send(Order::Admitted(admission));
        }
    }
}
