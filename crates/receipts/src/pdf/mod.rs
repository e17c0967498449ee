//! The receipt as PDF, for printing and for keeping: A4, its fonts inside, the same bytes each time.

mod fonts;
mod pages;

use fonts::{Fonts, Weight};
use krilla::metadata::Metadata;
use pages::{Align, COLUMN, GOOD, INK, OPEN, Pages, SOFT, Style};

use crate::document::ReceiptDocument;
use crate::sheet::{Pair, Sheet, SheetLine, SheetRefund};

const STORE: Style = Style::new(14.0, Weight::SemiBold, INK);
const TOTAL: Style = Style::new(34.0, Weight::SemiBold, INK);
const HEADING: Style = Style::new(9.0, Weight::SemiBold, SOFT);
const BODY: Style = Style::new(10.5, Weight::Regular, INK);
const STRONG: Style = Style::new(10.5, Weight::SemiBold, INK);
const SMALL: Style = Style::new(9.0, Weight::Regular, SOFT);
const SUM: Style = Style::new(13.0, Weight::SemiBold, INK);
const LINK: Style = Style::new(10.5, Weight::SemiBold, GOOD);
/// Room at the right for a tax letter, where there are several rates, points.
const MARK: f32 = 30.0;
/// How far what belongs to the line above is set in, points.
const INDENT: f32 = 14.0;

/// Why a PDF can't be made. None of these is about the receipt; they would be faults of this crate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// A built-in font can't be read.
    #[error("a built-in font can't be read: make the fonts anew with fonts/make.py")]
    Font,
    /// The page has no size.
    #[error("the page has no size")]
    Page,
    /// The writer refused.
    #[error("the PDF can't be written: {0}")]
    Write(String),
}

/// The receipt as PDF. The same document gives the same bytes.
///
/// A product whose name has characters of none of the built-in fonts (Latin, Greek, Cyrillic, Hebrew, Arabic) is
/// printed with boxes for these, and with its product number.
///
/// # Errors
/// If the PDF can't be written, which no document should cause.
pub fn pdf(document: &ReceiptDocument) -> Result<Vec<u8>, PdfError> {
    let sheet = Sheet::new(document);
    let fonts = Fonts::new()?;
    let mut pages = Pages::new(&fonts);
    top(&mut pages, &sheet);
    cart(&mut pages, &sheet);
    taxes(&mut pages, &sheet);
    payments(&mut pages, &sheet);
    refunds(&mut pages, &sheet);
    for note in &sheet.notes {
        pages.space(16.0);
        pages.paragraph(note, BODY);
    }
    bottom(&mut pages, &sheet);
    let metadata = Metadata::new()
        .title(sheet.title.clone())
        .language(sheet.words.tag.to_owned())
        .authors(vec![sheet.store.clone()])
        .creator("Saunter".to_owned());
    pages.finish(metadata, sheet.words.page_of)
}

fn top(pages: &mut Pages<'_>, sheet: &Sheet) {
    pages.paragraph(&sheet.store, STORE);
    sheet.store_lines.iter().for_each(|line| pages.paragraph(line, SMALL));
    pages.space(16.0);
    pages.paragraph(&sheet.total, TOTAL);
    let colour = if sheet.is_owed { OPEN } else { GOOD };
    pages.paragraph(&sheet.status, Style { colour, ..STRONG });
    sheet.refunded.iter().for_each(|refunded| pages.paragraph(refunded, Style { colour: GOOD, ..STRONG }));
    pages.space(12.0);
    let labels = sheet.facts.iter().map(|fact| pages.fonts.width(&fact.label, SMALL.weight, SMALL.size));
    let left = labels.fold(0.0, f32::max) + 14.0;
    for fact in &sheet.facts {
        pages.text(&fact.label, SMALL, Align::Left, [0.0, COLUMN]);
        pages.back(SMALL.leading());
        pages.text(&fact.value, Style { colour: INK, ..SMALL }, Align::Left, [left, COLUMN]);
    }
    pages.space(22.0);
}

