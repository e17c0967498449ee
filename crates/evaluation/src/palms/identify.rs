//! Searching for somebody among all who are enrolled.

use palm::search::Wanted;
use palm::{Embedding, Gallery, PersonId, Protection};

use super::collect::Person;
use super::rates::Scores;

/// What a search among everybody found.
#[derive(Debug, Clone, Default)]
pub struct Identification {
    /// People enrolled.
    pub enrolled: usize,
    /// Looks at enrolled palms.
    pub probes: u64,
    /// Those whose best match is the right person.
    pub first_is_right: u64,
    /// Looks at palms of people who are not enrolled.
    pub strangers: u64,
    /// Scores of the right person where they came first.
    pub right: Scores,
    /// Best scores of strangers.
    pub stranger: Scores,
}

impl Identification {
    /// The share of looks whose best match is the right person.
    pub fn rank_one(&self) -> f64 {
        self.first_is_right as f64 / self.probes.max(1) as f64
    }

    /// The threshold at which at most this share of strangers is taken for somebody (FPIR), and the share of the enrolled who are
    /// then not found (FNIR).
    pub fn at_false_positives(&self, rate: f64) -> (f64, f64) {
        let threshold = self.stranger.threshold(rate);
        let found = self.right.share_from(threshold) * self.right.total() as f64;
        (threshold, 1.0 - found / self.probes.max(1) as f64)
    }
}

/// Enrols everybody with the mean of their first `enrol` looks, as the kiosk does, and searches for the mean of every `hover` of the
/// others, and for strangers likewise.
pub fn identify(
    people: &[Person],
    strangers: &[Person],
    (enrol, hover): (usize, usize),
    protection: &Protection,
) -> Identification {
    let mut gallery = Gallery::new();
    let mut found = Identification::default();
    for (number, person) in people.iter().enumerate() {
        if let Some(template) = person.enrolled(enrol, protection) {
            gallery.insert(PersonId(number as u64), &template);
            found.enrolled += 1;
        }
    }
    let best = |looks: &[Embedding]| {
        let probe = protection.protect(&Embedding::mean(looks)?);
        gallery.search(&probe, Wanted { count: 1, similarity_min: -1.0 }).first().copied()
    };
    for (number, person) in people.iter().enumerate() {
        for looks in person.looks.get(enrol..).unwrap_or_default().chunks_exact(hover) {
            found.probes += 1;
            if let Some(first) = best(looks).filter(|first| first.person == PersonId(number as u64)) {
                found.first_is_right += 1;
                found.right.add(first.similarity);
            }
        }
    }
    for looks in strangers.iter().flat_map(|person| person.looks.chunks_exact(hover)) {
        found.strangers += 1;
        found.stranger.add(best(looks).map_or(-1.0, |first| first.similarity));
    }
    found
}
