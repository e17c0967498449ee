//! A body: its size, its habits, and where its joints are.

use std::f64::consts::TAU;

use glam::DVec3;
use model::Joint;

use crate::Rng;
use crate::hand::{Anchor, HandPath, Side};

/// The joints that the tracker of the recorded nanostore reports, in the order of [`Pose`].
pub(crate) const JOINTS: [Joint; 8] = [
    Joint::Head,
    Joint::Neck,
    Joint::LeftShoulder,
    Joint::RightShoulder,
    Joint::LeftElbow,
    Joint::RightElbow,
    Joint::LeftWrist,
    Joint::RightWrist,
];

/// Where each of [`JOINTS`] is, store coordinates, metres.
pub(crate) type Pose = [DVec3; JOINTS.len()];

// Heights and lengths as parts of the stature: Drillis and Contini 1966, as in D. A. Winter,
// "Biomechanics and Motor Control of Human Movement", figure 4.1.
const HEAD_RATIO: f64 = 0.936;
const NECK_RATIO: f64 = 0.870;
const SHOULDER_RATIO: f64 = 0.818;
const HALF_SHOULDERS_RATIO: f64 = 0.129;
const UPPER_ARM_RATIO: f64 = 0.186;
const FOREARM_RATIO: f64 = 0.146;

/// An arm reaches this part of its length before the body bends after it.
const EASY_REACH_RATIO: f64 = 0.95;
/// A hanging arm spans this part of its length, elbow slightly bent.
const HANGING_RATIO: f64 = 0.97;
/// How far the hands swing before and behind the hip while walking.
const ARM_SWING_M: f64 = 0.12;
/// Two steps.
pub(crate) const STRIDE_M: f64 = 1.3;
/// Knees let the body down by at most this part of the stature.
const CROUCH_RATIO: f64 = 0.35;
/// The stature for which the recorded distances to the shelf hold.
const USUAL_HEIGHT_M: f64 = 1.7;
/// How far from the plates an adult stands: recorded, the neck is 0.65 m before the shelf's edge while the arm
/// is stretched towards it.
const STAND_M: f64 = 0.55;

/// A body: its size and habits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Body {
    /// Stature.
    pub(crate) height_m: f64,
    /// Walking speed.
    pub(crate) speed_m_s: f64,
    /// How slow the hands are, 1 for the shopper of the recorded nanostore.
    pub(crate) tempo: f64,
    /// The hand that takes.
    pub(crate) hand: Side,
    /// Whether they go down on their knees for what is low, rather than stoop.
    pub(crate) crouches: bool,
    /// Where the hands are while they have nothing to do, left and right.
    pub(crate) rest: [Anchor; 2],
}

impl Body {
    /// Draws an adult. The shopper of the recorded nanostore walks at 0.6–0.8 m/s; the rest is assumed.
    pub(crate) fn adult(rng: &mut Rng) -> Self {
        let hand = if rng.chance(0.88) { Side::Right } else { Side::Left };
        Self {
            height_m: (1.70 + 0.09 * rng.gaussian()).clamp(1.5, 1.95),
            speed_m_s: rng.uniform(0.6, 1.1),
            tempo: rng.uniform(0.75, 1.2),
            hand,
            crouches: rng.chance(0.5),
            rest: rest(hand, rng),
        }
    }

    /// Draws a child of about four to nine years, hands empty.
    pub(crate) fn child(rng: &mut Rng) -> Self {
        Self {
            height_m: rng.uniform(1.0, 1.3),
            speed_m_s: rng.uniform(0.7, 1.2),
            tempo: rng.uniform(0.7, 1.1),
            rest: [Anchor::Hang; 2],
            ..Self::adult(rng)
        }
    }

    fn arm_m(&self) -> f64 {
        self.height_m * (UPPER_ARM_RATIO + FOREARM_RATIO)
    }

