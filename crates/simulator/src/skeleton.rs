//! The whole body: what the tracker's eight joints leave out, for cameras that see the rest as well.

use glam::DVec3;
use model::Joint;

use crate::body::{Body, JOINTS, Pose, STRIDE_M, Stance, bent};
use crate::force::smooth;

/// Where every joint is, store coordinates, metres, by the number of [`Joint`].
pub(crate) type Skeleton = [DVec3; Joint::ALL.len()];

// Heights and lengths as parts of the stature: Drillis and Contini 1966, as for the upper body.
const NECK_RATIO: f64 = 0.870;
const TRUNK_RATIO: f64 = 0.340;
const THIGH_RATIO: f64 = 0.245;
const SHANK_RATIO: f64 = 0.246;
const ANKLE_RATIO: f64 = 0.039;
/// The joint of the hip lies inside of the hip's side, which is 0.0955 from the middle.
const HALF_HIPS_RATIO: f64 = 0.06;

// All below is assumed.
/// How far apart the feet stand, each from the middle.
const HALF_FEET_RATIO: f64 = 0.07;
/// How far before and behind the hip a foot steps, at most, and how high it is lifted.
const STEP_RATIO: f64 = 0.17;
const LIFT_RATIO: f64 = 0.05;
/// No leg is ever quite straight.
const STRAIGHT_RATIO: f64 = 0.995;
/// How far the neck has to come down before people bend as far as they can rather than give in their knees, metres.
const STIFF_M: f64 = 0.06;
/// The trunk of who goes down on the knees tilts this much of that of who stoops.
const CROUCHED_TILT: f64 = 0.4;
/// How far the hips go back behind the feet, metres.
const BACK_M: f64 = 0.25;
/// How far the trunk tilts after hands that are stretched straight ahead, radians at most.
const STRETCH_TILT: f64 = 0.3;
/// How much of a sideways bend is in the trunk; the rest moves the hips.
const SIDEWAYS: f64 = 0.7;
/// How far the eyes follow the trunk down.
const GAZE: f64 = 0.7;
/// From the middle of the head, metres for a stature of 1.7 m: forward, to the side and up.
const FACE_M: [(Joint, [f64; 3]); 5] = [
    (Joint::Nose, [0.075, 0.0, -0.015]),
    (Joint::LeftEye, [0.055, -0.032, 0.02]),
    (Joint::RightEye, [0.055, 0.032, 0.02]),
    (Joint::LeftEar, [-0.04, -0.075, 0.0]),
    (Joint::RightEar, [-0.04, 0.075, 0.0]),
];
const USUAL_HEIGHT_M: f64 = 1.7;

/// Where every joint is, given the upper body; `stepping` is how much of a full step the legs make, 0 to 1.
pub(crate) fn skeleton(body: &Body, stance: &Stance, pose: &Pose, stepping: f64) -> Skeleton {
    let mut joints = [DVec3::ZERO; Joint::ALL.len()];
    for (joint, place) in JOINTS.into_iter().zip(pose) {
        joints[joint as usize] = *place;
    }
    let neck = joints[Joint::Neck as usize];
    let trunk = trunk(body, stance, neck);
    let (facing, right) = (stance.facing, stance.facing.cross(DVec3::Z));
    let hips = neck - trunk * (TRUNK_RATIO * body.height_m);
    joints[Joint::MiddleHip as usize] = hips;
    for (sign, [hip, knee, ankle]) in [
        (-1.0, [Joint::LeftHip, Joint::LeftKnee, Joint::LeftAnkle]),
        (1.0, [Joint::RightHip, Joint::RightKnee, Joint::RightAnkle]),
    ] {
        let (thigh_m, shank_m) = (THIGH_RATIO * body.height_m, SHANK_RATIO * body.height_m);
        let from = hips + right * (sign * HALF_HIPS_RATIO * body.height_m);
        let way = foot(body, stance, sign, stepping) - from;
        // The heel rises where the leg is too short.
        let to = from + way.clamp_length_max(STRAIGHT_RATIO * (thigh_m + shank_m));
        joints[hip as usize] = from;
        joints[knee as usize] = bent(from, to, [thigh_m, shank_m], facing + right * (0.2 * sign));
        joints[ankle as usize] = to;
    }
    let gaze = (facing - DVec3::Z * (GAZE * trunk.dot(facing).max(0.0))).normalize_or(facing);
    let (head, size) = (joints[Joint::Head as usize], body.height_m / USUAL_HEIGHT_M);
    for (joint, [forward_m, aside_m, up_m]) in FACE_M {
        let off = gaze * forward_m + right * aside_m + right.cross(gaze) * up_m;
        joints[joint as usize] = head + off * size;
    }
    joints
}

