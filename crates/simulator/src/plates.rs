//! Load cells: what rests on a plate, and all that a real cell adds to it.
//!
//! Calibrated on the nanostore recording (benchmark 1): 240 live plates, 17 s. "Quiet" is t < 5 s, when
//! the one shopper stands still 3 m away; "walking" is 5 < t < 9 s, when they walk past the gondolas at
//! 0.7 m/s. What shakes the plates is walking: while the same shopper stands and takes (t 12–13.3 s), the
//! other plates of that shelf are within 1.5 times of quiet.

use std::f64::consts::TAU;
use std::sync::Arc;

use model::{PlateBatch, PlateId, RecordError, SensorId, Store, Time};

use crate::Rng;
use crate::handling::Load;

/// Samples of a plate in a batch, and seconds from one batch to the next: as in the recording.
const BATCH_SAMPLES: usize = 12;
const SAMPLE_INTERVAL_NANOS: i64 = 16_666_667;
const SAMPLE_S: f64 = SAMPLE_INTERVAL_NANOS as f64 * 1e-9;
/// Standard deviation of a batch's stamp: recorded intervals of 0.2 s spread by 3–5 ms, two stamps each.
const STAMP_SD_S: f64 = 0.002;
/// Every recorded value is a whole multiple of this.
const QUANTUM_G: f64 = 0.241;

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
/// 50, 90 and 99 % quantiles of plates, large on a few shelves, of any phase.
const SWAY_HZ: (f64, f64) = (1.45, 1.65);
const SWAY_G: f64 = 0.35;
const SWAY_SHELF_SIGMA: f64 = 1.0;
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
/// Seconds until a swing is down to 1/e: recorded peaks are about 1 Hz wide, and vibration is down to a
/// half 0.5 s after the shopper stopped.
const SWING_DECAY_S: f64 = 0.35;

/// One gondola's scale controller with all its load cells.
#[derive(Debug)]
pub(crate) struct Scale {
    sensor: SensorId,
    plates: Arc<[PlateId]>,
    gondola: Resonator,
    hum: Rotor,
    shelves: Vec<ShelfSwing>,
    cells: Vec<Cell>,
    rng: Rng,
    /// When the next batch's first sample is taken, nanoseconds from the start.
    first_nanos: i64,
    stamp_error_nanos: i64,
}

/// What the plates of a shelf share.
#[derive(Debug)]
struct ShelfSwing {
    own: Resonator,
    sway: Rotor,
}

/// One load cell.
#[derive(Debug)]
struct Cell {
    shelf: usize,
    weight: Weight,
    offset_g: f64,
    white_g: f64,
    lone_g: f64,
    shelf_g: f64,
    gondola_g: f64,
    /// Amplitudes in phase and in quadrature.
    sway_g: [f64; 2],
    hum_g: [f64; 2],
    /// What rests on it at each sample of the batch.
    grams: [f64; BATCH_SAMPLES],
}

impl Scale {
    /// The controllers of all gondolas with plates; `loads` holds one load per plate of the store.
    pub(crate) fn all(store: &Store, loads: Vec<Load>, seed: u64) -> Vec<Self> {
        let ids: Vec<PlateId> = store.plates().iter().map(|plate| plate.id).collect();
        let mut loads = loads.into_iter();
        let gondolas: Vec<&[PlateId]> = ids.chunk_by(|one, next| one.gondola == next.gondola).collect();
        let count = gondolas.len() as i64;
        (0..)
            .zip(gondolas)
            .map(|(place, plates)| {
                let phase_nanos = SAMPLE_INTERVAL_NANOS * BATCH_SAMPLES as i64 * place / count;
                Self::new(plates, loads.by_ref().take(plates.len()).collect(), phase_nanos, seed)
            })
            .collect()
    }

    fn new(plates: &[PlateId], loads: Vec<Load>, phase_nanos: i64, seed: u64) -> Self {
        let sensor = plates.first().map_or_else(String::new, |plate| format!("gondola-{}", plate.gondola));
        let mut rng = Rng::new(seed, &sensor);
        let mut loads = loads.into_iter();
        let mut shelves = Vec::new();
        let mut cells = Vec::new();
        for (shelf, plates) in plates.chunk_by(|one, next| one.shelf == next.shelf).enumerate() {
            let loads: Vec<Load> = loads.by_ref().take(plates.len()).collect();
            let mean_kg = loads.iter().map(|load| load.base_g).sum::<f64>() / 1000.0 / plates.len() as f64;
            shelves.push(ShelfSwing::draw(mean_kg, &mut rng));
            let sway_g = rng.log_normal(SWAY_G, SWAY_SHELF_SIGMA);
            let shake = rng.log_normal(1.0, SHAKE_SHELF_SIGMA);
            cells.extend(loads.into_iter().map(|load| Cell::draw(shelf, load, sway_g, shake, &mut rng)));
        }
        let hz = GONDOLA_HZ[rng.whole(0, 1) as usize] * rng.uniform(0.97, 1.03);
        Self {
            sensor: sensor.as_str().into(),
            plates: plates.into(),
            gondola: Resonator::new(hz),
            hum: Rotor::new(HUM_HZ),
            shelves,
            cells,
            stamp_error_nanos: stamp_error(&mut rng),
            rng,
            first_nanos: phase_nanos,
        }
    }