fn cart(pages: &mut Pages<'_>, sheet: &Sheet) {
    let words = sheet.words;
    let has_marks = sheet.has_marks();
    let right = if has_marks { COLUMN - MARK } else { COLUMN };
    if has_marks {
        pages.text(words.tax, HEADING, Align::Right, [right, COLUMN]);
        pages.back(HEADING.leading());
    }
    pages.pair(0.0, (words.product, HEADING), (words.amount, HEADING), right);
    pages.space(4.0);
    sheet.lines.iter().for_each(|line| cart_line(pages, line, right));
    pages.keep_together(60.0);
    if !sheet.sums.is_empty() {
        pages.rule(false);
        pages.space(6.0);
        for Pair { label, value } in &sheet.sums {
            pages.pair(0.0, (label, SMALL), (value, SMALL), right);
        }
        pages.space(6.0);
    }
    pages.rule(true);
    pages.space(8.0);
    pages.pair(0.0, (&sheet.total_label, SUM), (&sheet.total, SUM), right);
    pages.space(6.0);
}

fn cart_line(pages: &mut Pages<'_>, line: &SheetLine, right: f32) {
    let rows = 1 + usize::from(line.detail.is_some()) + line.extras.len();
    pages.keep_together(BODY.leading() * rows as f32 + 12.0);
    pages.rule(false);
    pages.space(5.0);
    if let Some(mark) = line.mark {
        let style = Style { colour: SOFT, ..BODY };
        pages.text(&mark.to_string(), style, Align::Right, [right, COLUMN]);
        pages.back(style.leading());
    }
    pages.pair(0.0, (&line.name, BODY), (&line.amount, BODY), right);
    if !pages.fonts.can_draw(&line.name) {
        pages.text(&line.product, SMALL, Align::Left, [0.0, right]);
    }
    if let Some(detail) = &line.detail {
        pages.text(detail, SMALL, Align::Left, [0.0, right]);
    }
    for Pair { label, value } in &line.extras {
        pages.pair(INDENT, (label, SMALL), (value, SMALL), right);
    }
    pages.space(5.0);
}

fn taxes(pages: &mut Pages<'_>, sheet: &Sheet) {
    if sheet.taxes.is_empty() {
        return;
    }
    let words = sheet.words;
    pages.keep_together(SMALL.leading() * (sheet.taxes.len() + 1) as f32);
    let mut row = |cells: [&str; 4]| {
        for (at, cell) in cells.iter().enumerate() {
            // Four columns, the first as wide as two of the others.
            let edge = COLUMN * (at + 2) as f32 / 5.0;
            let align = if at == 0 { Align::Left } else { Align::Right };
            pages.text(cell, SMALL, align, [0.0, edge]);
            pages.back(SMALL.leading());
        }
        pages.space(SMALL.leading());
    };
    row([words.tax_included, words.net, words.tax, words.gross]);
    for tax in &sheet.taxes {
        row([&tax.rate, &tax.net, &tax.tax, &tax.gross]);
    }
}

fn payments(pages: &mut Pages<'_>, sheet: &Sheet) {
    if sheet.payments.is_empty() {
        return;
    }
    heading(pages, sheet.words.payment);
    for Pair { label, value } in &sheet.payments {
        pages.pair(0.0, (label, BODY), (value, BODY), COLUMN);
    }
}

fn heading(pages: &mut Pages<'_>, text: &str) {
    pages.space(18.0);
    pages.keep_together(HEADING.leading() + BODY.leading() * 2.0);
    pages.paragraph(text, HEADING);
    pages.space(2.0);
}

fn refunds(pages: &mut Pages<'_>, sheet: &Sheet) {
    if sheet.refunds.is_empty() {
        return;
    }
    heading(pages, sheet.words.refunds);
    for SheetRefund { head, lines } in &sheet.refunds {
        pages.pair(0.0, (&head.label, BODY), (&head.value, BODY), COLUMN);
        for Pair { label, value } in lines {
            pages.pair(INDENT, (label, SMALL), (value, SMALL), COLUMN);
        }
    }
    if let Some(Pair { label, value }) = &sheet.after_refunds {
        pages.space(4.0);
        pages.pair(0.0, (label, STRONG), (value, STRONG), COLUMN);
    }
}

fn bottom(pages: &mut Pages<'_>, sheet: &Sheet) {
    pages.space(22.0);
    pages.keep_together(LINK.leading() * 3.0);
    if let Some(pay) = &sheet.pay {
        pages.link(sheet.words.pay_now, pay, LINK);
    }
    pages.link(sheet.words.not_right, &sheet.dispute, LINK);
    pages.link(sheet.words.open_page, &sheet.page, LINK);
}
