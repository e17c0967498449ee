//! Load cells: what rests on a plate, and all that a real cell adds to it.
//!
//! Calibrated on the nanostore recording (benchmark 1): 240 live plates, 17 s. "Quiet" is t < 5 s, when
//! the one shopper stands still 3 m away; "walking" is 5 < t < 9 s, when they walk past the gondolas at
//! 0.7 m/s. What shakes the plates is walking: while the same shopper stands and takes (t 12–13.3 s), the
//! other plates of that shelf are within 1.5 times of quiet.

use std::f64::consts::TAU;
use std::ops::Range;
use std::sync::Arc;

use model::{PlateBatch, PlateId, RecordError, SensorId, Store, Time};

use crate::force::Force;
use crate::swing::{Resonator, Rotor};
use crate::{Rng, noise};

/// Samples of a plate in a batch, and seconds from one batch to the next: as in the recording.
const BATCH_SAMPLES: usize = 12;
const SAMPLE_INTERVAL_NANOS: i64 = 16_666_667;
const SAMPLE_S: f64 = SAMPLE_INTERVAL_NANOS as f64 * 1e-9;
const BATCH_NANOS: i64 = SAMPLE_INTERVAL_NANOS * BATCH_SAMPLES as i64;
const BATCH_S: f64 = BATCH_NANOS as f64 * 1e-9;
/// Standard deviation of a batch's stamp: recorded intervals of 0.2 s spread by 3–5 ms, two stamps each.
const STAMP_SD_S: f64 = 0.002;
/// The step of the converters, grams: every recorded value is a whole multiple of this, and so is every simulated one.
pub const STEP_G: f32 = 0.241;

/// Zero offsets: recorded empty plates lie within about 100 g of zero, and 7 of 240 read −1 to −5.5 kg.
const OFFSET_SD_G: f64 = 60.0;
const FAR_OFFSET_RATIO: f64 = 0.04;
const FAR_OFFSET_SD_G: f64 = 3000.0;
/// White noise, median and spread over plates: recorded spectral floor 8–22 Hz, 10 % and 50 % quantiles
/// 0.27 and 0.35 g (the upper half is vibration).
const WHITE_G: f64 = 0.28;
const WHITE_SIGMA: f64 = 0.15;
/// Slow drift, a random walk: recorded means of quiet plates move by 0.10 g (median) in 8 s.
const DRIFT_G_PER_SQRT_S: f64 = 0.04;
/// Sway of the whole shelf at a steady 1.4–1.7 Hz: recorded amplitudes 0.14, 0.33, 1.5 and 4.2 g at the 10,
/// 50, 90 and 99 % quantiles of plates (noise included, which lifts the small ones), large on a few shelves, of any
/// phase.
const SWAY_HZ: (f64, f64) = (1.45, 1.65);
const SWAY_G: f64 = 0.26;
const SWAY_SHELF_SIGMA: f64 = 1.2;
const SWAY_PLATE_SIGMA: f64 = 0.5;
/// A hum that all recorded plates share: amplitudes 0.08, 0.32, 0.97 and 2.2 g at the same quantiles.
const HUM_HZ: f64 = 24.44;
const HUM_G: f64 = 0.28;
const HUM_SIGMA: f64 = 0.95;
/// Vibration of a plate while somebody walks near, standard deviation: recorded above 3 Hz, less white noise
/// and hum, 0.6, 1.5 and 3.9 g per kg of load at the 10, 50 and 90 % quantiles of plates of 0.2–4 kg. These
/// constants give 0.6, 1.5 and 4.2.
const SHAKE_G: f64 = 0.5;
const SHAKE_G_PER_KG: f64 = 1.0;
const SHAKE_SHELF_SIGMA: f64 = 0.7;
const SHAKE_PLATE_SIGMA: f64 = 0.35;
/// How that divides between the shelf's own swing, the gondola's, and each plate alone: the first
/// principal component of a recorded shelf holds 0.33–0.61 of its variance, the second 0.11–0.27.
const SHELF_PART: f64 = 0.6;
const GONDOLA_PART: f64 = 0.45;
const LONE_PART: f64 = 0.65;
/// A shelf swings at about 20 Hz with 1 kg a plate, slower under more: recorded main peaks 13–20 Hz near
/// 1 kg, 12–17 Hz at 2 kg, 7–13 Hz at 3.5 kg.
const SHELF_HZ: f64 = 20.0;
const SHELF_HZ_POWER: f64 = -0.5;
const SHELF_HZ_SIGMA: f64 = 0.2;
const SHELF_HZ_RANGE: (f64, f64) = (5.0, 27.0);
/// The peaks that recorded gondolas have in common.
const GONDOLA_HZ: [f64; 2] = [13.0, 20.0];
/// What ails the load cells beyond their noise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScaleOptions {
    /// Plates that drift, and how fast, grams a minute.
    pub drifts: Vec<(PlateId, f64)>,
    /// Changes of the temperature.
    pub warmings: Vec<Warming>,
}

