//! The receipt as a web page that is a mail too.
//!
//! Mail programs drop style sheets at will, so what matters stands inline; the sheet in the head adds dark
//! colours, small screens and printing where it is understood. Nothing is loaded from anywhere: no picture, no
//! script, no font, so that reading a receipt tells nobody that it was read.

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::document::ReceiptDocument;
use crate::json_ld::json_ld;
use crate::sheet::{Pair, Sheet, SheetLine, SheetRefund};

const STYLE: &str = include_str!("style.css");
const BODY: &str = "margin:0;padding:0;background:#f3f3ef;color:#1d1e1b;font-family:-apple-system,BlinkMacSystemFont,\
                    'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif;font-size:16px;line-height:1.45";
const ROOM: &str = "padding:28px 12px";
const CARD: &str = "width:100%;max-width:560px;margin:0 auto;background:#ffffff;border:1px solid #e3e3dc;border-radius:\
                    16px;border-collapse:separate;text-align:left";
const PAD: &str = "padding:0 32px;color:#1d1e1b";
const TABLE: &str = "width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums";
const LEFT: &str = "text-align:left;font-weight:400;vertical-align:top;overflow-wrap:anywhere";
const RIGHT: &str = "text-align:right;vertical-align:top;white-space:nowrap";
const SOFT: &str = "color:#5f6159;font-size:14px";
const RULE: &str = "border-top:1px solid #e3e3dc";
const HEADING: &str = "margin:28px 0 6px;font-size:13px;font-weight:600;color:#5f6159";

/// The receipt as one page for browser and mail, without anything to load.
pub fn html(document: &ReceiptDocument) -> String {
    let sheet = Sheet::new(document);
    let head = markup! {
        // A program that reads mails for its owner finds the order here, as Google's Order markup wants it.
        script type="application/ld+json" { (PreEscaped(json_ld(document))) }
    };
    page(sheet.words.tag, &sheet.title, &head, &body(&sheet))
}

/// A page with one card on it.
pub(crate) fn page(language: &str, title: &str, head: &Markup, card: &Markup) -> String {
    markup! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                // The page's address may let its reader act: it must get into no index and no other site's log.
                meta name="robots" content="noindex, nofollow";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
                (head)
            }
            body.back.ink style=(BODY) {
                main.room style=(ROOM) {
                    table.card role="presentation" cellpadding="0" cellspacing="0" style=(CARD) {
                        tr { td.pad.ink style=(PAD) { (card) } }
                    }
                }
            }
        }
    }
    .into_string()
}

/// Store, total and status: what is seen first.
pub(crate) fn top(store: &str, total: &str, status: &Markup) -> Markup {
    markup! {
        h1.ink style="margin:30px 0 0;font-size:18px;line-height:1.3;font-weight:600;color:#1d1e1b" dir="auto" { (store) }
        p.ink style="margin:14px 0 0;font-size:44px;line-height:1.1;font-weight:700;letter-spacing:-0.02em;\
                     font-variant-numeric:tabular-nums;color:#1d1e1b" { (total) }
        (status)
    }
}

fn body(sheet: &Sheet) -> Markup {
    let words = sheet.words;
    markup! {
        (top(&sheet.store, &sheet.total, &status(sheet)))
        @if let Some(pay) = &sheet.pay {
            p.screen style="margin:20px 0 0" { (button(pay, words.pay_now, true)) }
        }
        (facts(&sheet.facts))
        (cart(sheet))
        @if !sheet.taxes.is_empty() { (taxes(sheet)) }
        @if !sheet.payments.is_empty() {
            h2.soft style=(HEADING) { (words.payment) }
            (pairs(&sheet.payments))
        }
        @if !sheet.refunds.is_empty() { (refunds(sheet)) }
        @for note in &sheet.notes {
            p.ink.tint style="margin:24px 0 0;padding:12px 16px;border-radius:10px;background:#f3f3ef;font-size:15px;\
                              color:#1d1e1b" { (note) }
        }
        p.screen style="margin:28px 0 0" {
            (button(&sheet.dispute, words.not_right, false))
            (button(&sheet.page, words.open_page, false))
        }
        div.soft.rule style={ (SOFT) ";" (RULE) ";margin:28px 0 0;padding:18px 0 26px" } {
            div.ink dir="auto" style="font-weight:600;color:#1d1e1b" { (sheet.store) }
            @for line in &sheet.store_lines { div dir="auto" { (line) } }
        }
    }
}

