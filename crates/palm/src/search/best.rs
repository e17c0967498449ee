//! The best candidates so far.

use std::cmp::Ordering;

use crate::id::PersonId;

/// Somebody whose palm may be the probe's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// Cosine of the angle between their template and the probe's.
    pub similarity: f64,
}

impl Candidate {
    /// The likest first, and of those as like the lower id.
    pub(super) fn rank(&self, other: &Self) -> Ordering {
        other.similarity.total_cmp(&self.similarity).then(self.person.cmp(&other.person))
    }
}

/// What a search is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// At most so many candidates.
    pub count: usize,
    /// None less like the probe than this: -1 for everybody. The nearer to the line at which the store opens, the faster.
    pub similarity_min: f64,
}

/// The best candidates so far, best first.
#[derive(Clone, Debug)]
pub(super) struct Best {
    wanted: Wanted,
    candidates: Vec<Candidate>,
}

impl Best {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self { wanted, candidates: Vec::new() }
    }

    /// Whoever is less like the probe than this is none of the best.
    pub(super) fn bar(&self) -> f64 {
        match self.candidates.last() {
            Some(worst) if self.candidates.len() == self.wanted.count => worst.similarity,
            _ => self.wanted.similarity_min,
        }
    }

    /// Takes a candidate if it is one of the best.
    pub(super) fn offer(&mut self, candidate: Candidate) {
        if candidate.similarity < self.bar() {
            return;
        }
        let place = self.candidates.partition_point(|other| other.rank(&candidate).is_lt());
        if place < self.wanted.count {
            self.candidates.insert(place, candidate);
            self.candidates.truncate(self.wanted.count);
        }
    }

    /// Takes the best of others' best.
    pub(super) fn merge(&mut self, other: Self) {
        other.candidates.into_iter().for_each(|candidate| self.offer(candidate));
    }

    pub(super) fn into_candidates(self) -> Vec<Candidate> {
        self.candidates
    }
}
