//! What hides something from a camera: shelves with their goods, and bodies.

use glam::{DQuat, DVec3};
use model::{GondolaFile, Joint, StoreFile};

use crate::skeleton::Skeleton;

// All of it is assumed.
/// How thick a board is, and the back of a gondola, metres.
const BOARD_M: f64 = 0.03;
/// Goods fill this part of the free height above their board, from this far behind its front edge on, metres.
const GOODS_RATIO: f64 = 0.6;
const GOODS_BACK_M: f64 = 0.12;
/// Half as thick as bodies are, as parts of the stature: chest and belly together, the same as it hides the body's own
/// joints (which lie in its skin), the head, a thigh.
const TRUNK_RATIO: f64 = 0.095;
const OWN_TRUNK_RATIO: f64 = 0.065;
const HEAD_RATIO: f64 = 0.055;
const THIGH_RATIO: f64 = 0.045;
/// The face lies in the skin of the head: it is hidden by this much of it.
const SKULL_RATIO: f64 = 0.65;
/// What is this near to a joint does not hide it, metres: it lies in flesh, and hands are before the goods.
const SKIN_M: f64 = 0.04;

/// A box along the axes of its gondola, by two corners.
type Block = (DVec3, DVec3);

/// A gondola as it stands in the way.
#[derive(Clone, Debug)]
pub(crate) struct Shelving {
    origin: DVec3,
    turn: DQuat,
    outer: Block,
    blocks: Vec<Block>,
}

impl Shelving {
    /// All gondolas of a store.
    pub(crate) fn all(file: &StoreFile) -> Vec<Self> {
        file.gondolas.iter().filter_map(Self::new).collect()
    }

    /// The boards with their goods, the back and the base; none of a gondola without shelves.
    fn new(gondola: &GondolaFile) -> Option<Self> {
        let spans = gondola.shelves.iter().map(|shelf| {
            let low = DVec3::from(shelf.origin_m);
            (low, low + DVec3::from(shelf.size_m) * DVec3::new(1.0, 1.0, GOODS_RATIO))
        });
        let spans: Vec<Block> = spans.collect();
        let (low, high) =
            spans.iter().copied().reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
        let outer = (low.with_z(0.0), high);
        let base = (low.with_z(0.0), high.with_z(low.z - BOARD_M));
        let back = (DVec3::new(low.x, high.y - BOARD_M, 0.0), high);
        let boards = spans.iter().map(|(low, high)| (*low - DVec3::Z * BOARD_M, high.with_z(low.z)));
        let goods = spans.iter().map(|(low, high)| (*low + DVec3::Y * GOODS_BACK_M, *high));
        let blocks = [back, base].into_iter().chain(boards).chain(goods).collect();
        let turn = DQuat::from_scaled_axis(gondola.rotation_rad.into()).conjugate();
        Some(Self { origin: gondola.origin_m.into(), turn, outer, blocks })
    }

    /// The middles of its front edges above the floor, so far apart at most, with the direction in which it opens.
    pub(crate) fn front(&self, apart_m: f64) -> impl Iterator<Item = (DVec3, DVec3)> + '_ {
        let (low, high) = self.outer;
        let count = ((high.x - low.x) / apart_m).ceil().max(1.0);
        let back = self.turn.conjugate();
        (0..count as u32).map(move |place| {
            let x_m = low.x + (f64::from(place) + 0.5) / count * (high.x - low.x);
            (self.origin + back * DVec3::new(x_m, low.y, 0.0), back * DVec3::NEG_Y)
        })
    }

    /// The corners of the box around it.
    pub(crate) fn corners(&self) -> [DVec3; 8] {
        let (low, high) = self.outer;
        std::array::from_fn(|corner| {
            let side = |bit: usize, low_m: f64, high_m: f64| if corner & bit == 0 { low_m } else { high_m };
            let local = DVec3::new(side(1, low.x, high.x), side(2, low.y, high.y), side(4, low.z, high.z));
            self.origin + self.turn.conjugate() * local
        })
    }

    /// Whether it hides a point.
    pub(crate) fn hides(&self, eye: DVec3, at: DVec3) -> bool {
        let line = Line::new(self.local(eye), self.local(shortened(eye, at)));
        line.cuts(self.outer) && self.blocks.iter().any(|block| line.cuts(*block))
    }

    fn local(&self, point: DVec3) -> DVec3 {
        self.turn * (point - self.origin)
    }
}

