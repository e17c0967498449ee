//! Scenes named after what happens in them: what a store must be good at.
//!
//! A [`scene`] is short and independent, and a pure function of its name, the seed and the visit's number: runs
//! go in parallel, and any one can be played again alone.

mod bay;
mod draft;
mod fault;
mod faulty;
mod goods;
mod people;
mod shelves;

use std::sync::Arc;

pub(crate) use draft::Draft;
pub use fault::Fault;
use model::{Record, Store, StoreError, StoreFile, Truth};
use thiserror::Error;

use crate::{Bodies, Rng, ScriptError, Simulation, faults};

/// A kind of scene.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What happens, in one sentence.
    pub description: &'static str,
    /// Whether a device or the planogram fails in it.
    pub faulty: bool,
    /// How many gondolas it plays at, at least.
    gondolas: usize,
    /// Puts other goods on the shelves than the store has.
    replan: fn(&mut StoreFile, &mut Rng),
    /// Says who comes and what they do.
    write: fn(&mut Draft),
}

/// The same if it has the same name: no two have.
impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Scenario {}

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
    /// Where everybody really was, 15 times a second on [`Level::Cameras`], else never; for measuring only.
    pub bodies: Vec<Bodies>,
}

/// Who sees people in a scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// A tracker, ready-made, which says who is where.
    #[default]
    Tracker,
    /// Four to eight cameras, hung into the scene's store, which say what is in their pictures.
    Cameras,
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

const fn sound(name: &'static str, description: &'static str, write: fn(&mut Draft)) -> Scenario {
    Scenario { name, description, faulty: false, gondolas: 1, replan: goods::as_they_are, write }
}

const fn faulty(name: &'static str, description: &'static str, write: fn(&mut Draft)) -> Scenario {
    Scenario { faulty: true, ..sound(name, description, write) }
}

/// All scenarios: those in which all devices work, then the faulty ones.
pub const SCENARIOS: &[Scenario] = &[
    sound("solo", "One shopper takes things, looks at others, puts some back and leaves.", people::solo),
    sound(
        "two-reach",
        "Two shoppers stand side by side and reach into one gondola within a second.",
        people::two_reach,
    ),
    sound("swap-places", "Two shoppers at one shelf change places between their takes.", people::swap_places),
    sound(
        "two-at-once",
        "A shopper takes two things at once, with two hands or in one grab.",
        shelves::two_at_once,
    ),
    sound(
        "put-back-elsewhere",
        "A shopper puts a thing back in another place, and sometimes takes it again.",
        shelves::put_back_elsewhere,
    ),
    sound(
        "put-back-by-another",
        "One shopper leaves a thing in the wrong place, another one takes it from there.",
        shelves::put_back_by_another,
    ),
    Scenario {
        replan: goods::same_weights,
        ..sound(
            "same-weight-neighbours",
            "Neighbouring products weigh the same within two grams.",
            people::solo,
        )
    },
    Scenario {
        replan: goods::light,
        ..sound("light-items", "Most products weigh 5 to 20 grams.", shelves::light_items)
    },
    Scenario {
        replan: goods::wide_facings,
        ..sound(
            "multi-facing",
            "Products lie on two to four plates, and units stand over the gaps.",
            people::solo,
        )
    },
    sound("lean", "Hands and forearms rest on plates, before and while things are taken.", shelves::lean),
    sound("restock", "Staff fill facings and take expired units away while shoppers shop.", shelves::restock),
    sound(
        "hand-over",
        "One shopper gives a thing to another one, of the same party or not.",
        people::hand_over,
    ),
    sound(
        "party",
        "Two to four people on one credential shop apart and leave at different times.",
        people::party,
    ),
    sound(
        "child",
        "An adult shops with a child who takes low things, plays and shakes the shelf.",
        people::child,
    ),
    Scenario {
        gondolas: 3,
        ..sound("crowd", "Ten to fifteen shoppers are at three or four gondolas at once.", people::crowd)
    },
    faulty(
        "camera-loss",
        "The tracker sees nobody for 4 to 10 seconds; people, or messages of a scale, are lost for a while.",
        faulty::camera_loss,
    ),
    faulty(
        "dead-plate",
        "One or two plates in use give no number, or the same one for ever.",
        faulty::dead_plate,
    ),
    faulty("drift", "Load cells drift by 1 to 10 grams a minute, and the temperature steps.", faulty::drift),
    faulty("clock-skew", "The tracker's clock is off by up to 300 milliseconds.", faulty::clock_skew),
    faulty(
        "wrong-planogram",
        "The engine is told a planogram with two facings swapped or one product amiss.",
        faulty::wrong_planogram,
    ),
    faulty(
        "id-switch",
        "The tracker swaps the ids of two people who pass close, or gives a new one.",
        faulty::id_switch,
    ),
];

