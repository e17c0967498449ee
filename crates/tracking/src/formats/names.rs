//! Names of joints in texts.

use model::Joint;

/// In the order of [`Joint::ALL`].
const NAMES: [&str; Joint::ALL.len()] = [
    "head",
    "neck",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "middle_hip",
];

/// The name of a joint in texts, such as `left_wrist`.
pub const fn joint_name(joint: Joint) -> &'static str {
    NAMES[joint as usize]
}

/// The joint of a name.
pub fn joint_named(name: &str) -> Option<Joint> {
    NAMES.iter().position(|known| *known == name).map(|place| Joint::ALL[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_joint_is_found_by_its_name_and_the_names_are_those_of_the_type() {
        for joint in Joint::ALL {
            assert_eq!(joint_named(joint_name(joint)), Some(joint));
            assert_eq!(joint_name(joint).replace('_', ""), format!("{joint:?}").to_lowercase());
        }
        assert_eq!(joint_named("left_toe"), None);
    }
}
