//! How well living hands are told from pictures of them.
//!
//! Words are those of ISO/IEC 30107-3: **APCER** is the share of attacks of one kind that are taken for living hands, **BPCER** the
//! share of living hands that are taken for attacks. Presentations that give no verdict, because the reader refused too many of their
//! pictures, are told apart: nobody gets in by one (a non-response).

use std::sync::atomic::{AtomicU64, Ordering};

use model::Time;
use palm::liveness::{Burst, Cue, Cues, Flicker, LOOKS, LOOKS_MOST, Lamp, Verdict};
use palm::{NetworkError, Picture, ReadError, Reader};
use simulator::Rng;
use simulator::palms::{self, Attack, Camera, Conditions, FRAMES, Hand, Moment, attack, live};

use super::groups::{SIZES, TONES, size_group, tone_group};
use super::in_parallel;

/// The camera: the middle of a kiosk's, 480 pixels wide.
const CAMERA: Camera = Camera { width: 360, height: 360, focal_px: 0.83 * 480.0 };

/// What a kiosk's screen adds to the room's light on a palm, least and most (assumed). A white screen of 300 cd/m² gives 150 to 250 lux at
/// 20 cm, and a palm that is turned away from a shop's lamps gets 200 to 600 of them.
const KIOSK_LIGHT: [f64; 2] = [0.15, 0.5];

/// Who presents what, how often.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// Where the hands grow from. Weights are fitted on others.
    pub seed: u64,
    /// Hands, each shown once living and once by each kind of attack.
    pub hands: u64,
    /// How hands and pictures are held.
    pub conditions: Conditions,
    /// Whether the kiosk lights what is before it, with a light that flickers.
    pub is_lit: bool,
    /// Whether weights are to be fitted: then there is no verdict, and cues are kept.
    pub is_fit: bool,
    /// Threads to work with.
    pub threads: usize,
}

/// One presentation.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// The number of the hand.
    pub hand: u64,
    /// What was shown; `None` for a living hand.
    pub attack: Option<Attack>,
    /// The skin's step on the Monk scale, 1 to 10.
    pub tone: u8,
    /// The palm's width, mm.
    pub width_mm: f32,
    /// What was measured, if weights are to be fitted: after the first [`LOOKS`] looks and each one more, [`LOOKS_MOST`] at most.
    pub cues: Vec<Cues>,
    /// The verdict's score.
    pub score: Option<f64>,
    /// What spoke most against it, if it was taken for an attack.
    pub against: Option<Cue>,
}

