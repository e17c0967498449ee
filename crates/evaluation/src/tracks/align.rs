//! Frames of the truth beside those of the answer.

use std::collections::BTreeMap;

use model::DVec2;
use tracking::{TracksFrame, TracksPerson};

use super::FrameCounts;

/// Where the truth has one frame only, how far the answer's may be in time: half a step at 25 a second, nanoseconds.
const TOLERANCE_OF_ONE_NANOS: i64 = 20_000_000;

/// Truth and answer, moment by moment.
pub(super) struct Aligned<'a> {
    /// How many people the truth tells apart.
    pub(super) truth_ids: usize,
    /// How many the answer tells apart at these moments.
    pub(super) answer_ids: usize,
    /// One a frame of the truth.
    pub(super) moments: Vec<Moment<'a>>,
    /// Which frames were compared.
    pub(super) counts: FrameCounts,
}

/// Who is there at one moment.
pub(super) struct Moment<'a> {
    pub(super) truth: Vec<Body<'a>>,
    pub(super) answer: Vec<Body<'a>>,
}

/// A person who has a place.
pub(super) struct Body<'a> {
    /// Numbered from 0 in the order of appearance.
    pub(super) id: usize,
    pub(super) person: &'a TracksPerson,
    floor: DVec2,
}

impl Moment<'_> {
    /// How far apart two people are on the floor, metres.
    pub(super) fn distance_m(&self, truth: usize, answer: usize) -> f64 {
        self.truth[truth].floor.distance(self.answer[answer].floor)
    }

    /// How similar the places of two people are: 1 at the same place, 0 from a metre on.
    pub(super) fn similarity(&self, truth: usize, answer: usize) -> f64 {
        (1.0 - self.distance_m(truth, answer)).max(0.0)
    }
}

impl<'a> Aligned<'a> {
    pub(super) fn new(truth: &'a [TracksFrame], answer: &'a [TracksFrame]) -> Self {
        let (mut truth_ids, mut answer_ids) = (BTreeMap::new(), BTreeMap::new());
        let mut counts = FrameCounts { truth: truth.len() as u64, ..FrameCounts::default() };
        let mut scored = 0;
        let moments = truth.iter().zip(nearest(truth, answer)).map(|(frame, answer)| {
            match answer {
                Some(_) => scored += 1,
                None => counts.unanswered += 1,
            }
            Moment {
                truth: bodies(&frame.people, &mut truth_ids),
                answer: bodies(answer.map_or(&[], |frame| &frame.people), &mut answer_ids),
            }
        });
        let moments = moments.collect();
        counts.unscored = answer.len() as u64 - scored;
        Self { truth_ids: truth_ids.len(), answer_ids: answer_ids.len(), moments, counts }
    }

    /// In how many moments each true person is there, and each of the answer.
    pub(super) fn times_there(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut truth, mut answer) = (vec![0.0; self.truth_ids], vec![0.0; self.answer_ids]);
        for moment in &self.moments {
            moment.truth.iter().for_each(|body| truth[body.id] += 1.0);
            moment.answer.iter().for_each(|body| answer[body.id] += 1.0);
        }
        (truth, answer)
    }
}

fn bodies<'a>(people: &'a [TracksPerson], ids: &mut BTreeMap<u64, usize>) -> Vec<Body<'a>> {
    let body = |person: &'a TracksPerson| {
        let middle = person.middle()?;
        let next = ids.len();
        let id = *ids.entry(person.id).or_insert(next);
        Some(Body { id, person, floor: middle.truncate() })
    };
    people.iter().filter_map(body).collect()
}

/// For each frame of the truth the answer's nearest, where there is one near enough that no earlier frame has.
pub(super) fn nearest<'a>(truth: &[TracksFrame], answer: &'a [TracksFrame]) -> Vec<Option<&'a TracksFrame>> {
    let tolerance = half_a_step_nanos(truth);
    let mut from = 0;
    let pick = |frame: &TracksFrame| {
        let off = |place: usize| answer[place].time.nanos_since(frame.time).saturating_abs();
        while from + 1 < answer.len() && off(from + 1) < off(from) {
            from += 1;
        }
        let found = answer.get(from).filter(|_| off(from) <= tolerance);
        from += usize::from(found.is_some());
        found
    };
    truth.iter().map(pick).collect()
}

fn half_a_step_nanos(truth: &[TracksFrame]) -> i64 {
    let mut steps: Vec<i64> = truth.windows(2).map(|pair| pair[1].time.nanos_since(pair[0].time)).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).map_or(TOLERANCE_OF_ONE_NANOS, |step| step / 2)
}

#[cfg(test)]
mod tests {
    use model::Time;

    use super::*;

    fn frames(ms: &[i64]) -> Vec<TracksFrame> {
        ms.iter()
            .map(|ms| TracksFrame { time: Time::from_nanos(ms * 1_000_000), people: Vec::new() })
            .collect()
    }

    fn paired(truth: &[i64], answer: &[i64]) -> Vec<Option<i64>> {
        let answer = frames(answer);
        let found = nearest(&frames(truth), &answer);
        found.into_iter().map(|frame| frame.map(|frame| frame.time.nanos() / 1_000_000)).collect()
    }

    #[test]
    fn every_true_frame_takes_the_nearest_answer_once() {
        assert_eq!(paired(&[0, 40, 80], &[1, 20, 41, 79]), [Some(1), Some(41), Some(79)]);
        assert_eq!(paired(&[0, 40, 80], &[20]), [Some(20), None, None]);
        assert_eq!(paired(&[0, 40, 80, 120], &[0, 81, 200]), [Some(0), None, Some(81), None]);
        assert_eq!(paired(&[100], &[0, 81]), [Some(81)]);
        assert_eq!(paired(&[100], &[]), [None]);
    }

    #[test]
    fn what_is_not_compared_is_counted() {
        let (truth, answer) = (frames(&[0, 40]), frames(&[0, 10, 500]));
        let counts = Aligned::new(&truth, &answer).counts;
        assert_eq!(counts, FrameCounts { truth: 2, unanswered: 1, unscored: 2 });
    }
}
