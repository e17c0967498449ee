//! Between the world and the office: lets shoppers in who come by themselves, and tells the office what the engine
//! concluded.

use std::sync::Arc;

use anyhow::{Context, Result};
use model::{CredentialKind, Event, EventKind, SensorId, Store, Time};
use office::{Actor, Entry, Floor, Heard, Office, OfficeError, Shown, TripKey};
use payments::{CardToken, SimulatedProcessor};
use pricing::PriceBook;

use super::Premises;

/// What opens the gate for staff.
const BADGE: &str = "demo-badge";

/// What the world has to say.
pub(super) enum Word {
    /// The engine concluded something.
    Event(Box<Event>),
    /// Somebody comes to the gate.
    Comes {
        /// Their name in the world.
        name: String,
        /// Whether they work here.
        is_staff: bool,
    },
}

/// What the gate said to somebody.
pub(super) struct Admission {
    /// Their name in the world.
    pub(super) name: String,
    /// What they showed, and the visit; `None` if they were refused.
    pub(super) trip: Option<(CredentialKind, TripKey)>,
}

/// Speaks with the office.
pub(super) struct Clerk {
    office: Office,
    bank: SimulatedProcessor,
    prices: PriceBook,
    floor: Floor,
    gate: SensorId,
}

impl Clerk {
    /// A clerk of an office that has the store's prices.
    pub(super) fn new(premises: &Premises, store: &Arc<Store>) -> Result<Self> {
        let gate = store.gates().first().context("the store has no gate")?.id.clone();
        let (office, bank) = (premises.office.clone(), premises.bank.clone());
        let by = Actor::System("demo".to_owned());
        office.add_badge(BADGE, "demo", by, Time::from_nanos(0))?;
        Ok(Self { prices: office.price_book()?, office, bank, floor: Floor::default(), gate })
    }

    /// Hears the world; what the gate says, if somebody has come.
    pub(super) fn take(&mut self, word: Word, now: Time) -> Option<Admission> {
        match word {
            Word::Event(event) => {
                match self.hear(&event, now) {
                    Ok(Heard::Stranger(trip)) => tracing::warn!(%trip, "somebody is inside on no trip"),
                    Ok(Heard::Closed { unpriced, .. }) if !unpriced.is_empty() => {
                        tracing::warn!(?unpriced, "products without a price");
                    }
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, "the office did not take an event"),
                }
                None
            }
            Word::Comes { name, is_staff } => {
                let trip = self.enter(&name, is_staff, now).unwrap_or_else(|error| {
                    tracing::error!(error = format!("{error:#}"), "the gate failed");
                    None
                });
                Some(Admission { name, trip })
            }
        }
    }

    /// Tells the office what an event means, by the prices as they are now.
    fn hear(&mut self, event: &Event, now: Time) -> Result<Heard, OfficeError> {
        if matches!(event.kind, EventKind::Settled(_)) {
            self.prices = self.office.price_book()?;
        }
        self.floor.hear(&self.office, &self.prices, event, now)
    }

    /// Asks the gate.
    fn enter(&self, name: &str, is_staff: bool, now: Time) -> Result<Option<(CredentialKind, TripKey)>> {
        let (kind, shown) = if is_staff {
            (CredentialKind::Staff, Shown::Badge(BADGE.to_owned()))
        } else {
            let token = CardToken::try_from(format!("tok_visa_ok/{name}"))?;
            (CredentialKind::Card, Shown::Card(self.bank.acquirer().card(&token)?))
        };
        Ok(match self.office.enter(self.gate.clone(), shown, now)? {
            Entry::Admitted(trip) | Entry::Joined(trip) => Some((kind, trip)),
            Entry::Refused(_, reason) | Entry::TurnedAway(reason) => {
                tracing::info!(%reason, "the gate stays shut");
                None
            }
        })
    }
}
