//! The real binary: what it says, what it writes, and how it exits.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use model::{People, Person, PlateBatch, PlateId, Record, Store, Time, TrackId};
use recording::{RecordingReader, RecordingWriter};

const STORE: &str = r#"
    schema = "saunter-store/1"
    name = "Corner"
    currency = "EUR"
    [[gondola]]
    id = 1
    origin_m = [0.0, 0.0, 0.0]
    [[gondola.shelf]]
    id = 1
    origin_m = [0.0, 0.0, 1.0]
    size_m = [0.4, 0.4, 0.3]
    plates = [
        { id = 1, origin_m = [0.0, 0.0], size_m = [0.2, 0.4] },
        { id = 2, origin_m = [0.2, 0.0], size_m = [0.2, 0.4] },
    ]
    [[facing]]
    product = "tea"
    plates = ["1/1/1"]
    [[product]]
    id = "tea"
    name = "Tea"
    price_minor = 250
    mass_g = 100.0
"#;

fn saunter(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saunter")).args(arguments).output().unwrap()
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn start() -> Time {
    "2020-04-22T05:06:46Z".parse().unwrap()
}

/// Two seconds of a quiet shelf and a person who stands there.
fn records() -> Vec<Record> {
    let plates: Arc<[PlateId]> = [PlateId::new(1, 1, 1), PlateId::new(1, 1, 2)].into();
    let second = |second: i32| {
        let time = start().plus_seconds(f64::from(second));
        let batch =
            PlateBatch::new("scale".into(), time, 100_000_000, Arc::clone(&plates), vec![500.0; 20]).unwrap();
        let person = Person { track: TrackId(7), keypoints: Vec::new(), holding: [None; 2] };
        let people = People { sensor: "tracker".into(), time: time.plus_seconds(0.9), people: vec![person] };
        [Record::Plates(batch), Record::People(people)]
    };
    (0..2).flat_map(second).collect()
}

fn write(folder: &Path, name: &str, records: &[Record]) -> PathBuf {
    let path = folder.join(name);
    let mut writer = RecordingWriter::create(&path, &Store::from_toml(STORE).unwrap()).unwrap();
    records.iter().for_each(|record| writer.write(record).unwrap());
    writer.finish().unwrap();
    path
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_is_right() {
    let cases: [(&[&str], &str); 5] = [
        (&["fly"], "unrecognized subcommand"),
        (&["replay"], "<FILE>"),
        (&["replay", "x.mcap", "--json", "--events"], "cannot be used with"),
        (&["replay", "x.mcap", "--speed", "fast"], "write max, or how many times"),
        (&["replay", "x.mcap", "--threads", "3"], "1..=2"),
    ];
    for (arguments, expected) in cases {
        let output = saunter(arguments);
        let (_, error) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for arguments in [
        &["replay", "nowhere/day.mcap"] as &[&str],
        &["evaluate", "x.mcap", "--truth", "nowhere/day.mcap"],
        &["repeat", "nowhere/day.mcap", "--times", "2", "--out", "nowhere/out.mcap"],
        &["check-store", "nowhere/day.mcap"],
    ] {
        let output = saunter(arguments);
        let (out, error) = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(error.starts_with("saunter: ") && error.contains("nowhere/day.mcap"), "{error}");
        assert_eq!(out, "");
    }
}

#[test]
fn a_store_file_is_summed_up_or_told_all_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.toml");
    std::fs::write(&path, STORE).unwrap();
    let (out, error) = texts(&saunter(&["check-store", text(&path)]));
    assert!(out.starts_with("Corner (EUR)\n  2 plates on 1 shelf on 1 gondola\n"), "{out}{error}");

    let wrong = STORE.replace("[0.2, 0.0]", "[0.1, 0.0]").replace("\"1/1/1\"", "\"1/1/9\"");
    std::fs::write(&path, wrong).unwrap();
    let output = saunter(&["check-store", text(&path)]);
    let (_, error) = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("store.toml") && error.contains("2 to mend"), "{error}");
    assert!(error.contains("plates 1 and 2: overlap by 100 mm"), "{error}");
    assert!(error.contains("lies on plate 1/1/9"), "{error}");
}

#[test]
fn a_recording_without_a_visit_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let quiet = write(folder.path(), "quiet.mcap", &[]);
    let (out, error) = texts(&saunter(&["replay", text(&quiet)]));
    assert_eq!(
        out,
        "Corner · quiet.mcap\n\nNo trip in this recording: nobody came in.\n\nno time at all · no trips · no records\n",
        "{error}"
    );
}

#[test]
fn a_damaged_recording_is_an_error_unless_salvaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "day.mcap", &records());
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 40]).unwrap();
    for threads in ["1", "2"] {
        let output = saunter(&["replay", text(&path), "--threads", threads]);
        let (_, error) = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains("day.mcap"), "{error}");
        let output = saunter(&["replay", text(&path), "--salvage", "--threads", threads]);
        let (out, error) = texts(&output);
        assert_eq!(output.status.code(), Some(0), "{error}");
        assert!(out.contains("salvaged: "), "{out}");
    }
}

