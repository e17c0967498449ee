//! What a suite came to: figures that add up.

use model::Currency;
use serde::Serialize;
use simulator::scenarios::Level;

use super::bars::bars;
use super::scene::SceneFigures;
use super::{Bar, Figures, Suite, WrongReceipt};
use crate::{Calibration, Latencies};

/// Wrong receipts that are kept of a scenario; the others are counted.
pub const WRONG_KEPT_MAX: usize = 20;

/// What a suite came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Seed of all scenes.
    pub seed: u64,
    /// Scenes of each scenario.
    pub scenes: u64,
    /// Whether single cameras saw the people, and a tracker followed them; else they come ready-made.
    pub by_cameras: bool,
    /// The currencies of the stores, in the order in which they came; all money is added one to one.
    pub currencies: Vec<Currency>,
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
        bars(self)
    }

    pub(super) fn new(suite: &Suite) -> Self {
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
            by_cameras: suite.eyes == Level::Cameras,
            scenes: suite.scenes,
            currencies: Vec::new(),
            scenarios: scenarios.collect(),
            cost: Cost::default(),
        }
    }

    /// Adds the scene at a place of the suite.
    pub(super) fn add(&mut self, suite: &Suite, place: u64, scene: SceneFigures) {
        if !self.currencies.contains(&scene.currency) {
            self.currencies.push(scene.currency);
        }
        self.cost.engine_cpu_s += scene.engine_s;
        self.cost.store_s += scene.store_s;
        let figures = &mut self.scenarios[(place / suite.scenes) as usize];
        figures.sums.merge(&scene.sums);
        figures.wrong_count += scene.wrong.len() as u64;
        let room = WRONG_KEPT_MAX - figures.wrong.len();
        figures.wrong.extend(scene.wrong.into_iter().take(room));
    }
}
