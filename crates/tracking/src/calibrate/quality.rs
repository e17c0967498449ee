//! How good a calibration is.

use super::bundle::Body;
use crate::camera::Camera;

/// How far what a camera saw lies from where it should lie in its picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residuals {
    /// Half of it is nearer, pixels.
    pub median_px: f64,
    /// Nine of ten are nearer, pixels.
    pub p90_px: f64,
    /// Root of the mean square, pixels: a few that are quite wrong count much.
    pub rms_px: f64,
    /// The median at the depth of what was seen, metres.
    pub median_m: f64,
}

impl Residuals {
    /// Those of one camera; nothing if it saw nothing.
    pub(super) fn of(camera: &Camera, number: usize, clock_s: f64, bodies: &[Body]) -> Option<Self> {
        let focal = camera.focal_px();
        let (mut pixels, mut metres): (Vec<f64>, Vec<f64>) = bodies
            .iter()
            .flat_map(|body| body.rays.iter().map(move |ray| (body, ray)))
            .filter(|(_, ray)| ray.camera == number)
            .filter_map(|(body, ray)| {
                let seen = camera.see(body.point(ray, clock_s))?;
                let off = seen.at - ray.at;
                Some(((off * focal).length(), off.length() * seen.depth_m))
            })
            .unzip();
        if pixels.is_empty() {
            return None;
        }
        pixels.sort_by(f64::total_cmp);
        metres.sort_by(f64::total_cmp);
        let squares: f64 = pixels.iter().map(|pixel| pixel * pixel).sum();
        Some(Self {
            median_px: at(&pixels, 0.5),
            p90_px: at(&pixels, 0.9),
            rms_px: (squares / pixels.len() as f64).sqrt(),
            median_m: at(&metres, 0.5),
        })
    }
}

fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}
