//! Small rotations.

use model::{DMat3, DVec3};

/// The rotation about a vector by its length, radians.
pub(super) fn turn(by: DVec3) -> DMat3 {
    let angle = by.length();
    if angle < 1e-12 {
        return square(DMat3::from_cols(
            DVec3::new(1.0, by.z, -by.y),
            DVec3::new(-by.z, 1.0, by.x),
            DVec3::new(by.y, -by.x, 1.0),
        ));
    }
    let axis = by / angle;
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let column =
        |unit: DVec3| unit * cosine + axis.cross(unit) * sine + axis * (axis.dot(unit) * (1.0 - cosine));
    DMat3::from_cols(column(DVec3::X), column(DVec3::Y), column(DVec3::Z))
}

/// The angle between two rotations, radians.
pub(super) fn angle(one: DMat3, other: DMat3) -> f64 {
    let between = one * other.transpose();
    let twice_sine = DVec3::new(
        between.y_axis.z - between.z_axis.y,
        between.z_axis.x - between.x_axis.z,
        between.x_axis.y - between.y_axis.x,
    );
    let twice_cosine = between.x_axis.x + between.y_axis.y + between.z_axis.z - 1.0;
    libm::atan2(twice_sine.length(), twice_cosine)
}

/// A rotation whose axes are square to each other again and of unit length: the first keeps its direction.
pub(super) fn square(rotation: DMat3) -> DMat3 {
    let first = rotation.x_axis.normalize();
    let second = (rotation.y_axis - first * first.dot(rotation.y_axis)).normalize();
    DMat3::from_cols(first, second, first.cross(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_turns_by_its_length_about_its_axis() {
        let quarter = turn(DVec3::Z * std::f64::consts::FRAC_PI_2);
        assert!((quarter * DVec3::X - DVec3::Y).length() < 1e-12);
        assert!((angle(quarter, DMat3::IDENTITY) - std::f64::consts::FRAC_PI_2).abs() < 1e-12);
        assert!(angle(turn(DVec3::X * 1e-13), DMat3::IDENTITY) < 2e-13);
    }
}
