//! Tracks against the truth: files of every kind, what is said of them, and how wrong ones are refused.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use model::{DVec3, Joint, Keypoint, People, Person, Record, Store, Time, TrackId};
use recording::RecordingWriter;

const STORE: &str = "schema = \"saunter-store/1\"\nname = \"Corner\"\ncurrency = \"EUR\"\n";
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/quick-visit.mcap");
const SHELF: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/shelf/ground_truth_300_449.json");

fn evaluate(answer: &Path, truth: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saunter"));
    command.args(["evaluate", "--tracks"]).arg(answer).arg("--truth").arg(truth).args(more).output().unwrap()
}

fn figures(answer: &Path, truth: &Path) -> serde_json::Value {
    let output = evaluate(answer, truth, &["--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(answer: &Path, truth: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = evaluate(answer, truth, more);
    assert_eq!(output.stdout, b"");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// The same two looks at one person who walks, in three kinds of files.
fn walks(folder: &Path) -> [PathBuf; 3] {
    let at = |second: f64| DVec3::new(1.0 + second, 2.0, 0.9);
    let rows =
        [1, 2].map(|frame| format!("{frame},7,-1,-1,-1,-1,1,{},2,0.9\n", at(f64::from(frame) / 25.0).x));
    let lines = [1, 2].map(|frame| {
        let place = at(f64::from(frame) / 25.0);
        let joints = format!("{{\"middle_hip\":[{},2,0.9]}}", place.x);
        format!("{{\"time_ns\":{},\"people\":[{{\"id\":3,\"joints\":{joints}}}]}}\n", frame * 40_000_000)
    });
    let paths = ["walk.txt", "walk.jsonl", "walk.mcap"].map(|name| folder.join(name));
    std::fs::write(&paths[0], rows.concat()).unwrap();
    std::fs::write(&paths[1], lines.concat()).unwrap();
    let mut writer = RecordingWriter::create(&paths[2], &Store::from_toml(STORE).unwrap()).unwrap();
    for frame in [1, 2] {
        let time = Time::from_nanos(frame * 40_000_000);
        let position = at(time.seconds_since(Time::default()));
        let keypoints = vec![Keypoint { joint: Joint::MiddleHip, position, score: 0.9 }];
        let people = vec![Person { track: TrackId(5), keypoints, holding: [None; 2] }];
        writer.write(&Record::People(People { sensor: "tracker".into(), time, people })).unwrap();
    }
    writer.finish().unwrap();
    paths
}

#[test]
fn the_same_walk_is_the_same_in_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = walks(folder.path());
    for answer in &files {
        for truth in &files {
            let figures = figures(answer, truth);
            assert_eq!(figures["clear"]["mota"], 1.0, "{} {}", answer.display(), truth.display());
            assert_eq!(figures["identity"]["idf1"], 1.0);
            assert!(figures.get("parts").is_none());
        }
    }
}

#[test]
fn a_page_is_written_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let [text, json, _] = walks(folder.path());
    let page = folder.path().join("out.html");
    let output = evaluate(&text, &json, &["--report", page.to_str().unwrap()]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("HOTA"));
    assert!(std::fs::read_to_string(page).unwrap().contains("--tracks"));
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let [good, ..] = walks(folder.path());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let cases = [
        (file("empty.txt", "\n"), "empty.txt: the file is empty"),
        (file("nan.txt", "1,7,-1,-1,-1,-1,1,NaN,2,0\n"), "nan.txt: line 1: x is \"NaN\""),
        (file("flat.txt", "1,7,10,10,5,5,1\n"), "flat.txt: line 1: the row has no place"),
        (file("wrong.jsonl", "{\"time_ns\":1}\n"), "wrong.jsonl: line 1: missing field `people`"),
        (
            file("shelf.json", "{\"units\":\"mm\",\"joints\":[],\"frames\":[]}"),
            "shelf.json: the unit is \"mm\"",
        ),
        (folder.path().join("nowhere.txt"), "nowhere.txt: can't be read"),
    ];
    for (path, expected) in cases {
        for (answer, truth) in [(&path, &good), (&good, &path)] {
            let (code, error) = refusal(answer, truth, &[]);
            assert_eq!(code, Some(1));
            assert!(error.starts_with("saunter: ") && error.contains(expected), "{error}");
        }
    }
}

#[test]
fn wrong_usage_says_what_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let [good, ..] = walks(folder.path());
    for (more, expected) in [
        (&["--fps", "0"] as &[&str], "write how many frames a second"),
        (&["--suite", "all"], "cannot be used with"),
        (&["--seed", "1"], "cannot be used with"),
        (&["--threads", "2"], "cannot be used with"),
    ] {
        let (code, error) = refusal(&good, &good, more);
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_people_of_a_recording_agree_with_themselves() {
    let figures = figures(Path::new(EXAMPLE), Path::new(EXAMPLE));
    assert_eq!(
        (&figures["hota"]["hota"], &figures["joints"]["wrists"]["mean_m"]),
        (&1.0.into(), &0.0.into())
    );
}

#[test]
fn the_shelf_data_set_has_its_parts_counted() {
    if !Path::new(SHELF).exists() {
        println!("skipped: shared/data/shelf is not beside the project");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [walk, ..] = walks(folder.path());
    let figures = figures(&walk, Path::new(SHELF));
    assert_eq!((&figures["parts"]["all"], &figures["clear"]["missed"]), (&0.0.into(), &228.into()));
    let (_, error) = refusal(Path::new(SHELF), Path::new(SHELF), &[]);
    assert!(error.contains("give it as --truth"), "{error}");
}
