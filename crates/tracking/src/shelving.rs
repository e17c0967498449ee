//! Shelves that stand between a camera and people: who is behind them is not missing.

use std::collections::BTreeMap;

use model::{DVec3, Plate, Store};

/// Shelves reach down to the floor from here, metres below their lowest plate.
const DOWN_M: f64 = 3.0;

/// A gondola as a box.
#[derive(Clone, Debug)]
pub(crate) struct Shelving {
    /// One of its plates: the axes of all of them.
    axes: Plate,
    /// Two corners, along those axes.
    low: DVec3,
    high: DVec3,
}

impl Shelving {
    /// All gondolas of a store, each from the floor to the goods on its highest plates.
    pub(crate) fn all(store: &Store) -> Vec<Self> {
        let mut gondolas: BTreeMap<u16, Vec<&Plate>> = BTreeMap::new();
        for plate in store.plates() {
            gondolas.entry(plate.id.gondola).or_default().push(plate);
        }
        gondolas.into_values().map(|plates| Self::around(&plates)).collect()
    }

    /// # Panics
    /// If there are no plates: each gondola was found by one.
    fn around(plates: &[&Plate]) -> Self {
        let axes = plates[0].clone();
        let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        for plate in plates {
            let (middle, half) = (axes.local(plate.centre()), (plate.size_m / 2.0).with_z(0.0));
            low = low.min(middle - half);
            high = high.max((middle + half) + DVec3::Z * plate.size_m.z);
        }
        Self { axes, low: low - DVec3::Z * DOWN_M, high }
    }

    /// Whether it stands between two points (slab test: Kay and Kajiya 1986).
    pub(crate) fn hides(&self, eye: DVec3, at: DVec3) -> bool {
        let (from, to) = (self.axes.local(eye), self.axes.local(at));
        let inverse =
            DVec3::from((to - from).to_array().map(|way| if way.abs() < 1e-12 { 1e12 } else { 1.0 / way }));
        let (one, other) = ((self.low - from) * inverse, (self.high - from) * inverse);
        one.min(other).max_element().max(0.0) < one.max(other).min_element().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use simulator::stores;

    use super::*;

    #[test]
    fn shelves_hide_what_is_behind_them_and_nothing_before_or_above_them() {
        let store = Store::new(stores::corner_shop()).unwrap();
        let gondolas = Shelving::all(&store);
        let plate = &store.plates()[0];
        // From the front of the plate to its back, in the plane.
        let depth = |axis: DVec3| plate.local(plate.centre() + axis).y - plate.local(plate.centre()).y;
        let inwards = DVec3::new(depth(DVec3::X), depth(DVec3::Y), 0.0);
        let before = |metres: f64, height_m: f64| (plate.centre() - inwards * metres).with_z(height_m);
        let hides = |eye: DVec3, at: DVec3| gondolas[0].hides(eye, at);
        assert!(hides(before(0.6, 1.0), before(-1.5, 1.0)));
        assert!(!hides(before(0.6, 2.8), before(0.6, 1.0)));
        assert!(!hides(before(0.6, 4.0), before(-1.5, 4.0)));
    }
}
