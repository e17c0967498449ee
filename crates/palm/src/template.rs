//! What a network says of a palm, and what is kept of it.

use std::fmt;

use zeroize::Zeroize;

/// Numbers in an embedding, and in a template.
pub const DIMENSIONS: usize = 128;

/// Levels of a template for one unit of a coordinate. Coordinates of a unit vector that was turned by chance have a
/// standard deviation of 1/√128; this scale puts three of them at level 127, where levels saturate (one coordinate
/// in 370). A larger scale makes the search's bound tighter and cuts more off: `cargo test -p palm --test accuracy`
/// tells what is lost.
const LEVELS_PER_UNIT: f64 = 480.0;

/// The largest level; the smallest is its negative, so that no direction is favoured.
const LEVEL_MAX: f64 = 127.0;

/// Numbers that are no embedding or no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A number that is none.
    #[error("number {place} of the embedding is not finite: the network or its input is broken")]
    NotFinite {
        /// Which, from 0.
        place: usize,
    },
    /// All numbers are (nearly) zero, so they have no direction.
    #[error("the embedding has no direction (its length is below 1e-6): the network or its input is broken")]
    NoDirection,
    /// Bytes that no template has: another length, a level of -128, or zeros only.
    #[error("these {length} bytes are no template: it has 128 levels from -127 to 127, not all zero")]
    NoTemplate {
        /// How many there were.
        length: usize,
    },
}

/// What a network says of a palm: a direction in 128 dimensions (a vector of length 1). Palms whose directions are
/// near are the same. It is the palm as far as matching goes, so it is never kept; [`Protection`](crate::Protection)
/// makes a [`Template`] of it. Overwritten when dropped.
#[derive(Clone, PartialEq)]
pub struct Embedding([f32; DIMENSIONS]);

impl Embedding {
    /// The direction of `values`, which need not have length 1.
    ///
    /// # Errors
    /// If a number is not finite or all are nearly zero.
    pub fn new(mut values: [f32; DIMENSIONS]) -> Result<Self, TemplateError> {
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(TemplateError::NotFinite { place });
        }
        let length = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt();
        if length < 1e-6 {
            return Err(TemplateError::NoDirection);
        }
        values.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
        Ok(Self(values))
    }

    /// Its 128 numbers.
    pub fn values(&self) -> &[f32; DIMENSIONS] {
        &self.0
    }

    /// The cosine of the angle to `other`: 1 for the same direction.
    pub fn similarity(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(mine, theirs)| f64::from(*mine) * f64::from(*theirs)).sum()
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedding(…)")
    }
}

impl Drop for Embedding {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What is kept of a palm: 128 levels from -127 to 127 of a protected embedding. Templates of one side, secret and
/// epoch can be compared with one another and with nothing else. Overwritten when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    levels: [i8; DIMENSIONS],
    /// Sum of the levels' squares: from 1 to 128 · 127².
    square: u32,
}

impl Template {
    /// The levels of a protected unit vector: each number times 480, rounded, and cut off at ±127.
    pub(crate) fn quantised(values: &[f64; DIMENSIONS]) -> Self {
        let level = |value: &f64| (value * LEVELS_PER_UNIT).round().clamp(-LEVEL_MAX, LEVEL_MAX) as i8;
        let mut levels = [0; DIMENSIONS];
        levels.iter_mut().zip(values).for_each(|(place, value)| *place = level(value));
        // One of 128 numbers whose squares sum to 1 is at least 1/√128, so its level is at least 42.
        Self { square: square(&levels), levels }
    }

    /// A template from its levels as they were kept.
    ///
    /// # Errors
    /// If there are not 128 of them, one is -128, or all are zero.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TemplateError> {
        let wrong = TemplateError::NoTemplate { length: bytes.len() };
        if bytes.len() != DIMENSIONS || bytes.contains(&i8::MIN.cast_unsigned()) {
            return Err(wrong);
        }
        let mut levels = [0; DIMENSIONS];
        levels.iter_mut().zip(bytes).for_each(|(level, byte)| *level = byte.cast_signed());
        match square(&levels) {
            0 => Err(wrong),
            square => Ok(Self { levels, square }),
        }
    }

    /// A template that was one before, with the sum of its levels' squares.
    pub(crate) fn from_levels(levels: &[i8; DIMENSIONS], square: u32) -> Self {
        Self { levels: *levels, square }
    }

    /// Its levels, as they are kept: one byte each, two's complement.
    pub fn levels(&self) -> &[i8; DIMENSIONS] {
        &self.levels
    }

    /// Sum of the levels' squares.
    pub(crate) fn square(&self) -> u32 {
        self.square
    }

    /// The cosine of the angle to `other`, the same on every machine: integers, then one root and one division as
    /// IEEE 754 has them.
    pub fn similarity(&self, other: &Self) -> f64 {
        let levels = self.levels.iter().zip(&other.levels);
        let dot = levels.map(|(mine, theirs)| i32::from(*mine) * i32::from(*theirs)).sum();
        cosine(dot, self.square, other.square)
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Template(…)")
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        self.levels.zeroize();
        self.square.zeroize();
    }
}

/// The cosine of two templates from their dot product and squares. The squares' product is below 2⁵³, so the only
/// roundings are those of root and division, and equal templates have exactly 1.
pub(crate) fn cosine(dot: i32, one: u32, other: u32) -> f64 {
    f64::from(dot) / (f64::from(one) * f64::from(other)).sqrt()
}

fn square(levels: &[i8; DIMENSIONS]) -> u32 {
    levels.iter().map(|level| i32::from(*level).pow(2).cast_unsigned()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> [f32; DIMENSIONS] {
        std::array::from_fn(|place| place as f32 - 50.0)
    }

    #[test]
    fn an_embedding_has_length_one_and_finite_numbers() {
        let embedding = Embedding::new(ramp()).unwrap();
        assert!((embedding.similarity(&embedding) - 1.0).abs() < 1e-6);
        let mut broken = ramp();
        broken[7] = f32::NAN;
        assert_eq!(Embedding::new(broken), Err(TemplateError::NotFinite { place: 7 }));
        assert_eq!(Embedding::new([0.0; DIMENSIONS]), Err(TemplateError::NoDirection));
    }

    #[test]
    fn a_template_reads_as_it_was_kept() {
        let values = Embedding::new(ramp()).unwrap().values().map(f64::from);
        let template = Template::quantised(&values);
        let bytes: Vec<u8> = template.levels().iter().map(|level| level.cast_unsigned()).collect();
        assert_eq!(Template::from_bytes(&bytes), Ok(template.clone()));
        assert_eq!(template.similarity(&template), 1.0);
        assert!(Template::from_bytes(&bytes[1..]).is_err());
        assert!(Template::from_bytes(&[0; DIMENSIONS]).is_err());
        assert!(Template::from_bytes(&[0x80; DIMENSIONS]).is_err());
    }

    #[test]
    fn nothing_of_a_palm_is_printed() {
        let embedding = Embedding::new(ramp()).unwrap();
        let template = Template::quantised(&embedding.values().map(f64::from));
        assert_eq!(format!("{embedding:?} {template:?}"), "Embedding(…) Template(…)");
    }
}
