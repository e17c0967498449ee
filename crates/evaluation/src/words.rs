//! Figures as words, so that the terminal and the page say the same.

use model::{Currency, Money};

/// A share that should be high, in percent: `99.85`, and `100` only where it is all; `–` for none. Cut, so
/// that what is not reached is never shown as reached.
pub fn high_percent(share: Option<f64>) -> String {
    hundredths(share, f64::floor)
}

/// A share that should be low, in percent: `0.01`, and `0` only where it is none; `–` for none. Rounded up,
/// for the same reason.
pub fn low_percent(share: Option<f64>) -> String {
    hundredths(share, f64::ceil)
}

fn hundredths(share: Option<f64>, whole: impl Fn(f64) -> f64) -> String {
    match share {
        None => "–".to_owned(),
        Some(1.0) => "100".to_owned(),
        Some(0.0) => "0".to_owned(),
        // What the last bits of a division add is no hundredth of a percent.
        Some(share) => format!("{:.2}", whole((share * 1e10).round() / 1e6) / 100.0),
    }
}

/// Seconds to ten milliseconds: `0.84`; `–` for none.
pub fn seconds(seconds: Option<f64>) -> String {
    seconds.map_or("–".to_owned(), |seconds| format!("{seconds:.2}"))
}

/// Money per hundred visits, rounded, with the decimals of the first currency: `2.50`; `–` where nobody came.
pub fn per_hundred(minor: i64, visits: u64, currencies: &[Currency]) -> String {
    let minor = (minor as f64 * 100.0 / visits as f64).round();
    let currency = currencies.first().filter(|_| visits > 0);
    currency.map_or("–".to_owned(), |currency| {
        let money = Money::new(minor as i64, *currency).to_string();
        money.split(' ').next().unwrap_or_default().to_owned()
    })
}

/// Currencies whose money was added one to one: `EUR`, `EUR + USD`.
pub fn names_of(currencies: &[Currency]) -> String {
    currencies.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_reached_is_not_shown_as_reached() {
        assert_eq!(high_percent(Some(0.99799)), "99.79");
        assert_eq!(high_percent(Some(0.998)), "99.80");
        assert_eq!(high_percent(Some(0.999_999)), "99.99");
        assert_eq!(high_percent(Some(1.0)), "100");
        assert_eq!(low_percent(Some(0.001_001)), "0.11");
        assert_eq!(low_percent(Some(0.001)), "0.10");
        assert_eq!(low_percent(Some(0.000_001)), "0.01");
        assert_eq!(low_percent(Some(0.0)), "0");
        assert_eq!(low_percent(None), "–");
    }

    #[test]
    fn money_is_per_hundred_visits() {
        assert_eq!(per_hundred(2500, 1000, &[Currency::EUR, Currency::USD]), "2.50");
        assert_eq!(per_hundred(2500, 1000, &[Currency::JPY]), "250");
        assert_eq!(per_hundred(250, 0, &[Currency::EUR]), "–");
        assert_eq!(names_of(&[Currency::EUR, Currency::USD]), "EUR + USD");
    }
}
