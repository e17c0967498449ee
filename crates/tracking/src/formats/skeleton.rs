//! Orders in which networks give the joints of a person.

use model::{Joint, ViewKeypoint, ViewPerson};
use thiserror::Error;

use Joint::{
    LeftAnkle, LeftEar, LeftElbow, LeftEye, LeftHip, LeftKnee, LeftShoulder, LeftWrist, MiddleHip, Neck,
    Nose, RightAnkle, RightEar, RightElbow, RightEye, RightHip, RightKnee, RightShoulder, RightWrist,
};

/// Numbers a keypoint: x, y, score.
const NUMBERS_PER_KEYPOINT: usize = 3;

/// COCO's seventeen joints, which common networks give.
pub const COCO: [Joint; 17] = [
    Nose,
    LeftEye,
    RightEye,
    LeftEar,
    RightEar,
    LeftShoulder,
    RightShoulder,
    LeftElbow,
    RightElbow,
    LeftWrist,
    RightWrist,
    LeftHip,
    RightHip,
    LeftKnee,
    RightKnee,
    LeftAnkle,
    RightAnkle,
];

/// An order that begins as COCO's does, and goes on with joints that we do not have.
const fn coco_first<const COUNT: usize>() -> [Option<Joint>; COUNT] {
    let (mut order, mut place) = ([None; COUNT], 0);
    while place < COCO.len() {
        order[place] = Some(COCO[place]);
        place += 1;
    }
    order
}

const COCO_17: [Option<Joint>; 17] = coco_first();

/// OpenPose's twenty-five; the last six are of the feet.
const BODY_25: [Option<Joint>; 25] = [
    Some(Nose),
    Some(Neck),
    Some(RightShoulder),
    Some(RightElbow),
    Some(RightWrist),
    Some(LeftShoulder),
    Some(LeftElbow),
    Some(LeftWrist),
    Some(MiddleHip),
    Some(RightHip),
    Some(RightKnee),
    Some(RightAnkle),
    Some(LeftHip),
    Some(LeftKnee),
    Some(LeftAnkle),
    Some(RightEye),
    Some(LeftEye),
    Some(RightEar),
    Some(LeftEar),
    None,
    None,
    None,
    None,
    None,
    None,
];

/// Halpe's twenty-six: COCO's, then the top of the head (ours is its middle), neck, middle of the hips, six of the feet.
const HALPE_26: [Option<Joint>; 26] = {
    let mut order = coco_first();
    order[18] = Some(Neck);
    order[19] = Some(MiddleHip);
    order
};

/// Keypoints that are no person.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum KeypointsError {
    /// Too many or too few numbers.
    #[error(
        "{numbers} numbers are no skeleton: give x, y, score of 17 (COCO), 25 (BODY-25) or 26 (Halpe) joints"
    )]
    Length {
        /// How many there are.
        numbers: usize,
    },
    /// A number that is not finite, or a score below zero.
    #[error(
        "keypoint {keypoint} is at ({x}, {y}) with score {score}: give finite pixels and a score from 0 to 1, \
         0 where the joint was not seen"
    )]
    Number {
        /// Its place in the order of the skeleton, from 0.
        keypoint: usize,
        /// Pixels from the left.
        x: f64,
        /// Pixels from above.
        y: f64,
        /// Score.
        score: f64,
    },
}

/// An order of joints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skeleton {
    /// COCO's seventeen.
    Coco17,
    /// OpenPose's twenty-five.
    Body25,
    /// Halpe's twenty-six, as AlphaPose gives them.
    Halpe26,
}

