//! The Shelf data set's detections and calibration, as the authors of "4D association graph" (Zhang et al., CVPR 2020)
//! published them: part candidates and affinities of five cameras.

use std::collections::BTreeMap;

use model::{CameraFile, DMat3, DVec3, Joint, SensorId, Time, View, ViewKeypoint};
use serde::Deserialize;
use thiserror::Error;

use crate::formats::joint_named;
use crate::parts::{Limb, Parts};

/// Pictures a second.
const RATE_HZ: f64 = 25.0;

/// A file of the data set that can't be read.
#[derive(Debug, Error)]
#[error("line {line} is not of the Shelf data set: {why}: fetch the file anew")]
pub struct ShelfError {
    /// The line, counted from 1.
    pub line: usize,
    /// Why.
    pub why: serde_json::Error,
}

#[derive(Deserialize)]
struct CameraLine {
    #[serde(rename = "K")]
    intrinsics: [[f64; 3]; 3],
    /// World to camera.
    #[serde(rename = "RT")]
    pose: [[f64; 4]; 3],
    image_size: [u32; 2],
}

/// The cameras of `calibration.json`.
///
/// # Errors
/// [`ShelfError`] if the text is not of that form.
pub fn shelf_cameras(text: &str) -> Result<Vec<CameraFile>, ShelfError> {
    let cameras: BTreeMap<String, CameraLine> =
        serde_json::from_str(text).map_err(|why| ShelfError { line: why.line(), why })?;
    Ok(cameras.iter().map(|(id, camera)| camera_file(id, camera)).collect())
}

fn camera_file(id: &str, camera: &CameraLine) -> CameraFile {
    let [width, height] = camera.image_size.map(f64::from);
    let [[fx, _, cx], [_, fy, cy], _] = camera.intrinsics;
    let rows = camera.pose.map(|[x, y, z, _]| DVec3::new(x, y, z));
    let shift = DVec3::from_array(camera.pose.map(|row| row[3]));
    let to_store = unit(DMat3::from_cols(rows[0], rows[1], rows[2]));
    CameraFile {
        id: id.into(),
        intrinsics: [fx / width, fy / height, cx / width, cy / height],
        rotation: [0, 1, 2].map(|row| to_store.row(row).to_array()),
        position_m: (to_store * -shift).to_array(),
        distortion: [0.0; 5],
        picture_px: camera.image_size,
    }
}

/// The rotation nearest to one whose numbers were rounded: each step halves what is missing (Higham, 1986).
fn unit(mut rotation: DMat3) -> DMat3 {
    for _ in 0..4 {
        rotation = (rotation + rotation.inverse().transpose()) * 0.5;
    }
    rotation
}

#[derive(Deserialize)]
struct DetectionLine {
    frame: u32,
    camera: SensorId,
    joints: BTreeMap<String, Vec<[f32; 3]>>,
    limbs: Vec<LimbLine>,
}

#[derive(Deserialize)]
struct LimbLine {
    from: String,
    to: String,
    affinity: Vec<Vec<f32>>,
}

/// What the cameras saw, of the text of `detections.jsonl`, in order of time, each with its frame's number.
///
/// # Errors
/// [`ShelfError`] if a line is not of that form.
pub fn shelf_views(text: &str) -> Result<Vec<(u32, View)>, ShelfError> {
    let lines = text.lines().enumerate();
    let views =
        lines.map(|(place, line)| shelf_view(line).map_err(|why| ShelfError { line: place + 1, why }));
    let mut views: Vec<(u32, View)> = views.collect::<Result<_, _>>()?;
    views.sort_by(|(one, first), (other, second)| one.cmp(other).then(first.camera.cmp(&second.camera)));
    Ok(views)
}

fn shelf_view(line: &str) -> Result<(u32, View), serde_json::Error> {
    let line: DetectionLine = serde_json::from_str(line)?;
    let mut parts = Parts::default();
    let mut first = BTreeMap::new();
    for (name, candidates) in &line.joints {
        let Some(joint) = joint(name) else { continue };
        first.insert(name.as_str(), parts.candidates.len());
        parts.candidates.extend(candidates.iter().map(|&[x_px, y_px, score]| ViewKeypoint {
            joint,
            x_px,
            y_px,
            score: score.clamp(0.0, 1.0),
        }));
    }
    for limb in &line.limbs {
        let (Some(from), Some(to)) = (first.get(limb.from.as_str()), first.get(limb.to.as_str())) else {
            continue;
        };
        for (row, affinities) in limb.affinity.iter().enumerate() {
            for (column, &affinity) in affinities.iter().enumerate() {
                parts.limbs.push(Limb { ends: [(from + row) as u16, (to + column) as u16], affinity });
            }
        }
    }
    let time = Time::from_nanos(0).plus_seconds(f64::from(line.frame) / RATE_HZ);
    Ok((line.frame, View { camera: line.camera, time, people: parts.people() }))
}

/// The joint that a name of the data set means; feet have none.
fn joint(name: &str) -> Option<Joint> {
    match name.split_once('_') {
        Some(("l", rest)) => joint_named(&format!("left_{rest}")),
        Some(("r", rest)) => joint_named(&format!("right_{rest}")),
        Some(("mid", rest)) => joint_named(&format!("middle_{rest}")),
        _ => joint_named(name),
    }
}
