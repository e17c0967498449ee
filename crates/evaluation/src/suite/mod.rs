//! Suites: many simulated scenes, played and measured.

mod bars;
mod figures;
mod reason;
mod scene;
mod wrong;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use model::Currency;
use serde::Serialize;
use simulator::scenarios::{SCENARIOS, Scenario, SceneError};
use thiserror::Error;

pub use bars::{Asked, Bar};
pub use figures::Figures;
pub use reason::Reason;
use scene::{SceneFigures, measure};
pub use wrong::{WrongLine, WrongReceipt};

use crate::{Calibration, Latencies};

/// Wrong receipts that are kept of a scenario; the others are counted.
pub const WRONG_KEPT_MAX: usize = 20;
/// Measured scenes that may wait for each thread; bounds the memory.
const WAITING_PER_THREAD: usize = 4;

/// What to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// The scenarios, in the order in which they are told.
    pub scenarios: Vec<&'static Scenario>,
    /// Seed of all scenes.
    pub seed: u64,
    /// Scenes of each scenario, each with at least one visit.
    pub scenes: u64,
}

/// A suite that can't be played to its end.
#[derive(Debug, Error)]
pub enum SuiteError {
    /// No such scenario.
    #[error("there is no scenario \"{name}\": write all, or some of {}", known_names())]
    UnknownScenario {
        /// What was asked for.
        name: String,
    },
    /// A scene can't be made.
    #[error("scene {scene} of {scenario}: {why}")]
    Scene {
        /// Its scenario.
        scenario: &'static str,
        /// Its number.
        scene: u64,
        /// Why.
        why: SceneError,
    },
    /// Something broke off while a scene was played: a mistake in the engine or the simulator.
    #[error("scene {scene} of {scenario} broke off: {why}: replay it alone to find the mistake")]
    BrokenOff {
        /// Its scenario.
        scenario: &'static str,
        /// Its number.
        scene: u64,
        /// What was said.
        why: String,
    },
    /// Money that does not add up.
    #[error("scene {scene} of {scenario} is paid in {currency} and others in {other}: give all one currency")]
    Currencies {
        /// Its scenario.
        scenario: &'static str,
        /// Its number.
        scene: u64,
        /// Its currency.
        currency: Currency,
        /// That of the scenes before.
        other: Currency,
    },
}

fn known_names() -> String {
    SCENARIOS.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ")
}

impl Suite {
    /// A suite by name: `all`, or names of scenarios with commas between.
    ///
    /// # Errors
    /// [`SuiteError::UnknownScenario`], which lists those that there are.
    pub fn named(names: &str, seed: u64, scenes: u64) -> Result<Self, SuiteError> {
        let find = |name: &str| {
            let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
            found.ok_or_else(|| SuiteError::UnknownScenario { name: name.to_owned() })
        };
        let scenarios = match names {
            "all" => SCENARIOS.iter().collect(),
            _ => names.split(',').map(|name| find(name.trim())).collect::<Result<_, _>>()?,
        };
        Ok(Self { scenarios, seed, scenes })
    }

    /// How many scenes it has in all.
    pub fn len(&self) -> u64 {
        self.scenarios.len() as u64 * self.scenes
    }

    /// Whether there is nothing to play.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The scenario and the number in it of the scene at a place in the whole suite.
    pub fn scene_at(&self, place: u64) -> (&'static Scenario, u64) {
        (self.scenarios[(place / self.scenes) as usize], place % self.scenes)
    }
}

/// What a suite came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Seed of all scenes.
    pub seed: u64,
    /// Scenes of each scenario.
    pub scenes: u64,
    /// Currency of all money.
    pub currency: Option<Currency>,
    /// The figures of each scenario, in the suite's order: the same on every run.
    pub scenarios: Vec<ScenarioFigures>,
    /// What it cost: not the same on every run.
    pub cost: Cost,
}

/// What playing a suite cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Processor time that the engine took, seconds.
    pub engine_cpu_s: f64,
    /// Time that went by in the scenes, seconds.
    pub store_s: f64,
}

impl Cost {
    /// How many times faster than the store's time the engine was, on one core; none if it was not run.
    pub fn speed(&self) -> Option<f64> {
        (self.engine_cpu_s > 0.0).then(|| self.store_s / self.engine_cpu_s)
    }
}

/// The figures of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioFigures {
    /// Its name.
    pub name: &'static str,
    /// What happens in it.
    pub description: &'static str,
    /// Whether a device or the planogram fails in it.
    pub faulty: bool,
    /// Its figures.
    #[serde(flatten)]
    pub sums: Sums,
    /// Its first wrong receipts, up to [`WRONG_KEPT_MAX`].
    pub wrong: Vec<WrongReceipt>,
    /// How many receipts are wrong.
    pub wrong_count: u64,
}

