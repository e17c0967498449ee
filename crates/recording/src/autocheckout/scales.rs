//! The plates (`benchmark-1/plate_data`): batches of samples per gondola.
//!
//! **When were the samples of a batch captured?** The source does not say which sample its `t_origin`
//! stamps. It lies about 0.1 s before `t_issue`, when the message was sent. A message can't hold what was
//! captured after its origin, so the LAST sample is taken to be captured at `t_origin`, and the others
//! before it, one sampling interval apart. True times may lie 0.1 s to either side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{PlateBatch, PlateId, Record, SensorId, Time};
use serde::Deserialize;

use super::people::Header;
use super::source::{GondolaKey, Source};
use super::summary::{note, plate_list};
use super::{ImportError, ImportSummary};

const PLATE_DATA: &str = "benchmark-1/plate_data";

#[derive(Deserialize)]
struct PlateMessage {
    document: PlateDocument,
}

#[derive(Deserialize)]
struct PlateDocument {
    header: Header,
    plate_data: PlateData,
}

#[derive(Deserialize)]
struct PlateData {
    plate_id: OfGondola,
    /// Samples a second.
    freq_samp: f64,
    values: Values,
}

#[derive(Deserialize)]
struct OfGondola {
    shelf_id: OfShelf,
}

#[derive(Deserialize)]
struct OfShelf {
    gondola_id: GondolaKey,
}

#[derive(Deserialize)]
struct Values {
    /// Little-endian single-precision grams in base 64.
    data: String,
    /// Samples, shelves + 1, plates + 1: row 0 and column 0 are empty.
    shape: Vec<usize>,
}

/// A decoded message.
struct Batch {
    gondola: u16,
    last_sample: Time,
    interval_nanos: i64,
    shape: Shape,
    grams: Vec<f32>,
}

/// Rows and columns of one sample, the empty ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    shelves: u16,
    plates: u16,
}

impl Shape {
    /// The cells of one sample that may hold a plate, with their place in the sample.
    fn cells(self, gondola: u16) -> impl Iterator<Item = (usize, PlateId)> {
        (1..self.shelves).flat_map(move |shelf| {
            (1..self.plates).map(move |plate| {
                let place = usize::from(shelf) * usize::from(self.plates) + usize::from(plate);
                (place, PlateId::new(gondola, shelf, plate))
            })
        })
    }

    fn values(self) -> usize {
        usize::from(self.shelves) * usize::from(self.plates)
    }
}

/// The batches of all gondolas.
pub(super) fn read(
    source: &Source,
    layout: &BTreeSet<PlateId>,
    summary: &mut ImportSummary,
) -> Result<Vec<Record>, ImportError> {
    let mut gondolas: BTreeMap<u16, Vec<Batch>> = BTreeMap::new();
    source.lines(PLATE_DATA, |_, message: PlateMessage| {
        let batch = decode(&message.document)?;
        let batches = gondolas.entry(batch.gondola).or_default();
        if let Some(first) = batches.first().filter(|first| first.shape != batch.shape) {
            return Err(format!(
                "values of gondola {} have {} × {} cells a sample here and {} × {} before: correct the shape",
                batch.gondola,
                batch.shape.shelves,
                batch.shape.plates,
                first.shape.shelves,
                first.shape.plates
            ));
        }
        batches.push(batch);
        Ok(())
    })?;
    let mut records = Vec::new();
    let mut channels = Channels::default();
    for batches in gondolas.values() {
        let columns = channels.sort_out(batches, layout);
        if !columns.is_empty() {
            records.extend(gondola_records(source, batches, &columns)?);
        }
    }
    summary.plate_batches = records.len();
    channels.report(layout, gondolas.keys().copied(), summary);
    Ok(records)
}

fn decode(document: &PlateDocument) -> Result<Batch, String> {
    let data = &document.plate_data;
    if !(1.0..=1e6).contains(&data.freq_samp) {
        return Err(format!("freq_samp is {}: give the samples a second, 1 to 1000000", data.freq_samp));
    }
    let (shape, grams) = decode_values(&data.values)?;
    Ok(Batch {
        gondola: data.plate_id.shelf_id.gondola_id.id,
        last_sample: document.header.t_origin,
        interval_nanos: (1e9 / data.freq_samp).round() as i64,
        shape,
        grams,
    })
}