    /// How far the shoulder of a hand is from the spine, to the person's right.
    pub(crate) fn shoulder_offset_m(&self, side: Side) -> f64 {
        side.sign() * self.height_m * HALF_SHOULDERS_RATIO
    }

    /// How far from the plates they stand: short arms need to be nearer.
    pub(crate) fn stand_m(&self) -> f64 {
        (STAND_M * self.height_m / USUAL_HEIGHT_M).max(0.38)
    }

    /// Where a shoulder is while they stand upright.
    pub(crate) fn shoulder(&self, stance: &Stance, side: Side) -> DVec3 {
        let right = stance.facing.cross(DVec3::Z);
        stance.at + DVec3::Z * (SHOULDER_RATIO * self.height_m) + right * self.shoulder_offset_m(side)
    }
}

/// What the idle hands do: most hang, some carry a basket or a bag, few push a trolley. Assumed.
fn rest(hand: Side, rng: &mut Rng) -> [Anchor; 2] {
    let draw = rng.uniform(0.0, 1.0);
    let mut rest = [Anchor::Hang; 2];
    if draw < 0.08 {
        rest = [Anchor::Push; 2];
    } else if draw < 0.45 {
        rest[hand.other() as usize] = Anchor::Carry;
    }
    rest
}

/// Where a body is and how it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stance {
    /// The point on the floor below the spine.
    pub(crate) at: DVec3,
    /// How it moves, metres a second.
    pub(crate) velocity: DVec3,
    /// Where it looks, of unit length.
    pub(crate) facing: DVec3,
    /// How far it has walked: the hands swing with the steps.
    pub(crate) walked_m: f64,
}

impl Stance {
    /// The same a little later, or earlier if negative.
    pub(crate) fn after(&self, seconds: f64) -> Self {
        let way = self.velocity * seconds;
        let walked_m = self.walked_m + self.velocity.length() * seconds;
        Self { at: self.at + way, walked_m, ..*self }
    }
}

/// Where every joint is at a moment.
pub(crate) fn pose(body: &Body, stance: &Stance, hands: &[HandPath; 2], time_s: f64) -> Pose {
    let upright = Frame { body, stance, drop_m: 0.0 };
    let moves = [Side::Left, Side::Right].map(|side| hands[side as usize].at(time_s));
    // Two rounds: how far the body goes down depends on where the hands go, which hang from it.
    let drop_m = if body.crouches { upright.drop_m(&moves) } else { 0.0 };
    let frame = Frame { drop_m, ..upright };
    let wrists = [Side::Left, Side::Right].map(|side| frame.wrist(side, moves[side as usize]));
    let bend = frame.bend(&wrists);
    let arm = |side: Side| {
        let shoulder = frame.shoulder(side) + bend;
        let (wrist, busy) = wrists[side as usize];
        // A busy hand is where it is; an idle one goes along with its shoulder.
        let wrist = wrist + bend * (1.0 - busy);
        (shoulder, elbow(body, shoulder, wrist, stance.facing), wrist)
    };
    let (left, right) = (arm(Side::Left), arm(Side::Right));
    let above = |ratio: f64| stance.at + DVec3::Z * (ratio * body.height_m - drop_m) + bend;
    let head = above(HEAD_RATIO) + stance.facing * 0.08;
    [head, above(NECK_RATIO), left.0, right.0, left.1, right.1, left.2, right.2]
}

/// A body on its place, let down by its knees.
#[derive(Clone, Copy)]
struct Frame<'a> {
    body: &'a Body,
    stance: &'a Stance,
    drop_m: f64,
}

/// A hand on its way from one anchor to another, this part of it done.
type Move = (Anchor, Anchor, f64);

