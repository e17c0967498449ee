//! What goes on in the store at this moment, for pages that show it.
//!
//! Whoever runs the store gives [`Live`] each record and each event, and says ten times a second that it is time to
//! tell the viewers. A picture is written once, however many look at it; a viewer who can't keep up misses pictures
//! and gets the whole state again.

mod cart;
mod devices;
mod floor;
mod message;
mod plan;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Event, EventKind, Record, Store};
use office::TripKey;
use tokio::sync::{broadcast, watch};

pub(crate) use cart::{LiveCart, LiveLine};
pub(crate) use devices::{DeviceKind, Devices};
use floor::Floor;
pub(crate) use message::Message;
pub(crate) use plan::corners;

/// Messages that a slow viewer may be behind before it is given the whole state instead: about five seconds of them.
const BEHIND: usize = 64;

/// What goes on in the store. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

struct Shared {
    store: Arc<Store>,
    plan: String,
    floor: Mutex<Floor>,
    devices: Mutex<Devices>,
    messages: broadcast::Sender<Arc<Message>>,
    carts: watch::Sender<u64>,
}

impl Live {
    /// An empty store.
    pub fn new(store: Arc<Store>) -> Self {
        Self(Arc::new(Shared {
            plan: plan::plan(&store),
            floor: Mutex::new(Floor::new(Arc::clone(&store))),
            devices: Mutex::new(Devices::new(&store)),
            messages: broadcast::Sender::new(BEHIND),
            carts: watch::Sender::new(0),
            store,
        }))
    }

    /// Takes what a sensor said.
    pub fn look(&self, record: &Record) {
        self.floor().look(record);
        self.locked_devices().look(&self.0.store, record);
    }

    /// Takes what the engine concluded.
    pub fn hear(&self, event: &Event) {
        if let EventKind::Noticed(notice) = &event.kind {
            self.locked_devices().notice(notice);
        }
        let told = self.floor().hear(event);
        if told.iter().any(Message::is_about_a_cart) {
            self.0.carts.send_modify(|version| *version += 1);
        }
        told.into_iter().for_each(|message| self.tell(message));
    }

    /// Tells the viewers where everybody is now.
    pub fn tell_places(&self) {
        if self.0.messages.receiver_count() == 0 {
            return;
        }
        let frame = self.floor().frame();
        self.tell(frame);
    }

    /// What the store is made of, as the floor's script reads it: JSON.
    pub(crate) fn plan(&self) -> &str {
        &self.0.plan
    }

    /// The store.
    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// All that a new viewer must know, and what comes after it.
    pub(crate) fn watch(&self) -> (Message, broadcast::Receiver<Arc<Message>>) {
        let floor = self.floor();
        (floor.whole(), self.0.messages.subscribe())
    }

    /// The state as a whole, for a viewer who fell behind.
    pub(crate) fn whole(&self) -> Message {
        self.floor().whole()
    }

    /// Changes whenever a cart changes, somebody comes or somebody leaves.
    pub(crate) fn carts(&self) -> watch::Receiver<u64> {
        self.0.carts.subscribe()
    }

    /// The cart of a trip that is inside.
    pub(crate) fn cart(&self, trip: TripKey) -> Option<LiveCart> {
        self.floor().cart(trip)
    }

    /// All carts inside, the longest inside first.
    pub(crate) fn all_carts(&self) -> Vec<LiveCart> {
        self.floor().all_carts()
    }

    /// How full a plate is, 0 to 1, once it has been weighed.
    pub(crate) fn fill(&self, plate: model::PlateIndex) -> Option<f32> {
        self.floor().fill(plate)
    }

    /// How the devices do.
    pub(crate) fn devices(&self) -> Devices {
        self.locked_devices().clone()
    }

    fn tell(&self, message: Message) {
        // Nobody may be looking.
        let _ = self.0.messages.send(Arc::new(message));
    }

    fn locked_devices(&self) -> MutexGuard<'_, Devices> {
        self.0.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn floor(&self) -> MutexGuard<'_, Floor> {
        self.0.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
