//! What looks at the pictures of palm cameras. No picture outlives the call that it came with.

use std::sync::Arc;

use model::Time;
use palm::{Embedding, Look, Picture, ReadError, Reader, Refusal, Side};

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
    /// Nobody looks whether it does: a picture of a palm counts as the palm.
    Unasked,
    /// More pictures are needed.
    More,
    /// It does, with this score.
    Live(f32),
    /// It is a print, a screen or something else, with this score.
    Attack(f32),
}

impl Verdict {
    /// Whether what was seen may stand for somebody.
    pub(crate) fn counts(self) -> bool {
        matches!(self, Self::Unasked | Self::Live(_))
    }
}

/// An eye that reads palms with the networks of crate `palm`.
pub fn eye_of(reader: Reader) -> Eye {
    let reader = Arc::new(reader);
    Arc::new(move || {
        let reader = Arc::clone(&reader);
        Box::new(move |_, bytes| see(&reader, bytes))
    })
}

fn see(reader: &Reader, bytes: &[u8]) -> Result<Seen, Refusal> {
    match Picture::decode(bytes).map_err(ReadError::from).and_then(|picture| reader.look(&picture)) {
        Ok(Look { side, embedding, .. }) => Ok(Seen { side, embedding, verdict: Verdict::Unasked }),
        Err(ReadError::Refused(refusal)) => Err(refusal),
        Err(ReadError::Network(error)) => {
            // Whoever stands there can do nothing but take card or code, as with a picture that is broken.
            tracing::error!(%error, "a palm can't be read");
            Err(Refusal::Corrupt)
        }
    }
}
