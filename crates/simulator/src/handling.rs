//! What hands and goods do to the plates.
//!
//! "Recorded" means the nanostore recording (benchmark 1), gondola 1, shelf 5: a unit of 623 g leaves
//! plate 11 at its sample 751, 12.5 s after the first.

use model::{PlateIndex, Store};

use crate::Rng;
use crate::force::{Force, Shape};
use crate::layout::Layout;

/// A plate's weight passes from with to without the unit in this time. Recorded: 4 samples of 60 Hz.
const LIFT_RISE_S: f64 = 0.065;
/// A unit put down comes to rest a little more slowly. Assumed.
const PUT_RISE_S: f64 = 0.09;
/// The hand presses before it lifts: recorded +15 to +53 g over the last 0.23 s.
const PRESS_G: (f64, f64) = (20.0, 80.0);
const PRESS_LEAD_S: f64 = 0.23;
const PRESS_RISE_S: f64 = 0.17;
/// The hand lies on a unit that it puts down for a moment. Assumed like the press before the lift.
const PUT_PRESS_G: (f64, f64) = (15.0, 60.0);
const PUT_PRESS_HOLD_S: (f64, f64) = (0.1, 0.35);
/// Swing after a lift, as a part of the mass: the record shows none above its noise of 4 g in 623.
const LIFT_RING_RATIO: f64 = 0.01;
/// Swing after a put-down. Assumed: goods are set down with some force.
const PUT_RING_RATIO: f64 = 0.06;
/// A load cell swings at 4–10 Hz and is quiet after about 0.3 s. Assumed.
const RING_HZ: (f64, f64) = (4.0, 10.0);
const RING_DECAY_S: f64 = 0.1;
/// The most that a neighbour shows of a plate's load. Recorded: 2.0 % and 1.0 % on the two plates on
/// one side, 0.0 % on the other.
const COUPLING_MAX: f64 = 0.02;
/// The most that a plate on the same shelf is jolted by a lift, as a part of the mass. Recorded: 7 % and
/// 6 % for 5 samples on two of eleven plates (4 and 5, half a metre away), nothing to see on the others.
const JOLT_MAX: f64 = 0.07;
const JOLT_HZ: (f64, f64) = (5.0, 12.0);
const JOLT_DECAY_S: f64 = 0.06;
/// A leaning hand is never quite still: it wavers by this part of its weight, twice a second. Assumed.
const LEAN_WAVER_RATIO: f64 = 0.1;
const LEAN_WAVER_S: f64 = 0.5;
const LEAN_RISE_S: f64 = 0.3;
/// The part of a leaning hand's weight that rests on the next plate. Assumed.
const LEAN_BESIDE: (f64, f64) = (0.05, 0.4);
/// A bag or a trolley that knocks against a shelf. Assumed.
const BUMP_G: (f64, f64) = (150.0, 400.0);

/// What rests on a plate: what lies there from the beginning, and all that comes and goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Load {
    /// At the beginning, grams.
    pub(crate) base_g: f64,
    /// Forces, in the order of their beginning once [`Handling::into_loads`] has sorted them.
    pub(crate) forces: Vec<Force>,
}

/// The loads of all plates while hands work on them.
#[derive(Debug)]
pub(crate) struct Handling<'a> {
    store: &'a Store,
    layout: &'a Layout,
    loads: Vec<Load>,
    coupling: Vec<Vec<(PlateIndex, f64)>>,
    rng: Rng,
}

impl<'a> Handling<'a> {
    /// The plates with what lies on them at the beginning.
    pub(crate) fn new(store: &'a Store, layout: &'a Layout, loads_g: &[f64], mut rng: Rng) -> Self {
        let loads = loads_g.iter().map(|base_g| Load { base_g: *base_g, forces: Vec::new() }).collect();
        let coupling = (0..store.plates().len() as u32)
            .map(|plate| {
                let neighbours = layout.neighbours(PlateIndex(plate));
                // Most plates hardly touch.
                neighbours.iter().map(|beside| (*beside, COUPLING_MAX * rng.skewed(2))).collect()
            })
            .collect();
        Self { store, layout, loads, coupling, rng }
    }

    /// All loads, ready to be weighed.
    pub(crate) fn into_loads(mut self) -> Vec<Load> {
        for load in &mut self.loads {
            load.forces.sort_by(|one, other| one.start_s.total_cmp(&other.start_s));
        }
        self.loads
    }

    /// A hand lifts a unit, which rests with these masses on these plates, and is off them at `at_s`.
    pub(crate) fn lift(&mut self, masses: &[(PlateIndex, f64)], at_s: f64) {
        let Some((plate, total_g)) = main_plate(masses) else { return };
        let press_g = self.rng.uniform(PRESS_G.0, PRESS_G.1);
        let fall_s = PRESS_LEAD_S - PRESS_RISE_S;
        let shape = Shape::Press { rise_s: PRESS_RISE_S, hold_s: 0.0, fall_s };
        self.push(plate, Force { start_s: at_s - LIFT_RISE_S - PRESS_LEAD_S, grams: press_g, shape });
        for (plate, grams) in masses {
            let shape = Shape::Step { rise_s: LIFT_RISE_S };
            self.push(*plate, Force { start_s: at_s - LIFT_RISE_S, grams: -grams, shape });
        }
        self.ring(plate, -total_g * LIFT_RING_RATIO, at_s);
        self.jolt(plate, total_g * JOLT_MAX, at_s - LIFT_RISE_S);
    }

