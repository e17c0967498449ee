//! The truth of the Shelf data set, where it lies beside the project.

#![allow(clippy::unwrap_used, reason = "a test")]

use evaluation::tracks::{pcp, read_shelf, score_tracks};

const TRUTH: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/shelf/ground_truth_300_449.json");

#[test]
fn the_truth_of_the_data_set_is_read_and_agrees_with_itself() {
    let Ok(text) = std::fs::read_to_string(TRUTH) else {
        println!("skipped: shared/data/shelf is not beside the project");
        return;
    };
    let truth = read_shelf(&text).unwrap();
    let tracks = truth.tracks();
    assert_eq!((tracks.len(), tracks[0].time.nanos()), (150, 12_000_000_000));
    let scores = score_tracks(&tracks, &tracks);
    assert_eq!((scores.clear.people, scores.identity.idf1), (228, Some(1.0)));
    let parts = pcp(&truth, &tracks);
    assert_eq!((parts.limbs, parts.wrists.mean_m), (Some(1.0), Some(0.0)));
    // Our tracks have no top of the head and end in no neck: these are led there by ears, which the truth lacks.
    assert_eq!((parts.trunk, parts.head), (Some(0.0), Some(0.0)));
}
