//! What the docs show is what the code does.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::PathBuf;

use model::{Store, StoreFile};

const MEND: &str =
    "docs/store.schema.json is out of date: run UPDATE_SCHEMA=1 cargo test -p recording store_schema";

fn docs(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", file].iter().collect()
}

#[test]
fn store_schema_is_up_to_date() {
    let mut schema = serde_json::to_string_pretty(&schemars::schema_for!(StoreFile)).unwrap();
    schema.push('\n');
    let path = docs("store.schema.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == schema, "{MEND}");
}

#[test]
fn the_store_file_by_example_is_sound() {
    let page = fs::read_to_string(docs("recording-format.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let store = Store::from_toml(toml).unwrap();
    let parts = (store.gates().len(), store.plates().len(), store.products().len(), store.cameras().len());
    assert_eq!(parts, (1, 2, 1, 1));
}
