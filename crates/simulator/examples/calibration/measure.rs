//! The same measures of recorded and of simulated plates.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use model::{DVec3, Joint, PlateId, Record, Time};

/// At the beginning nobody walks, seconds.
const QUIET_S: (f64, f64) = (0.5, 5.0);
/// A walk is measured for as long as the recorded one takes, seconds.
const WALK_S: f64 = 4.0;
/// A plate that gives fewer different values than this while it is quiet is not alive.
const VALUES_MIN: usize = 5;
/// Noisier plates are junk, grams.
const JUNK_G: f64 = 20.0;
/// Samples of a stretch whose spectrum is taken: two seconds.
const STRETCH: usize = 120;
pub(crate) const RATE_HZ: f64 = 60.0;

/// All plates over time.
pub(crate) struct Samples {
    plates: BTreeMap<PlateId, Vec<(f64, f64)>>,
    /// When somebody walks, seconds.
    walk_s: (f64, f64),
}

/// What is compared.
pub(crate) struct Measured {
    /// Standard deviation of each quiet plate, grams.
    pub(crate) quiet_g: Vec<f64>,
    /// Load, kg, and standard deviation above 3 Hz while somebody walks, grams, of each plate.
    pub(crate) shaken: Vec<(f64, f64)>,
    /// Median over plates of the spectral density while somebody walks: Hz and grams squared per Hz.
    pub(crate) spectrum: Vec<(f64, f64)>,
    /// The plate that something is taken from, from one second before to one after: seconds and grams.
    pub(crate) step: Vec<(f64, f64)>,
}

impl Samples {
    pub(crate) fn read(records: &[Record]) -> Self {
        let start = records.iter().map(Record::time).min().unwrap_or(Time::MIN);
        let mut plates: BTreeMap<PlateId, Vec<(f64, f64)>> = BTreeMap::new();
        let mut necks = Vec::new();
        for record in records {
            match record {
                Record::Plates(batch) => {
                    for (row, values) in (0..).zip(batch.grams().chunks(batch.plates().len())) {
                        let time = batch.first_sample().plus_nanos(row * batch.sample_interval_nanos());
                        for (plate, grams) in batch.plates().iter().zip(values) {
                            let samples = plates.entry(*plate).or_default();
                            samples.push((time.seconds_since(start), f64::from(*grams)));
                        }
                    }
                }
                Record::People(people) => {
                    let neck = people.people.first().and_then(|person| person.joint(Joint::Neck));
                    necks.extend(neck.map(|neck| (people.time.seconds_since(start), neck.with_z(0.0))));
                }
                _ => {}
            }
        }
        Self { plates, walk_s: longest_walk(&necks) }
    }

    fn grams(&self, plate: PlateId, (from_s, to_s): (f64, f64)) -> Vec<f64> {
        let samples = self.plates.get(&plate).into_iter().flatten();
        samples.filter(|(time_s, _)| (from_s..to_s).contains(time_s)).map(|(_, grams)| *grams).collect()
    }

    /// The plates that work.
    fn alive(&self) -> Vec<PlateId> {
        let is_alive = |plate: &PlateId| {
            let mut values: Vec<i64> =
                self.grams(*plate, QUIET_S).iter().map(|grams| (grams * 100.0) as i64).collect();
            values.sort_unstable();
            values.dedup();
            values.len() >= VALUES_MIN && deviation(&self.grams(*plate, QUIET_S)) < JUNK_G
        };
        self.plates.keys().copied().filter(is_alive).collect()
    }
}

