//! A document as the texts that are printed, in their order. Every rendering prints the same sheet, so none
//! can differ from another in what it says.

use jiff::Timestamp;
use model::{Currency, Time};
use pricing::{PriceBasis, PricedLine, Quantity};

use crate::clean::clean;
use crate::document::{
    CardMark, Charge, ChargeKind, Parts, Payment, ReceiptDocument, RefundNote, RefundReason, Visit, Zone,
};
use crate::words::{Words, words};

/// A label and what stands at its right.
pub(crate) struct Pair {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// A line of the cart.
pub(crate) struct SheetLine {
    /// The product's name.
    pub(crate) name: String,
    /// The product's number, for renderings that can't draw its name.
    pub(crate) product: String,
    /// How many at which price, where that is not just one.
    pub(crate) detail: Option<String>,
    /// Which tax rate, where there are several.
    pub(crate) mark: Option<char>,
    /// Its price before what is below it.
    pub(crate) amount: String,
    /// Discounts and deposit.
    pub(crate) extras: Vec<Pair>,
}

/// What a part of the total consists of.
pub(crate) struct TaxRow {
    pub(crate) rate: String,
    pub(crate) net: String,
    pub(crate) tax: String,
    pub(crate) gross: String,
}

/// A refund.
pub(crate) struct SheetRefund {
    pub(crate) head: Pair,
    pub(crate) lines: Vec<Pair>,
}

/// All that is printed.
pub(crate) struct Sheet {
    pub(crate) words: &'static Words,
    pub(crate) title: String,
    pub(crate) store: String,
    pub(crate) store_lines: Vec<String>,
    pub(crate) total: String,
    pub(crate) total_label: String,
    /// In a few words, how it was paid.
    pub(crate) status: String,
    /// How much was given back, if anything was.
    pub(crate) refunded: Option<String>,
    /// Whether something is left to do for the shopper.
    pub(crate) is_owed: bool,
    pub(crate) facts: Vec<Pair>,
    pub(crate) lines: Vec<SheetLine>,
    /// Between the lines and the total.
    pub(crate) sums: Vec<Pair>,
    /// Tax that the prices include, and deposit, which has none: together the total. Empty where tax was added.
    pub(crate) taxes: Vec<TaxRow>,
    pub(crate) payments: Vec<Pair>,
    pub(crate) refunds: Vec<SheetRefund>,
    pub(crate) after_refunds: Option<Pair>,
    pub(crate) notes: Vec<String>,
    /// Where to pay what is owed.
    pub(crate) pay: Option<String>,
    pub(crate) page: String,
    pub(crate) dispute: String,
}

fn pair(label: impl Into<String>, value: impl Into<String>) -> Pair {
    Pair { label: label.into(), value: value.into() }
}

impl Sheet {
    pub(crate) fn new(document: &ReceiptDocument) -> Self {
        let parts = document.parts();
        let words = words(parts.language);
        let currency = parts.priced.currency;
        let writer = Writer { words, currency, zone: &parts.visit.zone };
        let store = clean(&parts.store.name);
        Self {
            words,
            title: (words.receipt_from)(&store),
            store_lines: store_lines(parts),
            total: words.money(parts.priced.total, currency),
            total_label: format!("{} ({})", words.total, currency.code()),
            status: writer.status(&parts.payment),
            refunded: writer.refunded(parts),
            is_owed: parts.payment.owed() > 0,
            facts: writer.facts(parts),
            lines: parts.priced.lines.iter().map(|line| writer.line(line, parts)).collect(),
            sums: writer.sums(parts),
            taxes: writer.taxes(parts),
            payments: writer.payments(&parts.payment),
            refunds: parts.refunds.iter().map(|refund| writer.refund(refund)).collect(),
            after_refunds: writer.after_refunds(parts),
            notes: (words.reviewed)(parts.review.charged, parts.review.not_charged).into_iter().collect(),
            pay: match &parts.payment {
                Payment::Owed { link, .. } => Some(link.as_str().to_owned()),
                Payment::Paid(_) | Payment::Staff => None,
            },
            page: parts.page.as_str().to_owned(),
            dispute: parts.dispute.as_str().to_owned(),
            store,
        }
    }
}

impl Sheet {
    /// Whether lines say which of several tax rates they fall under.
    pub(crate) fn has_marks(&self) -> bool {
        self.lines.iter().any(|line| line.mark.is_some())
    }
}

fn store_lines(parts: &Parts) -> Vec<String> {
    parts.store.address.iter().chain(&parts.store.tax_number).map(|line| clean(line)).collect()
}

/// A day in the store's zone; the UTC day's number where the calendar ends (year 2262 and beyond).
pub(crate) fn day(words: &Words, zone: &Zone, time: Time) -> String {
    local(zone, time).strftime(words.day_format).to_string()
}

fn local(zone: &Zone, time: Time) -> jiff::ZonedDateTime {
    let timestamp = Timestamp::from_nanosecond(i128::from(time.nanos())).unwrap_or_default();
    timestamp.to_zoned_datetime(zone.0.clone())
}

/// A card as shoppers know it: `Visa •••• 4242`, on one line.
pub(crate) fn card(words: &Words, card: &CardMark) -> String {
    format!("{}\u{a0}••••\u{a0}{}", card.brand().unwrap_or(words.card), card.last_four())
}

/// Units and weighed pieces of a receipt.
pub(crate) fn item_count(lines: &[PricedLine]) -> u32 {
    let count = |line: &PricedLine| match line.quantity {
        Quantity::Units(units) => units,
        Quantity::Grams(_) => 1,
    };
    lines.iter().map(count).fold(0, u32::saturating_add)
}

/// Writes amounts and times of one receipt.
struct Writer<'a> {
    words: &'static Words,
    currency: Currency,
    zone: &'a Zone,
}