/// A bay of at least so many gondolas.
#[cfg(test)]
pub(crate) fn bay_of(gondolas: usize, seed: u64) -> StoreFile {
    bay::cut(gondolas, &mut Rng::new(seed, "bay"))
}

fn names() -> String {
    SCENARIOS.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ")
}

/// Plays the visit `visit` of a scenario.
///
/// # Errors
/// [`SceneError::UnknownScenario`] for a name that is not in [`SCENARIOS`].
pub fn scene(name: &str, seed: u64, visit: u64) -> Result<Scene, SceneError> {
    scene_with(name, seed, visit, &[])
}

/// Plays the visit `visit` of a scenario with faults: the same people do the same.
///
/// # Errors
/// [`SceneError::UnknownScenario`] for a name that is not in [`SCENARIOS`].
pub fn scene_with(name: &str, seed: u64, visit: u64, faults: &[Fault]) -> Result<Scene, SceneError> {
    scene_at(Level::Tracker, name, seed, visit, faults)
}

/// The same as seen by a tracker or by cameras: the same people do the same. Faults of the tracker become faults of all
/// cameras (nothing comes from them, their clocks are wrong) where cameras can have them; who is lost or mistaken for
/// whom is up to what follows people by the cameras.
///
/// # Errors
/// [`SceneError::UnknownScenario`] for a name that is not in [`SCENARIOS`].
pub fn scene_at(
    level: Level,
    name: &str,
    seed: u64,
    visit: u64,
    faults: &[Fault],
) -> Result<Scene, SceneError> {
    let (mut draft, world_seed) = draft(name, seed, visit)?;
    for fault in faults {
        fault.spoil(&mut draft, Rng::new(seed, &format!("{name} {visit} {}", fault.name())));
    }
    if level == Level::Cameras {
        draft.hang_cameras()?;
    }
    play(draft, world_seed)
}

/// Writes a scene, and draws the seed of the world that it plays in.
fn draft(name: &str, seed: u64, visit: u64) -> Result<(Draft, u64), SceneError> {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name);
    let scenario = scenario.ok_or_else(|| SceneError::UnknownScenario { name: name.to_owned() })?;
    let mut rng = Rng::new(seed, &format!("{name} {visit}"));
    let mut file = bay::cut(scenario.gondolas, &mut rng);
    (scenario.replan)(&mut file, &mut rng);
    let world_seed = rng.draw();
    let mut draft = Draft::new(file, rng)?;
    (scenario.write)(&mut draft);
    Ok((draft, world_seed))
}

fn play(draft: Draft, seed: u64) -> Result<Scene, SceneError> {
    let real = Arc::new(draft.store);
    let store = draft.told.map_or_else(|| Ok(real.clone()), |told| Store::new(told).map(Arc::new))?;
    let mut simulation = Simulation::new(real, &draft.script, seed)?;
    let (mut records, bodies) = simulation.play_out();
    for (plate, from_s, fault) in draft.broken {
        records = faults::break_plate(records, plate, draft.script.start.plus_seconds(from_s), fault);
    }
    for (gondola, from_s, to_s) in draft.lost {
        let [from, to] = [from_s, to_s].map(|time_s| draft.script.start.plus_seconds(time_s));
        records = faults::drop_burst(records, &crate::scale::sensor(gondola), from, to);
    }
    if draft.skew_s != 0.0 {
        for sensor in draft.script.seeing(&store) {
            records = faults::skew_clock(records, &sensor, draft.skew_s);
        }
    }
    let visits = simulation.shopping_trips();
    Ok(Scene { store, records, truth: simulation.finish()?, visits, bodies })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bodies_are_ever_in_one_place() {
        for scenario in SCENARIOS {
            for visit in 0..8 {
                let (draft, seed) = draft(scenario.name, 11, visit).unwrap();
                let mut simulation = Simulation::new(Arc::new(draft.store), &draft.script, seed).unwrap();
                let mut least_m = f64::MAX;
                while simulation.next().is_some() {
                    least_m = least_m.min(simulation.least_distance_m());
                }
                assert!(least_m >= 0.35, "{} {visit}: {least_m} m", scenario.name);
            }
        }
    }
}
