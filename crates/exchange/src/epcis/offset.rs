//! Offsets from UTC, as EPCIS writes them.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The farthest from UTC that an offset can be (EPCIS 2.0), minutes.
const FARTHEST: i16 = 14 * 60;

/// How far local time is from UTC, minutes; east is positive. At most 14 hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Offset(i16);

/// An offset beyond what EPCIS can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an offset from UTC of {0} minutes can't be: it is at most 14 hours either way")]
pub struct OffsetError(i16);

impl Offset {
    /// Of so many minutes.
    ///
    /// # Errors
    /// If it is farther than 14 hours.
    pub const fn from_minutes(minutes: i16) -> Result<Self, OffsetError> {
        if minutes >= -FARTHEST && minutes <= FARTHEST {
            Ok(Self(minutes))
        } else {
            Err(OffsetError(minutes))
        }
    }
}

impl TryFrom<i16> for Offset {
    type Error = OffsetError;

    fn try_from(minutes: i16) -> Result<Self, OffsetError> {
        Self::from_minutes(minutes)
    }
}

impl From<Offset> for i16 {
    fn from(offset: Offset) -> Self {
        offset.0
    }
}

/// `+01:00`.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}
