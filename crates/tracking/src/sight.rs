//! Lines of sight: what a pixel of a camera says of a place, and the place that fits several best.

use model::{DVec2, DVec3};

use crate::doubt::{cost, trust};

/// Beyond this many squared standard deviations a sight is doubted.
const DOUBT: f64 = 9.0;
/// Within this many standard deviations a sight counts as one that agrees.
const AGREE_SD: f64 = 3.0;
/// Rounds of weighing and solving at most.
const ROUNDS: usize = 4;
/// A place that moves by less than this in a round, square metres, has settled: half a millimetre.
const SETTLED_M2: f64 = 2.5e-7;
/// Sights that are fitted at once, as many as a set of bits holds: no more cameras see one person.
pub(crate) const SIGHTS_MAX: usize = 64;
/// Pairs of sights whose meeting is tried.
const PAIRS_MAX: usize = 15;
/// Keeps the system solvable where all sights are parallel: a standard deviation of 100 m.
const LOOSE: f64 = 1e-4;

/// A joint as one camera sees it: the place lies where `across` and `down` are both square to the way from `origin`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    /// The camera's place.
    pub(crate) origin: DVec3,
    /// Normal of the plane through the camera that holds all places at this column of the picture: its product with
    /// the way from the camera to a place is how far off that place is at its depth, metres.
    pub(crate) across: DVec3,
    /// The same for the row.
    pub(crate) down: DVec3,
    /// Where the camera looks.
    pub(crate) forward: DVec3,
    /// Both planes as a quadratic form (xx, xy, xz, yy, yz, zz), and that form of `origin`.
    form: [f64; 6],
    pull: DVec3,
    /// Variance of the network's joint at the body, square metres.
    pub(crate) variance_m2: f64,
    /// Variance of its pixels, seen from the camera, square radians.
    pub(crate) variance_rad2: f64,
}

impl Sight {
    /// A sight through a camera's place, along the two planes of its column and row.
    pub(crate) fn new(origin: DVec3, [across, down, forward]: [DVec3; 3], variances: [f64; 2]) -> Self {
        let form = [
            across.x * across.x + down.x * down.x,
            across.x * across.y + down.x * down.y,
            across.x * across.z + down.x * down.z,
            across.y * across.y + down.y * down.y,
            across.y * across.z + down.y * down.z,
            across.z * across.z + down.z * down.z,
        ];
        let [variance_m2, variance_rad2] = variances;
        let pull = times(&form, origin);
        Self { origin, across, down, forward, form, pull, variance_m2, variance_rad2 }
    }

    /// The sight of a joint that was elsewhere by `shift` when it was seen.
    pub(crate) fn shifted(&self, shift: DVec3) -> Self {
        let origin = self.origin - shift;
        Self { origin, pull: times(&self.form, origin), ..*self }
    }

    /// How far a place is off, squared, in metres at its depth, and the depth.
    pub(crate) fn off_m2(&self, place: DVec3) -> (f64, f64) {
        let way = place - self.origin;
        let (across, down) = (self.across.dot(way), self.down.dot(way));
        (across * across + down * down, self.forward.dot(way))
    }

    /// How far the camera sees it from a place, radians to the right and down.
    pub(crate) fn off_rad(&self, place: DVec3) -> DVec2 {
        let way = place - self.origin;
        -DVec2::new(self.across.dot(way), self.down.dot(way)) / self.forward.dot(way)
    }

    /// Variance at a depth, square metres.
    pub(crate) fn variance_at(&self, depth_m: f64) -> f64 {
        self.variance_m2 + self.variance_rad2 * depth_m * depth_m
    }
}

/// What is believed of a place before it is looked at: as sure in each direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prior {
    pub(crate) place: DVec3,
    pub(crate) variance_m2: f64,
}

/// The place that fits best.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub(crate) place: DVec3,
    /// Mean of the variances in the three directions, square metres.
    pub(crate) variance_m2: f64,
    /// The sights that agree, one bit each.
    pub(crate) agree: u64,
    /// What it costs to believe it: squared standard deviations, each doubted at nine at most.
    pub(crate) cost: f64,
}

