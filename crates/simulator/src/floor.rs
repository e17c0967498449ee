//! The floor: what stands on it, where people can go, and how they get round the gondolas.

use std::collections::BinaryHeap;

use glam::{DQuat, DVec3};
use model::{GondolaFile, Store, StoreFile};

/// The spine of a person who passes stays this far from gondolas, metres.
pub(crate) const CLEAR_M: f64 = 0.36;
/// Ways round a gondola turn at corners this far from it, metres.
const CORNER_M: f64 = 0.5;

/// How finely distances are kept, and how far beyond what stands there, metres.
const SQUARE_M: f64 = 0.1;
const MARGIN_M: f64 = 2.0;

/// What stands on the floor.
#[derive(Debug)]
pub(crate) struct Floor {
    blocks: Vec<Block>,
    /// Where ways turn.
    corners: Vec<DVec3>,
    /// The corners that can be seen from each corner, with their distance.
    seen: Vec<Vec<(usize, f64)>>,
    /// The opposite corners of a rectangle that holds everything, metres.
    span: (DVec3, DVec3),
    /// Squares of [`SQUARE_M`], row by row.
    squares: Vec<Square>,
    columns: usize,
}

/// A piece of the floor.
#[derive(Clone, Debug, Default)]
struct Square {
    /// From its middle to the nearest gondola, metres.
    clearance_m: f64,
    /// The gondolas that may matter to somebody in it.
    near: Vec<u32>,
}

/// A gondola seen from above.
#[derive(Clone, Copy, Debug)]
struct Block {
    middle: DVec3,
    /// Along its front and its depth, of unit length.
    axes: [DVec3; 2],
    /// Half its width and half its depth.
    half_m: [f64; 2],
}

impl Floor {
    /// Reads the floor plan of a store.
    pub(crate) fn new(store: &Store) -> Self {
        Self::of(store.file())
    }

    /// The same of a store that has not been checked.
    pub(crate) fn of(file: &StoreFile) -> Self {
        let blocks: Vec<Block> = file.gondolas.iter().filter_map(Block::new).collect();
        let corners: Vec<DVec3> = blocks
            .iter()
            .flat_map(|block| block.corners(CORNER_M))
            .filter(|corner| !blocks.iter().any(|block| block.holds(*corner, CLEAR_M)))
            .collect();
        let gates =
            file.gates.iter().filter_map(|gate| gate.position_m).map(|gate| DVec3::from(gate).with_z(0.0));
        let points = corners.iter().copied().chain(gates);
        let span =
            points.fold((DVec3::MAX, DVec3::MIN), |(low, high), point| (low.min(point), high.max(point)));
        let (squares, columns) = (Vec::new(), 0);
        let mut floor = Self { blocks, seen: Vec::new(), corners, span, squares, columns };
        floor.measure();
        floor.seen = floor.corners.iter().map(|corner| floor.seen_from(*corner)).collect();
        floor
    }

    /// Fills in the squares.
    fn measure(&mut self) {
        let size = (self.span.1 - self.span.0 + DVec3::splat(2.0 * MARGIN_M)).max(DVec3::ZERO) / SQUARE_M;
        self.columns = size.x.ceil() as usize;
        let corner = self.span.0 - DVec3::new(MARGIN_M, MARGIN_M, 0.0);
        for row in 0..size.y.ceil() as usize {
            for column in 0..self.columns {
                let middle = corner + DVec3::new(column as f64 + 0.5, row as f64 + 0.5, 0.0) * SQUARE_M;
                let mut square = Square { clearance_m: f64::MAX, near: Vec::new() };
                for (number, block) in (0..).zip(&self.blocks) {
                    let distance_m = block.distance_m(middle);
                    square.clearance_m = square.clearance_m.min(distance_m);
                    // In a corner of the margin's rectangle the distance is longer by the root of two.
                    if distance_m < 1.5 * CLEAR_M + SQUARE_M {
                        square.near.push(number);
                    }
                }
                self.squares.push(square);
            }
        }
    }

