//! How fast the engine follows a full grocery of 5,000 plates, on one core, while the simulator makes its records.
//!
//! Run `cargo run --release -p engine --example full_store`; behind `--`, give other numbers of shoppers inside,
//! seconds of store time, and seed than `100 600 1`. Each line is a minute of store time; the last one sums up the
//! minutes that began with nearly all shoppers inside.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::Engine;
use model::{Event, EventKind, Store};
use simulator::{Busy, Flow, busy};

/// Store time of one line, seconds.
const LAP_S: f64 = 60.0;
/// A store is full with this share of its shoppers inside: some are always on their way out or in.
const FULL: f64 = 0.9;

/// What a span of store time cost.
#[derive(Clone, Copy, Default)]
struct Lap {
    store_s: f64,
    engine: Duration,
    simulator: Duration,
    worst_push: Duration,
    /// Shoppers inside when it began, and when it ended.
    inside: [usize; 2],
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let shoppers = given(arguments.next(), 100)?;
    let seconds = given(arguments.next(), 600.0)?;
    let seed = given(arguments.next(), 1)?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/stores/grocery.toml");
    let store = Arc::new(Store::from_toml(&std::fs::read_to_string(file)?)?);
    let mut records = busy(Arc::clone(&store), Flow::Inside(shoppers), seconds, seed)?;
    let mut engine = Engine::new(store);

    println!("  store s  inside  engine ×  with simulator ×  worst push ms");
    let (mut full, mut inside) = (Lap::default(), 0);
    while let Some(lap) = run(&mut records, &mut engine, inside) {
        println!("{:9.0}  {lap}", records.now_s());
        inside = lap.inside[1];
        if lap.inside[0] as f64 >= FULL * shoppers as f64 {
            full.add(&lap);
        }
    }
    println!("{:>9}  {full}", "full");
    Ok(())
}

/// An argument, or what it is if it is not given.
fn given<T: FromStr>(argument: Option<String>, otherwise: T) -> Result<T, T::Err> {
    argument.map_or(Ok(otherwise), |text| text.parse())
}

/// Runs the next [`LAP_S`] of store time; `None` after its end.
fn run(records: &mut Busy, engine: &mut Engine, inside: usize) -> Option<Lap> {
    let (from_s, mut events) = (records.now_s(), Vec::new());
    let mut lap = Lap { inside: [inside; 2], ..Lap::default() };
    while lap.store_s < LAP_S {
        let begun = Instant::now();
        let Some(record) = records.next() else { break };
        let made = Instant::now();
        engine.push(record, &mut events);
        let push = made.elapsed();
        lap.simulator += made - begun;
        lap.engine += push;
        lap.worst_push = lap.worst_push.max(push);
        lap.store_s = records.now_s() - from_s;
        for event in events.drain(..) {
            lap.inside[1] = inside_after(lap.inside[1], &event);
        }
    }
    (lap.store_s > 0.0).then_some(lap)
}

fn inside_after(inside: usize, event: &Event) -> usize {
    match event.kind {
        EventKind::Entered { .. } => inside + 1,
        EventKind::Left { .. } => inside - 1,
        _ => inside,
    }
}

impl Lap {
    fn add(&mut self, more: &Self) {
        self.store_s += more.store_s;
        self.engine += more.engine;
        self.simulator += more.simulator;
        self.worst_push = self.worst_push.max(more.worst_push);
        self.inside[1] = more.inside[1];
    }
}

impl fmt::Display for Lap {
    fn fmt(&self, line: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.store_s / self.engine.as_secs_f64();
        let both = self.store_s / (self.engine + self.simulator).as_secs_f64();
        let worst_ms = self.worst_push.as_secs_f64() * 1e3;
        write!(line, "{:6}  {engine:8.0}  {both:16.0}  {worst_ms:13.1}", self.inside[1])
    }
}