impl Measured {
    pub(crate) fn new(samples: &Samples, taken: PlateId) -> Self {
        let plates = samples.alive();
        let mut quiet_g: Vec<f64> =
            plates.iter().map(|plate| deviation(&samples.grams(*plate, QUIET_S))).collect();
        quiet_g.sort_by(f64::total_cmp);
        let shaken = plates.iter().filter(|plate| **plate != taken).map(|plate| {
            let load_kg = mean(&samples.grams(*plate, QUIET_S)) / 1000.0;
            (load_kg, deviation(&without_slow(&samples.grams(*plate, samples.walk_s))))
        });
        let spectra: Vec<Vec<f64>> =
            plates.iter().map(|plate| spectrum(&samples.grams(*plate, samples.walk_s))).collect();
        let median = |bin: usize| {
            let mut values: Vec<f64> =
                spectra.iter().filter_map(|spectrum| spectrum.get(bin).copied()).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(0.0)
        };
        let spectrum =
            (1..STRETCH / 2).map(|bin| (bin as f64 * RATE_HZ / STRETCH as f64, median(bin))).collect();
        Self { quiet_g, shaken: shaken.collect(), spectrum, step: step(samples, taken) }
    }
}

/// The four seconds in which somebody gets furthest.
fn longest_walk(necks: &[(f64, DVec3)]) -> (f64, f64) {
    let way_m = |(from_s, from): &(f64, DVec3)| {
        let later = necks.iter().find(|(time_s, _)| *time_s >= from_s + WALK_S);
        later.map_or(0.0, |(_, to)| from.distance(*to))
    };
    let begins = necks.iter().filter(|(time_s, _)| *time_s > QUIET_S.1);
    let best = begins.max_by(|one, other| way_m(one).total_cmp(&way_m(other)));
    best.map_or(QUIET_S, |(from_s, _)| (*from_s, from_s + WALK_S))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len().max(1) as f64)
        .sqrt()
}

/// What is left above about 3 Hz: the values less their mean over a third of a second.
fn without_slow(values: &[f64]) -> Vec<f64> {
    let half = 10;
    (half..values.len().saturating_sub(half))
        .map(|place| values[place] - mean(&values[place - half..=place + half]))
        .collect()
}

/// The spectral density by Welch's method (1967): overlapping stretches under a Hann window.
fn spectrum(values: &[f64]) -> Vec<f64> {
    let window: Vec<f64> =
        (0..STRETCH).map(|place| 0.5 - 0.5 * cos(TAU * place as f64 / STRETCH as f64)).collect();
    let power: f64 = window.iter().map(|weight| weight * weight).sum();
    let stretches: Vec<&[f64]> = values.windows(STRETCH).step_by(STRETCH / 2).collect();
    let density = |bin: usize| {
        let sum: f64 = stretches
            .iter()
            .map(|stretch| {
                let mean = mean(stretch);
                let (mut real, mut imaginary) = (0.0, 0.0);
                for (place, value) in stretch.iter().enumerate() {
                    let angle = TAU * (bin * place % STRETCH) as f64 / STRETCH as f64;
                    let weighted = (value - mean) * window[place];
                    real += weighted * cos(angle);
                    imaginary += weighted * cos(angle - TAU / 4.0);
                }
                2.0 * (real * real + imaginary * imaginary) / (power * RATE_HZ)
            })
            .sum();
        sum / stretches.len().max(1) as f64
    };
    (0..STRETCH / 2).map(density).collect()
}

#[allow(clippy::disallowed_methods, reason = "a picture may differ in the last bit between systems")]
fn cos(angle: f64) -> f64 {
    angle.cos()
}

/// The plate around its largest fall.
fn step(samples: &Samples, plate: PlateId) -> Vec<(f64, f64)> {
    let values = samples.plates.get(&plate).cloned().unwrap_or_default();
    let fall = |place: &usize| values[place + 6].1 - values[*place].1;
    let places = 0..values.len().saturating_sub(6);
    let Some(place) = places.min_by(|one, other| fall(one).total_cmp(&fall(other))) else {
        return Vec::new();
    };
    let before: Vec<f64> = values
        .iter()
        .filter(|(time_s, _)| (-2.0..-1.0).contains(&(time_s - values[place].0)))
        .map(|value| value.1)
        .collect();
    let (base_g, moment_s) = (mean(&before), values[place + 3].0);
    let around = values.iter().map(|(time_s, grams)| (time_s - moment_s, grams - base_g));
    around.filter(|(time_s, _)| (-1.0..1.0).contains(time_s)).collect()
}
