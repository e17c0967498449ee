//! Engine.
use model::{Event, Notices, Record, Store};
use std::sync::Arc;

/// The engine.
#[derive(Debug)]
pub struct Engine {
    notices: Notices,
}

impl Engine {
    /// New.
    pub fn new(_store: Arc<Store>) -> Self {
        Self { notices: Notices::default() }
    }
    /// Takes a record, in the order in which records arrive, and appends what it concludes.
    pub fn push(&mut self, _record: Record, _events: &mut Vec<Event>) {}
    /// Takes the end of all records: works off what still waits, and closes trips still open.
    pub fn finish(&mut self, _events: &mut Vec<Event>) {}
    /// What was wrong with the records so far.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }
}
