//! What goes wrong between a sensor and the engine: each function spoils records as real networks, clocks
//! and devices do. Records go in and come out in the order of their arrival.

use model::{PlateBatch, PlateId, Record, SensorId, Time};

use crate::Rng;

/// How a plate fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlateFault {
    /// It gives no number.
    NotANumber,
    /// It repeats its last number for ever.
    Stuck,
}

/// Lets every record arrive up to `late_s` after its capture, so that they overtake each other.
#[must_use]
pub fn shuffle(mut records: Vec<Record>, late_s: f64, seed: u64) -> Vec<Record> {
    let mut rng = Rng::new(seed, "shuffle");
    records.sort_by_cached_key(|record| record.time().plus_seconds(rng.uniform(0.0, late_s)));
    records
}

/// Lets this part of the records arrive twice, the copy up to ten records later.
#[must_use]
pub fn duplicate(records: Vec<Record>, ratio: f64, seed: u64) -> Vec<Record> {
    let mut rng = Rng::new(seed, "duplicate");
    let mut arrivals = Vec::with_capacity(records.len());
    for (place, record) in records.into_iter().enumerate() {
        if rng.chance(ratio) {
            arrivals.push((place + rng.whole(1, 10) as usize, record.clone()));
        }
        arrivals.push((place, record));
    }
    arrivals.sort_by_key(|(place, _)| *place);
    arrivals.into_iter().map(|(_, record)| record).collect()
}

/// Loses all that a sensor captured from `from` until before `to`.
#[must_use]
pub fn drop_burst(mut records: Vec<Record>, sensor: &SensorId, from: Time, to: Time) -> Vec<Record> {
    records.retain(|record| record.sensor() != sensor || !(from..to).contains(&record.time()));
    records
}

/// Breaks a plate from the first batch on that is captured at `from` or later.
#[must_use]
pub fn break_plate(records: Vec<Record>, plate: PlateId, from: Time, fault: PlateFault) -> Vec<Record> {
    let mut last = f32::NAN;
    let spoil = |record| match record {
        Record::Plates(batch) => Record::Plates(break_batch(batch, plate, from, fault, &mut last)),
        other => other,
    };
    records.into_iter().map(spoil).collect()
}

/// Sets a sensor's clock fast by this many seconds (slow, if negative); nothing arrives at another time.
#[must_use]
pub fn skew_clock(records: Vec<Record>, sensor: &SensorId, seconds: f64) -> Vec<Record> {
    let skew = |record: Record| if record.sensor() == sensor { skewed(record, seconds) } else { record };
    records.into_iter().map(skew).collect()
}

pub(crate) fn break_batch(
    batch: PlateBatch,
    plate: PlateId,
    from: Time,
    fault: PlateFault,
    last: &mut f32,
) -> PlateBatch {
    let Some(column) = batch.plates().iter().position(|id| *id == plate) else { return batch };
    let mut grams = batch.grams().to_vec();
    for value in grams.iter_mut().skip(column).step_by(batch.plates().len()) {
        match fault {
            _ if batch.time() < from => *last = *value,
            PlateFault::NotANumber => *value = f32::NAN,
            PlateFault::Stuck => *value = *last,
        }
    }
    remade(&batch, batch.first_sample(), grams)
}

pub(crate) fn skewed(record: Record, seconds: f64) -> Record {
    match record {
        Record::Plates(batch) => {
            let grams = batch.grams().to_vec();
            Record::Plates(remade(&batch, batch.first_sample().plus_seconds(seconds), grams))
        }
        Record::View(mut view) => {
            view.time = view.time.plus_seconds(seconds);
            Record::View(view)
        }
        Record::People(mut people) => {
            people.time = people.time.plus_seconds(seconds);
            Record::People(people)
        }
        Record::Credential(mut credential) => {
            credential.time = credential.time.plus_seconds(seconds);
            Record::Credential(credential)
        }
        Record::Passage(mut passage) => {
            passage.time = passage.time.plus_seconds(seconds);
            Record::Passage(passage)
        }
    }
}