    fn square(&self, point: DVec3) -> Option<&Square> {
        let from_corner = (point - self.span.0 + DVec3::splat(MARGIN_M)) / SQUARE_M;
        let (column, row) = (from_corner.x.max(0.0) as usize, from_corner.y.max(0.0) as usize);
        let is_inside = column < self.columns && from_corner.x >= 0.0 && from_corner.y >= 0.0;
        self.squares.get(row * self.columns + column).filter(|_| is_inside)
    }

    /// Distance to the nearest gondola, metres, within a square's diagonal: cheap.
    pub(crate) fn clearance_m(&self, point: DVec3) -> f64 {
        self.square(point).map_or(MARGIN_M, |square| square.clearance_m)
    }

    /// Whether somebody can be there.
    pub(crate) fn is_free(&self, point: DVec3) -> bool {
        let holds = |number: &u32| self.blocks[*number as usize].holds(point, CLEAR_M);
        self.square(point).is_none_or(|square| !square.near.iter().any(holds))
    }

    /// Distance to the nearest gondola, metres.
    pub(crate) fn distance_m(&self, point: DVec3) -> f64 {
        self.blocks.iter().map(|block| block.distance_m(point)).fold(f64::MAX, f64::min)
    }

    /// Whether somebody can be there who keeps to the room: the gondolas, the gates and a metre around them.
    pub(crate) fn is_room(&self, point: DVec3) -> bool {
        let (low, high) = (self.span.0 - DVec3::ONE, self.span.1 + DVec3::ONE);
        let inside = (low.x..=high.x).contains(&point.x) && (low.y..=high.y).contains(&point.y);
        inside && self.is_free(point)
    }

    /// Whether a straight way leads from one point to another.
    pub(crate) fn is_straight(&self, from: DVec3, to: DVec3) -> bool {
        !self.blocks.iter().any(|block| block.cuts(from, to, CLEAR_M))
    }

    /// Whether nothing stands between two points.
    pub(crate) fn can_see(&self, from: DVec3, to: DVec3) -> bool {
        !self.blocks.iter().any(|block| block.cuts(from, to, 0.0))
    }

    /// The shortest way, without its first point and with its last one; straight where there is none (Dijkstra 1959).
    pub(crate) fn route(&self, from: DVec3, to: DVec3) -> Vec<DVec3> {
        if self.is_straight(from, to) {
            return vec![to];
        }
        let goal = self.corners.len();
        let mut last_leg = vec![None; goal];
        for (corner, length_m) in self.seen_from(to) {
            last_leg[corner] = Some(length_m);
        }
        let mut best = vec![(f64::MAX, usize::MAX); goal + 1];
        let mut open = BinaryHeap::new();
        for (corner, length_m) in self.seen_from(from) {
            best[corner] = (length_m, usize::MAX);
            open.push(Open { length_m, corner });
        }
        while let Some(Open { length_m, corner }) = open.pop() {
            if corner == goal {
                break;
            }
            if length_m > best[corner].0 {
                continue;
            }
            let home = last_leg[corner].map(|leg_m| (goal, leg_m));
            for (next, leg_m) in self.seen[corner].iter().copied().chain(home) {
                let length_m = length_m + leg_m;
                if length_m < best[next].0 {
                    best[next] = (length_m, corner);
                    open.push(Open { length_m, corner: next });
                }
            }
        }
        let mut way = vec![to];
        let mut corner = best[goal].1;
        while corner < goal {
            way.push(self.corners[corner]);
            corner = best[corner].1;
        }
        way.reverse();
        way
    }

    /// How long the shortest way is, metres.
    pub(crate) fn length_m(&self, from: DVec3, to: DVec3) -> f64 {
        let mut at = from;
        self.route(from, to).into_iter().map(|next| std::mem::replace(&mut at, next).distance(next)).sum()
    }

    fn seen_from(&self, point: DVec3) -> Vec<(usize, f64)> {
        let distances = self.corners.iter().map(|corner| corner.distance(point)).enumerate();
        distances.filter(|(corner, _)| self.is_straight(point, self.corners[*corner])).collect()
    }
}

/// A corner to go on from, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    length_m: f64,
    corner: usize,
}

