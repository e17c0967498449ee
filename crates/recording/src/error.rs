//! Why a recording can't be read or written.

use std::fmt;
use std::io;
use std::path::PathBuf;

use mcap::McapError;
use model::{StoreError, Time};
use thiserror::Error;

use crate::container::MAX_RECORD_BYTES;

/// Why a recording can't be read, or not further.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such file, or it may not be read.
    #[error("{file}: can't be opened: {why}: check the path and its permissions", file = file.display())]
    Open {
        /// The recording.
        file: PathBuf,
        /// What the system said.
        why: io::Error,
    },
    /// The file itself is damaged, or is none of ours.
    #[error("{file}: {place}: {damage}", file = file.display())]
    Damaged {
        /// The recording.
        file: PathBuf,
        /// Where.
        place: Place,
        /// What is wrong.
        damage: Damage,
    },
    /// The first message is not the store.
    #[error(
        "{file}: {place}: the recording does not begin with its store but with {found}: \
         write the store file to topic /store before all records",
        file = file.display()
    )]
    NoStore {
        /// The recording.
        file: PathBuf,
        /// Where.
        place: Place,
        /// What stands there instead.
        found: String,
    },
    /// The store in the recording can't be used.
    #[error("{file}: message on /store: {why}", file = file.display())]
    Store {
        /// The recording.
        file: PathBuf,
        /// What is wrong with it.
        why: StoreError,
    },
}

/// A place in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes from the start of the file to the part (a chunk, mostly) that can't be read.
    pub offset: u64,
    /// Capture time of the last record read before it.
    pub last_record: Option<Time>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}, ", self.offset)?;
        match self.last_record {
            Some(time) => write!(f, "after the record of {time}"),
            None => write!(f, "before the first record"),
        }
    }
}

/// How a file is damaged.
#[derive(Debug, Error)]
pub enum Damage {
    /// It does not start as an MCAP file does.
    #[error("not an MCAP file: give a recording (a foreign one must be imported first)")]
    NotMcap,
    /// It ends too early.
    #[error("cut off in the middle: copy it again from its origin, or salvage what stands before")]
    CutOff,
    /// Some bytes are not what was written.
    #[error("damaged ({0}): copy it again from its origin, or salvage what stands before")]
    Corrupt(String),
    /// One part of it is larger than is read.
    #[error(
        "a chunk or record of {bytes} bytes, and {limit} MiB at most are read: write smaller chunks (1 MiB \
         does well); if its writer did, the file is damaged: copy it again",
        limit = MAX_RECORD_BYTES >> 20
    )]
    TooLarge {
        /// Its length as the file tells it.
        bytes: u64,
    },
    /// Its chunks are packed in a way that is not read here.
    #[error("compressed as \"{0}\": write it with zstd or without compression")]
    Compression(String),
    /// The system could not read it.
    #[error("can't be read: {0}: check the disk")]
    Io(io::Error),
}

impl Damage {
    /// What an error of the container at a byte offset means.
    pub(crate) fn new(error: McapError, offset: u64) -> Self {
        match error {
            McapError::BadMagic | McapError::UnexpectedEof if offset == 0 => Self::NotMcap,
            McapError::BadMagic => Self::Corrupt("does not end as an MCAP file does".to_owned()),
            McapError::UnexpectedEof => Self::CutOff,
            McapError::RecordTooLarge { len, .. } => Self::TooLarge { bytes: len },
            McapError::ChunkTooLarge(bytes) => Self::TooLarge { bytes },
            McapError::UnsupportedCompression(name) => Self::Compression(name),
            McapError::Io(error) => Self::Io(error),
            other => Self::Corrupt(other.to_string()),
        }
    }
}

/// Why a recording can't be written. Nothing stands at its path then.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The disk, a permission, or the limits of the container.
    #[error("{file}: can't be written: {why}: check the folder, its permissions and the space left", file = file.display())]
    File {
        /// The recording.
        file: PathBuf,
        /// What went wrong.
        why: io::Error,
    },
    /// A record that no reader could take.
    #[error("{file}: a record of \"{sensor}\" at {time} {why}", file = file.display())]
    Record {
        /// The recording.
        file: PathBuf,
        /// The record's sensor.
        sensor: String,
        /// The record's time.
        time: Time,
        /// What is wrong with it and how to mend it.
        why: String,
    },
    /// The store has no text form.
    #[error("{file}: the store can't be written as TOML: {why}", file = file.display())]
    Store {
        /// The recording.
        file: PathBuf,
        /// What is wrong with it.
        why: toml::ser::Error,
    },
}
