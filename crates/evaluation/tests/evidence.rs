//! What receipts say of why their lines stand there, over simulated scenes.

#![allow(clippy::unwrap_used, reason = "a test")]

use engine::Engine;
use model::{EventKind, Line, Receipt};
use simulator::scenarios::{Level, Scene, scene_at};

/// What the engine charges and sends to review in a scene.
fn receipts(scenario: &str, number: u64) -> Vec<Receipt> {
    let Scene { store, records, .. } = scene_at(Level::Tracker, scenario, 1, number, &[]).unwrap();
    let mut engine = Engine::new(store);
    let mut events = Vec::new();
    records.into_iter().for_each(|record| engine.push(record, &mut events));
    engine.finish(&mut events);
    let settled = events.into_iter().filter_map(|event| match event.kind {
        EventKind::Settled(receipt) => Some(*receipt),
        _ => None,
    });
    settled.collect()
}

#[test]
fn every_line_comes_with_a_change_at_which_its_product_may_have_been_moved() {
    let mut seen = 0;
    for scenario in ["dead-plate", "put-back-elsewhere", "same-weight-neighbours", "hand-over"] {
        for receipt in (0..30).flat_map(|number| receipts(scenario, number)) {
            let names = |line: &Line| {
                let mut items =
                    line.evidence.iter().flat_map(|change| &change.alternatives).flat_map(|one| &one.items);
                items.any(|(product, _)| *product == line.product)
            };
            for line in receipt.lines.iter().chain(&receipt.review) {
                assert!(names(line), "{scenario}, trip {}: {line:?}", receipt.trip);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
