//! What several cameras say of one hand.

/// Cameras that look at one hand err alike to some degree: so much of what each says it says with the others. Assumed.
const ALIKE: f64 = 0.3;
/// No camera is believed more than this.
const SUREST: f64 = 0.98;

/// How probable it is that a hand holds something, by what each of several pictures says of it; nothing if none does.
pub(crate) fn together(said: impl Iterator<Item = f32>) -> Option<f32> {
    let (mut log_odds, mut count) = (0.0, 0.0);
    for probability in said {
        let sure = f64::from(probability).clamp(1.0 - SUREST, SUREST);
        log_odds += libm::log(sure / (1.0 - sure));
        count += 1.0;
    }
    let worth = 1.0 + ALIKE * (count - 1.0);
    (count > 0.0).then(|| (1.0 / (1.0 + libm::exp(-log_odds / worth))) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_are_surer_than_one_and_those_who_differ_are_not_sure() {
        let together = |said: &[f32]| together(said.iter().copied());
        assert_eq!(together(&[]), None);
        assert!((together(&[0.7]).unwrap() - 0.7).abs() < 1e-6);
        assert!((0.75..0.95).contains(&together(&[0.7, 0.7, 0.7]).unwrap()));
        assert!((together(&[0.3, 0.7]).unwrap() - 0.5).abs() < 1e-6);
    }
}
