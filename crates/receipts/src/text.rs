//! The receipt as text, 72 columns wide: a mail's plain part, and terminals.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::document::ReceiptDocument;
use crate::sheet::{Pair, Sheet, SheetLine, TaxRow};

/// Columns.
const WIDTH: usize = 72;
/// Columns kept free between a label and its amount.
const GAP: usize = 2;
/// How far what belongs to the line above is set in.
const INDENT: usize = 4;

/// The receipt as text of 72 columns.
pub fn text(document: &ReceiptDocument) -> String {
    let sheet = Sheet::new(document);
    let mut page = Page::default();
    page.paragraph(&sheet.store);
    sheet.store_lines.iter().for_each(|line| page.paragraph(line));
    page.blank();
    for fact in &sheet.facts {
        page.paragraph(&format!("{}: {}", fact.label, fact.value));
    }
    page.rule('─');
    // Where lines have a tax letter, amounts leave room for it, so that they stay below one another.
    let has_marks = sheet.has_marks();
    sheet.lines.iter().for_each(|line| page.line(line, has_marks));
    page.rule('─');
    let room = if has_marks { "  " } else { "" };
    for sum in &sheet.sums {
        page.pair(0, &sum.label, &format!("{}{room}", sum.value));
    }
    page.pair(0, &sheet.total_label.to_uppercase(), &format!("{}{room}", sheet.total));
    page.rule('═');
    page.paragraph(&sheet.status);
    sheet.refunded.iter().for_each(|refunded| page.paragraph(refunded));
    if !sheet.taxes.is_empty() {
        page.taxes(&sheet);
    }
    page.section(sheet.words.payment, &sheet.payments);
    if !sheet.refunds.is_empty() {
        page.refunds(&sheet);
    }
    for note in &sheet.notes {
        page.blank();
        page.paragraph(note);
    }
    page.blank();
    sheet.pay.iter().for_each(|pay| page.link(sheet.words.pay_now, pay));
    page.link(sheet.words.not_right, &sheet.dispute);
    page.link(sheet.words.open_page, &sheet.page);
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn put(&mut self, line: &str) {
        self.0.push_str(line.trim_end_matches(' '));
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.put("");
    }

    fn rule(&mut self, of: char) {
        self.put(&of.to_string().repeat(WIDTH));
    }

    fn paragraph(&mut self, text: &str) {
        wrap(text, WIDTH).iter().for_each(|line| self.put(&isolated(line)));
    }

    /// A link on a line of its own: programs find where it ends.
    fn link(&mut self, label: &str, link: &str) {
        self.put(label);
        self.put(&format!("  {link}"));
    }

    /// A label, and at the right edge of its first line an amount.
    fn pair(&mut self, indent: usize, label: &str, amount: &str) {
        let room = WIDTH.saturating_sub(indent + GAP + amount.width());
        for (at, part) in wrap(label, room.max(1)).iter().enumerate() {
            let fill = if at == 0 { room.saturating_sub(part.width()) + GAP } else { 0 };
            let amount = if at == 0 { amount } else { "" };
            self.put(&format!("{}{}{}{amount}", " ".repeat(indent), isolated(part), " ".repeat(fill)));
        }
    }

    fn line(&mut self, line: &SheetLine, has_marks: bool) {
        let mark = line
            .mark
            .map_or_else(|| if has_marks { "  ".into() } else { String::new() }, |mark| format!(" {mark}"));
        self.pair(0, &line.name, &format!("{}{mark}", line.amount));
        if let Some(detail) = &line.detail {
            self.put(&format!("{}{detail}", " ".repeat(INDENT)));
        }
        let room = if has_marks { "  " } else { "" };
        for extra in &line.extras {
            self.pair(INDENT, &extra.label, &format!("{}{room}", extra.value));
        }
    }

    fn section(&mut self, heading: &str, pairs: &[Pair]) {
        if pairs.is_empty() {
            return;
        }
        self.blank();
        self.put(heading);
        pairs.iter().for_each(|pair| self.pair(2, &pair.label, &pair.value));
    }

    fn taxes(&mut self, sheet: &Sheet) {
        let words = sheet.words;
        self.blank();
        self.columns([words.tax_included, words.net, words.tax, words.gross]);
        for TaxRow { rate, net, tax, gross } in &sheet.taxes {
            self.columns([&format!("  {rate}"), net, tax, gross]);
        }
    }

    fn columns(&mut self, [first, rest @ ..]: [&str; 4]) {
        let mut line = padded(first, 24, false);
        rest.iter().for_each(|cell| line.push_str(&padded(cell, 16, true)));
        self.put(&line);
    }

    fn refunds(&mut self, sheet: &Sheet) {
        self.blank();
        self.put(sheet.words.refunds);
        for refund in &sheet.refunds {
            self.pair(2, &refund.head.label, &refund.head.value);
            refund.lines.iter().for_each(|line| self.pair(2 + INDENT, &line.label, &line.value));
        }
        sheet.after_refunds.iter().for_each(|after| self.pair(2, &after.label, &after.value));
    }
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let fill = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{fill}{text}") } else { format!("{text}{fill}") }
}

/// Keeps text that runs from right to left from turning the amount beside it around.
fn isolated(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.contains(turns) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// Lines of at most `width` columns; a word that is longer is broken.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last().map_or(0, |line| line.width());
        let gap = usize::from(last > 0);
        if last + gap + word.width() <= width {
            append(&mut lines, " ".repeat(gap).as_str());
            append(&mut lines, word);
            continue;
        }
        if last > 0 {
            lines.push(String::new());
        }
        for grapheme in word.graphemes(true) {
            if lines.last().is_some_and(|line| !line.is_empty() && line.width() + grapheme.width() > width) {
                lines.push(String::new());
            }
            append(&mut lines, grapheme);
        }
    }
    lines
}

fn append(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_break_and_short_ones_stay_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("牛乳牛乳", 4), ["牛乳", "牛乳"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