/// A straight line from one point to another.
#[derive(Clone, Copy, Debug)]
struct Line {
    from: DVec3,
    /// One over the way along each axis.
    inverse: DVec3,
}

impl Line {
    fn new(from: DVec3, to: DVec3) -> Self {
        let step = (to - from).to_array().map(|step| if step.abs() < 1e-12 { 1e-12 } else { step });
        Self { from, inverse: DVec3::from(step).recip() }
    }

    /// Whether it meets a block (slab test: Kay and Kajiya 1986).
    fn cuts(&self, (low, high): Block) -> bool {
        let (one, other) = ((low - self.from) * self.inverse, (high - self.from) * self.inverse);
        one.min(other).max_element().max(0.0) < one.max(other).min_element().min(1.0)
    }
}

/// The line of sight ends at the skin.
fn shortened(eye: DVec3, at: DVec3) -> DVec3 {
    at + (eye - at).clamp_length_max(SKIN_M)
}

/// A rod with round ends.
#[derive(Clone, Copy, Debug)]
struct Rod {
    ends: [DVec3; 2],
    radius_m: f64,
}

impl Rod {
    fn hides(&self, eye: DVec3, at: DVec3) -> bool {
        let [from, to] = self.ends;
        distance_squared([eye, shortened(eye, at)], [from, to]) < self.radius_m * self.radius_m
    }
}

/// A body as it stands in the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flesh {
    /// Trunk, thighs, head.
    rods: [Rod; 4],
    own_trunk: Rod,
}

impl Flesh {
    /// The body around these joints.
    pub(crate) fn new(joints: &Skeleton, height_m: f64) -> Self {
        let rod = |one: Joint, other: Joint, ratio: f64| {
            let ends = [one, other].map(|joint| joints[joint as usize]);
            Rod { ends, radius_m: ratio * height_m }
        };
        let rods = [
            rod(Joint::Neck, Joint::MiddleHip, TRUNK_RATIO),
            rod(Joint::LeftHip, Joint::LeftKnee, THIGH_RATIO),
            rod(Joint::RightHip, Joint::RightKnee, THIGH_RATIO),
            rod(Joint::Head, Joint::Head, HEAD_RATIO),
        ];
        Self { rods, own_trunk: rod(Joint::Neck, Joint::MiddleHip, OWN_TRUNK_RATIO) }
    }

    /// Balls around the ends of all parts, which no part reaches out of between them: place and radius, metres.
    pub(crate) fn balls(&self) -> impl Iterator<Item = (DVec3, f64)> + '_ {
        self.rods.iter().flat_map(|rod| rod.ends.map(|end| (end, rod.radius_m)))
    }

    /// Whether it hides a point of somebody else.
    pub(crate) fn hides(&self, eye: DVec3, at: DVec3) -> bool {
        self.rods.iter().any(|rod| rod.hides(eye, at))
    }

    /// Whether it hides one of its own joints.
    pub(crate) fn hides_own(&self, joint: Joint, eye: DVec3, at: DVec3) -> bool {
        match joint {
            Joint::LeftHip | Joint::RightHip => false,
            Joint::Nose | Joint::LeftEye | Joint::RightEye | Joint::LeftEar | Joint::RightEar => {
                let [.., head] = self.rods;
                Rod { radius_m: SKULL_RATIO * head.radius_m, ..head }.hides(eye, at)
            }
            _ => self.own_trunk.hides(eye, at),
        }
    }
}

