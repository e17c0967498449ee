//! Calibrated cameras: points of the store into pixels, and pixels into rays.

use model::{CameraFile, DMat3, DVec2, DVec3, SensorId};
use thiserror::Error;

/// How far rows of a rotation may be from unit length and from each other's normal.
const ROTATION_TOLERANCE: f64 = 1e-3;
/// No store is this wide, metres: positions beyond are in another unit.
const STORE_M_MAX: f64 = 1000.0;
/// Points nearer to the plane of a camera's lens are not seen, metres.
const NEAR_M: f64 = 0.05;
/// Steps of Newton's method that undo the lens; real lenses need three or four.
const UNDISTORT_STEPS: usize = 12;
/// How exactly they must have been undone, in units of the focal length.
const UNDISTORT_TOLERANCE: f64 = 1e-9;

/// A calibration that cannot be what it says it is.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CalibrationError {
    /// A number is not finite, or a size or focal length is not above zero.
    #[error(
        "camera {camera}: {what} is {value}: give finite numbers, and focal lengths and picture sizes above zero"
    )]
    Number {
        /// The camera.
        camera: SensorId,
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// The rotation is singular, stretched or skewed.
    #[error(
        "camera {camera}: the rotation's rows are not of unit length and square to each other: give a rotation matrix"
    )]
    NoRotation {
        /// The camera.
        camera: SensorId,
    },
    /// The rotation mirrors.
    #[error(
        "camera {camera}: the rotation mirrors (its determinant is -1): the store is right-handed with z up, \
         the camera looks along +z with x to the right and y down"
    )]
    Mirrored {
        /// The camera.
        camera: SensorId,
    },
    /// The camera is impossibly far away.
    #[error(
        "camera {camera} is {far_m} m away from the store's origin: give its position in metres, not in millimetres"
    )]
    Far {
        /// The camera.
        camera: SensorId,
        /// How far.
        far_m: f64,
    },
    /// The lens folds the picture over.
    #[error(
        "camera {camera}: the distortion folds the picture over before its corners: calibrate the lens again"
    )]
    Folds {
        /// The camera.
        camera: SensorId,
    },
}

/// Where a point of the store is in a camera's ideal picture: one without distortion, whose unit is the focal length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// To the right and down of where the camera looks: the tangents of the angles.
    pub at: DVec2,
    /// How far away along the camera's axis, metres.
    pub depth_m: f64,
}

/// A pinhole camera with the lens of Brown and Conrady (D. C. Brown, "Decentering distortion of lenses", 1966).
#[derive(Clone, Debug, PartialEq)]
pub struct Camera {
    id: SensorId,
    /// Store to camera; its rows are the camera's axes in the store.
    rotation: DMat3,
    position: DVec3,
    focal_px: DVec2,
    centre_px: DVec2,
    distortion: [f64; 5],
    picture_px: DVec2,
}

impl Camera {
    /// Checks a calibration and takes it.
    ///
    /// # Errors
    /// [`CalibrationError`] if the numbers are no camera in a store.
    pub fn new(file: &CameraFile) -> Result<Self, CalibrationError> {
        check_numbers(file)?;
        let rotation = check_rotation(file)?;
        let position = DVec3::from_array(file.position_m);
        let far_m = position.length();
        if far_m > STORE_M_MAX {
            return Err(CalibrationError::Far { camera: file.id.clone(), far_m });
        }
        let [fx, fy, cx, cy] = file.intrinsics;
        let picture_px = DVec2::new(file.picture_px[0].into(), file.picture_px[1].into());
        let camera = Self {
            id: file.id.clone(),
            rotation,
            position,
            focal_px: DVec2::new(fx, fy) * picture_px,
            centre_px: DVec2::new(cx, cy) * picture_px,
            distortion: file.distortion,
            picture_px,
        };
        let corners = [DVec2::ZERO, DVec2::new(picture_px.x, 0.0), DVec2::new(0.0, picture_px.y), picture_px];
        if corners.iter().any(|corner| camera.ideal(*corner).is_none()) {
            return Err(CalibrationError::Folds { camera: file.id.clone() });
        }
        Ok(camera)
    }

    /// Its name.
    pub fn id(&self) -> &SensorId {
        &self.id
    }

    /// Where it hangs, metres.
    pub fn position(&self) -> DVec3 {
        self.position
    }

    /// Store to camera: the rows are its axes (right, down, forward) in the store.
    pub fn rotation(&self) -> DMat3 {
        self.rotation
    }

