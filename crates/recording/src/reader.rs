//! Reading a recording.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mcap::McapError;
use model::{NoticeKind, Notices, Record, SensorId, Store, Time};

use crate::channel::{ChannelKind, STORE_TOPIC, recognise};
use crate::container::Container;
use crate::error::{Damage, Place, ReadError};
use crate::wire::{Columns, decode, decode_store};

/// Bytes that are read from the disk at a time, where the container does not ask for more.
const BUFFER_BYTES: usize = 64 << 10;

/// Reads a recording record by record, in the order of the file.
///
/// Takes memory for two chunks (about 2 MiB for a recording of ours), however long the recording is.
/// After an error it ends. Messages and channels that are not understood are left out and counted, see
/// [`Self::notices`].
pub struct RecordingReader {
    file: PathBuf,
    bytes: u64,
    container: Container<BufReader<File>>,
    store: Arc<Store>,
    /// By the number of the channel; nothing for channels of no kind known here.
    channels: HashMap<u16, Option<Channel>>,
    notices: Notices,
    reasons: BTreeMap<String, String>,
    last_record: Option<Time>,
    salvage: bool,
    damage: Option<ReadError>,
    ended: bool,
}

/// A channel of ours.
struct Channel {
    kind: ChannelKind,
    sensor: SensorId,
    columns: Columns,
}

impl RecordingReader {
    /// Opens a recording and reads its store.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be opened, is no recording or damaged at its beginning, or if its
    /// store can't be used.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Self::open_with(path, false)
    }

    /// Opens a recording that may be damaged, say cut off by a power cut: its records come up to the
    /// damage (up to the last whole chunk), then it ends as if it were whole, with the damage in
    /// [`Self::damage`] and counted in [`Self::notices`].
    ///
    /// # Errors
    /// As [`Self::open`]: without a store there is nothing to salvage.
    pub fn open_salvaging(path: &Path) -> Result<Self, ReadError> {
        Self::open_with(path, true)
    }

    fn open_with(path: &Path, salvage: bool) -> Result<Self, ReadError> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (bytes, file) = opened.map_err(|why| ReadError::Open { file: path.to_owned(), why })?;
        let mut container = Container::new(BufReader::with_capacity(BUFFER_BYTES, file));
        let store = Arc::new(read_store(path, &mut container)?);
        Ok(Self {
            file: path.to_owned(),
            bytes,
            container,
            store,
            channels: HashMap::new(),
            notices: Notices::default(),
            reasons: BTreeMap::new(),
            last_record: None,
            salvage,
            damage: None,
            ended: false,
        })
    }

    /// The store it was made in.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// How much of the file was read, and its length, bytes.
    pub fn progress(&self) -> (u64, u64) {
        (self.container.end().min(self.bytes), self.bytes)
    }

    /// What could not be read so far and was left out: messages by channel, and a salvaged file's damage.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// For each channel (its topic) with messages that could not be read: why the first could not.
    pub fn reasons(&self) -> &BTreeMap<String, String> {
        &self.reasons
    }

    /// Why the recording ended before its time, if it was opened for salvage and did.
    pub fn damage(&self) -> Option<&ReadError> {
        self.damage.as_ref()
    }

    /// Ends the recording at a place where the file can't be read.
    fn end_damaged(&mut self, error: McapError) -> Option<Result<Record, ReadError>> {
        self.ended = true;
        let offset = self.container.start();
        let error = damaged(&self.file, offset, self.last_record, error);
        if !self.salvage {
            return Some(Err(error));
        }
        let subject = format!("everything from byte {offset} on");
        let time = self.last_record.unwrap_or_default();
        self.notices.add(NoticeKind::UnreadableMessage, &subject, 1, time);
        self.damage = Some(error);
        None
    }
}

impl Iterator for RecordingReader {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let message = match self.container.next_message() {
                Ok(Some(message)) => message,
                Ok(None) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => return self.end_damaged(error),
            };
            let topic = &message.channel.topic;
            let time = Time::from_nanos(i64::try_from(message.log_time).unwrap_or(i64::MAX));
            let channel = self.channels.entry(message.channel.id).or_insert_with(|| {
                let (kind, sensor) = recognise(&message.channel)?;
                Some(Channel { kind, sensor, columns: Columns::default() })
            });
            let Some(channel) = channel else {
                self.notices.add(NoticeKind::UnknownChannel, topic, 1, time);
                continue;
            };
            match decode(channel.kind, &channel.sensor, &mut channel.columns, message.data) {
                Ok(None) => {}
                Ok(Some(record)) => {
                    self.last_record = Some(record.time());
                    return Some(Ok(record));
                }
                Err(why) => {
                    self.notices.add(NoticeKind::UnreadableMessage, topic, 1, time);
                    self.reasons.entry(topic.clone()).or_insert_with(|| why.to_string());
                }
            }
        }
        None
    }
}

impl fmt::Debug for RecordingReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingReader")
            .field("file", &self.file)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

