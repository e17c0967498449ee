//! How a plane is seen by a camera: a homography.

/// From places of one plane to places of another, row by row; the last number is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography([f32; 9]);

impl Homography {
    /// The homography that takes `from` nearest to `to`, by least squares over the linear form of its equations (the direct linear
    /// transformation, Hartley and Zisserman, Multiple View Geometry, section 4.1, with its last number held at 1).
    /// `None` if the points don't say it: fewer than four, in a line, or not finite.
    pub fn fit(from: &[[f32; 2]], to: &[[f32; 2]]) -> Option<Self> {
        Self::fit_weighted(from, to, &vec![1.0; from.len()], 0.0)
    }

    /// The same, where some points count for more than others, a weight each from 0 to 1, and where planes that are tilted little are
    /// likelier: `flatness` is the square of how far points err to how much tilts bend the plane, both of the points' spread.
    pub(crate) fn fit_weighted(
        from: &[[f32; 2]],
        to: &[[f32; 2]],
        weights: &[f32],
        flatness: f64,
    ) -> Option<Self> {
        let (source, target) = (Frame::around(from)?, Frame::around(to)?);
        let mut equations = [[0.0_f64; 9]; 8];
        for ((&from, &to), &weight) in from.iter().zip(to).zip(weights) {
            let [x, y] = source.inward(from);
            let [u, v] = target.inward(to);
            let weight = f64::from(weight);
            gather(&mut equations, weight, [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u]);
            gather(&mut equations, weight, [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v]);
        }
        equations[6][6] += flatness;
        equations[7][7] += flatness;
        let h = solve(equations)?;
        let inner = [[h[0], h[1], h[2]], [h[3], h[4], h[5]], [h[6], h[7], 1.0]];
        let whole = product(&target.outward(), &product(&inner, &source.matrix()));
        let last = whole[2][2];
        if last.abs() < 1e-12 {
            return None;
        }
        let mut numbers = [0.0; 9];
        for (number, value) in numbers.iter_mut().zip(whole.into_iter().flatten()) {
            *number = (value / last) as f32;
        }
        Some(Self(numbers))
    }

    /// Its nine numbers, row by row.
    pub fn numbers(&self) -> [f32; 9] {
        self.0
    }

    /// Where it takes a place.
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let h = &self.0;
        let depth = 1.0 / (h[6] * x + h[7] * y + h[8]);
        [(h[0] * x + h[1] * y + h[2]) * depth, (h[3] * x + h[4] * y + h[5]) * depth]
    }
}

/// Points moved and scaled to lie around nought, a unit away: without it the equations lose half their digits.
struct Frame {
    middle: [f64; 2],
    scale: f64,
}

impl Frame {
    fn around(points: &[[f32; 2]]) -> Option<Self> {
        if points.len() < 4 || !points.iter().flatten().all(|value| value.is_finite()) {
            return None;
        }
        let count = points.len() as f64;
        let middle =
            [0, 1].map(|axis| points.iter().map(|point| f64::from(point[axis])).sum::<f64>() / count);
        let spread = points
            .iter()
            .map(|&[x, y]| {
                let (dx, dy) = (f64::from(x) - middle[0], f64::from(y) - middle[1]);
                dx * dx + dy * dy
            })
            .sum::<f64>();
        let scale = (spread / count).sqrt();
        (scale > 0.0).then_some(Self { middle, scale })
    }

    fn inward(&self, [x, y]: [f32; 2]) -> [f64; 2] {
        [(f64::from(x) - self.middle[0]) / self.scale, (f64::from(y) - self.middle[1]) / self.scale]
    }

    fn matrix(&self) -> [[f64; 3]; 3] {
        let s = 1.0 / self.scale;
        [[s, 0.0, -s * self.middle[0]], [0.0, s, -s * self.middle[1]], [0.0, 0.0, 1.0]]
    }

    fn outward(&self) -> [[f64; 3]; 3] {
        [[self.scale, 0.0, self.middle[0]], [0.0, self.scale, self.middle[1]], [0.0, 0.0, 1.0]]
    }
}

/// Adds an equation (eight factors and the right side) to the normal equations.
fn gather(equations: &mut [[f64; 9]; 8], weight: f64, row: [f64; 9]) {
    for (sums, factor) in equations.iter_mut().zip(row) {
        for (sum, other) in sums.iter_mut().zip(row) {
            *sum += weight * factor * other;
        }
    }
}

/// Gauss's elimination with pivots.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for column in 0..8 {
        let pivot = (column..8).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))?;
        rows.swap(column, pivot);
        let lead = rows[column];
        if lead[column].abs() < 1e-9 {
            return None;
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if index != column {
                let factor = row[column] / lead[column];
                for (value, part) in row.iter_mut().zip(lead) {
                    *value -= factor * part;
                }
            }
        }
    }
    let mut answer = [0.0; 8];
    for (index, row) in rows.iter().enumerate() {
        answer[index] = row[8] / row[index];
    }
    Some(answer)
}

/// One matrix after another.
pub(crate) fn product(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let mut result = [[0.0; 3]; 3];
    for (row, cells) in result.iter_mut().enumerate() {
        for (column, cell) in cells.iter_mut().enumerate() {
            *cell = (0..3).map(|index| a[row][index] * b[index][column]).sum();
        }
    }
    result
}
