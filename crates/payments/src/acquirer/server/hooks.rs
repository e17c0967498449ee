//! Sends signed events.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::super::{Acquirer, Clock, SimulatedProcessor};
use super::{Delivery, WebhookTarget, shape};
use crate::stripe::sign;

/// How often an event is sent before it is given up.
const TRIES_MAX: u32 = 5;
/// How long to wait before the second try; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// How long an event is held back to swap it with the next one.
const HELD_BACK: Duration = Duration::from_millis(200);
/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the sending thread is told.
enum Order {
    Send(String),
    /// Say so when all before was sent.
    Flush(Sender<()>),
}

/// The sending thread's end here.
#[derive(Debug)]
pub(super) struct Hooks {
    orders: Mutex<Sender<Order>>,
    given_up: std::sync::Arc<AtomicUsize>,
}

/// What the sending thread works with.
struct Post {
    agent: ureq::Agent,
    target: WebhookTarget,
    clock: Clock,
    given_up: std::sync::Arc<AtomicUsize>,
}

impl Hooks {
    /// Starts the thread, which ends with the last of these.
    pub(super) fn start(target: WebhookTarget, processor: &SimulatedProcessor) -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let given_up = std::sync::Arc::new(AtomicUsize::new(0));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        let post =
            Post { agent, target, clock: processor.clock(), given_up: std::sync::Arc::clone(&given_up) };
        std::thread::Builder::new().name("acquirer webhooks".to_owned()).spawn(move || post.run(&inbox))?;
        Ok(Self { orders: Mutex::new(orders), given_up })
    }

    /// Tells what was done since the journal had this length.
    pub(super) fn tell(&self, acquirer: &Acquirer, since: usize) {
        for (number, entry) in acquirer.journal().iter().enumerate().skip(since) {
            let event = acquirer.payment(&entry.payment).and_then(|p| shape::event(number, entry, p));
            if let Some(event) = event {
                self.order(Order::Send(event.to_string()));
            }
        }
    }

    /// Waits until all was sent or given up; how many were given up.
    pub(super) fn flush(&self) -> usize {
        let (done, wait) = mpsc::channel();
        self.order(Order::Flush(done));
        // The thread ends only with `self`, so an answer comes.
        let _ = wait.recv();
        self.given_up.load(Ordering::SeqCst)
    }

    fn order(&self, order: Order) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        // The thread is there as long as `self` is.
        let _ = orders.send(order);
    }
}

impl Post {
    fn run(&self, inbox: &Receiver<Order>) {
        let mut held_back: Option<String> = None;
        loop {
            let order = match held_back {
                Some(_) => inbox.recv_timeout(HELD_BACK),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Send(event)) if self.target.delivery == Delivery::InOrder => self.send(&event),
                Ok(Order::Send(event)) => match held_back.take() {
                    Some(earlier) => {
                        [&event, &earlier, &event, &earlier].into_iter().for_each(|e| self.send(e))
                    }
                    None => held_back = Some(event),
                },
                Ok(Order::Flush(done)) => {
                    self.send_twice(held_back.take());
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.send_twice(held_back.take()),
                Err(RecvTimeoutError::Disconnected) => return self.send_twice(held_back.take()),
            }
        }
    }

    fn send_twice(&self, event: Option<String>) {
        for event in event.iter().chain(&event) {
            self.send(event);
        }
    }

    fn send(&self, event: &str) {
        let mut wait = FIRST_WAIT;
        for attempt in 1..=TRIES_MAX {
            let signature = sign(&self.target.secret, (self.clock)(), event.as_bytes());
            let answer = self
                .agent
                .post(&self.target.url)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("Stripe-Signature", signature)
                .send(event);
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            if attempt < TRIES_MAX {
                std::thread::sleep(wait);
                wait *= 2;
            }
        }
        self.given_up.fetch_add(1, Ordering::SeqCst);
    }
}