impl Skeleton {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Coco17, Self::Body25, Self::Halpe26];

    /// The joints in their order; nothing where there is none in our bodies (feet, top of the head).
    pub const fn joints(self) -> &'static [Option<Joint>] {
        match self {
            Self::Coco17 => &COCO_17,
            Self::Body25 => &BODY_25,
            Self::Halpe26 => &HALPE_26,
        }
    }

    /// The skeleton that has so many numbers, three a joint.
    ///
    /// # Errors
    /// [`KeypointsError::Length`] if none has.
    pub fn of_length(numbers: usize) -> Result<Self, KeypointsError> {
        let fits = |skeleton: &Self| skeleton.joints().len() * NUMBERS_PER_KEYPOINT == numbers;
        Self::ALL.into_iter().find(fits).ok_or(KeypointsError::Length { numbers })
    }

    /// A person from `[x, y, score, …]`. A score of 0 tells that the joint was not seen; above 1 (COCO's annotations have
    /// 2 for what can be seen) it counts as 1.
    ///
    /// # Errors
    /// [`KeypointsError`] if the length is not this skeleton's or a number can't be.
    pub fn person(self, flat: &[f64]) -> Result<ViewPerson, KeypointsError> {
        if flat.len() != self.joints().len() * NUMBERS_PER_KEYPOINT {
            return Err(KeypointsError::Length { numbers: flat.len() });
        }
        let mut person = ViewPerson::default();
        let (keypoints, _) = flat.as_chunks::<NUMBERS_PER_KEYPOINT>();
        for (keypoint, (joint, &[x, y, score])) in self.joints().iter().zip(keypoints).enumerate() {
            let (x_px, y_px) = (x as f32, y as f32);
            if !(x_px.is_finite() && y_px.is_finite() && score.is_finite() && score >= 0.0) {
                return Err(KeypointsError::Number { keypoint, x, y, score });
            }
            let score = score.min(1.0) as f32;
            if let Some(joint) = *joint
                && score > 0.0
            {
                person.keypoints.push(ViewKeypoint { joint, x_px, y_px, score });
            }
        }
        Ok(person)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_skeleton_has_a_joint_twice_and_all_have_both_wrists() {
        for skeleton in Skeleton::ALL {
            let joints: Vec<Joint> = skeleton.joints().iter().flatten().copied().collect();
            let mut once = joints.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), joints.len(), "{skeleton:?}");
            assert!(joints.contains(&LeftWrist) && joints.contains(&RightWrist));
        }
    }

    #[test]
    fn a_joint_that_was_not_seen_and_feet_are_left_out() {
        let mut flat = vec![0.0; 75];
        flat[12..15].copy_from_slice(&[700.0, 320.5, 0.75]);
        flat[57..60].copy_from_slice(&[680.0, 732.0, 0.66]);
        let wrist = ViewKeypoint { joint: RightWrist, x_px: 700.0, y_px: 320.5, score: 0.75 };
        assert_eq!(
            Skeleton::Body25.person(&flat).unwrap(),
            ViewPerson { keypoints: vec![wrist], holding: [None; 2] }
        );
    }

    #[test]
    fn what_can_be_seen_of_an_annotation_counts_as_sure() {
        let person = Skeleton::Coco17.person(&[[5.0, 6.0, 2.0]; 17].concat()).unwrap();
        assert_eq!(person.keypoints.len(), 17);
        assert!(person.keypoints.iter().all(|keypoint| keypoint.score == 1.0));
    }

    #[test]
    fn numbers_that_cannot_be_are_refused() {
        let refused = |number: usize, value: f64| {
            let mut flat = [5.0, 6.0, 0.5].repeat(26);
            flat[number] = value;
            Skeleton::Halpe26.person(&flat).unwrap_err().to_string()
        };
        assert!(refused(3, f64::NAN).contains("keypoint 1 is at (NaN, 6)"));
        assert!(refused(4, 1e300).contains("keypoint 1 is at (5, 1"));
        assert!(refused(5, -0.1).contains("with score -0.1"));
        assert!(Skeleton::of_length(54).unwrap_err().to_string().contains("54 numbers"));
    }

    proptest! {
        #[test]
        fn what_was_seen_comes_back_at_its_place(
            which in 0..3_usize,
            numbers in prop::collection::vec((0.0..2000.0_f32, 0.0..2000.0_f32, 0.0..=1.0_f32), 26),
        ) {
            let skeleton = Skeleton::ALL[which];
            let numbers = &numbers[..skeleton.joints().len()];
            let flat: Vec<f64> = numbers.iter().flat_map(|&(x, y, score)| [x, y, score].map(f64::from)).collect();
            let person = Skeleton::of_length(flat.len()).unwrap().person(&flat).unwrap();
            for (joint, &(x, y, score)) in skeleton.joints().iter().zip(numbers) {
                let found = person.keypoints.iter().find(|keypoint| Some(keypoint.joint) == *joint);
                let expected = joint.filter(|_| score > 0.0).map(|joint| ViewKeypoint { joint, x_px: x, y_px: y, score });
                prop_assert_eq!(found.copied(), expected);
            }
        }
    }
}
