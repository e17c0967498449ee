//! Where people stand and reach in a store.

use std::collections::BTreeMap;

use glam::{DQuat, DVec3};
use model::{GateFile, PlateIndex, Store};

/// What a person sees of a plate from the aisle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Front {
    /// The middle of the plate's front edge, metres.
    pub(crate) edge: DVec3,
    /// From the shelf into the aisle, of unit length.
    pub(crate) outward: DVec3,
}

/// The geometry that a store file implies: shelves open towards their gondola's −y, as in the recorded
/// nanostore, and the street lies on the far side of a gate as seen from the shelves.
#[derive(Debug)]
pub(crate) struct Layout {
    fronts: Vec<Front>,
    /// The two plates on either side on the same shelf, nearest first.
    neighbours: Vec<Vec<PlateIndex>>,
    middle: DVec3,
}

impl Layout {
    /// Reads the geometry of a store.
    pub(crate) fn new(store: &Store) -> Self {
        let outward: BTreeMap<u16, DVec3> = store
            .file()
            .gondolas
            .iter()
            .map(|gondola| (gondola.id, DQuat::from_scaled_axis(gondola.rotation_rad.into()) * DVec3::NEG_Y))
            .collect();
        let fronts: Vec<Front> = store
            .plates()
            .iter()
            .map(|plate| {
                let outward = outward.get(&plate.id.gondola).copied().unwrap_or(DVec3::NEG_Y);
                Front { edge: plate.centre() + outward * (plate.size_m.y / 2.0), outward }
            })
            .collect();
        let middle = fronts.iter().map(|front| front.edge).sum::<DVec3>() / fronts.len().max(1) as f64;
        Self { fronts, neighbours: neighbours(store), middle: floor(middle) }
    }

    /// A plate as seen from the aisle.
    pub(crate) fn front(&self, plate: PlateIndex) -> Front {
        self.fronts[plate.0 as usize]
    }

    /// Up to two plates on either side on the same shelf, nearest first.
    pub(crate) fn neighbours(&self, plate: PlateIndex) -> &[PlateIndex] {
        &self.neighbours[plate.0 as usize]
    }

    /// A gate's place on the floor and the way out of the store; none if the file gives no place.
    pub(crate) fn gate(&self, gate: &GateFile) -> Option<(DVec3, DVec3)> {
        let place = floor(DVec3::from(gate.position_m?));
        Some((place, (place - self.middle).normalize_or(DVec3::NEG_Y)))
    }
}

/// The point on the floor below.
pub(crate) fn floor(point: DVec3) -> DVec3 {
    point.with_z(0.0)
}

fn neighbours(store: &Store) -> Vec<Vec<PlateIndex>> {
    let mut neighbours = vec![Vec::new(); store.plates().len()];
    for shelf in store.shelves() {
        for (place, plate) in shelf.plates.iter().enumerate() {
            let beside = [place.checked_sub(1), Some(place + 1), place.checked_sub(2), Some(place + 2)];
            neighbours[plate.0 as usize] =
                beside.into_iter().flatten().filter_map(|place| shelf.plates.get(place).copied()).collect();
        }
    }
    neighbours
}
