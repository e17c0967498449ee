//! The middle of a palm, cut out and made even: what the network that tells palms apart looks at.

/// Pixels along a side of a patch.
pub const SIDE: usize = 112;

/// Half of the side that a patch covers on the mean hand, millimetres.
const HALF_MM: f32 = 46.0;
/// Where a patch's middle lies below that of the palm, mm: towards the wrist.
const DROP_MM: f32 = 2.0;

/// Pixels to each side over which light is evened out: 17 in all, a sixth of a palm. Wider than a crease, narrower than a shadow.
const EVEN_PX: usize = 8;
/// Deviations beyond which a pixel says nothing more.
const MOST: f32 = 3.0;
/// Deviation (of 255) below which an even area is noise rather than skin, added to the one measured.
const FLOOR: f32 = 3.0;

/// A palm's middle, 112 pixels square, fingers up, as a right hand's (left hands are mirrored), light evened out: each pixel is how
/// far it lies from the mean around it, in deviations, from -1 (three below) to 1 (three above).
#[derive(Clone, PartialEq)]
pub struct Patch(Vec<f32>);

/// Where eight points of the mean right hand lie, millimetres from the palm's middle, x to the thumb, y to the fingers: the outer edge
/// of the little finger's base, the three valleys between the fingers, the outer edge of the index finger's base, the thumb's web, and
/// the wrist's crease on the thumb's and on the little finger's side.
pub const MEAN_HAND_MM: [[f32; 2]; 8] = [
    [-41.0, 38.0],
    [-22.0, 45.0],
    [0.0, 50.0],
    [21.0, 48.0],
    [42.0, 40.0],
    [45.0, 6.0],
    [27.0, -54.0],
    [-27.0, -54.0],
];

impl Patch {
    /// Evens out the light of a patch's brightness, `SIDE * SIDE` values from 0 to 255, row by row.
    ///
    /// # Panics
    /// If there are not that many.
    pub fn even(brightness: &[f32]) -> Self {
        assert_eq!(brightness.len(), SIDE * SIDE, "a patch has {SIDE} x {SIDE} pixels");
        let squares: Vec<f32> = brightness.iter().map(|value| value * value).collect();
        let (mean, power) = (around(brightness), around(&squares));
        let pixels = brightness.iter().zip(mean).zip(power).map(|((value, mean), power)| {
            let deviation = (power - mean * mean).max(0.0).sqrt() + FLOOR;
            ((value - mean) / deviation).clamp(-MOST, MOST) / MOST
        });
        Self(pixels.collect())
    }

    /// Its pixels, row by row from the top left.
    pub fn pixels(&self) -> &[f32] {
        &self.0
    }
}

impl std::fmt::Debug for Patch {
    /// Says nothing of the palm: a picture of one belongs in no log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Patch(..)")
    }
}

/// Where a patch's pixel lies on the mean right hand, mm.
pub fn place_mm(column: f32, row: f32) -> [f32; 2] {
    let step = 2.0 * HALF_MM / SIDE as f32;
    [column * step - HALF_MM, HALF_MM - DROP_MM - row * step]
}

/// The mean over a square around each pixel, cut off at the patch's edges.
fn around(values: &[f32]) -> Vec<f32> {
    let rows = slide(values, SIDE, 1);
    slide(&rows, 1, SIDE)
}

/// The mean over a window of `2 * EVEN_PX + 1` along one direction: lines start `line` apart, their pixels lie `step` apart.
fn slide(values: &[f32], line: usize, step: usize) -> Vec<f32> {
    let mut means = vec![0.0; values.len()];
    for start in (0..SIDE).map(|index| index * line) {
        let at = |index: usize| values[start + index * step];
        let mut sum: f32 = (0..EVEN_PX).map(at).sum();
        let mut count = EVEN_PX as f32;
        for index in 0..SIDE {
            if index + EVEN_PX < SIDE {
                sum += at(index + EVEN_PX);
                count += 1.0;
            }
            if index > EVEN_PX {
                sum -= at(index - EVEN_PX - 1);
                count -= 1.0;
            }
            means[start + index * step] = sum / count;
        }
    }
    means
}
