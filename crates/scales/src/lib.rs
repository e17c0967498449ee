//! Weight samples of plates in, mass changes of shelves out: when, how many grams, how sure, and where.
//!
//! **Its one job:** to say what a shelf's weight did, online, in one pass and in constant memory per
//! plate, and to tell a settled change from all that only looks like one: noise, drift, a leaning hand
//! that comes and goes, a bump, a knock-on from the neighbouring plate, a dead or stuck load cell.
//!
//! **The way in:** [`Scales::push`] takes batches of samples in the order of time and appends
//! [`ScaleEvent`]s.
//!
//! **What it never does:** know a shopper or a product, read a clock, allocate per sample.
//!
//! # Method
//! Samples are averaged over blocks of 0.1 s ([`BLOCK_S`]), all plates of a controller side by side
//! (module `feed`). The steady sway of a shelf is learned and taken out of the means of each plate (module
//! `sway`). Each plate then runs a small state machine over its block means (module `plate`): it
//! learns level and noise while quiet, notices when the mean leaves the band of its noise, and says
//! *change* or *disturbance* once a window of blocks agrees with itself. A clean loss is told at once;
//! added weight and doubtful losses are kept back a while, as the plate may take them back (module `step`).
//! Changes of neighbouring plates at one moment are put together to one change of the shelf, and echoes
//! of louder ones left out (module `row`).

mod feed;
mod plate;
mod row;
mod stage;
mod step;
mod sway;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use feed::BLOCK_S;
use feed::{Block, Feed};
use model::{Curve, DVec3, Notices, PlateBatch, PlateIndex, PlatePart, SensorId, Store, Time};
use plate::{Outcome, PlateScale};
use row::Row;
pub use stage::Stage;

/// Something a shelf's weight did.
#[derive(Clone, Debug, PartialEq)]
pub enum ScaleEvent {
    /// The mass on a shelf changed and settled.
    Change(MassChange),
    /// The weight of a plate moved, and no mass was added or taken.
    Disturbance(Disturbance),
}

/// A settled change of the mass on neighbouring plates of one shelf.
#[derive(Clone, Debug, PartialEq)]
pub struct MassChange {
    /// When the mass began to change.
    pub start: Time,
    /// When most of it changed: the moment of the lift or the drop.
    pub moment: Time,
    /// When the new mass had settled.
    pub end: Time,
    /// The change, grams: negative for mass that left.
    pub grams: f64,
    /// Standard deviation of `grams`.
    pub grams_sd: f64,
    /// Where on the row of plates it happened, in store coordinates, metres.
    pub place: DVec3,
    /// The plates and their parts, most first; knock-ons marked, and not counted in `grams`.
    pub parts: Vec<(PlateIndex, PlatePart)>,
    /// The stages in which the plate that changed most did so; none if it did at once.
    pub stages: Vec<Stage>,
    /// The weight of the plate that changed most, up to the time of telling.
    pub curve: Curve,
    /// By how much these plates' weights crept since what they did last, if that was lately, grams: a hand that rests on goods
    /// wavers, goods don't.
    pub crept: Vec<(PlateIndex, f64)>,
}

impl MassChange {
    /// The parts that make up `grams`: all but the knock-ons.
    pub fn counted(&self) -> impl Iterator<Item = &(PlateIndex, PlatePart)> {
        self.parts.iter().filter(|(_, part)| !part.knock_on)
    }

    /// By how much a plate's weight crept, as in `crept`, grams.
    pub fn crept_g(&self, plate: PlateIndex) -> f64 {
        self.crept.iter().find(|(other, _)| *other == plate).map_or(0.0, |(_, grams)| *grams)
    }
}

/// A movement of a plate's weight that left no change behind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disturbance {
    /// The plate.
    pub plate: PlateIndex,
    /// When it began.
    pub start: Time,
    /// When the plate was back at its old weight.
    pub end: Time,
    /// The farthest block mean from the old weight, grams.
    pub peak_grams: f64,
    /// What it looked like.
    pub kind: DisturbanceKind,
}

/// What a disturbance looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisturbanceKind {
    /// Short or to and fro: somebody knocked against the shelf.
    Bump,
    /// Longer than half a second to one side: a hand or an arm rested there.
    Lean,
    /// The echo of a change on a neighbouring plate.
    KnockOn,
}

/// Where a plate lies.
#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    row: usize,
    left: usize,
    right: usize,
}

/// All scales of a store.
#[derive(Clone, Debug)]
pub struct Scales {
    store: Arc<Store>,
    plates: Vec<PlateScale>,
    rows: Vec<Row>,
    /// The row of each plate, and the plates beside it (itself where there is none).
    seats: Vec<Seat>,
    feeds: BTreeMap<SensorId, Feed>,
    /// The plates that can't be weighed with now, and since when: few, and asked for often.
    blind: BTreeMap<PlateIndex, Time>,
}

