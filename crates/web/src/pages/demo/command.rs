//! What visitors tell the simulated store, and what it really looks like.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use model::{CredentialKind, PlateId, ProductId};
use office::TripKey;
use tokio::sync::{oneshot, watch};

use crate::pages::error::PageError;

/// The simulated store, as the pages know it. Cheap to clone.
#[derive(Clone)]
pub struct Demo {
    orders: SyncSender<Order>,
    truth: watch::Receiver<Arc<Truth>>,
    outbox: PathBuf,
}

/// Something to do, and where to say what came of it.
#[derive(Debug)]
pub struct Order {
    /// What.
    pub command: Command,
    /// Gets nothing, or why it can't be done, in words for the visitor.
    pub answer: oneshot::Sender<Result<(), String>>,
}

/// What visitors can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Somebody whom the gate has let in on a trip comes in.
    Enter {
        /// Their name: theirs alone.
        name: String,
        /// The trip.
        trip: TripKey,
        /// What they showed.
        kind: CredentialKind,
        /// Whom they come in with, on that one's credential.
        with: Option<String>,
    },
    /// Somebody takes a unit.
    Take {
        /// Who.
        name: String,
        /// From where.
        plate: PlateId,
        /// Of what.
        product: ProductId,
    },
    /// Somebody puts a unit back, to where it belongs or elsewhere.
    PutBack {
        /// Who.
        name: String,
        /// Where to.
        plate: PlateId,
        /// What.
        product: ProductId,
    },
    /// Somebody hands a unit to somebody else.
    Give {
        /// Who.
        from: String,
        /// To whom.
        to: String,
        /// What.
        product: ProductId,
    },
    /// Somebody walks out.
    Leave {
        /// Who.
        name: String,
    },
    /// So many shoppers who come by themselves are inside from now on.
    Crowd {
        /// How many.
        people: usize,
    },
    /// The cameras go off, or on again.
    Camera {
        /// Whether they see.
        on: bool,
    },
    /// A plate dies, or is mended.
    Plate {
        /// Which.
        plate: PlateId,
        /// Whether it says nothing.
        dead: bool,
    },
    /// The scales' clocks go wrong by 300 ms, or right again.
    Clock {
        /// Whether they are wrong.
        late: bool,
    },
}

/// What is really so: shown beside what was concluded when a visitor asks for it, and to visitors of their own
/// shoppers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// Everybody inside or at a gate.
    pub shoppers: Vec<TruthShopper>,
    /// Whether the cameras are off.
    pub camera_off: bool,
    /// Whether the scales' clocks are wrong.
    pub clock_late: bool,
    /// The plates that are dead.
    pub dead_plates: Vec<PlateId>,
    /// How many shoppers who come by themselves are to be inside.
    pub crowd: usize,
}

/// A simulated shopper.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthShopper {
    /// Their name.
    pub name: String,
    /// Where they are, metres.
    pub at: [f64; 2],
    /// Whether they are through the gate and have nothing left to do.
    pub idle: bool,
    /// What they carry.
    pub carries: Vec<(ProductId, u32)>,
}

impl Demo {
    /// A store that takes orders from `orders`, shows how it really looks in `truth`, and writes its mails into the
    /// folder `outbox`.
    pub fn new(orders: SyncSender<Order>, truth: watch::Receiver<Arc<Truth>>, outbox: PathBuf) -> Self {
        Self { orders, truth, outbox }
    }

    /// Where mails are written to.
    pub(crate) fn outbox(&self) -> &Path {
        &self.outbox
    }

    /// Has something done.
    pub(crate) async fn order(&self, command: Command) -> Result<(), PageError> {
        let (answer, answered) = oneshot::channel();
        self.orders.try_send(Order { command, answer }).map_err(|error| match error {
            TrySendError::Full(_) => PageError::Busy,
            TrySendError::Disconnected(_) => PageError::Broken("the simulated store has stopped".to_owned()),
        })?;
        let answered = answered.await;
        let done = answered.map_err(|_| PageError::Broken("the simulated store has stopped".to_owned()))?;
        done.map_err(PageError::NotNow)
    }

    /// What is really so at this moment.
    pub(crate) fn truth(&self) -> Arc<Truth> {
        Arc::clone(&self.truth.borrow())
    }
}
