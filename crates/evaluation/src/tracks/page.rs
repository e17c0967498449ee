//! The page that tells how good tracks are: one HTML text that needs nothing else.

use maud::{Markup, html};

use super::rows::{JOINT_HEADS, joint_rows, part_rows, part_wrists, people_rows};
use super::{JointErrors, Pcp, TracksScores};
use crate::report::{figures, page};

/// Writes the page; `command` makes it anew.
pub fn tracks_page(scores: &TracksScores, pcp: Option<&Pcp>, command: &str) -> String {
    let body = html! {
        h1 { "Who was where" }
        p.soft { "Tracks compared with the truth. Distances of people are on the floor, of joints in space." }
        (people(scores))
        (joints(&scores.joints))
        @if let Some(pcp) = pcp { (parts(pcp)) }
        p.soft { "Made by " code { (command) } }
    };
    page("Who was where", &body)
}

fn people(scores: &TracksScores) -> Markup {
    let rows = people_rows(scores).into_iter().map(|(name, value)| vec![name.to_owned(), value]);
    html! {
        h2 { "People" }
        (figures("Figures of people", &["Tracks against the truth".to_owned(), String::new()], rows.collect()))
    }
}

fn joints(errors: &JointErrors) -> Markup {
    let rows = joint_rows(errors).into_iter().map(Vec::from).collect();
    html! {
        h2 { "Joints" }
        p.soft { "Of people who were found, at most half a metre off on the floor." }
        (figures("Errors of joints", &JOINT_HEADS.map(str::to_owned), rows))
    }
}

fn parts(pcp: &Pcp) -> Markup {
    let (heads, rows) = part_rows(pcp);
    html! {
        h2 { "Right parts" }
        p.soft { "A part is right where the mean error of its ends is below half its length. " (part_wrists(pcp)) }
        (figures("Right parts of actors", &heads, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{pcp, score_tracks, shelf::ShelfTruth};
    use super::*;

    #[test]
    fn the_page_holds_all_tables_and_nothing_from_elsewhere() {
        let page = tracks_page(
            &score_tracks(&[], &[]),
            Some(&pcp(&ShelfTruth::default(), &[])),
            "saunter <evaluate>",
        );
        for text in ["HOTA", "Wrists", "All ten parts", "saunter &lt;evaluate&gt;"] {
            assert!(page.contains(text), "{text}");
        }
        assert!(!page.contains("http"));
    }
}
