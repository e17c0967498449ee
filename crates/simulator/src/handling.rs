//! What hands and goods do to the plates.
//!
//! "Recorded" means the nanostore recording (benchmark 1), gondola 1, shelf 5: a unit of 623 g leaves
//! plate 11 at its sample 751, 12.5 s after the first.

use std::collections::BTreeMap;

use model::PlateIndex;

use crate::Rng;
use crate::force::{Force, Shape};
use crate::layout::Layout;
use crate::stock::Placed;

/// A plate's weight passes from with to without the unit in this time. Recorded: 4 samples of 60 Hz.
const LIFT_RISE_S: f64 = 0.065;
/// A unit put down comes to rest a little more slowly. Assumed.
const PUT_RISE_S: f64 = 0.09;
/// The hand presses before it lifts: recorded +15 to +53 g over the last 0.23 s, on a unit of 623 g. That it presses
/// less on light goods, by the root of their mass, is assumed.
const PRESS_G: (f64, f64) = (20.0, 80.0);
const PRESSED_G: f64 = 623.0;
const PRESS_RATIO: (f64, f64) = (0.2, 1.5);
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
/// A child that shakes a shelf. Assumed.
const SHAKE_G: (f64, f64) = (60.0, 250.0);
const SHAKE_EVERY_S: (f64, f64) = (0.25, 0.5);

/// All that hands do to plates, as forces.
#[derive(Debug)]
pub(crate) struct Handling {
    /// How much of its load each plate's neighbours show.
    coupling: Vec<Vec<(PlateIndex, f64)>>,
    /// Forces that no scale has heard of yet.
    forces: Vec<(PlateIndex, Force)>,
    rng: Rng,
}

impl Handling {
    /// Plates that nothing has happened to.
    pub(crate) fn new(layout: &Layout, plates: usize, mut rng: Rng) -> Self {
        let coupling = (0..plates as u32)
            .map(|plate| {
                let neighbours = layout.neighbours(PlateIndex(plate));
                // Most plates hardly touch.
                neighbours.iter().map(|beside| (*beside, COUPLING_MAX * rng.skewed(2))).collect()
            })
            .collect();
        Self { coupling, forces: Vec::new(), rng }
    }