    /// A hand puts a unit down, which touches the plate at `at_s`.
    pub(crate) fn put_down(&mut self, plate: PlateIndex, grams: f64, at_s: f64) {
        self.push(plate, Force { start_s: at_s, grams, shape: Shape::Step { rise_s: PUT_RISE_S } });
        let press_g = self.rng.uniform(PUT_PRESS_G.0, PUT_PRESS_G.1);
        let hold_s = self.rng.uniform(PUT_PRESS_HOLD_S.0, PUT_PRESS_HOLD_S.1);
        let shape = Shape::Press { rise_s: PUT_RISE_S, hold_s, fall_s: PRESS_RISE_S };
        self.push(plate, Force { start_s: at_s, grams: press_g, shape });
        self.ring(plate, grams * PUT_RING_RATIO, at_s);
        self.jolt(plate, grams * JOLT_MAX, at_s);
    }

    /// A hand leans on a plate, and a little on the one beside it.
    pub(crate) fn lean(&mut self, plate: PlateIndex, grams: f64, at_s: f64, seconds: f64) {
        let beside = self.layout.neighbours(plate).first().copied();
        let share = if beside.is_some() { self.rng.uniform(LEAN_BESIDE.0, LEAN_BESIDE.1) } else { 0.0 };
        let press = |grams, start_s, hold_s| {
            let shape = Shape::Press { rise_s: LEAN_RISE_S, hold_s, fall_s: LEAN_RISE_S };
            Force { start_s, grams, shape }
        };
        let mut presses = vec![press(grams, at_s, seconds)];
        for count in 0..(seconds / LEAN_WAVER_S) as u32 {
            let start_s = at_s + LEAN_RISE_S + f64::from(count) * LEAN_WAVER_S;
            presses.push(press(grams * LEAN_WAVER_RATIO * self.rng.gaussian(), start_s, 0.0));
        }
        for press in presses {
            self.push(plate, press.scaled(1.0 - share));
            if let Some(beside) = beside {
                self.push(beside, press.scaled(share));
            }
        }
    }

    /// Something knocks against a plate: it and its whole shelf are jolted, and nothing stays.
    pub(crate) fn bump(&mut self, plate: PlateIndex, at_s: f64) {
        let grams = self.rng.uniform(BUMP_G.0, BUMP_G.1);
        let shape = Shape::Press { rise_s: 0.03, hold_s: 0.02, fall_s: 0.05 };
        self.push(plate, Force { start_s: at_s, grams, shape });
        self.ring(plate, grams * 0.3, at_s);
        self.jolt(plate, grams * 0.3, at_s);
    }

    /// Adds a force to a plate and what its neighbours show of it.
    fn push(&mut self, plate: PlateIndex, force: Force) {
        self.loads[plate.0 as usize].forces.push(force);
        for (beside, ratio) in &self.coupling[plate.0 as usize] {
            self.loads[beside.0 as usize].forces.push(force.scaled(*ratio));
        }
    }

    fn ring(&mut self, plate: PlateIndex, grams: f64, start_s: f64) {
        let shape = Shape::Ring { hz: self.rng.uniform(RING_HZ.0, RING_HZ.1), decay_s: RING_DECAY_S };
        self.push(plate, Force { start_s, grams, shape });
    }

    /// Jolts all other plates of a shelf, by up to `grams` each.
    fn jolt(&mut self, plate: PlateIndex, grams: f64, start_s: f64) {
        let id = self.store.plate(plate).id;
        let shelf =
            self.store.shelves().iter().find(|shelf| (shelf.gondola, shelf.shelf) == (id.gondola, id.shelf));
        for other in shelf.into_iter().flat_map(|shelf| &shelf.plates).filter(|other| **other != plate) {
            // The fourth power makes two plates of eleven show more than half of the most, as recorded.
            let size = self.rng.skewed(4);
            let part = if self.rng.chance(0.5) { size } else { -size };
            let shape = Shape::Ring { hz: self.rng.uniform(JOLT_HZ.0, JOLT_HZ.1), decay_s: JOLT_DECAY_S };
            self.loads[other.0 as usize].forces.push(Force { start_s, grams: grams * part, shape });
        }
    }
}

/// The plate that bears most, and the sum of all.
fn main_plate(masses: &[(PlateIndex, f64)]) -> Option<(PlateIndex, f64)> {
    let main = masses.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
    Some((main.0, masses.iter().map(|(_, grams)| grams).sum()))
}
