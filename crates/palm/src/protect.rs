//! Template protection: what is kept of a palm can be revoked, and two stores' templates can't be linked.
//!
//! # Method
//! A tenant's secret gives, for each side and epoch, a rotation of the 128-dimensional space: an orthogonal matrix
//! drawn evenly among all of them (rows of a Gaussian matrix, made orthonormal; Stewart 1980). An embedding is
//! turned by it and then quantised to a byte a number ([`Template`]). A rotation keeps every angle, so palms are matched
//! as they are kept, and nothing is ever turned back to be compared.
//!
//! # What holds (the three properties of ISO/IEC 24745)
//! *The table alone is stolen* (templates in the clear, without the secret):
//! - **Irreversible.** Without the secret, every direction is equally likely behind a template: a rotation drawn
//!   evenly moves any embedding anywhere with the same probability. What stays visible are the angles between people
//!   of one table, and so who resembles whom.
//! - **Unlinkable.** The same palm under two secrets, sides or epochs scores as two strangers do:
//!   D_sys of Gomez-Barrero et al. 2018 is at most 0.012, where 1 is linkable (`tests/unlinkability.rs`).
//! - **Renewable.** Another epoch gives templates that match no old one; [`Protection::reissue`] makes them from
//!   the old ones, and nobody has to come back.
//!
//! # What does not hold
//! - *Table and secret are stolen:* whoever has both turns templates back, up to the levels' rounding (cosine to the
//!   true embedding above 0.999). They have then what the network says of a palm: no picture, but
//!   enough to make something that the network takes for the palm. Only keeping the two apart helps, so
//!   templates are encrypted at rest ([`DataKey`](crate::DataKey)) under keys that stand elsewhere. A new epoch revokes
//!   the old templates; it does not bring the secret back. Use a new secret then.
//! - *Known pairs.* A rotation is linear: whoever knows about 128 embeddings *and* their templates in one table (by
//!   enrolling palms of their own with the same network and reading the table) can solve for the rotation
//!   (orthogonal Procrustes), and then has the secret's use for that side and epoch, not the secret, and no
//!   other epoch. The same holds for two tables of two tenants in which 128 shared people are known.
//! - *Two large tables, no known pair.* Embeddings of real palms are not spread evenly; the shapes of two clouds can
//!   be laid over one another (Wasserstein Procrustes) where enough people are in both. Scores don't link people
//!   then, statistics of whole tables may. Again encryption at rest is what protects.
//!
//! # Why nothing is thrown away on purpose
//! A coarser quantiser would leave less to be recovered with the key, costs accuracy at once, and what is left still
//! passes as the palm. Measured by `tests/accuracy.rs` on 20 000 pairs of synthetic palms that are hard to tell apart
//! (accepted where one stranger in a hundred is; cosine of what is left to the whole template):
//!
//! | kept | equal error | accepted | recovered |
//! |---|---|---|---|
//! | embedding | 1.645 % | 97.080 % | |
//! | 8 bits (this) | 1.645 % | 97.040 % | 1.000 |
//! | 8 bits, reissued once | 1.640 % | 97.030 % | 1.000 |
//! | 4 bits | 1.750 % | 96.825 % | 0.994 |
//! | three levels | 4.640 % | 84.595 % | 0.902 |
//! | signs | 9.500 % | 58.010 % | 0.801 |
//!
//! At most 0.1 points may be lost, which only 8 bits hold. So the key protects, not the rounding.

use std::f64::consts::TAU;
use std::fmt;

use zeroize::Zeroizing;

use crate::id::Side;
use crate::keys::SecretKey;
use crate::template::{DIMENSIONS, Embedding, Template};

/// A vector of 128 numbers.
type Vector = [f64; DIMENSIONS];

/// The rotation of one tenant, side and epoch. Made once and kept in memory (128 KiB); as secret as the key it comes
/// from, and overwritten when dropped.
pub struct Protection {
    epoch: u32,
    /// Row `i` is where the `i`th unit vector goes.
    rows: Zeroizing<Vec<Vector>>,
}

impl Protection {
    /// The rotation of `secret` for a tenant's palms of one side in an epoch. Raise the epoch to revoke all
    /// templates at once.
    pub fn new(secret: &SecretKey, tenant: &str, side: Side, epoch: u32) -> Self {
        let parts = [tenant.as_bytes(), side.name().as_bytes(), &epoch.to_be_bytes()];
        let mut rows = gaussian_rows(&secret.derive("rotation", &parts));
        orthonormalise(&mut rows);
        Self { epoch, rows }
    }

    /// The epoch whose templates this makes.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The template of a palm.
    pub fn protect(&self, embedding: &Embedding) -> Template {
        let values = Zeroizing::new(embedding.values().map(f64::from));
        Template::quantised(&self.turn(&values))
    }

    /// The template that `next` makes of the same palm, without the palm: the old one turned back and turned
    /// anew. The levels are rounded once more, which costs as much as the first rounding did.
    pub fn reissue(&self, old: &Template, next: &Self) -> Template {
        Template::quantised(&next.turn(&self.turn_back(old)))
    }

