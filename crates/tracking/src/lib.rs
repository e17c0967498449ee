//! People seen by many calibrated cameras → one track each in three dimensions, with hands, over time.
//!
//! **Its one job:** to say who is where. A [`Camera`] turns pixels into rays.
//!
//! **What it never does:** I/O, reading a clock, knowing a product or a plate.

mod asleep;
mod associate;
mod birth;
mod calibrate;
mod camera;
mod doubt;
mod formats;
mod gather;
mod hands;
mod health;
mod joint;
mod look;
mod parts;
mod people;
mod shelf;
mod shelving;
mod sight;
mod skeleton;
mod track;
mod tracker;
mod who;

pub use calibrate::{
    Board, BoardShot, CalibrateError, CalibratedCamera, Calibration, CameraState, Corner, Lies, Moved,
    Residuals, calibrate_by_board, calibrate_by_people,
};
pub use camera::{CalibrationError, Camera, Seen};
pub use formats::{
    COCO, ImagePeople, KeypointFileError, KeypointsError, MotBox, MotError, MotProblem, MotRow, Skeleton,
    TracksError, TracksFrame, TracksPerson, TracksProblem, joint_name, joint_named, mot_of_tracks,
    read_coco_results, read_mot, read_mot_tracks, read_openpose, read_tracks, write_mot, write_tracks,
};
pub use parts::{Limb, Parts};
pub use shelf::{ShelfError, shelf_cameras, shelf_views};
pub use tracker::Tracker;
