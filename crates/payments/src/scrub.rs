//! Finds card numbers where none may be, and takes them out.
//!
//! A number is 12 to 19 digits, single blanks or hyphens between them, that begins with 2 to 6 (the major
//! industry identifiers of ISO/IEC 7812-1 that payment cards begin with) and whose last digit is right by
//! Luhn's formula (annex B). It begins and ends where a group of digits does: a part of a longer group is no
//! number, or every longer number would hold one by chance. Nor is a part of a UUID.
//!
//! One in ten groups of fitting length and first digit is right by chance. Meant for logs and inputs, not for
//! data: one in twenty GTINs would be lost.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

/// What stands in the place of a card number.
pub const SCRUBBED: &str = "[card number]";

/// Fewest digits of a card number in use.
const DIGITS_MIN: usize = 12;
/// Most digits of a card number (ISO/IEC 7812-1).
const DIGITS_MAX: usize = 19;
/// Bytes of a UUID in its usual form.
const UUID_BYTES: usize = 36;
/// Most bytes of a line that are kept waiting for its end.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// More bytes than any number has, with its separators.
const NUMBER_BYTES_MAX: usize = 2 * DIGITS_MAX;

/// Whether a card number stands in the text.
pub fn has_card_number(text: &str) -> bool {
    !numbers(text.as_bytes()).is_empty()
}

/// The text with every card number replaced by [`SCRUBBED`].
pub fn scrub(text: &str) -> Cow<'_, str> {
    let numbers = numbers(text.as_bytes());
    if numbers.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut end = 0;
    for number in numbers {
        clean.push_str(&text[end..number.start]);
        clean.push_str(SCRUBBED);
        end = number.end;
    }
    clean.push_str(&text[end..]);
    Cow::Owned(clean)
}

/// Where card numbers stand, from left to right, apart from each other.
fn numbers(text: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for chain in chains(text) {
        for first in 0..chain.len() {
            let Some(end) = number_end(text, &chain[first..]) else { continue };
            let start = chain[first].start;
            match found.last_mut() {
                _ if in_uuid(text, &(start..end)) => {}
                Some(last) if start < last.end => last.end = last.end.max(end),
                _ => found.push(start..end),
            }
        }
    }
    found
}

/// Groups of digits, chained where a single blank or hyphen stands between them.
fn chains(text: &[u8]) -> Vec<Vec<Range<usize>>> {
    let mut chains: Vec<Vec<Range<usize>>> = Vec::new();
    let mut at = 0;
    while let Some(skipped) = text[at..].iter().position(u8::is_ascii_digit) {
        let start = at + skipped;
        let end =
            text[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(text.len(), |n| start + n);
        let group = start..end;
        match chains.last_mut() {
            Some(chain) if skipped == 1 && at > 0 && matches!(text[at], b' ' | b'-') => chain.push(group),
            _ => chains.push(vec![group]),
        }
        at = end;
    }
    chains
}

/// The end of the longest card number that begins with the first of these groups.
fn number_end(text: &[u8], groups: &[Range<usize>]) -> Option<usize> {
    if !matches!(text[groups.first()?.start], b'2'..=b'6') {
        return None;
    }
    let mut digits = Vec::with_capacity(DIGITS_MAX);
    let mut end = None;
    for group in groups {
        if digits.len() + group.len() > DIGITS_MAX {
            break;
        }
        digits.extend(text[group.clone()].iter().map(|digit| digit - b'0'));
        if digits.len() >= DIGITS_MIN && luhn(&digits) {
            end = Some(group.end);
        }
    }
    end
}

/// Whether the range lies within a UUID, whose groups often are digits only.
fn in_uuid(text: &[u8], range: &Range<usize>) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    (range.end.saturating_sub(UUID_BYTES)..=range.start).any(|start| {
        let Some(uuid) = text.get(start..start + UUID_BYTES) else { return false };
        let alone =
            !text[..start].last().is_some_and(is_part) && !text.get(start + UUID_BYTES).is_some_and(is_part);
        let formed = uuid.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        alone && formed && uuid.iter().any(u8::is_ascii_alphabetic)
    })
}

/// Luhn's check.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Writes lines on with every card number replaced, also one that came in two writes.
///
/// A line is written when its end has come, when it is longer than 64 KiB, or when the writer is dropped;
/// `flush` writes no half line, because half a number can't be known. In a log:
/// `tracing_subscriber::fmt().with_writer(|| ScrubWriter::new(std::io::stderr()))`.
#[derive(Debug)]
pub struct ScrubWriter<W: Write> {
    inner: W,
    line: Vec<u8>,
}

