//! Lower crates know nothing of higher ones: every manifest is held to the table in ARCHITECTURE.md.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::path::Path;

/// What each crate may link, apart from libraries of others.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("recording", &["model"]),
    ("scales", &["model"]),
    ("tracking", &["model"]),
    ("palm", &["model"]),
    ("pricing", &["model"]),
    ("payments", &["model"]),
    ("receipts", &["model", "payments", "pricing"]),
    ("exchange", &["model", "pricing"]),
    ("office", &["exchange", "model", "palm", "payments", "pricing", "receipts"]),
    ("engine", &["model", "scales"]),
    ("simulator", &["model", "tracking"]),
    ("evaluation", &["engine", "model", "palm", "recording", "simulator", "tracking"]),
    ("web", &["exchange", "model", "office", "palm", "payments", "pricing", "receipts"]),
    (
        "saunter",
        &[
            "engine",
            "evaluation",
            "model",
            "office",
            "palm",
            "payments",
            "pricing",
            "receipts",
            "recording",
            "simulator",
            "tracking",
            "web",
        ],
    ),
];

#[test]
fn lower_crates_know_nothing_of_higher_ones() {
    let allowed: BTreeMap<_, _> = ALLOWED.into_iter().collect();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    for folder in crates.read_dir().unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let may = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in the table"));
        for dependency in manifest["dependencies"].as_table().unwrap().keys() {
            let ours = allowed.contains_key(dependency.as_str());
            assert!(!ours || may.contains(&dependency.as_str()), "{name} must not know {dependency}");
        }
        seen += 1;
    }
    assert_eq!(seen, ALLOWED.len(), "the table names a crate that is not there");
}
