//! Calibration by a printed board: squares of known size, whose corners were found in pictures.

use std::collections::BTreeMap;

use model::{DMat3, DVec2, DVec3, SensorId};
use serde::Deserialize;

use super::bundle::{Body, Bundle, Freedom, Pose, Ray, Slack};
use super::jump::Moved;
use super::turn::square;
use super::{CalibrateError, Calibration, CameraState, HELD, HOME, check_names, dense, joints, tell};
use crate::camera::Camera;

/// How well corners are found, pixels (standard deviation).
const CORNER_PX: f64 = 0.5;
/// A plane is known by four corners.
const CORNERS_MIN: usize = 4;
/// Where something else says where the store is, cameras may be anywhere.
const ANYWHERE: Slack = Slack { turn_rad: 10.0, shift_m: 1000.0, clock_s: 1e-6 };
/// Beyond these standard deviations corners are doubted, round by round.
const DOUBTS_SD: [f64; 3] = [1000.0, 30.0, 4.0];
/// How far the two directions of a board that lies somewhere may be from unit length and from square to each other.
const AXES_TOLERANCE: f64 = 1e-3;

/// A board whose normal is as steep as this lies on the floor or a shelf, and is seen from above.
const LEVEL: f64 = 0.5;

/// A chessboard, and what cameras saw of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// From one corner to the next, metres.
    pub square_m: f64,
    /// The places where it lay, each seen by several cameras or known.
    pub shots: Vec<BoardShot>,
}

/// The board at one place.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardShot {
    /// Where it lay, if that was measured.
    pub lies: Option<Lies>,
    /// By camera: the corners in its picture.
    pub corners: BTreeMap<SensorId, Vec<Corner>>,
}

/// Where a board lies.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lies {
    /// The corner of column 0 and row 0 in store coordinates, metres.
    pub corner_m: [f64; 3],
    /// The direction in which columns count, of unit length.
    pub columns: [f64; 3],
    /// The direction in which rows count, of unit length.
    pub rows: [f64; 3],
}

/// An inner corner of the board in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corner {
    /// Its column.
    pub column: i32,
    /// Its row.
    pub row: i32,
    /// Pixels from the left edge of the picture.
    pub x_px: f64,
    /// Pixels from the upper edge of the picture.
    pub y_px: f64,
}

/// Calibrates cameras by a printed board. Where it lay at a known place, cameras may have been anywhere; where not,
/// cameras are held against each other, and those that fit stay where they are. Cameras named in `hold` stay.
///
/// # Errors
/// [`CalibrateError`] if the board's numbers are no board, or no camera saw it.
pub fn calibrate_by_board(
    cameras: &[Camera],
    board: &Board,
    hold: &[SensorId],
) -> Result<Calibration, CalibrateError> {
    check_names(cameras, hold)?;
    if !(board.square_m > 0.0 && board.square_m < 1.0) {
        return Err(refuse(0, format!("square_m is {}: give metres, such as 0.08", board.square_m)));
    }
    let mut starts: Vec<Camera> = cameras.to_vec();
    let mut is_known = vec![false; cameras.len()];
    let mut bodies = Vec::new();
    // Shots at known places first: they say where cameras are that see the others.
    let mut shots: Vec<(usize, &BoardShot)> = (1..).zip(&board.shots).collect();
    shots.sort_by_key(|(_, shot)| shot.lies.is_none());
    for (number, shot) in shots {
        let views = pictures(cameras, board, number, shot)?;
        match &shot.lies {
            Some(lies) => bodies.push(known(lies, number, views, &mut starts, &mut is_known)?),
            None => bodies.push(unknown(views, &starts)),
        }
    }
    bodies.retain(|body| body.freedom == Freedom::Fixed || is_seen_by_two(body));
    let joints = joints(cameras.len(), &bodies);
    if joints.iter().all(|joints| *joints == 0) {
        return Err(CalibrateError::NoViews);
    }
    let state = |camera: usize| match joints[camera] {
        _ if hold.contains(cameras[camera].id()) => CameraState::Held,
        0 => CameraState::TooFewJoints,
        _ => CameraState::Calibrated,
    };
    let states: Vec<CameraState> = (0..cameras.len()).map(state).collect();
    // Squares say how long a metre is; where the store is, a known place or a held camera says, or else all cameras.
    let is_framed = is_known.contains(&true) || states.contains(&CameraState::Held);
    let pose = |camera: usize| match states[camera] {
        CameraState::Calibrated if is_framed => Pose::new(&cameras[camera], &starts[camera], 0.0, ANYWHERE),
        CameraState::Calibrated => Pose::new(&cameras[camera], &cameras[camera], 0.0, HOME),
        _ => Pose::new(&cameras[camera], &cameras[camera], 0.0, HELD),
    };
    let mut bundle = Bundle { poses: (0..cameras.len()).map(pose).collect(), bodies, alike: 1.0 };
    DOUBTS_SD.into_iter().for_each(|doubt_sd| bundle.settle(doubt_sd));
    Ok(tell(cameras, &bundle, &states, &vec![Moved::No; cameras.len()], None))
}

