//! What changed from the first look of a burst to a later one: small numbers, from which no palm can be drawn again.

use super::align::{Cut, Place, Template, Warp};
use super::backdrop::{self, Backdrop};
use super::bands::{self, Wave};
use super::ground::{self, CELL_PX, UNIT_MM};
use super::lamp::Lamp;
use crate::homography::Homography;
use crate::patch::SIDE;
use crate::picture::{Picture, brightness};

/// Brightness that is added before brightnesses are compared: below it they are noise.
pub(super) const DARK: f32 = 4.0;
/// How far from the lens a palm is held, mm, near enough: turns perspective into tilt.
const DISTANCE_MM: f64 = 210.0;
/// Squared deviation of a background's colours below which nothing is said (of 255).
const BACK_FLOOR: f64 = 16.0;

/// What is asked of the first look: its creases, brightness by cell and the background beside the hand. Lives as long as the burst, a
/// second, and is overwritten when it ends.
pub(super) struct First {
    template: Template,
    cut: Cut,
    place: Place,
    looks: usize,
    width_px: f32,
    background: Vec<Beside>,
    backdrop: Option<Backdrop>,
    pub change: Change,
}

/// A place beside the hand: where it is on the mean hand (mm) and in the first picture, and its colour there.
struct Beside {
    mm: [f32; 2],
    pixel: [f32; 2],
    colour: [f32; 3],
}

/// What a later look says next to the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// Where four corners of the palm are, mm of the first picture.
    pub corners: [[f64; 2]; 4],
    /// Tilt along and across the hand, radians, as perspective shows it.
    pub tilt: [f64; 2],
    /// How the palm's brightness changed, smoothly over it: [`ground::smooth`]'s terms, relative.
    pub light: [f64; 6],
    /// How the brightness beside the hand changed, relative.
    pub beside: f64,
    /// How each of the palm's cells changed beyond `light`.
    pub shade: Vec<f64>,
    /// How far each block of creases is off, mm.
    pub shifts: Vec<Option<[f64; 2]>>,
    /// Waves across the picture's rows.
    pub bands: Vec<Wave>,
    /// How unlike the background is if it went with the hand, and if it stayed: mean squares.
    pub background: [f64; 2],
    /// How far what is beside the hand moved, mm or so.
    pub backdrop: [f64; 2],
    /// How the kiosk lit it, where it does.
    pub lamp: Option<Lamp>,
}

/// Four places of the mean right hand that span the palm, mm.
pub(super) const CORNERS_MM: [[f32; 2]; 4] = [[-35.0, 38.0], [35.0, 38.0], [-28.0, -45.0], [28.0, -45.0]];

/// Places beside the palm where no hand has skin, mm of the mean right hand: below the thumb and beside the little finger.
fn beside() -> impl Iterator<Item = [f32; 2]> {
    (0..48).map(|index| {
        let (column, row) = ((index % 4) as f32, (index / 4 % 6) as f32);
        if index < 24 {
            [-56.0 - 5.0 * column, 24.0 - 12.0 * row]
        } else {
            [62.0 + 5.0 * column, -30.0 - 6.0 * row]
        }
    })
}

impl First {
    pub(super) fn new(picture: &Picture, place: Place, width_px: f32) -> Self {
        let still = Warp::default();
        let looks = (width_px / SIDE as f32).round().clamp(1.0, 4.0) as usize;
        let cut = Cut::new(picture, &place, &still, looks);
        let background = beside()
            .map(|mm| (mm, place.pixel(mm, &still)))
            .filter(|(_, pixel)| picture.is_within(*pixel))
            .map(|(mm, pixel)| Beside { mm, pixel, colour: picture.near(pixel) })
            .collect();
        let backdrop = Backdrop::new(picture, &place, &still, backdrop::cell_px(width_px));
        let template = Template::new(&cut);
        let change = Change::default();
        let mut first = Self { template, cut, place, looks, width_px, background, backdrop, change };
        first.change = first.compare(picture, &first.place, &still, &first.cut);
        first.change.corners = first.corners(&first.place, &still).unwrap_or_default();
        first
    }

    /// What a later picture says. `None` if the palm in it can't be laid over the first.
    pub(super) fn change(&self, picture: &Picture, place: &Place) -> Option<Change> {
        let (warp, cut) = self.template.align(picture, place, self.looks)?;
        let mut change = self.compare(picture, place, &warp, &cut);
        change.corners = self.corners(place, &warp)?;
        let tilt = tilt(place, &warp)?;
        let base = tilt_of(&self.place)?;
        change.tilt = [tilt[0] - base[0], tilt[1] - base[1]];
        Some(change)
    }