/// From the hips to the neck, of unit length.
fn trunk(body: &Body, stance: &Stance, neck: DVec3) -> DVec3 {
    let (facing, right) = (stance.facing, stance.facing.cross(DVec3::Z));
    let trunk_m = TRUNK_RATIO * body.height_m;
    let fall_m = (NECK_RATIO * body.height_m - neck.z).max(0.0);
    let ahead_m = (neck - stance.at).dot(facing);
    // As far as the hips can keep their height, but gently at first: knees give in before backs bend.
    let stoop = libm::acos((1.0 - fall_m / trunk_m).max(-1.0)) * (fall_m / (fall_m + STIFF_M));
    let stoop = if body.crouches { CROUCHED_TILT * stoop } else { stoop };
    let stretch = (0.5 * ahead_m / trunk_m).clamp(0.0, STRETCH_TILT);
    let balance = libm::asin(((ahead_m + BACK_M) / trunk_m).clamp(0.0, 1.0));
    let tilt = stoop.max(stretch).min(balance);
    let aside = (SIDEWAYS * (neck - stance.at).dot(right) / trunk_m).clamp(-0.8, 0.8);
    let upright = (1.0 - aside * aside).sqrt();
    right * aside + (facing * libm::sin(tilt) + DVec3::Z * libm::cos(tilt)) * upright
}