/// The square of the least distance between two straight lines with ends (after Ericson, "Real-Time Collision
/// Detection", 2005, section 5.1.9).
fn distance_squared([one, one_end]: [DVec3; 2], [other, other_end]: [DVec3; 2]) -> f64 {
    let (way, other_way, apart) = (one_end - one, other_end - other, one - other);
    let (length, other_length) = (way.length_squared(), other_way.length_squared());
    let (across, back) = (way.dot(other_way), other_way.dot(apart));
    let ahead = way.dot(apart);
    let (along, other_along) = if other_length < 1e-12 {
        ((-ahead / length.max(1e-12)).clamp(0.0, 1.0), 0.0)
    } else {
        let square = length * other_length - across * across;
        let along = if square > 1e-12 {
            ((across * back - ahead * other_length) / square).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let other_along = ((across * along + back) / other_length).clamp(0.0, 1.0);
        (((across * other_along - ahead) / length.max(1e-12)).clamp(0.0, 1.0), other_along)
    };
    (apart + way * along - other_way * other_along).length_squared()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Stance, pose};
    use crate::hand::{Anchor, HandPath, Side};
    use crate::skeleton::skeleton;
    use crate::{Rng, stores};

    #[test]
    fn a_hand_in_the_shelf_is_seen_from_the_front_and_from_nowhere_else() {
        // It opens towards −y, from x 0.4 to 2.2; boards at 0.2, 0.54, 0.88 … m; its front is at y 4.6.
        let shelving = &Shelving::all(&stores::corner_shop())[0];
        let hand = DVec3::new(1.3, 4.68, 0.98);
        assert!(!shelving.hides(DVec3::new(1.3, 2.5, 1.2), hand), "from the front");
        assert!(shelving.hides(DVec3::new(1.3, 6.0, 1.2), hand), "from behind");
        assert!(shelving.hides(DVec3::new(1.3, 4.4, 2.8), hand), "from above, by the board over it");
        let before = DVec3::new(1.3, 4.5, 0.98);
        assert!(!shelving.hides(DVec3::new(1.3, 4.4, 2.8), before), "a hand before the shelf, from above");
    }

    #[test]
    fn bodies_hide_what_is_behind_them_and_faces_are_not_seen_from_behind() {
        let rest = [Anchor::Hang; 2];
        let body =
            Body { height_m: 1.75, speed_m_s: 0.8, tempo: 1.0, hand: Side::Right, crouches: false, rest };
        let stance = Stance { at: DVec3::ZERO, velocity: DVec3::ZERO, facing: DVec3::Y, walked_m: 0.0 };
        let joints = skeleton(&body, &stance, &pose(&body, &stance, &rest.map(HandPath::new), 0.0), 0.0);
        let flesh = Flesh::new(&joints, body.height_m);
        let (before, behind) = (DVec3::new(0.0, 3.0, 2.0), DVec3::new(0.0, -3.0, 2.0));
        let beside = DVec3::new(3.0, 0.0, 1.4);
        assert!(flesh.hides(before, DVec3::new(0.0, -0.5, 1.0)), "somebody's belly behind");
        assert!(!flesh.hides(before, DVec3::new(0.6, -0.5, 1.0)), "an elbow beside");
        assert!(!flesh.hides(before, DVec3::new(0.0, 0.5, 1.0)), "a hand in front");
        let hides = |joint: Joint, eye: DVec3| flesh.hides_own(joint, eye, joints[joint as usize]);
        assert!(hides(Joint::Nose, behind) && !hides(Joint::Nose, before));
        assert!(hides(Joint::LeftEar, beside) && !hides(Joint::RightEar, beside));
        assert!(hides(Joint::LeftShoulder, beside) && !hides(Joint::RightShoulder, beside));
        for joint in [Joint::LeftWrist, Joint::RightElbow, Joint::LeftHip, Joint::RightAnkle] {
            assert!(!hides(joint, before), "{joint:?}");
        }
    }

    #[test]
    fn the_least_distance_is_no_more_than_that_of_any_two_points() {
        let mut rng = Rng::new(1, "lines");
        for _ in 0..300 {
            let mut point = || DVec3::new(rng.noise(), rng.noise(), rng.noise());
            let lines = [[point(), point()], [point(), point()]];
            let found = distance_squared(lines[0], lines[1]).sqrt();
            let at = |line: [DVec3; 2], step: u32| line[0].lerp(line[1], f64::from(step) / 100.0);
            let tried = (0..=100).flat_map(|one| (0..=100).map(move |other| (one, other)));
            let least = tried.map(|(one, other)| at(lines[0], one).distance(at(lines[1], other)));
            let least = least.fold(f64::MAX, f64::min);
            assert!(found <= least + 1e-9 && found > least - 0.05, "{found} {least}");
        }
    }
}
