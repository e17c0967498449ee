//! One joint of one person over time: a place and a velocity, as sure in each direction, after Kalman (1960).

use model::DVec3;

use crate::sight::Prior;

/// How uncertain the velocity of a joint is that was just seen first, m/s.
const FIRST_SPEED_M_S: f64 = 1.0;

/// What is believed of a joint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JointState {
    pub(crate) place: DVec3,
    pub(crate) velocity: DVec3,
    /// Variance of the place, m²; of both, m²/s; of the velocity, m²/s².
    pub(crate) variance: [f64; 3],
    /// How long it was not seen, seconds.
    pub(crate) unseen_s: f64,
}

impl JointState {
    /// A joint that was seen first.
    pub(crate) fn new(place: DVec3, variance_m2: f64, velocity: DVec3) -> Self {
        Self {
            place,
            velocity,
            variance: [variance_m2, 0.0, FIRST_SPEED_M_S * FIRST_SPEED_M_S],
            unseen_s: 0.0,
        }
    }

    /// Goes on by `step_s` with an unknown acceleration of this standard deviation.
    pub(crate) fn advance(&mut self, step_s: f64, acceleration_m_s2: f64) {
        self.place += self.velocity * step_s;
        let power = acceleration_m_s2 * acceleration_m_s2;
        let square = step_s * step_s;
        let [place, both, velocity] = self.variance;
        self.variance = [
            place + 2.0 * step_s * both + square * velocity + power * square * square / 4.0,
            both + step_s * velocity + power * square * step_s / 2.0,
            velocity + power * square,
        ];
        self.unseen_s += step_s;
    }

    /// What is believed of its place.
    pub(crate) fn prior(&self) -> Prior {
        Prior { place: self.place, variance_m2: self.variance[0] }
    }

    /// Takes a place that was fitted to sights and this joint's own prior.
    pub(crate) fn settle(&mut self, at: DVec3, variance_m2: f64) {
        let [place, both, velocity] = self.variance;
        let gain = both / place;
        self.velocity += (at - self.place) * gain;
        self.place = at;
        let after = variance_m2.min(place);
        self.variance = [after, gain * after, velocity - gain * both + gain * gain * after];
    }
}