/// Where the ankle of a side would be if the leg were long enough: half a stride on the floor, half a stride on its
/// way. The hand of the other side swings with it.
fn foot(body: &Body, stance: &Stance, sign: f64, stepping: f64) -> DVec3 {
    let (facing, right) = (stance.facing, stance.facing.cross(DVec3::Z));
    let strides = stance.walked_m / STRIDE_M + 0.75 + 0.25 * sign;
    let part = strides - strides.floor();
    let (fore, lift) = if part < 0.5 {
        (1.0 - 4.0 * part, 0.0)
    } else {
        let way = smooth(2.0 * part - 1.0);
        (2.0 * way - 1.0, 4.0 * way * (1.0 - way))
    };
    let fore_m = fore * stepping * (STRIDE_M / 4.0).min(STEP_RATIO * body.height_m);
    let up_m = body.height_m * (ANKLE_RATIO + LIFT_RATIO * lift * stepping);
    let aside_m = sign * HALF_FEET_RATIO * body.height_m;
    stance.at + facing * fore_m + right * aside_m + DVec3::Z * up_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::pose;
    use crate::hand::{Anchor, HandPath, Side};

    const HEIGHT_M: f64 = 1.75;

    fn body(crouches: bool) -> Body {
        let rest = [Anchor::Hang; 2];
        Body { height_m: HEIGHT_M, speed_m_s: 0.8, tempo: 1.0, hand: Side::Right, crouches, rest }
    }

    /// Somebody who walks three metres, and somebody who stands and reaches for a place from second 1 to 4; every
    /// hundredth of a second.
    fn stories(place: DVec3, crouches: bool) -> [Vec<Skeleton>; 2] {
        let body = body(crouches);
        let stance = |walked_m: f64, speed_m_s: f64| Stance {
            at: DVec3::Y * walked_m,
            velocity: DVec3::Y * speed_m_s,
            facing: DVec3::Y,
            walked_m,
        };
        let mut right = HandPath::new(Anchor::Hang);
        right.go(1.0, 2.0, Anchor::At(place));
        right.go(3.0, 4.0, Anchor::Hang);
        let idle = [Anchor::Hang; 2].map(HandPath::new);
        let hands = [HandPath::new(Anchor::Hang), right];
        let at = |stance: Stance, hands: &[HandPath; 2], second: f64, stepping| {
            skeleton(&body, &stance, &pose(&body, &stance, hands, second), stepping)
        };
        let walk = (0..375).map(|tick| at(stance(0.008 * f64::from(tick), 0.8), &idle, 0.0, 1.0));
        let reach = (0..500).map(|tick| at(stance(0.0, 0.0), &hands, 0.01 * f64::from(tick), 0.0));
        [walk.collect(), reach.collect()]
    }

    fn all_stories() -> Vec<Vec<Skeleton>> {
        let places = [[0.1, 0.45, 1.3], [-0.1, 0.5, 0.9], [0.1, 0.45, 0.4], [0.3, 0.4, 0.2], [0.0, 0.4, 2.0]];
        let both = places.into_iter().flat_map(|place| [(place, false), (place, true)]);
        both.flat_map(|(place, crouches)| stories(DVec3::from(place), crouches)).collect()
    }

    #[test]
    fn bones_keep_their_length() {
        let bones = [
            (Joint::Neck, Joint::MiddleHip, TRUNK_RATIO),
            (Joint::LeftHip, Joint::RightHip, 2.0 * HALF_HIPS_RATIO),
            (Joint::LeftHip, Joint::LeftKnee, THIGH_RATIO),
            (Joint::RightHip, Joint::RightKnee, THIGH_RATIO),
            (Joint::LeftKnee, Joint::LeftAnkle, SHANK_RATIO),
            (Joint::RightKnee, Joint::RightAnkle, SHANK_RATIO),
        ];
        for joints in all_stories().iter().flatten() {
            for (one, other, ratio) in bones {
                let length_m = joints[one as usize].distance(joints[other as usize]);
                assert!((length_m - ratio * HEIGHT_M).abs() < 0.002, "{one:?} to {other:?}: {length_m} m");
            }
            let [nose, head] = [Joint::Nose, Joint::Head].map(|joint| joints[joint as usize]);
            assert!((0.07..0.09).contains(&nose.distance(head)));
        }
    }

    #[test]
    fn nothing_jumps_or_sinks_into_the_floor() {
        for story in all_stories() {
            for (tick, pair) in story.windows(2).enumerate() {
                for joint in Joint::ALL {
                    let [one, next] = [pair[0], pair[1]].map(|joints| joints[joint as usize]);
                    assert!(one.distance(next) < 0.05, "{joint:?} at {tick}: {} m", one.distance(next));
                    assert!(one.z > 0.0, "{joint:?} at {tick}: {one}");
                }
            }
        }
    }

    #[test]
    fn feet_stand_while_the_body_passes_over_them() {
        let [walk, reach] = stories(DVec3::new(0.1, 0.45, 0.4), true);
        let still = |pair: &&[Skeleton]| {
            let moved = |joint: Joint| pair[0][joint as usize].distance(pair[1][joint as usize]);
            moved(Joint::LeftAnkle).min(moved(Joint::RightAnkle)) < 0.004
        };
        let share = walk.windows(2).filter(still).count() as f64 / walk.len() as f64;
        assert!(share > 0.6, "{share}");
        for joints in reach {
            let middle = (joints[Joint::LeftAnkle as usize] + joints[Joint::RightAnkle as usize]) / 2.0;
            assert!(middle.with_z(0.0).length() < 0.2 && middle.z < 0.16, "{middle}");
        }
    }
}