fn refuse(shot: usize, what: impl Into<String>) -> CalibrateError {
    CalibrateError::Board { shot, what: what.into() }
}

fn is_seen_by_two(body: &Body) -> bool {
    body.rays.iter().any(|ray| ray.camera != body.rays[0].camera)
}

/// A board in one picture: its corners, and where it lies in the camera's frame.
struct Picture {
    camera: usize,
    rays: Vec<Ray>,
    /// Board to camera.
    rotation: DMat3,
    place: DVec3,
}

fn pictures(
    cameras: &[Camera],
    board: &Board,
    number: usize,
    shot: &BoardShot,
) -> Result<Vec<Picture>, CalibrateError> {
    let picture = |(id, corners): (&SensorId, &Vec<Corner>)| {
        let camera = cameras.iter().position(|camera| camera.id() == id);
        let camera = camera.ok_or_else(|| CalibrateError::UnknownCamera { camera: id.clone() })?;
        let rays = rays(&cameras[camera], camera, board.square_m, corners).ok_or_else(|| {
            refuse(
                number,
                format!(
                    "camera {id}: a corner is not in the picture: give pixels from its upper left corner"
                ),
            )
        })?;
        let (rotation, place) = (rays.len() >= CORNERS_MIN).then(|| plane(&rays)).flatten().ok_or_else(|| {
            refuse(number, format!("camera {id}: {} corners that span no plane: give {CORNERS_MIN} or more, not all on one line", rays.len()))
        })?;
        Ok(Picture { camera, rays, rotation, place })
    };
    shot.corners.iter().map(picture).collect()
}

fn rays(eye: &Camera, camera: usize, square_m: f64, corners: &[Corner]) -> Option<Vec<Ray>> {
    let focal = eye.focal_px();
    let spread = 2.0 * CORNER_PX / (focal.x + focal.y);
    let ray = |corner: &Corner| {
        let pixel = DVec2::new(corner.x_px, corner.y_px);
        let at = eye.holds(pixel).then(|| eye.ideal(pixel)).flatten()?;
        let point = DVec3::new(corner.column.into(), corner.row.into(), 0.0) * square_m;
        Some(Ray { camera, at, spread, point, later_s: 0.0 })
    };
    corners.iter().map(ray).collect()
}

/// Where a board lies in a camera's frame, by the homography of its plane (Zhang, "A flexible new technique for camera
/// calibration", 2000, section 3.1); nothing if its corners span no plane.
fn plane(rays: &[Ray]) -> Option<(DMat3, DVec3)> {
    let middle = rays.iter().map(|ray| ray.point).sum::<DVec3>() / rays.len() as f64;
    let reach = rays.iter().map(|ray| ray.point.distance(middle)).fold(0.0, f64::max);
    if reach <= 0.0 {
        return None;
    }
    // The plane's middle lies before the camera, so the last of the nine numbers is not zero: it is one.
    let (mut matrix, mut right) = (vec![0.0; 64], vec![0.0; 8]);
    for ray in rays {
        let point = (ray.point - middle) / reach;
        let (x, y) = (point.x, point.y);
        let rows = [
            ([x, y, 1.0, 0.0, 0.0, 0.0, -x * ray.at.x, -y * ray.at.x], ray.at.x),
            ([0.0, 0.0, 0.0, x, y, 1.0, -x * ray.at.y, -y * ray.at.y], ray.at.y),
        ];
        for (row, seen) in rows {
            for (one, first) in row.iter().enumerate() {
                right[one] += first * seen;
                for (other, second) in row.iter().enumerate() {
                    matrix[one * 8 + other] += first * second;
                }
            }
        }
    }
    let h = dense::solve(matrix, right)?;
    let (x, y) = (DVec3::new(h[0], h[3], h[6]) / reach, DVec3::new(h[1], h[4], h[7]) / reach);
    let scale = 2.0 / (x.length() + y.length());
    if !scale.is_finite() || x.cross(y).length() * scale * scale < 0.1 {
        return None;
    }
    let rotation = square(DMat3::from_cols(x * scale, y * scale, (x.cross(y)) * (scale * scale)));
    let centre = DVec3::new(h[2], h[5], 1.0) * scale;
    Some((rotation, centre - rotation * middle))
}