    /// Focal lengths, pixels.
    pub fn focal_px(&self) -> DVec2 {
        self.focal_px
    }

    /// Width and height of the picture, pixels.
    pub fn picture_px(&self) -> DVec2 {
        self.picture_px
    }

    /// The same camera elsewhere, looking elsewhere. `rotation` is store to camera.
    pub fn moved(&self, rotation: DMat3, position: DVec3) -> Self {
        Self { rotation, position, ..self.clone() }
    }

    /// The camera as a store file has it.
    pub fn to_file(&self) -> CameraFile {
        let (focal, centre) = (self.focal_px / self.picture_px, self.centre_px / self.picture_px);
        CameraFile {
            id: self.id.clone(),
            intrinsics: [focal.x, focal.y, centre.x, centre.y],
            rotation: rows(self.rotation.transpose()).map(|row| row.to_array()),
            position_m: self.position.to_array(),
            distortion: self.distortion,
            picture_px: [self.picture_px.x as u32, self.picture_px.y as u32],
        }
    }

    /// Where a point is in the ideal picture; nothing if it lies behind the camera.
    pub fn see(&self, point: DVec3) -> Option<Seen> {
        let local = self.rotation * (point - self.position);
        (local.z > NEAR_M).then(|| Seen { at: DVec2::new(local.x, local.y) / local.z, depth_m: local.z })
    }

    /// Where a point is in the picture, pixels, the lens included; it may lie outside of the picture. Nothing if it
    /// lies behind the camera.
    pub fn project(&self, point: DVec3) -> Option<DVec2> {
        self.see(point).map(|seen| self.distort(seen.at) * self.focal_px + self.centre_px)
    }

    /// Whether a pixel lies in the picture.
    pub fn holds(&self, pixel: DVec2) -> bool {
        pixel.cmpge(DVec2::ZERO).all() && pixel.cmple(self.picture_px).all()
    }

    /// Whether a point lies in the picture, if nothing hides it.
    pub fn shows(&self, point: DVec3) -> bool {
        self.project(point).is_some_and(|pixel| self.holds(pixel))
    }

    /// A pixel in the ideal picture; nothing where the lens can't be undone.
    pub fn ideal(&self, pixel: DVec2) -> Option<DVec2> {
        let target = (pixel - self.centre_px) / self.focal_px;
        if self.distortion == [0.0; 5] {
            return target.is_finite().then_some(target);
        }
        let mut at = target;
        for _ in 0..UNDISTORT_STEPS {
            let (off, [across, down]) = (self.distort(at) - target, self.distort_slope(at));
            let determinant = across.x * down.y - across.y * down.x;
            if determinant <= 0.0 {
                return None;
            }
            if off.length() < UNDISTORT_TOLERANCE {
                return Some(at);
            }
            at -= DVec2::new(
                (off.x * down.y - off.y * down.x) / determinant,
                (off.y * across.x - off.x * across.y) / determinant,
            );
        }
        None
    }

    /// The direction from the camera through a place of its ideal picture, of unit length, in the store.
    pub fn direction(&self, at: DVec2) -> DVec3 {
        (self.rotation.transpose() * at.extend(1.0)).normalize()
    }

    /// What the lens makes of a place in the ideal picture.
    fn distort(&self, at: DVec2) -> DVec2 {
        let [k1, k2, p1, p2, k3] = self.distortion;
        let r2 = at.length_squared();
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        let both = 2.0 * at.x * at.y;
        at * radial
            + DVec2::new(p1 * both + p2 * (r2 + 2.0 * at.x * at.x), p2 * both + p1 * (r2 + 2.0 * at.y * at.y))
    }

    /// Derivatives of [`Self::distort`] to the right and down.
    fn distort_slope(&self, at: DVec2) -> [DVec2; 2] {
        let [k1, k2, p1, p2, k3] = self.distortion;
        let DVec2 { x, y } = at;
        let r2 = at.length_squared();
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        let slope = 2.0 * (k1 + r2 * (2.0 * k2 + r2 * 3.0 * k3));
        let mixed = x * y * slope + 2.0 * p1 * x + 2.0 * p2 * y;
        [
            DVec2::new(radial + x * x * slope + 2.0 * p1 * y + 6.0 * p2 * x, mixed),
            DVec2::new(mixed, radial + y * y * slope + 2.0 * p2 * x + 6.0 * p1 * y),
        ]
    }
}

fn rows(matrix: DMat3) -> [DVec3; 3] {
    [matrix.row(0), matrix.row(1), matrix.row(2)]
}

