//! A palm at the gate, from the first picture until somebody is known or nobody is.

use model::Time;
use palm::liveness::Verdict;
use palm::{Embedding, Refusal, Side};

use super::eye::{Gaze, Seen};

/// How often nobody may be found, or nothing that lives, before it is told: a hand that moved is found at the next verdict.
const MISSES: u32 = 3;

/// What comes of a picture.
pub(crate) enum Look {
    /// How to hold the hand.
    Guide(Refusal),
    /// More pictures are needed.
    More,
    /// It does not look alive.
    NotLive,
    /// A living hand to look for.
    Enough(Side, Box<Embedding>),
}

/// A palm at the gate.
pub(crate) struct Hover {
    gaze: Gaze,
    misses: u32,
}

impl Hover {
    /// Somebody has begun to hold their hand out.
    pub(crate) fn new(gaze: Gaze) -> Self {
        Self { gaze, misses: 0 }
    }

    /// Looks at a picture.
    pub(crate) fn look(&mut self, picture: &[u8], at: Time) -> Look {
        match (self.gaze)(at, picture) {
            Err(refusal) => Look::Guide(refusal),
            Ok(Seen { side, embedding, verdict: Verdict::Live { .. } }) => {
                Look::Enough(side, Box::new(embedding))
            }
            Ok(Seen { verdict: Verdict::Attack { .. }, .. }) if self.missed() => Look::NotLive,
            Ok(_) => Look::More,
        }
    }

    /// Nobody was found for what was seen; whether that is enough.
    pub(crate) fn missed(&mut self) -> bool {
        self.misses += 1;
        self.misses >= MISSES
    }
}