/// A board whose place is known: it says where the cameras are.
fn known(
    lies: &Lies,
    number: usize,
    views: Vec<Picture>,
    starts: &mut [Camera],
    is_known: &mut [bool],
) -> Result<Body, CalibrateError> {
    let [place, columns, rows] = [lies.corner_m, lies.columns, lies.rows].map(DVec3::from_array);
    let is = |value: f64, wanted: f64| (value - wanted).abs() < AXES_TOLERANCE;
    let are_axes = is(columns.length(), 1.0) && is(rows.length(), 1.0) && is(columns.dot(rows), 0.0);
    if !are_axes || !place.is_finite() {
        return Err(refuse(number, "lies: columns and rows are not of unit length and square to each other"));
    }
    let rotation = square(DMat3::from_cols(columns, rows, columns.cross(rows)));
    for view in &views {
        if !is_known[view.camera] {
            is_known[view.camera] = true;
            let to_camera = view.rotation * rotation.transpose();
            let position = place - to_camera.transpose() * view.place;
            if rotation.z_axis.z.abs() > LEVEL && position.z < place.z {
                let id = starts[view.camera].id();
                return Err(refuse(
                    number,
                    format!(
                        "camera {id} would look at the board from below: the two directions, or columns and rows of corners, are swapped"
                    ),
                ));
            }
            starts[view.camera] = starts[view.camera].moved(to_camera, position);
        }
    }
    Ok(body(place, rotation, Freedom::Fixed, views))
}

/// A board somewhere: it is where the camera that sees most of it has it.
fn unknown(views: Vec<Picture>, starts: &[Camera]) -> Body {
    let (mut place, mut rotation) = (DVec3::ZERO, DMat3::IDENTITY);
    if let Some(view) = views.iter().max_by_key(|view| view.rays.len()) {
        let to_store = starts[view.camera].rotation().transpose();
        rotation = to_store * view.rotation;
        place = starts[view.camera].position() + to_store * view.place;
    }
    body(place, rotation, Freedom::Rigid, views)
}

