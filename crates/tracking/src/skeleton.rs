//! The body: which joints hang on which, how well networks see them, how fast they move.

use model::Joint;

/// Number of joints.
pub(crate) const JOINTS: usize = Joint::ALL.len();

/// Two joints whose distance is a person's own and stays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bone {
    /// The end nearer to the trunk, and the other one.
    pub(crate) ends: [Joint; 2],
    /// Which length it has: left and right share theirs.
    pub(crate) length: usize,
}

impl Bone {
    /// Whether it is one of an arm or a leg.
    pub(crate) fn is_of_limb(&self) -> bool {
        LIMBS.contains(&self.length)
    }
}

const fn bone(inner: Joint, outer: Joint, length: usize) -> Bone {
    Bone { ends: [inner, outer], length }
}

/// Bones from the trunk outwards.
pub(crate) const BONES: [Bone; 20] = [
    bone(Joint::LeftShoulder, Joint::RightShoulder, 0),
    bone(Joint::LeftHip, Joint::RightHip, 1),
    bone(Joint::LeftShoulder, Joint::LeftHip, 2),
    bone(Joint::RightShoulder, Joint::RightHip, 2),
    bone(Joint::LeftShoulder, Joint::LeftElbow, 3),
    bone(Joint::RightShoulder, Joint::RightElbow, 3),
    bone(Joint::LeftElbow, Joint::LeftWrist, 4),
    bone(Joint::RightElbow, Joint::RightWrist, 4),
    bone(Joint::LeftHip, Joint::LeftKnee, 5),
    bone(Joint::RightHip, Joint::RightKnee, 5),
    bone(Joint::LeftKnee, Joint::LeftAnkle, 6),
    bone(Joint::RightKnee, Joint::RightAnkle, 6),
    bone(Joint::LeftShoulder, Joint::LeftEar, 7),
    bone(Joint::RightShoulder, Joint::RightEar, 7),
    bone(Joint::Neck, Joint::Nose, 8),
    bone(Joint::Neck, Joint::LeftEar, 9),
    bone(Joint::Neck, Joint::RightEar, 9),
    bone(Joint::LeftEar, Joint::RightEar, 10),
    bone(Joint::Nose, Joint::LeftEar, 11),
    bone(Joint::Nose, Joint::RightEar, 11),
];

/// Number of lengths, and which of them are of arms and legs.
pub(crate) const LENGTHS: usize = 12;
const LIMBS: std::ops::RangeInclusive<usize> = 3..=6;

/// How long bones are and how much people differ in it, metres (standard deviation, children included; after Winter,
/// Biomechanics and Motor Control, 4th ed., table 4.1, and Drillis and Contini, 1966), and how much the distance of
/// what a network calls the two joints varies as the body bends.
pub(crate) const BONE_M: [(f64, f64, f64); LENGTHS] = [
    (0.34, 0.06, 0.03),
    (0.22, 0.05, 0.03),
    (0.50, 0.08, 0.05),
    (0.28, 0.05, 0.025),
    (0.24, 0.04, 0.03),
    (0.41, 0.06, 0.02),
    (0.40, 0.06, 0.02),
    (0.25, 0.04, 0.06),
    (0.22, 0.04, 0.04),
    (0.22, 0.04, 0.03),
    (0.15, 0.02, 0.01),
    (0.13, 0.02, 0.01),
];

/// How far a network's joint lies from the true one at the body, metres (standard deviation in one direction), by
/// the spread of human annotators (COCO keypoint evaluation's constants, times half the size of a body).
pub(crate) const fn spread_m(joint: Joint) -> f64 {
    match joint {
        Joint::Nose | Joint::LeftEye | Joint::RightEye | Joint::LeftEar | Joint::RightEar => 0.02,
        Joint::LeftWrist | Joint::RightWrist | Joint::LeftElbow | Joint::RightElbow => 0.025,
        Joint::Head | Joint::Neck | Joint::LeftShoulder | Joint::RightShoulder => 0.03,
        Joint::LeftKnee | Joint::RightKnee | Joint::LeftAnkle | Joint::RightAnkle => 0.03,
        Joint::LeftHip | Joint::RightHip | Joint::MiddleHip => 0.04,
    }
}

/// How hard a joint is accelerated, m/s² (standard deviation in one direction).
pub(crate) const fn acceleration_m_s2(joint: Joint) -> f64 {
    match joint {
        Joint::LeftWrist | Joint::RightWrist => 15.0,
        Joint::LeftElbow | Joint::RightElbow => 10.0,
        Joint::LeftAnkle | Joint::RightAnkle => 10.0,
        Joint::LeftKnee | Joint::RightKnee => 7.0,
        _ => 5.0,
    }
}

/// Joints that move as the trunk does.
pub(crate) const TRUNK: [Joint; 4] =
    [Joint::LeftShoulder, Joint::RightShoulder, Joint::LeftHip, Joint::RightHip];
