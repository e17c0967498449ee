//! The messages of an MCAP file, one chunk in memory at a time.
//!
//! Stands on the `mcap` crate's sans-IO reader, but unpacks chunks itself: the crate's own message
//! reader copies every message, and subtracts and slices unchecked where an uncompressed chunk or an
//! attachment lies about a length.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;

use mcap::read::ChannelAccumulator;
use mcap::records::{Record, op};
use mcap::sans_io::{LinearReadEvent, LinearReader, LinearReaderOptions};
use mcap::{McapError, McapResult};

/// No chunk and no record may be longer, bytes: a damaged length must not fill the memory.
pub(crate) const MAX_RECORD_BYTES: usize = 64 << 20;
/// What every MCAP file starts with, bytes.
const MAGIC_BYTES: u64 = mcap::MAGIC.len() as u64;
/// A record's opcode and length, bytes.
const RECORD_HEAD_BYTES: usize = 1 + 8;

/// A message with its channel.
pub(crate) struct Message<'a> {
    pub(crate) channel: Arc<mcap::Channel<'static>>,
    /// Nanoseconds of UTC.
    pub(crate) log_time: u64,
    pub(crate) data: &'a [u8],
}

/// Reads an MCAP file from start to end.
pub(crate) struct Container<R> {
    source: R,
    reader: LinearReader,
    channels: ChannelAccumulator<'static>,
    records: Records,
    start: u64,
    end: u64,
    /// Whether all that comes is the summary, which repeats what is known.
    in_summary: bool,
}

impl<R: Read> Container<R> {
    pub(crate) fn new(source: R) -> Self {
        let options = LinearReaderOptions::default()
            .with_emit_chunks(true)
            .with_record_length_limit(MAX_RECORD_BYTES)
            .with_validate_data_section_crc(true)
            .with_validate_summary_section_crc(true)
            .with_check_finishes_after_end_magic(true);
        Self {
            source,
            reader: LinearReader::new_with_options(options),
            channels: ChannelAccumulator::default(),
            records: Records::default(),
            start: 0,
            end: 0,
            in_summary: false,
        }
    }

