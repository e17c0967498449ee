//! Where cameras hang: from the ceiling, so that people before the shelves are seen from several sides.

use std::f64::consts::FRAC_PI_8;

use glam::DVec3;
use model::{CameraFile, StoreFile};
use tracking::Camera;

use crate::cameras::Shelving;
use crate::floor::Floor;

// Cameras, all of one make; assumed, as is all below.
/// Focal lengths and principal point: a lens of about 2.8 mm, 100 degrees wide.
const INTRINSICS: [f64; 4] = [0.42, 0.746_666_667, 0.502, 0.497];
const DISTORTION: [f64; 5] = [-0.1, 0.012, 0.0003, -0.0002, 0.0];
const PICTURE_PX: [u32; 2] = [1920, 1080];
/// How high they hang, metres, in turn.
const HEIGHTS_M: [f64; 3] = [2.7, 2.8, 2.9];
/// In which directions they may look, and how far down, radians.
const TURNS: u32 = 16;
const DOWN_RAD: [f64; 3] = [0.6, 0.9, 1.2];
/// Places where they may hang, at most, and how far apart these are, metres.
const PLACES: f64 = 90.0;
const APART_M: (f64, f64) = (0.8, 1.6);

/// People are looked for at this height all over the floor, and their hands at two heights before the shelves, metres.
const PEOPLE_M: f64 = 1.2;
const HANDS_M: [f64; 2] = [0.7, 1.3];
const BEFORE_M: f64 = 0.05;
/// Points to be seen on the floor, at most, and how far apart these are, metres; and before the shelves.
const POINTS: f64 = 300.0;
const FLOOR_APART_M: (f64, f64) = (0.35, 0.7);
const SHELF_APART_M: f64 = 0.7;
/// People are where they can stand before shelves and at gates, and this far around, metres.
const STAND_M: f64 = 0.55;
const AROUND_M: f64 = 0.4;
/// Nobody is seen well from further away, metres.
const FAR_M: f64 = 8.0;
const NEAR_M: f64 = 4.0;
/// What one more camera is worth at a point that is seen from so many sides already.
const WORTH: [f64; 7] = [1.0, 1.0, 1.0, 0.4, 0.2, 0.1, 0.05];
/// Seen from a direction nearer to another one's than this, cosine, a point is seen once more from that side, which
/// counts this much of another side.
const ANEW_COS: f64 = 0.7;
const AGAIN: f64 = 0.2;
/// Everything is to be seen by so many cameras, of which a small store has so many, at least and at most.
const ENOUGH: usize = 3;
const FEW: (usize, usize) = (4, 8);
/// What is nearer to the edge of the picture than this part of it is not counted on.
const EDGE_RATIO: f64 = 0.04;

/// Hangs so many cameras into a store, in place of those that it has.
pub fn hang_cameras(file: &mut StoreFile, count: usize) {
    hang(file, count, count);
}

/// Hangs four to eight cameras into a small store: as many as it needs to be seen well.
pub(crate) fn hang_few_cameras(file: &mut StoreFile) {
    hang(file, FEW.0, FEW.1);
}

/// Hangs cameras until everything is seen by [`ENOUGH`], but no fewer and no more than said.
fn hang(file: &mut StoreFile, least: usize, most: usize) {
    let hall = Hall::new(file);
    let mut seen = vec![Seen::default(); hall.points.len()];
    let mut views: Vec<View> = hall.hooks().into_iter().flat_map(|hook| hall.views(hook)).collect();
    file.cameras.clear();
    while file.cameras.len() < most {
        let is_enough = file.cameras.len() >= least;
        if is_enough && seen.iter().all(|point| point.directions.len() >= ENOUGH) {
            return;
        }
        let Some(best) = best(&mut views, &hall.points, &seen) else { return };
        let view = views.swap_remove(best);
        for point in &view.sees {
            seen[*point].add((view.at - hall.points[*point]).normalize());
        }
        let id = format!("camera-{}", file.cameras.len() + 1);
        file.cameras.push(CameraFile { id: id.as_str().into(), ..view.camera });
    }
}

/// Where people may stand: points on the floor, this far apart.
#[cfg(test)]
pub(crate) fn standing_points(file: &StoreFile, apart_m: f64) -> Vec<DVec3> {
    let (low, high) = room(file, &Shelving::all(file));
    let floor = Floor::of(file);
    grid(low, high, apart_m).filter(|point| floor.is_free(*point)).collect()
}

/// A hall without cameras.
struct Hall {
    low: DVec3,
    high: DVec3,
    shelving: Vec<Shelving>,
    /// What is to be seen.
    points: Vec<DVec3>,
}

