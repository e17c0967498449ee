//! Suites: many simulated scenes, played and measured.

mod bars;
mod figures;
mod measured;
mod reason;
mod runner;
mod scene;
mod wrong;

use simulator::scenarios::{Level, SCENARIOS, Scenario, SceneError};
use thiserror::Error;

pub use bars::{Asked, Bar};
pub use figures::Figures;
pub use measured::{Cost, Measured, ScenarioFigures, Sums, WRONG_KEPT_MAX};
pub use reason::Reason;
pub use runner::run;
pub use wrong::{WrongLine, WrongReceipt};

/// What to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// The scenarios, in the order in which they are told.
    pub scenarios: Vec<&'static Scenario>,
    /// Seed of all scenes.
    pub seed: u64,
    /// Scenes of each scenario, each with at least one visit.
    pub scenes: u64,
    /// Who sees the people in them.
    pub eyes: Level,
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
}

fn known_names() -> String {
    SCENARIOS.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ")
}

impl Suite {
    /// A suite by name: `all`, or names of scenarios with commas between.
    ///
    /// # Errors
    /// [`SuiteError::UnknownScenario`], which lists those that there are.
    pub fn named(names: &str, seed: u64, scenes: u64, eyes: Level) -> Result<Self, SuiteError> {
        let find = |name: &str| {
            let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
            found.ok_or_else(|| SuiteError::UnknownScenario { name: name.to_owned() })
        };
        let scenarios = match names {
            "all" => SCENARIOS.iter().collect(),
            _ => names.split(',').map(|name| find(name.trim())).collect::<Result<_, _>>()?,
        };
        Ok(Self { scenarios, seed, scenes, eyes })
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