fn status(sheet: &Sheet) -> Markup {
    let (class, colour) = if sheet.is_owed { ("open", "#8a4a00") } else { ("good", "#0b6b4b") };
    markup! {
        p class=(class) style={ "margin:8px 0 0;font-weight:600;color:" (colour) } { (sheet.status) }
        @if let Some(refunded) = &sheet.refunded {
            p.good style="margin:2px 0 0;font-weight:600;color:#0b6b4b" { (refunded) }
        }
    }
}

/// Labels and values, for what is no table of things.
pub(crate) fn facts(facts: &[Pair]) -> Markup {
    markup! {
        table.soft style={ (TABLE) ";" (SOFT) ";margin:18px 0 0" } {
            @for fact in facts {
                tr {
                    th.soft scope="row" style="text-align:left;font-weight:400;vertical-align:top;padding:1px 16px 1px 0;\
                                               white-space:nowrap;width:1%;color:#5f6159" { (fact.label) }
                    td.ink style="vertical-align:top;padding:1px 0;color:#1d1e1b;overflow-wrap:anywhere" { (fact.value) }
                }
            }
        }
    }
}

fn cart(sheet: &Sheet) -> Markup {
    let words = sheet.words;
    let thin = "text-align:left;font-size:13px;font-weight:600;color:#5f6159;padding:0 0 6px";
    let has_marks = sheet.has_marks();
    let strong = "border-top:2px solid #1d1e1b;font-size:18px;font-weight:700";
    markup! {
        table style={ (TABLE) ";margin:26px 0 0" } {
            thead {
                tr {
                    th.soft scope="col" style=(thin) { (words.product) }
                    th.soft scope="col" style={ (thin) ";text-align:right" } { (words.amount) }
                    @if has_marks { th.soft scope="col" style={ (thin) ";text-align:right;padding-left:10px;width:1%;white-space:nowrap" } { (words.tax) } }
                }
            }
            tbody { @for line in &sheet.lines { (cart_line(line, has_marks)) } }
            tfoot {
                @for (at, sum) in sheet.sums.iter().enumerate() {
                    @let rule = if at == 0 { RULE } else { "" };
                    tr {
                        th.soft.rule scope="row" style={ (LEFT) ";" (SOFT) ";" (rule) ";padding:" (edge(at)) " 0 2px" } { (sum.label) }
                        td.soft.rule style={ (RIGHT) ";" (SOFT) ";" (rule) ";padding:" (edge(at)) " 0 2px 16px" } { (sum.value) }
                        @if has_marks { td.rule style=(rule) {} }
                    }
                }
                tr {
                    th.strong scope="row" style={ (LEFT) ";" (strong) ";padding:12px 0" } { (sheet.total_label) }
                    td.strong style={ (RIGHT) ";" (strong) ";padding:12px 0 12px 16px" } { (sheet.total) }
                    @if has_marks { td.strong style=(strong) {} }
                }
            }
        }
    }
}

/// The first of some rows keeps away from the line above.
fn edge(at: usize) -> &'static str {
    if at == 0 { "10px" } else { "2px" }
}

