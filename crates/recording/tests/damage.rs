//! A damaged recording gives an error that names the file, the place and the mend, or what is whole of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use model::{NoticeKind, Record};
use recording::{Damage, ReadError, RecordingReader};
use support::{read, records, write};

/// Batches of a recording of several chunks.
const LONG: i64 = 1600;
/// Batches of a recording of one chunk.
const SHORT: i64 = 100;

/// Bytes of a sound recording, its records, and a path to break it at.
fn sound(folder: &Path, batches: i64) -> (Vec<u8>, Vec<Record>, PathBuf) {
    let path = folder.join("shop.mcap");
    let records = records(batches);
    write(&path, &records);
    (fs::read(&path).unwrap(), records, path)
}

/// Whether `part` begins `whole`.
fn begins(whole: &[Record], part: &[Record]) -> bool {
    whole.get(..part.len()) == Some(part)
}

#[test]
fn a_recording_cut_off_anywhere_tells_where_and_gives_what_is_whole() {
    cut_off_at_every(997, SHORT);
    cut_off_at_every(19_973, LONG);
}

fn cut_off_at_every(step: usize, batches: i64) {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, records, path) = sound(folder.path(), batches);
    let mut salvaged_before = 0;
    for length in (0..bytes.len()).step_by(step).chain(bytes.len() - 40..bytes.len()) {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = read(&path).unwrap_err().to_string();
        let mend = if length < 45 { "give a recording" } else { "copy it again" };
        assert!(error.contains("shop.mcap: at byte ") && error.contains(mend), "{length}: {error}");

        let Ok(mut reader) = RecordingReader::open_salvaging(&path) else {
            assert_eq!(salvaged_before, 0, "{length}: the store was there before");
            continue;
        };
        let salvaged: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
        assert!(begins(&records, &salvaged), "{length}");
        assert!(salvaged.len() >= salvaged_before, "{length}: a longer file gives no less");
        assert!(
            matches!(reader.damage(), Some(ReadError::Damaged { damage: Damage::CutOff, .. })),
            "{length}"
        );
        assert_eq!(reader.notices().count(NoticeKind::UnreadableMessage), 1);
        salvaged_before = salvaged.len();
    }
    assert_eq!(salvaged_before, records.len(), "only the index at the end was cut off at last");
}

#[test]
fn a_changed_byte_never_changes_a_record_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, records, path) = sound(folder.path(), SHORT);
    for place in (0..bytes.len()).step_by(499).chain(0..400).chain(bytes.len() - 400..bytes.len()) {
        let mut broken = bytes.clone();
        broken[place] ^= 0x10;
        fs::write(&path, &broken).unwrap();
        let mut got = Vec::new();
        let failed = match RecordingReader::open(&path) {
            Ok(reader) => {
                reader.map(|record| record.map(|record| got.push(record))).any(|step| step.is_err())
            }
            Err(_) => true,
        };
        assert!(begins(&records, &got), "{place}");
        assert!(failed || got.len() == records.len(), "{place}: records are missing and nothing is said");
    }
}

#[test]
fn a_corrupt_chunk_is_named_and_what_stands_before_is_salvaged() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bytes, records, path) = sound(folder.path(), LONG);
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8].fill(0x55);
    fs::write(&path, &bytes).unwrap();
    let error = read(&path).unwrap_err();
    let ReadError::Damaged { place, damage: Damage::Corrupt(_), .. } = &error else { panic!("{error}") };
    assert!((place.offset as usize) < middle && place.last_record.is_some(), "{error}");
    assert!(error.to_string().contains("after the record of 2020-04-22T05:0"), "{error}");

    let mut reader = RecordingReader::open_salvaging(&path).unwrap();
    let salvaged: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
    assert!(begins(&records, &salvaged) && !salvaged.is_empty());
    assert_eq!(salvaged.last().map(Record::time), place.last_record);
    let notice = reader.notices().iter().next().unwrap();
    assert_eq!(notice.subject, format!("everything from byte {} on", place.offset));
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear shop, this is a letter and no recording.").unwrap();
    let error = read(&path).unwrap_err();
    assert!(matches!(error, ReadError::Damaged { damage: Damage::NotMcap, .. }), "{error}");
    assert!(error.to_string().contains("letter.txt"), "{error}");
    let error = read(&folder.path().join("none.mcap")).unwrap_err();
    assert!(matches!(error, ReadError::Open { .. }) && error.to_string().contains("none.mcap"), "{error}");
    assert!(read(folder.path()).is_err(), "a folder is no recording");
}

#[test]
fn what_follows_the_end_is_not_passed_over_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bytes, records, path) = sound(folder.path(), LONG);
    bytes.extend_from_slice(b"and more");
    fs::write(&path, &bytes).unwrap();
    assert!(read(&path).is_err());
    assert_eq!(RecordingReader::open_salvaging(&path).unwrap().count(), records.len());
}

#[test]
fn a_reader_ends_after_its_error() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, _, path) = sound(folder.path(), LONG);
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let results: Vec<_> = RecordingReader::open(&path).unwrap().collect();
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1);
    assert!(results.last().is_some_and(Result::is_err));
}