    /// The gondola's number.
    pub(crate) fn gondola(&self) -> u16 {
        self.plates.first().map_or(0, |plate| plate.gondola)
    }

    /// The stamp of the next batch's last sample, nanoseconds from the start.
    pub(crate) fn stamp_nanos(&self) -> i64 {
        self.first_nanos + self.stamp_error_nanos + SAMPLE_INTERVAL_NANOS * (BATCH_SAMPLES as i64 - 1)
    }

    /// When the next batch's first sample is taken, seconds.
    pub(crate) fn first_s(&self) -> f64 {
        self.first_nanos as f64 * 1e-9
    }

    /// Weighs the next batch, while the floor shakes as [`crate::world::shaking`] tells.
    pub(crate) fn weigh(&mut self, start: Time, shaking: f64) -> Result<PlateBatch, RecordError> {
        let first_s = self.first_s();
        for cell in &mut self.cells {
            cell.weight.over_batch(first_s, &mut cell.grams);
        }
        let mut grams = Vec::with_capacity(BATCH_SAMPLES * self.cells.len());
        for sample in 0..BATCH_SAMPLES {
            self.gondola.swing(shaking * self.rng.noise());
            self.hum.turn();
            for shelf in &mut self.shelves {
                shelf.own.swing(shaking * self.rng.noise());
                shelf.sway.turn();
            }
            for cell in &self.cells {
                let shelf = &self.shelves[cell.shelf];
                let value_g = cell.grams[sample]
                    + cell.offset_g
                    + cell.shelf_g * shelf.own.value
                    + cell.gondola_g * self.gondola.value
                    + shelf.sway.mix(cell.sway_g)
                    + self.hum.mix(cell.hum_g)
                    + (cell.white_g + cell.lone_g * shaking) * self.rng.noise();
                grams.push(((value_g / QUANTUM_G).round() * QUANTUM_G) as f32);
            }
        }
        for cell in &mut self.cells {
            let batch_s = SAMPLE_S * BATCH_SAMPLES as f64;
            cell.offset_g += DRIFT_G_PER_SQRT_S * batch_s.sqrt() * self.rng.noise();
        }
        let stamp = start.plus_nanos(self.first_nanos + self.stamp_error_nanos);
        self.first_nanos += SAMPLE_INTERVAL_NANOS * BATCH_SAMPLES as i64;
        self.stamp_error_nanos = stamp_error(&mut self.rng);
        PlateBatch::new(self.sensor.clone(), stamp, SAMPLE_INTERVAL_NANOS, self.plates.clone(), grams)
    }
}

/// At most two deviations, so that batches never overlap.
fn stamp_error(rng: &mut Rng) -> i64 {
    (rng.gaussian().clamp(-2.0, 2.0) * STAMP_SD_S * 1e9) as i64
}

impl ShelfSwing {
    fn draw(mean_kg: f64, rng: &mut Rng) -> Self {
        let hz = rng.log_normal(SHELF_HZ, SHELF_HZ_SIGMA) * libm::pow(mean_kg.max(0.3), SHELF_HZ_POWER);
        Self {
            own: Resonator::new(hz.clamp(SHELF_HZ_RANGE.0, SHELF_HZ_RANGE.1)),
            sway: Rotor::new(rng.uniform(SWAY_HZ.0, SWAY_HZ.1)),
        }
    }
}

impl Cell {
    fn draw(shelf: usize, load: Load, sway_g: f64, shake: f64, rng: &mut Rng) -> Self {
        let shake_g = (SHAKE_G + SHAKE_G_PER_KG * load.base_g / 1000.0)
            * shake
            * rng.log_normal(1.0, SHAKE_PLATE_SIGMA);
        let offset_sd_g = if rng.chance(FAR_OFFSET_RATIO) { FAR_OFFSET_SD_G } else { OFFSET_SD_G };
        let sign = if rng.chance(0.5) { 1.0 } else { -1.0 };
        Self {
            shelf,
            weight: Weight::new(load),
            offset_g: offset_sd_g * rng.gaussian(),
            white_g: rng.log_normal(WHITE_G, WHITE_SIGMA),
            lone_g: LONE_PART * shake_g,
            shelf_g: SHELF_PART * shake_g * sign,
            gondola_g: GONDOLA_PART * shake_g,
            sway_g: phased(sway_g * rng.log_normal(1.0, SWAY_PLATE_SIGMA), rng),
            hum_g: phased(rng.log_normal(HUM_G, HUM_SIGMA), rng),
            grams: [0.0; BATCH_SAMPLES],
        }
    }
}

