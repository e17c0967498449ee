//! What a second look and a second hand are worth, against what people are enrolled with.

use palm::fuse::{Normal, ScoreModel};
use palm::{Protection, Template};

use super::collect::Person;
use super::rates::{Rates, Scores};

/// Evidence (a logarithm of a ratio of likelihoods) that makes a score of 1: beyond it all is certain.
const EVIDENCE_MOST: f64 = 400.0;

/// Errors of one way of showing palms.
pub struct Way {
    /// How palms are shown.
    pub name: &'static str,
    /// Errors of its evidence.
    pub rates: Rates,
}

/// One hand of everybody: the template enrolled, and the looks shown afterwards.
struct Shown {
    enrolled: Option<Template>,
    probes: Vec<Template>,
}

/// What was measured of people who show both hands.
pub struct Fusion {
    /// How scores of one look against what is enrolled are spread.
    pub scores: ScoreModel,
    /// Errors of the ways of showing palms.
    pub ways: [Way; 3],
}

/// Errors of a look, of two looks at one palm and of a look at each of both palms. `left[n]` and `right[n]` are one person's;
/// everybody is enrolled with the mean of `enrol` looks. Score models are measured on the first quarter of the people, errors on the rest.
pub fn fusion(
    left: &[Person],
    right: &[Person],
    enrol: usize,
    protections: [&Protection; 2],
) -> Option<Fusion> {
    let hands = [shown(left, enrol, protections[0]), shown(right, enrol, protections[1])];
    let (fitted, measured) = (0..left.len() / 4, left.len() / 4..left.len());
    let model = model(&hands[0], fitted)?;
    let mut rates = [Rates::default(), Rates::default(), Rates::default()];
    for person in measured.clone() {
        for enrolled in measured.clone() {
            let scores = hands.each_ref().map(|hand| scores(&hand[person], &hand[enrolled]));
            let mut add = |way: usize, evidence: f64| {
                let rates: &mut Rates = &mut rates[way];
                let into: &mut Scores =
                    if person == enrolled { &mut rates.genuine } else { &mut rates.impostor };
                into.add(evidence / EVIDENCE_MOST);
            };
            scores[0].iter().for_each(|score| add(0, model.log_ratio(*score)));
            scores[0].chunks_exact(2).for_each(|pair| add(1, model.fuse(&[pair])));
            scores[0]
                .iter()
                .zip(&scores[1])
                .for_each(|(left, right)| add(2, model.fuse(&[&[*left], &[*right]])));
        }
    }
    let names = ["one look", "two looks at one palm", "a look at each palm"];
    let mut rates = rates.into_iter();
    let ways = names.map(|name| Way { name, rates: rates.next().unwrap_or_default() });
    Some(Fusion { scores: model, ways })
}

fn shown(people: &[Person], enrol: usize, protection: &Protection) -> Vec<Shown> {
    people
        .iter()
        .map(|person| Shown {
            enrolled: person.enrolled(enrol, protection),
            probes: person.looks.iter().skip(enrol).map(|look| protection.protect(look)).collect(),
        })
        .collect()
}

fn scores(person: &Shown, enrolled: &Shown) -> Vec<f64> {
    let against =
        |template: &Template| person.probes.iter().map(|probe| probe.similarity(template)).collect();
    enrolled.enrolled.as_ref().map_or_else(Vec::new, against)
}

fn model(hand: &[Shown], people: std::ops::Range<usize>) -> Option<ScoreModel> {
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for person in people.clone() {
        for enrolled in people.clone() {
            let into = if person == enrolled { &mut genuine } else { &mut impostor };
            into.extend(scores(&hand[person], &hand[enrolled]));
        }
    }
    Some(ScoreModel { genuine: Normal::of(&genuine)?, impostor: Normal::of(&impostor)? })
}
