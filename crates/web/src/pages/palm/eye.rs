//! What looks at the pictures of palm cameras. No picture outlives the call that it came with.

use std::sync::Arc;

use model::Time;
use palm::liveness::{Burst, Flicker, Lamp, Verdict};
use palm::{Embedding, Picture, ReadError, Reader, Refusal, Side};
use uuid::Uuid;

/// Looks at one picture (JPEG or PNG) of a hover, captured at a time, lit so by the kiosk where it lights hands.
pub type Gaze = Box<dyn FnMut(Time, &[u8], Option<Lamp>) -> Result<Seen, Refusal> + Send>;

/// What looks at palms.
#[derive(Clone)]
pub struct Eye {
    begin: Arc<dyn Fn() -> Gaze + Send + Sync>,
    lights_hands: bool,
}

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

impl Eye {
    /// An eye that begins to look at each hover with a function that is given one picture after the other.
    pub fn new(begin: impl Fn() -> Gaze + Send + Sync + 'static) -> Self {
        Self { begin: Arc::new(begin), lights_hands: false }
    }

    /// An eye that reads palms with the networks of crate `palm`, and looks whether they live.
    pub fn of(reader: Reader) -> Self {
        let reader = Arc::new(reader);
        Self::new(move || {
            let reader = Arc::clone(&reader);
            let mut burst = Burst::new();
            Box::new(move |time, bytes, lamp| see(&reader, &mut burst, time, bytes, lamp))
        })
    }

    /// The same on kiosks whose screens light the hand, bright and dim in turn: what does not follow is no hand.
    pub fn that_lights_hands(self) -> Self {
        Self { lights_hands: true, ..self }
    }

    /// Begins to look at one hover.
    pub(crate) fn watch(&self) -> Watch {
        // Of such a number the last 32 bits are random; those before are a counter.
        let random = || Uuid::now_v7().as_u128() as u32;
        let lights = self.lights_hands.then(|| Flicker::new(u64::from(random()) << 32 | u64::from(random())));
        let mut watch = Watch { gaze: (self.begin)(), lights, lamp: None };
        watch.go_on();
        watch
    }
}

/// A hover that is looked at.
pub(crate) struct Watch {
    gaze: Gaze,
    lights: Option<Flicker>,
    lamp: Option<Lamp>,
}

impl Watch {
    /// How the kiosk's screen must light the next picture; `None` where it does not light hands.
    pub(crate) fn lamp(&self) -> Option<Lamp> {
        self.lamp
    }

    /// Looks at a picture that was lit so. `None`: it was asked for otherwise, so it is not looked at.
    pub(crate) fn look(
        &mut self,
        at: Time,
        picture: &[u8],
        lit: Option<Lamp>,
    ) -> Option<Result<Seen, Refusal>> {
        if lit != self.lamp {
            return None;
        }
        let seen = (self.gaze)(at, picture, lit);
        // A screen before which nobody stands does not flicker.
        if seen.is_ok() {
            self.go_on();
        }
        Some(seen)
    }

    fn go_on(&mut self) {
        self.lamp = self.lights.as_mut().and_then(Iterator::next);
    }
}

fn see(
    reader: &Reader,
    burst: &mut Burst,
    time: Time,
    bytes: &[u8],
    lamp: Option<Lamp>,
) -> Result<Seen, Refusal> {
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
    let verdict = burst.push(time, &picture, &look, lamp);
    if verdict == Verdict::More {
        return Ok(Seen { side: look.side, embedding: look.embedding, verdict });
    }
    // The next picture begins a new burst.
    let embedding = std::mem::take(burst).embedding().unwrap_or(look.embedding);
    Ok(Seen { side: look.side, embedding, verdict })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_was_lit_otherwise_is_not_looked_at() {
        let eye = Eye::new(|| Box::new(|_, _, _| Err(Refusal::NoHand)));
        let mut unlit = eye.watch();
        assert!(unlit.lamp().is_none() && unlit.look(Time::default(), &[], None).is_some());
        let mut watch = eye.that_lights_hands().watch();
        let asked = watch.lamp().unwrap();
        let other = if asked == Lamp::Dim { Lamp::Bright } else { Lamp::Dim };
        for _ in 0..20 {
            assert!(watch.look(Time::default(), &[], Some(other)).is_none());
            assert!(watch.look(Time::default(), &[], None).is_none());
            assert!(watch.look(Time::default(), &[], Some(asked)).is_some());
            // No hand was seen, so the light stays.
            assert_eq!(watch.lamp(), Some(asked));
        }
    }
}