/// Figures that add up, over scenes and over scenarios.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sums {
    /// The engine's receipts.
    pub ours: Figures,
    /// The receipts of the naive system, on the same records.
    pub naive: Figures,
    /// Whether the engine's probabilities are what they say.
    pub calibration: Calibration,
    /// From the moment at which a hand with its goods left the shelf until the cart showed them.
    pub takes: Latencies,
    /// From the exit of the last of a party until its receipt, where nothing is in review.
    pub settling: Latencies,
}

impl Sums {
    fn merge(&mut self, other: &Self) {
        self.ours.merge(&other.ours);
        self.naive.merge(&other.naive);
        self.calibration.merge(&other.calibration);
        self.takes.merge(&other.takes);
        self.settling.merge(&other.settling);
    }
}

impl Measured {
    /// The figures of all scenarios that `wanted` says, together.
    pub fn sum(&self, wanted: impl Fn(&ScenarioFigures) -> bool) -> Sums {
        let mut sums = Sums::default();
        self.scenarios.iter().filter(|scenario| wanted(scenario)).for_each(|one| sums.merge(&one.sums));
        sums
    }

    /// What is asked of the suites, and whether it is met.
    pub fn bars(&self) -> Vec<Bar> {
        bars::bars(self)
    }

    fn new(suite: &Suite) -> Self {
        let scenarios = suite.scenarios.iter().map(|scenario| ScenarioFigures {
            name: scenario.name,
            description: scenario.description,
            faulty: scenario.faulty,
            sums: Sums::default(),
            wrong: Vec::new(),
            wrong_count: 0,
        });
        Self {
            seed: suite.seed,
            scenes: suite.scenes,
            currency: None,
            scenarios: scenarios.collect(),
            cost: Cost::default(),
        }
    }

    /// Adds the scene at a place of the suite.
    fn add(&mut self, suite: &Suite, place: u64, scene: SceneFigures) -> Result<(), SuiteError> {
        let (scenario, number) = suite.scene_at(place);
        let other = *self.currency.get_or_insert(scene.currency);
        if other != scene.currency {
            let currency = scene.currency;
            return Err(SuiteError::Currencies { scenario: scenario.name, scene: number, currency, other });
        }
        self.cost.engine_cpu_s += scene.engine_s;
        self.cost.store_s += scene.store_s;
        let figures = &mut self.scenarios[(place / suite.scenes) as usize];
        figures.sums.merge(&scene.sums);
        figures.wrong_count += scene.wrong.len() as u64;
        let room = WRONG_KEPT_MAX - figures.wrong.len();
        figures.wrong.extend(scene.wrong.into_iter().take(room));
        Ok(())
    }
}

/// Plays a suite on so many threads and measures what comes of it; `progress` hears how many scenes are
/// done. The figures are the same on any number of threads.
///
/// # Errors
/// [`SuiteError`], with the scene that can't be played.
pub fn run(suite: &Suite, threads: usize, mut progress: impl FnMut(u64)) -> Result<Measured, SuiteError> {
    let next = &AtomicU64::new(0);
    let (sender, played) = sync_channel(threads * WAITING_PER_THREAD);
    thread::scope(move |scope| {
        for _ in 0..threads.max(1) {
            let sender = sender.clone();
            scope.spawn(move || play(suite, next, &sender));
        }
        drop(sender);
        merge(suite, played, &mut progress)
    })
}

type Played = (u64, Result<SceneFigures, SuiteError>);

/// Plays the next scene that nobody plays yet, until there is none or nobody listens.
fn play(suite: &Suite, next: &AtomicU64, sender: &SyncSender<Played>) {
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        if place >= suite.len() || sender.send((place, play_one(suite, place))).is_err() {
            return;
        }
    }
}

fn play_one(suite: &Suite, place: u64) -> Result<SceneFigures, SuiteError> {
    let (Scenario { name: scenario, .. }, scene) = suite.scene_at(place);
    match catch_unwind(AssertUnwindSafe(|| measure(scenario, suite.seed, scene))) {
        Ok(measured) => measured.map_err(|why| SuiteError::Scene { scenario, scene, why }),
        Err(panic) => Err(SuiteError::BrokenOff { scenario, scene, why: message(panic.as_ref()) }),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Adds up scenes in the order of the suite, whichever is done first. Takes the receiver along, so that after
/// an error nobody listens any more and all threads end.
fn merge(
    suite: &Suite,
    played: Receiver<Played>,
    progress: &mut impl FnMut(u64),
) -> Result<Measured, SuiteError> {
    let mut measured = Measured::new(suite);
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (done, (place, scene)) in (1..).zip(played) {
        progress(done);
        waiting.insert(place, scene);
        while let Some(scene) = waiting.remove(&next) {
            measured.add(suite, next, scene?)?;
            next += 1;
        }
    }
    Ok(measured)
}
