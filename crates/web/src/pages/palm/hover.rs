//! A palm at the gate, from the first picture until somebody is known or nobody is.

use model::Time;
use palm::liveness::{Lamp, Verdict};
use palm::{Embedding, Refusal, Side};

use super::eye::{Seen, Watch};

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
    watch: Watch,
    misses: u32,
}

impl Hover {
    /// Somebody has begun to hold their hand out.
    pub(crate) fn new(watch: Watch) -> Self {
        Self { watch, misses: 0 }
    }

    /// How the kiosk's screen must light the next picture, where it lights hands.
    pub(crate) fn lamp(&self) -> Option<Lamp> {
        self.watch.lamp()
    }

    /// Looks at a picture that was lit so.
    pub(crate) fn look(&mut self, picture: &[u8], at: Time, lit: Option<Lamp>) -> Look {
        match self.watch.look(at, picture, lit) {
            Some(Err(refusal)) => Look::Guide(refusal),
            Some(Ok(Seen { side, embedding, verdict: Verdict::Live { .. } })) => {
                Look::Enough(side, Box::new(embedding))
            }
            Some(Ok(Seen { verdict: Verdict::Attack { .. }, .. })) if self.missed() => Look::NotLive,
            Some(Ok(_)) | None => Look::More,
        }
    }

    /// Nobody was found for what was seen; whether that is enough.
    pub(crate) fn missed(&mut self) -> bool {
        self.misses += 1;
        self.misses >= MISSES
    }
}
