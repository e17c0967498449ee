//! Writes every kind of receipt into a folder, to look at: `cargo run -p receipts --example samples -- FOLDER`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "an example for people who work on receipts")]

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::path::PathBuf;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "receipts-samples".to_owned()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, document) in samples::all() {
        let put =
            |end: &str, bytes: &[u8]| std::fs::write(folder.join(format!("{name}{end}")), bytes).unwrap();
        put(".html", receipts::html(&document).as_bytes());
        put(".txt", receipts::text(&document).as_bytes());
        put(".pdf", &receipts::pdf(&document).unwrap());
        put(".redacted.html", receipts::redacted(&document).html().as_bytes());
        println!("{name}");
    }
}
