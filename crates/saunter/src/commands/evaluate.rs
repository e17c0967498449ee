//! `saunter evaluate`

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use evaluation::{Scores, Verdict, read_truth, score};
use model::{Event, EventKind, Receipt, Store, Truth};

use crate::drive::{Totals, View, drive};
use crate::feed::Input;
use crate::pace::Speed;
use crate::render::{self, Look, notices};
use crate::screen::Screen;

/// Replay a recording and score its receipts against what really happened
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// What really happened, a TOML file
    #[arg(long)]
    truth: PathBuf,
    /// Write the figures as JSON, for programs
    #[arg(long)]
    json: bool,
    /// Exit with 1 unless every receipt is exact
    #[arg(long)]
    require_exact: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let truth = read_truth(&super::read_text(&arguments.truth)?)
        .map_err(|why| anyhow!("{}: {why}", arguments.truth.display()))?;
    let mut screen = Screen::new();
    let mut view = Collect { truth, json: arguments.json, store: None, receipts: Vec::new(), exact: false };
    drive(&arguments.input, Speed::Max, &mut view, &mut screen)?;
    screen.finish()?;
    Ok(if view.exact || !arguments.require_exact { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
