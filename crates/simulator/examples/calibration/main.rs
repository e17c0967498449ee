//! Draws how well the simulated scales match the recorded nanostore.
//!
//! Run `cargo run --release -p simulator --example calibration -- <nanostore folder> --out <picture.svg>`; the folder
//! is the one that `import_autocheckout` reads.

mod measure;
mod picture;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use measure::{Measured, Samples};
use model::{GateFile, PlateId, Record, Store};
use recording::{AutocheckoutOptions, RecordingReader, import_autocheckout};
use simulator::{Script, Simulation};

/// Where a bottle is taken in the recording.
const TAKEN: PlateId = PlateId::new(1, 5, 11);
/// How many worlds are simulated: one recorded store against a few that might have been.
const SEEDS: u64 = 4;

fn main() -> anyhow::Result<()> {
    let (folder, out) = arguments()?;
    let (store, recorded) = recorded(&folder)?;
    let recorded = Measured::new(&Samples::read(&recorded), TAKEN);
    let mut simulated = Vec::new();
    for seed in 0..SEEDS {
        let records = simulated_visit(&store, seed)?;
        simulated.push(Measured::new(&Samples::read(&records), TAKEN));
    }
    picture::draw(&out, &recorded, &simulated).with_context(|| format!("drawing {}", out.display()))
}

fn arguments() -> anyhow::Result<(PathBuf, PathBuf)> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [folder, option, out] if option == "--out" => Ok((folder.into(), out.into())),
        _ => bail!("say where the nanostore is and where the picture goes: <folder> --out <picture.svg>"),
    }
}

/// The recording, and its store with a gate from which one walks along the gondolas.
fn recorded(folder: &Path) -> anyhow::Result<(Arc<Store>, Vec<Record>)> {
    let scratch = tempfile::tempdir()?;
    let file = scratch.path().join("nanostore.mcap");
    import_autocheckout(folder, &file, &AutocheckoutOptions::default())?;
    let reader = RecordingReader::open(&file)?;
    let mut store = reader.store().file().clone();
    // The recorded bottle stood on one plate of its facing of two; here, all do.
    for facing in store.facings.iter_mut().filter(|facing| facing.plates.contains(&TAKEN)) {
        facing.plates = vec![TAKEN];
    }
    store.gates = vec![GateFile { id: "gate".into(), position_m: Some([5.0, -1.5, 0.0]) }];
    let records = reader.collect::<Result<Vec<Record>, _>>()?;
    Ok((Arc::new(Store::new(store)?), records))
}

/// Five quiet seconds, then somebody walks in, takes the bottle and leaves.
fn simulated_visit(store: &Arc<Store>, seed: u64) -> anyhow::Result<Vec<Record>> {
    let plate = store.plate_index(TAKEN).context("the store has no such plate")?;
    let mass_g = |product: &model::ProductIndex| store.product(*product).mass_g.map_or(0.0, |(mean, _)| mean);
    let products = &store.plate(plate).products;
    let product = products.iter().max_by(|one, other| mass_g(one).total_cmp(&mass_g(other)));
    let product = product.context("nothing lies on the plate")?;
    let script = Script::default()
        .enter(10.0, "ann", "card-0001")
        .take(20.0, "ann", store.product(*product).id.as_str(), 1, TAKEN)
        .leave(30.0, "ann");
    let mut simulation = Simulation::new(store.clone(), &script, seed)?;
    let records = simulation.by_ref().collect();
    simulation.finish()?;
    Ok(records)
}
