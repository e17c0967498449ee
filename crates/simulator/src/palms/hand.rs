//! What stays with a person: the shape of a hand, its skin and its creases.

use super::creases;
use crate::rng::Rng;

/// Millimetres between two cells of a palm's map, of a hand of the mean size.
pub(super) const MAP_MM: f32 = 0.4;
/// Cells along a side of a palm's map: 120 mm.
pub(super) const MAP_SIDE: usize = 300;

/// Where eight points that can be told on every hand lie on the mean right hand, millimetres from the palm's middle, x to the thumb,
/// y to the fingers, in the order networks give them: the outer edge of the little finger's base, the valleys between ring and little,
/// middle and ring, and index and middle finger, the outer edge of the index finger's base, the thumb's web, and the wrist's crease on
/// the thumb's and on the little finger's side.
pub const MEAN_LANDMARKS_MM: [[f32; 2]; 8] = [
    [-41.0, 38.0],
    [-22.0, 45.0],
    [0.0, 50.0],
    [21.0, 48.0],
    [42.0, 40.0],
    [45.0, 6.0],
    [27.0, -54.0],
    [-27.0, -54.0],
];

/// How light a palm's skin is, from 1 (lightest) to 10 (darkest), after the Monk scale (2022). Palms are lighter than the backs
/// of hands, and their creases darker against them the darker the skin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tone(u8);

impl Tone {
    /// The step of the scale, 1 to 10.
    pub fn step(self) -> u8 {
        self.0
    }

    /// From 0 for the lightest to 1 for the darkest.
    fn part(self) -> f32 {
        f32::from(self.0 - 1) / 9.0
    }
}

/// The skin of a palm as maps over the mean hand: how dark, and which way it leans.
#[derive(Debug, Clone)]
pub(super) struct Palmprint {
    /// Depth of creases (0 to 255), then lean to x and to y (0 is -1.3, 128 level, 255 +1.3), a cell each.
    cells: Vec<[u8; 3]>,
}

impl Palmprint {
    pub(super) fn new(depth: &[f32], relief: &[[f32; 2]]) -> Self {
        let byte = |value: f32| value.clamp(0.0, 255.0) as u8;
        let cells = depth
            .iter()
            .zip(relief)
            .map(|(depth, lean)| {
                [byte(depth * 160.0 + 60.0), byte(lean[0] * 97.0 + 128.0), byte(lean[1] * 97.0 + 128.0)]
            })
            .collect();
        Self { cells }
    }

    /// Depth of creases, lean to x and lean to y at a place of the mean hand, millimetres from its middle; level skin beyond the
    /// map.
    pub(super) fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let column = x / MAP_MM + MAP_SIDE as f32 / 2.0;
        let row = y / MAP_MM + MAP_SIDE as f32 / 2.0;
        let last = (MAP_SIDE - 2) as f32;
        if !(column >= 0.0 && row >= 0.0 && column < last && row < last) {
            return [0.0; 3];
        }
        let (left, top) = (column as usize, row as usize);
        let (u, v) = (column - left as f32, row - top as f32);
        let corner = top * MAP_SIDE + left;
        let (a, b) = (self.cells[corner], self.cells[corner + 1]);
        let (c, d) = (self.cells[corner + MAP_SIDE], self.cells[corner + MAP_SIDE + 1]);
        let mix = |channel: usize| {
            let upper = f32::from(a[channel]) * (1.0 - u) + f32::from(b[channel]) * u;
            let lower = f32::from(c[channel]) * (1.0 - u) + f32::from(d[channel]) * u;
            upper * (1.0 - v) + lower * v
        };
        [(mix(0) - 60.0) / 160.0, (mix(1) - 128.0) / 97.0, (mix(2) - 128.0) / 97.0]
    }
}

/// A finger: where it grows from the palm, how long and thick it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finger {
    /// Its root, millimetres on the hand.
    pub root: [f32; 2],
    /// Its angle from the hand's axis towards the thumb, radians, at rest.
    pub angle: f32,
    /// From the root to the middle of the tip, mm.
    pub length: f32,
    /// Half its thickness at root and tip, mm.
    pub radius: [f32; 2],
}

