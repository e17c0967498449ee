//! The import of AutoCheckout data: of the real store's, and of a tiny one broken in all ways.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use model::{Currency, DVec3, Direction, Joint, PlateBatch, PlateId, ProductId, Record, Store, Time};
use recording::{AutocheckoutOptions, RecordingReader, import_autocheckout};
use support::read;

/// The files of a store with one shelf of two plates, by name; batches have a third, padded column.
fn tiny() -> Vec<(&'static str, String)> {
    let shelf = r#"{"gondola_id": {"id": 1}, "shelf_index": 1}"#;
    let plate = |number: u16, x: f64| {
        format!(
            r#"{{"id": {{"shelf_id": {shelf}, "plate_index": {number}}}, "coordinates": {{
            "transform": {{"translation": {{"x": {x}}}}}, "dim_x": 0.2, "dim_y": 0.4}}}}"#
        )
    };
    let nan = f32::NAN;
    let grams = [nan, nan, nan, nan, nan, 10.0, 20.0, nan, nan, nan, nan, nan, nan, 11.0, 21.0, nan];
    let target = r#"{"target_id": {"id": "7"}, "target_state": "TARGETSTATE_VALID_ENTRANCE",
        "l_wrist": {"point": {"x": 100.0, "y": -10.0}, "score": 0.5}, "r_wrist": {"point": {}}}"#;
    let camera = r#"{"K": [[0.8, 0, 0.5], [0, 1.4, 0.5], [0, 0, 1]], "dist_coeffs": [0, 0, 0, 0, 0],
        "Tw": [[1, 0, 0, 100], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}"#;
    vec![
        ("store/Gondolas", r#"{"gondolas": [{"id": {"id": 1}, "coordinates": {}}]}"#.to_owned()),
        (
            "store/Shelves",
            format!(
                r#"{{"shelves": [{{"id": {shelf}, "coordinates": {{"dim_x": 0.4, "dim_y": 0.4, "dim_z": 0.3}}}}]}}"#
            ),
        ),
        ("store/Plates", format!(r#"{{"plates": [{}, {}]}}"#, plate(2, 0.2), plate(1, 0.0))),
        ("store/calibration", format!(r#"{{"cameras": {{"1": {camera}, "2": {{"K": []}}}}}}"#)),
        ("benchmark-1/products", one_line(&[TEA, TEA])),
        ("benchmark-1/planogram", one_line(&[&facing(shelf, 1, "tea"), &facing(shelf, 2, "")])),
        ("benchmark-1/plate_data", one_line(&[&batch("06.0", &grams), &batch("06.2", &grams)])),
        (
            "benchmark-1/full_targets",
            one_line(&[&targets("05.9", target), &targets("06.1", target), &targets("06.2", "")]),
        ),
    ]
}

const TEA: &str =
    r#"{"product_id": {"id": "tea"}, "metadata": {"name": "Tea", "price": 3, "weight": 117.66999816894531}}"#;

fn facing(shelf: &str, plate: u16, product: &str) -> String {
    let product = if product.is_empty() { String::new() } else { format!(r#""id": "{product}""#) };
    format!(
        r#"{{"plate_ids": [{{"shelf_id": {shelf}, "plate_index": {plate}}}], "planogram_product_id": {{{product}}}}}"#
    )
}

fn batch(second: &str, grams: &[f32]) -> String {
    use base64::Engine;
    let bytes: Vec<u8> = grams.iter().flat_map(|grams| grams.to_le_bytes()).collect();
    let data = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!(
        r#"{{"document": {{"header": {{"t_origin": "2020-04-22T05:06:{second}Z"}}, "plate_data":
        {{"plate_id": {{"shelf_id": {{"gondola_id": {{"id": 1}}}}}}, "freq_samp": 10.0,
        "values": {{"data": "{data}", "shape": [2, 2, 4]}}}}}}}}"#
    )
}

fn targets(second: &str, target: &str) -> String {
    format!(
        r#"{{"document": {{"header": {{"t_origin": "2020-04-22T05:06:{second}Z"}}, "targets": {{"targets": [{target}]}}}}}}"#
    )
}

/// Each document on a line of its own.
fn one_line(documents: &[&str]) -> String {
    documents.iter().map(|document| document.replace('\n', " ") + "\n").collect()
}

/// Writes a source, packed for every second file.
fn write_source(folder: &Path, files: &[(&str, String)]) {
    for (number, (name, text)) in files.iter().enumerate() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if number % 2 == 0 {
            fs::write(path.with_extension("json"), text).unwrap();
        } else {
            let file = fs::File::create(path.with_extension("json.gz")).unwrap();
            let mut packed = GzEncoder::new(file, Compression::fast());
            packed.write_all(text.as_bytes()).unwrap();
            packed.finish().unwrap();
        }
    }
}

fn import(folder: &Path) -> Result<recording::ImportSummary, recording::ImportError> {
    import_autocheckout(folder, &folder.join("out.mcap"), &AutocheckoutOptions::default())
}

#[test]
fn a_tiny_store_becomes_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    write_source(folder.path(), &tiny());
    let summary = import(folder.path()).unwrap();
    insta::assert_snapshot!("tiny_summary", summary);
    let out = folder.path().join("out.mcap");
    let store = toml::to_string(RecordingReader::open(&out).unwrap().store().file()).unwrap();
    insta::assert_snapshot!("tiny_store", store);
    insta::assert_debug_snapshot!("tiny_records", read(&out).unwrap());
}

