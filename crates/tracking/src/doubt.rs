//! How much to believe of what does not fit, by the weights of Geman and McClure (1985).

/// The weight of something this many squared standard deviations off, where `limit` of them are doubted.
pub(crate) fn trust(off: f64, limit: f64) -> f64 {
    let trust = limit / (limit + off);
    trust * trust
}

/// What something this many squared standard deviations off costs: `limit` at most.
pub(crate) fn cost(off: f64, limit: f64) -> f64 {
    if off.is_finite() { off * limit / (limit + off) } else { limit }
}
