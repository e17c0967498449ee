//! Symmetric positive definite systems, by Cholesky's method.

/// Turns the lower half of a matrix, row by row, into its Cholesky factor; false if the matrix is not positive definite.
pub(super) fn factor(values: &mut [f64], size: usize) -> bool {
    for row in 0..size {
        for column in 0..=row {
            let (one, other) = (row * size, column * size);
            let known: f64 = (0..column).map(|place| values[one + place] * values[other + place]).sum();
            let rest = values[one + column] - known;
            if row > column {
                values[one + column] = rest / values[other + column];
            } else if rest > 0.0 && rest.is_finite() {
                values[one + column] = rest.sqrt();
            } else {
                return false;
            }
        }
    }
    true
}

/// Solves for a right side, in place, with a factor of [`factor`].
pub(super) fn substitute(factor: &[f64], size: usize, right: &mut [f64]) {
    for row in 0..size {
        let known: f64 = (0..row).map(|place| factor[row * size + place] * right[place]).sum();
        right[row] = (right[row] - known) / factor[row * size + row];
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|place| factor[place * size + row] * right[place]).sum();
        right[row] = (right[row] - known) / factor[row * size + row];
    }
}

/// Solves one system; nothing if its matrix is not positive definite.
pub(super) fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    if !factor(&mut matrix, size) {
        return None;
    }
    substitute(&matrix, size, &mut right);
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved_and_a_singular_one_refused() {
        let matrix = vec![4.0, 2.0, 0.0, 2.0, 5.0, 1.0, 0.0, 1.0, 3.0];
        let solution = solve(matrix, vec![8.0, 15.0, 11.0]).unwrap();
        for (found, wanted) in solution.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - wanted).abs() < 1e-12, "{solution:?}");
        }
        assert_eq!(solve(vec![1.0, 1.0, 1.0, 1.0], vec![1.0, 1.0]), None);
    }
}
