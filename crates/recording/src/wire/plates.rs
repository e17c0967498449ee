//! Batches of plates as messages and back: the many, so the ones that must be fast.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{PlateBatch, PlateId, SensorId};
use prost::Message;

use super::{Invalid, nanos, proto, steps, time};

/// The columns of a channel's last batch, to share them with the next.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    plates: Arc<[PlateId]>,
    /// Their gondolas, shelves and plates as they lay in the message.
    packed: Option<[Vec<u8>; 3]>,
}

/// [`proto::PlateBatch`] with its packed fields left as they lie.
///
/// The two are alike on the wire, if each packed field comes in one piece, as all encoders write it.
#[derive(Clone, PartialEq, Message)]
struct PackedBatch {
    #[prost(fixed64, tag = "1")]
    first_sample_ns: u64,
    #[prost(uint64, tag = "2")]
    sample_interval_ns: u64,
    #[prost(bytes = "vec", tag = "3")]
    gondola: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    shelf: Vec<u8>,
    #[prost(bytes = "vec", tag = "5")]
    plate: Vec<u8>,
    #[prost(bytes = "vec", tag = "6")]
    grams: Vec<u8>,
}

impl PackedBatch {
    /// The message, if all its packed fields come in one piece: nothing else is in it then.
    fn decode_all(message: &[u8]) -> Option<Self> {
        Self::decode(message).ok().filter(|batch| batch.encoded_len() == message.len())
    }
}

/// A batch as a message: as steps of `step_g` if it is given and every value is a whole number of them.
pub(super) fn encode(batch: &PlateBatch, step_g: Option<f32>) -> proto::PlateBatch {
    let numbers = |of: fn(&PlateId) -> u16| batch.plates().iter().map(|id| of(id).into()).collect();
    let packed = step_g.and_then(|step_g| {
        let changes = steps::changes(batch.grams(), batch.plates().len(), step_g)?;
        Some((step_g, changes))
    });
    let grams = if packed.is_some() { Vec::new() } else { batch.grams().to_vec() };
    let (step_g, step_changes) = packed.unwrap_or_default();
    proto::PlateBatch {
        first_sample_ns: nanos(batch.first_sample()),
        sample_interval_ns: batch.sample_interval_nanos().unsigned_abs(),
        gondola: numbers(|id| id.gondola),
        shelf: numbers(|id| id.shelf),
        plate: numbers(|id| id.plate),
        grams,
        step_g,
        step_changes,
    }
}

pub(super) fn decode(
    message: &[u8],
    sensor: &SensorId,
    columns: &mut Columns,
) -> Result<PlateBatch, Invalid> {
    let (first_sample_ns, sample_interval_ns, grams) = match decode_like_last(message, columns) {
        Some(parts) => parts,
        None => decode_anew(message, columns)?,
    };
    // An interval beyond i64 is beyond a minute too, so that the batch refuses it.
    let interval = i64::try_from(sample_interval_ns).unwrap_or(i64::MAX);
    let plates = Arc::clone(&columns.plates);
    Ok(PlateBatch::new(sensor.clone(), time(first_sample_ns)?, interval, plates, grams)?)
}

/// First sample, interval and grams of a message with the columns of the last one.
fn decode_like_last(message: &[u8], columns: &Columns) -> Option<(u64, u64, Vec<f32>)> {
    let last = columns.packed.as_ref()?;
    let batch = PackedBatch::decode_all(message)?;
    if [&batch.gondola, &batch.shelf, &batch.plate] != last.each_ref() {
        return None;
    }
    let (grams, rest) = batch.grams.as_chunks();
    let grams = grams.iter().map(|grams| f32::from_le_bytes(*grams)).collect();
    rest.is_empty().then_some((batch.first_sample_ns, batch.sample_interval_ns, grams))
}