    fn compare(&self, picture: &Picture, place: &Place, warp: &Warp, cut: &Cut) -> Change {
        let (light, shade) = self.shade(cut);
        let brightness = (cut.brightness.as_slice(), self.cut.brightness.as_slice());
        Change {
            shifts: self.template.shifts(cut),
            bands: bands::waves(picture, place, warp, brightness, &light, self.width_px),
            background: self.background(picture, place, warp),
            beside: self.beside(picture),
            backdrop: self.backdrop_shift(picture, place, warp).unwrap_or_default(),
            light,
            shade,
            ..Change::default()
        }
    }

    fn backdrop_shift(&self, picture: &Picture, place: &Place, warp: &Warp) -> Option<[f64; 2]> {
        let first = self.backdrop.as_ref()?;
        Some(first.shift(&Backdrop::new(picture, place, warp, first.cell_px())?))
    }

    /// Where the palm's corners are, laid back onto the first picture's palm.
    fn corners(&self, place: &Place, warp: &Warp) -> Option<[[f64; 2]; 4]> {
        let still = Warp::default();
        let pixels = CORNERS_MM.map(|mm| self.place.pixel(mm, &still));
        let back = Homography::fit(&pixels, &CORNERS_MM)?;
        Some(CORNERS_MM.map(|mm| back.apply(place.pixel(mm, warp)).map(f64::from)))
    }

    fn shade(&self, cut: &Cut) -> ([f64; 6], Vec<f64>) {
        let cells = ground::cells();
        let places: Vec<[f32; 2]> = cells.iter().map(|(_, _, place)| *place).collect();
        let change: Vec<f64> = cells
            .iter()
            .map(|&(column, row, _)| {
                let (now, first) =
                    (mean(&cut.brightness, column, row), mean(&self.cut.brightness, column, row));
                libm::log(f64::from((now + DARK) / (first + DARK)))
            })
            .collect();
        let light = ground::fit(&places, &change);
        let shade =
            change.iter().zip(places).map(|(change, place)| change - ground::value(&light, place)).collect();
        (light, shade)
    }

    /// How much brighter it is beside the hand than it was in the first picture (logarithm).
    fn beside(&self, picture: &Picture) -> f64 {
        let brighter = |beside: &Beside| {
            let [now, first] =
                [picture.near(beside.pixel), beside.colour].map(|colour| brightness(colour) + DARK);
            libm::log(f64::from(now / first))
        };
        self.background.iter().map(brighter).sum::<f64>() / self.background.len().max(1) as f64
    }

    fn background(&self, picture: &Picture, place: &Place, warp: &Warp) -> [f64; 2] {
        let mut sums = [0.0; 2];
        let mut count = 0.0;
        for Beside { mm, pixel, colour } in &self.background {
            let with = place.pixel(*mm, warp);
            if picture.is_within(with) {
                sums[0] += unlike(picture.near(with), *colour);
                sums[1] += unlike(picture.near(*pixel), *colour);
                count += 1.0;
            }
        }
        if count < 6.0 { [BACK_FLOOR; 2] } else { sums.map(|sum| sum / count + BACK_FLOOR) }
    }
}

fn unlike(a: [f32; 3], b: [f32; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from((a - b) * (a - b))).sum::<f64>() / 3.0
}

fn mean(brightness: &[f32], column: usize, row: usize) -> f32 {
    let mut sum = 0.0;
    for y in row * CELL_PX..(row + 1) * CELL_PX {
        sum += brightness[y * SIDE + column * CELL_PX..][..CELL_PX].iter().sum::<f32>();
    }
    sum / (CELL_PX * CELL_PX) as f32
}

fn tilt_of(place: &Place) -> Option<[f64; 2]> {
    tilt(place, &Warp::default())
}

/// How far a palm's plane leans away along its x and y, radians: a homography's perspective.
fn tilt(place: &Place, warp: &Warp) -> Option<[f64; 2]> {
    let pixels = CORNERS_MM.map(|mm| place.pixel(mm, warp));
    let numbers = Homography::fit(&CORNERS_MM, &pixels)?.numbers();
    let last = f64::from(numbers[8]);
    Some([6, 7].map(|index: usize| f64::from(numbers[index]) / last * DISTANCE_MM))
}

/// The lean of the mean hand's pads (rise per run along x and y) at a place in units: under the thumb and the little finger, and under
/// the fingers. What a palm has and paper has not.
pub(super) fn pads(place: [f32; 2]) -> [f64; 2] {
    const PADS: [[f64; 3]; 4] =
        [[26.0, -28.0, 20.0], [-28.0, -24.0, 22.0], [-22.0, 32.0, 15.0], [24.0, 34.0, 14.0]];
    const HEIGHT_MM: f64 = 5.5;
    let mm = place.map(|part| f64::from(part * UNIT_MM));
    let mut lean = [0.0; 2];
    for [x, y, radius] in PADS {
        let (dx, dy) = ((mm[0] - x) / radius, (mm[1] - y) / radius);
        let slope = -HEIGHT_MM / radius * libm::exp(-0.5 * (dx * dx + dy * dy));
        lean[0] += slope * dx;
        lean[1] += slope * dy;
    }
    lean
}
