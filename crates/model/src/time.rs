//! Moments on the store's one clock.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nanoseconds in a second.
const NANOS_PER_SECOND: f64 = 1e9;

/// A moment: UTC nanoseconds since 1970-01-01T00:00:00Z.
///
/// Written in texts as RFC 3339 with nanoseconds, because JSON readers lose digits of so large a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// The earliest moment that can be told.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest moment that can be told.
    pub const MAX: Self = Self(i64::MAX);

    /// A moment from UTC nanoseconds since the UNIX epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// UTC nanoseconds since the UNIX epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Seconds from `earlier` to `self`; negative if `self` comes first.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.nanos_since(earlier) as f64 / NANOS_PER_SECOND
    }

    /// Nanoseconds from `earlier` to `self`; negative if `self` comes first.
    pub const fn nanos_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `nanos` later (earlier, if negative).
    #[must_use]
    pub const fn plus_nanos(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// The moment `seconds` later (earlier, if negative), to the nanosecond.
    #[must_use]
    pub fn plus_seconds(self, seconds: f64) -> Self {
        self.plus_nanos((seconds * NANOS_PER_SECOND).round() as i64)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(timestamp) => write!(f, "{timestamp:.9}"),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let nanos = text.parse::<jiff::Timestamp>()?.as_nanosecond();
        // A jiff timestamp spans years -9999 to 9999, an i64 of nanoseconds 1677 to 2262.
        Ok(Self(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_its_text_to_the_nanosecond() {
        let time = Time::from_nanos(1_587_532_012_312_345_678);
        assert_eq!(time.to_string(), "2020-04-22T05:06:52.312345678Z");
        assert_eq!(time.to_string().parse::<Time>().unwrap(), time);
    }

    #[test]
    fn seconds_keep_their_sign() {
        let time = Time::from_nanos(5_000_000_000);
        assert_eq!(time.plus_seconds(-1.5).seconds_since(time), -1.5);
    }
}
