//! Every event as one line of JSON.

use std::sync::Arc;

use anyhow::Result;
use model::{Event, Store};

use crate::drive::{Totals, View};
use crate::render::{Look, notices};
use crate::screen::Screen;

/// Every event as one line of JSON; notices go to standard error.
pub(super) struct EventLines;

impl View for EventLines {
    fn begin(&mut self, _: &Arc<Store>, _: &mut Screen) -> Result<()> {
        Ok(())
    }

    fn event(&mut self, event: Event, screen: &mut Screen) -> Result<()> {
        screen.print(&(serde_json::to_string(&event)? + "\n"))
    }

    fn end(&mut self, totals: &Totals, screen: &mut Screen) -> Result<()> {
        screen.remark(&notices::notices(totals, Look { colour: false, ..screen.look() }))
    }
}
