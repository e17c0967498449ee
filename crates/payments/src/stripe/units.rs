//! Amounts as Stripe writes them.
//!
//! Stripe counts in ISO 4217's minor units but for a few currencies (docs.stripe.com/currencies, "special cases").

use model::{Currency, Money};

/// How Stripe's units differ from ISO 4217's.
enum Units {
    Same,
    /// No minor unit by ISO 4217, hundredths at Stripe.
    Hundredths,
    /// Thousandths, of which the last digit must be zero.
    Thousandths,
    /// Minor units by ISO 4217, none at Stripe.
    Whole,
}

const fn units(currency: Currency) -> Units {
    match currency {
        Currency::ISK | Currency::UGX => Units::Hundredths,
        Currency::BHD | Currency::JOD | Currency::KWD | Currency::OMR | Currency::TND => Units::Thousandths,
        Currency::MGA => Units::Whole,
        _ => Units::Same,
    }
}

/// Stripe's amount; `None` where Stripe can't express it.
pub(crate) fn to_wire(money: Money) -> Option<i64> {
    match units(money.currency) {
        Units::Same => Some(money.minor),
        Units::Hundredths => money.minor.checked_mul(100),
        Units::Thousandths => (money.minor % 10 == 0).then_some(money.minor),
        Units::Whole => (money.minor % 100 == 0).then_some(money.minor / 100),
    }
}

/// The money that Stripe's amount and currency (in lower case) mean; `None` if it is none.
pub(crate) fn from_wire(amount: i64, currency: &str) -> Option<Money> {
    let currency = Currency::from_code(&currency.to_ascii_uppercase())?;
    let minor = match units(currency) {
        Units::Same | Units::Thousandths => amount,
        Units::Hundredths => (amount % 100 == 0).then_some(amount / 100)?,
        Units::Whole => amount.checked_mul(100)?,
    };
    Some(Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_what_stripe_takes_them_for() {
        for (minor, currency, wire) in [
            (1099, Currency::USD, Some(1099)),
            (500, Currency::JPY, Some(500)),
            (5, Currency::ISK, Some(500)),
            (5120, Currency::KWD, Some(5120)),
            (5124, Currency::KWD, None),
            (500, Currency::MGA, Some(5)),
            (501, Currency::MGA, None),
        ] {
            let money = Money::new(minor, currency);
            assert_eq!(to_wire(money), wire, "{money}");
            if let Some(amount) = wire {
                assert_eq!(from_wire(amount, &currency.code().to_lowercase()), Some(money));
            }
        }
        assert_eq!(from_wire(1, "zzz"), None);
    }
}
