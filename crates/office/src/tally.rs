//! How the store does over a span of time, folded from its journal.

use std::collections::BTreeMap;

use model::{ProductId, Time};
use pricing::{PricedReceipt, Quantity};

use crate::error::OfficeError;
use crate::evidence::LineKind;
use crate::ids::TripKey;
use crate::journal;
use crate::office::Office;
use crate::receipt_rows::local_date;
use crate::storage::{Database, StorageError};
use crate::trip::{Actor, Cart, Refund, TripEvent, Verdict};

/// Entries of the journal that are in memory at once.
const AT_ONCE: i64 = 2000;

/// How the store did over a span of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Visits that ended, with or without a purchase.
    pub visits: u64,
    /// Lines that were charged without a doubt.
    pub sure: u64,
    /// Lines that somebody had to look at.
    pub doubtful: u64,
    /// Of those, how many were charged.
    pub charged: u64,
    /// How many somebody decided not to charge.
    pub dropped: u64,
    /// How many nobody decided in time: not charged.
    pub lapsed: u64,
    /// Disputes that were raised.
    pub disputes: u64,
    /// Disputes in which money was given back.
    pub granted: u64,
    /// Disputes that were rejected.
    pub rejected: u64,
    /// Money taken, minor units.
    pub taken_minor: i64,
    /// Money given back, minor units.
    pub refunded_minor: i64,
    /// Seconds from the exit until the receipt was made, ascending: one number a receipt.
    pub to_receipt_s: Vec<f64>,
    /// Sales by day where the store stands, such as `2026-11-24`.
    pub days: BTreeMap<String, Sales>,
    /// What became of each product.
    pub products: BTreeMap<ProductId, ProductTally>,
}

/// What was sold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sales {
    /// Receipts with a line.
    pub receipts: u64,
    /// What they came to, minor units.
    pub minor: i64,
}

/// What became of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductTally {
    /// Its name, as on receipts.
    pub name: String,
    /// Units sold.
    pub units: u64,
    /// Grams sold, of what is sold by weight.
    pub grams: u64,
    /// What they came to, minor units.
    pub minor: i64,
    /// Lines of carts, sure or not.
    pub lines: u64,
    /// Lines that somebody had to look at.
    pub doubtful: u64,
    /// Lines of which money was given back.
    pub refunded: u64,
}

impl Tally {
    /// The time from exit to receipt that this part (0 to 1) of the receipts stayed within, seconds.
    pub fn to_receipt_within(&self, part: f64) -> Option<f64> {
        let place = (self.to_receipt_s.len() as f64 * part).ceil() as usize;
        self.to_receipt_s.get(place.max(1) - 1).copied()
    }
}

/// A tally in the making.
#[derive(Default)]
struct Fold {
    tally: Tally,
    /// When visits ended whose receipt is not made yet.
    left: BTreeMap<TripKey, Time>,
    /// What stands on receipts, for refunds.
    lines: BTreeMap<TripKey, Vec<ProductId>>,
}

