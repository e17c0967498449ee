//! Things that swing: shelves, gondolas, and what hums in them.

use std::f64::consts::TAU;

/// Seconds until a swing is down to 1/e: recorded peaks are about 1 Hz wide, and vibration is down to a
/// half 0.5 s after the shopper stopped.
const SWING_DECAY_S: f64 = 0.35;

/// Something that swings when shaken; of unit standard deviation when shaken by unit white noise.
#[derive(Debug)]
pub(crate) struct Resonator {
    along: f64,
    back: f64,
    drive: f64,
    /// Where it is.
    pub(crate) value: f64,
    before: f64,
}

impl Resonator {
    /// Swings at this frequency, one step every `step_s`.
    pub(crate) fn new(hz: f64, step_s: f64) -> Self {
        let radius = libm::exp(-step_s / SWING_DECAY_S);
        let (along, back) = (2.0 * radius * libm::cos(TAU * hz * step_s), radius * radius);
        // Variance of a second-order autoregression: Box and Jenkins, "Time Series Analysis", 3.2.4.
        let variance = (1.0 + back) / ((1.0 - back) * ((1.0 + back) * (1.0 + back) - along * along));
        Self { along, back, drive: 1.0 / variance.sqrt(), value: 0.0, before: 0.0 }
    }

    /// Goes on by a step under a shake.
    pub(crate) fn swing(&mut self, shake: f64) {
        let next = self.along * self.value - self.back * self.before + self.drive * shake;
        self.before = self.value;
        self.value = next;
    }
}

/// A steady oscillation.
#[derive(Debug)]
pub(crate) struct Rotor {
    step: [f64; 2],
    /// Its cosine and its sine.
    pub(crate) now: [f64; 2],
}

impl Rotor {
    /// Turns at this frequency, one step every `step_s`.
    pub(crate) fn new(hz: f64, step_s: f64) -> Self {
        let angle = TAU * hz * step_s;
        Self { step: [libm::cos(angle), libm::sin(angle)], now: [1.0, 0.0] }
    }

    /// Goes on by a step.
    pub(crate) fn turn(&mut self) {
        let [cos, sin] = self.now;
        let [step_cos, step_sin] = self.step;
        self.now = [cos * step_cos - sin * step_sin, cos * step_sin + sin * step_cos];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    const STEP_S: f64 = 1.0 / 60.0;

    #[test]
    fn a_resonator_swings_with_unit_deviation_at_its_frequency() {
        let mut rng = Rng::new(1, "test");
        let mut resonator = Resonator::new(8.0, STEP_S);
        let values: Vec<f64> = (0..200_000)
            .map(|_| {
                resonator.swing(rng.noise());
                resonator.value
            })
            .collect();
        let rms = (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt();
        assert!((rms - 1.0).abs() < 0.05, "{rms}");
        let rises = values.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count() as f64;
        let hz = rises / (values.len() as f64 * STEP_S);
        assert!((hz - 8.0).abs() < 0.3, "{hz}");
    }

    #[test]
    fn a_rotor_keeps_its_size_for_a_day() {
        let mut rotor = Rotor::new(1.5, STEP_S);
        for _ in 0..60 * 86_400 {
            rotor.turn();
        }
        let [cos, sin] = rotor.now;
        assert!((cos * cos + sin * sin - 1.0).abs() < 1e-9);
    }
}
