//! What all handlers share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{Currency, Time};
use office::{Office, OfficeError, Policy};
use tokio::sync::{Semaphore, watch};

use super::problem::Problem;
use crate::config::Config;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Web(Arc<Shared>);

struct Shared {
    office: Office,
    config: Config,
    stopping: watch::Receiver<bool>,
    at_once: Semaphore,
    waiting: Semaphore,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// What a sender may still ask: filled by time, emptied by requests.
struct Bucket {
    filled: Time,
    /// Millionths of a request.
    micro: i64,
}

/// A request, in the bucket's measure.
const REQUEST_MICRO: i64 = 1_000_000;

impl Web {
    pub(crate) fn new(office: Office, config: Config, stopping: watch::Receiver<bool>) -> Self {
        let (at_once, waiting) = (config.limits.at_once, config.limits.waiting);
        Self(Arc::new(Shared {
            office,
            config,
            stopping,
            at_once: Semaphore::new(at_once),
            waiting: Semaphore::new(waiting),
            buckets: Mutex::default(),
        }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn currency(&self) -> Currency {
        self.0.office.policy().price.currency
    }

    /// The store's rules.
    pub(crate) fn policy(&self) -> &Policy {
        self.0.office.policy()
    }

    /// The store's name, as on its receipts.
    pub(crate) fn store_name(&self) -> &str {
        &self.0.office.policy().name
    }

    pub(crate) fn now(&self) -> Time {
        (self.0.config.clock)()
    }

    /// Becomes true when the server is about to stop.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.clone()
    }

    /// Places for requests that are worked on.
    pub(crate) fn at_once(&self) -> &Semaphore {
        &self.0.at_once
    }

    /// Places for requests that wait for events.
    pub(crate) fn waiting(&self) -> &Semaphore {
        &self.0.waiting
    }

    /// Calls the office, which blocks. Work that was begun is finished even if whoever asked is gone.
    pub(crate) async fn office<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, OfficeError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(move |office| Ok(work(office)?)).await
    }

    /// As [`Self::office`], for work that tells what is wrong by itself.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        match self.call(work).await {
            Some(done) => done,
            None => Err(Problem::broken("the office's work ended in the middle")),
        }
    }

    /// The same, for whoever words errors otherwise; `None` where the work ended in the middle.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> T + Send + 'static,
    ) -> Option<T> {
        let office = self.0.office.clone();
        tokio::task::spawn_blocking(move || work(&office)).await.ok()
    }

    /// Takes a request from the sender's bucket; whether there was one.
    pub(crate) fn may_ask(&self, sender: &str) -> bool {
        let (now, limits) = (self.now(), self.0.config.limits);
        let full = i64::from(limits.burst).saturating_mul(REQUEST_MICRO);
        let mut buckets = self.0.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(sender.to_owned()).or_insert(Bucket { filled: now, micro: full });
        let passed_micros = now.nanos_since(bucket.filled).max(0) / 1000;
        bucket.micro =
            passed_micros.saturating_mul(i64::from(limits.per_second)).saturating_add(bucket.micro).min(full);
        bucket.filled = now.max(bucket.filled);
        let enough = bucket.micro >= REQUEST_MICRO;
        if enough {
            bucket.micro -= REQUEST_MICRO;
        }
        enough
    }
}
