//! Receipts as tables, each when it is settled.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use model::{ChangeId, Event, EventKind, Store};

use crate::drive::{Totals, View};
use crate::render::{self, BOLD, Look, evidence, live, notices, text};
use crate::screen::Screen;

/// Changes listed that nobody was given; the others are counted.
const UNATTRIBUTED_SHOWN_MAX: usize = 10;

/// Receipts as tables, each when it is settled.
pub(super) struct Tables {
    recording: String,
    explain: bool,
    store: Option<Arc<Store>>,
    trips: u64,
    /// What nobody was given so far, as text.
    unattributed: BTreeMap<ChangeId, String>,
}

impl Tables {
    pub(super) fn new(recording: String, explain: bool) -> Self {
        Self { recording, explain, store: None, trips: 0, unattributed: BTreeMap::new() }
    }

    /// The receipt or evidence that an event brings, if any.
    fn page(&mut self, event: Event, look: Look) -> Option<String> {
        let store = self.store.as_ref()?;
        match event.kind {
            EventKind::Settled(receipt) => {
                self.trips += 1;
                Some(render::receipt::receipt(&receipt, store, self.explain, look))
            }
            EventKind::Unattributed { evidence } => {
                let text = if self.explain {
                    evidence::unattributed(&evidence, store, look)
                } else {
                    format!("  {}\n", live::unattributed(&evidence, store, ";\n    "))
                };
                self.unattributed.insert(evidence.change, text);
                None
            }
            EventKind::Withdrawn { change, trip: None } => {
                self.unattributed.remove(&change);
                None
            }
            _ => None,
        }
    }
}

impl View for Tables {
    fn begin(&mut self, store: &Arc<Store>, screen: &mut Screen) -> Result<()> {
        self.store = Some(Arc::clone(store));
        screen.print(&head(store, &self.recording, screen.look()))
    }

    fn event(&mut self, event: Event, screen: &mut Screen) -> Result<()> {
        match self.page(event, screen.look()) {
            Some(page) => screen.print(&format!("\n{page}")),
            None => Ok(()),
        }
    }

    fn end(&mut self, totals: &Totals, screen: &mut Screen) -> Result<()> {
        screen.print(&unattributed(&self.unattributed, screen.look()))?;
        screen.print(&tail(totals, self.trips, screen.look()))
    }
}

/// `Corner · quick-visit.mcap`
pub(super) fn head(store: &Store, recording: &str, look: Look) -> String {
    format!("{} · {}\n", look.paint(BOLD, &text::plain(store.name())), text::plain(recording))
}

fn unattributed(changes: &BTreeMap<ChangeId, String>, look: Look) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let shown: String = changes.values().take(UNATTRIBUTED_SHOWN_MAX).map(String::as_str).collect();
    let rest = match changes.len().saturating_sub(UNATTRIBUTED_SHOWN_MAX) {
        0 => String::new(),
        rest => format!("  and {rest} more\n"),
    };
    format!("\n{}\n{shown}{rest}", look.paint(BOLD, "Changes that nobody was given"))
}

/// What was wrong, and the totals in one line.
pub(super) fn tail(totals: &Totals, trips: u64, look: Look) -> String {
    let mut page = String::from("\n");
    if trips == 0 {
        page += "No trip in this recording: nobody came in.\n\n";
    }
    let notices = notices::notices(totals, look);
    if !notices.is_empty() {
        page += &format!("{notices}\n");
    }
    let span = totals.span.map_or("no time at all".to_owned(), |(from, to)| {
        format!("{} UTC, {}", text::span(from, to), text::duration(to.seconds_since(from)))
    });
    let totals =
        format!("{span} · {} · {}", text::count(trips, "trip"), text::count(totals.records, "record"));
    page + &look.paint(BOLD, &totals) + "\n"
}

#[cfg(test)]
mod tests {
    use model::{Handled, TripId};

    use super::*;
    use crate::render::samples;

    #[test]
    fn a_change_is_nobodys_until_that_is_withdrawn() {
        let mut tables = Tables::new("day.mcap".into(), false);
        tables.store = Some(Arc::new(samples::store()));
        let mut take = |kind: EventKind| {
            tables.page(
                Event { sequence: 1, time: samples::moment(), kind },
                Look { width: 90, colour: false },
            );
            tables.unattributed.len()
        };
        let evidence = || Box::new(samples::take());
        let change = evidence().change;
        // Two hands at one shelf: the part of the one is known, that of the other is not.
        let took = Handled {
            trip: TripId(1),
            product: "tea".into(),
            quantity: 1,
            probability: 0.99,
            evidence: evidence(),
        };
        assert_eq!(take(EventKind::Unattributed { evidence: evidence() }), 1);
        assert_eq!(take(EventKind::Took(took)), 1);
        assert_eq!(take(EventKind::Withdrawn { change, trip: Some(TripId(1)) }), 1);
        assert_eq!(take(EventKind::Withdrawn { change, trip: None }), 0);
    }
}
