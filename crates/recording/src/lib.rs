//! Recording (stub).
use model::{Notices, Record, Store};
use std::path::Path;
use std::sync::Arc;

/// Why a recording can't be read.
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct ReadError;
/// Why a recording can't be written.
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct WriteError;

/// Reads a recording record by record, in the order of the file, in memory bounded by one chunk.
#[derive(Debug)]
pub struct RecordingReader {
    store: Arc<Store>,
    notices: Notices,
}
impl RecordingReader {
    /// Opens a recording and reads its store.
    pub fn open(_path: &Path) -> Result<Self, ReadError> {
        Err(ReadError)
    }
    /// The store it was made in.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }
    /// Length of the file and how much of it was read, bytes.
    pub fn progress(&self) -> (u64, u64) {
        (0, 0)
    }
    /// What could not be read and was left out.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }
}
impl Iterator for RecordingReader {
    type Item = Result<Record, ReadError>;
    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

/// Writes a recording; nothing stands at `path` until it is finished.
#[derive(Debug)]
pub struct RecordingWriter {}
impl RecordingWriter {
    /// Starts a recording at `path`.
    pub fn create(_path: &Path, _store: &Store) -> Result<Self, WriteError> {
        Err(WriteError)
    }
    /// Appends a record.
    pub fn write(&mut self, _record: &Record) -> Result<(), WriteError> {
        Err(WriteError)
    }
    /// Completes the file and puts it in its place.
    pub fn finish(self) -> Result<(), WriteError> {
        Err(WriteError)
    }
}
