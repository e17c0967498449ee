//! A naive system to measure ours against: nearest hand, nearest product by weight.
//!
//! It does what the first published systems did: each plate alone, step by step, and each decision at once
//! and for good. A step is a change between two rests of a plate's averaged weight. The open visit whose
//! wrist is nearest to the plate when the weight leaves its rest made it. The product is the one that
//! lies on the plate; of several, the one whose unit mass is nearest; of none, the nearest of the whole
//! catalogue. The quantity is the weight over the unit mass, rounded. A step up takes as many units out of
//! the cart of the same nearest person.
//!
//! It is given what can be given to it without changing its nature: records in the order of their capture,
//! however late they came, trips and parties at the gates by the rules that the engine has, and hands only
//! up to a metre away, so that a plate that drifts in an empty aisle charges nobody.

mod steps;

use std::collections::{BTreeMap, VecDeque};

use model::{
    Credential, CredentialKind, Departure, Direction, Joint, Line, Money, Passage, People, Person, Plate,
    PlateBatch, PlateId, ProductIndex, Receipt, Record, SensorId, Store, Time, TrackId, TripId,
};
use steps::{Step, Steps};

/// Nobody's hand is looked for further away than this, metres.
const REACH_M: f64 = 1.0;
/// A passage that names no track is that of the person nearest to the gate within this, metres.
const GATE_REACH_M: f64 = 1.5;
/// Where people were is remembered this long, seconds: longer than a weight needs to come to rest.
const MEMORY_S: f64 = 10.0;

/// The receipts that the naive system would give, one a visit, in the order of entry; those of staff are
/// left out. Records may come in any order.
pub fn naive_receipts(store: &Store, records: &[Record]) -> Vec<Receipt> {
    let mut in_order: Vec<&Record> = records.iter().collect();
    in_order.sort_by_key(|record| record.time());
    let mut naive = Naive::new(store);
    in_order.into_iter().for_each(|record| naive.take(record));
    let is_staff =
        |visit: &Visit| visit.credential.as_ref().is_some_and(|(kind, _)| *kind == CredentialKind::Staff);
    let visits = naive.visits.iter().zip(1..).filter(|(visit, _)| !is_staff(visit));
    visits.map(|(visit, number)| visit.receipt(TripId(number), store)).collect()
}

/// All that the naive system knows.
struct Naive<'a> {
    store: &'a Store,
    steps: BTreeMap<PlateId, Steps>,
    /// Where people were lately, oldest first.
    seen: VecDeque<&'a People>,
    /// The last credential at each gate, and the visit that began on it.
    shown: BTreeMap<&'a SensorId, (&'a Credential, Option<usize>)>,
    visits: Vec<Visit>,
    /// The visit of everybody inside.
    inside: BTreeMap<TrackId, usize>,
}

/// A visit and its cart.
struct Visit {
    credential: Option<(CredentialKind, String)>,
    tracks: Vec<TrackId>,
    entered: Time,
    left: Time,
    cart: BTreeMap<ProductIndex, u32>,
}

impl<'a> Naive<'a> {
    fn new(store: &'a Store) -> Self {
        Self {
            store,
            steps: BTreeMap::new(),
            seen: VecDeque::new(),
            shown: BTreeMap::new(),
            visits: Vec::new(),
            inside: BTreeMap::new(),
        }
    }

    fn take(&mut self, record: &'a Record) {
        match record {
            Record::Plates(batch) => self.weigh(batch),
            Record::People(people) => {
                self.seen.push_back(people);
                let is_old = |one: &&People| people.time.seconds_since(one.time) > MEMORY_S;
                while self.seen.front().is_some_and(is_old) {
                    self.seen.pop_front();
                }
            }
            Record::Credential(credential) => {
                self.shown.insert(&credential.gate, (credential, None));
            }
            Record::Passage(passage) => self.pass(passage),
            Record::View(_) => {}
        }
    }

    fn weigh(&mut self, batch: &PlateBatch) {
        let columns = batch.plates();
        for (sample, row) in (0..).zip(batch.grams().chunks(columns.len())) {
            let time = batch.first_sample().plus_nanos(batch.sample_interval_nanos() * sample);
            for (plate, grams) in columns.iter().zip(row) {
                if let Some(step) = self.steps.entry(*plate).or_default().push(time, *grams) {
                    self.handle(*plate, step);
                }
            }
        }
    }

    /// Gives a step to the nearest hand.
    fn handle(&mut self, plate: PlateId, step: Step) {
        let Some(plate) = self.store.plate_index(plate).map(|index| self.store.plate(index)) else { return };
        let Some((product, units)) = nearest_by_mass(self.store, plate, step.grams.abs()) else { return };
        let Some(visit) = self.nearest_hand(plate, step.start) else { return };
        let in_cart = self.visits[visit].cart.entry(product).or_default();
        *in_cart = if step.grams < 0.0 { *in_cart + units } else { in_cart.saturating_sub(units) };
    }

