//! What the single cameras of a store say, each at its own times: people as keypoints in its picture.

mod network;
mod options;
mod sight;
mod solids;

use std::sync::Arc;

use glam::{DMat3, DVec3};
use model::{CameraFile, Record, Store, Time, View};
use tracking::Camera;

pub use options::{CameraOptions, Delay, Shift, Silence};
pub(crate) use solids::Shelving;

use crate::world::World;
use crate::{Rng, ScriptError};
use network::Network;
use sight::Lens;

/// A camera's pictures come regularly but for this, seconds, and a few never come; its clock errs by this. Assumed.
const JITTER_S: f64 = 0.002;
const LOST_RATIO: f64 = 0.005;
const STAMP_SD_S: f64 = 0.0005;
/// Most pictures come so long after their capture, and a few up to as late as is said, seconds: as from the tracker.
const USUAL_DELAY_S: (f64, f64) = (0.02, 0.05);
const LATE_RATIO: f64 = 0.03;

/// The cameras of a store.
#[derive(Debug)]
pub(crate) struct Cameras {
    options: CameraOptions,
    eyes: Vec<Eye>,
}

/// One camera, and the network that looks at its pictures.
#[derive(Debug)]
struct Eye {
    lens: Lens,
    network: Network,
    rng: Rng,
    phase_s: f64,
    frame: u64,
    /// When the next picture is taken, seconds.
    next_s: f64,
    /// When it is knocked askew, seconds, and the turn that this gives it; the next one last.
    shifts: Vec<(f64, DMat3)>,
    delay_s: f64,
}

impl Cameras {
    /// The cameras of a store, which have seen nobody yet.
    pub(crate) fn new(options: CameraOptions, store: &Store, seed: u64) -> Result<Self, ScriptError> {
        options.check(store)?;
        let shelving: Arc<[Shelving]> = Shelving::all(store.file()).into();
        let eyes = store.cameras().iter().map(|file| Eye::new(&options, file, &shelving, seed));
        let eyes = eyes.collect::<Result<Vec<_>, _>>()?;
        Ok(Self { options, eyes })
    }

    /// Takes all pictures that are due in a world that has gone on so far: each with when it arrives, seconds.
    pub(crate) fn look(&mut self, start: Time, world: &World) -> Vec<(f64, Record)> {
        let mut arrivals = Vec::new();
        for eye in &mut self.eyes {
            while eye.next_s <= world.now_s {
                let captured_s = eye.next_s;
                let view = eye.look(start, world);
                let is_lost = eye.rng.chance(LOST_RATIO);
                let delay_s = eye.delay_s(self.options.late_s);
                eye.go_on(self.options.frame_rate_hz);
                if !is_lost && !self.options.is_silent(&view.camera, captured_s) {
                    arrivals.push((captured_s + delay_s, Record::View(view)));
                }
            }
        }
        arrivals
    }

    /// Forgets somebody who has gone for good.
    pub(crate) fn forget(&mut self, who: usize) {
        self.eyes.iter_mut().for_each(|eye| eye.network.forget(who));
    }

    /// How many people a camera remembers at most.
    #[cfg(test)]
    pub(crate) fn known_count(&self) -> usize {
        self.eyes.iter().map(|eye| eye.network.known_count()).max().unwrap_or(0)
    }
}

impl Eye {
    fn new(
        options: &CameraOptions,
        file: &CameraFile,
        shelving: &Arc<[Shelving]>,
        seed: u64,
    ) -> Result<Self, ScriptError> {
        let camera = Camera::new(file)?;
        let mut rng = Rng::new(seed, &format!("camera {}", file.id));
        let phase_s = rng.uniform(0.0, 1.0 / options.frame_rate_hz);
        let network = Network::new(camera.picture_px(), &file.id, seed);
        let mut shifts: Vec<(f64, DMat3)> = options
            .shifts
            .iter()
            .filter(|shift| shift.camera == file.id)
            .map(|shift| (shift.at_s, aside(shift.degrees, &mut rng)))
            .collect();
        shifts.sort_by(|one, other| other.0.total_cmp(&one.0));
        let delays = options.delays.iter().filter(|delay| delay.camera == file.id);
        let delay_s = delays.map(|delay| delay.seconds).sum();
        let lens = Lens::new(camera, shelving.clone());
        Ok(Self { lens, network, rng, phase_s, frame: 0, next_s: phase_s, shifts, delay_s })
    }

    fn look(&mut self, start: Time, world: &World) -> View {
        while let Some((_, turn)) = self.shifts.pop_if(|(at_s, _)| *at_s <= self.next_s) {
            self.lens = self.lens.turned(turn);
        }
        let figures = self.lens.figures(world, self.next_s - world.now_s);
        View {
            camera: self.lens.camera().id().clone(),
            time: start.plus_seconds(self.next_s + STAMP_SD_S * self.rng.noise()),
            people: self.network.find(&figures),
        }
    }

    fn go_on(&mut self, frame_rate_hz: f64) {
        self.frame += 1;
        let due_s = self.phase_s + self.frame as f64 / frame_rate_hz;
        self.next_s = due_s + JITTER_S * self.rng.noise();
    }

    /// How long after its capture the present picture arrives, seconds.
    fn delay_s(&mut self, late_s: f64) -> f64 {
        let usual_s = self.rng.uniform(USUAL_DELAY_S.0, USUAL_DELAY_S.1);
        let late = if self.rng.chance(LATE_RATIO) {
            self.rng.uniform(USUAL_DELAY_S.1, late_s.max(USUAL_DELAY_S.1))
        } else {
            usual_s
        };
        late.min(late_s) + self.delay_s
    }
}

/// A turn by so many degrees to any side of where a camera looks.
fn aside(degrees: f64, rng: &mut Rng) -> DMat3 {
    let side = rng.uniform(0.0, std::f64::consts::TAU);
    let axis = DVec3::new(libm::cos(side), libm::sin(side), 0.0);
    DMat3::from_axis_angle(axis, degrees.to_radians())
}