/// Reads the first message, which must be the store.
fn read_store(file: &Path, container: &mut Container<BufReader<File>>) -> Result<Store, ReadError> {
    let found = match container.next_message() {
        Ok(Some(message)) => match recognise(&message.channel) {
            Some((ChannelKind::Store, _)) => Ok(decode_store(message.data)),
            _ => Err(format!("a message on {}", message.channel.topic)),
        },
        Ok(None) => Err("nothing (it holds no message)".to_owned()),
        Err(error) => return Err(damaged(file, container.start(), None, error)),
    };
    let toml = match found {
        Ok(Ok(toml)) => toml,
        Ok(Err(why)) => return Err(no_store(file, container.start(), format!("a {STORE_TOPIC} that {why}"))),
        Err(found) => return Err(no_store(file, container.start(), found)),
    };
    Store::from_toml(&toml).map_err(|why| ReadError::Store { file: file.to_owned(), why })
}

fn no_store(file: &Path, offset: u64, found: String) -> ReadError {
    ReadError::NoStore { file: file.to_owned(), place: Place { offset, last_record: None }, found }
}

fn damaged(file: &Path, offset: u64, last_record: Option<Time>, error: McapError) -> ReadError {
    ReadError::Damaged {
        file: file.to_owned(),
        place: Place { offset, last_record },
        damage: Damage::new(error, offset),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use model::{Direction, TrackId};
    use tempfile::TempDir;

    use super::*;
    use crate::channel::{DESCRIPTORS, PROTOBUF};
    use crate::wire::proto;

    const STORE: &str = "schema = \"saunter-store/1\"\nname = \"Corner\"\ncurrency = \"EUR\"\n";

    /// A recording as another program might write it: topic, message type, message.
    struct Foreign(Vec<(&'static str, &'static str, Vec<u8>)>);

    impl Foreign {
        fn new() -> Self {
            Self::without_store().with("/store", "saunter.v1.Store", &proto::Store { toml: STORE.to_owned() })
        }

        fn without_store() -> Self {
            Self(Vec::new())
        }

        fn with(mut self, topic: &'static str, schema: &'static str, message: &impl prost::Message) -> Self {
            self.0.push((topic, schema, message.encode_to_vec()));
            self
        }

        fn bytes(&self, options: mcap::WriteOptions) -> Vec<u8> {
            let mut bytes = Vec::new();
            let mut mcap = options.create(Cursor::new(&mut bytes)).unwrap();
            for (sequence, (topic, schema, message)) in (0..).zip(&self.0) {
                let schema = mcap.add_schema(schema, PROTOBUF, DESCRIPTORS).unwrap();
                let channel_id = mcap.add_channel(schema, topic, PROTOBUF, &BTreeMap::new()).unwrap();
                let header =
                    mcap::records::MessageHeader { channel_id, sequence, log_time: 7, publish_time: 7 };
                mcap.write_to_known_channel(&header, message).unwrap();
            }
            mcap.finish().unwrap();
            drop(mcap);
            bytes
        }

        fn open(&self) -> Result<RecordingReader, ReadError> {
            open(&self.bytes(mcap::WriteOptions::new()))
        }
    }

    fn open(bytes: &[u8]) -> Result<RecordingReader, ReadError> {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("foreign.mcap");
        std::fs::write(&path, bytes).unwrap();
        RecordingReader::open(&path)
    }

    fn batch() -> proto::PlateBatch {
        proto::PlateBatch {
            first_sample_ns: 100,
            sample_interval_ns: 10,
            gondola: vec![1, 1],
            shelf: vec![5, 5],
            plate: vec![1, 2],
            grams: vec![1.0, f32::NAN, 3.0, 4.0],
            ..Default::default()
        }
    }

    fn passage() -> proto::Passage {
        proto::Passage { time_ns: 9, direction: proto::Direction::Out.into(), track: None }
    }

    /// Why a message can't be read: it is counted under its channel, and what follows is read.
    fn reason(topic: &'static str, schema: &'static str, message: &impl prost::Message) -> String {
        let foreign = Foreign::new().with(topic, schema, message).with(
            "/gates/a/passage",
            "saunter.v1.Passage",
            &passage(),
        );
        let mut reader = foreign.open().unwrap();
        let records: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
        assert!(matches!(records[..], [Record::Passage(_)]), "{records:?}");
        let notices: Vec<_> = reader.notices().iter().map(|n| (n.kind, n.subject, n.count)).collect();
        assert_eq!(notices, [(NoticeKind::UnreadableMessage, topic.to_owned(), 1)]);
        reader.reasons()[topic].clone()
    }

    fn batch_reason(change: impl FnOnce(&mut proto::PlateBatch)) -> String {
        let mut batch = batch();
        change(&mut batch);
        reason("/plates/scale", "saunter.v1.PlateBatch", &batch)
    }

    fn in_steps(batch: &mut proto::PlateBatch, step_g: f32, changes: &[i32]) {
        batch.grams.clear();
        batch.step_g = step_g;
        batch.step_changes = changes.to_vec();
    }

    #[test]
    fn plates_that_break_a_rule_are_left_out_with_the_reason() {
        let reasons = [
            batch_reason(|batch| batch.grams.truncate(3)),
            batch_reason(|batch| batch.grams.clear()),
            batch_reason(|batch| batch.shelf.truncate(1)),
            batch_reason(|batch| batch.plate = vec![1, 1]),
            batch_reason(|batch| batch.gondola[0] = 65_536),
            batch_reason(|batch| batch.sample_interval_ns = 0),
            batch_reason(|batch| batch.sample_interval_ns = u64::MAX),
            batch_reason(|batch| batch.first_sample_ns = u64::MAX),
            batch_reason(|batch| batch.step_changes = vec![1, 2]),
            batch_reason(|batch| in_steps(batch, 0.0, &[1, 2])),
            batch_reason(|batch| in_steps(batch, 0.5, &[1, 2, 3])),
        ];
        insta::assert_snapshot!(reasons.join("\n"));
    }

    fn people_reason(tracks: &[u64], joints: &[(i32, f32)]) -> String {
        let keypoint = |(joint, score): &(i32, f32)| proto::Keypoint {
            joint: *joint,
            score: *score,
            ..Default::default()
        };
        let keypoints: Vec<_> = joints.iter().map(keypoint).collect();
        let person =
            |track: &u64| proto::Person { track: *track, keypoints: keypoints.clone(), ..Default::default() };
        let people = proto::People { time_ns: 1, people: tracks.iter().map(person).collect() };
        reason("/people/tracker", "saunter.v1.People", &people)
    }

    #[test]
    fn people_and_gates_that_break_a_rule_are_left_out_with_the_reason() {
        let credential = proto::Credential { time_ns: 1, kind: 9, token: String::new() };
        let astray = proto::Passage { direction: 0, ..passage() };
        let reasons = [
            people_reason(&[1, 1], &[]),
            people_reason(&[1], &[(1, 0.5), (1, 0.5)]),
            people_reason(&[1], &[(99, 0.5)]),
            people_reason(&[1], &[(1, f32::NAN)]),
            reason("/gates/b/credential", "saunter.v1.Credential", &credential),
            reason("/gates/b/passage", "saunter.v1.Passage", &astray),
            reason("/store", "saunter.v1.Store", &proto::Store { toml: STORE.to_owned() }),
            reason("/people/tracker", "saunter.v1.People", &b"\xff\xff".to_vec()),
        ];
        insta::assert_snapshot!(reasons.join("\n"));
    }

    #[test]
    fn channels_of_no_kind_known_are_counted_by_message() {
        let foreign = Foreign::new()
            .with("/camera/1", "foxglove.CompressedImage", &passage())
            .with("/camera/1", "foxglove.CompressedImage", &passage())
            .with("/gates/a/passage", "saunter.v1.Passage", &passage());
        let mut reader = foreign.open().unwrap();
        assert_eq!(reader.by_ref().count(), 1);
        let notice = reader.notices().iter().next().unwrap();
        assert_eq!(
            (notice.kind, notice.subject.as_str(), notice.count),
            (NoticeKind::UnknownChannel, "/camera/1", 2)
        );
        assert_eq!((notice.first, notice.last), (Time::from_nanos(7), Time::from_nanos(7)));
    }

    #[test]
    fn a_recording_begins_with_its_store() {
        let errors = [
            Foreign::without_store().open(),
            Foreign::without_store().with("/gates/a/passage", "saunter.v1.Passage", &passage()).open(),
            Foreign::without_store()
                .with("/store", "saunter.v1.Store", &proto::Store { toml: "schema = 3".into() })
                .open(),
            Foreign::without_store().with("/store", "saunter.v1.Store", &b"\xff\xff".to_vec()).open(),
        ];
        let texts = errors.map(|error| error.unwrap_err().to_string());
        let texts = texts.map(|text| text.split_once("foreign.mcap").unwrap().1.to_owned());
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn any_layout_of_the_container_is_read() {
        let foreign = Foreign::new().with("/plates/scale", "saunter.v1.PlateBatch", &batch()).with(
            "/gates/a/passage",
            "saunter.v1.Passage",
            &proto::Passage { track: Some(4), ..passage() },
        );
        let expected: Vec<Record> = foreign.open().unwrap().map(Result::unwrap).collect();
        assert_eq!(expected.len(), 2);
        assert!(
            matches!(&expected[1], Record::Passage(p) if p.direction == Direction::Out && p.track == Some(TrackId(4)))
        );
        let options = mcap::WriteOptions::new;
        for options in [
            options().use_chunks(false),
            options().compression(None),
            options().chunk_size(Some(1)),
            options()
                .emit_summary_records(false)
                .emit_summary_offsets(false)
                .calculate_chunk_crcs(false)
                .calculate_data_section_crc(false),
        ] {
            let records: Vec<Record> = open(&foreign.bytes(options)).unwrap().map(Result::unwrap).collect();
            assert_eq!(records, expected);
        }
    }
}
