//! How errors spread.

use serde::Serialize;

use super::share;

/// Errors of many, metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// How many were measured.
    pub count: u64,
    /// How many could not be: the truth has them, the answer has not.
    pub missing: u64,
    /// Mean.
    pub mean_m: Option<f64>,
    /// Half are no larger.
    pub median_m: Option<f64>,
    /// 95 of 100 are no larger.
    pub p95_m: Option<f64>,
}

impl Spread {
    /// The spread of errors, nothing for what is missing.
    pub(super) fn of(errors: impl IntoIterator<Item = Option<f64>>) -> Self {
        let mut missing = 0;
        let mut known: Vec<f64> = Vec::new();
        for error in errors {
            match error {
                Some(error) => known.push(error),
                None => missing += 1,
            }
        }
        known.sort_by(f64::total_cmp);
        let rank =
            |percent: usize| known.get((known.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Self {
            count: known.len() as u64,
            missing,
            mean_m: share(known.iter().sum(), known.len() as f64),
            median_m: rank(50),
            p95_m: rank(95),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_is_an_error_that_so_many_do_not_exceed() {
        let spread = Spread::of((1..=20).rev().map(|cm| Some(f64::from(cm) / 100.0)).chain([None]));
        assert_eq!((spread.count, spread.missing), (20, 1));
        assert_eq!((spread.median_m, spread.p95_m), (Some(0.1), Some(0.19)));
        assert!((spread.mean_m.unwrap() - 0.105).abs() < 1e-12);
        assert_eq!(Spread::of([]), Spread::default());
    }
}
