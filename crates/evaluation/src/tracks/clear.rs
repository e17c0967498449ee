//! CLEAR MOT: who was found, frame by frame.

use serde::Serialize;

use super::align::{Aligned, Moment};
use super::assign::assign;
use super::{GATE_M, share};

/// Keeping the pair of the frame before outweighs any nearness.
const KEPT: f64 = 1000.0;

/// K. Bernardin and R. Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT metrics" (2008).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Clear {
    /// Multiple object tracking accuracy: one less misses, false people and switches, each a share of the people in the
    /// truth. May be below zero; nothing where the truth is empty.
    pub mota: Option<f64>,
    /// Multiple object tracking precision: how far those who were found are from the truth, on the floor, metres.
    pub motp_m: Option<f64>,
    /// People in the truth, counted in every frame anew; so below.
    pub people: u64,
    /// Found.
    pub right: u64,
    /// In the truth and not found.
    pub missed: u64,
    /// In the answer and not in the truth.
    pub false_people: u64,
    /// Found under another id than when they were found before.
    pub switches: u64,
    /// Found again after frames in which they were not.
    pub fragmentations: u64,
}

/// The figures, and for each moment who was found as whom.
pub(super) fn clear(aligned: &Aligned<'_>) -> (Clear, Vec<Vec<(usize, usize)>>) {
    let mut figures = Clear::default();
    // As whom a person was found last, and in the frame before.
    let mut last: Vec<Option<usize>> = vec![None; aligned.truth_ids];
    let mut just: Vec<Option<usize>> = vec![None; aligned.truth_ids];
    let mut distances_m = 0.0;
    let mut all_found = Vec::with_capacity(aligned.moments.len());
    for moment in &aligned.moments {
        let found = pair(moment, &just);
        let before = std::mem::replace(&mut just, vec![None; aligned.truth_ids]);
        for &(truth, answer) in &found {
            let (person, track) = (moment.truth[truth].id, moment.answer[answer].id);
            distances_m += moment.distance_m(truth, answer);
            figures.switches += u64::from(last[person].is_some_and(|last| last != track));
            figures.fragmentations += u64::from(last[person].is_some() && before[person].is_none());
            (last[person], just[person]) = (Some(track), Some(track));
        }
        figures.people += moment.truth.len() as u64;
        figures.right += found.len() as u64;
        figures.missed += (moment.truth.len() - found.len()) as u64;
        figures.false_people += (moment.answer.len() - found.len()) as u64;
        all_found.push(found);
    }
    let accurate = figures.right as f64 - figures.false_people as f64 - figures.switches as f64;
    figures.mota = share(accurate, figures.people as f64);
    figures.motp_m = share(distances_m, figures.right as f64);
    (figures, all_found)
}

fn pair(moment: &Moment<'_>, just: &[Option<usize>]) -> Vec<(usize, usize)> {
    let near = |truth, answer| moment.distance_m(truth, answer) <= GATE_M;
    let score = |truth: usize, answer: usize| {
        let kept = just[moment.truth[truth].id] == Some(moment.answer[answer].id);
        if near(truth, answer) {
            moment.similarity(truth, answer) + if kept { KEPT } else { 0.0 }
        } else {
            0.0
        }
    };
    let mut pairs = assign(moment.truth.len(), moment.answer.len(), score);
    pairs.retain(|&(truth, answer)| near(truth, answer));
    pairs
}

#[cfg(test)]
mod tests {
    use tracking::read_mot_tracks;

    use super::*;

    fn figures(answer: &str) -> Clear {
        let tracks = |text: &str| {
            let rows = text.split(' ').map(|row| {
                let [frame, id, x] = row.split('/').collect::<Vec<_>>().try_into().unwrap();
                format!("{frame},{id},-1,-1,-1,-1,1,{x},0,0\n")
            });
            read_mot_tracks(&rows.collect::<String>(), 25.0).unwrap()
        };
        let (truth, answer) = (tracks("1/1/0 2/1/0 3/1/0 4/1/0"), tracks(answer));
        clear(&Aligned::new(&truth, &answer)).0
    }

    #[test]
    fn a_person_found_under_another_name_is_a_switch() {
        let Clear { switches, fragmentations, mota, .. } = figures("1/7/0.1 2/7/0.1 3/8/0.1 4/8/0.1");
        assert_eq!((switches, fragmentations, mota), (1, 0, Some(0.75)));
    }

    #[test]
    fn a_gap_is_a_fragmentation_even_where_nobody_at_all_was_seen() {
        let Clear { switches, fragmentations, missed, .. } = figures("1/7/0.1 4/7/0.1");
        assert_eq!((switches, fragmentations, missed), (0, 1, 2));
    }

    #[test]
    fn who_was_found_as_somebody_stays_so_while_near_enough() {
        let Clear { switches, false_people, motp_m, .. } = figures("1/7/0.1 2/7/0.4 2/8/0 3/7/0.5 4/7/0.1");
        assert_eq!((switches, false_people), (0, 1));
        assert!((motp_m.unwrap() - 0.275).abs() < 1e-12);
    }
}