impl Writer<'_> {
    fn money(&self, minor: i64) -> String {
        self.words.money(minor, self.currency)
    }

    fn status(&self, payment: &Payment) -> String {
        let words = self.words;
        match payment {
            Payment::Staff => words.staff.to_owned(),
            Payment::Owed { owed, .. } => (words.still_to_pay)(&self.money(*owed)),
            Payment::Paid(charges) => match charges.as_slice() {
                [] => words.nothing_to_pay.to_owned(),
                [first, rest @ ..] if rest.iter().all(|charge| charge.card == first.card) => {
                    (words.paid_with)(&card(words, &first.card))
                }
                parts => (words.paid_in_parts)(parts.len()),
            },
        }
    }

    fn facts(&self, parts: &Parts) -> Vec<Pair> {
        let words = self.words;
        let people = parts.visit.people.get();
        let together = (people > 1).then(|| pair(words.party, (words.people)(people)));
        [pair(words.visit, self.visit(&parts.visit)), pair(words.number, parts.number.as_str())]
            .into_iter()
            .chain(together)
            .collect()
    }

    /// `24 November 2026, 14:05–14:12 CET`; both days where they differ.
    fn visit(&self, visit: &Visit) -> String {
        let (entered, left) = (local(self.zone, visit.entered), local(self.zone, visit.left));
        let first = day(self.words, self.zone, visit.entered);
        let second = match entered.date() == left.date() {
            true => String::new(),
            false => format!(" {}, ", day(self.words, self.zone, visit.left)),
        };
        let dash = if second.is_empty() { "–" } else { " –" };
        format!("{first}, {}{dash}{second}{}", entered.strftime("%H:%M"), left.strftime("%H:%M %Z"))
    }

    /// Tax included: the shelf price. Tax added: the shelf price too, which is without tax.
    fn line(&self, line: &PricedLine, parts: &Parts) -> SheetLine {
        let discounts: i64 = line.discounts.iter().map(|discount| discount.amount).sum();
        let tax = if parts.priced.basis == PriceBasis::TaxIncluded { line.tax } else { 0 };
        let reduced = line.discounts.iter().map(|off| pair(clean(&off.name), self.money(-off.amount)));
        let deposit = (line.deposit > 0).then(|| pair(self.words.deposit, self.money(line.deposit)));
        SheetLine {
            name: clean(&line.name),
            product: clean(&line.product.to_string()),
            detail: self.detail(line.quantity, line.unit_price),
            mark: mark(line, parts),
            amount: self.money(line.net + tax + discounts),
            extras: reduced.chain(deposit).collect(),
        }
    }

    fn detail(&self, quantity: Quantity, unit_price: i64) -> Option<String> {
        let price = self.money(unit_price);
        match quantity {
            Quantity::Units(1) => None,
            Quantity::Units(units) => Some(format!("{units} × {price}")),
            Quantity::Grams(grams) => Some(format!("{} × {price}/kg", self.words.kilograms(grams))),
        }
    }

    fn sums(&self, parts: &Parts) -> Vec<Pair> {
        let priced = &parts.priced;
        if priced.basis == PriceBasis::TaxIncluded {
            return Vec::new();
        }
        let subtotal = pair(self.words.subtotal, self.money(priced.net + priced.deposit));
        let several = priced.taxes.len() > 1;
        let taxes = priced.taxes.iter().enumerate().map(|(at, sum)| {
            let letter = if several { format!("{} ", letter(at)) } else { String::new() };
            let rate = self.words.percent(sum.rate.0);
            let label = format!("{} {letter}{rate} × {}", self.words.tax_added, self.money(sum.net));
            pair(label, self.money(sum.tax))
        });
        std::iter::once(subtotal).chain(taxes).collect()
    }

    fn taxes(&self, parts: &Parts) -> Vec<TaxRow> {
        if parts.priced.basis == PriceBasis::TaxAdded {
            return Vec::new();
        }
        let several = parts.priced.taxes.len() > 1;
        let row = |(at, sum): (usize, &pricing::TaxSum)| TaxRow {
            rate: match several {
                true => format!("{} {}", letter(at), self.words.percent(sum.rate.0)),
                false => self.words.percent(sum.rate.0),
            },
            net: self.money(sum.net),
            tax: self.money(sum.tax),
            gross: self.money(sum.net.saturating_add(sum.tax)),
        };
        let deposit = (parts.priced.deposit > 0).then(|| TaxRow {
            rate: self.words.deposit.to_owned(),
            net: String::new(),
            tax: String::new(),
            gross: self.money(parts.priced.deposit),
        });
        parts.priced.taxes.iter().enumerate().map(row).chain(deposit).collect()
    }

    fn payments(&self, payment: &Payment) -> Vec<Pair> {
        let owed = payment.owed();
        let several = payment.charges().len() > 1 || owed > 0;
        let charge = |charge: &Charge| {
            let card = card(self.words, &charge.card);
            let label = match (several, charge.kind) {
                (_, ChargeKind::PaidLater) => format!("{card}, {}", self.words.paid_later),
                (false, _) => card,
                (true, ChargeKind::Held) => format!("{card}, {}", self.words.held),
                (true, ChargeKind::Rest) => format!("{card}, {}", self.words.rest),
            };
            pair(label, self.money(charge.amount))
        };
        let rest = (owed > 0).then(|| pair(self.words.owed, self.money(owed)));
        payment.charges().iter().map(charge).chain(rest).collect()
    }

    fn refund(&self, refund: &RefundNote) -> SheetRefund {
        let words = self.words;
        let mut label =
            (words.refunded_on)(&day(words, self.zone, refund.at), &reason(words, &refund.reason));
        if let Some(mark) = &refund.card {
            label = format!("{label}, {}", (words.refunded_to)(&card(words, mark)));
        }
        let line = |line: &crate::document::RefundLine| {
            let quantity = match line.quantity {
                Quantity::Units(1) => String::new(),
                Quantity::Units(units) => format!("{units} × "),
                Quantity::Grams(grams) => format!("{} ", words.kilograms(grams)),
            };
            pair(format!("{quantity}{}", clean(&line.name)), self.money(-line.amount))
        };
        SheetRefund {
            head: pair(label, self.money(-refund.amount)),
            lines: refund.lines.iter().map(line).collect(),
        }
    }

    fn refunded(&self, parts: &Parts) -> Option<String> {
        let back = refunded(parts);
        (back > 0).then(|| (self.words.refunded)(&self.money(back)))
    }

    fn after_refunds(&self, parts: &Parts) -> Option<Pair> {
        let back = refunded(parts);
        (back > 0).then(|| pair(self.words.after_refunds, self.money(parts.priced.total - back)))
    }
}

/// What was given back in all, minor units.
pub(crate) fn refunded(parts: &Parts) -> i64 {
    parts.refunds.iter().map(|refund| refund.amount).sum()
}

fn reason(words: &Words, reason: &RefundReason) -> String {
    match reason {
        RefundReason::NotTaken => words.not_taken.to_owned(),
        RefundReason::WrongProduct => words.wrong_product.to_owned(),
        RefundReason::WrongPrice => words.wrong_price.to_owned(),
        RefundReason::Damaged => words.damaged.to_owned(),
        RefundReason::Returned => words.returned.to_owned(),
        RefundReason::Goodwill => words.goodwill.to_owned(),
        RefundReason::Other(text) => clean(text),
    }
}

/// The letter of the rate at a place in the tax sums.
fn letter(at: usize) -> char {
    u8::try_from(at)
        .ok()
        .and_then(|at| b'A'.checked_add(at))
        .filter(u8::is_ascii_uppercase)
        .map_or('*', char::from)
}

fn mark(line: &PricedLine, parts: &Parts) -> Option<char> {
    let taxes = &parts.priced.taxes;
    let at = taxes.iter().position(|sum| sum.rate == line.tax_rate)?;
    (taxes.len() > 1).then(|| letter(at))
}
