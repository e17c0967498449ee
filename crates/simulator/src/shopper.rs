//! A shopper's body and how it moves.

use std::f64::consts::TAU;

use glam::DVec3;
use model::Joint;

use crate::Rng;
use crate::force::smooth;

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
const STRIDE_M: f64 = 1.3;
/// Seconds to reach walking speed, and to turn.
const RAMP_S: f64 = 0.4;

/// Which hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

impl Side {
    /// −1 for the left, +1 for the right.
    const fn sign(self) -> f64 {
        match self {
            Self::Left => -1.0,
            Self::Right => 1.0,
        }
    }
}

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
}

impl Body {
    /// Draws an adult. The shopper of the recorded nanostore walks at 0.6–0.8 m/s.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        Self {
            height_m: (1.70 + 0.09 * rng.gaussian()).clamp(1.5, 1.95),
            speed_m_s: rng.uniform(0.6, 1.1),
            tempo: rng.uniform(0.75, 1.2),
            hand: if rng.chance(0.88) { Side::Right } else { Side::Left },
        }
    }

    fn arm_m(&self) -> f64 {
        self.height_m * (UPPER_ARM_RATIO + FOREARM_RATIO)
    }

    /// How far the shoulder of the taking hand is from the spine, to the person's right.
    pub(crate) fn shoulder_offset_m(&self) -> f64 {
        self.hand.sign() * self.height_m * HALF_SHOULDERS_RATIO
    }
}

/// A walk along a straight line: speeds up, goes on, slows down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Leg {
    /// When it begins, seconds.
    pub(crate) start_s: f64,
    from: DVec3,
    to: DVec3,
    /// Where the person looks afterwards, of unit length.
    facing: DVec3,
    ramp_s: f64,
    duration_s: f64,
}

impl Leg {
    /// A walk at this speed, after which the person turns to `facing`.
    pub(crate) fn new(start_s: f64, from: DVec3, to: DVec3, speed_m_s: f64, facing: DVec3) -> Self {
        let distance_m = from.distance(to);
        // Somebody who goes less far than it takes to reach full speed slows down halfway.
        let ramp_s = RAMP_S.min((distance_m * RAMP_S / speed_m_s).sqrt());
        let top_m_s = if ramp_s < RAMP_S { distance_m / ramp_s.max(1e-9) } else { speed_m_s };
        let duration_s = if distance_m < 1e-9 { 0.0 } else { distance_m / top_m_s + ramp_s };
        Self { start_s, from, to, facing, ramp_s, duration_s }
    }

    /// How long it takes, seconds.
    pub(crate) fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// When it ends, seconds.
    pub(crate) fn end_s(&self) -> f64 {
        self.start_s + self.duration_s
    }

    fn direction(&self) -> DVec3 {
        (self.to - self.from).normalize_or(self.facing)
    }

    /// Metres walked, and the speed.
    fn walked(&self, time_s: f64) -> (f64, f64) {
        let since_s = (time_s - self.start_s).clamp(0.0, self.duration_s);
        if self.duration_s == 0.0 {
            return (0.0, 0.0);
        }
        let distance_m = self.from.distance(self.to);
        let top_m_s = distance_m / (self.duration_s - self.ramp_s);
        let left_s = self.duration_s - since_s;
        if since_s < self.ramp_s {
            (top_m_s * since_s * since_s / (2.0 * self.ramp_s), top_m_s * since_s / self.ramp_s)
        } else if left_s < self.ramp_s {
            (distance_m - top_m_s * left_s * left_s / (2.0 * self.ramp_s), top_m_s * left_s / self.ramp_s)
        } else {
            (top_m_s * (since_s - self.ramp_s / 2.0), top_m_s)
        }
    }
}

/// A hand that goes somewhere, stays, and comes back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reach {
    /// When the hand sets out, seconds.
    pub(crate) start_s: f64,
    /// When it has arrived, seconds.
    pub(crate) arrive_s: f64,
    /// When it sets out on its way back, seconds.
    pub(crate) leave_s: f64,
    /// When it hangs again, seconds.
    pub(crate) end_s: f64,
    /// Where the wrist goes.
    pub(crate) target: DVec3,
}

impl Reach {
    /// 0 while the hand hangs, 1 while it is there.
    fn part(&self, time_s: f64) -> f64 {
        smooth((time_s - self.start_s) / (self.arrive_s - self.start_s))
            - smooth((time_s - self.leave_s) / (self.end_s - self.leave_s))
    }
}

