//! Moments as people in the store read them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use maud::{Markup, html};
use model::Time;

use crate::pages::error::PageError;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// The store's clock on the wall.
pub(super) struct Local {
    zone: TimeZone,
    /// Now.
    pub(super) now: Time,
}

impl Local {
    /// The store's.
    pub(super) async fn of(site: &Site) -> Result<Self, PageError> {
        let zone = site.office(|office| Ok(office.policy().time_zone.clone())).await?;
        // The office has checked the zone; should it be none all the same, UTC is not wrong, only elsewhere.
        let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
        Ok(Self { zone, now: site.web.now() })
    }

    fn zoned(&self, time: Time) -> Option<ZonedDateTime> {
        let timestamp = Timestamp::from_nanosecond(i128::from(time.nanos())).ok()?;
        Some(timestamp.to_zoned_datetime(self.zone.clone()))
    }

    /// When the store's day began that a moment is in.
    pub(super) fn day_of(&self, time: Time) -> Time {
        let begin = self.zoned(time).and_then(|zoned| zoned.start_of_day().ok());
        let nanos = begin.and_then(|begin| i64::try_from(begin.timestamp().as_nanosecond()).ok());
        nanos.map_or(time, Time::from_nanos)
    }

    /// When the day began that was so many days ago.
    pub(super) fn days_ago(&self, days: i64) -> Time {
        const DAY_NANOS: i64 = 86_400_000_000_000;
        self.day_of(self.now.plus_nanos(-days * DAY_NANOS))
    }

    /// `2026-11-24 14:03:05`.
    pub(super) fn text(&self, time: Time) -> String {
        self.zoned(time)
            .map_or_else(|| time.to_string(), |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// The time of day, and the day if it is another one; machines read all of it.
    pub(super) fn show(&self, time: Time) -> Markup {
        let whole = self.text(time);
        let is_today = self.day_of(time) == self.day_of(self.now);
        let shown = whole.split_once(' ').filter(|_| is_today).map_or(whole.as_str(), |(_, time)| time);
        html! { time datetime=(time) title=(whole) { (shown) } }
    }

    /// How long ago, in words.
    pub(super) fn age(&self, time: Time, speech: Speech) -> String {
        span(self.now.seconds_since(time), speech)
    }
}

/// A span of time in its two largest units; nothing is added for one that is negative.
pub(super) fn span(seconds: f64, speech: Speech) -> String {
    let seconds = seconds.max(0.0) as u64;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let day = speech.say("d", "T");
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} {day} {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use receipts::Language;

    use super::*;

    #[test]
    fn spans_are_told_in_their_two_largest_units() {
        let told = |seconds| span(seconds, Speech(Language::English));
        assert_eq!(told(4.2), "4 s");
        assert_eq!(told(125.0), "2 min 5 s");
        assert_eq!(told(3.0 * 3600.0 + 61.0), "3 h 1 min");
        assert_eq!(told(90_000.0), "1 d 1 h");
        assert_eq!(told(-5.0), "0 s");
    }

    #[test]
    fn a_day_begins_at_the_stores_midnight() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now: Time = "2026-11-24T23:30:00Z".parse().unwrap();
        let local = Local { zone, now };
        assert_eq!(local.text(local.day_of(now)), "2026-11-25 00:00:00");
        assert_eq!(local.text(local.days_ago(1)), "2026-11-24 00:00:00");
    }
}
