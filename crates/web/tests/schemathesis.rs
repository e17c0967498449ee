//! A foreign program reads the description, sends what it allows and what it forbids, and looks at the answers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::{ALL, PHONE, Served, bearer, cart_of, line};
use serde_json::json;

/// Says why nothing was tested, or fails if services were promised.
fn skip(why: &str) {
    assert!(std::env::var_os("SAUNTER_SERVICES").is_none_or(|set| set != "1"), "{why}");
    println!("skipped: {why}");
}

/// The program: by the environment, or on the path.
fn program() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("SAUNTER_SCHEMATHESIS") {
        return Some(PathBuf::from(program)).filter(|program| program.exists());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("schemathesis")).find(|program| program.exists())
}

/// What it should know beyond the description: trips and an account that are there and moments that can be, so that
/// it gets past their look-up, and statuses that values may be refused with although their form is right. What it
/// deletes it must have made by itself: the account stays.
fn configuration(trips: &[String], account: &str) -> String {
    let authorization = bearer(ALL);
    let trips = trips.iter().map(|trip| format!("\"{trip}\"")).collect::<Vec<_>>().join(", ");
    let places = ["entered", "left", "at", "lines[*].taken", "doubtful[*].line.taken"];
    let moments =
        places.map(|place| format!("\"body.{place}\" = {{ dictionary = \"moments\", probability = 0.9 }}\n"));
    format!(
        "headers = {{ Authorization = \"{authorization}\" }}\n\
         [checks]\n\
         positive_data_acceptance.expected-statuses = [\"2xx\", \"403\", \"404\", \"409\", \"422\", \"429\"]\n\
         [dictionaries]\n\
         trips.values = [{trips}]\n\
         moments.values = [\"2027-01-15T07:59:00Z\", \"2027-01-15T07:59:59.999999999+00:00\"]\n\
         [parameters]\n\
         \"path.trip\" = {{ dictionary = \"trips\", probability = 0.8 }}\n\
         \"path.dispute\" = 0\n\
         \"query.wait\" = 0\n\
         {}\
         [[operations]]\n\
         include-path-regex = \"^/accounts/\"\n\
         exclude-method = \"DELETE\"\n\
         parameters = {{ \"path.account\" = \"{account}\", \"path.device\" = \"{PHONE}\" }}\n",
        moments.concat()
    )
}

#[test]
fn schemathesis_finds_nothing() {
    let Some(program) = program() else {
        return skip(
            "schemathesis is not there; `dev/services schemathesis` installs it and says how to name it",
        );
    };
    let store = Served::new();
    let inside = (0..3).map(|card| store.come_in(&format!("tok_visa_ok/{card}")));
    let mut trips: Vec<String> = inside.collect();
    let doubtful = cart_of(&[line("coffee", 1, "4.99")], &[line("wine", 2, "7.50")]);
    store.post(&format!("/trips/{}/cart", trips[1]), &doubtful);
    trips.push(store.paid("tok_mastercard_ok"));
    let returned = json!({ "kind": "returned", "lines": [{ "line": 1, "quantity": { "units": 1 } }] });
    store.post(&format!("/trips/{}/disputes", trips[3]), &returned);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schemathesis.toml");
    std::fs::write(&file, configuration(&trips, &store.account())).unwrap();
    let examples = std::env::var("SAUNTER_SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "30".to_owned());
    let output = Command::new(program)
        .current_dir(folder.path())
        .arg("--config-file")
        .arg(&file)
        .args(["run", &store.url("/api/v1/openapi.json"), "--checks", "all", "--no-color"])
        // Of the account that is named above it takes a "not found" for one of what it just made, once it has deleted it.
        .args(["--exclude-checks", "ensure_resource_availability"])
        .args(["--mode", "all", "--max-examples", &examples, "--seed", "1", "--continue-on-failure"])
        .args(["--generation-database", "none"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!(
        "{}",
        said.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    );
}
