//! Makes `examples/quick-visit.mcap` and its truth: two shoppers in the corner shop, forty seconds.
//!
//! Run `cargo run -p simulator --example quick_visit`; the same files come out, byte for byte.

use std::fs;
use std::path::Path;

use anyhow::Context;
use model::{PlateId, Store};
use recording::RecordingWriter;
use simulator::{Script, play};

const SEED: u64 = 1;

fn main() -> anyhow::Result<()> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let text = fs::read_to_string(examples.join("stores/corner.toml")).context("reading the corner shop")?;
    let store = Store::from_toml(&text)?;
    let scenario = play(&store, &quick_visit(), SEED)?;

    let mut writer = RecordingWriter::create(&examples.join("quick-visit.mcap"), &store)?;
    for record in &scenario.records {
        writer.write(record)?;
    }
    writer.finish()?;
    let truth = format!(
        "# What really happened in quick-visit.mcap: made by `cargo run -p simulator --example quick_visit`.\n\n{}",
        toml::to_string(&scenario.truth)?
    );
    fs::write(examples.join("quick-visit.truth.toml"), truth).context("writing the truth")
}

/// Ann takes four things and puts one back; Ben takes three kinds and leans on a shelf; somebody's bag
/// knocks against the water.
fn quick_visit() -> Script {
    let plate = PlateId::new;
    Script::default()
        .enter(3.0, "ann", "card-0001")
        .enter(5.5, "ben", "card-0002")
        .take(10.0, "ann", "coffee", 1, plate(1, 3, 2))
        .take(14.0, "ben", "milk", 1, plate(2, 2, 1))
        .take(15.0, "ann", "tomatoes", 1, plate(1, 2, 3))
        .take(19.0, "ben", "cola", 2, plate(2, 1, 2))
        .put_back(20.5, "ann", "tomatoes", plate(1, 2, 3))
        .lean(24.0, "ben", plate(2, 2, 3), 900.0, 1.5)
        .take(25.0, "ann", "dark-chocolate", 1, plate(1, 3, 4))
        .take(29.5, "ben", "egg-sandwich", 1, plate(2, 3, 3))
        .bump(30.0, plate(1, 1, 2))
        .leave(33.0, "ann")
        .leave(37.0, "ben")
}
