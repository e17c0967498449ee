//! How fast a recording is replayed.

use std::str::FromStr;
use std::time::Duration;

use model::Time;
use thiserror::Error;

/// A jump of the records' time by more than this, seconds, is not waited for: a pause of the recording, or a broken clock.
const JUMP_S: f64 = 10.0;

/// How fast a recording is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Speed {
    /// As fast as can be.
    Max,
    /// So many times as fast as it happened.
    Times(f64),
}

/// A text that is no speed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("write max, or how many times as fast as it happened, such as 1x or 10x")]
pub(crate) struct SpeedError;

impl FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, SpeedError> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let times: f64 = text.strip_suffix('x').unwrap_or(text).parse().map_err(|_| SpeedError)?;
        if (0.001..=1e6).contains(&times) { Ok(Self::Times(times)) } else { Err(SpeedError) }
    }
}

/// Says how long to wait before each record, so that they come as they were captured.
#[derive(Debug)]
pub(crate) struct Pace {
    times: f64,
    /// A time on the viewer's watch and the record that was due then.
    anchor: Option<(Duration, Time)>,
    newest: Time,
}

impl Pace {
    /// A pace of so many times as fast as it happened.
    pub(crate) fn new(times: f64) -> Self {
        Self { times, anchor: None, newest: Time::MIN }
    }

    /// How long to wait for a record of `time` when the viewer's watch shows `watch`.
    pub(crate) fn wait(&mut self, time: Time, watch: Duration) -> Duration {
        let jumped = time.seconds_since(self.newest).abs() > JUMP_S;
        let (start, first) = match self.anchor {
            Some(anchor) if !jumped => anchor,
            _ => *self.anchor.insert((watch, time)),
        };
        self.newest = if jumped { time } else { self.newest.max(time) };
        let due_s = (time.seconds_since(first) / self.times).max(0.0);
        (start + Duration::from_secs_f64(due_s)).saturating_sub(watch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_read_as_they_are_written() {
        assert_eq!("1x".parse(), Ok(Speed::Times(1.0)));
        assert_eq!("2.5".parse(), Ok(Speed::Times(2.5)));
        assert_eq!("max".parse(), Ok(Speed::Max));
        for wrong in ["", "x", "0x", "-1x", "nan", "fast", "infx"] {
            assert_eq!(wrong.parse::<Speed>(), Err(SpeedError), "{wrong}");
        }
    }

    #[test]
    fn records_wait_for_their_time_and_jumps_are_not_waited_for() {
        let at = |seconds: f64| Time::from_nanos(1_587_532_012_000_000_000).plus_seconds(seconds);
        let mut pace = Pace::new(2.0);
        let mut waits = Vec::new();
        let mut watch = Duration::ZERO;
        // In order, late, on; a clock far ahead and back; a night's pause.
        for seconds in [0.0, 1.0, 0.5, 2.0, 90_000.0, 2.0, 3.0, 40_000.0, 40_001.0] {
            let wait = pace.wait(at(seconds), watch);
            watch += wait;
            waits.push(wait.as_millis());
        }
        assert_eq!(waits, [0, 500, 0, 500, 0, 0, 500, 0, 500]);
    }
}