impl Frame<'_> {
    fn shoulder(&self, side: Side) -> DVec3 {
        self.body.shoulder(self.stance, side) - DVec3::Z * self.drop_m
    }

    /// Where a wrist is before the body bends after it, and how much it is bound to a place in the store
    /// rather than to the body.
    fn wrist(&self, side: Side, (from, to, part): Move) -> (DVec3, f64) {
        let (from_point, to_point) = (self.point(side, from), self.point(side, to));
        let bound = |anchor| if matches!(anchor, Anchor::At(_)) { 1.0 } else { 0.0 };
        let busy = bound(from) + (bound(to) - bound(from)) * part;
        (from_point + (to_point - from_point) * part, busy)
    }

    fn point(&self, side: Side, anchor: Anchor) -> DVec3 {
        let (body, facing) = (self.body, self.stance.facing);
        let shoulder = self.shoulder(side);
        let inward = facing.cross(DVec3::Z) * -side.sign();
        let (upper_m, fore_m) = (body.height_m * UPPER_ARM_RATIO, body.height_m * FOREARM_RATIO);
        match anchor {
            Anchor::At(point) => point,
            Anchor::Hang => {
                let pace = (self.stance.velocity.length() / body.speed_m_s).min(1.0);
                let swing = libm::sin(TAU * self.stance.walked_m / STRIDE_M) * pace;
                let forward_m = 0.05 + side.sign() * swing * ARM_SWING_M;
                let span_m = HANGING_RATIO * body.arm_m();
                let down_m = (span_m * span_m - forward_m * forward_m).sqrt();
                shoulder + facing * forward_m - DVec3::Z * down_m
            }
            Anchor::Carry => shoulder + facing * (0.8 * fore_m) + inward * 0.05 - DVec3::Z * upper_m,
            Anchor::Push => shoulder + facing * (1.1 * fore_m) - DVec3::Z * upper_m,
            Anchor::Look => shoulder + facing * fore_m + inward * 0.12 - DVec3::Z * (0.5 * upper_m),
            Anchor::Bag => shoulder + facing * 0.1 + inward * 0.25 - DVec3::Z * (upper_m + 0.5 * fore_m),
        }
    }

    /// How far the knees let the body down so that the lower hand needs no stooping.
    fn drop_m(&self, moves: &[Move; 2]) -> f64 {
        let drops = [Side::Left, Side::Right].map(|side| {
            let (wrist, busy) = self.wrist(side, moves[side as usize]);
            (self.shoulder(side).z - wrist.z - 0.9 * self.body.arm_m()).max(0.0) * busy
        });
        drops[0].max(drops[1]).min(CROUCH_RATIO * self.body.height_m)
    }

    /// How far the upper body moves after the busy hands so that both arms are long enough.
    fn bend(&self, wrists: &[(DVec3, f64); 2]) -> DVec3 {
        let mut bend = DVec3::ZERO;
        // What one hand needs may be too much for the other: a few rounds settle between them.
        for _ in 0..3 {
            for side in [Side::Left, Side::Right] {
                let (wrist, busy) = wrists[side as usize];
                // The wrist itself goes along with the body as far as it is not busy.
                let stretch = wrist - self.shoulder(side) - bend * busy;
                let missing_m = (stretch.length() - EASY_REACH_RATIO * self.body.arm_m()).max(0.0);
                bend += stretch.normalize_or_zero() * missing_m / busy.max(0.3);
            }
        }
        bend
    }
}

/// The elbow between shoulder and wrist, which hangs down and a little outwards of the line.
fn elbow(body: &Body, shoulder: DVec3, wrist: DVec3, facing: DVec3) -> DVec3 {
    let lengths_m = [body.height_m * UPPER_ARM_RATIO, body.height_m * FOREARM_RATIO];
    bent(shoulder, wrist, lengths_m, DVec3::NEG_Z - facing * 0.5)
}

