//! Where everybody is, what is in the carts and how full the shelves are, by records and events alone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use model::{
    DVec3, Event, EventKind, Handled, Joint, People, Person, PlateBatch, PlateIndex, ProductId, Record,
    Store, Time, TrackId, TripId,
};
use office::TripKey;
use serde_json::{Value, json};

use super::cart::{LiveCart, LiveLine};
use super::message::Message;
use super::plan::cm;

/// Who was not seen for this long is not shown, seconds.
const SEEN_S: f64 = 1.0;
/// A hand farther than this from the middle of the body is shown, metres: it reaches for something.
const REACH_M: f64 = 0.42;
/// A plate's weight counts as changed from here on, in units of its product.
const UNITS_SHOWN: f64 = 0.5;
/// A plate is shown as empty when this many units are gone.
const FULL_UNITS: f64 = 10.0;
/// Happenings that a new viewer is told.
const REMEMBERED: usize = 30;

/// The floor.
pub(super) struct Floor {
    store: Arc<Store>,
    now: Time,
    people: BTreeMap<TrackId, Seen>,
    carts: BTreeMap<TripId, LiveCart>,
    happened: VecDeque<Value>,
    plates: Vec<Shown>,
    /// Plates that changed since the last frame.
    changed: Vec<u32>,
}

/// Somebody, as last seen.
struct Seen {
    at: Time,
    middle: DVec3,
    /// Where they look, degrees counter-clockwise from x.
    facing_degrees: i64,
    hands: [Option<DVec3>; 2],
}

/// A plate, as it is shown.
#[derive(Clone, Default)]
struct Shown {
    /// When the store opened.
    first_g: Option<f32>,
    /// Units gone since then, as viewers know it.
    gone: f64,
}

