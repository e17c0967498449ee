//! Numbers that look random and are the same on every machine.

use std::f64::consts::TAU;

/// Variance of the sum of four numbers spread evenly over 0 to 65535.
const FOUR_SHORTS_VARIANCE: f64 = 4.0 * (65536.0 * 65536.0 - 1.0) / 12.0;

/// A seeded stream of random numbers.
///
/// Every part of the simulation draws from a stream of its own name, so that one more draw in one part
/// leaves all others as they were.
#[derive(Debug)]
pub struct Rng(oorandom::Rand64);

impl Rng {
    /// The stream called `stream` of the world grown from `seed`.
    pub fn new(seed: u64, stream: &str) -> Self {
        Self(oorandom::Rand64::new(u128::from(fnv1a(stream.as_bytes())) << 64 | u128::from(seed)))
    }

    /// Any 64 bits: a seed for another world.
    pub fn draw(&mut self) -> u64 {
        self.0.rand_u64()
    }

    /// A number spread evenly over `low` to `high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.rand_float()
    }

    /// A whole number spread evenly over `low..=high`.
    pub fn whole(&mut self, low: u32, high: u32) -> u32 {
        self.0.rand_range(u64::from(low)..u64::from(high) + 1) as u32
    }

    /// A number from 0 to 1, small ones the likelier the higher `power` is: an even draw to that power.
    /// Multiplied out, because `powi` differs between systems.
    pub fn skewed(&mut self, power: u32) -> f64 {
        let draw = self.0.rand_float();
        (0..power).fold(1.0, |product, _| product * draw)
    }

    /// Whether something happens that happens with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.rand_float() < probability
    }

    /// A draw from the standard normal distribution (Box and Muller, 1958).
    pub fn gaussian(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.0.rand_float())).sqrt();
        radius * libm::cos(TAU * self.0.rand_float())
    }

    /// A draw from the log-normal distribution of this median, whose logarithm spreads by `sigma`.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.gaussian())
    }

    /// Noise of mean 0 and standard deviation 1, for every sample of every plate: the sum of four even
    /// draws, near enough to normal (kurtosis 2.7) and several times cheaper.
    pub fn noise(&mut self) -> f64 {
        let bits = self.0.rand_u64();
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        (sum as f64 - 2.0 * 65535.0) / FOUR_SHORTS_VARIANCE.sqrt()
    }
}

/// The 64-bit FNV-1a hash (Fowler, Noll and Vo), which unlike the standard library's never changes.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let draws: Vec<f64> = (0..100_000).map(|_| draw()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
        (mean, variance.sqrt())
    }

    #[test]
    fn draws_never_change_from_version_to_version() {
        let mut rng = Rng::new(7, "scales");
        let draws = [rng.uniform(0.0, 1.0), rng.gaussian(), rng.noise()].map(|x| (x * 1e6).round());
        assert_eq!(draws, [196_642.0, 107_076.0, -1_300_148.0]);
        assert_ne!(Rng::new(7, "tracker").gaussian(), Rng::new(7, "scales").gaussian());
    }

    #[test]
    fn gaussian_and_noise_have_mean_zero_and_deviation_one() {
        let mut rng = Rng::new(1, "test");
        for (mean, sd) in [moments(|| rng.gaussian()), moments(|| rng.noise())] {
            assert!(mean.abs() < 0.02 && (sd - 1.0).abs() < 0.02, "{mean} {sd}");
        }
    }

    #[test]
    fn whole_numbers_keep_their_bounds() {
        let mut rng = Rng::new(1, "test");
        let draws: Vec<u32> = (0..1000).map(|_| rng.whole(3, 5)).collect();
        assert!(draws.iter().all(|x| (3..=5).contains(x)) && draws.contains(&3) && draws.contains(&5));
    }
}