/// What a camera would see.
struct View {
    at: DVec3,
    camera: CameraFile,
    sees: Vec<usize>,
    /// No more than this is won by it.
    worth_max: f64,
}

impl Hall {
    fn new(file: &StoreFile) -> Self {
        let shelving = Shelving::all(file);
        let (low, high) = room(file, &shelving);
        let floor = Floor::of(file);
        let people = grid(low, high, apart_m(low, high, POINTS, FLOOR_APART_M));
        let people = people.filter(|point| floor.is_free(*point)).map(|point| point.with_z(PEOPLE_M));
        let fronts = shelving.iter().flat_map(|gondola| gondola.front(SHELF_APART_M));
        let hands =
            fronts.flat_map(|(edge, out)| HANDS_M.map(|height_m| (edge + out * BEFORE_M).with_z(height_m)));
        let points = people.chain(hands).collect();
        Self { low, high, shelving, points }
    }

    /// Where cameras may hang.
    fn hooks(&self) -> Vec<DVec3> {
        let hooks = grid(self.low, self.high, apart_m(self.low, self.high, PLACES, APART_M));
        let hooks = hooks.zip(HEIGHTS_M.into_iter().cycle());
        hooks.map(|(hook, height_m)| hook.with_z(height_m)).collect()
    }

    /// All that a camera on a hook could see.
    fn views(&self, hook: DVec3) -> Vec<View> {
        let is_seen = |point: &DVec3| {
            point.distance(hook) < FAR_M && !self.shelving.iter().any(|gondola| gondola.hides(hook, *point))
        };
        let around: Vec<usize> =
            (0..self.points.len()).filter(|point| is_seen(&self.points[*point])).collect();
        let directions = (0..TURNS).flat_map(|turn| DOWN_RAD.map(|down| (f64::from(turn) * FRAC_PI_8, down)));
        directions.filter_map(|(turn, down)| self.view(hook, turn, down, &around)).collect()
    }

    fn view(&self, hook: DVec3, turn_rad: f64, down_rad: f64, around: &[usize]) -> Option<View> {
        let file = camera(hook, turn_rad, down_rad);
        let camera = Camera::new(&file).ok()?;
        let edge = camera.picture_px() * EDGE_RATIO;
        let is_seen = |point: &&usize| {
            camera
                .project(self.points[**point])
                .is_some_and(|pixel| pixel.cmpgt(edge).all() && pixel.cmplt(camera.picture_px() - edge).all())
        };
        let sees = around.iter().filter(is_seen).copied().collect();
        Some(View { at: hook, camera: file, sees, worth_max: f64::MAX })
    }
}

