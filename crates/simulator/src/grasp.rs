//! What a network that looks at hands says of whether they hold something.
//!
//! Networks of this kind find hands in pictures and say what they touch (Shan et al., "Understanding Human Hands in Contact at
//! Internet Scale", CVPR 2020; Narasimhaswamy et al., "Detecting Hands and Recognizing Physical Contact in the Wild", NeurIPS
//! 2020). How well they would do from a shop's ceiling is assumed: of single looks at a hand that is not hidden, five of six
//! are right, fewer at small things, and what is mistaken stays so for about a second.

use crate::Rng;
use crate::hand::Held;

/// How far what a network reckons for a hand that holds something lies from what it reckons for an empty one, each from the
/// middle, in standard deviations of a single look: of a tracker that has several pictures of it, and of one camera alone,
/// which is right in seven of ten. Their errors are independent here, which those of real cameras are not quite.
pub(crate) const BY_SEVERAL: f64 = 1.0;
pub(crate) const BY_ONE: f64 = 0.5;
/// The part of that deviation that stays for a while, and how much of it stays from look to look; the other part is new in
/// each look.
const LASTING: f64 = 0.8;
const FLEETING: f64 = 0.6;
const KEEP: f64 = 0.93;
/// Goods of this mass, grams, are seen as clearly as a basket; the smallest this much of it.
const CLEAR_G: f64 = 150.0;
const LEAST_CLEAR: f64 = 0.4;
/// A hand is seen in this many of the looks; of somebody who stands close to somebody else in fewer.
const SEEN: f64 = 0.8;
const SEEN_CLOSE: f64 = 0.5;
/// Told in hundredths, and never certain.
const STEPS: f64 = 100.0;
const SUREST: f64 = 0.98;

/// One hand, to the network.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grasp {
    mistaken: f64,
}

impl Grasp {
    /// Looks at the hand: how probable it is that it holds something, if it is seen.
    pub(crate) fn look(&mut self, held: Held, is_close: bool, apart: f64, rng: &mut Rng) -> Option<f32> {
        let fresh = (1.0 - KEEP * KEEP).sqrt() * rng.noise();
        self.mistaken = KEEP * self.mistaken + fresh;
        let is_seen = rng.chance(if is_close { SEEN_CLOSE } else { SEEN });
        let looks_like = match held {
            Held::Nothing => -apart,
            Held::Handle => apart,
            Held::Goods(grams) => apart * (LEAST_CLEAR + (1.0 - LEAST_CLEAR) * (grams / CLEAR_G).min(1.0)),
        };
        let reckoned = looks_like + LASTING * self.mistaken + FLEETING * rng.noise();
        // The logarithm of how much likelier it is for a hand that holds something than for an empty one.
        let log_odds = 2.0 * apart * reckoned;
        let probability = (1.0 / (1.0 + libm::exp(-log_odds))).clamp(1.0 - SUREST, SUREST);
        is_seen.then_some(((probability * STEPS).round() / STEPS) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_looks_are_right_as_often_as_stated_and_the_odds_are_what_they_say() {
        let (mut rng, mut right, mut sure, mut seen) = (Rng::new(1, "test"), 0, [0, 0], 0);
        for number in 0..40_000 {
            let holds = number % 2 == 0;
            let held = if holds { Held::Goods(500.0) } else { Held::Nothing };
            let Some(said) = Grasp { mistaken: rng.gaussian() }.look(held, false, BY_SEVERAL, &mut rng)
            else {
                continue;
            };
            seen += 1;
            right += usize::from((said > 0.5) == holds);
            if (0.85..0.95).contains(&said) {
                sure[usize::from(holds)] += 1;
            }
        }
        let right = right as f64 / f64::from(seen);
        assert!((0.82..0.86).contains(&right), "{right}");
        let share = f64::from(sure[1]) / f64::from(sure[0] + sure[1]);
        assert!((0.87..0.93).contains(&share), "{share}");
    }
}