#[test]
fn a_repeated_recording_is_later_each_time_and_with_other_people() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "short.mcap", &records());
    let long = folder.path().join("long.mcap");
    let arguments = ["repeat", text(&path), "--times", "3", "--pause", "8.1", "--out", text(&long)];
    let output = saunter(&arguments);
    assert_eq!(output.status.code(), Some(0), "{:?}", texts(&output));
    let repeated: Vec<Record> = RecordingReader::open(&long).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(repeated[..4], records());
    assert_eq!(repeated.len(), 12);
    // 1.9 s long and a pause of 8.1 s: every 10 s.
    assert_eq!(repeated[8].time(), records()[0].time().plus_seconds(20.0));
    let tracks: BTreeSet<TrackId> = repeated
        .iter()
        .filter_map(|record| match record {
            Record::People(people) => Some(people.people[0].track),
            _ => None,
        })
        .collect();
    assert_eq!(tracks.len(), 3);

    let before = std::fs::read(&long).unwrap();
    let output = saunter(&arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(texts(&output).1.contains("--force"));
    assert_eq!(std::fs::read(&long).unwrap(), before);
    assert_eq!(saunter(&[&arguments[..], &["--force"]].concat()).status.code(), Some(0));
}

#[test]
fn live_and_at_once_end_with_the_same_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "short.mcap", &records());
    let (at_once, _) = texts(&saunter(&["replay", text(&path)]));
    let (live, _) = texts(&saunter(&["replay", text(&path), "--speed", "1000x"]));
    let last = |page: &str| page.lines().last().unwrap_or_default().to_owned();
    assert_eq!(last(&live), last(&at_once));
    assert!(last(&live).contains("2020-04-22 05:06:46 to 05:06:47 UTC, 2 s"), "{live}");
    assert!(last(&live).contains("4 records"), "{live}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "short.mcap", &records());
    let mut child = Command::new(env!("CARGO_BIN_EXE_saunter"))
        .args(["replay", text(&path)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), texts(&output).1), (Some(0), String::new()));
}

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/quick-visit.mcap");
const EXAMPLE_TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/quick-visit.truth.toml");

#[test]
fn the_example_gives_the_same_events_on_every_run_and_on_one_thread_or_two() {
    let once = saunter(&["replay", EXAMPLE, "--events"]);
    assert_eq!(once.status.code(), Some(0));
    assert!(once.stdout.split(|byte| *byte == b'\n').count() > 3, "a visit has events");
    for threads in ["1", "2"] {
        let again = saunter(&["replay", EXAMPLE, "--events", "--threads", threads]);
        assert!(again.stdout == once.stdout, "{threads} threads gave other events");
    }
}

#[test]
fn the_example_is_charged_exactly() {
    let output = saunter(&["evaluate", EXAMPLE, "--truth", EXAMPLE_TRUTH, "--require-exact"]);
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).0);
    let output = saunter(&["evaluate", EXAMPLE, "--truth", EXAMPLE_TRUTH, "--json"]);
    let scores: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(scores["lines"]["f1"], 1.0);
    assert_eq!(scores["money"]["overcharged_minor"], 0);
}

#[test]
fn the_example_explains_itself_and_reads_by_program() {
    let (page, _) = texts(&saunter(&["replay", EXAMPLE, "--explain"]));
    assert!(page.contains("Trip 1") && page.contains("Why ") && page.contains("Weight of plate"), "{page}");
    let output = saunter(&["replay", EXAMPLE, "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["recording"], "quick-visit.mcap");
    assert!(document["receipts"][0]["lines"][0]["evidence"][0]["grams"].is_number());
    assert!(document["span"]["records"].as_u64() > Some(0));
}

#[test]
fn a_receipt_that_is_not_exact_fails_only_where_it_is_required() {
    let folder = tempfile::tempdir().unwrap();
    let truth = folder.path().join("truth.toml");
    std::fs::write(&truth, "[[trip]]\ntoken = \"somebody-else\"\n").unwrap();
    let arguments = ["evaluate", EXAMPLE, "--truth", text(&truth)];
    let output = saunter(&arguments);
    assert_eq!(output.status.code(), Some(0));
    assert!(texts(&output).0.contains("Not exact"));
    assert_eq!(saunter(&[&arguments[..], &["--require-exact"]].concat()).status.code(), Some(1));
}

#[test]
fn a_real_stores_data_becomes_a_recording_with_one_visit() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/nanostore");
    if !Path::new(data).exists() {
        println!("skipped: shared/data/nanostore is not beside the project");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("nano.mcap");
    let arguments = ["import", "autocheckout", data, "--out", text(&out)];
    let output = saunter(&arguments);
    let (page, error) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{error}");
    for section in ["Taken over", "Left out", "Missing", "Assumed"] {
        assert!(page.contains(section), "{page}");
    }
    let refused = saunter(&arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert!(texts(&refused).1.contains("--force"));
    let (page, _) = texts(&saunter(&["replay", text(&out)]));
    assert!(page.contains("1 trip ·"), "{page}");
}
