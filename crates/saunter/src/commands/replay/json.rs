//! Receipts and notices as one JSON document.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use model::{ChangeId, Currency, Event, EventKind, Evidence, Notice, Receipt, Store, Time};
use serde::Serialize;

use crate::drive::{Totals, View};
use crate::screen::Screen;

/// What a recording came to, for programs.
#[derive(Serialize)]
pub(super) struct Document {
    /// Name of the file.
    recording: String,
    store: Option<StoreHead>,
    span: Span,
    receipts: Vec<Receipt>,
    /// Changes that nobody was given in the end, by id.
    #[serde(serialize_with = "values")]
    unattributed: BTreeMap<ChangeId, Evidence>,
    notices: Vec<Notice>,
    /// For each channel with messages that could not be read: why the first could not.
    unreadable: BTreeMap<String, String>,
    /// Why a salvaged recording ended before its time.
    damage: Option<String>,
}

#[derive(Serialize)]
struct StoreHead {
    name: String,
    currency: Currency,
}

#[derive(Default, Serialize)]
struct Span {
    /// Earliest capture time; none without records.
    from: Option<Time>,
    /// Latest capture time; none without records.
    to: Option<Time>,
    records: u64,
}

fn values<S: serde::Serializer>(map: &BTreeMap<ChangeId, Evidence>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(map.values())
}

impl Document {
    pub(super) fn new(recording: String) -> Self {
        Self {
            recording,
            store: None,
            span: Span::default(),
            receipts: Vec::new(),
            unattributed: BTreeMap::new(),
            notices: Vec::new(),
            unreadable: BTreeMap::new(),
            damage: None,
        }
    }
}

impl View for Document {
    fn begin(&mut self, store: &Arc<Store>, _: &mut Screen) -> Result<()> {
        self.store = Some(StoreHead { name: store.name().to_owned(), currency: store.currency() });
        Ok(())
    }

    fn event(&mut self, event: Event, _: &mut Screen) -> Result<()> {
        match event.kind {
            EventKind::Settled(receipt) => self.receipts.push(*receipt),
            EventKind::Unattributed { evidence } => {
                self.unattributed.insert(evidence.change, *evidence);
            }
            EventKind::Withdrawn { change, trip: None } => {
                self.unattributed.remove(&change);
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, totals: &Totals, screen: &mut Screen) -> Result<()> {
        let (from, to) = totals.span.unzip();
        self.span = Span { from, to, records: totals.records };
        self.notices = totals.notices.iter().collect();
        self.unreadable.clone_from(&totals.unreadable);
        self.damage.clone_from(&totals.damage);
        screen.print(&(serde_json::to_string_pretty(self)? + "\n"))
    }
}