fn check_numbers(file: &CameraFile) -> Result<(), CalibrationError> {
    let refuse = |what, value| Err(CalibrationError::Number { camera: file.id.clone(), what, value });
    let [fx, fy, cx, cy] = file.intrinsics;
    for (what, value) in [("fx", fx), ("fy", fy)] {
        if !(value > 0.0 && value.is_finite()) {
            return refuse(what, value);
        }
    }
    for size in file.picture_px {
        if size == 0 {
            return refuse("a picture size", 0.0);
        }
    }
    let rest = [cx, cy].into_iter().chain(file.position_m).chain(file.distortion);
    match rest.chain(file.rotation.into_iter().flatten()).find(|value| !value.is_finite()) {
        Some(value) => refuse("a number", value),
        None => Ok(()),
    }
}

/// Store to camera.
fn check_rotation(file: &CameraFile) -> Result<DMat3, CalibrationError> {
    let [x, y, z] = file.rotation.map(DVec3::from_array);
    let off = |value: f64, wanted: f64| (value - wanted).abs() > ROTATION_TOLERANCE;
    let stretched = [x, y, z].iter().any(|row| off(row.length(), 1.0));
    let skewed = off(x.dot(y), 0.0) || off(y.dot(z), 0.0) || off(x.dot(z), 0.0);
    if stretched || skewed {
        return Err(CalibrationError::NoRotation { camera: file.id.clone() });
    }
    let to_camera = DMat3::from_cols(x, y, z);
    if to_camera.determinant() < 0.0 {
        return Err(CalibrationError::Mirrored { camera: file.id.clone() });
    }
    Ok(to_camera)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// At (1, 2, 3) m, looking along +y, level.
    fn file() -> CameraFile {
        CameraFile {
            id: "north".into(),
            intrinsics: [0.9, 1.6, 0.5, 0.5],
            rotation: [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]],
            position_m: [1.0, 2.0, 3.0],
            distortion: [0.0; 5],
            picture_px: [1920, 1080],
        }
    }

    #[test]
    fn a_point_to_the_right_and_above_lies_right_and_above_in_the_picture() {
        let camera = Camera::new(&file()).unwrap();
        let pixel = camera.project(DVec3::new(1.5, 4.0, 3.5)).unwrap();
        assert!((pixel - DVec2::new(960.0 + 432.0, 540.0 - 432.0)).length() < 1e-9, "{pixel}");
        assert_eq!(camera.project(DVec3::new(1.0, 1.0, 3.0)), None);
    }

    #[test]
    fn a_calibration_goes_out_as_it_came_in() {
        let file = CameraFile { distortion: [-0.2, 0.05, 0.001, -0.002, 0.0], ..file() };
        assert_eq!(Camera::new(&file).unwrap().to_file(), file);
    }

    #[test]
    fn what_is_no_camera_is_refused_with_the_reason() {
        let refused = |change: fn(&mut CameraFile)| {
            let mut file = file();
            change(&mut file);
            Camera::new(&file).unwrap_err().to_string()
        };
        assert!(refused(|file| file.rotation[0] = [0.0; 3]).contains("rotation matrix"));
        assert!(refused(|file| file.rotation[0] = [-1.0, 0.0, 0.0]).contains("mirrors"));
        assert!(refused(|file| file.position_m = [4200.0, 2500.0, 3000.0]).contains("millimetres"));
        assert!(refused(|file| file.intrinsics[0] = 0.0).contains("fx is 0"));
        assert!(refused(|file| file.position_m[2] = f64::NAN).contains("NaN"));
        assert!(refused(|file| file.picture_px[1] = 0).contains("picture size"));
        assert!(refused(|file| file.distortion[0] = -3.0).contains("folds"));
    }

    proptest! {
        #[test]
        fn the_lens_can_be_undone(
            x in 0.0..1920.0_f64, y in 0.0..1080.0_f64,
            k1 in -0.25..0.1_f64, k2 in -0.02..0.05_f64, p1 in -0.005..0.005_f64, p2 in -0.005..0.005_f64,
        ) {
            let camera = Camera::new(&CameraFile { distortion: [k1, k2, p1, p2, 0.0], ..file() });
            prop_assume!(camera.is_ok());
            let camera = camera.unwrap();
            let pixel = DVec2::new(x, y);
            let direction = camera.direction(camera.ideal(pixel).unwrap());
            let again = camera.project(camera.position() + direction * 4.0).unwrap();
            prop_assert!((again - pixel).length() < 1e-4, "{pixel} became {again}");
        }
    }
}