/// Shows every hand, living and by each kind of attack. `progress` is told how many hands are done, now and then.
///
/// # Errors
/// If the networks fail.
pub fn present(trial: &Trial, progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Presentation>, NetworkError> {
    let reader = Reader::new()?;
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let parts = in_parallel(trial.threads, |_| {
        let mut part = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= trial.hands {
                return Ok(part);
            }
            for kind in std::iter::once(None).chain(Attack::ALL.map(Some)) {
                part.push((number, one(&reader, trial, number, kind)?));
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    });
    let parts: Result<Vec<Vec<_>>, NetworkError> = parts.into_iter().collect();
    let mut all: Vec<_> = parts?.into_iter().flatten().collect();
    all.sort_by_key(|(number, presentation): &(u64, Presentation)| (*number, presentation.attack));
    Ok(all.into_iter().map(|(_, presentation)| presentation).collect())
}

/// Shows one thing until there is a verdict, or no picture is left.
fn one(
    reader: &Reader,
    trial: &Trial,
    number: u64,
    kind: Option<Attack>,
) -> Result<Presentation, NetworkError> {
    let hand = Hand::new(trial.seed, number);
    let stream: String = kind.map_or("evaluation: live".into(), |kind| format!("evaluation: {kind:?}"));
    let mut rng = Rng::new(trial.seed ^ number, &stream);
    let (lamp, lights) =
        if trial.is_lit { flicker(&stream, trial.seed ^ number) } else { (palms::Lamp::off(), Vec::new()) };
    let moments: Box<dyn Iterator<Item = Moment>> = match kind {
        None => Box::new(live(&hand, &mut rng, &trial.conditions, &CAMERA, &lamp)),
        Some(kind) => attack(kind, &hand, &mut rng, &trial.conditions, &CAMERA, &lamp),
    };
    let mut burst = if trial.is_fit { Burst::without_verdict() } else { Burst::new() };
    let (mut verdict, mut cues) = (Verdict::More, Vec::new());
    for (index, moment) in moments.enumerate() {
        let Moment { after_ns, frame } = moment;
        let read = Picture::from_rgb(frame.width, frame.height, frame.rgb)
            .map_err(ReadError::from)
            .and_then(|picture| Ok((reader.look(&picture)?, picture)));
        match read {
            Ok((look, picture)) => {
                let lamp = lights.get(index).copied();
                verdict = burst.push(Time::from_nanos(after_ns), &picture, &look, lamp);
            }
            Err(ReadError::Refused(_)) => continue,
            Err(ReadError::Network(error)) => return Err(error),
        }
        if trial.is_fit {
            cues.extend(burst.cues());
        }
        if verdict != Verdict::More || cues.len() > LOOKS_MOST - LOOKS {
            break;
        }
    }
    let (score, against) = match verdict {
        Verdict::More => (None, None),
        Verdict::Live { score } => (Some(score), None),
        Verdict::Attack { score, cue } => (Some(score), Some(cue)),
    };
    let (tone, width_mm) = (hand.tone().step(), hand.width_mm());
    Ok(Presentation { hand: number, attack: kind, tone, width_mm, cues, score, against })
}

/// A kiosk's light for one presentation: as it falls on what is shown, and as the kiosk knows it.
fn flicker(stream: &str, seed: u64) -> (palms::Lamp, Vec<Lamp>) {
    let mut rng = Rng::new(seed, &format!("{stream}: lamp"));
    let light = rng.uniform(KIOSK_LIGHT[0], KIOSK_LIGHT[1]) as f32;
    let lights: Vec<Lamp> = Flicker::new(rng.draw()).take(FRAMES).collect();
    (palms::Lamp::new(light, lights.iter().map(|lamp| *lamp == Lamp::Bright).collect()), lights)
}

/// How often one thing shown was taken for what it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Errors {
    /// Presentations.
    pub shown: u64,
    /// Those with a verdict.
    pub judged: u64,
    /// Those judged wrongly: attacks taken for living hands (APCER), or living hands for attacks (BPCER).
    pub wrong: u64,
}

impl Errors {
    /// Counts presentations judged at a threshold.
    pub fn count<'a>(presentations: impl Iterator<Item = &'a Presentation>, threshold: f64) -> Self {
        presentations.fold(Self::default(), |mut errors, presentation| {
            errors.shown += 1;
            if let Some(score) = presentation.score {
                errors.judged += 1;
                errors.wrong += u64::from((score >= threshold) == presentation.attack.is_some());
            }
            errors
        })
    }

    /// The share judged wrongly of those with a verdict.
    pub fn rate(&self) -> f64 {
        self.wrong as f64 / self.judged.max(1) as f64
    }

    /// Between which shares the true one lies, 95 times of a hundred: Wilson's interval (1927), which holds for few errors too.
    pub fn interval(&self) -> [f64; 2] {
        const DEVIATIONS: f64 = 1.959_964;
        if self.judged == 0 {
            return [0.0, 1.0];
        }
        let (count, square) = (self.judged as f64, DEVIATIONS * DEVIATIONS);
        let middle = (self.rate() + square / (2.0 * count)) / (1.0 + square / count);
        let spread = self.rate() * (1.0 - self.rate()) / count + square / (4.0 * count * count);
        let half = DEVIATIONS * spread.sqrt() / (1.0 + square / count);
        [(middle - half).max(0.0), (middle + half).min(1.0)]
    }
}

/// What is asked of a threshold: the living, and each kind of attack, are mistaken no more often.
const ASKED: f64 = 0.02;

