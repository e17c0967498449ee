//! Writing a recording.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mcap::records::MessageHeader;
use mcap::{McapError, McapResult};
use model::{People, PlateId, Record, SensorId, Store};
use tempfile::NamedTempFile;

use crate::channel::{ChannelKind, PROTOBUF, STORE_TOPIC};
use crate::error::WriteError;
use crate::wire;

/// Records of this many bytes are compressed together, and lost together where a file is damaged.
const CHUNK_BYTES: u64 = 1 << 20;

/// Writes a recording; nothing stands at its path until it is finished.
///
/// The same records give the same file, byte for byte. Dropped without [`Self::finish`], it leaves
/// nothing behind.
pub struct RecordingWriter {
    path: PathBuf,
    mcap: mcap::Writer<BufWriter<NamedTempFile>>,
    /// Waits for the time of the first record, so that viewers do not show an age of nothing before it.
    store: Option<Vec<u8>>,
    channels: HashMap<(ChannelKind, SensorId), Channel>,
    /// The step of the scales' converters, if batches are to be packed by it.
    step_g: Option<f32>,
    /// Whether something could not be written, so that the file is not whole.
    failed: bool,
}

struct Channel {
    id: u16,
    sequence: u32,
    /// Columns that were found right.
    columns: Option<Arc<[PlateId]>>,
}

impl RecordingWriter {
    /// Starts a recording at `path`, made in `store`.
    ///
    /// # Errors
    /// [`WriteError`] if no file can be made beside `path`.
    pub fn create(path: &Path, store: &Store) -> Result<Self, WriteError> {
        let toml =
            toml::to_string(store.file()).map_err(|why| WriteError::Store { file: path.to_owned(), why })?;
        let options = mcap::WriteOptions::new()
            .profile("saunter")
            .library(concat!("saunter ", env!("CARGO_PKG_VERSION")))
            .chunk_size(Some(CHUNK_BYTES))
            // Threads would split the chunks by the number of processors.
            .compression_threads(0);
        let mcap = temporary(path)
            .map_err(McapError::from)
            .and_then(|file| options.create(BufWriter::new(file)))
            .map_err(|error| cant_write(path, error))?;
        let store = Some(wire::encode_store(toml));
        Ok(Self { path: path.to_owned(), mcap, store, channels: HashMap::new(), step_g: None, failed: false })
    }

    /// Packs weights that are all whole multiples of this many grams, the step of the scales' converters, as changes
    /// in steps. They come back to the last bit in half of the space, but a viewer can't plot them as they lie.
    #[must_use]
    pub fn pack_steps_of(mut self, step_g: f32) -> Self {
        self.step_g = Some(step_g);
        self
    }

    /// Appends a record.
    ///
    /// Records should come in the order of their capture; a reader gives them back in the order in which
    /// they were written.
    ///
    /// # Errors
    /// [`WriteError::Record`] for a record that no reader could take; it is left out, and others may
    /// follow. [`WriteError::File`] if the disk refuses; the recording can't be finished then.
    pub fn write(&mut self, record: &Record) -> Result<(), WriteError> {
        self.check(record)?;
        self.append(record).map_err(|error| {
            self.failed = true;
            cant_write(&self.path, error)
        })
    }

    /// Draws people as stick figures for viewers that know Foxglove's schemas. Readers of recordings pass them over.
    ///
    /// # Errors
    /// [`WriteError::File`] if the disk refuses; the recording can't be finished then.
    pub fn draw(&mut self, people: &People) -> Result<(), WriteError> {
        let log_time = people.time.nanos().unsigned_abs();
        let drawn =
            self.put(ChannelKind::Scene, &people.sensor, log_time, &wire::scene::encode(people)).map(|_| ());
        drawn.map_err(|error| {
            self.failed = true;
            cant_write(&self.path, error)
        })
    }