fn body(place: DVec3, rotation: DMat3, freedom: Freedom, views: Vec<Picture>) -> Body {
    let rays = views.into_iter().flat_map(|view| view.rays).collect();
    Body { place, rotation, velocity: DVec3::ZERO, freedom, rays }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::turn::{angle, turn};
    use super::*;

    /// A camera under the ceiling, beside the board, that looks down at it.
    fn camera(id: &str, position: DVec3) -> Camera {
        let file = model::CameraFile {
            id: id.into(),
            intrinsics: [0.6, 1.07, 0.5, 0.5],
            rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            position_m: [0.0; 3],
            distortion: [-0.1, 0.02, 0.0, 0.0, 0.0],
            picture_px: [1920, 1080],
        };
        let forward = (DVec3::new(1.2, 0.8, 0.0) - position).normalize();
        let right = forward.cross(DVec3::Z).normalize();
        let rotation = DMat3::from_cols(right, forward.cross(right), forward).transpose();
        Camera::new(&file).unwrap().moved(rotation, position)
    }

    fn two() -> Vec<Camera> {
        vec![camera("door", DVec3::new(0.0, 0.0, 2.4)), camera("till", DVec3::new(3.0, 1.5, 2.6))]
    }

    const LIES: Lies = Lies { corner_m: [1.0, 0.6, 0.0], columns: [0.0, 1.0, 0.0], rows: [-1.0, 0.0, 0.0] };

    fn corners(camera: &Camera, place: DVec3, columns: DVec3, rows: DVec3) -> Vec<Corner> {
        let mut corners = Vec::new();
        for (column, row) in (0..7).flat_map(|column| (0..5).map(move |row| (column, row))) {
            let point = place + (columns * f64::from(column) + rows * f64::from(row)) * 0.08;
            let pixel = camera.project(point).unwrap();
            corners.push(Corner { column, row, x_px: pixel.x, y_px: pixel.y });
        }
        corners
    }

    fn shot(cameras: &[Camera], lies: &Lies) -> BoardShot {
        let [place, columns, rows] = [lies.corner_m, lies.columns, lies.rows].map(DVec3::from_array);
        let corners = cameras
            .iter()
            .map(|camera| (camera.id().clone(), corners(camera, place, columns, rows)))
            .collect();
        BoardShot { lies: Some(*lies), corners }
    }

    fn far(one: &Camera, other: &Camera) -> f64 {
        angle(one.rotation(), other.rotation()) + one.position().distance(other.position())
    }

    #[test]
    fn a_board_at_a_known_place_says_where_cameras_are_whatever_was_believed() {
        let truth = two();
        let board = Board { square_m: 0.08, shots: vec![shot(&truth, &LIES)] };
        let believed: Vec<Camera> =
            truth.iter().map(|camera| camera.moved(DMat3::IDENTITY, DVec3::ZERO)).collect();
        let found = calibrate_by_board(&believed, &board, &[]).unwrap();
        for (found, truth) in found.cameras.iter().zip(&truth) {
            assert!(far(&found.camera, truth) < 1e-6, "{found:?}");
            assert!(found.after.unwrap().rms_px < 1e-4, "{found:?}");
            assert_eq!((found.state, found.joints), (CameraState::Calibrated, 35));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn boards_that_lay_anywhere_put_a_camera_back_beside_another(
            turned in prop::array::uniform3(-0.05..0.05),
            shifted in prop::array::uniform3(-0.1..0.1),
        ) {
            let truth = two();
            let knocked = truth[1].moved(
                turn(DVec3::from_array(turned)) * truth[1].rotation(),
                truth[1].position() + DVec3::from_array(shifted),
            );
            let tilted = Lies { corner_m: [1.0, 0.7, 0.1], columns: [0.8, 0.0, 0.6], rows: [0.0, 1.0, 0.0] };
            let mut shots = vec![shot(&truth, &LIES), shot(&truth, &tilted)];
            shots.iter_mut().for_each(|shot| shot.lies = None);
            let board = Board { square_m: 0.08, shots };
            let found = calibrate_by_board(&[truth[0].clone(), knocked], &board, &["door".into()]).unwrap();
            prop_assert_eq!(found.cameras[0].state, CameraState::Held);
            prop_assert!(far(&found.cameras[1].camera, &truth[1]) < 1e-4, "{:?}", found.cameras[1]);
        }
    }

    fn refused(change: impl Fn(&mut Board)) -> String {
        let truth = two();
        let mut board = Board { square_m: 0.08, shots: vec![shot(&truth, &LIES)] };
        change(&mut board);
        calibrate_by_board(&truth, &board, &[]).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_board_is_refused_with_the_reason() {
        assert!(refused(|board| board.square_m = 80.0).contains("give metres"));
        assert!(refused(|board| board.shots.clear()).contains("no camera"));
        let lie = |lies: Lies| move |board: &mut Board| board.shots[0].lies = Some(lies);
        assert!(refused(lie(Lies { rows: [0.0, 2.0, 0.0], ..LIES })).contains("unit length"));
        assert!(refused(lie(Lies { rows: LIES.columns, columns: LIES.rows, ..LIES })).contains("from below"));
        let corners = |change: fn(&mut Vec<Corner>)| {
            move |board: &mut Board| board.shots[0].corners.values_mut().for_each(change)
        };
        assert!(refused(corners(|all| all.truncate(3))).contains("3 corners that span no plane"));
        assert!(refused(corners(|all| all.retain(|corner| corner.row == 0))).contains("span no plane"));
        assert!(refused(corners(|all| all[0].x_px = f64::NAN)).contains("not in the picture"));
        let strange = refused(|board| {
            board.shots[0].corners.insert("attic".into(), Vec::new());
        });
        assert!(strange.contains("attic"), "{strange}");
    }
}
