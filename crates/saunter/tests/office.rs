//! The office as a process: it is served, ends well, and its books can be looked at.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The example's configuration in a folder of its own.
fn configuration() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/office.toml");
    std::fs::copy(example, folder.path().join("office.toml")).unwrap();
    folder
}

fn doctor(folder: &Path) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_saunter"))
        .args(["doctor", "--audit", "--office"])
        .arg(folder.join("office.toml"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

/// Sends a request to the server's address; the whole answer.
fn ask(address: &str, method: &str, path: &str, key: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_office_is_served_stops_when_told_and_is_in_order() {
    let folder = configuration();
    let mut server = Command::new(env!("CARGO_BIN_EXE_saunter"))
        .args(["serve", "--listen", "127.0.0.1:0", "--office"])
        .arg(folder.path().join("office.toml"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(server.stderr.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    let address =
        first.split("http://").nth(1).unwrap_or_else(|| panic!("{first}")).split('/').next().unwrap();

    assert!(ask(address, "GET", "/health", "", "").contains("\"status\":\"ok\""));
    let card = r#"{"card":{"token":"tok_visa_ok","fingerprint":"f","brand":"visa","last_four":"4242"}}"#;
    let entry = format!(r#"{{"gate":"gate-1","credential":{card}}}"#);
    let answer = ask(address, "POST", "/entry", "example-gate", &entry);
    assert!(answer.contains("\"decision\":\"admitted\""), "{answer}");
    assert!(ask(address, "GET", "/trips", "example-gate", "").starts_with("HTTP/1.1 403"));
    assert!(ask(address, "GET", "/trips", "example-till", "").contains("\"state\":\"entered\""));

    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success() && server.wait().unwrap().success());
    let mut log = String::new();
    said.read_to_string(&mut log).unwrap();
    assert!(log.contains("payments are simulated") && log.ends_with("saunter: stopped\n"), "{log}");
    assert!(log.contains("route=\"/api/v1/entry\"") && log.contains("key=\"gate-1\""), "{log}");
    assert!(!log.contains("tok_visa_ok") && !log.contains("example-gate"), "{log}");

    let (output, said) = doctor(folder.path());
    assert!(output.status.success() && said.contains("in order") && said.contains("1 trip"), "{said}");
}

#[test]
fn doctor_tells_what_is_wrong_with_a_configuration() {
    let folder = configuration();
    let file = folder.path().join("office.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Europe/Berlin", "Europe/Atlantis")).unwrap();
    let (output, _) = doctor(folder.path());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("Europe/Atlantis"), "{error}");
}
