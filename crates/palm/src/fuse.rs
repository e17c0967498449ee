//! Several scores to one decision: left and right palm, several hovers, one person or nobody.
//!
//! Each score is turned into the logarithm of how much likelier it is from the same palm than from a stranger's
//! (Neyman and Pearson 1933; for fused biometrics Nandakumar et al. 2008). Hovers of one hand depend on one
//! another, so their ratios are averaged; the two hands are as strangers, so their ratios add up.
//!
//! A ratio's exponential has a mean of 1 over strangers, and the average of logarithms is no larger than the logarithm of
//! the average, so a stranger's fused ratio is above *t* with a probability of at most e^-t (Markov's inequality). That makes a
//! threshold out of a wished rate without a measurement, as far as the [`ScoreModel`] is true; [`Operating::measured`]
//! asks nothing of the model.

use crate::id::PersonId;

/// Mean and standard deviation of scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, above 0.
    pub sd: f64,
}

impl Normal {
    /// Mean and standard deviation of at least two scores that are not all the same.
    pub fn of(scores: &[f64]) -> Option<Self> {
        let count = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / count;
        let squares: f64 = scores.iter().map(|score| (score - mean) * (score - mean)).sum();
        let sd = (squares / (count - 1.0)).sqrt();
        (sd > 0.0 && sd.is_finite()).then_some(Self { mean, sd })
    }

    fn log_density(self, score: f64) -> f64 {
        let away = (score - self.mean) / self.sd;
        -0.5 * away * away - libm::log(self.sd)
    }
}

/// How scores of the same palm and of strangers' palms are spread, as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreModel {
    /// Of the same palm.
    pub genuine: Normal,
    /// Of strangers.
    pub impostor: Normal,
}

impl ScoreModel {
    /// Of the networks that come with this crate: one look, with strong changes of pose and light, against a palm enrolled with
    /// three (400 synthetic people that no network saw: `cargo run --release -p evaluation --example palms -- 400 10 2002`).
    pub const READER: Self =
        Self { genuine: Normal { mean: 0.908, sd: 0.044 }, impostor: Normal { mean: 0.006, sd: 0.092 } };

    /// The logarithm of how much likelier a score is from the same palm than from a stranger's. Never falls when the
    /// score rises: beyond the point where two normal curves would say so, it stays level.
    pub fn log_ratio(&self, score: f64) -> f64 {
        let Self { genuine, impostor } = *self;
        let (narrow, wide) = (1.0 / (genuine.sd * genuine.sd), 1.0 / (impostor.sd * impostor.sd));
        let turn = (genuine.mean * narrow - impostor.mean * wide) / (narrow - wide);
        let score = if narrow > wide {
            score.min(turn)
        } else if narrow < wide {
            score.max(turn)
        } else {
            score
        };
        genuine.log_density(score) - impostor.log_density(score)
    }

    /// The fused evidence for one person: for each hand that was shown and that they enrolled, the scores of its
    /// hovers against their template. Hands without a score say nothing.
    pub fn fuse(&self, hands: &[&[f64]]) -> f64 {
        let of_hand = |hovers: &&[f64]| {
            let sum: f64 = hovers.iter().map(|score| self.log_ratio(*score)).sum();
            sum / hovers.len() as f64
        };
        hands.iter().filter(|hovers| !hovers.is_empty()).map(of_hand).sum()
    }
}

/// Where a store draws the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operating {
    /// The least evidence that lets somebody in.
    pub threshold: f64,
    /// How often a stranger's palm has as much against one enrolled person.
    pub false_match_rate: f64,
}

impl Operating {
    /// The line beyond which at most `rate` of strangers are taken for one of `people` enrolled, if the score model is
    /// true: each of them may err with `rate / people`.
    pub fn bounded(people: usize, rate: f64) -> Self {
        let false_match_rate = rate / people.max(1) as f64;
        Self { threshold: -libm::log(false_match_rate), false_match_rate }
    }

    /// The line just above all but `rate` of the measured evidence of strangers. None if there are too few to tell:
    /// fewer than 3 / `rate` (the rule of three: with none above in 3/p tries, the rate is below p at 95 %; Jovanovic
    /// and Levy 1997).
    pub fn measured(impostors: &[f64], false_match_rate: f64) -> Option<Self> {
        if (impostors.len() as f64) < 3.0 / false_match_rate {
            return None;
        }
        let mut sorted = impostors.to_vec();
        sorted.sort_by(|one, other| other.total_cmp(one));
        let above = (impostors.len() as f64 * false_match_rate).floor() as usize;
        let threshold = sorted.get(above)?.next_up();
        Some(Self { threshold, false_match_rate })
    }
}

/// Fused evidence that a palm is somebody's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Who.
    pub person: PersonId,
    /// How much: see [`ScoreModel::fuse`].
    pub log_ratio: f64,
}

