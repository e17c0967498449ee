//! Where a hand is in a picture.

use crate::id::Side;
use crate::network::{Network, NetworkError};
use crate::picture::Picture;
use crate::plane::{Landmarks, Plane};
use crate::refusal::{ReadError, Refusal};

/// Pixels along a side of what the network looks at.
const LOOK: usize = 128;
/// Cells along a side of the network's maps of landmarks.
const CELLS: usize = 32;
/// How far, root mean square, landmarks lie from their middle in a close look, pixels.
const CLOSE_SPREAD: f32 = 34.0;
/// Cells around the highest one that say where a landmark is.
const AROUND: usize = 2;
/// Looks at the hand alone, each where the one before said it is.
const CLOSE_LOOKS: usize = 2;
/// How much likelier a bare hand must be than anything else, the looks' odds multiplied, as a logarithm: 20 a look. It lets through 2.5
/// of 100 gloves, of 8 that are likelier a hand, and refuses one calm hand in 200 (400 of each).
const SURE: f32 = 3.0 * (1 + CLOSE_LOOKS) as f32;
/// Kinds of pictures the network tells: no hand, a hand, two hands, a covered one.
const KINDS: usize = 4;

/// A bare hand in a picture.
pub(crate) struct Found {
    pub side: Side,
    pub landmarks: Landmarks,
    /// How its palm lies in the picture.
    pub plane: Plane,
    /// How far the palm lies beside where it was in the first look, that at the whole picture, mm.
    pub moved_mm: f32,
}

/// Finds the hand: a look at the whole picture says where it is, two close looks at it, turned upright, say so to the pixel. All of
/// them together say whether it is a bare hand.
///
/// # Errors
/// If there is no bare hand, or the network fails.
pub(crate) fn find(network: &Network, picture: &Picture) -> Result<Found, ReadError> {
    let mut kinds = Kinds([0.0; KINDS]);
    let mut window = Window::whole(picture);
    let mut first = None;
    for _ in 0..CLOSE_LOOKS {
        let seen = look(network, picture, &window)?;
        kinds.add(seen.kinds);
        kinds.check(0.0)?;
        let plane = seen.plane()?;
        window = Window::around(&plane.landmarks()).ok_or(Refusal::Unclear)?;
        first = first.or(Some(plane));
    }
    let seen = look(network, picture, &window)?;
    kinds.add(seen.kinds);
    kinds.check(SURE)?;
    let plane = seen.plane()?;
    let moved_mm = first.map_or(0.0, |first| plane.apart_mm(&first.landmarks()));
    Ok(Found { side: seen.side, landmarks: seen.landmarks, plane, moved_mm })
}

/// What the network saw in a window.
struct Seen {
    kinds: [f32; KINDS],
    side: Side,
    landmarks: Landmarks,
}

impl Seen {
    fn plane(&self) -> Result<Plane, Refusal> {
        Plane::through(self.side, &self.landmarks).ok_or(Refusal::Unclear)
    }
}

/// A square of the picture, turned: where its middle is, which way its right points and how many pixels of the picture one of
/// its own is.
struct Window {
    middle: [f32; 2],
    right: [f32; 2],
}

impl Window {
    /// The largest square in the middle of the picture.
    fn whole(picture: &Picture) -> Self {
        let scale = picture.width().min(picture.height()) as f32 / LOOK as f32;
        Self { middle: [picture.width() as f32 / 2.0, picture.height() as f32 / 2.0], right: [scale, 0.0] }
    }

    /// Around landmarks, the fingers up. `None` if they have no spread.
    fn around(landmarks: &[[f32; 2]; 8]) -> Option<Self> {
        let middle = [0, 1].map(|axis| landmarks.iter().map(|mark| mark[axis]).sum::<f32>() / 8.0);
        let squares: f32 =
            landmarks.iter().map(|mark| square(mark[0] - middle[0]) + square(mark[1] - middle[1])).sum();
        let scale = (squares / 8.0).sqrt() / CLOSE_SPREAD;
        let wrist = [0, 1].map(|axis| (landmarks[6][axis] + landmarks[7][axis]) / 2.0);
        let up = [landmarks[2][0] - wrist[0], landmarks[2][1] - wrist[1]];
        let length = (square(up[0]) + square(up[1])).sqrt();
        let is_sound = scale.is_normal() && length.is_normal();
        is_sound.then(|| Self { middle, right: [-up[1] / length * scale, up[0] / length * scale] })
    }