#[test]
fn prices_take_the_minor_unit_of_their_currency() {
    let folder = tempfile::tempdir().unwrap();
    write_source(folder.path(), &tiny());
    let out = folder.path().join("yen.mcap");
    let options = AutocheckoutOptions { store_name: "Mise".to_owned(), currency: Currency::JPY };
    import_autocheckout(folder.path(), &out, &options).unwrap();
    let reader = RecordingReader::open(&out).unwrap();
    assert_eq!(reader.store().products()[0].price.unwrap().to_string(), "3 JPY");
    assert_eq!(reader.store().name(), "Mise");
}

/// Why the tiny store can't be imported with `from` replaced by `to` in one of its files, without the
/// folder's name.
fn complaint(file: &str, from: &str, to: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut files = tiny();
    let text = &mut files.iter_mut().find(|(name, _)| *name == file).unwrap().1;
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
    write_source(folder.path(), &files);
    refusal(folder.path())
}

fn refusal(folder: &Path) -> String {
    let error = import(folder).unwrap_err().to_string();
    assert!(!folder.join("out.mcap").exists(), "half a recording stands at the output");
    error.replace(folder.to_str().unwrap(), "DIR")
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_mend() {
    let complaints = [
        complaint("benchmark-1/plate_data", "[2, 2, 4]", "[2, 2, 5]"),
        complaint("benchmark-1/plate_data", "[2, 2, 4]", "[2, 8]"),
        complaint("benchmark-1/plate_data", "[2, 2, 4]", "[1, 4, 4]"),
        complaint("benchmark-1/plate_data", "[2, 2, 4]", "[4, 2, 2]"),
        complaint("benchmark-1/plate_data", "\"data\": \"AADA", "\"data\": \"?ADA"),
        complaint("benchmark-1/plate_data", "10.0", "0.0"),
        complaint("benchmark-1/plate_data", "06.0Z", "06.0"),
        complaint("benchmark-1/plate_data", "\n", "\n{\n"),
        complaint("benchmark-1/full_targets", "\"7\"", "\"seven\""),
        complaint("benchmark-1/full_targets", "0.5}", "1.5}"),
        complaint("benchmark-1/products", "\"Tea\", \"price\": 3", "\"Tea\", \"price\": 4"),
        complaint("benchmark-1/products", "\"name\": \"Tea\",", ""),
        complaint("benchmark-1/planogram", "\"plate_index\": 1", "\"plate_index\": 9"),
        complaint("store/Plates", "0.2}", "0.1}"),
        complaint("store/Plates", "{\"x\": 0.2}", "{\"x\": 0.2, \"z\": 1.0}"),
        complaint("store/Plates", "\"shelf_index\": 1", "\"shelf_index\": 3"),
        complaint("store/Shelves", "\"id\": 1}", "\"id\": 8}"),
        complaint("store/Shelves", "{\"dim_x\"", "{\"transform\": {\"rotation\": {\"y\": 0.5}}, \"dim_x\""),
        complaint("store/calibration", "{\"cameras\"", "{\"cameras\" {"),
    ];
    insta::assert_snapshot!(complaints.join("\n"));
}

#[test]
fn a_missing_empty_or_broken_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write_source(folder.path(), &tiny());
    let targets = folder.path().join("benchmark-1/full_targets.json.gz");
    let bytes = fs::read(&targets).unwrap();
    fs::write(&targets, &bytes[..bytes.len() / 2]).unwrap();
    let cut = refusal(folder.path());
    fs::write(&targets, "no gzip").unwrap();
    let foreign = refusal(folder.path());
    fs::remove_file(&targets).unwrap();
    let missing = refusal(folder.path());
    fs::write(targets.with_extension(""), "").unwrap();
    let empty = refusal(folder.path());
    insta::assert_snapshot!([cut, foreign, missing, empty].join("\n"));
}