    /// The visit whose wrist was nearest to the space above a plate.
    fn nearest_hand(&self, plate: &Plate, time: Time) -> Option<usize> {
        let distance_m = |person: &Person| {
            let wrists = [Joint::LeftWrist, Joint::RightWrist];
            let distances = wrists.iter().filter_map(|wrist| Some(plate.distance_m(person.joint(*wrist)?)));
            distances.min_by(f64::total_cmp)
        };
        let visits = self
            .people_at(time)?
            .people
            .iter()
            .filter_map(|person| Some((distance_m(person)?, *self.inside.get(&person.track)?)));
        let nearest = visits.min_by(|one, other| one.0.total_cmp(&other.0))?;
        (nearest.0 <= REACH_M).then_some(nearest.1)
    }

    /// Where people were at a time.
    fn people_at(&self, time: Time) -> Option<&'a People> {
        self.seen.iter().min_by_key(|people| people.time.nanos_since(time).abs()).copied()
    }

    fn pass(&mut self, passage: &'a Passage) {
        let Some(track) = passage.track.or_else(|| self.track_at_gate(passage)) else { return };
        match passage.direction {
            Direction::In => self.enter(track, passage),
            Direction::Out => {
                if let Some(visit) = self.inside.remove(&track) {
                    self.visits[visit].left = passage.time;
                }
            }
        }
    }

    fn track_at_gate(&self, passage: &Passage) -> Option<TrackId> {
        let place = self.store.gate(&passage.gate)?.position_m?;
        let (x, y) = (place[0], place[1]);
        let distance_m = |person: &Person| {
            let joints = person.keypoints.iter().map(|keypoint| keypoint.position);
            joints.map(|joint| (joint.x - x).hypot(joint.y - y)).min_by(f64::total_cmp)
        };
        let people = self.people_at(passage.time)?.people.iter();
        let near = people.filter_map(|person| Some((distance_m(person)?, person.track)));
        let nearest = near.min_by(|one, other| one.0.total_cmp(&other.0))?;
        (nearest.0 <= GATE_REACH_M).then_some(nearest.1)
    }

    /// Puts a person on the visit of the credential that was shown just before, or on one of their own.
    fn enter(&mut self, track: TrackId, passage: &'a Passage) {
        let admit_for_s = self.store.policy().admit_for_s;
        let in_time = |shown: &&mut (&Credential, Option<usize>)| {
            passage.time.seconds_since(shown.0.time) <= admit_for_s
        };
        let shown = self.shown.get_mut(&passage.gate).filter(in_time);
        let new = self.visits.len();
        let visit = shown.as_ref().and_then(|(_, visit)| *visit).unwrap_or(new);
        if visit == new {
            let credential =
                shown.as_ref().map(|(credential, _)| (credential.kind, credential.token.clone()));
            self.visits.push(Visit {
                credential,
                tracks: Vec::new(),
                entered: passage.time,
                left: passage.time,
                cart: BTreeMap::new(),
            });
        }
        if let Some((_, on)) = shown {
            *on = Some(visit);
        }
        self.visits[visit].tracks.push(track);
        self.inside.insert(track, visit);
    }
}

/// The product that lies on a plate, or else the one whose unit mass is nearest to a weight, and how many
/// units that weight is; none if it is less than half a unit.
fn nearest_by_mass(store: &Store, plate: &Plate, grams: f64) -> Option<(ProductIndex, u32)> {
    let mass = |product: &ProductIndex| store.product(*product).mass_g.map(|(mass, _)| (*product, mass));
    let all: Vec<ProductIndex>;
    let candidates = if plate.products.is_empty() {
        all = (0..store.products().len() as u32).map(ProductIndex).collect();
        &all
    } else {
        &plate.products
    };
    let off = |mass: f64| (mass - grams).abs();
    let nearest = candidates.iter().filter_map(mass).min_by(|one, other| off(one.1).total_cmp(&off(other.1)));
    let (product, mass) = nearest?;
    let units = (grams / mass).round() as u32;
    (units > 0).then_some((product, units))
}

impl Visit {
    fn receipt(&self, trip: TripId, store: &Store) -> Receipt {
        let lines: Vec<Line> = self
            .cart
            .iter()
            .filter(|(_, units)| **units > 0)
            .map(|(product, units)| line(store, *product, *units))
            .collect();
        let zero = Money::new(0, store.currency());
        let total = lines.iter().filter_map(|line| line.amount).try_fold(zero, Money::plus);
        Receipt {
            trip,
            tracks: self.tracks.clone(),
            credential: self.credential.clone(),
            entered: self.entered,
            left: self.left,
            departure: Departure::Gate,
            lines,
            review: Vec::new(),
            total: total.unwrap_or(zero),
            currency: store.currency(),
        }
    }
}