impl Eq for Open {}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.length_m.total_cmp(&self.length_m).then(other.corner.cmp(&self.corner))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Block {
    /// The space over all shelves of a gondola; none if it has none.
    fn new(gondola: &GondolaFile) -> Option<Self> {
        let spans = gondola.shelves.iter().map(|shelf| {
            let [x, y, _] = shelf.origin_m;
            [x, y, x + shelf.size_m[0], y + shelf.size_m[1]]
        });
        let [left, front, right, back] = spans.reduce(|one, other| {
            [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
        })?;
        let rotation = DQuat::from_scaled_axis(gondola.rotation_rad.into());
        let local = DVec3::new((left + right) / 2.0, (front + back) / 2.0, 0.0);
        Some(Self {
            middle: (DVec3::from(gondola.origin_m) + rotation * local).with_z(0.0),
            axes: [rotation * DVec3::X, rotation * DVec3::Y],
            half_m: [(right - left) / 2.0, (back - front) / 2.0],
        })
    }

    fn local(&self, point: DVec3) -> [f64; 2] {
        let from_middle = point - self.middle;
        self.axes.map(|axis| from_middle.dot(axis))
    }

    /// Whether a point lies less than `margin_m` outside of it in both directions.
    fn holds(&self, point: DVec3, margin_m: f64) -> bool {
        let local = self.local(point);
        (0..2).all(|axis| local[axis].abs() < self.half_m[axis] + margin_m)
    }

    fn distance_m(&self, point: DVec3) -> f64 {
        let local = self.local(point);
        let out = |axis: usize| (local[axis].abs() - self.half_m[axis]).max(0.0);
        (out(0) * out(0) + out(1) * out(1)).sqrt()
    }

    fn corners(&self, margin_m: f64) -> impl Iterator<Item = DVec3> + use<> {
        let [along, deep] = self.axes;
        let [along_m, deep_m] = self.half_m.map(|half_m| half_m + margin_m);
        let middle = self.middle;
        [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)]
            .into_iter()
            .map(move |(x, y)| middle + along * (x * along_m) + deep * (y * deep_m))
    }

    /// Whether a straight way passes less than `margin_m` outside of it (slab test: Kay and Kajiya 1986).
    fn cuts(&self, from: DVec3, to: DVec3, margin_m: f64) -> bool {
        let (from, to) = (self.local(from), self.local(to));
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        for axis in 0..2 {
            // A way that only touches the margin is free.
            let half_m = self.half_m[axis] + margin_m - 1e-6;
            let step = to[axis] - from[axis];
            if step.abs() < 1e-12 {
                if from[axis].abs() >= half_m {
                    return false;
                }
                continue;
            }
            let (one, other) = ((-half_m - from[axis]) / step, (half_m - from[axis]) / step);
            enters = enters.max(one.min(other));
            leaves = leaves.min(one.max(other));
        }
        enters < leaves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corner_shop() -> Floor {
        let text = include_str!("../../../examples/stores/corner.toml");
        Floor::new(&Store::from_toml(text).unwrap())
    }

    #[test]
    fn ways_go_round_gondolas_and_are_as_short_as_can_be() {
        let floor = corner_shop();
        // Gondola 1 spans x 0.8–2.0 and y 3.0–3.4.
        let (before, behind) = (DVec3::new(1.4, 2.5, 0.0), DVec3::new(1.4, 4.0, 0.0));
        assert!(!floor.is_straight(before, behind));
        let way = floor.route(before, behind);
        let mut at = before;
        for next in &way {
            assert!(floor.is_straight(at, *next));
            at = *next;
        }
        assert_eq!(at, behind);
        let length_m = floor.length_m(before, behind);
        assert!((2.3..3.8).contains(&length_m), "{length_m}");
        assert_eq!(floor.route(before, DVec3::new(3.0, 1.0, 0.0)).len(), 1);
    }

    #[test]
    fn nobody_stands_in_a_gondola() {
        let floor = corner_shop();
        assert!(!floor.is_free(DVec3::new(1.4, 3.2, 0.0)) && floor.is_free(DVec3::new(1.4, 2.5, 0.0)));
        assert!((floor.distance_m(DVec3::new(1.4, 2.5, 0.0)) - 0.5).abs() < 1e-9);
    }
}
