//! Scores: how well the receipts tell what really happened.
//!
//! **Its one job:** to compare [`Receipt`](model::Receipt)s with a [`Truth`](model::Truth) and count what
//! is right, what was charged wrongly and what was missed, in lines, units, receipts and money.
//!
//! **The way in:** [`read_truth`] reads a truth file, [`score`] compares; [`Scores`] holds the figures and
//! one [`TripScore`] per visit, which says what was expected, what was charged and what stands in review.
//!
//! **What it never does:** I/O, and judging: figures are figures, a caller decides what is good enough.

mod matching;
mod scores;
mod truth_file;

pub use scores::{
    Agreement, MoneyScores, ProductScore, ReceiptScores, Scores, TripCounts, TripScore, Verdict, score,
};
pub use truth_file::{TruthError, read_truth};
