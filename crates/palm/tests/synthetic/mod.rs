//! Palms made of numbers, for tests, benches and examples: directions by chance, and others near them.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each user takes its part")]

use std::f64::consts::TAU;

use palm::{DIMENSIONS, Embedding};

/// Makes embeddings by chance, always the same from one seed.
pub struct Palms(oorandom::Rand64);

impl Palms {
    pub fn new(seed: u128) -> Self {
        Self(oorandom::Rand64::new(seed))
    }

    /// Somebody's palm: a direction drawn evenly.
    pub fn stranger(&mut self) -> Embedding {
        Embedding::new(self.normal().map(|value| value as f32)).unwrap()
    }

    /// Another look at the same palm, at about this cosine from the first.
    pub fn mate(&mut self, palm: &Embedding, cosine: f64) -> Embedding {
        let noise = self.stranger();
        let across = (1.0 - cosine * cosine).sqrt();
        let both = palm.values().iter().zip(noise.values());
        let mixed: Vec<f32> = both
            .map(|(palm, noise)| (cosine * f64::from(*palm) + across * f64::from(*noise)) as f32)
            .collect();
        Embedding::new(mixed.try_into().unwrap()).unwrap()
    }

    /// Somebody's palm as networks see them: not spread evenly, but with more in some directions than in others and
    /// with something that all palms have.
    pub fn lopsided_stranger(&mut self) -> Embedding {
        let normal = self.normal();
        let value =
            |place: usize| normal[place] / (1.0 + place as f64 / 16.0) + if place == 5 { 0.5 } else { 0.0 };
        Embedding::new(std::array::from_fn(|place| value(place) as f32)).unwrap()
    }

    /// Independent standard normal numbers (Box and Muller 1958).
    fn normal(&mut self) -> [f64; DIMENSIONS] {
        let mut normal = [0.0; DIMENSIONS];
        for [one, other] in normal.as_chunks_mut::<2>().0 {
            let radius = (-2.0 * libm::log(1.0 - self.0.rand_float())).sqrt();
            let angle = TAU * self.0.rand_float();
            (*one, *other) = (radius * libm::cos(angle), radius * libm::sin(angle));
        }
        normal
    }
}
