//! Money as whole minor units of a currency.

use std::fmt;

use iso_currency::Currency;
use serde::{Deserialize, Serialize};

/// An amount in minor units (cents, øre, yen) of an ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units; negative for money given back.
    pub minor: i64,
    /// ISO 4217 currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of `minor` units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The price of `quantity` units at this price each; `None` on overflow.
    pub fn times(self, quantity: u32) -> Option<Self> {
        Some(Self { minor: self.minor.checked_mul(i64::from(quantity))?, ..self })
    }

    /// The sum of two amounts; `None` on overflow or if the currencies differ.
    pub fn plus(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.minor.checked_add(other.minor))
            .flatten()
            .map(|minor| Self { minor, ..self })
    }
}

/// `1.00 USD`, with the number of decimals the currency has.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = usize::from(self.currency.exponent().unwrap_or(0));
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if exponent > 0 { "." } else { "" };
        f.pad(&format!("{sign}{whole}{point}{fraction} {}", self.currency.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_shows_the_decimals_its_currency_has() {
        let shown = |minor, currency| Money::new(minor, currency).to_string();
        assert_eq!(shown(5, Currency::USD), "0.05 USD");
        assert_eq!(shown(-12345, Currency::EUR), "-123.45 EUR");
        assert_eq!(shown(120, Currency::JPY), "120 JPY");
        assert_eq!(shown(1, Currency::KWD), "0.001 KWD");
    }

    #[test]
    fn sums_refuse_to_mix_currencies_and_to_overflow() {
        let dollar = Money::new(100, Currency::USD);
        assert_eq!(dollar.plus(Money::new(1, Currency::EUR)), None);
        assert_eq!(Money::new(i64::MAX, Currency::USD).plus(dollar), None);
        assert_eq!(dollar.times(3), Some(Money::new(300, Currency::USD)));
    }
}
