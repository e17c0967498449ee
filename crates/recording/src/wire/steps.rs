//! Values of plates as changes in whole steps of their converters: noise is a few steps, so that most fit a byte.

/// Stands for a plate that gave nothing.
const NOTHING: i32 = i32::MIN;
/// The largest number that a 32-bit float holds with all whole numbers below it.
const MOST_STEPS: f32 = (1 << 24) as f32;

/// The changes from row to row in steps, or `None` unless [`grams`] makes the very same values of them.
pub(super) fn changes(grams: &[f32], columns: usize, step_g: f32) -> Option<Vec<i32>> {
    let mut last = vec![0; columns];
    let values = grams.chunks(columns).flat_map(|row| (0..row.len()).zip(row));
    let change = |(column, grams): (usize, &f32)| {
        if grams.to_bits() == f32::NAN.to_bits() {
            return Some(NOTHING);
        }
        let steps = whole_steps(*grams, step_g)?;
        let change = steps - last[column];
        last[column] = steps;
        Some(change)
    };
    values.map(change).collect()
}

/// How many steps these grams are, if they are a whole number of them, to the last bit.
fn whole_steps(grams: f32, step_g: f32) -> Option<i32> {
    let steps = (grams / step_g).round();
    // Not `steps` itself, which knows a zero below zero.
    let whole = steps as i32;
    let is_exact = steps.abs() < MOST_STEPS && (whole as f32 * step_g).to_bits() == grams.to_bits();
    is_exact.then_some(whole)
}

/// The values that changes tell.
pub(super) fn grams(changes: &[i32], columns: usize, step_g: f32) -> Vec<f32> {
    let mut last = vec![0_i64; columns];
    let values = changes.chunks(columns.max(1)).flat_map(|row| (0..columns).zip(row));
    let value = |(column, change): (usize, &i32)| {
        if *change == NOTHING {
            return f32::NAN;
        }
        last[column] += i64::from(*change);
        last[column] as f32 * step_g
    };
    values.map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_G: f32 = 0.241;

    fn bits(grams: &[f32]) -> Vec<u32> {
        grams.iter().map(|grams| grams.to_bits()).collect()
    }

    #[test]
    fn whole_steps_come_back_to_the_last_bit() {
        let mut values: Vec<f32> = (-100_000..100_000).map(|steps| steps as f32 * STEP_G).collect();
        values.extend([f32::NAN, STEP_G, f32::NAN, -4_000_000.0 * STEP_G, f32::NAN, 4_000_000.0 * STEP_G]);
        for columns in [1, 2, 3] {
            let changes = changes(&values, columns, STEP_G).unwrap();
            assert_eq!(bits(&grams(&changes, columns, STEP_G)), bits(&values));
        }
        assert_eq!(
            changes(&[STEP_G, f32::NAN, f32::NAN, 0.0, 0.0, STEP_G], 2, STEP_G).unwrap(),
            [1, NOTHING, NOTHING, 0, -1, 1]
        );
    }

    #[test]
    fn what_would_not_come_back_is_not_packed() {
        for grams in [0.1, -0.0, f32::INFINITY, f32::MAX, 4e9, f32::from_bits(0xffc0_0000)] {
            assert_eq!(changes(&[STEP_G, grams], 2, STEP_G), None, "{grams}");
        }
    }
}
