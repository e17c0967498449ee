#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]
use evaluation::{Suite, run};
use simulator::scenarios::Level;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let level = if a[1] == "c" { Level::Cameras } else { Level::Tracker };
    let suite = Suite::named(&a[2], a[3].parse().unwrap(), a[4].parse().unwrap(), level).unwrap();
    let m = run(&suite, 2, |_| {}).unwrap();
    for s in &m.scenarios {
        let o = &s.sums.ours;
        println!(
            "{:24} visits {} exact {:.2} review {:.2} sure-exact {:.2} wrong lines {} missed {}  {:?}",
            s.name,
            o.visits,
            100.0 * o.exact_or_reviewed as f64 / o.visits as f64,
            100.0 * o.reviewed as f64 / o.visits as f64,
            100.0 * o.unreviewed_exact as f64 / (o.visits - o.reviewed) as f64,
            o.lines_charged_wrongly,
            o.lines_missed,
            s.wrong.iter().map(|w| w.scene).collect::<Vec<_>>()
        );
    }
}