/// A line that is held for certain: the naive system knows no doubt.
fn line(store: &Store, product: ProductIndex, quantity: u32) -> Line {
    Line::new(store.product(product), quantity, 1.0, None, Vec::new())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::{DVec3, Keypoint};

    use super::*;

    const SHOP: &str = r#"
        schema = "saunter-store/1"
        name = "Corner"
        currency = "EUR"
        [[gate]]
        id = "door"
        [[gondola]]
        id = 1
        origin_m = [0.0, 0.0, 0.0]
        [[gondola.shelf]]
        id = 1
        origin_m = [0.0, 0.0, 1.0]
        size_m = [0.4, 0.4, 0.3]
        plates = [
            { id = 1, origin_m = [0.0, 0.0], size_m = [0.2, 0.4] },
            { id = 2, origin_m = [0.2, 0.0], size_m = [0.2, 0.4] },
        ]
        [[facing]]
        product = "tea"
        plates = ["1/1/1"]
        [[product]]
        id = "tea"
        name = "Tea"
        price_minor = 250
        mass_g = 100.0
        [[product]]
        id = "jam"
        name = "Jam"
        mass_g = 300.0
    "#;

    fn at(seconds: f64) -> Time {
        Time::from_nanos(1_000_000_000_000).plus_seconds(seconds)
    }

    /// A visit comes in on a token and as a track.
    fn enters(seconds: f64, track: u64, token: &str) -> [Record; 2] {
        let (gate, kind): (SensorId, _) = ("door".into(), CredentialKind::Card);
        let shown = Credential { gate: gate.clone(), time: at(seconds), kind, token: token.into() };
        let (time, track) = (at(seconds + 1.0), Some(TrackId(track)));
        let passage = Passage { gate, time, direction: Direction::In, track };
        [Record::Credential(shown), Record::Passage(passage)]
    }

    /// Both wrists of some tracks, along the shelf, at a time.
    fn wrists(seconds: f64, tracks: &[(u64, f64)]) -> Record {
        let person = |(track, x): &(u64, f64)| {
            let position = DVec3::new(*x, 0.2, 1.1);
            let keypoint = Keypoint { joint: Joint::RightWrist, position, score: 1.0 };
            Person { track: TrackId(*track), keypoints: vec![keypoint], holding: [None; 2] }
        };
        let people = tracks.iter().map(person).collect();
        Record::People(People { sensor: "tracker".into(), time: at(seconds), people })
    }

    /// Two seconds of a plate's samples at rest.
    fn weight(seconds: f64, plate: u16, grams: f32) -> Record {
        let plates: Arc<[PlateId]> = [PlateId::new(1, 1, plate)].into();
        let batch = PlateBatch::new("scale".into(), at(seconds), 20_000_000, plates, vec![grams; 100]);
        Record::Plates(batch.unwrap())
    }

    fn carts(records: Vec<Record>) -> Vec<Vec<(String, u32)>> {
        let receipts = naive_receipts(&Store::from_toml(SHOP).unwrap(), &records);
        let lines = |receipt: Receipt| {
            receipt.lines.iter().map(|line| (line.product.to_string(), line.quantity)).collect()
        };
        receipts.into_iter().map(lines).collect()
    }

    fn two_shoppers() -> Vec<Record> {
        [enters(0.0, 1, "ann"), enters(2.0, 2, "ben")].concat()
    }

    #[test]
    fn the_nearest_hand_gets_as_many_as_the_weight_says() {
        let mut records = two_shoppers();
        records.extend([weight(10.0, 1, 500.0), wrists(12.0, &[(1, 0.5), (2, 0.1)]), weight(12.0, 1, 300.0)]);
        assert_eq!(carts(records), [vec![], vec![("tea".into(), 2)]]);
    }

    #[test]
    fn what_is_put_back_leaves_the_cart_of_the_nearest_hand() {
        let mut records = two_shoppers();
        for (second, grams) in [(10.0, 500.0), (12.0, 300.0), (14.0, 400.0)] {
            records.extend([wrists(second, &[(1, 0.1), (2, 0.8)]), weight(second, 1, grams)]);
        }
        assert_eq!(carts(records), [vec![("tea".into(), 1)], vec![]]);
    }

    #[test]
    fn a_plate_without_a_product_gives_what_weighs_as_much() {
        let mut records = two_shoppers();
        records.extend([weight(10.0, 2, 900.0), wrists(12.0, &[(1, 0.3)]), weight(12.0, 2, 590.0)]);
        assert_eq!(carts(records), [vec![("jam".into(), 1)], vec![]]);
    }

    #[test]
    fn nobody_gets_what_nobody_is_near() {
        let mut records = two_shoppers();
        records.extend([weight(10.0, 1, 500.0), wrists(12.0, &[(1, 3.0)]), weight(12.0, 1, 400.0)]);
        assert_eq!(carts(records), [vec![], vec![]]);
    }
}
