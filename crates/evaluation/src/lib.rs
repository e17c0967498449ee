//! Scores: how well the receipts tell what really happened.
//!
//! **Its one job:** to compare [`Receipt`](model::Receipt)s with a [`Truth`](model::Truth) and count what
//! is right, what was charged wrongly and what was missed, in lines, units, receipts and money: of one
//! recording, and of whole suites of simulated scenes.
//!
//! **The way in:** [`read_truth`] reads a truth file, [`score`] compares; [`Scores`] holds the figures and
//! one [`TripScore`] per visit, which says what was expected, what was charged and what stands in review.
//! [`Suite::named`] says what to simulate, [`run`] plays it; [`Measured`] holds the figures. [`tracks`] compares where
//! people were with where they were seen, [`palms`] how well palms are told apart.
//!
//! **What it never does:** I/O (it measures the processor time that the engine took, and nothing else of the
//! machine), and improving a figure: what was missed counts, whatever the excuse.

mod baseline;
mod calibration;
mod latency;
mod matching;
pub mod palms;
mod report;
mod scores;
mod suite;
pub mod tracks;
mod truth_file;
pub mod words;

pub use baseline::naive_receipts;
pub use calibration::{Calibration, CalibrationBin};
pub use latency::Latencies;
pub use report::{ReportLinks, report, scene_name};
pub use scores::{
    Agreement, MoneyScores, ProductScore, ReceiptScores, Scores, TripCounts, TripScore, Verdict, score,
};
pub use suite::{
    Asked, Bar, Cost, Figures, Measured, Reason, ScenarioFigures, Suite, SuiteError, Sums, WRONG_KEPT_MAX,
    WrongLine, WrongReceipt, run,
};
pub use truth_file::{TruthError, read_truth};
