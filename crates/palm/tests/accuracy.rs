//! What protection costs in accuracy: at most 0.1 points. Pairs of synthetic palms that are hard to tell apart are scored
//! as embeddings and as templates.
//!
//! `cargo test -p palm --test accuracy -- --nocapture` prints the table that `protect`'s documentation speaks of.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that prints what it measured")]

mod synthetic;

use palm::{Protection, SecretKey, Side, Template};
use synthetic::Palms;

/// Pairs of each kind.
const PAIRS: usize = 20_000;
/// Cosine of two looks at one palm: so little that about two in a hundred go wrong.
const COSINE: f64 = 0.35;

/// Scores of the same palm and of strangers.
struct Scores {
    genuine: Vec<f64>,
    impostor: Vec<f64>,
}

impl Scores {
    /// The rate at which as many strangers are taken as friends are refused, in points (hundredths).
    fn equal_error_points(&self) -> f64 {
        let mut both: Vec<(f64, bool)> = self.genuine.iter().map(|score| (*score, true)).collect();
        both.extend(self.impostor.iter().map(|score| (*score, false)));
        both.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (mut refused, mut taken) = (0, self.impostor.len());
        for (_, is_genuine) in both {
            if is_genuine {
                refused += 1
            } else {
                taken -= 1
            }
            if refused >= taken {
                break;
            }
        }
        100.0 * refused as f64 / self.genuine.len() as f64
    }

    /// How many friends pass where one stranger in a hundred does, in points.
    fn accepted_points(&self) -> f64 {
        let mut impostor = self.impostor.clone();
        impostor.sort_by(f64::total_cmp);
        let threshold = impostor[impostor.len() - impostor.len() / 100];
        let passed = self.genuine.iter().filter(|score| **score > threshold).count();
        100.0 * passed as f64 / self.genuine.len() as f64
    }
}

/// Scores pairs of vectors.
fn scores<T>(palms: &[(T, T)], score: impl Fn(&T, &T) -> f64) -> Scores {
    let next = palms.iter().cycle().skip(1);
    Scores {
        genuine: palms.iter().map(|(one, other)| score(one, other)).collect(),
        impostor: palms.iter().zip(next).map(|((one, _), (_, stranger))| score(one, stranger)).collect(),
    }
}

/// Templates, each level made coarser.
fn coarser(templates: &[(Template, Template)], coarse: impl Fn(i8) -> f64) -> Vec<(Vec<f64>, Vec<f64>)> {
    let make = |template: &Template| template.levels().iter().map(|level| coarse(*level)).collect();
    templates.iter().map(|(one, other)| (make(one), make(other))).collect()
}

#[allow(clippy::ptr_arg, reason = "passed as a function over pairs of vectors")]
fn cosine(one: &Vec<f64>, other: &Vec<f64>) -> f64 {
    let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f64>();
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

/// Mean cosine of what is left to the template it was made of: what whoever has the secret recovers.
fn recovered(templates: &[(Template, Template)], coarse: &[(Vec<f64>, Vec<f64>)]) -> f64 {
    let whole = coarser(templates, f64::from);
    whole.iter().zip(coarse).map(|(whole, coarse)| cosine(&whole.0, &coarse.0)).sum::<f64>()
        / whole.len() as f64
}

#[test]
fn protection_costs_less_than_a_tenth_of_a_point() {
    let mut palms = Palms::new(1);
    let pairs: Vec<_> = (0..PAIRS)
        .map(|_| {
            let palm = palms.stranger();
            let mate = palms.mate(&palm, COSINE);
            (palm, mate)
        })
        .collect();
    let secret = SecretKey::from_bytes([1; 32]);
    let [old, new] = [1, 2].map(|epoch| Protection::new(&secret, "corner", Side::Left, epoch));
    let templates: Vec<_> = pairs.iter().map(|(palm, mate)| (old.protect(palm), old.protect(mate))).collect();
    // Enrolled in the old epoch and carried over, seen in the new one.
    let reissued: Vec<_> = templates
        .iter()
        .zip(&pairs)
        .map(|((template, _), (_, mate))| (old.reissue(template, &new), new.protect(mate)))
        .collect();

    let plain = scores(&pairs, |one, other| one.similarity(other));
    let protected = scores(&templates, Template::similarity);
    let reissued = scores(&reissued, Template::similarity);
    let half = coarser(&templates, |level| f64::from(level >> 4) + 0.5);
    let ternary = coarser(&templates, |level| if level.abs() < 26 { 0.0 } else { f64::from(level.signum()) });
    let signs = coarser(&templates, |level| if level < 0 { -1.0 } else { 1.0 });
    let coarse = [("4 bits", &half), ("ternary", &ternary), ("signs", &signs)];

    println!("{:<12} {:>11} {:>22} {:>10}", "", "equal error", "accepted at 1 % false", "recovered");
    let print = |name: &str, scores: &Scores, recovered: f64| {
        let (error, accepted) = (scores.equal_error_points(), scores.accepted_points());
        println!("{name:<12} {error:>9.3} % {accepted:>20.3} % {recovered:>10.4}");
    };
    print("embeddings", &plain, 1.0);
    print("templates", &protected, 1.0);
    print("reissued", &reissued, 1.0);
    for (name, coarse) in coarse {
        print(name, &scores(coarse, cosine), recovered(&templates, coarse));
    }

    assert!(plain.equal_error_points() > 1.0, "too easy to show a loss");
    for kept in [&protected, &reissued] {
        assert!(kept.equal_error_points() - plain.equal_error_points() <= 0.1);
        assert!(plain.accepted_points() - kept.accepted_points() <= 0.1);
    }
    // Why templates are not made coarser on purpose: it would cost more than is allowed.
    for coarse in [&ternary, &signs] {
        assert!(plain.accepted_points() - scores(coarse, cosine).accepted_points() > 0.1);
    }
}
