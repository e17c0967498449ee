//! Splitting a whole amount into whole parts.

/// Splits `total` into whole parts whose exact values are `numerators[i] / denominator`.
///
/// Every part is its exact value rounded down or up: what rounding down leaves over goes, one each, to the
/// parts with the largest remainders, the first among equals (the largest remainder method of Hamilton).
/// `total` must be the exact sum rounded down or up; then no part whose exact value is whole is touched.
pub(crate) fn split(total: i128, numerators: &[i128], denominator: i128) -> Vec<i128> {
    let mut parts: Vec<i128> = numerators.iter().map(|numerator| numerator / denominator).collect();
    let left_over = total - parts.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&part| std::cmp::Reverse(numerators[part] % denominator));
    for part in by_remainder.into_iter().take(usize::try_from(left_over).unwrap_or(0)) {
        parts[part] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn what_is_left_over_goes_to_the_largest_remainders_and_the_first_of_equals() {
        assert_eq!(split(100, &[100, 100, 100], 3), [34, 33, 33]);
        assert_eq!(split(10, &[10, 20, 40], 7), [1, 3, 6]);
        assert_eq!(split(2, &[4, 0, 4], 4), [1, 0, 1]);
    }
}
