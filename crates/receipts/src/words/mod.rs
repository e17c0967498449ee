//! Every text of a receipt, one place for each language.

mod english;
mod german;

use model::{Currency, Money};

use crate::document::Language;

/// The texts of a language. A text that is missing does not compile.
pub(crate) struct Words {
    /// BCP 47 tag.
    pub(crate) tag: &'static str,
    /// Between whole and fraction.
    pub(crate) point: char,
    /// Between thousands.
    pub(crate) thousands: char,
    /// Whether a currency's symbol stands before the number.
    pub(crate) symbol_first: bool,
    /// Between a number and `%`.
    pub(crate) before_percent: &'static str,
    /// A day, as `jiff` writes it.
    pub(crate) day_format: &'static str,

    pub(crate) receipt_from: fn(store: &str) -> String,
    pub(crate) subject: fn(store: &str, total: &str) -> String,
    pub(crate) refund_subject: fn(store: &str, refunded: &str) -> String,
    pub(crate) owed_subject: fn(store: &str, owed: &str) -> String,

    pub(crate) number: &'static str,
    pub(crate) visit: &'static str,
    pub(crate) party: &'static str,
    pub(crate) people: fn(u32) -> String,
    pub(crate) items: fn(u32) -> String,

    pub(crate) product: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) deposit: &'static str,
    pub(crate) subtotal: &'static str,
    pub(crate) total: &'static str,
    pub(crate) tax_included: &'static str,
    pub(crate) tax_added: &'static str,
    pub(crate) net: &'static str,
    pub(crate) tax: &'static str,
    pub(crate) gross: &'static str,

    pub(crate) payment: &'static str,
    pub(crate) card: &'static str,
    pub(crate) paid_with: fn(card: &str) -> String,
    pub(crate) paid_in_parts: fn(usize) -> String,
    pub(crate) held: &'static str,
    pub(crate) rest: &'static str,
    pub(crate) paid_later: &'static str,
    pub(crate) nothing_to_pay: &'static str,
    pub(crate) staff: &'static str,
    pub(crate) still_to_pay: fn(amount: &str) -> String,
    pub(crate) owed: &'static str,

    pub(crate) refunds: &'static str,
    pub(crate) refunded_on: fn(day: &str, reason: &str) -> String,
    pub(crate) refunded_to: fn(card: &str) -> String,
    pub(crate) refunded: fn(amount: &str) -> String,
    pub(crate) after_refunds: &'static str,
    pub(crate) not_taken: &'static str,
    pub(crate) wrong_product: &'static str,
    pub(crate) wrong_price: &'static str,
    pub(crate) damaged: &'static str,
    pub(crate) returned: &'static str,
    pub(crate) goodwill: &'static str,

    pub(crate) reviewed: fn(charged: u32, not_charged: u32) -> Option<String>,

    pub(crate) pay_now: &'static str,
    pub(crate) open_page: &'static str,
    pub(crate) not_right: &'static str,
    pub(crate) page_of: fn(page: usize, pages: usize) -> String,

    pub(crate) bought: &'static str,
    pub(crate) hidden: &'static str,

    pub(crate) sign_in_subject: fn(store: &str) -> String,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_until: &'static str,
    pub(crate) sign_in_not_you: &'static str,
}

/// The texts of a language.
pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &english::WORDS,
        Language::German => &german::WORDS,
    }
}

/// An amount as the language writes it, with the decimals its currency has: `€1,234.50`, `1.234,50 €`.
pub fn money(amount: Money, language: Language) -> String {
    words(language).money(amount.minor, amount.currency)
}

/// Decimals of a currency by ISO 4217; none for those without minor units.
fn decimals(currency: Currency) -> usize {
    currency.exponent().map_or(0, usize::from)
}

/// An amount without its currency, `12.34`, for programs.
pub(crate) fn decimal(minor: i64, currency: Currency) -> String {
    let decimals = decimals(currency);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if minor < 0 { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// What a currency is called beside a number. Symbols of one currency only; others by their code, because a
/// `$` may be many dollars.
fn symbol(currency: Currency) -> (&'static str, bool) {
    match currency {
        Currency::EUR => ("€", true),
        Currency::GBP => ("£", true),
        Currency::JPY => ("¥", true),
        Currency::USD => ("$", true),
        other => (other.code(), false),
    }
}

impl Words {
    /// An amount as the language writes it, with the decimals its currency has: `€1,234.50`, `1.234,50 €`.
    pub(crate) fn money(&self, minor: i64, currency: Currency) -> String {
        let plain = decimal(minor, currency);
        let (whole, fraction) =
            plain.trim_start_matches('-').split_once('.').unwrap_or((plain.trim_start_matches('-'), ""));
        let mut number = self.grouped(whole);
        if !fraction.is_empty() {
            number.push(self.point);
            number.push_str(fraction);
        }
        let sign = if minor < 0 { "\u{2212}" } else { "" };
        match (symbol(currency), self.symbol_first) {
            ((symbol, true), true) => format!("{sign}{symbol}{number}"),
            ((code, false), true) => format!("{sign}{code}\u{a0}{number}"),
            ((symbol, _), false) => format!("{sign}{number}\u{a0}{symbol}"),
        }
    }

    fn grouped(&self, digits: &str) -> String {
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(self.thousands);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// Kilograms with three decimals: `0.512 kg`.
    pub(crate) fn kilograms(&self, grams: u32) -> String {
        format!("{}{}{:03}\u{a0}kg", self.grouped(&(grams / 1000).to_string()), self.point, grams % 1000)
    }

    /// A rate of millionths in per cent, without needless zeros: `8.875%`.
    pub(crate) fn percent(&self, millionths: u32) -> String {
        let fraction = format!("{:04}", millionths % 10_000);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { String::new() } else { self.point.to_string() };
        format!("{}{point}{fraction}{}%", millionths / 10_000, self.before_percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_the_language_does() {
        let (en, de) = (words(Language::English), words(Language::German));
        assert_eq!(en.money(123_450, Currency::EUR), "€1,234.50");
        assert_eq!(de.money(123_450, Currency::EUR), "1.234,50\u{a0}€");
        assert_eq!(en.money(-5, Currency::USD), "\u{2212}$0.05");
        assert_eq!(en.money(1200, Currency::JPY), "¥1,200");
        assert_eq!(en.money(1_234_567, Currency::KWD), "KWD\u{a0}1,234.567");
        assert_eq!(de.money(100, Currency::CHF), "1,00\u{a0}CHF");
        assert_eq!(en.money(i64::MIN, Currency::JPY), "\u{2212}¥9,223,372,036,854,775,808");
    }

    #[test]
    fn rates_and_weights_have_the_decimals_they_need() {
        let (en, de) = (words(Language::English), words(Language::German));
        assert_eq!(en.percent(190_000), "19%");
        assert_eq!(en.percent(88_750), "8.875%");
        assert_eq!(de.percent(55_000), "5,5\u{a0}%");
        assert_eq!(en.percent(0), "0%");
        assert_eq!(en.kilograms(512), "0.512\u{a0}kg");
        assert_eq!(de.kilograms(1_234_050), "1.234,050\u{a0}kg");
    }

    #[test]
    fn one_is_not_many() {
        for language in Language::ALL {
            let words = words(language);
            assert_ne!((words.people)(1), (words.people)(2).replace('2', "1"));
            assert_ne!((words.reviewed)(0, 1), (words.reviewed)(0, 2).map(|text| text.replace('2', "1")));
            assert_eq!((words.reviewed)(0, 0), None);
        }
    }
}