    /// A unit vector turned. Sums run in one order, so that every machine has the same bits.
    fn turn(&self, values: &Vector) -> Zeroizing<Vector> {
        let mut turned = Zeroizing::new([0.0; DIMENSIONS]);
        for (value, row) in values.iter().zip(self.rows.iter()) {
            turned.iter_mut().zip(row).for_each(|(sum, part)| *sum += value * part);
        }
        turned
    }

    /// What was turned into a template, of length 1, up to the template's rounding.
    fn turn_back(&self, template: &Template) -> Zeroizing<Vector> {
        let length = f64::from(template.square()).sqrt();
        let levels = Zeroizing::new(template.levels().map(|level| f64::from(level) / length));
        let mut back = Zeroizing::new([0.0; DIMENSIONS]);
        back.iter_mut().zip(self.rows.iter()).for_each(|(value, row)| *value = dot(&levels, row));
        back
    }

    /// What whoever has the secret recovers of a palm.
    #[cfg(test)]
    fn recover(&self, template: &Template) -> Embedding {
        Embedding::new(self.turn_back(template).map(|value| value as f32)).unwrap()
    }
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protection(epoch {}, …)", self.epoch)
    }
}

/// 128 vectors of independent standard normal numbers, from a key (Box and Muller 1958).
fn gaussian_rows(key: &SecretKey) -> Zeroizing<Vec<Vector>> {
    let mut rows = Zeroizing::new(vec![[0.0; DIMENSIONS]; DIMENSIONS]);
    // A block of 32 bytes is four numbers of 64 bits.
    let mut blocks = (0..).map(|number| key.block(number));
    for four in rows.iter_mut().flat_map(|row| row.chunks_exact_mut(4)) {
        let Some(block) = blocks.next() else { break };
        let uniform = |place: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&block[place * 8..place * 8 + 8]);
            // Over 0 and at most 1: the logarithm must be finite.
            ((u64::from_be_bytes(bytes) >> 11) + 1) as f64 / (1_u64 << 53) as f64
        };
        for pair in 0..2 {
            let radius = (-2.0 * libm::log(uniform(pair * 2))).sqrt();
            let angle = TAU * uniform(pair * 2 + 1);
            four[pair * 2] = radius * libm::cos(angle);
            four[pair * 2 + 1] = radius * libm::sin(angle);
        }
    }
    rows
}

/// Makes rows orthonormal, one after the other (Gram and Schmidt), twice, which leaves no more than rounding
/// (Giraud et al. 2005). From independent normal numbers, it leaves a rotation drawn evenly.
fn orthonormalise(rows: &mut [Vector]) {
    for place in 0..rows.len() {
        let (before, rest) = rows.split_at_mut(place);
        let Some(row) = rest.first_mut() else { break };
        for _ in 0..2 {
            for other in before.iter() {
                let along = dot(row, other);
                row.iter_mut().zip(other).for_each(|(value, part)| *value -= along * part);
            }
        }
        let length = dot(row, row).sqrt();
        row.iter_mut().for_each(|value| *value /= length);
    }
}

fn dot(one: &Vector, other: &Vector) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palm(seed: f32) -> Embedding {
        Embedding::new(std::array::from_fn(|place| libm::sinf(seed * (place as f32 + 1.0)))).unwrap()
    }

    fn protection(epoch: u32) -> Protection {
        Protection::new(&SecretKey::from_bytes([3; 32]), "corner", Side::Left, epoch)
    }

    #[test]
    fn a_rotation_keeps_lengths_and_angles() {
        let protection = protection(1);
        for (place, row) in protection.rows.iter().enumerate() {
            for (other_place, other) in protection.rows[..=place].iter().enumerate() {
                let expected = f64::from(u8::from(place == other_place));
                assert!((dot(row, other) - expected).abs() < 1e-12, "rows {place} and {other_place}");
            }
        }
        let (one, other) = (palm(0.3), palm(0.305));
        let kept = protection.protect(&one).similarity(&protection.protect(&other));
        assert!((kept - one.similarity(&other)).abs() < 0.005);
    }

    #[test]
    fn the_same_secret_gives_the_same_template_and_another_a_strange_one() {
        let here = protection(1).protect(&palm(0.3));
        assert_eq!(here, protection(1).protect(&palm(0.3)));
        let secret = SecretKey::from_bytes([3; 32]);
        let others = [
            protection(2),
            Protection::new(&secret, "corner", Side::Right, 1),
            Protection::new(&secret, "plaza", Side::Left, 1),
            Protection::new(&SecretKey::from_bytes([4; 32]), "corner", Side::Left, 1),
        ];
        for other in others {
            assert!(here.similarity(&other.protect(&palm(0.3))).abs() < 0.45);
        }
    }

    #[test]
    fn a_reissued_template_is_the_palms_in_the_new_epoch() {
        let (old, new) = (protection(1), protection(2));
        let template = old.protect(&palm(0.7));
        let reissued = old.reissue(&template, &new);
        assert!(reissued.similarity(&new.protect(&palm(0.7))) > 0.999);
        assert!(reissued.similarity(&template).abs() < 0.45);
    }

    /// The limit that the module's documentation states: with the key, the direction comes back.
    #[test]
    fn whoever_has_the_secret_recovers_the_direction() {
        let protection = protection(1);
        let recovered = protection.recover(&protection.protect(&palm(0.7)));
        assert!(recovered.similarity(&palm(0.7)) > 0.999);
    }
}
