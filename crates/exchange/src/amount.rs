//! Amounts and rates as texts, read exactly: no digit is rounded, none is guessed.

use model::Currency;
use pricing::TaxRate;

use crate::Fault;

/// Decimals of a rate in percent: millionths are the fourth decimal.
const PERCENT_DECIMALS: usize = 4;

/// 100 %, in millionths.
const WHOLE: i64 = 1_000_000;

/// An amount such as `1.99` in minor units of its currency.
///
/// # Errors
/// If it is no plain decimal number, is negative, or has more decimals than the currency.
pub(crate) fn minor_units(text: &str, currency: Currency) -> Result<i64, Fault> {
    let decimals = usize::from(currency.exponent().unwrap_or(0));
    scaled(text, decimals, &format!("{} has {decimals}", currency.code()), "1.99")
}

/// A rate in percent, such as `19` or `8.875`.
///
/// # Errors
/// If it is no plain decimal number, has more than four decimals, or is above 100.
pub(crate) fn tax_rate(text: &str) -> Result<TaxRate, Fault> {
    let millionths = scaled(text, PERCENT_DECIMALS, "a rate has at most 4", "8.875")?;
    match u32::try_from(millionths) {
        Ok(rate) if millionths <= WHOLE => Ok(TaxRate(rate)),
        _ => Err(Fault::new(format!("is {text} percent"), "give a rate from 0 to 100, in percent")),
    }
}

/// Digits with at most one point, times ten to the power of `decimals`.
fn scaled(text: &str, decimals: usize, allowed: &str, example: &str) -> Result<i64, Fault> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || (text.contains('.') && !digits(fraction)) {
        return Err(Fault::new(
            format!("is {text:?}, which is no plain decimal number"),
            format!("write digits with a point before the decimals and nothing else, such as \"{example}\""),
        ));
    }
    if fraction.len() > decimals {
        return Err(Fault::new(
            format!("is {text:?} and has {} decimals", fraction.len()),
            format!("round it yourself: {allowed} decimals"),
        ));
    }
    format!("{whole}{fraction:0<decimals$}")
        .parse()
        .map_err(|_| Fault::new(format!("is {text:?}"), "give a smaller number: it has too many digits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Money;
    use proptest::prelude::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(minor_units("1.99", Currency::EUR), Ok(199));
        assert_eq!(minor_units("2", Currency::EUR), Ok(200));
        assert_eq!(minor_units("0.5", Currency::EUR), Ok(50));
        assert_eq!(minor_units("120", Currency::JPY), Ok(120));
        assert_eq!(minor_units("1.234", Currency::KWD), Ok(1234));
        let refused = |text| minor_units(text, Currency::EUR).unwrap_err().what;
        assert!(refused("1.999").contains("3 decimals"));
        for wrong in ["", ".", "1.", ".5", "-1", "+1", "1,99", "1.9.9", " 1", "1e2", "€1", "٣", "1_000"] {
            assert!(refused(wrong).contains("no plain decimal number"), "{wrong}");
        }
        assert!(minor_units("120.0", Currency::JPY).is_err());
        assert!(refused("99999999999999999999").contains("99999999999999999999"));
    }

    #[test]
    fn rates_are_read_to_the_millionth() {
        assert_eq!(tax_rate("19"), Ok(TaxRate(190_000)));
        assert_eq!(tax_rate("8.875"), Ok(TaxRate(88_750)));
        assert_eq!(tax_rate("0"), Ok(TaxRate(0)));
        assert_eq!(tax_rate("100"), Ok(TaxRate(1_000_000)));
        assert!(tax_rate("100.0001").is_err());
        assert!(tax_rate("8.87501").is_err());
        assert!(tax_rate("19%").is_err());
    }

    proptest! {
        #[test]
        fn what_money_shows_reads_back(
            minor in 0..=i64::MAX,
            currency in prop_oneof![Just(Currency::EUR), Just(Currency::JPY), Just(Currency::KWD)],
        ) {
            let shown = Money::new(minor, currency).to_string();
            let (digits, _) = shown.split_once(' ').unwrap();
            prop_assert_eq!(minor_units(digits, currency), Ok(minor));
        }

        #[test]
        fn what_a_rate_shows_reads_back(millionths in 0..=1_000_000_u32) {
            let shown = TaxRate(millionths).to_string();
            prop_assert_eq!(tax_rate(shown.trim_end_matches(" %")), Ok(TaxRate(millionths)));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = (minor_units(&text, Currency::EUR), tax_rate(&text));
        }
    }
}