/// The temperature changes: every load cell follows, each in its own way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warming {
    /// When it begins, seconds.
    pub at_s: f64,
    /// Seconds after which two thirds of it are done.
    pub time_constant_s: f64,
    /// How far the cells move in the end: standard deviation over the cells, grams.
    pub grams_sd: f64,
}

/// The name of a gondola's scale controller in its records.
pub(crate) fn sensor(gondola: u16) -> SensorId {
    format!("gondola-{gondola}").as_str().into()
}

/// One gondola's scale controller with all its load cells.
#[derive(Debug)]
pub(crate) struct Scale {
    sensor: SensorId,
    plates: Arc<[PlateId]>,
    gondola: Resonator,
    hum: Rotor,
    shelves: Vec<ShelfSwing>,
    cells: Cells,
    /// Forces that have not ended, by the column of the plate.
    forces: Vec<(usize, Force)>,
    warmings: Vec<Warming>,
    rng: Rng,
    /// When the next batch's first sample is taken, nanoseconds from the start.
    first_nanos: i64,
    stamp_error_nanos: i64,
}

/// What the plates of a shelf share.
#[derive(Debug)]
struct ShelfSwing {
    columns: Range<usize>,
    own: Resonator,
    sway: Rotor,
}

/// The load cells, side by side: each value of all plates lies together, which lets the processor weigh several
/// plates at once. All in grams.
#[derive(Debug, Default)]
struct Cells {
    /// What a cell would read if nothing moved.
    rest: Vec<f64>,
    /// How fast that drifts, a batch.
    drift: Vec<f64>,
    white: Vec<f32>,
    lone: Vec<f32>,
    shelf: Vec<f32>,
    gondola: Vec<f32>,
    /// Amplitudes in phase and in quadrature.
    sway: [Vec<f32>; 2],
    hum: [Vec<f32>; 2],
    /// How far each follows a warming of 1 g.
    warmth: Vec<f64>,
}

impl Scale {
    /// The controllers of all gondolas with plates; `loads_g` holds what lies on each plate of the store.
    pub(crate) fn all(store: &Store, loads_g: &[f64], options: &ScaleOptions, seed: u64) -> Vec<Self> {
        let ids: Vec<PlateId> = store.plates().iter().map(|plate| plate.id).collect();
        let gondolas: Vec<&[PlateId]> = ids.chunk_by(|one, next| one.gondola == next.gondola).collect();
        let count = gondolas.len() as i64;
        let mut first = 0;
        let scale = |(place, plates): (i64, &[PlateId])| {
            let phase_nanos = BATCH_NANOS * place / count;
            let loads_g = &loads_g[first..first + plates.len()];
            first += plates.len();
            Self::new(plates, loads_g, options, phase_nanos, seed)
        };
        (0..).zip(gondolas).map(scale).collect()
    }

    fn new(plates: &[PlateId], loads_g: &[f64], options: &ScaleOptions, phase_nanos: i64, seed: u64) -> Self {
        let sensor = plates.first().map_or_else(|| "".into(), |plate| sensor(plate.gondola));
        let mut rng = Rng::new(seed, sensor.as_str());
        let mut shelves = Vec::new();
        let mut cells = Cells::default();
        for plates in plates.chunk_by(|one, next| one.shelf == next.shelf) {
            let columns = cells.rest.len()..cells.rest.len() + plates.len();
            let loads_g = &loads_g[columns.clone()];
            let mean_kg = loads_g.iter().sum::<f64>() / 1000.0 / plates.len() as f64;
            shelves.push(ShelfSwing::draw(columns, mean_kg, &mut rng));
            let sway_g = rng.log_normal(SWAY_G, SWAY_SHELF_SIGMA);
            let shake = rng.log_normal(1.0, SHAKE_SHELF_SIGMA);
            for load_g in loads_g {
                cells.draw(*load_g, sway_g, shake, &mut rng);
            }
        }
        for (plate, g_per_min) in &options.drifts {
            if let Some(column) = plates.iter().position(|id| id == plate) {
                cells.drift[column] += g_per_min / 60.0 * BATCH_S;
            }
        }
        let hz = GONDOLA_HZ[rng.whole(0, 1) as usize] * rng.uniform(0.97, 1.03);
        Self {
            sensor,
            plates: plates.into(),
            gondola: Resonator::new(hz, SAMPLE_S),
            hum: Rotor::new(HUM_HZ, SAMPLE_S),
            shelves,
            cells,
            forces: Vec::new(),
            warmings: options.warmings.clone(),
            stamp_error_nanos: stamp_error(&mut rng),
            rng,
            first_nanos: phase_nanos,
        }
    }

