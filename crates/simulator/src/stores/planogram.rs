//! Gondolas with plates, and products on them.

use model::{FacingFile, GondolaFile, PlateFile, PlateId, ShelfFile};

use super::catalogue::Good;
use crate::Rng;

/// Depth of plates, metres: as in the recorded nanostore.
const DEPTH_M: f64 = 0.4;
/// A facing has at most this many plates.
const PLATES_MAX: usize = 4;

/// A gondola to be built.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    /// Where its left end is, seen from behind; metres.
    pub(crate) origin_m: [f64; 2],
    /// How it is turned, in quarter turns to the left; at 0 it opens towards −y.
    pub(crate) quarter_turns: i32,
    /// Its width, metres.
    pub(crate) width_m: f64,
    /// How many plates are on each shelf, from the lowest.
    pub(crate) plates: &'static [u16],
    /// The height of the lowest shelf and from each to the next, metres.
    pub(crate) heights_m: (f64, f64),
}

impl Site {
    /// The gondola with shelves and plates.
    pub(crate) fn build(&self, id: u16) -> GondolaFile {
        let (lowest_m, next_m) = self.heights_m;
        let shelf = |(number, plates): (u16, &u16)| {
            let width_m = self.width_m / f64::from(*plates);
            let plate = |plate: u16| PlateFile {
                id: plate + 1,
                origin_m: [millimetres(width_m * f64::from(plate)), 0.0],
                size_m: [millimetres(width_m - 0.001), DEPTH_M],
            };
            ShelfFile {
                id: number + 1,
                origin_m: [0.0, -DEPTH_M, millimetres(lowest_m + next_m * f64::from(number))],
                size_m: [self.width_m, DEPTH_M, millimetres(next_m - 0.03)],
                plates: (0..*plates).map(plate).collect(),
            }
        };
        GondolaFile {
            id,
            origin_m: [self.origin_m[0], self.origin_m[1], 0.0],
            rotation_rad: [0.0, 0.0, f64::from(self.quarter_turns) * std::f64::consts::FRAC_PI_2],
            shelves: (0..).zip(self.plates).map(shelf).collect(),
        }
    }
}

fn millimetres(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1000.0
}

/// Lays products out on all plates: each once, the heavy ones of a gondola below, and some a second time where plates
/// are left.
pub(crate) fn lay_out(gondolas: &[GondolaFile], goods: &[Good], rng: &mut Rng) -> Vec<FacingFile> {
    let plates_of =
        |gondola: &GondolaFile| gondola.shelves.iter().map(|shelf| shelf.plates.len()).sum::<usize>();
    let mut plates_left: usize = gondolas.iter().map(plates_of).sum();
    let mut goods_left = goods;
    let mut facings = Vec::new();
    for gondola in gondolas {
        let plates = plates_of(gondola);
        let share = (goods_left.len() as f64 * plates as f64 / plates_left.max(1) as f64).round() as usize;
        let (here, later) = goods_left.split_at(share.min(goods_left.len()));
        (goods_left, plates_left) = (later, plates_left - plates);
        fill(gondola, here, &mut facings, rng);
    }
    facings
}

/// Fills one gondola.
fn fill(gondola: &GondolaFile, goods: &[Good], facings: &mut Vec<FacingFile>, rng: &mut Rng) {
    let mut heavy_first: Vec<&Good> = goods.iter().collect();
    heavy_first
        .sort_by(|one, other| other.file.mass_g.unwrap_or(0.0).total_cmp(&one.file.mass_g.unwrap_or(0.0)));
    let mut queue = heavy_first.iter();
    let mut plates_left: usize = gondola.shelves.iter().map(|shelf| shelf.plates.len()).sum();
    for shelf in &gondola.shelves {
        let ids: Vec<PlateId> =
            shelf.plates.iter().map(|plate| PlateId::new(gondola.id, shelf.id, plate.id)).collect();
        let mut free = ids.as_slice();
        while !free.is_empty() {
            let waiting = queue.len();
            // Where all products have their place, some get a second one.
            let Some(good) = queue.next().or_else(|| again(&heavy_first, rng)) else { return };
            let even = plates_left as f64 / waiting.max(1) as f64;
            let wish = (even * rng.uniform(0.5, 1.6)).round() as usize;
            let most = PLATES_MAX.min(free.len()).min((plates_left + 1).saturating_sub(waiting).max(1));
            let (plates, rest) = free.split_at(wish.clamp(1, most));
            facings.push(FacingFile { product: good.file.id.clone(), plates: plates.to_vec() });
            plates_left -= plates.len();
            free = rest;
        }
    }
}

fn again<'a, 'b>(goods: &'b [&'a Good], rng: &mut Rng) -> Option<&'b &'a Good> {
    goods.get(rng.whole(0, (goods.len() as u32).max(1) - 1) as usize)
}
