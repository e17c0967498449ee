//! Whether a living hand is held out, or a picture of one.
//!
//! A single picture can't say: a good print is a picture of a living hand. A burst can. A hand never rests, it has pads and a hollow
//! that light and perspective show as it tilts, its skin gives, and the room behind it stays where it is. Paper is flat, a screen
//! beats, and what is fed in the camera's place repeats itself. Each of these is a [`Cue`], a number; a few weights make a score of
//! them (see `docs/palm-liveness.md` for how they were fitted).

mod align;
mod bands;
mod change;
mod cues;
mod grid;
mod ground;
#[cfg(test)]
mod tests;
mod weights;

use model::Time;

use self::align::Place;
use self::change::{Change, First};
pub use self::cues::{Cue, Cues};
pub use self::weights::{Kind, Margin, THRESHOLD, score_with};
use crate::id::Side;
use crate::picture::Picture;
use crate::reader::Look;

/// Looks that a verdict takes.
pub const LOOKS_MIN: usize = 5;
/// Seconds from the first to the last of them.
pub const SECONDS_MIN: f64 = 0.45;
/// Seconds after which a burst says nothing of a hand that is still there: begin anew.
pub const SECONDS_MAX: f64 = 3.0;

/// The looks at one hovering hand, a second or so. It holds the first look's palm as long as it lives, and of the others small numbers.
#[derive(Default)]
pub struct Burst {
    first: Option<(Time, Side, First)>,
    later: Vec<(f64, Change)>,
}

impl Burst {
    /// Before the first look.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a look at the hand and the picture it was read from. Looks that can't be laid over the first, that show the other hand,
    /// or that come before the last one or too late, count for nothing.
    pub fn push(&mut self, time: Time, picture: &Picture, look: &Look) {
        let Some(place) = Place::new(&look.landmarks, look.side) else { return };
        match &self.first {
            None => {
                let first = First::new(picture, place, look.quality.width_px);
                self.first = Some((time, look.side, first));
            }
            Some((start, side, first)) => {
                let seconds = time.seconds_since(*start);
                let last = self.later.last().map_or(0.0, |(seconds, _)| *seconds);
                if *side != look.side || seconds <= last || seconds > SECONDS_MAX {
                    return;
                }
                if let Some(change) = first.change(picture, &place) {
                    self.later.push((seconds, change));
                }
            }
        }
    }

    /// What was measured. `None` as long as there are too few looks.
    pub fn cues(&self) -> Option<Cues> {
        let (_, _, first) = self.first.as_ref()?;
        let lasts = self.later.last().map_or(0.0, |(seconds, _)| *seconds);
        let later = self.later.iter().map(|(_, change)| change);
        let changes: Vec<&Change> = std::iter::once(&first.change).chain(later).collect();
        (changes.len() >= LOOKS_MIN && lasts >= SECONDS_MIN).then(|| Cues::of(&changes))
    }

    /// What the looks so far say.
    pub fn verdict(&self) -> Verdict {
        let Some(cues) = self.cues() else { return Verdict::More };
        let score = weights::score(&cues);
        if score >= weights::THRESHOLD {
            Verdict::Live { score }
        } else {
            Verdict::Attack { score, cue: weights::decisive(&cues) }
        }
    }
}

/// What a burst says. The score is the logarithm of the odds for a living hand, as far as the model goes; at least
/// [`THRESHOLD`] is living.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Too few looks yet.
    More,
    /// A living hand.
    Live {
        /// How surely.
        score: f64,
    },
    /// Something else.
    Attack {
        /// How surely: the lower the surer.
        score: f64,
        /// What spoke most against a living hand.
        cue: Cue,
    },
}
