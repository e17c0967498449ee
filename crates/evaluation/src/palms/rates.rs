//! Scores of many comparisons, and the errors that thresholds on them make.

use palm::{Embedding, Protection, Template};

use super::collect::Person;
use super::in_parallel;

/// Steps of a score from -1 to 1.
const STEPS: usize = 40_000;

/// Scores from -1 to 1, counted by step.
#[derive(Debug, Clone)]
pub struct Scores {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Scores {
    fn default() -> Self {
        Self { counts: vec![0; STEPS + 1], total: 0 }
    }
}

impl Scores {
    /// Counts a score.
    pub fn add(&mut self, score: f64) {
        let step = ((score + 1.0) / 2.0 * STEPS as f64).clamp(0.0, STEPS as f64) as usize;
        self.counts[step] += 1;
        self.total += 1;
    }

    /// How many were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The share of scores of at least `threshold` (0 if there are none).
    pub fn share_from(&self, threshold: f64) -> f64 {
        let step = ((threshold + 1.0) / 2.0 * STEPS as f64).ceil().clamp(0.0, STEPS as f64) as usize;
        self.counts[step..].iter().sum::<u64>() as f64 / self.total.max(1) as f64
    }

    /// The lowest threshold (to a step) that at most `share` of the scores reach.
    pub fn threshold(&self, share: f64) -> f64 {
        let allowed = (share * self.total as f64).floor() as u64;
        let mut above = 0;
        for step in (0..=STEPS).rev() {
            above += self.counts[step];
            if above > allowed {
                return (step + 1) as f64 / STEPS as f64 * 2.0 - 1.0;
            }
        }
        -1.0
    }

    fn merge(&mut self, other: &Self) {
        self.total += other.total;
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }
}

/// Scores of looks at one palm, and of looks at two people's.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// Of every two looks at one palm.
    pub genuine: Scores,
    /// Of everybody's first look with everybody else's second.
    pub impostor: Scores,
}

impl Rates {
    /// The threshold that lets through at most this share of impostors, and the share of genuine looks that pass it (TAR).
    pub fn at_false_matches(&self, rate: f64) -> (f64, f64) {
        let threshold = self.impostor.threshold(rate);
        (threshold, self.genuine.share_from(threshold))
    }

    /// Points of the curve of errors: false matches and false non-matches at each step where either changes.
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for step in (0..=STEPS).step_by(STEPS / 2000) {
            let threshold = step as f64 / STEPS as f64 * 2.0 - 1.0;
            let point = (self.impostor.share_from(threshold), 1.0 - self.genuine.share_from(threshold));
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
        points
    }
}

/// Everybody's protected templates, as a store keeps them.
pub fn templates(people: &[Person], protection: &Protection) -> Vec<Vec<Template>> {
    people.iter().map(|person| person.looks.iter().map(|look| protection.protect(look)).collect()).collect()
}

impl Rates {
    /// Scores of bare embeddings.
    pub fn of_embeddings(people: &[Person], threads: usize) -> Self {
        let looks: Vec<&[Embedding]> = people.iter().map(|person| person.looks.as_slice()).collect();
        compare(&looks, threads, Embedding::similarity)
    }

    /// Scores of protected templates.
    pub fn of_templates(templates: &[Vec<Template>], threads: usize) -> Self {
        let looks: Vec<&[Template]> = templates.iter().map(Vec::as_slice).collect();
        compare(&looks, threads, Template::similarity)
    }
}

fn compare<T: Sync>(looks: &[&[T]], threads: usize, score: fn(&T, &T) -> f64) -> Rates {
    let mut all = Rates::default();
    for rates in in_parallel(threads, |worker| part(looks, worker, threads.max(1), score)) {
        all.genuine.merge(&rates.genuine);
        all.impostor.merge(&rates.impostor);
    }
    all
}

fn part<T>(looks: &[&[T]], worker: usize, threads: usize, score: fn(&T, &T) -> f64) -> Rates {
    let mut rates = Rates::default();
    for (number, person) in looks.iter().enumerate().skip(worker).step_by(threads) {
        for (index, one) in person.iter().enumerate() {
            person[index + 1..].iter().for_each(|other| rates.genuine.add(score(one, other)));
        }
        let Some(first) = person.first() else { continue };
        for (stranger, other) in looks.iter().enumerate() {
            if let (true, Some(second)) = (stranger != number, other.get(1)) {
                rates.impostor.add(score(first, second));
            }
        }
    }
    rates
}