fn decode_values(values: &Values) -> Result<(Shape, Vec<f32>), String> {
    let bytes = STANDARD
        .decode(&values.data)
        .map_err(|error| format!("values are not base 64 ({error}): copy the file again"))?;
    let (grams, rest) = bytes.as_chunks();
    let grams: Vec<f32> = grams.iter().map(|grams| f32::from_le_bytes(*grams)).collect();
    let wrong_shape = || {
        format!(
            "values of {} bytes do not have the shape {:?} (samples, shelves + 1, plates + 1, of 4 bytes \
             each): correct the shape",
            bytes.len(),
            values.shape
        )
    };
    let [samples, shelves, plates] = values.shape[..] else { return Err(wrong_shape()) };
    let (Ok(shelves), Ok(plates)) = (shelves.try_into(), plates.try_into()) else {
        return Err(wrong_shape());
    };
    let shape = Shape { shelves, plates };
    if grams.is_empty() || !rest.is_empty() || samples.checked_mul(shape.values()) != Some(grams.len()) {
        return Err(wrong_shape());
    }
    let in_margin = |place: usize| {
        let (row, column) = (place % shape.values() / usize::from(plates), place % usize::from(plates));
        row == 0 || column == 0
    };
    if grams.iter().enumerate().any(|(place, grams)| in_margin(place) && !grams.is_nan()) {
        return Err("a value stands in row 0 or column 0: shelves and plates must count from 1".to_owned());
    }
    Ok((shape, grams))
}

/// The batches of a gondola, cut down to the cells that are kept.
fn gondola_records(
    source: &Source,
    batches: &[Batch],
    columns: &[(usize, PlateId)],
) -> Result<Vec<Record>, ImportError> {
    let plates: Arc<[PlateId]> = columns.iter().map(|(_, id)| *id).collect();
    let record = |batch: &Batch| {
        let samples = batch.grams.chunks_exact(batch.shape.values());
        let count = samples.len() as i64;
        let grams = samples.flat_map(|sample| columns.iter().map(|(place, _)| sample[*place])).collect();
        let first_sample = batch.last_sample.plus_nanos(-batch.interval_nanos * (count - 1));
        let sensor = SensorId::from(format!("gondola-{}", batch.gondola).as_str());
        PlateBatch::new(sensor, first_sample, batch.interval_nanos, Arc::clone(&plates), grams)
            .map(Record::Plates)
            .map_err(|error| source.wrong(PLATE_DATA, error.to_string()))
    };
    batches.iter().map(record).collect()
}

/// Which cells of the source are plates.
#[derive(Default)]
struct Channels {
    in_layout: Vec<PlateId>,
    outside: Vec<PlateId>,
    padding: Vec<PlateId>,
}

impl Channels {
    /// The cells of a gondola that are kept: plates of the layout, be they dead or not, and whatever else
    /// ever gave a value. The others fill up the rows of short shelves.
    fn sort_out(&mut self, batches: &[Batch], layout: &BTreeSet<PlateId>) -> Vec<(usize, PlateId)> {
        let Some(first) = batches.first() else { return Vec::new() };
        let mut kept = Vec::new();
        for (place, id) in first.shape.cells(first.gondola) {
            let mut values = batches
                .iter()
                .flat_map(|batch| batch.grams.chunks_exact(batch.shape.values()).map(|sample| sample[place]));
            let sort = match layout.contains(&id) {
                true => &mut self.in_layout,
                false if values.any(|grams| !grams.is_nan()) => &mut self.outside,
                false => {
                    self.padding.push(id);
                    continue;
                }
            };
            sort.push(id);
            kept.push((place, id));
        }
        kept
    }

    fn report(
        &self,
        layout: &BTreeSet<PlateId>,
        gondolas: impl Iterator<Item = u16>,
        summary: &mut ImportSummary,
    ) {
        summary.channels_in_layout = self.in_layout.len();
        summary.channels_outside_layout = self.outside.len();
        summary.padding_cells = self.padding.len();
        let sent: BTreeSet<&PlateId> = self.in_layout.iter().collect();
        let silent: Vec<PlateId> = layout.iter().filter(|plate| !sent.contains(plate)).copied().collect();
        summary.plates_without_data = silent.len();
        let gondolas: Vec<String> = gondolas.map(|gondola| gondola.to_string()).collect();
        summary.taken_over.push(format!(
            "{} batches of gondolas {}: {} channels, {} of them plates of the layout",
            summary.plate_batches,
            gondolas.join(", "),
            self.in_layout.len() + self.outside.len(),
            self.in_layout.len()
        ));
        let list = |what: &str, plates: &[PlateId]| format!("{what}: {}", plate_list(plates));
        let what = list("channels outside the layout that gave values", &self.outside);
        note(&mut summary.taken_over, self.outside.len(), &what);
        let what = list("cells that fill up short shelves and never hold a value", &self.padding);
        note(&mut summary.left_out, self.padding.len(), &what);
        let what = list("plates of the layout without any data", &silent);
        note(&mut summary.missing, silent.len(), &what);
        let captured = "the last sample of a batch was captured at its t_origin, give or take 0.1 s";
        summary.assumed.push(captured.to_owned());
    }
}
