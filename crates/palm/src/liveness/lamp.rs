//! The kiosk's own light: its screen grows bright and dim as nobody can foresee, and what is before it follows, unless it shines by itself.

use super::change::Change;

/// How a kiosk's screen lights what is before it, while a picture is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// Hardly.
    Dim,
    /// As well as it can.
    Bright,
}

impl Lamp {
    fn other(self) -> Self {
        match self {
            Self::Dim => Self::Bright,
            Self::Bright => Self::Dim,
        }
    }
}

/// Pictures for which the light stays, at least: at seven pictures a second it flashes less than three times in any, so that it hurts nobody
/// (WCAG 2.2, 2.3.1), as long as pictures do not come faster.
const STAYS: u8 = 2;
/// Changes of the light between looks that a verdict stands on, at least.
const CHANGES: usize = 2;
/// What noise and movement add to the share by which the light changes.
const NOISE: f64 = 0.02;

/// Lights, one a picture, each for two or three of them: endless, and random as its seed is.
#[derive(Debug, Clone)]
pub struct Flicker {
    random: u64,
    lamp: Lamp,
    left: u8,
}

impl Flicker {
    /// The lights of a seed, which must come from a generator that nobody can foresee.
    pub fn new(random: u64) -> Self {
        let lamp = if random & 1 == 0 { Lamp::Dim } else { Lamp::Bright };
        Self { random, lamp, left: 1 + (random >> 1 & 1) as u8 }
    }
}

impl Iterator for Flicker {
    type Item = Lamp;

    fn next(&mut self) -> Option<Lamp> {
        if self.left == 0 {
            self.random = self.random.rotate_right(1);
            self.lamp = self.lamp.other();
            self.left = STAYS + (self.random & 1) as u8;
        }
        self.left -= 1;
        Some(self.lamp)
    }
}

/// How much of a palm's light follows the lamp (logarithm): by how much brighter it is, on average, where it grew bright, against what is beside
/// the hand, farther from the lamp. So a camera that sets its exposure anew does no harm. `None` where the light changed too seldom.
pub(super) fn follows(changes: &[&Change]) -> Option<f64> {
    let steps = changes.windows(2).filter_map(|pair| {
        let [before, after] = [pair[0], pair[1]].map(|look| look.light[0] - look.beside);
        let brighter = after - before;
        match (pair[0].lamp?, pair[1].lamp?) {
            (Lamp::Dim, Lamp::Bright) => Some(brighter),
            (Lamp::Bright, Lamp::Dim) => Some(-brighter),
            _ => None,
        }
    });
    let steps: Vec<f64> = steps.collect();
    let share = steps.iter().sum::<f64>() / steps.len() as f64;
    (steps.len() >= CHANGES).then(|| libm::log(share.max(0.0) + NOISE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_stays_for_two_or_three_pictures_and_is_another_for_another_seed() {
        let lights = |random: u64| Flicker::new(random).take(200).collect::<Vec<_>>();
        for random in [0, 1, 0x5DEE_CE66_D123_4567, u64::MAX] {
            let stays: Vec<usize> = lights(random).chunk_by(|a, b| a == b).map(<[Lamp]>::len).collect();
            assert!(
                (1..=2).contains(&stays[0])
                    && stays[1..stays.len() - 1].iter().all(|stay| [2, 3].contains(stay))
            );
        }
        assert_ne!(lights(0x5DEE_CE66_D123_4567), lights(0xA55A_1234_9876_0F0F));
    }

    #[test]
    fn what_follows_the_light_is_told_from_what_does_not() {
        let looks = |share: f64| -> Vec<Change> {
            let look = |lamp: Lamp| {
                let light = if lamp == Lamp::Bright { [share, 0.0, 0.0, 0.0, 0.0, 0.0] } else { [0.0; 6] };
                Change { lamp: Some(lamp), light, ..Change::default() }
            };
            Flicker::new(2).take(8).map(look).collect()
        };
        let of = |looks: &[Change]| follows(&looks.iter().collect::<Vec<_>>());
        assert!(of(&looks(0.2)).unwrap() > of(&looks(0.0)).unwrap() + 2.0);
        assert_eq!(of(&looks(0.2)[..2]), None);
        let unlit: Vec<Change> = looks(0.2).into_iter().map(|look| Change { lamp: None, ..look }).collect();
        assert_eq!(of(&unlit), None);
    }
}