/// The view that adds most to what is seen already. What a view adds only shrinks while more is seen, so that most
/// need not be looked at again (Minoux, "Accelerated greedy algorithms", 1978).
fn best(views: &mut [View], points: &[DVec3], seen: &[Seen]) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (place, view) in views.iter_mut().enumerate() {
        if best.is_none_or(|(worth, _)| view.worth_max > worth) {
            let worths = view.sees.iter().map(|point| seen[*point].worth(points[*point], view.at));
            view.worth_max = worths.sum();
            if best.is_none_or(|(worth, _)| view.worth_max > worth) {
                best = Some((view.worth_max, place));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// From where a point is seen, and from how many sides that is.
#[derive(Clone, Debug, Default)]
struct Seen {
    directions: Vec<DVec3>,
    sides: f64,
}

impl Seen {
    /// How much of another side a direction is.
    fn anew(&self, direction: DVec3) -> f64 {
        if self.directions.iter().any(|other| other.dot(direction) > ANEW_COS) { AGAIN } else { 1.0 }
    }

    /// What it is worth to see it from a place, too.
    fn worth(&self, point: DVec3, at: DVec3) -> f64 {
        let far_m = at.distance(point);
        let near = if far_m < NEAR_M { 1.0 } else { NEAR_M / far_m };
        let worth = WORTH.get(self.sides as usize).copied().unwrap_or(0.0);
        worth * near * self.anew((at - point) / far_m)
    }

    fn add(&mut self, direction: DVec3) {
        self.sides += self.anew(direction);
        self.directions.push(direction);
    }
}

/// A camera on a hook that looks in a direction and down.
fn camera(hook: DVec3, turn_rad: f64, down_rad: f64) -> CameraFile {
    let (sin, cos) = (libm::sin(turn_rad), libm::cos(turn_rad));
    let level = libm::cos(down_rad);
    let forward = DVec3::new(cos * level, sin * level, -libm::sin(down_rad));
    let right = DVec3::new(sin, -cos, 0.0);
    let down = forward.cross(right);
    CameraFile {
        id: "".into(),
        intrinsics: INTRINSICS,
        rotation: [0, 1, 2].map(|row| [right[row], down[row], forward[row]]),
        position_m: hook.to_array().map(|metres| (metres * 1000.0).round() / 1000.0),
        distortion: DISTORTION,
        picture_px: PICTURE_PX,
    }
}

/// The rectangle of the floor that people use, by two corners.
fn room(file: &StoreFile, shelving: &[Shelving]) -> (DVec3, DVec3) {
    let fronts = shelving.iter().flat_map(|gondola| gondola.front(SHELF_APART_M));
    let places = fronts.map(|(edge, out)| edge + out * STAND_M);
    let gates = file.gates.iter().filter_map(|gate| gate.position_m).map(DVec3::from);
    let spans = places.chain(gates).map(|place| (place, place));
    let (low, high) =
        spans.reduce(|(low, high), (place, _)| (low.min(place), high.max(place))).unwrap_or_default();
    let around = DVec3::splat(AROUND_M);
    ((low - around).with_z(0.0), (high + around).with_z(0.0))
}

/// How far apart points of a grid are, so that there are no more than about so many.
fn apart_m(low: DVec3, high: DVec3, points: f64, (least_m, most_m): (f64, f64)) -> f64 {
    let area_m2 = (high.x - low.x).max(0.0) * (high.y - low.y).max(0.0);
    (area_m2 / points).sqrt().clamp(least_m, most_m)
}

/// Points all over a rectangle, its edges among them.
fn grid(low: DVec3, high: DVec3, apart_m: f64) -> impl Iterator<Item = DVec3> {
    let size = high - low;
    let [columns, rows] = [size.x, size.y].map(|metres| (metres / apart_m).ceil().clamp(1.0, 1000.0));
    (0..=rows as u32).flat_map(move |row| {
        (0..=columns as u32).map(move |column| {
            let part = DVec3::new(f64::from(column) / columns, f64::from(row) / rows, 0.0);
            low + size * part
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::bay_of;
    use crate::stores;

    /// How many cameras see each point where people may stand, at the height of a hand.
    fn seen_by(file: &StoreFile) -> Vec<usize> {
        let shelving = Shelving::all(file);
        let cameras: Vec<Camera> = file.cameras.iter().map(|camera| Camera::new(camera).unwrap()).collect();
        let sees = |camera: &&Camera, point: DVec3| {
            camera.project(point).is_some_and(|pixel| camera.holds(pixel))
                && !shelving.iter().any(|gondola| gondola.hides(camera.position(), point))
        };
        let points = standing_points(file, 0.3).into_iter().map(|point| point.with_z(PEOPLE_M));
        points.map(|point| cameras.iter().filter(|camera| sees(camera, point)).count()).collect()
    }

    #[test]
    fn everybody_is_seen_by_three_cameras_wherever_they_stand() {
        for (file, cameras) in [
            (stores::nanostore_like(), 8),
            (stores::corner_shop(), 12),
            (stores::stadium(), 8),
            (stores::grocery(), 48),
            (stores::hall(), 28),
        ] {
            let seen = seen_by(&file);
            assert_eq!(file.cameras.len(), cameras, "{}", file.name);
            let few = seen.iter().filter(|count| **count < 4).count();
            assert!(seen.iter().all(|count| *count >= 3), "{}: {seen:?}", file.name);
            assert!(few * 50 < seen.len(), "{}: {few} of {}", file.name, seen.len());
            assert!(file.cameras.iter().all(|camera| (2.6..=3.0).contains(&camera.position_m[2])));
        }
    }

    #[test]
    fn small_stores_get_as_many_cameras_as_they_need() {
        let (mut few, mut all, mut cameras) = (0, 0, 0);
        for seed in 0..40 {
            let mut file = bay_of(1 + seed as usize % 4, seed);
            hang_few_cameras(&mut file);
            assert!((4..=8).contains(&file.cameras.len()));
            let seen = seen_by(&file);
            assert!(seen.iter().all(|count| *count >= 2), "{seed}: {seen:?}");
            few += seen.iter().filter(|count| **count < 3).count();
            (all, cameras) = (all + seen.len(), cameras + file.cameras.len());
        }
        assert!(few * 200 < all, "{few} of {all} places are seen by two of {cameras} cameras");
        assert!(cameras < 40 * 7, "{cameras}");
    }
}
