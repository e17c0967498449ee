//! Whose track is whose, over all frames.

use serde::Serialize;

use super::align::Aligned;
use super::assign::assign;
use super::{GATE_M, share};

/// E. Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking" (2016): each person is
/// given one track for good, so that most of what both say agrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Identity {
    /// Agreement as a share of the mean of both; nothing where both are empty.
    pub idf1: Option<f64>,
    /// Agreement as a share of the answer.
    pub idp: Option<f64>,
    /// Agreement as a share of the truth.
    pub idr: Option<f64>,
}

pub(super) fn identity(aligned: &Aligned<'_>) -> Identity {
    let columns = aligned.answer_ids;
    let mut together = vec![0.0; aligned.truth_ids * columns];
    for moment in &aligned.moments {
        for (place, person) in moment.truth.iter().enumerate() {
            for (other, track) in moment.answer.iter().enumerate() {
                if moment.distance_m(place, other) <= GATE_M {
                    together[person.id * columns + track.id] += 1.0;
                }
            }
        }
    }
    let agreed = |person: usize, track: usize| together[person * columns + track];
    let pairs = assign(aligned.truth_ids, columns, agreed);
    let right: f64 = pairs.iter().map(|&(person, track)| agreed(person, track)).sum();
    let (truth, answer) = aligned.times_there();
    let (truth, answer): (f64, f64) = (truth.iter().sum(), answer.iter().sum());
    Identity { idf1: share(2.0 * right, truth + answer), idp: share(right, answer), idr: share(right, truth) }
}
