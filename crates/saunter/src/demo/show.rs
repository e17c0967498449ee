//! The demo as the pages see it: what goes on, what visitors want, and how it really is.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use model::{Store, Time};
use palm::{NetworkError, Reader};
use tokio::sync::watch;
use web::{Demo, Eye, Live, Order, Pages, Truth, TruthShopper};

use super::Commands;
use super::world::{Moment, Observer};

/// Viewers are told where everybody is so often, seconds.
const PLACES_S: f64 = 0.095;
/// … and how it really is.
const TRUTH_S: f64 = 0.2;
/// What visitors may want at once before they are told to wait.
const ORDERS: usize = 64;

/// What visitors want, until somebody listens.
pub(crate) struct Wishes(Receiver<Order>);

/// The parts: what the pages show, what tells them, and what comes from them. `lights_hands`: whether palm kiosks light the hand.
///
/// # Errors
/// If palms can't be read.
pub(crate) fn show(
    store: Arc<Store>,
    mails: PathBuf,
    lights_hands: bool,
) -> Result<(Pages, Observer, Wishes), NetworkError> {
    let eye = Eye::of(Reader::new()?);
    let eye = if lights_hands { eye.that_lights_hands() } else { eye };
    let live = Live::new(store);
    let (tell, truth) = watch::channel(Arc::default());
    let (order, orders) = sync_channel(ORDERS);
    let pages =
        Pages { live: Some(live.clone()), demo: Some(Demo::new(order, truth, mails)), eye: Some(eye) };
    let (mut places, mut truths) = (Time::MIN, Time::MIN);
    let observer = move |moment: &Moment<'_>| {
        moment.records.iter().for_each(|record| live.look(record));
        moment.events.iter().for_each(|event| live.hear(event));
        let now = moment.truth.now();
        if now.seconds_since(places) >= PLACES_S {
            places = now;
            live.tell_places();
        }
        if now.seconds_since(truths) >= TRUTH_S {
            truths = now;
            // Where nobody looks any more, the server has stopped.
            let _ = tell.send(Arc::new(really(moment)));
        }
    };
    Ok((pages, Box::new(observer), Wishes(orders)))
}

impl Wishes {
    /// Has the world do what visitors want, on a thread of its own, for as long as there are pages.
    pub(crate) fn grant(self, commands: Commands) -> std::io::Result<()> {
        let grant = move || {
            for order in self.0 {
                let done = commands.give(order.command).map_err(|refused| refused.to_string());
                // Who does not wait for the answer does not need it.
                let _ = order.answer.send(done);
            }
        };
        thread::Builder::new().name("demo-wishes".to_owned()).spawn(grant).map(drop)
    }
}

/// How it really is.
fn really(moment: &Moment<'_>) -> Truth {
    let people = moment.truth.people().into_iter().filter(|person| person.is_here);
    let shopper = |person: simulator::LivePerson| TruthShopper {
        at: [person.place_m.0, person.place_m.1],
        idle: person.is_inside && person.to_do == 0,
        carries: person.carries,
        name: person.name,
    };
    Truth {
        shoppers: people.map(shopper).collect(),
        camera_off: !moment.truth.is_camera_on(),
        clock_late: moment.truth.is_clock_wrong(),
        dead_plates: moment.truth.broken_plates(),
        crowd: moment.wanted,
    }
}
