//! The store as it happens.

use std::sync::Arc;

use anyhow::Result;
use model::{Event, EventKind, Receipt, Store, Time};

use super::tables::{head, tail};
use crate::drive::{Totals, View};
use crate::render::{self, live, live::Floor};
use crate::screen::Screen;

/// A line for every event, a status line, and the receipts at the end.
pub(super) struct Live {
    recording: String,
    explain: bool,
    store: Option<Arc<Store>>,
    floor: Floor,
    receipts: Vec<Receipt>,
}

impl Live {
    pub(super) fn new(recording: String, explain: bool) -> Self {
        Self { recording, explain, store: None, floor: Floor::default(), receipts: Vec::new() }
    }
}

impl View for Live {
    fn begin(&mut self, store: &Arc<Store>, screen: &mut Screen) -> Result<()> {
        self.store = Some(Arc::clone(store));
        screen.print(&(head(store, &self.recording, screen.look()) + "\n"))?;
        screen.start_status();
        Ok(())
    }

    fn clock(&mut self, time: Time, screen: &mut Screen) {
        screen.set_status(|| self.floor.status(time));
    }

    fn event(&mut self, event: Event, screen: &mut Screen) -> Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        self.floor.follow(&event);
        screen.print(&(live::event(&event, store, screen.look()) + "\n"))?;
        if let EventKind::Settled(receipt) = event.kind {
            self.receipts.push(*receipt);
        }
        Ok(())
    }

    fn end(&mut self, totals: &Totals, screen: &mut Screen) -> Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        for receipt in &self.receipts {
            let page = render::receipt::receipt(receipt, store, self.explain, screen.look());
            screen.print(&format!("\n{page}"))?;
        }
        screen.print(&tail(totals, self.receipts.len() as u64, screen.look()))
    }
}
