//! Scenes named after what happens in them: what a store must be good at.
//!
//! A [`scene`] is short and independent, and a pure function of its name, the seed and the visit's number: runs
//! go in parallel, and any one can be played again alone.

use std::sync::Arc;

use model::{Record, Store, StoreError, Truth};
use thiserror::Error;

use crate::{Rng, Script, ScriptError, play};

/// A kind of scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What happens, in one sentence.
    pub description: &'static str,
    /// Whether a device or the planogram fails in it.
    pub faulty: bool,
}

/// One scene: what the devices of a store said, and what was true.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// The store as the engine is told.
    pub store: Arc<Store>,
    /// The records in the order of their arrival.
    pub records: Vec<Record>,
    /// What really happened; for measuring only.
    pub truth: Truth,
    /// How many trips in it count: all but those of staff.
    pub visits: usize,
}

/// A scene that can't be played.
#[derive(Debug, Error)]
pub enum SceneError {
    /// No such scenario.
    #[error("there is no scenario \"{name}\": name one of {}", names())]
    UnknownScenario {
        /// What was asked for.
        name: String,
    },
    /// The store drawn for it is wrong in itself.
    #[error("the scene's store: {0}")]
    Store(#[from] StoreError),
    /// The script drawn for it can't be played.
    #[error("the scene's script: {0}")]
    Script(#[from] ScriptError),
}

const fn sound(name: &'static str, description: &'static str) -> Scenario {
    Scenario { name, description, faulty: false }
}

const fn faulty(name: &'static str, description: &'static str) -> Scenario {
    Scenario { name, description, faulty: true }
}

/// All scenarios: those in which all devices work, then the faulty ones.
pub const SCENARIOS: &[Scenario] = &[
    sound("solo", "One shopper takes things, looks at others, puts some back and leaves."),
    sound("two-reach", "Two shoppers stand side by side and reach into one gondola within a second."),
    sound("swap-places", "Two shoppers at one shelf change places between their takes."),
    sound("two-at-once", "A shopper takes two things at once, with two hands or in one grab."),
    sound(
        "put-back-elsewhere",
        "A shopper puts a thing back in another place, and sometimes takes it again.",
    ),
    sound(
        "put-back-by-another",
        "One shopper leaves a thing in the wrong place, another one takes it from there.",
    ),
    sound("same-weight-neighbours", "Neighbouring products weigh the same within two grams."),
    sound("light-items", "The products weigh 5 to 20 grams."),
    sound("multi-facing", "Products lie on two to four plates, and units stand over the gaps."),
    sound("lean", "Hands and forearms rest on plates, before and while things are taken."),
    sound("restock", "Staff fill facings and take expired units away while shoppers shop."),
    sound("hand-over", "One shopper gives a thing to another one, of the same party or not."),
    sound("party", "Two to four people on one credential shop apart and leave at different times."),
    sound("child", "An adult shops with a child who takes low things, plays and shakes the shelf."),
    sound("crowd", "Ten to fifteen shoppers are at three or four gondolas at once."),
    faulty(
        "camera-loss",
        "The tracker sees nobody for 4 to 10 seconds, and single people are lost for a while.",
    ),
    faulty("dead-plate", "One or two plates in use give no number, or the same one for ever."),
    faulty("drift", "Load cells drift by 1 to 10 grams a minute, and the temperature steps."),
    faulty("clock-skew", "The tracker's clock is off by up to 300 milliseconds."),
    faulty(
        "wrong-planogram",
        "The engine is told a planogram with two facings swapped or one product amiss.",
    ),
    faulty("id-switch", "The tracker swaps the ids of two people who pass close, or gives a new one."),
];

fn names() -> String {
    SCENARIOS.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ")
}

/// Plays the visit `visit` of a scenario.
///
/// # Errors
/// [`SceneError::UnknownScenario`] for a name that is not in [`SCENARIOS`].
pub fn scene(name: &str, seed: u64, visit: u64) -> Result<Scene, SceneError> {
    if SCENARIOS.iter().all(|scenario| scenario.name != name) {
        return Err(SceneError::UnknownScenario { name: name.to_owned() });
    }
    let mut rng = Rng::new(seed, &format!("{name} {visit}"));
    let store = Store::from_toml(include_str!("../../../examples/stores/corner.toml"))?;
    let mut script = Script::default().enter(4.0, "ann", "card-0001");
    for stop in 0..rng.whole(1, 6) {
        let facing = &store.facings()[rng.whole(0, store.facings().len() as u32 - 1) as usize];
        let (plate, product) = (store.plate(facing.plates[0]).id, &store.product(facing.product).id);
        let quantity = rng.whole(1, 3);
        script = script.take(8.0 + 5.0 * f64::from(stop), "ann", product.as_str(), quantity, plate);
    }
    let script = script.leave(20.0, "ann");
    let played = play(&store, &script, rng.whole(0, u32::MAX - 1).into())?;
    let visits = played.truth.trips.len();
    Ok(Scene { store: Arc::new(store), records: played.records, truth: played.truth, visits })
}
