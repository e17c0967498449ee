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

/// Money per hundred visits, rounded to minor units; none where nobody came.
pub fn per_hundred(minor: i64, visits: u64, currency: Currency) -> Option<Money> {
    let minor = (minor as f64 * 100.0 / visits as f64).round();
    (visits > 0).then(|| Money::new(minor as i64, currency))
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
        assert_eq!(per_hundred(250, 1000, Currency::EUR), Some(Money::new(25, Currency::EUR)));
        assert_eq!(per_hundred(250, 0, Currency::EUR), None);
    }
}
