//! Arithmetic with logarithms of probabilities.

/// Logarithm of the normal density at `off` from its mean.
pub(crate) fn log_normal(off: f64, variance: f64) -> f64 {
    -0.5 * off * off / variance - 0.5 * libm::log(std::f64::consts::TAU * variance)
}

/// The logarithm of the sum of two numbers whose logarithms are given.
pub(crate) fn log_sum(one: f64, other: f64) -> f64 {
    let (most, least) = if one >= other { (one, other) } else { (other, one) };
    if least == f64::NEG_INFINITY { most } else { most + libm::log1p(libm::exp(least - most)) }
}

/// The probability whose odds have this logarithm.
pub(crate) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}
