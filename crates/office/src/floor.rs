//! What the store's sensors concluded, as news for the office.
//!
//! The gate gives the engine the office's own name of a trip as the credential's token; so the engine's trips,
//! which are numbered within a recording, are known again here.

use std::collections::BTreeMap;

use model::{Event, EventKind, Line, ProductId, Receipt, Time, TripId};
use pricing::{Item, PriceBook, Quantity};

use crate::error::OfficeError;
use crate::evidence::{Evidence, LineKind};
use crate::ids::TripKey;
use crate::office::Office;
use crate::storage::StorageError;
use crate::trip::{Cart, Doubtful, Trip};

/// The trips inside, between one engine's events and an office.
#[derive(Debug, Default)]
pub struct Floor {
    inside: BTreeMap<TripId, Inside>,
}

/// A trip that is inside.
#[derive(Debug)]
struct Inside {
    key: TripKey,
    people: u32,
    left: u32,
}

/// What came of an event.
#[derive(Debug)]
pub enum Heard {
    /// Nothing for the office.
    Nothing,
    /// A trip took note of it.
    Noted(TripKey),
    /// A visit is over. `unpriced` are products that neither the price list nor the store file has a price for:
    /// they are not charged.
    Closed {
        /// The trip as it stands now.
        trip: Box<Trip>,
        /// What could not be priced.
        unpriced: Vec<ProductId>,
    },
    /// Somebody was inside on no trip of this office: nobody can be charged, staff should know.
    Stranger(TripId),
}

impl Floor {
    /// Tells the office what an event means for it. Said again, as after a restart, it counts once.
    ///
    /// # Errors
    /// If the office can't write it down, or the cart can't be priced.
    pub fn hear(
        &mut self,
        office: &Office,
        prices: &PriceBook,
        event: &Event,
        now: Time,
    ) -> Result<Heard, OfficeError> {
        match &event.kind {
            EventKind::Entered { trip, token, .. } => {
                let Some(key) = key_in(token.as_deref()) else { return Ok(Heard::Stranger(*trip)) };
                let inside = self.inside.entry(*trip).or_insert(Inside { key, people: 0, left: 0 });
                inside.people += 1;
                office.walked_in(key, now)?;
                Ok(Heard::Noted(key))
            }
            EventKind::Left { trip, left, .. } => {
                let Some(inside) = self.inside.get_mut(trip) else { return Ok(Heard::Nothing) };
                inside.left += 1;
                if inside.left == inside.people {
                    office.left(inside.key, *left, now)?;
                }
                Ok(Heard::Noted(inside.key))
            }
            EventKind::Settled(receipt) => {
                self.inside.remove(&receipt.trip);
                close(office, prices, receipt, now)
            }
            _ => Ok(Heard::Nothing),
        }
    }
}

/// The office's trip in a credential's token.
fn key_in(token: Option<&str>) -> Option<TripKey> {
    token.and_then(|token| token.parse().ok())
}

/// A visit is over.
fn close(office: &Office, prices: &PriceBook, receipt: &Receipt, now: Time) -> Result<Heard, OfficeError> {
    let token = receipt.credential.as_ref().map(|(_, token)| token.as_str());
    let Some(key) = key_in(token) else { return Ok(Heard::Stranger(receipt.trip)) };
    let mut unpriced = Vec::new();
    let mut evidence = Vec::new();
    let mut items = |lines: &[Line], kind| {
        let mut items = Vec::new();
        for line in lines {
            match item(prices, line, receipt.left) {
                Some(item) => {
                    evidence.push(of_line(kind, items.len(), line)?);
                    items.push((item, line.probability));
                }
                None => unpriced.push(line.product.clone()),
            }
        }
        Ok::<_, OfficeError>(items)
    };
    let sure = items(&receipt.lines, LineKind::Sure)?.into_iter().map(|(item, _)| item).collect();
    let doubtful = items(&receipt.review, LineKind::Doubtful)?;
    let cart = Cart {
        entered: receipt.entered,
        left: receipt.left,
        people: u32::try_from(receipt.tracks.len()).unwrap_or(u32::MAX),
        sure,
        doubtful: doubtful
            .into_iter()
            .map(|(item, probability)| Doubtful { item, probability, contested: false })
            .collect(),
    };
    let trip = Box::new(office.close_cart_with(key, cart, evidence, now)?);
    Ok(Heard::Closed { trip, unpriced })
}

/// A line with the price of the moment of taking: by the price list, else by the store file.
fn item(prices: &PriceBook, line: &Line, left: Time) -> Option<Item> {
    let taken = line.evidence.iter().map(|evidence| evidence.moment).min().unwrap_or(left);
    let quantity = Quantity::Units(line.quantity);
    prices.item(&line.product, quantity, taken).ok().or_else(|| {
        Some(Item {
            product: line.product.clone(),
            name: line.name.clone(),
            quantity,
            taken,
            unit_price: line.unit_price?.minor,
            tax: pricing::TaxRate(0),
            deposit: 0,
        })
    })
}

/// What the engine says of a line.
fn of_line(kind: LineKind, line: usize, of: &Line) -> Result<Evidence, StorageError> {
    let body =
        serde_json::to_value(&of.evidence).map_err(|error| StorageError::Damaged(error.to_string()))?;
    Ok(Evidence { kind, line, body })
}
