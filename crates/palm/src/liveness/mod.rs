//! Whether a living hand is held out, or a picture of one.
//!
//! A single picture can't say: a good print is a picture of a living hand. A burst can. A hand never rests, it has pads and a hollow
//! that light and perspective show as it tilts, its skin gives, and the room behind it stays where it is, because the kiosk's camera
//! does. Paper is flat and trembles with who holds it, a screen beats, and what is fed in the camera's place repeats itself. Where the
//! kiosk's screen lights what is before it, bright and dim by a [`Flicker`], a hand follows it, and no screen or film does. Each of these
//! is a [`Cue`], a number; a few weights, fitted, make a score of them. How often it errs stands in `docs/benchmarks.md`.
//!
//! What was not looked at: masks and gloves with a palm's relief, living hands of others (that is the identity's job), and a program that
//! sees the kiosk's screen and lights a film likewise, fed in the camera's place: a kiosk's camera must not be exchangeable. Without that
//! light, no film that is fed in can be told.

mod align;
mod backdrop;
mod bands;
mod change;
mod cues;
mod ground;
mod lamp;
#[cfg(test)]
mod tests;
mod weights;

use model::Time;

use self::align::Place;
use self::change::{Change, First};
pub use self::cues::{Cue, Cues};
pub use self::lamp::{Flicker, Lamp};
pub use self::weights::{Kind, Margin, Weights, is_doubtful, score_with};
use crate::id::Side;
use crate::picture::Picture;
use crate::reader::Look;
use crate::template::Embedding;

/// Looks that a verdict stands on, at least.
pub const LOOKS: usize = 6;
/// And at most: as long as the looks leave a doubt, more are asked for, since what noise makes of a still hand and of a trembling print
/// evens out.
pub const LOOKS_MOST: usize = 12;
/// Seconds between two looks, at least: a nearer one says nothing new and counts for nothing.
pub const STEP_SECONDS_MIN: f64 = 0.07;
/// Seconds from the first look to the last, at least.
pub const SECONDS_MIN: f64 = 0.45;
/// Seconds after which a doubt is no longer waited with.
const SECONDS_DOUBT: f64 = 2.0;
/// Seconds after which a burst without a verdict begins anew, with the look that came too late.
pub const SECONDS_MAX: f64 = 3.0;

/// The looks at one hovering hand: six in half a second, and up to twelve where these leave a doubt. It holds the first look's palm and
/// the embeddings as long as it lives, and of the other looks small numbers.
///
/// The verdict, once there, does not change: a store takes it, and who it was, from [`Burst::embedding`], so that nobody shows a
/// living hand for the verdict and a picture for the identity.
#[derive(Default)]
pub struct Burst {
    first: Option<(Time, Side, First)>,
    later: Vec<(f64, Change)>,
    embeddings: Vec<Embedding>,
    verdict: Option<Verdict>,
    is_weighed_elsewhere: bool,
}

impl Burst {
    /// Before the first look.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that gives no verdict: whoever fits weights asks for its [`Burst::cues`], look by look.
    pub fn without_verdict() -> Self {
        Self { is_weighed_elsewhere: true, ..Self::default() }
    }

    /// Takes in a look at the hand and the picture it was read from, and says what the burst says then. Looks that can't be laid over
    /// the first or that come too soon count for nothing; the other hand, or one that comes too late, begins the burst anew. `lamp` is how the
    /// kiosk lit it, where it lights what is before it: by a [`Flicker`].
    pub fn push(&mut self, time: Time, picture: &Picture, look: &Look, lamp: Option<Lamp>) -> Verdict {
        if let Some(verdict) = self.verdict {
            return verdict;
        }
        let Some(place) = Place::new(&look.landmarks, look.side) else { return Verdict::More };
        match &self.first {
            Some((start, side, first)) if *side == look.side && time.seconds_since(*start) <= SECONDS_MAX => {
                let seconds = time.seconds_since(*start);
                let last = self.later.last().map_or(0.0, |(seconds, _)| *seconds);
                if seconds < last + STEP_SECONDS_MIN {
                    return Verdict::More;
                }
                let Some(change) = first.change(picture, &place) else { return Verdict::More };
                self.later.push((seconds, Change { lamp, ..change }));
            }
            _ => {
                let mut first = First::new(picture, place, look.quality.width_px);
                first.change.lamp = lamp;
                let is_weighed_elsewhere = self.is_weighed_elsewhere;
                *self =
                    Self { first: Some((time, look.side, first)), is_weighed_elsewhere, ..Self::default() };
            }
        }
        self.embeddings.push(look.embedding.clone());
        self.verdict = self.judge();
        self.verdict()
    }

    /// What was measured so far. `None` as long as there are too few looks.
    pub fn cues(&self) -> Option<Cues> {
        let (_, _, first) = self.first.as_ref()?;
        let later = self.later.iter().map(|(_, change)| change);
        let changes: Vec<&Change> = std::iter::once(&first.change).chain(later).collect();
        (changes.len() >= LOOKS && self.seconds() >= SECONDS_MIN).then(|| Cues::of(&changes)).flatten()
    }

    /// Seconds from the first look to the last.
    fn seconds(&self) -> f64 {
        self.later.last().map_or(0.0, |(seconds, _)| *seconds)
    }

    /// The verdict, if the looks leave no doubt, or no more of them are to come.
    fn judge(&self) -> Option<Verdict> {
        let cues = self.cues()?;
        let weights = Weights::of(cues.is_lit());
        let score = weights.score(&cues);
        let is_last = self.embeddings.len() >= LOOKS_MOST || self.seconds() >= SECONDS_DOUBT;
        if self.is_weighed_elsewhere || !is_last && is_doubtful(score, weights.threshold) {
            None
        } else if score >= weights.threshold {
            Some(Verdict::Live { score })
        } else {
            Some(Verdict::Attack { score, cue: weights.decisive(&cues) })
        }
    }

    /// What the looks so far say.
    pub fn verdict(&self) -> Verdict {
        self.verdict.unwrap_or(Verdict::More)
    }

    /// Whose palm the looks so far show: the mean of their embeddings. `None` before the first.
    pub fn embedding(&self) -> Option<Embedding> {
        Embedding::mean(&self.embeddings)
    }
}

/// What a burst says. The score is the logarithm of the odds for a living hand, as far as the model goes; at least
/// the threshold of [`Weights`] is living.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Too few looks yet: show another picture.
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
