//! Whether templates of one palm under two secrets, epochs or sides can be told to be of one palm: they must score as
//! strangers do.
//!
//! Measure: D_sys of Gomez-Barrero, Galbally, Rathgeb and Busch, "General Framework to Evaluate Unlinkability in
//! Biometric Template Protection Systems" (IEEE TIFS 13(6), 2018), equations 5 to 7 with ω = 1: 0 where scores tell
//! nothing, 1 where they tell everything.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that prints what it measured")]

mod synthetic;

use palm::{Embedding, Protection, SecretKey, Side, Template};
use synthetic::Palms;

const PALMS: usize = 1000;
/// Fine enough for scores with a deviation of 0.09, coarse enough for hundreds of scores in each.
const BINS: usize = 50;
/// What chance alone leaves of the measure with so many scores is below this.
const UNLINKABLE: f64 = 0.03;

/// Scores of the same palms, and of strangers, under two protections.
#[derive(Default)]
struct Scores {
    mated: Vec<f64>,
    strange: Vec<f64>,
}

impl Scores {
    /// Scores first looks under one protection against second looks under another.
    fn add(&mut self, first: &[Template], second: &[Template]) {
        self.mated.extend(first.iter().zip(second).map(|(one, other)| one.similarity(other)));
        let strangers = second.iter().cycle().skip(1);
        self.strange.extend(first.iter().zip(strangers).map(|(one, other)| one.similarity(other)));
    }

    fn d_sys(&self) -> f64 {
        let (mated, strange) = (shares(&self.mated), shares(&self.strange));
        let local = |mated: f64, strange: f64| {
            if mated <= strange { 0.0 } else { 2.0 * mated / (mated + strange) - 1.0 }
        };
        mated.iter().zip(strange).map(|(mated, strange)| mated * local(*mated, strange)).sum()
    }
}

/// The share of scores in each of the bins from -1 to 1.
fn shares(scores: &[f64]) -> [f64; BINS] {
    let mut shares = [0.0; BINS];
    for score in scores {
        // Scores beyond ±0.5 are rare under two protections and all alike under one.
        let bin = ((score.clamp(-0.499, 0.499) + 0.5) * BINS as f64) as usize;
        shares[bin] += 1.0 / scores.len() as f64;
    }
    shares
}

/// First and second looks at the same palms.
fn looks(stranger: impl Fn(&mut Palms) -> Embedding) -> (Vec<Embedding>, Vec<Embedding>) {
    let mut palms = Palms::new(2);
    let first: Vec<_> = (0..PALMS).map(|_| stranger(&mut palms)).collect();
    let second = first.iter().map(|palm| palms.mate(palm, 0.9)).collect();
    (first, second)
}

fn templates(protection: &Protection, looks: &[Embedding]) -> Vec<Template> {
    looks.iter().map(|look| protection.protect(look)).collect()
}

/// D_sys over all pairs of different protections, and within the first.
fn measure(protections: &[Protection], (first, second): &(Vec<Embedding>, Vec<Embedding>)) -> (f64, f64) {
    let first: Vec<_> = protections.iter().map(|protection| templates(protection, first)).collect();
    let second: Vec<_> = protections.iter().map(|protection| templates(protection, second)).collect();
    let (mut across, mut within) = (Scores::default(), Scores::default());
    for (place, one) in first.iter().enumerate() {
        second
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .for_each(|(_, other)| across.add(one, other));
    }
    within.add(&first[0], &second[0]);
    (across.d_sys(), within.d_sys())
}

fn check(what: &str, protections: &[Protection]) {
    let clouds = [("even", looks(Palms::stranger)), ("lopsided", looks(Palms::lopsided_stranger))];
    for (cloud, looks) in clouds {
        let (across, within) = measure(protections, &looks);
        println!("{what}, {cloud} palms: D_sys {across:.4}; under one protection {within:.4}");
        assert!(across < UNLINKABLE, "{what}, {cloud}: {across}");
        assert!(within > 0.9, "the measure sees nothing: {within}");
    }
}

#[test]
fn templates_under_different_secrets_cannot_be_linked() {
    let protections: Vec<_> = (0..8)
        .map(|tenant| Protection::new(&SecretKey::from_bytes([tenant; 32]), "corner", Side::Left, 1))
        .collect();
    check("secrets", &protections);
}

#[test]
fn templates_of_different_epochs_cannot_be_linked() {
    let secret = SecretKey::from_bytes([1; 32]);
    let protections: Vec<_> =
        (0..8).map(|epoch| Protection::new(&secret, "corner", Side::Left, epoch)).collect();
    check("epochs", &protections);
}

#[test]
fn a_renewed_template_no_longer_matches_the_old_one() {
    let secret = SecretKey::from_bytes([1; 32]);
    let [old, new] = [1, 2].map(|epoch| Protection::new(&secret, "corner", Side::Left, epoch));
    let (first, second) = looks(Palms::stranger);
    for (first, second) in first.iter().zip(&second) {
        let before = old.protect(first);
        let after = old.reissue(&before, &new);
        assert!(before.similarity(&after).abs() < 0.45, "the old template matches the new one");
        assert!(
            before.similarity(&new.protect(second)).abs() < 0.45,
            "the palm still matches the old template"
        );
        assert!(after.similarity(&new.protect(second)) > 0.8, "the palm no longer matches");
    }
}
