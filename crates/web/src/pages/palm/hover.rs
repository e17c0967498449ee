//! A palm at the gate, from the first picture until somebody is known or nobody is.

use model::Time;
use palm::{Embedding, Refusal, Side};

use super::eye::{Gaze, Seen, Verdict};

/// Good pictures that are waited for: the likeness of two is surer than of one.
const LOOKS: usize = 2;
/// How often nobody may be found before it is told: a hand that moved is found at the next look.
const MISSES: u32 = 3;

/// What comes of a picture.
pub(crate) enum Look {
    /// How to hold the hand.
    Guide(Refusal),
    /// More pictures are needed.
    More,
    /// It does not look alive.
    NotLive,
    /// Enough to look for: the hand and what was seen of it.
    Enough(Side, Vec<Embedding>),
}

/// A palm at the gate.
pub(crate) struct Hover {
    gaze: Gaze,
    looks: Vec<(Side, Embedding)>,
    misses: u32,
}

impl Hover {
    /// Somebody has begun to hold their hand out.
    pub(crate) fn new(gaze: Gaze) -> Self {
        Self { gaze, looks: Vec::new(), misses: 0 }
    }

    /// Looks at a picture. Whoever changes the hand begins again.
    pub(crate) fn look(&mut self, picture: &[u8], at: Time) -> Look {
        let Seen { side, embedding, verdict } = match (self.gaze)(at, picture) {
            Ok(seen) => seen,
            Err(refusal) => return Look::Guide(refusal),
        };
        self.looks.retain(|(other, _)| *other == side);
        self.looks.push((side, embedding));
        match verdict {
            Verdict::Attack(_) => Look::NotLive,
            verdict if verdict.counts() && self.looks.len() >= LOOKS => {
                Look::Enough(side, self.looks.drain(..).map(|(_, embedding)| embedding).collect())
            }
            _ => Look::More,
        }
    }

    /// Nobody was found for what was seen; whether that is enough.
    pub(crate) fn missed(&mut self) -> bool {
        self.misses += 1;
        self.misses >= MISSES
    }
}
