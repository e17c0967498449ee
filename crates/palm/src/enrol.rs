//! Several looks at one palm, as one.

use crate::template::{DIMENSIONS, Embedding};

impl Embedding {
    /// The direction in the middle of several looks at one palm: what each look got wrong by itself mostly cancels. `None` if there
    /// are none, or they cancel altogether.
    pub fn mean(looks: &[Self]) -> Option<Self> {
        let mut sums = [0.0; DIMENSIONS];
        for look in looks {
            sums.iter_mut().zip(look.values()).for_each(|(sum, value)| *sum += value);
        }
        Self::new(sums).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_looks_is_nearer_to_the_palm_than_each_of_them() {
        let palm = |axis: usize| {
            let mut values = [0.0; DIMENSIONS];
            values[0] = 1.0;
            values[axis] = 0.5;
            Embedding::new(values).expect("has a direction")
        };
        let mut true_values = [0.0; DIMENSIONS];
        true_values[0] = 1.0;
        let truth = Embedding::new(true_values).expect("has a direction");
        let looks = [palm(1), palm(2), palm(3)];
        let mean = Embedding::mean(&looks).expect("they don't cancel");
        assert!(looks.iter().all(|look| mean.similarity(&truth) > look.similarity(&truth)));
        assert!(Embedding::mean(&[]).is_none());
    }
}