/// The threshold in the middle of those that keep what is asked; if there is none, of those with the lowest error at its worst.
pub(super) fn balanced<'a>(presentations: impl Iterator<Item = &'a Presentation> + Clone) -> f64 {
    let mut scores: Vec<f64> = presentations.clone().filter_map(|presentation| presentation.score).collect();
    scores.sort_by(f64::total_cmp);
    let worst = |threshold: f64| {
        let rate = |kind: Option<Attack>| {
            Errors::count(presentations.clone().filter(|shown| shown.attack == kind), threshold).rate()
        };
        Attack::ALL.map(|kind| rate(Some(kind))).into_iter().fold(rate(None), f64::max)
    };
    let middles: Vec<f64> = scores.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
    let least = middles.iter().map(|middle| worst(*middle)).fold(f64::MAX, f64::min).max(ASKED);
    let good = |middle: &f64| worst(*middle) <= least;
    let ends = middles.iter().copied().find(good).zip(middles.iter().rev().copied().find(good));
    ends.map_or(0.0, |(low, high)| (low + high) / 2.0)
}

/// What was shown, in words.
pub(super) fn name(attack: Option<Attack>) -> &'static str {
    match attack {
        None => "living hand",
        Some(Attack::Sheet) => "print, plain paper",
        Some(Attack::Glossy) => "print, glossy paper",
        Some(Attack::Bent) => "print, bent and flexed",
        Some(Attack::CutOut) => "print, cut out",
        Some(Attack::StillOnScreen) => "photo on a screen",
        Some(Attack::FilmOnScreen) => "film on a screen",
        Some(Attack::Injected) => "photo fed in",
    }
}

/// A count of errors and what it is of.
pub type Row = (String, Errors);

/// Errors at a threshold: of living hands, of each kind of attack, then of living hands by tone of skin (steps of the Monk scale) and by
/// width of the palm.
pub fn rows(presentations: &[Presentation], threshold: f64) -> Vec<Row> {
    let living = |name: &str, is_of: &dyn Fn(&Presentation) -> bool| {
        let those = presentations.iter().filter(|shown| shown.attack.is_none() && is_of(shown));
        (format!("BPCER, {name}"), Errors::count(those, threshold))
    };
    let mut rows = vec![living("living hands", &|_| true)];
    for kind in Attack::ALL {
        let those = presentations.iter().filter(|shown| shown.attack == Some(kind));
        rows.push((format!("APCER, {}", name(Some(kind))), Errors::count(those, threshold)));
    }
    for (group, name) in TONES.into_iter().enumerate() {
        rows.push(living(name, &|shown| tone_group(shown.tone) == group));
    }
    for (group, name) in SIZES.into_iter().enumerate() {
        rows.push(living(name, &|shown| size_group(shown.width_mm) == group));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_among_few_says_little() {
        // Wilson's upper bound for none of n is z² / (n + z²).
        let of = |judged, wrong| Errors { shown: judged, judged, wrong }.interval();
        assert!((of(100, 0)[1] - 0.037).abs() < 1e-3);
        assert!(of(100, 2)[0] < 0.02 && of(100, 2)[1] > 0.02);
        assert_eq!(of(0, 0), [0.0, 1.0]);
    }

    #[test]
    fn the_threshold_parts_what_can_be_parted() {
        let shown = |attack, score| Presentation {
            hand: 0,
            attack,
            tone: 5,
            width_mm: 84.0,
            cues: Vec::new(),
            score: Some(score),
            against: None,
        };
        let mut all: Vec<Presentation> = [1.0, 2.0, 3.0].map(|score| shown(None, score)).into();
        all.extend(Attack::ALL.map(|attack| shown(Some(attack), -1.0)));
        let threshold = balanced(all.iter());
        assert!(rows(&all, threshold).iter().all(|(_, errors)| errors.wrong == 0));
        assert!(rows(&all, 1.5).iter().any(|(name, errors)| name.starts_with("BPCER") && errors.wrong == 1));
    }
}