/// The real store's data, where this checkout has it beside it.
fn nanostore() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/nanostore"));
    if !path.exists() {
        println!("skipped: the NanoStore's data is not at {}", path.display());
    }
    path.exists().then(|| path.to_owned())
}

#[test]
fn the_nanostore_becomes_a_recording() {
    let Some(source) = nanostore() else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("nanostore.mcap");
    let summary = import_autocheckout(&source, &out, &AutocheckoutOptions::default()).unwrap();
    insta::assert_snapshot!("nanostore_summary", summary);
    assert_eq!((summary.channels_in_layout, summary.channels_outside_layout), (240, 38));
    assert_eq!((summary.plate_batches, summary.people, summary.passages), (344, 291, 1));
    assert_eq!((summary.products, summary.duplicate_products, summary.products_without_mass), (361, 350, 5));
    assert_eq!((summary.facings, summary.facings_without_product, summary.plates_without_data), (113, 1, 66));

    let mut reader = RecordingReader::open(&out).unwrap();
    let records: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
    assert!(reader.notices().is_empty());
    assert!(records.is_sorted_by_key(Record::time));
    nanostore_store(reader.store());
    nanostore_plates(&records);
    nanostore_people(&records);
}

fn nanostore_store(store: &Store) {
    let plate = store.plate(store.plate_index(PlateId::new(1, 5, 11)).unwrap());
    assert!(plate.centre().distance(DVec3::new(1.0922, 0.2889, 1.3748)) < 1e-6, "{}", plate.centre());
    let product = store.product(store.product_index(&ProductId::from("048014009909")).unwrap());
    assert_eq!(product.gtin.as_ref().map(|gtin| gtin.as_str()), Some("048014009909"));
    assert_eq!(product.price.unwrap().to_string(), "1.00 USD");
    assert_eq!(product.mass_g.map(|(mass, _)| mass), Some(117.67));
    assert_eq!(store.cameras().len(), 22);
}

fn nanostore_plates(records: &[Record]) {
    let batches: Vec<&PlateBatch> = records
        .iter()
        .filter_map(|record| match record {
            Record::Plates(batch) if batch.sensor().as_str() == "gondola-1" => Some(batch),
            _ => None,
        })
        .collect();
    assert_eq!(batches.len(), 86);
    let first = batches[0];
    assert_eq!(first.time(), "2020-04-22T05:06:36.859Z".parse::<Time>().unwrap());
    assert_eq!((first.sample_count(), first.plates().len()), (12, 74));
    // The first value of the first document, read by hand.
    assert_eq!((first.plates()[0], first.grams()[0]), (PlateId::new(1, 1, 1), 1206.4459));
}

fn nanostore_people(records: &[Record]) {
    let Record::People(first) = &records[0] else { panic!("{:?}", records[0]) };
    let head = first.people[0].joint(Joint::Head).unwrap();
    assert!(head.distance(DVec3::new(132.546_57, -22.004_389, 66.503_555) * 0.0254) < 1e-6, "{head}");
    let Record::Passage(passage) = &records[1] else { panic!("{:?}", records[1]) };
    assert_eq!((passage.direction, passage.track), (Direction::In, Some(first.people[0].track)));
    assert_eq!(first.people[0].track.0, 3_325_379_692_103_139_202);
}
