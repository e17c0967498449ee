//! The gate of the simulated store: who is let in by the office comes in.

use model::{CredentialKind, SensorId};
use office::{Entry, Refusal, Shown, TripKey};

use super::command::Command;
use super::visitor::{Visitor, trip_of};
use crate::pages::error::PageError;
use crate::pages::site::Site;

/// Something is held to the gate for one more shopper of the visitor: their name and trip once they are on their way in, or
/// why the gate stays shut. `with` is a shopper whose trip they join.
pub(crate) async fn come_in(
    site: &Site,
    visitor: &Visitor,
    kind: CredentialKind,
    shown: Shown,
    with: Option<String>,
) -> Result<Result<(String, TripKey), Refusal>, PageError> {
    let demo = site.demo()?;
    let (gate, now) = (gate_in(site)?, site.web.now());
    let friend = with.as_deref().and_then(trip_of);
    let entry = site.office(move |office| match friend {
        // Whoever comes later than a party may joins it on the same card.
        Some(trip) => office.join(trip, shown, now),
        None => office.enter(gate, shown, now),
    });
    match entry.await? {
        Entry::Admitted(trip) | Entry::Joined(trip) => {
            let name = visitor.name(trip);
            demo.order(Command::Enter { name: name.clone(), trip, kind, with }).await?;
            Ok(Ok((name, trip)))
        }
        Entry::Refused(_, reason) | Entry::TurnedAway(reason) => Ok(Err(reason)),
    }
}

/// The gate that visitors come in by.
fn gate_in(site: &Site) -> Result<SensorId, PageError> {
    let gates = site.live()?.store().gates();
    let gate = gates.iter().find(|gate| gate.id.as_str().contains("in")).or(gates.first());
    gate.map(|gate| gate.id.clone()).ok_or(PageError::NotFound)
}
