//! The equations of a step: what was seen is eliminated, so that the cameras are solved for alone.

use model::DVec3;

use super::bundle::{BODY, Body, HOME_SD, POSE, Pose, Ray, Slack, dot, squares};
use super::dense;
use crate::doubt::trust;

/// What a body says of the cameras that saw it.
pub(super) struct Part {
    matrix: [f64; BODY * BODY],
    right: [f64; BODY],
    /// By camera: the mixed part, a row an unknown of the camera.
    mixed: Vec<(usize, [[f64; BODY]; POSE])>,
}

/// The equations of a step: all that concerns cameras alone, and a part a body.
pub(super) struct Normal {
    pub(super) size: usize,
    pub(super) matrix: Vec<f64>,
    pub(super) right: Vec<f64>,
    pub(super) parts: Vec<Part>,
}

impl Normal {
    /// No equations yet, of so many cameras and these bodies.
    pub(super) fn new(cameras: usize, bodies: &[Body]) -> Self {
        let size = cameras * POSE;
        let parts = bodies.iter().map(Part::empty).collect();
        Self { size, matrix: vec![0.0; size * size], right: vec![0.0; size], parts }
    }

    /// Holds a camera near its home.
    pub(super) fn hold(&mut self, number: usize, pose: &Pose, alike: f64) {
        let off = pose.off();
        let trusted = trust(squares(&off[..6]), HOME_SD * HOME_SD);
        let Slack { turn_rad, shift_m, clock_s } = pose.slack;
        let spread = [turn_rad, turn_rad, turn_rad, shift_m, shift_m, shift_m, clock_s];
        for (unknown, (off, spread)) in off.iter().zip(spread).enumerate() {
            let weight = alike * if unknown < 6 { trusted } else { 1.0 };
            let place = number * POSE + unknown;
            self.matrix[place * self.size + place] += weight / (spread * spread);
            self.right[place] -= weight * off / spread;
        }
    }

    pub(super) fn add(&mut self, number: usize, body: &Body, ray: &Ray, pose: &Pose, trusted: f64) {
        let local = pose.rotation * (body.point(ray, pose.clock_s) - pose.position);
        let at = local.truncate() / local.z;
        let scale = trusted.sqrt() / ray.spread;
        let off = (at - ray.at) * scale;
        let [right, down, forward] = [0, 1, 2].map(|row| pose.rotation.row(row));
        let slope = scale / local.z;
        // How the two residuals change with the point's place in the camera's frame, and in the store's.
        let frame = [DVec3::new(1.0, 0.0, -at.x) * slope, DVec3::new(0.0, 1.0, -at.y) * slope];
        let store = [(right - forward * at.x) * slope, (down - forward * at.y) * slope];
        let arm = body.rotation * ray.point;
        for (row, off) in [off.x, off.y].into_iter().enumerate() {
            let turned = local.cross(frame[row]);
            let clock = store[row].dot(body.velocity);
            let of_pose = pack([turned, -store[row]], clock);
            let swung = arm.cross(store[row]);
            let of_body = [store[row].x, store[row].y, store[row].z, swung.x, swung.y, swung.z];
            self.add_row(number, body.freedom.unknowns(), ray.camera, &of_pose, &of_body, off);
        }
    }

    fn add_row(
        &mut self,
        number: usize,
        unknowns: usize,
        camera: usize,
        of_pose: &[f64; POSE],
        of_body: &[f64; BODY],
        off: f64,
    ) {
        let first = camera * POSE;
        for (row, slope) in of_pose.iter().enumerate() {
            self.right[first + row] -= slope * off;
            for (column, other) in of_pose.iter().enumerate().take(row + 1) {
                self.matrix[(first + row) * self.size + first + column] += slope * other;
            }
        }
        self.parts[number].add(unknowns, camera, of_pose, of_body, off);
    }
}

impl Part {
    fn empty(body: &Body) -> Self {
        Self {
            matrix: [0.0; BODY * BODY],
            right: [0.0; BODY],
            mixed: Vec::with_capacity(body.rays.len().min(32)),
        }
    }

    fn add(
        &mut self,
        unknowns: usize,
        camera: usize,
        of_pose: &[f64; POSE],
        of_body: &[f64; BODY],
        off: f64,
    ) {
        let place = match self.mixed.iter().position(|(other, _)| *other == camera) {
            Some(place) => place,
            None => {
                self.mixed.push((camera, [[0.0; BODY]; POSE]));
                self.mixed.len() - 1
            }
        };
        let mixed = &mut self.mixed[place].1;
        for row in 0..unknowns {
            self.right[row] -= of_body[row] * off;
            for column in 0..unknowns {
                self.matrix[row * unknowns + column] += of_body[row] * of_body[column];
            }
            for (line, slope) in mixed.iter_mut().zip(of_pose) {
                line[row] += slope * of_body[row];
            }
        }
    }

    /// Takes the body out of the cameras' equations, and gives the factor of its own.
    pub(super) fn eliminate(
        &self,
        unknowns: usize,
        damping: f64,
        matrix: &mut [f64],
        right: &mut [f64],
    ) -> Option<[f64; BODY * BODY]> {
        let mut factor = self.matrix;
        for place in 0..unknowns {
            // Something that nothing trusted sees must not stop the others.
            factor[place * unknowns + place] += damping * factor[place * unknowns + place] + 1e-9;
        }
        if !dense::factor(&mut factor, unknowns) {
            return None;
        }
        let size = right.len();
        for (camera, mixed) in &self.mixed {
            for (row, line) in mixed.iter().enumerate() {
                let mut solved = *line;
                dense::substitute(&factor, unknowns, &mut solved[..unknowns]);
                let place = camera * POSE + row;
                right[place] -= dot(&solved[..unknowns], &self.right);
                for (other, mixed) in self.mixed.iter().filter(|(other, _)| other <= camera) {
                    for (column, line) in mixed.iter().enumerate() {
                        matrix[place * size + other * POSE + column] -= dot(&solved[..unknowns], line);
                    }
                }
            }
        }
        Some(factor)
    }

    /// The body's own step, once the cameras' is known.
    pub(super) fn back(&self, unknowns: usize, factor: &[f64; BODY * BODY], step: &[f64]) -> [f64; BODY] {
        let mut own = self.right;
        for (camera, mixed) in &self.mixed {
            for (line, step) in mixed.iter().zip(&step[camera * POSE..]) {
                for (own, slope) in own.iter_mut().zip(line).take(unknowns) {
                    *own -= slope * step;
                }
            }
        }
        dense::substitute(factor, unknowns, &mut own[..unknowns]);
        own
    }
}

fn pack([turned, shifted]: [DVec3; 2], clock: f64) -> [f64; POSE] {
    [turned.x, turned.y, turned.z, shifted.x, shifted.y, shifted.z, clock]
}
