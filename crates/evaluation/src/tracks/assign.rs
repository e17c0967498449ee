//! The best assignment of rows to columns.

/// Pairs rows with columns, each at most once and as many as there are of the fewer, so that the sum of `score` is the largest;
/// in the order of the rows. `score` is asked for every pair and must be finite.
///
/// H. W. Kuhn's "Hungarian" method (1955), by shortest augmenting paths: rows are added one by one, each along the path that
/// costs least in prices that keep all earlier pairs tight.
pub(super) fn assign(
    rows: usize,
    columns: usize,
    score: impl Fn(usize, usize) -> f64,
) -> Vec<(usize, usize)> {
    let mut pairs = if rows <= columns {
        assign_all(rows, columns, score)
    } else {
        let turned = assign_all(columns, rows, |row, column| score(column, row));
        turned.into_iter().map(|(row, column)| (column, row)).collect()
    };
    pairs.sort_unstable();
    pairs
}

/// Pairs every row; there must be no fewer columns.
fn assign_all(rows: usize, columns: usize, score: impl Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    let mut cost = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        cost.extend((0..columns).map(|column| -score(row, column)));
    }
    let mut prices = Prices { row: vec![0.0; rows], column: vec![0.0; columns], row_of: vec![None; columns] };
    (0..rows).for_each(|row| prices.add(row, &cost));
    prices.row_of.iter().enumerate().filter_map(|(column, row)| Some(((*row)?, column))).collect()
}

/// Prices under which no pair costs less than nothing, and pairs made cost nothing.
struct Prices {
    row: Vec<f64>,
    column: Vec<f64>,
    /// With which row a column is paired.
    row_of: Vec<Option<usize>>,
}

impl Prices {
    /// Adds a row by the cheapest path of re-pairings that ends at a free column.
    fn add(&mut self, start: usize, cost: &[f64]) {
        let columns = self.column.len();
        let mut least = vec![f64::INFINITY; columns];
        let mut from: Vec<Option<usize>> = vec![None; columns];
        let mut done = vec![false; columns];
        let (mut row, mut via) = (start, None);
        let mut paid = 0.0;
        let end = loop {
            let mut next: Option<usize> = None;
            for column in (0..columns).filter(|column| !done[*column]) {
                let reduced = paid + cost[row * columns + column] - self.row[row] - self.column[column];
                if reduced < least[column] {
                    (least[column], from[column]) = (reduced, via);
                }
                if next.is_none_or(|best| least[column] < least[best]) {
                    next = Some(column);
                }
            }
            // There are no fewer columns than rows, so one is always left.
            let Some(column) = next else { return };
            (paid, done[column], via) = (least[column], true, Some(column));
            match self.row_of[column] {
                Some(paired) => row = paired,
                None => break column,
            }
        };
        self.row[start] += paid;
        for column in (0..columns).filter(|column| done[*column]) {
            let spared = paid - least[column];
            self.column[column] -= spared;
            if let Some(paired) = self.row_of[column] {
                self.row[paired] += spared;
            }
        }
        self.pair_along(end, start, &from);
    }

    /// Moves each column on the path to the row before it.
    fn pair_along(&mut self, end: usize, start: usize, from: &[Option<usize>]) {
        let mut column = end;
        while let Some(before) = from[column] {
            self.row_of[column] = self.row_of[before];
            column = before;
        }
        self.row_of[column] = Some(start);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The best sum by trying everything; `rows` is not more than `columns`.
    fn best(scores: &[Vec<f64>], row: usize, used: &mut Vec<bool>) -> f64 {
        if row == scores.len() {
            return 0.0;
        }
        let mut most = f64::NEG_INFINITY;
        for column in 0..used.len() {
            if !used[column] {
                used[column] = true;
                most = most.max(scores[row][column] + best(scores, row + 1, used));
                used[column] = false;
            }
        }
        most
    }

    proptest! {
        #[test]
        fn no_other_assignment_is_better(
            scores in (1..6_usize, 0..3_usize).prop_flat_map(|(rows, more)| {
                prop::collection::vec(prop::collection::vec((-20..20_i32).prop_map(|n| f64::from(n) / 4.0), rows + more), rows)
            }),
        ) {
            let (rows, columns) = (scores.len(), scores[0].len());
            let pairs = assign(rows, columns, |row, column| scores[row][column]);
            let paired: Vec<usize> = pairs.iter().map(|(row, _)| *row).collect();
            prop_assert_eq!(paired, (0..rows).collect::<Vec<_>>());
            let sum: f64 = pairs.iter().map(|&(row, column)| scores[row][column]).sum();
            prop_assert!((sum - best(&scores, 0, &mut vec![false; columns])).abs() < 1e-9);
            let turned = assign(columns, rows, |column, row| scores[row][column]);
            let again: f64 = turned.iter().map(|&(column, row)| scores[row][column]).sum();
            prop_assert!((sum - again).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_is_assigned_to_nothing() {
        assert_eq!(assign(0, 3, |_, _| 1.0), []);
        assert_eq!(assign(3, 0, |_, _| 1.0), []);
    }
}