/// The batch with another stamp and other values of the same shape.
fn remade(batch: &PlateBatch, first_sample: Time, grams: Vec<f32>) -> PlateBatch {
    let (sensor, plates) = (batch.sensor().clone(), batch.plates().clone());
    PlateBatch::new(sensor, first_sample, batch.sample_interval_nanos(), plates, grams)
        .unwrap_or_else(|_| batch.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::People;

    use super::*;

    const PLATES: [PlateId; 2] = [PlateId::new(1, 1, 1), PlateId::new(1, 1, 2)];

    /// Ten seconds of a scale and a tracker.
    fn records() -> Vec<Record> {
        let plates: Arc<[PlateId]> = PLATES.into();
        let mut records = Vec::new();
        for count in 0..50 {
            let time = Time::from_nanos(count * 200_000_000);
            let grams = (0..24).map(|value| (count * 24 + value) as f32).collect();
            let batch = PlateBatch::new("gondola-1".into(), time, 16_666_667, plates.clone(), grams).unwrap();
            records.push(Record::People(People { sensor: "tracker".into(), time, people: Vec::new() }));
            records.push(Record::Plates(batch));
        }
        records
    }

    /// The values of the second plate.
    fn second_plate(records: &[Record]) -> Vec<f32> {
        let batches = records.iter().filter_map(|record| match record {
            Record::Plates(batch) => Some(batch),
            _ => None,
        });
        batches.flat_map(|batch| batch.grams().iter().skip(1).step_by(2).copied()).collect()
    }

    #[test]
    fn shuffled_records_are_all_there_and_no_later_than_said() {
        let shuffled = shuffle(records(), 0.5, 1);
        assert_ne!(shuffled, records());
        let mut latest = Time::MIN;
        for record in &shuffled {
            latest = latest.max(record.time());
            assert!(latest.seconds_since(record.time()) <= 0.5);
        }
        let mut sorted = shuffled;
        sorted.sort_by_key(|record| (record.time(), record.sensor().clone()));
        let mut expected = records();
        expected.sort_by_key(|record| (record.time(), record.sensor().clone()));
        assert_eq!(sorted, expected);
    }

    #[test]
    fn duplicates_come_after_their_originals() {
        let doubled = duplicate(records(), 0.3, 1);
        assert!((120..140).contains(&doubled.len()), "{}", doubled.len());
        let mut once: Vec<Record> = Vec::new();
        for record in doubled {
            if !once.contains(&record) {
                once.push(record);
            }
        }
        assert_eq!(once, records());
    }

    #[test]
    fn a_burst_is_lost_of_one_sensor_only() {
        let (from, to) = (Time::from_nanos(2_000_000_000), Time::from_nanos(4_000_000_000));
        let left = drop_burst(records(), &"tracker".into(), from, to);
        assert_eq!(left.len(), 90);
        assert!(left.iter().filter(|record| matches!(record, Record::Plates(_))).count() == 50);
    }

    #[test]
    fn a_plate_breaks_and_its_neighbour_does_not() {
        let from = Time::from_nanos(5_000_000_000);
        let dead = break_plate(records(), PLATES[1], from, PlateFault::NotANumber);
        assert_eq!(second_plate(&dead).iter().filter(|value| value.is_nan()).count(), 25 * 12);
        let stuck = break_plate(records(), PLATES[1], from, PlateFault::Stuck);
        let values = second_plate(&stuck);
        assert_eq!(values[..300], second_plate(&records())[..300]);
        assert!(values[300..].iter().all(|value| *value == values[299]));
        let other = break_plate(records(), PLATES[0], from, PlateFault::Stuck);
        assert_eq!(second_plate(&other), second_plate(&records()));
    }

    #[test]
    fn a_skewed_clock_moves_the_stamps_and_nothing_else() {
        let skewed = skew_clock(records(), &"gondola-1".into(), 0.3);
        for (one, other) in records().iter().zip(&skewed) {
            let shift_s = other.time().seconds_since(one.time());
            let expected_s = if one.sensor().as_str() == "gondola-1" { 0.3 } else { 0.0 };
            assert!((shift_s - expected_s).abs() < 1e-9);
        }
        assert_eq!(second_plate(&skewed), second_plate(&records()));
    }
}
