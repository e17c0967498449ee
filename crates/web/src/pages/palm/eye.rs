//! What looks at the pictures of palm cameras. No picture outlives the call that it came with.

use std::sync::Arc;

use model::Time;
use palm::liveness::{Burst, Verdict};
use palm::{Embedding, Picture, ReadError, Reader, Refusal, Side};

/// Begins to look at one hover: a function that is given one picture after the other.
pub type Eye = Arc<dyn Fn() -> Gaze + Send + Sync>;

/// Looks at one picture (JPEG or PNG) of a hover, captured at a time.
pub type Gaze = Box<dyn FnMut(Time, &[u8]) -> Result<Seen, Refusal> + Send>;

/// A palm that was seen well.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which hand.
    pub side: Side,
    /// What the network says of it: of this picture or, with a verdict, of all pictures that the verdict stands on. Nobody shows a
    /// living hand for the one and a picture for the other.
    pub embedding: Embedding,
    /// Whether it lives, by the pictures of the hover since the last verdict.
    pub verdict: Verdict,
}

/// An eye that reads palms with the networks of crate `palm`, and looks whether they live.
pub fn eye_of(reader: Reader) -> Eye {
    let reader = Arc::new(reader);
    Arc::new(move || {
        let reader = Arc::clone(&reader);
        let mut burst = Burst::new();
        Box::new(move |time, bytes| see(&reader, &mut burst, time, bytes))
    })
}

fn see(reader: &Reader, burst: &mut Burst, time: Time, bytes: &[u8]) -> Result<Seen, Refusal> {
    let picture = Picture::decode(bytes)?;
    let look = match reader.look(&picture) {
        Ok(look) => look,
        Err(ReadError::Refused(refusal)) => return Err(refusal),
        Err(ReadError::Network(error)) => {
            // Whoever stands there can do nothing but take card or code, as with a picture that is broken.
            tracing::error!(%error, "a palm can't be read");
            return Err(Refusal::Corrupt);
        }
    };
    let verdict = burst.push(time, &picture, &look);
    if verdict == Verdict::More {
        return Ok(Seen { side: look.side, embedding: look.embedding, verdict });
    }
    // The next picture begins a new burst.
    let embedding = std::mem::take(burst).embedding().unwrap_or(look.embedding);
    Ok(Seen { side: look.side, embedding, verdict })
}