/// An amplitude at a phase drawn at random.
fn phased(amplitude: f64, rng: &mut Rng) -> [f64; 2] {
    let phase = rng.uniform(0.0, TAU);
    [amplitude * libm::cos(phase), amplitude * libm::sin(phase)]
}

/// A load walked through in order of time.
#[derive(Debug)]
struct Weight {
    load: Load,
    /// How many forces have begun.
    begun: usize,
    /// Those of them that still change.
    changing: Vec<usize>,
}

impl Weight {
    fn new(load: Load) -> Self {
        Self { load, begun: 0, changing: Vec::new() }
    }

    /// What rests on the plate at each sample from `first_s` on.
    fn over_batch(&mut self, first_s: f64, grams: &mut [f64; BATCH_SAMPLES]) {
        let forces = &self.load.forces;
        let end_s = first_s + SAMPLE_S * BATCH_SAMPLES as f64;
        while forces.get(self.begun).is_some_and(|force| force.start_s < end_s) {
            self.changing.push(self.begun);
            self.begun += 1;
        }
        for (sample, grams) in grams.iter_mut().enumerate() {
            let time_s = first_s + SAMPLE_S * sample as f64;
            *grams =
                self.load.base_g + self.changing.iter().map(|force| forces[*force].at(time_s)).sum::<f64>();
        }
        let base_g = &mut self.load.base_g;
        self.changing.retain(|force| {
            let ended = forces[*force].end_s() <= end_s;
            *base_g += if ended { forces[*force].remains_g() } else { 0.0 };
            !ended
        });
    }
}

/// Something that swings when shaken; of unit standard deviation when shaken by unit white noise.
#[derive(Debug)]
struct Resonator {
    along: f64,
    back: f64,
    drive: f64,
    value: f64,
    before: f64,
}

impl Resonator {
    fn new(hz: f64) -> Self {
        let radius = libm::exp(-SAMPLE_S / SWING_DECAY_S);
        let (along, back) = (2.0 * radius * libm::cos(TAU * hz * SAMPLE_S), radius * radius);
        // Variance of a second-order autoregression: Box and Jenkins, "Time Series Analysis", 3.2.4.
        let variance = (1.0 + back) / ((1.0 - back) * ((1.0 + back) * (1.0 + back) - along * along));
        Self { along, back, drive: 1.0 / variance.sqrt(), value: 0.0, before: 0.0 }
    }

    fn swing(&mut self, shake: f64) {
        let next = self.along * self.value - self.back * self.before + self.drive * shake;
        self.before = self.value;
        self.value = next;
    }
}

/// A steady oscillation.
#[derive(Debug)]
struct Rotor {
    step: [f64; 2],
    now: [f64; 2],
}

impl Rotor {
    fn new(hz: f64) -> Self {
        let angle = TAU * hz * SAMPLE_S;
        Self { step: [libm::cos(angle), libm::sin(angle)], now: [1.0, 0.0] }
    }

    fn turn(&mut self) {
        let [cos, sin] = self.now;
        let [step_cos, step_sin] = self.step;
        self.now = [cos * step_cos - sin * step_sin, cos * step_sin + sin * step_cos];
    }

    fn mix(&self, amplitudes: [f64; 2]) -> f64 {
        self.now[0] * amplitudes[0] + self.now[1] * amplitudes[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resonator_swings_with_unit_deviation_at_its_frequency() {
        let mut rng = Rng::new(1, "test");
        let mut resonator = Resonator::new(8.0);
        let values: Vec<f64> = (0..200_000)
            .map(|_| {
                resonator.swing(rng.noise());
                resonator.value
            })
            .collect();
        let rms = (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt();
        assert!((rms - 1.0).abs() < 0.05, "{rms}");
        let rises = values.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count() as f64;
        let hz = rises / (values.len() as f64 * SAMPLE_S);
        assert!((hz - 8.0).abs() < 0.3, "{hz}");
    }

    #[test]
    fn a_rotor_keeps_its_size_for_a_day() {
        let mut rotor = Rotor::new(SWAY_HZ.0);
        for _ in 0..60 * 86_400 {
            rotor.turn();
        }
        let [cos, sin] = rotor.now;
        assert!((cos * cos + sin * sin - 1.0).abs() < 1e-9);
    }
}
