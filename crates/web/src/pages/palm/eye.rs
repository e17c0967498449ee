//! What looks at the pictures of palm cameras. No picture outlives the call that it came with.

use std::sync::Arc;

use model::Time;
use palm::{Embedding, Refusal, Side};

/// Begins to look at one hover: a function that is given one picture after the other.
pub type Eye = Arc<dyn Fn() -> Gaze + Send + Sync>;

/// Looks at one picture (JPEG or PNG) of a hover, captured at a time.
pub type Gaze = Box<dyn FnMut(Time, &[u8]) -> Result<Seen, Refusal> + Send>;

/// A palm that was seen well.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which hand.
    pub side: Side,
    /// What the network says of it.
    pub embedding: Embedding,
    /// Whether it lives, by all pictures of the hover so far.
    pub verdict: Verdict,
}

/// Whether a palm lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// More pictures are needed.
    More,
    /// It does, with this score.
    Live(f32),
    /// It is a print, a screen or something else, with this score.
    Attack(f32),
}