/// A hand: all that two pictures of it share.
#[derive(Debug, Clone)]
pub struct Hand {
    pub(super) print: Palmprint,
    /// How much larger than the mean hand it is, along x and y.
    pub(super) size: [f32; 2],
    /// Landmarks in millimetres from the palm's middle, of a right hand.
    pub(super) landmarks: [[f32; 2]; 8],
    pub(super) fingers: [Finger; 5],
    /// Colour of flat skin, linear RGB.
    pub(super) skin: [f32; 3],
    /// How much creases darken the skin.
    pub(super) crease_contrast: f32,
    tone: Tone,
    is_left: bool,
}

impl Hand {
    /// The hand number `number` of the population grown from `seed`: even numbers are left hands, odd ones right hands, and
    /// 2n and 2n + 1 belong to one person (same skin and size, creases of their own).
    pub fn new(seed: u64, number: u64) -> Self {
        let person = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number / 2);
        let mut body = Rng::new(person, "palms: person");
        let tone = Tone(body.whole(1, 10) as u8);
        let scale = (1.0 + 0.09 * body.gaussian()).clamp(0.75, 1.28) as f32;
        let stretch = (1.0 + 0.035 * body.gaussian()).clamp(0.9, 1.1) as f32;
        let size = [scale, scale * stretch];
        let is_left = number.is_multiple_of(2);
        let mut rng = Rng::new(person, if is_left { "palms: left" } else { "palms: right" });
        let landmarks = MEAN_LANDMARKS_MM.map(|[x, y]| {
            let mut shift = || 1.3 * rng.gaussian() as f32;
            [x * size[0] + shift(), y * size[1] + shift()]
        });
        let fingers = fingers(&mut rng, &landmarks, size);
        let part = tone.part() + 0.03 * rng.gaussian() as f32;
        let blend = |light: f32, dark: f32| light + (dark - light) * part;
        let ruddy = 1.0 + 0.04 * rng.gaussian() as f32;
        let skin = [blend(0.74, 0.34) * ruddy, blend(0.52, 0.21), blend(0.43, 0.15)];
        let crease_contrast = 0.32 + 0.16 * part + 0.05 * rng.gaussian() as f32;
        Self {
            print: creases::draw(&mut rng),
            size,
            landmarks,
            fingers,
            skin,
            crease_contrast,
            tone,
            is_left,
        }
    }

    /// Whether it is a left hand.
    pub fn is_left(&self) -> bool {
        self.is_left
    }

    /// How light its skin is.
    pub fn tone(&self) -> Tone {
        self.tone
    }

    /// Where its landmarks lie on the palm's plane, millimetres from the palm's middle as the camera sees it: the thumb of a right
    /// hand to positive x, of a left hand to negative.
    pub fn landmarks_mm(&self) -> [[f32; 2]; 8] {
        let mirror = if self.is_left { -1.0 } else { 1.0 };
        self.landmarks.map(|[x, y]| [mirror * x, y])
    }

    /// The palm's width at the roots of the fingers, mm.
    pub fn width_mm(&self) -> f32 {
        84.0 * self.size[0]
    }
}

/// Thumb, index, middle, ring and little finger, rooted between the landmarks.
fn fingers(rng: &mut Rng, marks: &[[f32; 2]; 8], size: [f32; 2]) -> [Finger; 5] {
    let between = |a: usize, b: usize, drop: f32| {
        [(marks[a][0] + marks[b][0]) / 2.0, (marks[a][1] + marks[b][1]) / 2.0 - drop]
    };
    let gap = |a: usize, b: usize| {
        let (dx, dy) = (marks[a][0] - marks[b][0], marks[a][1] - marks[b][1]);
        (dx * dx + dy * dy).sqrt() / 2.0 - 0.8
    };
    let mut finger = |root: [f32; 2], angle: f32, length: f32, radius: f32| Finger {
        root,
        angle,
        length: length * size[1] * (1.0 + 0.05 * rng.gaussian() as f32),
        radius: [radius, radius * 0.8],
    };
    let thumb_root = [30.0 * size[0], -24.0 * size[1]];
    [
        finger(thumb_root, 0.62, 62.0, 13.0 * size[0]),
        finger(between(3, 4, 3.0), 0.12, 66.0, gap(3, 4)),
        finger(between(2, 3, 3.0), 0.02, 75.0, gap(2, 3)),
        finger(between(1, 2, 3.0), -0.07, 69.0, gap(1, 2)),
        finger(between(0, 1, 3.0), -0.2, 53.0, gap(0, 1)),
    ]
}
