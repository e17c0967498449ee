//! Higher order tracking accuracy: finding and keeping apart, from rough to exact.

use serde::Serialize;

use super::align::{Aligned, Moment};
use super::assign::assign;

/// Similarities from which on a pair counts: 0.05 to 0.95.
const THRESHOLDS: usize = 19;
const THRESHOLD_STEP: f64 = 0.05;
/// So much less still reaches a threshold, and so much over nothing is nothing: what the last bits of a distance add.
const EPSILON: f64 = 1e-9;

/// J. Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking" (2021). Each figure is a mean over 19
/// thresholds of similarity, which is one less the distance on the floor in metres; nothing where the truth is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Hota {
    /// Mean of the geometric means of detection and association.
    pub hota: Option<f64>,
    /// Who was found: right ones as a share of right, missed and false ones.
    pub det_a: Option<f64>,
    /// Whether those found keep their track: of each right one, its track's right ones with this person as a share of all that
    /// either has.
    pub ass_a: Option<f64>,
    /// How similar the places of right ones are; 1 at a threshold that nobody reaches, as the reference has it.
    pub loc_a: Option<f64>,
}

pub(super) fn hota(aligned: &Aligned<'_>) -> Hota {
    let (truth, answer) = aligned.times_there();
    let (of_truth, of_answer): (f64, f64) = (truth.iter().sum(), answer.iter().sum());
    if of_truth == 0.0 {
        return Hota::default();
    }
    let pairs = pairs(aligned, &truth, &answer);
    let mut sums = [0.0; 4];
    for step in 1..=THRESHOLDS {
        let threshold = step as f64 * THRESHOLD_STEP - EPSILON;
        let right = pairs.iter().filter(|pair| pair.similarity >= threshold);
        let mut together = vec![0.0; truth.len() * answer.len()];
        let (mut count, mut similarity) = (0.0, 0.0);
        for pair in right {
            together[pair.person * answer.len() + pair.track] += 1.0;
            count += 1.0;
            similarity += pair.similarity;
        }
        let det_a = count / (of_truth + of_answer - count);
        let ass_a = association(&together, &truth, &answer) / f64::max(count, 1.0);
        let loc_a = if count > 0.0 { similarity / count } else { 1.0 };
        for (sum, figure) in sums.iter_mut().zip([(det_a * ass_a).sqrt(), det_a, ass_a, loc_a]) {
            *sum += figure;
        }
    }
    let [hota, det_a, ass_a, loc_a] = sums.map(|sum| Some(sum / THRESHOLDS as f64));
    Hota { hota, det_a, ass_a, loc_a }
}

/// A person and a track that are paired at one moment.
struct Pair {
    person: usize,
    track: usize,
    similarity: f64,
}

/// At each moment, the pairs that agree best, over all time and there.
fn pairs(aligned: &Aligned<'_>, truth: &[f64], answer: &[f64]) -> Vec<Pair> {
    let shared = shared(aligned);
    let agreement = |person: usize, track: usize| {
        let shared = shared[person * answer.len() + track];
        shared / (truth[person] + answer[track] - shared)
    };
    let mut pairs = Vec::new();
    for moment in &aligned.moments {
        let ids = |place: usize, other: usize| (moment.truth[place].id, moment.answer[other].id);
        let score = |place, other| {
            let (person, track) = ids(place, other);
            agreement(person, track) * moment.similarity(place, other)
        };
        for (place, other) in assign(moment.truth.len(), moment.answer.len(), score) {
            let (person, track) = ids(place, other);
            pairs.push(Pair { person, track, similarity: moment.similarity(place, other) });
        }
    }
    pairs
}

/// How much each person and track are similar over all time, where others are similar too divided among them.
fn shared(aligned: &Aligned<'_>) -> Vec<f64> {
    let columns = aligned.answer_ids;
    let mut shared = vec![0.0; aligned.truth_ids * columns];
    for moment in &aligned.moments {
        let (rows, across) = sums(moment);
        for (place, person) in moment.truth.iter().enumerate() {
            for (other, track) in moment.answer.iter().enumerate() {
                let similarity = moment.similarity(place, other);
                let all = rows[place] + across[other] - similarity;
                if all > EPSILON {
                    shared[person.id * columns + track.id] += similarity / all;
                }
            }
        }
    }
    shared
}

/// How similar each person is to all tracks together, and each track to all people.
fn sums(moment: &Moment<'_>) -> (Vec<f64>, Vec<f64>) {
    let (people, tracks) = (0..moment.truth.len(), 0..moment.answer.len());
    let row = |place| tracks.clone().map(|other| moment.similarity(place, other)).sum();
    let column = |other| people.clone().map(|place| moment.similarity(place, other)).sum();
    (people.clone().map(row).collect(), tracks.clone().map(column).collect())
}

/// The sum over right pairs of how well their person and track agree.
fn association(together: &[f64], truth: &[f64], answer: &[f64]) -> f64 {
    let pairs = truth.iter().flat_map(|truth| answer.iter().map(move |answer| truth + answer));
    together
        .iter()
        .zip(pairs)
        .map(|(together, both)| together * together / f64::max(both - together, 1.0))
        .sum()
}

#[cfg(test)]
mod tests {
    use tracking::read_mot_tracks;

    use super::*;

    #[test]
    fn who_just_reaches_a_threshold_counts_there_whatever_the_last_bits_say() {
        let at = |place: &str| read_mot_tracks(&format!("1,7,-1,-1,-1,-1,1,{place},0"), 25.0).unwrap();
        // A quarter of a metre apart: 15 of the 19 thresholds are reached.
        let (truth, answer) = (at("1.789,2.605"), at("2.023,2.693"));
        let det_a = hota(&Aligned::new(&truth, &answer)).det_a.unwrap();
        assert!((det_a - 15.0 / 19.0).abs() < 1e-12, "{det_a}");
    }
}
