//! Finds card numbers where none may be.

/// Lengths of card numbers (ISO/IEC 7812-1: up to 19 digits; the shortest in use have 12).
const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// Whether a card number stands in the text: a run of 12 to 19 digits, single blanks or hyphens between
/// them allowed, whose last digit is right by Luhn's formula (ISO/IEC 7812-1, annex B).
pub(crate) fn has_card_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let (digits, end) = run(bytes, at);
        if DIGITS.contains(&digits.len()) && luhn(&digits) {
            return true;
        }
        at = end;
    }
    false
}

/// The digits of the run that starts at `at`, and where it ends.
fn run(bytes: &[u8], at: usize) -> (Vec<u8>, usize) {
    let mut digits = Vec::new();
    let mut end = at;
    while end < bytes.len() {
        let separator =
            matches!(bytes[end], b' ' | b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        match bytes[end] {
            digit @ b'0'..=b'9' => digits.push(digit - b'0'),
            _ if separator => {}
            _ => break,
        }
        end += 1;
    }
    (digits, end)
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