/// The place that fits sights, and the prior if there is one. Each may be wrong: from the prior's place and from where
/// the sights alone meet, the better end wins. Nothing if there is neither a prior nor two sights.
pub(crate) fn fit(sights: &[Sight], prior: Option<Prior>) -> Option<Fit> {
    let held = prior.map(|prior| refine(sights, Some(prior), prior.place));
    if sights.len() < 2 {
        return held;
    }
    if let Some(held) = held
        && held.agree.count_ones() as usize == sights.len()
    {
        return Some(held);
    }
    let mut best = held;
    for start in starts(sights) {
        let free = refine(sights, prior, start);
        if free.agree.count_ones() >= 2 && best.is_none_or(|best| free.cost < best.cost) {
            best = Some(free);
        }
    }
    best
}

/// Where all sights meet, and where each two of them do if some may be wrong.
fn starts(sights: &[Sight]) -> impl Iterator<Item = DVec3> + '_ {
    let pairs = (0..sights.len()).flat_map(move |one| (one + 1..sights.len()).map(move |other| [one, other]));
    std::iter::once(meet(sights))
        .chain(pairs.take(PAIRS_MAX).map(|[one, other]| meet(&[sights[one], sights[other]])))
}

/// Where sights meet if all are equally right.
pub(crate) fn meet(sights: &[Sight]) -> DVec3 {
    let mut normal = Normal::new();
    for sight in sights {
        normal.add(sight, 1.0);
    }
    normal.solve().0
}

fn refine(sights: &[Sight], prior: Option<Prior>, start: DVec3) -> Fit {
    let mut place = start;
    let mut variance_m2 = 0.0;
    for _ in 0..ROUNDS {
        let mut normal = Normal::new();
        for sight in sights {
            let (off_m2, depth_m) = sight.off_m2(place);
            if depth_m <= 0.0 {
                continue;
            }
            let variance = sight.variance_at(depth_m);
            normal.add(sight, trust(off_m2 / variance, DOUBT) / variance);
        }
        if let Some(prior) = prior {
            let off = (place - prior.place).length_squared() / prior.variance_m2;
            normal.hold(prior.place, trust(off, DOUBT) / prior.variance_m2);
        }
        let before = place;
        (place, variance_m2) = normal.solve();
        if before.distance_squared(place) < SETTLED_M2 {
            break;
        }
    }
    let (agree, cost) = judge(sights, prior, place);
    Fit { place, variance_m2, agree, cost }
}

fn judge(sights: &[Sight], prior: Option<Prior>, place: DVec3) -> (u64, f64) {
    let (mut agree, mut total) = (0, 0.0);
    for (bit, sight) in sights.iter().enumerate() {
        let (off_m2, depth_m) = sight.off_m2(place);
        let off = if depth_m > 0.0 { off_m2 / sight.variance_at(depth_m) } else { f64::INFINITY };
        agree |= u64::from(off < AGREE_SD * AGREE_SD) << bit;
        total += cost(off, DOUBT);
    }
    let held =
        prior.map_or(0.0, |prior| cost((place - prior.place).length_squared() / prior.variance_m2, DOUBT));
    (agree, total + held)
}

/// The normal equations of a place.
struct Normal {
    matrix: [f64; 6],
    right: DVec3,
}

impl Normal {
    fn new() -> Self {
        Self { matrix: [LOOSE, 0.0, 0.0, LOOSE, 0.0, LOOSE], right: DVec3::ZERO }
    }

    fn add(&mut self, sight: &Sight, weight: f64) {
        for (sum, part) in self.matrix.iter_mut().zip(&sight.form) {
            *sum += part * weight;
        }
        self.right += sight.pull * weight;
    }

    fn hold(&mut self, place: DVec3, weight: f64) {
        let [xx, _, _, yy, _, zz] = &mut self.matrix;
        *xx += weight;
        *yy += weight;
        *zz += weight;
        self.right += place * weight;
    }

    /// The place, and the mean of its variances in the three directions.
    fn solve(&self) -> (DVec3, f64) {
        let [xx, xy, xz, yy, yz, zz] = self.matrix;
        let (a, b, c) = (yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy);
        let over = 1.0 / (xx * a + xy * b + xz * c);
        let (d, e, f) = (xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy);
        (times(&[a, b, c, d, e, f], self.right) * over, (a + d + f) * over / 3.0)
    }
}

/// A symmetric form (xx, xy, xz, yy, yz, zz) times a vector.
fn times(form: &[f64; 6], by: DVec3) -> DVec3 {
    let [xx, xy, xz, yy, yz, zz] = form;
    DVec3::new(
        xx * by.x + xy * by.y + xz * by.z,
        xy * by.x + yy * by.y + yz * by.z,
        xz * by.x + yz * by.y + zz * by.z,
    )
}