impl Floor {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self {
            now: Time::MIN,
            people: BTreeMap::new(),
            carts: BTreeMap::new(),
            happened: VecDeque::new(),
            plates: vec![Shown::default(); store.plates().len()],
            changed: Vec::new(),
            store,
        }
    }

    /// Takes what a sensor said.
    pub(super) fn look(&mut self, record: &Record) {
        match record {
            Record::People(people) => self.see(people),
            Record::Plates(batch) => self.weigh(batch),
            Record::View(_) | Record::Credential(_) | Record::Passage(_) => {}
        }
    }

    fn see(&mut self, people: &People) {
        self.now = self.now.max(people.time);
        for person in &people.people {
            if let Some(seen) = seen(person, people.time) {
                self.people.insert(person.track, seen);
            }
        }
        let now = self.now;
        self.people.retain(|_, seen| now.seconds_since(seen.at) < SEEN_S);
    }

    fn weigh(&mut self, batch: &PlateBatch) {
        let columns = batch.plates().len();
        for (column, id) in batch.plates().iter().enumerate() {
            let Some(PlateIndex(plate)) = self.store.plate_index(*id) else { continue };
            let samples = batch.grams().iter().skip(column).step_by(columns);
            let mean_g = samples.sum::<f32>() / batch.sample_count() as f32;
            if mean_g.is_finite() {
                self.weighs(plate, mean_g);
            }
        }
    }

    fn weighs(&mut self, plate: u32, mean_g: f32) {
        let products = &self.store.plate(PlateIndex(plate)).products;
        let unit_g = products.first().and_then(|product| self.store.product(*product).mass_g);
        let Some(shown) = self.plates.get_mut(plate as usize) else { return };
        let first_g = *shown.first_g.get_or_insert(mean_g);
        let Some((unit_g, _)) = unit_g else { return };
        let gone = f64::from(first_g - mean_g) / unit_g;
        if (gone - shown.gone).abs() >= UNITS_SHOWN {
            shown.gone = gone.round();
            if !self.changed.contains(&plate) {
                self.changed.push(plate);
            }
        }
    }

    /// How full a plate is, once it has been weighed.
    pub(super) fn fill(&self, plate: PlateIndex) -> Option<f32> {
        let shown = self.plates.get(plate.0 as usize)?;
        shown.first_g.map(|_| (1.0 - shown.gone / FULL_UNITS).clamp(0.0, 1.0) as f32)
    }

    /// Takes what the engine concluded; what viewers are to be told of it.
    pub(super) fn hear(&mut self, event: &Event) -> Vec<Message> {
        match &event.kind {
            EventKind::Entered { trip, track, token, .. } => {
                let key: Option<TripKey> = token.as_deref().and_then(|token| token.parse().ok());
                let cart = self.carts.entry(*trip).or_insert_with(|| LiveCart::new(*trip, key));
                cart.tracks.push(*track);
                self.tell(&[*trip], json!({ "kind": "entered", "trip": trip.0 }))
            }
            EventKind::Took(handled) => self.handled("took", handled, 1),
            EventKind::PutBack(handled) => self.handled("put_back", handled, -1),
            EventKind::HandedOver { given, to } => {
                self.change(given.trip, |cart| cart.note(given, -1));
                self.change(*to, |cart| cart.note(given, 1));
                let mut happened = self.happening("handed_over", given);
                happened["to"] = json!(to.0);
                self.tell(&[given.trip, *to], happened)
            }
            EventKind::Withdrawn { change, .. } => {
                let carts = self.carts.values_mut();
                let touched: Vec<TripId> =
                    carts.filter_map(|cart| cart.withdraw(*change).then_some(cart.trip)).collect();
                self.tell(&touched, json!({ "kind": "withdrawn", "change": change.0 }))
            }
            EventKind::Unattributed { evidence } => {
                let place = [cm(evidence.place.x), cm(evidence.place.y)];
                let happened =
                    json!({ "kind": "unattributed", "at": place, "grams": evidence.grams.round() });
                self.tell(&[], happened)
            }
            EventKind::Left { trip, .. } => {
                self.change(*trip, |cart| cart.left += 1);
                self.tell(&[*trip], json!({ "kind": "left", "trip": trip.0 }))
            }
            EventKind::Settled(receipt) => {
                self.carts.remove(&receipt.trip);
                let happened = json!({
                    "kind": "settled",
                    "trip": receipt.trip.0,
                    "units": receipt.lines.iter().map(|line| line.quantity).sum::<u32>(),
                    "doubtful": receipt.review.len(),
                });
                let mut told = self.tell(&[], happened);
                told.push(Message::new("gone", &json!(receipt.trip.0)));
                told
            }
            EventKind::Noticed(notice) => {
                let happened = json!({ "kind": "notice", "text": format!("{}: {}", notice.subject, notice.kind.mend()) });
                self.tell(&[], happened)
            }
        }
    }

    fn handled(&mut self, kind: &str, handled: &Handled, sign: i64) -> Vec<Message> {
        self.change(handled.trip, |cart| cart.note(handled, sign));
        let happened = self.happening(kind, handled);
        self.tell(&[handled.trip], happened)
    }

    fn change(&mut self, trip: TripId, change: impl FnOnce(&mut LiveCart)) {
        if let Some(cart) = self.carts.get_mut(&trip) {
            change(cart);
        }
    }

    fn happening(&self, kind: &str, handled: &Handled) -> Value {
        let place = handled.evidence.place;
        json!({
            "kind": kind,
            "trip": handled.trip.0,
            "change": handled.evidence.change.0,
            "product": self.name(&handled.product),
            "units": handled.quantity,
            "probability": rounded(handled.probability),
            "grams": handled.evidence.grams.round(),
            "at": [cm(place.x), cm(place.y)],
        })
    }

    /// Remembers what happened; that, and how the trips it is about stand now.
    fn tell(&mut self, trips: &[TripId], happened: Value) -> Vec<Message> {
        let carts = trips.iter().filter_map(|trip| self.carts.get(trip));
        let mut told: Vec<Message> = carts.map(|cart| Message::new("trip", &self.trip_json(cart))).collect();
        told.push(Message::new("happened", &happened));
        if self.happened.len() == REMEMBERED {
            self.happened.pop_front();
        }
        self.happened.push_back(happened);
        told
    }

    /// Where everybody is, and which plates changed: `{"t": s, "p": [[track, x, y, degrees(, hands…)]], "f": [[plate,
    /// gone]]}`; a hand is given from the middle of the body if it reaches, lengths in centimetres.
    pub(super) fn frame(&mut self) -> Message {
        let changed = std::mem::take(&mut self.changed);
        let fills = changed.iter().filter_map(|plate| self.fill_json(*plate));
        let frame = json!({ "p": self.people_json(), "f": fills.collect::<Vec<_>>() });
        Message::new("places", &frame)
    }

    /// All that a viewer must know.
    pub(super) fn whole(&self) -> Message {
        let weighed = (0..).zip(&self.plates).filter(|(_, plate)| plate.gone != 0.0);
        let fills = weighed.filter_map(|(plate, _)| self.fill_json(plate));
        let trips = self.carts.values().map(|cart| self.trip_json(cart));
        let whole = json!({
            "p": self.people_json(),
            "f": fills.collect::<Vec<_>>(),
            "trips": trips.collect::<Vec<_>>(),
            "happened": self.happened,
        });
        Message::new("whole", &whole)
    }

    fn fill_json(&self, plate: u32) -> Option<Value> {
        let fill = self.fill(PlateIndex(plate))?;
        Some(json!([plate, (fill * 100.0).round() as i64]))
    }

    fn people_json(&self) -> Vec<Value> {
        let row = |(track, seen): (&TrackId, &Seen)| {
            let mut row = vec![
                json!(track.0),
                json!(cm(seen.middle.x)),
                json!(cm(seen.middle.y)),
                json!(seen.facing_degrees),
            ];
            let reach = |hand: &DVec3| (*hand - seen.middle).with_z(0.0);
            for offset in seen.hands.iter().flatten().map(reach) {
                if offset.length() > REACH_M {
                    row.extend([json!(cm(offset.x)), json!(cm(offset.y))]);
                }
            }
            Value::Array(row)
        };
        self.people.iter().map(row).collect()
    }

    fn trip_json(&self, cart: &LiveCart) -> Value {
        let line = |line: LiveLine| json!([self.name(&line.product), line.units, rounded(line.probability)]);
        json!({
            "trip": cart.trip.0,
            "key": cart.key.map(|key| key.to_string()),
            "tracks": cart.tracks.iter().map(|track| track.0).collect::<Vec<_>>(),
            "lines": cart.lines().into_iter().map(line).collect::<Vec<_>>(),
        })
    }

    fn name<'a>(&'a self, product: &'a ProductId) -> &'a str {
        let index = self.store.product_index(product);
        index.map_or(product.as_str(), |index| self.store.product(index).name.as_str())
    }

    /// The cart of a trip that is inside.
    pub(super) fn cart(&self, trip: TripKey) -> Option<LiveCart> {
        self.carts.values().find(|cart| cart.key == Some(trip)).cloned()
    }

    /// All carts inside.
    pub(super) fn all_carts(&self) -> Vec<LiveCart> {
        self.carts.values().cloned().collect()
    }
}

/// Where somebody is; nobody is shown of whom no part of the trunk was seen.
fn seen(person: &Person, at: Time) -> Option<Seen> {
    let trunk = [Joint::LeftShoulder, Joint::RightShoulder, Joint::LeftHip, Joint::RightHip, Joint::Neck];
    let joints: Vec<DVec3> = trunk.iter().filter_map(|joint| person.joint(*joint)).collect();
    let middle = joints.iter().copied().reduce(|sum, joint| sum + joint)? / joints.len() as f64;
    let shoulders = person.joint(Joint::LeftShoulder).zip(person.joint(Joint::RightShoulder));
    // Ahead is a quarter turn from the line that leads from the right shoulder to the left one.
    let facing_degrees = shoulders.map_or(0, |(left, right)| {
        let across = left - right;
        libm::atan2(-across.x, across.y).to_degrees().round() as i64
    });
    let hands = [Joint::LeftWrist, Joint::RightWrist].map(|wrist| person.joint(wrist));
    Some(Seen { at, middle, facing_degrees, hands })
}

/// A probability in thousandths: more would be told for nothing.
fn rounded(probability: f64) -> f64 {
    (probability * 1000.0).round() / 1000.0
}
