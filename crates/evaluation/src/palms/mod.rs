//! How well palms are told apart: everybody of a population made of numbers shows a palm several times, and every two looks are
//! compared.
//!
//! Words are those of ISO/IEC 19795-1: a **genuine** comparison is of two looks at one palm, an **impostor** one of looks at two
//! people's. **FMR** and **FNMR** are the shares of impostors accepted and of genuine looks turned away at a threshold
//! (verification), **FPIR** and **FNIR** the same for a search among all who are enrolled (identification). TAR is 1 − FNMR, FAR
//! is FMR.

mod collect;
mod det;
mod fit;
mod fusion;
mod groups;
mod identify;
mod liveness;
mod liveness_page;
mod page;
mod rates;

pub use collect::{Collected, Hands, Options, Person, collect};
pub use det::{Curve, det_picture};
pub use fit::{Fitted, fit};
pub use fusion::{Fusion, Way, fusion};
pub use groups::{Group, Thresholds, by_size, by_tone};
pub use identify::{Identification, identify};
pub use liveness::{Errors, Presentation, Row, Trial, present, rows};
pub use liveness_page::{Measured, liveness_page, liveness_picture};
pub use page::{Measures, STRICT, page};
pub use rates::{Rates, Scores, templates};

/// What each of `threads` workers, numbered from 0, makes of its share.
fn in_parallel<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..threads.max(1)).map(|worker| scope.spawn(move || work(worker))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
