//! Amounts and rates as decimal texts: `12.34`, never a number that a JSON reader may round.

use model::Currency;
use pricing::TaxRate;

/// Digits before the point.
const WHOLE_DIGITS: usize = 9;

/// Decimals of a tax rate in percent, so that it is whole millionths.
const RATE_DECIMALS: usize = 4;

/// Minor units as a decimal with the currency's decimals.
pub(crate) fn decimal(minor: i64, currency: Currency) -> String {
    let decimals = decimals_of(currency);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if minor < 0 { "-" } else { "" };
    let point = if decimals > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// A price as minor units.
pub(crate) fn minor(text: &str, currency: Currency) -> Result<i64, String> {
    let decimals = decimals_of(currency);
    scaled(text, decimals).ok_or_else(|| {
        format!(
            "a price in {} is a text of digits with at most {decimals} decimals, such as \"{}\"",
            currency.code(),
            decimal(1234, currency)
        )
    })
}

/// A tax rate in percent.
pub(crate) fn rate(text: &str) -> Result<TaxRate, String> {
    let millionths = scaled(text, RATE_DECIMALS).and_then(|rate| u32::try_from(rate).ok());
    millionths.filter(|rate| *rate <= 1_000_000).map(TaxRate).ok_or_else(|| {
        "a tax rate is a text from \"0\" to \"100\" with at most 4 decimals, such as \"8.875\"".to_owned()
    })
}

/// A tax rate in percent, with no more decimals than it needs.
pub(crate) fn percent(rate: TaxRate) -> String {
    rate.to_string().trim_end_matches(" %").to_owned()
}

fn decimals_of(currency: Currency) -> usize {
    usize::from(currency.exponent().unwrap_or(0))
}

/// A decimal without a sign, times ten to the power of `decimals`.
fn scaled(text: &str, decimals: usize) -> Option<i64> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=WHOLE_DIGITS).contains(&whole.len()) && fraction.len() <= decimals;
    if !fits || !digits(whole) || !digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact_decimals_of_their_currency() {
        let read = |text, currency| minor(text, currency).ok();
        assert_eq!(read("4.99", Currency::EUR), Some(499));
        assert_eq!(read("0.5", Currency::EUR), Some(50));
        assert_eq!(read("120", Currency::JPY), Some(120));
        assert_eq!(read("0.001", Currency::KWD), Some(1));
        for wrong in ["", ".5", "5.", "-1", "+1", "1e3", "1.005", "1,50", "١", "0000000001", " 1", "1_0"] {
            assert_eq!(read(wrong, Currency::EUR), None, "{wrong}");
        }
        assert_eq!(read("1.0", Currency::JPY), None);
        assert_eq!(rate("8.875"), Ok(TaxRate(88_750)));
        assert_eq!(percent(TaxRate(88_750)), "8.875");
        assert!(rate("100.0001").is_err() && rate("19%").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(amount in 0..99_999_999_999_i64) {
            prop_assert_eq!(minor(&decimal(amount, Currency::EUR), Currency::EUR), Ok(amount));
            prop_assert!(decimal(-amount - 1, Currency::EUR).starts_with('-'));
        }
    }
}