    /// Where in the file the chunk (or the record outside of chunks) begins that was read last, or that
    /// could not be read.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// How many bytes of the file were read.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The next message; `None` at the sound end of the file.
    pub(crate) fn next_message(&mut self) -> McapResult<Option<Message<'_>>> {
        let body = loop {
            let Some((opcode, body)) = self.next_record()? else { return Ok(None) };
            if opcode == op::MESSAGE {
                break body;
            }
            self.learn(opcode, body)?;
        };
        let record = mcap::parse_record(op::MESSAGE, &self.records.bytes[body])?;
        let Record::Message { header, data: Cow::Borrowed(data) } = record else {
            return Err(McapError::UnexpectedEoc);
        };
        let channel = self
            .channels
            .get(header.channel_id)
            .ok_or(McapError::UnknownChannel(header.sequence, header.channel_id))?;
        Ok(Some(Message { channel, log_time: header.log_time, data }))
    }

    /// Remembers a schema or a channel; passes over all else.
    fn learn(&mut self, opcode: u8, body: Range<usize>) -> McapResult<()> {
        if !matches!(opcode, op::SCHEMA | op::CHANNEL) {
            return Ok(());
        }
        match mcap::parse_record(opcode, &self.records.bytes[body])? {
            Record::Schema { header, data } => {
                self.channels.add_schema(header, Cow::Owned(data.into_owned()))
            }
            Record::Channel(channel) => self.channels.add_channel(channel),
            _ => Ok(()),
        }
    }

    /// Opcode and body (in `self.records`) of the next schema, channel or message.
    fn next_record(&mut self) -> McapResult<Option<(u8, Range<usize>)>> {
        loop {
            if let Some(record) = self.records.next()? {
                return Ok(Some(record));
            }
            if !self.load()? {
                return Ok(None);
            }
        }
    }

    /// Reads the next chunk, or record outside of chunks; false at the end of the file.
    fn load(&mut self) -> McapResult<bool> {
        self.start = self.end;
        loop {
            let Some(event) = self.reader.next_event() else {
                self.end += MAGIC_BYTES;
                return Ok(false);
            };
            match event? {
                LinearReadEvent::ReadRequest(wanted) => self.fill(wanted)?,
                LinearReadEvent::Record { opcode, data } => {
                    self.end = self.end.max(MAGIC_BYTES) + (RECORD_HEAD_BYTES + data.len()) as u64;
                    match opcode {
                        op::DATA_END => self.in_summary = true,
                        op::CHUNK if !self.in_summary => self.records.unpack(data)?,
                        op::SCHEMA | op::CHANNEL | op::MESSAGE if !self.in_summary => {
                            self.records.hold(opcode, data);
                        }
                        _ => {}
                    }
                    return Ok(true);
                }
            }
        }
    }

    /// Feeds the reader up to `wanted` bytes.
    fn fill(&mut self, wanted: usize) -> McapResult<()> {
        loop {
            match self.source.read(self.reader.insert(wanted)) {
                Ok(count) => {
                    self.reader.notify_read(count);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Records, one after another, that were read but not given out.
#[derive(Default)]
struct Records {
    bytes: Vec<u8>,
    given: usize,
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Records {
    /// Takes a single record.
    fn hold(&mut self, opcode: u8, body: &[u8]) {
        self.bytes.clear();
        self.given = 0;
        self.bytes.push(opcode);
        self.bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(body);
    }

    /// Takes the records of a chunk, which must be whole and have its check sum.
    fn unpack(&mut self, chunk: &[u8]) -> McapResult<()> {
        self.bytes.clear();
        self.given = 0;
        let Record::Chunk { header, data } = mcap::parse_record(op::CHUNK, chunk)? else {
            return Err(McapError::UnexpectedEoc);
        };
        let size = usize::try_from(header.uncompressed_size)
            .ok()
            .filter(|size| *size <= MAX_RECORD_BYTES)
            .ok_or(McapError::ChunkTooLarge(header.uncompressed_size))?;
        match header.compression.as_str() {
            "" => self.bytes.extend_from_slice(&data),
            "zstd" => {
                let zstd = match &mut self.zstd {
                    Some(zstd) => zstd,
                    empty => empty.insert(zstd::bulk::Decompressor::new()?),
                };
                self.bytes.reserve(size);
                zstd.decompress_to_buffer(&data, &mut self.bytes)
                    .map_err(|error| McapError::DecompressionError(error.to_string()))?;
            }
            other => return Err(McapError::UnsupportedCompression(other.to_owned())),
        }
        if self.bytes.len() != size {
            return Err(McapError::UnexpectedEoc);
        }
        let (saved, calculated) = (header.uncompressed_crc, crc32fast::hash(&self.bytes));
        if saved != 0 && saved != calculated {
            return Err(McapError::BadChunkCrc { saved, calculated });
        }
        Ok(())
    }

    /// Opcode and body of the next record; `None` when all were given out.
    fn next(&mut self) -> McapResult<Option<(u8, Range<usize>)>> {
        let rest = &self.bytes[self.given..];
        if rest.is_empty() {
            return Ok(None);
        }
        let (&[opcode, ref length @ ..], rest) =
            rest.split_first_chunk::<RECORD_HEAD_BYTES>().ok_or(McapError::UnexpectedEoc)?;
        let length = usize::try_from(u64::from_le_bytes(*length))
            .ok()
            .filter(|length| *length <= rest.len())
            .ok_or(McapError::UnexpectedEoc)?;
        let start = self.given + RECORD_HEAD_BYTES;
        self.given = start + length;
        Ok(Some((opcode, start..self.given)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use mcap::records::MessageHeader;

    use super::*;

    /// Two messages in an uncompressed chunk whose bytes nothing vouches for.
    fn without_check_sums() -> Vec<u8> {
        let mut bytes = Vec::new();
        let options = mcap::WriteOptions::new()
            .compression(None)
            .calculate_chunk_crcs(false)
            .calculate_data_section_crc(false)
            .calculate_summary_section_crc(false);
        let mut mcap = options.create(Cursor::new(&mut bytes)).unwrap();
        let schema = mcap.add_schema("letter", "text", b"abc").unwrap();
        let channel_id = mcap.add_channel(schema, "/letters", "text", &BTreeMap::new()).unwrap();
        for sequence in 0..2 {
            let header = MessageHeader { channel_id, sequence, log_time: 1, publish_time: 1 };
            mcap.write_to_known_channel(&header, b"Dear shop").unwrap();
        }
        mcap.finish().unwrap();
        drop(mcap);
        bytes
    }

    fn count(bytes: &[u8]) -> McapResult<u32> {
        let mut container = Container::new(bytes);
        let mut count = 0;
        while container.next_message()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn lies_about_kinds_and_lengths_end_in_a_result() {
        let bytes = without_check_sums();
        assert_eq!(count(&bytes).unwrap(), 2);
        let mut refused = 0;
        for place in 0..bytes.len() {
            for value in 0..=255 {
                let mut broken = bytes.clone();
                broken[place] = value;
                // Without check sums nobody can tell what comes out: only that it does, without a panic.
                refused += u32::from(count(&broken).is_err());
            }
        }
        assert!(refused > 1000, "{refused}");
    }
}