    /// Where a place of the window lies in the picture.
    fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (dx, dy) = (x - LOOK as f32 / 2.0, y - LOOK as f32 / 2.0);
        let [cos, sin] = self.right;
        [self.middle[0] + dx * cos - dy * sin, self.middle[1] + dx * sin + dy * cos]
    }

    fn scale(&self) -> f32 {
        (square(self.right[0]) + square(self.right[1])).sqrt()
    }
}

fn square(value: f32) -> f32 {
    value * value
}

/// What all looks together said of the kind of picture: logarithms of odds, summed.
struct Kinds([f32; KINDS]);

impl Kinds {
    fn add(&mut self, said: [f32; KINDS]) {
        for (sum, part) in self.0.iter_mut().zip(said) {
            *sum += part;
        }
    }

    /// Whether it is a bare hand, likelier by `lead` than anything else; if not, what it is.
    fn check(&self, lead: f32) -> Result<(), Refusal> {
        let [nothing, hand, two, covered] = self.0;
        let other = nothing.max(two).max(covered);
        if hand > other + lead {
            Ok(())
        } else if other == two {
            Err(Refusal::TwoHands)
        } else if other == covered {
            Err(Refusal::Covered)
        } else {
            Err(Refusal::NoHand)
        }
    }
}

fn look(network: &Network, picture: &Picture, window: &Window) -> Result<Seen, NetworkError> {
    // Two by two places are enough of a pixel four wide: the network was trained on noise.
    let looks = window.scale().ceil().clamp(1.0, 2.0) as usize;
    let pixels = picture.cut(LOOK, looks, |place| window.place(place));
    let mut input = vec![0.0; 3 * LOOK * LOOK];
    for (index, pixel) in pixels.iter().enumerate() {
        for channel in 0..3 {
            // The network was trained on colours from -2 to 2.
            input[channel * LOOK * LOOK + index] = (pixel[channel] / 255.0 - 0.5) * 4.0;
        }
    }
    let outputs = network.run([1, 3, LOOK, LOOK], input)?;
    let [maps, kinds] = outputs.as_slice() else { return Err(network.odd()) };
    if maps.len() != 8 * CELLS * CELLS || kinds.len() != KINDS + 1 {
        return Err(network.odd());
    }
    let step = (LOOK / CELLS) as f32;
    let mut landmarks = Landmarks { places: [[0.0; 2]; 8], doubts: [0.0; 8] };
    for (mark, map) in maps.chunks_exact(CELLS * CELLS).enumerate() {
        let ([x, y], doubt) = peak(map);
        landmarks.places[mark] = window.place([(x + 0.5) * step, (y + 0.5) * step]);
        landmarks.doubts[mark] = doubt;
    }
    let side = if kinds[KINDS] > 0.0 { Side::Left } else { Side::Right };
    Ok(Seen { kinds: [kinds[0], kinds[1], kinds[2], kinds[3]], side, landmarks })
}

/// The middle of the mass around a map's highest cell, in cells, and the part of the mass that lies elsewhere; maps are logarithms
/// of mass.
fn peak(map: &[f32]) -> ([f32; 2], f32) {
    let top = (0..map.len()).fold(0, |best, cell| if map[cell] > map[best] { cell } else { best });
    let (row, column) = (top / CELLS, top % CELLS);
    let masses: Vec<f32> = map.iter().map(|value| libm::expf(value - map[top])).collect();
    let mut sums = [0.0_f32; 3];
    for y in row.saturating_sub(AROUND)..(row + AROUND + 1).min(CELLS) {
        for x in column.saturating_sub(AROUND)..(column + AROUND + 1).min(CELLS) {
            let mass = masses[y * CELLS + x];
            sums[0] += mass;
            sums[1] += mass * x as f32;
            sums[2] += mass * y as f32;
        }
    }
    let whole: f32 = masses.iter().sum();
    ([sums[1] / sums[0], sums[2] / sums[0]], 1.0 - sums[0] / whole)
}
