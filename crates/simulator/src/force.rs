//! What pushes on a plate over time.

use std::f64::consts::TAU;

/// How a force comes and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// From nothing to all within `rise_s`; stays.
    Step {
        /// Seconds.
        rise_s: f64,
    },
    /// Comes within `rise_s`, stays `hold_s`, goes within `fall_s`.
    Press {
        /// Seconds.
        rise_s: f64,
        /// Seconds.
        hold_s: f64,
        /// Seconds.
        fall_s: f64,
    },
    /// Swings at `hz` and dies away.
    Ring {
        /// Swings a second.
        hz: f64,
        /// Seconds until the swing is down to 1/e.
        decay_s: f64,
    },
}

/// A force on a plate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Force {
    /// When it begins, seconds.
    pub(crate) start_s: f64,
    /// Its full size, grams; negative upwards.
    pub(crate) grams: f64,
    /// How it comes and goes.
    pub(crate) shape: Shape,
}

impl Force {
    /// Its size at a moment, grams.
    pub(crate) fn at(&self, time_s: f64) -> f64 {
        let since_s = time_s - self.start_s;
        if since_s <= 0.0 {
            return 0.0;
        }
        let part = match self.shape {
            Shape::Step { rise_s } => smooth(since_s / rise_s),
            Shape::Press { rise_s, hold_s, fall_s } => {
                smooth(since_s / rise_s) - smooth((since_s - rise_s - hold_s) / fall_s)
            }
            Shape::Ring { hz, decay_s } => libm::exp(-since_s / decay_s) * libm::sin(TAU * hz * since_s),
        };
        self.grams * part
    }

    /// From when on it no longer changes, seconds.
    pub(crate) fn end_s(&self) -> f64 {
        self.start_s
            + match self.shape {
                Shape::Step { rise_s } => rise_s,
                Shape::Press { rise_s, hold_s, fall_s } => rise_s + hold_s + fall_s,
                // Below a thousandth of its size.
                Shape::Ring { decay_s, .. } => 7.0 * decay_s,
            }
    }

    /// What stays of it for ever, grams.
    pub(crate) fn remains_g(&self) -> f64 {
        if matches!(self.shape, Shape::Step { .. }) { self.grams } else { 0.0 }
    }

    /// The same force, `ratio` times as large.
    pub(crate) fn scaled(self, ratio: f64) -> Self {
        Self { grams: self.grams * ratio, ..self }
    }
}

/// From 0 at 0 to 1 at 1 without a jolt: the path of least jerk, as hands move (Flash and Hogan, 1985).
pub(crate) fn smooth(part: f64) -> f64 {
    let x = part.clamp(0.0, 1.0);
    x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_stays_and_a_press_goes() {
        let step = Force { start_s: 1.0, grams: -200.0, shape: Shape::Step { rise_s: 0.25 } };
        assert_eq!((step.at(1.0), step.at(1.125), step.at(9.0)), (0.0, -100.0, -200.0));
        let press = Force { shape: Shape::Press { rise_s: 0.1, hold_s: 0.5, fall_s: 0.1 }, ..step };
        assert_eq!((press.at(1.3), press.at(press.end_s() + 0.1)), (-200.0, 0.0));
        assert_eq!((step.remains_g(), press.remains_g()), (-200.0, 0.0));
    }

    #[test]
    fn a_ring_dies_away() {
        let ring = Force { start_s: 0.0, grams: 50.0, shape: Shape::Ring { hz: 8.0, decay_s: 0.1 } };
        assert!(ring.at(0.03) > 25.0);
        assert!(ring.at(ring.end_s()).abs() < 0.05);
    }
}
