//! Simulated suites through the binary: small ones.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::{Command, Output};

fn saunter(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saunter")).current_dir(folder).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_suite_is_measured_and_its_page_points_only_to_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["evaluate", "--suite", "solo,two-reach", "--visits", "3", "--report", "pages.v1/out.html"];
    std::fs::create_dir(folder.path().join("pages.v1")).unwrap();
    let output = saunter(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let table = out(&output);
    assert!(table.contains("two-reach") && table.contains("Exact receipts, solo"), "{table}");

    let page = std::fs::read_to_string(folder.path().join("pages.v1/out.html")).unwrap();
    assert!(
        page.contains(&format!("saunter {}", arguments.join(" ").replace("--visits", "--seed 0 --visits")))
    );
    let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    for link in links.filter(|link| !link.starts_with('#')) {
        assert!(folder.path().join("pages.v1").join(link).exists(), "{link}");
    }
}

#[test]
fn a_suites_figures_are_plain_data_and_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let figures = |threads: &str| {
        let arguments = ["evaluate", "--suite", "solo", "--visits", "2", "--json", "--threads", threads];
        let mut figures: serde_json::Value =
            serde_json::from_str(&out(&saunter(folder.path(), &arguments))).unwrap();
        figures.as_object_mut().unwrap().remove("cost");
        figures
    };
    let one = figures("1");
    assert_eq!(one["scenarios"][0]["ours"]["visits"], 2);
    assert_eq!(one["bars"][0]["what"], "Exact receipts, solo");
    assert_eq!(one, figures("2"));
}

#[test]
fn a_simulated_scene_is_a_recording_that_replays_and_can_be_scored() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["simulate", "solo", "--seed", "5", "--visits", "2", "--out", "scenes"];
    let output = saunter(folder.path(), &arguments);
    assert_eq!(out(&output), "scenes: 2 recordings, each with its truth beside it\n", "{output:?}");
    let scene = ["scenes/solo-5-1.mcap", "--truth", "scenes/solo-5-1.truth.toml"];
    let scored = saunter(folder.path(), &[&["evaluate"], &scene[..]].concat());
    assert!(out(&scored).contains("Receipts against the truth"), "{scored:?}");

    let first = std::fs::read(folder.path().join("scenes/solo-5-1.mcap")).unwrap();
    let refused = saunter(folder.path(), &arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(saunter(folder.path(), &[&arguments[..], &["--force"]].concat()).status.code(), Some(0));
    assert_eq!(std::fs::read(folder.path().join("scenes/solo-5-1.mcap")).unwrap(), first);
}

/// The same records in the same store are the same events, bit for bit: the engine knows nothing else.
#[test]
fn a_recorded_scene_is_the_scene_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = ["solo", "party", "dead-plate", "wrong-planogram"];
    let arguments = ["simulate", &scenarios.join(","), "--seed", "3", "--visits", "4", "--out", "."];
    assert_eq!(saunter(folder.path(), &arguments).status.code(), Some(0));
    for (scenario, visit) in scenarios.iter().flat_map(|scenario| (0..4).map(move |visit| (scenario, visit)))
    {
        let scene = simulator::scenarios::scene(scenario, 3, visit).unwrap();
        let path = folder.path().join(format!("{scenario}-3-{visit}.mcap"));
        let mut reader = recording::RecordingReader::open(&path).unwrap();
        assert_eq!(reader.store(), &scene.store);
        let records: Vec<model::Record> = reader.by_ref().map(Result::unwrap).collect();
        // Texts tell zeros of either sign apart, and a number that is none from another.
        assert!(format!("{records:?}") == format!("{:?}", scene.records), "{scenario} {visit}");
    }
}

#[test]
fn faults_are_given_on_request_and_named_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["simulate", "solo", "--fault", "lost-messages,drift", "--out", "."];
    let output = saunter(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(folder.path().join("solo-0-0-lost-messages-drift.mcap").exists());
    let output = saunter(folder.path(), &["simulate", "solo", "--fault", "rats", "--out", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("lost-messages"), "{output:?}");
}

#[test]
fn evaluate_takes_a_recording_or_a_suite() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["evaluate"], "--suite"),
        (&["evaluate", "x.mcap"], "--truth"),
        (&["evaluate", "x.mcap", "--truth", "x.toml", "--suite", "solo"], "cannot be used with"),
        (&["evaluate", "x.mcap", "--truth", "x.toml", "--report", "x.html"], "cannot be used with"),
        (&["evaluate", "--suite", "solo", "--visits", "0"], "1..="),
    ];
    for (arguments, expected) in cases {
        let output = saunter(folder.path(), arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    for command in ["evaluate --suite sole", "simulate sole --out out"] {
        let output = saunter(folder.path(), &command.split(' ').collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("two-reach"), "{output:?}");
    }
}