    /// How many plates it has.
    pub(crate) fn len(&self) -> usize {
        self.plates.len()
    }

    /// The stamp of the next batch's last sample, nanoseconds from the start.
    pub(crate) fn stamp_nanos(&self) -> i64 {
        self.first_nanos + self.stamp_error_nanos + SAMPLE_INTERVAL_NANOS * (BATCH_SAMPLES as i64 - 1)
    }

    /// When the next batch's last sample is taken, nanoseconds from the start.
    pub(crate) fn last_nanos(&self) -> i64 {
        self.first_nanos + SAMPLE_INTERVAL_NANOS * (BATCH_SAMPLES as i64 - 1)
    }

    /// A force acts on the plate in this column, from a moment on that has not been weighed yet.
    pub(crate) fn act(&mut self, column: usize, force: Force) {
        self.forces.push((column, force));
    }

    /// Weighs the next batch, while the floor shakes as [`crate::world::World::shaking`] tells.
    pub(crate) fn weigh(&mut self, start: Time, shaking: f64) -> Result<PlateBatch, RecordError> {
        let first_s = self.first_nanos as f64 * 1e-9;
        let mut grams = self.swing(shaking);
        self.press(first_s, &mut grams);
        for value in &mut grams {
            *value = quantised(*value);
        }
        self.settle(first_s);
        let stamp = start.plus_nanos(self.first_nanos + self.stamp_error_nanos);
        self.first_nanos += BATCH_NANOS;
        self.stamp_error_nanos = stamp_error(&mut self.rng);
        PlateBatch::new(self.sensor.clone(), stamp, SAMPLE_INTERVAL_NANOS, self.plates.clone(), grams)
    }

    /// What the cells read while no force acts.
    fn swing(&mut self, shaking: f64) -> Vec<f32> {
        let cells = &self.cells;
        let columns = cells.rest.len();
        let rest: Vec<f32> = cells.rest.iter().map(|grams| *grams as f32).collect();
        let spread: Vec<f32> =
            cells.white.iter().zip(&cells.lone).map(|(white, lone)| white + lone * shaking as f32).collect();
        let mut grams = vec![0.0; BATCH_SAMPLES * columns];
        let mut noise = vec![0.0; columns];
        for row in grams.chunks_exact_mut(columns) {
            self.gondola.swing(shaking * self.rng.noise());
            self.hum.turn();
            noise::fill(&mut noise, &mut self.rng);
            let gondola = self.gondola.value as f32;
            let hum = self.hum.now.map(|part| part as f32);
            for shelf in &mut self.shelves {
                shelf.own.swing(shaking * self.rng.noise());
                shelf.sway.turn();
                let own = shelf.own.value as f32;
                let sway = shelf.sway.now.map(|part| part as f32);
                let at = shelf.columns.clone();
                let row = &mut row[at.clone()];
                let (rest, spread, noise) = (&rest[at.clone()], &spread[at.clone()], &noise[at.clone()]);
                let (shelf_g, gondola_g) = (&cells.shelf[at.clone()], &cells.gondola[at.clone()]);
                let (sway_0, sway_1) = (&cells.sway[0][at.clone()], &cells.sway[1][at.clone()]);
                let (hum_0, hum_1) = (&cells.hum[0][at.clone()], &cells.hum[1][at]);
                for column in 0..row.len() {
                    row[column] = rest[column]
                        + shelf_g[column] * own
                        + gondola_g[column] * gondola
                        + sway_0[column] * sway[0]
                        + sway_1[column] * sway[1]
                        + hum_0[column] * hum[0]
                        + hum_1[column] * hum[1]
                        + spread[column] * noise[column];
                }
            }
        }
        grams
    }