impl Scales {
    /// Scales for all plates of `store`, which learn their levels and noise from the first second on.
    pub fn new(store: Arc<Store>) -> Self {
        let mut seats = vec![Seat::default(); store.plates().len()];
        for (row, shelf) in store.shelves().iter().enumerate() {
            for (place, plate) in shelf.plates.iter().enumerate() {
                let beside = |place: usize| shelf.plates.get(place).unwrap_or(plate).0 as usize;
                seats[plate.0 as usize] =
                    Seat { row, left: beside(place.wrapping_sub(1)), right: beside(place + 1) };
            }
        }
        Self {
            plates: vec![PlateScale::default(); store.plates().len()],
            rows: store.shelves().iter().map(|shelf| Row::new(shelf.plates.clone())).collect(),
            seats,
            feeds: BTreeMap::new(),
            blind: BTreeMap::new(),
            store,
        }
    }

    /// Takes a batch and appends what the shelves did. Batches of one sensor must come in the order of
    /// time: samples older than the newest are left out. What is wrong with the batch is counted.
    pub fn push(&mut self, batch: &PlateBatch, notices: &mut Notices, events: &mut Vec<ScaleEvent>) {
        let mut feed = match self.feeds.remove(batch.sensor()) {
            Some(feed) if feed.fits(batch) => feed,
            Some(old) => {
                old.count_unknown(notices);
                Feed::new(batch, &self.store)
            }
            None => Feed::new(batch, &self.store),
        };
        let mut next = feed.begin(batch, notices);
        while next < batch.sample_count() {
            next = feed.accumulate(batch, next);
            if feed.block_is_full() {
                self.close_block(&mut feed, notices, events);
            }
        }
        self.feeds.insert(batch.sensor().clone(), feed);
    }

    /// Counts what is counted only now and then. Call it after the last batch.
    pub fn finish(&mut self, notices: &mut Notices) {
        for feed in self.feeds.values() {
            feed.count_unknown(notices);
        }
        self.feeds.clear();
    }

    /// The recent weight of a plate.
    pub fn curve(&self, plate: PlateIndex) -> Curve {
        self.plates[plate.0 as usize].curve()
    }

    /// How much more a plate weighs after one time than before another, and the standard deviation of that, grams, as far
    /// as block means tell; nothing if it was not weighed for a moment before and after, or can't be weighed with.
    pub fn difference(&self, plate: PlateIndex, before: Time, after: Time) -> Option<(f64, f64)> {
        let scale = &self.plates[plate.0 as usize];
        let [from, to] = scale.compare(before, after).filter(|_| !scale.is_blind())?;
        Some((to.grams - from.grams, from.sd.hypot(to.sd)))
    }

    /// The plates that can't be weighed with now, and since when: they give no numbers, or always the same one.
    pub fn blind(&self) -> impl Iterator<Item = (PlateIndex, Time)> {
        self.blind.iter().map(|(plate, since)| (*plate, *since))
    }

    fn close_block(&mut self, feed: &mut Feed, notices: &mut Notices, events: &mut Vec<ScaleEvent>) {
        let block = feed.close_block();
        for (plate, mean) in feed.means() {
            match self.take_block(plate, mean, block) {
                None => {}
                Some(Outcome::Step(step)) => {
                    let row = &mut self.rows[self.seats[plate.0 as usize].row];
                    events.extend(row.add(plate, step).map(ScaleEvent::Disturbance));
                }
                Some(Outcome::Returned(disturbance)) => {
                    events.push(ScaleEvent::Disturbance(disturbance.of(plate)));
                }
                Some(Outcome::Ill(kind)) => {
                    notices.add(kind, &self.store.plate(plate).id.to_string(), 1, block.end);
                }
            }
        }
        for row in self.rows.iter_mut().filter(|row| row.is_waiting()) {
            row.release(block.end, &self.store, &self.plates, events);
        }
    }

    fn take_block(&mut self, plate: PlateIndex, mean: f32, block: Block) -> Option<Outcome> {
        let Seat { left, right, .. } = self.seats[plate.0 as usize];
        let ringing = self.plates[left].agitation_g().min(self.plates[right].agitation_g());
        let scale = &mut self.plates[plate.0 as usize];
        let was_blind = scale.is_blind();
        let outcome = scale.take_block(mean, block, ringing);
        match (was_blind, scale.is_blind()) {
            (false, true) => {
                _ = self
                    .blind
                    .insert(plate, block.end.plus_seconds(-BLOCK_S * f64::from(scale.blind_blocks())));
            }
            (true, false) => _ = self.blind.remove(&plate),
            _ => {}
        }
        outcome
    }
}
