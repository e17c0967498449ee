//! What the engine holds to be in a cart while its shoppers are inside.

use std::collections::BTreeMap;

use model::{ChangeId, Handled, ProductId, TrackId, TripId};
use office::TripKey;

/// What one change did to a cart.
#[derive(Clone, Debug)]
struct Entry {
    change: ChangeId,
    product: ProductId,
    units: i64,
    probability: f64,
}

/// A trip that is inside.
#[derive(Clone, Debug)]
pub(crate) struct LiveCart {
    /// The engine's name of the trip.
    pub(crate) trip: TripId,
    /// The office's name of it, where a gate of this store let it in.
    pub(crate) key: Option<TripKey>,
    /// The people, to the tracker.
    pub(crate) tracks: Vec<TrackId>,
    /// Those of them who have left.
    pub(crate) left: usize,
    entries: Vec<Entry>,
}

/// So many of a product in a cart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LiveLine {
    /// What.
    pub(crate) product: ProductId,
    /// How many.
    pub(crate) units: u32,
    /// How probable it is, by the least sure change that speaks for it.
    pub(crate) probability: f64,
}

impl LiveCart {
    pub(crate) fn new(trip: TripId, key: Option<TripKey>) -> Self {
        Self { trip, key, tracks: Vec::new(), left: 0, entries: Vec::new() }
    }

    /// Something came into the cart, or left it with a negative `sign`.
    pub(crate) fn note(&mut self, handled: &Handled, sign: i64) {
        self.entries.push(Entry {
            change: handled.evidence.change,
            product: handled.product.clone(),
            units: sign * i64::from(handled.quantity),
            probability: handled.probability,
        });
    }

    /// What was concluded of a change no longer holds; whether anything was.
    pub(crate) fn withdraw(&mut self, change: ChangeId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.change != change);
        self.entries.len() < before
    }

    /// What is in it, by product.
    pub(crate) fn lines(&self) -> Vec<LiveLine> {
        let mut sums: BTreeMap<&ProductId, (i64, f64)> = BTreeMap::new();
        for entry in &self.entries {
            let (units, probability) = sums.entry(&entry.product).or_insert((0, 1.0));
            *units += entry.units;
            *probability = if *units > 0 { probability.min(entry.probability) } else { 1.0 };
        }
        let line = |(product, (units, probability)): (&ProductId, (i64, f64))| LiveLine {
            product: product.clone(),
            units: u32::try_from(units).unwrap_or(0),
            probability,
        };
        sums.into_iter().map(line).filter(|line| line.units > 0).collect()
    }
}