    /// Adds the forces that act, and forgets those that have ended.
    fn press(&mut self, first_s: f64, grams: &mut [f32]) {
        let columns = self.plates.len();
        let end_s = first_s + BATCH_S;
        let rest = &mut self.cells.rest;
        self.forces.retain(|(column, force)| {
            if force.start_s >= end_s {
                return true;
            }
            for sample in 0..BATCH_SAMPLES {
                let time_s = first_s + SAMPLE_S * sample as f64;
                grams[sample * columns + column] += force.at(time_s) as f32;
            }
            let ended = force.end_s() <= end_s;
            if ended {
                rest[*column] += force.remains_g();
            }
            !ended
        });
    }

    /// Lets the cells drift.
    fn settle(&mut self, first_s: f64) {
        let mut warmth_g = 0.0;
        for warming in &self.warmings {
            let left = |time_s: f64| libm::exp(-(time_s - warming.at_s).max(0.0) / warming.time_constant_s);
            warmth_g += warming.grams_sd * (left(first_s) - left(first_s + BATCH_S));
        }
        let wander_g = DRIFT_G_PER_SQRT_S * BATCH_S.sqrt();
        for (column, rest) in self.cells.rest.iter_mut().enumerate() {
            *rest +=
                wander_g * self.rng.noise() + self.cells.drift[column] + self.cells.warmth[column] * warmth_g;
        }
    }
}

/// The nearest value that a cell can give. Adding and taking away a large number rounds as `round` does, and is
/// done for several plates at once; it holds up to a tonne.
fn quantised(grams: f32) -> f32 {
    const ROUNDER: f32 = 1.5 * (1 << 23) as f32;
    const STEPS_PER_G: f32 = (1.0 / 0.241_f64) as f32;
    ((grams * STEPS_PER_G + ROUNDER) - ROUNDER) * STEP_G
}

/// At most two deviations, so that batches never overlap.
fn stamp_error(rng: &mut Rng) -> i64 {
    (rng.gaussian().clamp(-2.0, 2.0) * STAMP_SD_S * 1e9) as i64
}

impl ShelfSwing {
    fn draw(columns: Range<usize>, mean_kg: f64, rng: &mut Rng) -> Self {
        let hz = rng.log_normal(SHELF_HZ, SHELF_HZ_SIGMA) * libm::pow(mean_kg.max(0.3), SHELF_HZ_POWER);
        Self {
            columns,
            own: Resonator::new(hz.clamp(SHELF_HZ_RANGE.0, SHELF_HZ_RANGE.1), SAMPLE_S),
            sway: Rotor::new(rng.uniform(SWAY_HZ.0, SWAY_HZ.1), SAMPLE_S),
        }
    }
}

impl Cells {
    /// Adds a cell with a character of its own.
    fn draw(&mut self, load_g: f64, sway_g: f64, shake: f64, rng: &mut Rng) {
        let shake_g =
            (SHAKE_G + SHAKE_G_PER_KG * load_g / 1000.0) * shake * rng.log_normal(1.0, SHAKE_PLATE_SIGMA);
        let offset_sd_g = if rng.chance(FAR_OFFSET_RATIO) { FAR_OFFSET_SD_G } else { OFFSET_SD_G };
        let sign = if rng.chance(0.5) { 1.0 } else { -1.0 };
        self.rest.push(load_g + offset_sd_g * rng.gaussian());
        self.drift.push(0.0);
        self.white.push(rng.log_normal(WHITE_G, WHITE_SIGMA) as f32);
        self.lone.push((LONE_PART * shake_g) as f32);
        self.shelf.push((SHELF_PART * shake_g * sign) as f32);
        self.gondola.push((GONDOLA_PART * shake_g) as f32);
        push_phased(&mut self.sway, sway_g * rng.log_normal(1.0, SWAY_PLATE_SIGMA), rng);
        push_phased(&mut self.hum, rng.log_normal(HUM_G, HUM_SIGMA), rng);
        self.warmth.push(rng.gaussian());
    }
}

/// Adds an amplitude at a phase drawn at random.
fn push_phased(parts: &mut [Vec<f32>; 2], amplitude: f64, rng: &mut Rng) {
    let phase = rng.uniform(0.0, TAU);
    parts[0].push((amplitude * libm::cos(phase)) as f32);
    parts[1].push((amplitude * libm::sin(phase)) as f32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_whole_multiples_of_the_recorded_quantum() {
        for grams in [0.0_f32, 0.1, 0.13, -0.13, 1234.5, -20_000.0, 999_999.0] {
            let steps = (f64::from(grams) / 0.241).round();
            let value = f64::from(quantised(grams));
            assert!((value - steps * 0.241).abs() < 0.02 + value.abs() * 3e-7, "{grams}: {value}");
        }
    }
}
