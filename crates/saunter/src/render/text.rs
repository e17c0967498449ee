//! Small words and numbers: times, shares, grams, names.

use model::{CredentialKind, Departure, ProductId, Store, Time, TrackId, Who};

/// Tracks with more digits than this are shown by their last ones.
const TRACK_DIGITS_MAX: usize = 6;

/// `05:06:52.18`, UTC.
pub(crate) fn clock(time: Time) -> String {
    strftime(time, "%H:%M:%S%.2f")
}

/// `2020-04-22 05:06:52`, UTC.
pub(crate) fn date_clock(time: Time) -> String {
    strftime(time, "%Y-%m-%d %H:%M:%S")
}

/// `2020-04-22 05:06:52 to 05:07:09`, UTC, with the second date only where it is another.
pub(crate) fn span(from: Time, to: Time) -> String {
    let same_day = strftime(from, "%F") == strftime(to, "%F");
    let end = if same_day { strftime(to, "%H:%M:%S") } else { date_clock(to) };
    format!("{} to {end}", date_clock(from))
}

/// `05:06:52.18`, or `05:06:52.18 to 05:07:09.00`, with the dates where they are not the same.
pub(crate) fn clock_span(from: Time, to: Time) -> String {
    if from == to {
        clock(from)
    } else if strftime(from, "%F") == strftime(to, "%F") {
        format!("{} to {}", clock(from), clock(to))
    } else {
        span(from, to)
    }
}

fn strftime(time: Time, format: &str) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.nanos()))
        .map_or_else(|_| time.to_string(), |timestamp| timestamp.strftime(format).to_string())
}

/// `17 s`, `3 min 20 s`, `1 h 05 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// `99.8 %`; what is only nearly certain is never shown as certain.
pub(crate) fn percent(share: f64) -> String {
    if share < 1.0 && share > 0.9995 {
        "> 99.9 %".to_owned()
    } else if share > 0.0 && share < 0.0005 {
        "< 0.1 %".to_owned()
    } else {
        format!("{:.1} %", share * 100.0)
    }
}

/// `−621.7 g` or `+621.7 g`.
pub(crate) fn signed_grams(grams: f64) -> String {
    format!("{} g", signed(grams, 1))
}

/// A number with its sign, the minus as a minus.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    format!("{value:+.decimals$}").replace('-', "−")
}

/// `1 line`, `3 lines`, `no lines`.
pub(crate) fn count(number: u64, one: &str) -> String {
    match number {
        0 => format!("no {one}s"),
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// Breaks a text between words, so that each line with its indent of `indent` columns fits into `width`.
pub(crate) fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut page = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        let length = word.chars().count();
        if page.is_empty() {
            column += length;
        } else if column + 1 + length > width {
            page += &format!("\n{:indent$}", "");
            column = indent + length;
        } else {
            page.push(' ');
            column += 1 + length;
        }
        page += word;
    }
    page
}

/// Text of a recording, made harmless for a screen: no control characters, no line breaks.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The product's name, or its id where the catalogue lacks it.
pub(crate) fn product_name(store: &Store, product: &ProductId) -> String {
    let known = store.product_index(product).map(|index| store.product(index).name.as_str());
    plain(known.unwrap_or(product.as_str()))
}

/// `track 7`; a long number by its last digits, `track …139203`.
pub(crate) fn track(track: TrackId) -> String {
    let digits = track.to_string();
    match digits.len().checked_sub(TRACK_DIGITS_MAX) {
        Some(start) if start > 0 => format!("track …{}", &digits[start..]),
        _ => format!("track {digits}"),
    }
}

/// Who may have made a change.
pub(crate) fn who(who: Who) -> String {
    match who {
        Who::Trip(trip) => format!("Trip {trip}"),
        Who::Track(id) => format!("{} without a trip", track(id)),
        Who::Nobody => "somebody unseen".to_owned(),
    }
}

/// What somebody came in with.
pub(crate) const fn credential(kind: Option<CredentialKind>) -> &'static str {
    match kind {
        Some(CredentialKind::Card) => "with a card",
        Some(CredentialKind::Palm) => "with a palm",
        Some(CredentialKind::Code) => "with a code",
        Some(CredentialKind::Staff) => "with a staff badge",
        None => "without a credential",
    }
}

/// How somebody left.
pub(crate) const fn departure(how: Departure) -> &'static str {
    match how {
        Departure::Gate => "left through a gate",
        Departure::Vanished => "left unseen",
        Departure::RecordsEnded => "was still inside when the records ended",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_certain_is_not_certain() {
        let shown: Vec<String> = [1.0, 0.99999, 0.9984, 0.5, 0.0001, 0.0].map(percent).into();
        assert_eq!(shown, ["100.0 %", "> 99.9 %", "99.8 %", "50.0 %", "< 0.1 %", "0.0 %"]);
    }

    #[test]
    fn times_name_the_day_once() {
        let time = Time::from_nanos(1_587_532_012_187_000_000);
        assert_eq!(clock(time), "05:06:52.18");
        assert_eq!(span(time, time.plus_seconds(17.0)), "2020-04-22 05:06:52 to 05:07:09");
        assert_eq!(span(time, time.plus_seconds(86_400.0)), "2020-04-22 05:06:52 to 2020-04-23 05:06:52");
        assert_eq!(clock_span(time, time.plus_seconds(17.0)), "05:06:52.18 to 05:07:09.18");
        assert_eq!([17.4, 200.0, 3900.0, -1.0].map(duration), ["17 s", "3 min 20 s", "1 h 05 min", "0 s"]);
    }

    #[test]
    fn long_texts_break_between_words() {
        assert_eq!(wrapped("one two three four", 11, 2), "one two\n  three\n  four");
        assert_eq!(wrapped("incomprehensible", 5, 2), "incomprehensible");
    }

    #[test]
    fn a_recording_cannot_play_with_the_screen() {
        assert_eq!(plain("Tea\u{1b}[2J\n"), "Tea\u{fffd}[2J\u{fffd}");
    }

    #[test]
    fn long_tracks_are_shown_by_their_end() {
        assert_eq!(track(TrackId(7)), "track 7");
        assert_eq!(track(TrackId(3_325_379_692_103_139_203)), "track …139203");
    }
}
