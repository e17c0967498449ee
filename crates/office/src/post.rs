//! Paper that goes out.

use model::Time;

use crate::error::OfficeError;
use crate::office::Office;
use crate::outbox::{Done, Errand};
use crate::trip::TripEvent;

impl Office {
    /// Sends paper.
    pub(crate) fn post(&self, errand: &Errand, now: Time) -> Result<Done, OfficeError> {
        let TripEvent::MailWanted { paper } = errand.event else { return Ok(Done::Done) };
        self.finish(errand, now, move |_, _, _| Ok(vec![TripEvent::Mailed { paper }]))
    }
}