    /// Completes the file, brings it to the disk and puts it in its place, over what stood there.
    ///
    /// # Errors
    /// [`WriteError::File`] if the disk refuses.
    pub fn finish(self) -> Result<(), WriteError> {
        let path = self.path.clone();
        self.finish_file().map_err(|error| cant_write(&path, error))
    }

    fn finish_file(mut self) -> McapResult<()> {
        if self.failed {
            return Err(McapError::AttemptedWriteAfterFailure);
        }
        self.write_store(0)?;
        self.mcap.finish()?;
        let file = self.mcap.into_inner().into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        sync_folder(&self.path)?;
        Ok(())
    }

    fn check(&mut self, record: &Record) -> Result<(), WriteError> {
        let known = self.channels.get(&(ChannelKind::of(record), record.sensor().clone()));
        let known = known.and_then(|channel| channel.columns.as_ref());
        let checked = wire::check(record).and_then(|()| match record {
            Record::Plates(batch) if !known.is_some_and(|known| Arc::ptr_eq(known, batch.plates())) => {
                wire::check_columns(batch.plates())
            }
            _ => Ok(()),
        });
        checked.map_err(|why| WriteError::Record {
            file: self.path.clone(),
            sensor: record.sensor().to_string(),
            time: record.time(),
            why: why.to_string(),
        })
    }

    fn append(&mut self, record: &Record) -> McapResult<()> {
        let log_time = record.time().nanos().unsigned_abs();
        let message = wire::encode(record, self.step_g);
        let channel = self.put(ChannelKind::of(record), record.sensor(), log_time, &message)?;
        if let Record::Plates(batch) = record {
            channel.columns = Some(Arc::clone(batch.plates()));
        }
        Ok(())
    }

    /// Appends a message to the channel of a sensor.
    fn put(
        &mut self,
        kind: ChannelKind,
        sensor: &SensorId,
        log_time: u64,
        message: &[u8],
    ) -> McapResult<&mut Channel> {
        self.write_store(log_time)?;
        let channel = match self.channels.entry((kind, sensor.clone())) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let id = add_channel(&mut self.mcap, kind, &kind.topic(sensor.as_str()))?;
                entry.insert(Channel { id, sequence: 0, columns: None })
            }
        };
        let header = MessageHeader {
            channel_id: channel.id,
            sequence: channel.sequence,
            log_time,
            publish_time: log_time,
        };
        channel.sequence = channel.sequence.wrapping_add(1);
        self.mcap.write_to_known_channel(&header, message)?;
        Ok(channel)
    }

    /// Writes the store, if it was not yet.
    fn write_store(&mut self, log_time: u64) -> McapResult<()> {
        let Some(store) = self.store.take() else { return Ok(()) };
        let channel_id = add_channel(&mut self.mcap, ChannelKind::Store, STORE_TOPIC)?;
        let header = MessageHeader { channel_id, sequence: 0, log_time, publish_time: log_time };
        self.mcap.write_to_known_channel(&header, &store)
    }
}

impl fmt::Debug for RecordingWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

fn add_channel<W: io::Write + io::Seek>(
    mcap: &mut mcap::Writer<W>,
    kind: ChannelKind,
    topic: &str,
) -> McapResult<u16> {
    let schema = mcap.add_schema(kind.schema_name(), PROTOBUF, kind.descriptors())?;
    mcap.add_channel(schema, topic, PROTOBUF, &BTreeMap::new())
}

fn cant_write(path: &Path, error: McapError) -> WriteError {
    let why = match error {
        McapError::Io(error) => error,
        other => io::Error::other(other),
    };
    WriteError::File { file: path.to_owned(), why }
}

/// A file in the folder of `path` that vanishes unless it is put in its place.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".recording-").suffix(".part");
    // As any new file: readable as the user's mask says, not for the user alone as temporary files are.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder(path))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Brings the file's name to the disk too; where folders can't be opened (Windows), the system does.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
}
