//! What a store file implies: how plates are seen from the aisle, what stands beside what, where the gates are.

use std::collections::BTreeMap;

use glam::{DQuat, DVec3};
use model::{GateFile, PlateIndex, SensorId, Store};

/// What a person sees of a plate from the aisle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Front {
    /// The middle of the plate's front edge, metres.
    pub(crate) edge: DVec3,
    /// From the shelf into the aisle, of unit length.
    pub(crate) outward: DVec3,
    /// The width of the plate, metres.
    pub(crate) width_m: f64,
    /// The free height above it, metres.
    pub(crate) height_m: f64,
}

impl Front {
    /// Along the shelf, to the right of a person who faces it.
    pub(crate) fn right(&self) -> DVec3 {
        DVec3::Z.cross(self.outward)
    }
}

/// A gate with a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Door {
    /// Its name.
    pub(crate) gate: SensorId,
    /// Its place on the floor.
    pub(crate) place: DVec3,
    /// From the store to the street, of unit length.
    pub(crate) out: DVec3,
}

/// The geometry that a store file implies: shelves open towards their gondola's −y, as in the recorded
/// nanostore, and the street lies on the far side of a gate as seen from the shelves.
#[derive(Debug)]
pub(crate) struct Layout {
    fronts: Vec<Front>,
    /// The two plates on either side on the same shelf, nearest first.
    neighbours: Vec<Vec<PlateIndex>>,
    /// The plates of each shelf, and the shelf of each plate.
    shelves: Vec<Vec<PlateIndex>>,
    shelf_of: Vec<usize>,
    doors: Vec<Door>,
}

impl Layout {
    /// Reads the geometry of a store.
    pub(crate) fn new(store: &Store) -> Self {
        let fronts = fronts(store);
        let span = |(low, high): (DVec3, DVec3), front: &Front| (low.min(front.edge), high.max(front.edge));
        let (low, high) = fronts.iter().fold((DVec3::MAX, DVec3::MIN), span);
        let door = |gate: &GateFile| {
            let place = floor(DVec3::from(gate.position_m?));
            Some(Door { gate: gate.id.clone(), place, out: out(place, low, high) })
        };
        let mut shelf_of = vec![0; fronts.len()];
        for (number, shelf) in store.shelves().iter().enumerate() {
            for plate in &shelf.plates {
                shelf_of[plate.0 as usize] = number;
            }
        }
        Self {
            neighbours: neighbours(store),
            shelves: store.shelves().iter().map(|shelf| shelf.plates.clone()).collect(),
            shelf_of,
            doors: store.gates().iter().filter_map(door).collect(),
            fronts,
        }
    }

    /// A plate as seen from the aisle.
    pub(crate) fn front(&self, plate: PlateIndex) -> Front {
        self.fronts[plate.0 as usize]
    }

    /// Up to two plates on either side on the same shelf, nearest first.
    pub(crate) fn neighbours(&self, plate: PlateIndex) -> &[PlateIndex] {
        &self.neighbours[plate.0 as usize]
    }

    /// All plates of the shelf of a plate.
    pub(crate) fn shelf(&self, plate: PlateIndex) -> &[PlateIndex] {
        &self.shelves[self.shelf_of[plate.0 as usize]]
    }

    /// The door that the `turn`th shopper comes in by: the first half of the gates is for entries.
    pub(crate) fn entry(&self, turn: usize) -> Option<&Door> {
        self.doors.get(turn % self.doors.len().div_ceil(2).max(1))
    }

    /// The door that the `turn`th shopper goes out by: the second half of the gates is for exits.
    pub(crate) fn exit(&self, turn: usize) -> Option<&Door> {
        let first = self.doors.len() / 2;
        self.doors.get(first + turn % (self.doors.len() - first).max(1))
    }
}

/// The point on the floor below.
pub(crate) fn floor(point: DVec3) -> DVec3 {
    point.with_z(0.0)
}

/// The way through a door: over the side of the shelves' span that the door lies furthest beyond.
fn out(place: DVec3, low: DVec3, high: DVec3) -> DVec3 {
    let beyond_m = [
        (low.y - place.y, DVec3::NEG_Y),
        (low.x - place.x, DVec3::NEG_X),
        (place.x - high.x, DVec3::X),
        (place.y - high.y, DVec3::Y),
    ];
    let furthest = beyond_m.into_iter().max_by(|one, other| one.0.total_cmp(&other.0));
    furthest.map_or(DVec3::NEG_Y, |(_, out)| out)
}

fn fronts(store: &Store) -> Vec<Front> {
    let gondolas = &store.file().gondolas;
    let outward: BTreeMap<u16, DVec3> = gondolas
        .iter()
        .map(|gondola| (gondola.id, DQuat::from_scaled_axis(gondola.rotation_rad.into()) * DVec3::NEG_Y))
        .collect();
    let front = |plate: &model::Plate| {
        let outward = outward.get(&plate.id.gondola).copied().unwrap_or(DVec3::NEG_Y);
        let edge = plate.centre() + outward * (plate.size_m.y / 2.0);
        Front { edge, outward, width_m: plate.size_m.x, height_m: plate.size_m.z }
    };
    store.plates().iter().map(front).collect()
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