/// First sample, interval and grams of any message; takes over its columns.
fn decode_anew(message: &[u8], columns: &mut Columns) -> Result<(u64, u64, Vec<f32>), Invalid> {
    let batch = proto::PlateBatch::decode(message)?;
    let plates = decode_columns(&batch.gondola, &batch.shelf, &batch.plate)?;
    if columns.plates != plates {
        columns.plates = plates;
    }
    columns.packed = PackedBatch::decode_all(message).map(|batch| [batch.gondola, batch.shelf, batch.plate]);
    let (first_sample_ns, sample_interval_ns) = (batch.first_sample_ns, batch.sample_interval_ns);
    Ok((first_sample_ns, sample_interval_ns, decode_grams(batch, columns.plates.len())?))
}

/// The values of a batch, however they are given.
fn decode_grams(batch: proto::PlateBatch, columns: usize) -> Result<Vec<f32>, Invalid> {
    if batch.step_changes.is_empty() {
        return Ok(batch.grams);
    }
    if !batch.grams.is_empty() {
        return Err(Invalid::GramsAndSteps);
    }
    if !(batch.step_g > 0.0 && batch.step_g.is_finite()) {
        return Err(Invalid::Step(batch.step_g));
    }
    Ok(steps::grams(&batch.step_changes, columns, batch.step_g))
}

fn decode_columns(gondola: &[u32], shelf: &[u32], plate: &[u32]) -> Result<Arc<[PlateId]>, Invalid> {
    if gondola.len() != shelf.len() || shelf.len() != plate.len() {
        return Err(Invalid::Columns { gondola: gondola.len(), shelf: shelf.len(), plate: plate.len() });
    }
    let number = |number: u32| u16::try_from(number).map_err(|_| Invalid::Number(number));
    let plates: Arc<[PlateId]> = gondola
        .iter()
        .zip(shelf)
        .zip(plate)
        .map(|((&gondola, &shelf), &plate)| {
            Ok(PlateId::new(number(gondola)?, number(shelf)?, number(plate)?))
        })
        .collect::<Result<_, Invalid>>()?;
    check_columns(&plates)?;
    Ok(plates)
}

/// No plate may stand twice.
pub(crate) fn check_columns(plates: &[PlateId]) -> Result<(), Invalid> {
    let mut seen = BTreeSet::new();
    match plates.iter().find(|plate| !seen.insert(**plate)) {
        Some(plate) => Err(Invalid::RepeatedPlate(*plate)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use prost::encoding::{float, uint32};

    use super::*;

    /// A batch of two plates and one sample, with its repeated fields written by `write`.
    fn message(
        write: fn(u32, &[u32], &mut Vec<u8>),
        write_grams: fn(u32, &[f32], &mut Vec<u8>),
        grams: [f32; 2],
    ) -> Vec<u8> {
        let head = PackedBatch { first_sample_ns: 5, sample_interval_ns: 10, ..Default::default() };
        let mut message = head.encode_to_vec();
        write(3, &[1, 1], &mut message);
        write(4, &[2, 2], &mut message);
        write(5, &[3, 4], &mut message);
        write_grams(6, &grams, &mut message);
        message
    }

    /// Messages that are written in different ways and all say the same.
    fn ways(grams: [f32; 2]) -> [Vec<u8>; 3] {
        [
            message(uint32::encode_packed, float::encode_packed, grams),
            message(uint32::encode_repeated, float::encode_repeated, grams),
            message(
                |tag, numbers, message| {
                    numbers.chunks(1).for_each(|n| uint32::encode_packed(tag, n, message))
                },
                |tag, grams, message| grams.chunks(1).for_each(|g| float::encode_packed(tag, g, message)),
                grams,
            ),
        ]
    }

    #[test]
    fn every_way_of_writing_a_batch_is_read_the_same_and_shares_its_columns() {
        let sensor = SensorId::from("scale");
        for first in ways([1.0, 2.0]) {
            for second in ways([3.0, 4.0]) {
                let mut columns = Columns::default();
                let first = decode(&first, &sensor, &mut columns).unwrap();
                let second = decode(&second, &sensor, &mut columns).unwrap();
                assert_eq!(second.plates()[..], [PlateId::new(1, 2, 3), PlateId::new(1, 2, 4)]);
                assert!(Arc::ptr_eq(first.plates(), second.plates()));
                assert_eq!((first.grams(), second.grams()), (&[1.0, 2.0][..], &[3.0, 4.0][..]));
            }
        }
    }
}
