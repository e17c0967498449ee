//! The store as it happens: one line an event, and who is inside with what.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, Event, EventKind, Evidence, Handled, Receipt, Store, Time, TrackId, TripId};

use super::{BAD, BOLD, DIM, GOOD, Look, WARN, evidence, notices, text};

/// Renders an event as one line, without a line break.
pub(crate) fn event(event: &Event, store: &Store, look: Look) -> String {
    let (sign, style, what) = match &event.kind {
        EventKind::Entered { trip, gate, credential, .. } => {
            let gate = text::plain(&gate.to_string());
            let how = text::credential(*credential);
            ("→", BOLD, format!("Trip {trip} came in at {gate} {how}"))
        }
        EventKind::Took(handled) => ("▼", GOOD, handling("took", handled, store)),
        EventKind::PutBack(handled) => ("▲", WARN, handling("put back", handled, store)),
        EventKind::HandedOver { given, to } => {
            ("⇄", WARN, handling(&format!("gave Trip {to}"), given, store))
        }
        EventKind::Withdrawn { change, trip } => {
            let whose = trip.map(|trip| format!("Trip {trip}: ")).unwrap_or_default();
            ("↺", DIM, format!("{whose}what was said of change {change} no longer holds"))
        }
        EventKind::Unattributed { evidence } => ("?", WARN, unattributed(evidence, store, "; ")),
        EventKind::Left { trip, how, .. } => ("←", BOLD, format!("Trip {trip} {}", text::departure(*how))),
        EventKind::Settled(receipt) => ("✓", BOLD, settled(receipt)),
        EventKind::Noticed(notice) => ("!", BAD, notices::notice(notice)),
    };
    let clock = look.paint(DIM, &text::clock(event.time));
    format!("{clock}  {} {what}", look.paint(style, sign))
}

fn handling(verb: &str, handled: &Handled, store: &Store) -> String {
    format!(
        "Trip {} {verb} {} × {}  {}",
        handled.trip,
        handled.quantity,
        text::product_name(store, &handled.product),
        text::percent(handled.probability)
    )
}

/// The change and, after a separator, its best guess.
pub(crate) fn unattributed(evidence: &Evidence, store: &Store, separator: &str) -> String {
    let guess = evidence.alternatives.first().map_or(String::new(), |best| {
        format!(
            "{separator}most likely {}, {}",
            evidence::explanation(best, store),
            text::percent(best.probability)
        )
    });
    format!("{}, given to nobody{guess}", evidence::what_changed(evidence))
}

fn settled(receipt: &Receipt) -> String {
    let lines = text::count(receipt.lines.len() as u64, "line");
    let review = match receipt.review.len() {
        0 => String::new(),
        number => format!(", {number} in review"),
    };
    format!("Trip {} is settled: {lines}, {}{review}", receipt.trip, receipt.total)
}

/// Who is inside with what, followed from the events.
#[derive(Debug, Default)]
pub(crate) struct Floor {
    inside: BTreeSet<TrackId>,
    carts: BTreeMap<TripId, Vec<CartEntry>>,
}

/// Units that one change put into a cart; negative if it took them out.
#[derive(Debug)]
struct CartEntry {
    change: ChangeId,
    /// Who did it: for units that were handed over, the trip that gave them.
    by: TripId,
    units: i64,
}

impl Floor {
    /// Takes an event.
    pub(crate) fn follow(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Entered { trip, track, .. } => {
                self.inside.insert(*track);
                self.carts.entry(*trip).or_default();
            }
            EventKind::Took(handled) => self.put(handled.trip, handled, 1),
            EventKind::PutBack(handled) => self.put(handled.trip, handled, -1),
            EventKind::HandedOver { given, to } => {
                self.put(given.trip, given, -1);
                self.put(*to, given, 1);
            }
            EventKind::Withdrawn { change, trip: Some(by) } => {
                for cart in self.carts.values_mut() {
                    cart.retain(|entry| entry.change != *change || entry.by != *by);
                }
            }
            EventKind::Left { track, .. } => {
                self.inside.remove(track);
            }
            EventKind::Settled(receipt) => {
                self.carts.remove(&receipt.trip);
            }
            EventKind::Withdrawn { trip: None, .. }
            | EventKind::Unattributed { .. }
            | EventKind::Noticed(_) => {}
        }
    }

    fn put(&mut self, cart: TripId, handled: &Handled, sign: i64) {
        let units = sign * i64::from(handled.quantity);
        let entry = CartEntry { change: handled.evidence.change, by: handled.trip, units };
        self.carts.entry(cart).or_default().push(entry);
    }

    /// One line: the clock, how many are inside, and what is in each cart.
    pub(crate) fn status(&self, clock: Time) -> String {
        let inside = match self.inside.len() {
            0 => "nobody inside".to_owned(),
            1 => "1 shopper inside".to_owned(),
            number => format!("{number} shoppers inside"),
        };
        let cart = |(trip, cart): (&TripId, &Vec<CartEntry>)| {
            let units: i64 = cart.iter().map(|entry| entry.units).sum();
            format!(" · Trip {trip}: {}", text::count(u64::try_from(units).unwrap_or(0), "unit"))
        };
        format!("{} · {inside}{}", text::clock(clock), self.carts.iter().map(cart).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use model::{CredentialKind, Departure, Notice, NoticeKind};

    use super::super::samples;
    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    fn events() -> Vec<Event> {
        let (trip, track) = (TripId(1), TrackId(7));
        let handled = |quantity| Handled {
            trip,
            product: "tea".into(),
            quantity,
            probability: 0.9981,
            evidence: Box::new(samples::take()),
        };
        let notice = Notice {
            kind: NoticeKind::DeadPlate,
            subject: "1/5/12".into(),
            count: 1,
            first: samples::moment(),
            last: samples::moment(),
            mend: NoticeKind::DeadPlate.mend(),
        };
        let kinds = [
            EventKind::Entered {
                trip,
                track,
                gate: "entry".into(),
                entered: samples::moment(),
                credential: Some(CredentialKind::Card),
                token: None,
            },
            EventKind::Took(handled(2)),
            EventKind::Withdrawn { change: ChangeId(1), trip: Some(trip) },
            EventKind::Took(handled(3)),
            EventKind::PutBack(handled(1)),
            EventKind::Unattributed { evidence: Box::new(samples::take()) },
            EventKind::Withdrawn { change: ChangeId(1), trip: None },
            EventKind::HandedOver { given: handled(1), to: TripId(2) },
            EventKind::Noticed(notice),
            EventKind::Left { trip, track, left: samples::moment(), how: Departure::Gate },
            EventKind::Settled(Box::new(samples::receipt())),
        ];
        let event = |(sequence, kind): (u64, EventKind)| Event {
            sequence,
            time: samples::moment().plus_seconds(sequence as f64),
            kind,
        };
        (1..).zip(kinds).map(event).collect()
    }

    #[test]
    fn every_event_is_a_line() {
        let store = samples::store();
        let lines: Vec<String> = events().iter().map(|one| event(one, &store, LOOK)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn the_status_follows_shoppers_and_carts() {
        let mut floor = Floor::default();
        let mut lines = vec![floor.status(samples::moment())];
        for event in events() {
            floor.follow(&event);
            lines.push(floor.status(event.time));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }
}