/// Whose palm it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This person's.
    Known(PersonId),
    /// Nobody's who is enrolled.
    Unknown,
    /// One of these two people's, and the evidence does not tell which: ask for another hover or the other hand.
    Doubt(PersonId, PersonId),
}

/// Decides whose palm it is from the evidence for each candidate, in any order, each person once. It is somebody's
/// if their evidence reaches the threshold and leads by at least `lead` (3 is twenty times likelier).
pub fn decide(candidates: &[Evidence], operating: &Operating, lead: f64) -> Decision {
    let mut sorted: Vec<_> = candidates.iter().filter(|one| !one.log_ratio.is_nan()).collect();
    sorted
        .sort_by(|one, other| other.log_ratio.total_cmp(&one.log_ratio).then(one.person.cmp(&other.person)));
    match sorted.as_slice() {
        [best, second, ..]
            if best.log_ratio >= operating.threshold && best.log_ratio - second.log_ratio < lead =>
        {
            Decision::Doubt(best.person, second.person)
        }
        [best, ..] if best.log_ratio >= operating.threshold => Decision::Known(best.person),
        _ => Decision::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODEL: ScoreModel =
        ScoreModel { genuine: Normal { mean: 0.8, sd: 0.06 }, impostor: Normal { mean: 0.0, sd: 0.09 } };

    fn evidence(person: u64, log_ratio: f64) -> Evidence {
        Evidence { person: PersonId(person), log_ratio }
    }

    #[test]
    fn two_hands_say_more_than_one_and_two_hovers_no_more_than_one() {
        let one = MODEL.fuse(&[&[0.5]]);
        assert!(MODEL.fuse(&[&[0.5], &[0.5]]) > one + 1.0);
        assert!((MODEL.fuse(&[&[0.5, 0.5]]) - one).abs() < 1e-12);
        assert_eq!(MODEL.fuse(&[&[0.5], &[]]), one);
        assert_eq!(MODEL.fuse(&[]), 0.0);
    }

    #[test]
    fn a_hand_that_does_not_fit_speaks_against() {
        assert!(MODEL.fuse(&[&[0.7], &[0.0]]) < MODEL.fuse(&[&[0.7]]));
    }

    #[test]
    fn somebody_is_known_unknown_or_in_doubt() {
        let operating = Operating::bounded(1000, 0.001);
        assert!((operating.threshold - 13.8155).abs() < 1e-3);
        let decide = |candidates: &[Evidence]| decide(candidates, &operating, 3.0);
        assert_eq!(decide(&[]), Decision::Unknown);
        assert_eq!(decide(&[evidence(1, 13.0)]), Decision::Unknown);
        assert_eq!(decide(&[evidence(1, f64::NAN)]), Decision::Unknown);
        assert_eq!(decide(&[evidence(1, 5.0), evidence(2, 14.0)]), Decision::Known(PersonId(2)));
        let doubt = Decision::Doubt(PersonId(1), PersonId(2));
        assert_eq!(decide(&[evidence(2, 14.0), evidence(1, 16.0)]), doubt);
        assert_eq!(decide(&[evidence(2, 14.0), evidence(1, 14.0)]), doubt);
    }

    #[test]
    fn a_measured_line_holds_its_rate_on_what_it_was_measured_on() {
        let impostors: Vec<f64> = (0..10_000).map(|place| f64::from(place * 7919 % 10_007)).collect();
        let operating = Operating::measured(&impostors, 0.001).unwrap();
        assert_eq!(impostors.iter().filter(|one| **one >= operating.threshold).count(), 10);
        assert_eq!(Operating::measured(&impostors[..2999], 0.001), None);
    }

    #[test]
    fn a_bounded_line_holds_its_rate_when_the_model_is_true() {
        let mut random = oorandom::Rand64::new(5);
        let mut stranger = || {
            let (radius, angle) = (1.0 - random.rand_float(), random.rand_float());
            0.09 * (-2.0 * libm::log(radius)).sqrt() * libm::cos(std::f64::consts::TAU * angle)
        };
        let model = ScoreModel { genuine: Normal { mean: 0.25, sd: 0.1 }, ..MODEL };
        for rate in [0.1, 0.01, 0.001] {
            let threshold = Operating::bounded(1, rate).threshold;
            let errors =
                (0..200_000).filter(|_| model.fuse(&[&[stranger(), stranger()]]) >= threshold).count();
            assert!(errors as f64 <= 200_000.0 * rate, "{errors} at {rate}");
        }
    }

    proptest! {
        #[test]
        fn more_likeness_is_never_less_evidence(
            genuine_sd in 0.01..0.3_f64, impostor_sd in 0.01..0.3_f64, low in -1.0..1.0_f64, more in 0.0..1.0_f64,
        ) {
            let model = ScoreModel {
                genuine: Normal { mean: 0.8, sd: genuine_sd },
                impostor: Normal { mean: 0.0, sd: impostor_sd },
            };
            prop_assert!(model.log_ratio(low + more) >= model.log_ratio(low) - 1e-9);
        }
    }
}
