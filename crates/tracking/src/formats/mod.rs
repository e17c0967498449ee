//! What others write and read: orders of keypoints, texts of tracks.

mod keypoint_files;
mod mot;
mod names;
mod skeleton;
mod tracks;
mod tracks_json;

pub use keypoint_files::{ImagePeople, KeypointFileError, read_coco_results, read_openpose};
pub use mot::{MotBox, MotError, MotProblem, MotRow, mot_of_tracks, read_mot, read_mot_tracks, write_mot};
pub use names::{joint_name, joint_named};
pub use skeleton::{COCO, KeypointsError, Skeleton};
pub use tracks::{TracksFrame, TracksPerson};
pub use tracks_json::{TracksError, TracksProblem, read_tracks, write_tracks};
