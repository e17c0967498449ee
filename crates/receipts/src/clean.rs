//! Texts of others, made fit to print.

use unicode_segmentation::UnicodeSegmentation;

/// The longest text printed; a name of a product is at most 100 characters in common catalogues.
const GRAPHEMES_MAX: usize = 240;

/// The text on one line: control characters and runs of space become one space; characters that turn the
/// direction of what follows, and invisible ones, go; what is too long ends in `…`.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    let joined = visible.split(' ').filter(|word| !word.trim().is_empty()).collect::<Vec<_>>().join(" ");
    let mut graphemes = joined.grapheme_indices(true);
    match graphemes.nth(GRAPHEMES_MAX) {
        Some((end, _)) => format!("{}…", &joined[..end]),
        None => joined,
    }
}

/// Direction overrides, embeddings, isolates and marks, zero-width space, byte order mark, soft hyphen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_on_its_line_and_in_its_direction() {
        assert_eq!(clean(" Milk\r\n  1\u{a0}l\t "), "Milk 1\u{a0}l");
        assert_eq!(clean("A\u{202e}B\u{feff}"), "AB");
        assert_eq!(clean(&"é".repeat(300)).chars().count(), GRAPHEMES_MAX + 1);
    }
}
