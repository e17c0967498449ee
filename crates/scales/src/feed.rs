//! Samples of one controller to block means, all plates side by side: the hot loop.

use std::sync::Arc;

use model::{NoticeKind, Notices, PlateBatch, PlateId, PlateIndex, Store, Time};

/// Length of a block, seconds: long enough to average out most of the 10–30 Hz ringing of a shelf, short
/// enough that a change is told within half a second.
pub const BLOCK_S: f64 = 0.1;

/// A gap between samples up to this many intervals is jitter of the controller's clock, not loss.
const JITTER_INTERVALS: f64 = 1.5;

/// A column whose plate is not in the store.
const UNKNOWN: u32 = u32::MAX;

/// When a block was sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// When its first sample was captured.
    pub(crate) start: Time,
    /// When its last sample was captured.
    pub(crate) end: Time,
}

/// The running block of one controller.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    columns: Arc<[PlateId]>,
    /// The plate of each column, or [`UNKNOWN`].
    plates: Vec<u32>,
    interval_nanos: i64,
    block_samples: u32,
    filled: u32,
    block: Block,
    /// What is subtracted from each column, so that single precision holds the differences.
    reference: Vec<f32>,
    /// Sum of the differences over the running block.
    sum: Vec<f32>,
    /// Means of the last closed block.
    mean: Vec<f32>,
    /// Time of the newest sample.
    newest: Option<Time>,
    /// Samples of unknown plates not yet counted, and since when.
    unknown: (u64, Time),
}

impl Feed {
    pub(crate) fn new(batch: &PlateBatch, store: &Store) -> Self {
        let interval_nanos = batch.sample_interval_nanos();
        let width = batch.plates().len();
        Self {
            columns: Arc::clone(batch.plates()),
            plates: batch
                .plates()
                .iter()
                .map(|id| store.plate_index(*id).map_or(UNKNOWN, |plate| plate.0))
                .collect(),
            interval_nanos,
            block_samples: ((BLOCK_S * 1e9 / interval_nanos as f64).round() as u32).max(1),
            filled: 0,
            block: Block { start: batch.first_sample(), end: batch.first_sample() },
            reference: batch.grams()[..width].iter().map(|grams| zero_if_bad(*grams)).collect(),
            sum: vec![0.0; width],
            mean: vec![0.0; width],
            newest: None,
            unknown: (0, batch.first_sample()),
        }
    }

    /// Whether the batch has the same columns at the same rate as those before it.
    pub(crate) fn fits(&self, batch: &PlateBatch) -> bool {
        let same = Arc::ptr_eq(&self.columns, batch.plates()) || self.columns == *batch.plates();
        same && self.interval_nanos == batch.sample_interval_nanos()
    }

    /// Looks at a batch before its samples are taken, counts what is wrong with it, and gives the first
    /// sample to take: those not newer than what was taken before are left out.
    pub(crate) fn begin(&mut self, batch: &PlateBatch, notices: &mut Notices) -> usize {
        self.unknown.0 += batch.sample_count() as u64;
        self.count_bad_samples(batch, notices);
        let Some(newest) = self.newest else { return 0 };
        let gap = batch.first_sample().nanos_since(newest);
        let interval = self.interval_nanos;
        if gap as f64 > JITTER_INTERVALS * interval as f64 {
            let missing = (gap / interval - 1).max(1) as u64;
            notices.add(NoticeKind::MissingSamples, batch.sensor().as_str(), missing, newest);
            self.restart_block();
            0
        } else if gap <= 0 {
            let old = (-gap / interval) as usize + 1;
            let old = old.min(batch.sample_count());
            notices.add(NoticeKind::Late, batch.sensor().as_str(), old as u64, batch.first_sample());
            old
        } else {
            0
        }
    }

    /// Adds samples from number `from` on, up to the end of the block or of the batch; gives the next one.
    pub(crate) fn accumulate(&mut self, batch: &PlateBatch, from: usize) -> usize {
        let width = self.sum.len();
        let time = |sample: usize| batch.first_sample().plus_nanos(self.interval_nanos * sample as i64);
        let until = batch.sample_count().min(from + (self.block_samples - self.filled) as usize);
        if self.filled == 0 {
            self.block.start = time(from);
        }
        self.block.end = time(until - 1);
        self.newest = Some(self.block.end);
        self.filled += (until - from) as u32;
        for row in batch.grams()[from * width..until * width].chunks_exact(width) {
            for ((sum, reference), grams) in self.sum.iter_mut().zip(&self.reference).zip(row) {
                *sum += grams - reference;
            }
        }
        until
    }

    pub(crate) fn block_is_full(&self) -> bool {
        self.filled == self.block_samples
    }

    /// Makes the means of the block and starts the next one.
    pub(crate) fn close_block(&mut self) -> Block {
        let share = 1.0 / self.block_samples as f32;
        for ((mean, sum), reference) in self.mean.iter_mut().zip(&self.sum).zip(&mut self.reference) {
            *mean = *reference + sum * share;
            *reference = if mean.is_finite() { *mean } else { *reference };
        }
        self.restart_block();
        self.block
    }

    /// The means of the last closed block, grams; not finite where a sample was not.
    pub(crate) fn means(&self) -> impl Iterator<Item = (PlateIndex, f32)> {
        self.plates
            .iter()
            .zip(&self.mean)
            .filter(|(plate, _)| **plate != UNKNOWN)
            .map(|(plate, mean)| (PlateIndex(*plate), *mean))
    }

    /// Counts the samples of plates that the store does not have.
    pub(crate) fn count_unknown(&self, notices: &mut Notices) {
        let (count, since) = self.unknown;
        for (id, _) in self.columns.iter().zip(&self.plates).filter(|(_, plate)| **plate == UNKNOWN) {
            notices.add(NoticeKind::UnknownPlate, &id.to_string(), count, since);
            notices.add(NoticeKind::UnknownPlate, &id.to_string(), 0, self.newest.unwrap_or(since));
        }
    }

    fn restart_block(&mut self) {
        self.filled = 0;
        self.sum.fill(0.0);
    }

    fn count_bad_samples(&self, batch: &PlateBatch, notices: &mut Notices) {
        // No short cut at the first bad value, so that the loop runs on vectors: it nearly always ends well.
        if batch.grams().iter().fold(true, |good, grams| good & grams.is_finite()) {
            return;
        }
        for (column, id) in
            self.columns.iter().enumerate().filter(|(column, _)| self.plates[*column] != UNKNOWN)
        {
            let samples = batch.grams()[column..].iter().step_by(self.columns.len());
            let bad = samples.filter(|grams| !grams.is_finite()).count();
            if bad > 0 {
                notices.add(NoticeKind::NotANumber, &id.to_string(), bad as u64, batch.time());
            }
        }
    }
}

fn zero_if_bad(grams: f32) -> f32 {
    if grams.is_finite() { grams } else { 0.0 }
}
