//! The records of a recording in the order of its file, decoded here or ahead on a second thread.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Result, anyhow};
use model::{Record, Store};
use recording::{ReadError, RecordingReader};

/// Records that go to the other thread at once.
const BATCH_RECORDS: usize = 64;
/// Batches that may wait; bounds the memory.
const BATCHES_WAITING_MAX: usize = 8;

/// A recording to read.
#[derive(Debug, clap::Args)]
pub(crate) struct Input {
    /// The recording, an MCAP file
    pub(crate) file: PathBuf,
    /// Threads to use: with 2, records are decoded ahead. The result is the same
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) threads: u8,
    /// Read a damaged file up to its damage, and say so
    #[arg(long)]
    pub(crate) salvage: bool,
}

/// The records of a recording, in the order of its file.
pub(crate) struct Feed {
    store: Arc<Store>,
    length_bytes: u64,
    source: Source,
}

enum Source {
    Here(Box<RecordingReader>),
    Ahead(Ahead),
}

/// Records decoded by another thread.
struct Ahead {
    batches: Receiver<Batch>,
    current: std::vec::IntoIter<Result<Record, ReadError>>,
    read_bytes: u64,
    decoder: JoinHandle<RecordingReader>,
}

struct Batch {
    records: Vec<Result<Record, ReadError>>,
    /// How much of the file was read when the batch was complete.
    read_bytes: u64,
}

impl Feed {
    /// Opens a recording.
    pub(crate) fn open(input: &Input) -> Result<Self> {
        let reader = if input.salvage {
            RecordingReader::open_salvaging(&input.file)?
        } else {
            RecordingReader::open(&input.file)?
        };
        let store = Arc::clone(reader.store());
        let (_, length_bytes) = reader.progress();
        let source = match input.threads {
            1 => Source::Here(Box::new(reader)),
            _ => Source::Ahead(Ahead::start(reader)?),
        };
        Ok(Self { store, length_bytes, source })
    }

    /// The store that the recording was made in.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Length of the file, bytes.
    pub(crate) fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// How much of the file was read, bytes.
    pub(crate) fn read_bytes(&self) -> u64 {
        match &self.source {
            Source::Here(reader) => reader.progress().0,
            Source::Ahead(ahead) => ahead.read_bytes,
        }
    }

    /// The reader, to be asked what it left out; to be called after the last record.
    pub(crate) fn into_reader(self) -> Result<RecordingReader> {
        match self.source {
            Source::Here(reader) => Ok(*reader),
            Source::Ahead(ahead) => {
                ahead.decoder.join().map_err(|_| anyhow!("the decoding thread broke off: try --threads 1"))
            }
        }
    }
}

impl Iterator for Feed {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Here(reader) => reader.next(),
            Source::Ahead(ahead) => ahead.next(),
        }
    }
}

impl Ahead {
    fn start(reader: RecordingReader) -> Result<Self> {
        let (sender, batches) = sync_channel(BATCHES_WAITING_MAX);
        let decoder =
            std::thread::Builder::new().name("decoder".to_owned()).spawn(move || decode(reader, &sender))?;
        Ok(Self { batches, current: Vec::new().into_iter(), read_bytes: 0, decoder })
    }

    fn next(&mut self) -> Option<Result<Record, ReadError>> {
        loop {
            if let Some(record) = self.current.next() {
                return Some(record);
            }
            let batch = self.batches.recv().ok()?;
            self.read_bytes = batch.read_bytes;
            self.current = batch.records.into_iter();
        }
    }
}

/// Decodes until the end, or until nobody listens any more.
fn decode(mut reader: RecordingReader, sender: &SyncSender<Batch>) -> RecordingReader {
    loop {
        let records: Vec<_> = reader.by_ref().take(BATCH_RECORDS).collect();
        let (read_bytes, _) = reader.progress();
        if records.is_empty() || sender.send(Batch { records, read_bytes }).is_err() {
            return reader;
        }
    }
}