/// All that a shopper does with the body, in order of time.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    /// The body.
    pub(crate) body: Body,
    legs: Vec<Leg>,
    reaches: Vec<Reach>,
}

impl Motion {
    /// A body that so far does nothing.
    pub(crate) fn new(body: Body) -> Self {
        Self { body, legs: Vec::new(), reaches: Vec::new() }
    }

    /// Adds a walk; it begins after all others have ended.
    pub(crate) fn walk(&mut self, leg: Leg) {
        self.legs.push(leg);
    }

    /// Adds a reach; it begins after all others have ended.
    pub(crate) fn reach(&mut self, reach: Reach) {
        self.reaches.push(reach);
    }

    /// When the first walk begins and the last one ends.
    pub(crate) fn span_s(&self) -> Option<(f64, f64)> {
        Some((self.legs.first()?.start_s, self.legs.last()?.end_s()))
    }

    /// Whether the person is in or before the store at a moment.
    pub(crate) fn is_there(&self, time_s: f64) -> bool {
        self.span_s().is_some_and(|(start_s, end_s)| (start_s..=end_s).contains(&time_s))
    }

    /// Place on the floor and speed at a moment.
    pub(crate) fn place(&self, time_s: f64) -> (DVec3, f64) {
        self.leg(time_s).map_or((DVec3::ZERO, 0.0), |leg| {
            let (walked_m, speed_m_s) = leg.walked(time_s);
            (leg.from + leg.direction() * walked_m, speed_m_s)
        })
    }

    /// Where every joint is at a moment.
    pub(crate) fn pose(&self, time_s: f64) -> Pose {
        let body = &self.body;
        let (place, speed_m_s) = self.place(time_s);
        let facing = self.facing(time_s);
        let right = facing.cross(DVec3::Z);
        let reach = self.reach_at(time_s);
        let shoulder = |side: Side| {
            place
                + DVec3::Z * (SHOULDER_RATIO * body.height_m)
                + right * (side.sign() * HALF_SHOULDERS_RATIO * body.height_m)
        };
        let hanging = |side: Side| {
            let swing = self.leg(time_s).map_or(0.0, |leg| {
                libm::sin(TAU * leg.walked(time_s).0 / STRIDE_M) * (speed_m_s / body.speed_m_s).min(1.0)
            });
            let forward_m = 0.05 + side.sign() * swing * ARM_SWING_M;
            let span_m = HANGING_RATIO * body.arm_m();
            let down_m = span_m * span_m - forward_m * forward_m;
            shoulder(side) + facing * forward_m - DVec3::Z * down_m.sqrt()
        };
        let wrist = |side: Side| match reach {
            Some(reach) if side == body.hand => {
                let rest = hanging(side);
                rest + (reach.target - rest) * reach.part(time_s)
            }
            _ => hanging(side),
        };
        let bend = bend(shoulder(body.hand), wrist(body.hand), EASY_REACH_RATIO * body.arm_m());
        let arm = |side: Side| {
            let shoulder = shoulder(side) + bend;
            // The busy hand is where it is; the idle one goes along with its shoulder.
            let along = if side == body.hand { DVec3::ZERO } else { bend };
            let wrist = wrist(side) + along;
            (shoulder, elbow(body, shoulder, wrist, facing), wrist)
        };
        let (left, right) = (arm(Side::Left), arm(Side::Right));
        let head = place + DVec3::Z * (HEAD_RATIO * body.height_m) + facing * 0.08 + bend;
        let neck = place + DVec3::Z * (NECK_RATIO * body.height_m) + bend;
        [head, neck, left.0, right.0, left.1, right.1, left.2, right.2]
    }

    /// The walk under way, or the last one that ended.
    fn leg(&self, time_s: f64) -> Option<&Leg> {
        let begun = self.legs.partition_point(|leg| leg.start_s <= time_s);
        self.legs.get(begun.saturating_sub(1))
    }

    fn reach_at(&self, time_s: f64) -> Option<&Reach> {
        let begun = self.reaches.partition_point(|reach| reach.start_s <= time_s);
        self.reaches[..begun].last().filter(|reach| time_s < reach.end_s)
    }

    /// Where the person looks: along the way while walking, then at what they walked to.
    fn facing(&self, time_s: f64) -> DVec3 {
        let begun = self.legs.partition_point(|leg| leg.start_s <= time_s).max(1);
        let Some(leg) = self.legs.get(begun - 1) else { return DVec3::NEG_Y };
        let before = begun.checked_sub(2).map_or(leg.direction(), |index| self.legs[index].facing);
        let way = turn(before, leg.direction(), (time_s - leg.start_s) / RAMP_S);
        turn(way, leg.facing, (time_s - leg.end_s()) / RAMP_S)
    }
}