impl<W: Write> ScrubWriter<W> {
    /// A writer before `inner`.
    pub const fn new(inner: W) -> Self {
        Self { inner, line: Vec::new() }
    }

    /// Writes the first `length` of the waiting bytes.
    fn pass(&mut self, length: usize) -> io::Result<()> {
        let mut end = 0;
        for number in numbers(&self.line[..length]) {
            self.inner.write_all(&self.line[end..number.start])?;
            self.inner.write_all(SCRUBBED.as_bytes())?;
            end = number.end;
        }
        self.inner.write_all(&self.line[end..length])?;
        self.line.drain(..length);
        Ok(())
    }

    /// How much of the waiting bytes can go: whole lines, or all but what may be the start of a number.
    fn ready(&self) -> usize {
        if let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') {
            return end + 1;
        }
        if self.line.len() < LINE_BYTES_MAX {
            return 0;
        }
        let open =
            self.line.iter().rev().take_while(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-')).count();
        self.line.len() - if open > LINE_BYTES_MAX / 2 { NUMBER_BYTES_MAX } else { open }
    }
}

impl<W: Write> Write for ScrubWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        let ready = self.ready();
        if ready > 0 {
            self.pass(ready)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Drop for ScrubWriter<W> {
    fn drop(&mut self) {
        // Nobody is left to be told of an error.
        let _ = self.pass(self.line.len()).and_then(|()| self.inner.flush());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Prefixes and lengths that issuers use: Visa, Mastercard (both ranges), American Express, Discover,
    /// Diners, JCB, UnionPay, Maestro, Mir.
    const ISSUERS: [(&str, &[usize]); 14] = [
        ("4", &[13, 16, 19]),
        ("51", &[16]),
        ("55", &[16]),
        ("2221", &[16]),
        ("2720", &[16]),
        ("34", &[15]),
        ("37", &[15]),
        ("6011", &[16, 19]),
        ("36", &[14, 19]),
        ("3528", &[16, 19]),
        ("62", &[16, 17, 18, 19]),
        ("50", &[12, 13, 14, 15, 16, 17, 18, 19]),
        ("67", &[12, 16, 19]),
        ("2200", &[16, 19]),
    ];

    /// Fills up with digits of `seed` and the check digit.
    fn number(prefix: &str, length: usize, mut seed: u64) -> String {
        let mut digits: Vec<u8> = prefix.bytes().map(|byte| byte - b'0').collect();
        while digits.len() < length - 1 {
            digits.push((seed % 10) as u8);
            seed = seed / 10 + seed.wrapping_mul(0x9E37_79B9) % 1_000_003;
        }
        let check = (0..10).find(|check| luhn(&[&digits[..], &[*check]].concat())).unwrap();
        digits.push(check);
        digits.iter().map(|digit| char::from(digit + b'0')).collect()
    }

    /// Puts a separator after every fourth digit.
    fn grouped(number: &str, separator: &str) -> String {
        let groups: Vec<&str> =
            (0..number.len()).step_by(4).map(|at| &number[at..number.len().min(at + 4)]).collect();
        groups.join(separator)
    }

    fn card() -> impl Strategy<Value = String> {
        let separators = prop_oneof![Just(""), Just(" "), Just("-")];
        (0..ISSUERS.len(), any::<prop::sample::Index>(), any::<u64>(), separators).prop_map(
            |(issuer, length, seed, separator)| {
                let (prefix, lengths) = ISSUERS[issuer];
                grouped(&number(prefix, *length.get(lengths), seed), separator)
            },
        )
    }

    /// Text that may stand before or after: anything, but no digit glued to the number.
    fn before() -> impl Strategy<Value = String> {
        prop_oneof![".*[^0-9]", Just(String::new()), "[0-9]{1,6}[ -]", "[a-f0-9]{0,9}[a-f]"]
    }

    fn after() -> impl Strategy<Value = String> {
        prop_oneof!["[^0-9].*", Just(String::new()), "[ -][0-9]{1,6}", "[a-f][a-f0-9]{0,9}"]
    }

    fn written(pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut writer = ScrubWriter::new(&mut out);
        pieces.iter().for_each(|piece| writer.write_all(piece).unwrap());
        drop(writer);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn every_card_number_is_taken_out_of_any_text(before in before(), card in card(), after in after()) {
            let text = format!("{before}{card}{after}");
            let clean = scrub(&text);
            prop_assert!(has_card_number(&text));
            prop_assert!(!clean.contains(&card), "{clean}");
            prop_assert!(clean.contains(SCRUBBED));
            prop_assert!(!has_card_number(&clean));
        }

        #[test]
        fn a_writer_says_what_scrub_says_wherever_writes_are_split(
            before in before(), card in card(), after in after(), cut in any::<prop::sample::Index>(),
        ) {
            let text = format!("{before}{card}{after}");
            let (left, right) = text.as_bytes().split_at(cut.index(text.len() + 1));
            let expected: Vec<_> = text.split('\n').map(scrub).collect();
            prop_assert_eq!(written(&[left, right]), expected.join("\n"));
        }

        #[test]
        fn texts_without_a_number_are_unchanged(text in "([^0-9]|[0-9]{1,11}[^0-9 -])*") {
            prop_assert_eq!(scrub(&text), Cow::Borrowed(&text));
        }

        #[test]
        fn times_are_unchanged(nanos in 1_000_000_000_000_000_000_i64..1_999_999_999_999_999_999) {
            let text = format!("{} {nanos} {}", model::Time::from_nanos(nanos), nanos / 1_000_000);
            prop_assert_eq!(scrub(&text), Cow::Borrowed(&text));
        }
    }

    #[test]
    fn a_number_with_a_wrong_digit_or_a_foreign_first_digit_stays() {
        let card = "4242".repeat(4);
        assert_eq!(scrub(&format!("paid with {card}.")), "paid with [card number].");
        for text in [format!("{}1", &card[1..]), card.replace("42", "24"), format!("7{}", "0".repeat(15))] {
            assert_eq!(scrub(&text), text);
        }
    }

    #[test]
    fn numbers_that_overlap_go_together() {
        // The last four groups and the first four are both right.
        let text = ["4242"; 5].join(" ");
        assert_eq!(scrub(&text), SCRUBBED);
    }

    #[test]
    fn an_endless_line_is_written_on_in_parts_and_clean() {
        let card = "4242".repeat(4);
        let text = format!("{}{card}", "x".repeat(LINE_BYTES_MAX - 8));
        let (left, right) = text.as_bytes().split_at(LINE_BYTES_MAX);
        assert!(written(&[left, right]).ends_with(&format!("x{SCRUBBED}")));
        assert_eq!(written(&[&[b'4'; 3 * LINE_BYTES_MAX]]).len(), 3 * LINE_BYTES_MAX);
    }

    #[test]
    fn tracing_can_write_through_it() {
        use std::sync::{Arc, Mutex};

        #[derive(Clone, Default)]
        struct Log(Arc<Mutex<Vec<u8>>>);
        impl Write for Log {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let log = Log::default();
        let inner = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || ScrubWriter::new(inner.clone()))
            .finish();
        let card = "4242".repeat(4);
        tracing::subscriber::with_default(subscriber, || tracing::info!(card, "a reader sent {card}"));
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains(&card) && text.matches(SCRUBBED).count() == 2, "{text}");
    }

    /// Shares of things that are no card numbers and are mangled all the same. Seeded, so the shares are
    /// the same on every run; the bounds are what `docs/payments.md` says.
    #[test]
    fn few_ids_hashes_and_product_numbers_are_mangled() {
        let mut state = 0x5EED_u64;
        let mut random = move || {
            // splitmix64 (Steele, Lea, Flood 2014).
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        };
        let count = 200_000;
        let mut share = |make: &mut dyn FnMut(u64, u64, u64, u64) -> String| {
            let mangled =
                (0..count).filter(|_| has_card_number(&make(random(), random(), random(), random()))).count();
            mangled as f64 / f64::from(count)
        };
        let uuid_v7 = share(&mut |a, b, c, _| {
            let millis = 1_790_000_000_000 + a % 10_000_000_000;
            format!(
                "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
                millis >> 16,
                millis & 0xffff,
                b & 0xfff,
                0x8000 | (c & 0x3fff),
                b >> 16
            )
        });
        let sha256 = share(&mut |a, b, c, d| format!("sha256:{a:016x}{b:016x}{c:016x}{d:016x}"));
        let git = share(&mut |a, b, c, _| format!("{a:016x}{b:016x}{:08x}", c >> 32));
        let nanos =
            share(&mut |a, _, _, _| (1_700_000_000_000_000_000 + a % 200_000_000_000_000_000).to_string());
        let gtin_13 = share(&mut |a, _, _, _| format!("{:013}", a % 10_000_000_000_000));
        println!(
            "mangled: UUIDv7 {uuid_v7:.5}, SHA-256 {sha256:.5}, git {git:.5}, nanoseconds {nanos:.5}, GTIN-13 {gtin_13:.4}"
        );
        assert!(uuid_v7 == 0.0 && sha256 < 0.008 && git < 0.005 && nanos == 0.0 && gtin_13 < 0.06);
    }
}
