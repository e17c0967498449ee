//! Who says where people are: one tracker, or the single cameras of the store.

use model::{Record, Time, TrackId};

use crate::cameras::Cameras;
use crate::tracker::Tracker;
use crate::world::World;
use crate::{Script, ScriptError};

/// What sees people.
#[derive(Debug)]
pub(crate) enum Eyes {
    /// A tracker that says who is where.
    Tracker(Box<Tracker>),
    /// Cameras that say what is in their pictures.
    Cameras(Cameras),
}

impl Eyes {
    /// What a script asks for.
    pub(crate) fn new(script: &Script, world: &World, seed: u64) -> Result<Self, ScriptError> {
        if let Some(cameras) = &script.cameras {
            return Cameras::new(cameras.clone(), &world.store, seed).map(Self::Cameras);
        }
        script.tracker.check_names(world)?;
        let tracker = Tracker::new(script.tracker.clone(), seed);
        Ok(Self::Tracker(Box::new(tracker)))
    }

    /// What is said of a world that has gone on so far: each with when it arrives, seconds.
    pub(crate) fn look(&mut self, start: Time, world: &World) -> Vec<(f64, Record)> {
        match self {
            Self::Tracker(tracker) => tracker.look(start, world),
            Self::Cameras(cameras) => cameras.look(start, world),
        }
    }

    /// All tracks that somebody was given; cameras give none.
    pub(crate) fn tracks(&self, who: usize) -> &[TrackId] {
        match self {
            Self::Tracker(tracker) => tracker.tracks(who),
            Self::Cameras(_) => &[],
        }
    }

    /// Forgets somebody who has gone for good.
    pub(crate) fn forget(&mut self, who: usize) {
        match self {
            Self::Tracker(tracker) => tracker.forget(who),
            Self::Cameras(cameras) => cameras.forget(who),
        }
    }
    /// How many people are remembered.
    #[cfg(test)]
    pub(crate) fn known_count(&self) -> usize {
        match self {
            Self::Tracker(tracker) => tracker.known_count(),
            Self::Cameras(cameras) => cameras.known_count(),
        }
    }
}
