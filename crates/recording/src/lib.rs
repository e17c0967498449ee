//! Recordings of a store as MCAP files, and the import of foreign ones.
//!
//! **Its one job:** [`model::Record`]s into a file and out of it again, unchanged. A recording is an
//! [MCAP](https://mcap.dev) file that Foxglove and Rerun open: one channel per sensor, protocol buffer
//! messages (`proto/saunter.proto`) with their schema embedded, zstd-compressed chunks, and the store
//! itself as the first message. `docs/recording-format.md` tells a stranger how to write one.
//!
//! **The way in:** [`RecordingReader::open`] and [`RecordingWriter::create`];
//! [`import_autocheckout`] turns an AutoCheckout store's data into a recording.
//!
//! **What it never does:** put records in order, decide anything, or pass on what it could not read:
//! that is left out and counted ([`RecordingReader::notices`]) or, where the file itself is damaged, an
//! error. It writes no half file: nothing stands at a path until the recording is whole.

mod autocheckout;
mod channel;
mod container;
mod error;
mod reader;
mod wire;
mod writer;

pub use autocheckout::{AutocheckoutOptions, ImportError, ImportSummary, import_autocheckout};
pub use error::{Damage, Place, ReadError, WriteError};
pub use reader::RecordingReader;
pub use writer::RecordingWriter;