fn cart_line(line: &SheetLine, has_marks: bool) -> Markup {
    let bottom = |is_last: bool| if is_last { "10px" } else { "2px" };
    let below = bottom(line.extras.is_empty());
    markup! {
        tr {
            th.rule scope="row" style={ (LEFT) ";" (RULE) ";padding:10px 0 " (below) } {
                bdi { (line.name) }
                @if let Some(detail) = &line.detail { div.soft style=(SOFT) { (detail) } }
            }
            td.rule style={ (RIGHT) ";" (RULE) ";padding:10px 0 " (below) " 16px" } { (line.amount) }
            @if has_marks {
                td.soft.rule style={ (RIGHT) ";" (SOFT) ";" (RULE) ";padding:11px 0 " (below) } { @if let Some(mark) = line.mark { (mark) } }
            }
        }
        @for (at, extra) in line.extras.iter().enumerate() {
            @let below = bottom(at + 1 == line.extras.len());
            tr {
                th.soft scope="row" style={ (LEFT) ";" (SOFT) ";padding:0 0 " (below) " 14px" } { bdi { (extra.label) } }
                td.soft style={ (RIGHT) ";" (SOFT) ";padding:0 0 " (below) " 16px" } { (extra.value) }
                @if has_marks { td {} }
            }
        }
    }
}

fn taxes(sheet: &Sheet) -> Markup {
    let words = sheet.words;
    let cell = "text-align:right;white-space:nowrap;padding:1px 0 1px 12px;font-weight:400;color:#5f6159;\
                font-variant-numeric:tabular-nums";
    markup! {
        table.soft style={ (TABLE) ";" (SOFT) ";font-size:13px" } {
            thead {
                tr {
                    th.soft scope="col" style={ (cell) ";text-align:left;padding-left:0" } { (words.tax_included) }
                    th.soft scope="col" style=(cell) { (words.net) }
                    th.soft scope="col" style=(cell) { (words.tax) }
                    th.soft scope="col" style=(cell) { (words.gross) }
                }
            }
            tbody {
                @for tax in &sheet.taxes {
                    tr {
                        th.soft scope="row" style={ (cell) ";text-align:left;padding-left:0" } { (tax.rate) }
                        td.soft style=(cell) { (tax.net) }
                        td.soft style=(cell) { (tax.tax) }
                        td.soft style=(cell) { (tax.gross) }
                    }
                }
            }
        }
    }
}

fn pairs(pairs: &[Pair]) -> Markup {
    markup! {
        table style={ (TABLE) ";font-size:15px" } {
            @for pair in pairs {
                tr {
                    th scope="row" style={ (LEFT) ";padding:2px 0" } { bdi { (pair.label) } }
                    td style={ (RIGHT) ";padding:2px 0 2px 16px" } { (pair.value) }
                }
            }
        }
    }
}

fn refunds(sheet: &Sheet) -> Markup {
    markup! {
        h2.soft style=(HEADING) { (sheet.words.refunds) }
        table style={ (TABLE) ";font-size:15px" } {
            @for refund in &sheet.refunds { (refund_rows(refund)) }
            @if let Some(after) = &sheet.after_refunds {
                tr {
                    th.rule scope="row" style={ (LEFT) ";" (RULE) ";padding:8px 0 2px;font-weight:600" } { (after.label) }
                    td.rule style={ (RIGHT) ";" (RULE) ";padding:8px 0 2px 16px;font-weight:600" } { (after.value) }
                }
            }
        }
    }
}

fn refund_rows(refund: &SheetRefund) -> Markup {
    markup! {
        tr {
            th scope="row" style={ (LEFT) ";padding:2px 0" } { bdi { (refund.head.label) } }
            td style={ (RIGHT) ";padding:2px 0 2px 16px" } { (refund.head.value) }
        }
        @for line in &refund.lines {
            tr {
                th.soft scope="row" style={ (LEFT) ";" (SOFT) ";padding:0 0 4px 14px" } { bdi { (line.label) } }
                td.soft style={ (RIGHT) ";" (SOFT) ";padding:0 0 4px 16px" } { (line.value) }
            }
        }
    }
}

fn button(link: &str, label: &str, is_main: bool) -> Markup {
    let shape = "display:inline-block;margin:0 8px 10px 0;padding:11px 20px;border-radius:10px;text-align:center;\
                 text-decoration:none;font-size:15px;font-weight:600";
    let (class, colours) = match is_main {
        true => ("button main", "border:1px solid #0b6b4b;background:#0b6b4b;color:#ffffff"),
        false => ("button other", "border:1px solid #8c8e85;color:#1d1e1b"),
    };
    markup! { a class=(class) href=(link) style={ (shape) ";" (colours) } { (label) } }
}