/// The joint between the two ends of two bones, which bends towards `pole`. The first bone keeps its length.
pub(crate) fn bent(from: DVec3, to: DVec3, [first_m, second_m]: [f64; 2], pole: DVec3) -> DVec3 {
    let distance_m = from.distance(to).max(1e-6);
    let along = (to - from) / distance_m;
    let foot_m = (first_m * first_m - second_m * second_m + distance_m * distance_m) / (2.0 * distance_m);
    let foot_m = foot_m.clamp(-first_m, first_m);
    let off_m = (first_m * first_m - foot_m * foot_m).sqrt();
    let pole = (pole - along * pole.dot(along)).normalize_or(DVec3::NEG_Z);
    from + along * foot_m + pole * off_m
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(crouches: bool) -> Body {
        let rest = [Anchor::Hang; 2];
        Body { height_m: 1.75, speed_m_s: 0.8, tempo: 1.0, hand: Side::Right, crouches, rest }
    }

    fn stance() -> Stance {
        Stance { at: DVec3::ZERO, velocity: DVec3::ZERO, facing: DVec3::Y, walked_m: 0.0 }
    }

    /// The right hand goes to a place from second 1 to 2, stays a second and comes back.
    fn hands(place: DVec3) -> [HandPath; 2] {
        let mut right = HandPath::new(Anchor::Hang);
        right.go(1.0, 2.0, Anchor::At(place));
        right.go(3.0, 4.0, Anchor::Hang);
        [HandPath::new(Anchor::Hang), right]
    }

    #[test]
    fn the_wrist_goes_to_the_shelf_and_the_arms_keep_their_length() {
        for (crouches, height_m) in [(false, 1.3), (false, 0.4), (true, 0.4), (true, 0.15)] {
            let (body, shelf) = (body(crouches), DVec3::new(0.1, 0.45, height_m));
            let hands = hands(shelf);
            assert!(pose(&body, &stance(), &hands, 2.5)[7].distance(shelf) < 1e-9);
            for tick in 0..500 {
                let pose = pose(&body, &stance(), &hands, f64::from(tick) * 0.01);
                for (shoulder, elbow, wrist) in [(2, 4, 6), (3, 5, 7)] {
                    let upper_m = pose[shoulder].distance(pose[elbow]);
                    let fore_m = pose[elbow].distance(pose[wrist]);
                    assert!((upper_m - 1.75 * UPPER_ARM_RATIO).abs() < 1e-6, "{tick}: {upper_m}");
                    assert!((fore_m - 1.75 * FOREARM_RATIO).abs() < 0.03, "{tick}: {fore_m}");
                }
            }
        }
    }

    #[test]
    fn who_crouches_keeps_the_head_further_from_the_shelf() {
        let hands = hands(DVec3::new(0.1, 0.45, 0.3));
        let head = |crouches| pose(&body(crouches), &stance(), &hands, 2.5)[0];
        assert!(head(true).y < head(false).y && head(true).z < 1.3);
    }

    #[test]
    fn nothing_jumps() {
        for crouches in [false, true] {
            let (body, hands) = (body(crouches), hands(DVec3::new(-0.3, 0.5, 0.3)));
            for tick in 0..500 {
                let at = |tick: u32| pose(&body, &stance(), &hands, f64::from(tick) * 0.01);
                for (one, next) in at(tick).iter().zip(at(tick + 1)) {
                    assert!(one.distance(next) < 0.05, "{tick}: {} m in 10 ms", one.distance(next));
                }
            }
        }
    }

    #[test]
    fn both_hands_reach_two_places_at_once() {
        let places = [DVec3::new(-0.35, 0.5, 1.2), DVec3::new(0.3, 0.5, 0.9)];
        let hands = places.map(|place| {
            let mut hand = HandPath::new(Anchor::Hang);
            hand.go(0.0, 1.0, Anchor::At(place));
            hand
        });
        let pose = pose(&body(false), &stance(), &hands, 2.0);
        assert!(pose[6].distance(places[0]) < 1e-9 && pose[7].distance(places[1]) < 1e-9);
        assert!(pose[2].distance(pose[6]) < 1.02 * 1.75 * (UPPER_ARM_RATIO + FOREARM_RATIO));
    }
}
