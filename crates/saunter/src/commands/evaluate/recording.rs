//! A recording's receipts against the truth.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use evaluation::{Scores, Verdict, read_truth, score};
use model::{Event, EventKind, Receipt, Store, Truth};

use crate::commands::read_text;
use crate::drive::{Totals, View, drive};
use crate::feed::Input;
use crate::pace::Speed;
use crate::render::{self, Look, notices};
use crate::screen::Screen;

/// Replays a recording and scores its receipts.
pub(super) fn run(input: &Input, truth: &Path, json: bool, require_exact: bool) -> Result<ExitCode> {
    let text = read_text(truth)?;
    let truth = read_truth(&text).map_err(|why| anyhow!("{}: {why}", truth.display()))?;
    let mut screen = Screen::new();
    let mut view = Collect { truth, json, store: None, receipts: Vec::new(), exact: false };
    drive(input, Speed::Max, &mut view, &mut screen)?;
    screen.finish()?;
    Ok(if view.exact || !require_exact { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Collects the receipts and scores them at the end.
struct Collect {
    truth: Truth,
    json: bool,
    store: Option<Arc<Store>>,
    receipts: Vec<Receipt>,
    /// Whether every receipt turned out exact.
    exact: bool,
}

impl View for Collect {
    fn begin(&mut self, store: &Arc<Store>, _: &mut Screen) -> Result<()> {
        self.store = Some(Arc::clone(store));
        Ok(())
    }

    fn event(&mut self, event: Event, _: &mut Screen) -> Result<()> {
        if let EventKind::Settled(mut receipt) = event.kind {
            // Only what is charged counts here: a day of evidence would fill the memory.
            receipt.lines.iter_mut().chain(&mut receipt.review).for_each(|line| line.evidence.clear());
            self.receipts.push(*receipt);
        }
        Ok(())
    }

    fn end(&mut self, totals: &Totals, screen: &mut Screen) -> Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        let scores: Scores = score(&self.receipts, &self.truth, store);
        self.exact = scores.per_trip.iter().all(|trip| trip.verdict == Verdict::Exact);
        let look = screen.look();
        if self.json {
            screen.print(&(serde_json::to_string_pretty(&scores)? + "\n"))?;
            return screen.remark(&notices::notices(totals, Look { colour: false, ..look }));
        }
        screen.print(&render::scores::scores(&scores, store, look))?;
        screen.print(&notices::notices(totals, look))
    }
}
