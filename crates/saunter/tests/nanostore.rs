//! The recording of a real store becomes the right receipt, and says why.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::Command;

const NANOSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/nanostore");
const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/nanostore.truth.toml");

fn saunter(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_saunter")).args(arguments).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn one_shopper_pays_for_the_bottle_that_the_shelf_says_was_taken() {
    if !Path::new(NANOSTORE).exists() {
        println!("skipped: shared/data/nanostore is not beside the project");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nanostore.mcap");
    let file = file.to_str().unwrap();
    saunter(&["import", "autocheckout", NANOSTORE, "--out", file]);
    saunter(&["evaluate", file, "--truth", TRUTH, "--require-exact"]);
    let page = saunter(&["replay", file, "--explain"]);
    for reason in [
        "plate 1/5/11 lost 623.6 ± 0.6 g; a unit weighs 621.7",
        "> 99.9 %",
        "12 cm off  Trip 1",
        "RRWHD SPRNG WTR",
    ] {
        assert!(page.contains(reason), "{reason} is missing in:\n{page}");
    }
    let events = saunter(&["replay", file, "--events"]);
    assert_eq!(events, saunter(&["replay", file, "--events", "--threads", "2"]));
}
