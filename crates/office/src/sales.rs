//! Sales and returns for partners' systems, as EPCIS 2.0.

use std::collections::BTreeMap;

use exchange::epcis::{Export, MovedLine, Movement, Offset, Site, Way, document};
use jiff::tz::TimeZone;
use model::{Gtin, ProductId, Time};
use pricing::PricedReceipt;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::journal;
use crate::office::Office;
use crate::trip::{DisputeKind, Refund, Trip};

impl Office {
    /// What was sold and brought back from `from` until before `until`, as an EPCIS document made at `now`. The same
    /// span gives the same events with the same ids.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn epcis(&self, site: &Site, from: Time, until: Time, now: Time) -> Result<Export, OfficeError> {
        let gtins: BTreeMap<ProductId, Gtin> = self
            .catalogue()?
            .iter()
            .filter_map(|item| Some((ProductId::from(item.sku.as_str()), item.gtin()?)))
            .collect();
        let trips = self.changed_between(from, until)?;
        let within = |time: Time| from <= time && time < until;
        let movements: Vec<Movement> = trips
            .iter()
            .flat_map(|trip| self.movements(trip, &gtins))
            .filter(|movement| within(movement.time))
            .collect();
        Ok(document(site, &movements, now))
    }

    /// The trips that began before `until` and changed at `from` or later, oldest first: all that something of the span
    /// may have happened to.
    fn changed_between(&self, from: Time, until: Time) -> Result<Vec<Trip>, OfficeError> {
        let store = &self.policy.store;
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT trip FROM trips WHERE store = $1 AND changed_ns >= $2 AND opened_ns < $3 \
                 ORDER BY opened_ns, trip",
                &[store.as_str().into(), from.nanos().into(), until.nanos().into()],
            )?;
            let mut trips = Vec::with_capacity(rows.len());
            for row in rows {
                let key = TripKey::from_bytes(row.blob(0)?)?;
                trips.extend(journal::trip(database, store, key)?);
            }
            Ok(trips)
        })
    }

    /// What a trip took out of the store, and what of it came back.
    fn movements(&self, trip: &Trip, gtins: &BTreeMap<ProductId, Gtin>) -> Vec<Movement> {
        let Some((number, receipt)) = trip.receipt.as_ref().filter(|(_, receipt)| !receipt.lines.is_empty())
        else {
            return Vec::new();
        };
        let movement = |way, time, lines| Movement {
            way,
            receipt: number.clone(),
            time,
            offset: self.offset(time),
            lines,
        };
        let line = |product, quantity| MovedLine { gtin: gtins.get(product).cloned(), quantity };
        let sold = receipt.lines.iter().map(|sold| line(&sold.product, sold.quantity)).collect();
        let returned = trip.refunds.iter().enumerate().filter(|(_, (_, refund))| came_back(refund));
        let returned = returned.map(|(place, (at, refund))| {
            let lines = refund
                .parts
                .iter()
                .filter_map(|part| Some(line(product(receipt, part.line)?, part.quantity)));
            movement(Way::Returned { number: (place + 1).to_string() }, *at, lines.collect())
        });
        std::iter::once(movement(Way::Sold, trip.left.unwrap_or(trip.opened), sold)).chain(returned).collect()
    }

    /// The store's offset from UTC at a moment. [`Office::new`] has checked the zone.
    fn offset(&self, at: Time) -> Offset {
        let seconds = TimeZone::get(&self.policy.time_zone).ok().and_then(|zone| {
            let moment = jiff::Timestamp::from_nanosecond(i128::from(at.nanos())).ok()?;
            Some(zone.to_offset(moment).seconds())
        });
        let minutes = i16::try_from(seconds.unwrap_or(0) / 60).unwrap_or(0);
        Offset::from_minutes(minutes).unwrap_or_default()
    }
}

/// Whether goods came back with a refund.
fn came_back(refund: &Refund) -> bool {
    refund.kind == Some(DisputeKind::Returned)
}

/// The product of a receipt's line.
fn product(receipt: &PricedReceipt, line: usize) -> Option<&ProductId> {
    receipt.lines.get(line).map(|line| &line.product)
}