impl Office {
    /// How the store did since a moment.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn tally(&self, since: Time) -> Result<Tally, OfficeError> {
        let store = self.policy.store.as_str();
        let mut after =
            self.storage.read(|database| Ok::<_, OfficeError>(first_since(database, store, since)? - 1))?;
        let mut fold = Fold::default();
        loop {
            let rows = self.storage.read(|database| {
                database.query(
                    "SELECT sequence, trip, at_ns, event FROM journal \
                     WHERE store = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence",
                    &[store.into(), after.into(), (after + AT_ONCE).into()],
                )
            })?;
            let Some(last) = rows.last() else { break };
            after = last.int(0)?;
            for row in &rows {
                let trip = TripKey::from_bytes(row.blob(1)?)?;
                let at = Time::from_nanos(row.int(2)?);
                if at >= since {
                    self.fold(&mut fold, trip, at, journal::decode(row.text(3)?)?)?;
                }
            }
        }
        fold.tally.to_receipt_s.sort_by(f64::total_cmp);
        Ok(fold.tally)
    }

    fn fold(&self, fold: &mut Fold, trip: TripKey, at: Time, event: TripEvent) -> Result<(), OfficeError> {
        let tally = &mut fold.tally;
        match event {
            TripEvent::CartClosed(cart) => {
                fold.left.insert(trip, cart.left);
                closed(tally, &cart);
            }
            TripEvent::Reviewed { verdict, by, .. } => match (verdict, by) {
                (Verdict::Charge(_), _) => tally.charged += 1,
                (Verdict::Drop, Actor::Policy) => tally.lapsed += 1,
                (Verdict::Drop, _) => tally.dropped += 1,
            },
            TripEvent::Settled { receipt, .. } => {
                let left = fold.left.remove(&trip);
                if !receipt.lines.is_empty() {
                    tally.to_receipt_s.extend(left.map(|left| at.seconds_since(left).max(0.0)));
                    let day = tally.days.entry(local_date(&self.policy, left.unwrap_or(at))?).or_default();
                    (day.receipts, day.minor) = (day.receipts + 1, day.minor + receipt.total);
                    sold(tally, &receipt);
                    let products = receipt.lines.into_iter().map(|line| line.product);
                    fold.lines.insert(trip, products.collect());
                }
            }
            TripEvent::Captured(captured) => tally.taken_minor += captured.amount.minor,
            TripEvent::Refunded { amount, .. } => tally.refunded_minor += amount.minor,
            TripEvent::RefundDecided(refund) => given_back(tally, fold.lines.get(&trip), &refund),
            TripEvent::Disputed(_) => tally.disputes += 1,
            TripEvent::DisputeDecided { granted: true, .. } => tally.granted += 1,
            TripEvent::DisputeDecided { granted: false, .. } => tally.rejected += 1,
            _ => {}
        }
        Ok(())
    }

    /// What the engine said of lines of carts since a moment, the newest first, at most so many: whether somebody had
    /// to look at the line, and what it said, as JSON.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn evidence_since(&self, since: Time, limit: u32) -> Result<Vec<(LineKind, String)>, OfficeError> {
        let rows = self.storage.read(|database| {
            database.query(
                "SELECT evidence.kind, evidence.body FROM evidence JOIN trips ON trips.trip = evidence.trip \
                 WHERE evidence.at_ns >= $2 AND trips.store = $1 ORDER BY evidence.at_ns DESC LIMIT $3",
                &[self.policy.store.as_str().into(), since.nanos().into(), i64::from(limit).into()],
            )
        })?;
        let kind = |word: &str| if word == "sure" { LineKind::Sure } else { LineKind::Doubtful };
        let said = rows.iter().map(|row| Ok((kind(row.text(0)?), row.text(1)?.to_owned())));
        Ok(said.collect::<Result<_, StorageError>>()?)
    }
}

/// The number of the first entry that was written at a moment or later. Entries are written in order, so it is found
/// by halving.
pub(crate) fn first_since(
    database: &mut dyn Database,
    store: &str,
    since: Time,
) -> Result<i64, StorageError> {
    let newest = database.query_one(
        "SELECT sequence FROM journal WHERE store = $1 ORDER BY sequence DESC LIMIT 1",
        &[store.into()],
    )?;
    let (mut low, mut high) = (1, newest.map_or(Ok(0), |row| row.int(0))? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = database.query_one(
            "SELECT at_ns FROM journal WHERE store = $1 AND sequence = $2",
            &[store.into(), middle.into()],
        )?;
        if row.map_or(Ok(i64::MAX), |row| row.int(0))? < since.nanos() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn closed(tally: &mut Tally, cart: &Cart) {
    tally.visits += 1;
    tally.sure += cart.sure.len() as u64;
    tally.doubtful += cart.doubtful.len() as u64;
    let sure = cart.sure.iter().map(|item| (item, 0));
    for (item, doubtful) in sure.chain(cart.doubtful.iter().map(|doubtful| (&doubtful.item, 1))) {
        let product = tally.products.entry(item.product.clone()).or_default();
        product.name.clone_from(&item.name);
        product.lines += 1;
        product.doubtful += doubtful;
    }
}

fn sold(tally: &mut Tally, receipt: &PricedReceipt) {
    for line in &receipt.lines {
        let product = tally.products.entry(line.product.clone()).or_default();
        product.name.clone_from(&line.name);
        product.minor += line.total;
        match line.quantity {
            Quantity::Units(units) => product.units += u64::from(units),
            Quantity::Grams(grams) => product.grams += u64::from(grams),
        }
    }
}

fn given_back(tally: &mut Tally, lines: Option<&Vec<ProductId>>, refund: &Refund) {
    for part in &refund.parts {
        let product = lines.and_then(|lines| lines.get(part.line));
        if let Some(product) = product.and_then(|product| tally.products.get_mut(product)) {
            product.refunded += 1;
        }
    }
}