/// How far the upper body moves after the hand so that the arm is long enough.
fn bend(shoulder: DVec3, wrist: DVec3, reach_m: f64) -> DVec3 {
    let stretch = wrist - shoulder;
    stretch.normalize_or_zero() * (stretch.length() - reach_m).max(0.0)
}

/// The elbow between shoulder and wrist, which hangs down and a little outwards of the line.
fn elbow(body: &Body, shoulder: DVec3, wrist: DVec3, facing: DVec3) -> DVec3 {
    let (upper_m, fore_m) = (body.height_m * UPPER_ARM_RATIO, body.height_m * FOREARM_RATIO);
    let distance_m = shoulder.distance(wrist).max(1e-6);
    let along = (wrist - shoulder) / distance_m;
    let foot_m = (upper_m * upper_m - fore_m * fore_m + distance_m * distance_m) / (2.0 * distance_m);
    let foot_m = foot_m.clamp(-upper_m, upper_m);
    let off_m = (upper_m * upper_m - foot_m * foot_m).sqrt();
    let down = DVec3::NEG_Z - facing * 0.5;
    let pole = (down - along * down.dot(along)).normalize_or(DVec3::NEG_Z);
    shoulder + along * foot_m + pole * off_m
}

/// Turns a direction on the floor towards another, all the way at `part` = 1.
fn turn(from: DVec3, to: DVec3, part: f64) -> DVec3 {
    let angle = libm::atan2(from.cross(to).z, from.dot(to)) * smooth(part);
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    DVec3::new(from.x * cos - from.y * sin, from.x * sin + from.y * cos, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: Body = Body { height_m: 1.75, speed_m_s: 0.8, tempo: 1.0, hand: Side::Right };
    const SHELF: DVec3 = DVec3::new(3.1, 0.6, 1.2);

    fn visit() -> Motion {
        let mut motion = Motion::new(BODY);
        motion.walk(Leg::new(1.0, DVec3::ZERO, DVec3::new(3.0, 0.0, 0.0), 0.8, DVec3::Y));
        motion.reach(Reach { start_s: 6.0, arrive_s: 6.9, leave_s: 7.5, end_s: 8.4, target: SHELF });
        motion
    }

    #[test]
    fn a_walk_ends_where_and_when_it_should() {
        let motion = visit();
        let (_, end_s) = motion.span_s().unwrap();
        assert!((end_s - (1.0 + 3.0 / 0.8 + RAMP_S)).abs() < 1e-9);
        assert!(motion.place(end_s).0.distance(DVec3::new(3.0, 0.0, 0.0)) < 1e-9);
        let speeds: Vec<f64> = (0..600).map(|tick| motion.place(f64::from(tick) * 0.01).1).collect();
        assert!(speeds.iter().all(|speed| *speed <= 0.8 + 1e-9));
        let metres: f64 = speeds.iter().sum::<f64>() * 0.01;
        assert!((metres - 3.0).abs() < 0.01, "the speed is the change of place: {metres}");
    }

    #[test]
    fn the_wrist_goes_to_the_shelf_and_the_arm_keeps_its_length() {
        let motion = visit();
        let pose = motion.pose(7.2);
        assert!(pose[7].distance(SHELF) < 1e-9);
        assert!(pose[6].z < 1.0, "the other hand hangs");
        for tick in 0..1000 {
            let pose = motion.pose(f64::from(tick) * 0.01);
            for (shoulder, elbow, wrist) in [(2, 4, 6), (3, 5, 7)] {
                let upper_m = pose[shoulder].distance(pose[elbow]);
                let fore_m = pose[elbow].distance(pose[wrist]);
                assert!((upper_m - 1.75 * UPPER_ARM_RATIO).abs() < 1e-6, "{tick}: {upper_m}");
                assert!((fore_m - 1.75 * FOREARM_RATIO).abs() < 0.02, "{tick}: {fore_m}");
            }
        }
    }

    #[test]
    fn nothing_jumps() {
        let motion = visit();
        for tick in 0..1000 {
            let (one, next) = (motion.pose(f64::from(tick) * 0.01), motion.pose(f64::from(tick + 1) * 0.01));
            for (one, next) in one.iter().zip(next) {
                assert!(one.distance(next) < 0.04, "{tick}: {} m in 10 ms", one.distance(next));
            }
        }
    }
}
