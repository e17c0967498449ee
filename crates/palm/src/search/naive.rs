//! The reference: every template compared with the probe, all sorted. What the fast search must equal, bit for bit.

use super::{Candidate, Wanted};
use crate::id::PersonId;
use crate::template::Template;

/// The best candidates for a probe, best first.
pub fn search(enrolled: &[(PersonId, Template)], probe: &Template, wanted: Wanted) -> Vec<Candidate> {
    let candidate = |(person, template): &(PersonId, Template)| Candidate {
        person: *person,
        similarity: template.similarity(probe),
    };
    let mut candidates: Vec<Candidate> = enrolled.iter().map(candidate).collect();
    candidates.retain(|candidate| candidate.similarity >= wanted.similarity_min);
    candidates.sort_by(Candidate::rank);
    candidates.truncate(wanted.count);
    candidates
}