    /// The forces that have come since this was last asked; none of them has begun yet.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (PlateIndex, Force)> {
        self.forces.drain(..)
    }

    /// A hand lifts units from a plate, which are off it at `at_s`.
    pub(crate) fn lift(&mut self, layout: &Layout, plate: PlateIndex, units: &[Placed], at_s: f64) {
        let masses = sum_by_plate(units.iter().flat_map(|placed| placed.masses(plate)));
        let Some((main, total_g)) = main_plate(&masses) else { return };
        let press_g = self.rng.uniform(PRESS_G.0, PRESS_G.1) * press_ratio(total_g);
        let fall_s = PRESS_LEAD_S - PRESS_RISE_S;
        let shape = Shape::Press { rise_s: PRESS_RISE_S, hold_s: 0.0, fall_s };
        self.push(main, Force { start_s: at_s - LIFT_RISE_S - PRESS_LEAD_S, grams: press_g, shape });
        for (plate, grams) in &masses {
            let shape = Shape::Step { rise_s: LIFT_RISE_S };
            self.push(*plate, Force { start_s: at_s - LIFT_RISE_S, grams: -grams, shape });
        }
        self.ring(main, -total_g * LIFT_RING_RATIO, at_s);
        self.jolt(layout, main, total_g * JOLT_MAX, at_s - LIFT_RISE_S);
    }

    /// A hand puts a mass down, which touches the plate at `at_s`.
    pub(crate) fn put_down(&mut self, layout: &Layout, plate: PlateIndex, grams: f64, at_s: f64) {
        self.push(plate, Force { start_s: at_s, grams, shape: Shape::Step { rise_s: PUT_RISE_S } });
        let press_g = self.rng.uniform(PUT_PRESS_G.0, PUT_PRESS_G.1) * press_ratio(grams);
        let hold_s = self.rng.uniform(PUT_PRESS_HOLD_S.0, PUT_PRESS_HOLD_S.1);
        let shape = Shape::Press { rise_s: PUT_RISE_S, hold_s, fall_s: PRESS_RISE_S };
        self.push(plate, Force { start_s: at_s, grams: press_g, shape });
        self.ring(plate, grams * PUT_RING_RATIO, at_s);
        self.jolt(layout, plate, grams * JOLT_MAX, at_s);
    }

    /// A hand touches the goods on a plate and leaves them.
    pub(crate) fn touch(&mut self, plate: PlateIndex, grams: f64, at_s: f64, seconds: f64) {
        if grams > 0.0 {
            let shape = Shape::Press { rise_s: PRESS_RISE_S, hold_s: seconds, fall_s: PRESS_RISE_S };
            self.push(plate, Force { start_s: at_s, grams, shape });
        }
    }

    /// A hand leans on a plate, and a little on the one beside it.
    pub(crate) fn lean(&mut self, layout: &Layout, plate: PlateIndex, grams: f64, at_s: f64, seconds: f64) {
        let beside = layout.neighbours(plate).first().copied();
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
    pub(crate) fn bump(&mut self, layout: &Layout, plate: PlateIndex, at_s: f64) {
        let grams = self.rng.uniform(BUMP_G.0, BUMP_G.1);
        self.knock(layout, plate, grams, at_s);
    }

    /// A child's hand pushes a shelf to and fro; returns when it stops, seconds.
    pub(crate) fn shake(&mut self, layout: &Layout, plate: PlateIndex, at_s: f64, times: u32) -> f64 {
        let every_s = self.rng.uniform(SHAKE_EVERY_S.0, SHAKE_EVERY_S.1);
        for count in 0..times {
            let grams = self.rng.uniform(SHAKE_G.0, SHAKE_G.1);
            self.knock(layout, plate, grams, at_s + f64::from(count) * every_s);
        }
        at_s + f64::from(times) * every_s
    }

    fn knock(&mut self, layout: &Layout, plate: PlateIndex, grams: f64, at_s: f64) {
        let shape = Shape::Press { rise_s: 0.03, hold_s: 0.02, fall_s: 0.05 };
        self.push(plate, Force { start_s: at_s, grams, shape });
        self.ring(plate, grams * 0.3, at_s);
        self.jolt(layout, plate, grams * 0.3, at_s);
    }

    /// Adds a force to a plate and what its neighbours show of it.
    fn push(&mut self, plate: PlateIndex, force: Force) {
        self.forces.push((plate, force));
        let coupling = &self.coupling[plate.0 as usize];
        self.forces.extend(coupling.iter().map(|(beside, ratio)| (*beside, force.scaled(*ratio))));
    }

    fn ring(&mut self, plate: PlateIndex, grams: f64, start_s: f64) {
        let shape = Shape::Ring { hz: self.rng.uniform(RING_HZ.0, RING_HZ.1), decay_s: RING_DECAY_S };
        self.push(plate, Force { start_s, grams, shape });
    }

    /// Jolts all other plates of a shelf, by up to `grams` each.
    fn jolt(&mut self, layout: &Layout, plate: PlateIndex, grams: f64, start_s: f64) {
        for other in layout.shelf(plate).iter().filter(|other| **other != plate) {
            // The fourth power makes two plates of eleven show more than half of the most, as recorded.
            let size = self.rng.skewed(4);
            let part = if self.rng.chance(0.5) { size } else { -size };
            let shape = Shape::Ring { hz: self.rng.uniform(JOLT_HZ.0, JOLT_HZ.1), decay_s: JOLT_DECAY_S };
            self.forces.push((*other, Force { start_s, grams: grams * part, shape }));
        }
    }
}

/// How hard a hand presses on goods, for 1 on the recorded ones.
fn press_ratio(grams: f64) -> f64 {
    (grams / PRESSED_G).sqrt().clamp(PRESS_RATIO.0, PRESS_RATIO.1)
}

/// Units on the same plate are lifted as one mass.
fn sum_by_plate(masses: impl Iterator<Item = (PlateIndex, f64)>) -> Vec<(PlateIndex, f64)> {
    let mut sums: BTreeMap<PlateIndex, f64> = BTreeMap::new();
    for (plate, grams) in masses {
        *sums.entry(plate).or_default() += grams;
    }
    sums.into_iter().collect()
}

/// The plate that bears most, and the sum of all.
fn main_plate(masses: &[(PlateIndex, f64)]) -> Option<(PlateIndex, f64)> {
    let main = masses.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
    Some((main.0, masses.iter().map(|(_, grams)| grams).sum()))
}
